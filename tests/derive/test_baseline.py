"""The baseline record of each series and its value beside every record, against plain loops and facts told by hand."""

import math

import pandas as pd
import pytest
from conftest import derive, first_in_gate, placed
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive.baseline import BaselineError, derive_ablfl, derive_base, flag_baseline
from casetimeline.derive.chosen import check_baseline_rule
from casetimeline.derive.order import derive_order
from casetimeline.derive.pipeline import DERIVED_COLUMNS, derive_changes, derive_part, derived_rows, derived_table
from casetimeline.derive.studyday import derive_reference
from casetimeline.faults import TimelineError
from casetimeline.vocabulary import SERIES

NAN = math.nan
RULES = ["last_before", "first", "worst_before", "phase=2", "day=0"]
# A frame of several cases tries many series at once.


def ends(part):
    """Two bounds: of nothing, of a number that is exact, or as they are."""
    low, high = part if isinstance(part, tuple) else (part, part)
    return (NAN, NAN) if low is None else (float(low), float(high))


def fact(value=None, day=None, phase=None, grade=None, **columns):
    """An observation; what is not given is not known."""
    (low, high), (first, last), (least, most) = ends(value), ends(day), ends(grade)
    return {
        **{"case_id": "a", "kind": "observation", "PARAMCD": "ck", "LOC": "", "phase": phase},
        **{"AVAL": low if low == high else NAN, "AVALLO": low, "AVALHI": high, "AVALLOX": False, "AVALHIX": low < high},
        **{"AVALU": "U/L", "AVALC": f"{value}", "BETTER": "lower", "AVALCALO": least, "AVALCAHI": most},
        **{"DAYLO": first, "DAYHI": last, **columns},
    }


def treated(day=0, phase=None, **columns):
    return fact(None, day, phase, **{"kind": "treatment", "PARAMCD": "x", "AVALU": "", **columns})


def printed(row):
    """The printed time of a row with the bounds of a day."""
    if math.isnan(row["DAYLO"]):
        return ""
    return f"{row['DAYLO']:g} d" if row["DAYLO"] == row["DAYHI"] else f"{row['DAYLO']:g}..{row['DAYHI']:g} d"


def rows(*told):
    frame = pd.DataFrame(told).assign(line=range(2, len(told) + 2), start=[printed(row) for row in told])
    return derive_order(frame.astype({"phase": "Int64"}))


def in_turn(*told):
    """Rows in the order of the telling: each in a phase of its own where none has a phase or a day."""
    untold = all(row["phase"] is None and math.isnan(row["DAYLO"]) for row in told)
    return rows(*({**row, "phase": place} if untold else row for place, row in enumerate(told, 1)))


def flagged(frame, rule="last_before"):
    table = flag_baseline(frame, rule, "x")
    assert set(table["ABLFL"]) <= {"", "Y"}
    return table.loc[table["ABLFL"] == "Y", "line"].tolist()


@pytest.mark.parametrize("rule", ["last_before", "first", "worst_before", "phase=2", "day=-14", "day=0.5"])
def test_a_known_rule_has_no_fault(rule):
    assert check_baseline_rule(rule) == ""


@pytest.mark.parametrize("rule", ["phase=", "phase=two", "phase=N", "day=1 d", "day=1."])
def test_a_rule_without_its_number_is_refused_with_an_example_that_is_taken(rule):
    assert check_baseline_rule(rule) == f"a number, as in {rule.partition('=')[0]}=2"


@pytest.mark.parametrize("rule", ["", "last", "First", "phase", "week=2"])
def test_an_unknown_rule_is_refused_with_the_known_ones(rule):
    assert check_baseline_rule(rule) == "one of last_before, first, worst_before, phase=N, day=N"
    with pytest.raises(ValueError, match=f"baseline rule '{rule}': expected one of last_before, first"):
        derive_ablfl(in_turn(fact(5)), rule)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda frame: derive_ablfl(frame, "last_before", "exampilne"), "expected a treatment.* mean 'exampline'"),
        (lambda frame: derive_ablfl(frame), "reference: found nothing; expected a treatment"),
        (lambda frame: derive_reference(frame, "exampilne"), "expected a treatment.* mean 'exampline'"),
        (lambda frame: derive_changes(frame, "first", "exampilne"), "expected a treatment.* mean 'exampline'"),
        (lambda frame: derive_ablfl(frame, "phase=9"), "found 'phase=9'; expected a phase of the frame: 1, 2$"),
        (lambda frame: derive_changes(frame, "phase=9", "exampline"), "found 'phase=9'; expected a phase"),
    ],
)
def test_a_reference_or_phase_that_no_case_has_is_refused_by_whatever_uses_it(call, words):
    with pytest.raises(TimelineError, match=words):
        call(in_turn(fact(40), treated(None, PARAMCD="exampline")))


