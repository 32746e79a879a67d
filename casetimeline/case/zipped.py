"""A case folder in a zip, as the page saves it: its files, and the parts that are none of them."""

from pathlib import PurePosixPath

from ..faults import TimelineError, fault
from ..files import CASE_FILES, TABLES, members
from ..vocabulary import check_case_id
from .model import Recorded
from .proof.sources import texts_named_in
from .tables.separated import of_statistics

TAKEN = "a workbook (.xlsx), or a case folder as the page saves it (.zip)"
_NEEDED = CASE_FILES[:2]
_ELSEWHERE = "a table of another program: data/README.md, 'A table from elsewhere'"
# What is done with files of other kinds, by how their names end.
_OTHERS = {
    ".csv": f"{_ELSEWHERE}; a timeline.csv needs no import: it belongs into a folder of its own",
    ".ods": "in the spreadsheet, save as Excel workbook (.xlsx)",
    ".xls": "in the spreadsheet, save as Excel workbook (.xlsx)",
    ".parquet": "a table of columns needs no import: `casetimeline check` and `casetimeline derive` read it",
    **dict.fromkeys((".json", ".xml", ".tsv", ".txt"), _ELSEWHERE),
}


def taken_of(file: str) -> str:
    """What an import takes, and how a file of another kind is brought in.

    Examples
    --------
    >>> taken_of("a.ods").partition("; ")[2], taken_of("a.sav").partition("; ")[2][:19]
    ('in the spreadsheet, save as Excel workbook (.xlsx)', 'save as CSV in SPSS')
    """
    more = of_statistics(file) or _OTHERS.get(PurePosixPath(file).suffix.lower(), "")
    return "; ".join(filter(None, [TAKEN, more]))


def read_folder(raw: bytes, file: str) -> tuple[str, Recorded]:
    """The id and the files of a case folder in a zip, with the texts that its rows are proved against.

    Raises
    ------
    TimelineError
        If it is not such a zip.
    """
    contents = members(raw, file, TAKEN)
    paths = [PurePosixPath(name) for name in contents if PurePosixPath(name).name in _NEEDED]
    homes = {path.parent for path in paths}
    if len(paths) != len(_NEEDED) or len(homes) != 1:
        names = ", ".join(list(contents)[:4]) or "nothing"
        raise TimelineError([fault(names, "case.yaml and timeline.csv of one case folder", at=file)])
    home = homes.pop()
    if not home.name:
        expected = (
            "both in a folder that has the name of the case, as in my-case/case.yaml: zip the folder, not its files"
        )
        raise TimelineError([fault(", ".join(_NEEDED), expected, at=file)])
    check_case_id(home.name, at=file)
    recorded = Recorded(*(contents.get((home / name).as_posix()) for name in CASE_FILES))
    texts = {name: contents.get((home / name).as_posix()) for name in texts_named_in(recorded.about)}
    return home.name, recorded._replace(texts=tuple(pair for pair in texts.items() if pair[1] is not None))


def unused_parts(raw: bytes, file: str) -> list[str]:
    """The parts of such a zip that are not read, each with where it would be; without what a system packs by itself.

    Parameters
    ----------
    raw, file : bytes, str
        A zip that `read_folder` reads, and its name.
    """
    contents = members(raw, file, TAKEN)
    about = next(PurePosixPath(name) for name in contents if PurePosixPath(name).name == CASE_FILES[0])
    read = {*CASE_FILES, *texts_named_in(contents[about.as_posix()])}
    parts = [
        PurePosixPath(name)
        for name in contents
        if not name.endswith("/") and not name.startswith("__MACOSX/") and PurePosixPath(name).name != ".DS_Store"
    ]
    return [_unused(part) for part in parts if part.parent != about.parent or part.name not in read]


def _unused(part: PurePosixPath) -> str:
    is_shared = part.name in TABLES and part.name not in CASE_FILES
    return f"{part}{': such a table stands beside the folders of the cases, for all of them' if is_shared else ''}"
