"""What was given: one count of what is missing for page and notebook, schedules in words, and what does not apply."""

import pytest
from conftest import ROOT

from casetimeline.figures import FIGURES, alt_text
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.recorded import summarise_exposure, summarise_gaps
from casetimeline.prose.tables.story import summarise_profile, summarise_timeline
from casetimeline.prose.tables.therapies import missing_words, summarise_given, with_told_ends
from casetimeline.prose.wording.abbreviations import abbreviations_in
from casetimeline.prose.wording.amounts import amount_words
from casetimeline.prose.wording.labels import label_in_sentence
from casetimeline.prose.wording.passage import text_of
from casetimeline.report.care import evaluate_care
from casetimeline.report.row_table import recorded_rows
from casetimeline.report.short import short_report, untimed_words
from casetimeline.rules import analyse

_STOPPED = "stopped, time not reported"
HEADER = "case_id,phase,kind,code,start,end,count,value,unit,state,dose,dose_unit,frequency,route,source,quote,note"


def fact(kind: str, code: str, **cells: str) -> str:
    row = {"case_id": "a", "phase": "1", "kind": kind, "code": code, "source": "chart", **cells}
    return ",".join(f'"{row[name]}"' if row.get(name) else "" for name in HEADER.split(","))


@pytest.fixture
def analysis_of(make_case):
    return lambda *rows: analyse(make_case(*rows, header=HEADER))


@pytest.fixture
def case_of_phases(make_case):
    def make(names, *rows):
        about = f"analysis: {{baseline: first}}\nphases: {{{names}}}"
        return analyse(make_case(*rows, header=HEADER, about=about))

    return make


@pytest.mark.product
def test_page_and_notebook_count_what_treatments_lack_alike():
    """pericarditis-anakinra-30m: 9 entries; one was given once and one for one day, so 7 ends are missing."""
    analysis = analyse(ROOT / "data/pericarditis-anakinra-30m")
    assert "7 lack end." in short_report(analysis).open_points.texts[-1]
    assert short_report(analysis).open_points.texts[-1] in " ".join(summarise_timeline(analysis).paragraphs)


def test_a_single_dose_is_given_once_and_its_dose_is_not_reported(analysis_of):
    given = " ".join(
        summarise_profile(
            analysis_of(
                fact("treatment", "a_drug", count="1", frequency="once"),
                fact("treatment", "b_drug", count="1", frequency="once", dose="4", dose_unit="mg/kg"),
                fact("treatment", "c_drug", frequency="monthly"),
                fact("treatment", "d_drug"),
            )
        ).paragraphs
    )
    assert "A drug (once; dose not reported)" in given and "B drug (4 mg/kg once)" in given
    assert "C drug (monthly; dose not reported)" in given and "D drug (dose not reported)" in given


def test_nothing_is_missing_where_there_is_no_treatment(analysis_of):
    facts = analysis_of(fact("event", "relapse")).case.facts
    assert missing_words(facts[facts["kind"] == "treatment"]) == ""


@pytest.mark.product
def test_a_length_of_time_in_a_quote_is_an_interval_that_is_reported():
    assert untimed_words(["fell over a 6-month period", "After two weeks it was small"]) == (
        "No date is reported; ‘over a 6-month period’ and ‘After two weeks’ do not say from when."
    )
    # An interval between doses is none between facts.
    assert untimed_words(["600 mg every 2 weeks"]) == "No date or interval is reported."
    short = short_report(analyse(ROOT / "data/rheumres125527"))
    assert "No date is reported; ‘over a 6-month period’ does not say from when." in short.open_points.texts


@pytest.mark.product
def test_a_case_without_an_open_point_says_so(analysis_of):
    """Nothing but an event with a day: no treatment lacks a part, no finding is unknown."""
    report = short_report(analysis_of(fact("event", "relapse", start="3 d")))
    assert report.open_points.texts == ("No open point is recorded in the case file.",)


