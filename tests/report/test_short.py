"""The short report and what stands beside it: one page first, values with their rows, works by their numbers."""

import io
import re

import pypdfium2
import pytest
from conftest import ROOT

from casetimeline.figures.change import draw_change
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import notes_of
from casetimeline.figures.files.publish import render_svg
from casetimeline.figures.gallery import FIGURES
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.passage import text_of, typeset
from casetimeline.report.artwork import slices, svg_size, without_notes
from casetimeline.report.bibliography import reference_lines
from casetimeline.report.citations import Numbers
from casetimeline.report.contents import front_blocks, table_blocks
from casetimeline.report.document import Cited, Heading, Items, Picture, Piece, Works, markdown_cited, numbered
from casetimeline.report.methods import back_blocks, method_blocks
from casetimeline.report.pdf import _plain, first_page_holds, render_report
from casetimeline.report.plates import in_print_of, least_blank, placed
from casetimeline.report.short import fit_course, manuscript_tables, render_short, short_blocks, short_report
from casetimeline.rules.analysis import analyse

STYLES = ROOT / "casetimeline/report/styles"
# Phrases that no reader of a report could make sense of, and signs that no editor prints.
RIDDLES = re.compile(
    r"does the rule change|no measure of anything|no supposed cause|silence is no|is no (?:effect|answer|time)\b|"
    r"last_before|->|\bline \d|\bphase \d \(|change up to a last value|haq di\b|\d\.\.\d|\d x \d|\d m2\b|\^9|"
    r"(?<![\w.,–/-])-\d+(?:\.\d+)? (?:%|points|U/L)|\d met, \d|\banswers of cited rules\b|otherwise one of them|"
    r"the source reports|was present again|\bare no controls\b"
)


@pytest.fixture(scope="module")
def index(published):
    return analyse(published["fu-2025"][0])


@pytest.fixture(scope="module")
def every_short(every_analysis):
    """Each published case with its short report."""
    return [(analysis, short_report(analysis)) for analysis in every_analysis]


# Tests that need the short reports of all cases run on one worker: those are made once.
together = pytest.mark.xdist_group("every_short")


def words_of(analysis):
    return " ".join(text_of(passage) for passage in results_passages(analysis))


def test_the_results_of_the_index_case_are_what_a_clinician_signs(index):
    """Every value is of the abstract; 12.8 is 1.96 x sqrt(2) x 4.6, and 14 of 46 is 30.4 %."""
    results = words_of(index)
    assert len(results.split()) <= 180
    for told in (
        "In a 25-year-old woman with systemic sclerosis, before escalation",
        " (before or after the initial therapy: not reported)",
        ", the modified Rodnan skin score (mRSS) was 46 of 51 and creatine",
        "kinase (CK) 923 U/L (upper limit not reported), with a pericardial effusion (size not reported), myopathy",
        "Glucocorticoids and cyclophosphamide were given (doses not reported)",
        "Tocilizumab 8 mg/kg and cyclophosphamide 600 mg were alternated every 2 weeks (each read as 4-weekly; cycles",
        "After escalation, the mRSS was 32, the pericardial effusion resolved and CK was not reported.",
        "The 14-point fall in mRSS (30.4 %; interval and examiners not reported) exceeds a minimal clinically",
        " important difference (5 points over 12",
        " months in diffuse SSc-ILD; applicability unknown)",
        "the smallest detectable change between two examiners (12.8 points)",
        "but not between trainees (15.0 points)",
        ". Whether skin fibrosis regressed (EUSTAR 2024; 9–15 months) cannot be determined.",
        "A score of 46 implies diffuse disease (subset not reported).",
    ):
        assert told in results, told
    # Whether 46 was measured at presentation is not said.
    assert "presentation" not in results