def test_matches_published_definition_of_the_baseline():
    # CDISC ADaM, ABLFL: the usual baseline is the last value that is not missing on or before the first treatment.
    # Values of days -14, -7, -1 (missing), 1 and 8, treated on day 0 and again on day 5: the baseline is of day -7.
    days = {-14: 40, -7: 38, -1: None, 1: 30, 8: 12}
    frame = in_turn(*(fact(value, day) for day, value in days.items()), treated(0), treated(5))
    assert flagged(frame) == [3]
    assert derive_base(derive_ablfl(frame, "last_before", "x"))["BASE"].tolist()[:5] == [38] * 5


# Three values before the treatment on day 0 of phase 3, the one of its day, and one after it.
USUAL = (fact(40, -9, 1), fact(55, -8, 1), fact(38, -7, 2), treated(0, 3), fact(35, 0, 3), fact(70, 9, 4))


@pytest.mark.parametrize(
    ("rule", "line"),
    [("last_before", 6), ("first", 2), ("worst_before", 3), ("phase=2", 4), ("phase=4", 7), ("day=-8", 3)],
)
def test_each_rule_flags_its_record(rule, line):
    assert flagged(in_turn(*USUAL), rule) == [line]


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        # By phase where a day is not known, and then only at an earlier phase.
        ([fact(40, None, 1), treated(None, 2), fact(35, None, 2)], [2]),
        ([fact(40, None, 2), treated(None, 2)], []),
        # A day that may be before or after decides nothing; the phase does.
        ([fact(40, (-3, 3), 1), treated(0, 2)], [2]),
        ([fact(40, (-3, 3), 2), treated(0, 2)], []),
        ([fact(40, (-3, 3), None), treated(0, None)], []),
        # Surely on or before the earliest possible start; surely after the latest, whatever the phase says.
        ([fact(40, -2, None), treated((-2, 2), None)], [2]),
        ([fact(40, -1, None), treated((-2, 2), None)], []),
        ([fact(40, 3, 1), treated((-2, 2), 2)], []),
        ([fact(40, 2, 1), treated((-2, 2), 2)], [2]),
        # Without the reference, nothing is before it.
        ([fact(40, -9, 1)], []),
        ([fact(40, -9, 1), treated(0, 2, PARAMCD="y")], []),
        ([fact(40, -9, 1), treated(0, 2, case_id="b")], []),
        # An event is a reference, and a treatment is never a baseline.
        ([fact(40, -9, 1), treated(0, 2, kind="event")], [2]),
        # A finding without a site is not the baseline where it has sites; of a quantity it is that without a site.
        ([fact(40, -9, grade=1), fact(38, -8, LOC="left", grade=1), fact(36, -7, grade=1), treated()], [3]),
        # A site that is missing, as in a table that was written as CSV and read again, is none.
        ([fact(40, -9, grade=1, LOC=NAN), fact(38, -8, LOC="left", grade=1), treated()], [3]),
        ([fact(40, -9), fact(38, -8, LOC="left"), fact(36, -7), treated()], [3, 4]),
        ([fact(40, -9), fact(38, -8, PARAMCD="mrss", LOC="left"), treated()], [2, 3]),
        ([fact(40, -9), fact(38, -8, case_id="b", LOC="left"), treated()], [2]),
        # A grade is a value as well.
        ([fact(None, -9, grade=4), fact(None, -8, grade=(1, 4)), treated()], [3]),
    ],
)
def test_last_before_worked_by_hand(told, lines):
    assert flagged(in_turn(*told)) == lines


