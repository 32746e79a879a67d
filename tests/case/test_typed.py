"""What people type into the cells of a row: read, with a note, or refused with what would be right."""

import io
from datetime import date, datetime
from decimal import Decimal

import pyarrow
import pyarrow.parquet
import pytest

from casetimeline.case.cells.dosed import dose_expected
from casetimeline.case.form.about import unread_notes
from casetimeline.case.tables.table import columns_as_rows, read_columns
from casetimeline.faults import TimelineError
from casetimeline.values.bounds import parse_reading, parse_value

OBSERVED = "a,{phase},observation,{code},,,{value},{unit},{limits},{state},,,chart,"
FREQUENT = "case_id,phase,kind,code,value,unit,dose,dose_unit,frequency,source"


def observed(code, value="", unit="", limits=",", state="", phase="1"):
    return OBSERVED.format(phase=phase, code=code, value=value, unit=unit, limits=limits, state=state)


def fault_of(make_case, row):
    with pytest.raises(TimelineError) as caught:
        make_case(row)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("value", "lowest", "highest"),
    [
        ("trace", 1, 1),
        ("Mild", 2, 2),
        ("severe", 4, 4),
        ("massive", 4, 4),
        ("mild to moderate", 2, 3),
        ("small-moderate", 2, 3),
        ("present", 1, 4),
        ("no", 0, 0),
        ("not seen", 0, 0),
        ("Large", 4, 4),
        ("large.", 4, 4),
    ],
)
def test_the_grades_of_an_effusion_in_the_words_of_an_echo_report(make_case, value, lowest, highest):
    # none, trivial, small, moderate, large are 0 to 4.
    fact = make_case(observed("pericardial_effusion", value)).facts.iloc[0]
    assert (fact["AVALCALO"], fact["AVALCAHI"]) == (lowest, highest)
    assert fact["value"] == fact["AVALC"] == value


GRADES = "one of none, trivial, small, moderate, large"


@pytest.mark.parametrize(
    ("value", "expected", "nearest"),
    [
        # Of none, trivial, small, moderate, large; mild is small.
        ("at least moderate", GRADES, "moderate..large"),
        ("more than mild", GRADES, "moderate..large"),
        ("no more than mild", GRADES, "none..small"),
        ("less than moderate", GRADES, "none..small"),
        (">small", GRADES, "moderate..large"),
        ("\u2265 moderate", GRADES, "moderate..large"),
        ("~moderate", GRADES, "moderate"),
        ("circumferential", "other words in the note", ""),
        ("hemodynamically insignificant", "other words in the note", ""),
        ("1+", "'1+' is a grade of another scale: write the state present, and '1+' in the note", ""),
    ],
)
def test_a_word_that_is_no_grade_is_answered_by_what_it_says(make_case, value, expected, nearest):
    fault = fault_of(make_case, observed("pericardial_effusion", value))
    assert (expected in fault.expected, fault.nearest) == (True, nearest)
    assert "not_assessed" not in fault.expected and "a number" not in fault.expected


@pytest.mark.parametrize(("value", "grade"), [("positive", 1), ("+ve", 1), ("negative", 0), ("-ve", 0)])
def test_an_antibody_is_positive_or_negative(make_case, value, grade):
    fact = make_case(observed("anti_hmgcr_antibody", value)).facts.iloc[0]
    assert fact["AVALCALO"] == fact["AVALCAHI"] == grade
    assert fact["STATE"] == ("present" if grade else "absent")


@pytest.mark.parametrize(
    ("typed", "state"),
    [("Present", "present"), ("resolved", "absent"), ("Not done", "not_assessed"), ("persistent", "present")],
)
def test_a_state_as_typed_is_kept_and_its_canonical_word_is_computed_with(make_case, typed, state):
    fact = make_case(observed("cardiac_tamponade", state=typed)).facts.iloc[0]
    assert (fact["state"], fact["STATE"]) == (typed, state)


@pytest.mark.parametrize(
    ("limits", "low", "high"),
    [("45,190", 45, 190), (",190", 0, 190), ("45,", 45, float("inf"))],
)
def test_normal_is_the_interval_of_the_limits_beside_it(make_case, limits, low, high):
    fact = make_case(observed("ck", "WNL", "U/L", limits)).facts.iloc[0]
    assert (fact["AVALLO"], fact["AVALHI"], fact["AVALC"]) == (low, high, "normal")
    # In ukat/L the limits are 60 times as much.
    fact = make_case(observed("ck", "unauff\u00e4llig", "ukat/l", "1,3")).facts.iloc[0]
    assert (fact["AVALLO"], fact["AVALHI"]) == (60, 180)


