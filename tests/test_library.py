"""The package as a library: five lines in a fresh kernel, what a cell shows, and what a wrong word is told."""

import re

import nbformat
import pandas as pd
import pytest
from conftest import ROOT, first_in_gate
from matplotlib.figure import Figure
from nbclient import NotebookClient

import casetimeline as ct

INDEX_CASE = ROOT / "data" / "fu-2025"

# Functions of a measure, beside those that draw it.
OF_A_MEASURE = ["arms", "changes", "context", "expected", "regression", "rules", "verdicts"]
OF_MEASURES = [ct.summarise_case, ct.summarise_profile, ct.draw_change, ct.draw_course]
OF_A_SERIES = [
    *(ct.derive_aligned, ct.derive_answers, ct.derive_reported, ct.derive_series, ct.compare_series),
    *(ct.draw_matrix, ct.draw_multiples, ct.draw_spaghetti, ct.draw_swimmer, ct.draw_waterfall),
    *(ct.summarise_compared, ct.summarise_patients, ct.summarise_read, ct.summarise_series),
]

CELLS = (
    'import casetimeline as ct\nfu = ct.analyse("data/fu-2025")',
    'fu.changes[["AVALC", "BASE", "CHG", "PCHG"]]',
    "fu.verdicts",
    'ct.draw_trajectory(fu, "mrss")',
    "import sys\n'matplotlib.pyplot' in sys.modules",
    "fu.case",
    "dir(ct)[:3], 'draw_trajectory' in dir(ct)",
)


@pytest.fixture(scope="module")
def fu():
    return ct.analyse(INDEX_CASE)


