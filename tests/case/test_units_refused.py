"""Units in which a number could mean two things are refused, with the reason and the form to type."""

import pytest

from casetimeline.faults import TimelineError, advice_of
from casetimeline.values.units import find_unit, unit_factor


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
        ("hba1c", "48", "mmol/mol Hb", "0.0915 x mmol/mol + 2.15"),
        ("hba1c", "48", "mmol/mol (IFCC)", "0.0915 x mmol/mol + 2.15"),
        ("egfr", "60", "mL/min", "creatinine clearance"),
        ("ck_mb_mass", "5", "U/L", "an activity is ck_mb_activity"),
        ("rheumatoid_factor", "40", "U/ml", "the source does not say that it is IU/mL"),
        ("anca_mpo", "40", "AU/mL", "units of one assay"),
        ("anti_scl70_level", "3", "index", "units of one assay"),
        ("patient_global", "5", "/10", "write cm"),
        ("ck", "5", "\N{MULTIPLICATION SIGN} ULN", "write the state raised if above 1, the multiple in the note"),
        ("pericardial_effusion", "2", "cm\N{SUPERSCRIPT TWO}", "an area is another measure"),
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


# One amount by two scales, each pair by hand: 1 mL is 0.001 L, a cubic millimetre 1 uL, a lakh 100 000, a day 24 hours.
SAME = """
    wbc 10^9/L 1: K/mcL, 10^3/mcL, Thousand/uL, thou/uL, k/mm3, 10e3/mm3, x10E3/uL, x10(9)/L, 10(3)/\u00b5L, Giga/L
    wbc 10^9/L 1: 10^9 cells/L, /nL, 1000/\u00b5L, \u00d710\u2079/L, 10**9/L, Tsd./\u00b5l, x10^3 cells/cu.mm
    wbc 10^9/L 0.001: cells/mcL, /cmm, /cumm, /cu mm, /mmc, cells/mm\u00b3, 10^6/L
    platelets 10^9/L 10: x10^4/uL, \u00d710\u2074/\u03bcL
    platelets 10^9/L 100: lakhs/cumm, lakh/mm3
    il6 ng/L 1000: ng/mL
    nt_probnp ng/L 1000: ng/mL, ug/L
    ferritin ug/L 0.001: ng/L
    ferritin ug/L 10: \u00b5g/dL, mcg/dL
    troponin_t ng/L 10: ng/dL
    myoglobin ug/L 1000: mg/L
    c3 mg/dL 1000: g/dL
    c3 mg/dL 100: gm/L, mg/mL
    c3 mg/dL 0.1: ug/mL
    igg g/L 10: g/dl
    igg g/L 1: mg/ml, gm/l
    ck U/L 1000: U/mL, IU/mL, kU/L, kIU/L
    ck U/L 10: IU/dL, U/dL
    ck U/L 1: unit/l, U/lt, UI/litro, mIU/mL
    ck_mb_activity U/L 1: mU/mL
    ck_mb_activity U/L 0.06: nkat/L
    ldh U/L 1: mIU/mL
    dlco mL/min/mmHg 1: mL/(min\u00b7mmHg), mL/(min*mmHg)
    haq_di points 1: /3, out of 3
    sledai_2k points 1: /105
    mrss points 1: out of 51
    hba1c % 1: % (NGSP)
    rheumatoid_factor IU/mL 0.001: IU/L
    anca_mpo U/mL 1: kU/L, units/mL
    creatinine mg/dL 0.011312217194570135: \u00b5M, mcmol/L
    upcr mg/g 1000: g/gCre, g/g\u00b7Cr, mg/mgCr, mg/mg creatinine
    upcr mg/g 1: mg/g creat
    proteinuria_24h g/d 1: g/j, g/Tag, g/jour, g/die, gm/24h, gm/day, g/24-h
    esr mm/h 1: mm/Stunde, mm/1. Stunde, mm/ora, mm/1\u00e8re h, mm in 1st hour, mm 1st hr, mm/hr (Westergren)
    fvc L 0.001: cc, cm\u00b3
    fvc L 1: litros
    sixmwd m 1: metros, m\u00e8tres
    fvc_pred % 1: % of pred, % predicted value, percent predicted
    lvef % 1: percent, per cent
    egfr mL/min/1.73m2 1: mL/min/1.73, ml/min/1.73qm, ml/min/1.73 sqm, mL/min/{1.73_m2}
    bmi kg/m2 1: kg/sqm
    body_temperature Cel 1: \u2103, Celsius, Grad Celsius, degrees C
    heart_rate /min 1: per minute, /minute
    weight kg 1: kgs
    height cm 30.48: feet
    pericardial_drained_volume mL 1: cm\u00b3, cm3, ccm, \u3396, \u33a4
    ck U/L 1: U.I./L, U.I/l, I.U./L, i.u./l, I.E./L, U/\u2113, \uff35/\uff2c, U L^-1
    ck U/L 60: mckat/L, \u00b5kat/\u2113
    wbc 10^9/L 1: 1e9/L, 1E+9/L, x1e9/l, 1e09/L, 1e3/uL, 1 x 10^9/L
    wbc 10^9/L 1: nL^-1, nL-1, 10^9/\u2113, 10\u00b3 \u00b5L\u207b\u00b9
    creatinine mg/dL 1: mgs/dL, mgr/dl, mg/\u3397, \u338e/dl
    haemoglobin g/dL 1: gr/dl, gr./dL, grs/dl
    egfr mL/min/1.73m2 1: mL\u00b7min\u207b\u00b9\u00b71.73 m\u207b\u00b2
    egfr mL/min/1.73m2 1: mL min-1 1.73m-2, mL\u00b7min-1\u00b7(1.73 m2)-1, mL/min/1.73\u33a1
    pericardial_effusion mm 1: \u339c, mms
    pericardial_effusion mm 10: \u339d
    weight kg 1: \u338f
    heart_rate /min 1: min-1, min\u207b\u00b9
    dlco mL/min/mmHg 1: mL min-1 mmHg-1
    heart_rate /min 1: [min-1], (min-1)
    bmi kg/m2 1: kg m-2, kg\u00b7m\u207b\u00b2
"""


