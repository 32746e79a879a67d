"""The cases of a series, read and analysed: those that are named, or those of a folder that fit a filter."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Number
from os import PathLike
from pathlib import Path
from urllib.parse import unquote

import pandas as pd

from ..case import (
    case_ids,
    check_texts,
    faults_of_cases,
    is_simulated,
    known_measure,
    measure_of,
    read_case,
    refuse_mixture,
    words_in,
)
from ..characters import as_notebook_html
from ..faults import TimelineError, counted, fault
from ..files import find_data, list_cases
from ..prose import NOT_MENTIONED
from ..rules import Analysis, analyse
from ..vocabulary import FROM_TABLE, OPEN_STATES, check_case_id
from .definitions import check_definitions, measures_of

# The name of a series that was given none.
UNNAMED = "series"
# The figures that the notebook of a series publishes, by the names of their files.
FIGURES = ("series_reported", "series_swimmer", "series_waterfall", "series_multiples", "series_spaghetti")


@dataclass(frozen=True, eq=False)
class Series:
    """Some cases, each analysed by the same rules; in the order of their ids, whatever order they came in.

    Attributes
    ----------
    name : str
        The name of the series: of the folder of its report, and in the ids of its figures.
    analyses : tuple of Analysis
        One a case, sorted by `case_id`.
    chosen : str
        How the cases were chosen, as a sentence.
    compared : dict
        What was derived of a measure, by its code: it is made once, however many tables and figures show it.

    See Also
    --------
    read_series : Makes a series of case folders.
    """

    name: str
    analyses: tuple[Analysis, ...]
    chosen: str
    compared: dict = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.analyses)

    def __reduce__(self) -> tuple:
        # As of an analysis: to another process goes what it was made of.
        return type(self), (self.name, self.analyses, self.chosen)

    def __repr__(self) -> str:
        return f"Series {self.name} of {self.size}: {', '.join(self.ids)}"

    def _repr_html_(self) -> str:
        """The same for a notebook: what it is of as a heading, and the title of each case."""
        head = as_notebook_html(f"Series {self.name} of {self.size}")
        titles = [(each.case.case_id, each.case.about.get("title", "no title")) for each in self.analyses]
        lines = "".join(f"<li>{as_notebook_html(f'{case_id}: {title}')}</li>" for case_id, title in titles)
        return f"<p><strong>{head}</strong></p><ul>{lines}</ul>"

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the cases, in order."""
        return tuple(each.case.case_id for each in self.analyses)

    @property
    def is_simulated(self) -> bool:
        """Whether its cases are simulated; they never stand beside others."""
        return is_simulated(self.ids[0])

    @cached_property
    def table(self) -> str:
        """The table that its cases were taken from, as in `t.csv, a table of 9 cases`; blank of published cases."""
        sources = [source for each in self.analyses for source in each.case.about.get("sources", [])]
        first, *others = {str(source.get("read", "")) for source in sources} or {""}
        return first.removeprefix(FROM_TABLE) if first.startswith(FROM_TABLE) and not others else ""

    @property
    def silence(self) -> str:
        """What is said of something of which a case has no record."""
        return "not recorded in the table" if self.table else NOT_MENTIONED

    @property
    def size(self) -> str:
        """How many cases it has, and that they are simulated where they are.

        Examples
        --------
        >>> from casetimeline.files import PROJECT_DATA
        >>> read_series(PROJECT_DATA, "fu-2025").size
        '1 case'
        """
        return counted(len(self), "simulated case" if self.is_simulated else "case")

    @cached_property
    def measures(self) -> pd.DataFrame:
        """The vocabulary of all cases: that of the folder, and what single cases add to it."""
        return measures_of(self.analyses)

    def rules_of(self, code: str) -> pd.DataFrame:
        """The cited rules on a measure, those of the tables of all cases."""
        rules = pd.concat([each.case.catalogue for each in self.analyses])
        return rules[rules["measure"] == code]

    def measure(self, code: str) -> pd.Series:
        """The row of measures.csv of a measure.

        Raises
        ------
        TimelineError
            If it is the code of no observation of the vocabulary; the nearest one is named.
        """
        return measure_of(self.measures, code)

    @cached_property
    def papers(self) -> dict[str, str]:
        """For each case that shares a source with another one of the series, a letter that all of them have.

        Cases of one paper were seen by the same authors, and are not independent.
        """
        groups: list[set[str]] = []
        by_source: dict[str, set[str]] = {}
        for each in self.analyses:
            for source in each.case.about.get("sources", []):
                for key in _keys_of(source, each.case.references):
                    by_source.setdefault(key, set()).add(each.case.case_id)
        for members in by_source.values():
            joined = [group for group in groups if group & members]
            groups = [group for group in groups if group not in joined] + [members.union(*joined)]
        shared = sorted(sorted(group) for group in groups if len(group) > 1)
        return {case_id: _letter(number) for number, group in enumerate(shared) for case_id in group}


