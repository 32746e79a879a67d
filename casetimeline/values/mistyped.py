"""Numbers as spreadsheets, laboratories and other countries write them, which are refused: what to write instead."""

import re

from .spellings import plain

ALONE = "the number alone"
_MARK, _PLAIN = r"(?P<mark>[<>~]?=?\s*)", r"[+-]?[0-9]+(?:\.[0-9]+)?"
_ONE = rf"(?P<number>[<>~]?=?\s*{_PLAIN})"
# Thousands in groups by one mark, and behind another mark the decimals.
_GROUPED = re.compile(
    rf"{_MARK}(?P<whole>[+-]?[1-9][0-9]{{0,2}}(?P<by>[ '\u2019_.,])[0-9]{{3}}(?:(?P=by)[0-9]{{3}})*)"
    r"(?:(?!(?P=by))[.,](?P<rest>[0-9]+))?"
)
_COMMA = re.compile(rf"{_MARK}(?P<whole>[+-]?[0-9]+),(?P<rest>[0-9]+)")
_SIGNS = r"(?-i:[HL]{1,2})|\*{1,3}|!{1,3}|[\u2191\u2193]{1,3}|\+{1,3}|-{1,3}|high|low"
_FLAGGED = re.compile(rf"(?i){_ONE}\s*[(\[]?(?P<flag>{_SIGNS})[)\]]?")
_FLAGGED_BEFORE = re.compile(rf"(?i)(?P<flag>(?-i:[HL]{{1,2}})|\*{{1,3}}|high|low)\s*{_ONE}")
_SPREAD = re.compile(rf"{_ONE}\s*(?:\u00b1|\+/-|\+-)\s*(?P<rest>[0-9].*)")
_BRACKETED = re.compile(rf"{_ONE}\s*[(\[](?P<rest>[^()\[\]]+)[)\]]")
# A formula or a text of a spreadsheet, and a mark that ended the line.
_QUOTED = re.compile(rf"=?[\"'\u2019]{_ONE}[\"'\u2019]?|{_ONE.replace('number', 'other')}\s*[.,;:]")


def number_expected(text: str) -> str:
    """What to write for a number in a form that is not read, since it may mean another or says more; else blank.

    Examples
    --------
    >>> print(*map(number_expected, ("1 923", "1,923", "1,5", "923.", '="923"')), sep="\\n")
    a number without marks for thousands: 1923
    a number whose meaning is certain: 1923, or a decimal point in place of the comma
    a number with a decimal point: 1.5
    the number alone: 923
    the number alone: 923
    >>> print(*map(number_expected, ("900\u00b150", "900 (26-192)", "923 H", "3+")), sep="\\n")
    the number alone: 900 here, and '\u00b1 50' in the note
    the number alone: 900 here; limits of the laboratory in ref_low and ref_high, other words in the note
    the number alone: 923 here; the limits that 'H' refers to in ref_low and ref_high
    the number alone: 3 here, or >=3 if that is meant; the limits that '+' refers to in ref_low and ref_high
    >>> number_expected("\u0669\u0662\u0663"), number_expected("many")
    ('a number in the digits 0 to 9: 923', '')
    """
    typed = plain(text)
    latin = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in typed)
    if latin != typed:
        return f"a number in the digits 0 to 9: {latin}" if re.fullmatch(_ONE, latin) else ""
    if (part := _GROUPED.fullmatch(typed)) or (part := _COMMA.fullmatch(typed)):
        return _without_groups(part)
    if part := _QUOTED.fullmatch(typed):
        return f"{ALONE}: {part['number'] or part['other']}"
    if part := _SPREAD.fullmatch(typed):
        return f"{ALONE}: {part['number']} here, and '\u00b1 {part['rest']}' in the note"
    if part := _FLAGGED.fullmatch(typed) or _FLAGGED_BEFORE.fullmatch(typed):
        more = f", or >={part['number']} if that is meant" if "+" in part["flag"] else ""
        limits = f"the limits that '{part['flag']}' refers to in ref_low and ref_high"
        return f"{ALONE}: {part['number']} here{more}; {limits}"
    if part := _BRACKETED.fullmatch(typed):
        rest = "limits of the laboratory in ref_low and ref_high, other words in the note"
        return f"{ALONE}: {part['number']} here; {rest}"
    return ""


def _without_groups(part: re.Match) -> str:
    """A number without its marks for thousands, and with a point before its decimals."""
    by = part.groupdict().get("by")
    whole, rest = part["whole"].replace(by or ",", ""), f".{part['rest']}" if part["rest"] else ""
    if by is None:
        return f"a number with a decimal point: {part['mark']}{whole}{rest}"
    if by == ",":
        return (
            f"a number whose meaning is certain: {part['mark']}{whole}{rest}, or a decimal point in place of the comma"
        )
    return f"a number without marks for thousands: {part['mark']}{whole}{rest}"
