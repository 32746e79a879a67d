"""The report of a series: whole or not at all, nothing made twice, the same bytes, and no identifier in it."""

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import docx
import pandas as pd
import pypdfium2
import pytest
from conftest import ROOT, casetimeline, change_number, copy_project, run

import casetimeline as ct
from casetimeline.case import Simulation
from casetimeline.faults import TimelineError
from casetimeline.files import list_cases
from casetimeline.report.citations import references_of_series
from casetimeline.report.document import Heading
from casetimeline.report.pdf import render_report
from casetimeline.series import FIGURES, limits_of
from casetimeline.workflow import cases_of, cut, extract_cases, open_registry, tabled, write_simulated
from casetimeline.workflow.notebook import has_results, read_notebook, read_parameters
from casetimeline.workflow.plan import SeriesPlan, manifest_text, truth_of, what_stands

IDS = ("ferreira2017", "fu-2025", "ujkz10974")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("series") / "project")


@pytest.fixture(scope="module")
def home(project):
    """The report of three cases."""
    done = casetimeline("series", *IDS, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "Case fu-2025: 46 points → 32 points: −14 points (−30.4 %)." in done.stdout
    return project / "build/series"


@pytest.mark.product
def test_the_stored_notebook_and_figures_are_what_a_run_gives(home):
    for folder, name in (
        ("notebooks", "series.ipynb"),
        *(("figures", path.name) for path in home.glob("figures/*.svg")),
    ):
        assert (home / folder / name).read_bytes() == (ROOT / folder / name).read_bytes(), name


@pytest.mark.product
def test_a_report_that_is_current_is_not_made_again(project, home):
    manifest = json.loads((home / "manifest.json").read_text())
    assert manifest["parameters"] == {"cases": " ".join(IDS), "measure": "mrss"}
    assert {f"data/{case_id}/timeline.csv" for case_id in IDS} <= set(manifest["inputs"])
    assert "nothing to do" in casetimeline("series", *IDS, cwd=project).stdout


@pytest.mark.product
def test_the_word_file_has_the_title_the_figures_and_the_tables_of_the_report(home):
    document = docx.Document(home / "manuscript/report.docx")
    assert document.paragraphs[0].text == "Series of 3 cases: Modified Rodnan skin score"
    # The five figures; the cases, the patients, how they were read, and the colophon.
    assert len(document.inline_shapes) == len(FIGURES) and len(document.tables) == 4
    assert [shape._inline.docPr.get("descr")[:20] for shape in document.inline_shapes].count("") == 0


@pytest.mark.product
@pytest.mark.parametrize("form", ["table.csv", "table.parquet", "shards"])
def test_a_series_of_a_table_is_made_verified_and_made_once(tmp_path, form):
    """Three of four simulated cases, out of a table whose rows are in disorder, in either format, or of its shards."""
    simulated = tmp_path / "simulated.csv"
    write_simulated(simulated, Simulation(cases=4, seed=2))
    rows = pd.read_csv(simulated, dtype=str, keep_default_na=False, comment="#").sample(frac=1, random_state=1)
    table = tmp_path / "table.csv"
    rows.to_csv(table, index=False)
    if form == "table.parquet":
        rows.to_parquet(tmp_path / form, index=False)
    elif form == "shards":
        cut(table, tmp_path / form, cases=1)
    asked = ("--data", str(tmp_path / form), "--build", str(tmp_path / "b"))
    command = ("series", "SIMULATED-2-00000[1-3]", *asked, "--reference", "tocilizumab")
    done = casetimeline(*command)
    assert done.returncode == 0 and "Series of 3 simulated cases" in done.stdout, done.stderr
    assert "nothing to do" in casetimeline(*command).stdout
    again = casetimeline("verify", str(tmp_path / "b/series"), "--data", str(tmp_path / form))
    assert again.returncode == 0, again.stdout


def test_cases_of_a_table_stand_in_a_folder_for_as_long_as_they_are_needed(tmp_path):
    table = tmp_path / "t.csv"
    write_simulated(table, Simulation(cases=3, seed=2))
    with cases_of(table, "SIMULATED-2-000001 *3", "first") as folder:
        assert list_cases(folder) == ["SIMULATED-2-000001", "SIMULATED-2-000003"] and folder.name == "t"
    assert not folder.exists()


def test_a_series_of_a_table_is_not_told_as_one_of_case_reports(tmp_path):
    """Two of the three cases of a table that records one skin score of each, and a CK of none."""
    table = tmp_path / "t.csv"
    rows = ["case_id,kind,code,start,value,unit,source", *(f"{case},observation,mrss,0 d,40,,chart" for case in "abc")]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with cases_of(table, "a b", "first") as folder:
        series = ct.read_series(folder)
    assert series.chosen == "2 cases, of t.csv, a table of 3 cases."
    assert "report" not in limits_of(series) and "rows of a table" in limits_of(series)
    assert set(ct.derive_series(series, "ck")["REASON"]) == {"not recorded in the table"}
    assert not [work for work in references_of_series(series, "mrss") if work.key == "murad-2018"]
    words = " ".join(text.get_text() for text in ct.draw_matrix(series).texts)
    assert "What the table does not record was not thereby absent" in words


@pytest.mark.product
def test_a_case_of_a_table_has_the_reference_of_the_table_if_it_tells_of_it_and_a_note_if_not(tmp_path):
    table, header = tmp_path / "t.csv", "case_id,kind,code,start,value,unit,state,source"
    rows = ["a,observation,mrss,0 d,40", "a,observation,mrss,10 d,46", "a,observation,mrss,20 d,30"]
    # An event; a treatment, its kind typed with a capital; and another treatment alone.
    rows += [row.replace("a", "b", 1) for row in rows] + [row.replace("a", "c", 1) for row in rows]
    rows += ["a,event,infection,12 d,", "b,Treatment,rituximab,12 d,", "b,event,infection,15 d,"]
    rows += ["c,treatment,rituximab,12 d,"]
    table.write_text("\n".join([header, *(f"{row},,,chart" for row in rows)]) + "\n", encoding="utf-8")
    expected = [("a", "last_before", "infection", 46), ("b", "last_before", "infection", 46), ("c", "first", "", 40)]
    with cases_of(table, "", "last_before", "infection") as folder:
        cases = [ct.read_case(folder, name) for name in list_cases(folder)]
        bases = [ct.analyse(case).changes["BASE"].dropna().unique().tolist() for case in cases]
        plans = [(case.case_id, case.baseline_rule, case.reference) for case in cases]
        assert [(*plan, *base) for plan, base in zip(plans, bases, strict=True)] == expected
        with pytest.raises(TimelineError, match="the treatment that 'last_before' refers to, in case c"):
            ct.read_series(folder, baseline_rule="last_before")
    cut(table, tmp_path / "shards")
    registry = open_registry(tmp_path / "shards", "last_before", "infection", suffix=".csv")
    (note,) = extract_cases(registry, "abc", tmp_path / "data")
    assert note == "t.csv: 'infection', the reference, is not told of 'c'; the baseline is the first value there"
    with cases_of(table, "", "", "rituximab") as folder:
        assert [ct.read_case(folder, name).reference for name in "abc"] == ["", "rituximab", "rituximab"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"asked": "SIMULATED-2-000009"}, "expected a case of t.csv"),
        ({"asked": "fu-2025"}, "expected a case of t.csv"),
        ({}, "as reference: one of prednisone, tocilizumab"),
    ],
)
def test_what_a_table_cannot_give_is_refused(tmp_path, asked, words):
    table = tmp_path / "t.csv"
    write_simulated(table, Simulation(cases=3, seed=2))
    with pytest.raises(TimelineError) as refused, cases_of(table, **{"rule": "first" if asked else "", **asked}):
        pass
    assert words in str(refused.value)


