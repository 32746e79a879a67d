"""A case as an Excel workbook and back: what a person fills in, what a spreadsheet turns it into, and hostile files."""

import csv
import datetime
import io
import re
import struct
import zipfile

import openpyxl
import pytest
import yaml
from conftest import ROOT, first_in_gate, in_gate
from hypothesis import given, strategies as st

from casetimeline.case.author import check_workbook
from casetimeline.case.form.about import parse_about
from casetimeline.case.model import Recorded, interpret_case, parse_case
from casetimeline.case.read import read_recorded, read_vocabulary
from casetimeline.case.workbook.cells import read_package
from casetimeline.case.workbook.entries import text_of
from casetimeline.case.workbook.placed import at_cells, notes_at_cells
from casetimeline.case.workbook.read import Imported, grids_as_read, read_workbook
from casetimeline.case.workbook.write import marked_bytes, workbook_bytes
from casetimeline.faults import Fault, TimelineError
from casetimeline.files import MOST_BYTES, MOST_PARTS, list_cases, zip_bytes
from casetimeline.values import parse_time
from casetimeline.vocabulary import CLAIM_TESTS, COLUMN_NAMES, KINDS, STATES

DATA = ROOT / "data"
VOCABULARY = read_vocabulary(DATA, [])


def parsed(case_id):
    return parse_case(case_id, read_recorded(DATA / case_id, []), VOCABULARY)


FILES = ("case.yaml", "timeline.csv")
INDEX = parsed("fu-2025")
WHOLE = workbook_bytes(INDEX.about, INDEX.texts, VOCABULARY)


def edited(change, raw=WHOLE):
    """The workbook as somebody saved it after a change."""
    workbook = openpyxl.load_workbook(io.BytesIO(raw))
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def faults_of(raw, file="a.xlsx"):
    with pytest.raises(TimelineError) as caught:
        read_workbook(raw, file)
    return caught.value.faults


