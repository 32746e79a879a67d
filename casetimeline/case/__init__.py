"""The files of a case: read, checked with every fault at its place, written, and to and from a workbook."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
