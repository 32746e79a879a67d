"""What is found of a file: a property, what was measured, what is asked."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One property of one file: what was measured, what is asked, and whether it holds."""

    file: str
    what: str
    measured: str
    asked: str
    holds: bool


def found(what: str, measured, asked, holds: bool) -> Finding:
    """A finding whose file is not named yet."""
    return Finding("", what, str(measured), str(asked), bool(holds))


def proof_table(findings: list[Finding]) -> str:
    """Findings as tab-separated text."""
    rows = [("file", "property", "measured", "asked", "holds")]
    rows.extend((*finding[:4], "yes" if finding.holds else "no") for finding in findings)
    return "".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) + "\n" for row in rows)
