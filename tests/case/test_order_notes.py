"""What a reader is told where the order of the facts leaves a baseline or a last value open, or gives no baseline."""

import pandas as pd
import pytest
from conftest import casetimeline, first_in_gate

from casetimeline.case.read import derive_path, read_path
from casetimeline.faults import TimelineError
from casetimeline.rules import analyse

COLUMNS = "case_id,kind,code,start,value,unit,source"
TREATED = "A,treatment,prednisone,{},,,made up"
CK = "A,observation,ck,{},{},U/L,made up"


@pytest.fixture
def derived(tmp_path):
    """The derived table of a file of rows, by line, and the notes on it."""

    def table(*rows, **asked) -> tuple[pd.DataFrame, list[str]]:
        path = tmp_path / "t.csv"
        path.write_text("\n".join([COLUMNS, *rows]) + "\n")
        derived, notes = derive_path(path, **asked)
        checked = [note for reading in read_path(path, asked.get("baseline_rule", "")) for note in reading.notes]
        assert set(checked) <= set(notes)
        return derived.set_index("line"), [note.removeprefix("t.csv: ") for note in checked if note.startswith("t.csv")]

    return table


def test_a_date_among_lengths_of_time_has_no_day_and_that_is_told(make_case, observe):
    def notes(*starts):
        rows = [observe(str(phase), "ck", "900", "U/L", start=start) for phase, start in enumerate(starts, 1)]
        return [note for note in make_case(*rows).notes if "a date without a day" in note]

    (note,) = notes("2020-01-05", "180 d", "360 d")
    assert note.startswith("a/timeline.csv, line 2: ") and note.endswith("(time_zero: date)")
    # By dates alone the earliest is day 0; without any there is nothing to tell.
    assert notes("2020-01-05", "2020-02-05") == notes("180 d", "360 d") == []


@pytest.mark.product
def test_a_value_of_the_week_of_the_first_dose_is_the_baseline(derived):
    rows = [CK.format("0 d", 900), CK.format("8 wk", 5000), TREATED.format("8 wk"), CK.format("24 wk", 400)]
    for time in ("8 wk", "~8 wk", "1 a"):
        table, notes = derived(*(row.replace("8 wk", time).replace("24 wk", "24 mo") for row in rows))
        # 400 less 5000 is -4600, of 5000 92 %.
        assert table["ABLFL"].tolist() == ["", "Y", ""] and table["CHG"].tolist() == [-4100, 0, -4600]
        assert table["PCHG"].tolist()[2] == -92 and not any("open" in note for note in notes)


@pytest.mark.product
def test_a_value_of_the_month_of_the_first_dose_may_be_of_a_day_before_or_after_it(derived):
    rows = [CK.format("2020-01", 900), CK.format("2020-07", 5000), TREATED.format("2020-07"), CK.format("2021-01", 400)]
    table, notes = derived(*rows)
    # 400 less 5000 at the least, less 900 at the most.
    assert set(table["BASEC"]) == {"900 U/L or 5000 U/L"} and table.loc[5, ["CHGLO", "CHGHI"]].tolist() == [-4600, -500]
    assert "which record is the baseline (last_before) is open, and its bounds cover each: ck, lines 2 and 3" in notes


@pytest.mark.product
def test_a_value_whose_time_overlaps_that_of_the_first_dose_leaves_the_baseline_open(derived):
    rows = [CK.format("0 d", 900), CK.format("8 wk", 5000), TREATED.format("56 d"), CK.format("24 wk", 400)]
    table, notes = derived(*rows)
    assert set(table["ABLFL"]) == {""} and set(table["BASEC"]) == {"900 U/L or 5000 U/L"}
    # 400 less 5000 at the least, less 900 at the most.
    assert table.loc[5, ["CHGLO", "CHGHI"]].tolist() == [-4600, -500] and pd.isna(table.loc[5, "CHG"])
    assert notes == ["which record is the baseline (last_before) is open, and its bounds cover each: ck, lines 2 and 3"]