def test_tables_of_the_report_show_schedules_and_routes_in_words(analysis_of):
    analysis = analysis_of(
        fact("treatment", "a_drug", dose="1", dose_unit="mg/kg", frequency="QD", route="PO"),
        fact("treatment", "b_drug", dose="500", dose_unit="mg", frequency="q2w", route="i.v."),
        fact("treatment", "c_drug", dose="1", dose_unit="g", frequency="BID", route="p.o."),
    )
    frame = summarise_given(analysis).frame
    assert frame["Schedule"].tolist() == ["once daily", "every 2 weeks", "twice daily"]
    assert frame["Route"].tolist() == ["oral", "intravenous", "oral"]
    assert recorded_rows(analysis).frame["value"].tolist() == [
        "1 mg/kg, once daily, oral",
        "500 mg, every 2 weeks, intravenous",
        "1 g, twice daily, oral",
    ]


def test_a_dose_a_day_has_no_number_of_doses(analysis_of):
    """60 mg a day from day 0 to 9 may be one dose a day or several; a count of the source stands."""
    daily = fact("treatment", "a_drug", dose="60", dose_unit="mg/day", start="0 d", end="9 d")
    pulse = fact("treatment", "b_drug", dose="1", dose_unit="g/day", count="3")
    untold = fact("treatment", "c_drug", dose="5", dose_unit="mg")
    table = summarise_given(analysis_of(daily, pulse, untold))
    assert table.frame["Number of doses or sessions"].tolist() == ["–", "3", "not reported"]
    assert "–, does not apply." in table.notes


def test_the_schedule_of_a_procedure_which_has_no_cell_is_not_called_not_reported(analysis_of):
    rows = (
        fact("procedure", "plasma_exchange", start="3 d", count="5"),
        fact("treatment", "a_drug", frequency="daily"),
    )
    frame = summarise_given(analysis_of(*rows)).frame.set_index("Treatment or procedure")
    assert frame.loc["Plasma exchange", "Schedule"] == "not recorded"


def test_units_in_words_are_printed_as_the_others_are():
    row = {"AVALC": "89 beats per minute", "AVALU": "/min", "unit": "beats per minute", "note": "", "PARAMCD": "hr"}
    measure = {"label": "Heart rate", "unit": "/min", "high": float("inf"), "grades": ()}
    assert amount_words(row, measure, False) == "89 beats/min"
    assert amount_words({**row, "AVALC": "1.6 liters", "unit": "liters"}, measure, False) == "1.6 L"


def test_labels_made_of_codes_have_their_hyphens():
    assert label_in_sentence("Low molecular weight x") == "low-molecular-weight x"
    assert label_in_sentence("Auto amputation") == "auto-amputation"


@pytest.mark.product
def test_a_hyphen_more_spells_no_abbreviation_out_and_a_length_stands_with_its_drug():
    """lcssc-ra-55m: anti-U1RNP and anti-U1-RNP are one name; immunoglobulin is printed 'over 5 days'."""
    analysis = analyse(ROOT / "data/lcssc-ra-55m")
    assert abbreviations_in(analysis, "anti-U1RNP positive, anti-U1-RNP antibody") == ()
    results = " ".join(map(text_of, results_passages(analysis)))
    assert "intravenous immunoglobulin (‘over 5 days’; dose not reported)" in results
    assert "rheumatoid arthritis was diagnosed 6 years before admission" in results and "RA was" not in results


def test_what_took_the_place_of_a_treatment_is_what_it_was_given_until(analysis_of):
    """openneurol2024-64f has it as "shifted to"; what stopped without another drug has no time."""
    rows = (
        fact("treatment", "some_drug", end="stopped", frequency="daily"),
        fact("treatment", "other_drug", end="stopped", note="in place of some drug"),
    )
    analysis = analysis_of(*rows)
    assert summarise_given(analysis).frame["Duration or end"].tolist() == [
        "until other drug was given",
        "stopped, time not reported",
    ]
    # So one of the two ends is told in words, and one is not reported.
    assert "1 lacks schedule and end. Told in words alone: end (1)." in missing_words(analysis.case.facts)


