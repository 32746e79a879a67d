"""One object for a case, its derived table, and the results of its rules and claims."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from os import PathLike

import numpy as np
import pandas as pd

from ..case import Case, codes_of, read_case, subset_told
from ..derive import derive_changes, require
from ..faults import TimelineError, fault
from ..values import booleans
from ..vocabulary import MAIN_MEASURES, MET, NOT_APPLICABLE
from .claims import evaluate_claims
from .deduced import Deduction, deduce_subset
from .populations import belongs_to, derive_applicable, derive_examined, names_main_disease
from .rules import evaluate_rules
from .stretches import evaluate_stretches


def _kept_table(compute: Callable[..., pd.DataFrame]) -> property:
    """A table that is computed once. Whoever asks has a copy of it, so that no edit reaches the other results."""

    @wraps(compute)
    def handed_out(analysis) -> pd.DataFrame:
        """The copy, which shares its values with the table until one of the two is edited."""
        made = analysis.__dict__.setdefault("_tables", {})
        if compute.__name__ not in made:
            made[compute.__name__] = compute(analysis)
        return made[compute.__name__].copy(deep=False)

    return property(handed_out)


# Tables have no truth value: two analyses, as two cases or series, are one only where they are the same object.
@dataclass(frozen=True, eq=False)
class Analysis:
    """A case, its derived table, and the results of its rules and claims. Each table is computed when it is first used.

    A table is handed out as a copy: what you edit in it stays with you, and reaches no figure, sentence or verdict.

    Attributes
    ----------
    case : Case
        The case, as `read_case` returns it.

    See Also
    --------
    analyse : Makes an analysis of a case or of its folder.
    """

    case: Case
    # A derived table that was handed in; without one it is derived.
    _given: pd.DataFrame | None = field(default=None, repr=False)

    @_kept_table
    def changes(self) -> pd.DataFrame:
        """The derived table: one row a fact, with the recorded columns and those of `derive_changes`."""
        if self._given is not None:
            return self._given
        return derive_changes(self.case.facts, self.case.baseline_rule, self.case.reference)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The measures of the case, in the order of measures.csv.

        First stand the three of `MAIN_MEASURES`, also those that are not mentioned: only where the case records one of
        them, or is one of systemic sclerosis, lupus or myositis.
        """
        recorded = set(self.case.facts.loc[self.case.facts["kind"] == "observation", "code"])
        main = [code for code in MAIN_MEASURES if code in self.case.measures.index]
        if not recorded & {*main} and not names_main_disease(self.case.about.get("diagnosis", "")):
            main = []
        return (*main, *(code for code in self.case.measures.index if code in recorded and code not in main))

    @cached_property
    def courses(self) -> tuple[str, ...]:
        """Of the measures of the case those with a course: the main ones, and each that a site has more than once.

        All of them, where nothing that is recorded has a course.
        """
        observed = self.case.facts[self.case.facts["kind"] == "observation"]
        counts = observed.groupby(["code", "LOC"]).size().groupby("code").max()
        lasting = tuple(code for code in self.codes if code in MAIN_MEASURES or counts.get(code, 0) > 1)
        return lasting if {*lasting} & {*observed["code"]} else self.codes

    def asked(self, codes: Iterable[str] | str) -> tuple[str, ...]:
        """The measures that were asked for by their codes, in this order; one code may be a text.

        Raises
        ------
        TimelineError
            If one is the code of no observation.
        """
        codes = codes_of(codes)
        for code in codes:
            self.case.measure(code)
        return codes

    @_kept_table
    def verdicts(self) -> pd.DataFrame:
        """The verdict of each rule on each record: one row a record and rule, with the columns of `evaluate_rules`.

        A rule that was made for other patients or other examiners is not applicable: see `derive_applicable` and
        `derive_examined`.
        """
        verdicts = evaluate_rules(self.changes, self.case.rules, self.case.cva, self._names)
        return self._applicable(derive_examined(verdicts, self.case.rules, self.changes))

    @_kept_table
    def applicable(self) -> pd.DataFrame:
        """The rules of the case, but for those that are not applicable to any of its records."""
        apart = self.verdicts["VERDICT"].eq(NOT_APPLICABLE).groupby(self.verdicts["RULE"]).all()
        return self.case.rules[~self.case.rules["rule"].isin(apart.index[apart])]

    @_kept_table
    def stretches(self) -> pd.DataFrame:
        """The verdicts over the other stretches of the course, with the columns of `evaluate_stretches`."""
        return self._applicable(evaluate_stretches(self.changes, self.case.rules, self.case.cva, self._names))

    @property
    def _names(self) -> dict[str, str]:
        """The short names of the measures."""
        return self.case.measures["abbrev"].to_dict()

    def _applicable(self, verdicts: pd.DataFrame) -> pd.DataFrame:
        about = self.case.about
        sex, subset = (str(about.get("patient", {}).get(name, "")) for name in ("sex", "subset"))
        return derive_applicable(verdicts, self.case.rules, about.get("diagnosis", ""), sex, subset)

    @cached_property
    def subset(self) -> Deduction | None:
        """The subset of systemic sclerosis that follows from the skin scores, where the source tells no diffuse one.

        A deduction beside another subset that is told contradicts it; the rules go by what is told.
        """
        diagnosis = self.case.about.get("diagnosis", "")
        has_sclerosis = belongs_to("systemic sclerosis", diagnosis) == MET
        return deduce_subset(self.changes) if has_sclerosis and self.subset_told != "diffuse" else None

    @property
    def subset_told(self) -> str:
        """The subset that case.yaml tells: `limited`, `diffuse`, `sine scleroderma`, or blank."""
        about = self.case.about
        return subset_told(about.get("diagnosis", ""), str(about.get("patient", {}).get("subset", "")))

    @_kept_table
    def claims(self) -> pd.DataFrame:
        """The result of each claim of the source: one row a claim, with the columns of `evaluate_claims`."""
        return evaluate_claims(self.case, self.changes, self.verdicts)

    def __reduce__(self) -> tuple:
        # To another process goes what it was made of. Its results are made anew there: their rows cannot be pickled.
        return type(self), (self.case, self._given)

    def __repr__(self) -> str:
        return f"Analysis of {self.case!r}"

    def _repr_html_(self) -> str:
        return self.case._repr_html_()


