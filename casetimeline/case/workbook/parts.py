"""The bytes of an Excel workbook to its parts. What it may carry beside cells (macros, links, objects) is refused."""

from ...archive import members, refusal

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