@pytest.mark.product
def test_a_cause_in_a_source_stays_in_quotation_marks():
    results = " ".join(map(text_of, results_passages(analyse(ROOT / "data/endoabs38-p73-60m"))))
    assert "flaccid quadriplegia (‘secondary to Guillain–Barre syndrome’) occurred" in results


@pytest.mark.product
def test_an_approximate_value_is_about_in_text_and_in_every_table():
    """bmcrheum128-69f: CK is printed "approximately 6000", in the first page, the answers and the claims."""
    short = short_report(analyse(ROOT / "data/bmcrheum128-69f"))
    tables = [each for each in (short.changes, *short.rest) if hasattr(each, "cells")]
    cells = [cell for table in tables for row in table.cells() for cell in row]
    approximate = [cell for cell in cells if "6000" in cell and "‘" not in cell]
    assert len(approximate) == 6 and all("about 6000" in cell for cell in approximate)


def test_parts_stand_together_only_where_the_same_entries_lack_them(analysis_of):
    """Dose and schedule are each lacking twice: of a and b, and of b and c; dose and route of the same two."""
    rows = (
        fact("treatment", "a_drug", frequency="daily"),
        fact("treatment", "b_drug"),
        fact("treatment", "c_drug", dose="5", dose_unit="mg", route="oral"),
        fact("treatment", "d_drug", dose="5", dose_unit="mg", frequency="daily", route="oral"),
    )
    given = analysis_of(*rows).case.facts
    assert missing_words(given) == (
        "Of 4 treatment entries, none gives start or end; 2 lack dose and route; 2 lack schedule."
    )


# What stopped when is not told ended as the words say that there are: its length, or what was given in its place.
@pytest.mark.parametrize(
    ("note", "in_table", "in_profile", "in_results"),
    [
        ("printed 'over 5 days'", "‘over 5 days’", ", ‘over 5 days’;", "ome drug 5 mg daily (‘over 5 days’) and other"),
        ("", "stopped, time not reported", ", stopped at a time not reported;", "5 mg daily (later stopped) and other"),
    ],
)
def test_the_end_of_a_course_that_stopped_is_told_alike(analysis_of, note, in_table, in_profile, in_results):
    some = fact("treatment", "some_drug", end="stopped", dose="5", dose_unit="mg", frequency="daily", note=note)
    other = fact("treatment", "other_drug", dose="5", dose_unit="mg", frequency="daily")
    analysis = analysis_of(fact("event", "relapse", start="0 d"), some, other)
    assert summarise_given(analysis).frame["Duration or end"].tolist()[0] == in_table
    assert in_profile in " ".join(summarise_profile(analysis).paragraphs)
    assert in_results in " ".join(map(text_of, results_passages(analysis)))


@pytest.mark.product
def test_a_course_that_an_event_tells_to_have_stopped_ended_then_and_none_goes_on_after_death(analysis_of):
    once = fact("treatment", "some_drug", start="2021-05-10", end="stopped", dose="5", dose_unit="mg/day", route="oral")
    on = fact("treatment", "other_drug", start="2021-05-10", end="ongoing", dose="5", dose_unit="mg/day", route="oral")
    stop, death = fact("event", "some_drug_stopped", start="2021-07"), fact("event", "death", start="2021-11-24")
    analysis = analysis_of(once, on, stop)
    assert summarise_given(analysis).frame["Duration or end"].tolist() == ["until July 2021", "ongoing"]
    assert missing_words(with_told_ends(analysis.case.facts)) == ""
    analysis = analysis_of(once, on, stop, death)
    assert summarise_given(analysis).frame["Duration or end"].tolist() == ["until July 2021", "until death"]
    assert "other drug 5 mg/day (other drug until death)" in " ".join(map(text_of, results_passages(analysis)))
    # Which of two courses the event ended is not told.
    again = once.replace("2021-05-10", "2021-06-10")
    assert summarise_given(analysis_of(once, again, stop)).frame["Duration or end"].tolist()[0] == _STOPPED


