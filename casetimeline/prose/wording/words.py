"""Numbers, changes and moments in words: one spelling for the notebooks, the figures and the report."""

import math
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pandas as pd

from ...derive import with_unit
from ...values import MONTHS, number
from ...vocabulary import UNIT_UNKNOWN
from ..numbers.qualifiers import over_scale, printed_in, qualified, titre_words, unit_unknown_words

# A measure of a record without a word on it.
NOT_MENTIONED = "not mentioned in the part of the source that was read"


def value_words(row, unit: str) -> str:
    """The value or state of an observation as recorded, with its unit.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> value_words(Row(value="46", unit="", AVALC="46", AVALU="points"), "points")
    '46 points'
    >>> value_words(Row(value=">1280", unit="", AVALC=">1280", AVALU="titre"), "titre")
    '>1:1280'
    """
    words = row.AVALC.replace("..", " to ")
    if row.value and row.AVALU == UNIT_UNKNOWN:
        words = f"{over_scale(words, getattr(row, 'note', ''))} ({unit_unknown_words(unit)})"
    elif row.value and row.AVALU == "titre":
        words = titre_words(row.AVALC, row.AVALU)
    elif row.value and not row.unit and unit and unit == row.AVALU:
        words = with_unit(words, unit)
    return qualified(words, getattr(row, "note", "")) if row.value else words


def limit_words(limit: float, beside: float = math.nan) -> str:
    """A limit with one decimal; with more where it would read as the value that stands beside it.

    Examples
    --------
    >>> limit_words(6.791), limit_words(12.751), limit_words(14.968), limit_words(14.968, beside=15)
    ('6.8', '12.8', '15.0', '14.97')
    """
    decimals = next((places for places in range(1, 6) if round(limit, places) != beside), 1)
    return f"{limit:.{decimals}f}"


def finding_words(row, unit: str) -> str:
    """As `value_words`, with the method; for a finding without a value also its note.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> finding_words(Row(value="", unit="", AVALC="recurred", AVALU="", method="CT", note="size not reported"), "mm")
    'present again (CT; size not reported)'
    """
    words = "present again" if not row.value and row.AVALC == "recurred" else value_words(row, unit)
    inside = "; ".join(filter(None, [row.method, "" if row.value else row.note]))
    return f"{words} ({inside})" if inside else words


def site_words(site: str, sites: set[str]) -> str:
    """The name of one of the sites of a measure; blank where the measure has no sites.

    Examples
    --------
    >>> site_words("", {"", "left"}), site_words("left", {"", "left"}), site_words("", {""})
    ('site not recorded', 'left', '')
    """
    return site or ("site not recorded" if sites - {""} else "")


def shift_words(row) -> str:
    """What became of a graded finding since its baseline; blank where either of the two has no grade or state.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> shift_words(Row(BASEC="present", BASECALO=1, BASECAHI=4, AVALC="absent", AVALCALO=0, AVALCAHI=0))
    'present to absent: resolved'
    >>> shift_words(Row(BASEC="absent", BASECALO=0, BASECAHI=0, AVALC="absent", AVALCALO=0, AVALCAHI=0))
    'absent to absent: absent both times'
    >>> shift_words(Row(BASEC="large", BASECALO=4, BASECAHI=4, AVALC="small", AVALCALO=2, AVALCAHI=2, PARAM=""))
    'large to small: smaller'
    >>> shift_words(Row(BASEC="mild", BASECALO=1, BASECAHI=1, AVALC="severe", AVALCALO=3, AVALCAHI=3, PARAM=""))
    'mild to severe: higher grade'
    >>> shift_words(Row(BASEC="large", BASECALO=4, BASECAHI=4, AVALC="present", AVALCALO=1, AVALCAHI=4))
    'large to present: still present, the size of the change is not reported'
    >>> shift_words(Row(BASEC="absent", BASECALO=0, BASECAHI=0, AVALC="present", AVALCALO=1, AVALCAHI=1))
    'absent to present: new'
    >>> shift_words(Row(BASEC="large", BASECALO=4, BASECAHI=4, AVALC="residual", AVALCALO=1, AVALCAHI=4))
    'large to residual: still present, less than before'
    >>> shift_words(Row(BASEC="present", BASECALO=1, BASECAHI=1, AVALC="recurred", AVALCALO=1, AVALCAHI=1))
    'present to recurred: present again'
    >>> shift_words(Row(BASEC="present", BASECALO=1, BASECAHI=4, AVALC="absent", AVALCALO=0, AVALCAHI=0,
    ...                 note="printed 'no recurrence'; how long is not said"))
    'present to absent: ‘no recurrence’'
    >>> shift_words(Row(BASEC="none..small", BASECALO=0, BASECAHI=2,
    ...                 AVALC="18..22 mm", AVALCALO=4, AVALCAHI=4, PARAM=""))
    'none or small to 18–22 mm: larger'
    """
    if math.isnan(row.BASECALO) or math.isnan(row.AVALCALO):
        return ""
    shift = re.sub(r"(?<=\d)\.\.", "–", f"{row.BASEC} to {row.AVALC}").replace("..", " or ")
    if row.AVALCAHI == 0:
        printed = printed_in(getattr(row, "note", ""))
        # That something did not come back stays the word of its source.
        resolved = f"‘{printed}’" if printed.startswith("no recurrence") else "resolved"
        became = resolved if row.BASECALO > 0 else "absent" if row.BASECAHI > 0 else "absent both times"
        return f"{shift}: {became}"
    if row.AVALC == "recurred":
        return f"{shift}: present again"
    if row.AVALC == "residual" and row.BASECALO > 0:
        return f"{shift}: still present, less than before"
    if row.AVALCAHI < row.BASECALO or row.AVALCALO > row.BASECAHI > 0:
        is_size, is_less = _OF_SIZE.search(f"{shift} {row.PARAM}"), row.AVALCAHI < row.BASECALO
        size, grade = ("smaller", "lower grade") if is_less else ("larger", "higher grade")
        return f"{shift}: {size if is_size else grade}"
    if row.AVALCALO > row.BASECAHI:
        return f"{shift}: new"
    if row.AVALCALO == 0:
        return f"{shift}: whether it is still present cannot be determined"
    if row.AVALCALO == row.AVALCAHI == row.BASECALO == row.BASECAHI:
        # "The same grade" is for grades, and "still present" would say that it was there all the time.
        return f"{shift}: present both times" if row.AVALC == "present" else f"{shift}: the same grade"
    return f"{shift}: still present, the size of the change is not reported"


