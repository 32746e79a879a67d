"""Rules that were made for other patients are not applicable, and what is not told is no answer."""

import pandas as pd
import pytest
from conftest import ROOT, first_in_gate, told_sentences

from casetimeline.case.read import read_case
from casetimeline.case.tables.cited import read_comparators, read_rules
from casetimeline.faults import TimelineError
from casetimeline.figures.change import draw_change
from casetimeline.figures.drawn import describe, drawn_values
from casetimeline.prose.course.results import last_verdicts
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged, summarise_verdicts
from casetimeline.prose.tables.story import summarise_muscle, summarise_pericardium, summarise_skin
from casetimeline.rules.analysis import analyse
from casetimeline.rules.populations import belongs_to

YES, NO, OPEN, APART = "met", "not met", "cannot be determined", "not applicable"


@pytest.mark.parametrize(
    ("population", "diagnosis", "answer"),
    [
        ("idiopathic effusion", "systemic sclerosis", NO),
        ("idiopathic effusion", "Systemic lupus erythematosus", NO),
        ("idiopathic effusion", "SLE", NO),
        ("idiopathic effusion", "immune-mediated necrotising myopathy", NO),
        ("idiopathic effusion", "idiopathic pericardial effusion", YES),
        ("idiopathic effusion", "chronic idiopathic large pericardial effusion", YES),
        # A raised CK with a disease that explains it is not one without symptoms.
        ("few or no symptoms", "systemic sclerosis", NO),
        ("few or no symptoms", "necrotising autoimmune myopathy", NO),
        ("few or no symptoms", "paucisymptomatic hyperCKaemia", YES),
        ("few or no symptoms", "asymptomatic rise of CK", YES),
        ("few or no symptoms", "symptomatic hyperCKaemia", OPEN),
        ("few or no symptoms", "suspected myositis", OPEN),
        ("few or no symptoms", "", OPEN),
        # Words that name no disease, or none for certain, are no answer.
        ("idiopathic effusion", "", OPEN),
        ("idiopathic effusion", "pericardial effusion", OPEN),
        ("idiopathic effusion", "idiopathic pulmonary fibrosis", OPEN),
        ("idiopathic effusion", "suspected lupus", OPEN),
        ("idiopathic effusion", "lupus or sarcoidosis?", OPEN),
        ("idiopathic effusion", "systemic sclerosis, possible lupus", NO),
        ("systemic sclerosis", "systemic sclerosis", YES),
        ("systemic sclerosis", "diffuse scleroderma", YES),
        ("systemic sclerosis", "lcSSc", YES),
        ("systemic sclerosis", "systemic sclerosis without lupus", YES),
        ("systemic sclerosis", "systemic lupus erythematosus", NO),
        ("systemic sclerosis", "juvenile dermatomyositis and systemic lupus erythematosus, overlap", NO),
        ("systemic sclerosis", "lupus, possibly with scleroderma", OPEN),
        # Scleroderma of the skin alone is no systemic sclerosis, wherever the word for it stands.
        *(
            ("systemic sclerosis", localised, OPEN)
            for localised in (
                "morphea",
                "scleroderma en coup de sabre",
                "generalized morphea (scleroderma)",
                "scleroderma, localized",
                "localized (linear) scleroderma",
                "circumscribed scleroderma",
                "scleroderma circumscripta",
                "pansclerotic morphea / deep scleroderma",
            )
        ),
        ("systemic sclerosis", "systemic scleroderma with morphea", YES),
        ("systemic sclerosis", "scleroderma with linear IgA disease", YES),
        ("systemic sclerosis", "scleroderma with circumscribed calcinosis", YES),
        ("systemic sclerosis", "scleroderma renal crisis; prior morphea", YES),
        ("systemic sclerosis", "scleroderma; prior morphea", YES),
        ("systemic sclerosis", "limited scleroderma with morphea plaques", YES),
        ("diffuse systemic sclerosis", "limited cutaneous scleroderma with morphea plaques", NO),
        ("systemic sclerosis", "localized cutaneous scleroderma", OPEN),
        # Who may get a disease, or has early signs of it, does not have it.
        ("systemic sclerosis", "at risk of systemic sclerosis", OPEN),
        ("systemic sclerosis", "pre-scleroderma", OPEN),
        ("systemic sclerosis", "very early diagnosis of systemic sclerosis (VEDOSS)", OPEN),
        ("systemic sclerosis", "systemic sclerosis at risk of renal crisis", YES),
        ("systemic sclerosis", "at high risk of progression to systemic sclerosis", OPEN),
        ("systemic sclerosis", "at-risk systemic sclerosis", OPEN),
        # Who is at risk of something else has the disease that is named beside it.
        ("systemic sclerosis", "patient at high risk of aspiration with systemic sclerosis", YES),
        ("idiopathic effusion", "risk of malignancy in dermatomyositis", NO),
        ("idiopathic effusion", "pregnancy at risk in lupus", NO),
        ("idiopathic effusion", "at-risk pregnancy with lupus nephritis", NO),
        # The diffuse subset needs skin of upper arm, chest, abdomen, back or thigh (LeRoy and Medsger).
        ("diffuse systemic sclerosis", "systemic sclerosis sine scleroderma", NO),
        ("diffuse systemic sclerosis", "ssSSc", NO),
        ("systemic sclerosis", "systemic sclerosis sine scleroderma", YES),
        # A denial behind the name, another disease that looks like it, or the disease of somebody else.
        ("systemic sclerosis", "systemic sclerosis excluded", OPEN),
        ("systemic sclerosis", "systemic sclerosis, ruled out by biopsy", OPEN),
        ("systemic sclerosis", "systemic sclerosis unlikely", OPEN),
        ("systemic sclerosis", "mimic of systemic sclerosis", OPEN),
        ("systemic sclerosis", "scleroderma mimic: eosinophilic fasciitis", OPEN),
        ("systemic sclerosis", "SSc-like disease", OPEN),
        ("systemic sclerosis", "family history of systemic sclerosis", OPEN),
        ("systemic sclerosis", "SSc in the family", OPEN),
        ("systemic sclerosis", "systemic sclerosis, lupus excluded", YES),
        ("systemic sclerosis", "systemic sclerosis with lupus excluded", YES),
        ("systemic sclerosis", "localised scleroderma", OPEN),
        ("systemic sclerosis", "multiple sclerosis", OPEN),
        ("systemic sclerosis", "", OPEN),
        ("diffuse systemic sclerosis", "diffuse cutaneous systemic sclerosis", YES),
        ("diffuse systemic sclerosis", "limited cutaneous systemic sclerosis", NO),
        ("diffuse systemic sclerosis", "CREST syndrome", NO),
        ("diffuse systemic sclerosis", "limited, then diffuse systemic sclerosis", YES),
        # The subset is not told: the diagnosis does not exclude the patient.
        ("diffuse systemic sclerosis", "systemic sclerosis", YES),
        ("diffuse systemic sclerosis", "lupus", NO),
    ],
)
def test_a_diagnosis_excludes_a_patient_only_in_words(population, diagnosis, answer):
    assert belongs_to(population, diagnosis) == answer


