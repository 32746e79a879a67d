"""The page's session: what it shows is what the report draws; what is typed or brought along is checked, and kept."""

import base64
import csv
import html
import io
import itertools
import json
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import openpyxl
import pytest
from conftest import ROOT, in_gate, make_project_of, run
from hypothesis import given, strategies as st
from nbclient import NotebookClient

from casetimeline.case.author import import_case, new_case
from casetimeline.case.proof.sources import prove_source
from casetimeline.case.read import read_case
from casetimeline.explore import view
from casetimeline.explore.changed import changes_of
from casetimeline.explore.choice import Choice, choice_from, command_of
from casetimeline.explore.draft import Draft
from casetimeline.explore.quotas import MOST_ROWS
from casetimeline.explore.session import Session
from casetimeline.explore.view import COLUMNS
from casetimeline.explore.widget import page_files, widget_script
from casetimeline.faults import TimelineError
from casetimeline.figures.files.export import drawn_width
from casetimeline.figures.files.presets import PRESETS
from casetimeline.files import MOST_BYTES, list_cases, sha256, zip_bytes
from casetimeline.rules.analysis import analyse
from casetimeline.vocabulary import AXES, BASELINE_RULES, COLUMN_NAMES
from casetimeline.workflow.notebook import has_results, read_notebook, write_text

DATA = ROOT / "data"
FILES = ("case.yaml", "timeline.csv")
DRAFT = ("about", "rows", "measures")
PAGES = [ROOT / "notebooks" / name for name in ("explore.ipynb", "index.ipynb")]


@pytest.fixture(scope="module")
def session():
    return Session(DATA, "fu-2025")


@pytest.fixture
def fresh():
    return Session(DATA, "fu-2025")


def answers(session, do, **fields):
    *parts, end = session.answers({"do": do, "n": 7, **fields})
    assert end == {"is": "end", "do": do, "n": 7} and all((part["do"], part["n"]) == (do, 7) for part in parts)
    # What goes to a page is JSON, whatever a case holds.
    json.dumps(parts, allow_nan=False)
    return parts


def answer(session, do, **fields):
    (only,) = answers(session, do, **fields)
    return only


def show(session, case="fu-2025", **choice):
    view = answer(session, "show", choice={"case": case, **choice})
    assert view["is"] == "view", view
    return view


def refusal(session, do, **fields):
    refused = answer(session, do, **fields)
    assert refused["is"] == "faults"
    return refused["text"]


def file_of(part):
    assert part["is"] == "file"
    return part["name"], base64.b64decode(part["content"])


def as_upload(contents):
    return [{"name": name, "content": base64.b64encode(content).decode()} for name, content in contents.items()]