def as_series(series: object) -> Series:
    """A series as it is; what is none, such as a folder, is refused."""
    if not isinstance(series, Series):
        raise TypeError(f"expected a Series from read_series; found {type(series).__name__}")
    return series


def listed(names: Sequence[str], most: int = 12, between: str = ", ") -> str:
    """Up to so many names; of more, the first ones and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], 3), listed(["a", "b", "c", "d"], 3)
    ('a, b, c', 'a, b, and 2 more')
    """
    return between.join(names if len(names) <= most else [*names[: most - 1], f"and {len(names) - most + 1} more"])


def _letter(number: int) -> str:
    """A letter for a group, two where the alphabet ends.

    Examples
    --------
    >>> _letter(0), _letter(25), _letter(26)
    ('A', 'Z', 'AA')
    """
    first, second = divmod(number, 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + second)


def _keys_of(source: dict, works: dict[str, dict]) -> set[str]:
    """Everything that identifies a source: the work that it is, and the DOI, PMID and address of it or of the work.

    The id of a source names it within its case alone: two charts are not one paper.

    Examples
    --------
    >>> sorted(_keys_of({"id": "chart", "reference": "fu-2025"}, {"fu-2025": {"DOI": "10.1/X"}}))
    ['doi 10.1/x', 'reference fu-2025']
    """
    work = works.get(source.get("reference", ""), {})
    places = {name: work.get(name.upper()) for name in ("doi", "pmid", "url")}
    named = [*source.items(), *places.items()]
    return {identifier_of(name, str(text)) for name, text in named if text and name in ("reference", *places)}


# How a DOI or PMID is typed as an address or with its name before it; the part before the mark of a query is the place.
_DOI = re.compile(r"(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|doi\s*:?\s*(?=10\.)|(?=10\.[0-9]+/)")
_PMID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)|pmid\s*:?\s*)(?=[0-9])"
)


def identifier_of(name: str, text: str) -> str:
    """What identifies a work, the same however its DOI, PMID or address is typed.

    Examples
    --------
    >>> {identifier_of("doi", "10.1/X"), identifier_of("doi", "doi: 10.1/x"), identifier_of("url", "https://dx.doi.org/10.1%2FX")}
    {'doi 10.1/x'}
    >>> {identifier_of("pmid", "PMID 0123"), identifier_of("url", "https://pubmed.ncbi.nlm.nih.gov/123/")}
    {'pmid 123'}
    >>> identifier_of("url", "HTTP://www.a.b/C/")
    'url a.b/c'
    """
    plain = unquote(text.strip().lower())
    for kind, typed in (("doi", _DOI), ("pmid", _PMID)):
        if name in (kind, "url") and (start := typed.match(plain)):
            name, plain = kind, plain[start.end() :].partition("?")[0].rstrip(" ./,;")
    if name == "url":
        plain = re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip("/")
    return f"{name} {plain.lstrip('0') if name == 'pmid' else plain}"


