"""What was given: days, doses and amounts counted one by one; gaps and overlaps as sets of days."""

import calendar
import functools
import itertools
import math
from datetime import date, timedelta
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive.exposure import derive_exposure, derive_gaps, parse_frequency, rate_of

NAN, INF = math.nan, math.inf
UNKNOWN, ONGOING = (NAN, NAN), (INF, INF)


def treatment(drug="x", case="a", phase=1, dose="8", unit="mg", frequency="every 4 wk", start=(0, 0), end=(84, 84)):
    """A row of a treatment from day `start` to day `end`, each as bounds; day 0 to day 84 has 85 days."""
    printed = "ongoing" if end == ONGOING else "" if math.isnan(end[0]) else f"{end[0]}..{end[1]} d"
    return {
        **{"case_id": case, "phase": phase, "kind": "treatment", "PARAMCD": drug, "PARAM": drug.upper()},
        **{"dose": dose, "dose_unit": unit, "frequency": frequency, "end": printed, "AVALU": ""},
        **{"AVALLO": NAN, "AVALHI": NAN, "DAYLO": start[0], "DAYHI": start[1], "AENLO": end[0], "AENHI": end[1]},
    }


def weight(low, high, unit="kg", case="a", code="weight", kind="observation"):
    row = treatment(code, case, dose="", unit="", frequency="", start=UNKNOWN, end=UNKNOWN)
    return {**row, "kind": kind, "AVALLO": low, "AVALHI": high, "AVALU": unit}


def rows(*told):
    frame = pd.DataFrame(told).assign(line=range(2, len(told) + 2), ORDER=range(1, len(told) + 1))
    numbers = dict.fromkeys(["AVALLO", "AVALHI", "DAYLO", "DAYHI", "AENLO", "AENHI"], float)
    return frame.astype({**numbers, "phase": "Int64"})


def exposure(columns, *told):
    """Some columns of the exposure of the first row."""
    return derive_exposure(rows(*told))[columns.split()].iloc[0].tolist()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("once", INF),
        ("daily", 1),
        ("once daily", 1),
        ("Twice Daily", 0.5),
        ("weekly", 7),
        # A month is a twelfth of 365.25 days.
        ("monthly", 30.4375),
        ("every 4 wk", 28),
        ("  Every  4 WK ", 28),
        ("every 12 h", 0.5),
        ("every 1.5 d", 1.5),
        ("every 3 mo", 91.3125),
        ("every 1 a", 365.25),
        ("", NAN),
        ("as needed", NAN),
        ("every wk", 7),
        ("every 0 wk", NAN),
        ("every .5 wk", NAN),
        ("every 1.2.3 d", NAN),
        ("every 4 fortnights", NAN),
        ("4 wk", NAN),
        ("every 4 wk or so", NAN),
    ],
)
def test_a_frequency_has_an_interval_in_days(text, days):
    assert parse_frequency(text) == pytest.approx((days, False), nan_ok=True)


@pytest.mark.parametrize(
    ("unit", "amount", "days"),
    [
        ("mg/day", "mg", 1),
        ("mg / Day", "mg", 1),
        ("mg per day", "mg", 1),
        ("mg/24 h", "mg", 1),
        ("mg/kg/d", "mg/kg", 1),
        ("g/week", "g", 7),
        ("mg/mo", "mg", 30.4375),
        ("mg/kg", "mg/kg", NAN),
        # A frequency in words behind the unit, and any place and language of the time: 12 h are half a day.
        ("mg daily", "mg", 1),
        ("mg qd", "mg", 1),
        ("mg bid", "mg", 0.5),
        ("mg twice per day", "mg", 0.5),
        ("mg/kg q4w", "mg/kg", 28),
        ("mg/day/kg", "mg/kg", 1),
        ("mg/12h", "mg", 0.5),
        ("mg/die", "mg", 1),
        ("mg/Woche", "mg", 7),
        ("mg/semaine", "mg", 7),
        ("mg/mese", "mg", 30.4375),
        ("mg/dia", "mg", 1),
        ("mg/day bid", "mg", 1),
        ("mg once", "mg once", NAN),
        ("mg as needed", "mg as needed", NAN),
        ("mg/h", "mg/h", NAN),
        ("day", "day", NAN),
        ("/day", "/day", NAN),
        ("", "", NAN),
    ],
)
def test_the_unit_of_a_dose_may_tell_its_time(unit, amount, days):
    assert rate_of(unit)[0] == amount and rate_of(unit)[1] == pytest.approx(days, nan_ok=True)


def test_only_an_alternating_frequency_alternates():
    assert parse_frequency("every 2 wk, alternating") == (14, True)
    assert parse_frequency("Every 2 wk,ALTERNATING") == (14, True)
    assert parse_frequency("weekly, alternating") == pytest.approx((NAN, False), nan_ok=True)


# The regimen of the index case: tocilizumab 8 mg/kg and cyclophosphamide 600 mg, one of the two every 2 weeks.
TCZ = {"drug": "tcz", "dose": "8", "unit": "mg/kg", "frequency": "every 2 wk, alternating"}
CYC = {"drug": "cyc", "dose": "600", "unit": "mg", "frequency": "every 2 wk, alternating"}


