"""The order of the rows of measures.csv, rules.csv and comparators.csv decides nothing."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, in_gate, told_sentences
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.case.read import read_case
from casetimeline.figures.change import draw_change
from casetimeline.figures.context import draw_context
from casetimeline.figures.drawn import drawn_values
from casetimeline.prose.judged.arms import summarise_arms, summarise_context, summarise_expected, summarise_regression
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged
from casetimeline.prose.tables.story import summarise_muscle, summarise_pericardium, summarise_skin
from casetimeline.report.contents import opening
from casetimeline.rules.analysis import analyse
from casetimeline.rules.limits import limits_of
from casetimeline.rules.populations import derive_regression

pytestmark = pytest.mark.product

CASES = ("fu-2025", "kamata2012", "openneurol2024-64f")
analyses = {case_id: analyse(read_case(ROOT / "data", case_id)) for case_id in CASES}


def rows_of(frame):
    """The rows of a table without their order, each as text."""
    return sorted(map(str, frame.astype(object).where(frame.notna(), "").to_numpy().tolist()))


def words_of(*told):
    """The words of some sentences without their order: rules are told in the order of their table."""
    return sorted(re.findall(r"[\w.+-]*\w", " ".join(map(str, told))))


def results(analysis):
    """What the tables give: verdicts, claims, arms, expected changes, sentences and figures, without an order."""
    case = analysis.case
    tables = [analysis.verdicts, analysis.claims, summarise_arms(analysis).frame]
    tables += [summarise_regression(analysis, "mrss").frame, limits_of(case.rules, "mrss")]
    tables += [
        drawn_values(figure(analysis))[["element", "of", "line", "said"]] for figure in (draw_change, draw_context)
    ]
    prose = [summarise_skin(analysis), summarise_muscle(analysis), summarise_pericardium(analysis)]
    prose += [summarise_judged(analysis), summarise_context(analysis), summarise_expected(analysis, "mrss")]
    choices = summarise_choices(analysis).frame
    return [
        *map(rows_of, tables),
        words_of(*prose, *told_sentences(analysis), *opening(analysis)),
        words_of(*choices.to_numpy().ravel()),
    ]


def shuffled(frame, seed):
    """The rows of a table in another order, under the index that they would have if they were read so."""
    frame = frame.take(np.random.default_rng(seed).permutation(len(frame)))
    return frame if frame.index.name == "code" else frame.reset_index(drop=True)


seeds = st.integers(0, 10**6)


@pytest.mark.parametrize("case_id", in_gate("fu-2025", of=CASES))
@pytest.mark.parametrize("seed", [0, 1])
def test_exchanging_rows_of_the_shared_tables_changes_no_result(case_id, seed):
    case = analyses[case_id].case
    names = ("measures", "rules", "comparators", "catalogue")
    other = dataclasses.replace(case, **{name: shuffled(getattr(case, name), seed) for name in names})
    for found, expected in zip(results(analyse(other)), results(analyses[case_id]), strict=True):
        assert found == expected


@given(seeds)
def test_the_expected_change_is_the_same_table_whatever_the_order(seed):
    rules, arms = analyses["fu-2025"].case.catalogue, analyses["fu-2025"].case.comparators
    other = derive_regression(shuffled(rules, seed), shuffled(arms, seed), "mrss", 40, 46)
    assert_frame_equal(other, derive_regression(rules, arms, "mrss", 40, 46))


def test_two_composites_are_both_told(index_case):
    case, changes = index_case
    composite = case.rules[case.rules["kind"] == "composite"]
    other = composite.assign(rule="other", label="Another composite", needs="mrss|ck")
    for rules in ([composite, other], [other, composite]):
        table = pd.concat(rules, ignore_index=True)
        told = str(summarise_skin(analyse(dataclasses.replace(case, rules=table), changes)))
        assert "Another composite: cannot be determined, because a value before and after is not reported: CK." in told
        assert "Revised CRISS" in told


ARM = {"measure": "mrss", "treatment": "t", "entry": "", "baseline_mean": 30.0, "baseline_sd": 4.0}


def expected_of(index_case, arms, baseline=46, sds=(2.0,)):
    """The sentences on regression to the mean of a case with a baseline, with arms and SDs of its own."""
    case, changes = index_case
    errors = pd.DataFrame({"kind": "error", "measure": "mrss", "sd": sds, "examiners": [f"SD {sd}" for sd in sds]})
    comparators = pd.DataFrame([{**ARM, **arm} for arm in arms])
    low, high = baseline if isinstance(baseline, tuple) else (baseline, baseline)
    first = changes["ABLFL"].eq("Y") & changes["PARAMCD"].eq("mrss")
    changes = changes.assign(AVALLO=changes["AVALLO"].mask(first, low), AVALHI=changes["AVALHI"].mask(first, high))
    case = dataclasses.replace(case, catalogue=errors, comparators=comparators)
    return str(summarise_expected(analyse(case, changes), "mrss"))


def test_the_size_of_what_is_expected_runs_from_the_least_to_the_greatest(index_case):
    # (2 / 4)^2 = 0.25: from 46 to the mean of 30 by 4, to that of 40 by 1.5.
    arms = [{"trial": "A"}, {"trial": "B", "baseline_mean": 40.0}]
    assert "score lower the second time, by 1.5 to 4 points with SD 2.0" in expected_of(index_case, arms)
    # From 10..18 up to 30 by 3 to 5; from 26..38 up by 1 or down by 2, so perhaps by nothing.
    assert "score higher the second time, by 3 to 5 points" in expected_of(index_case, arms[:1], (10, 18))
    assert "nearer the mean the second time, by 0 to 2 points" in expected_of(index_case, arms[:1], (26, 38))


def test_a_group_that_varies_no_more_than_the_examiners_is_named(index_case):
    told = expected_of(index_case, [{"trial": "A"}, {"trial": "B", "baseline_sd": 9.0}], sds=(2.0, 5.0))
    # (5 / 9)^2 x 16 = 4.9.
    assert "and by 4.9 points with SD 5.0" in told
    assert "For SD 5.0 nothing is computed from A, t: this group varies no more than their scores do." in told
    nothing = expected_of(index_case, [{"trial": "A"}], sds=(5.0,))
    assert nothing == "No population and error of measurement is published from which a change could be expected."
