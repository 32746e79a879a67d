"""The digits of a change of converted values follow the less precise value as printed; worked by hand."""

import pytest
from conftest import first_in_gate

from casetimeline.prose.measured.changes import path_of_series, summarise_case, summarise_changes
from casetimeline.prose.wording.passage import typeset
from casetimeline.rules.analysis import analyse


@pytest.mark.parametrize(
    ("code", "first", "second", "shown"),
    first_in_gate(
        7,
        [
            # About 57.0 is 56.95 to 57.05: -81.85 to -81.75, and what is shown holds both. About 58 is 57.5 at least.
            ("crp", ("138.8", "mg/L"), ("~57.0", "mg/L"), "between -81.9 and -81.7 mg/L"),
            ("ck", ("~58", "U/L"), ("<30", "U/L"), "fall of more than 27 U/L"),
            # Both are printed in umol/L, and so is their change: 96 - 333 = -237.
            ("creatinine", ("333", "umol/L"), ("96", "umol/L"), "-237 umol/L"),
            # 96 umol/L is 1.0859712; less 1.2 is -0.1140288, and 1.2 has one decimal. The other way round as well.
            ("creatinine", ("1.2", "mg/dL"), ("96", "umol/L"), "-0.1 mg/dL"),
            ("creatinine", ("96", "umol/L"), ("1.2", "mg/dL"), "+0.1 mg/dL"),
            # One decimal more: 95.5 - 333.0 = -237.5.
            ("creatinine", ("333.0", "umol/L"), ("95.5", "umol/L"), "-237.5 umol/L"),
            # 300 - 1485 = -1185.
            ("nt_probnp", ("1485", "pmol/L"), ("300", "pmol/L"), "-1185 pmol/L"),
            # Nothing was converted, or by tens: as it is.
            ("creatinine", ("1.25", "mg/dL"), ("1.1", "mg/dL"), "-0.15 mg/dL"),
            ("pericardial_effusion", ("2.5", "cm"), ("11", "mm"), "-14 mm"),
            # 333 to below 96: that 0 is not excluded says nothing more.
            ("creatinine", ("333", "umol/L"), ("<96", "umol/L"), "fall of more than 237 umol/L"),
            # 198 umol/L is 2.24 mg/dL, and so is the fall more than 0.96 mg/dL, which is not more than 1.
            ("creatinine", ("3.2", "mg/dL"), ("<198", "umol/L"), "fall of more than 0.9 mg/dL"),
            ("ck", ("~57", "U/L"), (">85", "U/L"), "rise of more than 27 U/L"),
            # About 300 is 250 to 350: -83 to +17 umol/L.
            ("creatinine", ("333", "umol/L"), ("~300", "umol/L"), "between -83 and +17 umol/L"),
            # About 400 is 350 to 450: 314.5 to 414.5 more than 35.5, of which the half says nothing.
            ("ferritin", ("~400", "ug/L"), ("35.5", "ug/L"), "between -415 and -314 ug/L"),
        ],
    ),
)
def test_a_change_has_the_digits_of_the_less_precise_value(make_case, observe, code, first, second, shown):
    rows = [observe(str(phase), code, *value) for phase, value in enumerate((first, second), 1)]
    analysis = analyse(make_case(*rows))
    assert summarise_case(analysis, (code,)).frame["change"][0].startswith(f"{shown} (")


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        # Up to 0.2 or 0.25: a fall of 2.9 or 2.85 g/g at the least, of 3.1 93.5 and 91.9 %. Nobody says that it is 0.
        ("0.2", "fall of 2.9 g/g or more (>=93.5 %)"),
        ("0.25", "fall of 2.85 g/g or more (>=91.9 %)"),
    ],
)
def test_a_change_to_a_word_has_the_unit_of_the_number_beside_it(make_case, observe, limit, shown):
    rows = [observe("1", "upcr", "3.1", "g/g"), observe("2", "upcr", "", "g/g", "normal", limits=f",{limit}")]
    assert summarise_case(analyse(make_case(*rows)), ("upcr",)).frame["change"].tolist() == [shown]