def test_simulated_rows_beside_others_in_a_table_are_refused_with_the_reason(tmp_path):
    table = tmp_path / "t.csv"
    write_simulated(table, Simulation(cases=1, seed=2))
    row = "patient-1,treatment,tocilizumab,0 d,,,,,,,,,,,,chart\n"
    table.write_text(table.read_text() + row)
    with pytest.raises(TimelineError, match="never read together with cases of patients"), cases_of(table):
        pass


def test_more_cases_than_a_page_has_rows_for_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tabled, "MOST_CASES", 2)
    table = tmp_path / "t.csv"
    write_simulated(table, Simulation(cases=3, seed=2))
    with pytest.raises(TimelineError, match="found '3 cases'; expected at most 2 cases"), cases_of(table, "", "first"):
        pass


def test_a_reference_is_asked_for_of_a_table_alone(tmp_path):
    with pytest.raises(TimelineError, match=r"of which each case\.yaml says it"), cases_of(tmp_path, "", "", "x"):
        pass


@pytest.mark.product
def test_a_fault_of_a_row_has_its_line_in_the_table_and_not_in_the_folder_that_is_gone(tmp_path):
    """The second case comes first; a quote has two lines, and two rows of one moment do not agree."""
    table = tmp_path / "t.csv"
    rows = ["b,3,52,mRSS 52", "a,1,40,mRSS 40", "a,2,30,'mRSS\n30'", "a,3,99,mRSS 99", "a,4,7,mRSS 7", "a,4,8,mRSS 8"]
    rows = [f"{row[0]},observation,mrss,,,{row[2:]},chart".replace("'", '"') for row in rows]
    table.write_text(
        "\n".join(["case_id,kind,code,start,unit,phase,value,quote,source", *rows]) + "\n", encoding="utf-8"
    )
    with pytest.raises(TimelineError) as raised, cases_of(table, "", "first") as folder:
        ct.read_series(folder)
    # Counted in the text: b stands on line 2, a on 3, 4 with 5, 6, 7 and 8.
    places = {(each.file, each.line, each.found) for each in raised.value.faults}
    assert {("t.csv", 2, "52"), ("t.csv", 6, "99"), ("t.csv", 8, "8")} <= places
    assert {file for file, _, _ in places} == {"t.csv"}
    assert any("as on line 7" in each.expected for each in raised.value.faults)


