"""Zip archives as bytes: made so that the same files give the same bytes, and read without trust in what they say."""

import io
import struct
import zipfile
import zlib

from .faults import Fault, TimelineError

MOST_BYTES = 5_000_000
MOST_PARTS = 500
MOST_INFLATED = 30_000_000


def zip_bytes(contents: dict[str, bytes]) -> bytes:
    """Files as a zip, without the time at which it was made.

    Examples
    --------
    >>> members(zip_bytes({"a/b.txt": b"text"}), "a.zip", "a zip")
    {'a/b.txt': b'text'}
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def refusal(file: str, found: str, expected: str) -> TimelineError:
    """An error about a file as a whole."""
    return TimelineError([Fault(file, None, None, found, expected)])


def members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    """What a zip holds, by name; each member is inflated once, and counted, whatever the directory says of its size.

    Parameters
    ----------
    raw, file : bytes, str
        The zip, and its name for the messages.
    expected : str
        What would be right, for the messages.

    Raises
    ------
    TimelineError
        With one fault: it is no zip, is damaged or encrypted, or holds more than is read.
    """
    try:
        return _members(raw, file, expected)
    except (ValueError, LookupError, EOFError, RuntimeError, OSError, struct.error, zipfile.BadZipFile, zlib.error):
        raise refusal(file, "damaged parts", expected) from None


def _members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    if len(raw) > MOST_BYTES:
        raise refusal(file, f"{len(raw)} bytes", f"at most {MOST_BYTES}")
    # Counted before zipfile makes an object of each.
    if raw.count(b"PK\x01\x02") > MOST_PARTS:
        raise refusal(file, f"more than {MOST_PARTS} parts", expected)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        there = archive.infolist()
        _check_names([member.filename for member in there], file, expected)
        if any(member.flag_bits & 1 for member in there):
            raise refusal(file, "an encrypted part", f"{expected}, without a password")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in there):
            raise refusal(file, "parts that are not deflated", expected)
        contents, left = {}, MOST_INFLATED
        for member in there:
            # The directory may lie: the stream ends at the size it names, or fails its checksum.
            with archive.open(member) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0:
                raise refusal(file, f"parts of more than {MOST_INFLATED} bytes", expected)
            contents[member.filename] = content
    return contents


def _check_names(names: list[str], file: str, expected: str) -> None:
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise refusal(file, f"a part named {name}", expected)
    lower = [name.lower() for name in names]
    if len(set(lower)) < len(lower):
        twice = next(name for name in lower if lower.count(name) > 1)
        raise refusal(file, f"two parts named {twice}", expected)