NO_FINDING = "a number of CK, which is neither present nor absent; "


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (
            observed("ck", state="absent"),
            "state",
            f"{NO_FINDING}without one, the state normal, raised, low, increased or decreased, or not_assessed where "
            "it was not measured; where it is told as negative or positive alone, a measure",
        ),
        (observed("ck", state="resolved"), "state", "without one, the state normal, raised,"),
        (observed("mrss", state="relapsed"), "state", "or not_assessed where it was not measured"),
        (observed("ck", state="Present"), "state", "a measure of the case alone with the grades none|present"),
        (observed("mrss", state="negative"), "state", "neither present nor absent"),
        (observed("ck", "normal", "U/L"), "value", "ref_low, ref_high or both"),
        (observed("egfr", "52 ml/min"), "value", "the number alone: 52 here, and ml/min in 'unit'"),
        (observed("weight", "62 kg"), "value", "the number alone: 62 here, and kg in 'unit'"),
        (observed("anca_pr3", state="neg"), "state", "told as negative or positive alone, a measure of the case alone"),
        (observed("ck", "positive", "U/L"), "value", "neither present nor absent"),
        (observed("ck", "not done", "U/L"), "value", "write not_assessed in the column 'state'"),
        ("a,1,treatment,tocilizumab,,,,,,,,500 mg (8 mg/kg),,chart,", "dose", "500 here with mg in 'dose_unit', or 8"),
        ("a,1,treatment,tocilizumab,,,,,,,,8mg/kg,,chart,", "dose", "8 here, and mg/kg in 'dose_unit'"),
        ("a,1,treatment,x,,,,,,,,10 to 5,,chart,", "dose", "10 and 5 are two rows"),
        ("a,1,treatment,x,,,,,,,,10 then 5,,chart,", "dose", "10 and 5 are two rows"),
        ("a,1,treatment,x,,,,,,,,60 mg tapered to 5 mg,,chart,", "dose", "60 and 5 are two rows"),
        ("a,1,treatment,x,,,,,,,,200 mg day 1 and 100 mg day 2,,chart,", "dose", "200 and 100 are two rows"),
        ("a,1,treatment,x,,,,,,,,day 1: 10 then 5 mg,,chart,", "dose", "10 and 5 are two rows"),
        ("a,1,treatment,x,,,,,,,,5 mg times 3,,chart,", "dose", "5 here, mg in 'dose_unit', and 3 in 'count'"),
        ("a,1,treatment,x,,,,,,,,5 mg x3,,chart,", "dose", "5 here, mg in 'dose_unit', and 3 in 'count'"),
        ("a,1,treatment,x,,,,,,,,5 mg or 10 mg,,chart,", "dose", "are two rows, or 5..10 where it is not told which"),
        ("a,1,treatment,x,,,,,,,,3 to 5 mg,,chart,", "dose", "3..5 here, and mg in 'dose_unit'"),
        ("a,1,treatment,x,,,,,,,,60 tapered,,chart,", "dose", "each step of a taper is a row"),
        ("a,1,treatment,x,,,,,,,,1-0-1,,chart,", "dose", "stands in 'frequency' or 'count'"),
        ("a,1,treatment,x,,,,,,,,2024-01-10,,chart,", "dose", "a number with a decimal point"),
        ("a,1,treatment,x,,,,,,,,20 times,,chart,", "dose", "stands in 'frequency' or 'count'"),
        (
            "a,1,treatment,x,,,,,,,,1 tablet twice daily,,chart,",
            "dose",
            "tablet in 'dose_unit', and 'twice daily' in 'f",
        ),
        ("a,1,treatment,x,,,,,,,,10,then,chart,", "dose_unit", "of two doses each has a row"),
        ("a,1,event,visit,early March,,,,,,,,,chart,", "start", "a date with its year"),
        ("a,1,event,visit,2024-01-10 08:30,,,,,,,,,chart,", "start", "without a time of day"),
        ("a,1,event,visit,day 3 at 8 am,,,,,,,,,chart,", "start", "a number of hours is a length of time"),
        (observed("ck", "raised", "U/L"), "value", "write raised in the column 'state'"),
        (observed("ck", "ND"), "value", "not done, not detected, or no data"),
        (observed("anti_hmgcr_antibody", "weakly positive"), "value", "a grade, not a yes or no"),
        (observed("pericardial_effusion", "huge"), "value", "no grade above large"),
        # The lowest grade is there.
        (observed("pericardial_effusion", "trivial", state="absent"), "state", "agrees with the value"),
        # More than trivial is small, moderate or large; of that, which is not for us to say.
        (
            observed("pericardial_effusion", "non-trivial"),
            "value",
            "what the denial leaves as a range such as trivial..",
        ),
        (observed("anti_scl70", "non-detected"), "value", "one of none, present"),
        # Its nearest word would be the opposite.
        (observed("pericardial_effusion", "n-large"), "value", "what the denial leaves"),
        # A finding has its grades, and no number; where another measure holds one, it is named.
        (observed("raynaud_phenomenon", "50"), "value", "one of none, present"),
        (observed("cardiac_tamponade", "-3"), "value", "one of none, present"),
        (observed("ana", "1:320"), "value", "one of none, present; a number is another measure: 'ana_titre'"),
        (observed("anti_scl70", "50"), "value", "another measure: 'anti_scl70_level'"),
        # A number alone is not told to be absent.
        (observed("ck", "undetectable", "U/L"), "value", "write <limit if the limit is printed); a number of CK, or"),
        (observed("mrss", "ND"), "value", "no data); a number of mRSS, or the state not_as"),
        (observed("mrss", state="ND"), "state", "no data); a number of mRSS, or the state not_as"),
        (observed("ana", state="ND"), "state", "write not_assessed, absent or not_reported"),
        (observed("ck", "nil", "U/L"), "value", "that there was none, or that none is told); a number of CK"),
        (observed("ana", "borderline"), "value", "neither present nor absent: only for a measure with such a grade"),
        (observed("pericardial_effusion", state="NAD"), "state", "spell it out"),
        (observed("pericardial_effusion", "500", "mL"), "unit", "another measure: 'pericardial_drained_volume'"),
        (observed("lvef", "55", "mm"), "unit", "%"),
        # Below or within the limits of a laboratory lies a number, and no antibody or effusion.
        (observed("anti_scl70", "low"), "value", "one of none, present: 'low' is said of a number and its limits"),
        (observed("anti_scl70", state="raised"), "state", "one of present, absent: 'raised' is said of a number"),
        (
            observed("pericardial_effusion", state="normal"),
            "state",
            "absent, where it was looked for and not found: 'normal' is said of a number and its limits",
        ),
        (observed("pericardial_effusion", state="reduced"), "state", "against the record before, increased or decreas"),
        (observed("anti_scl70", "undetectable"), "value", "below the limit of detection"),
        # The finding that takes the word has a code.
        (observed("ana_titre", "negative"), "value", "told as negative or positive alone, the finding 'ana'"),
        (
            observed("anti_dsdna_level", state="positive"),
            "state",
            "told as negative or positive alone, the finding 'anti_",
        ),
        (observed("anti_scl70_level", "pos"), "value", "the finding 'anti_scl70'"),
        # What could not be measured, is below what is detected, or is a multiple of the limit.
        (observed("ck", "refused", "U/L"), "value", "write not_assessed in the column 'state'"),
        (observed("ck", "hemolyzed", "U/L"), "value", "write not_assessed in the column 'state'"),
        (observed("ck", "QNS", "U/L"), "value", "write not_assessed in the column 'state'"),
        (observed("ck", "<LOD", "U/L"), "value", "write <limit if the limit is printed"),
        (
            observed("ck", "5x ULN", "U/L"),
            "value",
            "write the state raised if it is above 1, and the multiple in the note",
        ),
        (observed("ck", "3 times normal", "U/L"), "value", "write the state raised if it is above 1"),
        (observed("ck", "see text", "U/L"), "value", "says no state; give the value or the state"),
        (
            observed("ck", "machine broken", "U/L"),
            "value",
            "or not_assessed where it was not measured; other words in the n",
        ),
        # It was measured: what came of it is told in a word.
        (
            observed("lvef", "preserved", "%"),
            "value",
            "the state normal if the source says so, or the words as a row of",
        ),
        (observed("ck", "abnormal", "U/L"), "value", "the state raised or low if the source says which"),
        # A grade or a number in the column of the state.
        (
            observed("pericardial_effusion", state="mild"),
            "state",
            "'mild' is a grade: write small in the column 'value'",
        ),
        (observed("pericardial_effusion", state="Large"), "state", "a grade: write large in the column 'value'"),
        (
            observed("pericardial_effusion", state="small to moderate"),
            "state",
            "write small..moderate in the column 'v",
        ),
        (
            observed("pericardial_effusion", state="12 mm"),
            "state",
            "a number stands in the column 'value', and its unit",
        ),
        (observed("ck", state="923"), "state", "a number stands in the column 'value'"),
        (observed("ck", state=">900"), "state", "a number stands in the column 'value'"),
        (observed("anti_scl70", "refused"), "value", "write not_assessed in the column 'state'"),
    ],
)
def test_what_is_refused_says_what_would_be_right(make_case, row, column, said):
    fault = fault_of(make_case, row)
    assert (fault.column, fault.line, fault.nearest) == (column, 2, "") and said in fault.expected


