"""Identifiers that an artefact must not hold: in its text, its metadata, and the pictures and parts inside it.

What is looked for: absolute paths, the user and the host of this machine, e-mail addresses, dates of birth, the words
of a deny-list, and calendar dates where the case tells relative time only, but for those that a published source
prints. What cannot be found: text in pixels or drawn as outlines, a name that is on no list, a date in words, a user
whose name is a word of this package, and what is encoded or encrypted.
"""

import functools
import getpass
import re
import socket
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..case import Case
from ..faults import TimelineError, fault, shortened
from ..files import MANIFEST, files_in
from ..values import are_dates
from .texts import texts_of

_YY, _MM, _DD = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?)\.?"
)
_DATE = "|".join(
    [
        # A day or month of ISO 8601, also before a time and in the name of a file; then as Exif and as a PDF write it.
        rf"(?<![^\W_])(?<![.-]){_YY}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?![\d-]|[^\W_T])",
        rf"(?<![\w/:.-]){_YY}([/:]){_MM}\1{_DD}(?!\d)",
        rf"\bD:{_YY}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d*",
        rf"(?<![\w./-]){_DD}([./-]){_DD}\2{_YY}(?!\d)",
        rf"\b{_DD}(?:st|nd|rd|th|\.)?[\s-]+{_MONTH}[\s-]+{_YY}\b",
        rf"\b{_MONTH}\s+(?:{_DD}(?:st|nd|rd|th)?,?\s+)?{_YY}\b",
    ]
)
_FOLDERS = "home|root|Users|tmp|var|mnt|media|opt|srv|private|Volumes|data|work|workspace|scratch"
_REST = r"[^\s\"'<>)\]]+"
_PATH = "|".join(
    [
        rf"(?<![\w./@~:-])/(?:{_FOLDERS})/{_REST}",
        # Behind a word and its colon; an address has two strokes there.
        rf"(?<=\w:)/(?:{_FOLDERS})/{_REST}",
        rf"(?<![\w./@~:-])(?:/[\w.-]+)+/(?:home|Users)/{_REST}",
        r"(?<![A-Za-z0-9])[A-Za-z]:\\+(?:[^\\\s\"'<>|]+\\+)+[^\\\s\"'<>|]*",
        r"(?<![A-Za-z0-9])[A-Za-z]:/(?!/)[^\s\"'<>|/]+/[^\s\"'<>|]*",
        r"(?<![\w\\])\\\\[A-Za-z][\w.-]+\\[^\\\s\"'<>|]+\\[^\s\"'<>|]+",
        r"file://[^\s\"'<>]+",
    ]
)
_EMAIL = r"[\w.%+-]+@[^\W_](?:[\w-]*[^\W_])?(?:\.[\w-]+)*\.[^\W\d_]{2,}"
_BORN = r"(?:\bborn\b|date of birth|\bd\.?o\.?b\b\.?|geburtsdatum|\bgeb\.)"
# Only here are two digits a year.
_DAY = rf"(?:{_YY}[/.-]\d\d?|\d\d?[./-]\d\d?[./-]\d\d|\d\d?(?:st|nd|rd|th|\.)?\s+{_MONTH}|{_MONTH}\s+\d)"
_BIRTH = rf"{_BORN}[^\d\n]{{0,20}}{_DAY}[\w./,-]*"
_DATED = "calendar date"
# Names of users and hosts that say nothing of anyone.
_COMMON = {"root", "user", "admin", "ubuntu", "debian", "runner", "jovyan", "localhost", "docker", "build", "host"}
_SHORTEST = 3
# So many digits and more are a number of somebody, however they are grouped.
_NUMBER = 5
_ANSI = re.compile("\x1b\\[[0-9;]*m")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'"))
# What stands in everything of a kind, and is found much sooner than the whole.
_CORES = {
    _DATED: re.compile(_YY),
    "e-mail address": re.compile("@"),
    "absolute path": re.compile(rf"/(?:{_FOLDERS})/|[a-z]:[\\/]|\\\\|file:", re.I),
    "date of birth": re.compile(_BORN, re.I),
}
# No date, e-mail address or path that is looked for is longer.
_REACH = 200