def test_times_and_phases_decide_which_is_first_and_last_and_not_the_file():
    for told in (
        [fact(40, -9), fact(38, -8), fact(36, -10)],
        [fact(40, None, 2), fact(38, None, 3), fact(36, None, 1)],
    ):
        frame = rows(*told, treated(0, 4) if told[0]["phase"] else treated(0))
        assert flagged(frame) == [3] and flagged(frame, "first") == [4]


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ([fact(40), fact(55), fact(38)], [3]),
        ([fact(40, BETTER="higher"), fact(55, BETTER="higher"), fact(38, BETTER="higher")], [4]),
        # Of equally bad values the last.
        ([fact(55), fact(40), fact(55), fact(38)], [4]),
        # The worst of grades, and of values that do not overlap.
        ([fact(grade=4), fact(grade=(1, 2))], [2]),
        ([fact(grade=1, BETTER="higher"), fact(grade=(2, 3), BETTER="higher")], [2]),
        ([fact((5, 9)), fact((10, 30))], [3]),
        ([fact((5, 9), BETTER="higher"), fact((10, 30), BETTER="higher")], [2]),
        # Of a measure that has no better direction different values have no worst, and of equal ones it is the last.
        ([fact(40, BETTER=""), fact(55, BETTER=""), fact(7, PARAMCD="mrss")], [4]),
        ([fact(40, BETTER=""), fact(40, BETTER="")], [3]),
        # Each series has its own.
        ([fact(40), fact(55, PARAMCD="mrss"), fact(38), fact(60, PARAMCD="mrss")], [2, 5]),
    ],
)
def test_the_worst_before_worked_by_hand(told, lines):
    told = [row | {"DAYLO": day, "DAYHI": day} for day, row in enumerate(told, -9)]
    assert flagged(in_turn(*told, fact(99, 5), fact(1, 5), treated()), "worst_before") == lines


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        # Neither is worse, whatever their days.
        ([fact(grade=4), fact(6)], [2, 3]),
        # Of the sizes 25 is the worst, and of the grades the last of the highest; which of these two is left open.
        ([fact(25), fact(grade=2), fact(grade=4), fact(9), fact(grade=4)], [2, 6]),
    ],
)
def test_a_size_and_a_grade_are_not_compared(told, lines):
    told = [row | {"DAYLO": day, "DAYHI": day} for day, row in enumerate(told, -9)]
    table = derive_ablfl(in_turn(*told, treated()), "worst_before", "x")
    assert table["ABLFL"].eq("").all()
    assert table.loc[table["ABLPFL"] == "Y", "line"].tolist() == lines


OF_ONE_DAY = [fact(7, 0, 2), fact(5, 0, 2), fact(5, 0, 2, PARAMCD="mrss"), fact(5, 0, 2, PARAMCD="mrss"), treated(0, 3)]


@pytest.mark.parametrize("rule", ["phase=2", "day=0"])
def test_two_records_that_no_order_could_part_are_an_error_that_names_both(rule):
    # Told in the other order.
    frame = in_turn(*OF_ONE_DAY).assign(AVALHI=[9, 9, 5, 5, NAN]).iloc[::-1]
    with pytest.raises(BaselineError, match=rf"^ck: lines 2 and 3 could both be .* \({rule}\)$") as error:
        derive_ablfl(frame, rule, "x")
    assert error.value.line == 3


@pytest.mark.parametrize("rule", ["last_before", "first", "worst_before"])
def test_of_two_records_of_one_moment_that_differ_neither_is_the_baseline(rule):
    table = derive_base(derive_ablfl(in_turn(*OF_ONE_DAY).assign(AVALHI=[9, 8, 5, 5, NAN]), rule, "x"))
    assert table["ABLPFL"].tolist() == ["Y", "Y", "", "", ""] and table["ABLFL"].tolist() == ["", "", "Y", "", ""]
    # 7 to 9 or 5 to 8.
    assert table[["BASELO", "BASEHI"]].iloc[0].tolist() == [5, 9] and table["POSTBLFL"].tolist()[:2] == ["", ""]


def test_a_record_that_may_be_of_another_day_is_not_of_the_named_day():
    assert flagged(in_turn(fact(40, (0, 3)), fact(39, (-3, 0)), fact(38, 0)), "day=0") == [4]


