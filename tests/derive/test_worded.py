"""The words in which a source tells when a treatment began and how long it was given, where it gives no time."""

import pandas as pd
import pytest

from casetimeline.derive import count_untold, derive_worded


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
