"""What the checks in a browser share: axe, and servers to look at."""

import contextlib
import subprocess
import sys
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).parent.parent.parent


def violations(page, within=None):
    """What axe finds: rule, weight, and the first elements."""
    found = Axe().run(page, context=within).response["violations"]
    return [(one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3]) for one in found]


@contextlib.contextmanager
def serving(*command, cwd=ROOT, env=None):
    """A server of this environment; its standard output is read for its address. It ends with the block that uses it.

    Without that a check that fails would wait for its server for ever.
    """
    asked = [sys.executable, "-m", *command]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(asked, cwd=cwd, env=env, **pipes) as process:
        try:
            yield process
        finally:
            process.terminate()
