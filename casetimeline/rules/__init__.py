"""Cited rules, limits and claims against derived columns.

A rule is met, not met, not applicable, outside its window, or it cannot be determined.

Where to look: `analysis` holds a case with everything derived and judged of it (`analyse`); `rules` decides the rules
of rules.csv (`evaluate_rules`), and `compared` shows where they disagree (`compare_rules`); `stretches` decides those
on a change from the first value, from the best and from the one before (`evaluate_stretches`); `tipping` says what
would decide an open verdict (`derive_tipping`); `limits` computes measurement error, reference change values and the
change that a rule requires (`limits_of`, `derive_required`); `populations` sets the baseline of a case beside published
trial arms (`derive_context`, `derive_regression`); `deduced` says what follows from a definition (`deduce_subset`);
`claims` checks the statements of the report itself (`evaluate_claims`).

Arguments that many functions share: `changes` is the table of `derive_changes`, one row a fact; `verdicts` is the table
of `evaluate_rules`, one row a record and rule; `rules` are rows of rules.csv; `comparators` are rows of
comparators.csv; `measure` is a code of measures.csv. No function changes the table that it is given. Where a value is
missing or too uncertain to decide, the answer is `cannot be determined`, and never a guess.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
