"""What a reader chose is what a run makes: the axis of the figures, some of the rules, further measures."""

import json
from itertools import cycle, pairwise

import pandas as pd
import pytest
from conftest import CASES, ROOT, casetimeline, derive, in_gate, make_project_of, run, shorten, told_sentences
from matplotlib.backends.backend_agg import FigureCanvasAgg

from casetimeline.case.model import axes_of
from casetimeline.case.read import read_case
from casetimeline.cli import main
from casetimeline.faults import TimelineError
from casetimeline.figures.change import draw_change
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import describe, drawn_values
from casetimeline.figures.files.export import export_case
from casetimeline.figures.files.presets import PRESETS
from casetimeline.figures.files.proof import prove_folder
from casetimeline.figures.files.publish import colophon
from casetimeline.figures.gallery import FIGURES, draw_figures, names_of
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.files import list_cases
from casetimeline.prose.judged.arms import summarise_expected
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged, summarise_rules, summarise_verdicts
from casetimeline.prose.tables.story import summarise_skin, summarise_timeline
from casetimeline.report.contents import front_blocks, table_blocks
from casetimeline.report.document import Items, Paragraph
from casetimeline.report.methods import back_blocks, method_blocks
from casetimeline.rules.analysis import analyse
from casetimeline.rules.claims import evaluate_claims
from casetimeline.rules.limits import limits_of
from casetimeline.rules.rules import evaluate_rules
from casetimeline.vocabulary import AXES, RULE_KINDS

pytestmark = pytest.mark.product

DATA = ROOT / "data"
EVERY_CASE = list_cases(DATA)
ABOUT = "analysis: {reference: tocilizumab, baseline: last_before}\ntime_zero: {label: first visit}"
DRUG = "a,,treatment,tocilizumab,10 d,140 d,,,,,,8,mg/kg,chart,"
WIDTHS = (85, 180)
TEN = "Rules asked for: response, error: 10 of 34; the others were not evaluated."


def refused(read, *arguments, **asked):
    with pytest.raises(TimelineError) as caught:
        read(*arguments, **asked)
    (fault,) = caught.value.faults
    return fault


@pytest.fixture
def dated(make_case, observe):
    """A case from day -70 to day 140 whose reference treatment starts on day 10; with further rows at its end."""

    def make(*further, axis=""):
        rows = [observe("", value=value, start=f"{day} d") for value, day in (("46", -70), ("44", 0), ("30", 140))]
        return make_case(*rows, DRUG, *further, about=ABOUT, axis=axis)

    return make


def figures_over_time(case, width):
    changes = derive(case)
    yield draw_course(analyse(case, changes), width_mm=width)
    yield draw_trajectory(analyse(case, changes), "mrss", width_mm=width)


def ticks_of(figure):
    """Days, labels and name of the lowest axis of a figure, none of whose labels meet."""
    ax = figure.axes[0]
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [label.get_window_extent(renderer) for label in ax.get_xticklabels()]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    words = [label.get_text() for label in ax.get_xticklabels()]
    return list(ax.get_xticks()), words, ax.get_xlabel().replace("\n", " ")


# The axis runs a twentieth further on both sides: from day -80.5 to day 150.5, from week -11.5 to week 21.5. Study days
# are 10 days less from day 10 on, less one of them before it.
DAYS = "Days from first visit"
STUDY = "Study day (1 is the first day of Tocilizumab)"
TICKS = {
    # Two months are 60.875 days.
    "": ([-60.875, 0, 60.875, 121.75], ["\N{MINUS SIGN}2", "0", "2", "4"], "Months from first visit"),
    "days": ([-80, -40, 0, 40, 80, 120], ["\N{MINUS SIGN}80", "\N{MINUS SIGN}40", *["0", "40", "80", "120"]], DAYS),
    "weeks": ([-56, 0, 56, 112], ["\N{MINUS SIGN}8", "0", "8", "16"], "Weeks from first visit"),
    "study_day": (
        [-70, -30, 10, 49, 89, 129],
        ["\N{MINUS SIGN}80", "\N{MINUS SIGN}40", *["1", "40", "80", "120"]],
        STUDY,
    ),
}