def test_of_two_series_with_such_records_the_first_is_named():
    frame = in_turn(fact(7), fact(9, PARAMCD="mrss"), fact(5), fact(8, PARAMCD="mrss")).assign(phase=1)
    with pytest.raises(BaselineError, match=r"^ck: lines 2 and 4 could"):
        derive_ablfl(frame, "phase=1")


@pytest.mark.parametrize("rule", RULES)
def test_a_fact_told_twice_is_one_baseline(rule):
    assert flagged(in_turn(fact(5, 0, 2), fact(5, 0, 2), treated(0, 3)).iloc[::-1], rule) == [2]


@pytest.mark.parametrize("part", ["AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI"])
def test_facts_that_differ_in_one_part_are_two(part):
    frame = in_turn(fact((3, 5), 0, grade=(2, 3)), fact((3, 5), 0, grade=(2, 3)))
    assert flagged(frame, "first") == [2]
    frame[part] = ["U/L", "mg"] if part == "AVALU" else [1.0, 9.0]
    assert derive_ablfl(frame, "first")["ABLPFL"].tolist() == ["Y", "Y"]


def test_the_baseline_stands_beside_every_record_of_its_series():
    frame = in_turn(fact((0, 30), 4, 1, grade=(1, 4)), fact(20, 9, 2), fact(5, 9, 2, LOC="left"))
    frame = frame.assign(AVALC=["<30", "20", "5"], ANRIND=["NORMAL", "HIGH", ""], ABLFL=["Y", "", ""])
    table = derive_base(frame)
    expected = {
        **{"BASELO": 0, "BASEHI": 30, "BASELOX": False, "BASEHIX": True, "BASEU": "U/L", "BASEC": "<30"},
        **{"BASECALO": 1, "BASECAHI": 4, "BASEOLO": 4, "BASEOPH": 1, "BASEDLO": 4, "BASEDHI": 4, "BNRIND": "NORMAL"},
    }
    assert table["POSTBLFL"].tolist() == ["N", "Y", ""]
    assert table[list(expected)].to_dict("records")[:2] == [expected] * 2
    # Not exact, and of another site.
    assert table["BASE"].isna().all()
    assert table[list(expected)].iloc[2].drop(["BASELOX", "BASEHIX"]).isna().all()
    assert table[["BASELOX", "BASEHIX"]].iloc[2].tolist() == [False, False]
    assert "BNRIND" not in derive_base(frame.drop(columns="ANRIND"))


def test_two_baselines_of_one_series_are_refused():
    with pytest.raises(pd.errors.MergeError):
        derive_base(in_turn(fact(5), fact(6)).assign(ABLFL="Y"))


# What is drawn: facts of several cases in any order of lines and under any index. In a case, each course of the
# reference has a day, or none has.

days = st.tuples(st.integers(-4, 4), st.sampled_from([0, 0, 0, 3])).map(lambda pair: (pair[0], sum(pair)))
phases = st.sampled_from([1, 2, 3, 4, 5, None])


DIRECTION = {"ck": "lower", "mrss": "higher", "effusion": "", "x": ""}


def record(measure, number, width, **columns):
    """A size, or the grade of an effusion."""
    value = {"grade": number} if measure == "effusion" else {"value": (number, number + width)}
    return fact(**value, PARAMCD=measure, BETTER=DIRECTION[measure], **columns)


@st.composite
def frames(draw):
    row = st.builds(
        record,
        measure=st.sampled_from(["ck", "mrss", "effusion"]),
        number=st.integers(0, 4),
        width=st.sampled_from([0, 0, 2]),
        day=days | st.none(),
        phase=phases,
        case_id=st.sampled_from("aabc"),
        LOC=st.sampled_from([""] * 9 + ["left"]),
        kind=st.sampled_from(["observation"] * 9 + ["event"]),
    )
    told = draw(st.lists(row, min_size=30, max_size=40))
    for case, courses in (("a", 2), ("b", 1)):
        start = days if draw(st.booleans()) else st.none()
        course = st.builds(treated, start, phases, case_id=st.just(case))
        told += draw(st.lists(course, min_size=courses, max_size=courses))
    lines = draw(st.permutations(range(2, len(told) + 2)))
    return rows(*told).assign(line=lines).set_axis([10 * line for line in lines[::-1]])