def test_of_an_alternating_regimen_each_treatment_comes_every_second_time():
    untimed = {"start": UNKNOWN, "end": UNKNOWN}
    table = derive_exposure(rows(treatment(**TCZ, **untimed), treatment(**CYC, **untimed)))
    assert table["INTERVAL"].tolist() == [14, 14] and table["OWN"].tolist() == [28, 28]
    assert table["ALTERNATES"].tolist() == ["CYC", "TCZ"]
    assert table["REASON"].tolist() == ["start, end not reported"] * 2
    assert table[["EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI", "CUMLO", "CUMHI"]].isna().all(axis=None)
    assert table["ENDED"].tolist() == ["not reported"] * 2


@pytest.mark.parametrize(
    ("printed", "days", "least", "most"),
    [
        # A day without its last moment: at 0, 12 and 24 h. A day that is counted is over at its end: four.
        ("24 h", (1, 1), 3, 3),
        ("24 hours", (1, 1), 3, 3),
        ("1 d", (1, 1), 4, 4),
        # A month ends with a day, also where its name ends in h: half a month to one and a half, 15 to 45 days whole.
        ("1 mo", (15.21875, 45.65625), 32, 92),
        ("1 month", (15.21875, 45.65625), 32, 92),
    ],
)
def test_an_end_in_hours_is_a_moment_however_it_is_typed(printed, days, least, most):
    twice_daily = treatment(frequency="every 12 h", end=days) | {"end": printed}
    assert exposure("NDOSLO NDOSHI", twice_daily) == [least, most]


def test_doses_of_an_alternating_regimen_worked_by_hand():
    # To day 84: tocilizumab on days 0, 28, 56, 84, 4 x 8 = 32 mg/kg; cyclophosphamide on 14, 42, 70, 3 x 600 = 1800 mg.
    table = derive_exposure(rows(treatment(**TCZ), treatment(**CYC, start=(14, 14))))
    assert table["NDOSLO"].tolist() == table["NDOSHI"].tolist() == [4, 3]
    assert table["CUMLO"].tolist() == table["CUMHI"].tolist() == [32, 1800]
    assert table["CUMU"].tolist() == ["mg/kg", "mg"]


MTX = {**CYC, "drug": "mtx"}


@pytest.mark.parametrize(
    ("third", "own", "names"),
    [
        (MTX, 42, "CYC, MTX"),
        # Of another phase, of another case, or not said to alternate.
        ({**MTX, "phase": 2}, 28, "CYC"),
        ({**MTX, "case": "b"}, 28, "CYC"),
        ({**MTX, "frequency": "every 2 wk"}, 28, "CYC"),
    ],
)
def test_only_what_alternates_in_one_phase_of_one_case_shares_an_interval(third, own, names):
    told = [treatment(**TCZ), treatment(**CYC), treatment(**third)]
    assert exposure("INTERVAL OWN ALTERNATES", *told) == [14, own, names]


