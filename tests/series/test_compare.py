"""Three small cases, worked by hand; what cannot be compared stays, and says why."""

import dataclasses
import math
import shutil

import pandas as pd
import pytest
from conftest import HEADER, ROOT, first_in_gate, recorded

import casetimeline as ct
from casetimeline.faults import TimelineError
from casetimeline.figures import alt_text
from casetimeline.report.citations import references_of_series
from casetimeline.report.series import results_of_series, title_of_series
from casetimeline.series.compare import best_answers, compare_series, questions_of
from casetimeline.series.overview import summarise_compared, summarise_patients, summarise_read, summarise_series
from casetimeline.series.waterfall import axis_of, draw_waterfall, sorted_changes


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


@pytest.mark.product
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


@pytest.mark.product
def test_a_case_without_a_change_stays_and_says_why(series):
    c = ct.derive_series(series, "mrss").set_index("case_id").loc["c"]
    assert (c.VISITS, c.BASEC, c.BESTC, c.REASON) == (1, "25", "", "recorded once") and math.isnan(c.BCHGLO)
    # None of them has a CK: each has a row.
    none = ct.derive_series(series, "ck")
    assert none["case_id"].tolist() == ["a", "b", "c"]
    assert set(none["REASON"]) == {"not mentioned in the part of the source that was read"}
    assert "recorded once" in repr(summarise_series(series, "mrss"))


@pytest.mark.product
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
    # -10 and -20 to -5: the median lies between -15 and -7.5, the lowest is -10 or less, the highest -10 or more.
    changes = table.loc["Modified Rodnan skin score: best change, points"].tolist()
    assert changes == [2, 1, "between -15 and -7.5", "between -20 and -10, to between -10 and -5"]
    assert table.loc["age, years"].tolist() == [0, 3, "", ""]


@pytest.mark.product
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


@pytest.mark.product
def test_how_each_case_was_read_is_told_in_words_and_not_in_codes():
    read = summarise_read(ct.read_series(ROOT / "data", "ferreira2017 shm-ssc-47f")).frame
    assert read[["baseline", "reference treatment"]].to_numpy().tolist() == [
        ["last value before UVA1 phototherapy", "UVA1 phototherapy"],
        ["last value before pericardiocentesis", "pericardiocentesis"],
    ]


@pytest.mark.product
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


@pytest.mark.product
def test_a_change_that_is_told_in_words_alone_is_said_to_be(make_case, observe):
    case = make_case(observe(code="ck", value="500", unit="U/L"), observe("2", code="ck", value="", state="decreased"))
    row = ct.derive_series(ct.read_series([case]), "ck").iloc[0]
    assert row.REASON == "after the baseline only told to be decreased, without a value or grade" and math.isnan(
        row.BCHGLO
    )


def test_two_charts_are_not_one_paper(make_case, observe):
    about = "analysis: {baseline: first}\nsources: [{id: chart}]"
    cases = [make_case(observe(case_id=name), case_id=name, about=about) for name in "ab"]
    assert ct.read_series(cases).papers == {}
    same = [
        dataclasses.replace(case, about={**case.about, "sources": [{"id": "chart", "doi": doi}]})
        for case, doi in zip(cases, ("10.1/x", "10.1/X"), strict=True)
    ]
    assert ct.read_series(same).papers == {"a": "A", "b": "A"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"doi": "10.1002/ART.1"}, {"url": "https://doi.org/10.1002/art.1"}),
        ({"doi": "10.1002/art.1"}, {"doi": "https://dx.doi.org/10.1002/art.1"}),
        ({"doi": "10.1002/art.1"}, {"doi": "doi:10.1002/art.1"}),
        ({"doi": "10.1002/art.1"}, {"url": "http://doi.org/10.1002%2Fart.1"}),
        ({"pmid": "123"}, {"pmid": "PMID: 123"}),
        ({"pmid": "123"}, {"url": "https://pubmed.ncbi.nlm.nih.gov/123/"}),
        ({"url": "https://www.a.org/b/"}, {"url": "http://a.org/B"}),
    ],
)
def test_one_paper_is_one_however_it_is_named(make_case, observe, one, other):
    cases = [make_case(observe(case_id=name), case_id=name, about="analysis: {baseline: first}") for name in "ab"]
    named = [{"sources": [{"id": "chart", **place}]} for place in (one, other)]
    cases = [dataclasses.replace(case, about={**case.about, **more}) for case, more in zip(cases, named, strict=True)]
    assert ct.read_series(cases).papers == {"a": "A", "b": "A"}


@pytest.mark.product
def test_a_diagnosis_is_counted_once_however_it_is_typed(make_case, observe):
    typed = ["systemic sclerosis", "Systemic sclerosis", "systemic  sclerosis", "myositis", "systemic sclerosis"]
    cases = [
        make_case(observe(case_id=name), case_id=name, about=f"analysis: {{baseline: first}}\ndiagnosis: '{words}'")
        for name, words in zip("abcde", typed, strict=True)
    ]
    rows = summarise_patients(ct.read_series(cases)).frame.set_index("what")
    # The spelling of most of them.
    assert rows.loc["diagnosis", "range or number"] == "systemic sclerosis 4; myositis 1"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ({"id": "abstract", "authors": "Miller A"}, {"id": "abstract", "authors": "Jones B"}, 2),
        ({"id": "p", "url": "https://x.org/a/b"}, {"id": "p", "url": "https://x.org/a-b"}, 2),
        ({"id": "p", "doi": "10.1/X"}, {"id": "q", "url": "https://doi.org/10.1/x"}, 1),
    ],
)
def test_two_works_of_a_series_are_two_references_and_one_work_is_one(make_case, observe, one, other, count):
    cases = [make_case(observe(case_id=name), case_id=name, about="analysis: {baseline: first}") for name in "ab"]
    cases = [
        dataclasses.replace(case, about={**case.about, "sources": [source]})
        for case, source in zip(cases, (one, other), strict=True)
    ]
    series = ct.read_series(cases)
    cited = [each for each in references_of_series(series, "mrss") if each.used_for[0].startswith("the case")]
    assert len({each.key for each in cited}) == len(cited) == count
    assert [use[:10] for each in cited for use in each.used_for] == ["the case a", "the case b"]
    # Cases that share a work are marked, and only those.
    assert bool(series.papers) == (count == 1)


