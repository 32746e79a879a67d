"""Identifiers that an artefact must not hold: in its text, its metadata, and the pictures and parts inside it.

What is looked for: absolute paths, the user and the host of this machine, e-mail addresses, dates of birth, the words
of a deny-list, and calendar dates where the case tells relative time only, but for those that a published source
prints. Passed over are the coordinates of what a figure drew, of which one may read as a month. `spelling` says how a
name may be spelled, `encoded` in what other writing it may stand, `texts` where. What cannot be found: text in pixels
or drawn as outlines, a name that is on no list, initials, a name between two others, a slip, another alphabet, a date
in words or without a year, a user whose name is a word of this package, and what is encrypted or packed in another way.
"""

import functools
import getpass
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..case import Case
from ..faults import TimelineError, fault, shortened
from ..files import MANIFEST, files_in
from ..values import are_dates
from .encoded import contents_of, readings_of, stretches
from .spelling import Denied, denied, names_in, plain
from .texts import texts_of, texts_of_content

_YY, _MM, _DD = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_M2, _D2 = r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
# In English, German, French, Spanish, Italian and Dutch; first those that begin with another.
_MONTH = (
    r"(?:january|januar[iy]?|janvier|jan|february|februar[iy]?|fevrier|février|feb|march|märz|maerz|marz[o]?|maart|mars"
    r"|mar|april[e]?|avril|apr|maggio|mayo|may|mai|mei|june|juni|juin|junio|giugno|jun|july|juli|juillet|julio|luglio"
    r"|jul|august|août|aout|agosto|augustus|aug|september|septembre|septiembre|settembre|sept?|october|oktober|octobre"
    r"|octubre|ottobre|oct|okt|november|novembre|noviembre|nov|december|dezember|décembre|decembre|diciembre|dicembre"
    r"|dec|dez|enero|gennaio|febrero|febbraio|abril)\.?"
)
_TH = r"(?:st|nd|rd|th|\.|er|º)?"
_WRITTEN = "|".join(
    [
        # A day or month of ISO 8601, also before a time and in the name of a file; then as Exif and as a PDF write it.
        rf"(?<![^\W_])(?<![.-]){_YY}-{_M2}(?:-{_D2})?(?![\d-]|[^\W_T])",
        rf"(?<![^\W_])(?<![.-]){_YY}-W[0-5]\d(?:-[1-7])?(?![\d-]|[^\W_])",
        rf"(?<![\w/:.-]){_YY}([/:.]){_MM}\1{_DD}(?!\d)",
        rf"(?<![^\W_]){_YY}_{_M2}_{_D2}(?!\d)",
        rf"\bD:{_YY}{_M2}{_D2}\d*",
        # Eight digits, alone or before a time, but for the number of a publication.
        rf"(?<![^\W_])(?<![.,/-])(?<!pmid )(?<!pmid: )(?<!pmid:){_YY}{_M2}{_D2}(?:T\d+Z?)?(?![\d/-]|[^\W_]|[.,]\d)",
        rf"(?<![\w./-]){_DD}([./-]) ?{_DD}\2 ?{_YY}(?!\d)",
        rf"(?<![\w./-]){_D2}([./-]){_D2}\3\d\d(?![\w/-]|\.\d)",
        rf"(?<![\w./-]){_DD}/{_DD}/\d\d(?![\w/.-])",
        rf"(?<![\w./-]){_DD}([./-])(?:i{{1,3}}|iv|vi{{0,3}}|ix|xi{{0,2}})\4{_YY}(?!\d)",
        rf"(?<![\w./-]){_M2}[/.]{_YY}(?![\w/-]|\.\d)",
        rf"\b{_DD}{_TH}(?:[\s./-]+|\s+(?:of|de|d')\s+){_MONTH}(?:[\s,./-]+(?:de[l]?\s+)?){_YY}\b",
        rf"\b{_DD}-{_MONTH}-\d\d(?![\w-])",
        rf"\b{_MONTH}[\s-]+(?:{_DD}{_TH},?[\s-]+)?(?:of\s+|de[l]?\s+)?{_YY}\b",
        rf"\b{_YY}[\s,-]+{_MONTH}[\s-]+{_DD}{_TH}(?!\w)",
    ]
)
# None of those begins within a word, or with another letter: most places of a text are passed over at once.
_DATE = rf"(?<![^\W_])(?=[\dadefgjmnos])(?:{_WRITTEN})|{_YY} ?年 ?{_MM} ?月(?: ?{_DD} ?日)?"
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
        # No share of a network has a brace: that is TeX, with the strokes of Markdown.
        r"(?<![\w\\])\\\\[A-Za-z][\w.-]+\\[^\\\s\"'<>|{]+\\[^\s\"'<>|]+",
        r"file://[^\s\"'<>]+",
    ]
)
# Also with words for the two signs, as who hides an address from machines writes it.
_AT, _DOT = r"(?:@|\s?[\[({<]\s?at\s?[\])}>]\s?)", r"(?:\.|\s?[\[({<]\s?dot\s?[\])}>]\s?)"
_EMAIL = rf"[\w.%+-]+{_AT}[^\W_](?:[\w-]*[^\W_])?(?:{_DOT}[\w-]+)*{_DOT}[^\W\d_]{{2,}}"
_BORN = (
    r"(?:\bborn\b|date of birth|birth ?da(?:te|y)|\bd\.?o\.?b\b\.?|geburts(?:datum|tag)|\bgeb\.|\bgeboren\b"
    r"|date de naissance|\bn[ée]e? le\b|fecha de nacimiento|data di nascita|birthDate)"
)
# Only here are two digits a year.
_DAY = rf"(?:{_YY}[/.-]\d\d?|\d\d?[./-]\d\d?[./-]\d\d|\d\d?(?:st|nd|rd|th|\.)?\s+{_MONTH}|{_MONTH}\s+\d)"
_BIRTH = rf"{_BORN}[^\d\n]{{0,20}}{_DAY}[\w./,-]*"
_DATED = "calendar date"
# Names of users and hosts that say nothing of anyone.
_COMMON = {"root", "user", "admin", "ubuntu", "debian", "runner", "jovyan", "localhost", "docker", "build", "host"}
_SHORTEST = 3
# In a text that stands in another, coded, one more is looked for; and so on.
_DEPTH = 3
# What stands in everything of a kind, and is found much sooner than the whole: in small letters, and each begins with a
# letter or one of a few, for which `re` looks first.
_CORES = {
    # A year with what may follow one; two digits for a year behind a day and a month.
    _DATED: re.compile(
        rf"\d(?:\d{{3}}(?<={_YY})(?:(?<![^\W_]\d{{4}})(?=\d{{4}}|\D|$)| ?年)"
        r"|([./-])\d?\d\1\d\d(?!\d)|-[^\W\d_]{3,}\.?-\d\d(?!\d))"
    ),
    "e-mail address": re.compile(r"@|[\[({<]\s?at\s?[\])}>]"),
    "absolute path": re.compile(rf"/(?:{_FOLDERS.lower()})/|[a-z]:[\\/]|\\\\|file:"),
    "date of birth": re.compile(r"born|birth|d\.?o\.?b|geb|naissance|n[ée]e? le|nacimiento|nascita"),
}
# No date, e-mail address or path that is looked for is longer.
_REACH = 200