class Leak(NamedTuple):
    """Something that looks like an identifier: in which file, at which place in it, of which kind, and its words."""

    file: str
    place: str
    kind: str
    words: str


def find_leaks(folder: Path, case: Case, deny: Path | None = None) -> list[Leak]:
    """Look through every file of a folder, the manifest among them.

    Parameters
    ----------
    folder : Path
        A report.
    case : Case
        Decides whether calendar dates are looked for: not where the case itself tells times by dates.
    deny : Path, optional
        Names, record numbers and other words, one a line, that no artefact may hold.

    Returns
    -------
    list of Leak
        Each kind and words of a place once. A file that cannot be read through counts as one.

    Raises
    ------
    TimelineError
        If there is no such deny-list, or a line of it names nothing.
    """
    patterns, public = patterns_of(tells_dates(case), read_deny(deny)), _public_dates(case)
    leaks, seen = {}, {}
    names = files_in(folder)
    if (folder / MANIFEST).is_file():
        names.append(MANIFEST)
    for name in names:
        try:
            texts = list(texts_of(name, (folder / name).read_bytes()))
        except Exception:
            # Whatever a library says of a broken file, nobody has looked into it.
            leaks[name, "file"] = Leak(name, "file", "cannot be looked through", "it is no whole file of its kind")
            continue
        for place, text in texts:
            # The parts of one Word file are mostly those of the next.
            if text not in seen:
                seen[text] = list(leaks_in(text, patterns))
            for kind, words in seen[text]:
                if kind == _DATED and words.lower() in public:
                    continue
                leaks[name, place, kind, words] = Leak(name, place, kind, words)
    return list(leaks.values())


def tells_dates(case: Case) -> bool:
    """Whether a case tells any of its times by a calendar date."""
    columns = case.facts["start"].astype(str), case.facts["end"].astype(str)
    return bool(case.about.get("time_zero", {}).get("date")) or any(are_dates(times).any() for times in columns)


def _public_dates(case: Case) -> set[str]:
    """Dates that a published source prints: in its title or address, or in a passage that is quoted from it."""
    sources = case.about.get("sources", [])
    published = [source for source in sources if any(source.get(name) for name in ("doi", "pmid", "url"))]
    quotes = case.facts.loc[case.facts["source"].isin([source["id"] for source in published]), "quote"]
    texts = [*quotes, *(str(text) for source in published for text in source.values())]
    pattern = {_DATED: re.compile(_DATE, re.I)}
    return {words.lower() for text in texts for _, words in leaks_in(text, pattern)}


def read_deny(deny: Path | None) -> list[str]:
    """The words of a deny-list; none without a list.

    Raises
    ------
    TimelineError
        If there is no such list, or a line of it names nothing.
    """
    if deny is None:
        return []
    try:
        # As a spreadsheet or an editor may write it, with a mark of its encoding in front.
        lines = deny.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "no text in UTF-8"
        raise TimelineError([fault(reason, "a text file with one name or number a line", at="deny-list")]) from None
    stripped = {number: line.strip() for number, line in enumerate(lines, 1)}
    words = {number: line for number, line in stripped.items() if line and line != "#" and not line.startswith("# ")}
    faults = [
        fault(line, "a name or number with two letters or digits at the least", at="deny-list", line=number)
        for number, line in words.items()
        if len(re.findall(r"[^\W_]", line)) < 2
    ]
    if faults:
        raise TimelineError(faults)
    return list(words.values())


