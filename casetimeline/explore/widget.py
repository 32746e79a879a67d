"""The page as a widget in Jupyter, with a figure and a table in its place where no widget runs."""

import html
from pathlib import Path

import anywidget
import pandas as pd
import traitlets
from IPython.display import display

from ..display import Table
from .choices import choice_from
from .session import Session

_HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """One case to look at, by rules that can be chosen.

    Parameters
    ----------
    data_dir : path
        The folder of the cases.
    **choice : str
        What is shown first: `case`, and any other field of `Choice`.

    Raises
    ------
    TimelineError
        If the case or the choice is at fault.
    """

    _esm = _HERE / "page.js"
    _css = _HERE / "page.css"
    choice = traitlets.Dict().tag(sync=True)

    def __init__(self, data_dir: str | Path, **choice: str) -> None:
        self.session = Session(data_dir)
        asked = choice_from(choice)
        super().__init__(choice=asked._asdict())
        self.on_msg(self._hear)

    def _hear(self, _, told: object, buffers: list) -> None:
        for answer in self.session.answers(told):
            self.send(answer)

    def still(self) -> "Still":
        """What is chosen as a figure and a table that need no widget.

        Raises
        ------
        TimelineError
            If the case or the choice is at fault.
        """
        return Still(next(self.session.show({"choice": self.choice})))

    def _ipython_display_(self) -> None:
        display(self.still())
        display(self._repr_mimebundle_()[0], raw=True)


class Still:
    """A view as text and HTML: what is seen where no widget runs. The page's style hides it where one does.

    Parameters
    ----------
    view : dict
        As `Session.show` gives it.
    """

    def __init__(self, view: dict) -> None:
        self.view = view
        rows = view["rows"]
        self.table = Table(pd.DataFrame(rows["cells"], columns=rows["columns"]), rows["caption"])

    def __repr__(self) -> str:
        figure = self.view["figure"]
        return "\n\n".join([figure["alt"], repr(self.table), f"Report: {self.view['command']}"])

    def _repr_html_(self) -> str:
        figure, command = self.view["figure"], html.escape(self.view["command"])
        heading = f"<h2>{html.escape(figure['title'])}</h2>"
        report = f"<p>Report of this: <code>{command}</code></p>"
        body = f"{heading}<figure>{figure['svg']}</figure>{self.table._repr_html_()}{report}"
        return f'<div class="ct-still">{body}</div>'
