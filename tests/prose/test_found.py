"""What was found is told with its grade and its limits, and only as the rows allow; expected words are by hand."""

import pytest
from conftest import first_in_gate, recorded

from casetimeline.case.model import interpret_case, parse_case
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.wording.passage import text_of
from casetimeline.rules import analyse

COLUMNS = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,site,method,grade,by,source,note"
MEASURES = """code,kind,label,abbrev,unit,units,low,high,whole,grades,better
haematuria,observation,Haematuria,,,,,,,none|mild|moderate|severe,lower
dipstick,observation,Dipstick protein,,,,,,,none|trace|1+|2+|3+|4+,lower
nephritis_class,observation,Nephritis class,,,,,,,none|i|ii|iii|iv|v,lower
"""


@pytest.fixture
def results(vocabulary):
    """The Results of a case of rows, each a mapping of its cells, with measures of its own."""

    def tell(*rows, time="", measures=""):
        cells = [{"case_id": "a", "phase": "1", "source": "chart", **row} for row in rows]
        lines = [",".join(f'"{row.get(name, "")}"' for name in COLUMNS.split(",")) for row in cells]
        about = f"analysis: {{baseline: first}}\n{time or 'time_zero: {label: admission}'}\npatient: {{sex: female}}"
        files = recorded(lines, "a", COLUMNS, f"{about}\ndiagnosis: myositis")
        parsed = parse_case("a", files._replace(measures=f"{MEASURES}{measures}".encode()), vocabulary)
        return " ".join(map(text_of, results_passages(analyse(interpret_case(parsed, vocabulary)))))

    return tell


def seen(code, start, value="", state="", **cells):
    return {"kind": "observation", "code": code, "start": start, "value": value, "state": state, **cells}


def effusion(start, value="", state="", **cells):
    return seen("pericardial_effusion", start, value, state, **cells)


# A grade is told as it is recorded, whatever was found before; `still` needs an earlier record and no grade of its own.
@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    first_in_gate(
        4,
        [
            (("small", ""), ("large", ""), "a large pericardial effusion was found"),
            (("large", ""), ("small..moderate", ""), "a small to moderate pericardial effusion was found"),
            (("", "present"), ("moderate", ""), "a moderate pericardial effusion was found"),
            (("moderate", ""), ("", "present"), "the pericardial effusion was still present"),
            (("", "present"), ("", "present"), "the pericardial effusion was still present"),
            (("", "absent"), ("", "present"), "a pericardial effusion was found"),
            # None, and words for it, are a finding that is absent; up to trivial there may be one or none.
            (("large", ""), ("none", ""), "the pericardial effusion was no longer found"),
            (("large", ""), ("negative", ""), "the pericardial effusion was no longer found"),
            (("none", ""), ("none", ""), "no pericardial effusion was found"),
            (("none", ""), ("none..trivial", ""), "at most a trivial pericardial effusion was found"),
            (("none", ""), ("positive", ""), "a pericardial effusion was found"),
        ],
    ),
)
def test_a_grade_is_told_and_none_is_absent(results, before, after, sentence):
    assert f"On day 30, {sentence}." in results(effusion("0 d", *before), effusion("30 d", *after))


@pytest.mark.product
def test_what_did_not_recur_is_not_said_to_have_been_looked_for(results):
    # "No longer found" tells of an examination, which the source does not.
    text = results(effusion("0 d", "large"), effusion("30 d", state="absent", note="printed 'no recurrence'"))
    assert "On day 30, the pericardial effusion did not recur." in text and "no longer found" not in text


@pytest.mark.product
def test_a_grade_behind_a_number_is_not_dropped(results):
    text = results(effusion("0 d", "12", unit="mm"), effusion("20 d", "4", unit="mm"), effusion("30 d", "moderate"))
    assert "On day 30, a moderate pericardial effusion was found." in text


@pytest.mark.product
def test_what_may_have_been_gone_in_between_is_not_still_there(results):
    # About three months lies within two to four: which of the two was first is open.
    rows = effusion("-3 d", "small"), effusion("~3 mo", state="absent"), effusion("2..4 mo", state="present")
    assert "At 2–4 months, a pericardial effusion was found." in results(*rows)


def test_an_effusion_of_which_nothing_is_reported_has_its_article(results):
    text = results(effusion("0 d", "large"), effusion("30 d", state="not_reported"))
    assert "it was not reported whether a pericardial effusion was present" in text


@pytest.mark.parametrize(
    ("value", "note", "words"),
    [
        (">10", "printed 'massive' and 'greater than 10 mm'", ">10 mm (‘massive’)"),
        ("12", "printed 'massive'", "12 mm (‘massive’)"),
        # A grade of the scale stands before the size; what says the number again says nothing more.
        ("25", "printed 'large'", "‘large’, 25 mm"),
        ("<10", "printed 'less than 10 mm'", "<10 mm"),
    ],
)
def test_what_a_source_calls_a_size_is_told_beside_it(results, value, note, words):
    assert f"pericardial effusion was {words}." in results(effusion("0 d", value, unit="mm", note=note))