@pytest.mark.product
def test_cases_that_are_asked_for_in_another_order_give_the_same_table(project, home):
    # In another order they are asked for otherwise, and give the same table.
    before = (home / "tables/series.csv").read_bytes()
    assert casetimeline("series", *reversed(IDS), "--name=turned", cwd=project).returncode == 0
    assert (project / "build/turned/tables/series.csv").read_bytes() == before


@pytest.mark.product
def test_another_number_in_one_case_makes_it_anew_and_verify_names_it(tmp_path):
    project = copy_project(tmp_path / "project")
    assert casetimeline("series", *IDS, cwd=project).returncode == 0
    home = project / "build/series"
    assert casetimeline("verify", str(home), cwd=project).returncode == 0
    change_number(project / "data/fu-2025", "32", "31")
    done = casetimeline("verify", str(home), cwd=project)
    assert done.returncode == 1 and "input data/fu-2025/timeline.csv: another content" in done.stdout
    assert "−15 points" in casetimeline("series", *IDS, cwd=project).stdout
    assert (project / "build/_earlier/series/manifest.json").exists()


@pytest.mark.product
def test_a_word_of_the_deny_list_withholds_the_report(tmp_path):
    project = copy_project(tmp_path / "project")
    (project / "deny.txt").write_text("Ferreira\n")
    done = casetimeline("series", *IDS, "--deny=deny.txt", cwd=project)
    assert done.returncode == 1 and "the report is withheld" in done.stderr
    assert not (project / "build/series/report.html").exists()


