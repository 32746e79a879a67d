"""The run of a notebook: in which surroundings, on which kernel, within which limits, and what is kept of it."""

import contextlib
import itertools
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..faults import NotebookError, TimelineError, fault
from ..files import remove, sha256, tables_of, write_atomic
from ..kernels.launch import NoTemplateError, prepare
from .engine import Limits, engine, memory_at_start, warm_kernel
from .notebook import check_parameters, defaults_of, read_notebook, write_text
from .plan import Plan
from .program import package_files

if TYPE_CHECKING:
    from traitlets.config import Config

    from ..case import Case


def _state() -> str:
    """The state of the files of the package: which there are, how large they are, and when each was changed."""
    files = [(name, path.stat().st_size, path.stat().st_mtime_ns) for name, path in package_files().items()]
    return sha256(repr(files).encode())[:16]


# Kernels are forked from a process that has imported these modules, of third parties and then of this package. Where a
# PYTHONPATH stands, a kernel may find another package than the template, and imports its own.
WARM = {
    "JUPYTER_DEFAULT_PROVISIONER_NAME": "fork-provisioner",
    "FORK_KERNEL_PRELOAD": (
        "pandas,pyarrow.csv,pyarrow.pandas_compat,matplotlib.backends.backend_svg,matplotlib.figure,seaborn,yaml,"
        "PIL.Image,statistics"
    ),
    **({} if os.environ.get("PYTHONPATH") else {"FORK_KERNEL_OWN": f"casetimeline.workflow.preload@{_state()}"}),
}
# The kinds of kernels that may be asked for.
_KERNELS = ("warm", "cold")
_SETTINGS = {
    # The kernel of this environment, whatever is installed for the user.
    "JUPYTER_PREFER_ENV_PATH": "1",
    # No path of the machine in a warning that a cell might give.
    "IPYKERNEL_CELL_NAME": "<cell>",
    **WARM,
}
# Folders of sockets begin so. The path of a socket has room for 107 letters, of which the kernels need some.
SOCKETS = "ct-"
_LONGEST_FOLDER = 50
# In a folder of sockets, the file that says which folder's run made it.
_OF = "of"


# The path of a socket is short, and no two kernels of a run have the same.
_NUMBERS = itertools.count()


class Place(NamedTuple):
    """Where notebooks run: the folder in which their cells are, and a folder with a short path for sockets."""

    cwd: Path
    sockets: Path


def check_kernels() -> None:
    """Refuse kernels that are neither warm nor cold, by the variable KERNEL, before anything is run.

    Raises
    ------
    TimelineError
    """
    asked = os.environ.get("KERNEL", "")
    if asked not in ("", *_KERNELS):
        raise TimelineError([fault(asked, " or ".join(_KERNELS), at="KERNEL", known=_KERNELS)])


def warm_up() -> None:
    """Let the imports of the kernels begin, while this process has something else to do."""
    check_kernels()
    with contextlib.suppress(OSError, NoTemplateError):
        prepare({**os.environ, **_SETTINGS})


def check_memory(limits: Limits) -> None:
    """Refuse a limit of memory in which no kernel of this machine can run a cell, before anything is run.

    Raises
    ------
    TimelineError
        Saying how much a kernel holds before its first cell.
    """
    least = memory_at_start({**os.environ, **_SETTINGS}) if limits.megabytes else None
    if least is not None and limits.megabytes <= least:
        expected = f"more than {least} MB, which a kernel of this machine holds before its first cell; {_ENOUGH}"
        raise TimelineError([fault(f"{limits.megabytes} MB", expected, at="--memory")])


# Measured: the least that all nine took was between 450 and 500 MB, of which a kernel held 237 before its first cell.
_MEASURED = 500
_ENOUGH = f"{_MEASURED} MB were enough for every notebook of the case fu-2025 on a machine of two cores"


def folder_of_sockets() -> Path:
    """Where the folder of the sockets of a run stands: for temporary files, if its path is short enough."""
    here = Path(tempfile.gettempdir())
    return here if len(str(here)) <= _LONGEST_FOLDER else Path("/tmp")


