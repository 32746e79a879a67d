"""Files that a reader brings along, and the workbook that is taken home."""

import base64
from pathlib import PurePath

import pandas as pd

from ..case import Recorded, Vocabulary, read_folder, read_workbook, workbook_bytes
from ..faults import Fault, TimelineError
from .draft import Draft, draft_of, is_fact, new_draft
from .quotas import MOST_BYTES

_TAKEN = "a workbook (.xlsx), a case folder (.zip), or a timeline.csv with or without its case.yaml"


def read_files(told: object) -> Draft:
    """The case that files hold.

    Parameters
    ----------
    told : list of dict
        `name` and `content`, in base64, of each file.

    Raises
    ------
    TimelineError
        If they are not what a page takes, larger than it takes, or cannot be read.
    """
    files = [_file(one) for one in told] if isinstance(told, list) else []
    if sum(len(content) for _, content in files) > MOST_BYTES:
        expected = f"at most {MOST_BYTES} bytes"
        raise TimelineError([Fault(files[0][0], None, None, "more bytes than this page takes", expected)])
    by_kind = {PurePath(name).suffix.lower(): (name, content) for name, content in files}
    kinds = set(by_kind)
    if len(by_kind) != len(files) or kinds not in ({".xlsx"}, {".zip"}, {".csv"}, {".csv", ".yaml"}, {".csv", ".yml"}):
        names = ", ".join(name for name, _ in files) or "no file"
        raise TimelineError([Fault("files", None, None, names, _TAKEN)])
    if ".xlsx" in by_kind:
        name, content = by_kind[".xlsx"]
        read = read_workbook(content, name)
        return draft_of(Recorded(read.about, read.timeline), read.case_id)
    if ".zip" in by_kind:
        name, content = by_kind[".zip"]
        case_id, recorded = read_folder(content, name)
        return draft_of(recorded, case_id)
    name, timeline = by_kind[".csv"]
    stem = PurePath(name).stem
    _, about = by_kind.get(".yaml") or by_kind.get(".yml") or ("", b"")
    if about:
        return draft_of(Recorded(about, timeline), stem)
    bare = draft_of(Recorded(b"case_id: a\n", timeline), stem)
    # Nothing is known of the phases but their numbers.
    about = {name: content for name, content in new_draft(bare.case_id).about.items() if name != "phases"}
    return bare._replace(about={**about, "sources": _sources(bare)})


def _file(told: object) -> tuple[str, bytes]:
    if not isinstance(told, dict):
        raise TimelineError([Fault("files", None, None, "something else", _TAKEN)])
    name = PurePath(str(told.get("name", ""))).name[:100]
    try:
        return name, base64.b64decode(str(told.get("content", "")), validate=True)
    except ValueError:
        raise TimelineError([Fault(name, None, None, "no base64", "the content of a file in base64")]) from None


def _sources(draft: Draft) -> list[dict[str, str]]:
    """The sources that rows name, for a case.yaml that is not there."""
    return [{"id": name} for name in dict.fromkeys(row["source"] for row in draft.rows) if name]


def draft_workbook(draft: Draft, vocabulary: Vocabulary) -> bytes:
    """A draft as a workbook, also with faults; not with a case.yaml of another shape, which has no place in a form.

    Raises
    ------
    TimelineError
        For each part of another shape, and for a text that no cell holds.
    """
    rows = [{"case_id": draft.case_id, **row} for row in draft.rows if is_fact(row)]
    return workbook_bytes(draft.about, pd.DataFrame(rows, columns=["case_id", *draft.columns], dtype=str), vocabulary)
