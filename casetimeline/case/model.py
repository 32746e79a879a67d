"""A checked case, made from the content of its two files and of the tables that all cases share; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from ..characters import as_notebook_html
from ..derive import derive_analysis, label_of
from ..faults import Fault, TimelineError
from ..files import CASE_FILES, combined, sha256
from ..values import count_timed
from ..vocabulary import COLUMN_NAMES, KINDS, code_of, words_of
from .checks.check import check_facts
from .checks.notes import notes_of, order_notes
from .choose import axis_obstacles, check_axis, check_baseline, check_plan, choose_rules, measure_of, selection_words
from .form.about import check_about, parse_about, time_zero_of, unread_notes
from .form.claimed import check_phases_of_claims
from .form.keyed import at_lines
from .proof.passages import Stretch
from .tables.additions import FURTHER_MEASURES, additions_note, join_measures
from .tables.dialect import read_rows
from .tables.names import name_about, name_rows, starter_name
from .tables.references import with_works
from .tables.separated import decode


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A checked case.

    Attributes
    ----------
    case_id : str
    about : dict
        case.yaml as read; every scalar is text.
    facts : DataFrame
        One row a fact, in the order of the file: the recorded columns (lower_snake), `line`, and the analysis
        columns PARAMCD, PARAM, LOC, AVAL, AVALLO, AVALHI, AVALU, AVALC, AVALCALO, AVALCAHI, ANRLO, ANRHI,
        STATE, DAYLO, DAYHI, ORDER.
    measures, rules, comparators : DataFrame
        The vocabulary, the cited rules that were asked for, and the published arms.
    references : dict
        The works of references.json by their id, as CSL-JSON has them.
    catalogue : DataFrame
        Every rule of rules.csv, asked for or not: none but `rules` is evaluated.
    baseline_rule, reference : str
        How the baseline is chosen, and the treatment it refers to.
    axis : str
        The axis that was asked for, one of `vocabulary.AXES`.
    rule_set : str
        The names and kinds of rules that were asked for, joined by commas; blank where all are evaluated.
    cva : float
        Analytical coefficient of variation of the laboratory in percent; nan where it is not reported.
    notes : tuple of str
        What the reader should know of the reading: nothing is dropped in silence.
    sha256 : str
        Digest of every input file.
    places : dict
        For each line whose quote stands in the text of its source, where: the first letter of each passage and the one
        behind its last. Only where the source has a text, or a proof against one.
    provable : int
        How many rows have a quote of such a source.
    """

    case_id: str
    about: dict
    facts: pd.DataFrame
    measures: pd.DataFrame
    rules: pd.DataFrame
    comparators: pd.DataFrame
    references: dict[str, dict]
    catalogue: pd.DataFrame
    baseline_rule: str
    reference: str
    axis: str
    rule_set: str
    cva: float
    notes: tuple[str, ...]
    sha256: str
    places: dict[int, list[Stretch]] = field(default_factory=dict)
    provable: int = 0

    def __repr__(self) -> str:
        return "\n".join(self._lines())

    def _repr_html_(self) -> str:
        """The same lines for a notebook: the first as a heading, the others as a list."""
        first, *rest = map(as_notebook_html, self._lines())
        return f"<p><strong>{first}</strong></p><ul>{''.join(f'<li>{line}</li>' for line in rest)}</ul>"

    def _lines(self) -> list[str]:
        """What a reader sees of a case: id and title, how many rows of each kind, the plan, and the notes."""
        counts = self.facts["kind"].value_counts()
        kinds = (
            f"{count} {kind.replace('_', ' ')}{'' if count == 1 else 's'}"
            for kind in KINDS
            if (count := counts.get(kind, 0))
        )
        timed = count_timed(self.facts)
        return [
            f"Case {self.case_id}: {self.about.get('title', 'no title')}",
            f"{len(self.facts)} facts: {', '.join(kinds)}; {timed} with a time",
            f"baseline rule {self.baseline_rule}, reference {self.reference or 'none'}",
            *filter(None, [self.proof]),
            *(f"note: {note}" for note in self.notes),
        ]

    def measure(self, code: str) -> pd.Series:
        """The row of measures.csv of a measure.

        Raises
        ------
        TimelineError
            If it is the code of no observation; the nearest one is named.
        """
        return measure_of(self.measures, code, FURTHER_MEASURES)

    def label(self, code: str) -> str:
        """The label of a code; of one that no vocabulary has, its words."""
        return label_of(code, self.measures["label"])

    @property
    def is_proved(self) -> bool:
        """Whether every row with a quote was found in the text of its source."""
        return all(self.places.get(line) for line in self.facts.loc[self.facts["quote"].ne(""), "line"])

    def place_words(self, line: int) -> str:
        """Where the quote of a row stands in the text of its source, or that it is not proved; blank without a quote.

        Letters are counted from 1, those of all passages of the quote.
        """
        if not self.facts.loc[self.facts["line"].eq(line), "quote"].ne("").any():
            return ""
        places = [f"{place[0] + 1} to {place[1]}" for place in self.places.get(line, ())]
        return f"letters {', '.join(places)} of the text" if places else "not proved: no text of this source was read"

    @property
    def proof(self) -> str:
        """How many rows stand in the text of their source, as a sentence; blank where no row has a quote."""
        quoted, proved = int(self.facts["quote"].ne("").sum()), sum(map(bool, self.places.values()))
        if not self.provable:
            none = f"none of the {quoted} rows with a quote was held against one"
            return f"No text of a source was read: {none}." if quoted else ""
        further = quoted - self.provable
        having = "row has" if further == 1 else "rows have"
        rest = f"; {further} further {having} a quote of a source whose text was not read" if further > 0 else ""
        return f"{proved} of {self.provable} rows with a quote were found in the text of their source{rest}."

    @property
    def selection(self) -> str:
        """That some rules were asked for and others not evaluated, as a sentence; blank where none was asked for."""
        return selection_words(self.rule_set, len(self.rules), len(self.catalogue))