@pytest.mark.parametrize("width", in_gate(85, of=WIDTHS))
@pytest.mark.parametrize("axis", TICKS)
def test_round_numbers_of_each_axis_stand_on_their_days(dated, axis, width):
    for figure in figures_over_time(dated(axis=axis), width):
        assert ticks_of(figure) == TICKS[axis]


# Of 3350 days without a fact a margin of 10.25 days is left on both sides: cut from day 310.25 to day 3639.75.
CUT_TICKS = {
    "": ["0", "3", "6", "9", "121"],
    "days": ["\N{MINUS SIGN}80", "0", "80", "160", "240", "3680"],
    "weeks": ["0", "12", "24", "36", "526"],
    "study_day": ["\N{MINUS SIGN}80", "1", "80", "160", "240", "3671"],
}
CUT_WORDS = {
    # 310.25 / 30.4375 = 10.2; 3639.75 / 30.4375 = 119.6.
    "": "between month 10.2 and month 119.6",
    "days": "between day 310 and day 3640",
    "weeks": "between week 44.3 and week 520",
    "study_day": "between study day 301 and study day 3630",
}


@pytest.mark.parametrize("width", in_gate(85, of=WIDTHS))
@pytest.mark.parametrize("axis", CUT_TICKS)
def test_the_words_and_ticks_of_a_cut_follow_the_axis(make_case, observe, axis, width):
    days = (-60, 0, 300, 3650, 3700)
    rows = [observe("", value=str(46 - n), start=f"{day} d") for n, day in enumerate(days)]
    case = make_case(*rows, DRUG, about=ABOUT, axis=axis)
    for figure in figures_over_time(case, width):
        # Half of a column has no room for each of them.
        ticks = ticks_of(figure)[1]
        assert [tick for tick in CUT_TICKS[axis] if tick in ticks] == ticks and ticks[-1] == CUT_TICKS[axis][-1]
        assert len(ticks) >= len(CUT_TICKS[axis]) - (width == 85)
        assert f"The axis is cut {CUT_WORDS[axis]}, where nothing is told" in describe(figure)
        cuts = drawn_values(figure).query("element == 'cut'")
        assert set(cuts["said"]) == {f"axis cut {CUT_WORDS[axis]}"}
        assert set(cuts["x"]) == {310.25} and set(cuts["x_to"]) == {3639.75}


def test_drawn_values_stay_in_days_and_the_note_says_so(dated):
    told = {axis: [drawn_values(figure) for figure in figures_over_time(dated(axis=axis), 180)] for axis in TICKS}
    for axis in ("days", "weeks", "study_day"):
        for one, other in zip(told[""], told[axis], strict=True):
            pd.testing.assert_frame_equal(one, other)
    assert "The values behind the figure are in days from first visit." in describe(draw_course(dated(axis="weeks")))
    study = describe(draw_course(dated(axis="study_day")))
    assert "Study days: 1 is the first day of Tocilizumab, \N{MINUS SIGN}1 the day before; there is no day 0." in study
    assert "The values behind the figure" not in describe(draw_course(dated(axis="days")))


def test_the_order_of_telling_can_be_asked_for(dated):
    figures = list(figures_over_time(dated(axis="order"), 85))
    for figure in figures:
        assert "Order of telling, not to scale, as was asked for: a time is reported for 4 of 4 facts." in describe(
            figure
        )
        assert "join" not in set(drawn_values(figure)["element"])
    skin = drawn_values(figures[1])
    # The drug is the third that is told.
    assert skin.loc[skin["element"] == "value", "x"].tolist() == [1, 2, 4]


def test_positions_without_a_phase_are_moments(dated, observe):
    days = [observe("", value="40", start=f"{day} d") for day in range(20, 120, 5)]
    words = describe(draw_course(analyse(dated(*days, axis="order"), derive(dated(*days))), width_mm=85))
    assert "Moments: 1: 70 days before first visit; 2: day 0; 3: day 10;" in words and "Phases:" not in words
    # A day says from when it counts; where none is printed there is nothing to say.
    assert "Times count from day 0: first visit." in words
    assert "day 0" not in describe(draw_course(analyse(read_case(DATA, "kamata2012")), width_mm=85))