@pytest.mark.product
@together
def test_no_results_hold_a_riddle_or_a_cause(every_analysis):
    from conftest import CAUSAL

    for analysis in every_analysis:
        case = analysis.case
        results = words_of(analysis)
        assert not RIDDLES.search(results), (case.case_id, RIDDLES.search(results))
        own = " ".join(map(str, [*case.facts["PARAM"], *case.facts["note"], *case.about.get("phases", {}).values()]))
        # What stands in quotation marks is the source's.
        causal = [word for word in CAUSAL.findall(re.sub("‘[^’]*’", "", results)) if word.lower() not in own.lower()]
        assert not causal, (case.case_id, causal)
        assert not re.search(r"  |\(\)|, ,|;\s*;|\.\s*\.|\bnan\b", results), case.case_id


def told_in(blocks):
    """What blocks say in their own words: a table without what it quotes."""
    for block in blocks:
        yield from getattr(block, "texts", ())
        yield getattr(block, "text", "")
        if hasattr(block, "cells"):
            yield from (block.caption, *block.notes)
            own = block.frame[
                [name for name in block.frame if name not in ("quote", "note", "the source says", "item")]
            ]
            yield from (f"{name}: {cell}" for name in own for cell in own[name])


@pytest.mark.product
def test_nothing_that_the_report_of_the_index_case_says_is_a_riddle(index):
    short = short_report(index)
    told = [*told_in([*short.first, short.changes, short.open_points, *short.rest]), words_of(index)]
    told += told_in(
        [
            *front_blocks(index),
            *table_blocks(index),
            *method_blocks(index),
            *back_blocks(index, {}, {}),
            *manuscript_tables(index),
        ]
    )
    assert len(told) > 200 and not [text for text in told if RIDDLES.search(str(text))]


@pytest.mark.product
@together
def test_nothing_that_any_report_says_is_a_riddle(every_short):
    for analysis, short in every_short:
        case = analysis.case
        blocks = [
            short.changes,
            *short.rest,
            *front_blocks(analysis),
            *table_blocks(analysis),
            *method_blocks(analysis),
            *back_blocks(analysis, {}, {}),
        ]
        own = " ".join(map(str, [*case.facts["note"], *case.notes, *(claim["says"] for claim in case.about["claims"])]))
        # Of a claim the row is the point.
        told = (re.sub(r" \(lines? [\d, ]+\)", "", str(text)) for text in told_in(blocks))
        found = [text for text in told if RIDDLES.search(text)]
        assert not [text for text in found if RIDDLES.search(text)[0] not in own], (case.case_id, found)


@pytest.mark.product
@together
def test_every_value_of_the_results_leads_to_a_row_that_holds_it(every_analysis):
    """A piece with the line of one observation has the number that is printed in that row."""
    seen = 0
    for analysis in every_analysis:
        case, rows = analysis.case, analysis.case.facts.set_index("line")
        for passage in results_passages(analysis):
            for said in passage:
                if len(said.lines) != 1 or not rows.loc[said.lines[0], "value"]:
                    continue
                if rows.loc[said.lines[0], "ref_high"] and not re.search(r"\d", said.text):
                    # Of many values at once those without a course are told by name, with their side of the limits.
                    continue
                printed = re.findall(r"\d+(?:\.\d+)?", rows.loc[said.lines[0], "value"])
                assert set(printed) <= set(re.findall(r"\d+(?:\.\d+)?", said.text)), (case.case_id, said)
                seen += len(printed)
    assert seen > 60


@pytest.mark.product
def test_a_finding_of_which_the_time_is_open_is_not_told_at_presentation(make_case, observe):
    about = "analysis: {baseline: last_before, reference: tocilizumab}\nphases: {1: Disease as described, 2: Therapy}"
    drug = "a,2,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,"
    assert words_of(analyse(make_case(observe(), drug, about=about))).startswith(
        "In a female patient (age not reported) with diffuse cutaneous systemic sclerosis, before tocilizumab, the"
    )
    told = about.replace("Disease as described", "Presentation")
    assert words_of(analyse(make_case(observe(), drug, about=told))).startswith(
        "In a female patient (age not reported) with diffuse cutaneous systemic sclerosis, at presentation, the"
    )