def test_a_unit_of_a_dose_that_is_none_is_said_with_its_lines(make_case):
    units = ("mm", "mgg", "x", "mg", "MG/KG", "mg/kg/day", "IU", "tablets", "J/cm2", "milligrams", "mg/m\u00b2", "mm")
    rows = [f"a,{phase},treatment,x,,,,,,,,10,{unit},chart," for phase, unit in enumerate(units, 1)]
    notes = [note.partition(", line")[2] for note in make_case(*rows).notes if "is no unit of a dose" in note]
    assert [note.partition("' is")[0] for note in sorted(notes)] == [
        " 3: dose_unit 'mgg",
        " 4: dose_unit 'x",
        "s 2, 13: dose_unit 'mm",
    ]


# A denominator that is neither a size of the body nor a time, and words behind one.
@pytest.mark.parametrize("unit", ["mg/h", "ug/kg/min", "mg/day po", "mg/kg/day x 5", "mg/h\u00e9t", "mg/\u9031"])
def test_a_dose_for_what_is_not_known_is_not_counted_without_a_word(make_case, unit):
    notes = make_case(f"a,1,treatment,x,,,,,,,,10,{unit},chart,").notes
    assert any(f"dose_unit '{unit}' is no unit of a dose that is known" in note for note in notes)


