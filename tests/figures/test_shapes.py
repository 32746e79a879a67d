"""Cases of every shape: all tables, sentences and figures are made, and say what is known and no more."""

import re

import pytest
from conftest import derive, first_in_gate, in_gate

from casetimeline import prose
from casetimeline.figures.drawn import describe, drawn_values
from casetimeline.figures.files.presets import Preset
from casetimeline.figures.files.proof import prove_svg
from casetimeline.figures.files.publish import render_svg
from casetimeline.figures.gallery import draw_figures
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.rules.analysis import analyse

pytestmark = pytest.mark.product

MEASURES = ("mrss", "ck", "pericardial_effusion")
ABOUT = """analysis: {reference: drug, baseline: last_before}
claims:
- {says: "the score fell to 32", test: falls_to, measure: mrss, value: 32}
- {says: "CK rose", test: rises, measure: ck}
- {says: "better", test: improves, measure: pericardial_effusion, within: 3 mo}
- {says: "gone", test: resolves, measure: pericardial_effusion}
- {says: "a drug was given", test: given, treatment: drug, dose: 8, every: 2 wk}
"""
DRUG = "a,2,treatment,drug,,,,,,,,8,mg/kg,chart,"


def row(phase, code, value, unit="", start="", limits=",", state="", note=""):
    return f"a,{phase},observation,{code},{start},,{value},{unit},{limits},{state},,,chart,{note}"