@pytest.mark.parametrize("start", ["<0 d", "<2 mo", "1..9 mo", "2010", "2010-08", "2009..2010"])
def test_a_value_of_the_stretch_of_time_in_which_the_reference_starts_is_not_surely_before_it(derived, start):
    last = "2021-01" if start.startswith("20") else "10 a"
    table, notes = derived(CK.format(start, 900), TREATED.format(start), CK.format(last, 300))
    assert table["BASE"].isna().all() and table["CHG"].isna().all()
    assert notes[-2] == "whether it is on or before the start of 'prednisone' is open, so it is no baseline: ck, line 2"


@pytest.mark.parametrize("start", ["<0 d", ">12 wk", "3..9 mo", "2006", "2006-03"])
def test_two_values_of_one_stretch_of_time_are_read_and_their_order_is_open(derived, start):
    table, notes = derived(CK.format(start, 300), CK.format(start, 1200), CK.format(start, 300))
    assert table[["BASELO", "BASEHI"]].drop_duplicates().to_numpy().tolist() == [[300, 1200]]
    assert table["BASE"].isna().all() and set(table["LASTFL"]) == {""}
    assert any("line 4: says again what an earlier line says" in note for note in notes)


def test_a_range_of_two_days_is_a_stretch_and_a_named_day_is_a_moment(make_case, observe):
    # `day 5` is day 4 or day 5, one of both; in a range that is typed two values may lie apart.
    ranges = [observe("", "ck", value, "U/L", start="4..5 d") for value in ("300", "1200")]
    assert len(make_case(*ranges).facts) == 2
    # Beside such a range a named day is another time.
    assert len(make_case(ranges[0], ranges[1].replace("4..5 d", "day 5")).facts) == 2
    with pytest.raises(TimelineError, match="one value of ck at one moment, as on line 2"):
        make_case(*(row.replace("4..5 d", "day 5") for row in ranges))


def test_what_two_rows_say_of_one_stretch_of_time_is_told_once(make_case, observe):
    rows = [observe("", "ck", value, "U/L", start=start) for value, start in (("900", "0 d"), *[("300", ">12 wk")] * 2)]
    about = "claims: [{says: fell, test: falls, measure: ck}]\nanalysis: {baseline: first}"
    (claim,) = analyse(make_case(*rows, about=about)).claims.itertuples()
    assert (claim.RESULT, claim.WHY) == ("supported", "recorded: 900 U/L to 300 U/L")


@pytest.mark.product
def test_of_two_intervals_that_overlap_neither_is_the_baseline(derived):
    rows = [TREATED.format("0 d"), CK.format("-3..-1 mo", 400), CK.format("-2.5..-1.4 mo", 800), CK.format("30 d", 600)]
    table, notes = derived(*rows)
    assert table[["BASELO", "BASEHI"]].drop_duplicates().to_numpy().tolist() == [[400, 800]]
    assert table.loc[5, ["CHGLO", "CHGHI"]].tolist() == [-200, 200] and table["BASE"].isna().all()
    assert notes == ["which record is the baseline (last_before) is open, and its bounds cover each: ck, lines 3 and 4"]
    # Where both say the same, the value is known, though not of which day.
    table, _ = derived(*(row.replace(",800,", ",400,") for row in rows))
    assert table["BASE"].tolist() == [400] * 3 and table.loc[5, "CHG"] == 200 and set(table["ABLFL"]) == {""}


@pytest.mark.product
def test_of_two_last_values_none_is_flagged_and_both_are_named(derived):
    table, notes = derived(
        TREATED.format("0 d"), *(CK.format(*of) for of in (("-1 d", 900), ("~6 mo", 4), ("5..7 mo", 8)))
    )
    assert set(table["LASTFL"]) == {""} and table["CHG"].tolist() == [0, -896, -892]
    assert notes == ["which value is the last is open, because their order is: ck, lines 4 and 5"]