@pytest.mark.product
def test_a_filter_takes_cases_by_diagnosis_and_by_what_they_record():
    asked = "ferreira2017 fu-2025 kamata2012 sunkara2025"
    sclerosis = ct.read_series(ROOT / "data", asked, diagnosis="Systemic Sclerosis", records="mrss")
    # One is of lupus, and one has no skin score.
    assert sclerosis.ids == ("ferreira2017", "fu-2025")
    assert "the diagnosis has the words 'Systemic Sclerosis' and mrss is recorded" in sclerosis.chosen
    with pytest.raises(TimelineError, match="none of 4"):
        ct.read_series(ROOT / "data", asked, diagnosis="gout")


def test_a_filter_takes_whole_words_in_any_order_and_a_measure_by_its_names(make_case, observe):
    case = make_case(observe(code="ck", unit="U/L"), about="analysis: {baseline: first}\ndiagnosis: Systemic sclerosis")
    for words in ("sclerosis  systemic", "SYSTEMIC\tsclerosis", "sclerosis"):
        assert len(ct.read_series([case], diagnosis=words, records="CK")) == 1
    with pytest.raises(TimelineError, match="none of 1"):
        ct.read_series([case], diagnosis="osis")
    with pytest.raises(TimelineError, match=r"records: found 'mrs'.*did you mean 'mrss'"):
        ct.read_series([case], records="mrs")


@pytest.mark.product
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


def told(case_id, code, *values, about="analysis: {baseline: first}"):
    """Rows of one measure in their phases: a value with its unit, or a state alone."""
    rows = []
    for phase, value in enumerate(values, 1):
        number, _, unit = value.partition(" ")
        state = number if number.isalpha() and number not in ("small", "large") else ""
        cells = ("", "") if state else (number, unit)
        rows.append(f"{case_id},{phase},observation,{code},,,{','.join(cells)},,,{state},,,chart,")
    return rows


@pytest.mark.product
def test_a_baseline_without_a_unit_is_counted_apart_and_not_pooled(make_case):
    values = {"a": "500 U/L", "b": "900 U/L", "c": "16012", "d": "700 U/L"}
    cases = [make_case(*told(name, "ck", value, "100 U/L"), case_id=name) for name, value in values.items()]
    series = ct.read_series(cases)
    table = summarise_patients(series, "ck").frame.set_index("what")
    assert table.loc["Creatine kinase: baseline, U/L"].tolist() == [3, 1, "700", "500 to 900; 1 without a unit"]
    row = ct.derive_series(series, "ck").set_index("case_id").loc["c"]
    assert (row.BASEC, row.REASON) == ("16012 (unit not reported)", "the unit of the baseline is not reported")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("24 mm", "17 mm"), "-7 mm (-29.2 %)"),
        (("8 mm", "30 mm"), "+22 mm (+275.0 %)"),
        # Of 30 mm the grade may be any but none, and that of 17 mm is not above it: from 3 steps down to none.
        (("30 mm", "17 mm", "small"), "between -3 and 0 steps"),
        (("30 mm", "absent"), "between -4 and -1 steps"),
        # Less than 20 of 35 mm is a fall of more than 15; less than small is at most small, 2 below large.
        (("35 mm", "20 mm", "decreased"), "fall of more than 15 mm (>42.8 %)"),
        (("large", "small", "decreased"), "between -4 and -2 steps"),
    ],
)
def test_a_size_is_compared_as_a_size_where_each_value_has_one(make_case, values, words):
    series = ct.read_series([make_case(*told("a", "pericardial_effusion", *values))])
    assert summarise_series(series, "pericardial_effusion").frame["best change"].tolist() == [words]


def test_a_baseline_with_a_size_is_told_in_mm_also_where_steps_are_counted(make_case):
    values = {"a": ("20 mm", "small"), "b": ("large", "small")}
    cases = [make_case(*told(name, "pericardial_effusion", *of), case_id=name) for name, of in values.items()]
    table = ct.derive_series(ct.read_series(cases), "pericardial_effusion")
    # Large is the fifth grade from none, which is 0.
    assert table[["BASELO", "BASEHI", "BASEU"]].to_numpy().tolist() == [
        [20, 20, "mm"],
        [4, 4, "place on the scale of grades"],
    ]
    assert table["UNIT"].unique().tolist() == ["steps of the grade"]


