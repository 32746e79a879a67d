"""The tables that a manuscript prints: what stands in a cell, and what in a note."""

import pytest
from conftest import ROOT

from casetimeline.derive import records_of
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.judged import tested
from casetimeline.prose.judged.answers import summarise_answers
from casetimeline.prose.measured.baselines import baseline_words
from casetimeline.prose.measured.coursed import side_of_reference
from casetimeline.prose.tables.therapies import summarise_given
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.abbreviations import abbreviations_in, spelled_out
from casetimeline.prose.wording.labels import label_in_sentence
from casetimeline.prose.wording.passage import text_of
from casetimeline.prose.wording.when import visit_words
from casetimeline.report.contents import summary_of
from casetimeline.rules import analyse

HEADER = "case_id,phase,kind,code,start,end,count,value,unit,ref_high,state,dose,dose_unit,frequency,source,quote,note"
PLACE = "ᵃ The source gives no time; the place in the account is shown."


def _fact(phase: int | str, kind: str, code: str, **told: str) -> str:
    cells = {"case_id": "a", "phase": str(phase), "kind": kind, "code": code, "source": "chart", **told}
    return ",".join(f'"{cells[name]}"' if cells.get(name) else "" for name in HEADER.split(","))


@pytest.fixture
def analysis_of(make_case):
    """The analysis of a case of some facts, with names for its phases and what else case.yaml says."""

    def make(*facts: str, phases: str = "", more: str = ""):
        about = f"analysis: {{baseline: first}}\nphases: {{{phases}}}\n{more}"
        return analyse(make_case(*facts, header=HEADER, about=about))

    return make


def _by_name(table) -> dict[str, dict[str, str]]:
    return {row[0]: dict(zip(table.frame, row, strict=True)) for row in table.cells()}


@pytest.mark.product
def test_a_stated_gap_is_no_second_record(analysis_of):
    gap = analysis_of(
        _fact(1, "observation", "ck", value="923", unit="U/L"), _fact(2, "observation", "ck", state="not_reported")
    )
    table = summarise_visits(gap)
    assert table.caption == "Measures recorded more than once or as not reported"
    twice = analysis_of(*(_fact(phase, "observation", "mrss", value=str(40 - phase)) for phase in (1, 2)))
    assert summarise_visits(twice).caption == "Measures recorded more than once"


def test_a_value_above_its_limit_is_called_high_and_no_letter(analysis_of):
    table = summarise_visits(
        analysis_of(
            *(
                _fact(phase, "observation", "crp", value=value, unit="mg/L", ref_high="5")
                for phase, value in ((1, "415"), (2, "4"))
            )
        )
    )
    assert [cell.partition("ᵇ")[0] for cell in table.cells()[0][1:3]] == ["415 (high)", "4"]
    assert "(high), (low): above, below the reference limits of the laboratory." in table.notes


@pytest.mark.product
def test_values_without_a_unit_have_the_reason_below_and_no_column_of_changes(analysis_of):
    claim = 'claims: [{says: "CK fell to 7", test: falls_to, measure: ck, value: 7}]'
    analysis = analysis_of(
        *(_fact(phase, "observation", "ck", value=value) for phase, value in ((1, "17"), (2, "7"))), more=claim
    )
    table = summarise_visits(analysis)
    assert "Change" not in table.frame and "No change can be computed (unit not reported)." in table.notes
    assert analysis.claims["WHY"].tolist() == [
        "Creatine kinase: no change can be computed, as the unit of neither value is reported"
    ]
    answers = summarise_answers(analysis).frame.set_index("Question")["Answer"]
    assert "each value is raised for any limit below it in the same unit" in answers["Was CK raised?"]


@pytest.mark.product
def test_values_that_were_not_read_are_told_with_the_baseline(analysis_of):
    facts = [_fact(phase, "observation", "crp", value=value, unit="mg/L") for phase, value in ((1, "415"), (2, "4"))]
    assert "read" not in baseline_words(analysis_of(*facts).case)
    point = "caveats: {crp: [The values between the two stand in a curve that was not read.]}"
    notes = " ".join(summarise_visits(analysis_of(*facts, more=point)).notes)
    assert "Not read: further values of C-reactive protein." in notes


