"""Which template a kernel may come from: one for each interpreter, preload list and environment at its start."""

import hashlib
import json
import os
import resource
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

PRELOAD = "FORK_KERNEL_PRELOAD"
IDLE = "FORK_KERNEL_IDLE"
_IDLE_SECONDS = 60.0
TEMPLATE = Path(__file__).with_name("template.py")

# Variables that the interpreter, the loader or a library reads once, when it starts or is imported.
_EXACT = {"HOME", "LANG", "LANGUAGE", "MATPLOTLIBRC"}
_PREFIXES = (
    *("PYTHON", "LD_", "LC_", "MALLOC_", "GLIBC_", "XDG_", "FONTCONFIG_", "JUPYTER_"),
    *("OMP_", "OPENBLAS_", "MKL_", "NUMEXPR_", "ARROW_", "MPL", "NPY_", "NUMPY_", "KMP_", "GOMP_"),
)


def preload_of(env: Mapping[str, str]) -> tuple[str, ...]:
    """The modules that a template imports besides those of the kernel itself.

    Examples
    --------
    >>> preload_of({"FORK_KERNEL_PRELOAD": "pandas, matplotlib.figure"})
    ('pandas', 'matplotlib.figure')
    """
    return tuple(filter(None, (name.strip() for name in env.get(PRELOAD, "").split(","))))


def is_cold(env: Mapping[str, str]) -> bool:
    """Whether stock kernels are asked for, with KERNEL=cold."""
    return env.get("KERNEL") == "cold"


def idle_of(env: Mapping[str, str]) -> float:
    """Seconds without a kernel after which a template ends; what is no number counts as not given."""
    try:
        return max(float(env.get(IDLE, _IDLE_SECONDS)), 0.0)
    except ValueError:
        return _IDLE_SECONDS


def acting_at_start(env: Mapping[str, str]) -> dict[str, str]:
    """The variables of an environment that a running process would notice too late.

    Examples
    --------
    >>> acting_at_start({"PYTHONHASHSEED": "0", "PANDAS_X": "1", "FORK_KERNEL_PRELOAD": "pandas", "TZ": "UTC"})
    {'PANDAS_X': '1', 'PYTHONHASHSEED': '0'}
    """
    # The path of modules is given to each kernel by itself.
    own = tuple(f"{name.partition('.')[0].upper()}_" for name in preload_of(env))
    told = sorted(env.keys() - {"PYTHONPATH"})
    return {name: env[name] for name in told if name in _EXACT or name.startswith((*_PREFIXES, *own))}


def why_not(command: list[str], env: Mapping[str, str], cwd: str) -> str:
    """Why a kernel cannot come from a template, or nothing.

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
    """The options of the interpreter in the command of a kernel.

    Examples
    --------
    >>> interpreter_options(["python", "-X", "frozen_modules=off", "-m", "ipykernel_launcher", "-f", "a.json"])
    ['-X', 'frozen_modules=off']
    """
    return command[1 : command.index("ipykernel_launcher") - 1]


def _settings_of(env: Mapping[str, str]) -> list[Path]:
    """Files of settings that matplotlib may read when it is imported, beside those of the working folder."""
    home = Path(env.get("HOME", "/"))
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    folders = [config / "matplotlib", home / ".matplotlib", *map(Path, filter(None, [env.get("MPLCONFIGDIR")]))]
    named = env.get("MATPLOTLIBRC")
    return [folder / "matplotlibrc" for folder in folders] + (
        [Path(named), Path(named, "matplotlibrc")] if named else []
    )


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def address_of(command: list[str], env: Mapping[str, str]) -> str:
    """The name of the socket of a template, in the abstract namespace of Linux, which leaves no file behind.

    It names the user, the mount namespace, control group, priority and limits, the interpreter with what is installed
    for it, the preload list, and the environment and settings that act at a start. What is installed or changed later
    has another address.
    """
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    told = [
        os.getuid(),
        str(Path("/proc/self/ns/mnt").readlink()),
        # A process cannot leave them again: kernels belong to the same job as those who ask for them.
        Path("/proc/self/cgroup").read_text(encoding="utf-8"),
        os.getpriority(os.PRIO_PROCESS, 0),
        [resource.getrlimit(getattr(resource, name))[1] for name in dir(resource) if name.startswith("RLIMIT_")],
        [_changed(path) for path in _settings_of(env)],
        [sys.executable, sys.version, *interpreter_options(command)],
        [(folder, Path(folder).stat().st_mtime_ns) for folder in sorted(folders)],
        [path.stat().st_mtime_ns for path in sorted(TEMPLATE.parent.glob("*.py"))],
        preload_of(env),
        idle_of(env),
        acting_at_start(env),
    ]
    return "\0fork-kernel-" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