@pytest.mark.parametrize(
    ("code", "values", "best"),
    # The values of one case are compared with each other; how uncertain the baseline is that all share is no matter.
    first_in_gate(
        2,
        [
            ("mrss", ("10..20", "8", "5"), "5"),
            # Gone is less than any size.
            ("pericardial_effusion", ("20 mm", "0 mm", "recurred"), "0 mm"),
            ("ck", ("~6000 U/L", "700 U/L", "131 U/L"), "131 U/L"),
            ("mrss", (">=20", "25", "18", "22"), "18"),
            ("pericardial_effusion", ("present", "small", "absent"), "absent"),
            # Less than 17 mm; `small` may be either.
            ("pericardial_effusion", ("30 mm", "17 mm", "10 mm", "small"), "10 mm or small"),
            # Below 700, and above 700.
            ("ck", ("~6000 U/L", "700 U/L", "decreased", "710 U/L"), "decreased"),
            # Less than what it was, however uncertain that is, and less again; more than it.
            ("mrss", ("40", "~35", "decreased"), "decreased"),
            ("mrss", ("40", "~35", "decreased", "decreased"), "decreased"),
            ("mrss", ("40", "~35", "increased"), "~35"),
            ("fvc_pred", ("60 %", "~65 %", "increased"), "increased"),
            # 5 to 9 or 8: open.
            ("mrss", ("10..20", "8", "5..9"), "8 or 5 to 9"),
        ],
    ),
)
def test_a_value_that_another_one_surely_beats_is_not_named_as_the_best(make_case, code, values, best):
    assert ct.derive_series(ct.read_series([make_case(*told("a", code, *values))]), code)["BESTC"].tolist() == [best]


@pytest.mark.parametrize(
    "times",
    # August 2020 is before January 2021; and 20 days after an operation before 40, whenever that was.
    [("2020-01-10,", "2020-08,", "2021-01-10,"), ("5 d,surgery", "20 d,surgery", "40 d,surgery")],
)
def test_a_word_after_a_value_of_an_uncertain_day_has_the_bounds_of_that_value(make_case, times):
    header = "case_id,kind,code,value,unit,state,source,start,anchor"
    rows = ["a,event,surgery,,,,chart,~2 mo,"] if "surgery" in times[0] else []
    values = ("40,,", "35,,", ",,decreased")
    rows += [f"a,observation,mrss,{value},chart,{time}" for value, time in zip(values, times, strict=True)]
    about = "analysis: {baseline: first}\ntime_zero: {label: visit, date: 2020-01-10}"
    row = ct.derive_series(ct.read_series([make_case(*rows, header=header, about=about)]), "mrss").iloc[0]
    # Less than 35 of 40, and not less than 0.
    assert [row.LASTC, row.LCHGLO, row.LCHGHI, row.LCHGHIX] == ["decreased", -40, -5, True]


@pytest.mark.parametrize(
    ("values", "best", "last"),
    [
        # Less than 153 of 301, and not below 0: a fall of more than 148.
        (("301 U/L", "153 U/L", "decreased"), ["decreased", -301, -148, True], ["decreased", -301, -148, True]),
        (("301 U/L", "153 U/L", "increased"), ["153 U/L", -148, -148, False], ["increased", -148, math.inf, False]),
        # Unchanged is about the same: below the baseline, or come back to it.
        (
            ("301 U/L", "153 U/L", "unchanged"),
            ["153 U/L or unchanged", -301, -148, False],
            ["unchanged", -301, 0, False],
        ),
        # A number without a unit may be the last, and says nothing of the change.
        (
            ("301 U/L", "153 U/L", "12"),
            ["153 U/L", -148, -148, False],
            ["12 (unit not reported)", -301, math.inf, False],
        ),
    ],
)
def test_a_later_word_is_the_last_value_and_leaves_the_change_open(make_case, values, best, last):
    row = ct.derive_series(ct.read_series([make_case(*told("a", "ck", *values))]), "ck").iloc[0]
    assert row[["BESTC", "BCHGLO", "BCHGHI", "BCHGHIX"]].tolist() == best
    assert row[["LASTC", "LCHGLO", "LCHGHI", "LCHGHIX"]].tolist() == last


@pytest.mark.parametrize(
    ("code", "values", "change"),
    [
        # Less than 51, the end of the scale, after a baseline of 40: below +11.
        ("mrss", ("40", "51", "decreased"), [-40, 11, False, True]),
        # Above 301, and then as it was: above the baseline, or come back to it.
        ("ck", ("301 U/L", "400 U/L", "unchanged"), [0, math.inf, False, False]),
    ],
)
def test_the_bound_of_a_later_word_is_excluded_where_the_word_excludes_it(make_case, code, values, change):
    row = ct.derive_series(ct.read_series([make_case(*told("a", code, *values))]), code).iloc[0]
    assert change == [row.LCHGLO, row.LCHGHI, row.LCHGLOX, row.LCHGHIX]


def test_a_measure_without_a_better_direction_has_a_change_and_no_best(make_case):
    series = ct.read_series([make_case(*told("a", "ferritin", "20233 ug/L", "360 ug/L"))])
    row = ct.derive_series(series, "ferritin").iloc[0]
    assert (row.LCHGLO, row.BESTC, row.REASON) == (-19873, "", "")
    words = summarise_compared(series, "ferritin").paragraphs[1]
    assert (
        "a change from the baseline can be computed. No best change is defined, because the measure has no better"
        in words
    )
    assert "Not compared" not in words


