"""The page as a widget in Jupyter, with a figure and a table in its place where no widget runs."""

from pathlib import Path

import anywidget
import pandas as pd
import traitlets
from IPython.display import display

from ..display import Prose, Table
from ..publish import PublishedFigure
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

    def still(self) -> tuple[PublishedFigure, Table, Prose]:
        """What is chosen as a figure, a table and the command of its report, which need no widget.

        Raises
        ------
        TimelineError
            If the case or the choice is at fault.
        """
        view = next(self.session.show({"choice": self.choice}))
        figure, rows = view["figure"], view["rows"]
        table = Table(pd.DataFrame(rows["cells"], columns=rows["columns"]), rows["caption"])
        shown = PublishedFigure(f"{figure['name']}.svg", view["choice"]["case"], figure["svg"])
        return shown, table, Prose((f"The report of this choice: {view['command']}",))

    def _ipython_display_(self) -> None:
        """What is still first: where the widget lives, its style hides what stands beside it."""
        display(*self.still())
        display(self._repr_mimebundle_()[0], raw=True)