def test_what_does_not_alternate_shares_nothing():
    told = [treatment(frequency="every 2 wk"), treatment(**TCZ), treatment(**CYC)]
    assert exposure("INTERVAL OWN ALTERNATES", *told) == [14, 14, ""]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # 8 mg on days 0, 28, 56 and 84.
        ({}, [85, 85, 4, 4, 32, 32, "mg"]),
        # To day 83 the fourth is not given.
        ({"end": (83, 83)}, [84, 84, 3, 3, 24, 24, "mg"]),
        # From day 0..7 to day 28..35: 22 to 36 days; every 2 weeks, on days 7 and 21 or on days 0, 14 and 28.
        ({"start": (0, 7), "end": (28, 35), "frequency": "every 2 wk"}, [22, 36, 2, 3, 16, 24, "mg"]),
        # The end may be the day of the start.
        ({"start": (0, 7), "end": (3, 10)}, [1, 11, 1, 1, 8, 8, "mg"]),
        ({"dose": "8..10"}, [85, 85, 4, 4, 32, 40, "mg"]),
        # "~8" is 7.5 to 8.5; "<10" may be next to nothing; ">10" has no limit.
        ({"dose": "~8"}, [85, 85, 4, 4, 30, 34, "mg"]),
        ({"dose": "<10"}, [85, 85, 4, 4, 0, 40, "mg"]),
        ({"dose": ">10"}, [85, 85, 4, 4, 40, INF, "mg"]),
        ({"dose": ""}, [85, 85, 4, 4, NAN, NAN, "mg"]),
        # A dose per time is given at that rate: on 85 days. Each of 13 weekly administrations is that of a
        # week, 13 x 8, and each daily one a seventh of it; 28 days are no part of a week or a month: the rate counts.
        ({"unit": "mg/d", "frequency": ""}, [85, 85, NAN, NAN, 680, 680, "mg"]),
        ({"unit": "mg/day"}, [85, 85, 4, 4, 680, 680, "mg"]),
        ({"unit": "mg/wk", "frequency": "weekly"}, [85, 85, 13, 13, 104, 104, "mg"]),
        ({"unit": "mg/wk"}, [85, 85, 4, 4, 680 / 7, 680 / 7, "mg"]),
        ({"unit": "mg/wk", "frequency": "daily"}, [85, 85, 85, 85, 680 / 7, 680 / 7, "mg"]),
        ({"unit": "mg/wk", "frequency": "once"}, [1, 1, 1, 1, 8, 8, "mg"]),
        ({"unit": "mg/week", "end": (6, 6)}, [7, 7, 1, 1, 8, 8, "mg"]),
        # Four years of 1461 days are 48 months from whichever day: 8 x 48 = 384.
        ({"unit": "mg/month", "end": (1460, 1460)}, [1461, 1461, 53, 53, 384, 384, "mg"]),
        ({"unit": "mg/kg/d"}, [85, 85, 4, 4, 680, 680, "mg/kg"]),
        # One dose, with or without a day.
        ({"frequency": "once"}, [1, 1, 1, 1, 8, 8, "mg"]),
        ({"frequency": "once", "start": UNKNOWN, "end": UNKNOWN}, [1, 1, 1, 1, 8, 8, "mg"]),
        ({"frequency": "once", "end": ONGOING}, [1, 1, 1, 1, 8, 8, "mg"]),
        # As many as may come, and the first at the least.
        ({"end": ONGOING}, [1, INF, 1, INF, 8, INF, "mg"]),
        ({"end": ONGOING, "unit": "mg/d", "frequency": ""}, [1, INF, NAN, NAN, 8, INF, "mg"]),
    ],
)
def test_exposure_worked_by_hand(columns, expected):
    found = exposure("EXDURLO EXDURHI NDOSLO NDOSHI CUMLO CUMHI CUMU", treatment(**columns))
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("columns", "ended", "reason"),
    [
        ({}, "yes", ""),
        ({"end": ONGOING}, "ongoing", "ongoing"),
        ({"end": ONGOING, "dose": ""}, "ongoing", "dose not reported"),
        ({"end": UNKNOWN}, "not reported", "end not reported"),
        ({"start": UNKNOWN}, "yes", "start not reported"),
        ({"frequency": ""}, "yes", "schedule not reported"),
        # A schedule that is told and is not understood is not one that is not reported.
        ({"frequency": "day 1 and 15"}, "yes", "schedule is no interval that can be counted"),
        (
            {"frequency": "as needed", "dose": ""},
            "yes",
            "dose not reported; schedule is no interval that can be counted",
        ),
        ({"frequency": "", "unit": "mg/d"}, "yes", ""),
        # The interval of one that alternates is that of the other as well; a dose a day needs no interval.
        ({"frequency": "every 2 wk, alternating"}, "yes", "partner not reported"),
        ({"frequency": "every 2 wk, alternating", "unit": "mg/d"}, "yes", ""),
        ({"frequency": "once", "start": UNKNOWN, "end": UNKNOWN}, "not reported", ""),
        (
            {"dose": "", "frequency": "", "start": UNKNOWN, "end": UNKNOWN},
            "not reported",
            "dose, schedule, start, end not reported",
        ),
    ],
)
def test_what_is_missing_for_a_cumulative_dose_is_named(columns, ended, reason):
    assert exposure("ENDED REASON", treatment(**columns)) == [ended, reason]


PER_KG = ("mg/Kg", "MG/KG", "mg per kg", "mg kg-1", "mg/kg bw", "mg/kg body weight", "mg/kgKG", "mgs/kg")
PER_M2 = ("mg per m2", "mg m-2", "mg/m\u00b2", "mg/sqm", "mg/square metre", "mg/m2 BSA")


