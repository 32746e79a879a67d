"""The page: a session that answers, and a widget and a server that carry it.

Where to look: `session` answers each request (`HANDLERS`); `changed` tells what entries change and what rests on a row,
`draft` holds the grid and `fields` the faults of the form, `folder` reads the cases, `view` makes the figure; `app` and
`widget` carry the page, and `page/` asks (`page.js`).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
