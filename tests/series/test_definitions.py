"""One code has one meaning in a series; who is counted in it, and in what words."""

import pytest
from conftest import HEADER

import casetimeline as ct
from casetimeline.faults import TimelineError
from casetimeline.series.overview import age_in_years, summarise_compared, summarise_patients

OWN = "code,kind,label,unit,grades,better\nxmark,observation,X mark,{unit},,{better}\n"


@pytest.fixture
def two_of(write_case):
    """A folder with the cases a and b, each with a measures.csv that defines the same code."""

    def write(first, second):
        for case_id, (unit, better) in {"a": first, "b": second}.items():
            rows = (
                f"{case_id},{phase},observation,xmark,,,{value},{unit},,,,,,chart,"
                for phase, value in ((1, 10), (2, 5))
            )
            data = write_case(*rows, case_id=case_id)
            (data / case_id / "measures.csv").write_text(OWN.format(unit=unit, better=better))
        return data

    return write


@pytest.mark.parametrize(
    ("second", "where", "here", "there"),
    [
        (("ug/L", "lower"), "unit", "ug/L", "ng/L"),
        (("ng/L", "higher"), "better", "higher", "lower"),
        (("ng/L", ""), "better", "(blank)", "lower"),
    ],
)
def test_a_code_with_two_meanings_is_refused_with_both_tables(two_of, second, where, here, there):
    data = two_of(("ng/L", "lower"), second)
    with pytest.raises(TimelineError) as error:
        ct.read_series(data)
    (one,) = error.value.faults
    assert (one.file, one.column) == ("measures.csv of case b", where)
    assert one.found == f"xmark, with the {where} {here}"
    assert f"the {where} {there} as in measures.csv of case a" in one.expected


@pytest.mark.product
def test_a_code_that_both_define_alike_is_compared(two_of):
    table = ct.derive_series(ct.read_series(two_of(("ng/L", "lower"), ("ng/L", "lower"))), "xmark")
    # From 10 to 5 in each.
    assert table["BCHGLO"].tolist() == [-5, -5] and set(table["UNIT"]) == {"ng/L"}


def test_a_measure_is_as_the_case_has_it_that_records_it(two_of, make_case, observe):
    data = two_of(("ng/L", "lower"), ("ug/L", "lower"))
    # Case b alone records it; case 0 has neither a row nor a definition of it.
    series = ct.read_series([make_case(observe(case_id="0"), case_id="0"), data / "b"])
    assert series.measure("xmark")["unit"] == "ug/L"


def test_a_case_of_which_every_record_is_not_reported_does_not_record_a_measure(make_case, observe):
    without = make_case(observe(value="", state="not_reported", code="ck", case_id="b"), case_id="b")
    having = make_case(observe(value="", state="normal", code="ck"))
    assert ct.read_series([having, without], records="ck").ids == ("a",)


@pytest.mark.product
def test_a_baseline_in_another_unit_is_not_missing(make_case, observe):
    graded = make_case(observe(code="pericardial_effusion", value="large", case_id="a"), case_id="a")
    sized = make_case(observe(code="pericardial_effusion", value="20", unit="mm", case_id="b"), case_id="b")
    none = make_case(observe(case_id="c"), case_id="c")
    table = summarise_patients(ct.read_series([graded, sized, none]), "pericardial_effusion").frame
    rows = table[table["what"].str.contains("baseline")]
    # Of three cases one has a grade, one a size and one nothing.
    assert rows["n"].tolist() == [1, 1] and rows["missing"].tolist() == [1, 1]
    assert rows["range or number"].str.endswith("; 1 in another unit").all()


def test_an_age_below_a_limit_begins_at_0():
    assert age_in_years("<18") == (0, 18)
    assert age_in_years("<18 mo")[0] == 0


@pytest.mark.product
def test_a_series_of_one_is_told_in_the_singular(make_case, observe):
    series = ct.read_series([make_case(observe(value="40"), observe("2", value="30"))])
    assert "a change from the baseline can be computed. " in summarise_compared(series, "mrss").paragraphs[1] + " "
    assert summarise_patients(series, "mrss").frame["range or number"].tolist()[-1] == "-10"
    figure = ct.draw_waterfall(series, "mrss")
    assert any("The case was selected: " in text.get_text() for text in figure.texts)


def test_what_happened_at_one_moment_is_reported_at_one(make_case):
    rows = [f"a,3,event,{code},,,,,,,,,,chart," for code in ("first_event", "second_event")]
    matrix = ct.draw_matrix(ct.read_series([make_case(*rows, header=HEADER)]))
    texts = [text.get_text() for ax in matrix.axes for text in ax.texts]
    # Two events of one phase.
    assert "events: reported at one moment in 1 of 1 case (a)" in texts


@pytest.mark.product
def test_day_0_is_explained_only_where_a_case_has_days(make_case, observe):
    series = ct.read_series([make_case(observe(value="40"), observe("2", value="30"))])
    for draw in (ct.draw_swimmer, ct.draw_spaghetti, ct.draw_multiples):
        notes = " ".join(text.get_text() for text in draw(series).texts)
        assert "Day 0" not in notes


@pytest.mark.product
def test_the_end_of_a_bar_is_told_by_the_clock_of_its_lane(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,state,source"
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    days = ("a,,observation,mrss,5 d,,40,,,chart", "a,,treatment,tocilizumab,10 d,30 d,,,,chart")
    days += ("a,,observation,mrss,40 d,,30,,,chart",)
    order = ("b,1,observation,mrss,,,40,,,chart", "b,2,treatment,tocilizumab,,phase 3,,,,chart")
    order += ("b,2,treatment,prednisone,,9 d,,,,chart", "b,3,observation,mrss,,,30,,,chart")
    cases = [make_case(*rows, case_id=name, header=header, about=about) for name, rows in (("a", days), ("b", order))]
    figure = ct.draw_swimmer(ct.read_series(cases))
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    # Days 10 to 30 of the case are days 0 to 20 of its lane; phase 3 is the third moment.
    assert "a: Tocilizumab (reference treatment) on day 0, until day 20" in texts
    assert "b: Tocilizumab (reference treatment) at moment 2, until moment 3" in texts
    assert "b: Prednisone at moment 2, end: 9 d, counted from time zero" in texts
