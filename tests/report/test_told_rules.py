"""How the rules of a case are told: one wording in every table, whom each was made for, and each short form in full."""

import pytest
from conftest import ROOT

from casetimeline.case.read import read_case
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import notes_of
from casetimeline.prose.display import Table
from casetimeline.prose.judged.answers import summarise_answers
from casetimeline.prose.judged.verdicts import summarise_choices
from casetimeline.prose.tables.carriers import summarise_carriers
from casetimeline.prose.wording.abbreviations import abbreviations_in
from casetimeline.report.citations import Numbers, calculated_by
from casetimeline.report.contents import opening, table_blocks
from casetimeline.report.document import Picture
from casetimeline.report.methods import rules_in_use
from casetimeline.report.plates import with_label, with_short_forms
from casetimeline.report.short import short_report
from casetimeline.rules.analysis import analyse

pytestmark = pytest.mark.product


@pytest.fixture(scope="module")
def index():
    return analyse(read_case(ROOT / "data/fu-2025"))


@pytest.fixture(scope="module")
def answers(index):
    return summarise_answers(index)


def _answer(table, question):
    return dict(zip(table.frame["Question"], table.frame["Answer"], strict=True))[question]


def test_a_change_that_exceeds_estimates_which_may_not_apply_is_told_the_same_in_each_table(index, answers):
    """14 points are more than each of the three differences; over which time the score fell is not reported."""
    told = "reached or exceeded, whether it applies to this patient is not known"
    difference = "arger than a minimal clinically important difference?"
    choices = summarise_choices(index).frame.set_index("question")
    assert choices.loc[f"L{difference}", "do the rules agree?"] == told and told in choices
    answer = _answer(answers, f"Is the change in mRSS l{difference}")
    assert "each exceeded, whether they apply to this patient is not known" in answer
    assert any(f"; {told}: 1;" in sentence and "none can be determined: 2)" in sentence for sentence in opening(index))


def test_a_rule_for_other_patients_says_for_whom_and_its_name_has_no_capital_within_a_sentence(index, answers):
    answer = _answer(answers, "Was CK raised?")
    assert answer.endswith(
        "made for other patients: raised CK (EFNS 2010), for people with few or no symptoms and no apparent medical "
        "explanation; raised CK (EAN 2024), for adults with few or no symptoms"
    )
    assert answers.caption == "What the cited rules say of the values and changes"
    rules = rules_in_use(index, Numbers(index)).frame.set_index("rule")["made for"]
    assert rules["Raised CK (EAN 2024)"] == "adults with few or no symptoms (not this patient)"
    assert rules["Raised CK (Australian scleroderma cohort)"] == "1786 SSc patients"


def test_a_rule_without_a_known_threshold_is_nowhere_told_and_one_for_others_has_its_row(index, answers):
    assert not answers.frame["Question"].str.contains("Skin item").any()
    rules = rules_in_use(index, Numbers(index)).frame.set_index("rule")["made for"]
    assert "Skin item of the revised CRISS" not in rules
    assert any("threshold was not read" in note for note in summarise_carriers(index).notes)
    # Each work of a rule is cited beside its row.
    others = {rule for rule, population in rules.items() if population.endswith("(not this patient)")}
    assert "CK at which a biopsy is considered (EFNS 2010)" in others
    assert "Complete regression, as in a cohort of idiopathic effusions" in others


def test_a_legend_ends_with_its_short_forms_once(index):
    picture = Picture("02_muscle", "CK", "CK of 923 U/L.", "Creatine kinase.", "<svg/>", notes="CK alone.")
    told = with_short_forms(index, picture)
    assert told.notes == "CK alone. Abbreviations: CK, creatine kinase."
    assert with_short_forms(index, told) == told


def test_each_table_spells_out_its_short_forms(index, answers):
    """EFNS by the history of the federation (PMC11464397); ESOS by the title of its first report (PMC5530354)."""
    (choices,) = [block for block in table_blocks(index) if getattr(block, "caption", "").startswith("Rules that")]
    assert isinstance(choices, Table)
    for table in (answers, choices, rules_in_use(index, Numbers(index))):
        assert "EFNS, European Federation of Neurological Societies" in table.notes[-1]
    assert "ESOS, European Scleroderma Observational Study" in choices.notes[-1]
    assert "CV, coefficient of variation" in choices.notes[-1]


def test_the_noun_of_an_antibody_is_left_out_behind_its_name_alone():
    """Antinuclear antibody is ANA with its noun; "anti-SRP antibody" has its own behind it."""
    notes = {}
    for case_id, text in (("aosd-ehjcr-22m", "ANA; antibodies"), ("openneurol2024-64f", "anti-SRP antibody")):
        (notes[case_id],) = abbreviations_in(analyse(read_case(ROOT / "data" / case_id)), text)
    assert notes["aosd-ehjcr-22m"] == "ANA, antinuclear antibody."
    assert notes["openneurol2024-64f"] == "anti-SRP, anti-signal recognition particle."


def test_a_legend_with_calculated_doses_cites_the_label_and_the_report_lists_it():
    """aosd-ehjcr-22m has dexamethasone; prednisone itself, as in the index case, is not calculated."""
    analysis = analyse(read_case(ROOT / "data/aosd-ehjcr-22m"))
    short = short_report(analysis)
    picture = Picture("00_course", "Course", "", "Course.", "", notes=notes_of(draw_course(analysis)))
    shown = with_label(picture, short.numbers)
    (number,) = shown.works
    assert f"(Amneal, Rev. 12-2021; reference {number})" in shown.notes
    assert short.works.lines[number].startswith("Amneal Pharmaceuticals NY LLC. Dexamethasone Tablets")
    assert with_label(shown, short.numbers) == shown
    assert not calculated_by(read_case(ROOT / "data/fu-2025"))