# In doubt, denied, or another disease than this one, as clinicians write it in five languages.
@pytest.mark.parametrize(
    "diagnosis",
    [
        "likely SSc",
        "SSc, likely",
        "r/o SSc",
        "DDx SSc",
        "DD: SSc",
        "polymyositis rather than SSc",
        "RA instead of SSc",
        "connective tissue disease other than SSc",
        "unconfirmed SSc",
        "provisional SSc",
        "misdiagnosed as SSc",
        "initially thought to be SSc",
        "SSc to be confirmed",
        "SSc less likely",
        "SSc refuted",
        "absence of SSc",
        "free of SSc",
        "non-CREST",
        "MCTD with SSc features",
        "MCTD with features of SSc",
        "Verdacht auf SSc",
        "V.a. SSc",
        "kein SSc",
        "SSc ausgeschlossen",
        "SSc oder RA",
        "pas de SSc",
        "pas d'argument pour une SSc",
        "suspicion de SSc",
        "SSc peu probable",
        "SSc probable",
        "sospetto SSc",
        "senza SSc",
        "SSc esclusa",
        "sospecha de SSc",
        "sin SSc",
        "SSc descartada",
    ],
)
def test_a_diagnosis_in_doubt_or_denied_is_not_taken_as_certain(diagnosis):
    assert belongs_to("systemic sclerosis", diagnosis) == OPEN