def earlier(one, other):
    """Whether a fact is surely before another."""
    return one.ORDHI < other.ORDLO or one.ORDPH < other.ORDPH


def at_start(row, course):
    """Whether a fact with a time is of the moment of a course."""
    alike = row.MOMENT == course.MOMENT and (row.MOMENT >= 0 or row.ORDLO == course.ORDLO)
    return row.MOMENT != -2 and alike and not earlier(row, course) and not earlier(course, row)


def on_or_before(row, course):
    return (row.ORDHI <= course.ORDLO or earlier(row, course)) and not earlier(course, row)


def before(row, courses):
    """Whether a record is surely on or before the first start, and whether it may be."""
    if not courses or any(earlier(course, row) for course in courses):
        return False, False
    first = [course for course in courses if all(on_or_before(course, one) or at_start(course, one) for one in courses)]
    if all(on_or_before(row, course) for course in courses) or any(at_start(row, course) for course in first):
        return True, True
    untimed = [course for course in courses if row.MOMENT == course.MOMENT == -2 and row.ORDPH == course.ORDPH]
    return False, not untimed


def said(row):
    return tuple(str(part) for part in (row.AVALLO, row.AVALHI, row.AVALU, row.AVALCALO, row.AVALCAHI))


def badness(row):
    number = row.AVALCALO if math.isnan(row.AVALLO) else row.AVALLO
    return -number if row.BETTER == "higher" else number


def alike(one, other):
    """Whether two records say the same of one moment."""
    together = one.MOMENT == other.MOMENT and (one.MOMENT >= 0 or one.ORDLO == other.ORDLO or one.MOMENT == -2)
    same_phase = one.ORDPH == other.ORDPH or (math.isnan(one.ORDPH) and math.isnan(other.ORDPH))
    return said(one) == said(other) and together and same_phase


def baselines_by_loop(frame, rule):
    """The lines of the baselines and of records that may be one; nothing if no order could part two records."""
    every = list(frame.astype({"ORDPH": float}).sort_values("line").itertuples())
    sited = {(row.case_id, row.PARAMCD) for row in every if row.LOC}
    series = {}
    for row in every:
        if row.kind == "observation" and (
            row.LOC or math.isnan(row.AVALCALO) or (row.case_id, row.PARAMCD) not in sited
        ):
            series.setdefault((row.case_id, row.PARAMCD, row.LOC), []).append(row)
    lines, open_lines = [], []
    for (case, *_), told in series.items():
        courses = [row for row in every if row.kind != "observation" and (row.case_id, row.PARAMCD) == (case, "x")]
        sure = told
        if rule in ("last_before", "worst_before"):
            sure = [row for row in told if before(row, courses)[0]]
            told = [row for row in told if before(row, courses)[1]] if sure else []
        if rule == "worst_before" and len({said(row) for row in told if row.BETTER == ""}) > 1:
            # Of a measure without a direction any of them may be the worst.
            sure = []
        if rule == "worst_before" and sure:
            worst = max(map(badness, sure))
            sure = [row for row in sure if badness(row) == worst]
            told = [row for row in told if row in sure or (not before(row, courses)[0] and badness(row) >= worst)]
        if rule in ("last_before", "worst_before"):
            told = [row for row in told if not any(earlier(row, other) for other in sure)]
        else:
            if rule == "phase=2":
                told = [row for row in told if not pd.isna(row.phase) and row.phase == 2]
            elif rule == "day=0":
                told = [row for row in told if row.DAYLO == row.DAYHI == 0]
            if rule != "first" and len({said(row) for row in told}) > 1:
                return None
            told = [row for row in told if not any(earlier(other, row) for other in told)]
        told = [row for place, row in enumerate(told) if not any(alike(row, other) for other in told[:place])]
        (lines if len(told) == 1 else open_lines).extend(row.line for row in told)
    return sorted(lines), sorted(open_lines)


