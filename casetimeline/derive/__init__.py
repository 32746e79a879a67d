"""Columns from columns, under ADaM names: for one patient or a million rows.

Where to look:

- `facts`: the analysis columns of recorded facts (`derive_analysis`)
- `chosen`: what a caller chooses, refused where the frame does not have it (`check_words`, `check_baseline_rule`)
- `baseline`: the baseline record and its value (`derive_ablfl`, `derive_base`)
- `change`: change, percent change, ratio, laboratory category and shift (`derive_chg`, `derive_pchg`, `derive_r2base`,
  `derive_anrind`, `derive_shift`)
- `course`: nadir, peak, area under the curve (`derive_extremes`, `derive_peak`, `derive_auc`)
- `improvement`: the first improvement and whether it lasted (`derive_improvement`)
- `studyday`: the reference treatment and the study day (`derive_reference`, `derive_ady`, `derive_ontrtfl`)
- `exposure`: doses, gaps and schedules of treatments (`derive_exposure`, `derive_gaps`, `derive_calendar`)
- `worded`: which parts of a treatment are reported, and which in words alone (`derive_told`, `derive_worded`)
- `tapers`: whether a dose changed within its course, and to which (`vary`)
- `glucocorticoids`: the dose of each course a day in equivalents of prednisone (`derive_prednisone`)
- `stretch`: a later record against the first, the best or the previous one (`derive_stretches`)
- `pipeline`: the derivations in their order (`derive_changes`), and the derived table
- `columns` and `groups`: what they share

What the `derive_*` functions have in common is said here once:

- The first argument is a frame of facts: one row a fact (an observation, a treatment or an event) of one case or of
  many, with the columns of timeline.csv, `line`, and the columns of `derive_analysis`. A function that needs the
  columns of a further function names it. If a column is missing, `MissingColumnError` says which, and what adds it.
- `by` lists the columns that define a series: the records that are compared with each other. By default it is one
  measure of one case at one site, `vocabulary.SERIES`.
- A function that adds columns returns a new frame with the same rows in the same order, and changes nothing in the
  frame that it was given. A function that makes a table of its own says what a row of it is.
- Nothing is filled in. What is not reported stays missing: nan or NA for a number, a blank for text.
- Names ending in LO and HI are the bounds of an uncertain value, and LOX and HIX say whether that bound itself is
  excluded. The name without an ending (AVAL, BASE, CHG) is missing unless the value is exact. Days count from the time
  zero of the case.

Nothing here knows a file.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