class Leak(NamedTuple):
    """Something that looks like an identifier: in which file, at which place in it, of which kind, and its words."""

    file: str
    place: str
    kind: str
    words: str


def find_leaks(folder: Path, case: Case | Sequence[Case], deny: Path | None = None) -> list[Leak]:
    """Look through every file of a folder, the manifest among them.

    Parameters
    ----------
    folder : Path
        A report.
    case : Case, or sequence of Case
        Whose it is. Decides whether calendar dates are looked for: not where the case, or all cases of a series, tell
        times by dates. A date that one case of a series itself tells is none of those that are looked for.
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
    cases = [case] if isinstance(case, Case) else [*case]
    dated = [each for each in cases if tells_dates(each)]
    sought = sought_for(len(dated) == len(cases), read_deny(deny))
    public = set().union(*map(_public_dates, cases), *map(_told_dates, dated))
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
                seen[text] = list(dict.fromkeys(leaks_in(text, sought)))
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
    return _dates_in([*quotes, *(str(text) for source in published for text in source.values())])


def _told_dates(case: Case) -> set[str]:
    """The dates by which a case tells its times."""
    return _dates_in([*case.facts["start"], *case.facts["end"], str(case.about.get("time_zero", {}).get("date", ""))])


def _dates_in(texts: Iterable[str]) -> set[str]:
    dates = Sought({_DATED: re.compile(_DATE, re.I)}, {})
    return {words.lower() for text in texts for _, words in leaks_in(str(text), dates)}


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


class Sought(NamedTuple):
    """What is looked for, by kind: what has a pattern, and names however they are spelled."""

    patterns: dict[str, re.Pattern]
    names: dict[str, list[Denied]]


def sought_for(dated: bool, words: list[str]) -> Sought:
    """What is looked for where a case tells dates or not, and with the words of a deny-list."""
    kinds = {"absolute path": _PATH, "e-mail address": _EMAIL, "date of birth": _BIRTH, _DATED: "" if dated else _DATE}
    return Sought(
        {kind: re.compile(pattern, re.I) for kind, pattern in kinds.items() if pattern},
        {
            "user or host of this machine": [denied(name) for name in sorted(_machine())],
            "word of the deny-list": [denied(line) for line in words],
        },
    )


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


def leaks_in(text: str, sought: Sought, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Kind and words of everything that looks like an identifier in a text, or in what stands coded in it."""
    yield from _leaks_as_written(text, sought)
    for reading in readings_of(text):
        yield from _leaks_as_written(reading, sought)
    if depth < _DEPTH:
        for content in contents_of(text):
            for _, inner in texts_of_content(content):
                yield from leaks_in(inner, sought, depth + 1)


def _leaks_as_written(text: str, sought: Sought) -> Iterator[tuple[str, str]]:
    one = plain(text)
    # As long as the text itself: of no other letter is the small one two.
    small = one.replace("İ", "i").lower()
    for kind, pattern in sought.patterns.items():
        # A quick look first: most texts have nothing that could be of the kind.
        for start, end in stretches(_CORES[kind], small, _REACH):
            for near in pattern.finditer(one, start, end):
                # A number or word that the end of the stretch cuts may be another one: the whole text decides.
                if match := pattern.match(one, near.start()):
                    yield kind, " ".join(match[0].split())
    for kind, names in sought.names.items():
        for words in names_in(one, names):
            yield kind, words


def leaks_message(leaks: list[Leak], folder: Path) -> str:
    """What was found, one line each, and what to do."""
    lines = [f"{leak.file}, {leak.place}: {leak.kind}: {shortened(leak.words)!r}" for leak in leaks]
    shown = lines if len(lines) <= 40 else [*lines[:40], f"and {len(lines) - 40} more"]
    count = f"{len(leaks)} {'identifiers' if len(leaks) > 1 else 'identifier'}"
    return "\n".join([f"{count} in the artefacts; the report is withheld, and stands in {folder}", *shown])
