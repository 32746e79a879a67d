"""The artefacts of one analysis: page, PDF, Word, manuscript, references, checklist; and the search for identifiers."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