@pytest.mark.product
def test_a_measure_of_which_one_value_has_a_column_stands_below_the_table(analysis_of):
    """Six columns hold the two values of six measures; the effusion was recorded at three other visits."""
    ends = {("mrss", "ck"): (1, 8), ("crp", "ldh"): (2, 7), ("ast", "alt"): (3, 6)}
    facts = [
        _fact(phase, "observation", code, value=str(50 - phase), unit={"mrss": "", "crp": "mg/L"}.get(code, "U/L"))
        for codes, phases in ends.items()
        for code in codes
        for phase in phases
    ]
    words = [_fact(phase, "observation", "pericardial_effusion", state="absent") for phase in (4, 5, 9)]
    table = summarise_visits(analysis_of(*facts, *words))
    assert "Pericardial effusion" not in " ".join(row[0] for row in table.cells())
    assert [note for note in table.notes if note.startswith("Not in the table")] == [
        "Not in the table: pericardial effusion, absent in phase 4, in phase 5 and in phase 9."
    ]


@pytest.mark.product
def test_a_course_in_words_with_a_later_baseline_says_from_when_it_is_told(make_case):
    facts = [
        _fact(1, "observation", "pericardial_effusion", state="present"),
        _fact(2, "observation", "pericardial_effusion", state="absent"),
        _fact(3, "treatment", "tocilizumab"),
        _fact(4, "observation", "pericardial_effusion", state="absent"),
    ]
    about = "analysis: {baseline: last_before, reference: tocilizumab}\nphases: {1: One, 2: Two, 4: Four}"
    analysis = analyse(make_case(*facts, header=HEADER, about=about))
    told = "present, then absent (baseline and after)"
    table = summarise_visits(analysis)
    (row,) = table.cells()
    assert list(table.frame)[2] == "Twoᵃ" and table.notes[0].startswith("ᵃ Baseline: last value before tocilizumab")
    assert row[-1] == told
    assert _by_name(summary_of(analysis))["Pericardial effusion"]["change"] == f"{told} (in words only)"


def test_a_course_ends_with_what_the_rows_of_its_last_phase_tell(analysis_of):
    """Stopped for a reason, another dose, the next drug, or the phase as a clause with its time."""
    phases = "1: Start, 2: Drug stopped, 3: Second relapse"
    facts = [
        _fact(1, "treatment", "a_drug", end="phase 2"),
        _fact(1, "treatment", "b_drug", end="phase 3", dose="15", dose_unit="mg/day"),
        _fact(1, "treatment", "c_drug", end="phase 3"),
        _fact(2, "event", "a_drug_stopped", quote="A drug was stopped due to rash."),
        _fact(3, "event", "relapse", start="9 d"),
        _fact(3, "treatment", "b_drug", start="9 d", dose="5", dose_unit="mg/day"),
    ]
    ends = [
        row[list(_given.frame).index("Duration or end")]
        for _given in [summarise_given(analysis_of(*facts, phases=phases))]
        for row in _given.cells()
    ]
    assert ends == [
        "until stopped because of ‘rash’",
        "until 5 mg/day was given",
        "not reported",
        "until the second relapse, day 9",
    ]


def test_a_course_does_not_end_with_the_same_drug_without_a_dose(analysis_of):
    facts = [_fact(1, "treatment", "a_drug", end="phase 2"), _fact(2, "treatment", "a_drug", end="phase 3")]
    facts += [_fact(3, "treatment", "other_drug")]
    table = summarise_given(analysis_of(*facts, phases="1: Start, 2: Taper by 5 mg, 3: Switch"))
    ends = [row[list(table.frame).index("Duration or end")] for row in table.cells()]
    assert ends == ["until the taper by 5 mg", "until other drug was given", "not reported"]


def test_several_reasons_are_told_as_one_list(analysis_of):
    facts = [
        _fact(1, "treatment", "a_drug", end="phase 2"),
        _fact(2, "event", "a_drug_stopped", quote="stopped due to fever, rash and cough"),
    ]
    (row,) = summarise_given(analysis_of(*facts, phases="1: Start, 2: Fever")).cells()
    assert "until stopped because of ‘fever, rash and cough’" in row


