"""Measures of one case alone, in a measures.csv beside its timeline."""

import base64
import shutil

import pytest
from conftest import ROOT, refused

from casetimeline.case import (
    check_workbook,
    derive_path,
    import_case,
    interpret_case,
    new_case,
    parse_case,
    read_case,
    read_folder,
    read_path,
    read_workbook,
    store_case,
    workbook_bytes,
)
from casetimeline.case.workbook.cells import read_package
from casetimeline.case.workbook.sheets import MEASURES, TABLES
from casetimeline.cli import main
from casetimeline.explore.session import Session
from casetimeline.files import zip_bytes
from casetimeline.rules.analysis import analyse
from casetimeline.workflow.plan import digest_inputs

DATA = ROOT / "data"
HEADER = "code,kind,label,unit,grades,better\n"
PTHRP = HEADER + "pthrp,observation,PTH-related peptide,pmol/L,,\n"
ROWS = (
    "a,1,observation,pthrp,,,9,pmol/L,,,,,,chart,",
    "a,2,observation,pthrp,,,4,pmol/L,,,,,,chart,",
)


@pytest.fixture
def folder(write_case):
    """A data folder with the tables, and a case of two values of a measure that they do not have."""
    return write_case(*ROWS) / "a"


def test_a_score_of_the_case_needs_no_unit_for_its_change(write_case):
    # From 22 to 0.5 points are 21.5 less; a substance without its unit has no change.
    rows = [
        f"a,{phase},observation,{code},,,{value},,,,,,,chart,"
        for code in ("bvas", "pthrp")
        for phase, value in ((1, 22), (2, 0.5))
    ]
    folder = write_case(*rows) / "a"
    (folder / "measures.csv").write_text(f"{PTHRP}bvas,observation,BVAS,points,,lower\n")
    analysis = analyse(folder)
    changes = analysis.changes.set_index("code").loc[:, "CHG"].groupby(level=0).last()
    assert changes["bvas"] == -21.5 and changes.isna()["pthrp"]
    (note,) = [note for note in analysis.case.notes if "no unit" in note]
    assert "lines 4, 5: no unit; the value is not compared with others, and no change is computed" in note


def test_a_measure_of_the_case_is_read_with_its_unit_and_is_no_measure_of_another(folder, write_case):
    (fault, *_) = refused(read_case, folder.parent, "a")
    assert fault.column == "code" and fault.found == "pthrp"
    (folder / "measures.csv").write_text(PTHRP)
    case = read_case(folder.parent, "a")
    assert case.facts[["PARAM", "AVAL", "AVALU"]].to_numpy().tolist() == [
        ["PTH-related peptide", 9, "pmol/L"],
        ["PTH-related peptide", 4, "pmol/L"],
    ]
    assert "a/measures.csv: adds to the measures of all cases: pthrp" in case.notes
    write_case("b,1,observation,pthrp,,,9,pmol/L,,,,,,chart,", case_id="b")
    assert refused(read_case, folder.parent, "b")[0].found == "pthrp"


@pytest.mark.product
def test_the_digest_and_the_inputs_of_a_report_hold_the_file_only_where_it_is(folder):
    before = digest_inputs(folder.parent, ("a",), [], folder / "none.lock")
    (folder / "measures.csv").write_text(PTHRP)
    after = digest_inputs(folder.parent, ("a",), [], folder / "none.lock")
    assert after.keys() - before.keys() == {"data/a/measures.csv"}
    assert {name: after[name] for name in before} == before
    first = read_case(folder.parent, "a").sha256
    (folder / "measures.csv").write_text(PTHRP.replace("PTH-", "Parathyroid hormone-"))
    assert read_case(folder.parent, "a").sha256 != first


@pytest.mark.parametrize(
    ("row", "found", "expected"),
    [
        ("ck,observation,Creatine kinase,ng/mL,,lower", "ck, with the unit ng/mL", "has the unit U/L"),
        ("ck,observation,Cholesterol,U/L,,lower", "ck, with the label Cholesterol", "has the label Creatine kinase"),
        ("ck,observation,Creatine kinase,U/L,,higher", "ck, with the better higher", "has the better lower"),
        ("ck,event,Creatine kinase,U/L,,lower", "ck, with the kind event", "has the kind observation"),
        ("lvef,observation,Left ventricular ejection fraction,%,none|low,higher", "grades none|low", "(blank)"),
        ("cpk,observation,My CPK,U/L,,lower", "cpk", "it is a name of ck (Creatine kinase)"),
        ("x,thing,X,,,", "thing", "one of observation"),
        ("x,observation,X,,,up", "up", "lower, higher, or blank"),
        ("x,observation,,,,", "", "a name"),
        ("a b,observation,X,,,", "a b", "letters, digits"),
    ],
)
def test_another_meaning_of_a_code_is_a_fault_that_tells_both(folder, row, found, expected):
    (folder / "measures.csv").write_text(f"{PTHRP}{row}\n")
    (fault,) = [fault for fault in refused(read_case, folder.parent, "a") if fault.file == "a/measures.csv"]
    assert (fault.line, found in fault.found, expected in fault.expected) == (3, True, True)