def test_a_change_that_is_not_zero_does_not_read_as_zero(make_case, observe):
    # 90 / 88.4 = 1.0181 mg/dL: less 1.0 it is 0.0181, or 1.8 %.
    rows = [observe("1", "creatinine", "1.0", "mg/dL"), observe("2", "creatinine", "90", "umol/L")]
    shown = summarise_case(analyse(make_case(*rows)), ("creatinine",)).frame["change"]
    assert shown.tolist() == ["+0.02 mg/dL (+1.8 %)"]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        # 30 less 20 is 10, half of 20, and the other end is not known.
        ("20", ">30", "rise of more than 10 U/L (>50.0 %)"),
        ("20", ">=30", "rise of 10 U/L or more (>=50.0 %)"),
        (">=30", "20", "fall of 10 U/L or more (>=33.3 %)"),
        # 2600 may be less than what is above 2000, or more; and what is above 2000 may be more than 38400, or less.
        (">2000", "2600", "direction and size cannot be determined"),
        (">=2000", "2600", "direction and size cannot be determined"),
        ("38400", ">2000", "direction and size cannot be determined"),
        # At most 170 of 640, as below 150 of 640: 470 are 73.4 %, 490 are 76.6 % (76.56, cut to what is sure).
        ("640", "<=170", "fall of 470 U/L or more (>=73.4 %)"),
        ("640", "<150", "fall of more than 490 U/L (>76.5 %)"),
        # Here 0 is printed.
        ("640", "0..160", "between -640 and -480 U/L (-100.0 % to -75.0 %)"),
    ],
)
def test_a_change_with_one_end_says_which(make_case, observe, first, second, shown):
    analysis = analyse(make_case(observe("1", "ck", first, "U/L"), observe("2", "ck", second, "U/L")))
    assert summarise_case(analysis, ("ck",)).frame["change"][0] == shown


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("1:640", "1:40", "fall to 1/16"),
        ("1:40", "1:640", "rise to 16 times"),
        # Below 80 of 1280 is below a sixteenth; 40 of 160 or more is a quarter or less.
        ("1:1280", "<1:80", "fall to below 1/16"),
        (">=1:160", "1:40", "fall to 1/4 or less"),
        ("1:40", "1:40", "0"),
    ],
)
def test_a_titre_changes_by_a_multiple(make_case, observe, first, second, shown):
    rows = [observe(str(phase), "ana_titre", value, "titre") for phase, value in enumerate((first, second), 1)]
    assert summarise_case(analyse(make_case(*rows)), ("ana_titre",)).frame["change"].tolist() == [shown]


def test_a_measure_is_named_in_the_summary_as_in_a_table(make_case, observe):
    case = make_case(observe("1", "spap_echo", "60", "mmHg"))
    assert summarise_case(analyse(case), ("spap_echo",)).frame["measure"].tolist() == [
        "Systolic pulmonary artery pressure (estimated by echocardiography)"
    ]


@pytest.mark.product
def test_a_change_since_the_value_before_has_its_digits(make_case, observe):
    """1.5 mg/dL, then 200 and 96 umol/L: -104 umol/L since 200, both as printed.

    The value before is less precise the other way round: 96 umol/L after 2.3 mg/dL, -1.2140288.
    """
    said = []
    for before in (("200", "umol/L"), ("2.3", "mg/dL")):
        rows = [observe("1", "creatinine", "1.5", "mg/dL"), observe("2", "creatinine", *before)]
        analysis = analyse(make_case(*rows, observe("3", "creatinine", "96", "umol/L")))
        said += [summarise_case(analysis, ("creatinine",)).frame["change"][0]]
    assert "-104 umol/L since the value before (200 umol/L)" in said[0]
    assert "-1.2 mg/dL since the value before (2.3 mg/dL)" in said[1]


def test_the_derived_columns_stay_exact(make_case, observe):
    analysis = analyse(
        make_case(observe("1", "creatinine", "333", "umol/L"), observe("2", "creatinine", "96", "umol/L"))
    )
    # (96 - 333) / 88.4 = -2.68099547
    assert analysis.changes["CHG"].iloc[-1] == pytest.approx(-2.68099547, abs=1e-8)
    assert summarise_changes(analysis, "creatinine").frame["CHG"].iloc[-1] == "-2.680995"
    series = analysis.changes[analysis.changes["code"] == "creatinine"]
    assert path_of_series(series, analysis.case.measure("creatinine")) == "333 umol/L → 96 umol/L"


@pytest.mark.parametrize(
    ("text", "printed"), [("39.5 Cel", "39.5 °C"), ("Cel", "°C"), ("(Cel)", "(°C)"), ("Celia", "Celia")]
)
def test_degrees_celsius_have_their_sign_and_not_their_code(text, printed):
    assert typeset(text) == printed