def test_what_went_on_in_a_patient_who_died_was_given_until_death_wherever_it_is_told(analysis_of):
    rows = [fact("treatment", "some_drug", start="0 d", end="ongoing"), fact("event", "death", start="80 d")]
    analysis = analysis_of(*rows)
    told = " ".join([missing_words(with_told_ends(analysis.case.facts)), *summarise_profile(analysis).paragraphs])
    told += str(summarise_gaps(analysis)) + evaluate_care(analysis).set_index("item").loc["9b", "where"]
    told += alt_text(FIGURES["00_course"](analysis))
    assert "Of the one treatment, not reported: dose, schedule, route. Given until death: 1." in told
    assert "end in 0; given until death: 1" in told and told.count("until death") == 5 and "ngoing" not in told


# 30 mg followed 60 mg and ended with the stop of day 40; which of two doses of one day ended is not told; and what was
# begun again on day 90 ended on day 120.
@pytest.mark.parametrize(
    ("courses", "stops", "ends"),
    [
        ([("0 d", "13 d"), ("14 d", "stopped")], ["40 d"], ["until day 13", "until day 40"]),
        ([("0 d", "stopped"), ("0 d", "stopped")], ["40 d"], [_STOPPED, _STOPPED]),
        ([("5 d", "stopped"), ("90 d", "stopped")], ["30 d", "120 d"], ["until day 30", "until day 120"]),
        ([("5 d", "stopped"), ("90 d", "stopped")], ["120 d"], [_STOPPED, "until day 120"]),
        ([("5 d", "stopped"), ("90 d", "ongoing")], ["<100 d"], [_STOPPED, "ongoing"]),
        ([("0 d", ""), ("14 d", "")], ["40 d"], ["not reported", "until day 40"]),
        ([("90 d", ""), ("5 d", "")], ["30 d"], ["until day 30", "not reported"]),
    ],
)
def test_a_stop_ended_the_course_behind_which_no_other_one_began(analysis_of, courses, stops, ends):
    given = [fact("treatment", "some_drug", phase="", start=start, end=end) for start, end in courses]
    events = [fact("event", "some_drug_stopped", phase="", start=stop) for stop in stops]
    assert summarise_given(analysis_of(*given, *events)).frame["Duration or end"].tolist() == ends


def test_a_course_without_an_end_ended_with_the_event_that_tells_its_stop(analysis_of):
    """Rituximab was given once; the drug of day 5 was stopped on day 40, or at no time that is told."""
    once = fact("treatment", "rituximab", start="0 d", dose="1", dose_unit="g", frequency="once")
    drug = fact("treatment", "azathioprine", start="5 d", dose="100", dose_unit="mg/day", route="oral")
    for stop, cell, told in (("40 d", "until day 40", "1 lacks route."), ("", _STOPPED, "1 lacks route; 1 lacks end.")):
        analysis = analysis_of(once, drug, fact("event", "azathioprine_stopped", start=stop))
        assert summarise_given(analysis).frame["Duration or end"].tolist() == ["single dose", cell]
        assert missing_words(with_told_ends(analysis.case.facts)).endswith(told)
    # The last one has no time of its stop.
    assert "stopped, at a time not reported. Events: Azathioprine stopped" in alt_text(FIGURES["00_course"](analysis))


def test_treatments_stand_in_the_order_in_which_they_were_first_given_and_not_of_their_lines(analysis_of):
    times = {"rituximab": "30 d", "prednisone": "-40 d", "tocilizumab": "0 d", "prednisolone": "2 d"}
    rows = [fact("treatment", code, phase="", start=start) for code, start in times.items()]
    given = summarise_given(analysis_of(*rows, fact("treatment", "prednisone", phase="", start="60 d"))).frame
    names = ["Prednisone", "Prednisone", "Tocilizumab", "Prednisolone", "Rituximab"]
    assert given["Treatment"].tolist() == names