@pytest.mark.product
def test_what_is_wrong_is_told_before_anything_is_touched(project, home):
    for options, words in (
        (("fu-2026",), "did you mean 'fu-2025'"),
        ((*IDS, "--measure=mrs"), "did you mean 'mrss'"),
        ((*IDS, "--align=tocilizumabb"), "did you mean 'tocilizumab'"),
        ((*IDS, "fu-2025"), "each case once"),
        ((*IDS, "--name=fu-2025"), "a name that no case of the folder has"),
        (("--diagnosis=gout",), "at least one case"),
    ):
        done = casetimeline("series", *options, cwd=project)
        assert done.returncode == 2 and words in done.stderr, done.stderr
    assert (home / "report.html").exists() and not (home.parent / "failed").exists()


@pytest.mark.product
def test_a_digest_and_a_long_name_stay_within_the_table_of_the_pdf():
    table = ct.summarise_read(ct.read_series(ROOT / "data", "fu-2025 ijccm-pm-20f"))
    with pypdfium2.PdfDocument(render_report([Heading(1, "Series"), table], "a", "b", "c")) as pages:
        texts = pages[0].get_textpage()
        boxes = [texts.get_charbox(n) for n in range(texts.count_chars()) if texts.get_text_range(n, 1).strip()]
        # The margins of a page are alike, and the title begins at the left one.
        assert max(right for _, _, right, _ in boxes) <= pages[0].get_width() - min(left for left, *_ in boxes)


def test_the_notebook_has_the_parameters_of_the_command_and_short_cells():
    notebook = read_notebook(ROOT / "notebooks/series.ipynb")
    plan = SeriesPlan("series", "", (), Path(), Path(), (), Path())
    assert set(read_parameters(notebook)) == {*plan.given, "data_dir"}
    assert has_results(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert [name for name in FIGURES if any(f'ct.publish(figure, "{name}.svg")' in source for source in code)] == [
        *FIGURES
    ]
    for source in code:
        assert len(source.splitlines()) <= (8 if source.startswith("cases = ") else 6), source
        forbidden = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.ListComp, ast.Assert)
        assert not any(isinstance(node, forbidden) for node in ast.walk(ast.parse(source))), source


@pytest.mark.product
def test_a_digit_a_mark_and_a_datum_are_noticed_in_the_stored_notebook(tmp_path):
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks/series.ipynb"
    stored = (ROOT / "notebooks/series.ipynb").read_text(encoding="utf-8")

    def failed() -> int:
        done = run(
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path)),
            *("--nbval", "--nbval-current-env", "notebooks/series.ipynb"),
            cwd=tmp_path,
            CASETIMELINE_BUILD=str(tmp_path / "build"),
        )
        assert "passed" in done.stdout, done.stdout
        found = re.search(r"(\d+) failed", done.stdout)
        return int(found[1]) if found else 0

    path.write_text(stored, encoding="utf-8")
    assert failed() == 0
    path.write_text(stored.replace("-57.7 %", "-57.6 %", 1), encoding="utf-8")
    assert failed() == 1
    path.write_text(stored, encoding="utf-8")
    change_number(tmp_path / "data/fu-2025", "32", "31")
    # The table, the frame, Table 1, four figures with their values, the reading and the digests.
    assert failed() >= 8


def test_another_choice_of_cases_is_no_change_of_the_files_of_the_earlier_report(tmp_path):
    files = (ROOT / "data", tmp_path, (ROOT / "notebooks/series.ipynb",), ROOT / "requirements.lock")
    before, now = (SeriesPlan("series", asked, (asked,), *files) for asked in ("fu-2025", "kamata2012"))
    before.home.mkdir(parents=True)
    truth = truth_of(before)
    inputs = {name: "other" if name == "data/rules.csv" else digest for name, digest in truth.inputs.items()}
    text = manifest_text("series", truth.parameters, inputs, truth.versions, {})
    (before.home / "manifest.json").write_text(text, encoding="utf-8")
    assert what_stands(before).endswith("as it was; changed since then: data/rules.csv")
    assert what_stands(now).endswith("holds the report made before, of other cases, as it was")