def axes_of(case: Case) -> dict[str, str]:
    """For each axis of `vocabulary.AXES` why the case cannot have it; blank where it can."""
    return axis_obstacles(case.facts, case.reference)


class Vocabulary(NamedTuple):
    """What all cases share: tables, the works that they cite by their id, and the content of the files by name."""

    measures: pd.DataFrame
    rules: pd.DataFrame
    comparators: pd.DataFrame
    references: dict[str, dict]
    contents: dict[str, bytes]
    notes: tuple[str, ...]


class Recorded(NamedTuple):
    """The content of case.yaml, of timeline.csv, and of the measures.csv of a case that has measures of its own.

    None where a file is missing or could not be read. `texts` has what the rows are proved against, each with its name:
    the texts that case.yaml names as `text` of a source, and proof.json.
    """

    about: bytes | None
    timeline: bytes | None
    measures: bytes | None = None
    texts: tuple[tuple[str, bytes], ...] = ()

    def files(self) -> dict[str, bytes]:
        """The content of each file that says what the case is, by its name; without the texts."""
        return {name: content for name, content in zip(CASE_FILES, self, strict=False) if content is not None}

    def folder(self) -> dict[str, bytes]:
        """The content of every file of the folder of the case, by its name."""
        return {**self.files(), **dict(self.texts)}


class Parsed(NamedTuple):
    """The content of a case as read, before any choice.

    Attributes
    ----------
    case_id : str
    about : dict
        case.yaml.
    texts : DataFrame
        The rows as text.
    facts : DataFrame or None
        The rows with their analysis columns; none where there are faults.
    measures : DataFrame
        The vocabulary, with the measures that the case adds to it.
    notes : tuple of str
    faults : tuple of Fault
    sha256 : str
        Digest of every input file.
    about_text : str
        case.yaml as text, which tells on which line a key stands.
    places, provable
        As of a `Case`; of no row before `prove`.
    """

    case_id: str
    about: dict
    texts: pd.DataFrame
    facts: pd.DataFrame | None
    measures: pd.DataFrame
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]
    sha256: str
    about_text: str
    places: Mapping[int, list[Stretch]] = MappingProxyType({})
    provable: int = 0


# The texts of one case are few: pandas handles them faster one by one than as columns of Arrow.
@pd.option_context("mode.string_storage", "python")
def parse_case(case_id: str, recorded: Recorded, vocabulary: Vocabulary, faults: tuple[Fault, ...] = ()) -> Parsed:
    """Read and check the content of a case.

    Parameters
    ----------
    case_id : str
        The id that case.yaml and each row must bear.
    recorded : Recorded
        What its files hold.
    vocabulary : Vocabulary
        From `read_vocabulary`.
    faults : tuple of Fault
        What is known to be wrong already.

    Raises
    ------
    TimelineError
        If a file cannot be read at all. Other faults are kept: those of a choice are told with them.
    """
    about_name, name = _names(case_id)
    gathered = list(faults)
    read = collect(gathered, read_rows, recorded.timeline, name)
    measures = vocabulary.measures
    if measures is None:
        raise TimelineError(gathered)
    measures, more = _with_additions(measures, recorded.measures, f"{case_id}/measures.csv", gathered)
    text = collect(gathered, decode, recorded.about, about_name)
    known = () if vocabulary.rules is None else tuple(vocabulary.rules["rule"])
    about, zeros = collect(gathered, parse_about, text, about_name), None
    if about is not None:
        about, faults = check_about(name_about(about, measures, ()), about_name, case_id, measures, known)
        gathered += faults
        about = collect(gathered, with_works, about, vocabulary.references, about_name)
    if read is not None:
        texts, notes = read
        named = name_rows(texts, measures, name)
        texts, notes = named.facts, [*notes, *named.notes]
        # What is wrong in case.yaml is not a fault of the rows as well.
        if about is not None and "time_zero" not in _wrong_keys(gathered, about_name):
            about, zeros = time_zero_of(name_about(about, measures, texts["code"].unique()), texts)
        gathered += check_phases_of_claims(about or {}, texts, about_name)
        gathered += named.with_others(check_facts(texts, measures, name, case_id, _published(about), zeros))
    gathered = at_lines(_without_blamed(gathered, f"{case_id}/measures.csv"), text, about_name)
    if read is None or about is None:
        raise TimelineError(gathered)
    facts, digest = None, ""
    if not gathered:
        notes = [
            *vocabulary.notes,
            *more,
            *unread_notes(text, about_name),
            *notes,
            *notes_of(texts, measures, about, zeros, name),
        ]
        facts = derive_analysis(texts[["line", *COLUMN_NAMES]], measures, zeros)
        notes += order_notes(facts, name)
        contents = vocabulary.contents | {f"{case_id}/{file}": raw for file, raw in recorded.files().items()}
        digest = combined({file: sha256(content) for file, content in contents.items()})
    return Parsed(case_id, about, texts, facts, measures, tuple(notes), tuple(gathered), digest, text or "")


