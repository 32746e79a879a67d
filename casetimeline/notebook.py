"""A notebook as a program: its parameters, its run, and the normal form in which it is kept."""

import ast
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat

from .faults import Fault, TimelineError
from .schema import CASE_ID


class NotebookError(Exception):
    """A notebook stopped before its end; the text names the cell and the message."""


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook file.

    Raises
    ------
    TimelineError
        If there is no such file, or it is not a notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except OSError as error:
        fault = Fault(path.name, None, None, error.strerror or "", "a notebook that can be read")
    except (nbformat.reader.NotJSONError, nbformat.ValidationError):
        fault = Fault(path.name, None, None, "", "a Jupyter notebook")
    raise TimelineError([fault])


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
            known = ", ".join(defaults) or "no parameter at all"
            faults.append(Fault(name, None, "parameters", parameter, f"one of the notebook's parameters: {known}"))
            continue
        wanted = type(defaults[parameter])
        try:
            value = text if wanted is str else ast.literal_eval(text)
        except (ValueError, SyntaxError):
            value = text
        if type(value) is not wanted:
            faults.append(Fault(name, None, parameter, text, f"a value like {defaults[parameter]!r}"))
        typed[parameter] = value
    if faults:
        raise TimelineError(faults)
    return typed


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook in its normal form: no time, no path, no random id, so that a diff means a changed result.

    Returns
    -------
    NotebookNode
        A copy. Cell ids count the cells; of the metadata only tags remain; outputs and counts stay.
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


def execute(source: Path, build: Path, case_id: str, given: dict[str, str], cwd: Path) -> Path:
    """Run a notebook for a case and keep it, with its figure, under `<build>/<case_id>/`.

    Parameters
    ----------
    source : Path
        The notebook.
    build : Path
        Folder of all builds.
    case_id : str
        The case that the run must show.
    given : dict
        Parameters other than the defaults.
    cwd : Path
        Folder in which the cells run.

    Returns
    -------
    Path
        The executed notebook, in its normal form.

    Raises
    ------
    TimelineError
        If the id is not one, or a parameter is unknown or has another type; nothing is touched.
    NotebookError
        If a cell fails, or the run published no figure of this case. Earlier results are gone by then, so that
        they cannot pass for new; the half-run notebook is kept under `failed/`.
    """
    if not CASE_ID.fullmatch(case_id):
        raise TimelineError([Fault(source.name, None, "case_id", case_id, "letters, digits, '.', '_' or '-'")])
    notebook = read_notebook(source)
    defaults = read_parameters(notebook)
    typed = check_parameters(defaults, {"case_id": case_id, **given}, source.name)
    parameters = {name: value for name, value in typed.items() if value != defaults[name]}
    home = build / case_id
    kept, figure = home / "notebooks" / source.name, home / "figures" / f"{source.stem}.svg"
    failed = home / "failed" / source.name
    for stale in (kept, figure, failed, home / "report.html"):
        stale.unlink(missing_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(f".run-{source.stem}-*"):
        # What a killed run of this notebook left.
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=f".run-{source.stem}-") as scratch:
        ran = Path(scratch) / source.name
        error = _run(source, ran, parameters, cwd, Path(scratch))
        drawn = Path(scratch) / case_id / "figures" / figure.name
        if not error and not drawn.exists():
            error = f"it published no figure of case {case_id}"
        if error:
            if ran.exists():
                failed.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(ran, failed)
            raise NotebookError(f"{source.name}, case {case_id}: {error}\nThe half-run notebook is {failed}")
        ran.write_text(write_text(read_notebook(ran)), encoding="utf-8")
        for new, place in ((drawn, figure), (ran, kept)):
            place.parent.mkdir(parents=True, exist_ok=True)
            new.replace(place)
    return kept


def _run(source: Path, target: Path, parameters: dict[str, object], cwd: Path, build: Path) -> str:
    """Run with papermill; the message of the first failure, or nothing."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from traitlets.config import Config

    settings = {
        "CASETIMELINE_BUILD": str(build.resolve()),
        "IPYTHONDIR": str(build.resolve() / "ipython"),
        # The kernel of this environment, whatever is installed for the user.
        "JUPYTER_PREFER_ENV_PATH": "1",
        # No path of the machine in a warning that a cell might give.
        "IPYKERNEL_CELL_NAME": "<cell>",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        # The sockets of the kernel in a folder of this run alone; a path of a socket must be short.
        with tempfile.TemporaryDirectory(prefix="ct-") as sockets, contextlib.redirect_stdout(sys.stderr):
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                cwd=str(cwd),
                progress_bar={"desc": source.stem, "unit": "cell"},
                request_save_on_cell_execute=False,
                # Not TCP ports of the machine, which anyone on it can reach; no wait for the interpreter's end.
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}}),
                shutdown_kernel="immediate",
            )
    except papermill.exceptions.PapermillExecutionError as error:
        return f"cell [{error.exec_count}] failed with {error.ename}: {error.evalue}"
    except DeadKernelError:
        return "the kernel died"
    except RuntimeError as error:
        return f"the kernel did not start: {error}"
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
    return ""
