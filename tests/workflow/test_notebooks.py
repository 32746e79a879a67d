"""The rules of a notebook: a cell tells, a function does; results stored; the normal form."""

import ast
import json
import re
import shutil

import nbformat
import pytest
from conftest import NOTEBOOKS, ROOT

import casetimeline as ct
from casetimeline.faults import TimelineError
from casetimeline.figures.files.publish import CaseFigure
from casetimeline.figures.gallery import FIGURES
from casetimeline.report.html import sections_of
from casetimeline.vocabulary import AXES, BASELINE_RULES
from casetimeline.workflow.accept import accept, compare, normalise_files
from casetimeline.workflow.notebook import (
    check_parameters,
    has_results,
    normalise,
    read_notebook,
    read_parameters,
    write_text,
)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_of(path):
    return [cell.source for cell in read_notebook(path).cells if cell.cell_type == "code"]


def test_each_notebook_has_its_figure():
    stems = [
        *("00_course", "01_skin", "02_muscle", "03_pericardium"),
        *("05_claims", "06_reported", "07_regimen", "08_change", "09_context"),
    ]
    assert [path.stem for path in NOTEBOOKS] == stems
    assert list(FIGURES) == stems
    assert sorted(path.stem for path in (ROOT / "figures").glob("[0-9]*")) == stems


@each
def test_cells_are_short_and_hold_no_logic(path):
    forbidden = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.ListComp)
    for source in code_of(path):
        # A parameter has a line of its own: so papermill finds it.
        assert len(source.splitlines()) <= (7 if source.startswith("case_id = ") else 6), source
        assert "!" not in source.replace("!=", "") and "%" not in source
        assert not any(isinstance(node, forbidden) for node in ast.walk(ast.parse(source))), source
        # What a cell would assert, a function refuses: `read_case` refuses a row of another case.
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(source))), source
        assert not source.rstrip().endswith(";")


@each
def test_the_anatomy_is_kept(path):
    notebook = read_notebook(path)
    first = notebook.cells[0]
    assert first.cell_type == "markdown" and first.source.splitlines()[0].endswith("?")
    assert "obody should" in first.source
    defaults = read_parameters(notebook)
    assert list(defaults) == ["case_id", "data_dir", "figure_svg", "baseline_rule", "reference", "axis", "rules"]
    assert "ct.read_case(data_dir, case_id, baseline_rule, reference, axis, rules)" in "\n".join(code_of(path))
    assert defaults["figure_svg"] == f"{path.stem}.svg"
    headings = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    assert [line for line in headings if line.startswith("## ")][-2:] in (
        ["## Results in words", "## What this does not show"],
        ["## What regression to the mean alone would give", "## What this does not show"],
    )
    assert code_of(path)[-1] == notebook.cells[-1].source == "ct.colophon(case)"
    assert sum("publish(figure, figure_svg)" in source for source in code_of(path)) == 1