@contextlib.contextmanager
def scratch(work: Path, data: Path) -> Iterator[Place]:
    """A place below a folder in which notebooks find the data as `../data`, wherever they are; gone at the end.

    Parameters
    ----------
    work : Path
        What is not finished stands here, as `run`; and the link `sockets`, by which a killed run can be cleared.
    data : Path
        The folder of the cases.
    """
    run = work / "run"
    for name in ("notebooks", "build/ipython"):
        (run / name).mkdir(parents=True)
    (run / "data").symlink_to(data.resolve())
    for name, path in tables_of(data).items():
        (run / name).symlink_to(path.resolve())
    # The path of a socket must be short. The link is for the next run, should this one be killed.
    with (
        tempfile.TemporaryDirectory(prefix=SOCKETS, dir=folder_of_sockets(), ignore_cleanup_errors=True) as sockets,
        _surroundings(run / "build"),
    ):
        (Path(sockets) / _OF).write_text(str(work.resolve()), encoding="utf-8")
        (work / "sockets").symlink_to(sockets)
        _resolve_classes()
        yield Place(run / "notebooks", Path(sockets))
    (work / "sockets").unlink(missing_ok=True)
    shutil.rmtree(run)


def _resolve_classes() -> None:
    """Let traitlets find the classes that it knows by name.

    It does so when the first kernel is made, and fails if two threads make it at once.
    """
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning import LocalProvisioner

    AsyncKernelManager()
    LocalProvisioner()


def clear(work: Path) -> None:
    """Remove what a killed run left of its `scratch`."""
    remove(work / "run")
    sockets = work / "sockets"
    if sockets.is_symlink():
        left = sockets.readlink()
        # Who can write here can point it anywhere; only a folder that a run of this place made says so itself.
        if left.name.startswith(SOCKETS) and left.parent == folder_of_sockets() and _is_of(left, work):
            remove(left)
    remove(sockets)


def _is_of(sockets: Path, work: Path) -> bool:
    """Whether a folder of sockets is this user's, and was made by a run of a folder."""
    try:
        made = sockets.lstat()
        return (
            stat.S_ISDIR(made.st_mode)
            and made.st_uid == os.getuid()
            and (sockets / _OF).read_text(encoding="utf-8") == str(work.resolve())
        )
    except (OSError, ValueError):
        return False


