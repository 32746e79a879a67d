"""How a report comes about: what is stale, notebooks run, a report published whole or not at all; many cases;
verified again, accepted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
