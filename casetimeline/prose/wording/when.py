"""When a fact was, in words: its phase, and its time as the Results tell it."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd

from ...case import Case
from ...values import ONES, TENS, distinct, parse_anchor, rows_of, same_times
from .passage import Said, known_phase, of_course, time_phrase
from .words import capital, in_a_sentence

# Each at the place of its number.
_ONES = ("", *ONES)


def when_words(row, phases: dict) -> str:
    """`moment_words` with a preposition, at a time or in a phase; a phase with a name in brackets.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> when_words(Row(phase=4, start=""), {}), when_words(Row(phase=pd.NA, start="12 wk", anchor=""), {})
    ('in phase 4', 'at 12 weeks')
    >>> when_words(Row(phase=4, start="3 d"), {"4": "Later"})
    '(Later; day 3)'
    """
    if pd.isna(row.phase):
        return time_phrase(row, "time zero")
    name = phases.get(str(row.phase))
    return f"({'; '.join(filter(None, [str(name), clock_words(row)]))})" if name else f"in {moment_words(row, phases)}"


def moment_words(row, phases: dict) -> str:
    """The phase of a fact with its name, and its time, as far as the source gives them.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> moment_words(Row(phase=4, start=""), {"4": "After escalation"})
    'After escalation'
    >>> moment_words(Row(phase=pd.NA, start="12 wk"), {}), moment_words(Row(phase=4, start="12 wk"), {})
    ('12 weeks', 'phase 4 (12 weeks)')
    """
    start = clock_words(row)
    if pd.isna(row.phase):
        return start
    name = str(phases.get(str(row.phase), "")) or f"phase {row.phase}"
    return f"{name} ({start})" if start else name


def own_time(start: str, zero: str = "time zero") -> str:
    """A time that counts from time zero, in words without a preposition.

    Examples
    --------
    >>> [own_time(start) for start in ("0 d", "~6 mo", "2005-08")], own_time("-4 d", "presentation")
    (['day 0', 'about 6 months', 'August 2005'], '4 days before presentation')
    """
    return re.sub("^(on|at|in) ", "", time_phrase(SimpleNamespace(start=start, anchor="", phase=0), zero)) or start


def clock_words(row) -> str:
    """The time of a fact in words without a preposition, from what it counts from; blank where it has none.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> clock_words(Row(start="12 wk", anchor="")), clock_words(Row(start="3 mo", anchor="liver_biopsy"))
    ('12 weeks', '3 months after liver biopsy')
    """
    return start_words(row) if getattr(row, "anchor", "") else own_time(row.start)


# The codes of the event that symptoms began.
ONSET = r"symptom_onset|onset_of_(?:weakness|fatigue|symptoms)"


def start_words(row) -> str:
    """The start of a fact as recorded, and the fact that it counts from where that is not time zero.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> start_words(Row(start="3 mo", anchor="liver_biopsy")), start_words(Row(start="1 wk", anchor="discharge#2"))
    ('3 months after liver biopsy', '1 week after the second discharge')
    >>> start_words(Row(start="", anchor="liver_biopsy")), start_words(Row(start="12 wk", anchor=""))
    ('counted from liver biopsy', '12 wk')
    >>> start_words(Row(start="<0 d", anchor="treatment")), start_words(Row(start="2005-08", anchor=""))
    ('before treatment', 'August 2005')
    """
    anchor, start = getattr(row, "anchor", ""), str(row.start)
    if not anchor and not re.fullmatch(r"\d{4}(-\d\d){0,2}", start):
        return start
    if phrase := time_phrase(SimpleNamespace(start=start, anchor=anchor)):
        return re.sub("^(on|at|in) ", "", phrase)
    if not anchor:
        return start
    code, count = parse_anchor(anchor)
    origin = code.replace("_", " ") + (f" no. {count}" if count > 1 else "")
    return f"{start} from {origin}" if start else f"counted from {origin}"


# The numbers that names of phases have in words.
_FIGURES = {_ONES[number]: str(number) for number in (*range(1, 13), 18)}


def named_time(name: str, time: str) -> str:
    """The name of a phase with its time behind it, where one does not say what the other says.

    Examples
    --------
    >>> named_time("Relapse", "day 41"), named_time("Nine months of it", "about 9 months")
    ('Relapse (day 41)', 'Nine months of it')
    >>> named_time("Within one year", "within 1 year after fenestration"), named_time("Response", "")
    ('Within 1 year after fenestration', 'Response')
    >>> named_time("Week 12", "12 weeks"), named_time("Week 12", "13 weeks"), named_time("Month 1", "1 month")
    ('Week 12', 'Week 12 (13 weeks)', 'Month 1')
    >>> named_time("Presentation", "4 days before presentation to hospital")
    '4 days before presentation to hospital'
    """
    if not name or not time:
        return name or time
    in_figures = " ".join(_FIGURES.get(word, word) for word in name.lower().split(" "))
    numbered = re.fullmatch(r"(week|month|year) (\d+)", in_figures)
    same = numbered and time in (f"{numbered[2]} {numbered[1]}", f"{numbered[2]} {numbered[1]}s")
    if same or time.removeprefix("about ").lower() in in_figures:
        return name
    if time.lower().startswith(in_figures) or f" before {in_figures}" in time.lower():
        return capital(time)
    return f"{name} ({time})"


def time_words(case: Case, row) -> str:
    """The time of a fact without a preposition; what counts from a drug that was given again counts from the first."""
    time = re.sub("^(on|at|in) ", "", time_phrase(row, case.about.get("time_zero", {}).get("label", "")))
    if (started := of_course(case.facts, row, time)) != time:
        return started
    if row.anchor and "#" not in row.anchor and case.facts["code"].eq(row.anchor).sum() > 1:
        return re.sub("(after|day of|time of) (?!the )", r"\1 the first ", time)
    return time


def visit_words(case: Case, row) -> str:
    """When a fact was: the name of its phase, and its time where it has one; the number of a phase without a name.

    A phase of several days has no name that would be true of each, so their facts have the day alone.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> facts = pd.DataFrame({"phase": 1, "start": ["3 d", "3 d", ""], "anchor": ""})
    >>> case = Some(about={"phases": {"1": "Relapse"}}, facts=facts)
    >>> [visit_words(case, row) for row in facts.itertuples()]
    ['Relapse (day 3)', 'Relapse (day 3)', 'Relapse']
    >>> facts["start"] = ["3 days", "3 days", ""]
    >>> visit_words(case, next(facts.itertuples()))
    'Relapse (day 3)'
    >>> facts["start"] = ["3 d", "9 d", ""]
    >>> [visit_words(case, row) for row in facts.itertuples()]
    ['day 3', 'day 9', 'Relapse']
    """
    name, time = str(case.about.get("phases", {}).get(known_phase(row), "")), time_words(case, row)
    if re.match("(about )?day ", time) and not row.anchor and not pd.isna(row.phase):
        starts = case.facts.loc[case.facts["phase"].eq(row.phase).fillna(False), "start"]
        days = [start for start in same_times(distinct(starts)).texts if re.fullmatch(r"[\d.]+ d", start)]
        name = name if len(days) == 1 else ""
    words = named_time(name, time)
    return words or ("not reported" if pd.isna(row.phase) else f"phase {row.phase}")


def with_its_value(facts: pd.DataFrame) -> pd.Series:
    """When each fact was; a statement of a phase of some length has the time of the value that is told in its words.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": ["observation", "statement"], "quote": ["better over 6 months, CK 131"] * 2,
    ...     "ORDER": [5, 5], "start": ["~6 mo", ""], "told_at": ["at about 6 months", "over 6 months"]})
    >>> with_its_value(facts).tolist()
    ['at about 6 months', 'at about 6 months']
    """
    timed = facts[facts["kind"].eq("observation") & facts["start"].ne("") & facts["quote"].ne("")]
    times = timed.groupby(["ORDER", "quote"])["told_at"].agg(["nunique", "first"])
    times = times.loc[times["nunique"].eq(1), "first"]
    value_times = pd.Series(
        [times.get((row.ORDER, row.quote), "") for row in rows_of(facts)], facts.index, dtype=object
    )
    lengths = value_times.str.extract(r"(\d+ \w+)$", expand=False).fillna("nothing")
    alike = np.array([length in when for length, when in zip(lengths, facts["told_at"], strict=True)], dtype=bool)
    return facts["told_at"].mask(facts["kind"].eq("statement") & facts["start"].eq("") & alike, value_times)


# A note that the day of something is not told.
_DAY_UNTOLD = re.compile(
    r"(?:^|; )(?:(?:its )?(?:first )?|[\w, -]+ and )days? (?:is |are )?not (?:told|reported|said)\b"
)


def is_undated(note: str) -> bool:
    """Whether a note says that the day of its row is not told.

    Examples
    --------
    >>> [is_undated(note) for note in ("day not reported", "1 week; its first day is not reported", "day 3")]
    [True, True, False]
    """
    return bool(_DAY_UNTOLD.search(note))


def in_letters(when: str) -> str:
    """A time that does not begin with a figure, as no sentence does.

    Examples
    --------
    >>> in_letters("3 days after admission"), in_letters("45 days after admission"), in_letters("120 days later")
    ('three days after admission', 'forty-five days after admission', 'after another 120 days')
    >>> in_letters("1 year before admission")
    'one year before admission'
    """
    number = re.match(r"(\d+)(?= )", when)
    if not number or not 0 < int(number[1]) < 100:
        when = re.sub("^(.*) later$", r"after another \1", when)
        return f"at {when}" if when[:1].isdigit() else when
    tens, units = divmod(int(number[1]), 10)
    words = "-".join(filter(None, [TENS[tens - 2], _ONES[units]])) if tens > 1 else _ONES[int(number[1])]
    return f"{words}{when[number.end() :]}"


def in_digits(when: str) -> str:
    """A time that was written for the beginning of a sentence as it stands within one.

    Examples
    --------
    >>> in_digits("Three years before admission"), in_digits("About a year before admission")
    ('3 years before admission', 'about a year before admission')
    """
    when = in_a_sentence(when)
    first, _, others = when.partition(" ")
    count = next((count for count in range(1, 100) if in_letters(f"{count} ") == f"{first} "), first)
    return f"{count} {others}"


# An amount of time over which something went on, as a quote prints it.
_OVER = re.compile(r"\b(over the (?:following|next|first) (\d+ \w+))")


def over_time(row, when: str) -> str:
    """The time of what was drained; where the quote says that this took just that long, in its words.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> drained = Row(PARAM="Pericardial fluid drained", quote="1.6 liters was drained over the following 24 hours")
    >>> over_time(drained, "at 24 hours"), over_time(drained, "at 48 hours")
    ('over the following 24 hours', 'at 48 hours')
    """
    printed = _OVER.search(row.quote) if row.PARAM.endswith(" drained") else None
    return printed[1] if printed and re.fullmatch(f"(at|within) {printed[2]}", when) else when


def with_origin(time: str, case: Case, row) -> str:
    """A length of time with what it counts from, where its phase has a name that is that length and says from when.

    Examples
    --------
    >>> case = SimpleNamespace(about={"phases": {"5": "One week after admission"}})
    >>> row = SimpleNamespace(phase=5)
    >>> with_origin("at 1 week", case, row), with_origin("at 2 weeks", case, row)
    ('1 week after admission', 'at 2 weeks')
    """
    name = str(case.about.get("phases", {}).get(known_phase(row), ""))
    number, _, rest = in_a_sentence(name).partition(" ")
    named = f"{_FIGURES.get(number, number)} {rest}"
    return named if time.startswith("at ") and named.startswith(f"{time.removeprefix('at ')} after ") else time


def since_told(moment: pd.DataFrame, last: pd.DataFrame, when: str) -> str:
    """A time that counts from what was just told, without its name; and of a stay in hospital that it is this one.

    Examples
    --------
    >>> last, then = pd.DataFrame({"code": ["discharge"]}), pd.DataFrame({"anchor": ["discharge#2"], "code": ["ck"]})
    >>> since_told(then, last, "12 days after the second discharge")
    '12 days later'
    >>> since_told(then, last[:0], "3 days after discharge")
    '3 days after discharge'
    >>> came = pd.DataFrame({"code": ["readmission"]})
    >>> since_told(then, last, "within 12 hours after discharge"), since_told(then, came, "at the second readmission")
    ('within the next 12 hours', 'at this readmission')
    >>> since_told(then, last, "on the day of discharge"), since_told(then, last, "after 1 week of a pulse")
    ('on the same day', 'after 1 week of this treatment')
    """
    codes = set(last["code"])
    stay = re.fullmatch(r"at the \w+ (re)?admission", when)
    if stay and when.rpartition(" ")[2] in codes:
        return f"at this {when.rpartition(' ')[2]}"
    same = re.fullmatch(r"(on|at) the (day|time) of (?:starting )?(?!the ).*", when)
    if same and {anchor.partition("#")[0] for anchor in moment["anchor"]} <= codes:
        return f"{same[1]} the same {same[2]}"
    under = re.fullmatch(r"(after \d[\d–]* \w+ of) .*\bpulse", when)
    after = re.fullmatch(r"(within )?(\d[\d–]* \w+) after (?!starting).*", when)
    anchors = {anchor.partition("#")[0] for anchor in moment["anchor"]}
    if under or not after or not anchors <= codes:
        return f"{under[1]} this treatment" if under and anchors <= codes else when
    return f"within the next {after[2].removeprefix('1 ')}" if after[1] else f"{after[2]} later"


def with_time(clause: list[Said], when: str) -> list[Said]:
    """A clause with its time behind it, but before what is said of its order in brackets.

    Examples
    --------
    >>> "".join(part.text for part in with_time([Said("it began (whether before or after this is open)")], "on day 3"))
    'it began on day 3 (whether before or after this is open)'
    """
    *first, last = clause
    place = last.text.find(" (whether ")
    if place < 0 or not last.text.endswith(")"):
        return [*clause, Said(f" {when}")]
    return [*first, last._replace(text=f"{last.text[:place]} {when}{last.text[place:]}")]


# What happens once, or has its number, takes the article.
_ONE = re.compile(
    r"(?:(?:initial|first|second|third|fourth|last)\b.*|(?:re)?admission|discharge|relapse|recurrence|recrudescence"
    r"|therapy|response|escalation|taper|end|start)(?: .*)?|.*\b(?:biopsy|window|surgery)",
    re.IGNORECASE,
)


def with_the(name: str) -> str:
    """The name of what happens once, or has its number, with its article; another one as it is.

    Examples
    --------
    >>> with_the("initial therapy"), with_the("second discharge"), with_the("thrombocytopenia")
    ('the initial therapy', 'the second discharge', 'thrombocytopenia')
    """
    return f"the {name}" if _ONE.fullmatch(name) else name


# What a note says of a start whose place in the account is not known.
_OPEN_PLACE = re.compile(r"(?:^|; )(before or after the [\w -]+?) is not told\b")


def open_start(note: str) -> str:
    """Before or after what something began, where a note says that this is not told; else blank.

    Examples
    --------
    >>> open_start("before or after the relapse is not told; ended by the discharge"), open_start("dose not reported")
    ('before or after the relapse', '')
    """
    match = _OPEN_PLACE.search(note)
    return match[1] if match else ""


# A point that the source leaves open: which of two came first.
OPEN_ORDER = re.compile(r"Whether (.+?) (?:was|were) (?:\w+ )?before or after (.+) is not said[.;](.*)")


def open_positions(case: Case) -> list[int]:
    """The positions of which the sources do not say whether they came before or after the next, which is a treatment.

    A caveat of a measure that is first recorded there says so.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> open_positions(read_case("data/fu-2025")), open_positions(read_case("data/shm-ssc-47f"))
    ([1], [])
    """
    facts, opened = case.facts, set()
    for code, caveats in case.about.get("caveats", {}).items():
        recorded = facts.loc[facts["code"] == code, "ORDER"]
        if len(recorded) and any(map(OPEN_ORDER.fullmatch, caveats)):
            opened.add(int(recorded.min()))
    treated = {*facts.loc[facts["kind"] == "treatment", "ORDER"]}
    return sorted(position for position in opened if position + 1 in treated and position not in treated)