def test_the_answer_on_the_best_value_is_that_of_all_that_may_be_the_best(make_case):
    days = (("0 d", 30), ("200 d", "<10"), ("300 d", "<9"), ("400 d", 31))
    rows = [f"a,,observation,mrss,{start},,{value},,,,,,,chart," for start, value in days]
    compared = compare_series(ct.read_series([make_case(*rows)]), "mrss")
    assert compared.table["BESTLINES"].tolist() == ["3 4"]
    # Both are a fall of more than 20 points, beyond each error that was published; 31 is not, and cannot be the best.
    (best,) = best_answers(compared, questions_of(compared)).to_dict("records")
    assert best["Beyond the smallest detectable change?"] == "met"


def test_the_counts_of_answers_say_of_what_they_are(series):
    words = summarise_compared(series, "mrss").paragraphs[1]
    assert "The cited rules for the best value of 2 compared cases: Improved, by the rule for a response?" in words


@pytest.mark.product
def test_a_question_that_is_not_asked_of_a_case_is_counted_and_its_blank_explained(make_case):
    """Of the fall of case a no rule for progression is asked, of the rise of case b it is."""
    values = {"a": ("40", "30"), "b": ("20", "40")}
    cases = [make_case(*told(name, "mrss", *of), case_id=name) for name, of in values.items()]
    series = ct.read_series([*cases, make_case(*told("c", "mrss", "3"), case_id="c")])
    worsened = "Worsened, by the rule for progression? Cannot be determined in 1, not asked in 1 "
    assert f"{worsened}(no worsening of that size)." in summarise_compared(series).paragraphs[1]
    blank = "No answer to question 2: not asked, because the change is no worsening of that size."
    assert summarise_series(series).notes == (blank,)
    assert blank in " ".join(text.get_text().replace("\n", " ") for text in draw_waterfall(series, "mrss").texts)
    # Where all fell, no rule for progression is asked at all.
    assert not summarise_series(ct.read_series(cases[:1])).notes


@pytest.mark.product
def test_a_limit_that_is_not_known_is_said_in_words(make_case):
    rising = told("a", "ck", "100 U/L", "increased"), told("b", "ck", "<30 U/L", ">50 U/L")
    series = ct.read_series([make_case(*rows, case_id=name) for name, rows in zip("ab", rising, strict=True)])
    table = summarise_patients(series, "ck").frame.set_index("what")
    # From below 30 to above 50: more than 20, and no more is known.
    known = table.loc["Creatine kinase: last change, U/L"].tolist()
    assert known[:2] == [1, 1] and set(known[2:]) == {"at least 20"}


def test_courses_are_counted_as_courses_and_a_site_that_is_not_compared_is_named(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,site,source,note"
    sized = (("1", "left", 35), ("1", "right", 24), ("2", "right", 17))
    rows = [f"a,{phase},observation,pericardial_effusion,,,{mm},mm,,,,,,{site},chart," for phase, site, mm in sized]
    series = ct.read_series([make_case(*rows, header=header)])
    patients = summarise_patients(series, "pericardial_effusion")
    assert patients.caption.endswith("(2, of 1 case)")
    # Two sites of one patient are no two patients.
    of_measure = [what for what in patients.frame["what"] if what.startswith("Pericardial")]
    assert of_measure[0] == "Pericardial effusion, by course (2): moments recorded"
    assert all(what.startswith("Pericardial effusion, by course (2): ") for what in of_measure)
    words = summarise_compared(series, "pericardial_effusion").paragraphs[1]
    assert "for 1 of 2 courses (one a case and site). Not compared: recorded once (a left)." in words


@pytest.mark.parametrize(
    ("code", "values", "reason"),
    [
        (
            "pericardial_effusion",
            ("large", "absent", "25 mm"),
            "a value without a site, which is not compared with one at a site",
        ),
        ("ck", ("raised", "normal"), "only told to be raised and normal, without a value or grade"),
        ("ck", ("500 U/L", "12"), "no unit is reported after the baseline"),
        ("ck", ("500 U/L",), "recorded once"),
    ],
)
def test_a_reason_is_a_whole_phrase_of_its_own(make_case, code, values, reason):
    rows = [*told("a", code, *values)]
    # Only the last effusion has a site.
    rows[-1] += "site: anterior" if code == "pericardial_effusion" else ""
    table = ct.derive_series(ct.read_series([make_case(*rows)]), code)
    assert table["REASON"].iloc[0] == reason


@pytest.mark.parametrize(
    ("rule", "start", "reason"),
    [
        ("last_before", "9 d", "no value before the reference treatment, or on the day it starts"),
        ("last_before", "4..6 d", "no value known to be before the reference treatment, or on the day it starts"),
        ("worst_before", "9 d", "no value before the reference treatment, or on the day it starts"),
        ("phase=1", "9 d", "no value of phase 1"),
        ("day=0", "9 d", "no value of day 0 from the case's time zero"),
        ("day=5", "4..6 d", "no value known to be of day 5 from the case's time zero"),
    ],
)
def test_why_there_is_no_baseline_is_told_by_the_rule_in_use(make_case, rule, start, reason):
    """Tocilizumab is given from day 5 on; the first score is of no phase, and of day 9 or of days 4 to 6."""
    header = "case_id,phase,kind,code,start,value,unit,source"
    scores = (f"a,,observation,mrss,{start},20,,chart", "a,3,observation,mrss,30 d,10,,chart")
    case = make_case(
        "a,1,treatment,tocilizumab,5 d,,,chart",
        *scores,
        header=header,
        about=f"analysis: {{baseline: {rule}, reference: tocilizumab}}",
    )
    series = ct.read_series([case])
    assert ct.derive_series(series, "mrss")["REASON"].tolist() == [reason]
    assert results_of_series(series, "mrss")[1].endswith(f": no change can be computed ({reason}).")


@pytest.mark.parametrize(("age", "shown"), [("8 mo", "0.67"), ("25", "25"), ("50..60", "between 50 and 60")])
def test_an_age_is_counted_in_years_however_it_is_printed(make_case, observe, age, shown):
    about = f"analysis: {{baseline: first}}\npatient: {{age: {age}}}"
    table = summarise_patients(ct.read_series([make_case(observe(), about=about)]), "mrss").frame.set_index("what")
    assert table.loc["age, years"].tolist()[:3] == [1, 0, shown]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pd.DataFrame({"case_id": []}), r"data: found 'a DataFrame'; .* ct\.read_facts\(frame\)"),
        (7, "data: found 'the number 7'; expected the folder of the cases, or a list of cases$"),
    ],
)
def test_what_is_no_folder_of_cases_is_refused_by_its_type(data, words):
    with pytest.raises(TimelineError, match=words):
        ct.read_series(data)


