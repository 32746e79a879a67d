"""A column as its different texts: each is looked at once, and the answer stands on every row that has it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from casetimeline.values.bounds import parse_column, parse_texts, parse_value
from casetimeline.values.column import distinct, pairs, which

WORDS = st.sampled_from(["", "ck", "mrss", "46", "<30"])
columns = st.lists(WORDS, max_size=12)


@given(columns)
def test_a_function_is_called_once_a_text_and_its_answer_stands_on_every_row(texts):
    asked = []

    def length(text):
        asked.append(text)
        return len(text)

    assert distinct(pd.Series(texts, dtype=str)).each(length, int).tolist() == [len(text) for text in texts]
    assert sorted(asked) == sorted(set(texts))


@given(columns, columns)
def test_two_columns_are_their_pairs(one, other):
    length = min(len(one), len(other))
    one, other = one[:length], other[:length]
    both = pairs(distinct(pd.Series(one, dtype=str)), distinct(pd.Series(other, dtype=str)))
    assert [both.texts[code] for code in both.codes] == list(zip(one, other, strict=True))
    assert len(both.texts) == len(set(both.texts))


@given(columns, st.data())
def test_outside_a_mask_a_column_is_blank(texts, data):
    mask = np.array([data.draw(st.booleans()) for _ in texts], dtype=bool)
    kept = distinct(pd.Series(texts, dtype=str)).where(mask)
    assert kept.each(str).tolist() == [text if stays else "" for text, stays in zip(texts, mask, strict=True)]
    # A text outside the mask is not asked about: it may be no number.
    assert set(kept.texts) - {""} == {text for text, stays in zip(texts, mask, strict=True) if stays} - {""}


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=9), st.sampled_from(["", "a", "abc"]))
def test_the_masks_that_hold_are_named_in_their_order(rows, names):
    masks = {name: np.array([row[place] for row in rows], dtype=bool) for place, name in enumerate(names)}
    expected = [", ".join(name for name, holds in zip(names, row, strict=False) if holds) for row in rows]
    assert list(which(masks, len(rows)).as_text(str)) == expected


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_a_missing_text_is_blank_however_text_is_stored(storage):
    texts = pd.Series(["ck", None, "ck"], dtype=pd.StringDtype(storage, na_value=np.nan))
    assert distinct(texts).each(bool, bool).tolist() == [True, False, True]
    assert distinct(texts).among(["ck"]).tolist() == [True, False, True]
    assert parse_column(pd.Series(["46", None, ""]), parse_value)["low"].tolist()[0] == 46
    assert parse_column(pd.Series(["46", None, ""]), parse_value)["low"].isna().tolist() == [False, True, True]


def test_text_is_stored_as_the_option_says():
    with pd.option_context("mode.string_storage", "python"):
        assert distinct(pd.Series(["ck"])).as_text(str.upper).dtype.storage == "python"


def test_bounds_of_a_column_without_rows():
    assert parse_texts(distinct(pd.Series([], dtype=str)), parse_value).low.tolist() == []