@pytest.mark.parametrize(
    ("unit", "sizes", "expected"),
    [
        # 4 x 8 = 32 mg/kg; of 60 kg 1920 mg.
        ("mg/kg", [], [32, 32, "mg/kg"]),
        ("mg/kg", [weight(60, 60)], [1920, 1920, "mg"]),
        # Of any weight that was recorded, from 55 to 61 kg: 1760 to 1952 mg.
        ("mg/kg", [weight(60, 61), weight(55, 56)], [1760, 1952, "mg"]),
        # Other spellings of the same unit.
        *((spelt, [weight(60, 60)], [1920, 1920, "mg"]) for spelt in PER_KG),
        # In another unit, of another case, without a value, of another measure, or not an observation.
        ("mg/kg", [weight(132, 132, "lb")], [32, 32, "mg/kg"]),
        ("mg/kg", [weight(60, 60, case="b")], [32, 32, "mg/kg"]),
        ("mg/kg", [weight(NAN, NAN)], [32, 32, "mg/kg"]),
        ("mg/kg", [weight(60, 60, code="ck")], [32, 32, "mg/kg"]),
        ("mg/kg", [weight(60, 60, kind="event")], [32, 32, "mg/kg"]),
        # 8 mg/kg on each of 85 days is 680 mg/kg; of 60 kg 40800 mg.
        ("mg/kg/d", [weight(60, 60)], [40800, 40800, "mg"]),
        ("mg/kg bw/day", [weight(60, 60)], [40800, 40800, "mg"]),
        ("mg kg-1 day-1", [weight(60, 60)], [40800, 40800, "mg"]),
        # Per square metre: 32 mg/m2 of 1.5 m2 are 48 mg; a weight says nothing of it.
        ("mg/m2", [weight(1.5, 1.5, "m2", code="body_surface_area")], [48, 48, "mg"]),
        *((spelt, [weight(1.5, 1.5, "m2", code="body_surface_area")], [48, 48, "mg"]) for spelt in PER_M2),
        ("mg/m2", [weight(60, 60)], [32, 32, "mg/m2"]),
        # A dose that is not per kilogram stays what it is.
        ("mg", [weight(60, 60)], [32, 32, "mg"]),
    ],
)
def test_a_dose_per_kilogram_stays_so_without_a_recorded_weight(unit, sizes, expected):
    assert exposure("CUMLO CUMHI CUMU", treatment(unit=unit), *sizes) == expected


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        # Ten doses of less than 20, of more than 20, and of at most 20.
        ("<20", [0, 200, False, True]),
        (">20", [200, INF, True, False]),
        ("<=20", [0, 200, False, False]),
        ("10..20", [100, 200, False, False]),
    ],
)
def test_the_open_end_of_a_dose_is_that_of_the_cumulative_dose(dose, expected):
    daily = treatment(dose=dose, frequency="daily", end=(9, 9))
    assert exposure("CUMLO CUMHI CUMLOX CUMHIX", daily) == expected


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        # Days 0, 28, 56 and 84: 4 doses of 8 mg, 32 mg in all.
        ("tapered from 16 mg", [4, 32, ""]),
        # The first dose was 8 mg, the later ones are not told.
        ("tapering; doses not reported", [NAN, NAN, "doses of the taper not reported"]),
        ("slow taper", [NAN, NAN, "doses of the taper not reported"]),
        ("tapered to 4 mg", [NAN, NAN, "doses of the taper not reported"]),
        ("tapered", [NAN, NAN, "doses of the taper not reported"]),
        ("reduced stepwise", [NAN, NAN, "doses of the taper not reported"]),
        ("increased to 16 mg", [NAN, NAN, "later doses not reported"]),
        # The 8 mg are what the change led to.
        ("tapered to 8 mg", [4, 32, ""]),
        # Nothing of it was tapered.
        ("tapering failed", [4, 32, ""]),
    ],
)
def test_a_taper_is_no_sum_of_its_first_dose(note, expected):
    counted = exposure("NDOSHI CUMHI REASON", treatment() | {"note": note})
    assert counted == pytest.approx(expected, nan_ok=True)


def test_each_case_has_its_own_weight():
    table = derive_exposure(rows(treatment(unit="mg/kg"), treatment(unit="mg/kg", case="b"), weight(60, 60, case="b")))
    assert table[["CUMLO", "CUMU"]].to_numpy().tolist() == [[32, "mg/kg"], [1920, "mg"]]


def test_only_treatments_have_a_row_and_they_stay_in_the_order_of_the_file():
    told = [treatment("z", dose="5"), weight(60, 60), {**treatment("b"), "kind": "event"}, treatment("a", case="c")]
    table = derive_exposure(rows(*told))
    assert table[["case_id", "line", "EXTRT", "EXDOSE"]].to_numpy().tolist() == [["a", 2, "Z", "5"], ["c", 5, "A", "8"]]


# Each start and end that the bounds allow, and each dose of such a course, one by one.

INTERVALS = {"daily": 1, "every 5 d": 5, "every 2 wk": 14, "every 4 wk": 28, "monthly": None}


@functools.cache
def monthly_doses(length):
    """The least and the most monthly doses of a course, over every date of four years on which it may begin."""
    counts = set()
    for first in (date(2021, 1, 1) + timedelta(days) for days in range(1461)):
        months = itertools.count()
        counts.add(sum(1 for _ in itertools.takewhile(lambda n, day=first: later(day, n) <= length, months)))
    return min(counts), max(counts)