def test_a_case_that_is_named_twice_is_refused():
    with pytest.raises(TimelineError, match=r"fu-2025.*each case once"):
        ct.read_series(ROOT / "data", "fu-2025 ferreira2017 fu-2025")


@pytest.mark.product
def test_titres_are_compared_by_their_multiples(make_case, observe):
    """From 1:2560 to 1:1280 a half, which is one doubling; from 1:640 to 1:40 a sixteenth, which is four."""
    titres = {"a": ("1:2560", "1:1280"), "b": ("1:640", "1:40"), "c": ("1:1280", "<1:80")}
    cases = [
        make_case(
            *(observe(str(place), "ana_titre", value, "titre", case_id=name) for place, value in enumerate(two, 1)),
            case_id=name,
        )
        for name, two in titres.items()
    ]
    directed = [
        case.measures.assign(better=case.measures["better"].mask(case.measures.index == "ana_titre", "lower"))
        for case in cases
    ]
    series = ct.read_series([dataclasses.replace(case, measures=of) for case, of in zip(cases, directed, strict=True)])
    compared = compare_series(series, "ana_titre")
    rows = sorted_changes(compared, series.measure("ana_titre"))
    assert rows[["case_id", "LO", "HI"]].to_numpy().tolist() == [["c", -math.inf, -4.0], ["b", -4, -4], ["a", -1, -1]]
    changes = summarise_series(series, "ana_titre").frame["best change"]
    assert [*changes] == ["fall to 1/2", "fall to 1/16", "fall to below 1/16"]
    assert not summarise_patients(series, "ana_titre").frame.iloc[:, 0].str.contains("change").any()
    assert "b: best change fall to 1/16" in alt_text(draw_waterfall(series, "ana_titre"))


def test_a_change_has_the_same_words_in_the_results_and_in_the_table(make_case):
    # 7 from a value below 14, which is not below 0: a fall of less than 7, or a rise of 7 at most.
    series = ct.read_series([make_case(*told("a", "mrss", "<14", "7"))])
    assert summarise_series(series).frame["last change"].tolist() == ["above -7 to +7 points"]
    assert results_of_series(series, "mrss")[1].endswith(": above -7 to +7 points.")
    # About 11 is 10.5 to 11.5: 11.5 and 10.5 less than 22, which is 52.3 and 47.7 %.
    series = ct.read_series([make_case(*told("a", "mrss", "22", "~11"))])
    words = "between -11.5 and -10.5 points (-53 % to -47 %)"
    assert summarise_series(series).frame["last change"].tolist() == [words]
    assert results_of_series(series, "mrss")[1].endswith(f": {words}.")


@pytest.mark.product
def test_a_converted_change_has_the_digits_of_its_values_also_in_a_series(make_case):
    # 88.4 umol/L are 1 mg/dL, and 1 umol/L is 0.01 of it: 4.66 to 1.7, 2.26 to 1.70, and 3.0 to below 1.47.
    values = {"a": ("412 umol/L", "1.7 mg/dL"), "b": ("200 umol/L", "150 umol/L"), "c": ("3.0 mg/dL", "<130 umol/L")}
    cases = [make_case(*told(name, "creatinine", *of), case_id=name) for name, of in values.items()]
    series, code = ct.read_series(cases), "creatinine"
    words = ["-3 mg/dL (-63.5 %)", "-0.57 mg/dL (-25.0 %)", "fall of more than 1.5 mg/dL (>50.9 %)"]
    shown = summarise_series(series, code).frame
    assert [*shown["best change"]] == [*shown["last change"]] == words
    assert "a: best change \N{MINUS SIGN}3 mg/dL (" in alt_text(draw_waterfall(series, code))
    table = summarise_patients(series, code).frame.set_index("what")
    assert table.loc["Creatinine: baseline, mg/dL"].tolist() == [3, 0, "3", "2.26 to 4.66"]
    assert table.loc["Creatinine: best change, mg/dL", "range or number"] == "-3 to -0.57"


def test_an_exact_bound_in_percent_is_printed_as_it_is(make_case, observe):
    # 20 to below 18: 2 of 20 are a tenth, so below -10.0 %; 18 / 20 - 1 misses it in the last digit.
    case = make_case(observe(value="20"), observe("2", value="<18"))
    series = ct.read_series([case])
    assert ct.derive_series(series, "mrss")["BPCHGHI"].tolist() == [-10.0]
    assert summarise_series(series, "mrss").frame["best change"].tolist() == ["fall of more than 2 points (>10.0 %)"]