def flags(frame, rule, **keys):
    """The flags by line; nothing if two records of a series could be the baseline."""
    try:
        table = flag_baseline(frame, rule, "x", **keys)
    except BaselineError:
        return None
    flag = table["ABLFL"].where(table["ABLPFL"] == "", "open")
    return dict(sorted(zip(table["line"], flag, strict=True)))


@pytest.mark.parametrize("rule", RULES)
@given(frame=frames())
def test_the_baseline_is_that_of_a_loop(rule, frame):
    if rule == "worst_before":
        # Which of two overlapping values is worse cannot be told.
        frame = frame.assign(AVALHI=frame["AVALLO"])
    found = flags(frame, rule)
    lines = [[line for line, flag in (found or {}).items() if flag == word] for word in ("Y", "open")]
    assert (found and tuple(lines)) == baselines_by_loop(frame, rule)


@pytest.mark.parametrize("rule", RULES)
@given(frame=frames())
def test_neither_the_order_of_the_rows_nor_another_case_nor_the_key_changes_the_baseline(rule, frame):
    before = frame.copy()
    found = flags(frame, rule)
    assert_frame_equal(frame, before)
    assert flags(frame.sort_values("line", ignore_index=True), rule) == found
    key = frame["case_id"] + frame["PARAMCD"] + frame["LOC"]
    assert flags(frame.assign(key=key), rule, by=["key"]) == found
    alone = flags(frame[frame["case_id"] == "a"], rule)
    assert found is None or alone.items() <= found.items()


@given(frames(), st.integers(-50, 50))
def test_another_time_zero_changes_no_baseline(frame, shift):
    moved = derive_order(frame.assign(DAYLO=frame["DAYLO"] + shift, DAYHI=frame["DAYHI"] + shift))
    assert flags(moved, "last_before") == flags(frame, "last_before")


BASE = {"BASELO": "AVALLO", "BASEHI": "AVALHI", "BASEU": "AVALU", "BASECALO": "AVALCALO", "BASEOLO": "ORDLO"}


@given(frames(), st.data())
def test_each_record_has_the_value_of_the_record_flagged_in_its_series(frame, data):
    told = frame.groupby(list(SERIES))["line"].agg(list)
    chosen = [data.draw(st.sampled_from(lines)) for lines in told if data.draw(st.booleans())]
    frame = frame.assign(ABLFL=frame["line"].isin(chosen).map({True: "Y", False: ""}))
    before = frame.copy()
    table = derive_base(frame)
    assert_frame_equal(frame, before)
    assert_frame_equal(table[frame.columns], frame)
    flagged_rows = {(row.case_id, row.PARAMCD, row.LOC): row for row in frame.itertuples() if row.ABLFL == "Y"}
    for row in table.itertuples():
        baseline = flagged_rows.get((row.case_id, row.PARAMCD, row.LOC))
        for name, column in BASE.items():
            found, expected = getattr(row, name), getattr(baseline, column, NAN)
            assert found == expected or (pd.isna(found) and pd.isna(expected))
    assert_frame_equal(derive_base(frame.sort_values("line")), table.sort_values("line"))
    keyed = derive_base(frame.assign(key=frame[list(SERIES)].sum(axis=1)), by=["key"])
    assert_frame_equal(keyed.drop(columns="key"), table)


@given(frames())
def test_a_flag_is_added_and_nothing_else_is_touched(frame):
    before = frame.copy()
    try:
        table = derive_ablfl(frame, "first")
    except BaselineError:
        table = frame
    assert_frame_equal(table.drop(columns=["ABLFL", "ABLPFL"], errors="ignore"), before)
    assert_frame_equal(frame, before)


# All derivations together.


def test_the_derived_table_has_the_observations_in_one_order(make_case, observe):
    treatment = "a,3,treatment,x,,,,,,,,,,chart,"
    told = [observe("2", value="38"), observe("1", value="46"), observe("1", "ck", "923", "U/L"), treatment]
    changes = derive(make_case(*told))
    table = derived_table(changes, "first")
    assert tuple(table.columns) == DERIVED_COLUMNS and set(table["BASETYPE"]) == {"first"}
    assert table["code"].tolist() == ["ck", "mrss", "mrss"] and table["line"].tolist() == [4, 3, 2]
    assert table.index.tolist() == [0, 1, 2]
    # At one place in the telling, in the order of the lines.
    assert derived_table(changes.assign(ORDER=1).iloc[::-1], "first")["line"].tolist() == [4, 2, 3]
    # 38 less 46 is -8; 8 / 46 = 0.1739.
    assert table["CHG"].tolist() == [0, 0, -8] and table["PCHG"].round(2).tolist() == [0, 0, -17.39]
    assert derived_table(changes, "first", "mrss")["line"].tolist() == [3, 2]
    assert derived_rows(changes, "first", "x").empty


