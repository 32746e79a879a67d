"""A passage of a manuscript: words, the rows and works that they rest on, and the phrases that they are made of."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from ...values import MONTHS, canonical_time, is_date, parse_anchor
from ...vocabulary import UNIT_NAMES
from .labels import label_in_sentence
from .words import capital, in_a_sentence, origin_words


class Said(NamedTuple):
    """Some words of a sentence; those of a passage are put together without anything between them.

    Attributes
    ----------
    text : str
    lines : tuple of int
        The lines of timeline.csv that a value in it rests on.
    works : tuple of str
        What is cited after it: works of references.json, or sources of case.yaml by their id.
    """

    text: str
    lines: tuple[int, ...] = ()
    works: tuple[str, ...] = ()


Passage = tuple[Said, ...]


def text_of(passage: Iterable[Said]) -> str:
    """The words of a passage without its citations.

    Examples
    --------
    >>> text_of([Said("The score was "), Said("46", lines=(2,)), Said(".", works=("fu-2025",))])
    'The score was 46.'
    """
    return "".join(phrase.text for phrase in passage)


def listed(clauses: Sequence[Passage], last: str = "and") -> list[Said]:
    """Clauses as one list with commas and a last `and`.

    Examples
    --------
    >>> text_of(listed([(Said("a"),), (Said("b"),), (Said("c"),)]))
    'a, b and c'
    """
    between = [", "] * (len(clauses) - 2) + [f" {last} "] if len(clauses) > 1 else []
    return [
        phrase
        for clause, joint in zip(clauses, [*between, ""], strict=True)
        for phrase in (*clause, *filter(lambda joined: joined.text, [Said(joint)]))
    ]


def typeset(text: str) -> str:
    """A text of ours with the signs of print: minus, en dash in a range, quotation marks, and one form of each unit.

    The litre has a capital letter, as in the AMA Manual of Style and as journals of rheumatology print it; within
    quotation marks each unit stays as the source prints it.

    Examples
    --------
    >>> typeset("-14 points (-30.4 %), 9..15 mo, 8..10 to -2"), typeset("a-ukat-2, IL-6, b-m2, 10-20, >=2 ukat/L, <30")
    ('−14 points (−30.4 %), 9–15 mo, 8–10 to −2', 'a-ukat-2, IL-6, b-m2, 10-20, ≥2 μkat/L, <30')
    >>> print(typeset('absent ("over 24 months"; "stable")'))
    absent (‘over 24 months’; ‘stable’)
    >>> print(typeset("3.24 mmol/l, 5 ml, 110 mm Hg, 40 iU/L, 12 x10^9/L; a laboratory's 'limit' is \\"high\\""))
    3.24 mmol/L, 5 mL, 110 mmHg, 40 IU/L, 12 ×10⁹/L; a laboratory’s ‘limit’ is ‘high’
    >>> typeset("1.8 10^9/L (x10^9/L, 10^6/L), 141 umol/L (ug/L), 58 /80, 90 /min, 300 /uL, 8 ulcers")
    '1.8 ×10⁹/L (×10⁹/L, ×10⁶/L), 141 μmol/L (μg/L), 58/80, 90 /min, 300 /μL, 8 ulcers'
    >>> print(typeset("110 mm Hg; ‘the patient's level (1160 pg/ml)’; 5 ml"))
    110 mmHg; ‘the patient’s level (1160 pg/ml)’; 5 mL
    """
    text = re.sub(r"(?<![\w.\-])-(?=\d)", "−", re.sub(r"(?<=\w)'(?=\w)", "’", text))
    text = _QUOTED.sub(r"‘\1’", _QUOTED_ONCE.sub(r"‘\1’", text))
    text = "".join(part if part.startswith("‘") else _with_forms(part) for part in _QUOTATION.split(text))
    text = re.sub(r"(?<=\d)\.\.(?=\d)", "–", text).replace(" -> ", " → ")
    text = re.sub(r"(?<![<>=])([<>])= ?(?=\d)", lambda sign: "≤" if sign[1] == "<" else "≥", text)
    text = re.sub(r"(?<=[\d)]) x (?=[\d√(])", " × ", text)
    # A unit alone, as in the head of a row, has the form that it has behind a number.
    text = re.sub(r"(?<=\d)( )x?(?=10\^)|(?<![\w.×^])(?<!\d )x?(?=10\^\d+/)", r"\1×", text)
    # A number over the end of its scale is one expression.
    text = re.sub(r"(?<=\d) (?=/\d+\b)", "", text)
    text = text.replace("10^12", "10¹²").replace("10^9", "10⁹").replace("10^6", "10⁶").replace("^2", "²")
    return re.sub(rf"{_LEADS}(c?m)2{_TRAILS}", r"\1²", text)


def _with_forms(text: str) -> str:
    """A text with one form of each unit."""
    for pattern, form in _UNIT_FORMS:
        text = pattern.sub(form, text)
    return text


# A quotation; an apostrophe within it does not end it.
_QUOTATION = re.compile(r"(‘.*?’(?!\w))", re.DOTALL)
# What stands between quotation marks as a keyboard has them.
_QUOTED = re.compile(r'(?:(?<!\S)|(?<=\s\())"([^"\s](?:[^"]*[^"\s])?)"(?![^\s.,;:!?)])')
_QUOTED_ONCE = re.compile(r"(?<![^\s(])'([^'\s](?:[^']*[^'\s])?)'(?![^\s.,;:!?)])")
# Units that are written in more ways than one, and the one that is printed; in an id, as in `case-ukat`, there is none.
_LEADS, _TRAILS = r"(?<![\w.\-])", r"(?![\w\-]|\.\w)"
_UNIT_FORMS = (
    (re.compile(rf"(?<=[gl])/l{_TRAILS}"), "/L"),
    (re.compile(rf"(?<=\d )ml{_TRAILS}|(?<=/)ml{_TRAILS}"), "mL"),
    (re.compile(r"\bmm Hg\b"), "mmHg"),
    (re.compile(rf"{_LEADS}Cel{_TRAILS}"), "°C"),
    (re.compile(rf"{_LEADS}u(?=(?:mol|kat|g){_TRAILS})|(?<=/)u(?=L{_TRAILS})"), "μ"),
    (re.compile(r"\biU(?=/)"), "IU"),
    (re.compile(r"/24 ?h(?:ours?)?\b"), "/24 h"),
)
# A number and the unit behind it, which stay on one line.
_WITH_UNIT = re.compile(
    r"(?<=\d) (?=(?:%|points?|percentage points|[IM]?U|[kmcdμµnp]?g|[mμµnp]?mol|[kcm]?m|mmHg|k?Pa|J|m?L|bpm|beats"
    r"|breaths|°C|×10|min|minutes?|hours?|days?|weeks?|months?|years?|doses?|times|sessions|stools|h|d|wk|mo|a)(?:\W|$))"
    r"|(?<=\d) (?=[±×] )|(?<=[±×]) (?=[\d√])|(?<=\b[Dd]ay) (?=\d)|(?<=\b[Ww]eek) (?=\d)|(?<=\bTable) (?=S?\d)"
    r"|(?<=\bFigure) (?=S?\d)|(?<=\b[Gg]rade) (?=\d)|(?<=\b[Pp]osition) (?=\d)|(?<=\b[Pp]hase) (?=\d)|(?<=\bCV) (?=\d)"
    r"|(?<=\bup to) (?=\d)|(?<=\bn) (?=[=<>] ?\d)|(?<=\bn [=<>]) (?=\d)|(?<=\b\d) (?=\d{3}\b)|(?<=\b\d\d) (?=\d{3}\b)"
)


def unbroken(text: str) -> str:
    """A running text in which a line never ends between a number and its unit; cells and lists wrap where they must.

    Examples
    --------
    >>> unbroken("grade 4, up to 25, n = 130, 20 233 µg/L, 3 times").replace("\N{NO-BREAK SPACE}", "_")
    'grade_4, up to_25, n_=_130, 20_233_µg/L, 3_times'
    >>> unbroken("46 of 51, 923 U/L (12.8 points), 8 mg/kg for 4 weeks").replace("\N{NO-BREAK SPACE}", "_")
    '46 of 51, 923_U/L (12.8_points), 8_mg/kg for 4_weeks'
    """
    return _WITH_UNIT.sub("\N{NO-BREAK SPACE}", text)


_NUMBER = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)"
_TIME = re.compile(
    rf"(?P<sign>~|[<>]=?)?(?P<low>{_NUMBER})(?:\.\.[<>]?=?(?P<high>{_NUMBER}))? (?P<unit>{'|'.join(UNIT_NAMES)})"
)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?")
# What begins the name of a phase that already says when it was.
_PREPOSITIONS = re.compile(
    "(after|afterwards|before|during|later|over|under|within|at|on|in|until|one|two|three|six|nine|ten)( |$)"
)
# Phases that are a moment, at which something is found.
_MOMENTS = re.compile(
    "((initial|first|second|third|fourth) )?(presentation|admission|readmission|diagnosis|discharge|relapse|recurrence|"
    "recrudescence|follow-up|delivery)( (with|for|of|following) .*)?"
)
_COUNTS = {"six": 6, "nine": 9, "ten": 10, "eighteen": 18}
_LENGTHS = re.compile(f"({'|'.join(_COUNTS)}) (months|weeks)( of .*)?")


def time_phrase(row, zero: str = "") -> str:
    """When a fact was, as its time says it; blank where it has none.

    Parameters
    ----------
    row : named tuple
        `start` and `anchor`.
    zero : str
        What times are counted from, for a time before it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> for start in ("0 d", "6 mo", "-4 wk", "0..48 h", "~6 mo", "8 weeks", "7..10 d", "-5..-2 d", "-3..2 d"):
    ...     print(time_phrase(Row(start=start, anchor=""), "admission"))
    on day 0
    at 6 months
    4 weeks before admission
    within 48 hours
    at about 6 months
    at 8 weeks
    between days 7 and 10
    2–5 days before admission
    between 3 days before and 2 days after admission
    >>> for start in ("2005-08", "1995", "2020-06..2020-08", "2020-12-30..2021-01"):
    ...     print(time_phrase(Row(start=start, anchor="")))
    in August 2005
    in 1995
    between June and August 2020
    between 30 December 2020 and January 2021
    >>> time_phrase(Row(start="3 mo", anchor="liver_biopsy")), time_phrase(Row(start="0..12 h", anchor="discharge#2"))
    ('3 months after liver biopsy', 'within 12 hours after the second discharge')
    >>> time_phrase(Row(start="2 wk", anchor="renal_flare"))
    '2 weeks after the renal flare'
    >>> time_phrase(Row(start="0 d", anchor="liver_biopsy")), time_phrase(Row(start="0 mo", anchor="discharge#2"))
    ('on the day of liver biopsy', 'in the month of the second discharge')
    >>> for start in ("<-7 mo", "<0 d", "<=0 d", "<1 a", "<=9 mo", ">12 wk", ">=6 mo", ">-2 mo", "~0 d"):
    ...     print(time_phrase(Row(start=start, anchor="discharge")))
    more than 7 months before discharge
    before discharge
    not later than discharge
    within 1 year after discharge
    within 9 months after discharge
    more than 12 weeks after discharge
    6 months or more after discharge
    less than 2 months before discharge or later
    at about the time of discharge
    """
    start = _canonical(row.start)
    if _DATE.match(start) and is_date(start):
        return _date_phrase(*(part.strip()[:10] for part in start.split("..")))
    time = _TIME.fullmatch(start)
    # The moment from which hours count is told by the name of its phase.
    if not time or (start == "0 h" and not row.anchor and not pd.isna(getattr(row, "phase", math.nan))):
        return ""
    after = _after(row.anchor)
    origin = after.removeprefix(" after ") or origin_words(zero) or "time zero"
    sign, unit, low, high = time["sign"] or "", UNIT_NAMES[time["unit"]], time["low"], time["high"] or time["low"]
    if float(low) != float(high):
        return _span_phrase((low, high), unit, after, origin)
    return _point_phrase(sign, low.lstrip("+"), unit, after, origin)


def _canonical(start: str) -> str:
    """A time in the form of our grammar; as it is where it is none."""
    try:
        return canonical_time(start) if start else ""
    except ValueError:
        return start


def _date_phrase(first: str, last: str = "") -> str:
    """A date, or the range of two, at the precision given; the year that both have is told once."""
    begins, ends = _DATE.fullmatch(first), _DATE.fullmatch(last)
    if ends is None or first == last:
        return f"{'on' if begins['day'] else 'in'} {_date_words(begins, 'day', 'month', 'year')}"
    same_year = begins["year"] == ends["year"] and begins["month"] and ends["month"]
    same_month = same_year and begins["month"] == ends["month"] and begins["day"] and ends["day"]
    parts = ("day",) if same_month else ("day", "month") if same_year else ("day", "month", "year")
    return f"between {_date_words(begins, *parts)} and {_date_words(ends, 'day', 'month', 'year')}"


def _date_words(date: re.Match, *parts: str) -> str:
    """Some parts of a date in words, as far as it has them."""
    words = {
        "day": (date["day"] or "").lstrip("0"),
        "month": MONTHS[int(date["month"]) - 1] if date["month"] else "",
        "year": date["year"],
    }
    return " ".join(filter(None, (words[part] for part in parts)))


def _span_phrase(ends: tuple[str, str], unit: str, after: str, origin: str) -> str:
    """A range of lengths of time: one moment that lies within it."""
    (low, first), (high, last) = [(float(end), end.lstrip("+-")) for end in ends]
    if low == 0:
        return f"within {_length(last, unit)}{after}"
    if high == 0:
        return f"within {_length(first, unit)} before {origin}"
    if high < 0:
        return f"{last}–{_length(first, unit)} before {origin}"
    if low < 0:
        return f"between {_length(first, unit)} before and {_length(last, unit)} after {origin}"
    if unit == "day" and not after:
        return f"between days {first} and {last}"
    span = f"{first}–{_length(last, unit)}"
    return f"{span}{after}" if after else f"at {span}"


def _point_phrase(sign: str, number: str, unit: str, after: str, origin: str) -> str:
    """A length of time, exactly or about so long, or a bound of it."""
    if float(number) == 0:
        return _phrase_at_zero(sign, unit, after, origin)
    length = _length(number.lstrip("-"), unit)
    if number.startswith("-"):
        return f"{_BEFORE[sign].format(length)} before {origin}{' or later' if sign.startswith('>') else ''}"
    if sign.startswith("<"):
        return f"within {length}{after}"
    if sign.startswith(">"):
        return f"{_BEYOND[sign].format(length)} after {origin}"
    about = "about " if sign else ""
    if after:
        return f"{about}{length}{after}"
    return f"on {about}day {number}" if unit == "day" else f"at {about}{length}"


def _phrase_at_zero(sign: str, unit: str, after: str, origin: str) -> str:
    """The moment itself from which a time counts, or what is only known to lie on one side of it."""
    if sign in _BESIDE_ZERO:
        return f"{_BESIDE_ZERO[sign]} {origin}"
    if after:
        return f"{'at about the time' if sign else _AT_ONCE.get(unit, f'in the {unit}')} of {origin}"
    about = "about " if sign else ""
    return f"on {about}day 0" if unit == "day" else f"at {about}0 {unit}s"


_BESIDE_ZERO = {"<": "before", "<=": "not later than", ">": "after", ">=": "not earlier than"}
# What the sign of a length of time makes of it, before and after the moment from which it counts.
_BEYOND = {">": "more than {}", ">=": "{} or more"}
_BEFORE = {"": "{}", "~": "about {}", "<": "more than {}", "<=": "{} or more", ">": "less than {}"}
_BEFORE |= {">=": "not more than {}"}
# How a time that is the moment itself from which it counts is told, by its unit.
_AT_ONCE = {"day": "on the day", "hour": "at the time"}


def _length(count: str, unit: str) -> str:
    return f"{count} {unit}{'' if count == '1' else 's'}"


_ORDINALS = {1: "", 2: "the second ", 3: "the third ", 4: "the fourth "}


def _after(anchor: str) -> str:
    if not anchor:
        return ""
    code, count = parse_anchor(anchor)
    label = label_in_sentence(code.replace("_", " "))
    # A flare is one of several, as no discharge or drug is.
    ordinal = "the " if count == 1 and label.endswith("flare") else _ORDINALS.get(count, f"no. {count} of ")
    return f" after {ordinal}{label}"


def phase_phrase(name: str) -> str:
    """The name of a phase as a phrase of time; blank where it is no time.

    Examples
    --------
    >>> phase_phrase("After escalation"), phase_phrase("Presentation"), phase_phrase("Disease as described")
    ('after escalation', 'at presentation', '')
    """
    plain = in_a_sentence(name)
    if length := _LENGTHS.fullmatch(plain):
        return f"at {_COUNTS[length[1]]} {length[2]}{length[3] or ''}"
    if plain.startswith("follow-up of "):
        return f"over a {plain}"
    if _MOMENTS.fullmatch(plain):
        return f"at {'the ' if re.match('(first|second|third|fourth) ', plain) else ''}{plain}"
    if re.match("(end|start|beginning) of ", plain):
        return f"at the {plain}"
    if re.fullmatch("(next|following) (days|weeks|months)", plain):
        return f"in the {plain}"
    return plain if _PREPOSITIONS.match(plain) else ""


def sentence(parts: Iterable[Said], works: tuple[str, ...] = ()) -> list[Said]:
    """Words as a sentence: a capital at its beginning, a full stop, and what it cites.

    Examples
    --------
    >>> text_of(sentence([Said("anti-dsDNA antibody was positive")])), text_of(sentence([Said("mRNA was found")]))
    ('Anti-dsDNA antibody was positive.', 'mRNA was found.')
    """
    first, *rest = parts
    # An abbreviation keeps its small letter.
    begins = first.text.split(" ")[0].strip(",:")
    text = capital(first.text) if begins.islower() or re.match("[a-z]{3,}-", begins) else first.text
    text = f"‘{capital(text[1:])}" if text.startswith("‘") else text
    return [first._replace(text=text), *rest, Said(".", works=works)]


def known_phase(row) -> str:
    """The phase of a fact as a key of the phases in case.yaml; blank where it has none."""
    return "" if pd.isna(row.phase) else str(row.phase)


def visit_phrase(case, row) -> str:
    """When a fact was, by its time or by a phase that is one; blank where neither says it."""
    name = str(case.about.get("phases", {}).get(known_phase(row), ""))
    time = time_phrase(row, case.about.get("time_zero", {}).get("label", ""))
    return of_course(case.facts, row, time) or phase_phrase(name)


def of_course(facts: pd.DataFrame, row, time: str) -> str:
    """A time that counts from a drug which goes on counts from its start; under it where the source says "of".

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> drug = {"kind": "treatment", "code": "a_drug", "count": "", "frequency": "daily"}
    >>> row = Row(anchor="a_drug", quote="3 days after the drug")
    >>> of_course(pd.DataFrame([drug]), row, "3 days after a drug")
    '3 days after starting a drug'
    >>> of_course(pd.DataFrame([drug]), row, "on the day of a drug")
    'on the day of starting a drug'
    >>> of_course(pd.DataFrame([drug | {"frequency": "once"}]), row, "3 days after a drug")
    '3 days after a drug'
    >>> row = Row(anchor="a_pulse", quote="better after 1 week of intravenous pulse therapy")
    >>> of_course(pd.DataFrame([drug | {"code": "a_pulse"}]), row, "1 week after a pulse")
    'after 1 week of a pulse'
    """
    counted = re.fullmatch(r"(.*) (?:after|(?<= day )of|(?<= time )of) (?!the )(.*)", time)
    if not counted or not row.anchor:
        return time
    given = facts[facts["kind"].eq("treatment") & facts["code"].eq(parse_anchor(row.anchor)[0])]
    once = given["count"].eq("1") | given["frequency"].eq("once") | given["code"].str.contains("pulse")
    length, drug = counted.groups()
    if len(given) and re.search(rf"\bafter {re.escape(length)} of\b", getattr(row, "quote", "")):
        return f"after {length} of {drug}"
    if given.empty or (len(given) == 1 and once.all()):
        return time
    return f"{length} {'of' if length.endswith((' day', ' time')) else 'after'} starting {drug}"