def test_a_route_that_the_name_of_a_treatment_tells_is_not_said_to_be_missing(analysis_of):
    dose = {"dose": "2", "dose_unit": "g/kg", "frequency": "monthly", "start": "0 d", "end": "90 d"}
    analysis = analysis_of(fact("treatment", "immunoglobulin_iv", **dose))
    assert summarise_given(analysis).frame["Route"].tolist() == ["intravenous"]
    assert missing_words(with_told_ends(analysis.case.facts)) == ""
    assert "route in 1" in evaluate_care(analysis).set_index("item").loc["9b", "where"]


@pytest.mark.product
def test_what_has_a_time_of_its_own_is_told_by_that_and_not_by_its_phase(case_of_phases):
    rows = (
        fact("treatment", "some_drug", start="2020-03-01", dose="5", dose_unit="mg"),
        fact("treatment", "other_drug", phase="2", start="12 wk", dose="5", dose_unit="mg"),
        fact("treatment", "third_drug", dose="5", dose_unit="mg"),
    )
    table = summarise_given(case_of_phases("1: Relapse, 2: Week 12", *rows))
    assert [when.rstrip("ᵃ") for when in table.frame["When"]] == ["1 March 2020", "Relapse", "12 weeks"]


def test_a_number_of_doses_in_words_of_a_frequency_is_not_counted(analysis_of):
    four = fact(
        "treatment",
        "rituximab",
        start="0 d",
        dose="375",
        dose_unit="mg/m2",
        frequency="infusions on days 0, 7, 14 and 21",
    )
    bare = fact("treatment", "methotrexate", start="0 d", dose="15", dose_unit="mg", frequency="weekly")
    analysis = analysis_of(four, bare)
    exposure = summarise_exposure(analysis).frame
    assert exposure["number of doses"].tolist() == ["not counted", "not reported"]
    assert summarise_given(analysis).frame["Number of doses or sessions"].tolist() == ["not counted", "not reported"]


@pytest.mark.product
def test_a_height_of_a_dose_and_a_word_for_a_schedule_are_told_in_words(analysis_of):
    """Each of two entries has the other part missing, and nothing is unclear."""
    analysis = analysis_of(
        fact("treatment", "a_drug", frequency="daily", note="'therapeutic dose'"),
        fact("treatment", "b_drug", dose="5", dose_unit="ng", note="printed as continuous"),
    )
    frame = summarise_given(analysis).frame
    assert frame["Dose"].tolist() == ["‘therapeutic dose’", "5 ng"]
    assert frame["Schedule"].tolist() == ["daily", "‘continuous’"]
    assert missing_words(analysis.case.facts) == (
        "Of 2 treatment entries, none gives route, start or end. Told in words alone: dose (1), schedule (1)."
    )
    # A dose in words is none that is not reported.
    assert "a drug daily (‘therapeutic dose’) and B drug" in " ".join(map(text_of, results_passages(analysis)))


@pytest.mark.product
def test_a_length_that_ends_a_course_without_a_dose_is_told_once(analysis_of):
    """The note quotes it, and does not begin with `printed`."""
    course = fact("treatment", "some_drug", end="stopped", note="dose not reported; 'over 5 days'")
    results = " ".join(map(text_of, results_passages(analysis_of(fact("event", "relapse", start="0 d"), course))))
    assert "ome drug (‘over 5 days’) was given (dose not reported)" in results and "stopped" not in results