@pytest.mark.product
def test_a_change_of_which_all_values_stand_before_the_reference_treatment_says_so(make_case):
    """The score spans the drug; CK fell before it and the effusion went after it."""
    facts = [
        _fact(1, "observation", "ck", value="900", unit="U/L"),
        _fact(1, "observation", "mrss", value="40"),
        _fact(2, "observation", "ck", value="300", unit="U/L"),
        _fact(3, "treatment", "tocilizumab"),
        _fact(4, "observation", "mrss", value="30"),
        _fact(4, "observation", "pericardial_effusion", state="present"),
        _fact(5, "observation", "pericardial_effusion", state="absent"),
    ]
    about = "analysis: {baseline: first, reference: tocilizumab}"
    table = summarise_visits(analyse(make_case(*facts, header=HEADER, about=about)))
    notes = {note[0]: note[2:] for note in table.notes}
    sides = {name: notes.get(row["Change"][-1], "") for name, row in _by_name(table).items()}
    assert {name.partition(",")[0].rstrip("ᵃᵇᶜ"): side for name, side in sides.items()} == {
        "Modified Rodnan skin score": "",
        "Creatine kinase": "Both before the reference treatment (tocilizumab).",
        "Pericardial effusion": "Both after the reference treatment (tocilizumab).",
    }


@pytest.mark.product
def test_each_baseline_of_a_table_has_its_mark_or_none_has(make_case):
    """The score changed in numbers and the effusion in words; both have a value before the drug."""
    facts = [
        _fact(1, "observation", "mrss", value="40"),
        _fact(2, "observation", "pericardial_effusion", state="present"),
        _fact(3, "treatment", "tocilizumab"),
        _fact(4, "observation", "mrss", value="30"),
        _fact(4, "observation", "pericardial_effusion", state="absent"),
    ]
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    table = summarise_visits(analyse(make_case(*facts, header=HEADER, about=about)))
    assert [row[1] + row[2] for row in table.cells()] == ["40ᵃ–", "–presentᵃ"]
    assert table.notes[0].startswith("ᵃ Baseline: ")


def test_a_value_that_its_source_calls_a_peak_is_called_one(analysis_of):
    facts = [
        _fact(1, "observation", "ck", value="900", unit="U/L", note="printed 'peaked'; day not said"),
        _fact(2, "observation", "ck", value="300", unit="U/L"),
    ]
    (row,) = summarise_visits(analysis_of(*facts)).cells()
    assert row[1].startswith("900 (peak)")


def test_the_place_in_the_account_is_a_clause_and_no_circle(analysis_of):
    phases = "1: Deposits found, 2: Plasma exchange and b drug, 3: Second discharge"
    facts = [
        _fact(1, "treatment", "a_drug"),
        _fact(2, "procedure", "plasma_exchange", note="printed 'on alternate days for 1 month'"),
        _fact(2, "treatment", "b_drug", note="in place of a drug; before or after the discharge is not told"),
        _fact(3, "procedure", "muscle_biopsy", note="time not reported"),
    ]
    given = _by_name(summarise_given(analysis_of(*facts, phases=phases)))
    assert {name: row["When"].rstrip("ᵃ") for name, row in given.items()} == {
        "A drug": "When the deposits were found",
        "B drug": "After a drug; whether before or after the discharge is not reported",
        "Plasma exchange": "After the deposits were found, before the second discharge",
        "Muscle biopsy": "not reported",
    }
    exchange = given["Plasma exchange"]
    assert (exchange["Schedule"], exchange["Duration or end"]) == ("‘on alternate days’", "‘for 1 month’")
    assert given["Muscle biopsy"]["Schedule"] == "–"


def test_what_is_not_reported_of_one_treatment_is_not_said_of_any(analysis_of):
    notes = summarise_given(analysis_of(_fact(1, "treatment", "a_drug"))).notes
    assert any(note.startswith("Not reported of the treatment: dose, route") for note in notes)