@pytest.mark.parametrize(
    "diagnosis",
    [
        "systemic sclerosis sine scleroderma",
        "SSc, likely paraneoplastic",
        "SSc with probable ILD",
        "SSc rather than RA",
        "SSc misdiagnosed as RA",
        "SSc with sicca features",
        "SSc thought to be induced by silica",
        "SSc, pericarditis possible",
    ],
)
def test_a_doubt_about_something_else_leaves_the_diagnosis(diagnosis):
    assert belongs_to("systemic sclerosis", diagnosis) == YES


@pytest.mark.parametrize(("sex", "answer"), [("female", YES), ("Male", NO), ("", OPEN), ("not reported", OPEN)])
def test_a_rule_for_women_is_not_applicable_to_a_man(sex, answer):
    assert belongs_to("women", "", sex) == answer


@pytest.fixture
def judged(make_case, observe, with_cohort_rules):
    """An analysis of a skin score, CK and effusion that fall, with a diagnosis and a sex."""

    def analysis(diagnosis, sex="female", *more):
        rows = [
            *(observe("1", code, value, unit) for code, value, unit in (("mrss", "46", ""), ("ck", "923", "U/L"))),
            *(observe("2", code, value, unit) for code, value, unit in (("mrss", "32", ""), ("ck", "150", "U/L"))),
            *(observe(str(n), "pericardial_effusion", word) for n, word in ((1, "large"), (2, "none"))),
        ]
        about = f"diagnosis: {diagnosis}\npatient: {{sex: {sex}}}\nanalysis: {{baseline: first, cva: 3}}"
        return analyse(with_cohort_rules(make_case(*rows, *more, about=about)))

    return analysis


def verdicts_of(analysis, *rules):
    table = analysis.verdicts.set_index("RULE")[["VERDICT", "DECIDED"]]
    return [tuple(table.loc[rule]) for rule in rules]


EFFUSION = ("effusion_complete_regression", "effusion_regression", "effusion_stability")


@pytest.mark.product
def test_no_rule_of_idiopathic_effusions_judges_that_of_lupus(judged):
    lupus = judged("systemic lupus erythematosus")
    assert verdicts_of(lupus, *EFFUSION) == [(APART, "diagnosis")] * 3
    assert verdicts_of(lupus, "mcid_2019_all", "ck_australian_ssc")[0] == (APART, "diagnosis")
    # The parts of a rule that is not applicable are not answered either.
    assert set(lupus.verdicts.loc[lupus.verdicts["VERDICT"] == APART, "SIZE"]) == {""}
    assert verdicts_of(judged("''"), *EFFUSION) == [(OPEN, "diagnosis")] * 3
    assert verdicts_of(judged("idiopathic pericardial effusion"), EFFUSION[0]) == [(YES, "state")]


@pytest.mark.product
def test_a_rule_of_young_women_judges_no_man(judged):
    # 150 / 923 is 0.16; with a CV of 19 % and 3 % a fall below 0.59 counts.
    for sex, expected in (("male", (APART, "sex")), ("female", (YES, "ratio")), ("''", (OPEN, "sex"))):
        assert verdicts_of(judged("systemic sclerosis", sex), "ck_reference_change_women") == [expected]


@pytest.mark.product
def test_every_place_that_counts_verdicts_counts_those_that_are_not_applicable(judged):
    analysis = judged("systemic lupus erythematosus")
    last = last_verdicts(analysis.changes, analysis.verdicts)
    counts = last["VERDICT"].value_counts()
    # Of 20 rules of the skin score, all made for systemic sclerosis, and 3 of the effusion none judges; 2 of CK do.
    assert counts.to_dict() == {APART: 23, YES: 2}
    past = "\n".join(told_sentences(analysis))
    assert "Not applicable, because made for other patients: Complete regression, as in a cohort of" in past
    assert "(made for 100 idiopathic chronic large effusions)" in past
    assert "Not applicable, because made for other patients: " in str(summarise_judged(analysis))
    table = summarise_verdicts(analysis, "pericardial_effusion").frame
    assert table.loc[table["line"] == 7, "verdict"].tolist().count(APART) == 3
    # A question that no rule answers for this patient is none on which rules could disagree.
    assert {*summarise_choices(analysis).frame["question"]} == {"Beyond day-to-day variation?"}


