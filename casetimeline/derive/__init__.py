"""Columns from columns, under ADaM names: for one patient or a million rows.

Each `derive_*` function takes a frame of facts and returns a new frame with the columns that it names; nothing else is
touched. Nothing here knows a file.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
