"""How a client finds or starts the template of a kernel, and asks it for one."""

import hashlib
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from .process import ForkedProcess

PRELOAD = "FORK_KERNEL_PRELOAD"
OWN = "FORK_KERNEL_OWN"
IDLE = "FORK_KERNEL_IDLE"
_IDLE_SECONDS = 60.0
TEMPLATE = Path(__file__).with_name("template.py")

# Variables that the interpreter, the loader or a library reads once, when it starts or is imported.
_EXACT = {"HOME", "LANG", "LANGUAGE", "MATPLOTLIBRC"}
_PREFIXES = (
    "PYTHON",
    "LD_",
    "LC_",
    "MALLOC_",
    "GLIBC_",
    "XDG_",
    "FONTCONFIG_",
    "JUPYTER_",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "NUMEXPR_",
    "ARROW_",
    "MPL",
    "NPY_",
    "NUMPY_",
    "KMP_",
    "GOMP_",
)
_LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]


def preload_of(env: Mapping[str, str]) -> tuple[str, ...]:
    """The modules that a template imports in addition to those of the kernel itself.

    Examples
    --------
    >>> preload_of({"FORK_KERNEL_PRELOAD": "pandas, matplotlib.figure"})
    ('pandas', 'matplotlib.figure')
    """
    return tuple(filter(None, (name.strip() for name in env.get(PRELOAD, "").split(","))))


def own_of(env: Mapping[str, str]) -> tuple[str, ...]:
    """The module of the project itself that a template imports last; none where none is named.

    Behind it stands the state of its files: another state has another template, so that no kernel runs old code.

    Examples
    --------
    >>> own_of({"FORK_KERNEL_OWN": "mine.preload@5f2a"}), own_of({})
    (('mine.preload',), ())
    """
    return tuple(filter(None, [env.get(OWN, "").partition("@")[0]]))


def is_cold(env: Mapping[str, str]) -> bool:
    """Whether KERNEL=cold asks for stock kernels."""
    return env.get("KERNEL") == "cold"


def idle_of(env: Mapping[str, str]) -> float:
    """Seconds without a kernel after which a template ends; the default if the setting is not a number."""
    try:
        return max(float(env.get(IDLE, _IDLE_SECONDS)), 0.0)
    except ValueError:
        return _IDLE_SECONDS


def acting_at_start(env: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment that act when a process starts or a module is imported, and not later.

    Examples
    --------
    >>> acting_at_start({"PYTHONHASHSEED": "0", "PANDAS_X": "1", "FORK_KERNEL_PRELOAD": "pandas", "TZ": "UTC"})
    {'PANDAS_X': '1', 'PYTHONHASHSEED': '0'}
    """
    prefixes = (*_PREFIXES, *(f"{module.partition('.')[0].upper()}_" for module in preload_of(env)))
    # PYTHONPATH is not among them: each kernel gets its own after the fork.
    names = sorted(env.keys() - {"PYTHONPATH"})
    return {name: env[name] for name in names if name in _EXACT or name.startswith(prefixes)}


def why_not(command: list[str], env: Mapping[str, str], cwd: str) -> str:
    """Why a kernel cannot come from a template; blank if it can.

    Parameters
    ----------
    command : list of str
        The command of the kernel.
    env : mapping of str
        Its environment.
    cwd : str
        Its working directory.
    """
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return "this system is not Linux"
    if command[0] != sys.executable or "ipykernel_launcher" not in command:
        return "the kernel is not one of this interpreter"
    path = env.get("PYTHONPATH", "")
    if path and not all(map(os.path.isabs, path.split(os.pathsep))):
        return "PYTHONPATH has a folder that is not absolute"
    if any(name.startswith("matplotlib") for name in preload_of(env)) and (Path(cwd) / "matplotlibrc").exists():
        return f"a matplotlibrc in {cwd} acts when matplotlib is imported"
    return ""


def interpreter_options(command: list[str]) -> list[str]:
    """The options for the interpreter in the command of a kernel.

    Examples
    --------
    >>> interpreter_options(["python", "-X", "frozen_modules=off", "-m", "ipykernel_launcher", "-f", "a.json"])
    ['-X', 'frozen_modules=off']
    """
    return command[1 : command.index("ipykernel_launcher") - 1]


def _settings_of(env: Mapping[str, str]) -> list[Path]:
    """The settings files that matplotlib may read at its import, apart from one in the working folder."""
    home = Path(env.get("HOME", "/"))
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    folders = [config / "matplotlib", home / ".matplotlib", *map(Path, filter(None, [env.get("MPLCONFIGDIR")]))]
    named = env.get("MATPLOTLIBRC")
    return [folder / "matplotlibrc" for folder in folders] + (
        [Path(named), Path(named, "matplotlibrc")] if named else []
    )


def _changed(path: Path) -> int | None:
    """When a file was changed last; None if there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def address_of(command: list[str], env: Mapping[str, str]) -> str:
    """The name of the socket of a template, in the abstract namespace of Linux, which leaves no file behind.

    It is a digest of the user, the mount namespace, control group, priority and limits, the interpreter and what is
    installed for it, the preload list, the state of the project's own module, and the environment and settings that act
    at a start. If one of these changes, the address changes, and a new template is started.
    """
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    identity = [
        os.getuid(),
        str(Path("/proc/self/ns/mnt").readlink()),
        # A process cannot leave its control group, and a kernel belongs to the same job as the client that asks for it.
        Path("/proc/self/cgroup").read_text(encoding="utf-8"),
        os.getpriority(os.PRIO_PROCESS, 0),
        [resource.getrlimit(limit)[1] for limit in _LIMITS],
        [_changed(path) for path in _settings_of(env)],
        [sys.executable, sys.version, *interpreter_options(command)],
        [(folder, Path(folder).stat().st_mtime_ns) for folder in sorted(folders)],
        [path.stat().st_mtime_ns for path in sorted(TEMPLATE.parent.glob("*.py"))],
        preload_of(env),
        env.get(OWN, ""),
        idle_of(env),
        acting_at_start(env),
    ]
    return "\0fork-kernel-" + hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]