def later(first, months):
    """The days from a date to the same day some months later, or to the last of a month that has no such day."""
    year, month = divmod(12 * first.year + first.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return (date(year, month + 1, min(first.day, last)) - first).days


def doses_of(start, end, interval):
    if interval is None:
        return monthly_doses(end - start)
    count, day = 0, Fraction(start)
    while day < end + 1:
        count, day = count + 1, day + interval
    return count, count


def counted(row):
    """Bounds of days, doses and amount over every course that the row allows."""
    dose = [Fraction(number) for number in (row.dose.split("..") if ".." in row.dose else [row.dose] * 2)]
    pairs = [
        (start, end)
        for start in range(int(row.DAYLO), int(row.DAYHI) + 1)
        for end in range(int(row.AENLO), int(row.AENHI) + 1)
        if start <= end
    ]
    days = [len(range(start, end + 1)) for start, end in pairs]
    doses = [doses_of(start, end, INTERVALS[row.frequency]) for start, end in pairs]
    least, most = min(low for low, _ in doses), max(high for _, high in doses)
    times = (min(days), max(days)) if row.dose_unit == "mg/d" else (least, most)
    return [min(days), max(days), least, most, times[0] * dose[0], times[1] * dose[1]]


starts = st.tuples(st.integers(-30, 30), st.sampled_from([0, 0, 3])).map(lambda pair: (pair[0], sum(pair)))
lengths = st.tuples(st.sampled_from([0, 4, 13, 14, 27, 28, 56, 61]), st.sampled_from([0, 0, 3]))


@st.composite
def told_courses(draw, frequencies, missing=False):
    """A row of a treatment that ends on or after its first possible start."""
    start, (length, more) = draw(starts), draw(lengths)
    end = (start[0] + length, start[0] + length + more)
    gone = draw(st.sampled_from(["", "", "start", "end", "ongoing"])) if missing else ""
    return treatment(
        drug=draw(st.sampled_from("xy")),
        case=draw(st.sampled_from("abc")),
        phase=draw(st.integers(1, 2)),
        dose=draw(st.sampled_from(["8", "10..20", ""] if missing else ["8", "10..20"])),
        unit=draw(st.sampled_from(["mg", "mg/d", "mg/kg"])),
        frequency=draw(st.sampled_from(frequencies)),
        start=UNKNOWN if gone == "start" else start,
        end={"end": UNKNOWN, "ongoing": ONGOING}.get(gone, end),
    )


@st.composite
def frames_of(draw, row):
    """Treatments and a weight, not in the order of their lines, under an index that says nothing."""
    told = draw(st.lists(row, min_size=14, max_size=24))
    frame = rows(*told, weight(60, 62, case="b"))
    lines = draw(st.permutations(list(frame["line"])))
    return frame.assign(line=lines).set_axis([10 * line for line in lines[::-1]])


@given(frames_of(told_courses(sorted(INTERVALS))))
def test_the_bounds_are_those_of_every_course_counted_day_by_day(frame):
    frame = frame[frame["kind"] == "treatment"]
    expected = [counted(row) for row in frame.itertuples()]
    found = derive_exposure(frame)[["EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI", "CUMLO", "CUMHI"]]
    assert found.to_numpy().tolist() == expected


FREQUENCIES = ["once", "daily", "every 2 wk", "every 2 wk, alternating", "every 4 wk, alternating", "as needed", ""]
anything = frames_of(told_courses(FREQUENCIES, missing=True))


@given(anything)
def test_neither_the_order_of_the_rows_nor_another_case_changes_an_exposure(frame):
    before = frame.copy()
    table = derive_exposure(frame)
    assert_frame_equal(frame, before)
    assert table.index.equals(frame.index[frame["kind"] == "treatment"])
    assert_frame_equal(derive_exposure(frame.sort_values("line")), table.sort_values("line"))
    # Of case b the weight is known.
    for case in set(table["case_id"]):
        assert_frame_equal(derive_exposure(frame[frame["case_id"] == case]), table[table["case_id"] == case])


@given(anything)
def test_what_is_missing_stays_missing(frame):
    table = derive_exposure(frame).join(frame[["DAYLO", "AENLO"]])
    undated = table["DAYLO"].isna() | table["AENLO"].isna()
    counts = table[["EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI", "CUMLO", "CUMHI"]]
    assert counts[undated & table["EXDOSFRQ"].ne("once")].isna().all(axis=None)
    assert counts.loc[table["EXDOSE"].eq(""), ["CUMLO", "CUMHI"]].isna().all(axis=None)
    # A cumulative dose is missing with a reason, and only then; that of an ongoing course has no upper limit.
    reason = table["REASON"].where(table["EXDOSFRQ"].ne("once") | table["CUMLO"].isna(), "")
    assert table["CUMLO"].isna().equals(reason.ne("") & reason.ne("ongoing"))
    assert (table["CUMHI"] == INF).equals(reason.eq("ongoing"))
    assert not (table["NDOSLO"] > table["NDOSHI"]).any() and not (table["CUMLO"] > table["CUMHI"]).any()


def test_an_ongoing_course_lasts_at_least_to_the_last_day_that_its_case_tells_of():
    # 2 g/day from day -60 on, and a visit on day 365, or from day 365 to 370: days -60 to 365 are 426 days.
    given = treatment(unit="g/day", dose="2", frequency="", start=(-60, -60), end=ONGOING)
    visit = {**weight(60, 62, code="ck"), "DAYLO": 365, "DAYHI": 370}
    columns = "EXDURLO EXDURHI CUMLO CUMHI CUMU ENDED"
    assert exposure(columns, given, visit) == [426, INF, 852, INF, "g", "ongoing"]
    # A visit of another case, one without a day, and one before the start say nothing.
    for other in ({**visit, "case_id": "b"}, weight(60, 62, code="ck"), {**visit, "DAYLO": -90}):
        assert exposure(columns, given, other) == [1, INF, 2, INF, "g", "ongoing"]


# 1.5 g twice daily from day 21 to the death on day 210: 190 days, 380 doses, 570 g. A death after day 100 leaves no
# upper limit, and one that may be before day 21 says nothing of the course.
@pytest.mark.parametrize(
    ("death", "expected"),
    [
        ((210.0, 210.0), [190, 190, 380, 380, 570, 570, ""]),
        ((200.0, 210.0), [180, 190, 360, 380, 540, 570, ""]),
        ((100.0, INF), [80, INF, 160, INF, 240, INF, "ongoing"]),
        (UNKNOWN, [194, INF, 388, INF, 582, INF, "ongoing"]),
        ((10.0, 210.0), [194, INF, 388, INF, 582, INF, "ongoing"]),
    ],
)
def test_what_is_ongoing_lasts_until_death(death, expected):
    course = treatment(dose="1.5", unit="g", frequency="twice daily", start=(21, 21), end=ONGOING) | {"end": "ongoing"}
    died = treatment("death", dose="", unit="", frequency="", start=death, end=UNKNOWN) | {"kind": "event"}
    # Something was found at the autopsy.
    autopsy = died | {"PARAMCD": "autopsy", "DAYLO": 214.0, "DAYHI": 214.0}
    asked = "EXDURLO EXDURHI NDOSLO NDOSHI CUMLO CUMHI REASON"
    assert exposure(asked, course, died, autopsy) == expected


@pytest.mark.parametrize("kind", ["event", "adverse_event"])
def test_a_death_of_an_open_day_is_not_before_a_measurement(kind):
    course = treatment(frequency="daily", start=(0, 0), end=ONGOING) | {"end": "ongoing"}
    died = treatment("death", dose="", unit="", frequency="", start=(0.0, 365.0), end=UNKNOWN) | {"kind": kind}
    value = weight(5, 5, "mg/L", code="crp")
    asked = "EXDURLO EXDURHI"
    # Days 0 to 10, and to 365 at the most. What is found in words may be of the autopsy.
    assert exposure(asked, course, died, value | {"DAYLO": 10, "DAYHI": 12}) == [11, 366]
    assert exposure(asked, course, died, weight(NAN, NAN, "") | {"DAYLO": 10, "DAYHI": 10}) == [1, 366]
    # A value after the latest day of the death is of the autopsy, or wrong.
    assert exposure(asked, course, died | {"DAYHI": 8}, value | {"DAYLO": 10, "DAYHI": 10}) == [9, 9]


def test_a_dose_per_month_counts_the_days_of_the_months_that_it_may_be_given_in():
    # 56 days, every 4 weeks, which are no part of a month: 28 / 28 + 28 / 31 of February and March, 56 / 31 of July.
    low, high = exposure("CUMLO CUMHI", treatment(dose="31", unit="mg/mo", end=(55, 55)))
    assert low == pytest.approx(31 * 56 / 31) and high == pytest.approx(31 + 28)
    # From 15 February 2021 to 14 March: half of February and 14 of 31 days of March, 14 / 28 + 14 / 31.
    dated = treatment(dose="31", unit="mg/month", end=(27, 27)) | {"start": "2021-02-15"}
    assert exposure("CUMLO CUMHI", dated) == pytest.approx([15.5 + 14] * 2)
    # Of a week 3 times: 7 of 31 to 7 of 28 days each.
    weekly = treatment(dose="31", unit="mg/mo", frequency="weekly") | {"COUNTLO": 3.0, "COUNTHI": 3.0}
    assert exposure("CUMLO CUMHI", weekly) == pytest.approx([21, 3 * 31 / 4])
    # Monthly doses are counted, and a week has 7 days.
    assert exposure("CUMLO CUMHI", treatment(unit="mg/mo", frequency="monthly", end=(89, 89))) == [16 + 8, 16 + 16]
    assert exposure("CUMLO CUMHI", treatment(dose="7", unit="mg/wk", frequency="", end=(55, 55))) == [56, 56]


@pytest.mark.parametrize(
    ("columns", "given", "least", "most"),
    [
        # 17 of 31 days of January, February and March are 2.548 months; at once, on the 15th of each: three.
        ({"unit": "mg/mo", "end": (75, 75)}, {"start": "2021-01-15"}, 10 * (2 + 17 / 31), 30),
        # 15 January to 14 February: 17 of 31 and 14 of 28 days, or the one on 15 January.
        ({"unit": "mg/mo", "end": (30, 30)}, {"start": "2021-01-15"}, 10, 10 * (17 / 31 + 14 / 28)),
        # 56 days without a date: 56 / 31 months, or the first of February and that of March.
        ({"unit": "mg/mo", "end": (55, 55)}, {}, 10 * 56 / 31, 20),
        # From 1 January 2021 to 30 April are four months of three: in parts 4 / 3, at once on 1 January and 1 April.
        ({"unit": "mg every 3 mo", "end": (119, 119)}, {"start": "2021-01-01"}, 40 / 3, 20),
        # 85 days are 3 times four weeks and a day.
        ({"unit": "mg q4w"}, {}, 850 / 28, 40),
        ({"unit": "mg/wk"}, {}, 850 / 7, 130),
        # What the source counts is counted.
        ({"unit": "mg/mo"}, {"COUNTLO": 2.0, "COUNTHI": 2.0}, 20, 20),
        ({"unit": "mg/mo", "end": ONGOING}, {"start": "2021-01-15"}, 10 / 31, INF),
    ],
)
def test_without_a_schedule_a_dose_per_time_is_given_in_parts_or_at_once(columns, given, least, most):
    row = treatment(dose="10", frequency="", **{"end": (84, 84), **columns})
    assert exposure("CUMLO CUMHI", {**row, **given}) == pytest.approx([least, most])


def test_sums_of_parts_of_months_and_of_decimals_have_no_binary_noise():
    # 30 of 31 days of January, every 4 weeks, which are no part of a month.
    january = treatment(dose="15", unit="mg/mo", end=(29, 29)) | {"start": "2021-01-01"}
    assert exposure("CUMLO CUMHI", january) == [15 * 30 / 31] * 2
    # Three days of a tenth; as binary numbers 0.30000000000000004.
    assert exposure("CUMLO CUMHI", treatment(dose="0.1", frequency="daily", end=(2, 2))) == [0.3, 0.3]


# Gaps and overlaps.


def gaps(*told):
    table = derive_gaps(rows(*told))
    return table[["LINE", "NEXT", "GAPLO", "GAPHI", "OVERLO", "OVERHI"]].astype(float).to_numpy().tolist()


def test_courses_that_count_from_one_fact_are_as_far_apart_as_they_are_printed():
    # A discharge on day 30 to 60; from it 0 to 9 d, then 20 to 29 d: 10 days without, whichever day it was.
    one = course((30, 60), (39, 69)) | {"start": "0 d", "end": "9 d", "anchor": "discharge"}
    two = course((50, 80), (59, 89)) | {"start": "20 d", "end": "29 d", "anchor": "discharge"}
    assert gaps(one, two) == [[2, 3, 10, 10, 0, 0]]
    # From two discharges they are as uncertain as both: day 50 - 69 - 1 to day 80 - 39 - 1.
    assert gaps(one, two | {"anchor": "discharge#2"}) == [[2, 3, 0, 40, 0, 10]]
    # Also where the discharge has no day, and whichever line is first.
    unplaced = dict.fromkeys(("DAYLO", "DAYHI", "AENLO", "AENHI"), NAN)
    table = derive_gaps(rows(two | unplaced, one | unplaced).assign(ORDER=1))
    assert table[["LINE", "NEXT", "GAPLO", "GAPHI"]].to_numpy().tolist() == [[3, 2, 10, 10]]
    # To day 24 the first shares days 20 to 24 with the second.
    longer = one | {"end": "24 d", "AENLO": 54, "AENHI": 84}
    assert gaps(longer, two) == [[2, 3, 0, 0, 5, 5]]
    # Two dates without a day from time zero: 10 to 19 May, and 30 May on.
    dated = one | unplaced | {"start": "2021-05-10", "end": "2021-05-19", "anchor": ""}
    later = two | unplaced | {"start": "2021-05-30", "end": "2021-06-08", "anchor": ""}
    assert gaps(dated, later) == [[2, 3, 10, 10, 0, 0]]


def course(start, end, **columns):
    bounds = [pair if isinstance(pair, tuple) else (pair, pair) for pair in (start, end)]
    return treatment(start=bounds[0], end=bounds[1], **columns)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Days 0 to 9 and 20 to 29: nothing on the ten days 10 to 19.
        (course(0, 9), course(20, 29), [10, 10, 0, 0]),
        # The next day, and the same day.
        (course(0, 9), course(10, 19), [0, 0, 0, 0]),
        (course(0, 9), course(9, 19), [0, 0, 1, 1]),
        # Days 5 to 9 of both.
        (course(0, 9), course(5, 19), [0, 0, 5, 5]),
        # Ends on day 7..9, starts on day 12..14: from days 10, 11 to days 8 to 13.
        (course(0, (7, 9)), course((12, 14), 19), [2, 6, 0, 0]),
        # Ends on day 7..12, starts on day 10..14: at most days 8 to 13 without it, at most days 10 to 12 twice.
        (course(0, (7, 12)), course((10, 14), 19), [0, 6, 0, 3]),
        (course(0, NAN), course(20, 29), [NAN] * 4),
        (course(0, 9), course(NAN, 29), [NAN] * 4),
    ],
)
def test_gap_and_overlap_worked_by_hand(one, other, expected):
    assert gaps(one, other) == [pytest.approx([2, 3, *expected], nan_ok=True)]
    # Told in the other order, only the lines are exchanged; a start that is not known comes last.
    assert gaps(other, one) == [pytest.approx([3, 2, *expected], nan_ok=True)]


