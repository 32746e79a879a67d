"""The digits of a change of converted values follow the less precise value as printed; worked by hand."""

import pytest

from casetimeline.prose.changes import path_of_series, summarise_changes
from casetimeline.prose.results import results_sentences
from casetimeline.rules.analysis import analyse


@pytest.mark.parametrize(
    ("code", "first", "second", "shown"),
    [
        # 96 - 333 = -237 umol/L, by 0.0113122 -2.6809914; the last digit is 0.0113 mg/dL.
        ("creatinine", ("333", "umol/L"), ("96", "umol/L"), "-2.68 mg/dL"),
        # 96 umol/L is 1.0859712; less 1.2 is -0.1140288, and 1.2 has one decimal. The other way round as well.
        ("creatinine", ("1.2", "mg/dL"), ("96", "umol/L"), "-0.1 mg/dL"),
        ("creatinine", ("96", "umol/L"), ("1.2", "mg/dL"), "+0.1 mg/dL"),
        # One decimal of umol/L more: 95.5 - 333.0 = -237.5, -2.6866475; the last digit is 0.00113 mg/dL.
        ("creatinine", ("333.0", "umol/L"), ("95.5", "umol/L"), "-2.687 mg/dL"),
        # 1185 pmol/L less, by 8.457 is 10021.545; the last digit is 8 ng/L, and no figure before the point is rounded.
        ("nt_probnp", ("1485", "pmol/L"), ("300", "pmol/L"), "-10022 ng/L"),
        # Nothing was converted, or by tens: as it is.
        ("creatinine", ("1.25", "mg/dL"), ("1.1", "mg/dL"), "-0.15 mg/dL"),
        ("pericardial_effusion", ("2.5", "cm"), ("11", "mm"), "-14 mm"),
        # 333 to below 96: what is known of a bound has the digits of what is printed.
        ("creatinine", ("333", "umol/L"), ("<96", "umol/L"), "between -3.77 and below -2.68 mg/dL"),
        # About 300 is 250 to 350: -83 to +17 umol/L, by 0.0113122 -0.9389126 and 0.1923074.
        ("creatinine", ("333", "umol/L"), ("~300", "umol/L"), "between -0.94 and +0.19 mg/dL"),
    ],
)
def test_a_change_has_the_digits_of_the_less_precise_value(make_case, observe, code, first, second, shown):
    rows = [observe(str(phase), code, *value) for phase, value in enumerate((first, second), 1)]
    analysis = analyse(make_case(*rows))
    assert f"a change of {shown} (" in " ".join(results_sentences(analysis))


def test_a_change_since_the_value_before_has_its_digits(make_case, observe):
    """1.5 mg/dL, then 200 and 96 umol/L: -104 umol/L since 200 is -1.1764688; 200 umol/L is 2.26244 mg/dL.

    The value before is less precise the other way round: 96 umol/L after 2.3 mg/dL, -1.2140288.
    """
    said = []
    for before in (("200", "umol/L"), ("2.3", "mg/dL")):
        rows = [observe("1", "creatinine", "1.5", "mg/dL"), observe("2", "creatinine", *before)]
        analysis = analyse(make_case(*rows, observe("3", "creatinine", "96", "umol/L")))
        said += results_sentences(analysis)[:1]
    assert "-1.18 mg/dL since the value before (2.26 mg/dL)" in said[0]
    assert "-1.2 mg/dL since the value before (2.3 mg/dL)" in said[1]


def test_the_derived_columns_stay_exact(make_case, observe):
    analysis = analyse(
        make_case(observe("1", "creatinine", "333", "umol/L"), observe("2", "creatinine", "96", "umol/L"))
    )
    assert analysis.changes["CHG"].iloc[-1] == pytest.approx(-2.680991, abs=1e-6)
    assert summarise_changes(analysis, "creatinine").frame["CHG"].iloc[-1] == "-2.680991"
    series = analysis.changes[analysis.changes["code"] == "creatinine"]
    assert path_of_series(series, analysis.case.measure("creatinine")) == "333 umol/L -> 96 umol/L"
