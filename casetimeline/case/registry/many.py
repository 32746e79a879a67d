"""The rows of many cases in one table: named, checked and interpreted, and the baseline that all of them share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from ...derive import derive_analysis
from ...faults import Fault, TimelineError, counted, fault, shortened
from ...values import distinct
from ...vocabulary import BY_REFERENCE, COLUMN_NAMES, code_of
from ..cells.causes import few_of_each
from ..checks.check import check_facts
from ..checks.notes import case_twins, code_notes, notes_of, order_notes
from ..choose import check_baseline, check_plan
from ..form.about import zeros_of_dates
from ..model import Vocabulary
from ..simulated import refuse_mixture
from ..tables.names import name_rows, starter_name

# A rule that is not named is chosen by what the rows tell of a reference.
_OF_A_REFERENCE = ("", *BY_REFERENCE)


@dataclass(frozen=True)
class Reading:
    """One timeline file as read.

    Attributes
    ----------
    name : str
        The case, or the file of many cases.
    facts, measures : DataFrame or None
        Facts with their analysis columns, and the vocabulary; none where there are faults.
    baseline_rule, reference : str
        As given, or as case.yaml says; blank where neither says it.
    notes : tuple of str
    faults : tuple of Fault
    of_many : bool
        Whether it is a file that may hold many cases.
    """

    name: str
    facts: pd.DataFrame | None
    measures: pd.DataFrame | None
    baseline_rule: str
    reference: str
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]
    of_many: bool = False

    def in_short(self) -> tuple[Fault, ...]:
        """The faults as a terminal shows them: in a file of many cases, of many of one cause the first."""
        return few_of_each(self.faults) if self.of_many else self.faults

    def as_data(self) -> dict:
        """What `casetimeline check` says of it, for a program."""
        faults = [each._replace(found=shortened(each.found, 200))._asdict() for each in self.faults]
        rows = 0 if self.facts is None else len(self.facts)
        return {"name": self.name, "rows": rows, "faults": faults, "notes": list(self.notes)}


def reading_lines(readings: list[Reading]) -> Iterator[tuple[str, bool]]:
    """What `casetimeline check` says of some files, each line with whether it is of faults.

    What is noted of each of several, and so of their folder, stands once at the end.
    """
    clean = [reading.notes for reading in readings if not reading.faults]
    of_all = [note for note in clean[0] if all(note in notes for notes in clean)] if len(clean) > 1 else []
    for reading in readings:
        if reading.faults:
            yield f"{reading.name}: {TimelineError(reading.in_short())}", True
            continue
        yield f"{reading.name}: {counted(len(reading.facts), 'row')}, no fault", False
        for note in reading.notes:
            if note not in of_all:
                yield f"  note: {note}", False
    for note in of_all:
        yield f"note: {note}", False


class Whole(NamedTuple):
    """What a file of many cases holds, where its rows are read shard by shard.

    Attributes
    ----------
    typed : tuple of pairs
        Every kind and code, as typed.
    outline : DataFrame
        `kind`, `code`, `phase` and `line`: each kind and code under the name that it is read as, and each phase, with
        a line on which it stands.
    notes : tuple of str
        What a reader should know of the vocabulary and of the codes.
    """

    typed: tuple[tuple[str, str], ...]
    outline: pd.DataFrame
    notes: tuple[str, ...] = ()


def whole_of(outline: pd.DataFrame, name: str, vocabulary: Vocabulary) -> Whole:
    """What a file holds, from one row for each of its kinds, codes and phases as typed.

    Examples
    --------
    >>> from casetimeline.case.model import Vocabulary
    >>> measures = pd.DataFrame({"kind": ["observation"], "label": ["Creatine kinase"]}, index=["ck"])
    >>> rows = pd.DataFrame({"line": [2], "kind": ["Observation"], "code": ["CK"], "phase": [""]})
    >>> whole_of(rows, "t.csv", Vocabulary(measures, None, None, {}, {}, ())).outline["code"].tolist()
    ['ck']
    """
    blank = {column: "" for column in COLUMN_NAMES if column not in outline}
    read = name_rows(outline.assign(**blank), vocabulary.measures, name)
    typed = tuple(outline[["kind", "code"]].itertuples(index=False, name=None))
    # A phase stands in a row without a code.
    codes = read.facts[read.facts["code"] != ""]
    notes = (*vocabulary.notes, *read.notes, *code_notes(codes, vocabulary.measures, name))
    return Whole(typed, read.facts[["line", "kind", "code", "phase"]], notes)


def interpret_rows(
    facts: pd.DataFrame,
    name: str,
    vocabulary: Vocabulary,
    rule: str = "",
    reference: str = "",
    notes: Iterable[str] = (),
    whole: Whole | None = None,
) -> Reading:
    """The rows of a file of many cases, or of a shard of one, as a reading without faults.

    Parameters
    ----------
    facts : DataFrame
        As `read_rows` gives them.
    name : str
        The name of the file, for the messages.
    vocabulary : Vocabulary
        What all cases share.
    rule, reference : str
        Of the baseline; blank where it is to be told from the rows.
    notes : iterable of str
        What was normalised when the rows were read.
    whole : Whole, optional
        What the whole file holds, where the rows are a shard of it: a code has one spelling in all shards, and a shard
        need not have the reference.

    Raises
    ------
    TimelineError
        With every fault of the rows.
    """
    measures = vocabulary.measures
    refuse_mixture(distinct(facts["case_id"]).texts, name, lambda case_id: _first_line(facts, case_id))
    read = name_rows(facts, measures, name, whole.typed if whole else ())
    facts = read.facts
    outline = facts if whole is None else whole.outline
    reference = starter_name(code_of(reference), outline, measures)
    zeros = zeros_of_dates(facts)
    faults = read.with_others(check_facts(facts, measures, name, zeros=zeros))
    # A reference that is not named is chosen, or asked for, when it is needed.
    needy = rule in _OF_A_REFERENCE and not reference
    asked = {"baseline_rule": rule, "reference": reference}
    faults += [] if needy else check_plan(rule, reference, outline, name, asked)
    if faults:
        raise TimelineError(faults)
    all_notes = [*notes, *read.notes, *notes_of(facts, measures, {}, zeros, name)]
    if whole is None:
        all_notes = [*vocabulary.notes, *case_twins(distinct(facts["case_id"]).texts, name), *all_notes]
    else:
        # What is said of the codes is said once, of all.
        of_codes = tuple(f"{name}: {words}" for words in ("column code: ", "code ", "codes "))
        all_notes = [note for note in all_notes if not note.startswith(of_codes)]
    if len(zeros):
        cases = f"{len(zeros)} case{'s' if len(zeros) > 1 else ''}"
        all_notes.append(f"{name}: days count from the earliest date of each case ({cases})")
    facts = derive_analysis(facts[["line", *COLUMN_NAMES]], measures, zeros)
    all_notes += order_notes(facts, name)
    planned = _plan_of(outline, rule, reference)
    if whole is None:
        all_notes += reference_note(outline, name, rule, reference)
    if planned is not None:
        all_notes += check_baseline(facts, *planned, name, rule, is_part=whole is not None)
    return Reading(name, facts, measures, rule, reference, tuple(all_notes), ())


def _first_line(facts: pd.DataFrame, case_id: str) -> int:
    """The first line of a case."""
    return int(facts.loc[facts["case_id"] == case_id, "line"].iloc[0])


def _plan_of(facts: pd.DataFrame, rule: str, reference: str) -> tuple[str, str] | None:
    """The baseline rule and the reference, if they are named or can be told; none where they have to be asked for."""
    treatments = set(facts.loc[facts["kind"] == "treatment", "code"])
    if reference or rule not in _OF_A_REFERENCE:
        return rule or "last_before", reference
    if len(treatments) == 1:
        return rule or "last_before", treatments.pop()
    return None if treatments or rule else ("first", "")


def _reference_words(rows: pd.DataFrame, rule: str) -> str:
    """What has to be named where the reference cannot be told from the rows, in words for an option and a parameter."""
    treatments = sorted(set(rows.loc[rows["kind"] == "treatment", "code"]))
    if not treatments:
        return f"the treatment that '{rule}' refers to, as reference"
    alone = "" if rule else "; or the baseline rule 'first', which needs none"
    return f"the treatment that the baseline comes before, as reference: one of {', '.join(treatments)}{alone}"


def reference_note(rows: pd.DataFrame, name: str, rule: str, reference: str) -> list[str]:
    """A note that the reference cannot be told from the rows, so that whoever derives has to name it."""
    if _plan_of(rows, rule, reference) is not None:
        return []
    return [f"{name}: derive needs {_reference_words(rows, rule)}"]


def with_plan(reading: Reading) -> Reading:
    """The reading with a baseline rule and a reference, if neither the user nor a case.yaml named them.

    The only treatment of a file is its reference; a file without treatments takes the first value. Each choice is a
    note. Where several treatments could be the reference, nothing is chosen.

    Raises
    ------
    TimelineError
        If the reference cannot be told.
    """
    rule, reference, notes = _chosen(reading.facts, reading.name, reading.baseline_rule, reading.reference)
    return replace(reading, baseline_rule=rule, reference=reference, notes=(*reading.notes, *notes))


def plan_of_shards(
    whole: Whole, name: str, measures: pd.DataFrame, rule: str, reference: str
) -> tuple[str, str, list[str]]:
    """The baseline rule and the reference that all shards of a file share, and a note of what was chosen.

    Parameters
    ----------
    whole : Whole
        What the file holds.
    name : str
        Its name, for the messages.
    measures : DataFrame
        The vocabulary.
    rule, reference : str
        As asked for; blank where they are to be told from the rows.

    Raises
    ------
    TimelineError
        If the file cannot have what was asked for, or the reference cannot be told.
    """
    reference = starter_name(code_of(reference), whole.outline, measures)
    if reference or rule not in _OF_A_REFERENCE:
        asked = {"baseline_rule": rule, "reference": reference}
        faults = check_plan(rule, reference, whole.outline, name, asked)
        if faults:
            raise TimelineError(faults)
    return _chosen(whole.outline, name, rule, reference)


def _chosen(rows: pd.DataFrame, name: str, rule: str, reference: str) -> tuple[str, str, list[str]]:
    """The plan as asked for, or as the rows tell it, and a note of what was chosen."""
    planned = _plan_of(rows, rule, reference)
    if planned is None:
        raise TimelineError([fault("no reference treatment", _reference_words(rows, rule), at=name)])
    if planned[1] != reference:
        return *planned, [f"{name}: the reference is '{planned[1]}', the only treatment"]
    if planned[0] != (rule or "last_before"):
        return *planned, [f"{name}: there is no treatment; the baseline is the first value"]
    return *planned, []