@pytest.mark.parametrize(
    ("unit", "often"), [("mg bid", "bid"), ("mg weekly", "weekly"), ("mg/kg q4w", "q4w"), ("mg a day", "a day")]
)
def test_a_unit_that_says_how_often_is_noted_for_what_it_is(make_case, unit, often):
    (note,) = [note for note in make_case(f"a,1,treatment,x,,,,,,,,10,{unit},chart,").notes if "dose_unit" in note]
    assert f"'{unit}' says how often" in note and f"'{often}' belongs in 'frequency'" in note


@pytest.mark.parametrize("text", ["60 mg tapered to 5 mg", "10 mg then 5 mg", "200 mg day 1 and 100 mg day 2"])
def test_doses_of_which_the_order_is_told_are_no_range(text):
    assert dose_expected(text).endswith("are two rows")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        (">=moderate", "moderate..large"),
        ("<small", "none..trivial"),
        (">moderate", "large"),
        ("<=small", "none..small"),
    ],
)
def test_the_bound_of_a_grade_is_asked_for_as_a_range(make_case, typed, near):
    assert fault_of(make_case, observed("pericardial_effusion", typed)).nearest == near


@pytest.mark.parametrize("typed", ["not_present", "non present", "unpresent", "present?", "?present"])
def test_a_suggestion_does_not_turn_a_state_into_its_opposite(make_case, typed):
    assert fault_of(make_case, observed("cardiac_tamponade", state=typed)).nearest == ""
    assert fault_of(make_case, observed("cardiac_tamponade", state="presnt")).nearest == "present"


@pytest.mark.parametrize(
    ("typed", "low", "high", "open_ends"),
    [
        ("4-", 3, 4, True),
        ("4+", 4, 5, True),
        ("4", 4, 4, False),
        ("4/5", 4, 4, False),
        ("4+/5", 4, 5, True),
        ("5-", 4, 5, True),
        ("MRC 3", 3, 3, False),
        ("4-5", 4, 5, False),
    ],
)
def test_an_mrc_grade_with_its_sign_is_between_two_grades(make_case, typed, low, high, open_ends):
    fact = make_case(observed("muscle_strength", typed, "MRC grade")).facts.iloc[0]
    assert (fact["AVALLO"], fact["AVALHI"]) == (low, high)
    assert fact["AVALLOX"] == fact["AVALHIX"] == open_ends


