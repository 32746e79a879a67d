"""The order of the facts of a case: against the closure of what times and phases say, and under exchanged lines."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from conftest import HEADER, first_in_gate
from hypothesis import given, strategies as st

from casetimeline.derive import (
    derive_improvement,
    derive_order,
    derived_table,
    disordered,
    may_be_first,
    may_be_last,
    places_of,
)
from casetimeline.derive.groups import groups_of
from casetimeline.derive.resolve import Days, counted_from, relative_times
from casetimeline.faults import TimelineError
from casetimeline.rules import analyse
from casetimeline.values import is_date, parse_date, parse_time

NAN = math.nan
ZERO = parse_date("2024-01-01").low


def day_of(text):
    """Bounds in days from 2024-01-01; nan for a blank."""
    if not text:
        return NAN, NAN
    bounds = parse_time(text)
    return tuple(end - ZERO for end in bounds[:2]) if is_date(text) else bounds[:2]


def facts_at(*moments):
    """Facts of one case, each at a phase (or none) and a printed time (or none)."""
    days = [day_of(text) for _, text in moments]
    frame = pd.DataFrame({"case_id": "a", "phase": [phase for phase, _ in moments], "start": [t for _, t in moments]})
    return derive_order(frame.assign(DAYLO=[low for low, _ in days], DAYHI=[high for _, high in days]))


def order_of(one, other):
    """`<`, `>`, `=` for one moment, or `?`."""
    places = places_of(facts_at(one, other))
    first, second = places.of([0]), places.of([1])
    if first.before(second)[0]:
        return "<"
    return ">" if second.before(first)[0] else "=" if first.beside(second)[0] else "?"


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ((None, "~6 mo"), (None, "5..7 mo"), "?"),
        ((None, "2024"), (None, "2024-07"), "?"),
        ((None, "2024-06"), (None, "2024-07"), "<"),
        # One point as printed is one moment; then the phase decides, if both have one.
        ((None, "8 wk"), (None, "8 wk"), "="),
        ((1, "8 wk"), (None, "8 wk"), "="),
        ((1, "8 wk"), (2, "8 wk"), "<"),
        ((None, "8 wk"), (None, "56 d"), "?"),
        ((None, "7 d"), (None, "168 h"), "="),
        ((None, "~8 wk"), (None, "about 8 weeks"), "="),
        ((None, "day 5"), (None, "day 5"), "="),
        # In a stretch of time two facts may lie apart.
        ((None, "<0 d"), (None, "<0 d"), "?"),
        ((None, "<=2 mo"), (None, "up to 2 mo"), "?"),
        ((None, ">12 wk"), (None, ">12 wk"), "?"),
        ((None, "3..9 mo"), (None, "3..9 mo"), "?"),
        ((None, "days 5-7"), (None, "days 5-7"), "?"),
        ((None, "4..5 d"), (None, "4..5 d"), "?"),
        ((None, "4-5 days"), (None, "4-5 days"), "?"),
        ((None, "4..5 d"), (None, "day 5"), "?"),
        ((None, "2024"), (None, "2024"), "?"),
        ((None, "2024-07"), (None, "2024-07"), "?"),
        ((None, "2024..2025"), (None, "2024..2025"), "?"),
        ((1, "2024"), (2, "2024"), "<"),
        # 12 wk is 80.5 to 87.5 days, and 13 wk begins there; a range reaches its end.
        ((None, "12 wk"), (None, "13 wk"), "<"),
        # However they are typed.
        ((None, "week 12"), (None, "W13"), "<"),
        ((None, "12 weeks"), (None, "12wk"), "="),
        ((None, "~1 mo"), (None, "~3 mo"), "<"),
        # About a month after day 0 is not on day 0; nor is a time about half a month after it.
        ((None, "0 d"), (None, "~1 mo"), "<"),
        ((None, "about 0.5 a"), (None, "0 d"), ">"),
        ((None, "~-1 wk"), (None, "0 d"), "<"),
        ((None, "0 d"), (None, "~0 d"), "?"),
        ((None, "0..10 d"), (None, "10 d"), "?"),
        ((None, "2024-01"), (None, "2024-01-31"), "?"),
        ((None, "12 wk"), (None, "14 wk"), "<"),
        # An end that is excluded.
        ((None, "<14 d"), (None, "14 d"), "<"),
        ((None, "14 d"), (None, ">14 d"), "<"),
        ((None, "14 d"), (None, ">=14 d"), "?"),
        ((None, "<0 d"), (None, "0 d"), "<"),
        ((None, "<=0 d"), (None, "0 d"), "?"),
        ((None, "-3 d"), (None, "<0 d"), "?"),
        ((None, "<0 d"), (None, ">12 wk"), "<"),
        # Facts without a time keep the order of phases; of one phase they have none, and with a time none either.
        ((1, ""), (2, ""), "<"),
        ((2, ""), (2, ""), "="),
        ((2, ""), (2, "8 wk"), "?"),
        ((1, "8 wk"), (2, ""), "<"),
        # Where the times overlap, the phases decide; where they do not, the times do, whatever the phases.
        ((1, "~6 mo"), (2, "5..7 mo"), "<"),
        ((2, "2 d"), (1, "9 d"), "<"),
    ],
)
def test_the_order_of_two_facts_worked_by_hand(one, other, order):
    assert order_of(one, other) == order
    assert order_of(other, one) == {"<": ">", ">": "<"}.get(order, order)


def test_a_phase_is_between_its_neighbours():
    # Phase 2 has no time, but is after the 10th day and before the 30th; the fact without a phase is of the 5th, and
    # so before it; one of the 20th may be before or after it.
    places = places_of(facts_at((1, "10 d"), (2, ""), (3, "30 d"), (None, "5 d"), (None, "20 d")))
    assert places.of([3, 4, 1]).before(places.of([1, 1, 4])).tolist() == [True, False, False]


def test_a_phase_without_a_day_hides_no_contradiction():
    # Phase 3 is of a day before that of phase 1, and phase 2 has none.
    days = pd.Series([30.0, NAN, 5.0])
    assert disordered(pd.Series(["a"] * 3), pd.Series([1, 2, 3]), days, days).tolist() == [False, False, True]
    assert facts_at((1, "30 d"), (2, "30 d"), (3, "5 d"))["ORDER"].tolist() == [2, 3, 1]


def test_a_contradiction_across_a_phase_without_a_day_is_refused(make_case, observe):
    told = [observe("1", value="40", start="30 d"), observe("2", value="38"), observe("3", value="30", start="5 d")]
    with pytest.raises(TimelineError, match="line 4, column start: found '5 d'; expected a time that is not before"):
        make_case(*told)


def test_a_time_with_one_end_is_shown_at_that_end():
    frame = facts_at((None, "0 d"), (None, ">12 wk"), (None, "6 wk"), (None, "<-30 d"), (None, "-40 d"))
    assert frame["ORDER"].tolist() == [3, 5, 4, 2, 1]


times = st.sampled_from(
    [
        "",
        "0 d",
        "3 d",
        "7 d",
        "168 h",
        "1 wk",
        "2 wk",
        "~6 wk",
        "~1 mo",
        "1..3 mo",
        "12 wk",
        "3 mo",
        "0.5 mo",
        ">12 wk",
        ">=14 d",
        "<0 d",
        "<=0 d",
        "<1 a",
        "-3..-1 mo",
        "-2 mo",
        "-1 d",
        "1 a",
        "5..7 mo",
        "~6 mo",
        "52 wk",
    ]
)
dates = st.sampled_from(["2024", "2024-01", "2024-01-15", "2024-02", "2024-01..2024-03", "2023-12-31", "2024-01-01"])


def whens(phases):
    """A phase and a time, of which one is given."""
    return st.tuples(phases, times | dates).filter(lambda pair: pair != (None, ""))


@given(st.lists(whens(st.sampled_from([None, 1, 2, 3, 4])), min_size=2, max_size=7))
def test_the_order_is_all_that_follows_from_times_and_phases(moments):
    days = [day_of(text) for _, text in moments]

    def earlier(one, other):
        """By the days alone; an end that is excluded does not reach the day."""
        end, begin = days[one][1], days[other][0]
        open_ = moments[one][1].startswith("<") and not moments[one][1].startswith("<=")
        open_ |= moments[other][1].startswith(">") and not moments[other][1].startswith(">=")
        # The end of a rounded time is that of the next one.
        open_ |= (
            days[one][0] < days[one][1] and moments[one][1].endswith(("wk", "mo", "a")) and ".." not in moments[one][1]
        )
        return end < begin or (end == begin and open_)

    count = len(moments)
    by_phase = {
        (one, other)
        for one, other in itertools.permutations(range(count), 2)
        if moments[one][0] and moments[other][0] and moments[one][0] < moments[other][0]
    }
    table = np.array([[earlier(one, other) for other in range(count)] for one in range(count)])
    if not any(table[other, one] for one, other in by_phase):
        for one, other in by_phase:
            table[one, other] = True
    for between in range(count):
        table |= table[:, [between]] & table[[between], :]
    places = places_of(facts_at(*moments))
    assert places.pairs(np.arange(count)[None])[0].tolist() == table.tolist()
    case = groups_of(np.zeros(count))
    assert may_be_last(places, case).tolist() == (~table.any(axis=1)).tolist()
    assert may_be_first(places, case).tolist() == (~table.any(axis=0)).tolist()


# A whole case under exchanged lines: a fact is known by its quote.

ABOUT = """time_zero: {{label: zero, date: 2024-01-01}}
analysis: {{reference: x, baseline: {rule}}}
claims:
  - {{says: fell, test: falls, measure: ck}}
  - {{says: rose, test: rises, measure: ck}}
  - {{says: better, test: improves, measure: mrss, within: 12 wk}}
  - {{says: worse, test: worsens, measure: pericardial_effusion}}
  - {{says: gone, test: resolves, measure: pericardial_effusion}}
  - {{says: down to 3, test: falls_to, measure: ck, value: '300', unit: U/L}}
  - {{says: up to 3, test: rises_to, measure: ck, value: '300', unit: U/L, within: 1 a}}
  - {{says: met, test: meets, measure: mrss, rule: {known}}}
