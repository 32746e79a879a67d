"""Figures of a case, one a file; as bytes for a notebook, a page or a journal; and the proof of those files.

A `draw_*` function takes what was derived and returns a `matplotlib.figure.Figure`. Nothing clinical is computed here.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
