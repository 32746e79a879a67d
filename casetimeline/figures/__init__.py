"""Figures of a case, one a file; as bytes for a notebook, a page or a journal; and the proof of those files.

A `draw_*` function takes an analysed case and returns one figure. Nothing clinical is computed here: what is drawn was
derived and judged before. These parameters are the same for all of them:

analysis : Analysis, Case, str or path
    From `analyse`. A `Case`, or the path of the folder of a case, is analysed first.
width_mm : float
    Width of the printed figure in millimetres, from 60 to 1000. Letters keep their size, 6 points or more: where less
    fits a line, text is wrapped and the figure is higher.

The figure is a `matplotlib.figure.Figure`. It carries the id of its case as its gid and its title as its label, and it
shows itself on the last line of a cell.

Where to look: `gallery` lists the figures, `presets` holds what a journal asks, `export` writes the files and `proof`
measures them; `rests` says on which rows each mark rests.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