@pytest.mark.product
def test_what_is_not_asked_of_a_patient_is_not_said_to_be_missing():
    """Antibodies and duration belong to a disease of connective tissue."""
    lines = [short_report(analyse(ROOT / "data" / case)).first[1].text for case in ("mm-irae-44f", "shm-ssc-47f")]
    assert "not reported" not in lines[0] and "antibodies not reported; disease duration not reported" in lines[1]


@pytest.mark.product
def test_works_are_numbered_in_the_order_in_which_they_are_cited(index):
    short = short_report(index)
    cited = [n for told in short.results for piece in told.pieces for n in piece.works]
    # Each new number is the next.
    first = list(dict.fromkeys(cited))
    assert first == list(range(1, len(first) + 1)) and cited[0] == 1
    blocks = short_blocks(short, None)
    listed = next(block for block in blocks if isinstance(block, Works))
    tables = [cell for block in blocks if hasattr(block, "cells") for row in block.cells() for cell in row[-1:]]
    spans = [span for cell in tables if re.fullmatch(r"\d[\d, –]*", cell) for span in cell.split(", ")]
    ends = [(span.split("–")[0], span.split("–")[-1]) for span in spans]
    named = {number for first, last in ends for number in range(int(first), int(last) + 1)}
    # No work is listed that the text does not mention, and none is mentioned that is not listed.
    assert set(listed.lines) == {*cited, *named} and list(listed.lines) == list(range(1, len(listed.lines) + 1))
    assert listed.lines[1].startswith("Fu, Ji, Cheng") and "10.1186/s13075-019-1809-y" in listed.lines[2]


def test_a_work_has_one_number_and_an_unknown_one_none(index):
    numbers = Numbers(index)
    assert numbers.of(["Fu 2025, abstract"]) == (1,) and numbers.of(["fu-2025"]) == (1,)
    assert numbers.of(["clements-1995", "no-such-work"]) == (2,)
    # A rule leads to its work.
    assert numbers.of(["sdc_two_examiners"]) == (2,)
    assert len(reference_lines(numbers.references())) == 2


def test_citations_stand_raised_behind_the_words():
    told = Cited((Piece("A score of *46*", (2,)), Piece(".", (), (3, 5))))
    assert markdown_cited(told) == r"A score of \*46\*.^3,5^"


@pytest.mark.product
def test_the_report_of_the_index_case_has_few_pages_and_its_first_is_whole(index, published):
    from test_manuscript import pictures_of

    course = pictures_of(published["fu-2025"][0])[0]
    short = short_report(index)
    pdf = pypdfium2.PdfDocument(io.BytesIO(render_report(short_blocks(short, course), "t", "d", "f")))
    assert len(pdf) <= 4
    pages = [re.sub(r"\s+", " ", page.get_textpage().get_text_bounded()) for page in pdf]
    for part in ("Female, 25 years", "antibodies not reported", "Measures recorded more than once", "What is open"):
        assert part in pages[0], part
    # The last page is at least half full.
    assert len(pages[-1]) > 0.4 * max(map(len, pages))
    assert not RIDDLES.search(" ".join(pages[:1]))
    # The strip of the patient is drawn 176 mm wide, and no letter of the text is smaller than those of the figure.
    bounds = [drawn.get_bounds() for drawn in objects_of(pdf[0], pypdfium2.raw.FPDF_PAGEOBJ_PATH)]
    assert any(abs((right - left) / 72 * 25.4 - 176) < 0.5 for left, _, right, _ in bounds)
    sizes = {
        round(letters.get_font_size(), 1)
        for page in pdf
        for letters in objects_of(page, pypdfium2.raw.FPDF_PAGEOBJ_TEXT)
    }
    # Half a point smaller than elsewhere: that spares a page of a few lines.
    assert min(sizes) >= 6 and {7, 8.5} <= sizes and len(pdf) == 3, sizes


def objects_of(page, kind):
    return page.get_objects(filter=[kind], max_depth=1)