def test_two_ongoing_courses_overlap_without_end():
    assert gaps(course(0, INF), course(20, INF)) == [[2, 3, 0, 0, INF, INF]]


def test_only_courses_of_one_treatment_of_one_case_are_compared():
    assert gaps(course(0, 9), course(20, 29, drug="y"), course(20, 29, case="b")) == []
    assert gaps(course(0, 9), {**course(12, 14), "kind": "event"}, course(20, 29)) == [[2, 4, 10, 10, 0, 0]]
    assert gaps(course(0, 9), course(40, 49), course(20, 29)) == [[2, 4, 10, 10, 0, 0], [4, 3, 10, 10, 0, 0]]


def test_of_courses_without_days_the_telling_decides_which_comes_next():
    frame = rows(course(NAN, NAN), course(NAN, NAN), course(NAN, NAN)).assign(ORDER=[2, 3, 1])
    assert derive_gaps(frame)[["LINE", "NEXT"]].to_numpy().tolist() == [[4, 2], [2, 3]]


@st.composite
def successive(draw):
    """Courses of two treatments of two cases; each starts and ends after the one before, for certain."""
    told = []
    for case, drug in (("a", "x"), ("a", "y"), ("b", "x")):
        start, end = draw(st.integers(-20, 0)), -20
        for _ in range(draw(st.integers(1, 4))):
            first = (start, start + draw(st.integers(0, 2)))
            last = (max(first[1], end) + draw(st.integers(0, 9)),) * 2
            last = (last[0], last[1] + draw(st.integers(0, 2)))
            told.append(treatment(drug, case, start=first, end=last))
            start, end = first[1] + draw(st.integers(1, 12)), last[1]
    frame = rows(*told)
    lines = draw(st.permutations(list(frame["line"])))
    return frame.assign(line=lines, ORDER=1).sort_values("line").set_axis(range(len(frame), 0, -1))


