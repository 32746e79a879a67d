"""Figures of a case: a frame in, a `matplotlib.figure.Figure` out. Nothing clinical is computed here."""

from .claims import draw_claims
from .profile import draw_profile
from .timeline import draw_timeline
from .trajectory import draw_trajectory
from .values import describe, drawn_values, summarise_drawn

__all__ = [
    "describe",
    "draw_claims",
    "draw_profile",
    "draw_timeline",
    "draw_trajectory",
    "drawn_values",
    "summarise_drawn",
]
