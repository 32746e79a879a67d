"""What a pool of processes hands over: every error of the package, and a case, its analysis and a series, pickled."""

import pickle

import pandas as pd
import pytest
from conftest import ROOT

import casetimeline as ct
from casetimeline.derive import BaselineError, MissingColumnError
from casetimeline.explore.processes import SessionLostError
from casetimeline.faults import Fault, NotebookError, TimelineError
from casetimeline.kernels.launch import NoTemplateError
from casetimeline.prose import Table
from casetimeline.workflow.workers import WorkerDiedError

FAULTS = [Fault("t.csv", 2, "code", "ckk", "a code", "ck"), Fault("t.csv", 4, "code", "ckk", "a code", "ck")]


def handed_over(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize(
    "error",
    [
        TimelineError(FAULTS),
        BaselineError("two records", 7),
        MissingColumnError("no AVALU"),
        *(kind("it ended") for kind in (NotebookError, WorkerDiedError, SessionLostError, NoTemplateError)),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_in_the_process_that_asked(error):
    error.add_note("while a case was read")
    back = handed_over(error)
    assert type(back) is type(error) and str(back) == str(error) and vars(back) == vars(error)


def test_the_faults_of_an_error_go_with_it():
    # Two lines with one fault are one sentence.
    back = handed_over(TimelineError(FAULTS))
    assert back.faults == tuple(FAULTS) and str(back).splitlines()[1].startswith("t.csv, lines 2, 4, column code:")


def test_an_analysis_in_another_process_has_its_case_and_the_table_that_was_handed_in(make_case, observe):
    # mRSS 46, then 32.
    analysis = ct.analyse(make_case(observe(), observe("2", value="32")))
    assert handed_over(analysis).changes["CHG"].tolist() == [0, -14]
    other = handed_over(ct.analyse(analysis, changes=analysis.changes.assign(CHG=-1.0)))
    # What is edited in a table stays with who edits it.
    edited = other.changes
    edited["CHG"] = 0
    assert other.changes["CHG"].tolist() == [-1, -1] and other.case.case_id == "a"


def test_a_series_in_another_process_has_its_cases(make_case, observe):
    assert handed_over(ct.read_series([make_case(observe())])).ids == ("a",)


def test_two_cases_are_one_only_where_they_are_the_same_object(make_case, observe):
    # Tables have no truth value: to compare them cell by cell is a matter of their owner.
    case, again = (make_case(observe()) for _ in range(2))
    tables = Table(case.facts, ""), Table(case.facts.copy(), "")
    for one, other in ((case, again), (ct.analyse(case), ct.analyse(again)), tables):
        assert one == one and one != other
        assert one in [other, one] and [other, one].index(one) == 1 and len({one, other}) == 2


@pytest.mark.product
def test_what_an_analysis_has_made_already_goes_with_it():
    fu = ct.analyse(ROOT / "data" / "fu-2025")
    ct.summarise_case(fu)
    ct.draw_trajectory(fu, "mrss")
    back = handed_over(fu)
    pd.testing.assert_frame_equal(back.verdicts, fu.verdicts)