@pytest.mark.product
def test_a_range_of_dates_heads_its_column_and_is_the_time_of_what_was_given(analysis_of):
    analysis = analysis_of(
        _fact("", "observation", "creatinine", value="1.9", unit="mg/dL", start="2020-03"),
        _fact("", "observation", "creatinine", value="0.9", unit="mg/dL", start="2020-06..2020-08"),
        _fact("", "treatment", "a_drug", start="2021-06..2021-07", end="2021-12..2022-01"),
    )
    table = summarise_visits(analysis)
    assert [head.rstrip("ᵃ") for head in table.frame.columns[1:3]] == ["March 2020", "Between June and August 2020"]
    given = _by_name(summarise_given(analysis))["A drug"]
    assert given["When"] == "between June and July 2021"
    assert given["Duration or end"] == "until some time between December 2021 and January 2022"


def test_days_of_a_phase_of_several_days_have_no_name_of_one_of_them(analysis_of):
    case = analysis_of(
        _fact(1, "event", "relapse", start="37 d"), _fact(1, "treatment", "a_drug", start="41 d"), phases="1: Relapse"
    ).case
    assert [visit_words(case, row) for row in case.facts.itertuples()] == ["day 37", "day 41"]


@pytest.mark.parametrize(
    ("drained", "words"),
    [
        ("12 d", "in between: pericardiocentesis"),
        # Days 3.5 to 10.5 may come before day 10 or after it.
        ("1 wk", "in between or before, which is open: pericardiocentesis"),
        ("2 d", "drainage in between not mentioned"),
        ("50 d", "drainage in between not mentioned"),
        # Days 31.5 to 52.5 may come after day 40, and `>3 d` before, between or after.
        ("5..7 wk", "in between or after, which is open: pericardiocentesis"),
        (">3 d", "in between, before or after, which is open: pericardiocentesis"),
    ],
)
def test_a_drainage_is_in_between_by_its_time_and_not_by_its_line(make_case, drained, words):
    effusion = [
        _fact("", "observation", "pericardial_effusion", start=day, state=state)
        for day, state in (("10 d", "present"), ("40 d", "absent"))
    ]
    drainage = _fact("", "event", "pericardiocentesis", start=drained)
    answers = summarise_answers(analyse(make_case(*effusion, drainage, header=HEADER))).frame["Answer"]
    assert answers.str.contains(words, regex=False).any(), answers.tolist()


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("12 d", "absent; no pericardial drainage in between"),
        ("40 d", "absent; no pericardial drainage in between"),
        ("1 wk", "absent; no pericardial drainage (whether in between is open)"),
        ("50 d", "absent; drainage not mentioned"),
    ],
)
def test_that_nothing_was_drained_is_told_and_no_silence(make_case, when, words):
    effusion = [
        _fact("", "observation", "pericardial_effusion", start=day, state=state)
        for day, state in (("10 d", "present"), ("40 d", "absent"))
    ]
    denied = _fact("", "event", "no_pericardial_drainage", start=when)
    answers = summarise_answers(analyse(make_case(*effusion, denied, header=HEADER))).frame["Answer"]
    assert answers.str.contains(words, regex=False).any(), answers.tolist()


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ("8 mo", "Both before the reference treatment (rituximab)."),
        ("1 mo", "Both after the reference treatment (rituximab)."),
        # Day 152 to 244: it may have been begun before the second value, at day 152 to 213.
        ("5..8 mo", ""),
    ],
)
def test_records_are_on_one_side_of_the_reference_only_where_their_times_say_so(make_case, given, note):
    ck = [
        _fact("", "observation", "ck", start=time, value=value, unit="U/L")
        for time, value in (("~4 mo", "900"), ("~6 mo", "500"))
    ]
    drug = _fact("", "treatment", "rituximab", start=given)
    about = "analysis: {baseline: last_before, reference: rituximab}"
    analysis = analyse(make_case(*ck, drug, header=HEADER, about=about))
    assert side_of_reference(analysis.case, records_of(analysis.changes, "ck")) == note