def test_all_derivations_are_applied(make_case, observe):
    told = {"-7 d": "1000", "7 d": "500", "28 d": "150"}
    visits = [observe("", "ck", value, "U/L", start=day, limits="26,192") for day, value in told.items()]
    treatment = "a,,treatment,tocilizumab,0 d,14 d,,,,,,8,mg/kg,chart,"
    about = "analysis: {reference: tocilizumab, baseline: last_before}"
    changes = derive(make_case(treatment, *visits, about=about))
    table = derived_table(changes, "last_before")
    expected = {
        # Study days: -7 is 7 days before the start, 7 is the eighth day, 28 the twenty-ninth.
        "ADY": [-7, 8, 29],
        "ONTRTFL": ["", "Y", ""],
        "ABLFL": ["Y", "", ""],
        "CHG": [0, -500, -850],
        "PCHG": [0, -50, -85],
        "R2BASE": [1, 0.5, 0.15],
        "SHIFT1": ["HIGH to HIGH", "HIGH to HIGH", "HIGH to NORMAL"],
        "NADIRFL": ["", "", "Y"],
        "PEAKFL": ["Y", "", ""],
        "LASTFL": ["", "", "Y"],
    }
    assert table[list(expected)].to_dict("list") == expected
    assert changes["CHGPREV"].fillna(0).tolist() == [0, 0, -500, -350]
    assert changes["PEAKLO"].fillna(0).tolist() == [0, 1000, 1000, 1000]


RECORDED = ["value", "unit", "ref_low", "ref_high", "state", "source", "quote", "note"]


@given(frames())
def test_the_derived_table_does_not_depend_on_the_order_of_the_rows_or_on_other_cases(frame):
    # No two records are told at one place, so that no two could be the baseline.
    facts = placed(frame.assign(ORDER=frame["line"])).assign(
        code=frame["PARAMCD"], PARAM="", STATE="", ANRLO=1.0, ANRHI=3.0
    )
    facts = facts.assign(AENLO=20.0, AENHI=20.0, **dict.fromkeys(RECORDED, ""))
    before = facts.copy()
    table = derived_table(derive_part(facts, "last_before", "x"), "last_before")
    assert_frame_equal(facts, before)
    ordered = facts.sort_values("line", ignore_index=True)
    assert_frame_equal(derived_table(derive_part(ordered, "last_before", "x"), "last_before"), table)
    alone = derive_part(facts[facts["case_id"] == "a"], "last_before", "x")
    assert_frame_equal(derived_table(alone, "last_before"), table[table["case_id"] == "a"])


@pytest.mark.parametrize(
    ("rule", "reference"), [("last_before", "tocilizumb"), ("first", "tocilizumb"), ("last_before", "")]
)
def test_a_reference_that_no_case_of_a_frame_has_is_refused_and_not_taken_for_no_baseline(make_case, rule, reference):
    facts = make_case("a,1,observation,mrss,,,46,,,,,,,chart,", "a,2,treatment,tocilizumab,,,,,,,,,,chart,").facts
    near = "; did you mean 'tocilizumab'?" if reference else ""
    with pytest.raises(TimelineError) as error:
        derive_changes(facts, rule, reference)
    (line,) = [line for line in str(error.value).splitlines() if line.startswith("reference: ")]
    assert line.endswith(f"expected a treatment, procedure or event of the frame{near}")
    # Of a frame without rows there is nothing that could be missing, and a rule that looks for none needs none.
    assert derive_changes(facts[:0], rule, reference).empty
    assert derive_changes(facts, "first", "")["BASE"].max() == 46


