"""The XML parts of a workbook, and the cells of its sheets as they are stored: nothing in them runs."""

import io
import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string, get_column_letter

from ...files import members, refusal
from .richtext import Style, Text, is_struck, local, text_of_runs, unescape

# What a workbook may carry beside its cells, by the beginning of the part's name.
_REFUSED = {
    "xl/vbaproject": "macros",
    "xl/macrosheets/": "macros",
    "xl/dialogsheets/": "macros",
    "xl/externallinks/": "links to other files",
    "xl/connections": "connections to data outside",
    "xl/querytables/": "connections to data outside",
    "xl/model/": "a data model",
    "xl/embeddings/": "embedded objects",
    "xl/activex/": "embedded objects",
    "xl/ctrlprops/": "form controls",
    "xl/webextensions/": "an add-in",
}
PLAIN = "a workbook (.xlsx) of cells alone"
# Whose comments explain a header or mark a fault.
AUTHOR = "casetimeline"
SAVED = "a workbook (.xlsx) as Excel or LibreOffice saves it"


def inflate(raw: bytes, file: str) -> dict[str, bytes]:
    """The XML parts of a workbook by name in small letters.

    Raises
    ------
    TimelineError
        With one fault: what the file is or carries, and what would be right.

    Examples
    --------
    >>> inflate(b"case_id,kind", "my-case.xlsx")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    my-case.xlsx: found 'no workbook'; expected a workbook (.xlsx) as Excel or LibreOffice saves it
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(file, "an old (.xls) or encrypted workbook", "a workbook (.xlsx) without a password")
    if not raw.startswith(b"PK"):
        raise refusal(file, "no workbook", SAVED)
    parts = {name.lower(): content for name, content in members(raw, file, SAVED).items()}
    for name in parts:
        carried = [what for beginning, what in _REFUSED.items() if name.startswith(beginning)]
        if carried:
            raise refusal(file, f"{carried[0]} ({name})", PLAIN)
    if "xl/workbook.xml" not in parts:
        kind = "an OpenDocument file" if "content.xml" in parts else "a zip without xl/workbook.xml"
        raise refusal(file, kind, SAVED)
    return {name: content for name, content in parts.items() if name.endswith((".xml", ".rels"))}


# openpyxl writes the workbooks; where it parses, its parser must refuse entities as this one does.
assert openpyxl.DEFUSEDXML

# What the largest case that is read needs, and a few times more: ten thousand rows of twenty columns.
MOST_ELEMENTS = 400_000
MOST_CELLS = 200_000
# Cells share texts, so that a small file can stand for one without end; counted is what the cells say.
MOST_CHARACTERS = 10_000_000
# The longest number format that the file format allows, and more of them than programs write.
_LONGEST_FORMAT, _MOST_FORMATS = 255, 1_000
# A mark or a text of this length is none of a cell; marks without end are read again and again.
_ENDLESS = re.compile(rb"<[^<]{1000000}")
_CHUNK = 2**18
# What is read together with its children; all other elements are freed as they end.
_WITH_CHILDREN = ("row", "si", "cellXfs", "fonts", "comment")
_MOST_CHILDREN = 2**16
_DEEPEST = 50
# The last row and column that the file format has.
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class Cell(NamedTuple):
    """What a cell holds.

    Attributes
    ----------
    kind : str
        `text`, `number`, `boolean`, `error`, `date` (an ISO date) or `formula`.
    text : str
        As the file has it: a date that is stored as a number is a number here, and `shown` says date.
    shown : str
        The number format.
    struck : str
        `whole` where all of it is struck through, `part` where a part of it is, else blank.
    raised : bool
        Whether a part of its text, but not all of it, stands above or below the line.
    """

    kind: str
    text: str
    shown: str
    struck: str = ""
    raised: bool = False


class Cells(NamedTuple):
    """The cells of a sheet that hold anything, by row and column from 1; what hides or joins them; and its comments."""

    name: str
    hidden: bool
    cells: dict[tuple[int, int], Cell]
    hidden_rows: set[int]
    hidden_columns: list[tuple[int, int]]
    merged: list[str]
    comments: tuple[tuple[int, int], ...] = ()


class Package(NamedTuple):
    """The sheets of a workbook in their order, and whether its days count from 1904."""

    sheets: list[Cells]
    from_1904: bool


def cell_name(row: int, column: int) -> str:
    """The name of a cell.

    Examples
    --------
    >>> cell_name(7, 6)
    'F7'
    """
    return f"{get_column_letter(column)}{row}"


def read_package(raw: bytes, file: str) -> Package:
    """The sheets of a workbook.

    Parameters
    ----------
    raw, file : bytes, str
        The workbook, and its name for the messages.

    Raises
    ------
    TimelineError
        With one fault: what the file is or carries, and what would be right.
    """
    parts = inflate(raw, file)
    try:
        return _Reader(file).package(parts)
    except DefusedXmlException:
        raise refusal(file, "a document type or entities in its XML", SAVED) from None
    except (ParseError, LookupError, ValueError):
        raise refusal(file, "damaged parts", SAVED) from None


class _Chunks(io.BytesIO):
    """A part that is parsed in large pieces: with each the parser looks at an unfinished mark from its beginning."""

    def read(self, size: int | None = -1) -> bytes:
        """The next piece, however little is asked for."""
        return super().read(_CHUNK)


class _Reader:
    """Reads the parts of one workbook, and counts their elements and cells all together."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.elements = self.cells = self.characters = 0

    def package(self, parts: dict[str, bytes]) -> Package:
        """The sheets that workbook.xml names."""
        if b"macroenabled" in parts.get("[content_types].xml", b"").lower():
            raise refusal(self.file, "a workbook for macros (.xlsm)", PLAIN)
        targets = {name: part for name, _, part in self.related("xl/workbook.xml", parts)}
        named, from_1904 = [], False
        for element in self.walk(parts["xl/workbook.xml"]):
            if local(element) == "workbookPr":
                from_1904 = element.get("date1904") in ("1", "true")
            if local(element) == "sheet":
                part = next((value for name, value in element.items() if name.endswith("}id")), "")
                hidden = element.get("state", "visible") != "visible"
                named.append((element.get("name", ""), hidden, targets.get(part, "")))
        if len({name.lower() for name, _, _ in named}) < len(named):
            raise ValueError("two sheets of one name")
        styles = self.styles(parts.get("xl/styles.xml", b"<none/>"))
        shared = self.shared_texts(parts.get("xl/sharedstrings.xml", b"<none/>"))
        sheets = []
        for name, hidden, part in named:
            # A sheet of charts has no cells.
            content = b"<none/>" if part.startswith("xl/chartsheets/") else parts[part]
            comments = [
                place
                for _, kind, other in self.related(part, parts)
                if kind.endswith("/comments")
                for place in self.comments(parts.get(other, b"<none/>"))
            ]
            sheet = self.sheet(name, hidden, content, shared, styles)
            sheets.append(sheet._replace(comments=tuple(sorted(comments))))
        return Package(sheets, from_1904)

    def related(self, part: str, parts: dict[str, bytes]) -> list[tuple[str, str, str]]:
        """The parts that a part names: the name that it has there, what it is, and its place."""
        folder, _, name = part.rpartition("/")
        return [
            (
                element.get("Id", ""),
                element.get("Type", ""),
                posixpath.normpath(posixpath.join(f"/{folder}", element.get("Target", ""))).lstrip("/").lower(),
            )
            for element in self.walk(parts.get(f"{folder}/_rels/{name}.rels", b"<none/>"))
            if local(element) == "Relationship" and element.get("TargetMode") != "External"
        ]

    def comments(self, part: bytes) -> list[tuple[int, int]]:
        """The places of the comments of a sheet that somebody wrote; those that were made here explain or mark."""
        authors, places = [], []
        for element in self.walk(part):
            if local(element) == "author":
                authors.append(element.text)
            if local(element) == "comment":
                author = int(element.get("authorId", "-1"))
                if not 0 <= author < len(authors) or authors[author] != AUTHOR:
                    places.append(_place(element.get("ref", "")))
        return places

    def walk(self, part: bytes) -> Iterator[Element]:
        """Elements as they end; each is freed behind its reader, unless it belongs to a row or the like."""
        if _ENDLESS.search(part):
            raise refusal(self.file, "a text or a mark without end", SAVED)
        above: list[Element] = []
        gathering = 0
        for event, element in iterparse(_Chunks(part), events=("start", "end"), forbid_dtd=True):
            name = local(element)
            if event == "start":
                above.append(element)
                gathering += name in _WITH_CHILDREN
                self.elements += 1
                self.cells += name == "c"
                if self.cells > MOST_CELLS:
                    raise refusal(self.file, f"more than {MOST_CELLS} cells", SAVED)
                many = len(above) > 1 and len(above[-2]) > _MOST_CHILDREN
                if self.elements > MOST_ELEMENTS or len(above) > _DEEPEST or many:
                    raise refusal(self.file, "parts of too many or too deep elements", SAVED)
                continue
            above.pop()
            yield element
            gathering -= name in _WITH_CHILDREN
            if above and not gathering:
                above[-1].clear()

    def styles(self, part: bytes) -> list[Style]:
        """The number format of each style, and whether it strikes through."""
        custom, styles, fonts = {}, [], []
        for element in self.walk(part):
            if local(element) == "numFmt":
                custom[element.get("numFmtId")] = element.get("formatCode", "")
            if local(element) == "fonts":
                fonts = [is_struck(font) for font in element]
            if local(element) == "cellXfs":
                styles = [(xf.get("numFmtId", "0"), int(xf.get("fontId", "0"))) for xf in element]
        if len(custom) > _MOST_FORMATS or any(len(code) > _LONGEST_FORMAT for code in custom.values()):
            raise ValueError("number formats without end")
        return [
            Style(custom.get(number) or BUILTIN_FORMATS.get(int(number), "General"), any(fonts[font : font + 1]))
            for number, font in styles
        ]

    def shared_texts(self, part: bytes) -> list[Text]:
        """The texts that cells share by number."""
        texts = []
        for element in self.walk(part):
            if local(element) == "si":
                texts.append(text_of_runs(element))
        return texts

    def sheet(self, name: str, hidden: bool, part: bytes, shared: list[Text], styles: list[Style]) -> Cells:
        """The cells of one sheet; a cell that holds nothing is left out."""
        sheet = Cells(name, hidden, {}, set(), [], [])
        row = 0
        for element in self.walk(part):
            kind = local(element)
            if kind == "col" and element.get("hidden") in ("1", "true"):
                sheet.hidden_columns.append((int(element.get("min", "0")), int(element.get("max", "0"))))
            elif kind == "mergeCell":
                sheet.merged.append(_area(element.get("ref", "")))
            elif kind == "row":
                row = _on_sheet(int(element.get("r", row + 1)), 1)[0]
                if element.get("hidden") in ("1", "true"):
                    sheet.hidden_rows.add(row)
                for place, cell in _cells_of(element, row, shared, styles):
                    if place in sheet.cells:
                        raise ValueError("a cell twice")
                    sheet.cells[place] = cell
                    self.characters += len(cell.text)
                    if self.characters > MOST_CHARACTERS:
                        raise refusal(self.file, f"cells of more than {MOST_CHARACTERS} characters in all", SAVED)
        return sheet