@pytest.mark.product
def test_each_published_difference_has_its_patients_and_time(analysis_of):
    """46 to 32 points: 14 is more than 5, 3 to 4 and 3.2 to 5.3; 46 lies beyond the entry of the trial (15 to 40)."""
    facts = [_fact(phase, "observation", "mrss", value=value) for phase, value in ((1, "46"), (2, "32"))]
    table = summarise_answers(analysis_of(*facts))
    answer = dict(zip(table.frame["Question"], table.frame["Answer"], strict=True))
    (important,) = [told for asked, told in answer.items() if "minimal clinically important difference" in asked]
    assert important.startswith(
        "5 points (diffuse SSc-ILD, 12 months), 3–4 points (SSc-ILD, 12 months) and 3.2–5.3 points "
        "(diffuse SSc, 6 to 24 months) each exceeded, whether they apply to this patient is not known; interval not "
        "reported; "
    )
    assert (
        "Smallest detectable change: 1.96 × √2 × the standard deviation of repeated measurements of one patient."
        in table.notes
    )


@pytest.mark.product
def test_an_open_rule_among_others_has_its_reason_in_brackets(analysis_of):
    table = summarise_answers(analysis_of(_fact(1, "observation", "ck", value="923", unit="U/L")))
    answer = dict(zip(table.frame["Question"], table.frame["Answer"], strict=True))["Was CK raised?"]
    assert ": cannot be determined:" not in answer
    assert (
        "cannot be determined (the upper limit is not reported; the value is raised for any limit below 923 U/L)"
        in answer
    )


def test_the_interval_of_what_takes_turns_is_that_between_two_doses(analysis_of):
    case = analysis_of(
        *(
            _fact(1, "treatment", code, dose="8", dose_unit="mg", frequency="every 2 wk, alternating")
            for code in ("a_drug", "b_drug")
        )
    ).case
    claim = {"test": "given", "treatment": "a_drug", "dose": 8, "every": "2 wk"}
    assert tested.tested_words(case, claim) == "A drug: dose, interval between doses of either drug"


def test_a_claim_that_nothing_happened_says_which_events_were_looked_for(analysis_of):
    """The drug is of treatments.csv, the others of no table; a list has commas or blanks between its names."""
    case = analysis_of(_fact(1, "observation", "mrss", value="46")).case
    for events, words in {
        "herpes_zoster pneumonia": "no herpes zoster, no pneumonia",
        "tuberculosis, cotrimoxazole": "no tuberculosis, no sulfamethoxazole and trimethoprim",
        "adverse_event": "no adverse event",
    }.items():
        assert tested.tested_words(case, {"test": "none_happen", "events": events}) == words


def test_abbreviations_are_explained_where_they_come_before_their_full_form(analysis_of):
    claims = 'claims: [{says: "treated with diroguline (DRG)", test: not_measured, needs: a control}]'
    analysis = analysis_of(_fact(1, "observation", "mrss", value="46"), more=claims)
    assert abbreviations_in(analysis, "DRG, then diroguline (DRG)") == ("DRG, diroguline.",)
    assert abbreviations_in(analysis, "diroguline (DRG), then DRG") == ()
    # Here the abbreviation belongs to a unit, and names no measure.
    assert abbreviations_in(analysis, "MRC grade 4") == ("MRC, Medical Research Council.",)


def test_a_word_for_a_change_is_no_value_of_another_method(make_case):
    header = "case_id,phase,kind,code,value,unit,state,method,source"
    first, other = "a,1,observation,mrss,46,,,by hand,chart", "a,2,observation,mrss,{},,{},by machine,chart"
    assert not any(
        "different methods" in note for note in make_case(first, other.format("", "improved"), header=header).notes
    )
    assert any("different methods" in note for note in make_case(first, other.format("40", ""), header=header).notes)


@pytest.mark.product
def test_a_dose_of_radiation_has_no_route_and_a_note_has_the_number_of_both_doses(analysis_of):
    light = {"dose_unit": "J/cm2", "frequency": "daily"}
    rows = [
        _fact(1, "treatment", "a_light", dose="10", **light),
        _fact(2, "treatment", "a_light", dose="35", note="steady; 40 sessions up to a score, both together", **light),
        _fact(2, "treatment", "a_drug", dose="5", dose_unit="mg"),
    ]
    table = summarise_given(analysis_of(*rows[:2]))
    numbers = [row["Number of doses or sessions"] for row in table.frame.to_dict("records")]
    assert numbers == ["not reported", "40 sessions up to a score, both together"]
    assert not [note for note in table.notes if "route" in note]
    assert [note for note in summarise_given(analysis_of(*rows)).notes if "treatment: route" in note]


