"""A notebook as a program: its parameters, and the normal form in which it is kept."""

import ast
import functools
from pathlib import Path

import nbformat

from ..faults import TimelineError, fault

_WIDGET = "application/vnd.jupyter.widget-view+json"


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook file.

    Raises
    ------
    TimelineError
        If there is no such file, or it is not a notebook.
    """
    return _parsed(_content_of(path), path.name)


def _content_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        where = path.name or str(path)
        raise TimelineError([fault(error.strerror or "", "a notebook that can be read", at=where)]) from None


def _parsed(content: bytes, name: str) -> nbformat.NotebookNode:
    try:
        return nbformat.reads(content.decode("utf-8"), as_version=4)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, nbformat.ValidationError):
        # JSON of any other form is taken apart by nbformat without a look at what it is.
        raise TimelineError([fault("no notebook", "a Jupyter notebook", at=name)]) from None


def read_parameters(notebook: nbformat.NotebookNode, tag: str = "parameters") -> dict[str, object]:
    """Names and values of the cell with a tag: `parameters` for the defaults, `injected-parameters` for a run's own.

    Examples
    --------
    >>> cell = nbformat.v4.new_code_cell("case_id = '0012'", metadata={"tags": ["parameters"]})
    >>> read_parameters(nbformat.v4.new_notebook(cells=[cell]))
    {'case_id': '0012'}
    """
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", []):
            assignments = [node for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
            return {node.targets[0].id: ast.literal_eval(node.value) for node in assignments}
    return {}


@functools.lru_cache(maxsize=32)
def _parameters_in(content: bytes, name: str) -> dict[str, object]:
    return read_parameters(_parsed(content, name))


def defaults_of(path: Path) -> dict[str, object]:
    """The parameters of a notebook file with their defaults.

    Raises
    ------
    TimelineError
        As `read_notebook`.
    """
    # A run of many cases asks for those of the same notebook twice a case.
    return {**_parameters_in(_content_of(path), path.name)}


def check_case(notebooks: dict[str, nbformat.NotebookNode], case_id: str) -> None:
    """Refuse executed notebooks that were run for another case.

    Parameters
    ----------
    notebooks : dict of NotebookNode
        By their names without a suffix.
    case_id : str
        The case that each must have been run for.

    Raises
    ------
    TimelineError
        Naming each notebook of another case.
    """
    faults = []
    for stem, notebook in notebooks.items():
        ran_for = {**read_parameters(notebook), **read_parameters(notebook, "injected-parameters")}.get("case_id")
        if ran_for != case_id:
            faults.append(fault(str(ran_for), f"'{case_id}'", at=f"{stem}.ipynb", column="case_id"))
    if faults:
        raise TimelineError(faults)


def check_parameters(defaults: dict[str, object], given: dict[str, str], name: str) -> dict[str, object]:
    """Parameters as the notebook expects them, with the type of its defaults; text always stays text.

    Raises
    ------
    TimelineError
        Naming every parameter that the notebook does not have, or whose value has another type.

    Examples
    --------
    >>> check_parameters({"case_id": "fu-2025", "width": 180}, {"case_id": "0012", "width": "85"}, "n.ipynb")
    {'case_id': '0012', 'width': 85}
    """
    typed, faults = {}, []
    for parameter, text in given.items():
        if parameter not in defaults:
            expected = f"one of the notebook's parameters: {', '.join(defaults) or 'no parameter at all'}"
            faults.append(fault(parameter, expected, at=name, column="parameters", known=defaults))
            continue
        wanted = type(defaults[parameter])
        try:
            value = text if wanted is str else ast.literal_eval(text)
        except (ValueError, SyntaxError):
            value = text
        if type(value) is not wanted:
            faults.append(fault(text, f"a value like {defaults[parameter]!r}", at=name, column=parameter))
        typed[parameter] = value
    if faults:
        raise TimelineError(faults)
    return typed


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook in its normal form: no time, no path, no random id, so that a diff means a changed result.

    Returns
    -------
    NotebookNode
        A copy. Cell ids count the cells; of the metadata only tags remain; outputs and counts stay, but for widgets:
        these live as long as their kernel, and what is shown in their place stays.
    """
    clean = nbformat.v4.new_notebook()
    clean.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for position, cell in enumerate(notebook.cells):
        tags = sorted(cell.metadata.get("tags", []))
        kept = nbformat.from_dict({key: cell[key] for key in cell if key not in ("metadata", "id", "attachments")})
        kept["id"] = f"cell-{position:02d}"
        kept["metadata"] = nbformat.from_dict({"tags": tags} if tags else {})
        if "outputs" in kept:
            kept["outputs"] = [output for output in kept["outputs"] if _WIDGET not in output.get("data", {})]
        for output in kept.get("outputs", []):
            if "metadata" in output:
                output["metadata"] = nbformat.from_dict({})
        clean.cells.append(kept)
    clean.nbformat_minor = 5
    return clean


def write_text(notebook: nbformat.NotebookNode) -> str:
    """The text of a notebook file in its normal form."""
    return nbformat.writes(normalise(notebook)) + "\n"


def has_results(notebook: nbformat.NotebookNode) -> bool:
    """Whether every code cell has a count, 1 to n in order, and all but imports and parameters have an output."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    in_order = [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    return in_order and all(cell.outputs for cell in code if _shows(cell.source))


def _shows(source: str) -> bool:
    """Whether the last statement of a cell is an expression, which leaves an output."""
    body = ast.parse(source).body
    return bool(body) and isinstance(body[-1], ast.Expr)
