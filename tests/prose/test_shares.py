"""A measure that is a percentage changes by percentage points, wherever its change is told."""

import dataclasses

import pandas as pd
import pytest
from conftest import told_sentences

from casetimeline.explore.view import fact_table
from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.change import draw_change
from casetimeline.figures.context import draw_context
from casetimeline.figures.course.rows import lay_panel, rows_on
from casetimeline.figures.drawn import drawn_values
from casetimeline.figures.ladder import lay_rungs
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.prose.judged.verdicts import summarise_judged
from casetimeline.prose.measured.changes import summarise_case, summarise_changes
from casetimeline.prose.tables.story import summarise_profile
from casetimeline.rules.analysis import analyse
from casetimeline.rules.limits import limits_of


@pytest.fixture
def ejection(make_case, observe):
    """An analysis of ejection fractions before and after a baseline rule, with one rule that judges their change."""

    def analysis(*values, code="lvef", **rule):
        rows = [
            observe(
                str(phase), code, value, "%" if value else "", "" if value else "not_reported", start=f"{30 * phase} d"
            )
            for phase, value in enumerate(values, 1)
        ]
        case = make_case(*rows)
        columns = dict.fromkeys(case.rules.columns, "") | {
            "base_min": float("nan"),
            "base_max": float("nan"),
            "sd": float("nan"),
            "cvi": float("nan"),
        }
        told = {
            **columns,
            "rule": "r",
            "measure": code,
            "kind": "response",
            "label": "Better",
            "direction": "rise",
            **rule,
        }
        return analyse(dataclasses.replace(case, rules=pd.DataFrame([told])))

    return analysis


def told_of(analysis, code="lvef"):
    """Everything that is told of the change, in the order of the tables, the prose and the figures."""
    figures = [draw_change(analysis, (code,)), draw_trajectory(analysis, code), draw_context(analysis, code)]
    drawn = [text for figure in figures for ax in figure.axes for text in (ax.get_xlabel(), ax.get_ylabel())]
    drawn += [text.get_text() for figure in figures for ax in figure.axes for text in ax.texts]
    drawn += [said for figure in figures for said in drawn_values(figure)["said"]]
    tables = [summarise_case(analysis, (code,)), summarise_changes(analysis, code)]
    tables.append(fact_table(analysis, analysis.changes, {}))
    cells = [str(cell) for table in tables for cell in table.frame.to_numpy().ravel()]
    prose = [str(summarise_profile(analysis, (code,))), str(summarise_judged(analysis)), *told_sentences(analysis)]
    return "\n".join([*cells, *prose, *drawn])


def panel_of(analysis):
    """The panel of the ejection fractions, and the limits that it shows."""
    axis = time_axis(analysis.case)
    panel = lay_panel(rows_on(axis, analysis.changes), analysis.case.measure("lvef"), axis)
    return panel, limits_of(analysis.case.rules, "lvef")


@pytest.mark.product
def test_a_percentage_changes_by_percentage_points(ejection):
    # 42 to 55 is 13 points; 13 / 42 is 31.0 %, and the ratio 1.31, which nobody asked for.
    analysis = ejection("42", "55", limit=">=5")
    told = told_of(analysis)
    assert "+13 percentage points" in told and "Change (percentage points)" in told
    assert "a rise of 5 percentage points" in told
    assert "+13 %" not in told and "31.0" not in told and "1.31" not in told
    assert "change +13 percentage points" in "\n".join(told_sentences(analysis))
    # The derived table keeps its columns, whatever the unit.
    assert analysis.changes["PCHG"].round(1).tolist() == [0.0, 31.0]


@pytest.mark.product
def test_a_value_of_a_percentage_keeps_its_unit(ejection):
    told = told_of(ejection("42", "55", "50", limit=">=5"))
    assert "55 %" in told and "-5 percentage points since the value before (55 %)" in told


@pytest.mark.product
def test_an_uncertain_percentage_changes_between_percentage_points(ejection):
    # 55 to 60 less 42.
    told = told_of(ejection("42", "55..60", limit=">=5"))
    assert "between +13 and +18 percentage points" in told and "31.0" not in told


@pytest.mark.parametrize("asks", [{"percent": ">=10", "percent_of": "base"}, {"kind": "variation", "cvi": 5.0}])
def test_a_relative_change_of_a_percentage_is_given_where_a_rule_asks(ejection, asks):
    analysis = ejection("42", "55", **asks)
    shares = summarise_changes(analysis, "lvef").frame
    assert shares["PCHG"].tolist() == ["", "+31.0 %"] and shares["R2BASE"].tolist() == ["", "1.31"]
    assert "+13 percentage points from the baseline (+31.0 % of the baseline)" in str(summarise_judged(analysis))
    assert "A rule asks for the relative change: +31.0 % of the baseline." in "\n".join(told_sentences(analysis))
    assert "+31.0 % of the baseline" in told_of(analysis)


@pytest.mark.product
def test_the_limits_of_a_percentage_are_percentage_points(ejection):
    # 1.96 x 1.41421 x 2 = 5.54.
    analysis = ejection("42", "55", kind="error", direction="either", sd=2.0, examiners="one examiner")
    told = told_of(analysis)
    assert "Better asks for more than 5.54 percentage points either way" in told
    assert "5.5 %" not in told and "5.54 %" not in told
    ladder = [rung.words for rung in lay_rungs(*panel_of(analysis))]
    assert "+5.5 percentage points: one examiner" in ladder


@pytest.mark.product
def test_other_measures_keep_the_percentage_beside_the_change(index_case):
    told = "\n".join(told_sentences(analyse(index_case[0])))
    assert "-14 points (-30.4 %)" in told