@pytest.mark.product
@together
def test_what_is_open_has_at_most_three_lines(every_short):
    for analysis, short in every_short:
        case = analysis.case
        assert isinstance(short.open_points, Items) and len(short.open_points.texts) <= 3
        # AMA Manual of Style: a raised number stands behind a comma or full stop, and before a colon or semicolon.
        told = " ".join(map(markdown_cited, short.results))
        assert not re.search(r"\d\^[,.]|[;:]\^\d", told), case.case_id
        assert isinstance(short.first[0], Heading) and short.first[0].text == typeset(case.about["title"])


@pytest.mark.product
def test_what_has_nothing_to_say_is_not_printed(make_case, observe):
    def told(*rows, about=""):
        analysis = analyse(make_case(*rows, about=f"analysis: {{baseline: first}}{about}"))
        blocks = [
            *short_blocks(short_report(analysis), None),
            *front_blocks(analysis),
            *table_blocks(analysis),
            *method_blocks(analysis),
            *back_blocks(analysis, {"a.csv": "0"}, {}),
        ]
        return blocks, str(list(told_in(blocks)))

    # One weight: no rule judges it, nothing is claimed, and nothing was given.
    blocks, words = told(observe("1", "weight", "60", "kg"))
    tables = [block for block in blocks if hasattr(block, "cells")]
    assert all(len(table.frame) for table in tables) and "rules" not in [table.caption.lower()[:5] for table in tables]
    assert "number of rules met" not in words and "A claim is supported" not in words and "mRSS" not in words
    # No column of a table is blank from its first row to its last.
    assert not [name for table in tables for name in table.frame if not any(table.frame[name].astype(str).str.strip())]
    claim = "\nclaims: [{says: the score fell, test: falls, measure: mrss}]"
    _, words = told(observe(), observe("2", value="32"), about=claim)
    assert "number of rules met" in words and "A claim is supported" in words


@pytest.mark.product
def test_visits_are_columns_and_a_cell_knows_its_row(index):
    table = short_report(index).changes
    assert list(table.frame.columns) == ["Measure", "Before escalationᵃ", "After escalation", "Change"]
    # The mark of the baseline stands in the head: each row has its own in this column.
    assert table.cells() == [
        ["Modified Rodnan skin score, points (0–51)", "46", "32", "−14 (−30.4 %)"],
        ["Creatine kinase, U/Lᵇ", "923", "not reported", "cannot be given"],
        ["Pericardial effusion", "presentᶜ", "absent", "present to absent (resolved)"],
    ]
    assert table.notes[:3] == (
        "ᵃ Baseline: last value before tocilizumab.",
        "ᵇ Upper limit of the laboratory not reported.",
        "ᶜ Size not reported.",
    )
    assert table.cells()[0][1].lines == (2,) and table.cells()[0][3].lines == (2, 15)


@pytest.mark.product
def test_a_value_that_fell_and_rose_again_is_told_by_its_values_and_not_as_a_fall(make_case, observe):
    """100, 10, 80: that from the first to the last it fell by 20.0 % would hide the turn."""
    rows = [observe(phase, "ck", value, "U/L") for phase, value in (("1", "100"), ("2", "10"), ("3", "80"))]
    analysis = analyse(make_case(*rows, about="analysis: {baseline: first}"))
    results = words_of(analysis)
    assert summarise_visits(analysis).cells()[0][-1] == "lowest: −90 (−90.0 %); last: −20 (−20.0 %)"
    places = [results.index(f" {value} U/L") for value in (100, 10, 80)]
    assert places == sorted(places)
    assert "fell" not in results and "(20.0 %)" not in results


@pytest.mark.product
def test_a_value_beyond_the_limits_of_its_series_is_flagged_and_a_bounded_fall_is_cut(make_case, observe):
    """Up to 5 mg/L: 415 and 34 are above; below 1 is not. 414 / 415 is 99.76 %, of which the fall is more than."""
    header = "case_id,phase,kind,code,start,value,unit,ref_high,source"
    rows = [f"a,{n},observation,crp,{n} d,{value},mg/L,{limit},chart" for n, value, limit in ((1, 415, 5), (2, 34, ""))]
    case = make_case(
        *rows, "a,3,observation,crp,3 d,<1,mg/L,,chart", header=header, about="analysis: {baseline: first}"
    )
    table = summarise_visits(analyse(case))
    assert table.cells()[0][1:-1] == ["415 (high)", "34 (high)", "<1"]
    assert table.cells()[0][-1] == "fall of more than 414 (>99.7 %)"
    assert "(high), (low): above, below the reference limits of the laboratory." in table.notes


