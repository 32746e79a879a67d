"""Three small cases, worked by hand; what cannot be compared stays, and says why."""

import dataclasses
import math
import shutil

import pandas as pd
import pytest
from conftest import ROOT

import casetimeline as ct
from casetimeline.faults import TimelineError
from casetimeline.report.citations import references_of_series
from casetimeline.series.compare import best_answers, compare_series, questions_of
from casetimeline.series.overview import summarise_compared, summarise_patients, summarise_series


@pytest.fixture(scope="module")
def three(make_case):
    """Case a goes from 40 to 30 and to 36; b from 20 to below 18, then between 10 and 15; c is told once."""

    def row(case_id, phase, value, state=""):
        return f"{case_id},{phase},observation,mrss,,,{value},,,,{state},,,chart,"

    a = make_case(row("a", 1, 40), row("a", 2, 30), row("a", 3, 36), case_id="a")
    b = make_case(row("b", 1, 20), row("b", 2, "<18"), row("b", 3, "10..15"), case_id="b")
    c = make_case(row("c", 1, 25), case_id="c")
    return [c, a, b]


@pytest.fixture(scope="module")
def series(three):
    return ct.read_series(three)


def test_the_best_and_the_last_change_of_each_case_are_those_worked_by_hand(series):
    table = ct.derive_series(series, "mrss").set_index("case_id")
    # 30 - 40 and 36 - 40.
    a = table.loc["a"]
    assert (a.VISITS, a.BASEC, a.BESTC, a.BESTLINE, a.LASTC, a.LASTLINE) == (3, "40", "30", 3, "36", 4)
    assert (a.BCHGLO, a.BCHGHI, a.LCHGLO, a.LCHGHI, a.BPCHGLO) == (-10, -10, -4, -4, -25)
    # Below 18 is from -20 to below -2; 10 to 15 is from -10 to -5. The better of both is at best -20, and at worst -5.
    b = table.loc["b"]
    assert (b.BCHGLO, b.BCHGHI, b.BCHGHIX) == (-20, -5, False)
    assert b.BESTC == "<18 or 10 to 15" and pd.isna(b.BESTLINE)
    assert (b.LASTC, b.LCHGLO, b.LCHGHI) == ("10 to 15", -10, -5)


def test_a_case_without_a_change_stays_and_says_why(series):
    c = ct.derive_series(series, "mrss").set_index("case_id").loc["c"]
    assert (c.VISITS, c.BASEC, c.BESTC, c.REASON) == (1, "25", "", "recorded once") and math.isnan(c.BCHGLO)
    # None of them has a CK: each has a row.
    none = ct.derive_series(series, "ck")
    assert none["case_id"].tolist() == ["a", "b", "c"]
    assert set(none["REASON"]) == {"not mentioned in the part of the source that was read"}
    assert "recorded once" in repr(summarise_series(series, "mrss"))


def test_the_order_is_that_of_the_ids_and_not_of_the_files(three, series):
    turned = ct.read_series(three[::-1])
    assert series.ids == turned.ids == ("a", "b", "c")
    pd.testing.assert_frame_equal(ct.derive_series(series, "mrss"), ct.derive_series(turned, "mrss"))


def test_rules_that_do_not_agree_leave_the_answer_to_the_choice_of_the_rule(series):
    compared = compare_series(series, "mrss")
    best = best_answers(compared, questions_of(compared)).set_index(compared.table["case_id"])
    # A fall of 10 of 40 is above every limit of important change, and above the error of one examiner (2.45 x 1.96 x
    # 1.41 = 6.8) but not of examiners in training. Each rule for a response asks for a time, and none is told.
    assert best.loc["a", "Beyond the smallest detectable change?"] == "depends on the rule"
    assert best.loc["a", "Improved, by the rule for a response?"] == "cannot be determined"
    # So does one of the published differences, and the others are met.
    assert best.loc["a", "Larger than a minimal clinically important difference?"] == "cannot be determined"
    assert set(best.loc["c"]) == {""}


def test_table_1_has_numbers_missing_median_and_range(series):
    table = summarise_patients(series, "mrss").frame.set_index("what")
    # 40, 20 and 25.
    assert table.loc["Modified Rodnan skin score: baseline, points"].tolist() == [3, 0, "25", "20 to 40"]
    # -10 and -20 to -5: the median lies between -15 and -7.5; one is missing.
    changes = table.loc["Modified Rodnan skin score: best change, points"].tolist()
    assert changes == [2, 1, "between -15 and -7.5", "-20 to -5"]
    assert table.loc["age, years"].tolist() == [0, 3, "", ""]