@pytest.mark.parametrize("start", first_in_gate(2, ["3..6 mo", "~3 mo", "2020-03", "12 wk", "5 d"]))
def test_a_value_that_counts_from_the_start_of_the_reference_has_its_order_with_it(make_case, start):
    header = "case_id,kind,code,start,anchor,value,unit,source"
    about = "analysis: {baseline: last_before, reference: x}\ntime_zero: {date: 2020-01-01}"

    def base_of(*told):
        rows = [f"a,observation,mrss,{day},x,{value},,chart" for day, value in told]
        case = make_case(f"a,treatment,x,{start},,,,chart", *rows, header=header, about=about)
        return derive_changes(case.facts, case.baseline_rule, case.reference)

    # On the day it starts, a day and up to two weeks before; 12 months later the score is 10: 10 - 20 = -10.
    for day in ("0 d", "0 wk", "-1 d", "~-1 wk", "<0 d"):
        changes = base_of((day, 20), ("12 mo", 10))
        assert changes["BASE"].iloc[1:].tolist() == [20, 20] and changes["CHG"].iloc[2] == -10
    # After it, by however little; and a week before it or after it is open.
    for day in ("8 h", "1 d", ">0 d", "-1..1 wk"):
        assert base_of((day, 20), ("12 mo", 10))["BASE"].isna().all()


def test_the_worst_of_a_measure_without_a_direction_is_any_of_its_values():
    frame = in_turn(*(fact(value, day, BETTER="") for value, day in ((40, -9), (55, -8))), treated())
    table = derive_base(derive_ablfl(frame, "worst_before", "x"))
    assert table["ABLPFL"].tolist() == ["Y", "Y", ""] and table["ABLFL"].tolist() == [""] * 3
    assert table[["BASELO", "BASEHI"]].iloc[0].tolist() == [40, 55]


@pytest.mark.parametrize(
    ("values", "places", "bounds"),
    [
        # More than 800 may be more than 900 or less; 850 is less than 900 in any case, whatever its day.
        ([900, (800, math.inf), 850], [0, 1], [800, math.inf]),
        ([19, (10, 20), 5], [0, 1], [10, 20]),
        # 7 to 9 and 8 to 12: either may be the worst; 5 to 6 may not.
        ([(7, 9), (8, 12), (5, 6)], [0, 1], [7, 12]),
        # The worst is sure: 30 or more is above 9.
        ([(7, 9), (30, math.inf), 8], [1], [30, math.inf]),
    ],
)
def test_the_worst_of_values_that_overlap_is_any_of_them(values, places, bounds):
    told = (fact(value, day) for value, day in zip(values, (-30, -2, -1), strict=True))
    table = derive_base(derive_ablfl(in_turn(*told, treated()), "worst_before", "x"))
    flag = table["ABLFL" if len(places) == 1 else "ABLPFL"]
    assert [place for place, mark in enumerate(flag) if mark] == places
    assert table[["BASELO", "BASEHI"]].iloc[0].tolist() == bounds


def test_the_time_between_two_records_of_one_anchor_is_as_it_is_printed():
    # A visit on day 30 to 60, records 0 d and 28 d from it: 28 days, where day by day it would be -2 to 58.
    frame = in_turn(fact(5, (30, 60), 1), fact(4, (58, 88), 2)).assign(start=["0 d", "28 d"], anchor="visit")
    frame = frame.assign(ABLFL=["Y", ""], AVALC="")
    assert derive_base(frame)[["SINCELO", "SINCEHI"]].to_numpy().tolist() == [[0, 0], [28, 28]]
    # Of itself none, of two visits: 58 - 60 to 88 - 30.
    other = derive_base(frame.assign(anchor=["visit", "visit#2"]))
    assert other[["SINCELO", "SINCEHI"]].iloc[1].tolist() == [-2, 58]
    # Where the visit has no day, and of two dates: 1 May to 29 May.
    unplaced = frame.assign(DAYLO=math.nan, DAYHI=math.nan)
    assert derive_base(unplaced)[["SINCELO", "SINCEHI"]].iloc[1].tolist() == [28, 28]
    dated = unplaced.assign(start=["2021-05-01", "2021-05-29"], anchor="")
    assert derive_base(dated)[["SINCELO", "SINCEHI"]].iloc[1].tolist() == [28, 28]