def execute(source: Path, case_id: str, given: dict[str, str], folder: Path, place: Place, limits: Limits) -> None:
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
    place : Place
        From `scratch`.
    limits : Limits
        What it may use.

    Raises
    ------
    TimelineError
        If a parameter is unknown or has another type; nothing is run.
    NotebookError
        If a cell fails, or the run published no figure of this case. The half-run notebook is then in the folder.
    """
    parameters = given_parameters(source, {"case_id": case_id, **given})
    execute_with(source, parameters, Published(case_id, f"case {case_id}", (source.stem,)), folder, place, limits)


class Published(NamedTuple):
    """What a notebook must publish: for whose folder, who that is in words, and the figures by their names."""

    owner: str
    whose: str
    figures: tuple[str, ...]


def execute_with(
    source: Path, parameters: dict[str, object], wanted: Published, folder: Path, place: Place, limits: Limits
) -> None:
    """Run a notebook with parameters, and keep it with the figures that it must publish; as `execute` for a case."""
    folder.mkdir(parents=True, exist_ok=True)
    ran = folder / source.name
    error = _run(source, ran, parameters, place, limits)
    drawn = Path(os.environ["CASETIMELINE_BUILD"]) / wanted.owner / "figures"
    published = [drawn / f"{name}.{suffix}" for name in wanted.figures for suffix in ("svg", "txt")]
    if not error and not all(path.is_file() for path in published):
        error = f"it published no figure of {wanted.whose}{_limit_words(limits)}"
    if error:
        raise NotebookError(f"{source.name}, {wanted.whose}: {error}")
    for path in published:
        path.replace(folder / path.name)
    write_atomic(ran, write_text(read_notebook(ran)).encode())


def given_parameters(source: Path, given: dict[str, str]) -> dict[str, object]:
    """The parameters of a run of a notebook that are not its defaults.

    Raises
    ------
    TimelineError
        For each that the notebook does not have.
    """
    defaults = defaults_of(source)
    typed = check_parameters(defaults, given, source.name)
    return {name: value for name, value in typed.items() if value != defaults[name]}


def check_input(plan: Plan) -> "Case":
    """The case of a plan, once every fault that can be told before a kernel starts is known to be none.

    Raises
    ------
    TimelineError
        For each fault of the data or of what is asked for; or for each notebook that cannot be read, is no notebook,
        or lacks a parameter of the run.
    """
    from ..case import read_case

    case = read_case(plan.data, plan.case_id, **plan.given)
    faults = []
    for source in plan.notebooks:
        try:
            given_parameters(source, {"case_id": plan.case_id, **plan.given})
        except TimelineError as error:
            faults += error.faults
    if faults:
        raise TimelineError(faults)
    return case


@contextlib.contextmanager
def _surroundings(build: Path) -> Iterator[None]:
    """The environment in which notebooks run: what they publish goes below a folder; nothing of the user's is read."""
    settings = {
        "CASETIMELINE_BUILD": str(build.resolve()),
        "IPYTHONDIR": str(build.resolve() / "ipython"),
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


def _run(source: Path, target: Path, parameters: dict[str, object], place: Place, limits: Limits) -> str:
    """Run with papermill; the message of the first failure, or nothing."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        with warm_kernel(place.cwd, limits) as kernel:
            papermill.execute_notebook(
                str(source),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                progress_bar=False,
                engine_name=engine(),
                half_run=target,
                kernel=kernel,
                request_save_on_cell_execute=False,
                execution_timeout=limits.seconds,
                # Not by `cwd`, which moves the whole process: notebooks run side by side.
                resources={"metadata": {"path": str(place.cwd)}},
                config=_of_stock_kernels(place, limits),
                shutdown_kernel="immediate",
            )
    except papermill.exceptions.PapermillExecutionError as error:
        return _failed_with(error, limits)
    except CellTimeoutError:
        return f"cell {_reached(target)} took longer than {limits.seconds} s and was stopped"
    except DeadKernelError:
        return f"the kernel died in cell {_reached(target)}{_limit_words(limits)}"
    except RuntimeError as error:
        return f"the kernel did not start: {error}{_limit_words(limits)}"
    return ""


def _failed_with(error, limits: Limits) -> str:
    """The failure of a cell in words; of one that left no message that it did, as where there is no memory for one.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> error = SimpleNamespace(exec_count=2, ename="CellExecutionError", evalue="")
    >>> _failed_with(error, Limits(megabytes=200))
    'cell [2] failed without a message; its kernel may hold 200 MB (--memory), which may be too little: 500 MB were \
enough for every notebook of the case fu-2025 on a machine of two cores'
    """
    cell = f"cell [{error.exec_count}] failed"
    if not error.evalue and error.ename == "CellExecutionError":
        return f"{cell} without a message{_limit_words(limits)}"
    words = f"{cell} with {error.ename}: {error.evalue}".rstrip(": ")
    return words + (_limit_words(limits) if error.ename.endswith("MemoryError") else "")


def _limit_words(limits: Limits) -> str:
    """The limit of memory, where there is one, as what may be the reason of a failure."""
    if not limits.megabytes:
        return ""
    held = f"; its kernel may hold {limits.megabytes} MB (--memory), which may be too little"
    return held if limits.megabytes >= _MEASURED else f"{held}: {_ENOUGH}"


def _of_stock_kernels(place: Place, limits: Limits) -> "Config":
    """The settings of a kernel that is not asked directly."""
    from traitlets.config import Config

    # Not TCP ports of the machine, which anyone on it can reach; no wait for the interpreter's end.
    return Config(
        {
            "KernelManager": {"transport": "ipc", "ip": f"{place.sockets}/{next(_NUMBERS)}"},
            "ForkProvisioner": {
                "scratch": str(place.sockets),
                "memory": limits.megabytes or 0,
                "interrupt_at_end": False,
            },
        }
    )


def _reached(ran: Path) -> str:
    """The last cell of a half-run notebook that was begun, counted as the kernel counts."""
    cells = [cell for cell in read_notebook(ran).cells if cell.cell_type == "code"]
    begun = [cell.metadata.get("papermill", {}).get("status") not in (None, "pending") for cell in cells]
    return f"[{sum(begun)}]"
