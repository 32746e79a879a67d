"""case.yaml: who the patient is, what was published, what time zero is, and what is claimed."""

import difflib
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd
import yaml

from ...derive import groups_of
from ...faults import Fault, TimelineError, fault, shortened
from ...values import distinct, is_date, parse_date, parse_time
from ..cells.misfits import parsed
from ..cells.moments import NO_ZEROS
from ..tables.separated import check_characters
from .claimed import check_claims, named_texts, with_canonical_claims
from .keyed import Loader, composed
from .patient import PARTS, check_patient, with_canonical_sex

MOST_CHARACTERS = 200_000
MOST_FAULTS = 1_000
# Each claim is computed, and drawn.
_MOST_CLAIMS = 300
_TEXTS = ("case_id", "title", "diagnosis")
_MAPPINGS = ("patient", "time_zero", "phases", "analysis", "caveats", "care")
# The keys that are read, of those whose names are given; phases, caveats, care and claims are told apart elsewhere.
_READ = {
    "": (*_TEXTS, *_MAPPINGS, "sources", "claims"),
    "patient": tuple(PARTS),
    "time_zero": ("label", "date"),
    "analysis": ("reference", "baseline", "cva"),
    "sources": (
        "id",
        "reference",
        "doi",
        "pmid",
        "url",
        "read",
        "licence",
        "text",
        "sha256",
        "authors",
        "title",
        "container",
        "year",
        "volume",
        "pages",
    ),
}
# The items of the CARE checklist (doi:10.1186/1752-1947-7-223), and which of them have parts.
_CARE_PARTS = {3: "abc", 5: "abc", 8: "abcd", 9: "abc", 10: "abcd", 11: "abcd"}
CARE_ITEMS = tuple(f"{number}{part}" for number in range(1, 14) for part in _CARE_PARTS.get(number, ("",)))
_LISTS = {"sources": ("source", "id: Author 2020"), "claims": ("claim", "says: mRSS reduced to 32")}


# What is meant by the messages of YAML that a person is most likely to get.
_MEANT = {
    "mapping values are not allowed": ": a text that has a colon in it stands in quotation marks",
    "cannot start any token": ": blanks, and no tab, before a key; a text that begins with a sign in quotation marks",
    "could not find expected ':'": ": on each line a key and a colon, as in title: A case",
    "expected <block end>, but found '<scalar>'": ": nothing behind the closing mark of a text in quotation marks; "
    "one with an apostrophe stands in double marks",
    "expected <block end>": ": the keys of one list, or of one mapping, begin one below the other",
    "end of stream": ": a quotation mark or bracket that is opened is closed",
    "stands for no character": ": behind \\U the number of a character, at most 0010FFFF",
    "expected chomping": ": a text that begins with > or | stands in quotation marks",
    "mapping keys are not allowed": ": a text that begins with ? stands in quotation marks",
    "an alias": ": a text that begins with * stands in quotation marks",
    "an anchor": ": a text that begins with & stands in quotation marks",
    "a tag": ": a text that begins with ! stands in quotation marks",
    "another document": ": one document, without a line of --- below its first key",
}
# Also where YAML allows it, as an escape within quotation marks.
_OF_CHARACTERS = ("the control character ", "the direction control ", "the character U+", "half a character")
_ACTS = "text without it, and without an escape that stands for it"


def check_about(
    about: dict, file: str, case_id: str, measures: pd.DataFrame, rules: tuple[str, ...]
) -> tuple[dict, list[Fault]]:
    """The parts of a case.yaml that are as data/README.md describes, and the faults of the others.

    Parameters
    ----------
    about : dict
        From `parse_about`.
    file : str
        The name of the file for the messages.
    case_id : str
        The name of the case's folder.
    measures : DataFrame
        The vocabulary, indexed by code.
    rules : tuple of str
        Names of the cited rules; none if they could not be read, and then none is checked.
    """
    about = with_canonical_sex(with_canonical_claims(about))
    faults = [Fault(file, None, *misfit) for misfit in islice(_check(about, case_id, measures, rules), MOST_FAULTS + 1)]
    wrong = {fault.column.partition(":")[0] for fault in faults}
    if len(faults) > MOST_FAULTS:
        faults[MOST_FAULTS:] = [fault(f"more than {MOST_FAULTS} faults", "a case; the first are listed", at=file)]
    return {key: content for key, content in about.items() if key not in wrong} | {"case_id": case_id}, faults