@pytest.mark.product
def test_a_finding_that_is_normal_each_time_does_not_hide_what_else_is_recorded_of_the_organ():
    """cryo-61f: renal function is normal at three discharges; acute renal failure is a row of its own."""
    table = summarise_visits(analyse(ROOT / "data/cryo-61f"))
    # One of its three values has a column, so the measure has no row.
    when = "45 days after admission, at the second discharge and at the third discharge"
    told = f"renal function (test not named), normal {when}; acute renal failure was also recorded"
    assert f"Not in the table: {told}." in table.notes
    # Absent at the third discharge, which is before rituximab.
    changes = {row[0]: row[-1] for row in table.cells()}
    assert changes["Cryoglobulins"] == "present, then absent (baseline and after)"


@pytest.mark.product
def test_a_score_that_the_source_does_not_name_is_no_score():
    """mm-irae-44f: at sigmoidoscopy the endoscopic appearance improved; no Mayo score is printed of it."""
    analysis = analyse(ROOT / "data/mm-irae-44f")
    row = next(row for row in summarise_visits(analysis).cells() if row[0].startswith("Mayo"))
    assert row[-2:] == [
        "score not reported; ‘improvement in the endoscopic appearance with mucosal healing’",
        "cannot be given",
    ]
    claim = analysis.claims.set_index("CLAIM").loc[4]
    assert claim["RESULT"] == "cannot be checked" and "no score is reported" in claim["WHY"]


@pytest.mark.product
def test_a_change_in_words_has_every_state_and_no_note_on_numbers(make_case, observe):
    """Present, again, absent twice: "absent both times" would hide that it ever was there."""
    states = ("present", "recurred", "absent", "absent")
    rows = [observe(str(phase), "pericarditis", "", state=state) for phase, state in enumerate(states, 1)]
    table = summarise_visits(analyse(make_case(*rows, about="analysis: {baseline: first}")))
    assert table.cells()[0][-1] == "present, recurred, then absent"
    assert not any("Change:" in note or "Baseline" in note for note in table.notes)


@pytest.mark.product
def test_the_first_of_two_measurement_errors_has_its_name(make_case, observe):
    """A fall of 8 points: more than 6.8 of one examiner (1.96 x sqrt(2) x 2.45), less than 12.8 between two."""
    about = "diagnosis: systemic sclerosis\nanalysis: {baseline: first}"
    results = words_of(analyse(make_case(observe(value="30"), observe("2", value="22"), about=about)))
    assert "the smallest detectable change of one examiner (6.8 points) but not between two examiners (12.8" in results


@pytest.mark.parametrize(
    ("style", "mark", "pages"),
    [
        ("vancouver", "applicability unknown)^2^ and", "2024;26(1):187."),
        ("ama", "^5^ A score", "2024;26(1):187."),
        ("frontiers", "applicability unknown) (2) and", "(2024) 26:187."),
    ],
)
def test_a_journal_has_its_own_way_of_citing(index, style, mark, pages):
    short = short_report(index, style)
    printed = " ".join(map(markdown_cited, short.results)).replace("\N{NO-BREAK SPACE}", " ")
    assert mark in printed and pages in short.works.lines[5]
    # In brackets a number stands before the full stop, raised it stands behind it.
    assert ("(5). A score" in printed) is (style == "frontiers")
    assert (STYLES / f"{style}.csl").read_text("utf-8").count("creativecommons.org/licenses/by-sa/3.0") == 1


SEVEN = [
    "aosd-ehjcr-22m",
    "openneurol2024-64f",
    "cryo-61f",
    "kamata2012",
    "mm-irae-44f",
    "shm-ssc-47f",
    "endoabs38-p73-26f",
]


