"""The page as a widget in Jupyter, with a figure and a table in its place where no widget runs."""

from pathlib import Path

import anywidget
import traitlets

from ..display import Table
from ..faults import TimelineError
from .choices import choice_from
from .session import Session