@pytest.mark.product
def test_what_persisted_has_one_article(results):
    text = results(effusion("0 d", "12", unit="mm"), effusion("8 d", state="present", note="printed 'persisted'"))
    assert "On day 8, the pericardial effusion persisted." in text
    text = results(effusion("0 d", "large"), effusion("8 d", "small", note="printed 'persisted'"))
    assert "On day 8, a small pericardial effusion persisted." in text


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    first_in_gate(
        3,
        [
            ("haematuria", "severe", "severe haematuria was found"),
            ("haematuria", "none", "haematuria was no longer found"),
            ("haematuria", "none..mild", "at most mild haematuria was found"),
            # A sign or a class is no word that stands before a name.
            ("dipstick", "1+", "dipstick protein was 1+"),
            ("dipstick", "1+..2+", "dipstick protein was 1+ to 2+"),
            ("dipstick", "none", "dipstick protein was no longer found"),
            ("nephritis_class", "iv", "nephritis class was iv"),
            ("nephritis_class", "i", "nephritis class was i"),
        ],
    ),
)
def test_a_measure_of_the_case_has_its_grade(results, code, value, sentence):
    first = {"haematuria": "mild", "dipstick": "3+", "nephritis_class": "ii"}[code]
    assert f"On day 30, {sentence}." in results(seen(code, "0 d", first), seen(code, "30 d", value))


# 80 umol/L are 0.90 mg/dL and their limit of 90 is 1.02: 1.1 mg/dL is above it, if it is of the same laboratory.
@pytest.mark.parametrize(
    ("first", "second", "ends"),
    [("A", "A", "1.1 mg/dL (above the reported limit)."), ("A", "B", "1.1 mg/dL."), ("A", "", "1.1 mg/dL.")],
)
def test_a_limit_is_that_of_its_laboratory(results, first, second, ends):
    rows = [
        seen("creatinine", "0 d", "80", unit="umol/L", ref_high="90", by=first),
        seen("creatinine", "30 d", "1.1", unit="mg/dL", by=second),
    ]
    assert f"On day 30, creatinine was {ends}" in results(*rows)


@pytest.mark.product
def test_a_lower_limit_alone_is_told_before_a_later_value_is_held_against_it(results):
    text = results(seen("c3", "0 d", "60", unit="mg/dL", ref_low="90"), seen("c3", "30 d", "85", unit="mg/dL"))
    assert "complement C3 was 60 mg/dL (lower limit 90)" in text
    assert "On day 30, complement C3 was 85 mg/dL (below the reported limit)." in text


# An episode that begins a year after the end of another is not that one at another grade.
@pytest.mark.parametrize(
    ("end", "start", "sentence"),
    [
        ("2020-05-20", "2021-05-10", "On 10 May 2021, she developed recurrent pneumonia (grade 2)."),
        ("2020-05-20", "2020-05-20", "On 20 May 2020, pneumonia was grade 2 (grade 3 before)."),
        ("", "2020-05-20", "On 20 May 2020, pneumonia was grade 2 (grade 3 before)."),
    ],
)
def test_an_episode_after_the_end_of_another_is_a_recurrence(results, end, start, sentence):
    first = {"kind": "adverse_event", "code": "pneumonia", "start": "2020-05-10", "end": end, "grade": "3"}
    text = results(
        seen("ck", "2020-01-01", "900", unit="U/L"),
        first,
        {**first, "start": start, "end": "", "grade": "2"},
        time="time: calendar",
    )
    assert sentence in text


# 62 G/L are 62000 /uL: one fact. 15 ukat/L are 900 U/L, but of another laboratory they are another measurement.
@pytest.mark.product
def test_a_value_in_two_units_is_told_once(results):
    one = seen("platelets", "0 d", "62", unit="G/L")
    assert "platelet count (PLT) was 62 G/L (62000 /μL)." in results(one, {**one, "value": "62000", "unit": "/uL"})
    ck = seen("ck", "0 d", "900", unit="U/L")
    text = results(ck, {**ck, "value": "15", "unit": "ukat/L", "by": "laboratory B"})
    assert "creatine kinase (CK) was 900 U/L (upper limit not reported) and 15 μkat/L" in text


@pytest.mark.product
def test_a_number_over_the_end_of_a_scale_keeps_it_and_its_place(results):
    printed = "printed 3/5 in the proximal muscles; the scale is not named"
    text = results(seen("muscle_strength", "0 d", "3", note=printed))
    assert "muscle strength was 3/5 in the proximal muscles (scale not reported)." in text


@pytest.mark.parametrize(
    ("label", "words"),
    first_in_gate(
        1,
        [
            ("Systolic pressure, estimated by echocardiography", "estimated systolic pressure (sPAP) was 32 mmHg"),
            ("Systolic pressure, read by an observer", "systolic pressure (read by an observer; sPAP) was 32 mmHg"),
            ("Systolic pressure by echocardiography", "systolic pressure (sPAP) was 32 mmHg"),
        ],
    ),
)
def test_a_name_is_not_cut_inside_a_bracket(results, label, words):
    measure = f'pressure,observation,"{label}",sPAP,mmHg,mmHg=1,0,,no,,lower\n'
    rows = [seen("pressure", start, value, unit="mmHg") for start, value in (("0 d", "32"), ("9 d", "40"))]
    assert words in results(*rows, measures=measure)