@pytest.mark.parametrize("line", SAME.strip().splitlines())
def test_a_unit_is_one_however_it_is_typed_and_its_factor_is_arithmetic(vocabulary, line):
    named, _, units = line.partition(": ")
    code, unit, factor = named.split()
    measure = vocabulary.measures.loc[code]
    assert measure["unit"] == unit
    read = {each: unit_factor(each, measure["units"]) for each in units.split(", ")}
    assert read == dict.fromkeys(read, pytest.approx(float(factor), rel=1e-12))


def test_an_amount_per_gram_of_creatinine_is_none_per_gram_and_a_method_alone_is_no_unit():
    assert unit_factor("mg/g creatinine", {"mg/g": 1.0}) is None
    assert unit_factor("mg/g", {"mg/g Cr": 1.0}) is None
    assert unit_factor("mg/g creat", {"mg/gCre": 1.0}) == 1
    assert unit_factor("Westergren", {"points": 1.0, "": 1.0}) is None


def test_two_units_that_differ_by_the_letter_of_their_scale_have_factors_that_do(vocabulary):
    scales = {"k": 3, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12}
    above = {f"{letter}{base}": (base, power) for letter, power in scales.items() for base in ("g", "mol", "U", "IU")}
    below = {f"{letter}L": power for letter, power in scales.items()}
    compared = 0
    for code, units in vocabulary.measures["units"].items():
        amounts = {}
        for unit, factor in units.items():
            amount, _, volume = unit.partition("/")
            if amount in above and volume in below:
                base, power = above[amount]
                amounts.setdefault(base, set()).add(float(f"{factor * 10.0 ** (below[volume] - power):.9g}"))
                compared += 1
        assert all(len(each) == 1 for each in amounts.values()), (code, amounts)
    assert compared > 80


def test_another_amount_of_one_measure_is_not_said_to_be_another_measure(make_case, observe):
    with pytest.raises(TimelineError) as caught:
        make_case(observe("1", "il6", "3.2", "mg/dL"), observe("2", "pericardial_effusion", "20", "mL"))
    scale, volume = caught.value.faults
    assert "another measure" not in scale.expected
    assert "a number in mL is another measure: 'pericardial_drained_volume'" in volume.expected


def test_the_raised_digit_of_a_unit_is_not_named_as_the_reason(make_case, observe):
    with pytest.raises(TimelineError) as caught:
        make_case(observe("1", "pericardial_effusion", "2", "cm\N{SUPERSCRIPT TWO}"))
    assert "SUPERSCRIPT" not in advice_of(caught.value.faults[0])


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
