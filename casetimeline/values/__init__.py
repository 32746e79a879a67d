"""What a print allows: values and times as bounds, arithmetic on bounds, and decisions from them.

Pure functions on whole columns; nothing here knows a case or a file.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