@pytest.mark.product
@pytest.mark.parametrize("last", [{"value": "0", "unit": "U/L"}, {"value": "", "unit": "", "state": "decreased"}])
def test_a_baseline_that_may_be_0_has_no_percentage_in_a_series(make_case, observe, last):
    # Below 30 may be 0, of which nothing is a percentage: neither that 0 nor that less than it is left.
    case = make_case(observe("1", "ck", "<30", "U/L"), observe("2", "ck", "20", "U/L"), observe("3", "ck", **last))
    series = ct.read_series([case])
    table = ct.derive_series(series, "ck")
    assert table[["BPCHGLO", "BPCHGHI", "LPCHGLO", "LPCHGHI"]].isna().all(axis=None)
    assert "%" not in summarise_series(series, "ck").frame["best change"].item()
    assert "no percentage of a baseline that is or may be 0" in alt_text(ct.draw_waterfall(series, "ck"))


@pytest.mark.product
def test_a_temperature_is_compared_in_degrees_and_a_titre_without_a_percentage(make_case, observe):
    for code, unit, values, shown, axis in (
        ("body_temperature", "Cel", ("39.8", "36.6"), "", "BCHGLO"),
        ("ana_titre", "titre", ("1280", "<80"), "", "BCHGLO"),
        ("creatinine", "mg/dL", ("2", "1"), "-1 mg/dL (-50.0 %)", "BPCHGLO"),
    ):
        series = ct.read_series([make_case(*(observe(str(n), code, v, unit) for n, v in enumerate(values, 1)))])
        assert axis_of(compare_series(series, code), series.measure(code))[0] == axis
        assert summarise_series(series, code).frame["best change"].item() == shown
        assert "%" not in summarise_series(series, code).frame["last change"].item() or axis == "BPCHGLO"


@pytest.mark.parametrize(
    ("quote", "last", "visits", "words"),
    [
        # Of the skin, and not of its score: the last score is 12, two above the baseline.
        ("skin thickness decreased", "12", 2, "no change can be computed (the score is not reported)"),
        # Of the score by its short name: below 12, which is above or below the baseline of 10.
        ("the mRSS decreased", "decreased", 3, "whether more or less than at the baseline is not told"),
    ],
)
def test_the_results_of_a_series_and_its_table_take_a_word_for_the_same(make_case, quote, last, visits, words):
    header = "case_id,phase,kind,code,value,unit,state,source,quote"
    rows = (f"a,{place},observation,mrss,{value},,,chart," for place, value in enumerate((10, 12), 1))
    case = make_case(*rows, f"a,3,observation,mrss,,,decreased,chart,{quote}", header=header)
    series = ct.read_series([case])
    row = ct.derive_series(series, "mrss").iloc[0]
    assert (last, visits) == (row.LASTC, row.VISITS)
    assert results_of_series(series, "mrss")[1].endswith(f"+2 points (+20.0 %); {words}.")


def test_each_record_that_may_be_the_lowest_of_a_long_course_is_told_behind_one_word(make_case):
    """Below 20 may be 19, above 18, or 17, below it: either may be the lowest, which is 18 or less: 40 - 18 = 22."""
    scores = enumerate((40, "<20", 18, 30, 36), 1)
    rows = [f"a,{place},observation,mrss,{10 * place} d,{score},,chart" for place, score in scores]
    series = ct.read_series([make_case(*rows, header="case_id,phase,kind,code,start,value,unit,source")])
    assert results_of_series(series, "mrss")[1] == (
        "Case a: 5 values; baseline 40 points in phase 1 (day 10); lowest <20 points in phase 2 (day 20) or "
        "18 points in phase 3 (day 30), fall of 22 points or more (>=55.0 %); last 36 points in phase 5 "
        "(day 50), -4 points (-10.0 %)."
    )


@pytest.mark.product
def test_a_long_course_is_told_by_its_baseline_its_turns_and_its_last_value(make_case):
    """Five values: the lowest is 20 of 40 (-50 %), the highest 50 (+25 %), and the last 44 (+10 %); four are a list."""
    scores = enumerate((40, 20, 50, 30, 44), 1)
    rows = [f"a,{place},observation,mrss,{10 * place} d,{score},,chart" for place, score in scores]
    header = "case_id,phase,kind,code,start,value,unit,source"
    long, short = (ct.read_series([make_case(*some, header=header)]) for some in (rows, rows[:4]))
    assert results_of_series(long, "mrss")[1] == (
        "Case a: 5 values; baseline 40 points in phase 1 (day 10); lowest 20 points in phase 2 (day 20), -20 points "
        "(-50.0 %); highest 50 points in phase 3 (day 30), +10 points (+25.0 %); last 44 points in phase 5 (day 50), "
        "+4 points (+10.0 %)."
    )
    assert results_of_series(short, "mrss")[1].startswith("Case a: 40 points → 20 points → 50 points → 30 points: ")


def test_a_baseline_that_one_case_lacks_names_that_case(tmp_path):
    # One case has phases 1 to 3, the other only phase 1.
    for case_id, phases in (("long", (1, 2, 3)), ("short", (1,))):
        folder = tmp_path / case_id
        folder.mkdir()
        rows = (f"{case_id},{phase},observation,mrss,,,20,,,,,,,chart," for phase in phases)
        for name, content in recorded(tuple(rows), case_id, HEADER, "sources: [{id: chart}]").files().items():
            (folder / name).write_bytes(content)
    with pytest.raises(TimelineError, match=r"baseline: found 'phase=3'; expected .*, in case short"):
        ct.read_series(tmp_path, baseline_rule="phase=3")


