"""The bytes of an Excel workbook to its parts: a zip of which neither sizes nor names are trusted.

Each part is inflated within a limit, whatever the directory of the zip says of its size. What a workbook may carry
beside cells (macros, links, connections, objects) is refused.
"""

import io
import struct
import zipfile
import zlib

from .faults import Fault, TimelineError

MOST_BYTES = 5_000_000
MOST_PARTS = 500
MOST_INFLATED = 30_000_000

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
SAVED = "a workbook (.xlsx) as Excel or LibreOffice saves it"


def inflate(raw: bytes, file: str) -> dict[str, bytes]:
    """The XML parts of a workbook by name in small letters; every part is inflated once, and counted.

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
    try:
        return _inflate(raw, file)
    except (ValueError, LookupError, EOFError, RuntimeError, OSError, struct.error, zipfile.BadZipFile, zlib.error):
        raise refusal(file, "damaged parts", SAVED) from None


def refusal(file: str, found: str, expected: str) -> TimelineError:
    """An error about a file as a whole."""
    return TimelineError([Fault(file, None, None, found, expected)])


def _inflate(raw: bytes, file: str) -> dict[str, bytes]:
    if len(raw) > MOST_BYTES:
        raise refusal(file, f"{len(raw)} bytes", f"at most {MOST_BYTES}")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(file, "an old (.xls) or encrypted workbook", "a workbook (.xlsx) without a password")
    if not raw.startswith(b"PK"):
        raise refusal(file, "no workbook", SAVED)
    # Counted before zipfile makes an object of each.
    if raw.count(b"PK\x01\x02") > MOST_PARTS:
        raise refusal(file, f"more than {MOST_PARTS} parts", SAVED)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        _check_names([member.filename for member in members], file)
        if any(member.flag_bits & 1 for member in members):
            raise refusal(file, "an encrypted part", "a workbook (.xlsx) without a password")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise refusal(file, "parts that are not deflated", SAVED)
        if sum(member.file_size for member in members) > MOST_INFLATED:
            raise refusal(file, f"parts of more than {MOST_INFLATED} bytes", SAVED)
        parts, left = {}, MOST_INFLATED
        for member in members:
            # The directory may lie: the stream ends at the size it names, or fails its checksum.
            with archive.open(member) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0:
                raise refusal(file, f"parts of more than {MOST_INFLATED} bytes", SAVED)
            if member.filename.lower().endswith((".xml", ".rels")):
                parts[member.filename.lower()] = content
    return parts


def _check_names(names: list[str], file: str) -> None:
    lower = [name.lower() for name in names]
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise refusal(file, f"a part named {name}", SAVED)
    if len(set(lower)) < len(lower):
        twice = next(name for name in lower if lower.count(name) > 1)
        raise refusal(file, f"two parts named {twice}", SAVED)
    for name in lower:
        carried = [what for beginning, what in _REFUSED.items() if name.startswith(beginning)]
        if carried:
            raise refusal(file, f"{carried[0]} ({name})", PLAIN)
    if "xl/workbook.xml" not in lower:
        kind = "an OpenDocument file" if "content.xml" in lower else "a zip without xl/workbook.xml"
        raise refusal(file, kind, SAVED)
