"""Commands of the package, each in a process of its own that is forked from one with the imports of third parties.

Of the time of a short command most is the import of pandas, matplotlib and what else others wrote. Here they are
imported once for a run of tests; the package itself is imported in each process, from where the command is run. What
acts when an interpreter starts, as another hash seed or time zone, needs an interpreter of its own: see `conftest.run`.
"""

import atexit
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback

# What a report, a check or a workbook needs.
IMPORTED = (
    *("bs4", "citeproc", "coloraide", "defusedxml.ElementTree", "docx", "html5lib", "jinja2", "jsonschema"),
    *("jupyter_client.manager", "jupyter_client.provisioning", "matplotlib.backends.backend_agg"),
    *("matplotlib.backends.backend_pdf", "matplotlib.backends.backend_svg", "matplotlib.figure", "nbclient.exceptions"),
    *("nbconvert.exporters", "nbformat", "openpyxl", "pandas", "papermill.engines", "pikepdf", "PIL.Image"),
    *("PIL.PngImagePlugin", "pyarrow.csv", "pyarrow.parquet", "pyarrow.pandas_compat", "pypdfium2", "seaborn"),
    *("statistics", "tornado.web", "typst", "yaml"),
)
SECONDS = 600
# Variables that each command has its own of, or that are of the run of the tests.
_OWN = {"PYTHONPATH", "PYTEST_CURRENT_TEST", "MAKEFLAGS", "MAKELEVEL"}


class Commands:
    """The process from which commands are forked, as its user sees it; it ends with that one."""

    def __init__(self) -> None:
        self.environment = settled({**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"})
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=self.environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self.answers, self.lock = self.socket.makefile("r"), threading.Lock()
        atexit.register(self.end)

    def run(self, request: dict) -> int:
        """Run a command, and wait for its end; its return code."""
        with self.lock:
            self.socket.sendall((json.dumps(request) + "\n").encode())
            return int(self.answers.readline())

    def end(self) -> None:
        """Let the process from which commands are forked come to its end."""
        self.answers.close()
        self.socket.close()
        self.process.wait()


def settled(environment) -> dict[str, str]:
    """The variables that are the same for every command: a fork has them from the start."""
    return {name: value for name, value in environment.items() if name not in _OWN}


def serve(connection: socket.socket) -> None:
    """Fork a process for each request, until there is nobody left who asks."""
    for name in IMPORTED:
        importlib.import_module(name)
    assert threading.active_count() == 1, threading.enumerate()
    for line in connection.makefile("r"):
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            connection.close()
            become(**request)
        _, status = os.waitpid(pid, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def become(arguments: list[str], folder: str, environment: dict[str, str], streams: list[str]) -> None:
    """Be `python -m casetimeline` in a folder; this does not return."""
    signal.alarm(SECONDS)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [folder, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    for number, name in enumerate(streams, 1):
        os.dup2(os.open(name, os.O_WRONLY), number)
    sys.argv, status = ["casetimeline", *arguments], 1
    try:
        runpy.run_module("casetimeline", run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    # The folder of the tests is on the path of no command.
    del sys.path[0]
    serve(socket.socket(fileno=int(sys.argv[1])))
