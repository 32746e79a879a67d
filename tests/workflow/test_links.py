"""In a build folder that others can write to, a link is removed and never followed, and nobody's files are touched."""

import os
import socket
from pathlib import Path

import pytest

from casetimeline.files import make_unlinked, open_lock, remove
from casetimeline.kernels import template
from casetimeline.workflow.build import alone, clear_left, set_aside_report
from casetimeline.workflow.cases import Bulk, run_cases
from casetimeline.workflow.engine import Limits
from casetimeline.workflow.execute import SOCKETS, clear, folder_of_sockets, scratch
from casetimeline.workflow.plan import Plan, Truth
from casetimeline.workflow.runs import CaseRun


@pytest.fixture
def plan(tmp_path):
    (tmp_path / "data/a").mkdir(parents=True)
    return Plan("a", tmp_path / "data", tmp_path / "build", (Path("0.ipynb"),), Path("lock"))


@pytest.fixture
def mine(tmp_path):
    """A folder of the user's elsewhere, which a link can name."""
    (tmp_path / "mine/deep").mkdir(parents=True)
    for name in ("lock", "deep/file", "record.json", "0.svg"):
        (tmp_path / "mine" / name).write_text("mine", encoding="utf-8")
    yield tmp_path / "mine"
    left = {path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*")}
    assert left == {"lock", "deep", "deep/file", "record.json", "0.svg"}
    for name in ("lock", "deep/file", "record.json", "0.svg"):
        assert (tmp_path / "mine" / name).read_text(encoding="utf-8") == "mine"


def test_a_lock_is_opened_without_a_word_written(plan, mine):
    plan.work.mkdir(parents=True)
    (plan.work / "lock").symlink_to(mine / "lock")
    with alone(plan):
        assert not (plan.work / "lock").is_symlink()
    # A second name of a file of the user's: opened for nobody to write, so nothing is lost.
    (plan.work / "lock").unlink()
    os.link(mine / "lock", plan.work / "lock")
    with alone(plan):
        pass
    # A pipe that nobody writes to is not waited for.
    (plan.work / "lock").unlink()
    os.mkfifo(plan.work / "lock")
    with open_lock(plan.work / "lock"):
        pass


def test_the_folder_of_what_is_not_finished_is_made_in_place_of_a_link(plan, mine):
    plan.build.mkdir()
    plan.work.symlink_to(mine)
    with alone(plan):
        assert plan.work.is_dir() and not plan.work.is_symlink()


@pytest.mark.parametrize("name", ["new", "withheld", "emptied", "run", "sockets"])
def test_what_an_earlier_run_left_is_removed_and_a_link_of_its_name_with_it(plan, mine, name):
    plan.work.mkdir(parents=True)
    (plan.work / name).symlink_to(mine)
    clear_left(plan)
    assert not os.path.lexists(plan.work / name)


def test_what_was_changed_by_hand_is_not_moved_through_a_link(plan, mine):
    (plan.home / "deep").mkdir(parents=True)
    (plan.home / "deep/file").write_text("changed", encoding="utf-8")
    plan.work.mkdir(parents=True)
    for folder in ("_edited", "_earlier"):
        (plan.build / folder).symlink_to(mine.parent)
    (mine.parent / "a").symlink_to(mine)
    set_aside_report(plan)
    assert (plan.build / "_edited/a/deep/file").read_text(encoding="utf-8") == "changed"
    assert not plan.home.exists()


@pytest.mark.parametrize("folder", ["done", "results"])
def test_results_are_not_kept_in_or_taken_from_a_link(plan, mine, folder):
    kept = plan.build / folder
    kept.parent.mkdir(exist_ok=True)
    kept.symlink_to(mine)
    run = CaseRun(plan, Truth({}, {"notebooks/0.ipynb": ""}, {}), kept, None, ("svg",))
    run.forget(plan.notebooks)
    assert not kept.is_symlink() and (kept / "record.json").is_file()
    # A result that is a link, though it says the same, is not whole.
    (kept / "0.svg").symlink_to(mine / "0.svg")
    run._entries["0"] = {"key": run._key(Path("0.ipynb")), "results": {"0.svg": _digest("mine")}}
    assert run.stale() == [Path("0.ipynb")]
    (kept / "0.svg").unlink()
    (kept / "0.svg").write_text("mine", encoding="utf-8")
    assert run.stale() == []


def _digest(text):
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", [".work", ".lock", "a"])
def test_a_run_of_many_cases_writes_through_no_link(plan, mine, name, monkeypatch):
    monkeypatch.setattr("casetimeline.workflow.cases.warm_up", lambda: None)
    plan.build.mkdir()
    (plan.build / name).symlink_to(mine / "lock" if name == ".lock" else mine)
    run_cases(Bulk((plan._replace(notebooks=()),), 1, Limits(), False, "all"))
    assert not (plan.build / name).is_symlink()


@pytest.fixture
def folder():
    """A folder with the name of a folder of sockets, as another run has one."""
    folder = folder_of_sockets() / f"{SOCKETS}test-{os.getpid()}"
    folder.mkdir()
    (folder / "socket").touch()
    yield folder
    remove(folder)


@pytest.mark.parametrize("made_by", ["nobody", "another", "this"])
def test_sockets_are_removed_only_if_a_run_of_this_place_made_them(plan, folder, made_by):
    plan.work.mkdir(parents=True)
    (plan.work / "sockets").symlink_to(folder)
    if made_by != "nobody":
        place = plan.work if made_by == "this" else plan.build / ".b.work"
        (folder / "of").write_text(str(place.resolve()), encoding="utf-8")
    clear(plan.work)
    assert folder.exists() == (made_by != "this") and not (plan.work / "sockets").is_symlink()


def test_a_killed_run_leaves_sockets_that_the_next_one_knows_as_its_own(plan):
    (plan.data / "measures.csv").touch()
    plan.work.mkdir(parents=True)
    run = scratch(plan.work, plan.data)
    place = run.__enter__()
    assert place.sockets.is_dir()
    # What a kill leaves: no end of the run.
    clear(plan.work)
    assert not place.sockets.exists() and list(plan.work.iterdir()) == []


def test_the_template_of_kernels_removes_sockets_and_a_connection_file_alone(tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "a-1"))
    for name in ("notes-1", "kernel.json"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    (tmp_path / "link.json").symlink_to(tmp_path / "notes-1")
    for name in ("a-1", "notes-1", "kernel.json", "link.json"):
        template._remove_of_kernel(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"notes-1", "link.json"}


def test_a_folder_below_a_link_that_somebody_chose_is_made_there(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "build").symlink_to(tmp_path / "real")
    make_unlinked(tmp_path / "build/a/b", tmp_path / "build")
    assert (tmp_path / "real/a/b").is_dir() and (tmp_path / "build").is_symlink()


def test_a_record_behind_a_link_is_not_read(plan, tmp_path):
    plan.build.mkdir()
    made, truth = plan.build / "made", Truth({}, {"notebooks/0.ipynb": ""}, {})
    run = CaseRun(plan, truth, made, None, ("svg",))
    run.forget(plan.notebooks)
    (made / "0.svg").write_text("mine", encoding="utf-8")
    run._entries["0"] = {"key": run._key(Path("0.ipynb")), "results": {"0.svg": _digest("mine")}}
    run._write_record()
    linked = plan.build / "linked"
    linked.symlink_to(made)
    assert CaseRun(plan, truth, made, None, ("svg",)).stale() == []
    assert CaseRun(plan, truth, linked, None, ("svg",)).stale() == [Path("0.ipynb")]
