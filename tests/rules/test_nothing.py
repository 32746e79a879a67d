"""A change of nothing meets no rule, and of a baseline of 0 there is no percentage. Expected values are by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import derive, first_in_gate
from hypothesis import given, strategies as st

from casetimeline.rules.limits import derive_required
from casetimeline.rules.rules import evaluate_rules

MET, NOT, OPEN = "met", "not met", "cannot be determined"


@pytest.fixture
def verdict_of(make_case, observe, vocabulary):
    """The verdict of a rule of rules.csv with other thresholds on a value after a baseline."""

    def verdict(base, after, rule="revised_criss_skin_item", code="ck", unit="U/L", **thresholds):
        days = ("0 d", thresholds.pop("start", "1 a"))
        rows = [
            observe(str(phase), code, value, unit, start=day)
            for phase, (value, day) in enumerate(zip((base, after), days, strict=True), 1)
        ]
        if rule == "revised_criss_skin_item":
            # The bound of the item was not read; those of the tests stand in its place.
            thresholds = {"percent": ">=20", "percent_of": "base", **thresholds}
        rules = vocabulary.rules[vocabulary.rules["rule"] == rule].assign(measure=code, **thresholds)
        table = evaluate_rules(derive(make_case(*rows)), rules, cva=3)
        return table.loc[table["line"] == 3, "VERDICT"].item()

    return verdict


@pytest.mark.parametrize(
    ("direction", "percent", "base", "after", "expected"),
    first_in_gate(
        8,
        [
            # A fall of nothing is no fall, and a rise is none either.
            ("fall", ">=20", "0", "0", NOT),
            ("fall", ">=20", "0", "5", NOT),
            ("fall", ">=20", "5", "0", MET),
            ("fall", ">=20", "10", "8", MET),
            ("fall", ">=20", "10", "8.1", NOT),
            ("fall", ">20", "10", "8", NOT),
            ("fall", ">=100", "10", "0", MET),
            # The baseline may be 0, and may be more.
            ("fall", ">=20", "0..2", "0", OPEN),
            ("fall", ">=20", "<2", "0", OPEN),
            ("fall", ">=20", "0..2", "2", NOT),
            ("fall", ">=20", "0..2", "1", OPEN),
            ("fall", ">=20", "0.1..2", "0", MET),
            ("fall", ">=20", ">1000", "0", MET),
            ("fall", ">=20", ">1000", ">1000", OPEN),
            # Nothing is a percentage of 0, so a rise from it cannot be judged; one that may be none is not met or open.
            ("rise", ">=25", "0", "0", NOT),
            ("rise", ">=25", "0", "5", OPEN),
            ("rise", ">=25", "0", "0..5", OPEN),
            # A baseline that may be 0 may have no percentage, and one of at most 5 rises to 12 by 140 % or more.
            ("rise", ">=25", "<5", "12", OPEN),
            ("rise", ">=25", "0.1..5", "12", MET),
            ("rise", ">=25", "5", "0", NOT),
            ("rise", ">=25", "0..2", "0", NOT),
            ("rise", ">=25", "0..2", "2", OPEN),
            ("rise", ">=25", "0..2", "5", OPEN),
            ("rise", ">=25", "8", "10", MET),
            ("rise", ">25", "8", "10", NOT),
            ("rise", ">=200", "5", "15", MET),
            ("rise", ">=200", "5", "14.9", NOT),
            # A threshold that its source gives as a range: 20 % of 10 is 2, 27 % is 2.7.
            ("fall", ">=20..27", "10", "8.1", NOT),
            ("fall", ">=20..27", "10", "7.5", OPEN),
            ("fall", ">=20..27", "10", "7.3", MET),
        ],
    ),
)
def test_a_percentage_of_a_baseline(verdict_of, direction, percent, base, after, expected):
    assert verdict_of(base, after, direction=direction, percent=percent) == expected


@pytest.mark.parametrize(("base", "after", "expected"), [("0", "0", NOT), ("10", "7", MET), ("10", "7.5", NOT)])
def test_a_percentage_of_the_peak(verdict_of, base, after, expected):
    assert verdict_of(base, after, percent=">25", percent_of="peak") == expected


@pytest.mark.parametrize(
    ("base", "after", "start", "expected"),
    [
        # At least 5 a year; on the day of the baseline nothing has a rate.
        ("10", "5", "1 a", OPEN),
        ("10", "5", "365 d", MET),
        ("10", "5", "366 d", NOT),
        ("10", "10", "365 d", NOT),
        ("10", "10", "0 d", NOT),
        ("10", "5", "0 d", OPEN),
    ],
)
def test_a_rate(verdict_of, base, after, start, expected):
    assert verdict_of(base, after, percent="", rate=">=5", start=start) == expected


@pytest.mark.parametrize(("base", "after", "expected"), [("0", "0", NOT), ("0", "5", OPEN), ("5", "5", NOT)])
def test_a_ratio_to_a_baseline_of_0(verdict_of, base, after, expected):
    assert verdict_of(base, after, "ck_reference_change") == expected


def frame_of(base, after):
    """A record after its baseline, of a measure that may be negative."""
    row = {"case_id": "a", "PARAMCD": "x", "LOC": "", "kind": "observation", "line": 3, "ORDER": 2, "POSTBLFL": "Y"}
    ends = {f"{stem}{end}": value for stem, value in (("BASE", base), ("AVAL", after)) for end in ("LO", "HI")}
    ends |= {f"CHG{end}": after - base for end in ("LO", "HI")} | {"AVALCALO": math.nan}
    return pd.DataFrame([{**row, **ends, **{f"{s}{e}X": False for s in ("AVAL", "BASE", "CHG") for e in ("LO", "HI")}}])


numbers = st.integers(-60, 60)


@given(numbers, numbers, st.integers(1, 250), st.sampled_from(["fall", "rise"]))
def test_a_percentage_is_that_of_the_size_of_the_baseline(base, after, share, direction):
    columns = {"rule": "r", "kind": "item", "label": "", "definition": "", "population": "", "measure": "x"}
    columns |= {"limit": "", "percent_of": "base", "rate": "", "window": "", "studied": "", "not_after": ""}
    columns |= {"base_min": np.nan, "base_max": np.nan}
    rules = pd.DataFrame([{**columns, "direction": direction, "percent": f">={share}"}])
    change = base - after if direction == "fall" else after - base
    expected = MET if change > 0 and 100 * change >= share * abs(base) else NOT
    expected = OPEN if base == 0 and change > 0 else expected
    assert evaluate_rules(frame_of(base, after), rules)["VERDICT"].item() == expected


@pytest.mark.product
def test_of_a_baseline_of_0_no_change_is_asked_for(make_case, observe, vocabulary):
    rules = vocabulary.rules[vocabulary.rules["rule"] == "revised_criss_skin_item"]
    rules = rules.assign(percent=">=20", percent_of="base")
    for base, need in (("0", [math.nan] * 2), ("10", [-2, -2])):
        changes = derive(make_case(observe("1", value=base), observe("2", value="0")))
        table = derive_required(evaluate_rules(changes, rules), changes, rules)
        assert table[["NEEDLO", "NEEDHI"]].iloc[0].tolist() == pytest.approx(need, nan_ok=True)