def test_each_axis_that_a_case_cannot_have_has_its_reason(dated, make_case, observe):
    assert axes_of(dated()) == dict.fromkeys(AXES, "")
    reason = "lines 2, 3, 4 and 11 more have no time that gives a day"
    told = axes_of(read_case(DATA, "fu-2025"))
    assert told == {"": "", "days": reason, "weeks": reason, "study_day": reason, "order": ""}
    one = axes_of(dated(observe("1", "ck", "9", "U/L")))
    assert one["weeks"] == "line 6 has no time that gives a day"
    same = make_case(observe(start="0 d"), observe("1", "ck", "9", "U/L", start="0 d"))
    assert axes_of(same)["days"] == "every fact is of the same day"
    first = make_case(observe(start="0 d"), observe("2", start="9 d"))
    assert axes_of(first)["study_day"] == "no reference treatment is named" and not axes_of(first)["weeks"]
    late = DRUG.replace("10 d", "6 wk", 1)
    loose = make_case(observe(start="0 d"), observe("2", start="9 d"), late, about=ABOUT)
    expected = "the start of the reference treatment 'tocilizumab' is not known to the day (line 4: '6 wk')"
    assert axes_of(loose)["study_day"] == expected


def test_an_axis_that_a_case_cannot_have_is_the_fault_of_the_option_and_told_with_the_line(make_case, observe):
    rows = [observe(start="0 d"), observe("2", start="9 d")]
    loose = DRUG.replace("10 d", "6 wk", 1)
    assert str(refused(make_case, *rows, loose, about=ABOUT, axis="study_day")) == (
        "axis: found 'study_day'; expected an axis that this case can have: days, weeks, order; "
        "the start of the reference treatment 'tocilizumab' is not known to the day (line 4: '6 wk')"
    )
    fault = refused(read_case, DATA, "fu-2025", axis="weeks")
    assert (fault.file, fault.line, fault.column, fault.found) == ("axis", None, None, "weeks")
    assert fault.expected.startswith("an axis that this case can have: order; lines 2, 3, 4 and 11 more")
    fault = refused(make_case, *rows, axis="study_day")
    assert (fault.file, fault.found) == ("axis", "study_day") and "no reference treatment is named" in fault.expected
    fault = refused(read_case, DATA, "fu-2025", axis="week")
    assert (fault.found, fault.nearest) == ("week", "weeks") and "days, weeks, study_day, order" in fault.expected


def test_rules_are_chosen_by_name_and_by_kind():
    every = read_case(DATA, "fu-2025")
    assert every.rules is every.catalogue and len(every.rules) == 34 and (every.rule_set, every.selection) == ("", "")
    assert set(every.catalogue["kind"]) <= set(RULE_KINDS)
    case = read_case(DATA, "fu-2025", rules=" error,mid_2006 ,error")
    names = ["sdc_one_examiner", "sdc_one_examiner_taught", "sdc_two_examiners", "sdc_training", "mid_2006"]
    assert case.rules["rule"].tolist() == names
    assert case.rule_set == "error,mid_2006" and len(case.catalogue) == 34
    told = "Rules asked for: error, mid_2006: 5 of 34; the others were not evaluated"
    assert case.notes[-1] == told and case.selection == f"{told}."
    all_kinds = read_case(DATA, "fu-2025", rules=",".join(every.catalogue["kind"].unique()))
    assert all_kinds.selection.endswith(": 34 of 34.")


@pytest.mark.parametrize(("asked", "found", "nearest"), [("respone", "respone", "response"), ("error,", "", "")])
def test_a_word_that_is_no_rule_is_refused(asked, found, nearest):
    fault = refused(read_case, DATA, "fu-2025", rules=asked)
    assert (fault.file, fault.found, fault.nearest) == ("rules", found, nearest)


@pytest.fixture(scope="module")
def ten():
    return analyse(read_case(DATA, "fu-2025", axis="order", rules="response,error"))


