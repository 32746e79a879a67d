"""A notebook as a program: its parameters, its run, and the normal form in which it is kept."""

import ast
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat

from .faults import Fault, NotebookError, TimelineError
from .files import write_atomic
from .kernels.process import NoTemplateError, prepare

# Kernels are forked from a process that has imported these modules, all of third parties.
WARM = {
    "JUPYTER_DEFAULT_PROVISIONER_NAME": "fork-provisioner",
    "FORK_KERNEL_PRELOAD": (
        "pandas,pyarrow.csv,pyarrow.pandas_compat,matplotlib.backends.backend_svg,matplotlib.figure,seaborn,yaml,"
        "PIL.Image,statistics"
    ),
}
_SETTINGS = {
    # The kernel of this environment, whatever is installed for the user.
    "JUPYTER_PREFER_ENV_PATH": "1",
    # No path of the machine in a warning that a cell might give.
    "IPYKERNEL_CELL_NAME": "<cell>",
    **WARM,
}


def warm_up() -> None:
    """Let the imports of the kernels begin, while this process has something else to do."""
    with contextlib.suppress(OSError, NoTemplateError):
        prepare({**os.environ, **_SETTINGS})


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


def execute(source: Path, case_id: str, given: dict[str, str], folder: Path, cwd: Path, sockets: Path) -> None:
    """Run a notebook for a case and keep it, with its figure and the words of that, in a folder.

    Parameters
    ----------
    source : Path
        The notebook.
    case_id : str
        The case that the run must show.
    given : dict
        Parameters other than the defaults.
    folder : Path
        Where results go: `<stem>.ipynb` in its normal form, `<stem>.svg` and `<stem>.txt`.
    cwd : Path
        Folder in which the cells run.
    sockets : Path
        Folder for the sockets of the kernel, with a short path.

    Raises
    ------
    TimelineError
        If a parameter is unknown or has another type; nothing is run.
    NotebookError
        If a cell fails, or the run published no figure of this case. The half-run notebook is then in the folder.
    """
    notebook = read_notebook(source)
    defaults = read_parameters(notebook)
    typed = check_parameters(defaults, {"case_id": case_id, **given}, source.name)
    parameters = {name: value for name, value in typed.items() if value != defaults[name]}
    folder.mkdir(parents=True, exist_ok=True)
    ran = folder / source.name
    error = _run(source, ran, parameters, f"{case_id} {source.stem}", cwd, sockets)
    drawn = Path(os.environ["CASETIMELINE_BUILD"]) / case_id / "figures"
    published = [drawn / f"{source.stem}.{suffix}" for suffix in ("svg", "txt")]
    if not error and not all(path.is_file() for path in published):
        error = f"it published no figure of case {case_id}"
    if error:
        raise NotebookError(f"{source.name}, case {case_id}: {error}")
    for path in published:
        path.replace(folder / path.name)
    write_atomic(ran, write_text(read_notebook(ran)).encode())


@contextlib.contextmanager
def surroundings(scratch: Path) -> Iterator[None]:
    """The environment in which notebooks run: what they publish goes below a folder; nothing of the user's is read."""
    settings = {
        "CASETIMELINE_BUILD": str(scratch.resolve()),
        "IPYTHONDIR": str(scratch.resolve() / "ipython"),
        **_SETTINGS,
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _run(source: Path, target: Path, parameters: dict[str, object], name: str, cwd: Path, sockets: Path) -> str:
    """Run with papermill; the message of the first failure, or nothing."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from traitlets.config import Config

    try:
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            kernel_name="python3",
            progress_bar={"desc": name, "unit": "cell"},
            request_save_on_cell_execute=False,
            # Not by `cwd`, which moves the whole process: notebooks run side by side.
            resources={"metadata": {"path": str(cwd)}},
            # Not TCP ports of the machine, which anyone on it can reach; no wait for the interpreter's end.
            config=Config(
                {
                    "KernelManager": {"transport": "ipc", "ip": f"{sockets}/{source.stem}"},
                    "ForkProvisioner": {"scratch": str(sockets)},
                }
            ),
            shutdown_kernel="immediate",
        )
    except papermill.exceptions.PapermillExecutionError as error:
        return f"cell [{error.exec_count}] failed with {error.ename}: {error.evalue}"
    except DeadKernelError:
        return "the kernel died"
    except RuntimeError as error:
        return f"the kernel did not start: {error}"
    return ""