def once(function: Callable) -> Callable:
    """A function of an analysis that is computed once for each analysis and each of its further arguments.

    Its results are shared: nobody changes them.
    """

    @wraps(function)
    def kept(analysis, *asked):
        """What the function gives, from what was made before."""
        analysis = analyse(analysis)
        made = analysis.__dict__.setdefault("_made", {})
        key = (function.__module__, function.__name__, *asked)
        if key not in made:
            made[key] = function(analysis, *asked)
        return made[key]

    return kept


def analyse(case: "Analysis | Case | str | PathLike[str]", changes: pd.DataFrame | None = None) -> Analysis:
    """A case with its derived table, verdicts and claims.

    Parameters
    ----------
    case : Case, path or Analysis
        A case from `read_case`, or the folder of a case, which is then read and checked. An analysis is returned as it
        is, unless `changes` are given.
    changes : DataFrame, optional
        A derived table made in another way, with a row for each fact of the case and its columns. Without it,
        `derive_changes` makes the table.

    Returns
    -------
    Analysis
        Each of its tables is computed when it is first used.

    Raises
    ------
    TimelineError
        If the files of the folder have faults, or `changes` has other rows than the case, or text among numbers.
    MissingColumnError
        If `changes` lacks a column of the facts of the case.
    TypeError
        If `case` is not a case, a path or an analysis.
    """
    if isinstance(case, Analysis) and changes is None:
        return case
    if isinstance(case, Analysis):
        case = case.case
    if isinstance(case, str | PathLike):
        case = read_case(case)
    if not isinstance(case, Case):
        raise TypeError(f"expected a Case, the folder of a case, or an Analysis; found {type(case).__name__}")
    return Analysis(case, None if changes is None else _of_case(case, changes))


def _of_case(case: Case, changes: pd.DataFrame) -> pd.DataFrame:
    """The derived table of a case; one with rows of another case, or with some of its rows alone, is refused."""
    types = derive_changes(case.facts[:0], case.baseline_rule, case.reference).dtypes
    # A notebook may derive no more than it shows.
    require(changes, "analyse", case.facts.columns)
    recorded, given = (Counter(zip(rows["case_id"], rows["line"], strict=True)) for rows in (case.facts, changes))
    if recorded != given:
        strange, lost = (given - recorded).total(), (recorded - given).total()
        rows = f"{strange} rows of another case or line, {lost} rows of the case missing"
        raise TimelineError([fault(rows, f"the {len(case.facts)} rows of case '{case.case_id}'", at="changes")])
    # Columns of text are one type, however pandas stores them.
    other = [name for name in types.index.intersection(changes.columns) if str(changes[name].dtype) != str(types[name])]
    typed = changes.assign(**{name: _typed(changes[name], types[name]) for name in other})
    # Rows are found by their places.
    return typed if typed.index.equals(pd.RangeIndex(len(typed))) else typed.reset_index(drop=True)


def _typed(column: pd.Series, kind: np.dtype | pd.api.extensions.ExtensionDtype) -> pd.Series:
    """A column with the type that `derive_changes` gives it; another one can hold the same values."""
    is_flag = pd.api.types.is_bool_dtype(kind)
    try:
        return pd.Series(booleans(column), column.index) if is_flag else column.convert_dtypes().astype(kind)
    except (TypeError, ValueError):
        wanted = "True or False" if is_flag else "numbers"
        raise TimelineError([fault(f"a column of type {column.dtype}", wanted, at=f"changes: {column.name}")]) from None
