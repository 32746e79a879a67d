"""Numbers, units and days that are legitimate and awkward, from the row to the verdict; each expectation is by hand."""

import math

import pytest
from conftest import first_in_gate

from casetimeline.derive.exposure import derive_exposure
from casetimeline.rules.analysis import analyse
from casetimeline.rules.rules import evaluate_rules

HEADER = "case_id,kind,code,start,end,anchor,phase,value,unit,ref_high,dose,dose_unit,frequency,count,source"
FALL = {"percent": ">=25", "direction": "fall"}
STRICT = {**FALL, "percent": ">25"}
RISE_RATE = {"rate": ">=12", "direction": "rise"}


def observed(code, unit, *told):
    """A row of each pair of time and value."""
    return [f"a,observation,{code},{start},,,,{value},{unit},,,,,,chart" for start, value in told]


def verdicts(make_case, rows, parts):
    """The verdicts of a rule of some parts on the last of some rows."""
    case = make_case(*rows, header=HEADER)
    changes = analyse(case).changes
    blank = dict.fromkeys(("limit", "percent", "rate", "window", "studied", "not_after"), "")
    parts = {**blank, "percent_of": "base", "base_min": math.nan, "base_max": math.nan, **parts}
    rule = case.catalogue[case.catalogue["rule"] == "eustar_2024_regression"].assign(**parts)
    table = evaluate_rules(changes, rule.assign(measure=changes["PARAMCD"].iloc[-1]))
    return table["VERDICT"].tolist()[-1]


CREATININE = ("creatinine", "umol/L")
CK = ("ck", "U/L")


@pytest.mark.parametrize(
    ("measure", "told", "parts", "answer"),
    first_in_gate(
        10,
        [
            # A quarter of 88 is 22, of 97.2 is 24.3, of 123 is 30.75, in a unit whose factor has no end.
            (CREATININE, (("0 d", 88), ("9 d", 66)), FALL, "met"),
            (CREATININE, (("0 d", 88), ("9 d", 66)), STRICT, "not met"),
            (CREATININE, (("0 d", 97.2), ("9 d", 72.9)), FALL, "met"),
            (CREATININE, (("0 d", 97.2), ("9 d", 72.9)), STRICT, "not met"),
            (CREATININE, (("0 d", 123), ("9 d", 92.25)), STRICT, "not met"),
            # 88.4 umol/L are 1 mg/dL: a fall to 66.3 is one of 0.25 mg/dL, and the baseline is on the end of the entry.
            (CREATININE, (("0 d", 88.4), ("9 d", 66.3)), {**FALL, "percent": "", "limit": ">=0.25"}, "met"),
            (CREATININE, (("0 d", 88.4), ("9 d", 66.3)), {**FALL, "percent": "", "limit": ">0.25"}, "not met"),
            (CREATININE, (("0 d", 88.4), ("9 d", 44.2)), {**FALL, "base_min": 1.0}, "met"),
            # 15.4 ukat/L are 924 U/L.
            (("ck", "ukat/L"), (("0 d", 15.4), ("9 d", 4)), {**FALL, "base_max": 924.0}, "met"),
            # There is no percentage of 0; 0 that stays 0 has not fallen.
            (CK, (("0 d", 0), ("9 d", 0)), FALL, "not met"),
            (CK, (("0 d", 0), ("9 d", 1)), {**FALL, "direction": "rise"}, "cannot be determined"),
            # Below 75 of 100 is a fall of more than a quarter, at most 75 may be one of a quarter.
            (CK, (("0 d", 100), ("9 d", "<75")), STRICT, "met"),
            (CK, (("0 d", 100), ("9 d", "<=75")), STRICT, "cannot be determined"),
            (CK, (("0 d", ">100"), ("9 d", 75)), STRICT, "met"),
            # 9 months are 273.9375 days; as printed they may be less.
            (CK, (("0 d", 100), ("273.9375 d", 50)), {**FALL, "window": "9..15 mo"}, "met"),
            (CK, (("0 d", 100), ("273 d", 50)), {**FALL, "window": "9..15 mo"}, "outside the window"),
            (CK, (("0 d", 100), ("9 mo", 50)), {**FALL, "window": "9..15 mo"}, "cannot be determined"),
            # 12 in 365.25 days are 12 a year; the leap year of 2024 has 366 days, in which 12.02 are 11.995 a year.
            (CK, (("0 d", 0), ("365.25 d", 12)), RISE_RATE, "met"),
            (CK, (("2024-01-01", 0), ("2025-01-01", 12.02)), RISE_RATE, "not met"),
            # From 29 February to 1 March 2024 is a day: 1 x 365.25 a year.
            (CK, (("2024-02-29", 0), ("2024-03-01", 1)), {**RISE_RATE, "rate": ">365.25"}, "not met"),
        ],
    ),
)
def test_what_lies_on_the_line_is_judged_by_the_sign_of_the_rule(make_case, measure, told, parts, answer):
    assert verdicts(make_case, observed(*measure, *told), parts) == answer


def test_the_time_from_one_anchor_decides_a_window(make_case):
    # 12 mo after a discharge are 350 to 380.5 days after its day, and 11 to 13 months 334.8 to 395.7; counted from the
    # two bounds of a discharge on day 30 to 60 it would be 320 to 410.5.
    rows = [
        "a,event,discharge,30..60 d,,,1,,,,,,,,chart",
        "a,observation,ck,0 d,,discharge,1,100,U/L,,,,,,chart",
        "a,observation,ck,12 mo,,discharge,2,50,U/L,,,,,,chart",
    ]
    assert verdicts(make_case, rows, {**FALL, "window": "11..13 mo"}) == "met"


@pytest.mark.parametrize(
    ("start", "end", "dose", "unit", "frequency", "doses", "amount"),
    [
        # Monthly from 31 January 2024: 29 February, and 31 March only if it is reached.
        ("2024-01-31", "2024-03-30", "8", "mg", "monthly", 2, 16),
        ("2024-01-31", "2024-03-31", "8", "mg", "monthly", 3, 24),
        # A year from 29 February is 28 February.
        ("2024-02-29", "2025-02-28", "8", "mg", "every 1 a", 2, 16),
        # Days -14, 0 and 14.
        ("-14 d", "14 d", "8", "mg", "every 2 wk", 3, 24),
        # Hours 0, 12, 24 and 36.
        ("0 h", "36 h", "20", "mg", "twice daily", 4, 80),
        # The whole of a month of 29 days is one month.
        ("2024-02-01", "2024-02-29", "30", "mg/mo", "", math.nan, 30),
        ("2023-01-01", "2023-12-31", "30", "mg/mo", "", math.nan, 360),
    ],
)
def test_doses_on_short_months_and_negative_days(make_case, start, end, dose, unit, frequency, doses, amount):
    row = f"a,treatment,prednisone,{start},{end},,,,,,{dose},{unit},{frequency},,chart"
    table = derive_exposure(make_case(row, header=HEADER).facts)
    found = table[["NDOSLO", "NDOSHI", "CUMLO", "CUMHI"]].iloc[0].tolist()
    assert found == pytest.approx([doses, doses, amount, amount], nan_ok=True)