def with_part(name, content, raw=WHOLE):
    """The workbook with one part added or replaced."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return zip_bytes({**parts, name: content})


def part_of(name, raw=WHOLE):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name)


@pytest.mark.product
@pytest.mark.parametrize("case_id", in_gate("openneurol2024-64f", of=list_cases(DATA)))
def test_a_case_goes_into_a_workbook_and_comes_back_whole(case_id):
    before = parsed(case_id)
    raw = workbook_bytes(before.about, before.texts, VOCABULARY)
    read = read_workbook(raw, f"{case_id}.xlsx")
    measures = read_recorded(DATA / case_id, []).measures
    # The sheet of measures is filled from the file that stands beside the timeline.
    after = parse_case(case_id, Recorded(read.about, read.timeline, measures), VOCABULARY)
    # Two cases print a value with three digits behind its point.
    notes = [note for note in read.notes if "never as a mark of thousands" not in note]
    assert (after.about, after.faults, notes) == (before.about, (), [])
    columns = list(COLUMN_NAMES)
    assert after.texts[columns].to_numpy().tolist() == before.texts[columns].to_numpy().tolist()
    # And another program reads it as texts, none of them a formula.
    workbook = openpyxl.load_workbook(io.BytesIO(raw))
    assert {cell.data_type for sheet in workbook for row in sheet for cell in row} <= {"s", "n"}
    assert all(cell.value is None for sheet in workbook for row in sheet for cell in row if cell.data_type == "n")


@pytest.mark.product
def test_the_same_case_gives_the_same_bytes():
    assert workbook_bytes(INDEX.about, INDEX.texts, VOCABULARY) == WHOLE
    assert b"2026" not in part_of("docProps/core.xml") and b"2000-01-01" in part_of("docProps/core.xml")


def test_drop_downs_offer_the_words_of_the_schema():
    workbook = openpyxl.load_workbook(io.BytesIO(WHOLE))
    timeline = workbook["Timeline"]
    header = {cell.value: cell.column_letter for cell in timeline[1]}
    offered = {}
    for validation in timeline.data_validations.dataValidation:
        letter = re.match("[A-Z]+", str(validation.sqref))[0]
        offered[next(name for name, there in header.items() if there == letter)] = validation
    assert offered["kind"].formula1 == f'"{",".join(KINDS)}"' and offered["kind"].errorStyle in (None, "stop")
    assert offered["state"].formula1 == f'"{",".join(STATES)}"'
    words = workbook["Words"]
    named = {cell.value: cell.column_letter for cell in words[1] if cell.value}
    # An observation is offered the measures, and any other kind of fact the treatments and procedures.
    kinds = re.fullmatch(r'IF\(\$C2="observation",(.*),(.*)\)', offered["code"].formula1).groups()
    offers = (*zip(("code", "code"), kinds, ("mrss", "tocilizumab"), strict=True),)
    for name, formula, some in (*offers, ("every unit", offered["unit"].formula1, "U/L")):
        first, last = re.fullmatch(rf"Words!\${named[name]}\$(\d+):\${named[name]}\$(\d+)", formula).groups()
        entries = [words[f"{named[name]}{row}"].value for row in range(int(first), int(last) + 1)]
        assert some in entries and None not in entries
    assert "12 wk" in offered["start"].prompt and "ongoing" in offered["end"].prompt
    tests = next(v for v in workbook["Claims"].data_validations.dataValidation if "has_value" in (v.formula1 or ""))
    assert tests.formula1 == f'"{",".join(CLAIM_TESTS)}"'
    # Each column says what it is for.
    assert all(cell.comment for cell in timeline[1])


def set_cell(place, value, shown=None):
    name, _, cell = place.partition("!")

    def change(workbook):
        workbook[name][cell] = value
        if shown:
            workbook[name][cell].number_format = shown

    return change


# Line 3 of fu-2025 is the creatine kinase: row 3 of Timeline, value in G, start in E.
@pytest.mark.product
@pytest.mark.parametrize(
    ("place", "value", "shown", "expected"),
    first_in_gate(
        4,
        [
            ("Timeline!I3", "=900+23", None, "nothing is computed"),
            ("Timeline!I3", True, None, "a logical value"),
            ("Timeline!I3", "#N/A", None, "holds an error"),
            ("Timeline!E3", datetime.datetime(2005, 8, 17, 10, 30), "yyyy-mm-dd hh:mm", "a time of day"),
            ("Timeline!E3", datetime.datetime(2005, 8, 1), "mmm-yy", "made it a date"),
            ("Timeline!E3", datetime.time(3, 4), "hh:mm", "a time of day"),
            ("Timeline!I3", 923.456, "0.0", "the cell shows fewer"),
            ("Timeline!I3", 0.3, "0%", "another form"),
            ("Case!B3", '=HYPERLINK("http://a.example")', None, "nothing is computed"),
        ],
    ),
)
def test_what_a_spreadsheet_made_of_an_entry_is_a_fault_at_its_cell(place, value, shown, expected):
    raw = edited(set_cell(place, value, shown))
    (fault,) = faults_of(raw)
    assert (fault.cell, fault.line) == (place, 3) and expected in fault.expected
    assert str(fault).startswith(f"a.xlsx, cell {place}: found ")


@pytest.mark.product
@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (923, "General", "923"),
        (923.5, "General", "923.5"),
        (46.0, "0", "46"),
        (1e-7, "General", "0.0000001"),
        (1e6, "#,##0", "1000000"),
        # Excel shows fifteen digits, and computes with more.
        (923.0000000000001, "General", "923"),
        (0.1 + 0.2, "0.0", "0.3"),
        # The cell shows 4.20, measured to the hundredth.
        (4.2, "0.00", "4.20"),
        (1.23456789012345, "General", "1.23456789012345"),
    ],
)
def test_a_number_is_its_digits(value, shown, text):
    read = read_workbook(edited(set_cell("Timeline!I3", value, shown)), "a.xlsx")
    assert read.timeline.decode().splitlines()[2].split(",")[6] == text


@pytest.mark.parametrize(
    ("shown", "text"),
    first_in_gate(
        2, [("yyyy-mm-dd", "2005-08-17"), ("dd/mm/yyyy", "2005-08-17"), ("yyyy-mm", "2005-08"), ("yyyy", "2005")]
    ),
)
def test_a_date_has_the_precision_that_the_cell_shows(shown, text):
    read = read_workbook(edited(set_cell("Timeline!E3", datetime.datetime(2005, 8, 17), shown)), "a.xlsx")
    assert read.timeline.decode().splitlines()[2].split(",")[4] == text
    assert any("Timeline!E3" in note for note in read.notes)


@pytest.mark.product
@pytest.mark.parametrize(
    ("place", "column"),
    first_in_gate(
        1, [("Timeline!I3", "value"), ("Timeline!P3", "frequency"), ("Timeline!S3", "method"), ("Sources!G2", "pages")]
    ),
)
def test_a_date_in_a_column_without_dates_is_what_a_spreadsheet_made_of_it(place, column):
    (fault,) = faults_of(edited(set_cell(place, datetime.datetime(2026, 1, 2), "yyyy-mm-dd")))
    assert (fault.cell, fault.column, fault.found) == (place, column, "2026-01-02")
    assert fault.expected == "text; format the cell as Text and type it again; the spreadsheet has made it a date"


@pytest.mark.parametrize(
    ("value", "shown", "seen", "right"),
    [
        # A day and a half as a spreadsheet keeps 36 hours, and a quarter of an hour behind them.
        *first_in_gate(1, [(1.5, "[h]:mm", "36:00", "its unit: 36 h"), (1.5 + 1 / 96, "[h]:mm", "36:15", "36.25 h")]),
        pytest.param(True, "General", "TRUE", "a logical value", marks=pytest.mark.product),
    ],
)
def test_a_cell_is_told_as_it_is_shown(value, shown, seen, right):
    (fault,) = faults_of(edited(set_cell("Timeline!E3", value, shown)))
    assert fault.found == seen and right in fault.expected


@pytest.mark.product
def test_a_header_with_an_apostrophe_is_not_told_to_be_read_as_another():
    read = read_workbook(edited(set_cell("Timeline!AB1", "patient's remark")), "a.xlsx")
    assert not [note for note in read.notes if "columns of the sheet" in note]


def hide_row(workbook):
    workbook["Timeline"].row_dimensions[4].hidden = True


def hide_column(workbook):
    workbook["Timeline"].column_dimensions["I"].hidden = True


def hide_sheet(workbook):
    workbook["Claims"].sheet_state = "hidden"


def merge(workbook):
    workbook["Timeline"].merge_cells("I3:J3")


def rename(workbook):
    workbook["Timeline"].title = "Sheet1"


def double(workbook):
    workbook["Timeline"]["J1"] = "value"


def beside(workbook):
    workbook["Timeline"]["AG3"] = "a remark"


@pytest.mark.parametrize(
    ("change", "cell", "expected"),
    first_in_gate(
        4,
        [
            (hide_row, "Timeline!A4", "a row that is shown"),
            (hide_column, "Timeline!I1", "a column that is shown"),
            (hide_sheet, "Claims!A1", "a sheet that is shown"),
            (merge, "Timeline!I3", "cells apart"),
            (rename, "", "a sheet 'Timeline'"),
            (double, "Timeline!J1", "each column once"),
            (beside, "Timeline!AG3", "a name for this column"),
            (set_cell("Case!B2", "a/b"), "Case!B2", "letters, digits"),
            (set_cell("Sources!A2", None), "Sources!A2", "an id"),
        ],
    ),
)
def test_nothing_is_taken_or_lost_unseen(change, cell, expected):
    faults = faults_of(edited(change))
    assert any(fault.cell == cell and expected in fault.expected for fault in faults), faults


@pytest.mark.product
def test_a_row_that_is_moved_keeps_its_cell_in_every_message():
    """Blank rows above, columns in another order: the fault is where the person sees it."""

    def change(workbook):
        sheet = workbook["Timeline"]
        sheet.insert_rows(3, 2)
        sheet.move_range("I1:I20", cols=17)
        sheet["Z5"] = "52 and more"

    raw = edited(change)
    read = read_workbook(raw, "a.xlsx")
    case = parse_case("fu-2025", Recorded(read.about, read.timeline), VOCABULARY)
    (fault,) = at_cells(case.faults, read, "a.xlsx")
    assert (fault.cell, fault.found) == ("Timeline!Z5", "52 and more")


# A cell of the timeline, its entry and the column or answer of its fault.
FAULTY_CELLS = [
    ("Timeline!J3", "furlong", "unit"),
    ("Timeline!X3", None, "quote"),
    ("Case!B19", "tocilizumap", "analysis: reference"),
    ("Claims!B2", "seems", "claims: 1: test"),
    ("Timeline!I2", "52", "value"),
    ("Timeline!D3", "cck", "code"),
    ("Timeline!W3", "Somebody", "source"),
    ("Case!B18", "2024-13", "time_zero: date"),
    ("Case!B20", "lowest", "analysis: baseline"),
    ("Caveats!A2", "mood", "caveats"),
    ("Phases!A2", "one", "phases"),
]


@pytest.mark.product
@pytest.mark.parametrize("cell", in_gate(*FAULTY_CELLS[:2], of=FAULTY_CELLS), ids=lambda cell: cell[0])
def test_a_fault_of_the_case_stands_at_the_cell_that_it_came_from(cell):
    place, value, column = cell
    read = read_workbook(edited(set_cell(place, value)), "a.xlsx")
    with pytest.raises(TimelineError) as caught:
        interpret_case(parse_case("fu-2025", Recorded(read.about, read.timeline), VOCABULARY), VOCABULARY)
    faults = at_cells(caught.value.faults, read, "a.xlsx")
    assert (place, column) in {(fault.cell, fault.column) for fault in faults}, faults
    marked = marked_bytes(grids_as_read(edited(set_cell(place, value)), "a.xlsx"), tuple(faults), VOCABULARY, "fu-2025")
    workbook = openpyxl.load_workbook(io.BytesIO(marked))
    sheet, _, cell = place.partition("!")
    assert workbook[sheet][cell].fill.start_color.rgb == "FFFFB3B3"
    assert "expected" in workbook[sheet][cell].comment.text
    assert workbook["Faults"]["A2"].value and workbook.active.title == "Faults"


@pytest.mark.product
def test_a_copy_with_marks_computes_nothing():
    raw = edited(set_cell("Timeline!I3", "=1+1"))
    marked = marked_bytes(grids_as_read(raw, "a.xlsx"), faults_of(raw), VOCABULARY, "fu-2025")
    cell = openpyxl.load_workbook(io.BytesIO(marked))["Timeline"]["I3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.product
@pytest.mark.parametrize(
    "text", first_in_gate(4, ["=1+1", "+1", "-2 mo", "@a", "#N/A", "_x000D_", "a\nb", " a", "0012", "1e5", "TRUE", "𝛼"])
)
def test_a_text_stays_the_text_that_it_is(text):
    facts = INDEX.texts.copy()
    facts.loc[0, "note"] = text
    raw = workbook_bytes(INDEX.about, facts, VOCABULARY)
    read = read_workbook(raw, "a.xlsx")
    after = parse_case("fu-2025", Recorded(read.about, read.timeline), VOCABULARY)
    assert after.texts["note"].iloc[0] == text.strip()


@pytest.mark.product
@given(st.dictionaries(st.sampled_from(["title", "diagnosis"]), st.text(max_size=40), max_size=2))
def test_any_words_of_a_form_come_back_or_are_refused(words):
    about = {"case_id": "a", **words}
    try:
        raw = workbook_bytes(about, INDEX.texts.head(1).assign(case_id="a"), VOCABULARY)
    except TimelineError:
        return
    read = parse_about(read_workbook(raw, "a.xlsx").about.decode(), "a/case.yaml")
    kept = {name: text.strip() for name, text in words.items() if text.strip()}
    assert {name: text.replace("\r\n", "\n") for name, text in read.items()} == {"case_id": "a", **kept}


def test_texts_that_cells_share_and_that_have_runs_are_read():
    """As Excel stores them: each text once, in runs where a part of it is bold, with a reading above characters."""
    shared = (
        b"<sst><si><t>mrss</t></si><si><r><t>4</t></r><r><rPr><b/></rPr><t>6</t></r></si>"
        b"<si><t>a_x000D_b</t><rPh sb='0' eb='1'><t>not this</t></rPh></si></sst>"
    )
    cells = b"<c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c><c t='s'><v>3</v></c>"
    rows = b"<worksheet><sheetData><row>%s</row></sheetData></worksheet>"
    rels = part_of("xl/_rels/workbook.xml.rels")
    sheet = re.search(rb'Target="/?(?:xl/)?(worksheets/sheet1.xml)"', rels)[1].decode()
    three = with_part("xl/sharedStrings.xml", shared)
    (first, *_) = read_package(with_part(f"xl/{sheet}", rows % cells[: cells.rindex(b"<c")], three), "a.xlsx").sheets
    assert [cell.text for cell in first.cells.values()] == ["mrss", "46", "a\rb"]
    with pytest.raises(TimelineError):
        read_package(with_part(f"xl/{sheet}", rows % cells, three), "a.xlsx")


STRUCK, PLAIN, RAISED = "<rPr><strike/></rPr>", "", '<rPr><vertAlign val="superscript"/></rPr>'


@pytest.mark.parametrize(
    ("runs", "text", "expected"),
    [
        (((STRUCK, "4"), (PLAIN, "520")), "4520", "without the part that is struck through"),
        (((PLAIN, "new "), (STRUCK, "word")), "new word", "without the part that is struck through"),
        (((PLAIN, "410"), (RAISED, "1")), "4101", "digits on one line"),
        (((PLAIN, "2023-01-10"), (RAISED, "2")), "2023-01-102", "digits on one line"),
        # What is struck through as a whole is noted, and a mark that is switched off is none.
        (((STRUCK, "4"), (STRUCK, "6")), "46", ""),
        ((("<rPr><strike val='0'/></rPr>", "4"), (PLAIN, "6")), "46", ""),
        (((RAISED, "46"),), "46", ""),
        (((PLAIN, "FEV"), ("<rPr><vertAlign val='subscript'/></rPr>", "1")), "FEV1", ""),
        (((PLAIN, "46"), (STRUCK, " ")), "46", ""),
    ],
)
def test_digits_that_are_struck_out_or_raised_are_not_joined_to_a_number(runs, text, expected):
    item = "".join(f"<r>{dress}<t>{part}</t></r>" for dress, part in runs)
    raw = sheet_of(f"<row><c t='inlineStr'><is>{item}</is></c></row>".encode())
    (cell,) = next(sheet for sheet in read_package(raw, "a.xlsx").sheets if sheet.name == "Timeline").cells.values()
    found, fault = text_of(cell)
    assert found == text and (expected in fault if expected else fault == "")


@pytest.mark.product
def test_what_stands_with_a_cell_and_is_not_read_is_told():
    def change(workbook):
        timeline = workbook["Timeline"]
        timeline["I2"].font = openpyxl.styles.Font(strike=True)
        for place in ("I3", "Z90"):
            timeline[place].comment = openpyxl.comments.Comment("should be 33", "a professor")

    notes = read_workbook(edited(change), "a.xlsx").notes
    assert [note.rpartition(": ")[2] for note in notes] == ["Timeline!I2", "Timeline!I3, Timeline!Z90"]
    assert "struck through are read all the same" in notes[0] and "comments of cells are not read" in notes[1]
    # The comments of a copy with marks were made here.
    (fault,) = faults_of(edited(set_cell("Timeline!I3", "=1+1")))
    marked = marked_bytes(grids_as_read(WHOLE, "a.xlsx"), (fault,), VOCABULARY, "fu-2025")
    assert read_workbook(marked, "a.xlsx").notes == ()


@pytest.mark.product
def test_a_point_that_may_part_the_thousands_is_read_as_a_decimal_point_and_told():
    def change(workbook):
        set_cell("Timeline!I3", "1.234")(workbook)
        set_cell("Timeline!Z3", "1.234")(workbook)
        set_cell("Timeline!I2", 1.234)(workbook)

    read = read_workbook(edited(change), "a.xlsx")
    (note,) = read.notes
    assert note.endswith("never as a mark of thousands: Timeline!I3 (1.234)")
    assert read.timeline.decode().splitlines()[2].split(",")[6] == "1.234"


@pytest.mark.product
def test_a_workbook_that_another_program_saved_says_the_same():
    """fu-2025.xlsx of this folder: the workbook of the index case, opened and saved by LibreOffice 7.4."""
    there = read_workbook((ROOT / "tests/case/files/fu-2025.xlsx").read_bytes(), "fu-2025.xlsx")
    here = read_workbook(WHOLE, "fu-2025.xlsx")
    told = []
    for read in (there, here):
        rows = csv.DictReader(read.timeline.decode().splitlines())
        told.append([{name: cell for name, cell in row.items() if cell} for row in rows])
    # What the authors judge was an event then.
    judged = ("limited_efficacy_of_initial_therapy", "functional_status_improved")
    for row in told[0]:
        if row["code"] in (*judged, "no_significant_adverse_events_reported"):
            assert row["kind"] == "event"
            row["kind"] = "statement"
    # The columns that came later are blank in every row.
    assert (told[0], there.notes) == (told[1], ())
    theirs, ours = (yaml.safe_load(read.about) for read in (there, here))
    # The file names its source in full; the case names the work.
    assert theirs.pop("sources")[0]["doi"] == "10.3389/fimmu.2025.1614714"
    assert ours.pop("sources")[0]["reference"] == "fu-2025"
    # What the project lacks was said in other words then.
    assert theirs["claims"].pop(13)["needs"] == "a cited band of severity for the skin score"
    assert ours["claims"].pop(13)["lacks"] == "band of severity for the skin score"
    # The first phase was called by another name then.
    assert (theirs["phases"].pop(1), ours["phases"].pop(1)) == ("Disease as described", "Before escalation")
    # The source does not speak of visits.
    then, now = (read["caveats"]["mrss"].pop(1) for read in (theirs, ours))
    assert then.replace("both visits", "both times") == now
    assert theirs == ours


# Hostile files.

_BOMB = b"<worksheet><sheetData>" + b"<row/>" * 6_000_000


@pytest.mark.product
def test_a_zip_bomb_is_refused_by_what_comes_out_of_it():
    raw = with_part("xl/worksheets/sheet2.xml", _BOMB)
    assert len(raw) < MOST_BYTES
    (fault,) = faults_of(raw)
    assert fault.found == "parts of more than 30000000 bytes"


@pytest.mark.product
def test_a_bomb_that_lies_about_its_size_is_damaged():
    raw = bytearray(with_part("xl/worksheets/sheet2.xml", _BOMB))
    size = struct.pack("<I", len(_BOMB))
    assert raw.count(size) == 2
    (fault,) = faults_of(bytes(raw).replace(size, struct.pack("<I", 1000)))
    assert fault.found == "damaged parts"


@pytest.mark.product
def test_cells_without_end_are_refused_before_they_are_kept():
    rows = b"".join(b'<row r="%d">%s</row>' % (n, b"<c/>" * 1000) for n in range(1, 500))
    (fault,) = faults_of(
        with_part("xl/worksheets/sheet2.xml", b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>")
    )
    assert fault.found == "more than 200000 cells"


@pytest.mark.product
@pytest.mark.parametrize("levels", [60, 20_000])
def test_elements_within_elements_are_refused(levels):
    (fault,) = faults_of(with_part("xl/worksheets/sheet2.xml", b"<a>" * levels + b"</a>" * levels))
    assert fault.found == "parts of too many or too deep elements"


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]>',
        b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://a.example/a.dtd">',
    ],
)
def test_entities_are_refused(head):
    content = head + b"<worksheet><sheetData/></worksheet>"
    for raw in (content, content.decode().encode("utf-16")):
        (fault,) = faults_of(with_part("xl/worksheets/sheet2.xml", raw))
        assert fault.found == "a document type or entities in its XML"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "links to other files"),
        ("xl/connections.xml", "connections to data outside"),
        ("xl/embeddings/oleObject1.bin", "embedded objects"),
        ("xl/activeX/activeX1.xml", "embedded objects"),
    ],
)
def test_what_is_no_cell_is_refused_by_its_name(name, found):
    (fault,) = faults_of(with_part(name, b"x"))
    assert fault.found == f"{found} ({name.lower()})"


def test_a_workbook_for_macros_is_refused_by_its_type():
    types = part_of("[Content_Types].xml")
    raw = with_part("[Content_Types].xml", types.replace(b"spreadsheetml.sheet.main", b"macroEnabled.main"))
    (fault,) = faults_of(raw)
    assert fault.found == "a workbook for macros (.xlsm)"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b", "c:a"])
def test_a_part_that_points_elsewhere_is_refused(name):
    (fault,) = faults_of(with_part(name, b"x"))
    # zipfile makes a stroke of a backslash on some systems.
    assert fault.found.startswith("a part named ")


def encrypted():
    raw = bytearray(zip_bytes({"a.txt": b"a"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"", "no workbook"),
        (b"case_id,kind\n", "no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old (.xls) or encrypted workbook"),
        (b"PK\x03\x04", "damaged parts"),
        (WHOLE[: len(WHOLE) // 2], "damaged parts"),
        (WHOLE[:-30], "damaged parts"),
        (encrypted(), "an encrypted part"),
        (zip_bytes({"content.xml": b"<a/>"}), "an OpenDocument file"),
        (zip_bytes({"a.txt": b"a"}), "a zip without xl/workbook.xml"),
        (zip_bytes({"xl/workbook.xml": b"<a"}), "damaged parts"),
        (zip_bytes({f"{n}.xml": b"" for n in range(MOST_PARTS + 1)}), f"more than {MOST_PARTS} parts"),
        (b"PK" + bytes(MOST_BYTES), f"{MOST_BYTES + 2} bytes"),
    ],
    ids=range(12),
)
def test_what_is_no_workbook_is_one_clear_message(raw, found):
    (fault,) = faults_of(raw)
    assert (fault.file, fault.found, fault.line) == ("a.xlsx", found, None)


def sheet_of(rows, rest=b""):
    """The workbook with other rows on the sheet Timeline."""
    rels = part_of("xl/_rels/workbook.xml.rels").decode()
    number = re.search(r'name="Timeline" sheetId="(\d+)"', part_of("xl/workbook.xml").decode())[1]
    assert f"worksheets/sheet{number}.xml" in rels
    content = b"<worksheet><sheetData>%s</sheetData>%s</worksheet>" % (rows, rest)
    return with_part(f"xl/worksheets/sheet{number}.xml", content)


@pytest.mark.parametrize(
    ("rows", "rest"),
    [
        (b'<row r="0"><c><v>1</v></c></row>', b""),
        (b'<row r="-5"><c><v>1</v></c></row>', b""),
        (b'<row r="1048577"><c><v>1</v></c></row>', b""),
        (b'<row r="2"><c r="XFE2"><v>1</v></c></row>', b""),
        (b'<row r="2"><c r="XFD2"><v>1</v></c><c><v>1</v></c></row>', b""),
        *((b"", b'<mergeCells><mergeCell ref="%s"/></mergeCells>' % ref) for ref in (b"", b"A", b"A0", b"A1:A1048577")),
    ],
)
def test_a_place_that_no_sheet_has_is_a_damaged_part(rows, rest):
    (fault,) = faults_of(sheet_of(rows, rest))
    assert fault.found == "damaged parts"


@pytest.mark.product
def test_the_last_place_of_a_sheet_is_one():
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    raw = sheet_of(b"<row><c t='str'><v>case_id</v></c></row>" + row)
    (fault,) = faults_of(raw)
    assert fault.cell == "Timeline!XFD1048576"
    assert marked_bytes(grids_as_read(raw, "a.xlsx"), (fault,), VOCABULARY, "a")


@pytest.mark.product
def test_a_character_that_no_cell_holds_is_told_at_its_cell_and_in_the_copy():
    """What Word breaks a line with, 0x0b, comes into a cell as _x000B_."""
    texts = b"".join(b"<c t='str'><v>%s</v></c>" % text for text in (b"case_id", b"note"))
    odd = "<c t='str'><v>a</v></c><c t='str'><v>Müller_x000B_1</v></c>".encode()
    raw = sheet_of(b"<row>" + texts + b"</row><row>" + odd + b"</row>")
    (fault,) = faults_of(raw)
    assert (fault.cell, fault.found) == ("Timeline!B2", "Müller\\x0b1") and "0x0b" in fault.expected
    marked = openpyxl.load_workbook(io.BytesIO(marked_bytes(grids_as_read(raw, "a.xlsx"), (fault,), VOCABULARY, "a")))
    assert marked["Timeline"]["B2"].value == "Müller\\x0b1" == marked["Faults"]["B2"].value


def test_a_sheet_of_columns_without_end_is_refused():
    """Few cells of many columns and rows: what is made of them is all columns of each row."""
    names = b"".join(b"<c t='str'><v>n%d</v></c>" % n for n in range(500))
    rows = b"<row>" + names + b"</row>" + b"<row><c t='str'><v>a</v></c></row>" * 801
    assert "801 rows of 500 columns on the sheet Timeline" in {fault.found for fault in faults_of(sheet_of(rows))}


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"sources": "chart"}, "a list, each source behind '- '"),
        ({"sources": [{"id": ["a"]}]}, "one text, as in `id: a`"),
        ({"phases": ["a"]}, "names with a value each"),
        ({"phases": {"1": ["a"]}}, "text"),
        ({"claims": ["mRSS reduced"]}, "names with a text each, as in `says: mRSS reduced to 32`"),
        ({"caveats": {"mrss": "Who scored it is not said."}}, "a list of sentences"),
        ({"title": ["a"]}, "text"),
        ({"my: key": "a"}, "a text, or names with a text each"),
        ({"my:key": "a"}, "a text, or names with a text each"),
    ],
)
def test_a_case_file_of_another_shape_is_no_workbook(about, expected):
    with pytest.raises(TimelineError) as caught:
        workbook_bytes({"case_id": "a", **about}, INDEX.texts, VOCABULARY)
    (fault,) = caught.value.faults
    assert fault.file == "a/case.yaml" and fault.column.startswith(next(iter(about))) and expected in fault.expected


@pytest.mark.product
def test_a_part_of_a_form_that_holds_nothing_is_a_blank():
    read = read_workbook(workbook_bytes({"case_id": "a", "patient": {}}, INDEX.texts, VOCABULARY), "a.xlsx")
    assert parse_about(read.about.decode(), "a") == {"case_id": "a"}


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_byte_is_a_workbook_or_a_list_of_faults(place, byte):
    raw = bytearray(WHOLE)
    raw[place] = byte
    try:
        read_workbook(bytes(raw), "a.xlsx")
    except TimelineError as error:
        assert error.faults


@given(
    st.sampled_from(["xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet5.xml"]),
    st.data(),
)
@pytest.mark.product
def test_a_damaged_part_is_a_workbook_or_a_list_of_faults(name, data):
    content = bytearray(part_of(name))
    for _ in range(3):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=5))
    try:
        read_workbook(with_part(name, bytes(content)), "a.xlsx")
    except TimelineError as error:
        assert error.faults


def checked(change):
    """The faults of a workbook after a change, of its cells and of what they say; or what it holds."""
    try:
        return check_workbook(edited(change), "a.xlsx", VOCABULARY)
    except TimelineError as error:
        return [(fault.cell, fault.found) for fault in error.faults]


@pytest.mark.product
def test_all_faults_of_a_workbook_come_in_one_round():
    def change(workbook):
        for place, value in (
            *(("Timeline!I2", "=1+1"), ("Timeline!D3", "ckk"), ("Timeline!W4", "Nobody"), ("Sources!A3", "id too")),
            *(("Case!B18", "2024-13"), ("Case!B20", "lowest"), ("Claims!B2", "seems"), ("Caveats!A2", "mood")),
        ):
            set_cell(place, value)(workbook)

    assert {cell for cell, _ in checked(change)} == {
        *("Timeline!I2", "Timeline!D3", "Timeline!W4", "Case!B18", "Case!B20", "Claims!B2", "Caveats!A2"),
    }


@pytest.mark.product
@pytest.mark.parametrize(
    ("place", "value", "cell", "found"),
    first_in_gate(
        4,
        [
            # What cannot be read is missing in its row, and a wrong id in every row: that is no second fault.
            ("Timeline!C2", "=A1", "Timeline!C2", "=A1"),
            ("Timeline!I2", "=A1", "Timeline!I2", "=A1"),
            ("Case!B2", "my case", "Case!B2", "my case"),
            ("Case!B2", None, "Case!B2", ""),
            ("Case!B19", "=A1", "Case!B19", "=A1"),
            ("Timeline!D1", "codde", "Timeline!D1", "codde"),
            ("Timeline!J1", "value", "Timeline!J1", "value"),
            ("Timeline!A1", "case", "Timeline!A1", "case"),
            ("Case!A1", "keyy", "Case!A1", ""),
            ("Sources!A1", "idd", "Sources!A1", ""),
            ("Claims!B1", "tests", "Claims!A1", ""),
        ],
    ),
)
def test_a_cell_that_cannot_be_read_is_one_fault(place, value, cell, found):
    assert checked(set_cell(place, value)) == [(cell, found)]


def with_a_line_break_in_its_header(workbook):
    for sheet, places in (("Timeline", {"AG1": "visit\n(nurse)", "AG2": "x", "I2": "52"}), ("Measures", OF_MEASURES)):
        for place, text in places.items():
            workbook[sheet][place] = text


# A measure whose better side is told in a word that is not known.
OF_MEASURES = {
    "A2": "finger_distance",
    "B2": "observation",
    "C2": "Fingers",
    "D2": "cm",
    "F2": "up",
    "M1": "my\nown",
} | {"M2": "x"}


@pytest.mark.product
def test_a_line_break_in_a_header_moves_no_fault():
    assert checked(with_a_line_break_in_its_header) == [("Measures!F2", "up"), ("Timeline!I2", "52")]

    def change(workbook):
        with_a_line_break_in_its_header(workbook)
        workbook["Case"]["B2"] = "my case"

    assert ("Case!B2", "my case") in checked(change) and len(checked(change)) == 3


@pytest.mark.product
def test_two_sheets_of_one_name_are_refused():
    def change(workbook):
        workbook.copy_worksheet(workbook["Timeline"]).title = "Timeline "

    (fault,) = faults_of(edited(change))
    assert fault.found == "the sheets 'Timeline' and 'Timeline '"
    assert fault.expected == "one sheet of the name 'Timeline'"


@pytest.mark.parametrize(
    ("number", "from_1904", "day"),
    [("45027", False, "2023-04-11"), ("43565", True, "2023-04-11"), ("20230411", False, ""), ("99999", False, "")],
)
def test_the_number_of_a_day_is_told_with_its_day(number, from_1904, day):
    """The days of a workbook count from 30 December 1899, or 1462 days later."""
    places = {(5, "start"): "Timeline!E8"}
    imported = Imported("a", b"", b"", places, (), from_1904=from_1904)
    with pytest.raises(ValueError, match=r"a (?:date|time)") as caught:
        parse_time(number)
    (fault,) = at_cells((Fault("a/timeline.csv", 5, "start", number, str(caught.value)),), imported, "a.xlsx")
    words = f"a date as text: a spreadsheet has this number for the day {day}"
    assert fault.expected == words if day else "spreadsheet" not in fault.expected


@pytest.mark.product
def test_a_row_with_a_remark_alone_is_named_by_the_cell_of_the_remark():
    def change(workbook):
        place = workbook["Timeline"].max_row + 3
        workbook["Timeline"][f"A{place}"], workbook["Timeline"][f"Z{place}"] = "fu-2025", "ask Dr Fictus"

    with pytest.raises(TimelineError) as caught:
        check_workbook(edited(change), "a.xlsx", VOCABULARY)
    (fault,) = caught.value.faults
    assert fault.cell.startswith("Timeline!Z") and "ask Dr Fictus" in fault.found
    assert "an empty row; a remark belongs into the note of a fact" in fault.expected and "#" not in fault.expected


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            "a/timeline.csv, lines 2, 3, 4 and 12 more: no unit",
            "a.xlsx, Timeline, rows 12, 13, 14 and 12 more: no unit",
        ),
        ("a/timeline.csv: is open: ck, lines 2 and 3", "a.xlsx, Timeline: is open: ck, rows 12 and 13"),
        ("a/timeline.csv: line 2, 40 days before line 4", "a.xlsx, Timeline: row 12, 40 days before row 14"),
        (
            "a/timeline.csv: phase 4 has no name in case.yaml",
            "a.xlsx, Timeline: phase 4 has no name on the sheet Phases",
        ),
        ("from the project: measures.csv, rules.csv", "from the project: measures.csv, rules.csv"),
    ],
)
def test_lines_of_a_note_are_rows_of_the_workbook(note, expected):
    imported = Imported("a", b"", b"", {(line, "case_id"): f"Timeline!A{line + 10}" for line in range(2, 5)}, ())
    assert notes_at_cells((note,), imported, "a.xlsx") == (expected,)


def in_capitals(workbook):
    for sheet in (workbook["Timeline"], workbook["Case"], workbook["Sources"]):
        for cell in sheet[1]:
            cell.value = cell.value and cell.value.upper()


def below_a_title(workbook):
    sheet = workbook["Timeline"]
    sheet.insert_rows(1, 2)
    sheet["A1"], sheet["A2"] = "Seen in 2024", "=1+1"
    sheet.merge_cells("A1:F1")


def with_two_headers(workbook):
    sheet = workbook["Timeline"]
    sheet.insert_rows(5)
    for column, cell in enumerate(sheet[1], 1):
        sheet.cell(5, column, cell.value)


def with_small_names(workbook):
    for name in ("Timeline", "Case"):
        sheet = workbook[name]
        sheet.title = "x"
        sheet.title = name.upper()


OF_CAPITALS = (
    "columns of the sheet Case read: 'KEY' as key, 'VALUE' as value, 'WHAT IT MEANS' as what it means",
    "columns of the sheet Sources read: 'ID' as id, 'AUTHORS' as authors, 'TITLE' as title and 12 more",
    "columns of the sheet Timeline read: 'CASE_ID' as case_id, 'PHASE' as phase, 'KIND' as kind and 23 more",
)


@pytest.mark.product
@pytest.mark.parametrize(
    ("change", "notes"),
    first_in_gate(
        1,
        [
            (in_capitals, OF_CAPITALS),
            (
                below_a_title,
                ("what stands above the header of the sheet Timeline is not used (A1: 'Seen in 2024', A2: '=1+1')",),
            ),
            (with_two_headers, ("the header of the sheet Timeline stands once more in row 5 and is not used",)),
            (with_small_names, ()),
        ],
    ),
)
def test_a_workbook_in_another_form_is_the_same_case(change, notes):
    plain, of_plain = check_workbook(WHOLE, "a.xlsx", VOCABULARY)
    read, of_read = checked(change)
    assert (read.about, read.timeline) == (plain.about, plain.timeline)
    assert [*of_read] == [*(f"a.xlsx: {note}" for note in notes), *of_plain]


@pytest.mark.product
def test_a_fault_below_a_title_is_at_the_cell_that_a_person_sees():
    def change(workbook):
        below_a_title(workbook)
        workbook["Timeline"]["I4"] = "52"

    assert checked(change) == [("Timeline!I4", "52")]


def test_a_workbook_of_another_program_is_one_message():
    workbook = openpyxl.Workbook()
    workbook.active.append(["Test", "Unit", datetime.date(2024, 1, 10), datetime.date(2024, 2, 7)])
    workbook.active.append(["CK", "U/L", 9, 8])
    buffer = io.BytesIO()
    workbook.save(buffer)
    (fault,) = faults_of(buffer.getvalue())
    assert fault.found == "Sheet" and "a sheet 'Case' and a sheet 'Timeline'" in fault.expected
    assert "looks like a table with times as columns" in fault.expected