def _cells_of(row: Element, number: int, shared: list[Text], styles: list[Style]) -> Iterator[tuple[tuple, Cell]]:
    """The cells of a row that hold anything; a cell that does not name its place stands right of the one before."""
    column = 0
    for element in row:
        if local(element) == "c":
            place = element.get("r")
            row_of, column = _place(place) if place else _on_sheet(number, column + 1)
            if row_of != number:
                raise ValueError("a cell in another row")
            cell = _cell(element, shared, styles)
            if cell is not None:
                yield (number, column), cell


def _place(name: str) -> tuple[int, int]:
    match = _CELL.fullmatch(name)
    if match is None:
        raise ValueError(name)
    return _on_sheet(int(match[2]), column_index_from_string(match[1]))


def _on_sheet(row: int, column: int) -> tuple[int, int]:
    if not (1 <= row <= _LAST_ROW and 1 <= column <= _LAST_COLUMN):
        raise ValueError("a place beyond the sheet")
    return row, column


def _area(name: str) -> str:
    """The name of an area such as `G3:H3`, both of whose corners are on the sheet."""
    for corner in name.split(":"):
        _place(corner)
    return name


def _cell(element: Element, shared: list[Text], styles: list[Style]) -> Cell | None:
    inside = {local(child): child for child in element}
    value = (inside["v"].text or "") if "v" in inside else ""
    number = int(element.get("s", "0"))
    style = styles[number] if number < len(styles) else Style()
    kind = element.get("t", "n")
    if "f" in inside:
        return Cell("formula", f"={inside['f'].text or ''}", style.shown)
    if kind == "s" and value:
        number = int(value)
        if not 0 <= number < len(shared):
            raise ValueError("a text that is not there")
        text = shared[number]
    elif kind == "inlineStr":
        text = text_of_runs(inside["is"]) if "is" in inside else Text("")
    else:
        text = Text(unescape(value) if kind == "str" else value)
    if not text.text.strip():
        return None
    kind = {"b": "boolean", "e": "error", "d": "date", "n": "number"}.get(kind, "text")
    return Cell(kind, text.text, style.shown, "whole" if style.struck else text.struck, text.raised)