@pytest.mark.parametrize("typed", ["5+", "0-", "6", "4++", "-4"])
def test_an_mrc_grade_beyond_the_scale_is_refused(make_case, typed):
    assert fault_of(make_case, observed("muscle_strength", typed, "MRC grade")).column == "value"


def test_a_titre_is_its_dilution_and_no_ratio_or_time():
    assert parse_reading("1:320", unit="titre")[:2] == (320, 320)
    assert parse_reading(">=1:1280", unit="titre")[:2] == (1280, float("inf"))
    with pytest.raises(ValueError, match="a number"):
        parse_reading("1:320", unit="U/L")
    for text in ("1:0", "1/00", "<1:0", "1:0..1:40"):
        with pytest.raises(ValueError, match="a dilution above 0"):
            parse_reading(text, unit="titre")


@pytest.mark.parametrize(
    ("typed", "right"),
    [("1-640", "1:640"), ("1:1.280", "1:1280"), ("1:10,240", "1:10240"), ("01:40", "1:40"), ("01:40:00", "1:40")],
)
def test_a_titre_that_is_mistyped_is_answered_with_its_dilution(make_case, typed, right):
    fault = fault_of(make_case, observed("ana_titre", f'"{typed}"'))
    assert right in fault.expected.split("; ")[0].split(": ", 1)[1:] and fault.nearest == ""


@pytest.mark.parametrize(
    ("code", "typed", "number", "unit"),
    [
        ("creatinine", "0.9 mg/dL", "0.9", "mg/dL"),
        ("wbc", "7,2 G/l", "7.2", "G/l"),
        ("wbc", "7200/\u00b5l", "7200", "/\u00b5l"),
        ("patient_global", "5 cm", "5", "cm"),
        ("height", "1,65 m", "1.65", "m"),
        ("lvef", "55\u201360%", "55..60", "%"),
        ("fvc", "2.40 L (72%)", "2.40", "L"),
    ],
)
def test_a_number_with_its_unit_in_one_cell_is_one_fault(make_case, code, typed, number, unit):
    fault = fault_of(make_case, observed(code, f'"{typed}"'))
    assert fault.column == "value" and f"{number} here, and {unit} in 'unit'" in fault.expected


def test_a_share_of_the_scale_is_a_number_of_that_scale_alone(make_case):
    assert make_case(observed("mrss", "30/51")).facts["AVAL"].tolist() == [30]
    assert fault_of(make_case, observed("mrss", "30/66")).column == "value"


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("10-20", 10, 20),
        ("10\u201320", 10, 20),
        ("10 to 20", 10, 20),
        ("between 10 and 20", 10, 20),
        ("about 6000", 5500, 6500),
        ("\u2265 1000", 1000, float("inf")),
        ("more than 1000", 1000, float("inf")),
        ("\u22123", -3, -3),
        ("\uff14\uff16", 46, 46),
    ],
)
def test_numbers_as_people_type_them(typed, low, high):
    assert parse_value(typed)[:2] == (low, high)


@pytest.mark.parametrize("typed", ["10\u00b2", "20-10", "450,5", "1 000", "1e3", "10/20", "about", "-"])
def test_a_number_of_no_certain_meaning_is_refused(typed):
    with pytest.raises(ValueError, match="number"):
        parse_value(typed)


@pytest.mark.parametrize(
    ("frequency", "expected"),
    [
        ("q4w x6", "the interval alone: every 4 wk here, and 6 in 'count'"),
        ("monthly x 6", "the interval alone: monthly here, and 6 in 'count'"),
        ("q3w x 4 cycles", "the interval alone: every 3 wk here, and 4 in 'count'"),
        ("daily for 3 days", "the interval alone: daily here, 3 days by start and end"),
        *dict.fromkeys(
            ("every 0 wk", "q0d", "0 weekly", "every 0.0 d", "every -4 wk", "q-4w", "0 times daily", "0x/week"),
            "an interval above 0, as in every 4 wk; blank where none is told",
        ).items(),
        *dict.fromkeys(("-", "?", "unknown", "n/a", "NA", "not reported"), "blank where it is not reported").items(),
    ],
)
def test_a_frequency_with_a_number_or_none_is_refused_with_what_to_write(make_case, frequency, expected):
    with pytest.raises(TimelineError) as caught:
        make_case(f"a,1,treatment,rituximab,,,1,g,{frequency},chart", header=FREQUENT)
    (fault,) = caught.value.faults
    assert (fault.column, fault.expected) == ("frequency", expected)


