"""Units as laboratories print them: one unit however it is written, and never another unit."""

import pytest
from hypothesis import given, strategies as st

from casetimeline.values import find_unit, unit_factor

CK = {"U/L": 1.0, "IU/L": 1.0, "ukat/L": 60.0}


@pytest.mark.parametrize(
    ("printed", "factor"),
    [
        ("U/l", 1),
        ("IU/l", 1),
        ("iu/L", 1),
        ("u/l", 1),
        ("\u00b5kat/L", 60),
        ("\u03bckat/l", 60),
        ("\u03bckat / L", 60),
        ("U / L", 1),
        ("U\u00a0/\u00a0L", 1),
        ("U per L", 1),
        ("U/litre", 1),
        ("U L-1", 1),
        ("U\u00b7L\u207b\u00b9", 1),
        ("[IU]/L", 1),
        # Another amount, or another measure.
        ("mU/L", None),
        ("MU/L", None),
        ("kU/L", None),
        ("U/mL", None),
        ("kat/L", None),
        ("mkat/L", None),
        ("U", None),
        ("L", None),
        ("", None),
    ],
)
def test_a_unit_of_creatine_kinase(printed, factor):
    assert unit_factor(printed, CK) == factor


def test_a_raised_digit_is_no_digit_of_a_number():
    assert unit_factor("m\u00b2", {"m2": 1.0}) == 1 and unit_factor("10\u2079/L", {"10^9/L": 1.0}) == 1
    assert unit_factor("x10^9/l", {"10^9/L": 1.0}) == 1 and unit_factor("10^3/l", {"10^9/L": 1.0}) is None


def test_capitals_do_not_choose_between_two_units_of_one_measure():
    # Milli and mega; gram and giga.
    assert find_unit("mU/L", ["MU/L"]) is None and find_unit("MIU/mL", ["mIU/mL"]) is None
    assert unit_factor("g/l", {"g/L": 1.0, "G/L": 5.0}) == 1
    assert unit_factor("G / l", {"g/L": 1.0, "G/L": 5.0}) == 5
    assert unit_factor("MG/L", {"mg/L": 1.0, "Mg/L": 5.0}) is None and unit_factor("MG/L", {"mg/L": 1.0}) == 1


@given(
    st.sampled_from(["U/L", "IU/L", "ukat/L"]),
    st.lists(st.sampled_from(["", " ", "\u00a0", "\u2009"]), min_size=2, max_size=2),
    st.sampled_from(["u", "\u00b5", "\u03bc"]),
    st.booleans(),
)
def test_blanks_micro_signs_and_the_case_of_the_litre_do_not_change_a_unit(unit, blanks, micro, small):
    above, _, below = unit.partition("/")
    above = above.replace("u", micro) if above == "ukat" else above
    printed = f"{above}{blanks[0]}/{blanks[1]}{below.lower() if small else below}"
    assert unit_factor(printed, CK) == CK[unit]