@pytest.mark.product
def test_a_notebook_says_once_which_rules_are_not_applicable_and_why(judged):
    analysis = judged("systemic lupus erythematosus")
    told = [summarise_skin(analysis), summarise_muscle(analysis), summarise_pericardium(analysis)]
    for prose in map(str, told[::2]):
        assert prose.count("Not applicable (the diagnosis is systemic lupus erythematosus): ") == 1
        assert "met" not in prose.split("Not applicable")[0].split("baseline")[0]
    again = "a,3,observation,pericardial_effusion,,,none,,,,,,,chart,"
    twice = summarise_pericardium(judged("systemic lupus erythematosus", "female", again))
    assert str(twice).count("Complete regression, as in a cohort of idiopathic effusions") == 1
    unknown = str(summarise_pericardium(judged("''")))
    assert "Whether they apply cannot be determined (the diagnosis is not reported): Complete regression" in unknown


@pytest.mark.product
def test_a_figure_leaves_out_what_is_not_applicable_and_says_so(judged):
    drawn = drawn_values(draw_change(judged("systemic lupus erythematosus")))
    verdicts = drawn[drawn["element"] == "verdict"].set_index("of")["said"]
    assert "effusion_regression" not in verdicts and "ck_reference_change" in verdicts
    shaded = drawn.loc[drawn["element"] == "need", "of"]
    assert "mcid_2019_all" not in set(shaded) and "ck_reference_change" in set(shaded)
    assert "Rules that exclude this patient by diagnosis, sex or entry criteria are not drawn." in describe(
        draw_change(judged("systemic lupus erythematosus"))
    )


def event(phase, code):
    return f"a,{phase},event,{code},,,,,,,,,,chart,"


@pytest.mark.parametrize(
    ("rows", "expected"),
    first_in_gate(
        6,
        [
            # Large, then none. Nothing is told of a drainage.
            ([], OPEN),
            ([event(2, "remission")], OPEN),
            ([event(2, "no_pericardial_drainage")], YES),
            ([event(2, "no_pericardiocentesis")], YES),
            ([event(2, "pericardiocentesis")], OPEN),
            ([event(2, "drainage")], OPEN),
            (["a,2,observation,pericardial_drained_volume,,,,,,,not_reported,,,chart,"], OPEN),
            (["a,2,observation,pericardial_drained_volume,,,500,mL,,,,,,chart,"], OPEN),
            (["a,2,observation,pericardial_drained_volume,,,0,mL,,,,,,chart,"], YES),
            # Told before or after the course, it says nothing of the course.
            ([event(1, "no_pericardial_drainage")], OPEN),
            ([event(3, "no_pericardial_drainage")], OPEN),
            # One drainage is one, whatever else is told.
            ([event(2, "no_pericardial_drainage"), event(2, "pericardial_window")], OPEN),
            ([event(2, "no_pericardial_drainage"), event(3, "pericardial_window")], YES),
        ],
    ),
)
def test_no_drainage_must_be_told(judged, rows, expected):
    analysis = judged("idiopathic pericardial effusion", "female", *rows)
    assert verdicts_of(analysis, "effusion_regression")[0][0] == expected


