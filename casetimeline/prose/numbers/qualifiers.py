"""Values with what their source says of them: a limit that was reached, a peak, a grade beside a size, a titre."""

import math
import re
from collections.abc import Mapping

from ...values import NOTHING, Bounds, is_normal, parse_reading
from ...vocabulary import UNIT_UNKNOWN

# A piece of a note that is the word alone, with or without quotation marks.
_PEAK = re.compile(r"""(?:^|[;,] )(?:printed )?['"]?peak(?:ed)?['"]?(?=$|[;,])""")
# What the source prints of a limit that was reached, alone or with the number that it is of.
_UP_TO = re.compile(r"""(?:^|[;,] )(?:printed )?(?P<mark>['"])up to(?: (?P<number>\d[\d.,]*)\b[^'"]*)?(?P=mark)""")
_N = r"\d+(?:\.\d+)?"
_TITRE = re.compile(rf"(?P<sign>~|[<>]=?)?(?:1:)?(?P<low>{_N})(?:\.\.(?:1:)?(?P<high>{_N}))?(?: tit(?:re|er))?")


def printed_in(note: str, longest: int = 40) -> str:
    """What a note keeps of the words of its source, without quotation marks; blank if they are longer.

    Examples
    --------
    >>> printed_in("printed 'massive'; size not reported"), printed_in("size not reported")
    ('massive', '')
    """
    printed = re.match(r"printed '([^']+)'", note)
    return printed[1] if printed and len(printed[1]) <= longest else ""


def is_peak(note: str) -> bool:
    """Whether a note says that its source prints a value as a peak; a phase may be named so, and then it says it.

    Examples
    --------
    >>> [is_peak(note) for note in ("printed 'peaked'; day not said", "printed 10,527; peak", "after the peak")]
    [True, True, False]
    """
    return bool(_PEAK.search(note))


def qualified(words: str, note: str) -> str:
    """A value that its source prints as a limit that was reached, or as a peak, with that word.

    Of words that name a number only that number is such a limit.

    Examples
    --------
    >>> qualified("39 C", "printed 'up to'"), qualified("900 U/L", "printed 'peak'"), qualified("900 U/L", "")
    ('up to 39 C', '900 U/L (peak)', '900 U/L')
    >>> qualified("900 (unit not reported)", "printed 'peaked'; day not said")
    '900 (peak; unit not reported)'
    >>> [qualified(words, 'printed large, "up to 25 mm anteriorly"; day 50') for words in ("25 mm", "12 mm")]
    ['up to 25 mm', '12 mm']
    """
    if printed_in(note) in ("peak", "peaked"):
        return words.replace(" (", " (peak; ", 1) if words.endswith(")") else f"{words} (peak)"
    reached = _UP_TO.search(note)
    if not reached:
        return words
    number = (reached["number"] or "").rstrip(".,").replace(",", "")
    return f"up to {words}" if number in ("", words.split(" ")[0].replace(",", "")) else words


# What a source prints of the number alone: another one, a bound, how exact it is, a limit that was reached, a peak.
_OF_NUMBER = re.compile(
    r"\d|^(up to|peak(ed)?|about|approximately|around|almost|nearly|over|under|above|below|at (least|most)|\w+ than)\b"
)


def judged_beside(row: Mapping) -> str:
    """What the source calls a value, as its note keeps it beside the number; blank where it only says the number.

    Examples
    --------
    >>> [judged_beside({"unit": "mm", "note": f"printed '{words}'"}) for words in ("massive", "more than 10 mm", "mm")]
    ['massive', '', '']
    """
    printed = printed_in(row["note"])
    return "" if printed == row["unit"] or _OF_NUMBER.search(printed) else printed


# A number over the end of its scale, as a source prints it, with what it is of.
_OF_SCALE = re.compile(r"printed (?P<value>\d+)/(?P<top>\d+)(?P<place> in [^;]+)?(?=$|;)")


def over_scale(words: str, note: str) -> str:
    """A number without a unit over the end of the scale that its source prints, and what it is of; else as it is.

    Examples
    --------
    >>> over_scale("3", "printed 3/5 in the thighs; the scale is not named"), over_scale("3", "printed 4/5")
    ('3/5 in the thighs', '3')
    """
    printed = _OF_SCALE.match(note)
    return f"{words}/{printed['top']}{printed['place'] or ''}" if printed and printed["value"] == words else words


def grade_beside(note: str, grades: tuple[str, ...]) -> str:
    """The grade that a source prints beside a size, as the note of that size begins with it; blank where it does not.

    Examples
    --------
    >>> grade_beside('printed large, "up to 25 mm"', ("none", "large")), grade_beside("printed 25", ("none", "large"))
    ('large', '')
    """
    printed = re.match(r"""printed ['"]?(\w+)['"]?(?=$|[;,])""", note)
    return printed[1] if printed and printed[1] in grades else ""


def titre_words(text: str, unit: str) -> str:
    """A value in titres as it is printed: the dilution once, and behind the sign of a bound; any other as it is.

    Examples
    --------
    >>> [titre_words(text, "titre") for text in ("320", "1:1280", ">1:640 titer", "<80", "~320", "80..320")]
    ['1:320', '1:1280', '>1:640', '<1:80', '~1:320', '1:80 to 1:320']
    >>> titre_words("46 points", "points")
    '46 points'
    """
    titre = _TITRE.fullmatch(text) if unit == "titre" else None
    if not titre:
        return text
    to = f" to 1:{titre['high']}" if titre["high"] else ""
    return f"{titre['sign'] or ''}1:{titre['low']}{to}"


def value_as_shown(value: str) -> str:
    """A value without its unit as a reader meets it: a range of grades has `to`, and any word for it is `normal`.

    Examples
    --------
    >>> [value_as_shown(value) for value in ("WNL", "small..moderate", "10..20", "~6000")]
    ['normal', 'small to moderate', '10..20', '~6000']
    """
    return "normal" if is_normal(value) else re.sub(r"(?<=[^\W\d])\.\.(?=[^\W\d])", " to ", value)


def printed_bounds(value: str, unit: str) -> Bounds:
    """The bounds of a value as its cell has it, in the unit that the cell has: of a titre those of the dilution.

    A value that its cell calls normal, or by a grade, has no number there.

    Examples
    --------
    >>> printed_bounds(">1:640", "titre").low, printed_bounds("30/51", "points").high, printed_bounds("923", "U/L").low
    (640.0, 30.0, 923.0)
    >>> printed_bounds("WNL", "mg/dL").low, printed_bounds("small..moderate", "").high
    (nan, nan)
    """
    if not re.search(r"\d", value):
        return NOTHING
    top = value.rpartition("/")[2]
    return parse_reading(value, float(top) if "/" in value and top.isdecimal() else math.inf, unit)


def unit_unknown_words(unit: str) -> str:
    """What is not known of a number without a unit, by the unit of its measure: a grade has a scale and no unit.

    Examples
    --------
    >>> unit_unknown_words("U/L"), unit_unknown_words("MRC grade")
    ('unit not reported', 'scale not reported')
    """
    return "scale not reported" if unit.endswith("grade") else UNIT_UNKNOWN