def test_a_frequency_that_is_not_understood_is_said_with_its_line(make_case):
    row = "a,1,treatment,rituximab,,,1,{unit},{frequency},chart"
    rows = [("g", "now and then"), ("g", "q4w"), ("mg/day", "in divided doses"), ("g", ""), ("g", "now and then")]
    lines = [row.format(unit=unit, frequency=frequency) for unit, frequency in rows]
    notes = make_case(*lines, header=FREQUENT).notes
    # A dose per day is counted by its unit; a blank is not reported.
    said = "frequency 'now and then' is no interval that is understood; its doses are not counted"
    assert [note for note in notes if "not counted" in note] == [f"a/timeline.csv, lines 2, 6: {said}"]
    assert "a/timeline.csv: column frequency: read 'q4w' as 'every 4 wk'" in notes


def test_a_time_in_two_forms_is_one_moment(make_case):
    rows = ("a,1,observation,mrss,12 weeks,,46,,,,,,,chart,", "a,1,observation,mrss,12 wk,,40,,,,,,,chart,")
    assert "one value of mrss at one moment" in fault_of(lambda _: make_case(*rows), "").expected


@pytest.mark.parametrize("value", ["22", "<22"])
def test_a_number_without_a_unit_is_in_the_unit_that_its_measure_has_then(make_case, value):
    # measures.csv reads a skin score without a unit as points.
    rows = [f"a,1,observation,mrss,12 wk,,{value},{unit},,,,,,chart," for unit in ("points", "")]
    assert "a/timeline.csv, line 3: says again what an earlier line says" in " ".join(make_case(*rows).notes)
    other = rows[1].replace("22", "23")
    assert "one value of mrss at one moment" in fault_of(lambda _: make_case(rows[0], other), "").expected


def test_an_end_that_is_not_reached_in_other_words(make_case):
    rows = [f"a,1,treatment,rituximab,0 d,{end},,,,,,1,g,chart," for end in ("Ongoing", "still ongoing", "to date")]
    facts = make_case(*rows).facts
    assert facts["end"].tolist() == ["ongoing"] * 3 and facts["AENLO"].tolist() == [float("inf")] * 3


ABOUT = """\
case_id: a
title: A case
patient:
  age: '34'
  subset: diffuse
  antibodies: anti-Scl-70
sources:
  - id: chart
    author: Who
analisys: {reference: drug}
phases: {1: Before}
care: {13: page 2}
colour:
"""


def test_keys_that_nothing_reads_are_said_with_their_line(make_case):
    said = [note.removeprefix("a/case.yaml, ") for note in unread_notes(ABOUT, "a/case.yaml")]
    assert said == [
        "line 9: the key 'sources: author' is not read; did you mean 'authors'?",
        "line 10: the key 'analisys' is not read; did you mean 'analysis'?",
    ]
    case = make_case(observed("mrss", "46"), about="analysis: {baseline: first}\npatient: {hair: red}")
    assert case.notes == ("a/case.yaml, line 3: the key 'patient: hair' is not read",)


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("title: Patient #3 with SSc", "#3 with SSc"),
        ("title: #3", "#3"),
        ("patient: {age: '34'}  #checked", "#checked"),
        ("sources: [{id: chart}]\nphases:\n  1: visit #2 of 4", "#2 of 4"),
        ("title: Patient 3 # the third", ""),
        ("title: 'Patient #3'", ""),
        ("title: Patient#3", ""),
        ("# title: #3", ""),
        ("caveats:\n  ck:\n    - >-\n      text here\n    #note\n    - more", ""),
    ],
)
def test_what_follows_a_hash_is_said_to_be_left_out_where_it_may_be_part_of_the_text(line, cut):
    said = [note for note in unread_notes(f"case_id: a\n{line}\n", "a/case.yaml") if "a comment" in note]
    assert len(said) == bool(cut) and all(f"'{cut}'" in note for note in said)
    assert all(f"line {2 + line.count(chr(10))}:" in note for note in said)