def test_a_dose_from_which_a_taper_began_has_no_start(analysis_of):
    quote = "A drug was tapered from 15 to 5 mg daily."
    doses = [
        _fact(phase, "treatment", "a_drug", dose=dose, dose_unit="mg/day", quote=quote)
        for phase, dose in ((1, "15"), (2, "5"))
    ]
    first, second = (row["When"] for row in summarise_given(analysis_of(*doses)).frame.to_dict("records"))
    assert first == "start not reported" != second


def test_a_number_of_cycles_stands_as_printed_and_is_none_of_doses(analysis_of):
    table = summarise_given(analysis_of(_fact(1, "treatment", "a_drug", count=">=2", note="printed '2 cycles'; more")))
    assert str(table.cells()[0][-1]) == "‘2 cycles’ᵇ" and "ᵇ Number of doses not reported." in table.notes


@pytest.mark.product
def test_a_test_is_negative_once_and_about_so_much_is_read_as_bounds(analysis_of):
    facts = [
        _fact(1, "observation", "ana", state="absent", note="printed 'negative'"),
        _fact(2, "observation", "ana", state="present"),
        _fact(1, "observation", "ck", value="~6000", unit="U/L"),
        _fact(2, "observation", "ck", value="658", unit="U/L"),
        _fact(3, "observation", "ck", state="unchanged", note="printed 'stable'"),
    ]
    table = summarise_visits(analysis_of(*facts))
    rows = _by_name(table)
    ana, ck = (
        next(list(row.values()) for name, row in rows.items() if name.startswith(start)) for start in ("Antin", "Creat")
    )
    assert ana[1] == "negative" and ck[1].startswith("about 6000") and ck[3] == "‘stable’"
    assert any(note.endswith("‘About 6000’ is read as 5500 to 6500.") for note in table.notes)
    # (658 - 6500) / 6500 is -89.9 %, (658 - 5500) / 5500 is -88.04 %: whole percent outwards.
    assert "(−90 % to −88 %)" in ck[-1]
    assert "negative" in " ".join(map(" ".join, summary_of(analysis_of(*facts)).cells()))


@pytest.mark.product
def test_a_test_that_became_negative_is_not_resolved(analysis_of):
    facts = [_fact(phase, "observation", "ana", state=state) for phase, state in ((1, "present"), (2, "absent"))]
    assert summarise_visits(analysis_of(*facts)).cells()[0][-1] == "positive to negative"


def test_a_length_of_time_that_is_not_counted_from_the_first_value_says_from_what(make_case):
    rows = [
        _fact(1, "observation", "ck", value="~6000", unit="U/L"),
        _fact(2, "treatment", "a_drug", start="0 d"),
        _fact(3, "observation", "ck", value="658", unit="U/L", start="9 mo"),
    ]
    about = "time_zero: {label: start of a drug}\nanalysis: {baseline: first}\nphases: {1: Presentation, 3: Later}"
    results = " ".join(map(text_of, results_passages(analyse(make_case(*rows, header=HEADER, about=about)))))
    assert (
        "From presentation to 9 months after the start of a drug, CK fell from about 6000 to 658 U/L (88–90 %)."
        in results
    )


@pytest.mark.product
def test_a_limit_never_reads_as_the_change_that_exceeds_it_and_an_open_rule_has_its_name():
    """ferreira2017: 26 to 11 points; 1.96 x sqrt(2) x 5.4 is 14.968, and no interval is reported."""
    answers = summarise_answers(analyse(ROOT / "data/ferreira2017")).frame.set_index("Question")["Answer"]
    detectable = answers["Is the change in mRSS beyond the smallest detectable change?"]
    assert "examiners in training (14.97 points)" in detectable and "one examiner (6.8 points)" in detectable
    important = answers["Is the change in mRSS larger than a minimal clinically important difference?"]
    assert important.endswith(
        "; important improvement as counted in faSScinate: cannot be determined "
        "(the interval is not reported; met if it is 47.5–96.5 weeks)"
    )