def read_series(
    data: str | PathLike[str] | Iterable["Analysis | str | PathLike[str]"],
    cases: str = "",
    name: str = UNNAMED,
    diagnosis: str = "",
    records: str = "",
    baseline_rule: str = "",
    rules: str = "",
) -> Series:
    """Read and analyse several cases.

    Parameters
    ----------
    data : path, or iterable of Analysis, Case or path
        The folder of the cases; or the cases themselves, or their folders.
    cases : str
        Their ids, parted by blanks or commas, also with `*`; blank for all of the folder. For a folder only.
    name : str
        The name of the series.
    diagnosis : str
        Only cases whose diagnosis in case.yaml has these words, each whole, in any order and capitals; blank for all.
    records : str
        Only cases that record a value, grade or state of this measure, by its code or another of its names; a case of
        which every record is not reported is none. Blank for all.
    baseline_rule, rules : str
        As for `read_case`, for every case; blank leaves each as its case.yaml says.

    Returns
    -------
    Series
        The cases in the order of their ids.

    Raises
    ------
    TimelineError
        If `data` is neither a path nor cases, such as a DataFrame, which `read_facts` reads. With every fault of every
        case that cannot be read, each named by its file; if a name is no case of the folder, a case is named twice, two
        cases have one id, `records` is no measure, no case is left, or two of those that are
        left record a code with another unit, grades, limits or better direction in measures.csv.

    Examples
    --------
    >>> from casetimeline.files import PROJECT_DATA
    >>> read_series(PROJECT_DATA, "fu-2025 ferreira2017")
    Series series of 2 cases: ferreira2017, fu-2025
    """
    _refuse_other(data)
    check_texts(cases=cases, name=name, diagnosis=diagnosis, records=records)
    check_texts(baseline_rule=baseline_rule, rules=rules)
    check_case_id(name, at="name")
    asked = {"baseline_rule": baseline_rule, "rules": rules}
    if isinstance(data, str | PathLike):
        folder = find_data(data)
        _refuse_twice(words_in(cases))
        read = [(folder, case_id) for case_id in case_ids(folder, cases)]
        analyses = _all_of(lambda each: analyse(read_case(*each, **asked)), read)
        origin = f"of the {len(list_cases(folder))} in {folder.resolve().name}"
    else:
        analyses, origin = _all_of(lambda each: _analysed(each, asked), data), "handed in one by one"
    _refuse_twice(each.case.case_id for each in analyses)
    refuse_mixture((each.case.case_id for each in analyses), "cases")
    records = known_measure(records, measures_of(analyses), at="records") if records and analyses else records
    kept = [each for each in analyses if _fits(each, diagnosis, records)]
    if not kept:
        expected = f"at least one case{_filter_words(diagnosis, records)}"
        raise TimelineError([fault(f"none of {len(analyses)}", expected, at="cases")])
    check_definitions(kept)
    series = Series(name, tuple(sorted(kept, key=lambda each: each.case.case_id)), "")
    # A folder that was made of a table has no other cases than those that were asked for.
    origin = f"of {series.table}" if series.table else origin
    chosen = f"{series.size}, {origin}{_filter_words(diagnosis, records)}"
    chosen += f"; asked for: {' '.join(words_in(cases))}." if cases else "."
    return replace(series, chosen=chosen)


def _refuse_other(data: object) -> None:
    """Refuse what is no folder and holds no cases, such as a table: its columns are no folders."""
    if isinstance(data, pd.DataFrame):
        expected = (
            "the folder of the cases; ct.read_facts(frame) makes a case of a table, and a list of cases is a series"
        )
        raise TimelineError([fault("a DataFrame", expected, at="data")])
    if not isinstance(data, str | PathLike | Iterable):
        what = f"the number {data}" if isinstance(data, Number) else f"a value of type {type(data).__name__}"
        raise TimelineError([fault(what, "the folder of the cases, or a list of cases", at="data")])


def _refuse_twice(names: Iterable[str]) -> None:
    """Refuse a case that is named more than once."""
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise TimelineError([fault(name, "each case once", at="cases") for name in twice])


def _all_of(read, cases: Iterable) -> list[Analysis]:
    """Each case as it is read; the faults of all that cannot be are told together."""
    # The tables that all cases share have their faults once.
    faults, analyses, cases = [], [], list(cases)
    for each in cases:
        try:
            analyses.append(read(each))
        except TimelineError as error:
            faults += [(_id_of(each), one_fault) for one_fault in dict.fromkeys(error.faults)]
    if faults:
        raise TimelineError(faults_of_cases(faults, len(cases)))
    return analyses


def _id_of(case) -> str:
    """The id of a case of a folder that was named; blank of one that was handed in, whose files name it."""
    return case[1] if isinstance(case, tuple) else Path(case).name if isinstance(case, str | PathLike) else ""


def _analysed(case, asked: dict[str, str]) -> Analysis:
    return analyse(read_case(case, **asked) if isinstance(case, str | PathLike) else case)


def _fits(analysis: Analysis, diagnosis: str, records: str) -> bool:
    facts = analysis.case.facts
    # What is mentioned and not known is not recorded.
    known = (facts["kind"] == "observation") & ~facts["STATE"].isin(OPEN_STATES)
    recorded = not records or (known & (facts["code"] == records)).any()
    return bool(recorded) and _has_words(str(analysis.case.about.get("diagnosis", "")), diagnosis)


def _has_words(text: str, words: str) -> bool:
    """Whether a text has words, each whole, in any order and in any capitals.

    Examples
    --------
    >>> _has_words("Diffuse systemic sclerosis (SSc)", "ssc  sclerosis"), _has_words("Non-SSc myositis", "sis")
    (True, False)
    """
    return all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words.split())


def _filter_words(diagnosis: str, records: str) -> str:
    words = [diagnosis and f"the diagnosis has the words '{diagnosis}'", records and f"{records} is recorded"]
    clause = " and ".join(filter(None, words))
    return f" in which {clause}" if clause else ""
