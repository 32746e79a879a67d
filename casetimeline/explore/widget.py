"""The page as a widget in Jupyter, with a figure and a table in its place where no widget runs; its files."""

import base64
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import anywidget
import pandas as pd
import traitlets
from IPython.display import display

from ..case import check_texts
from ..faults import TimelineError, fault
from ..figures import encode_png, render_raster
from ..files import find_data, misplaced
from ..prose import Prose, Table
from .choice import choice_from
from .session import Session
from .view import draw_choice

# In order: each uses only those before it.
_SCRIPTS = (
    "dom.js",
    "proposals.js",
    "changes.js",
    "marks.js",
    "drafts.js",
    "edits.js",
    "lines.js",
    "measures.js",
    "editor.js",
    "page.js",
)
_NAMES = ("page.html", "page.css", "shell.css", "socket.js", *_SCRIPTS)


def page_files() -> dict[str, bytes]:
    """Every file of the page by its name."""
    folder = resources.files(__package__) / "page"
    return {name: (folder / name).read_bytes() for name in _NAMES}


def widget_script() -> str:
    """The scripts of the page as one module: a widget is given one text, which cannot import other files.

    Examples
    --------
    >>> script = widget_script()
    >>> "import {" in script, script.count("export ")
    (False, 1)
    """
    files = page_files()
    script = "\n".join(files[name].decode() for name in _SCRIPTS)
    return re.sub(r"(?m)^(import .*\n|export (?!default))", "", script)


def widget_style() -> str:
    """The style of the page where it is part of another page."""
    return page_files()["page.css"].decode()


_DPI = 144


class Explorer(anywidget.AnyWidget):
    """The page in a notebook: one case at a time, by rules that the reader chooses.

    Parameters
    ----------
    data_dir : path
        The folder of the cases, as for `read_case`.
    **choice : str
        What is shown first: `case`, by default the first of the folder, and any other field of `Choice`.

    Raises
    ------
    TimelineError
        If the folder is not there or holds no case, if a field of the choice is unknown, or a figure or preset is. The
        page, and `still`, report an unknown case, and what the case cannot have.
    """

    _esm = widget_script()
    _css = widget_style()
    choice = traitlets.Dict().tag(sync=True)

    def __init__(self, data_dir: str | Path, **choice: str) -> None:
        check_texts(data_dir=data_dir)
        folder = find_data(data_dir)
        if faults := misplaced(folder, "the folder of the cases", folder=True):
            raise TimelineError(faults)
        self.session = Session(folder, stores=True)
        if not self.session.first:
            raise TimelineError([fault("no case", "the folder of the cases, with a folder a case", at=str(folder))])
        super().__init__(choice=choice_from({"case": self.session.first, **choice})._asdict())
        self.on_msg(self._hear)

    def _hear(self, _, message: object, buffers: list) -> None:
        for answer in self.session.answers(message):
            self.send(answer)

    def still(self) -> tuple["StillFigure", Table, Prose]:
        """The choice as a figure, a table and the command of its report, which need no widget.

        Raises
        ------
        TimelineError
            If the case has a fault, or cannot have what is chosen.
        """
        view = next(self.session.show({"choice": self.choice}))
        figure, rows = view["figure"], view["rows"]
        table = Table(pd.DataFrame(rows["cells"], columns=rows["columns"]), rows["caption"])
        choice = choice_from(view["choice"])
        drawn = draw_choice(self.session.analysis(choice), choice)
        png = encode_png(render_raster(drawn, _DPI), _DPI, figure["title"], figure["alt"])
        command = Prose((f"The report of this choice: {view['command']}",))
        return StillFigure(figure["alt"], figure["svg"], png), table, command

    def _ipython_display_(self) -> None:
        """Show the still page and then the widget, whose style hides the still page where the widget runs."""
        display(*self.still())
        display(self._repr_mimebundle_()[0], raw=True)


@dataclass(frozen=True)
class StillFigure:
    """A figure as SVG and PNG: a notebook that is not trusted shows only the PNG.

    Attributes
    ----------
    alt, svg : str
    png : bytes
    """

    alt: str
    svg: str
    png: bytes

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_) -> dict[str, str]:
        return {"text/plain": self.alt, "image/svg+xml": self.svg, "image/png": base64.b64encode(self.png).decode()}