@pytest.mark.product
def test_a_change_that_came_before_the_reference_treatment_is_told_as_that():
    """ujkz10974: 17 mm opposite the right ventricle after two weeks, and the drugs are given after that."""
    results = " ".join(map(text_of, results_passages(analyse(ROOT / "data/ujkz10974"))))
    assert (
        "Before glucocorticoids, pericardial effusion (opposite the right ventricle) decreased from 24 to 17 mm"
        in results
    )


@pytest.mark.product
def test_a_course_of_one_day_has_its_end():
    """pericarditis-anakinra-30m: 100 mg twice daily on day 50, then once daily from day 51."""
    rows = summarise_given(analyse(ROOT / "data/pericarditis-anakinra-30m")).cells()
    (once,) = [row for row in rows if row[0] == "Anakinra" and "twice daily" in row]
    assert "one day" in once


def test_no_name_ends_with_a_word_that_joins_others():
    # "of the skin score and" gives s, s and a by a word that joins another name: no full form ends so.
    assert spelled_out("SSA", ["of the skin score and (SSA)"]) == ""
    assert spelled_out("SSA", ["sudden severe attacks (SSA)"]) == "sudden severe attacks"


def test_values_that_a_verdict_rests_on_stand_in_the_order_of_time_and_not_of_their_lines(analysis_of):
    values = {"30 d": "900", "9 d": "5000", "1 d": "8000"}
    facts = [_fact("", "observation", "ck", start=start, value=value, unit="U/L") for start, value in values.items()]
    rows = summarise_answers(analysis_of(*facts)).cells()
    rests = [str(row[2]) for row in rows if str(row[0]) == "Was CK raised?"]
    assert rests == ["8000, 5000 and 900 U/L"]


def test_words_that_only_begin_with_the_letters_of_an_abbreviation_do_not_spell_it_out(analysis_of):
    """Rules and titles have "systemic sclerosis associated" and "tocilizumab in adults": neither defines SSA or TIA."""
    analysis = analysis_of(_fact(1, "observation", "mrss", value="46"))
    assert abbreviations_in(analysis, "anti-Ro/SSA positive; TIA; SRC; SSC; IIM; CSS; MCTD; STS") == ()
    assert abbreviations_in(analysis, "ILD") == ("ILD, interstitial lung disease.",)


def test_a_title_keeps_its_capitals_in_a_sentence(analysis_of):
    assert label_in_sentence("Birmingham Vasculitis Activity Score") == "Birmingham Vasculitis Activity Score"
    assert label_in_sentence("Modified Rodnan skin score") == "modified Rodnan skin score"
    # In the line of abbreviations a measure is named as in a sentence.
    assert abbreviations_in(analysis_of(_fact(1, "observation", "mrss", value="9")), "HAQ-DI, mRSS") == (
        "HAQ-DI, Health Assessment Questionnaire disability index; mRSS, modified Rodnan skin score.",
    )


@pytest.mark.product
def test_a_relapse_of_three_measures_has_a_column_before_an_end_of_one(analysis_of):
    # Seven visits: creatinine at each but the last, which is the last of mRSS alone; the sixth is a relapse of three.
    creatinine = (2.0, 1.5, 1.2, 1.0, 0.9, 2.5)
    rows = [_fact(day, "observation", "creatinine", value=str(v), unit="mg/dL") for day, v in enumerate(creatinine, 1)]
    rows += [_fact(6, "observation", "crp", value="80", unit="mg/L"), _fact(6, "observation", "esr", value="90")]
    rows += [_fact(1, "observation", "crp", value="5", unit="mg/L"), _fact(1, "observation", "esr", value="20")]
    rows += [_fact(1, "observation", "mrss", value="20"), _fact(7, "observation", "mrss", value="12")]
    names = ", ".join(f"{n}: V{n}" for n in range(1, 8))
    heads = " ".join(summarise_visits(analysis_of(*rows, phases=names)).frame)
    # Visit 5 is the lowest creatinine, a turn of the course; of 2, 3 and 4, of one value each, one has no room.
    assert all(name in heads for name in ("V1", "V5", "V6", "V7"))
    assert sum(f"V{n}" in heads for n in range(1, 8)) == 6