@given(successive(), st.data())
def test_exact_courses_within_the_bounds_have_gaps_within_the_bounds(frame, data):
    days = {}
    for row in frame.itertuples():
        start = data.draw(st.integers(int(row.DAYLO), int(row.DAYHI)))
        end = data.draw(st.integers(int(row.AENLO), int(row.AENHI)))
        days[row.line] = set(range(start, end + 1))
    for row in derive_gaps(frame).itertuples():
        one, other = days[row.LINE], days[row.NEXT]
        neither = set(range(min(one), max(other) + 1)) - one - other
        assert row.GAPLO <= len(neither) <= row.GAPHI
        assert row.OVERLO <= len(one & other) <= row.OVERHI


@given(successive())
def test_gaps_of_exact_courses_are_sets_of_days(frame):
    frame = frame.assign(DAYHI=frame["DAYLO"], AENLO=frame["AENHI"])
    days = {row.line: set(range(int(row.DAYLO), int(row.AENHI) + 1)) for row in frame.itertuples()}
    table = derive_gaps(frame)
    assert len(table) == len(frame) - frame.groupby(["case_id", "PARAMCD"]).ngroups
    for row in table.itertuples():
        one, other = days[row.LINE], days[row.NEXT]
        neither = set(range(min(one), max(other) + 1)) - one - other
        assert row.GAPLO == row.GAPHI == len(neither)
        assert row.OVERLO == row.OVERHI == len(one & other)