@pytest.mark.product
def test_a_time_without_an_end_is_the_last(derived):
    rows = [CK.format("0 d", 30), TREATED.format("1 d"), CK.format("6 wk", 24), CK.format(">12 wk", 20)]
    table, _ = derived(*rows)
    assert table["LASTFL"].tolist() == ["", "", "Y"] and table["CHG"].tolist() == [0, -6, -10]


NONE = "no record is a baseline by the rule last_before of 'prednisone', and no change is computed"
FAR = "the baseline comes before the first course of 'prednisone', a year or more before the next"


@pytest.mark.parametrize(
    ("rows", "expected"),
    first_in_gate(
        4,
        [
            ([TREATED.format("0 d"), CK.format("3 d", 9)], [f"{NONE}; the first start is on line 2"]),
            # Already being taken, from a day that is not known.
            ([TREATED.format("<0 d"), CK.format("0 d", 9)], [f"{NONE}; the first start is on line 2"]),
            # An old course: 10 a is 3469.9 to 3835.1 days.
            (
                [TREATED.format("-10 a"), TREATED.format("0 d"), CK.format("-3 d", 9)],
                [f"{NONE}; the first start is on line 2", f"{FAR}: line 2, 3470 days before line 3"],
            ),
            (
                [CK.format("-11 a", 5), TREATED.format("-10 a"), TREATED.format("0 d"), CK.format("-3 d", 9)],
                [f"{FAR}: line 3, 3470 days before line 4"],
            ),
            ([CK.format("-1 d", 5), TREATED.format("0 d"), TREATED.format("365 d"), CK.format("3 d", 9)], []),
            (
                [TREATED.format("56 d"), CK.format("8 wk", 9)],
                [
                    "whether it is on or before the start of 'prednisone' is open, so it is no baseline: ck, line 3",
                    f"{NONE}; the first start is on line 2",
                ],
            ),
            (
                [CK.format("-1 d", 5), TREATED.format("0 d"), CK.format("3 d", 9).replace("A", "B", 1)],
                ["in 1 of 2 cases " + NONE + ": B"],
            ),
        ],
    ),
)
def test_what_has_no_baseline_or_one_that_lies_far_back_is_said(derived, rows, expected):
    assert derived(*rows)[1] == expected


def test_a_record_that_may_be_of_the_named_day_is_named(derived):
    # 4 weeks as printed are day 24.5 to 31.5; day 28 is one of them, and day 32 is not.
    rows = [CK.format("0 d", 900), CK.format("4 wk", 400)]
    none = "no record is a baseline by the rule {}, and no change is computed"
    maybe = "whether it is on day 28 is open, so it is no baseline: ck, line 3"
    assert derived(*rows, baseline_rule="day=28")[1] == [maybe, none.format("day=28")]
    assert derived(*rows, baseline_rule="day=32")[1] == [none.format("day=32")]
    # With a record of that very day there is nothing in doubt.
    assert maybe not in derived(*rows, CK.format("28 d", 500), baseline_rule="day=28")[1]