@pytest.mark.product
@pytest.mark.parametrize("case_id", SEVEN)
def test_the_report_of_any_case_has_at_most_four_pages_and_its_course_on_the_first(case_id):
    analysis = analyse(ROOT / "data" / case_id)
    figure = draw_course(analysis)
    notes = f"{notes_of(figure)} Last words of its legend."
    course = Picture("00_course", "Course", "Course.", "Course of the case.", render_svg(figure, "c-"), notes=notes)
    short = short_report(analysis)
    first, _ = fit_course(analysis, short, course)
    made = render_short(short, short_blocks(short, first), "t", "d")
    pdf = pypdfium2.PdfDocument(io.BytesIO(made))
    assert len(pdf) <= 4
    # A first page with the title alone would be blank below it. A lower course has a legend of its own.
    ends = ("Last words of its legend.", "the others stand in the figure of the whole course.")
    assert any(first_page_holds(pdf_bytes(pdf), words) for words in ends)
    # Of the five measures with two values, the most important are drawn where most room is needed.
    words = " ".join(pdf[0].get_textpage().get_text_bounded().split())
    assert case_id != "aosd-ehjcr-22m" or "without a graph here: creatinine" in words
    sizes = {
        round(each.get_font_size(), 1) for page in pdf for each in objects_of(page, pypdfium2.raw.FPDF_PAGEOBJ_TEXT)
    }
    assert min(sizes) >= 6, sizes


@pytest.mark.product
@pytest.mark.parametrize("case_id", ["aosd-ehjcr-22m", "cryo-61f"])
def test_a_figure_of_a_supplement_stands_with_its_legend_above_the_foot_of_a_page(case_id):
    """Measured in the PDF of the two longest cases: the lowest 17 mm of a page of A4 hold its foot and nothing else."""
    analysis = analyse(ROOT / "data" / case_id)
    pictures = []
    for name in ("00_course", "06_reported"):
        figure = FIGURES[name](analysis, width_mm=180)
        # A legend of a dozen lines more leaves no room for the larger of the two grids.
        notes = notes_of(figure) + " A sentence of a long legend." * (50 if name == "06_reported" else 0)
        picture = Picture(name, name, "alt", "Title.", render_svg(figure, f"{name}-"), notes=notes)
        pictures.append(in_print_of(analysis, picture))
    blocks = numbered([Heading(1, "Supplement"), *pictures], "S")
    with pypdfium2.PdfDocument(io.BytesIO(render_report(blocks, "t", "d", "Foot"))) as pdf:
        pages = [*pdf]
        # Of the longest case both figures go on, on a second page.
        continued = sum("continued" in page.get_textpage().get_text_range() for page in pages)
        assert continued == (2 if case_id == "aosd-ehjcr-22m" else 0)
        for number, page in enumerate(pages, 1):
            foot = page.get_textpage().get_text_bounded(0, 0, page.get_width(), 17 / 25.4 * 72)
            assert foot.split() == ["Foot", "·", str(number), "/", str(len(pages))]
        ends = [drawn.get_bounds()[1] for page in pages for drawn in objects_of(page, pypdfium2.raw.FPDF_PAGEOBJ_FORM)]
        # Each figure, or part of one, ends above its legend.
        assert ends and min(ends) > 19 / 25.4 * 72


def pdf_bytes(pdf):
    buffer = io.BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()


@pytest.mark.product
def test_a_figure_higher_than_a_page_is_cut_between_its_rows_and_stands_without_notes(index):
    svg = render_svg(draw_change(index), "c-")
    bare = without_notes(svg)
    (wide, high), (_, low) = svg_size(svg), svg_size(bare)
    # Four lines of notes, three of abbreviations, and the margin below them: 7.5 points a line.
    words = "The verdict also rests"
    assert 50 < high - low < 80 and words in svg and words not in bare.partition("</desc>")[2]
    assert without_notes(bare) == bare
    parts = slices(bare, 300.0)
    assert len(parts) == 2 and abs(sum(svg_size(part)[1] for part in parts) - low) < 1e-3
    assert all(svg_size(part)[0] == wide and svg_size(part)[1] <= 300.0 for part in parts)
    # It is cut where a row of the figure begins.
    cut = float(re.search(r'viewBox="0 ([\d.]+) ', parts[1])[1])
    lines = [float(y) for y in re.findall(r'd="M 5\.66\d+ ([\d.]+) \nL 504', bare)]
    assert cut in lines
    assert slices(bare, 5000.0) == [bare]


