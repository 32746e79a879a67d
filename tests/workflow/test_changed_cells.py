"""A sample of the changes that `make mutants-data` makes: who notices them, and does only that change which should."""

import random

import pytest
from changed_cells import ACCEPTED, DATA, another, changes_of, judge, judge_quote, shipped

from casetimeline.files import list_cases

EVERY_CASE = list_cases(DATA)
# Digits that nobody notices, because the quote prints both numbers: see data/README.md.
MOST = 0.005


def sample(case_id: str, kinds: tuple[str, ...], count: int) -> list:
    """Some changes of a case, the same at each run."""
    changes = [change for change in changes_of(case_id) if change.kind in kinds]
    return random.Random(case_id).sample(changes, min(count, len(changes)))


def test_a_changed_character_is_another_one():
    chance = random.Random(1)
    assert all(another(letter, chance) != letter for letter in "a0Z ,;:x%-\u2013")


@pytest.mark.product
def test_another_character_of_a_quote_of_the_index_case_is_named():
    """The abstract stands beside the case: no other character is in it."""
    for change in sample(ACCEPTED, ("quote",), 60):
        seen = judge_quote(change)
        assert (seen.by, seen.named) == ("proof", True), change


@pytest.mark.product
def test_another_digit_of_the_index_case_is_noticed_and_changes_what_rests_on_it():
    for change in sample(ACCEPTED, ("digit",), 4):
        seen = judge(change, outputs=True)
        assert seen.by in ("check", "proof") and seen.unexplained == (), change


@pytest.mark.product
def test_the_short_way_to_judge_a_quote_says_what_check_says():
    for change in sample(ACCEPTED, ("quote",), 2):
        assert judge(change).by == judge_quote(change).by == "proof"


@pytest.mark.product
@pytest.mark.parametrize("case_id", EVERY_CASE)
def test_no_character_of_a_proved_quote_can_be_another(case_id):
    proved = shipped(case_id).proved
    changes = [change for change in changes_of(case_id) if change.kind == "quote" and change.line in proved]
    assert [change for change in changes if not judge_quote(change).named] == []


@pytest.mark.product
def test_of_the_digits_of_proved_rows_at_most_one_in_two_hundred_escapes():
    seen = [judge(change) for case_id in EVERY_CASE for change in sample(case_id, ("digit",), 25)]
    proved = [each for each in seen if each.proved]
    escaped = [each.change for each in proved if not each.by]
    assert len(proved) > 200 and len(escaped) <= 1 + MOST * len(proved), escaped


@pytest.mark.product
@pytest.mark.parametrize("case_id", EVERY_CASE)
def test_a_changed_cell_changes_only_what_rests_on_its_row(case_id):
    for change in sample(case_id, ("digit", "state", "time", "unit", "deletion"), 10):
        assert judge(change, outputs=True).unexplained == (), change
