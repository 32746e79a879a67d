"""The page: a session that answers, and a widget and a server that carry it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