def unzipped(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# What is shown.


@pytest.mark.product
def test_every_figure_is_the_one_of_the_report_byte_by_byte(session):
    gallery = show(session)["gallery"]
    assert [one["name"] for one in show(session, "kamata2012")["gallery"]] == [one["name"] for one in gallery]
    assert [one["name"] for one in gallery] == sorted(path.stem for path in (ROOT / "figures").glob("[0-9]*.svg"))
    for one in gallery:
        published = (ROOT / "figures" / f"{one['name']}.svg").read_text(encoding="utf-8")
        place = {"figure": one["figure"], "measure": one["measure"]}
        assert show(session, **place)["figure"]["svg"] == published
        looked = answer(session, "look", choice={"case": "fu-2025", **place})
        assert (looked["figure"]["svg"], looked["place"]) == (published, place)


@pytest.mark.product
@pytest.mark.parametrize("case_id", in_gate("kamata2012", of=list_cases(DATA)))
def test_every_case_can_be_looked_at(session, case_id):
    for one in show(session, case_id)["gallery"]:
        view = show(session, case_id, figure=one["figure"], measure=one["measure"])
        figure, lines = view["figure"], {row[0] for row in view["rows"]["cells"]}
        ids = set(re.findall(r'id="([^"]+)"', figure["svg"]))
        # Each mark is in the drawing, and its line in the table; what is listed or not mentioned has no mark.
        named = [name for name in view["marks"] if not re.match(r"ct\.(listed|silent)\.", name)]
        marks = {re.sub(r"[^A-Za-z0-9_.-]", "_", figure["prefix"]) + name for name in named}
        assert marks <= ids
        assert {str(mark["line"]) for mark in view["marks"].values() if mark["line"]} <= lines
        assert html.escape(figure["title"]) in figure["svg"] and html.escape(figure["description"]) in figure["svg"]
        assert figure["alt"].startswith(figure["title"])


@pytest.mark.product
def test_a_row_tells_value_bounds_change_state_source_and_quote(session):
    """By hand from data/fu-2025/timeline.csv, lines 2 and 15: 46 then 32 of 0 to 51, 14/46 = 30.4 %."""
    view = show(session, figure="measure", measure="mrss")
    assert view["rows"]["columns"] == [name for name in COLUMNS if name not in ("not drawn", "proof")]
    rows = {row[0]: dict(zip(view["rows"]["columns"], row, strict=True)) for row in view["rows"]["cells"]}
    first, last = rows["2"], rows["15"]
    assert (first["value"], first["bounds"], first["change"]) == ("46 points", "exactly 46 points", "")
    assert first["state"] == "value reported; the baseline"
    assert (last["value"], last["change"]) == ("32 points", "-14 points (-30.4 %)")
    assert first["source"] == "Fu 2025, abstract" and first["quote"].startswith("severe skin sclerosis (mRSS 46)")
    (mark,) = [mark for name, mark in view["marks"].items() if name.startswith("ct.value.mrss.15")]
    assert mark["line"] == 15


@pytest.mark.product
def test_what_is_not_reported_has_no_bounds_and_no_change(session):
    view = show(session, figure="measure", measure="ck")
    columns = view["rows"]["columns"]
    (row,) = [dict(zip(columns, row, strict=True)) for row in view["rows"]["cells"] if row[0] == "16"]
    assert (row["bounds"], row["state"]) == ("", "not reported")
    assert row["change"] == "no change can be computed (not reported)"


def rows_of(view):
    columns = view["rows"]["columns"]
    return {row[0]: dict(zip(columns, row, strict=True)) for row in view["rows"]["cells"]}


@pytest.mark.product
def test_a_change_runs_forward_from_the_baseline_alone(session):
    """By hand: the effusion is present in line 4 and absent in line 13; after the last phase as baseline comes none."""
    assert rows_of(show(session))["13"]["change"] == "present to absent: resolved"
    view = show(session, figure="measure", measure="mrss", baseline="phase=4")
    assert "change" not in view["rows"]["columns"] and not view["notes"][len(show(session)["notes"]) :]
    view = show(session, figure="measure", measure="mrss", baseline="phase=2")
    assert "no record is the baseline by the rule phase=2" in view["notes"][-1]


@pytest.mark.product
def test_the_controls_offer_what_the_case_can_have(session):
    options = show(session)["options"]
    assert [one["value"] for one in options["measure"]][:2] == ["mrss", "ck"]
    barred = {one["value"]: one["barred"] for one in options["axis"]}
    assert list(barred) == list(AXES) and not barred["order"] and "no time" in barred["days"]
    for name in ("baseline", "reference", "axis", "preset", "figure"):
        for one in options[name]:
            if not one["barred"]:
                show(session, **{name: one["value"]})
    assert [one["value"] for one in options["preset"]] == ["", *PRESETS]
    assert {one["value"] for one in options["baseline"]} >= {"", "first", "phase=1"}


@pytest.mark.product
def test_what_is_chosen_stands_in_its_control(session, write_case, observe):
    """Rules by name and a day of no record come from an address or a cell; and a baseline needs its reference."""
    options = show(session, rules="eustar_2016_improvement,error", baseline="day=3")["options"]
    words = {one["value"]: one["words"] for one in options["rules"]}
    assert "error" in words and words["eustar_2016_improvement"].startswith("eustar_2016_improvement: Improvement")
    assert "day=3" in {one["value"] for one in options["baseline"]}
    bare = Session(write_case(observe(), about="analysis: {baseline: first}"))
    offered = {one["value"]: one for one in show(bare, "a")["options"]["baseline"]}
    assert offered["last_before"]["barred"] == "no reference treatment" and not offered["first"]["barred"]
    assert offered[""]["words"] == "as the case says: first"


@pytest.mark.product
def test_a_phase_in_which_two_records_could_be_the_baseline_is_not_offered(write_case, observe):
    data = write_case(
        observe(value="46", start="1 d"), observe(value="40", start="9 d"), observe(phase="2", value="30", start="30 d")
    )
    offered = {one["value"]: one["barred"] for one in show(Session(data), "a")["options"]["baseline"]}
    assert offered["phase=1"] == "mrss: lines 2 and 3 could both be the baseline" and not offered["phase=2"]


def test_a_new_case_has_nothing_to_be_compared_with(fresh):
    draft = draft_of_case(fresh)
    draft["about"] |= {"case_id": "my-case"}
    told = answer(fresh, "compare", **{key: draft[key] for key in DRAFT})
    # A plain note in the line of the page that says what goes on: a new case is no fault.
    words = "This case is not stored yet: there is nothing to compare it with."
    assert (told["is"], told["text"]) == ("progress", words) and "faults" not in told


@pytest.mark.product
def test_each_choice_reaches_the_figure(session):
    base = show(session, figure="measure", measure="mrss")
    for changed in ({"baseline": "phase=2"}, {"axis": "order"}, {"rules": "error"}, {"preset": "frontiers"}):
        assert show(session, figure="measure", measure="mrss", **changed)["figure"]["svg"] != base["figure"]["svg"]
    other = show(session, reference="cyclophosphamide", figure="measure", measure="mrss")
    assert "Cyclophosphamide" in other["figure"]["description"]


@pytest.mark.product
def test_the_axes_of_a_case_in_days(write_case, observe):
    rows = [observe("", value=value, start=f"{day} d") for value, day in (("46", 0), ("30", 140))]
    drug = "a,,treatment,tocilizumab,10 d,140 d,,,,,,8,mg/kg,chart,"
    about = "analysis: {reference: tocilizumab, baseline: last_before}"
    session = Session(write_case(*rows, drug, about=about))
    choice = {"case": "a", "figure": "measure", "measure": "mrss"}
    assert not any(one["barred"] for one in show(session, **choice)["options"]["axis"])
    views = {axis: show(session, **choice, axis=axis) for axis in ("days", "weeks", "study_day", "order")}
    assert len({view["figure"]["svg"] for view in views.values()}) == 4
    assert "Order of telling" in views["order"]["figure"]["description"]


@pytest.mark.parametrize(("measure", "nearest"), [("CK", "did you mean 'ck'?"), ("tocilizumab", ""), ("nonsense", "")])
def test_what_is_no_measure_is_refused_and_no_other_one_is_shown(session, measure, nearest):
    choice = {"case": "fu-2025", "figure": "measure", "measure": measure}
    told = refusal(session, "show", choice=choice)
    assert f"choice, column measure: found '{measure}'; expected a measure of this case: mrss, ck" in told
    assert nearest in told


@pytest.mark.product
def test_a_measure_of_another_case_is_not_asked_of_this_one(session):
    # The page says that the case does not record it.
    assert show(session, "ferreira2017", figure="measure", measure="ck")["choice"]["measure"] == "mrss"


@pytest.mark.product
def test_a_measure_that_went_with_its_last_row_is_no_fault_of_the_case(fresh):
    draft = draft_of_case(fresh)
    draft["rows"] = [row for row in draft["rows"] if row["code"] != "mrss"]
    checked, view = check(fresh, draft, axis="order", figure="measure", measure="mrss")
    assert checked["is"] == "checked" and (view["choice"]["measure"], view["choice"]["axis"]) == ("ck", "order")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, "the id of a case"),
        ({"case": "nobody"}, "one of acp-imnm-75f"),
        ({"case": "../fu-2025"}, "one of acp-imnm-75f"),
        ({"case": "fu-2025", "figure": "10_more"}, "one of 00_course"),
        ({"case": "fu-2025", "preset": "lancet"}, "one of frontiers"),
        ({"case": "fu-2025", "preset": "wileys"}, "did you mean 'wiley'?"),
        ({"case": "fu2025"}, "did you mean 'fu-2025'?"),
        ({"case": "fu-2025", "base_line": "first"}, "did you mean 'baseline'?"),
        ({"case": "fu-2025", "baseline": "lowest"}, "'lowest'"),
        ({"case": "fu-2025", "axis": "days"}, "no time that gives a day"),
        ({"case": "fu-2025", "rules": "respone"}, "did you mean 'response'?"),
        ({"case": "fu-2025", "colour": "red"}, "one of case, figure"),
        ({"case": "fu-2025", "axis": 3}, "a short text"),
        ({"case": "fu-2025", "axis": "x" * 501}, "a short text"),
        (None, "names with a text each"),
        ([], "names with a text each"),
    ],
)
def test_a_choice_that_is_none_is_one_clear_message(session, choice, expected):
    text = refusal(session, "show", choice=choice)
    assert expected in text and "Traceback" not in text and str(ROOT) not in text


@pytest.mark.product
@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(max_size=5) | st.sampled_from(["do", "choice", "about", "rows", "files"]), inner, max_size=3
            )
        ),
    ),
    st.sampled_from(["start", "show", "look", "draft", "new", "check", "read", "save", "export", "", "nonsense"]),
)
def test_whatever_a_page_says_it_gets_an_answer(anything, do):
    session = next(SHARED)
    for message in (
        anything,
        {"do": do, "choice": anything},
        {"do": do, "about": anything, "rows": anything, "files": anything, "case": anything},
    ):
        *parts, end = session.answers(message)
        assert end["is"] == "end" and not any("program failed" in part.get("text", "") for part in parts), parts


