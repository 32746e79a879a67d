"""What a cell of a table for a reader says of a value, a limit, a time or a change: with its unit, and as is meant."""

import pytest

from casetimeline.figures.course.rows import lay_panel
from casetimeline.figures.course.shown import shown_in
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.passage import text_of
from casetimeline.rules import analyse
from casetimeline.values import rows_of

HEADER = "case_id,kind,code,start,value,unit,ref_low,ref_high,state,source,note"


@pytest.fixture
def analysis_of(make_case):
    """The analysis of observations: each the cells from `code` on, up to where they are blank."""

    def make(*rows: str, about: str = ""):
        facts = (f"a,observation,{row}{',' * (8 - 1 - row.count(','))}chart," for row in rows)
        return analyse(make_case(*facts, header=HEADER, about=about))

    return make


def _rows(analysis):
    return [list(map(str, row)) for row in summarise_visits(analysis).cells()]


C3 = ("c3,0 d,38,mg/dL,90,180", "c3,12 wk,64,mg/dL,90,180", "c3,1 a,WNL,mg/dL,90,180")


def test_a_value_typed_as_normal_is_normal_in_every_table_and_has_no_number_of_its_own(analysis_of):
    analysis = analysis_of(*C3)
    assert _rows(analysis)[0][1:4] == ["38 (low)", "64 (low)", "normal"]
    panel = lay_panel([*rows_of(analysis.changes)], analysis.case.measure("c3"), None)
    assert (panel.drawn[2].AVALLO, panel.drawn[2].AVALHI) == (90, 180)
    assert shown_in(panel) == ("mg/dL", 1.0)


def test_a_pressure_estimated_and_one_measured_by_catheter_each_keep_their_method_in_the_table(analysis_of):
    rows = [
        f"{code},{day} d,{value},mmHg"
        for code in ("spap_echo", "pap_systolic_rhc")
        for day, value in ((0, 45), (9, 30))
    ]
    names = [cells[0] for cells in _rows(analysis_of(*rows))]
    assert names == [
        "Systolic pulmonary artery pressure (estimated by echocardiography), mmHg",
        "Systolic pulmonary artery pressure (by catheter), mmHg",
    ]


@pytest.mark.product
def test_a_value_typed_as_normal_is_normal_in_the_results(analysis_of):
    words = " ".join(map(text_of, results_passages(analysis_of(*C3))))
    assert "complement C3 was normal (reference 90–180)" in words


@pytest.mark.product
def test_where_values_have_two_units_each_of_them_and_its_limit_has_its_own(analysis_of):
    """The ratio fell from 3.6 g/g to 420 mg/g and was 1.9 g/g at last: in one cell, 3180 mg/g and 1700 mg/g less."""
    ratio = ("3.6,g/g,,0.2", "420,mg/g", "1.9,g/g")
    creatinine = ("141,umol/L,,90", "98,umol/L,,90", "0.9,mg/dL,,1.0", "normal,mg/dL,,1.0")
    rows = [f"upcr,{month} mo,{cells}" for month, cells in enumerate(ratio)]
    rows += [f"creatinine,{month} mo,{cells}" for month, cells in enumerate(creatinine)]
    ratio, creatinine = sorted(_rows(analysis_of(*rows)), reverse=True)
    assert ratio[0].startswith("Urine protein-to-creatinine ratio (up to 0.2 g/g)")
    assert ratio[-1] == "lowest: −3180 mg/g (−88.3 %); last: −1700 mg/g (−47.2 %)"
    told = [cell.rstrip("ᵃᵇᶜ").replace(" (high)", "") for cell in creatinine[1:5]]
    assert told == [
        "141 μmol/L (up to 90)",
        "98 μmol/L (up to 90)",
        "0.9 mg/dL (up to 1.0)",
        "normal (up to 1.0 mg/dL)",
    ]


@pytest.mark.product
def test_a_value_below_the_table_has_its_unit(analysis_of):
    """Six columns hold the two values of six measures; the seventh measure and a value between have none."""
    ends = {("mrss", "ck"): (1, 8), ("crp", "ldh"): (2, 7), ("ast", "esr"): (3, 6)}
    units = {"mrss": "points", "crp": "mg/L", "esr": "mm/h"}
    rows = [
        f"{code},{day} d,{50 - day},{units.get(code, 'U/L')}"
        for codes, days in ends.items()
        for code in codes
        for day in days
    ]
    rows += ["ck,5 d,46,U/L", "alt,4 d,240,U/L", "alt,9 d,38,U/L"]
    below = [note for note in summarise_visits(analysis_of(*rows)).notes if "ther records" in note or "Not in" in note]
    assert below == [
        "In other records: creatine kinase 46 U/L, day 5.",
        "Not in the table: alanine aminotransferase (U/L), 240 on day 4; 38 on day 9; change −202 (−84.2 %).",
    ]


@pytest.mark.product
def test_a_column_of_values_of_two_times_is_headed_by_both(make_case):
    rows = ("crp,0 d,150,mg/L", "ldh,0 d,500,U/L", "crp,2..4 wk,20,mg/L", "ldh,~3 wk,300,U/L")
    facts = (f"a,observation,{row},,,,chart," for row in rows)
    table = summarise_visits(analyse(make_case(*facts, header=HEADER)))
    assert [*table.frame][2:-1] == ["About 3 weeks or 2–4 weeks"]


def test_a_range_of_grades_is_told_in_words(analysis_of):
    rows = _rows(analysis_of("pericardial_effusion,0 d,large", "pericardial_effusion,6 wk,small..moderate"))
    assert rows[0][2] == "small to moderate"


