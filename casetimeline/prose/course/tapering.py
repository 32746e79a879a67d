"""How a dose fell or rose within its course, in the words of its note."""

import re

from ...derive import Varied, is_tapered, vary
from ..numbers.qualifiers import printed_in
from .annotated import LONGEST, printed_dose

# Words of a note or of what it prints that say how a dose was tapered.
_SLOWLY = r"(?:(?:slow|gradual|rapid)ly|stepwise)"
_TAPERED = re.compile(
    rf"(?:(?:then|later|{_SLOWLY}) )?(?:taper\w*|wean\w*) (?:by|to|off|every|over|as|down) [^;]+"
    rf"|(?:{_SLOWLY} )?(?:tapered|weaned)(?: {_SLOWLY})?",
    re.IGNORECASE,
)
# What is quoted in the middle of a note is not told a second time.
_QUOTE = re.compile("[\"'‘’“”]")


def taper_words(row) -> str:
    """How a dose fell or rose within its course, by its note: in quotation marks where the source prints it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> taper_words(Row(note="tapered by 5 mg a week; day not reported", quote="", dose=""))
    'tapered by 5 mg a week'
    >>> printed = "600 mg (tapering as per guidelines)"
    >>> taper_words(Row(note="printed 'tapering as per guidelines'", quote=printed, dose=""))
    '‘tapering as per guidelines’'
    >>> dosed = {"quote": "", "code": "", "dose": "60", "dose_unit": "mg/day"}
    >>> taper_words(Row(note="tapering; doses not reported", **dosed)), taper_words(Row(note="titrated", **dosed))
    ('then tapered, doses not reported', 'titrated')
    """
    printed = printed_in(row.note, LONGEST)
    words = [printed, *row.note.split("; ")]
    first = next((each for each in words if _TAPERED.fullmatch(each)), "")
    varied = vary(row.note, row.dose, row.dose_unit, row.code) if row.dose else Varied()
    # Of several steps all are told.
    first = varied.words if "; " in varied.words or (varied.dose and not first) else first
    if not first and row.dose and is_tapered(row.note):
        return "then tapered, doses not reported"
    first = first or varied.words
    if not first or _QUOTE.search(first):
        return ""
    return f"‘{first}’" if first == printed or first in row.quote else first


def tapered_how(row) -> str:
    """How a dose that has no number was tapered, by a note that is not the words of its source; else blank.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> tapered_how(Row(dose="", value="", note="tapered by 5 mg a week", quote=""))
    'by 5 mg a week'
    """
    how = re.fullmatch("tapered (.+)", taper_words(row))
    return how[1] if how and not row.dose and not printed_dose(row) else ""


def undosed_taper(row) -> str:
    """What is not reported of a taper without a number: its doses, or those that its words leave open.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> notes = ("tapered to 5 mg/day", "tapered by 5 mg")
    >>> tuple(undosed_taper(Row(note=note, quote="", dose="")) for note in notes)
    ('doses in between not reported', 'starting dose not reported')
    """
    return f"{'doses in between' if re.search('tapered to ', taper_words(row)) else 'starting dose'} not reported"


def is_tapered_alone(row) -> bool:
    """Whether a note says of a drug without a dose that it was tapered, and no more, which is then its verb.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> notes = ("tapered", "tapered to 5 mg/day", "printed 'tapering'")
    >>> [is_tapered_alone(Row(note=note, dose="", value="", quote="")) for note in notes]
    [True, False, False]
    """
    return not row.dose and not printed_dose(row) and is_tapered(row.note) and taper_words(row) in ("", "tapered")
