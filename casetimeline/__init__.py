"""Reproducible analysis of a clinical case: from a typed timeline to figures and a report.

The names below are what a notebook needs; each is imported when it is first used.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
