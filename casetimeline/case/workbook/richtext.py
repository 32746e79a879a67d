"""How a workbook keeps a text: in runs of one font each, a part of which may be struck through or raised."""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Text(NamedTuple):
    """A text and how its runs are dressed, as of a `Cell`."""

    text: str
    struck: str = ""
    raised: bool = False


class Style(NamedTuple):
    """The number format of a cell, and whether it is struck through."""

    shown: str = "General"
    struck: bool = False


def unescape(text: str) -> str:
    """A text of a workbook with its `_xHHHH_` as the characters that they stand for.

    Examples
    --------
    >>> unescape("a_x000D_b"), unescape("_x005F_x000D_")
    ('a\\rb', '_x000D_')
    """
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Two halves of one character are joined; one alone stays, and is refused by who takes the text.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _is_on(element: Element) -> bool:
    """Whether a mark of a font, which is there, is not switched off."""
    return element.get("val", "true") not in ("0", "false", "none", "baseline")


def is_struck(font: Element) -> bool:
    """Whether a font strikes through."""
    return any(local(mark) == "strike" and _is_on(mark) for mark in font)


def text_of_runs(element: Element) -> Text:
    """The text of an item in runs, without the readings that stand above characters, and how its runs are dressed."""
    texts, struck, raised = [], [], []
    for run in (child for child in element if local(child) in ("t", "r")):
        text = "".join(t.text or "" for t in run.iter() if local(t) == "t")
        marks = {local(mark) for mark in run.iter() if local(mark) in ("strike", "vertAlign") and _is_on(mark)}
        texts.append(text)
        # A blank of another font says nothing.
        if text.strip():
            struck.append("strike" in marks)
            raised.append("vertAlign" in marks)
    some = ("whole" if all(struck) else "part") if any(struck) else ""
    return Text(unescape("".join(texts)), some, any(raised) and not all(raised))