def test_a_population_that_no_diagnosis_is_held_against_is_refused(vocabulary):
    content = vocabulary.contents["rules.csv"].decode()
    with pytest.raises(TimelineError, match="column made_for: found 'dcSSc'; expected one of systemic"):
        read_rules(content.replace("diffuse systemic sclerosis", "dcSSc", 1), "rules.csv")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # The first row with an entry up to 40, from 41 on.
        ("15,40,", "41,40,", "column base_max: found '40'; expected at least the base_min of its row, 41"),
        ("15,40,", "15,forty,", "column base_max: found 'forty'; expected a number, or blank"),
        (
            "6..24 mo",
            "some years",
            "column studied: found 'some years'; expected a time such as 12 mo or 6..24 mo, or b",
        ),
    ],
)
def test_an_entry_or_a_time_that_is_none_is_refused(vocabulary, old, new, told):
    with pytest.raises(TimelineError, match=told):
        read_rules(vocabulary.contents["rules.csv"].decode().replace(old, new, 1), "rules.csv")


RULE = "eustar_2016_improvement"


def edited(table, key, word, **cells):
    """The text of a table with other cells in the row of one word."""
    frame = pd.read_csv(ROOT / "data" / table, dtype=str, keep_default_na=False)
    frame.loc[frame[key] == word, [*cells]] = [*cells.values()]
    return frame.to_csv(index=False)


# Before, one of these turned a verdict, let a rule vanish, or ended in a traceback.
@pytest.mark.parametrize(
    ("rule", "cells", "column", "told"),
    [
        (RULE, {"direction": "Fall"}, "direction", "did you mean 'fall'?"),
        (RULE, {"direction": "down"}, "direction", "one of fall, rise"),
        (RULE, {"direction": ""}, "direction", "one of fall, rise"),
        (RULE, {"direction": "either"}, "direction", "one of fall, rise"),
        (RULE, {"limit": ">-5"}, "limit", "a number above 0 behind > or >="),
        (RULE, {"limit": ">=0"}, "limit", "a number above 0 behind > or >="),
        (RULE, {"limit": "5"}, "limit", "a number above 0 behind > or >="),
        (RULE, {"limit": "5 points"}, "limit", "a number above 0 behind > or >="),
        (RULE, {"limit": ">=<5"}, "limit", "a number above 0 behind > or >="),
        (RULE, {"percent": "25"}, "percent", "as in >=25"),
        (RULE, {"percent": ">=25 %"}, "percent", "as in >=25"),
        (RULE, {"percent_of": "bas"}, "percent_of", "did you mean 'base'?"),
        (RULE, {"percent_of": ""}, "percent_of", "of which the percentage is"),
        (RULE, {"limit": "", "percent": "", "percent_of": "", "rate": ""}, "limit", "limit, percent or rate"),
        (RULE, {"rate": "fast"}, "rate", "as in >=5"),
        (RULE, {"window": "soon"}, "window", "9..15 mo"),
        (RULE, {"window": "-9 mo"}, "window", "a time after the baseline"),
        (RULE, {"studied": "24..6 mo"}, "studied", "6..24 mo"),
        (RULE, {"base_min": "inf"}, "base_min", "a number, or blank"),
        (RULE, {"xuln": "x"}, "xuln", "'response' does not read this column"),
        (RULE, {"sd": "2"}, "sd", "'response' does not read this column"),
        (RULE, {"made_for": "woman"}, "made_for", "did you mean 'women'?"),
        (RULE, {"not_after": "a||b"}, "not_after", "codes, joined by |"),
        (RULE, {"label": ""}, "label", "the label of this rule"),
        ("sdc_one_examiner", {"sd": "0"}, "sd", "a number above 0"),
        ("sdc_one_examiner", {"sd": ""}, "sd", "what a rule of the kind 'error' needs: sd"),
        ("sdc_one_examiner", {"examiners": "one examner"}, "examiners", "did you mean 'one examiner'?"),
        ("ck_reference_change", {"cvi": "-14.5"}, "cvi", "a number above 0"),
        ("ck_above_uln", {"xuln": "1.5"}, "xuln", "as in >1.5"),
        ("effusion_class_small", {"limit": "20..10"}, "limit", "a range of sizes"),
        ("revised_criss", {"needs": ""}, "needs", "what a rule of the kind 'composite' needs: needs"),
    ],
)
def test_each_cell_of_a_rule_is_one_that_the_rules_can_read(rule, cells, column, told):
    with pytest.raises(TimelineError) as caught:
        read_rules(edited("rules.csv", "rule", rule, **cells), "rules.csv")
    (fault,) = caught.value.faults
    assert (fault.file, fault.column) == ("rules.csv", column)
    assert told in str(fault)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"n": "-43"}, "n"),
        ({"baseline_sd": "0"}, "baseline_sd"),
        ({"weeks": "0"}, "weeks"),
        ({"change_sd": "inf"}, "change_sd"),
        ({"change_low": "-2", "change_high": "-5"}, "change_high"),
        ({"entry": "mRSS 35 to 10"}, "entry"),
        ({"entry": "mRSS 10-35"}, "entry"),
        ({"treatment": ""}, "treatment"),
    ],
)
def test_each_cell_of_an_arm_is_one_that_can_be_shown(cells, column):
    with pytest.raises(TimelineError) as caught:
        read_comparators(edited("comparators.csv", "arm", "fasscinate_tocilizumab", **cells), "comparators.csv")
    assert [fault.column for fault in caught.value.faults] == [column]