def test_a_factor_or_a_scale_that_differs_is_another_meaning(folder):
    header = "code,kind,label,unit,grades,better,units,low,high,scale\n"
    for row, said in (
        ("ck,observation,Creatine kinase,U/L,,lower,U/L=1|ukat/L=6,,,", "ukat/L=6"),
        ("mrss,observation,Modified Rodnan skin score,points,,lower,points=1,0,100,", "high 100"),
        # A degree Celsius has no zero of its own; a ratio would have.
        ("body_temperature,observation,Body temperature,Cel,,,Cel=1,,,ratio", "scale ratio"),
    ):
        (folder / "measures.csv").write_text(f"{header}pthrp,observation,P,pmol/L,,,,,,\n{row}\n")
        (fault,) = refused(read_case, folder.parent, "a")
        assert said in fault.found


def test_a_measure_that_is_told_once_more_is_no_fault_and_no_news(folder):
    # With a unit in other letters than in the vocabulary, and the scale that is meant where it is blank there.
    rows = "pthrp,observation,P,pmol/L,,,,\nck,observation,creatine kinase,U/L,,lower,U/L=1|units/litre=1,ratio\n"
    (folder / "measures.csv").write_text(f"code,kind,label,unit,grades,better,units,scale\n{rows}")
    case = read_case(folder.parent, "a")
    assert "a/measures.csv: adds to the measures of all cases: pthrp" in case.notes
    assert list(case.measures.index).count("ck") == 1 and len(case.measures.loc["ck", "units"]) > 5


@pytest.mark.product
def test_check_reads_it_and_names_its_faults(folder, capsys):
    (folder / "measures.csv").write_text(PTHRP)
    assert main(["check", str(folder)]) == 0
    (folder / "measures.csv").write_text("code,kind\nx,observation\n")
    assert main(["check", str(folder)]) == 2
    told = capsys.readouterr().err
    assert "a/measures.csv, line 1, column label" in told and "pthrp" not in told
    # Without a case.yaml, too, the table beside a timeline is that of the case.
    (folder / "measures.csv").write_text(PTHRP)
    (folder / "case.yaml").unlink()
    (reading,) = read_path(folder)
    assert not reading.faults and reading.measures["label"]["pthrp"] == "PTH-related peptide"


def test_a_folder_of_a_zip_keeps_it_and_one_without_it_sets_it_aside(folder, tmp_path):
    contents = {f"a/{path.name}": path.read_bytes() for path in folder.iterdir()} | {"a/measures.csv": PTHRP.encode()}
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_bytes(contents))
    case_id, recorded = read_folder(archive.read_bytes(), "a.zip")
    assert (case_id, recorded.measures) == ("a", PTHRP.encode())
    other = tmp_path / "other"
    lines = import_case(archive, other)
    assert f"written   {other / 'a/measures.csv'}" in lines
    assert {f"a/{path.name}": path.read_bytes() for path in (other / "a").iterdir()} == contents
    lines = store_case(other, "a", recorded._replace(measures=None))
    kept = other / "a/replaced/measures.csv"
    assert f"removed   {other / 'a/measures.csv'}; what was there is kept as {kept}" in lines
    assert kept.read_bytes() == PTHRP.encode() and not (other / "a/measures.csv").exists()


def test_a_folder_with_its_own_tables_of_measures_needs_no_other(tmp_path):
    data = tmp_path / "cases"
    shutil.copytree(DATA / "fu-2025", data / "fu-2025")
    (data / "measures.csv").write_text(HEADER + "mrss,observation,Skin,points,,lower\n")
    text = "case_id,phase,kind,code,value,unit,source\n"
    rows = ("fu-2025,1,observation,mrss,46,points,chart", "fu-2025,2,observation,mrss,32,points,chart")
    (data / "fu-2025/timeline.csv").write_text(text + "\n".join(rows) + "\n")
    (data / "fu-2025/case.yaml").write_text("case_id: fu-2025\nanalysis: {baseline: first}\n")
    case = read_case(data, "fu-2025")
    assert case.facts["AVAL"].tolist() == [46, 32] and case.measures["label"]["mrss"] == "Skin"
    # The notebooks of the project are about these, whatever the case is.
    assert {"ck", "pericardial_effusion"} <= {*case.measures.index} and "crp" not in case.measures.index
    assert "rules.csv, comparators.csv, the measures ck, pericardial_effusion" in case.notes[0]
    assert {"mrss"} == set(analyse(case).verdicts["PARAMCD"])