def test_a_selection_is_told_wherever_verdicts_are_shown(ten):
    case = ten.case
    assert TEN in summarise_timeline(case).paragraphs[-1]
    captions = [summarise_rules(case, "mrss"), summarise_verdicts(ten, "mrss")]
    captions += [summarise_choices(ten)]
    for table in captions:
        assert table.caption.endswith(TEN)
    assert set(summarise_rules(case, "mrss").frame["rule"]) == set(case.rules["label"])
    for prose in (summarise_skin(ten), summarise_judged(ten)):
        assert TEN in " ".join(prose.paragraphs)
    assert TEN in describe(draw_change(ten))
    assert TEN in describe(draw_trajectory(ten, "mrss"))
    results = told_sentences(ten)
    assert any(TEN in paragraph for paragraph in results)
    front = [
        item
        for block in [*front_blocks(ten), *table_blocks(ten), *method_blocks(ten)]
        if isinstance(block, Items)
        for item in block.texts
    ]
    back = [block.text for block in method_blocks(ten) if isinstance(block, Paragraph)]
    assert TEN in front and TEN in back
    assert "The axis of the figures over time was asked for (order): the order of telling, not to scale." in back
    rows = colophon(case).frame.set_index("item")["value"]
    assert (rows["axis"], rows["rules"]) == ("order", "response,error")


@pytest.mark.product
def test_nothing_is_told_where_nothing_was_asked_for():
    of = analyse(read_case(DATA, "fu-2025"))
    told = str([*front_blocks(of), *table_blocks(of), *method_blocks(of)]) + str(back_blocks(of, {}, {}))
    assert "asked for" not in told + describe(draw_change(of))
    assert set(colophon(of.case).frame["item"]) & {"axis", "rules"} == set()


def test_a_claim_on_a_rule_that_was_not_asked_for_is_not_checkable(make_case, observe):
    about = (
        "analysis: {baseline: first}\nclaims:\n"
        "  - {says: a large change, test: meets, measure: mrss, rule: sdc_one_examiner}\n"
    )

    def finding(rules):
        case = make_case(observe(value="46"), observe("2", value="32"), about=about, rules=rules)
        changes = derive(case)
        return evaluate_claims(case, changes, evaluate_rules(changes, case.rules)).loc[0, ["RESULT", "WHY"]].tolist()

    assert finding("error")[0] == finding("")[0] == "supported"
    result, why = finding("response")
    assert result == "cannot be checked"
    assert why == "Modified Rodnan skin score: the rule sdc_one_examiner was not asked for"


def test_what_is_no_verdict_does_not_depend_on_the_rules(make_case, observe):
    every, few = read_case(DATA, "fu-2025"), read_case(DATA, "fu-2025", rules="response")
    # Regression to the mean rests on the error of examiners, and is not evaluated by a rule.
    assert summarise_expected(analyse(few, derive(few)), "mrss") == summarise_expected(
        analyse(every, derive(every)), "mrss"
    )
    from casetimeline.prose.tables.story import summarise_pericardium

    rows = [observe("1", "pericardial_effusion", "20", "mm"), "a,2,event,pericardial_window,,,,,,,,,,chart,"]
    case = make_case(*rows, observe("3", "pericardial_effusion", "5", "mm"), rules="error")
    told = " ".join(summarise_pericardium(case).paragraphs)
    assert "Procedures reported in that time: Pericardial window" in told


def assert_kept(case_id, choices):
    """Hold every table, sentence and figure of a case against each choice of rules."""
    drawn = set()
    for asked in choices:
        case = read_case(DATA, case_id, rules=asked)
        of, own = analyse(case), set(case.rules["rule"])
        others = case.catalogue[~case.catalogue["rule"].isin(own)]
        assert set(of.verdicts["RULE"]) <= own
        told = str([*front_blocks(of), *table_blocks(of), *method_blocks(of), *back_blocks(of, {}, {})])
        for code in ("mrss", "ck", "pericardial_effusion"):
            told += str(summarise_verdicts(of, code).frame.to_numpy().tolist())
        # Labels that another label ends in, or begins with, speak of it.
        names = [label for label in others["label"] if not any(label in kept for kept in case.rules["label"])]
        assert not [label for label in names if label in told]
        limits = [tuple(limits_of(case.rules, code)["LABEL"]) for code in ("mrss", "ck", "pericardial_effusion")]
        # Where no rule judges or limits anything, the figures are those of another choice.
        if (what := (tuple(of.verdicts["RULE"]), *limits)) in drawn:
            continue
        drawn.add(what)
        for name, draw in FIGURES.items():
            values = drawn_values(draw(of, width_mm=180))
            assert not set(values["of"]) & set(others["rule"]), (asked, name)
            limited = set(values.loc[values["element"].isin(["band", "important", "class"]), "line"])
            assert not (limited and not any(limits)), (asked, name)


