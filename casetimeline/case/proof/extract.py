"""The text of a source: plain text, a web page without its markup, or a PDF."""

import functools
import io
from pathlib import Path

from ...faults import TimelineError, fault
from ...files import TEXTS
from ..tables.separated import decode
from .passages import Source, source_of

# What stands on lines of its own in a web page; all else goes on in the line.
_BLOCKS = (
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "option",
    "p", "pre", "section", "table", "td", "th", "title", "tr", "ul",
)  # fmt: skip
_RAISED = str.maketrans(
    "0123456789+-\u2212", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207a\u207b\u207b"
)


def text_of(content: bytes, name: str) -> str:
    """The text of a source.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, by whose ending it is read: one of `files.TEXTS`.

    Raises
    ------
    TimelineError
        If its name has another ending, or the file cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix == ".pdf":
        return _text_of_pdf(content, name)
    if suffix not in TEXTS:
        raise TimelineError([fault(suffix or "no suffix", f"a text: {', '.join(TEXTS)}", at=name)])
    text = decode(content, name)
    return text_of_page(text) if suffix.startswith(".htm") else text


# The page of a case asks for the same text at each change of a row.
@functools.lru_cache(maxsize=8)
def read_source(content: bytes, name: str) -> Source:
    """The text of a source, ready for `find_quote`."""
    return source_of(text_of(content, name))


def text_of_page(markup: str) -> str:
    """The text of a web page: raised numbers stay raised, blocks and cells stand on lines of their own.

    Examples
    --------
    >>> text_of_page("<style>p {}</style><p>CK <b>923</b> U/L<sup>1</sup>, 5 x10<sup>3</sup></p><td>a</td><td>b</td>")
    'CK 923 U/L\u00b9, 5 x10\u00b3\\na\\nb'
    """
    from bs4 import BeautifulSoup

    page = BeautifulSoup(markup, "html.parser")
    for raised in page.find_all("sup"):
        raised.replace_with(raised.get_text().translate(_RAISED))
    for block in page.find_all(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    return "\n".join(filter(None, map(str.strip, page.get_text().split("\n"))))


def _text_of_pdf(content: bytes, name: str) -> str:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError as error:
        raise TimelineError([fault(str(error), "a PDF that can be opened", at=name)]) from None
