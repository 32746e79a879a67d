"""Identifiers that an artefact must not hold: in its text, its metadata, and the pictures and parts inside it.

What is looked for: absolute paths, the user and the host of this machine, e-mail addresses, dates of birth, the words
of a deny-list, and calendar dates where the case tells relative time only. What cannot be found: text in pixels or
drawn as outlines, a name that is on no list, a date in words, and what is encoded or encrypted.
"""

import getpass
import html
import io
import re
import socket
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pikepdf
import pypdfium2
from PIL import Image

from .faults import Fault, TimelineError, shortened
from .manifest import files_in
from .timeline import Case
from .times import are_dates

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = (
    r"(?:(?<![\w.-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?![\w-])"
    r"|(?<![\d./])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|[12]\d|3[01])[./](?:19|20)\d\d(?!\d)"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)? {_MONTH} (?:19|20)\d\d\b"
    rf"|\b{_MONTH} (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\d\d\b)"
)
_FOLDERS = "home|root|Users|tmp|var|mnt|media|opt|srv|private|Volumes|data|work|workspace|scratch"
_PATH = (
    rf"(?<![\w.:/@~-])/(?:{_FOLDERS})/[^\s\"'<>)\]]+"
    r"|(?<![A-Za-z0-9])[A-Za-z]:\\+(?:[^\\\s\"'<>|]+\\+)+[^\\\s\"'<>|]*"
    r"|file://[^\s\"'<>]+"
)
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
_BORN = r"(?:\bborn\b|date of birth|\bd\.?o\.?b\b\.?|geburtsdatum|\bgeb\.)"
_BIRTH = rf"{_BORN}[^\d\n]{{0,20}}(?:{_DATE}|\d\d?[./]\d\d?[./]\d\d)"
# The outlines of an SVG: numbers and commands, most of its bytes, and no words.
_OUTLINE = re.compile(r'\s(?:d|points|transform)="[MLHVCSQTAZmlhvcsqtaz(),\s\d.e+-]*"|\sxlink:href="#[\w.-]*"')
# Names of users and hosts that say nothing of anyone.
_COMMON = {
    "root",
    "user",
    "admin",
    "ubuntu",
    "debian",
    "runner",
    "jovyan",
    "localhost",
    "docker",
    "build",
    "python",
    "host",
}
_SHORTEST = 3
_YEAR, _SIGN = re.compile(r"(?:19|20)\d\d(?!\d)"), re.compile("@")
# No date and no name of an e-mail address is longer.
_REACH = 80


class Leak(NamedTuple):
    """Something that looks like an identifier: in which file, at which place in it, of which kind, and its words."""

    file: str
    place: str
    kind: str
    words: str


def find_leaks(folder: Path, case: Case, deny: Path | None = None) -> list[Leak]:
    """Look through every file of a folder.

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
        Each kind and words of a place once.

    Raises
    ------
    TimelineError
        If there is no such deny-list.
    """
    patterns = patterns_of(tells_dates(case), _read_deny(deny))
    leaks, seen = {}, {}
    for name in files_in(folder):
        for place, text in texts_of(name, (folder / name).read_bytes()):
            # The parts of one Word file are mostly those of the next.
            if text not in seen:
                seen[text] = list(leaks_in(text, patterns))
            for kind, words in seen[text]:
                leaks[name, place, kind, words] = Leak(name, place, kind, words)
    return list(leaks.values())


def tells_dates(case: Case) -> bool:
    """Whether a case tells any of its times by a calendar date."""
    told = case.facts["start"].astype(str), case.facts["end"].astype(str)
    return bool(case.about.get("time_zero", {}).get("date")) or any(are_dates(times).any() for times in told)


def _read_deny(deny: Path | None) -> list[str]:
    if deny is None:
        return []
    try:
        lines = deny.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        found = getattr(error, "strerror", None) or "no text in UTF-8"
        raise TimelineError(
            [Fault("deny-list", None, None, found, "a text file with one name or number a line")]
        ) from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def patterns_of(dated: bool, denied: list[str]) -> dict[str, re.Pattern]:
    """What is looked for, by kind."""
    here = {*_names(getpass.getuser), *_names(socket.gethostname)}
    machine = [re.escape(name) for name in here if len(name) >= _SHORTEST and name.lower() not in _COMMON]
    kinds = {
        "absolute path": _PATH,
        "e-mail address": _EMAIL,
        "date of birth": _BIRTH,
        "user or host of this machine": rf"(?<!\w)(?:{'|'.join(machine)})(?!\w)" if machine else "",
        "word of the deny-list": "|".join(map(_loosely, denied)),
        "calendar date": "" if dated else _DATE,
    }
    return {kind: re.compile(pattern, re.I) for kind, pattern in kinds.items() if pattern}