def test_a_grid_higher_than_a_page_is_cut_between_two_rows_of_its_cells():
    """Fifteen rows of 20 points below a head of 10: of at most 215 points, the first part has ten of them."""
    rows = [(10.0 + 20 * row, 30.0 + 20 * row) for row in range(15)]
    cells = [f'<path d="M 5 {a} \nL 40 {a} \nL 40 {b} \nL 5 {b} \nz"/>' for a, b in rows]
    frame = '<path d="M 0 310 \nL 50 310 \nL 50 0 \nL 0 0 \nz"/>'
    size = '<svg width="50pt" height="310pt" viewBox="0 0 50 310">'
    parts = slices(f"{size}{frame}{''.join(cells)}</svg>", 215.0)
    assert [svg_size(part)[1] for part in parts] == [210.0, 100.0]


@pytest.mark.parametrize(("high", "pages", "wide"), [(700.0, 1, 500.0), (730.0, 1, 488.1), (900.0, 2, 500.0)])
def test_a_figure_a_few_points_too_high_for_a_page_is_smaller_and_not_cut(high, pages, wide):
    # With one line of legend 251.4 mm are left, 712.6 points; 500 * 712.6 / 730 = 488.1.
    svg = f'<svg width="500pt" height="{high}pt" viewBox="0 0 500 {high}"></svg>'
    drawn = _plain(Picture("series_waterfall", "Best", "Best", "Best change.", svg), {})
    assert (len(drawn["files"]), round(drawn["width"], 1)) == (pages, wide)


def test_a_small_figure_stands_earlier_where_a_page_has_room_for_it_and_others_keep_their_turn():
    # Page 1 has 90 and page 2 has 60 + 30; in turn page 1 would have 90, page 2 60, and page 3 70 + 30.
    assert least_blank([[90], [60], [70], [30]], 100) == [0, 1, 3, 2]
    # The second part of a figure leaves room; 10 of heading stand above the first.
    assert least_blank([[90, 30], [95], [50]], 100, 10) == [0, 2, 1]
    assert least_blank([[50], [40], [95]], 100) == [0, 1, 2] and least_blank([], 100) == []


def test_the_hidden_description_of_a_figure_says_where_the_others_stand_as_its_legend_does():
    words = "the others stand in the figure of the whole course."
    svg = f"<svg><desc id='a'>5 rows are drawn; {words}</desc><text>{words}</text></svg>"
    made = placed(Picture("00_course", "T", "A", "L.", svg, notes=words), "Figure S1", "Table S2")
    assert made.notes == "the others stand in Figure S1 and Table S2 of the supplement."
    # What is drawn is as it was: print has the notes below the figure in place of it.
    assert made.svg == f"<svg><desc id='a'>5 rows are drawn; {made.notes}</desc><text>{words}</text></svg>"


@pytest.mark.product
def test_a_source_that_nothing_identifies_is_listed_by_its_id(make_case, observe):
    about = "analysis: {baseline: first}\nsources: [{id: 'Ward chart, day 3', read: all of it}]"
    analysis = analyse(make_case(observe().replace("chart", '"Ward chart, day 3"'), about=about))
    assert short_report(analysis).works.lines[1] == "Ward chart, day 3."


@pytest.mark.product
def test_short_forms_of_the_head_are_explained_apart_from_those_of_the_results(make_case, observe):
    # The title has ECOG, which the Results do not name: results.md has no head.
    about = "analysis: {baseline: first}\ntitle: A patient of ECOG 0"
    short = short_report(analyse(make_case(observe(), about=about)))
    assert "ECOG" not in " ".join(map(markdown_cited, short.results))
    assert short.rest[0].text == "Abbreviations in title and patient line: ECOG, Eastern Cooperative Oncology Group."
