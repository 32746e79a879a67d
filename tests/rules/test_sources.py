"""Each rule says no more than its source, and cites the work in which its words stand."""

import pytest
from conftest import ROOT

from casetimeline.case.read import read_case
from casetimeline.report.citations import references_in_use
from casetimeline.rules.analysis import analyse
from casetimeline.vocabulary import RULE_KINDS

CASE = read_case(ROOT / "data", "fu-2025")
RULES = CASE.rules.set_index("rule")


@pytest.mark.parametrize(
    ("rule", "reference", "words"),
    [
        # The number of each rule stands in its quote.
        ("revised_criss_skin_item", "khanna-2021", "improved by ≥20%"),
        ("effusion_class_small", "strimel-2018", "less than 10 mm"),
        ("effusion_class_moderate", "strimel-2018", "10-20 mm"),
        ("effusion_class_large", "strimel-2018", "more than 20 mm"),
        ("effusion_large_strimel", "strimel-2018", "more than 20 mm"),
        ("effusion_large_weich", "weich-2005", "> 10 mm"),
        ("sdc_one_examiner_taught", "czirjak-2007", "between 2.5 and 2.9"),
        ("fasscinate_fall_20", "khanna-2018", "≥ 20%"),
        ("fasscinate_fall_40", "khanna-2018", "≥ 40%"),
        ("fasscinate_fall_60", "khanna-2018", "≥ 60%"),
        ("mcid_fasscinate", "khanna-2018", "≥4.7"),
        ("ck_biopsy_ean_2024", "ean-2024-hyperckemia", "CK ≥ 3 ULN"),
        # So do the time over which it was estimated, and the patients for whom it was made.
        ("mcid_2019_dcssc", "khanna-2019", "at 12 months"),
        ("mcid_2019_all", "khanna-2019", "at 12 months"),
        ("mid_2006", "khanna-2006", "At 6, 12, 18 and 24 months"),
        ("ck_efns_2010", "kyriakides-2010", "pauci- or asymptomatic"),
        ("ck_ean_2024", "ean-2024-hyperckemia", "oligo/asymptomatic"),
    ],
)
def test_the_number_of_a_rule_stands_in_the_words_of_its_work(rule, reference, words):
    assert RULES.loc[rule, "reference"] == reference and words in RULES.loc[rule, "quote"]


@pytest.mark.parametrize(
    ("rule", "work", "words"),
    [
        *((f"fasscinate_fall_{share}", "nct01532869", ">/= 15 and </= 40 mRSS units") for share in (20, 40, 60)),
        ("mcid_fasscinate", "nct01532869", ">/= 15 and </= 40 mRSS units"),
        ("revised_criss", "khanna-2024-daisy", "at Week 52"),
    ],
)
def test_the_entry_or_time_of_a_rule_stands_in_the_words_of_another_work_that_is_cited(rule, work, words):
    row = RULES.loc[rule]
    assert row["further_reference"] == work and words in row["further_quote"]
    used = {each.key: each.used_for for each in references_in_use(analyse(CASE))}
    assert f"entry or time of a rule: {row['label']}" in used[work]


def test_a_page_in_place_of_a_guideline_is_named_as_such():
    pages = RULES[RULES["reference"] == "strimel-2018"]
    assert len(pages) == 4
    for column in ("label", "population"):
        assert pages[column].str.contains("the guideline itself was not read").all()
    assert not RULES["label"].str.contains("ESC").any()


def test_the_revised_criss_promises_no_threshold_and_its_items_are_codes():
    rule = RULES.loc["revised_criss"]
    assert "the threshold of each item was not read" in rule["definition"]
    assert rule["needs"].split("|") == ["mrss", "fvc_pred", "haq_di", "patient_global", "physician_global"]
    assert "the threshold of the item itself was not read" in RULES.loc["revised_criss_skin_item", "definition"]


def test_no_rule_rests_on_a_work_without_a_place():
    assert "effusion-natural-history" not in set(RULES["reference"])
    assert not RULES["address"].str.contains("droracle|researcher.life").any()
    assert set(RULES["kind"]) <= set(RULE_KINDS)


def test_an_arm_cites_the_work_of_its_baseline_beside_that_of_its_change():
    arms = CASE.comparators.set_index("arm")
    assert arms.loc["fasscinate_placebo", ["reference", "baseline_reference"]].tolist() == [
        "khanna-2016",
        "khanna-2018",
    ]
    used = {each.key: each.used_for for each in references_in_use(analyse(CASE))}
    assert "published arms, baseline: faSScinate" in used["khanna-2018"]
    assert "published arms: faSScinate" in used["khanna-2016"]


@pytest.mark.parametrize(
    ("after", "met"),
    [
        # Of 40 points 20, 40 and 60 % are 8, 16 and 24; on the line the rule is met.
        ("32", [True, False, False]),
        ("33", [False, False, False]),
        ("24", [True, True, False]),
        ("25", [True, False, False]),
        ("16", [True, True, True]),
        ("17", [True, True, False]),
    ],
)
def test_the_shares_of_fasscinate_are_at_least_that_much(make_case, observe, after, met):
    analysis = analyse(make_case(observe("1", value="40", start="0 d"), observe("2", value=after, start="400 d")))
    verdicts = analysis.verdicts.set_index("RULE")["VERDICT"]
    assert [verdicts[f"fasscinate_fall_{share}"] == "met" for share in (20, 40, 60)] == met


@pytest.mark.parametrize(
    ("size", "answers"), [("10", ["not met"] * 2), ("10.1", ["met", "not met"]), ("21", ["met"] * 2)]
)
def test_large_is_more_than_10_mm_in_one_source_and_more_than_20_in_another(make_case, observe, size, answers):
    verdicts = analyse(make_case(observe("1", "pericardial_effusion", size, "mm"))).verdicts.set_index("RULE")[
        "VERDICT"
    ]
    assert [verdicts["effusion_large_weich"], verdicts["effusion_large_strimel"]] == answers


def test_a_biopsy_may_be_offered_from_three_times_the_limit_on(make_case, observe):
    rows = [observe(str(n), "ck", value, "U/L", limits="20,200") for n, value in enumerate(("599", "600"), 1)]
    about = "diagnosis: asymptomatic hyperCKaemia\nanalysis: {baseline: first}"
    verdicts = analyse(make_case(*rows, about=about)).verdicts.set_index(["RULE", "line"])["VERDICT"]
    assert verdicts["ck_biopsy_ean_2024"].tolist() == ["not met", "met"]