def test_a_scale_that_is_the_unit_is_told_once(results):
    told = results(seen("mmt8", "0 d", "58", unit="/80"), seen("mmt8", "9 d", "70", unit="/80"))
    assert "manual muscle testing of 8 muscles (MMT8) was 58/80." in told and "MMT8 was 70/80." in told


@pytest.mark.product
def test_one_value_that_is_left_over_keeps_its_number(results):
    """Of nine values the eight of a course are told in full; a word for the ninth would cost no less than it does."""
    codes = ("ck", "aldolase", "ldh", "ast", "alt", "crp", "creatinine", "haemoglobin")
    units = ("U/L", "U/L", "U/L", "U/L", "U/L", "mg/L", "mg/dL", "g/dL")
    course = [
        seen(code, day, "9", unit=unit) for day in ("0 d", "9 d") for code, unit in zip(codes, units, strict=True)
    ]
    low = seen("platelets", "0 d", "96", unit="10^9/L", ref_low="150")
    assert "Platelet count was 96 ×10⁹/L (lower limit 150)" in results(low, *course)
    two = results(low, seen("lymphocytes", "0 d", "0.6", unit="10^9/L", ref_low="1"), *course)
    assert "Platelet count and lymphocyte count were low" in two


@pytest.mark.product
def test_a_percentage_of_a_predicted_value_says_so_behind_its_number(results):
    results = results(
        *(seen("fvc_pred", start, value, unit="%") for start, value in (("0 d", "82"), ("9 d", "70"))),
        seen("fev1_pred", "9 d", "60", unit="% pred"),
    )
    assert "forced vital capacity was 82 % of predicted." in results
    assert "forced vital capacity was 70 % and FEV1 60 % of predicted." in results


@pytest.mark.product
def test_a_number_of_things_has_its_article_before_its_verb(results):
    assert "the number of digital ulcers was 3." in results(seen("digital_ulcer_count", "0 d", "3"))
    several = results(seen("ck", "0 d", "900", unit="U/L", ref_high="200"), seen("digital_ulcer_count", "0 d", "3"))
    assert "was 900 U/L (upper limit 200) and the number of digital ulcers 3." in several


# One joint is no `1 joints`, and several nodules are no `was`; a value behind another keeps its one verb.
@pytest.mark.parametrize(
    ("label", "value", "unit", "words"),
    [
        ("Active joint count", "1", "joints", "active joint count was 1 joint."),
        ("Active joint count", "2", "joints", "active joint count was 2 joints."),
        *first_in_gate(
            0,
            [
                ("Pulmonary nodules", "4", "nodules", "pulmonary nodules were 4 nodules."),
                ("Viral load", "1", "copies", "viral load was 1 copies."),
            ],
        ),
    ],
)
def test_a_count_and_its_verb_have_their_number(results, label, value, unit, words):
    measure = f"counted,observation,{label},,{unit},{unit}=1,0,,yes,,lower\n"
    assert words in results(
        seen("crp", "0 d", "5", unit="mg/L"), seen("counted", "9 d", value, unit=unit), measures=measure
    )


def test_a_plural_that_opens_a_list_of_values_has_its_verb(results):
    measure = "cells,observation,Anterior chamber cells,,,,,,,0|0.5+|1+|2+,lower\n"
    text = results(seen("crp", "0 d", "5", unit="mg/L"), seen("cells", "9 d", "2+"), measures=measure)
    assert "anterior chamber cells were 2+" in text, text


# One code, or one name at the end of two, is one finding; that two are of the joints is not.
@pytest.mark.parametrize(
    ("first", "second", "words"),
    first_in_gate(
        1,
        [
            ("Rash", "Rash", "the rash improved."),
            ("Joint swelling", "Joint pain", "joint pain (no earlier record) improved."),
            ("Steroid-resistant colitis", "Immune-mediated colitis", "immune-mediated colitis improved."),
            ("Pleuritic chest pain", "Chest pain", "chest pain improved."),
        ],
    ),
)
def test_a_finding_that_was_told_is_an_earlier_record_of_it(results, first, second, words):
    labels = dict.fromkeys([first, second])
    measures = "".join(f"{place}f,observation,{name},,,,,,,none|present,lower\n" for place, name in enumerate(labels))
    rows = [seen("0f", "0 d", state="present"), seen(f"{len(labels) - 1}f", "30 d", state="improved")]
    assert f"On day 30, {words}" in results(*rows, measures=measures)


def test_a_finding_that_is_gone_from_several_sites_is_named_once(results):
    sites = ("left", "right")
    there = [effusion("0 d", "small", site=site, method="CT") for site in sites]
    gone = [effusion("30 d", state="absent", site=site, method="CT") for site in sites]
    assert "On day 30, the pericardial effusion (left and right; CT) was no longer found." in results(*there, *gone)