@pytest.mark.product
def test_a_limit_of_one_source_flags_no_value_of_another(analysis_of):
    own = _fact(1, "observation", "crp", value="80", unit="mg/L", ref_high="5")
    same, other = (_fact(2, "observation", "crp", value="40", unit="mg/L", source=name) for name in ("chart", "letter"))
    (row,) = summarise_visits(analysis_of(own, same)).frame.astype(str).to_numpy().tolist()
    assert row[1].startswith("80 (high)") and row[2].startswith("40 (high)")
    analysis = analysis_of(own, other)
    (row,) = summarise_visits(analysis).frame.astype(str).to_numpy().tolist()
    assert row[1].startswith("80 (high)") and "high" not in row[2]
    assert "reported limit" not in " ".join(map(text_of, results_passages(analysis)))


@pytest.mark.product
def test_the_caption_says_what_the_gaps_are(analysis_of):
    value = _fact(1, "observation", "ck", value="923", unit="U/L")
    gap = analysis_of(value, _fact(2, "observation", "ck", state="unknown"))
    assert summarise_visits(gap).caption == "Measures recorded more than once or as not known"
    # One record of one site is no gap.
    sites = [_fact(n, "observation", "pericardial_effusion", value=str(9 * n), unit="mm") for n in (1, 2)]
    alone = _fact(2, "observation", "pericardial_effusion", value="5", unit="mm", note="site: anterior")
    assert summarise_visits(analysis_of(*sites, alone)).caption == "Measures recorded more than once"


@pytest.mark.product
def test_what_was_suspected_and_what_did_not_recur_stay_the_words_of_the_source():
    """kupelian-sle-38f: "suspicious for pericardial effusion", then "no recurrence of the effusion"."""
    analysis = analyse(ROOT / "data/kupelian-sle-38f")
    results = " ".join(map(text_of, results_passages(analysis)))
    assert "a chest radiograph showed a large pleural effusion" in results
    assert "pericardial effusion was suspected" in results
    row = _by_name(summarise_visits(analysis))["Pericardial effusion"]
    assert row["Presentation"] == "unknown (‘suspicious for’)"
    assert row["Change"] == "present to absent"


def test_normal_between_baseline_and_reference_stands_beside_the_baseline(make_case):
    facts = (
        _fact(1, "observation", "crp", start="-30 d", value="90", unit="mg/L"),
        _fact(1, "observation", "crp", start="-1 d", state="normal"),
        _fact(2, "treatment", "some_drug", start="0 d"),
        _fact(3, "observation", "crp", start="90 d", value="30", unit="mg/L"),
    )
    about = "analysis: {reference: some_drug, baseline: last_before}"
    notes = " ".join(summarise_visits(analyse(make_case(*facts, header=HEADER, about=about))).notes)
    assert "Told after it and before some drug, without a value: C-reactive protein normal." in notes


@pytest.mark.product
def test_a_rise_without_a_value_qualifies_the_baseline_and_the_change(analysis_of, make_case):
    """CRP is 300, rises before the drug, and is 150 after it: a fall of 150, half of 300 and not of the peak."""
    facts = (
        _fact(1, "observation", "crp", start="0 d", value="300", unit="mg/L"),
        _fact(2, "observation", "crp", state="increased"),
        _fact(3, "treatment", "some_drug", dose="500", dose_unit="mg"),
        _fact(4, "observation", "crp", start="9 d", value="150", unit="mg/L"),
    )
    about = "analysis: {reference: some_drug, baseline: last_before}"
    analysis = analyse(make_case(*facts, header=HEADER, about=about))
    table = summarise_visits(analysis)
    assert table.cells()[0][-1] == "−150 (−50.0 %); increased in between"
    assert any(
        "Told after it and before some drug, without a value: C-reactive protein increased." in note
        for note in table.notes
    )
    results = " ".join(map(text_of, results_passages(analysis)))
    assert "(50.0 %), having increased in between (by how much is not reported)." in results
    # A fall said in words lies on the way.
    facts = (facts[0], facts[1].replace("increased", "decreased"), *facts[2:])
    analysis = analyse(make_case(*facts, header=HEADER, about=about))
    assert summarise_visits(analysis).cells()[0][-1] == "−150 (−50.0 %)"
    assert "in between" not in " ".join(map(text_of, results_passages(analysis)))