@pytest.fixture(scope="module")
def simulated(make_case):
    """Two simulated cases, from 40 to 30 and from 20 to 25."""

    def case(number, *values):
        name = f"SIMULATED-1-{number:06}"
        rows = (f"{name},{n},observation,mrss,,,{value},,,,,,,simulated; seed 1," for n, value in enumerate(values, 1))
        return make_case(*rows, case_id=name)

    return ct.read_series([case(1, 40, 30), case(2, 20, 25)])


@pytest.mark.product
def test_every_output_of_a_series_of_simulated_cases_says_so(simulated):
    assert simulated.size == "2 simulated cases"
    assert title_of_series(simulated, "mrss") == "Series of 2 simulated cases: Modified Rodnan skin score"
    tables = [summarise_series(simulated), summarise_patients(simulated)]
    assert all("2 simulated cases" in table.caption for table in tables)
    assert summarise_patients(simulated).frame["what"].iloc[0] == "simulated cases"
    chosen, compared, limits = summarise_compared(simulated).paragraphs
    assert chosen.startswith("2 simulated cases") and "2 of 2 simulated cases" in compared
    assert "no patient is among them" in limits
    # Nobody has written them up or selected them, and no work on that is cited.
    assert "written up" not in limits
    assert not [each for each in references_of_series(simulated, "mrss") if each.key == "murad-2018"]
    for draw in (ct.draw_waterfall, ct.draw_swimmer, ct.draw_multiples, ct.draw_spaghetti):
        words = alt_text(draw(simulated, "mrss"))
        assert "series of 2 simulated cases" in words and "Simulated, no patient among them" in words
        assert "selected" not in words
    assert "2 simulated cases. What a source" in alt_text(ct.draw_matrix(simulated))


def test_simulated_cases_are_never_in_a_series_with_others(simulated, three):
    with pytest.raises(TimelineError, match="simulated cases alone, or none"):
        ct.read_series([three[0], *(each.case for each in simulated.analyses)])


@pytest.fixture(scope="module")
def mixed(make_case):
    """Four cases of a table: a and d with a score before the reference treatment, b and c without it, c on a drug."""
    header = "case_id,kind,code,start,value,unit,source"
    about = "sources: [{id: chart, read: 'as recorded in t.csv, a table of 4 cases'}]"
    before, after = "observation,mrss,0 d,40,", "observation,mrss,30 d,30,"
    plain, treated = {"baseline_rule": "first"}, {"baseline_rule": "last_before", "reference": "tocilizumab"}
    cases = {
        "a": ((before, "treatment,tocilizumab,1 d,,", after), treated),
        "b": ((before, after), plain),
        "c": (("treatment,rituximab,0 d,,", "observation,mrss,10 d,40,", after), plain),
        "d": ((before, "treatment,tocilizumab,1 d,,", after), treated),
    }
    return ct.read_series(
        make_case(*(f"{name},{row},chart" for row in rows), case_id=name, header=header, about=about, **asked)
        for name, (rows, asked) in cases.items()
    )


def test_baselines_by_two_rules_are_told_with_their_cases_in_the_summary_and_below_both_tables(mixed, series):
    words = (
        "The baseline is the last value before the reference treatment, or on the day it starts, in 2 cases; the first "
        "value recorded in 2 cases without the reference treatment (b, c), in 1 of them after a treatment began."
    )
    assert words in summarise_compared(mixed).paragraphs[1]
    assert summarise_series(mixed).notes == summarise_patients(mixed).notes == (words,)
    # All by one rule.
    assert "The baseline is" not in summarise_compared(series).paragraphs[1] and not summarise_series(series).notes


@pytest.mark.parametrize(
    "draw", first_in_gate(1, [ct.draw_spaghetti, ct.draw_multiples, ct.draw_swimmer, ct.draw_waterfall])
)
def test_a_figure_of_a_table_says_what_is_not_known_of_it_and_why_a_case_has_no_day_0(mixed, draw):
    words = alt_text(draw(mixed))
    assert "How the patients came into the table is not known: nothing is pooled" in words and "selected" not in words
    if draw is not ct.draw_waterfall:
        # Each value of b and c has an exact day: what is missing is the treatment.
        assert "4 cases: 2 with days, 2 in order, because there is no reference treatment" in words
        assert "only the order is told" not in words and "told in order" not in words


REFERENCE = "analysis: {{baseline: {}, reference: tocilizumab}}\ndiagnosis: diffuse cutaneous systemic sclerosis"


def treated(make_case, *records, baseline="last_before", case_id="a"):
    """A case with the reference treatment on day 0, and records of a start, a value and a state."""
    rows = [f"{case_id},,treatment,tocilizumab,0 d,,,,,,,,,chart,"]
    rows += [f"{case_id},,observation,mrss,{start},,{value},,,,{state},,,chart," for start, value, state in records]
    return make_case(*rows, case_id=case_id, about=REFERENCE.format(baseline))