@pytest.mark.product
def test_a_workbook_takes_the_measures_there_and_back(folder, vocabulary):
    (folder / "measures.csv").write_text(PTHRP)
    text = PTHRP + 'level,observation,"Level, as told",,none|high,higher\n'
    case = read_case(folder.parent, "a")
    facts = case.facts[["case_id", "phase", "kind", "code", "value", "unit", "source"]].astype(str)
    imported = read_workbook(workbook_bytes(case.about, facts, vocabulary, text), "a.xlsx")
    assert imported.measures == text.encode()
    again = interpret_case(parse_case("a", imported.recorded, vocabulary), vocabulary)
    assert again.facts["AVAL"].tolist() == [9, 4] and again.measures["grades"]["level"] == ("none", "high")
    assert read_workbook(workbook_bytes(case.about, facts, vocabulary), "a.xlsx").measures is None


@pytest.mark.product
def test_a_fault_of_a_measure_stands_at_its_cell(folder, vocabulary):
    (folder / "measures.csv").write_text(PTHRP)
    case = read_case(folder.parent, "a")
    facts = case.facts[["case_id", "phase", "kind", "code", "value", "unit", "source"]].astype(str)
    wrong = PTHRP + "ck,observation,Creatine kinase,ng/mL,,lower\n"
    raw = workbook_bytes(case.about, facts, vocabulary, wrong)
    (fault,) = refused(check_workbook, raw, "a.xlsx", vocabulary)
    assert (fault.cell, "has the unit U/L" in fault.expected) == ("Measures!A3", True)


@pytest.mark.product
def test_a_new_case_has_a_sheet_for_its_measures(tmp_path):
    new_case(tmp_path, "x")
    assert {path.name for path in (tmp_path / "x").iterdir()} == {"case.yaml", "timeline.csv", "x.xlsx"}
    sheets = {sheet.name for sheet in read_package((tmp_path / "x/x.xlsx").read_bytes(), "x.xlsx").sheets}
    assert "Measures" in sheets


@pytest.mark.product
def test_the_page_keeps_the_measures_of_a_case(folder):
    (folder / "measures.csv").write_text(PTHRP)
    session = Session(folder.parent, "a")
    (opened, _) = session.answers({"do": "draft", "choice": {"case": "a"}})
    assert opened["measures"] == PTHRP
    message = {"about": opened["about"], "rows": opened["rows"], "measures": opened["measures"], "form": "zip"}
    (saved, _) = session.answers({"do": "save", **message})
    case_id, recorded = read_folder(base64.b64decode(saved["content"]), saved["name"])
    assert (case_id, recorded.measures) == ("a", PTHRP.encode())
    kinds = [answer["is"] for answer in session.answers({"do": "check", **message, "choice": {}})]
    assert "checked" in kinds and "faults" not in kinds
    look = {"do": "look", "choice": {"case": "a", "figure": "measure", "measure": "pthrp"}}
    assert [answer["is"] for answer in session.answers(look)] == ["look", "end"]
    without = {**message, "measures": ""}
    (fault, _) = session.answers({"do": "check", **without, "choice": {}})
    assert fault["is"] == "faults" and "pthrp" in fault["text"]


@pytest.mark.product
def test_a_measure_of_one_case_of_many_can_be_derived_alone(folder, write_case):
    (folder / "measures.csv").write_text(PTHRP)
    write_case("Z,1,observation,ck,,,900,U/L,,,,,,chart,", case_id="Z")
    table, _ = derive_path(folder.parent, measure="PTH-related peptide")
    assert table["AVAL"].tolist() == [9, 4]


def test_a_way_of_writing_that_the_file_refuses_is_kept_apart_from_the_one_that_it_reads(folder):
    """24 hours are a day, and the file reads the one and refuses the other, however that is spelt."""
    table = "code,kind,label,unit,grades,better,units_refused\npthrp,observation,P,g/24h,,,g/d=say 24 h\n"
    (folder / "measures.csv").write_text(table)
    header, *_ = (folder / "timeline.csv").read_text().splitlines()
    rows = [f"a,{phase},observation,pthrp,,,9,{unit},,,,,,chart," for phase, unit in ((1, "g/24 hrs"), (2, "g/day"))]
    (folder / "timeline.csv").write_text("\n".join([header, *rows]) + "\n")
    (fault,) = refused(read_case, folder.parent, "a")
    assert (fault.line, fault.column, fault.expected) == (3, "unit", "g/24h; say 24 h")


def test_the_scale_of_a_measure_is_asked_for_in_the_workbook_and_on_the_page():
    scales = ("ratio", "interval", "ordinal", "titre")
    (meaning,) = (field.meaning for field in TABLES[MEASURES] if field.name == "scale")
    page = (ROOT / "casetimeline/explore/page/measures.js").read_text(encoding="utf-8")
    assert all(f"`{scale}`" in meaning for scale in scales)
    assert 'scale: ["", "ratio", "interval", "ordinal", "titre"]' in page and page.count('"scale"') == 1


def test_the_sheet_of_measures_begins_with_as_many_columns_as_the_dictionary_says():
    names = [field.name for field in TABLES[MEASURES]]
    columns = (ROOT / "data/measures.csv").read_text(encoding="utf-8").partition("\n")[0].split(",")
    readme = (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert {*names} < {*columns} and f"a workbook, which begins with {len(names)} of them" in readme
