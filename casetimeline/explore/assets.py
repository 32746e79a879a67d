"""The files of the page, as they are served one by one, and as the one script that a widget takes."""

import re
from importlib import resources

# In the order in which one needs the other.
_SCRIPTS = ("dom.js", "marks.js", "editor.js", "page.js")
_NAMES = ("page.html", "page.css", "shell.css", "socket.js", *_SCRIPTS)


def page_files() -> dict[str, bytes]:
    """Every file of the page by its name."""
    folder = resources.files(__package__) / "page"
    return {name: (folder / name).read_bytes() for name in _NAMES}


def widget_script() -> str:
    """The scripts as one module: a widget is given text, which has no neighbours to import from.

    Examples
    --------
    >>> script = widget_script()
    >>> "import {" in script, script.count("export ")
    (False, 1)
    """
    files = page_files()
    whole = "\n".join(files[name].decode() for name in _SCRIPTS)
    return re.sub(r"(?m)^(import .*\n|export (?!default))", "", whole)


def widget_style() -> str:
    """The style of the page inside of another one."""
    return page_files()["page.css"].decode()