class NoTemplateError(Exception):
    """No kernel came from a template; the message says why."""


def prepare(env: Mapping[str, str]) -> None:
    """Start the template of the kernels of this interpreter, if there is none; it imports while this process goes on.

    Parameters
    ----------
    env : mapping of str
        The environment that the kernels will have.

    Raises
    ------
    NoTemplateError, OSError
        If no template can be started; the kernels will then be stock ones.
    """
    command = [sys.executable, "-m", "ipykernel_launcher"]
    if not is_cold(env) and not why_not(command, env, "/"):
        connect(command, env).close()


def connect(command: list[str], env: Mapping[str, str]) -> socket.socket:
    """A connection to the template of a kernel; the template is started if there is none.

    Raises
    ------
    NoTemplateError
        If the socket belongs to another user.
    OSError
        If no process or socket can be made.
    """
    address = address_of(command, env)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        # A template may end between the two steps, or another client may start one.
        for _ in range(3):
            try:
                connection.connect(address)
                break
            except ConnectionRefusedError:
                _spawn(address, command, env)
        else:
            connection.connect(address)
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", credentials)[1] != os.getuid():
            raise NoTemplateError("the socket of the template belongs to another user")
    except BaseException:
        connection.close()
        raise
    return connection


def _spawn(address: str, command: list[str], env: Mapping[str, str]) -> None:
    """Start a template on a socket that is bound here, unless another client has bound it first.

    Requests wait in the queue of the socket until the template is ready.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        try:
            listener.bind(address)
        except OSError:
            return
        listener.listen(128)
        argv = [
            sys.executable,
            *interpreter_options(command),
            str(TEMPLATE),
            str(listener.fileno()),
            str(idle_of(env)),
            *preload_of(env),
            *own_of(env),
        ]
        # The template outlives this process: it holds none of its streams, and is not a child to be waited for.
        starter = "import os, sys\nif os.fork() == 0:\n    os.setsid()\n    os.execv(sys.argv[1], sys.argv[1:])"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", starter, *argv],
            cwd="/",
            env={name: value for name, value in env.items() if name != "PYTHONPATH"},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    if done.returncode:
        raise NoTemplateError(f"its template could not be started (status {done.returncode})")


def launch(
    command: list[str],
    env: Mapping[str, str],
    cwd: str,
    streams: tuple[int, int, int],
    scratch: str = "",
    memory: int = 0,
    asked: str = "ports",
) -> ForkedProcess:
    """Ask a template for a kernel; `ForkedProcess.wait_ready` waits until it can be asked.

    Parameters
    ----------
    command : list of str
        The command of a stock kernel.
    env : mapping of str
        The environment of the kernel.
    cwd : str
        Its working directory.
    streams : tuple of int
        Descriptors of its standard streams.
    scratch : str
        A folder that is removed, if it is empty, should this process die before the kernel.
    memory : int
        Megabytes that the kernel may hold; 0: no limit.
    asked : str
        What the kernel is asked by: `ports`, as its connection file says, or `stdin`, a socket as its first stream.

    Raises
    ------
    NoTemplateError, OSError
        As `connect`.
    """
    connection = connect(command, env)
    data = {str(resource.RLIMIT_DATA): memory_limit(memory)} if memory else {}
    try:
        request = {
            "argv": [_launcher(), *command[command.index("ipykernel_launcher") + 1 :]],
            "command": command,
            "env": dict(env),
            "cwd": cwd,
            "umask": _umask(),
            "limits": {str(limit): resource.getrlimit(limit) for limit in _LIMITS} | data,
            "scratch": scratch,
            "asked": asked,
            "cores": sorted(os.sched_getaffinity(0)),
        }
        request_file = os.memfd_create("request", os.MFD_CLOEXEC)
        try:
            os.write(request_file, json.dumps(request).encode())
            socket.send_fds(connection, [b"start"], [request_file, *streams])
        finally:
            os.close(request_file)
        return ForkedProcess(connection)
    except BaseException:
        connection.close()
        raise


def memory_limit(megabytes: int) -> tuple[int, int]:
    """Soft and hard limit of private writable memory, which is what a cell fills."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = megabytes * 2**20
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return limit, limit


def _umask() -> int:
    """The file mode mask of this process; `os.umask` would change it for a moment, for other threads as well."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1], 8) for line in status.splitlines() if line.startswith("Umask:"))


def _launcher() -> str:
    """The first word of `sys.argv` in a stock kernel."""
    import importlib.util

    spec = importlib.util.find_spec("ipykernel_launcher")
    return spec.origin if spec and spec.origin else "ipykernel_launcher"