SHARED = itertools.repeat(Session(DATA, "fu-2025"))


def test_what_is_more_than_a_session_can_hold_is_told(fresh, monkeypatch):
    def filled(*_):
        raise MemoryError

    monkeypatch.setattr("casetimeline.explore.session.options_of", filled)
    assert "the 1500 MB of a session" in refusal(fresh, "show", choice={"case": "fu-2025"})


@pytest.mark.product
def test_an_error_of_the_program_is_told_as_one_and_the_session_goes_on(fresh, monkeypatch, capsys):
    monkeypatch.setattr("casetimeline.explore.session.options_of", lambda *_: 1 / 0)
    assert refusal(fresh, "show", choice={"case": "fu-2025"}).startswith("The program failed (ZeroDivisionError)")
    assert "ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.undo()
    show(fresh)


# What is seen can be made again.


@pytest.mark.parametrize(
    ("choice", "command"),
    [
        (Choice("fu-2025"), "make report CASE=fu-2025"),
        (Choice("a", baseline="phase=2", axis="order"), "make report CASE=a BASELINE=phase=2 AXIS=order"),
        (Choice("a", rules="response,error", preset="wiley"), "make report CASE=a RULES=response,error PRESET=wiley"),
        (Choice("a", "measure", "lvef"), "make report CASE=a PRESET=screen MEASURE=lvef"),
        (Choice("a", "00_course", "lvef"), "make report CASE=a"),
    ],
)
def test_the_command_names_every_choice(choice, command):
    assert command_of(choice) == command


@pytest.mark.product
def test_a_report_made_by_the_command_has_the_figures_that_were_exported(fresh, tmp_path):
    """The whole way round: the export, its command in another copy of the project, and the same bytes."""
    choice = {
        "case": "fu-2025",
        "figure": "08_change",
        "baseline": "phase=1",
        "axis": "order",
        "rules": "response,error",
    }
    *progress, part = answers(fresh, "export", choice=choice)
    assert [one["is"] for one in progress] == ["progress"] * len(show(fresh)["gallery"])
    name, raw = file_of(part)
    contents = unzipped(raw)
    assert name == "fu-2025-08_change.zip"
    project = make_project_of(tmp_path, "08_change")
    for path in FILES:
        assert contents[f"fu-2025/data/fu-2025/{path}"] == (project / "data/fu-2025" / path).read_bytes()
    text = contents["fu-2025/parameters.txt"].decode()
    command = text.splitlines()[-1]
    assert command == "make report CASE=fu-2025 BASELINE=phase=1 AXIS=order RULES=response,error PRESET=screen"
    done = run(*command.split(), cwd=project)
    assert done.returncode == 0, done.stderr
    made = project / "build/fu-2025/manuscript/figures/screen"
    exported = {name.rpartition("/")[2]: content for name, content in contents.items() if "/figures/" in name}
    assert len(exported) == 3 * len(progress)
    assert exported == {path.name: path.read_bytes() for path in made.iterdir() if path.name != "proof.tsv"}
    # And the view of that figure is what the notebook of this report published, at the width of the report.
    published = (project / "build/fu-2025/figures/08_change.svg").read_text(encoding="utf-8")
    assert show(fresh, **{key: value for key, value in choice.items() if key != "case"})["figure"]["svg"] == published


def test_an_export_has_the_files_of_its_preset_and_a_measure_of_its_own(fresh, monkeypatch):
    """What is drawn is tried elsewhere; here, which files are asked for."""
    asked = []
    monkeypatch.setattr(
        view, "draw_figures", lambda case, width, measures: asked.append((width, measures)) or [("a", 1)]
    )
    monkeypatch.setattr(view, "figure_files", lambda figure, name, preset: dict.fromkeys(preset.formats, b"drawn"))
    choice = {"case": "consultant-sle-13f", "preset": "frontiers", "figure": "measure", "measure": "lvef"}
    *_, part = answers(fresh, "export", choice=choice)
    name, raw = file_of(part)
    preset = PRESETS["frontiers"]
    assert asked == [(drawn_width(preset), ("lvef",))] and name == "consultant-sle-13f-measure_lvef.zip"
    drawn = {name for name, content in unzipped(raw).items() if content == b"drawn"}
    assert drawn == {f"consultant-sle-13f/figures/frontiers/a.{suffix}" for suffix in preset.formats}


# A case of one's own.


def told_in(measures):
    """What a measures.csv says, in whatever order of columns, and without those that are blank."""
    return [{name: text for name, text in row.items() if text} for row in csv.DictReader(io.StringIO(measures))]


def draft_of_case(session, case_id="fu-2025"):
    part = answer(session, "draft", choice={"case": case_id})
    assert part["is"] == "draft"
    return part


def check(session, draft, **choice):
    kept = {"measures": draft["measures"]} if "measures" in draft else {}
    return answers(session, "check", about=draft["about"], rows=draft["rows"], choice=choice, **kept)


IN_GATE = "openneurol2024-64f"


@pytest.mark.product
@pytest.mark.parametrize("case_id", in_gate(IN_GATE, of=list_cases(DATA)))
def test_a_case_that_is_opened_and_not_changed_stays_what_it_is(fresh, case_id):
    draft = draft_of_case(fresh, case_id)
    assert draft["columns"] == [name for name in COLUMN_NAMES if name != "case_id"]
    checked, view = check(fresh, draft)
    assert checked["is"] == "checked" and not view["own"]
    theirs = show(session := Session(DATA), case_id)
    assert (view["figure"], view["marks"]) == (theirs["figure"], theirs["marks"])
    # Saved and opened again, it is the same draft: as both, or by turns of the cases as a case folder and a workbook.
    forms = ["zip", "xlsx"]
    for form in forms if case_id == IN_GATE else [forms[list_cases(DATA).index(case_id) % 2]]:
        name, content = file_of(answer(fresh, "save", form=form, **{key: draft[key] for key in DRAFT}))
        again = answer(session, "read", files=as_upload({name: content}))
        assert name == f"{case_id}.{form}"
        assert (again["about"], again["rows"]) == (draft["about"], draft["rows"])
        assert told_in(again["measures"]) == told_in(draft["measures"])
        # A case folder has the list of codes as it was, letter by letter.
        assert form == "xlsx" or again["measures"] == draft["measures"]