@given(successive(), st.data())
def test_the_order_of_the_rows_changes_no_gap_and_the_input_stays_as_it_is(frame, data):
    before = frame.copy()
    shuffled = frame.loc[data.draw(st.permutations(list(frame.index)))]
    table = derive_gaps(frame)
    assert_frame_equal(derive_gaps(shuffled), table)
    assert_frame_equal(frame, before)
    for case in ("a", "b"):
        alone = derive_gaps(frame[frame["case_id"] == case])
        assert_frame_equal(alone, table[table["case_id"] == case].reset_index(drop=True))


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        # Days 0 to 30 are 31 days; that it was restarted later is no course with a dose.
        (
            ["treatment,prednisolone,0 d", "event,prednisolone_stopped,30 d", "event,prednisolone_restarted,60 d"],
            (31, 31),
        ),
        # The next course began on day 60, when the first was over.
        (["treatment,prednisolone,0 d", "event,prednisolone_stopped,30 d", "treatment,prednisolone,60 d"], (31, 31)),
        # The course from day 10 was stopped on day 30, and that from day 0 nobody says when.
        (["treatment,prednisolone,0 d", "event,prednisolone_stopped,30 d", "treatment,prednisolone,10 d"], (1, INF)),
        # Whether the first or the second stop ended it is not told.
        (["treatment,prednisolone,0 d", "event,prednisolone_stopped,30 d", "event,prednisolone_ceased,40 d"], (1, INF)),
        # Before it began or after it; and on no day.
        (["treatment,prednisolone,10 d", "event,prednisolone_stopped,0..20 d"], (1, INF)),
        (["treatment,prednisolone,0 d", "event,prednisolone_stopped,>0 d"], (1, INF)),
        (["treatment,prednisolone,0 d", "event,methotrexate_stopped,30 d"], (1, INF)),
    ],
)
def test_the_event_of_a_stop_ends_the_course_that_was_stopped(make_case, rows, days):
    header = "case_id,phase,source,kind,code,start,end,dose,dose_unit,frequency,value,unit,state"
    lines = [f"a,,S,{row}" + (",stopped,20,mg,daily,,," if row.startswith("treatment") else ",,,,,,,") for row in rows]
    given = derive_exposure(make_case(*lines, header=header).facts)
    assert tuple(given[["EXDURLO", "EXDURHI"]].iloc[0]) == days