# Grades that are sizes. The grades of a stenosis or a synovitis are not: they are lower or higher.
_OF_SIZE = re.compile(r"\b(?:small|large|massive|[mc]m)\b|effusion", re.IGNORECASE)


def span_words(low: float, high: float) -> str:
    """A lower and an upper bound in words; blank where they are not known.

    Examples
    --------
    >>> nan, inf = float("nan"), float("inf")
    >>> span_words(4, 4), span_words(3, 5), span_words(1, inf), span_words(nan, nan)
    ('4', '3 to 5', '1 or more', '')
    """
    if math.isnan(low) or math.isnan(high):
        return ""
    if math.isinf(high):
        return f"{number(low, 1)} or more"
    return number(low, 1) if low == high else f"{number(low, 1)} to {number(high, 1)}"


def turn_words(row) -> tuple[str, str]:
    """Weeks between two administrations of a regimen, and between two of the same treatment in it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> turn_words(Row(INTERVAL=14.0, OWN=28.0))
    ('2', '4')
    """
    return number(row.INTERVAL / 7, 1), number(row.OWN / 7, 1)


def elapsed_words(row, days: float = 1.0) -> str:
    """Time from the baseline to a record, in days or in units of `days` days; blank where it is not known.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> record = Row(SINCELO=80.5, SINCEHI=87.5)
    >>> elapsed_words(record), elapsed_words(record, 7)
    ('80.5 to 87.5', '11.5 to 12.5')
    """
    return span_words(max(row.SINCELO / days, 0.0), row.SINCEHI / days)


def capital(sentence: str) -> str:
    """A sentence with a capital letter at its beginning.

    Examples
    --------
    >>> capital("absent in phase 4.")
    'Absent in phase 4.'
    """
    return sentence[:1].upper() + sentence[1:]


# Names of persons and places with which a label begins.
PROPER = ("Bence", "Raynaud", "Rodnan", "Birmingham", "Mayo", "Guillain-Barre", "Still's", "Crohn's")


def in_a_sentence(label: str) -> str:
    """A label without its capital letter, unless it is an abbreviation or begins with a name.

    Examples
    --------
    >>> in_a_sentence("Dialysis"), in_a_sentence("IVIG"), in_a_sentence("April 2020")
    ('dialysis', 'IVIG', 'April 2020')
    >>> in_a_sentence("IgG4-positive plasma cells"), in_a_sentence("Anti-Jo-1")
    ('IgG4-positive plasma cells', 'anti-Jo-1')
    >>> in_a_sentence("Raynaud attacks")
    'Raynaud attacks'
    """
    is_word = re.match(r"[^\W\d_][a-z]+\b", label) and not _DATED.match(label) and label.split(" ")[0] not in PROPER
    return label[:1].lower() + label[1:] if is_word else label


# What is spoken with a vowel first: not `eu` nor `u` as in unit, but the names of some letters, eight and eleven.
_AN = re.compile(r"(?!eu|uni(?!n)|uri|ure|use|one\b)[aeiou]|(?!Eu)[AEIO]|[FHLMNRSX][A-Z\d-]|m[A-Z]|8|1[18](?!\d)")