def test_the_parameters_are_explained_once_and_each_notebook_links_there():
    index = read_notebook(ROOT / "notebooks/index.ipynb")
    (table,) = [cell.source for cell in index.cells if cell.source.startswith("## Parameters")]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows] == [f"| `{name}`" for name in read_parameters(read_notebook(NOTEBOOKS[0]))]
    assert all(f"`{word}`" in table for word in filter(None, (*AXES, *BASELINE_RULES)))
    texts = [{cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"} for path in NOTEBOOKS]
    in_all = set.intersection(*texts)
    # Beside the limits of any case, which nobody should have to look for elsewhere, one line.
    (line,) = [text for text in in_all if not text.startswith("## ")]
    assert "(index.ipynb#Parameters)" in line and "\n" not in line
    assert {text.splitlines()[0] for text in in_all - {line}} == {"## What this does not show", "## Results in words"}


@each
def test_the_frame_itself_stands_before_a_table_and_no_display_setting_reaches_it(path):
    code = [cell for cell in read_notebook(path).cells if cell.cell_type == "code"]
    pages = [cell.outputs[0].data.get("text/html", "") if cell.outputs else "" for cell in code]
    (place,) = [place for place, page in enumerate(pages) if 'class="dataframe"' in page]
    in_report = [cell for cell in code[place:] if "notebook-only" not in cell.metadata.get("tags", [])]
    assert in_report[0].source.startswith("ct.summarise_")
    # Neither wrapped nor cut nor rounded by pandas, whatever its width, rows, columns and precision are set to.
    shown = code[place].outputs[0].data["text/plain"]
    assert max(map(len, shown.splitlines())) <= 80 and len(shown.splitlines()) <= 60
    assert "..." not in shown and "\\" not in shown and not re.search(r"\d\.\d{3}", shown)


@pytest.mark.product
@each
def test_the_line_that_a_reader_is_invited_to_runs_and_publishes_nothing(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASETIMELINE_BUILD", str(tmp_path))
    invitation = read_notebook(path).cells[-2].source
    words, code = re.fullmatch(r"\*\*Try it\.\*\* (.+)\n\n```python\n(.+)\n```", invitation).groups()
    names = {"ct": ct, "data_dir": str(ROOT / "data"), "case_id": "fu-2025"}
    figure = eval(code, {**names, "case": ct.read_case(names["data_dir"], "fu-2025")})
    assert isinstance(figure, CaseFigure)
    assert list(tmp_path.iterdir()) == []
    # The same kind of figure as the notebook publishes.
    drawing = re.search(r"figure = (ct\.draw_\w+)\(", "\n".join(code_of(path)))[1]
    assert code.startswith(f"{drawing}(") and "new cell" in words


@pytest.mark.product
def test_what_is_for_the_notebook_alone_is_not_in_the_report():
    for section in sections_of({path.stem: read_notebook(path) for path in NOTEBOOKS}):
        assert section.body.count("<figure>") == 1 and section.body.count("Table: ") > 1
        assert not re.search(
            "index.ipynb|dataframe|DataFrame|new cell",
            re.sub(r"<figure>.*</figure>", "", section.body, flags=re.S),
        )


@each
def test_results_are_stored_in_the_normal_form(path):
    assert has_results(read_notebook(path))
    assert path.read_text(encoding="utf-8") == write_text(read_notebook(path))


@each
def test_no_cell_is_exempt_from_the_check(path):
    text = path.read_text(encoding="utf-8").lower()
    assert "nbval-" not in text and "nbval_" not in text and "raises-exception" not in text
    streams = [
        o for cell in read_notebook(path).cells for o in cell.get("outputs", []) if o.output_type != "execute_result"
    ]
    assert streams == []


def pictures_of(path):
    """Each figure that a notebook holds, as the tags of its cell and the output."""
    return [
        (cell.metadata.get("tags", []), output.data)
        for cell in read_notebook(path).cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.data
    ]


@each
def test_the_stored_figure_is_the_published_one(path):
    (shown,) = [data["image/svg+xml"] for tags, data in pictures_of(path) if "notebook-only" not in tags]
    assert shown == (ROOT / "figures" / f"{path.stem}.svg").read_text(encoding="utf-8")


# Of the index case: two skin scores, and one change in numbers. No mark stands for what has no number.
@pytest.mark.parametrize(("stem", "marks"), [("01_skin", 2), ("08_change", 1)])
def test_a_picture_of_seaborn_shows_exact_values_and_is_compared_byte_by_byte(stem, marks):
    (picture,) = [data for tags, data in pictures_of(ROOT / f"notebooks/{stem}.ipynb") if "notebook-only" in tags]
    # The check of the notebooks compares SVG, and ignores PNG.
    assert set(picture) == {"image/svg+xml", "text/plain"}
    assert "<title" in picture["image/svg+xml"] and "Case fu-2025: " in picture["text/plain"]
    groups = re.findall(r'id="shown-([A-Za-z]+Collection)_\d+"', picture["image/svg+xml"])
    assert groups == ["PathCollection"] * marks


def test_stripped_results_are_noticed(tmp_path):
    for folder in ("notebooks", "figures"):
        (tmp_path / folder).mkdir()
    for change in (lambda cell: cell.update(outputs=[]), lambda cell: cell.update(execution_count=None)):
        notebook = read_notebook(NOTEBOOKS[1])
        change(next(cell for cell in notebook.cells if cell.get("outputs")))
        assert not has_results(notebook)
        (tmp_path / "notebooks" / NOTEBOOKS[1].name).write_text(nbformat.writes(notebook), encoding="utf-8")
        found = [fault.found for fault in compare(tmp_path, tmp_path)]
        assert found == ["cells without results"]


@pytest.mark.parametrize("text", ["[]", "{}", "3", "[" * 100_000, '{"nbformat": "x"}', '{"nbformat": 4, "cells": 1}'])
def test_json_of_another_form_is_no_notebook_and_nothing_beside_it_is_written(tmp_path, text):
    """The first of the two is a notebook that is not in its normal form, and stays so."""
    first, second = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    first.write_text(nbformat.writes(nbformat.v4.new_notebook(metadata={"time": "now"})), encoding="utf-8")
    second.write_text(text, encoding="utf-8")
    with pytest.raises(TimelineError, match=r"b\.ipynb: found 'no notebook'; expected a Jupyter notebook"):
        normalise_files([first, second])
    assert '"time": "now"' in first.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("case_id", "parameters", "sentence"),
    [
        ("kamata2012", {}, "found 'a run of kamata2012'; expected a run of fu-2025"),
        (
            "fu-2025",
            {"baseline_rule": "first", "presets": ["wiley"]},
            "found 'a run with baseline=first'; expected one with the defaults",
        ),
    ],
)
def test_another_run_is_neither_made_the_committed_one_nor_compared_with_it(tmp_path, case_id, parameters, sentence):
    """The committed notebooks are of fu-2025 by the defaults; the figure that is committed would be lost."""
    for folder in ("project/notebooks", "project/figures", "built/notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("project", "built"):
        shutil.copy(NOTEBOOKS[1], tmp_path / folder / "notebooks")
    (tmp_path / "project/figures/01_skin.svg").write_text("<svg/>", encoding="utf-8")
    manifest = {"case_id": case_id, "parameters": parameters, "inputs": {}, "versions": {}, "outputs": {}}
    (tmp_path / "built/manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for read in (accept, compare):
        with pytest.raises(TimelineError, match=sentence):
            read(tmp_path / "project", tmp_path / "built")
    assert (tmp_path / "project/figures/01_skin.svg").is_file()


def test_the_normal_form_has_no_time_no_path_and_no_random_id():
    cell = nbformat.v4.new_code_cell(
        "1", execution_count=1, metadata={"papermill": {"start": "now"}, "tags": ["b", "a"]}
    )
    cell.metadata["execution"] = {"iopub.execute_input": "2026-01-01"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"input_path": "/home/someone/n.ipynb"}})
    clean = normalise(notebook)
    assert clean.cells[0].id == "cell-00"
    assert clean.cells[0].metadata == {"tags": ["a", "b"]}
    assert set(clean.metadata) == {"kernelspec", "language_info"}
    assert normalise(clean) == clean


@pytest.mark.parametrize("text", ["0012", "NO", "1e5", "12:30", "[1]", "None"])
def test_text_stays_text(text):
    assert check_parameters({"case_id": "x"}, {"case_id": text}, "n.ipynb") == {"case_id": text}


@pytest.mark.parametrize(
    ("given", "column", "found"),
    [({"case": "x"}, "parameters", "case"), ({"width": "wide"}, "width", "wide"), ({"width": "1.5"}, "width", "1.5")],
)
def test_an_unknown_or_mistyped_parameter_is_refused(given, column, found):
    with pytest.raises(TimelineError) as caught:
        check_parameters({"case_id": "x", "width": 180}, given, "n.ipynb")
    (fault,) = caught.value.faults
    assert (fault.column, fault.found) == (column, found)


def test_the_case_that_a_template_is_warmed_with_has_no_fault():
    """A fault of it would pass without a word, and each kernel would do all that for the first time."""
    from casetimeline.case import check_numbers
    from casetimeline.workflow import preload

    facts = preload._ANALYSIS.case.facts
    assert facts["kind"].tolist() == ["observation", "treatment", "observation", "observation"]
    assert list(check_numbers(facts)) == []