def test_no_case_of_the_project_has_a_key_that_nothing_reads(every_published):
    assert [note for case in every_published for note in case.notes if "the key" in note] == []


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        (pyarrow.array([0.3, None, 10.1], pyarrow.float32()), ["0.3", "", "10.1"]),
        (pyarrow.array([0.1, None], pyarrow.float64()), ["0.1", ""]),
        # Two numbers that are one as floats of 64 bits.
        (pyarrow.array([2**53, 2**53 + 1, None]), ["9007199254740992", "9007199254740993", ""]),
        (
            pyarrow.array(
                [Decimal("1.00"), Decimal("0.0000001"), Decimal(0), Decimal(100)], pyarrow.decimal128(20, 10)
            ),
            ["1", "0.0000001", "0", "100"],
        ),
        (pyarrow.array(["a", None, "b", "a"]).dictionary_encode(), ["a", "", "b", "a"]),
        (pyarrow.array([date(2020, 1, 2), None]), ["2020-01-02", ""]),
        (pyarrow.array([datetime(2020, 1, 2), None], pyarrow.timestamp("ns")), ["2020-01-02", ""]),
        (pyarrow.array([datetime(2020, 1, 2)], pyarrow.timestamp("s")), ["2020-01-02"]),
        (pyarrow.array([float("nan"), 1.0]), ["", "1"]),
        (pyarrow.array([[1], None]), ["[1]", ""]),
    ],
)
def test_a_cell_of_parquet_is_what_its_column_holds(cells, texts):
    columns = {name: [""] * len(cells) for name in ("case_id", "kind", "code", "phase", "value", "unit", "source")}
    facts, _ = columns_as_rows(pyarrow.table({**columns, "note": cells}), "t.parquet")
    assert facts["note"].tolist() == texts


@pytest.mark.parametrize("stored", [True, False])
def test_cells_that_share_a_text_without_end_are_refused_before_they_are_written_out(stored):
    # 2,000 rows of one text of 10,000 letters: 20 million of them in a file of a few thousand bytes.
    names = ("kind", "code", "start", "value", "unit", "source")
    columns = dict.fromkeys(("case_id", *names), ["a"] * 2_000)
    quote = pyarrow.array(["q" * 10_000] * 2_000).dictionary_encode()
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({**columns, "quote": quote}), buffer, store_schema=stored)
    with pytest.raises(TimelineError, match="cells of more than 10000000 characters in all"):
        read_columns(buffer.getvalue(), "t.parquet")


def test_grades_in_the_wrong_order_are_named_in_the_right_one(make_case):
    fault = fault_of(make_case, observed("pericardial_effusion", "large..small"))
    assert fault.nearest == "small..large"


def test_0_of_a_finding_is_none_of_it_in_whichever_unit(make_case):
    case = make_case(observed("pericardial_effusion", "25", "mm"), observed("pericardial_effusion", "0", phase="2"))
    # 0 less 25; of 5 without a unit it is not told.
    assert case.facts["AVALU"].tolist() == ["mm", "mm"] and case.facts["AVALHI"].tolist() == [25, 0]
    assert not [note for note in case.notes if "no unit" in note]
    for code, value in (("pericardial_effusion", "5"), ("ck", "0")):
        assert [note for note in make_case(observed(code, value)).notes if "no unit" in note]


@pytest.mark.parametrize("column", ["end", "dose", "ref_high", "count", "start"])
def test_a_gap_of_a_spreadsheet_is_to_be_left_blank_in_every_column_that_may_be(make_case, column):
    header = "case_id,phase,kind,code,value,unit,start,end,count,ref_high,dose,dose_unit,source"
    cells = {"case_id": "a", "phase": "1", "kind": "treatment", "code": "tocilizumab", "source": "chart"}
    cells |= {"dose_unit": "mg"} if column == "dose" else {}
    cells |= {"kind": "observation", "code": "ck", "value": "5", "unit": "U/L"} if column == "ref_high" else {}
    for gap in ("NA", "n/a", "-"):
        with pytest.raises(TimelineError) as caught:
            make_case(",".join({**cells, column: gap}.get(name, "") for name in header.split(",")), header=header)
        (fault,) = caught.value.faults
        assert (fault.column, fault.found) == (column, gap)
        assert fault.expected.endswith("; blank where it is not reported")