@pytest.mark.product
@pytest.mark.parametrize(
    ("values", "change"),
    [
        # From more than 200 or from 115 to 125, to 10 to 20: at least 95 less, which are 82.6 % of 115.
        ((">200", "~120", "10..20"), "fall of 95 or more (≥82.6 %)"),
        # 20.1 less than 1.0 is the least that it may have fallen, to less than 5 % of that.
        (("113.3", "20.1", "<1.0"), "fall of more than 19.1 (>95.0 %)"),
    ],
)
def test_a_fall_from_one_of_several_baselines_is_one_in_their_unit(make_case, values, change):
    """Which of the first two is the last before the treatment is open."""
    one, other, last = values
    unit = "mg/L" if "~" in other else "ng/mL"
    code = "crp" if "~" in other else "psa"
    facts = [
        f"a,observation,{code},{start},{value},{unit},,,,chart,"
        for start, value in (("<0 d", one), ("<7 d", other), ("4 wk", last))
    ]
    facts.append("a,treatment,anakinra,<7 d,,,,,,chart,")
    about = "analysis: {baseline: last_before, reference: anakinra}"
    analysis = analyse(make_case(*facts, header=HEADER, about=about))
    assert _rows(analysis)[0][-1] == change
    words = " ".join(map(text_of, results_passages(analysis)))
    assert code == "crp" or "from 20.1 or 113.3 to <1.0 ng/mL" in words


@pytest.mark.product
def test_a_fall_from_a_word_names_its_limit_and_a_low_value_that_stays_low_is_no_change(analysis_of):
    fell = analysis_of("ldh,0 d,,U/L,,250,raised", "ldh,12 wk,200,U/L,,250")
    assert "from raised (above 250) to 200 U/L (by more than 20.0 %)" in " ".join(map(text_of, results_passages(fell)))
    low = analysis_of("c4,0 d,<3,mg/dL,10,40", "c4,12 wk,,,,,low", "c3,0 d,60,mg/dL,90,180", "c3,12 wk,,,,,normal")
    changes = {row[0].partition(",")[0]: row[-1] for row in _rows(low)}
    assert changes == {"Complement C3": "60 mg/dL to normal", "Complement C4": "cannot be given"}


def test_the_change_of_a_count_has_no_blank_in_place_of_a_unit(analysis_of):
    rows = _rows(analysis_of("digital_ulcer_count,0 d,3", "digital_ulcer_count,12 wk,0"))
    assert rows[0][-1] == "−3 (−100.0 %)"


def test_a_grade_that_has_a_limit_has_the_sign_of_print(make_case):
    header = f"{HEADER},grade"
    severe = "a,adverse_event,constrictive_pericarditis,3 d,,,,,,chart,,>=3"
    words = " ".join(map(text_of, results_passages(analyse(make_case(severe, header=header)))))
    assert "constrictive pericarditis (grade ≥3)" in words


def test_a_row_without_a_record_after_its_baseline_says_so_and_marks_it(make_case):
    """Heart rate 52, then 120 on the day of the pacemaker, which is its baseline; platelets have a later value."""
    values = (
        "platelets,1 d,46,10^9/L",
        "platelets,9 d,188,10^9/L",
        "heart_rate,0 d,52,/min",
        "heart_rate,5 d,120,/min",
    )
    facts = [f"a,observation,{value},,,,chart," for value in values]
    about = "analysis: {baseline: last_before, reference: pacemaker_implantation}"
    given = "a,procedure,pacemaker_implantation,5 d,,,,,,chart,"
    table = summarise_visits(analyse(make_case(*facts, given, header=HEADER, about=about)))
    rows = {str(row[0]): list(map(str, row[1:])) for row in table.cells()}
    assert rows["Heart rate, /min"] == ["52", "–", "120ᵃ", "–", "cannot be given (no record after the baseline)"]
    assert table.notes[0] == "ᵃ Baseline: last value before pacemaker implantation, or on the day it starts."


def test_a_value_is_high_by_its_own_limits_where_another_has_others(analysis_of):
    """Alanine aminotransferase 80 with a limit of 40, then 60 with 5 to 40, then 42 with 45."""
    rows = _rows(analysis_of("alt,0 d,80,U/L,,40", "alt,5 d,60,U/L,5,40", "alt,9 d,42,U/L,,45"))
    cells = [cell.replace("ᵃ", "").replace("ᵇ", "") for cell in rows[0][1:4]]
    assert cells == ["80 (high) (up to 40)", "60 (high) (5–40)", "42 (up to 45)"]


def test_what_was_at_a_site_and_is_absent_without_one_is_not_left_as_the_same(make_case):
    """An effusion on the left, as large at 6 months, and none at 12 months, without a side."""
    facts = [
        f"a,observation,pericardial_effusion,{start},{value},,,,{state},chart,,{site}"
        for start, value, state, site in (
            ("0 d", "large", "", "left"),
            ("6 mo", "large", "", "left"),
            ("0 d", "small", "", "right"),
            ("12 mo", "", "absent", ""),
        )
    ]
    about = "analysis: {baseline: first}"
    table = summarise_visits(analyse(make_case(*facts, header=f"{HEADER},site", about=about)))
    assert str(table.cells()[0][-1]) == "large both times reportedᵃ"
    assert table.notes[0] == "ᵃ Absent at 12 months, told without a site."


def test_a_claim_names_what_happened_without_a_label_with_its_acronym(make_case):
    about = "analysis: {baseline: first}\nclaims: [{says: no infection, test: none_happen, events: cmv_reactivation}]"
    happened = "a,adverse_event,cmv_reactivation,3 d,,,,,,chart,"
    (why,) = analyse(make_case(happened, header=HEADER, about=about)).claims["WHY"]
    assert why.startswith("recorded: CMV reactivation")
