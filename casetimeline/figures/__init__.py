"""Figures of a case: a frame in, a `matplotlib.figure.Figure` out. Nothing clinical is computed here."""

from .change import draw_change
from .claims import draw_claims
from .context import draw_context
from .gallery import draw_figures
from .profile import draw_profile
from .regimen import draw_regimen
from .reported import draw_reported
from .timeline import draw_timeline
from .trajectory import draw_trajectory
from .values import alt_text, describe, drawn_values, summarise_drawn

__all__ = [
    "alt_text",
    "describe",
    "draw_change",
    "draw_claims",
    "draw_context",
    "draw_figures",
    "draw_profile",
    "draw_regimen",
    "draw_reported",
    "draw_timeline",
    "draw_trajectory",
    "drawn_values",
    "summarise_drawn",
]
