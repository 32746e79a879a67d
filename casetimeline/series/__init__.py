"""Several cases side by side: one table, its figures, and why a case cannot be compared with the others.

Nothing is pooled. Cases that somebody chose are no sample of any patients: no mean effect and no p-value is computed
from them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