@pytest.fixture(scope="module")
def shown():
    """What each of the cells shows, in a kernel that has imported nothing before."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    return [cell.outputs[0]["data"] if cell.outputs else {} for cell in notebook.cells]


def test_five_lines_are_enough_for_a_user_of_pandas(shown):
    _, changes, verdicts, *_ = shown
    # mRSS 46, then 32: -14 points, of 46 30.4 %.
    row = re.search(r"<td>32</td>\s*<td>46.0</td>\s*<td>-14.0</td>\s*<td>-30.4\d+</td>", changes["text/html"])
    assert row, changes["text/plain"]
    assert "VERDICT" in verdicts["text/html"]


@pytest.mark.product
def test_a_figure_on_the_last_line_shows_itself_without_pyplot(shown):
    figure, pyplot = shown[3], shown[4]
    assert figure["image/svg+xml"].startswith("<svg") and "Modified Rodnan skin score" in figure["image/svg+xml"]
    # The first bytes of every PNG, in base64.
    assert figure["image/png"].startswith("iVBORw0KGgo")
    assert pyplot["text/plain"] == "False"


def test_a_case_on_the_last_line_is_a_few_lines(shown):
    case = shown[5]
    assert case["text/plain"].startswith("Case fu-2025: Rapidly progressive systemic sclerosis")
    assert (
        len(case["text/plain"]) < 2_000
        and "17 facts: 9 observations, 4 treatments, 1 event, 3 statements" in case["text/html"]
    )


@pytest.mark.product
def test_tab_offers_the_public_names(shown):
    assert shown[6]["text/plain"].endswith("True)")
    assert dir(ct) == sorted(ct.__all__) and "import_module" not in dir(ct)


def test_the_text_of_a_case_is_no_markup(make_case, observe):
    about = 'title: "<b>bold</b> & more"\nanalysis: {baseline: first}'
    case = make_case(observe(), about=about)
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in case._repr_html_()


def test_a_case_is_read_by_its_folder(monkeypatch):
    by_id = ct.read_case(ROOT / "data", "fu-2025")
    assert ct.read_case(INDEX_CASE).sha256 == ct.read_case(str(INDEX_CASE)).sha256 == by_id.sha256
    assert ct.read_case(INDEX_CASE / "timeline.csv").sha256 == by_id.sha256
    monkeypatch.chdir(INDEX_CASE)
    with pytest.raises(ct.TimelineError) as caught:
        ct.analyse("x/fu-2025")
    (fault,) = caught.value.faults
    assert (fault.file, fault.found) == ("x/fu-2025", "no such folder")
    assert fault.expected == f"a case folder, looked for in {INDEX_CASE} and the folders above it"
    assert ct.read_case(".").case_id == ct.read_case("case.yaml").case_id == "fu-2025"


@pytest.mark.product
def test_an_analysis_is_made_of_a_case_a_folder_or_an_analysis(monkeypatch):
    case = ct.read_case(INDEX_CASE)
    analysis = ct.analyse(case)
    assert ct.analyse(analysis) is analysis and ct.analyse(INDEX_CASE).case.sha256 == case.sha256
    # Made once, however often it is asked for.
    made, changes = [], analysis.changes
    monkeypatch.setattr("casetimeline.rules.analysis.derive_changes", lambda *_: made.append(1) or changes)
    counted = ct.Analysis(case)
    assert counted.changes.equals(counted.changes) and len(made) == 1
    assert len(analysis.claims) == len(case.about["claims"])
    with pytest.raises(TypeError, match="the folder of a case, or an Analysis; found DataFrame"):
        ct.analyse(case.facts)


@pytest.mark.product
def test_who_has_derived_otherwise_hands_the_table_in():
    case = ct.read_case(INDEX_CASE)
    changes = ct.derive_changes(case.facts, "first", case.reference).assign(quote="mine")
    analysis = ct.analyse(case, changes)
    pd.testing.assert_frame_equal(analysis.changes, changes)
    pd.testing.assert_frame_equal(ct.analyse(ct.analyse(case), changes).changes, changes)


def test_who_edits_a_table_of_an_analysis_changes_no_other_result():
    analysis = ct.analyse(INDEX_CASE)
    edited = analysis.changes
    edited["CHG"] = edited["CHG"].fillna(0)
    verdicts = analysis.verdicts
    verdicts["VERDICT"] = "met"
    # The creatine kinase after treatment is not reported, so that no rule can be answered with a change of 0.
    last = analysis.changes.query("code == 'ck'").iloc[-1]
    assert pd.isna(last["CHG"]) and "not met" in set(analysis.verdicts["VERDICT"])


@pytest.mark.product
def test_a_table_of_another_case_or_of_some_rows_is_refused():
    case = ct.read_case(INDEX_CASE)
    changes = ct.derive_changes(case.facts, "first", case.reference)
    for strange in (changes.assign(case_id="b"), changes[changes["code"] == "mrss"], pd.concat([changes, changes])):
        with pytest.raises(ct.TimelineError, match="expected the 17 rows of case 'fu-2025'"):
            ct.analyse(case, strange)
    # Another index changes no row of the table.
    by_line = ct.analyse(case, changes.set_index("line", drop=False))
    pd.testing.assert_frame_equal(by_line.verdicts, ct.analyse(case, changes).verdicts)


@pytest.mark.parametrize("kind", ["object", "nullable", "category"])
def test_a_derived_table_may_hold_its_values_in_other_types(kind):
    analysis = ct.analyse(INDEX_CASE)
    other = analysis.changes.convert_dtypes() if kind == "nullable" else analysis.changes.astype(kind)
    again = ct.analyse(analysis.case, other)
    pd.testing.assert_frame_equal(again.changes, analysis.changes)
    pd.testing.assert_frame_equal(again.verdicts, analysis.verdicts)


@pytest.mark.parametrize(
    ("column", "text", "expected"), [("AVAL", "46 points", "numbers"), ("CHGLOX", "False", "True or False")]
)
def test_a_derived_table_with_text_for_numbers_is_refused(column, text, expected):
    analysis = ct.analyse(INDEX_CASE)
    with pytest.raises(ct.TimelineError, match=f"changes: {column}: found 'a column of type str'; expected {expected}"):
        ct.analyse(analysis.case, analysis.changes.assign(**{column: text}))


def test_a_flag_that_is_text_is_refused():
    """Of a table that was read with dtype=str: the text False would count as true."""
    case = ct.read_case(INDEX_CASE)
    changes = ct.derive_changes(case.facts, "first", case.reference)
    texts = changes.assign(CHGLOX=changes["CHGLOX"].astype(str))
    with pytest.raises(TypeError, match="CHGLOX: found 'False'; expected True or False"):
        ct.evaluate_rules(texts, case.rules)


@pytest.mark.parametrize(("column", "maker"), [("CHGLOX", "derive_chg"), ("AVALU", "read_case or read_facts")])
def test_a_column_that_only_some_rules_need_is_named_with_its_maker(column, maker):
    case = ct.read_case(INDEX_CASE)
    changes = ct.derive_changes(case.facts, "first", case.reference).drop(columns=column)
    with pytest.raises(KeyError, match=f"evaluate_rules needs {column}, which {maker} adds"):
        ct.evaluate_rules(changes, case.rules)


def test_a_table_of_treatments_may_have_its_codes_in_a_column():
    given = {"kind": "treatment", "code": "prednisolone", "dose": "20", "dose_unit": "mg/day", "source": "chart"}
    frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], **given, "value": "", "unit": "", "start": ["0 d", "9 d"]})
    case = ct.read_facts(frame)
    by_code = ct.derive_prednisone(case.facts, case.measures)
    assert by_code["PREDLO"].tolist() == [20.0, 20.0]
    beside = case.measures.rename_axis("code").reset_index()
    pd.testing.assert_frame_equal(ct.derive_prednisone(case.facts, beside), by_code)
    # Joined tables have each label of a row twice.
    twice = pd.concat([case.facts, case.facts.assign(case_id="b")])
    assert len(ct.derive_doses(twice)) == 2 * len(ct.derive_doses(case.facts))


def test_what_rested_on_another_baseline_goes_with_it():
    case = ct.read_case(INDEX_CASE)
    changes = ct.derive_changes(case.facts, "first", case.reference)
    again = ct.derive_base(ct.derive_ablfl(changes, "phase=4"))
    assert not {"CHG", "CHGLO", "PCHG", "PEAKLO", "LASTFL", "SHIFT1"} & {*again}
    with pytest.raises(KeyError, match="derive_pchg needs CHG"):
        ct.derive_pchg(again)


@pytest.mark.product
def test_numbers_of_32_bits_are_read_as_they_print():
    both = {"case_id": "a", "kind": "observation", "code": "ck", "unit": "U/L", "source": "chart", "ref_high": "192.1"}
    frame = pd.DataFrame({"phase": [1, 2], **both})
    for kind in ("float32", "Float32", "float[pyarrow]"):
        case = ct.read_facts(frame.assign(value=pd.array([192.1, None], dtype=kind), state=["", "not_reported"]))
        assert ct.analyse(case).changes[["AVALC", "ANRIND"]].iloc[0].tolist() == ["192.1 U/L", "NORMAL"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"frame": [{"case_id": "a"}]}, "frame: found list; expected a DataFrame"),
        ({"about": "x"}, "about: found str; expected a dict"),
    ],
)
def test_what_is_no_table_and_no_dict_is_refused_by_its_name(given, expected):
    with pytest.raises(TypeError, match=expected):
        ct.read_facts(**{"frame": pd.DataFrame({"case_id": ["a"]}), **given})


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: ct.read_facts(pd.DataFrame({"case_id": ["a"]}), rules=["response"]),
            "rules: found 'a list'; .* commas",
        ),
        (lambda: ct.read_case("data", 12), "case_id: found 'the number 12'; expected text; .* -r case_id VALUE"),
        (lambda: ct.read_case(3, "fu-2025"), "data_dir: found 'the number 3'"),
        (lambda: ct.read_case("data", "fu-2025", axis=5), "axis: found 'the number 5'"),
        (lambda: ct.read_series("data", ["fu-2025"]), "cases: found 'a list'; expected one text, with commas"),
        (lambda: ct.read_series(3), "data: found 'the number 3'"),
        (lambda: ct.Explorer(3), "data_dir: found 'the number 3'"),
        (lambda: ct.read_case(None), "data_dir: found 'None'; expected a path$"),
        (lambda: ct.read_case([INDEX_CASE]), "data_dir: found 'a list'; expected a path$"),
        (lambda: ct.read_case(pd.DataFrame()), "found 'a value of type DataFrame'; expected a path; read_facts takes"),
    ],
)
def test_a_parameter_that_is_no_text_is_refused_by_its_name(call, words):
    with pytest.raises(ct.TimelineError, match=words):
        call()


@pytest.mark.product
def test_a_figure_is_published_as_svg_and_is_of_a_case(tmp_path):
    figure = ct.draw_trajectory(INDEX_CASE, "mrss")
    with pytest.raises(ct.TimelineError, match=r"a file that ends with \.svg"):
        ct.publish(figure, str(tmp_path / "figure.png"))
    with pytest.raises(TypeError, match="show"):
        ct.publish(Figure(), str(tmp_path / "figure.svg"))
    with pytest.raises(ct.TimelineError, match=r"a file in a folder that is there; there is no .*/nowhere"):
        ct.publish(figure, str(tmp_path / "nowhere" / "figure.svg"))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "draw",
    first_in_gate(
        4,
        [
            lambda code: ct.draw_trajectory(INDEX_CASE, code),
            lambda code: ct.draw_course(INDEX_CASE, (code,)),
            lambda code: ct.draw_context(INDEX_CASE, code),
            lambda code: ct.summarise_changes(INDEX_CASE, code),
            lambda code: ct.summarise_arms(INDEX_CASE, code),
            lambda code: ct.draw_change(INDEX_CASE, (code,)),
            lambda code: ct.summarise_expected(INDEX_CASE, code),
            lambda code: ct.summarise_regression(INDEX_CASE, code),
            lambda code: ct.summarise_recorded(INDEX_CASE, code),
        ],
    ),
)
def test_an_unknown_measure_is_named_with_the_nearest_one(draw):
    with pytest.raises(ct.TimelineError) as caught:
        draw("mrs")
    (fault,) = caught.value.faults
    assert (fault.found, fault.nearest) == ("mrs", "mrss")
    assert isinstance(ct.read_case(INDEX_CASE).measure("mrss"), pd.Series)


@pytest.mark.parametrize(
    "function",
    [
        *(getattr(ct, f"summarise_{name}") for name in OF_A_MEASURE),
        *(ct.draw_trajectory, ct.draw_context, *OF_MEASURES),
    ],
)
def test_a_treatment_is_no_measure(fu, function):
    """It was given: that it is not mentioned would be untrue."""
    with pytest.raises(ct.TimelineError, match="measure: found 'tocilizumab'; expected an observation code"):
        function(fu, ("tocilizumab",) if function in OF_MEASURES else "tocilizumab")
    # Of what was recorded it has its row.
    assert len(ct.summarise_recorded(fu, "tocilizumab").frame) == 1


@pytest.mark.parametrize("word", ["mrs", "MRSS", None, "tocilizumab"])
def test_of_an_unknown_measure_there_is_no_empty_table(fu, word):
    series = ct.read_series([fu])
    for table in (lambda: ct.derive_answers(series, word), lambda: ct.derived_table(fu.changes, "last_before", word)):
        with pytest.raises(
            ct.TimelineError, match="^.*\n" + f"measure: found {repr(word) if word else 'nothing'}; expected"
        ):
            table()


WORDS = ("arms", "changes", "recorded", "regression", "rules", "verdicts")
LISTS = (["mrss"], ("mrss",), pd.Series(["mrss"]))


@pytest.mark.parametrize(("word", "codes"), first_in_gate(6, [(word, codes) for codes in LISTS for word in WORDS]))
def test_several_codes_in_place_of_one_are_refused_by_the_parameter(fu, word, codes):
    with pytest.raises(
        ct.TimelineError, match=r"\n(measure|code): found .*mrss.*; expected an? (observation )?code of"
    ):
        getattr(ct, f"summarise_{word}")(fu, codes)


def test_codes_may_stand_in_anything_that_holds_texts_and_are_told_once(fu):
    case = ct.summarise_case(fu, codes=["mrss"]).frame
    for codes in (pd.Series(["mrss"]), pd.Index(["mrss"]), ("mrss", "mrss")):
        pd.testing.assert_frame_equal(ct.summarise_case(fu, codes=codes).frame, case)
    with pytest.raises(ct.TimelineError, match="codes: found '5'; expected the codes of measures"):
        ct.summarise_case(fu, codes=5)


def test_one_code_may_be_a_text(fu):
    assert ct.summarise_case(fu, "mrss").frame.equals(ct.summarise_case(fu, ("mrss",)).frame)
    assert ct.summarise_case(fu, codes=["mrss"]).frame["measure"].tolist() == ["Modified Rodnan skin score"]
    assert str(ct.summarise_profile(fu, "mrss")) == str(ct.summarise_profile(fu, ("mrss",)))


@pytest.mark.product
@pytest.mark.parametrize("draw", [ct.draw_change, ct.draw_course])
def test_a_figure_of_one_code_may_have_it_as_a_text(fu, draw):
    assert ct.alt_text(draw(fu, "mrss")) == ct.alt_text(draw(fu, ("mrss",)))


@pytest.mark.parametrize("function", OF_A_SERIES)
def test_what_is_no_series_is_refused(fu, function):
    of_all = function in (ct.derive_reported, ct.draw_matrix, ct.summarise_read)
    for strange, name in (("data", "str"), (None, "NoneType"), (fu, "Analysis")):
        with pytest.raises(TypeError, match=f"expected a Series from read_series; found {name}"):
            function(*([strange] if of_all else [strange, "mrss"]))


def test_limits_that_limits_of_did_not_make_are_refused_with_its_name(fu):
    with pytest.raises(KeyError) as refused:
        ct.draw_trajectory(fu, "mrss", limits=fu.case.rules)
    assert str(refused.value).startswith("draw_trajectory needs KIND, LABEL, LOW, HIGH, which limits_of gives")


@pytest.mark.parametrize("function", [ct.alt_text, ct.describe, ct.drawn_values, ct.summarise_drawn])
def test_what_is_no_figure_is_refused_by_its_type(fu, function):
    with pytest.raises(TypeError, match="expected a figure of one of the draw functions; found Analysis"):
        function(fu)


def test_what_is_no_table_of_rules_or_verdicts_is_told_with_what_makes_it(fu):
    with pytest.raises(KeyError, match=r"compare_rules needs .*KIND.*, which evaluate_rules gives"):
        ct.compare_rules(fu.changes)
    with pytest.raises(TypeError, match=r"limits_of needs a DataFrame such as .*; found Case"):
        ct.limits_of(fu.case, "mrss")
    with pytest.raises(ct.TimelineError, match="measure: found"):
        ct.draw_trajectory(fu, ["mrss", "ck"])


def test_a_table_without_rows_is_said_to_have_none():
    with pytest.raises(ct.TimelineError, match="found 'no rows'; expected a row for each fact"):
        ct.read_facts(pd.DataFrame(columns=["case_id", "kind", "code", "value", "unit", "source", "phase"]))


@pytest.mark.product
def test_a_path_may_be_a_text_or_path():
    table, _ = ct.derive_path(str(INDEX_CASE), measure="mrss")
    # mRSS 46, then 32.
    assert table["CHG"].dropna().tolist() == [0, -14]


def test_what_is_no_path_is_refused():
    with pytest.raises(ct.TimelineError, match="path: found 'None'; expected a path"):
        ct.derive_path(None)


@pytest.mark.product
def test_a_measure_that_no_case_records_is_asked_for_by_its_parameter():
    with pytest.raises(
        ct.TimelineError, match=r"\nmeasure: found 'mrs'; expected a measure that is recorded: .* 'mrss'"
    ):
        ct.derive_path(INDEX_CASE, measure="mrs")


def test_a_treatment_is_asked_for_by_the_names_of_parameters():
    row = {"case_id": "a", "kind": "treatment", "value": "", "unit": "", "source": "chart"}
    frame = pd.DataFrame({**row, "phase": [1, 2], "code": ["exampline", "exampolone"]})
    with pytest.raises(
        ct.TimelineError, match="as reference: one of exampline, exampolone; or the baseline rule 'first'"
    ):
        ct.read_facts(frame)


@pytest.mark.parametrize("listed", [ct.list_cases, ct.summarise_cases])
def test_a_folder_that_is_not_there_has_no_list_of_cases(listed, tmp_path, monkeypatch):
    with pytest.raises(ct.TimelineError, match="nowhere: found 'no such folder'; expected a folder of cases, looked"):
        listed("nowhere")
    # An empty one has none, and a folder is found from below it, as a case is.
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "measures.csv").touch()
    monkeypatch.chdir(tmp_path / "data")
    assert ct.list_cases("data") == [] and repr(ct.summarise_cases("data")).startswith("0 cases of this folder")


def test_a_folder_of_cases_is_no_case(tmp_path):
    with pytest.raises(
        ct.TimelineError, match=r"^.*\ndata: found 'a folder of cases'; expected the folder of one case, "
    ):
        ct.read_case(ROOT / "data")
    with pytest.raises(ct.TimelineError, match="data_dir: found nothing; expected the folder of a case"):
        ct.analyse("")
    with pytest.raises(
        ct.TimelineError, match=r"found 'a folder without a timeline\.csv'; expected the folder of a case"
    ):
        ct.read_case(tmp_path)


@pytest.mark.parametrize("width", [0, -5, "180", float("nan"), 59.9, 1e6, None, True])
def test_a_width_that_no_figure_can_have_is_refused(fu, width):
    with pytest.raises(ct.TimelineError, match=r"width_mm: found .*; expected a number of millimetres from 60 to 1000"):
        ct.draw_trajectory(fu, "mrss", width_mm=width)


@pytest.mark.parametrize("draw", [getattr(ct, name) for name in dir(ct) if name.startswith("draw_")])
def test_each_figure_refuses_such_a_width_at_its_call(fu, draw):
    what = ct.read_series([fu]) if draw in OF_A_SERIES else fu
    with pytest.raises(ct.TimelineError, match="width_mm: found"):
        draw(what, **({"code": "mrss"} if draw is ct.draw_trajectory else {}), width_mm="180")


def test_all_figures_of_no_case_are_refused_at_the_call(tmp_path):
    with pytest.raises(ct.TimelineError, match="expected the folder of a case"):
        ct.draw_figures(tmp_path)


def test_a_series_on_the_last_line_names_its_cases_and_is_no_markup(make_case, observe):
    about = 'title: "<b>bold</b>"\nanalysis: {baseline: first}'
    shown = ct.read_series([make_case(observe(), about=about)])._repr_html_()
    assert shown.startswith("<p><strong>Series series of 1 case</strong></p><ul><li>")
    assert shown.endswith(": &lt;b&gt;bold&lt;/b&gt;</li></ul>")


def test_a_waterfall_without_room_for_its_bars_says_from_which_width_on_it_has_it(fu):
    series = ct.read_series([fu])
    with pytest.raises(
        ct.TimelineError, match="width_mm: found '70'; expected a number of millimetres from"
    ) as refused:
        ct.draw_waterfall(series, width_mm=70)
    least = int(refused.value.faults[0].expected.split()[-3])
    assert 70 < least < 120
    ct.draw_waterfall(series, width_mm=least)


_SHAPES = {
    "object": lambda frame: frame.astype(object),
    "nullable": lambda frame: frame.convert_dtypes(),
    "category": lambda frame: frame.assign(
        **{name: frame[name].astype("category") for name in frame if pd.api.types.is_string_dtype(frame[name].dtype)}
    ),
    "series as index": lambda frame: frame.set_index(["case_id", "PARAMCD", "LOC"], drop=False),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.product
def test_a_table_says_the_same_however_pandas_stores_it(shape):
    analysis = ct.analyse(INDEX_CASE)
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    stored, judged = (_SHAPES[shape](frame) for frame in (changes, verdicts))
    rules = case.rules if shape == "series as index" else _SHAPES[shape](case.rules)
    expected = ct.evaluate_rules(changes, case.rules)
    assert ct.evaluate_rules(stored, rules).astype(str).equals(expected.astype(str))
    assert ct.compare_rules(judged).astype(str).equals(ct.compare_rules(verdicts).astype(str))
    claims = ct.evaluate_claims(case, stored, judged)
    assert claims.astype(str).equals(analysis.claims.astype(str))


@pytest.mark.parametrize("name", ["measure", "kind", "rule", "label", "base_min", "needs", "not_after"])
def test_a_column_of_rules_that_is_missing_is_named(name):
    analysis = ct.analyse(INDEX_CASE)
    with pytest.raises(KeyError, match=f"evaluate_rules needs {name}, which rules.csv has"):
        ct.evaluate_rules(analysis.changes, analysis.case.rules.drop(columns=name))


@pytest.mark.parametrize("name", ["kind", "phase", "start", "AVAL", "ORDER"])
def test_a_derived_table_without_a_column_is_refused_when_it_is_given(name):
    analysis = ct.analyse(INDEX_CASE)
    with pytest.raises(KeyError, match=f"analyse needs {name}, which "):
        ct.analyse(analysis.case, analysis.changes.drop(columns=name))