@pytest.mark.product
def test_what_the_page_has_no_field_for_stays_beside_the_case(tmp_path):
    """The codes of the case and its stored proof: in the folder after storing, and in the case folder as a zip."""
    home = tmp_path / "cryo-61f"
    shutil.copytree(DATA / home.name, home)
    for name in ("measures.csv", "rules.csv", "comparators.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    before = {name: (home / name).read_bytes() for name in ("measures.csv", "proof.json")}
    owned = Session(tmp_path, home.name, stores=True)
    draft = draft_of_case(owned, home.name)
    kept = {key: draft[key] for key in DRAFT}
    contents = unzipped(file_of(answer(owned, "save", form="zip", **kept))[1])
    assert {name: contents[f"{home.name}/{name}"] for name in before} == before
    assert answer(owned, "save", form="store", **kept)["is"] == "stored"
    assert {name: (home / name).read_bytes() for name in before} == before
    # A proof is of the case that it stands beside, and of no other.
    kept["about"] = {**kept["about"], "case_id": "another"}
    renamed = unzipped(file_of(answer(owned, "save", form="zip", **kept))[1])
    assert sorted(renamed) == [f"another/{name}" for name in ("case.yaml", "measures.csv", "timeline.csv")]


SOFTER = {"phase": "4", "kind": "statement", "code": "softer_skin", "quote": "skin softening was observed"}
HARDER = {"phase": "4", "kind": "observation", "code": "mrss", "value": "23", "quote": "mRSS reduced to 32"}


def compared(session, draft, rows, **about):
    told = {**draft, "about": {**draft["about"], **about}, "rows": rows}
    return answer(session, "compare", **{key: told[key] for key in DRAFT})


@pytest.mark.product
def test_what_the_entries_of_a_draft_change_is_told_by_the_rows_of_the_grid(fresh):
    draft = draft_of_case(fresh)
    blank = dict.fromkeys(draft["rows"][0], "")
    first, *others = [row for row in draft["rows"] if row["value"] != "32"]
    told = compared(fresh, draft, [blank, {**first, "method": "palpation"}, *others], title="Another title")
    assert (told["is"], told["others"]) == ("compared", ["title"])
    assert [(row["change"], row["place"], row["code"]) for row in told["rows"]] == [
        ("changed", "row 2", "mrss"),
        ("removed", "stored line 15", "mrss"),
    ]
    assert told["rows"][0]["cells"] == [["method", "", "palpation"]]
    outputs = {(one["kind"], one["what"]): one for one in told["outputs"]}
    change = outputs["derived", "stored line 15, change"]
    assert "CHG -14" in change["stored"] and (change["typed"], change["because"]) == ("", "row 2, stored line 15")
    assert outputs["series", "Modified Rodnan skin score: last value"]["typed"] == "row 2"
    # What does not rest on these rows is not told.
    assert not any("Creatine kinase" in one["what"] for one in told["outputs"] if one["kind"] != "mark")


@pytest.mark.product
def test_of_a_derived_record_only_what_differs_is_told(make_case, observe):
    stored, typed = (analyse(make_case(observe(), observe("2", value=value))) for value in ("32", "36"))
    draft = Draft({}, [{"value": "46"}, {"value": "36"}], ("value",))
    outputs = {one["what"]: (one["stored"], one["typed"]) for one in changes_of(draft, stored, typed)["outputs"]}
    # The baseline, 46, is the same; 14 and 10 of 46 are 30.434783 and 21.73913 %.
    assert outputs["row 2, change"] == (
        "CHG -14; PCHG -30.434783; R2BASE 0.695652",
        "CHG -10; PCHG -21.73913; R2BASE 0.782609",
    )
    assert outputs["row 2, value"] == ("AVALC 32; AVAL 32", "AVALC 36; AVAL 36")


@pytest.mark.product
def test_what_rests_on_a_row_is_told(fresh):
    told = answer(fresh, "depends", choice={"case": "fu-2025"}, line=15)
    says = {(one["kind"], one["what"]): one["says"] for one in told["outputs"]}
    assert says["series", "Modified Rodnan skin score: last value"] == "line 15"
    assert "claim" in {kind for kind, _ in says} and any(kind == "mark" for kind, _ in says)
    assert not any(kind == "verdict" and "CK" in what for kind, what in says)
    # The row has no time, and so no day and no study day.
    assert all(says.values())
    assert "a line with a row" in answer(fresh, "depends", choice={"case": "fu-2025"}, line=99)["text"]


@pytest.mark.product
def test_a_draft_is_compared_only_if_it_has_no_fault(fresh):
    draft = draft_of_case(fresh)
    same = compared(fresh, draft, draft["rows"])
    assert (same["rows"], same["others"], same["outputs"]) == ([], [], [])
    wrong = [{**row, "value": "31"} if row["value"] == "32" else row for row in draft["rows"]]
    (fault,) = compared(fresh, draft, wrong)["faults"]
    assert (fault["row"], fault["column"]) == (13, "value")


def proposed(session, draft, *files, rows=(SOFTER, HARDER)):
    uploads = as_upload({"rows.json": json.dumps({"rows": rows}).encode(), **dict(files)})
    return answer(session, "propose", files=uploads, **{key: draft[key] for key in DRAFT})


def test_proposed_rows_stand_beside_their_passage_and_change_nothing(fresh):
    draft = draft_of_case(fresh)
    told = proposed(fresh, draft)
    assert (told["is"], told["source"]) == ("proposed", "Fu 2025, abstract")
    first, second = told["rows"]
    assert first["refused"] == () and first["passages"][0][1] == SOFTER["quote"]
    assert "a number that the quote prints (32)" in " ".join(second["refused"])
    assert draft_of_case(fresh)["rows"] == draft["rows"] and not fresh.edited


def test_a_proposal_without_its_text_is_refused_and_another_text_too(fresh):
    draft = draft_of_case(fresh, "cryo-61f")
    (refused,) = answers(
        fresh, "propose", files=as_upload({"rows.json": b'{"rows": []}'}), **{k: draft[k] for k in DRAFT}
    )
    assert "a row or more" in refused["text"]
    assert "opened together with the proposal" in proposed(fresh, draft)["text"]
    assert "with the digest" in proposed(fresh, draft, ("a.txt", b"another"))["text"]
    assert "proposed rows (.json)" in proposed(fresh, draft, ("a.exe", b"another"))["text"]


@pytest.mark.product
def test_a_text_that_is_lent_proves_the_accepted_row_and_is_not_stored(fresh, tmp_path):
    """The index case as if only the digest of its abstract could be stored."""
    shutil.copytree(DATA / "fu-2025", tmp_path / "fu-2025")
    for table in ("measures.csv", "rules.csv", "comparators.csv"):
        shutil.copy(DATA / table, tmp_path / table)
    home = tmp_path / "fu-2025"
    text = (home / "abstract.txt").read_bytes()
    prove_source(home, home / "abstract.txt")
    (home / "abstract.txt").unlink()
    about = (home / "case.yaml").read_text("utf-8")
    (home / "case.yaml").write_text(about.replace("text: abstract.txt", f"sha256: {sha256(text)}"), encoding="utf-8")
    owned = Session(tmp_path, stores=True)
    draft = draft_of_case(owned)
    draft["rows"].append({**dict.fromkeys(draft["columns"], ""), **SOFTER, "source": "Fu 2025, abstract"})
    (refused,) = check(owned, draft)
    assert [(one["row"], one["column"]) for one in refused["faults"]] == [(17, "quote")]
    assert proposed(owned, draft_of_case(owned), ("a.txt", text))["is"] == "proposed"
    checked, view = check(owned, draft, figure="measure", measure="mrss")
    assert checked["is"] == "checked" and view["passages"]["2"][0][1].startswith("severe skin sclerosis (mRSS 46)")
    assert answer(owned, "save", form="store", **{key: draft[key] for key in DRAFT})["is"] == "stored"
    assert sorted(path.name for path in home.iterdir()) == ["case.yaml", "proof.json", "replaced", "timeline.csv"]
    assert read_case(home).proof.startswith("17 of 17 rows")


@pytest.mark.product
def test_the_passage_of_each_row_comes_with_the_figure_and_what_is_not_proved_is_marked(session):
    view = show(session, figure="measure", measure="mrss")
    ((before, passage, after),) = view["passages"]["15"]
    text = " ".join((DATA / "fu-2025/abstract.txt").read_text("utf-8").split())
    assert before.lstrip("\u2026") + passage + after.rstrip("\u2026") in text and "mRSS reduced to 32" in passage
    assert "proof" not in view["rows"]["columns"]
    bare = show(session, "kupelian-sle-38f")
    assert bare["passages"] == {} and "proof" in bare["rows"]["columns"]
    column = bare["rows"]["columns"].index("proof")
    assert sum(row[column].startswith("not proved") for row in bare["rows"]["cells"]) == 1


@pytest.mark.product
@pytest.mark.parametrize(("case_id", "name"), [("fu-2025", "abstract.txt"), ("cryo-61f", "proof.json")])
def test_a_case_saved_as_zip_keeps_what_proves_it(tmp_path, fresh, case_id, name):
    """Saved, read by another session from elsewhere, saved again, and imported: still proved, row by row."""
    case_file, content = file_of(
        answer(fresh, "save", form="zip", **{key: draft_of_case(fresh, case_id)[key] for key in DRAFT})
    )
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for table in ("measures.csv", "rules.csv", "comparators.csv"):
        shutil.copy(DATA / table, folder / table)
    other = Session(folder)
    draft = answer(other, "read", files=as_upload({case_file: content}))
    # No page is sent the text.
    assert set(draft) == {"is", "do", "n", "about", "rows", "columns", "measures", "digest"}
    kept = {key: draft[key] for key in DRAFT}
    again = unzipped(file_of(answer(other, "save", form="zip", **kept))[1])
    assert again[f"{case_id}/{name}"] == (DATA / case_id / name).read_bytes()
    draft["rows"][0]["quote"] = draft["rows"][0]["quote"].replace("e", "a", 1)
    (refused,) = check(other, draft)
    assert any((fault["row"], fault["column"]) == (0, "quote") for fault in refused["faults"])
    (tmp_path / case_file).write_bytes(content)
    import_case(tmp_path / case_file, folder)
    assert read_case(folder / case_id).proof == read_case(DATA / case_id).proof != ""


LINES = [
    ({"phases": [{"1": "Before"}, {"2": "During"}, {"1": "After"}]}, "Phases", 'found "1"; expected each name'),
    ({"patient": {"antibodies": [{"ANA": "1:320"}, {"ANA": "negative"}]}}, "Antibodies", 'found "ANA"; expected'),
    ({"sources": [{"id": "Fu 2025, abstract"}, "B | | x | y"]}, "Sources, 2", "expected at most three parts"),
]
TEXTS = [
    ({"title": "a\u202eb"}, "Title", 'found "the direction control U+202E"; expected text without it'),
    ({"patient": {"age": "25\x07"}}, "Age", 'found "the control character 0x07"; expected text without it'),
    ({"diagnosis": "x" * 200_001}, "Diagnosis", "expected at most 200000"),
]


@pytest.mark.parametrize(("about", "place", "words"), LINES + TEXTS)
def test_what_a_field_cannot_hold_is_one_fault_of_it(fresh, about, place, words):
    draft = draft_of_case(fresh)
    draft["about"] |= about
    (refused,) = check(fresh, draft)
    (fault,) = refused["faults"]
    assert fault["place"] == place and words in fault["words"]
    assert words in refusal(fresh, "compare", **{key: draft[key] for key in DRAFT})


@pytest.mark.parametrize("about", [about for about, *_ in LINES])
def test_lines_that_are_a_fault_are_saved_as_they_were_typed(fresh, about):
    draft = draft_of_case(fresh)
    draft["about"] |= about
    name, content = file_of(answer(fresh, "save", form="zip", **{key: draft[key] for key in DRAFT}))
    assert answer(fresh, "read", files=as_upload({name: content}))["about"] == draft["about"]


@pytest.mark.product
def test_a_line_break_in_a_cell_stays_and_faults_are_at_their_row_all_the_same(fresh):
    draft = draft_of_case(fresh)
    draft["rows"][0]["quote"] = "severe skin\nsclerosis  (mRSS 46)"
    _, view = check(fresh, draft)
    assert view["own"]
    for form in ("zip", "xlsx"):
        name, content = file_of(answer(fresh, "save", about=draft["about"], rows=draft["rows"], form=form))
        assert answer(fresh, "read", files=as_upload({name: content}))["rows"] == draft["rows"]
    draft["rows"][2]["state"] = "hazy"
    (refused,) = check(fresh, draft)
    assert [(fault["row"], fault["found"]) for fault in refused["faults"]] == [(2, "hazy")]


def test_a_line_that_a_fault_names_is_named_as_its_row(fresh):
    """Two values at one moment: the command line says line 2, the grid counts from 1, an empty row among them."""
    draft = draft_of_case(fresh)
    draft["rows"].insert(0, dict.fromkeys(draft["columns"], ""))
    draft["rows"].append({**draft["rows"][1], "value": "45", "quote": "mRSS 45"})
    del draft["about"]["sources"][0]["text"]
    (refused,) = check(fresh, draft)
    (fault,) = refused["faults"]
    assert fault["row"] == len(draft["rows"]) - 1 and "row 2" in fault["expected"] and "line" not in fault["expected"]


@pytest.mark.product
def test_a_row_that_is_not_filled_in_is_told(fresh):
    draft = draft_of_case(fresh)
    draft["rows"].insert(3, dict.fromkeys(draft["columns"], "") | {"phase": "2", "kind": "treatment"})
    checked, view = check(fresh, draft)
    assert checked["left_out"] == [4] and not view["own"]


@pytest.mark.product
def test_a_choice_that_went_with_its_rows_is_no_fault_of_the_case(fresh):
    draft = draft_of_case(fresh)
    there = show(fresh, baseline="phase=4", figure="measure", measure="mrss")
    assert there["choice"]["baseline"] == "phase=4"
    draft["rows"] = [row for row in draft["rows"] if row["phase"] != "4"]
    checked, view = check(fresh, draft, baseline="phase=4", figure="measure", measure="mrss")
    assert checked["is"] == "checked" and view["choice"] | {"baseline": ""} == view["choice"]
    assert (view["choice"]["figure"], view["choice"]["measure"]) == ("measure", "mrss")


def test_a_fault_is_told_at_its_row_and_column(fresh):
    draft = draft_of_case(fresh)
    draft["rows"].insert(1, dict.fromkeys(draft["columns"], ""))
    draft["rows"][0]["value"] = "52"
    draft["rows"][2]["unit"] = "furlong"
    draft["about"]["time_zero"] = {"date": "2024-13"}
    (refused,) = check(fresh, draft)
    places = [(fault["row"], fault["column"], fault["found"]) for fault in refused["faults"]]
    assert places[:3] == [(None, "time_zero: date", "2024-13"), (0, "value", "52"), (2, "unit", "furlong")]
    # With another unit, the number is none that the quote prints.
    assert places[3:] == [(2, "value", "923")]


def test_a_fault_speaks_of_the_page(fresh):
    """Of rows and fields, and of no file, line or key."""
    draft = draft_of_case(fresh)
    draft["rows"][0]["value"] = ""
    draft["rows"][2]["code"] = "c\u043a"
    draft["rows"][3]["source"] = "Nobody"
    draft["about"]["time_zero"] = {"date": "2024-13"}
    draft["about"]["analysis"] = {"baseline": "lowest", "reference": "tocilizumap"}
    draft["about"]["phases"] = {"one": "x"}
    (refused,) = check(fresh, draft)
    lines = refused["text"].splitlines()
    assert lines == [fault["text"] for fault in refused["faults"]]
    assert {fault["place"]: fault["words"].split("; ")[0] for fault in refused["faults"]} == {
        "Row 1, value": "found nothing",
        "Row 3, code": 'found "c\u043a"',
        "Row 4, source": 'found "Nobody"',
        "Date of day 0": 'found "2024-13"',
        "Phases": 'found "one"',
        "Baseline rule": 'found "lowest"',
        "Reference treatment": 'found "tocilizumap"',
    }
    assert "'\u043a' is CYRILLIC SMALL LETTER KA: type 'ck' in plain letters" in refused["text"]
    assert "Latin letters: letter 2" in refused["text"] and "of the field Sources" in refused["text"]
    assert not re.search(r"[.]csv|[.]yaml|\bline [0-9]|fault in the input", refused["text"])


@pytest.mark.product
def test_a_workbook_with_faulty_cells_tells_all_of_its_faults(session):
    """A formula in one cell, and a score out of its scale in another: both are told, before anything is opened."""
    draft = draft_of_case(session)
    _, raw = file_of(answer(session, "save", about=draft["about"], rows=draft["rows"], form="xlsx"))
    workbook = openpyxl.load_workbook(io.BytesIO(raw))
    workbook["Timeline"]["I2"], workbook["Timeline"]["E3"] = "52", "=1+1"
    buffer = io.BytesIO()
    workbook.save(buffer)
    text = refusal(session, "read", files=as_upload({"a.xlsx": buffer.getvalue()}))
    assert "cell Timeline!I2: found '52'" in text and "cell Timeline!E3: found '=1+1'" in text and "2 faults" in text


@pytest.mark.product
def test_what_is_typed_is_drawn_and_never_touches_the_case_of_the_folder(fresh):
    before = (DATA / "fu-2025/timeline.csv").read_bytes()
    draft = draft_of_case(fresh)
    draft["rows"][0]["value"] = "40"
    (refused,) = check(fresh, draft, figure="measure", measure="mrss")
    assert 'Row 1, value: found "40"; expected a number that the quote prints (46, 923 U/L)' in refused["text"]
    # A case whose text is not here is typed as its author types it: the number with its words.
    del draft["about"]["sources"][0]["text"]
    draft["rows"][0]["quote"] = "mRSS 40"
    _, view = check(fresh, draft, figure="measure", measure="mrss")
    assert view["own"]
    value = view["rows"]["columns"].index("value")
    assert [row[value] for row in view["rows"]["cells"] if row[0] == "2"] == ["40 points"]
    # Another reader's session knows nothing of it.
    other = show(Session(DATA), figure="measure", measure="mrss")
    assert "40 points" not in str(other["rows"]) and (DATA / "fu-2025/timeline.csv").read_bytes() == before


@pytest.mark.product
def test_a_new_case_begins_with_words_for_a_beginner(fresh):
    draft = answer(fresh, "new", case="my-case")
    (refused,) = check(fresh, draft)
    assert "no fact yet" in refused["text"] and refused["faults"][0]["row"] is None
    draft["rows"][0] |= {"code": "mrss", "value": "30"}
    checked, view = check(fresh, draft)
    assert checked["is"] == "checked" and view["command"] == "make report CASE=my-case" and view["own"]
    assert "a name that no case has yet" in refusal(fresh, "new", case="my-case")
    assert "letters, digits" in refusal(fresh, "new", case="../my-case")


@pytest.mark.product
def test_a_case_that_was_begun_with_a_command_goes_on_on_the_page(tmp_path):
    """`make new`, its workbook filled in and opened; or the empty case itself opened."""
    new_case(tmp_path, "mine")
    session = Session(tmp_path)
    assert "at least one row" in refusal(session, "show", choice={"case": "mine"})
    draft = draft_of_case(session, "mine")
    assert draft["about"]["sources"] == [{"id": "chart"}] and len(draft["rows"]) == 1
    assert "no fact yet" in refusal(session, "check", about=draft["about"], rows=draft["rows"], choice={})
    draft["rows"][0] |= {"code": "mrss", "value": "30"}
    checked, view = check(session, draft)
    assert checked["is"] == "checked" and view["own"]
    name, content = file_of(answer(session, "save", about=draft["about"], rows=draft["rows"], form="xlsx"))
    opened = answer(session, "read", files=as_upload({name: content}))
    assert opened["rows"] == draft["rows"] and check(session, opened)[1]["own"]


@pytest.mark.product
def test_columns_that_are_not_used_are_kept(fresh):
    raw = b"case_id,phase,kind,code,value,unit,source,ward\na,1,observation,mrss,46,,chart,7b\n"
    draft = answer(fresh, "read", files=as_upload({"timeline.csv": raw}))
    assert draft["columns"][-1] == "ward" and draft["rows"][0]["ward"] == "7b"
    # Nothing is known of a phase but its number.
    assert draft["about"]["sources"] == [{"id": "chart"}] and "phases" not in draft["about"]
    for form in ("zip", "xlsx"):
        name, content = file_of(answer(fresh, "save", about=draft["about"], rows=draft["rows"], form=form))
        assert answer(fresh, "read", files=as_upload({name: content}))["rows"][0]["ward"] == "7b"


@pytest.mark.product
def test_a_page_of_a_server_stores_nothing_and_a_notebook_stores_beside_the_cases(tmp_path):
    for name in ("measures.csv", "rules.csv", "comparators.csv"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    served, owned = Session(tmp_path), Session(tmp_path, stores=True)
    draft = answer(owned, "new", case="mine")
    draft["rows"][0] |= {"code": "mrss", "value": "30"}
    stored = {"about": draft["about"], "rows": draft["rows"], "form": "store"}
    assert answer(served, "start")["stores"] == "" and answer(owned, "start")["stores"] == tmp_path.name
    assert "found 'store'; expected xlsx or zip" in refusal(served, "save", **stored)
    assert not (tmp_path / "mine").exists()
    check(owned, draft)
    assert "written" in answer(owned, "save", **stored)["text"]
    assert read_case(tmp_path, "mine").facts["value"].tolist() == ["30"]
    view = show(owned, "mine")
    assert not view["own"] and "mine" in answer(owned, "start")["cases"]
    # With a fault it is kept as well; what is shown is the last state without one.
    stored["rows"][0]["value"] = "60"
    assert answer(owned, "check", **stored, choice={})["is"] == "faults"
    stored["rows"][0]["value"] = "31"
    assert check(owned, stored)[0]["is"] == "checked"
    stored["rows"][0]["value"] = "60"
    assert "written" in answer(owned, "save", **stored)["text"]
    assert "31 points" in str(show(owned, "mine")["rows"])
    assert "xlsx or zip" in refusal(owned, "save", **(stored | {"form": "exe"}))


@pytest.fixture
def folder(tmp_path):
    """A folder with the cases `a` and `b` and tables of its own."""
    for name in ("measures.csv", "rules.csv", "comparators.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    for name in ("a", "b"):
        write_one_row(tmp_path / name, "mrss", "46")
    return tmp_path


def write_one_row(home, code, value):
    home.mkdir(exist_ok=True)
    row = f"{home.name},1,observation,{code},{value},,chart"
    (home / "timeline.csv").write_text(f"case_id,phase,kind,code,value,unit,source\n{row}\n")
    (home / "case.yaml").write_text(f"case_id: {home.name}\nanalysis: {{baseline: first}}\nsources: [{{id: chart}}]\n")


@pytest.mark.product
def test_a_page_that_is_opened_anew_has_the_cases_and_the_codes_of_now(folder):
    session = Session(folder, "a")
    assert answer(session, "start")["cases"] == ["a", "b"]
    shutil.rmtree(folder / "a")
    write_one_row(folder / "c", "new_score", "7")
    assert answer(session, "start")["first"] == "b"
    assert "new_score" in refusal(session, "show", choice={"case": "c"})
    header, *rows = (folder / "measures.csv").read_text().splitlines()
    cells = {"code": "new_score", "kind": "observation", "label": "New score", "unit": "points", "better": "lower"}
    line = ",".join(cells.get(name, "") for name in header.split(","))
    (folder / "measures.csv").write_text("\n".join([header, *rows, line]) + "\n")
    start = answer(session, "start")
    assert (start["cases"], start["first"]) == (["b", "c"], "b")
    assert ["new_score", "New score", "observation"] in start["codes"]
    assert "New score" in str(show(session, "c")["rows"]["cells"])
    # A table with a fault is told, and mended it is read.
    (folder / "measures.csv").write_text("what is this")
    assert "measures.csv" in refusal(session, "start")
    shutil.copy(DATA / "measures.csv", folder / "measures.csv")
    assert answer(session, "start")["is"] == "start"


def checked_as(session, draft, value):
    """Whether the files in the folder have changed since a draft with another value was opened."""
    draft["rows"][0]["value"] = value
    first, *_ = answers(session, "check", **{name: draft[name] for name in (*DRAFT, "digest")}, choice={})
    return first["outdated"]


@pytest.mark.product
def test_a_case_that_is_opened_and_not_typed_in_is_read_from_the_folder(folder):
    session = Session(folder, "a")
    draft = draft_of_case(session, "a")
    assert not checked_as(session, draft, "46")
    write_one_row(folder / "a", "mrss", "31")
    view = show(session, "a")
    assert "31 points" in str(view["rows"]["cells"]) and not view["own"]
    assert view["digest"] == draft_of_case(session, "a")["digest"] != draft["digest"]
    # What was typed stays; that the files are others is told, with a fault and without, and in another session.
    assert checked_as(session, draft, "44") and "44 points" in str(show(session, "a")["rows"]["cells"])
    assert checked_as(session, draft, "60") and checked_as(Session(folder), draft, "44")
    # What says the same as the files is that case.
    assert not checked_as(session, draft, "31") and not show(session, "a")["own"]
    # A case of no folder has no files that could be others.
    assert not checked_as(session, answer(session, "new", case="mine") | {"rows": draft["rows"]}, "44")


@pytest.mark.product
def test_the_command_names_the_folder_of_the_cases(folder):
    assert show(Session(folder), "a")["command"] == f"make report CASE=a DATA={folder}"
    assert answer(Session(folder), "start")["data"] == {"DATA": str(folder)}
    assert answer(Session(DATA), "start")["data"] == {}


# Hostile files: what B refused, and what a workbook may carry.


def hostile_workbook(change):
    workbook = openpyxl.Workbook()
    workbook.active.title = "Case"
    workbook["Case"].append(["key", "value"])
    workbook["Case"].append(["case_id", "a"])
    sheet = workbook.create_sheet("Timeline")
    sheet.append(list(COLUMN_NAMES))
    sheet.append(["a", "1", "observation", "mrss", "", "", "46", *[""] * 8, "chart"])
    change(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def formula(workbook):
    workbook["Timeline"]["I2"] = "=1+1"


def hidden(workbook):
    workbook["Timeline"].sheet_state = "hidden"


def sheets(name, content):
    return zip_bytes({**unzipped(hostile_workbook(lambda workbook: None)), name: content})


HEADER = b"case_id,phase,kind,code,value,unit,source\n"
HOSTILE = {
    "nothing.csv": (b"", "a header and at least one row"),
    "words.csv": (b"what is this", "a column 'case_id'"),
    "sixteen.csv": ("case_id".encode("utf-16"), "save as CSV UTF-8"),
    "latin.csv": (HEADER + "a,1,observation,mrss,46,,Müller\n".encode("latin-1"), "text in UTF-8"),
    "quote.csv": (HEADER + b'a,1,observation,mrss,46,,"chart\n', "a row of cells"),
    "control.csv": (HEADER + b"a,1,observation,mrss,4\x006,,chart\n", "text"),
    "two.csv": (HEADER + b"a,1,observation,mrss,46,,chart\nb,1,observation,mrss,46,,chart\n", "one case"),
    "many.csv": (HEADER + b"a,1,observation,mrss,46,,chart\n" * (MOST_ROWS + 1), f"at most {MOST_ROWS} rows"),
    "book.csv": (b"PK\x03\x04", "save as CSV UTF-8"),
    "large.csv": (b"a" * (MOST_BYTES + 1), f"at most {MOST_BYTES} bytes"),
    "picture.png": (b"\x89PNG", "a workbook (.xlsx), a case folder (.zip)"),
    "old.xlsx": (b"\xd0\xcf\x11\xe0", "without a password"),
    "none.xlsx": (b"case_id", "a workbook (.xlsx) as Excel or LibreOffice saves it"),
    "half.xlsx": (hostile_workbook(formula)[:3000], "as Excel or LibreOffice saves it"),
    "formula.xlsx": (hostile_workbook(formula), "Timeline!I2"),
    "hidden.xlsx": (hostile_workbook(hidden), "a sheet that is shown"),
    "macro.xlsx": (sheets("xl/vbaProject.bin", b"x"), "of cells alone"),
    "linked.xlsx": (sheets("xl/externalLinks/externalLink1.xml", b"<a/>"), "of cells alone"),
    "wide.csv": (b"case_id," * 300_000 + b"a\n" + b"a," * 300_000 + b"a\n", "at most 1000"),
    "bomb.xlsx": (sheets("xl/worksheets/sheet2.xml", b"<a>" + b"<row/>" * 5_500_000), "as Excel or LibreOffice"),
    "entity.xlsx": (sheets("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "as Excel or LibreOffice"),
    "bomb.zip": (zip_bytes({"a/case.yaml": b"case_id: a\n", "a/timeline.csv": bytes(40_000_000)}), "case folder"),
    "other.zip": (zip_bytes({"../a/case.yaml": b"", "../a/timeline.csv": b""}), "case folder"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_clear_message(session, name):
    content, expected = HOSTILE[name]
    text = refusal(session, "read", files=as_upload({name: content}))
    assert expected in text and "program failed" not in text and str(ROOT) not in text
    # The session goes on.
    assert answer(session, "start")["is"] == "start"


def test_a_case_file_that_is_no_case_file_is_one_clear_message(session):
    timeline = HEADER + b"a,1,observation,mrss,46,,chart\n"
    for about, expected in (
        (b"[", "valid YAML"),
        (b"- a", "a mapping"),
        (b"a: &b c\nd: *b", "valid YAML"),
        (b"\xff", "UTF-8"),
    ):
        assert expected in refusal(session, "read", files=as_upload({"timeline.csv": timeline, "case.yaml": about}))


@pytest.mark.parametrize(
    "files",
    [None, [], "a", [1], [{}], [{"name": "a.csv", "content": "%%%"}], as_upload({"a.csv": b"", "b.csv": b""})],
)
def test_what_is_no_file_is_refused(session, files):
    assert "expected" in refusal(session, "read", files=files)


def test_a_file_name_is_never_a_path(session):
    text = refusal(session, "read", files=as_upload({"/etc/../../a.csv": b""}))
    assert "/etc" not in text and "a/timeline.csv" in text


def test_a_draft_larger_than_a_page_is_refused(session):
    draft = answer(session, "draft", choice={"case": "fu-2025"})
    rows = [draft["rows"][0]] * (MOST_ROWS + 1)
    assert f"at most {MOST_ROWS} rows" in refusal(session, "check", about=draft["about"], rows=rows, choice={})
    long = {**draft["rows"][0], "note": "x" * 20_001}
    told = refusal(session, "check", about=draft["about"], rows=[long], choice={})
    assert "Row 1, note: found '20001 characters'; expected at most 20000 characters" in told


@pytest.mark.parametrize("form", ["zip", "xlsx"])
@pytest.mark.parametrize("case_id", ["", "../fu-2025", "a b"])
def test_a_case_is_saved_under_a_valid_id_alone(session, form, case_id):
    draft = answer(session, "draft", choice={"case": "fu-2025"})
    about = {**draft["about"], "case_id": case_id}
    assert "letters, digits" in refusal(session, "save", about=about, rows=draft["rows"], form=form)


# The page's files, and the notebooks that show it.


def test_a_widget_gets_the_scripts_as_one():
    script = widget_script()
    assert not re.search(r"(?m)^import ", script)
    assert set(page_files()) >= {"page.html", "socket.js", "page.js"}
    for name in re.findall(r'from "\./([a-z.]+)"', "".join(content.decode() for content in page_files().values())):
        assert name in page_files()


def test_the_names_of_rules_and_states_are_said_once():
    """The page is told them by the session; none stands in the script."""
    script = widget_script()
    for word in (
        *BASELINE_RULES,
        "pericardial_effusion",
        "not_assessed",
        *(rule for rule in AXES if rule and rule != "order"),
    ):
        assert f'"{word}"' not in script, word


@pytest.mark.product
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_notebook_of_the_page_is_stored_as_it_runs(path):
    """Where no widget runs, what is stored is shown: it is what a run gives now."""
    stored = read_notebook(path)
    assert has_results(stored) and path.read_text(encoding="utf-8") == write_text(stored)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.pop("outputs", None) if cell.cell_type != "code" else cell.update(outputs=[], execution_count=None)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    assert write_text(notebook) == path.read_text(encoding="utf-8")


def test_the_still_page_shows_the_figure_and_the_rows():
    outputs = [output for cell in read_notebook(PAGES[0]).cells for output in cell.get("outputs", [])]
    figure, table, command = (output["data"] for output in outputs)
    assert figure["image/svg+xml"] == (ROOT / "figures/01_skin.svg").read_text(encoding="utf-8")
    assert figure["text/plain"].startswith("Modified Rodnan skin score") and "image/png" in figure
    assert "46 points" in table["text/html"] and "make report CASE=fu-2025" in command["text/plain"]


def test_a_choice_that_is_none_is_told_where_the_widget_is_made():
    from casetimeline.explore.widget import Explorer

    with pytest.raises(TimelineError):
        Explorer(DATA, case="fu-2025", figure="no figure")
    with pytest.raises(TimelineError):
        Explorer(DATA, case="nobody").still()
    with pytest.raises(TimelineError, match="no such folder"):
        Explorer(DATA / "nowhere")
    with pytest.raises(TimelineError, match="no case"):
        Explorer(DATA / "fu-2025")
    assert Explorer(DATA).choice["case"] == min(path.parent.name for path in DATA.glob("*/timeline.csv"))


def test_the_widget_hears_and_answers(monkeypatch):
    from casetimeline.explore.widget import Explorer

    explorer, sent = Explorer(DATA, case="fu-2025"), []
    monkeypatch.setattr(explorer, "send", sent.append)
    explorer._hear(explorer, {"do": "start", "n": 1}, [])
    assert [one["is"] for one in sent] == ["start", "end"] and sent[0]["stores"] == "data"


def test_a_choice_is_read_from_the_address_of_the_page():
    assert choice_from({"case": "fu-2025", "axis": "order"}) == Choice("fu-2025", axis="order")


@pytest.mark.product
def test_the_page_is_not_imported_with_the_package():
    code = "import sys, casetimeline; casetimeline.read_case; sys.exit('anywidget' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