def _with_additions(
    measures: pd.DataFrame, content: bytes | None, file: str, faults: list[Fault]
) -> tuple[pd.DataFrame, list[str]]:
    """The vocabulary with the measures that a case adds, and a note of them; without them where they have faults."""
    joined = collect(faults, join_measures, measures, content, file)
    if joined is None:
        return measures, []
    return joined, [*additions_note(joined.index.difference(measures.index, sort=False), file)]


def _without_blamed(faults: list[Fault], file: str) -> list[Fault]:
    """Without those of codes that are not known because the table that would add them has faults itself."""
    broken = any(each.file == file for each in faults)
    return [each for each in faults if each.file == file or not (broken and "measures.csv" in each.expected)]


@pd.option_context("mode.string_storage", "python")
def interpret_case(
    parsed: Parsed,
    vocabulary: Vocabulary,
    baseline_rule: str = "",
    reference: str = "",
    axis: str = "",
    rules: str = "",
) -> Case:
    """A case by the rules of a choice.

    Parameters
    ----------
    parsed : Parsed
        From `parse_case`.
    vocabulary : Vocabulary
        The one that it was parsed with.
    baseline_rule, reference : str
        Override what case.yaml says; blank leaves it as it is.
    axis, rules : str
        As for `read_case`.

    Raises
    ------
    TimelineError
        With every fault of the content and of the choice.
    """
    about_name, name = _names(parsed.case_id)
    analysis = parsed.about.get("analysis", {})
    rule = baseline_rule or analysis.get("baseline") or "last_before"
    ref = starter_name(code_of(reference or analysis.get("reference", "")), parsed.texts, parsed.measures)
    asked = {"baseline_rule": baseline_rule, "reference": reference}
    faults = list(parsed.faults)
    if "analysis" not in _wrong_keys(faults, about_name):
        faults += check_plan(rule, ref, parsed.texts, about_name, asked)
    chosen, rule_set = collect(faults, choose_rules, vocabulary.rules, rules), ",".join(words_of(rules))
    if faults:
        raise TimelineError(at_lines(faults, parsed.about_text, about_name))
    notes = check_baseline(parsed.facts, rule, ref, name, baseline_rule)
    check_axis(axis, parsed.facts, ref)
    others_left_out = selection_words(rule_set, len(chosen), len(vocabulary.rules)).removesuffix(".")
    return Case(
        case_id=parsed.case_id,
        about=parsed.about,
        facts=parsed.facts,
        measures=parsed.measures,
        rules=chosen,
        comparators=vocabulary.comparators,
        references=vocabulary.references,
        catalogue=vocabulary.rules,
        baseline_rule=rule,
        reference=ref,
        axis=axis,
        rule_set=rule_set,
        cva=float(analysis.get("cva") or "nan"),
        notes=(*parsed.notes, *notes, *filter(None, [others_left_out])),
        sha256=parsed.sha256,
        places=dict(parsed.places),
        provable=parsed.provable,
    )


def _wrong_keys(faults: Iterable[Fault], about_name: str) -> set[str]:
    """The keys of case.yaml in which something is wrong."""
    return {fault.column.partition(":")[0] for fault in faults if fault.file == about_name and fault.column}


def _names(case_id: str) -> tuple[str, str]:
    return f"{case_id}/case.yaml", f"{case_id}/timeline.csv"


def collect(faults: list[Fault], read: Callable, *arguments):
    """What a reader returns; nothing if it finds faults, which join the others, or if what it reads is missing."""
    if any(argument is None for argument in arguments):
        return None
    try:
        return read(*arguments)
    except TimelineError as error:
        faults += error.faults
        return None


def _published(about: dict | None) -> dict[str, bool] | None:
    """The sources that a case declares, each with whether it is a publication."""
    sources = (about or {}).get("sources") or None
    return sources and {s["id"]: bool(s.get("doi") or s.get("pmid") or s.get("url")) for s in sources}


# The options that override case.yaml, by the parameter of `read_case`.