def with_a(name: str) -> str:
    """A name behind its indefinite article, by how it is spoken.

    Examples
    --------
    >>> [with_a(name) for name in ("urinary infection", "unusual rash", "MRI scan", "CMV infection", "8-mm stone")]
    ['a urinary infection', 'an unusual rash', 'an MRI scan', 'a CMV infection', 'an 8-mm stone']
    """
    return f"{'an' if _AN.match(name) else 'a'} {name}"


# A month keeps its capital letter.
_DATED = re.compile(rf"(?:{'|'.join(MONTHS)}) \d{{4}}\b")


def origin_words(label: str) -> str:
    """The label of time zero within a sentence, without what explains it behind a comma or in brackets.

    Examples
    --------
    >>> origin_words("First admission, with pneumonia"), origin_words("Start of treatment"), origin_words("")
    ('first admission', 'the start of treatment', '')
    >>> origin_words("First antibody infusion"), origin_words("second dose of the vaccine")
    ('the first antibody infusion', 'the second dose of the vaccine')
    """
    plain = in_a_sentence(re.split(r",| [(]", label)[0])
    return f"the {plain}" if _WITH_ARTICLE.match(plain) else plain


# What a source counts, or that something began or ended, takes the article; a visit does not.
_WITH_ARTICLE = re.compile(
    r"(?:start|end|beginning) of |(?:first|second|third|fourth|last) "
    r"(?!(?:re)?admission|presentation|visit|diagnosis|symptom|contact|consultation|follow)"
)


def times_words(row) -> str:
    """How often a treatment was given or a procedure done, as the source counts it; blank where it does not.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> [times_words(Row(count=count)) for count in ("4", "1", "", "3..4", ">=2", ">2")]
    ['4 times', 'once', '', '3 to 4 times', 'at least 2 times', 'more than 2 times']
    >>> times_words(Row(count=">=2", note="printed '2 cycles'"))
    '‘2 cycles’'
    """
    if cycles := printed_cycles(row):
        return cycles
    if row.count in ("", "1"):
        return "once" if row.count else ""
    count = row.count.replace("..", " to ")
    for sign, words in ((">=", "at least "), ("<=", "at most "), (">", "more than "), ("<", "fewer than ")):
        count = count.replace(sign, words)
    return f"{count} times"


def printed_cycles(row) -> str:
    """The number of cycles or courses as the source prints it, which is no number of doses; blank where it is none."""
    printed = printed_in(getattr(row, "note", ""))
    return f"‘{printed}’" if re.fullmatch(r"\w+ (cycle|course)s?", printed) else ""


def dose_words(row) -> str:
    """The dose of a treatment with its unit; blank where none is reported.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> dose_words(Row(dose="8", dose_unit="mg/kg")), dose_words(Row(dose="", dose_unit=""))
    ('8 mg/kg', '')
    >>> dose_words(Row(dose="50..100", dose_unit="mg"))
    '50 to 100 mg'
    """
    return " ".join(filter(None, [row.dose.replace("..", " to "), row.dose_unit]))


def count_words(answers: pd.Series, order: Sequence[str], between: str = ", ") -> str:
    """How often each answer was given, in the order asked for.

    Examples
    --------
    >>> count_words(pd.Series(["met", "not met", "met"]), ["met", "not met", "cannot be determined"])
    '2 met, 1 not met, 0 cannot be determined'
    """
    counts = answers.value_counts()
    return between.join(f"{counts.get(answer, 0)} {answer}" for answer in order)


def cite(row) -> str:
    """DOI, PMID or address of a row: the first of these that it has.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> cite(Row(doi="", pmid="7562759", address=""))
    'PMID 7562759'
    """
    if row.doi:
        return f"doi:{row.doi}"
    return f"PMID {row.pmid}" if row.pmid else row.address


def cite_briefly(row) -> str:
    """As `cite`, but of an address only the name of the site.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> cite_briefly(Row(doi="", pmid="", address="https://ard.bmj.com/content/74/6/1124"))
    'ard.bmj.com'
    """
    return cite(row) if row.doi or row.pmid else urlsplit(row.address).netloc


def is_plural(name: str) -> bool:
    """Whether what is named takes a verb in the plural, by its last letter; abbreviations in capitals do not.

    Examples
    --------
    >>> [is_plural(name) for name in ("myocarditis", "cryoglobulins (blood)", "loss of cells", "antibodies")]
    [False, True, False, True]
    >>> [is_plural(name) for name in ("type 2 diabetes", "AIDS", "TIAs")]
    [False, False, True]
    """
    thing = re.split(r" \(| of | for | on | every ", name)[0]
    return bool(re.search(r"(?<!\d )[^siu'’]s$", thing)) and thing.rpartition(" ")[2].lower() not in _SINGULAR


# What ends as a plural does, and is one thing.
_SINGULAR = ("diabetes", "ascites", "herpes", "rickets", "rabies", "mumps", "measles", "shingles", "scabies", "caries")
_SINGULAR += ("gas", "pancreas")
