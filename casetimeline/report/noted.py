"""The notes on the data of a case as print has them: sentences on what was recorded, and no file and line."""

import re
from collections.abc import Iterator

from ..case import Case
from ..prose import above_scale, capital, label_in_sentence

# What concerns whoever writes the files alone; `check` and the terminal say it.
_OF_FILES = re.compile(
    r"measures\.csv|treatments\.csv|data dictionary|no name in case\.yaml|is not read\b|: read with |earlier line"
)
# The file of a note, and the lines that it is about.
_PLACE = re.compile(r"^[^\s:]+?(?:, lines? (?P<lines>[\d, ]+)[^:]*)?: (?:lines? [\d, a-z]+: )?")
_LINES = re.compile(
    r",? lines? \d+(?:, \d+)*(?: and \d+(?: more)?)?|; the first start is on line \d+| by the rule \w+ of '\w+'"
)
_FORMS = (
    (
        re.compile(r"^source '(.+)' was compared with a text that is not among these files$"),
        r"the rows of the source '\1' were compared with its text, which is not among the files of this report",
    ),
    (
        re.compile(r"^the text of source '(.+)' is not here, and no proof of it; its rows are not proved$"),
        r"the rows of the source '\1' were not compared with its text, which is not here",
    ),
    (re.compile(r"^column (\w+): read (.+?) as "), r"\1: \2 was read as "),
    (
        re.compile(
            r"^(the phases contradict .+ order the facts): \S+ "
            r"\(line \d+, phase (\S+), '(.+?)', is later than line \d+, phase (\S+), '(.+?)'\)"
        ),
        r"\1: phase \2 ('\3') is later than phase \4 ('\5')",
    ),
    (re.compile(r", a year or more before the next: line \d+, (\d+ days) before line \d+"), r", \1 before the next"),
    (re.compile(r"^(.+): values by (different .+?) are compared: (.+)$"), r"\1: obtained by \2 (\3)"),
)
# Of a printed word above a scale: the scale itself says more.
_ABOVE = re.compile(r"^column value: read .+no grade above")
_NO_UNIT = re.compile(r"^no unit; the value is not compared")


def notes_in_print(case: Case) -> tuple[str, ...]:
    """The notes of a case that a reader of the report needs, each a sentence."""
    return tuple(_sentence(case, note) for note in case.notes if not _OF_FILES.search(note))


def _sentence(case: Case, note: str) -> str:
    match = _PLACE.match(note)
    text = note[match.end() :] if match else note
    if _NO_UNIT.search(text):
        names = ", ".join(dict.fromkeys(_labels(case, match["lines"])))
        return f"Recorded without a unit, and not compared with values that have one: {names}."
    if _ABOVE.search(text):
        scales = case.facts["code"].map(case.measures["grades"].to_dict())
        clauses = {above_scale(*pair): None for pair in zip(case.facts["value"], scales, strict=True) if pair[0]}
        return f"{capital('; '.join(filter(None, clauses)))}."
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    text = re.sub(r"\b[a-z][a-z0-9_]+\b", lambda code: _named(case, code[0]), _LINES.sub("", text))
    return f"{capital(text).rstrip('.')}."


def _labels(case: Case, lines: str) -> Iterator[str]:
    """The measures of some lines, as a sentence names them."""
    wanted = [int(line) for line in re.findall(r"\d+", lines)]
    yield from map(label_in_sentence, case.facts.loc[case.facts["line"].isin(wanted), "PARAM"])


def _named(case: Case, word: str) -> str:
    """A code as a sentence names what it stands for; any other word as it is."""
    return label_in_sentence(case.measures["label"][word]) if word in case.measures.index else word


# Points on how a word is read or kept in the file: of less weight to a reader than those on the patient.
_ON_THE_FILE = re.compile(r"\bthe scale\b|\brecorded\b|\bhas no time\b|\bvocabulary\b|\bis read\b")


# A point by which a limit and the values that it stands beside cannot be compared.
_ON_A_LIMIT = re.compile(r"\b(cut-off|limits?|reference)\b.*\b(whether|not known|not said|unit)\b")


def first_point(case: Case) -> tuple[str, str]:
    """The first point that the source leaves open about the patient, with what it is about; else the first of all.

    Before all others comes that a limit which stands beside values may not be theirs.
    """
    coded_caveats = [(code, text) for code, texts in case.about["caveats"].items() for text in texts]
    limited = {*case.facts.loc[case.facts["ref_high"].ne("") | case.facts["ref_low"].ne(""), "code"]}
    for code, text in coded_caveats:
        if code in limited and _ON_A_LIMIT.search(text):
            return code, text
    return next((each for each in coded_caveats if not _ON_THE_FILE.search(each[1])), coded_caveats[0])
