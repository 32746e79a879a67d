"""The words in which a source tells when a treatment began and how long it was given, where it gives no time."""

import pandas as pd
import pytest

from casetimeline.derive import count_untold, derive_worded, vary, vary_in_quote


@pytest.mark.parametrize(
    ("note", "quote", "start", "end"),
    [
        # An age has no place on the axis, and is told; so is a time from what is not recorded.
        ("at age 59", "She commenced 20 mg at age 59", "at age 59", ""),
        ('printed "After 1 week", of what is not told', "After 1 week, it was tapered", "After 1 week", ""),
        # A length without a preposition is one where the quote says so.
        ("1 week; its first day is not reported", "recovered after 1 week of pulses", "", "1 week"),
        ("1 week; its first day is not reported", "recovered 1 week later", "", ""),
        ("dose not reported", "She was given it", "", ""),
    ],
)
def test_start_and_length_in_words(note, quote, start, end):
    columns = dict.fromkeys(("dose", "dose_unit", "frequency", "route", "start"), "")
    given = pd.DataFrame({**columns, "end": ["stopped"], "note": note, "quote": quote})
    assert derive_worded(given)[["start", "end"]].iloc[0].tolist() == [start, end]
    missing = count_untold(given)
    assert (missing["start"], missing["end"]) == (int(not start), int(not end))


def test_what_was_given_in_place_of_a_course_tells_the_end_of_that_course_alone():
    """A and C drug stopped at a time not told: B drug came in the place of A drug, and nothing in that of C drug."""
    columns = dict.fromkeys(("dose", "dose_unit", "frequency", "route", "start", "quote"), "")
    names, notes = ["A drug", "B drug", "C drug"], ["", "in place of a drug", ""]
    given = pd.DataFrame({**columns, "PARAM": names, "end": ["stopped", "ongoing", "stopped"], "note": notes})
    assert derive_worded(given)["end"].tolist() == ["until B drug was given", "", ""]
    assert count_untold(given)["end"] == 1


def test_what_goes_on_has_no_length_in_words():
    columns = dict.fromkeys(("dose", "dose_unit", "frequency", "route", "start"), "")
    given = pd.DataFrame({**columns, "end": ["ongoing"], "note": "1 week", "quote": "for 1 week of it"})
    assert derive_worded(given)["end"].tolist() == [""]


# A row of 40 mg/day; of each note the kind of change, and the dose that was given at the end, worked by hand.
@pytest.mark.parametrize(
    ("note", "kind", "dose"),
    [
        ("increased to 1,000 mg/day", "increase", "1000"),
        ("tapered down to 10 mg", "taper", "10"),
        ("tapered from 40 mg/day to 10 mg/day", "taper", "10"),
        ("tapered over 3 months to 10 mg", "taper", "10"),
        ("tapered the dose to 10 mg", "taper", "10"),
        ("reduced exampline to 10 mg", "taper", "10"),
        # Of several steps the last.
        ("tapered to 10 mg; increased to 40 mg", "increase", "40"),
        ("dose increased to 60 mg on day 7 and reduced to 20 mg on day 14", "taper", "20"),
        ("tapered to 7.5 mg/day by 3 months and then stopped", "taper", "0"),
        ("tapered to 20 mg, then increased by 5 mg a week", "increase", ""),
        ("increased to 60 mg for 3 days and then back to 20 mg", "increase", ""),
        ("tapered to a dose of 10 mg", "taper", "10"),
        ("tapered to the lowest dose", "taper", ""),
        # What is no dose.
        ("reduced pain to 2", "", ""),
        ("tapered over 6 to 8 weeks", "taper", ""),
        ("reduced in 4 to 5 steps", "taper", ""),
        ("reduced to 50% over 2 weeks", "taper", ""),
        ("reduced to 2 tablets", "taper", ""),
        # What fell or rose is not the dose.
        ("increased CRP over 3 days", "", ""),
        ("decrease in CRP every week", "", ""),
        ("lower limb oedema over 2 weeks", "", ""),
        # Changes without a number of where they led.
        ("reduced by 50%", "taper", ""),
        ("dose reduced", "taper", ""),
        ("dose increased because of relapse", "increase", ""),
        ("increasing doses", "increase", ""),
        ("increased by 10 mg weekly", "increase", ""),
        ("halved on day 14", "taper", ""),
        ("doubled", "increase", ""),
        ("quick taper", "taper", ""),
        ("40 mg for 2 weeks, then tapered", "taper", ""),
    ],
)
def test_the_dose_that_a_course_reached_is_that_of_its_last_step_alone(note, kind, dose):
    assert vary(note, "40", "mg/day", "exampline")[:2] == (kind, dose)


def test_a_quote_has_a_dose_behind_its_verb_alone():
    quotes = (
        "A drug 40 mg/day reduced pain to 2.",
        "A drug 40 mg/day, tapered to 10 mg, B drug was increased to 90 mg.",
    )
    assert [vary_in_quote(quote, "40", "mg/day")[:2] for quote in quotes] == [("", ""), ("taper", "10")]


def test_the_unit_of_a_dose_reached_is_a_unit_of_doses():
    notes = ("tapered to 0 over 6 months", "tapered to 5 mg/d", "tapered to 5 mg daily", "tapered to 5 by 3 months")
    assert {vary(note, "40", "mg/day").unit for note in notes} == {"mg/day"}