"""
VALUES = {
    "ck": ["100", "300", "300..500", "<30", "~1000"],
    "mrss": ["10", "20", "30"],
    "pericardial_effusion": ["none", "small", "large"],
}
UNIT = {"ck": "U/L", "mrss": "points"}
FIELDS = HEADER.replace("note", "quote")


@st.composite
def told(draw):
    """Rows of a case with their quotes, in an order; no two of them at one phase and time with different values."""
    phases = draw(st.sampled_from([st.none(), st.sampled_from([1, 2, 3]), st.sampled_from([None, 1, 2, 3])]))
    moments = draw(st.lists(whens(phases), min_size=3, max_size=8, unique=True))
    rows = []
    for number, (phase, start) in enumerate(moments):
        code = draw(st.sampled_from(["ck", "ck", "mrss", "pericardial_effusion", "x", "pericardial_drainage"]))
        kind = "observation" if code in VALUES else "treatment" if code == "x" else "event"
        value = draw(st.sampled_from(VALUES[code])) if code in VALUES else ""
        unit = UNIT.get(code, "")
        rows.append(f"a,{phase or ''},{kind},{code},{start},,{value},{unit},,,,,,chart,fact {number}")
    # Some facts are told twice.
    again = [row.replace("fact", "again") for row in rows if "observation" in row and draw(st.sampled_from([0, 0, 1]))]
    phase, start = draw(whens(phases))
    return [*rows, *again, f"a,{phase or ''},treatment,x,{start},,,,,,,,,chart,the treatment"]


def results_of(make_case, rows, rule, known):
    """Derived table, improvements, verdicts and claims, by the quotes of their rows; the faults if there are any."""
    try:
        case = make_case(*rows, header=FIELDS, about=ABOUT.format(rule=rule, known=known))
    except TimelineError as error:
        return sorted((fault.column, fault.expected[:20]) for fault in error.faults)
    analysis = analyse(case)
    changes = analysis.changes
    quote = changes.set_index("line")["quote"]

    def of_lines(text):
        """The quotes of some lines."""
        return sorted(quote[int(line)] for line in str(text).split(", ") if line)

    table = derived_table(changes, rule).drop(columns="line").sort_values("quote").astype(str)
    every = changes.drop(columns=["line", "MOMENT"]).sort_values("quote").astype(str)
    better = derive_improvement(changes).assign(LINE=lambda t: [quote.get(line, "") for line in t["LINE"]]).astype(str)
    verdicts = analysis.verdicts.assign(line=analysis.verdicts["line"].map(quote)).astype(str)
    claims = [(row.RESULT, of_lines(row.LINES)) for row in analysis.claims.itertuples()]
    tables = (table, every, better, verdicts)
    return [*(sorted(map(str, one.to_numpy().tolist())) for one in tables), claims]


@pytest.mark.product
def test_of_two_rows_that_say_the_same_the_line_does_not_choose(make_case):
    rows = [f"a,,observation,ck,5 d,,300,U/L,,,,,,chart,{quote}" for quote in ("said last", "said first")]
    for told_so in (rows, rows[::-1]):
        changes = analyse(make_case(*told_so, header=FIELDS)).changes
        for flag in ("ABLFL", "NADIRFL", "PEAKFL", "LASTFL"):
            assert changes.loc[changes[flag] == "Y", "quote"].tolist() == ["said first"]


@pytest.mark.product
@given(rows=told(), rule=st.sampled_from(["last_before", "first", "worst_before"]), data=st.data())
def test_exchanging_lines_never_changes_a_result(make_case, vocabulary, rows, rule, data):
    known = vocabulary.rules.loc[vocabulary.rules["measure"] == "mrss", "rule"].iloc[0]
    exchanged = data.draw(st.permutations(rows))
    assert results_of(make_case, exchanged, rule, known) == results_of(make_case, rows, rule, known)


def test_of_fifty_thousand_rows_each_counts_from_the_fact_of_its_case():
    cases = 50_000
    # A treatment without a day and a record two days after it; in one more case two rows count from each other.
    row = np.array([[-1, 2 * case] for case in range(cases)]).ravel()
    row = np.append(row, [len(row) + 1, len(row)])
    low = np.append(np.tile([math.nan, 2.0], cases), [1.0, 1.0])
    start, circular = counted_from(row, Days(low, low))
    assert np.flatnonzero(circular).tolist() == [2 * cases, 2 * cases + 1] and np.isnan(start.low).all()
    columns = relative_times(pd.DataFrame({"start": np.where(np.isnan(low), "", "2 d")}), row, Days(low, low), start)
    assert columns["FROMLO"][:-2].tolist() == columns["FROMHI"][:-2].tolist() == [0.0, 2.0] * cases
    assert np.isnan(columns["FROM"][-2:]).all() and np.isnan(columns["FROMLO"][-2:]).all()


@given(st.lists(st.integers(-3, 7), max_size=8))
def test_a_row_is_in_a_circle_if_the_way_from_it_leads_back_to_it(rows):
    rows = [row if row < len(rows) else -1 for row in rows]

    def is_in_circle(at):
        passed = [at]
        while rows[passed[-1]] >= 0 and rows[passed[-1]] not in passed:
            passed.append(rows[passed[-1]])
        return rows[passed[-1]] == at

    zeros = np.zeros(len(rows))
    _, circular = counted_from(np.array(rows, dtype=np.int64), Days(zeros, zeros))
    assert circular.tolist() == [is_in_circle(place) for place in range(len(rows))]


# A treatment x on 20 June, a value 6 on 10 June, one of 5 in April, and one of 2 on 15 July: the baseline is 6.
DATED = [
    "observation,crp,2021-04,,5,mg/L",
    "observation,crp,2021-06-10,,6,mg/L",
    "treatment,x,2021-06-20,,,",
    "observation,crp,2021-07-15,,2,mg/L",
]
# A relapse without a day, which alone is of a phase, and a value 2 wk before it, of 6; x 3 wk after it.
COUNTED = [
    "observation,crp,-6 wk,relapse,5,mg/L",
    "observation,crp,-2 wk,relapse,6,mg/L",
    "event,relapse,,,,",
    "treatment,x,3 wk,relapse,,",
    "observation,crp,6 wk,relapse,2,mg/L",
]
# A dated relapse: what counts from it lies among the dates.
MIXED = [DATED[0], "event,relapse,2021-06-01,,,", "observation,crp,3 d,relapse,6,mg/L", *DATED[2:]]
VISIT = "event,visit,0 d,,,"


@pytest.mark.parametrize(
    ("rows", "zero"),
    [
        (DATED, "2021-03"),
        (COUNTED, ""),
        *first_in_gate(0, [(DATED, "2021"), (MIXED, "2021-03"), ([VISIT, *COUNTED], ""), ([VISIT, *COUNTED], "2021")]),
    ],
)
def test_what_counts_from_one_origin_is_in_the_order_of_the_printed_times(make_case, rows, zero):
    about = f"analysis: {{reference: x, baseline: last_before}}\n{f'time_zero: {{date: {zero}}}' if zero else ''}"
    lines = [f"a,{'' if ',relapse,,' not in row else 1},{row},chart" for row in rows]
    case = make_case(*lines, header="case_id,phase,kind,code,start,anchor,value,unit,source", about=about)
    changes = analyse(case).changes
    values = changes[changes["code"] == "crp"]
    # 2 - 6 = -4, and the last value is 2.
    assert values["ABLFL"].tolist() == ["", "Y", ""] and values["LASTFL"].tolist() == ["", "", "Y"]
    assert values["CHG"].iloc[-1] == -4 and values["CHGPREV"].fillna(0).tolist() == [0, 1, -4]
    of_origin = changes[changes["code"] != "visit"].sort_values("ORDER", kind="stable")
    assert of_origin["line"].tolist() == sorted(of_origin["line"]) and of_origin["ORDER"].is_unique


def test_what_counts_from_one_fact_is_shown_in_time_beside_a_fact_without_a_day(make_case):
    rows = [
        "a,1,treatment,prednisone,,,,,chart",
        "a,1,event,discharge,,,,,chart",
        "a,,observation,crp,3 wk,discharge,92,mg/L,chart",
        "a,,observation,crp,1 wk,discharge,36,mg/L,chart",
        "a,,event,fall,2 wk,discharge,,,chart",
        "a,,event,visit,-1 wk,discharge,,,chart",
    ]
    changes = analyse(make_case(*rows, header="case_id,phase,kind,code,start,anchor,value,unit,source")).changes
    # A week before the discharge; the drug and the discharge, in no order; then 1, 2 and 3 wk after the discharge.
    assert changes.sort_values("ORDER", kind="stable")["line"].tolist() == [7, 2, 3, 5, 6, 4]
    assert changes["ORDER"].tolist() == [2, 2, 5, 3, 4, 1]