SHAPES = {
    "treatments alone": [DRUG, "a,3,treatment,other,,ongoing,,,,,,,,chart,"],
    "one observation": [row(1, "mrss", "46"), DRUG],
    "a bound as baseline": [row(1, "ck", ">1000", "U/L"), DRUG, row(3, "ck", "<30", "U/L")],
    "an approximation, then below a bound, on days": [
        row("", "ck", "~6000", "U/L", "0 d"),
        "a,,treatment,drug,1 d,,,,,,,,,chart,",
        row("", "ck", "<30", "U/L", "84 d"),
        row("", "mrss", "30", start="218 d"),
    ],
    "only a bound": [row(1, "ck", ">1000", "U/L"), row(1, "pericardial_effusion", ">20", "mm"), DRUG],
    "zero": [row(1, "pericardial_effusion", "0", "mm"), row(1, "ck", "0", "U/L"), DRUG, row(3, "ck", "5", "U/L")],
    "uncertain change": [row(1, "mrss", "46"), DRUG, row(3, "mrss", "<20")],
    "two later values": [row(1, "mrss", "46"), DRUG, row(3, "mrss", "45"), row(4, "mrss", "20")],
    "grade then bound": [row(1, "pericardial_effusion", "large"), DRUG, row(3, "pericardial_effusion", "<5", "mm")],
    "no unit": [row(1, "ck", "923"), DRUG, row(3, "ck", "15")],
    "every state": [
        DRUG,
        *(row(n, "ck", "", state=s) for n, s in enumerate(("unknown", "not_assessed", "not_reported"), 3)),
    ],
    "nothing later": [row(1, "ck", "923", "U/L"), DRUG, row(3, "ck", "", state="not_reported")],
    "open time": [
        row(1, "mrss", "46", start="0 d"),
        "a,2,treatment,drug,0 d,,,,,,,,,chart,",
        row(3, "mrss", "32", start=">6 mo"),
    ],
    "before zero, ten years later": [
        row("", "mrss", "46", start="-2 mo"),
        "a,,treatment,drug,0 d,ongoing,,,,,,,,chart,",
        row("", "mrss", "32", start="10 a"),
    ],
    "forty points": [row("", "ck", str(100 + n), "U/L", f"{n} wk", "20,200") for n in range(1, 41)]
    + ["a,,treatment,drug,2 wk,20 wk,,,,,,,,chart,"],
    "eight drugs and long names": [row(1, "mrss", "46")]
    + [f"a,2,treatment,{name},,,,,,,,,,chart," for name in ("drug", *(f"{'a long name ' * 5}{n}" for n in range(7)))],
    "two sites": [
        row(1, "pericardial_effusion", "35", "mm", note="site: left"),
        row(1, "pericardial_effusion", "34", "mm", note="site: right"),
        DRUG,
        row(3, "pericardial_effusion", "10", "mm", note="site: left"),
    ],
    "a range of grades": [
        row(1, "pericardial_effusion", "moderate..large"),
        DRUG,
        row(3, "pericardial_effusion", "trivial..small"),
        row(4, "pericardial_effusion", "trivial"),
    ],
    "near the top": [row(1, "mrss", "51"), DRUG, row(3, "mrss", "50")],
    "two silences of ten years": [
        *(row("", "mrss", str(40 - n), start=day) for n, day in enumerate(("-3650 d", "0 d", "10 d", "3660 d"))),
        "a,,treatment,drug,0 d,10 d,,,,,,,,chart,",
    ],
    "three without a value at one moment": [
        row(1, "pericardial_effusion", "5", "mm", note="site: left"),
        DRUG,
        row(3, "pericardial_effusion", "", state="present", note="site: left"),
        row(3, "pericardial_effusion", "", state="absent", note="site: right"),
        row(3, "pericardial_effusion", "", state="unknown"),
    ],
    "six sites": [
        *(
            row("", "pericardial_effusion", str(5 + n), "mm", start=day, note=f"site: s{n}")
            for day in ("3 d", "9 d")
            for n in range(6)
        ),
        "a,,treatment,drug,0 d,10 d,,,,,,,,chart,",
    ],
    "open bounds": [row(1, "ck", "<30", "U/L"), DRUG, row(3, "ck", ">1000", "U/L")],
    "one number without a unit": [
        row("", "ck", "923", start="0 d"),
        row("", "ck", "500", "U/L", start="9 d"),
        row("", "ck", "100", "U/L", start="20 d"),
        "a,,treatment,drug,0 d,10 d,,,,,,,,chart,",
    ],
    "thirty phases": [*(row(n, "mrss", str(40 - n // 2)) for n in range(1, 31)), DRUG],
    "a name of a hundred letters": [row(1, "mrss", "46"), DRUG, f"a,2,treatment,{'x' * 100},,,,,,,,8,mg/kg,chart,"],
}

# Bounds, approximations, long names and days on both sides of zero.
IN_GATE = (
    "a bound as baseline",
    "an approximation, then below a bound, on days",
    "eight drugs and long names",
    "before zero, ten years later",
)


def words_of(analysis):
    """All tables and sentences of a case, as text."""
    case = analysis.case
    summaries = [
        prose.summarise_skin(analysis),
        prose.summarise_muscle(analysis),
        prose.summarise_pericardium(analysis),
        prose.summarise_profile(analysis),
        prose.summarise_timeline(case),
        prose.summarise_case(analysis),
        prose.summarise_reported(case),
        prose.summarise_recorded(case),
        prose.summarise_exposure(case),
        prose.summarise_choices(analysis),
        prose.summarise_regression(analysis, "mrss"),
        prose.summarise_expected(analysis, "mrss"),
        prose.summarise_claims(analysis),
        prose.summarise_support(analysis),
        prose.summarise_gaps(case),
        prose.summarise_calendar(case),
        prose.summarise_regimen(case),
        prose.summarise_judged(analysis),
        prose.summarise_arms(analysis),
        prose.summarise_context(analysis),
    ]
    for code in MEASURES:
        summaries.append(prose.summarise_changes(analysis, code))
        summaries.append(prose.summarise_verdicts(analysis, code))
    return "\n".join(map(repr, summaries))


@pytest.fixture
def shape(make_case, request):
    return analyse(make_case(*SHAPES[request.param], about=ABOUT))


def assert_every_fact_is_drawn(case, figures):
    marks = drawn_values(figures["00_course"])
    rows = marks[
        ~marks["element"].isin(
            ["whisker", "cut", "dose", "tail", "join", "range", "through", "lasting", "prednisone_to"]
        )
    ]
    assert sorted(rows["line"].astype(int)) == case.facts["line"].tolist()
    for name in ("01_skin", "02_muscle", "03_pericardium"):
        for mark in drawn_values(figures[name]).itertuples():
            if mark.element in ("value", "present", "absent"):
                limits = [sorted(ax.get_ylim()) for ax in figures[name].axes if ax.get_label() == mark.panel]
                # A value read back has nine decimals.
                assert any(round(low, 9) <= mark.y <= mark.y_to <= round(high, 9) for low, high in limits)
    assert len(drawn_values(figures["05_claims"])) == 5


@pytest.mark.parametrize("shape", in_gate(*IN_GATE, of=SHAPES), indirect=True)
def test_everything_is_made(shape):
    case, text = shape.case, words_of(shape)
    assert not re.search(r"\b(nan|inf|None|NaT|<NA>)\b", text)
    figures = dict(draw_figures(shape, 85))
    for name, figure in figures.items():
        findings = prove_svg(render_svg(figure, "x-").encode(), Preset(85.0, 100, 1, 6.0, (), "a test"))
        assert [each for each in findings if not each.holds] == [], name
        assert "case a." in describe(figure)
        assert not re.search(r"\b(nan|inf|None|NaT|<NA>)\b", describe(figure))
    assert_every_fact_is_drawn(case, figures)


@pytest.mark.product
@pytest.mark.parametrize("shape", SHAPES, indirect=True)
def test_everything_is_drawn_at_twice_the_width(shape):
    assert_every_fact_is_drawn(shape.case, dict(draw_figures(shape, 180)))


@pytest.mark.parametrize(
    ("name", "present", "absent"),
    first_in_gate(
        4,
        [
            (
                "uncertain change",
                "the fall of more than 26 points is larger than 6.8",
                "Without a change",
            ),
            ("two later values", "45 points in phase 3: Regression of skin fibrosis", "(recorded once)"),
            ("two later values", "-25 points since the value before (45 points)", "(recorded once)"),
            ("grade then bound", "whether it is still present cannot be determined", "still present, the size"),
            ("no unit", "923 (unit not reported)", "-908"),
            ("every state", "not assessed in phase 4; not reported in phase 5", "The change is not assigned"),
            ("nothing later", "The value is not reported in phase 3, so no change", "The change is not assigned"),
            ("open time", "in phase 3 (more than 6 months after time zero)", "in more than"),
            ("before zero, ten years later", "32 points at 10 years", "in 10 years"),
            ("one observation", "(recorded once)", "The change is not assigned"),
            ("forty points", "times the upper limit", "cannot be determined for"),
        ],
    ),
)
def test_what_is_said_is_what_is_known(make_case, name, present, absent):
    text = words_of(analyse(make_case(*SHAPES[name], about=ABOUT)))
    assert present in text
    assert absent not in text


def test_numbers_with_and_without_a_unit_share_no_axis(make_case):
    case = make_case(*SHAPES["one number without a unit"], about=ABOUT)
    values = drawn_values(draw_trajectory(analyse(case, derive(case)), "ck"))
    assert values.loc[values["element"] == "join", ["x", "x_to"]].to_numpy().tolist() == [[9, 20]]
    # The number without a unit stands in the strip, whose vertical unit is a millimetre.
    assert values.loc[values["element"] == "value", ["line", "y"]].to_numpy().tolist()[-1] == ["2", 1.375]


def test_two_silences_are_both_cut(make_case):
    case = make_case(*SHAPES["two silences of ten years"], about=ABOUT)
    values = drawn_values(draw_trajectory(analyse(case, derive(case)), "mrss"))
    cuts = values.loc[values["element"] == "cut", ["x", "x_to"]].drop_duplicates().to_numpy().tolist()
    assert len(cuts) == 2 and -3650 < cuts[0][0] < cuts[0][1] < 0 and 10 < cuts[1][0] < cuts[1][1] < 3660
    assert values.loc[values["element"] == "join", ["x", "x_to"]].to_numpy().tolist() == [[0, 10]]


def test_what_has_no_value_stands_apart_with_its_site(make_case):
    case = make_case(*SHAPES["three without a value at one moment"], about=ABOUT)
    values = drawn_values(draw_trajectory(analyse(case, derive(case)), "pericardial_effusion"))
    strip = values[values["element"].isin(["present", "absent", "unknown"])]
    assert strip["y"].is_monotonic_increasing and strip["y"].nunique() == 3
    assert strip["said"].tolist()[:2] == [
        "Pericardial effusion, present, size not reported, left, phase 3",
        "Pericardial effusion, absent, right, phase 3",
    ]


def test_a_line_does_not_run_over_an_unknown_whose_day_is_uncertain(make_case):
    rows = [row("", "mrss", value, start=day) for value, day in (("40", "0 d"), ("30", "16 d"), ("20", "20 d"))]
    rows.append(row("", "mrss", "", state="unknown", start="1..17 d"))
    case = make_case(*rows, "a,,treatment,drug,0 d,10 d,,,,,,,,chart,", about=ABOUT)
    assert "join" not in set(drawn_values(draw_trajectory(analyse(case, derive(case)), "mrss"))["element"])


def test_a_label_with_a_point_is_whole(make_case):
    about = ABOUT + "time_zero: {label: the first dose of 2.5 mg. of it}\n"
    rows = [
        row("", "mrss", "46", start="0 d"),
        row("", "mrss", "32", start="9 d"),
        DRUG.replace("a,2", "a,").replace("drug,,", "drug,0 d,"),
    ]
    case = make_case(*rows, about=about)
    figure = draw_trajectory(analyse(case, derive(case)), "mrss")
    assert figure.axes[0].get_xlabel() == "Days from the first dose of 2.5 mg. of it"


@pytest.mark.parametrize("blank", in_gate("\\n", of=["\\n", "\\t", "\\r\\n"]))
def test_blanks_of_every_kind_are_one_blank(make_case, blank):
    about = ABOUT + f'phases: {{1: "one{blank}two", 3: three}}\n'
    case = make_case(row(1, "mrss", "46"), DRUG, row(3, "mrss", "32"), about=about)
    for name, figure in draw_figures(case, 180):
        svg = render_svg(figure, "x-")
        assert name != "00_course" or "one two" in svg