def test_the_notes_stand_in_the_output_of_check(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\n".join([COLUMNS, TREATED.format("0 d"), CK.format("3 d", 9)]) + "\n")
    done = casetimeline("check", str(path))
    assert done.returncode == 0 and f"note: t.csv: {NONE}" in done.stdout


def test_more_administrations_than_fall_between_start_and_end_are_noted_with_their_lines(make_case):
    header = "case_id,kind,code,start,end,value,unit,dose,dose_unit,frequency,count,source"
    # Weekly from day 0 to day 14 falls on days 0, 7 and 14; fewer were left out, and without an end any may be.
    told = [("0 d", "14 d", 6), ("20 d", "34 d", 3), ("40 d", "54 d", 2), ("60 d", "", 6), ("0 d", "14..21 d", 5)]
    rows = [f"a,treatment,tocilizumab,{start},{end},,,162,mg,weekly,{count},chart" for start, end, count in told]
    case = make_case(*rows, header=header)
    noted = [note for note in case.notes if "count is" in note]
    # From day 0 to day 21 at the most there are four.
    words = "count is more than the schedule allows from start to end; the count is used"
    assert noted == [f"a/timeline.csv, lines 2, 6: {words}"]


def test_one_antibody_of_the_patient_under_two_names_is_said(make_case, observe):
    antibodies = "{Scl-70: positive, anti-topoisomerase I: negative, ANA: positive}"
    about = f"analysis: {{baseline: first}}\npatient: {{antibodies: {antibodies}}}"
    (note,) = [note for note in make_case(observe(), about=about).notes if "one antibody" in note]
    both = "'Scl-70: positive' and 'anti-topoisomerase I: negative'"
    assert note == f"a/case.yaml: 'patient: antibodies': {both} are of one antibody (anti_scl70)"


def test_a_treatment_that_begins_after_the_death_is_told(derived):
    """The death of day 10 and a drug from day 20; that of another case, and a drug from day 0, contradict nothing."""
    drugs = [
        f"{case},treatment,prednisone,{start},,,made up" for case, start in (("A", "0 d"), ("A", "20 d"), ("B", "20 d"))
    ]
    _, notes = derived(*drugs, "A,event,death,10 d,,,made up", "A,observation,ck,20 d,900,U/L,made up")
    words = "a treatment begins after the death of the patient; one of the two times is wrong"
    assert [note for note in notes if "death of the patient" in note] == [f"t.csv, line 3: {words}"]


def test_a_treatment_that_goes_on_although_it_was_stopped_is_told(make_case):
    """The first of two courses goes on beyond its stop; one that began after the stop, or has an end, does not."""
    header = "case_id,kind,code,start,end,value,unit,source"
    rows = [
        "a,treatment,anakinra,2 d,ongoing,,,chart",
        "a,event,anakinra_stopped,60 d,,,,chart",
        "a,treatment,anakinra,90 d,ongoing,,,chart",
        "a,treatment,colchicine,2 d,60 d,,,chart",
        "a,event,colchicine_stopped,60 d,,,,chart",
    ]
    words = "a treatment is ongoing, but an event stopped it later; one of the two is wrong"
    assert [note for note in make_case(*rows, header=header).notes if "ongoing" in note] == [
        f"a/timeline.csv, line 2: {words}"
    ]


@pytest.mark.product
def test_phases_that_contradict_the_times_since_one_fact_are_refused(make_case):
    header = "case_id,phase,kind,code,start,anchor,value,unit,source"

    def faults(first, second, anchor):
        values = (
            f"a,{phase},observation,crp,{start},{anchor},5,mg/L,chart" for phase, start in enumerate((first, second), 2)
        )
        try:
            return make_case("a,1,event,relapse,,,,,chart", *values, header=header) and []
        except TimelineError as error:
            return [(fault.line, fault.column) for fault in error.faults]

    # The relapse has no day: 2 wk and then 1 wk after it, and two dates of which the later month has the earlier phase.
    assert faults("3 wk", "1 wk", "relapse") == faults("2021-03", "2021-02", "") == [(4, "start")]
    assert faults("1 wk", "2 wk", "relapse") == faults("2021-02", "2021-03", "") == []


def test_one_value_in_two_units_is_one_baseline_and_one_last_value(make_case):
    rows = ["0 d,923,U/L", "0 d,15.38,ukat/L", "60 d,310,U/L", "60 d,5.17,ukat/L"]
    values = [f"a,observation,ck,{row},chart" for row in rows]
    about = "analysis: {reference: x, baseline: last_before}"
    header = "case_id,kind,code,start,value,unit,source"
    case = make_case(*values, "a,treatment,x,1 d,,,chart", header=header, about=about)
    changes = analyse(case).changes
    # 15.38 x 60 = 922.8, and 923 is 15.38 rounded; 5.17 x 60 = 310.2. 310 - 923 = -613.
    assert changes["ABLFL"].tolist() == ["Y", "", "", "", ""] and changes["LASTFL"].tolist() == ["", "", "Y", "", ""]
    assert changes["CHG"].iloc[2] == -613 and not [note for note in case.notes if "open" in note]
