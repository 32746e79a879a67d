"""A case with everything that is derived and judged of it: one object in place of a case and its tables."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike

import pandas as pd

from ..case import Case, read_case
from ..derive import derive_changes
from .claims import evaluate_claims
from .rules import evaluate_rules


@dataclass(frozen=True)
class Analysis:
    """A case, its derived table, and what rules and claims say of it. Each table is made when it is first asked for.

    Attributes
    ----------
    case : Case
        From `read_case`.

    See Also
    --------
    analyse : Makes one.
    """

    case: Case
    _derive: Callable[[Case], pd.DataFrame] = field(
        default=lambda case: derive_changes(case.facts, case.baseline_rule, case.reference), repr=False, compare=False
    )

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The derived table: one row a fact, the recorded columns and those of all `derive_*` functions."""
        return self._derive(self.case)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """What each rule says of each record: one row a record and rule; the columns of `evaluate_rules`."""
        return evaluate_rules(self.changes, self.case.rules, self.case.cva)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims of the source against the rows: one row a claim; the columns of `evaluate_claims`."""
        return evaluate_claims(self.case, self.changes, self.verdicts)

    def __repr__(self) -> str:
        return f"Analysis of {self.case!r}"

    def _repr_html_(self) -> str:
        return self.case._repr_html_()


def analyse(case: "Analysis | Case | str | PathLike[str]", changes: pd.DataFrame | None = None) -> Analysis:
    """A case with its derived table, verdicts and claims.

    Parameters
    ----------
    case : Case, path or Analysis
        From `read_case`, or the folder of a case, which is read and checked. An analysis comes back as it is.
    changes : DataFrame, optional
        The derived table, from who has derived it by other means; else `derive_changes` makes it.

    Returns
    -------
    Analysis
        Nothing is computed before it is asked for.

    Raises
    ------
    TimelineError
        If the files of the folder have faults.
    TypeError
        If `case` is none of these.
    """
    if isinstance(case, Analysis) and changes is None:
        return case
    if isinstance(case, Analysis):
        case = case.case
    if isinstance(case, str | PathLike):
        case = read_case(case)
    if not isinstance(case, Case):
        raise TypeError(f"expected a Case, the folder of a case, or an Analysis; found {type(case).__name__}")
    return Analysis(case) if changes is None else Analysis(case, lambda _: changes)
