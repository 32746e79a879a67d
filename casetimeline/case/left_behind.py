"""What the files of a case have and its workbook lacks: rows that were accepted, and digests, written beside it."""

from collections.abc import Mapping

from ..faults import TimelineError, first_few
from ..files import CASE_FILES
from .form.about import parse_about
from .model import Recorded
from .tables.dialect import read_rows

# Which fact a row tells, whatever it says of it.
_OF_A_FACT = ("kind", "code", "phase", "start", "site")


def left_behind(earlier: Mapping[str, bytes], imported: Recorded) -> list[str]:
    """What stands in the earlier files of a case and in no row or source of its workbook, one line for each kind.

    Parameters
    ----------
    earlier : mapping of str to bytes
        The files as they were, by name. One that cannot be read says nothing.
    imported : Recorded
        The files as the workbook has them.

    Examples
    --------
    >>> header = b"case_id,phase,kind,code,value,unit,source\\n"
    >>> rows = b"a,1,observation,mrss,46,,x\\n", b"a,2,observation,mrss,32,,x\\n"
    >>> imported = Recorded(b"case_id: a\\nsources: [{id: x}]\\n", header + rows[0])
    >>> about = b"case_id: a\\nsources: [{id: x, sha256: 5d8a}]\\n"
    >>> for line in left_behind({"case.yaml": about, "timeline.csv": header + rows[0] + rows[1]}, imported):
    ...     print(line)
    the earlier timeline.csv has what no row of the workbook has: line 3
    the earlier case.yaml has a sha256 that the sheet Sources lacks: 'x'; no text proves its rows
    """
    about, timeline = CASE_FILES[:2]
    try:
        lines = _rows_only_in(earlier.get(timeline, b""), imported.timeline, timeline)
        sources = _digests_only_in(earlier.get(about, b""), imported.about, about)
    except TimelineError:
        return []
    places = f"line{'' if len(lines) == 1 else 's'} {first_few(map(str, lines))}"
    return [
        *([f"the earlier {timeline} has what no row of the workbook has: {places}"] if lines else []),
        *(
            f"the earlier {about} has a sha256 that the sheet Sources lacks: {name!r}; no text proves its rows"
            for name in sources
        ),
    ]


def _rows_only_in(earlier: bytes, later: bytes, name: str) -> list[int]:
    """The lines of one table whose facts another does not have; a fact that was corrected is there."""
    if not earlier:
        return []
    (before, _), (after, _) = read_rows(earlier, name), read_rows(later, name)
    columns = [column for column in _OF_A_FACT if column in before]
    known = set(after.reindex(columns=columns, fill_value="").itertuples(index=False, name=None))
    rows = zip(before["line"], before[columns].itertuples(index=False, name=None), strict=True)
    return [line for line, row in rows if row not in known]


def _digests_only_in(earlier: bytes, later: bytes, name: str) -> list[str]:
    """The sources of one case.yaml with a digest for which another has none."""
    known = _digests(later, name)
    return [source for source in _digests(earlier, name) if source not in known]


def _digests(raw: bytes, name: str) -> dict[str, str]:
    sources = parse_about(raw.decode(errors="replace"), name).get("sources", []) if raw else []
    with_digest = (each for each in sources if isinstance(each, dict) and each.get("sha256"))
    return {each.get("id", ""): each["sha256"] for each in with_digest}