@pytest.mark.product
def test_every_figure_and_table_keeps_to_three_choices_of_rules():
    assert_kept("fu-2025", ("error", "important", "mid_2006"))


@pytest.mark.product
@pytest.mark.parametrize("case_id", CASES)
def test_every_figure_and_table_keeps_to_the_rules_that_were_asked_for(case_id):
    """Each rule is asked for once, and once left out: by the two halves of the kinds; and one rule by its name."""
    kinds = read_case(DATA, case_id).catalogue["kind"].unique()
    halves = (",".join(half) for half in (kinds[::2], kinds[1::2]))
    assert_kept(case_id, (*halves, "mid_2006"))


@pytest.fixture(scope="module")
def heart():
    return read_case(DATA, "consultant-sle-13f")


def test_a_measure_is_drawn_after_the_ten(heart):
    figures = dict(draw_figures(heart, 180, ("lvef",)))
    assert list(figures) == [*FIGURES, "measure_lvef"] == list(names_of(["lvef"]))
    alone = draw_trajectory(heart, "lvef")
    pd.testing.assert_frame_equal(drawn_values(figures["measure_lvef"]), drawn_values(alone))
    with pytest.raises(TimelineError) as caught:
        next(draw_figures(heart, 180, ("lvf", "mrss")))
    one, other = caught.value.faults
    assert (one.found, one.nearest, other.found) == ("lvf", "lvef", "mrss")
    assert one.expected == "a measure of this case: cardiomegaly, dyspnoea, lvef, pericardial_effusion, symptoms"


@pytest.mark.product
@pytest.mark.parametrize("case_id", in_gate("fu-2025", "kamata2012", "endoabs38-p73-26f", of=EVERY_CASE))
def test_every_measure_of_every_case_can_be_drawn(case_id):
    case = read_case(DATA, case_id)
    changes = derive(case)
    analysis = analyse(case, changes)
    codes = sorted(set(changes.loc[changes["kind"] == "observation", "code"]))
    # The first in both widths, each other one in one of them by turns.
    for code, width in [(codes[0], WIDTHS[1]), *zip(codes, cycle(WIDTHS))]:
        values = drawn_values(draw_trajectory(analysis, code, limits_of(case.rules, code), width))
        assert len(values), code


@pytest.mark.product
def test_files_of_a_measure_are_proved_and_replaced(heart, tmp_path):
    folder, preset = tmp_path / "screen", PRESETS["screen"]
    written = {path.name for path in export_case(heart, folder, preset, ("lvef",))}
    assert {"measure_lvef.svg", "measure_lvef.png", "measure_lvef.txt"} <= written
    assert "Alternative text" in (folder / "measure_lvef.txt").read_text(encoding="utf-8")
    findings = prove_folder(folder, preset, ("measure_lvef",))
    assert {finding.file for finding in findings} == {"measure_lvef.svg", "measure_lvef.png", "measure_lvef.txt"}
    assert all(finding.holds for finding in findings)
    (folder / "measure_of_mine.svg").write_text("kept", encoding="utf-8")
    export_case(heart, folder, preset)
    assert not list(folder.glob("measure_lvef.*")) and (folder / "measure_of_mine.svg").exists()