def _names(ask) -> list[str]:
    try:
        return [ask()]
    except (OSError, KeyError, ImportError):
        return []


def _loosely(words: str) -> str:
    """A pattern for words however they are spaced or hyphenated, and not as a part of another word.

    Examples
    --------
    >>> bool(re.search(_loosely("Ann Lee"), "of Ann-Lee,")), bool(re.search(_loosely("Lee"), "sleeve"))
    (True, False)
    """
    parts = re.split(r"[\s_\u00ad\u2010-\u2015-]+", unicodedata.normalize("NFKC", words))
    joined = r"[\s_\u00ad\u200b\u2010-\u2015-]*".join(map(re.escape, filter(None, parts)))
    return rf"(?<!\w){joined}(?!\w)"


def leaks_in(text: str, patterns: dict[str, re.Pattern]) -> Iterator[tuple[str, str]]:
    """Kind and words of everything that looks like an identifier in a text."""
    plain = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\u00ad", "")
    for kind, pattern in patterns.items():
        # A quick look first: most texts have nothing that could be of the kind.
        for start, end in _stretches(kind, plain):
            for found in pattern.finditer(plain, start, end):
                yield kind, " ".join(found[0].split())


def _stretches(kind: str, text: str) -> list[tuple[int, int]]:
    """Where in a text something of a kind may stand: dates around a year, e-mail around its sign; else anywhere."""
    around = {"calendar date": _YEAR, "e-mail address": _SIGN}.get(kind)
    if around is None:
        return [(0, len(text))]
    spans: list[tuple[int, int]] = []
    for found in around.finditer(text):
        start, end = max(found.start() - _REACH, 0), min(found.end() + _REACH, len(text))
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def texts_of(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Every text that a file holds, with the place where it stands: body, metadata, parts, and pictures inside."""
    suffix = Path(name).suffix
    yield "name", name
    if suffix == ".pdf":
        yield from _texts_of_pdf(content)
    elif suffix == ".docx":
        yield from _texts_of_zip(content)
    elif suffix in (".png", ".tiff", ".jpeg"):
        yield from _texts_of_picture(content)
    elif suffix == ".ipynb":
        yield from _texts_of_notebook(content)
    else:
        text = content.decode("utf-8", "replace")
        yield "text", _unescaped(text)


def _unescaped(text: str) -> str:
    """A text of markup with and without its marks, so that words broken by them are found as well; without outlines."""
    text = _OUTLINE.sub("", text)
    return html.unescape(text) + "\n" + html.unescape(re.sub(r"<[^>]*>", "", text))


def _texts_of_notebook(content: bytes) -> Iterator[tuple[str, str]]:
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    yield "metadata", str(notebook.metadata)
    for number, cell in enumerate(notebook.cells, 1):
        yield f"cell {number}", cell.source
        yield f"cell {number}, metadata", str(cell.metadata)
        for output in cell.get("outputs", []):
            # The text of each representation as it is read, and not with its line ends escaped.
            for text in [*output.get("data", {}).values(), output.get("text", ""), str(output.get("metadata", ""))]:
                yield f"cell {number}, output", _unescaped(str(text))
            yield f"cell {number}, output", "\n".join(output.get("traceback", []))


def _texts_of_picture(content: bytes) -> Iterator[tuple[str, str]]:
    with Image.open(io.BytesIO(content)) as picture:
        yield "metadata", "\n".join(f"{key}: {value}" for key, value in picture.info.items())
        yield "metadata", "\n".join(f"{key}: {value}" for key, value in picture.getexif().items())


def _texts_of_zip(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            yield from ((f"{part}: {place}", text) for place, text in texts_of(part, parts.read(part)))


def _texts_of_pdf(content: bytes) -> Iterator[tuple[str, str]]:
    document = pypdfium2.PdfDocument(content)
    for number, page in enumerate(document, 1):
        yield f"page {number}", page.get_textpage().get_text_bounded()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/Metadata":
                yield "metadata", thing.read_bytes().decode("utf-8", "replace")
            for key, value in thing.items() if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)) else ():
                if isinstance(value, pikepdf.String):
                    yield f"entry {key}", str(value)
        yield "attachments", "\n".join(pdf.attachments.keys())


def told_leaks(leaks: list[Leak], folder: Path) -> str:
    """What was found, one line each, and what to do."""
    lines = [f"{leak.file}, {leak.place}: {leak.kind}: {shortened(leak.words)!r}" for leak in leaks]
    shown = lines if len(lines) <= 40 else [*lines[:40], f"and {len(lines) - 40} more"]
    count = f"{len(leaks)} identifier{'s' * (len(leaks) > 1)}"
    return "\n".join([f"{count} in the artefacts; the report is withheld, and stands in {folder}", *shown])
