"""Units in which a number could mean two things are refused, with the reason and the form to type."""

import pytest

from casetimeline.faults import TimelineError
from casetimeline.values.units import find_unit


@pytest.mark.parametrize(
    ("code", "value", "unit", "reason"),
    [
        ("crp", "150", "", "3.2 mg/dL and 32 mg/L differ tenfold; where the source prints none"),
        ("troponin_t", "50", "", "0.05 and 50 are both usual"),
        ("wbc", "7.2", "", "7.2 and 7200 are both usual"),
        ("creatinine", "1.2", "", "1.2 and 106 are both usual"),
        ("upcr", "500", "", "differ a thousandfold"),
        ("crp", "150", "nmol/l", "two factors are printed"),
        ("fvc", "80", "%", "percent of predicted is fvc_pred"),
        ("haemoglobin", "8.1", "mmol/L", "two factors are printed, 1.61 of the monomer and 6.45 of the tetramer"),
        ("body_temperature", "101", "\N{DEGREE SIGN}F", "(F - 32) x 5/9"),
        ("hba1c", "48", "mmol/mol", "0.0915 x mmol/mol + 2.15"),
        ("egfr", "60", "mL/min", "creatinine clearance"),
        ("ck_mb_mass", "5", "U/L", "an activity is ck_mb_activity"),
    ],
)
def test_a_unit_is_refused_with_its_reason(make_case, observe, code, value, unit, reason):
    with pytest.raises(TimelineError) as caught:
        make_case(observe("1", code, value, unit))
    (fault,) = caught.value.faults
    assert (fault.column, reason in fault.expected) == ("unit", True)


@pytest.mark.parametrize(
    ("code", "value", "unit", "converted"),
    [
        # mg/dL x 10, x 1000 ng/mL to ng/L, 8.457 ng/L a pmol/L, 0.0113 mg/dL a umol/L.
        ("crp", "3.2", "mg/dL", 32),
        ("troponin_i", "0.05", "ng/ml", 50),
        ("nt_probnp", "100", "pmol/L", 845.7),
        ("wbc", "7200", "/mm3", 7.2),
        ("wbc", "7.2", "\N{MULTIPLICATION SIGN}10\N{SUPERSCRIPT NINE}/L", 7.2),
        ("haemoglobin", "120", "g/l", 12),
        ("fvc", "2400", "mL", 2.4),
        ("ck", "100", "nkat/L", 6),
        ("neutrophils", "0", "", 0),
        ("ana_titre", "1:320", "titre", 320),
        ("haq_di", "1.875", "", 1.875),
    ],
)
def test_a_unit_is_converted_by_hand(make_case, observe, code, value, unit, converted):
    case = make_case(observe("1", code, value, unit))
    assert case.facts["AVAL"].tolist() == pytest.approx([converted])


# Words, a full stop, brackets and other slashes are ways to write one unit; 100 mL are 1 dL, and 1 ukat is 60 U.
@pytest.mark.parametrize(
    ("code", "value", "unit", "converted"),
    [
        ("pericardial_effusion", "12", "millimeters", 12),
        ("pericardial_effusion", "12", "mm.", 12),
        ("sixmwd", "300", "meter", 300),
        ("weight", "62", "kilograms", 62),
        ("ck", "10", "microkat/L", 600),
        ("ck", "600", "(U/L)", 600),
        ("ck", "600", "U\u2215L", 600),
        ("crp", "3.2", "mg/100ml", 32),
        ("proteinuria_24h", "500", "mg/24 hours", 0.5),
        ("proteinuria_24h", "2", "g/24 hrs", 2),
        ("upcr", "500", "mg/g creatinine", 500),
        ("upcr", "500", "mg/gCr", 500),
        # A pound is 0.45359237 kg.
        ("weight", "100", "pounds", 45.359237),
        ("crp", "3.2", "mg per 100 mL", 32),
        ("mrss", "20", "pts", 20),
        ("mrss", "20", "/51", 20),
    ],
)
def test_a_unit_is_read_however_it_is_written(make_case, observe, code, value, unit, converted):
    case = make_case(observe("1", code, value, unit))
    assert case.facts["AVAL"].tolist() == pytest.approx([converted])


def test_no_unit_is_both_read_and_refused(vocabulary):
    measures = vocabulary.measures[vocabulary.measures["units_refused"] != ""]
    assert len(measures) > 20
    for row in measures.itertuples():
        for pair in row.units_refused.split("|"):
            unit, mark, reason = pair.partition("=")
            assert mark and reason and not find_unit(unit.replace("(blank)", ""), row.units), (row.Index, unit)


def test_a_code_stands_only_with_its_system_and_words(vocabulary):
    measures = vocabulary.measures
    observed = measures[measures["kind"] == "observation"]
    coded = observed["concept"] != ""
    assert coded.sum() > 60
    assert (coded == (observed["system"] != "")).all() and (coded == (observed["concept_label"] != "")).all()
    # Both sources of these are files of repositories.
    assert not coded[["sixmwd", "lymphocytes", "egfr"]].any()
    assert not observed.loc[coded, "concept"].duplicated().any()