@pytest.mark.product
def test_what_was_chosen_goes_from_make_to_the_page_and_is_verified(tmp_path):
    project = make_project_of(tmp_path, "01_skin", "08_change")
    shorten(project / "data/fu-2025", "mrss", "ck", "tocilizumab")
    asked = ("AXIS=order", "RULES=response,error", "PRESET=screen", "MEASURE=ck")
    done = run("make", "report", *asked, cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stderr
    home = project / "build/fu-2025"
    told = json.loads((home / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert told == {"axis": "order", "rules": "response,error", "presets": ["screen"], "measures": ["ck"]}
    page = (home / "report.html").read_text(encoding="utf-8")
    assert page.count(TEN) > 5 and "asked for (order)" in page
    assert "Minimal important improvement (d-penicillamine trial)" not in page
    assert TEN in (home / "manuscript/results.md").read_text(encoding="utf-8")
    verdicts = pd.read_csv(home / "tables/verdicts.csv")
    assert set(verdicts["RULESET"]) == {TEN} and set(verdicts["KIND"]) == {"response", "error"}
    figures = home / "manuscript/figures/screen"
    assert "measure_ck.svg\t" in (figures / "proof.tsv").read_text(encoding="utf-8")
    again = run("make", "report", *asked, cwd=project, PYTHONPATH=str(project))
    assert "nothing to do" in again.stdout
    verified = casetimeline("verify", "build/fu-2025", cwd=project, PYTHONPATH=str(project))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "manuscript/figures/screen/measure_ck.png" in verified.stdout
    # Nothing of a choice is left where it is not asked for; figure files that were once asked for are made again.
    done = casetimeline("report", "--case", "fu-2025", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0 and "made" in done.stdout
    assert "asked for" not in (home / "report.html").read_text(encoding="utf-8")
    told = json.loads((home / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    assert told == {"presets": ["screen"], "measures": ["ck"]}


@pytest.mark.product
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ("--measure", "lvef"),
            "preset: found nothing; expected a preset that the figure files of lvef are written for",
        ),
        (("--measure", "lvef", "--preset", "screen"), "measure: found 'lvef'; expected a measure of this case: ck, "),
        (("--axis", "weeks"), "axis: found 'weeks'; expected an axis that this case can have: order"),
        (("--rules", "eror"), "rules: found 'eror'; expected the name of a rule"),
        # No rule of rules.csv is of this kind: all of them would be left out.
        (("--rules", "stability"), "kind of rule: response, progression, error, important, item, composite, limit, "),
        (("--preset", "scren"), "--preset: found 'scren'; expected one of frontiers"),
    ],
)
def test_what_cannot_be_asked_for_is_one_message(tmp_path, asked, said):
    done = casetimeline("report", "--case", "fu-2025", "--build", str(tmp_path), *asked)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.product
@pytest.mark.parametrize("asked", ["report --case fu-2025 --build", "series --build", "run -o"])
def test_kernels_are_warm_or_cold(asked, tmp_path):
    done = casetimeline(*asked.split(), str(tmp_path / "out"), KERNEL="Cold")
    assert done.returncode == 2 and "KERNEL: found 'Cold'; expected warm or cold; did you mean 'cold'?" in done.stderr


@pytest.mark.product
@pytest.mark.parametrize("name", ["AXIS", "RULES", "MEASURE"])
@pytest.mark.parametrize("text", ["a b", "it's", 'a"b', "a;b"])
def test_make_refuses_blanks_and_quotation_marks(name, text):
    done = run("make", "-n", "report", f"{name}={text}")
    assert done.returncode == 2 and f"casetimeline: {name}" in done.stderr


@pytest.mark.product
def test_many_cases_are_run_with_the_same_choice(tmp_path):
    out = tmp_path / "out"
    asked = ("--only", "08_change", "--rules", "error", "--axis", "order", "-o", str(out))
    done = casetimeline("run", "fu-2025", *asked)
    assert done.returncode == 0, done.stderr
    words = (out / "fu-2025/08_change.txt").read_text(encoding="utf-8")
    assert "Rules asked for: error: 4 of 34; the others were not evaluated." in words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("report --case fu-2025 --casid x", "report: error: unrecognized arguments: --casid x; did you mean '--case'?"),
        ("run --onyl=00_course", "run: error: unrecognized arguments: --onyl=00_course; did you mean '--only'?"),
        ("run fu-2025 -p casid x", "run: error: unrecognized arguments: -p casid x"),
        ("reprot --case fu-2025", "did you mean 'report'?"),
        ("check data --format jsn", "did you mean 'json'?"),
    ],
)
def test_an_option_that_no_command_has_is_refused_with_the_nearest(typed, words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    assert ended.value.code == 2 and words in capsys.readouterr().err