@pytest.mark.parametrize(
    ("table", "key", "word", "cells", "told"),
    [
        ("rules.csv", "rule", RULE, {"measure": "mRSS"}, "column measure: found 'mRSS'; .*did you mean 'mrss'"),
        ("rules.csv", "rule", RULE, {"measure": "ckk"}, "column measure: found 'ckk'; .*did you mean 'ck'"),
        ("rules.csv", "rule", RULE, {"measure": ""}, "column measure: found nothing"),
        ("rules.csv", "rule", "revised_criss", {"needs": "mrss|haq_d"}, "found 'haq_d'; .*did you mean 'haq_di'"),
        ("comparators.csv", "arm", "fasscinate_tocilizumab", {"measure": "mrs"}, "found 'mrs'; .*did you mean 'mrss'"),
    ],
)
def test_a_rule_or_an_arm_is_about_a_measure_that_is_known(write_case, observe, table, key, word, cells, told):
    data = write_case(observe())
    (data / table).write_text(edited(table, key, word, **cells), encoding="utf-8")
    with pytest.raises(TimelineError, match=rf"{table}, line [0-9]+, .*{told}"):
        read_case(data, "a")


def test_a_rule_on_a_measure_that_a_case_defines_itself_stops_no_case(write_case, observe):
    data = write_case(observe())
    (data / "rules.csv").write_text(edited("rules.csv", "rule", RULE, measure="urine_calcium_24h"), encoding="utf-8")
    assert RULE in set(read_case(data, "a").catalogue["rule"])


def test_a_table_of_rules_without_populations_limits_none(vocabulary):
    content = vocabulary.contents["rules.csv"].decode().replace("made_for", "remark", 1)
    assert set(read_rules(content, "rules.csv")["made_for"]) == {""}


@pytest.mark.parametrize(
    ("first", "second", "apply"),
    [
        # As rules.csv defines them: within one examiner, or between two; who was taught or in training no row tells.
        ("A", "A", {"sdc_one_examiner", "sdc_one_examiner_taught"}),
        ("A", "B", {"sdc_two_examiners", "sdc_training"}),
        ("A", "", {"sdc_one_examiner", "sdc_one_examiner_taught", "sdc_two_examiners", "sdc_training"}),
        ("", "", {"sdc_one_examiner", "sdc_one_examiner_taught", "sdc_two_examiners", "sdc_training"}),
    ],
)
def test_who_scored_both_visits_chooses_the_rule_of_measurement_error(make_case, first, second, apply):
    rows = [f"a,1,observation,mrss,0 d,46,,{first},chart", f"a,2,observation,mrss,12 mo,32,,{second},chart"]
    case = make_case(*rows, header="case_id,phase,kind,code,start,value,unit,by,source")
    verdicts = analyse(case).verdicts.query("KIND == 'error'").set_index("RULE")
    assert len(verdicts) == 4
    assert {*verdicts.index[verdicts["VERDICT"] != "not applicable"]} == apply
    others = verdicts[verdicts["VERDICT"] == "not applicable"]
    assert others["DECIDED"].eq("examiners").all() and others["SIZE"].eq("").all()
