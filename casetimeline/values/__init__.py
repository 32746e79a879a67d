"""Uncertain values and times as bounds, arithmetic on bounds, and decisions from them.

Where to look: `bounds` reads a printed value (`<30`, `~6000`) as the interval that it allows (`parse_value`), `grades`
a grade (`small..large`; `parse_grade`), and `times` a length of time or a date (`parse_time`); `units` finds a printed
unit among those of a measure (`unit_factor`); `interval` computes with intervals (`subtract`, `divide`) and decides on
them (`exceeds`, `inside`, `answer`); `column` holds the different texts of a column, so that each is parsed once
(`distinct`).

These are pure functions on whole columns: they know neither a case nor a file. A value that is not there is nan, and
stays nan. A decision on it is `cannot be determined`.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
