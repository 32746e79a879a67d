"""The project's own files agree with each other."""

import re
import subprocess
import sys
import tomllib

import yaml
from conftest import ROOT

from casetimeline import __version__
from casetimeline.case.tables.dictionary import with_dictionary
from casetimeline.cli import _parser, main

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
LAB = (ROOT / "requirements-lab.lock").read_text(encoding="utf-8")


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", lock, re.M):
        found.setdefault(name, set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9._-]+", text)[0].lower().replace("_", "-") for text in requirements}


def test_the_lock_holds_every_requirement_pinned_and_hashed():
    extras = PYPROJECT["project"]["optional-dependencies"]
    assert names(PYPROJECT["project"]["dependencies"]) | names(extras["test"]) <= set(pins(LOCK))
    assert names(extras["lab"]) <= set(pins(LAB)) and not names(extras["lab"]) & set(pins(LOCK))
    for lock in (LOCK, LAB):
        entries = re.split(r"\n(?=[a-z0-9])", lock.split("\n", 2)[2])
        assert all("--hash=sha256:" in entry for entry in entries)
        assert not re.search(r"https?://|--index|--extra-index|--find-links", lock)


def test_the_lab_has_the_same_versions():
    assert all(pins(LAB)[name] == versions for name, versions in pins(LOCK).items())


def test_what_is_installed_or_run_is_known_by_its_hash():
    """Every installation is of a lock with hashes, or of the project itself; every action is a commit."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install .*", makefile)
    assert len(installs) == 11
    for install in installs:
        assert "--require-hashes -r" in install or "--no-deps --no-build-isolation -e ." in install, install
    for name, tools in (("bench", "BENCH_TOOLS"), ("mutants", "MUTANTS_TOOLS"), ("cluster", "CLUSTER_TOOLS")):
        lock = (ROOT / f"requirements-{name}.lock").read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[a-z0-9])", lock.split("\n", 2)[2])
        assert all("--hash=sha256:" in entry for entry in entries)
        asked = re.search(rf"^{tools} := (.*)$", makefile, re.M)[1].split()
        assert all(version in pins(lock)[tool] for tool, _, version in (one.partition("==") for one in asked))
        base = pins(LAB if name == "bench" else LOCK)
        assert all(base.get(tool, versions) == versions for tool, versions in pins(lock).items())
    workflow = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert re.findall(r"uses: \S+?@(?![0-9a-f]{40} # v)\S*", workflow) == [] and workflow.count("uses: ") == 2


def test_the_lock_is_what_is_installed_here():
    from importlib import metadata

    for name in names(PYPROJECT["project"]["dependencies"]):
        assert metadata.version(name) in pins(LOCK)[name]


def test_conda_has_python_make_pip_and_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, make, pip, lock = environment["dependencies"]
    assert (make, pip, lock) == ("make", "pip", {"pip": ["-r requirements-lab.lock"]})
    assert python.startswith("python " + PYPROJECT["project"]["requires-python"])


def test_versions_agree():
    assert PYPROJECT["project"]["version"] == __version__
    assert f"version: {__version__}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_each_python_is_tested_here_and_on_the_public_host():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    tested = re.search(r"^PYTHONS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
    assert tested == workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert PYPROJECT["project"]["requires-python"] == f">={tested[0]}"


def test_each_command_and_option_is_explained_with_its_default(monkeypatch):
    # No word is cut at the end of a line.
    monkeypatch.setenv("COLUMNS", "1000")
    (group,) = _parser()._subparsers._group_actions
    assert len(group.choices) > 15
    texts = {name: re.sub(r"\s+", " ", command.format_help()) for name, command in group.choices.items()}
    for name, command in group.choices.items():
        # What the command does, in a sentence above its arguments.
        assert re.match(r"[A-Z].*[.]$", command.description) and command.description in texts[name]
        assert not [action.dest for action in command._actions if not action.help], name
    assert "the folder of the cases (default: data)" in texts["new"] and "(default: 1000)" in texts["shard"]
    assert "0: any that is free (default: 8787)" in texts["app"] and "(default: build/run)" in texts["run"]
    # What is blank, off or without a limit says so in words.
    assert "else as case.yaml says --" in texts["report"] and "a cell may take; else any" in texts["run"]
    assert not re.search(r"default: (None|False|==|\))", " ".join(texts.values()))


def test_the_dictionary_is_written_where_a_link_leads(tmp_path):
    """The link stays a link."""
    (tmp_path / "README.md").write_text((ROOT / "data/README.md").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "link.md").symlink_to("README.md")
    assert main(["dictionary", str(tmp_path / "link.md")]) == 0 and (tmp_path / "link.md").is_symlink()


def test_the_data_dictionary_is_the_schema_s():
    text = (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert with_dictionary(text) == text


def test_the_code_is_clean():
    for command in (("check",), ("format", "--check")):
        done = subprocess.run(
            [f"{sys.prefix}/bin/ruff", *command, "casetimeline", "tests"], cwd=ROOT, capture_output=True
        )
        assert done.returncode == 0, done.stdout.decode()


def test_no_path_of_a_machine_is_kept():
    kept = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("figures/*"), *ROOT.glob("data/**/*.*"), *ROOT.glob("*.md")]
    assert len(kept) > 20
    for path in kept:
        assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|Users)/", path.read_text(encoding="utf-8")), path.name