def patterns_of(dated: bool, denied: list[str]) -> dict[str, re.Pattern]:
    """What is looked for, by kind."""
    kinds = {
        "absolute path": _PATH,
        "e-mail address": _EMAIL,
        "date of birth": _BIRTH,
        "user or host of this machine": "|".join(_loosely(name) for name in sorted(_machine())),
        "word of the deny-list": "|".join(map(_loosely, denied)),
        _DATED: "" if dated else _DATE,
    }
    return {kind: re.compile(pattern, re.I) for kind, pattern in kinds.items() if pattern}


def _machine() -> set[str]:
    """The user and the host, whole and without its domain, where the name is not a common word or one of ours."""
    names = {*_names(getpass.getuser), *_names(socket.gethostname)}
    names |= {name.split(".")[0] for name in names}
    names = {name for name in names if len(name) >= _SHORTEST and name.lower() not in _COMMON}
    return {name for name in names if name.lower() not in _own_words()} if names else names


@functools.cache
def _own_words() -> set[str]:
    """The words of this package, which stand in every report: a user of that name cannot be told from them."""
    files = (path for path in Path(__file__).parent.parent.rglob("*") if path.suffix in (".py", ".j2", ".typ"))
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8").lower())}


def _names(ask) -> list[str]:
    try:
        return [ask()]
    except (OSError, KeyError, ImportError):
        return []


def _folded(text: str) -> str:
    """A text in one spelling: one form of each letter, no mark that is not seen, one apostrophe, no colours."""
    plain = unicodedata.normalize("NFKC", _ANSI.sub("", text)).translate(_APOSTROPHES)
    if plain.isascii():
        return plain
    unseen = {ord(letter): None for letter in set(plain) if unicodedata.category(letter) == "Cf"}
    return plain.translate(unseen) if unseen else plain


def _loosely(words: str) -> str:
    """A pattern for words however they are spaced or hyphenated, and not as a part of another word.

    Examples
    --------
    >>> bool(re.search(_loosely("Ann Lee"), "of Ann-Lee,")), bool(re.search(_loosely("Lee"), "sleeve"))
    (True, False)
    >>> bool(re.search(_loosely("00471122"), "MRN 00-47-1122"))
    True
    """
    parts = filter(None, re.split(r"[\s_\u2010-\u2015-]+", _folded(words)))
    joined = r"[\s_\u2010-\u2015-]*".join(map(_grouped, parts))
    return rf"(?<![^\W_]){joined}(?![^\W_])"


def _grouped(part: str) -> str:
    if part.isdigit() and len(part) >= _NUMBER:
        return r"[\s._/\u2010-\u2015-]?".join(part)
    return re.escape(part)


def leaks_in(text: str, patterns: dict[str, re.Pattern]) -> Iterator[tuple[str, str]]:
    """Kind and words of everything that looks like an identifier in a text."""
    plain = _folded(text)
    for kind, pattern in patterns.items():
        # A quick look first: most texts have nothing that could be of the kind.
        for start, end in _stretches(kind, plain):
            for match in pattern.finditer(plain, start, end):
                yield kind, " ".join(match[0].split())


def _stretches(kind: str, text: str) -> list[tuple[int, int]]:
    """Where in a text something of a kind may stand: around its core, or anywhere if it has none."""
    around = _CORES.get(kind)
    if around is None:
        return [(0, len(text))]
    spans: list[tuple[int, int]] = []
    for match in around.finditer(text):
        start, end = max(match.start() - _REACH, 0), min(match.end() + _REACH, len(text))
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def leaks_message(leaks: list[Leak], folder: Path) -> str:
    """What was found, one line each, and what to do."""
    lines = [f"{leak.file}, {leak.place}: {leak.kind}: {shortened(leak.words)!r}" for leak in leaks]
    shown = lines if len(lines) <= 40 else [*lines[:40], f"and {len(lines) - 40} more"]
    count = f"{len(leaks)} {'identifiers' if len(leaks) > 1 else 'identifier'}"
    return "\n".join([f"{count} in the artefacts; the report is withheld, and stands in {folder}", *shown])