@pytest.mark.parametrize(
    ("baseline", "early"),
    first_in_gate(
        1,
        [
            ("last_before", ("-9 d", "", "decreased")),
            # A value on the day of the treatment is a baseline.
            ("last_before", ("0 d", "", "decreased")),
            ("worst_before", ("-9 d", 20, "")),
        ],
    ),
)
def test_what_was_before_the_reference_treatment_is_no_best_change(make_case, baseline, early):
    case = treated(make_case, ("-18 d", 30, ""), early, ("100 d", 32, ""), baseline=baseline)
    row = ct.derive_series(ct.read_series([case]), "mrss").iloc[0]
    # 32 - 30.
    assert (row.BESTC, row.BCHGLO, row.BCHGHI, row.LASTC, row.LCHGHI) == ("32", 2, 2, "32", 2)


def test_a_case_with_nothing_later_than_before_the_reference_treatment_says_so(make_case):
    series = ct.read_series([treated(make_case, ("-18 d", 30, ""), ("-9 d", "", "decreased"))])
    reason = "after the baseline recorded only before the reference treatment"
    assert ct.derive_series(series, "mrss")["REASON"].tolist() == [reason]


def test_that_records_before_the_reference_treatment_are_left_out_is_said(make_case):
    series = ct.read_series([treated(make_case, ("-18 d", 30, ""), ("-9 d", "", "decreased"), ("100 d", 32, ""))])
    note = "Neither best nor last: records between the baseline and the reference treatment (a)."
    assert note in summarise_series(series, "mrss").notes
    assert note in repr(summarise_compared(series, "mrss"))


@pytest.mark.parametrize(
    ("later", "best", "response"),
    first_in_gate(
        1,
        [
            # At best 15, and that was reached before.
            (("48 wk", "~20", ""), "15", "met"),
            # Of equal values the first is the best.
            (("48 wk", 15, ""), "15", "met"),
            # The best only if it is as good as 15, which met the rule.
            (("60 wk", "", "unchanged"), "15 or unchanged", "met"),
            (("60 wk", "", "decreased"), "decreased", "met"),
        ],
    ),
)
def test_a_later_record_takes_no_answer_from_the_best_value(make_case, later, best, response):
    # A fall of 15 of 30 points in 40 weeks, a half, is above the limit of each rule for a response.
    series = ct.read_series([treated(make_case, ("-1 d", 30, ""), ("40 wk", 15, ""), later)])
    compared = compare_series(series, "mrss")
    (answers,) = best_answers(compared, questions_of(compared)).to_dict("records")
    assert compared.table["BESTC"].tolist() == [best]
    assert answers["Improved, by the rule for a response?"] == response
    assert answers["Beyond the smallest detectable change?"] == "met"
    # What surely fell is not worse.
    assert answers.get("Worsened, by the rule for progression?", "") == ""


def test_that_no_diagnosis_is_recorded_is_told_as_the_reason_of_open_answers(make_case):
    case = make_case(*told("a", "mrss", "51", "10"))
    case = dataclasses.replace(case, about={name: cell for name, cell in case.about.items() if name != "diagnosis"})
    series = ct.read_series([case])
    reason = "No diagnosis is recorded (a): whether a rule is for such a patient is not known."
    assert reason in repr(summarise_compared(series, "mrss")) and reason in summarise_series(series, "mrss").notes
    # What fell from 51 to 10 is not worse in any disease.
    compared = compare_series(series, "mrss")
    assert set(best_answers(compared, questions_of(compared)).get("Worsened, by the rule for progression?", "")) <= {""}


def test_what_is_said_again_of_one_moment_is_one_value(make_case):
    rows = [("-1 d", 30, ""), ("10 d", 25, ""), ("20 d", 24, ""), ("30 d", 20, ""), ("40 d", 19, ""), ("40 d", 19, "")]
    series = ct.read_series([treated(make_case, *rows)])
    assert ct.derive_series(series, "mrss")["VISITS"].tolist() == [5]
    # Until now it was the value twice, in an open order.
    assert results_of_series(series, "mrss")[1].startswith("Case a: 5 values; baseline 30 points")
    short = ct.read_series([treated(make_case, rows[0], *rows[-2:])])
    # 19 - 30, and 11 of 30 is 36.7 %.
    assert results_of_series(short, "mrss")[1] == "Case a: 30 points → 19 points: -11 points (-36.7 %)."


def test_a_median_of_converted_values_is_of_them_as_they_are_and_not_as_they_are_shown(make_case):
    # 0.68 ukat/L is 40.8 U/L less than none: -40.8 is shown as -41. Between that and +48 it is 3.6.
    values = {"a": ("448.8 U/L", "0 U/L"), "b": ("1.68 ukat/L", "60 U/L"), "c": ("52 U/L", "100 U/L")}
    values |= {"d": ("75 U/L", "200 U/L")}
    cases = [make_case(*told(name, "ck", *of), case_id=name) for name, of in values.items()]
    table = summarise_patients(ct.read_series(cases), "ck").frame.set_index("what")
    assert table.loc["Creatine kinase: best change, U/L", "median"] == "3.6"
    assert table.loc["Creatine kinase: best change, U/L", "range or number"] == "-448.8 to 125"


def test_a_case_that_is_left_out_for_two_reasons_is_named_with_its_site(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,site,source,note"
    cells = (("1", "left", "35,mm,,,"), ("1", "right", "24,mm,,,"), ("2", "right", ",,,,not_reported"))
    rows = [f"a,{phase},observation,pericardial_effusion,,,{of},,,{site},chart," for phase, site, of in cells]
    words = summarise_compared(ct.read_series([make_case(*rows, header=header)]), "pericardial_effusion").paragraphs[1]
    assert "recorded once (a left)" in words and "not reported after the baseline (a right)" in words