def test_the_place_of_a_treatment_is_no_therapy_that_it_was_itself(case_of_phases):
    """A drug was given in the therapy (phase 2), so the discharge is what its taper came after; B drug has the name."""
    rows = (
        fact("event", "fever", phase="1"),
        fact("treatment", "a_drug", phase="2"),
        fact("event", "discharge", phase="2", note="the first discharge; day not told"),
        fact("treatment", "a_drug", phase="3", note="tapering"),
        fact("event", "relapse", phase="4"),
        fact("treatment", "b_drug", phase="5"),
    )
    names = "1: Fever, 2: Anti-inflammatory therapy, 3: A drug tapered, 4: Relapse, 5: B drug"
    when = summarise_given(case_of_phases(names, *rows)).frame["When"].tolist()
    assert when[1] == "After the first discharge, before the relapseᵃ" and when[2] == "After the relapseᵃ"


def test_a_phase_of_two_things_is_told_by_its_event(case_of_phases):
    rows = (
        fact("event", "rapid_deterioration", phase="1"),
        fact("treatment", "a_drug", phase="1"),
        fact("treatment", "b_drug", phase="2"),
    )
    when = summarise_given(case_of_phases("1: 'A drug again, deterioration', 2: B drug", *rows)).frame["When"].tolist()
    assert when[1] == "After the rapid deteriorationᵃ"


def test_what_began_and_ended_on_one_day_was_given_for_one_day(analysis_of):
    """Twice daily on day 50 alone; once on a day is a single dose, and a month is no day."""
    twice = {"dose": "100", "dose_unit": "mg", "frequency": "twice daily"}
    rows = (
        fact("treatment", "a_drug", start="50 d", end="50 d", **twice),
        fact("treatment", "b_drug", start="51 d", end="51 d", frequency="once"),
        fact("treatment", "c_drug", start="2 mo", end="2 mo", **twice),
    )
    lengths = summarise_given(analysis_of(*rows)).frame["Duration or end"].tolist()
    assert lengths == ["one day", "single dose", "until 2 months"]


def test_a_procedure_has_a_length_without_quotation_marks(analysis_of):
    """The figure has 1 week of it, and so has the table."""
    note, quote = "1 week; its first day is not reported", "after 1 week of dialysis"
    analysis = analysis_of(fact("procedure", "haemodialysis", count="2", end="stopped", note=note, quote=quote))
    assert "‘1 week’" in summarise_given(analysis).frame.iloc[0].tolist()


def test_the_number_of_doses_is_one_in_both_tables(analysis_of):
    """Every 4 weeks up to 12 weeks, day 80.5 to 87.5: days 0, 28 and 56 surely, and perhaps day 84."""
    course = {"dose": "8", "dose_unit": "mg/kg", "frequency": "every 4 wk", "start": "0 d", "end": "12 wk"}
    analysis = analysis_of(
        fact("treatment", "tocilizumab", **course),
        fact("treatment", "tocilizumab", **course | {"dose": "4", "start": "12 wk", "end": ""}),
    )
    assert summarise_given(analysis).frame["Number of doses or sessions"].iloc[0] == "3–4ᵃ"
    assert summarise_exposure(analysis).frame["number of doses"].iloc[0] == "3 to 4"


def test_what_was_given_stands_in_the_order_of_time_whatever_that_of_the_lines(analysis_of):
    analysis = analysis_of(
        fact("treatment", "rituximab", start="30 d"),
        fact("treatment", "prednisone", start="-40 d"),
        fact("treatment", "tocilizumab", start="0 d"),
        fact("treatment", "azathioprine", start="-5 d"),
        fact("procedure", "pericardiocentesis", start="20 d"),
        fact("procedure", "right_heart_catheterisation", start="5 d"),
    )
    drugs = ["Prednisone", "Azathioprine", "Tocilizumab", "Rituximab"]
    names = summarise_given(analysis).frame["Treatment or procedure"].tolist()
    assert names == [*drugs, "Right heart catheterisation", "Pericardiocentesis"]
    words = alt_text(FIGURES["00_course"](analysis))
    assert sorted(drugs, key=words.index) == drugs