def parse_about(text: str, file: str) -> dict:
    """The mapping that a case.yaml is, every scalar text, without what is blank; its shape is not checked.

    Raises
    ------
    TimelineError
        If it is no YAML, or no mapping.

    Examples
    --------
    >>> parse_about("case_id: 0012\\ntitle:\\npatient: {age: , comorbidities: [gout, '']}\\n", "case.yaml")
    {'case_id': '0012', 'patient': {'comorbidities': ['gout']}}
    """
    if len(text) > MOST_CHARACTERS:
        raise TimelineError([fault(f"{len(text)} characters", f"at most {MOST_CHARACTERS}", at=file)])
    check_characters(text, file)
    try:
        node = composed(text)
        about = None if node is None else Loader("").construct_document(node)
    except RecursionError:
        raise TimelineError([fault("lists within lists without end", "valid YAML", at=file)]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        problem = (getattr(error, "problem", "") or "").removeprefix("but found ")
        raise TimelineError([fault(problem, _yaml_expected(problem), at=file, line=line)]) from None
    if not isinstance(about, dict):
        raise TimelineError([fault(str(about or ""), "a mapping that begins with case_id", at=file, line=1)])
    return _without_blanks(about)


def _without_blanks(content: object) -> object:
    """A part of a case.yaml without keys and texts that are blank, which say that something is not reported.

    An antibody without a state, and a blank beside the items of a list that are no texts, are faults of their own.
    """
    if isinstance(content, dict):
        kept = {key: value for key, value in content.items() if value != ""}
        return {key: value if key == "antibodies" else _without_blanks(value) for key, value in kept.items()}
    if isinstance(content, list):
        of_texts = all(isinstance(item, str) for item in content)
        return [_without_blanks(item) for item in content if item != "" or not of_texts]
    return content


def _yaml_expected(problem: str) -> str:
    """What to write in place of what YAML, or the reader of a case, does not take.

    Examples
    --------
    >>> _yaml_expected("the control character 0x1b")
    'text without it, and without an escape that stands for it'
    >>> _yaml_expected("an alias (*name)")
    'valid YAML: a text that begins with * stands in quotation marks'
    """
    if problem.startswith(_OF_CHARACTERS):
        return _ACTS
    return "valid YAML" + next((words for sign, words in _MEANT.items() if sign in problem), "")


def unread_notes(text: str, file: str) -> Iterator[str]:
    """What of a case.yaml nothing reads: keys, each with its line and the nearest that is read, and ends of texts.

    Parameters
    ----------
    text, file : str
        The content, which `parse_about` can read, and the name of the file.

    Examples
    --------
    >>> text = "case_id: a\\npatient:\\n  subsett: diffuse\\nanalisys:\\n  cva: 3\\n"
    >>> list(unread_notes(text, "a/case.yaml"))
    ["a/case.yaml, line 3: the key 'patient: subsett' is not read; did you mean 'subset'?",
     "a/case.yaml, line 4: the key 'analisys' is not read; did you mean 'analysis'?"]
    """
    for place, key, value in _keys_of(composed(text), ""):
        if key.value not in _READ[place] and value.value != "":
            near = difflib.get_close_matches(key.value[:64], _READ[place], n=1, cutoff=0.75)
            name = f"{place}: {key.value}" if place else key.value
            suggestion = f"; did you mean '{near[0]}'?" if near else ""
            yield f"{file}, line {key.start_mark.line + 1}: the key '{shortened(name)}' is not read{suggestion}"
    for line, cut in _cut_ends(text):
        words = "is a comment and not read; a text with ' #' in it stands in quotation marks"
        yield f"{file}, line {line}: '{shortened(cut)}' {words}"


# A comment has a blank behind its mark; what has none may be the number of a patient or visit.
_CUT = re.compile(r"[^\S\r\n]+(#[^\s#][^\r\n]*)")


def _cut_ends(text: str) -> Iterator[tuple[int, str]]:
    """The line and the words of what YAML leaves out behind a value, where it may be part of it.

    Examples
    --------
    >>> list(_cut_ends("title: Patient #3 with SSc\\ndiagnosis: SSc  # limited\\n"))
    [(1, '#3 with SSc')]
    """
    for token in yaml.scan(text, Loader=Loader) if _CUT.search(text) else ():
        # A block of text ends where the next line begins.
        is_block = isinstance(token, yaml.ScalarToken) and token.style in ("|", ">")
        cut = None if is_block else _CUT.match(text, token.end_mark.index)
        if cut:
            yield token.end_mark.line + 1, cut[1].rstrip()


def _keys_of(node: yaml.Node, place: str) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
    """Where each key stands, the key, and what stands there; of the places whose keys are known by name."""
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        yield place, key, value
        if not place and key.value in _READ:
            for part in value.value if isinstance(value, yaml.SequenceNode) else (value,):
                yield from _keys_of(part, key.value)


def check_shape(about: dict) -> Iterator[tuple[str, str, str]]:
    """Where a case.yaml has no text, names, list or sentences as data/README.md describes: key, found, expected.

    Parameters
    ----------
    about : dict
        From `parse_about`, or typed.

    Examples
    --------
    >>> list(check_shape({"sources": "chart"}))
    [('sources', 'chart', "a list, each source behind '- '")]
    """
    for key in _TEXTS:
        if not isinstance(about.get(key, ""), str):
            yield key, _seen(about[key]), _one_text(key, about[key], ", ")
    for key in _MAPPINGS:
        content = about.get(key, {})
        if not isinstance(content, dict):
            name = "1" if key == "phases" else "name"
            yield key, _seen(content), f"names with a value each, as in `{name}: value`"
        elif key == "patient":
            yield from check_patient(content)
        elif key != "caveats":
            for name, value in content.items():
                if not isinstance(value, str):
                    yield f"{key}: {name}", _seen(value), _one_text(name, value, ", ")
    for key, (noun, example) in _LISTS.items():
        items = about.get(key, [])
        if not isinstance(items, list):
            yield key, str(items), f"a list, each {noun} behind '- '"
            continue
        if key == "claims" and len(items) > _MOST_CLAIMS:
            yield key, f"{len(items)} claims", f"at most {_MOST_CLAIMS}"
        for position, item in enumerate(items, 1):
            yield from _check_texts(item, f"{key}: {position}", example)
    if isinstance(about.get("caveats", ""), dict):
        for code, texts in about["caveats"].items():
            if not (isinstance(texts, list) and all(isinstance(text, str) for text in texts)):
                yield f"caveats: {code}", str(texts), "a list of sentences, each behind '- '"


def _check_texts(item: object, key: str, example: str) -> Iterator[tuple[str, str, str]]:
    """The faults of a source or claim that is no names with a text each."""
    if not isinstance(item, dict):
        yield key, str(item), f"names with a text each, as in `{example}`"
        return
    for name, value in item.items():
        if not isinstance(value, str):
            yield f"{key}: {name}", _seen(value), _one_text(name, value, " ")


def _seen(content: object) -> str:
    """What stands in place of a text or of names: how many items a list has."""
    return f"a list of {len(content)}" if isinstance(content, list) else str(content)


def _one_text(name: str, content: object, between: str) -> str:
    """What to write for a content that is no text: the texts of a list in one."""
    if not isinstance(content, list) or not all(isinstance(word, str) for word in content):
        return "text"
    return f"one text, as in `{name}: {shortened(between.join(content))}`"


def _check(about: dict, case_id: str, measures: pd.DataFrame, rules: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    if about.get("case_id") != case_id:
        yield "case_id", str(about.get("case_id", "")), f"'{case_id}', the name of the folder"
    yield from check_shape(about)
    yield from _check_sources(about.get("sources", []))
    yield from _check_cva(about.get("analysis"))
    yield from check_claims(about.get("claims", []), measures, rules)
    if isinstance(about.get("time_zero", ""), dict) and isinstance(about["time_zero"].get("date", ""), str):
        try:
            parse_date(about["time_zero"].get("date") or "2000")
        except ValueError as error:
            yield "time_zero: date", about["time_zero"]["date"], str(error)
    if isinstance(about.get("phases", ""), dict):
        for number in about["phases"]:
            if not (number.isascii() and number.isdigit()):
                yield "phases", number, "the number of a phase"
            elif str(int(number)) != number:
                yield "phases", number, f"the number of a phase without a 0 before it: {int(number)}"
    for item in about["care"] if isinstance(about.get("care"), dict) else ():
        if item not in CARE_ITEMS:
            yield "care", item, _care_expected(item)
    if isinstance(about.get("caveats", ""), dict):
        for code in about["caveats"]:
            if code not in measures.index and code != "treatments":
                yield "caveats", code, "a code of measures.csv, or 'treatments'"


def _care_expected(item: str) -> str:
    """What to write for an item that the CARE checklist does not have.

    Examples
    --------
    >>> _care_expected("99"), _care_expected("5")
    ('the number of an item of the CARE checklist, from 1 to 13', 'an item of the CARE checklist: 5a, 5b, 5c')
    """
    parts = [name for name in CARE_ITEMS if name.rstrip("abcd") == item]
    if parts:
        return f"an item of the CARE checklist: {', '.join(parts)}"
    return f"the number of an item of the CARE checklist, from 1 to {CARE_ITEMS[-1]}"


def caveats_of(about: dict) -> tuple[str, ...]:
    """What the source leaves open, in the order of case.yaml.

    Examples
    --------
    >>> caveats_of({"caveats": {"mrss": ["Who scored it is not said."]}}), caveats_of({})
    (('Who scored it is not said.',), ())
    """
    return tuple(text for texts in about.get("caveats", {}).values() for text in texts)


def _check_cva(analysis) -> Iterator[tuple[str, str, str]]:
    cva = analysis.get("cva", "0") if isinstance(analysis, dict) else "0"
    if isinstance(cva, str) and cva and not re.fullmatch(r"[0-9]{1,2}(\.[0-9]+)?", cva):
        yield "analysis: cva", cva, "the analytical coefficient of variation in percent, as in 3 or 2.5"


def _check_sources(sources) -> Iterator[tuple[str, str, str]]:
    ids: dict[str, int] = {}
    for position, source in enumerate(sources if isinstance(sources, list) else [], 1):
        if not named_texts(source):
            continue
        if not source.get("id"):
            yield f"sources: {position}", str(source), "an 'id', which the rows name as their source"
        elif ids.setdefault(source["id"], position) != position:
            yield f"sources: {position}: id", source["id"], f"each id once; source {ids[source['id']]} has it"
        year = str(source.get("year", ""))
        if year.isdecimal() and not re.fullmatch("[12][0-9]{3}", year):
            yield f"sources: {position}: year", year, "a year in four digits, as in 2024"


def time_zero_of(about: dict, facts: pd.DataFrame) -> tuple[dict, pd.DataFrame]:
    """The date of time zero, if case.yaml gives one; else the earliest date, if times are told by dates alone."""
    date = about.get("time_zero", {}).get("date", "")
    if date:
        low, high, *_ = parse_date(date)
        return about, pd.DataFrame({"low": low, "high": high}, index=[about["case_id"]])
    zeros = zeros_of_dates(facts)
    if not len(zeros):
        return about, zeros
    start = distinct(facts["start"])
    days, _ = parsed(start.where(start.each(is_date, bool)), parse_date)
    # What has no day is sorted to the end.
    earliest = facts["start"].iloc[np.lexsort((days.high, days.low))[0]]
    return {**about, "time_zero": {"label": f"{earliest}, the earliest date", "chosen": earliest}}, zeros


def zeros_of_dates(facts: pd.DataFrame) -> pd.DataFrame:
    """The day of the earliest date of each case that tells its times by dates alone.

    Returns
    -------
    DataFrame
        `low` and `high`, equal day numbers, indexed by case; without the cases that have a length of time, and those
        that have one date among facts without a time.
    """
    start, case = distinct(facts["start"]), groups_of(facts["case_id"])
    # What counts from another fact says nothing of time zero.
    from_another = distinct(facts["anchor"]).each(bool, bool)
    timed, dated = start.each(bool, bool) & ~from_another, start.each(is_date, bool)
    # What cannot be read has its own fault, and makes none of the dates beside it.
    lengths = timed & ~dated & case.any(dated)[case.codes]
    _, bad = parsed(start.where(lengths), parse_time)
    by_dates = case.any(dated) & ~case.any(lengths & ~start.among(bad))
    if not by_dates.any():
        return NO_ZEROS
    several = (case.of(timed).different(start.codes[timed]) > 1) | ~case.any(~timed)
    days, _ = parsed(start.where(dated & (by_dates & several)[case.codes]), parse_date)
    first = pd.Series(case.lowest(days.low), index=facts["case_id"].iloc[case.first()]).dropna().sort_index()
    return pd.DataFrame({"low": first, "high": first})
