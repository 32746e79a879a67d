"""A path that is not there is said to be so, by every command, before anything is done."""

import shutil

import pytest
from conftest import ROOT

from casetimeline.cli import main

MADE_FROM = (("--notebooks", str(ROOT / "notebooks")), ("--lock", str(ROOT / "requirements.lock")))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a data folder of one case, an empty folder and an empty file, which is where commands are given."""
    shutil.copytree(ROOT / "data" / "fu-2025", tmp_path / "data" / "fu-2025")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    shutil.copy(ROOT / "data" / "README.md", tmp_path / "book.xlsx")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            "check nowhere",
            "nowhere: found 'no such file'; expected a case folder, a folder of cases, or a CSV or Parquet file",
        ),
        ("check dat/fu-2025", "fu-2025: found 'no such file'"),
        # The name of a case alone: it stands in data/.
        ("check fu-2025", "did you mean 'data/fu-2025'?"),
        ("derive fu-2025 -o o.csv", "did you mean 'data/fu-2025'?"),
        ("depends fu-2025 --row 2", "fu-2025: found 'no such folder'; expected a case folder, looked for in "),
        ("depends fu-2025 --row 2", "did you mean 'data/fu-2025'?"),
        ("prove fu-2025 --text file", "did you mean 'data/fu-2025'?"),
        ("diff fu-2025 data/fu-2025", "did you mean 'data/fu-2025'?"),
        ("depends nowhere --row 2", "nowhere: found 'no such folder'; expected a case folder, looked for in "),
        ("depends data/fu-2025 --row 99", "--row: found '99'; expected a line with a row: 2 to 18"),
        ("check data/fu-205", "expected a case of this folder: fu-2025; did you mean 'fu-2025'?"),
        ("check data/fu-2025/timelin.csv", "data/fu-2025/timeline.csv'?"),
        ("check empty", "empty: found 'a folder without a timeline.csv'"),
        ("check book.xlsx", "`casetimeline import` reads a workbook"),
        ("derive nowhere -o o.csv", "nowhere: found 'no such file'"),
        ("derive data -o empty.csv", "empty.csv: found 'a folder'; expected a file"),
        ("derive data -o file/o.csv", "found 'a file as the folder file'"),
        ("import nowhere.xlsx", "nowhere.xlsx: found 'no such file'; expected a workbook"),
        ("import boook.xlsx", "did you mean 'book.xlsx'?"),
        ("import empty", "empty: found 'a folder'; expected a workbook"),
        ("import data/fu-2025/timeline.csv", "a timeline.csv needs no import"),
        ("import book.xlsx --data file", "file: found 'a file'; expected a folder to write into"),
        ("new a-case --data file", "file: found 'a file'; expected a folder to write into"),
        ("report --case fu-2025 --data nowhere", "nowhere: found 'no such folder'; expected the folder of the cases"),
        ("report --case fu-2025 --data dta", "did you mean 'data'?"),
        ("report --case fu-2025 --data file", "file: found 'a file'; expected the folder of the cases"),
        ("report --case fu-205", "expected a case of this folder: fu-2025; did you mean 'fu-2025'?"),
        ("report --case fu-2025 --deny nowhere", "nowhere: found 'no such file'; expected a text file"),
        ("report --case fu-2025 --deny empty", "empty: found 'a folder'; expected a text file"),
        ("report --case fu-2025 --build file", "file: found 'a file'; expected a folder to write into"),
        ("report --case fu-2025 --lock empty", "empty: found 'a folder'; expected the file of exact requirements"),
        ("report --case fu-2025 --notebooks file", "file: found 'a file'; expected a folder with notebooks"),
        ("run --data nowhere", "nowhere: found 'no such folder'; expected the folder of the cases"),
        ("run --data empty", "CASES: found '*'; expected a case of the data folder: it has no folder"),
        ("run fu-205", "did you mean 'fu-2025'?"),
        ("run --only 1_skin", "without .ipynb: 00_course, 01_skin, "),
        ("run --notebooks empty", "notebooks: found 'none'; expected a folder with notebooks"),
        ("run -o file", "file: found 'a file'; expected a folder to write into"),
        ("app --data nowhere", "nowhere: found 'no such folder'; expected the folder of the cases"),
        ("app --data file", "file: found 'a file'; expected the folder of the cases"),
        ("verify nowhere", "nowhere: found 'no such folder'; expected the folder of a report"),
        ("verify file", "file: found 'a file'; expected the folder of a report"),
        ("compare nowhere", "nowhere: found 'no such folder'; expected the folder of a report"),
        ("accept nowhere", "nowhere: found 'no such folder'; expected the folder of a report"),
        ("compare empty", "empty: found 'no notebook of a run'; expected the folder of a report, build/CASE"),
        ("accept data", "data: found 'no notebook of a run'; expected the folder of a report, build/CASE"),
        ("dictionary nowhere.md", "nowhere.md: found 'no such file'; expected the data dictionary"),
        ("dictionary file", "file: found 'no such marks'; expected the line '<!-- dictionary: made by"),
        ("normalise empty", "empty: found 'Is a directory'; expected a notebook that can be read"),
        ("normalise .", ".: found 'Is a directory'; expected a notebook that can be read"),
        ("normalise file", "file: found 'no notebook'; expected a Jupyter notebook"),
        ("extract nowhere a -o made", "nowhere: found 'no such folder'; expected a folder of shards"),
    ],
)
def test_a_path_that_is_not_there_is_one_message(folder, capsys, command, words):
    (folder / "empty.csv").mkdir()
    before = sorted(folder.rglob("*"))
    name, *rest = command.split()
    made_from = []
    for option, path in MADE_FROM if name in ("report", "run", "verify") else ():
        made_from += [] if option in rest else [option, path]
    assert main([name, *rest, *made_from]) == 2
    text = capsys.readouterr().err
    assert words in text and "1 fault in the input" in text and "Traceback" not in text
    # The folder that a report is locked by may be there; nothing else has changed.
    assert [path for path in sorted(folder.rglob("*")) if "build" not in path.parts] == before


def test_the_case_file_stands_for_its_case(folder, capsys):
    assert main(["check", "data/fu-2025/case.yaml"]) == 0
    assert "fu-2025: 17 rows, no fault" in capsys.readouterr().out