def test_grades_are_compared_in_steps_of_their_scale(make_case):
    def row(case_id, phase, value, state=""):
        return f"{case_id},{phase},observation,pericardial_effusion,,,{value},,,,{state},,,chart,"

    a = make_case(row("a", 1, "large"), row("a", 2, "small"), case_id="a")
    b = make_case(row("b", 1, "", "present"), row("b", 2, "", "absent"), case_id="b")
    table = ct.derive_series(ct.read_series([a, b]), "pericardial_effusion")
    scale = a.measure("pericardial_effusion")["grades"]
    places = {word: place for place, word in enumerate(scale)}
    fall = places["small"] - places["large"]
    # Of an effusion that is gone and had no size: any grade above none, to none.
    assert table[["BCHGLO", "BCHGHI"]].to_numpy().tolist() == [[fall, fall], [-(len(scale) - 1), -1]]


def test_cases_of_one_paper_are_marked_and_said():
    series = ct.read_series(ROOT / "data", "endoabs38-p73-*, fu-2025")
    assert series.papers == {"endoabs38-p73-26f": "A", "endoabs38-p73-60m": "A"}
    words = repr(summarise_compared(series, "calcium"))
    assert "Of one paper, and so not independent: endoabs38-p73-26f and endoabs38-p73-60m." in words
    assert "selected" in words and "p-value" in words
    assert not any(word in words for word in (" p =", " p <", "confidence", "significan"))


def test_what_is_said_of_the_bias_of_series_has_its_source(series):
    cited = [each.work for each in references_of_series(series, "mrss") if "bias" in each.used_for[0]]
    assert [(work["DOI"], work["author"][0]["family"]) for work in cited] == [("10.1136/bmjebm-2017-110853", "Murad")]
    assert "known for an increased risk of bias (Murad 2018)" in summarise_compared(series, "mrss").paragraphs[2]


def test_a_change_that_is_told_in_words_alone_is_said_to_be(make_case, observe):
    case = make_case(observe(code="ck", value="500", unit="U/L"), observe("2", code="ck", value="", state="decreased"))
    row = ct.derive_series(ct.read_series([case]), "ck").iloc[0]
    assert row.REASON == "only told to be decreased, without a value or grade" and math.isnan(row.BCHGLO)


def test_two_charts_are_not_one_paper(make_case, observe):
    about = "analysis: {baseline: first}\nsources: [{id: chart}]"
    cases = [make_case(observe(case_id=name), case_id=name, about=about) for name in "ab"]
    assert ct.read_series(cases).papers == {}
    same = [
        dataclasses.replace(case, about={**case.about, "sources": [{"id": "chart", "doi": doi}]})
        for case, doi in zip(cases, ("10.1/x", "10.1/X"), strict=True)
    ]
    assert ct.read_series(same).papers == {"a": "A", "b": "A"}


def test_a_filter_takes_cases_by_diagnosis_and_by_what_they_record():
    asked = "ferreira2017 fu-2025 kamata2012 sunkara2025"
    sclerosis = ct.read_series(ROOT / "data", asked, diagnosis="Systemic Sclerosis", records="mrss")
    # One is of lupus, and one has no skin score.
    assert sclerosis.ids == ("ferreira2017", "fu-2025")
    assert "the diagnosis has the words 'Systemic Sclerosis' and mrss is recorded" in sclerosis.chosen
    with pytest.raises(TimelineError, match="none of 4"):
        ct.read_series(ROOT / "data", asked, diagnosis="gout")


def test_a_name_that_is_no_case_and_a_measure_that_is_none_are_told_with_the_nearest():
    with pytest.raises(TimelineError, match="did you mean 'fu-2025'"):
        ct.read_series(ROOT / "data", "fu-2026")
    with pytest.raises(TimelineError, match="did you mean 'mrss'"):
        ct.derive_series(ct.read_series(ROOT / "data", "fu-2025"), "mrs")
    with pytest.raises(TimelineError, match="each case once"):
        ct.read_series([ROOT / "data/fu-2025", ROOT / "data/fu-2025"])


def test_one_case_that_cannot_be_read_gives_one_clear_message(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data/kamata2012/timeline.csv"
    path.write_text(path.read_text().replace("pericardial_effusion", "pericardial_efusion", 1))
    with pytest.raises(TimelineError) as error:
        ct.read_series(tmp_path / "data", "fu-2025 kamata2012")
    assert len(error.value.faults) == 1
    assert "kamata2012/timeline.csv, line 3" in str(error.value) and "'pericardial_effusion'" in str(error.value)


def test_a_record_that_says_less_leaves_the_last_change_open(make_case):
    times = (("0 d", 30), ("10..20 d", 20), ("15..25 d", 24))
    case = make_case(*(f"a,,observation,mrss,{start},,{value},,,,,,,chart," for start, value in times))
    row = ct.derive_series(ct.read_series([case]), "mrss").iloc[0]
    # 20 or 24 is the last value, in whatever order; the best is 20 of 30 in either.
    assert (row.LCHGLO, row.LCHGHI, row.LASTC) == (-10, -6, "20 or 24") and pd.isna(row.LASTLINE)
    assert (row.BCHGLO, row.BCHGHI, row.BESTC) == (-10, -10, "20")
