"""The command that the page offers to copy does what it says and nothing else, in any shell and through make."""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT
from hypothesis import given, strategies as st

from casetimeline.explore.choice import Choice, command_of, parameters_of

SHELLS = [path for path in map(shutil.which, ("sh", "bash", "dash", "zsh", "ksh")) if path]
# Instead of make: what it would be called with, each with an end that no argument can hold.
ARGUMENTS = "make() { printf '%s\\0' \"$@\"; printf '\\0'; }\n"
CANARY = "canary"
HOSTILE = [
    f"$(shell touch {CANARY})",
    f"$$(touch {CANARY})",
    f"$(touch {CANARY})",
    f"${{CASE}}$(eval X:=$(shell touch {CANARY}))",
    "$(value HOME)",
    "$HOME",
    "$@",
    f"`touch {CANARY}`",
    f"'; touch {CANARY}; '",
    f'"; touch {CANARY}; "',
    f"a\ntouch {CANARY}\n",
    f"a\r\n\ttouch {CANARY} #",
    f"| touch {CANARY}",
    f"& touch {CANARY} &",
    f"> {CANARY}",
    f"\\'; touch {CANARY} #",
    f"!touch {CANARY}",
    f"drug --output={CANARY}",
    f"-o{CANARY}",
    "a#b",
    "a\\",
    "~",
    "*",
    "{a,b}",
    "a;b",
    "=ls",
    "%",
    "\x1b[31m",
    "été",
    "دواء",
]
letters = st.text(st.sampled_from("$`'\"\\;&|<>(){}[]*?!#~=%@^,: \t\n\rab-_.é"), min_size=1, max_size=12)


def arguments(choice):
    return ["report", *(f"{name}={value}" for name, value in parameters_of(choice).items())]


@pytest.mark.parametrize("shell", SHELLS, ids=os.path.basename)
@given(st.lists(letters, min_size=1, max_size=20))
def test_a_shell_passes_on_each_text_as_it_is(shell, texts):
    choices = [Choice("a", reference=text, rules=text[::-1], measure="ck") for text in [*HOSTILE, *texts]]
    script = ARGUMENTS + "\n".join(map(command_of, choices)) + "\n"
    done = subprocess.run([shell], input=script.encode(), capture_output=True, check=True)
    asked = [arguments(choice) for choice in choices]
    assert done.stdout.decode() == "".join("\0".join([*words, "", ""]) for words in asked)
    assert not done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the Makefile and an interpreter that writes down what it is called with."""
    home = tmp_path_factory.mktemp("made")
    shutil.copy(ROOT / "Makefile", home)
    (home / ".venv/bin").mkdir(parents=True)
    for name in ("requirements.lock", "requirements-lab.lock", "pyproject.toml", ".venv/.ready"):
        (home / name).touch()
    python = home / ".venv/bin/python"
    python.write_text("#!/bin/sh\nprintf '%s\\0' \"$@\" > called\n", encoding="utf-8")
    python.chmod(0o755)
    return home


def called(home, command, **environment):
    """What the interpreter was called with by a command, if it was; nothing may have run beside it."""
    (home / "called").unlink(missing_ok=True)
    settings = {name: text for name, text in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["bash", "-c", command] if isinstance(command, str) else command,
        cwd=home,
        env={**settings, **environment},
        capture_output=True,
        text=True,
    )
    assert {path.name for path in home.iterdir()} <= {
        "Makefile",
        "called",
        ".venv",
        "requirements.lock",
        "requirements-lab.lock",
        "pyproject.toml",
    }, command
    if not (home / "called").exists():
        assert done.returncode and "casetimeline: " in done.stderr, (command, done.stderr)
        return None
    return (home / "called").read_text(encoding="utf-8").split("\0")[:-1]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_make_passes_on_a_text_as_it_is_or_refuses_it(home, text):
    passed = called(home, command_of(Choice("a", reference=text)))
    assert passed is None or f"--reference={text}" in passed
    # A code of a case is never refused.
    assert passed or not all(letter.isalnum() or letter in "_.-" for letter in text)


VARIABLES = "CASE DATA BUILD BASELINE REFERENCE AXIS RULES PRESET MEASURE DENY FILE APPFLAGS LABFLAGS PYTHON PART SEED"
VARIABLES = [*VARIABLES.split(), "ROWS", "ROUNDS", "KERNEL", "SHELL", "BIN", "ANY"]


@pytest.mark.parametrize("name", VARIABLES)
def test_no_variable_is_expanded_from_wherever_it_comes(home, name):
    for text in (f"$(shell touch {CANARY})", f"${{shell touch {CANARY}}}", "$HOME/out", "a$$b"):
        assert called(home, ["make", "report", f"{name}={text}"]) is None
        # Of the environment only what the Makefile takes is looked at: nothing else of it is ever expanded.
        passed = called(home, ["make", "report"], **({} if name in ("SHELL", "BIN", "ANY") else {name: text}))
        assert passed is None or name in ("SHELL", "BIN", "ANY")
    assert called(home, ["make", "report", f"{name}=a\ntouch {CANARY}"]) is None


@pytest.mark.parametrize("name", ["CASE", "DATA", "BUILD", "PYTHON", "ROUNDS", "PART"])
def test_what_is_needed_is_not_blank(home, name):
    for blank in ("", "  "):
        assert called(home, ["make", "report", f"{name}={blank}"]) is None


def test_what_a_recipe_alone_uses_runs_nothing_else(home):
    for goal, name in (("app", "APPFLAGS"), ("import", "FILE"), ("report", "DENY"), ("test-product", "PART")):
        for text in (f"a;touch {CANARY}", f"`touch${{IFS}}{CANARY}`", f"a'&touch {CANARY}'", f"a|touch {CANARY}"):
            passed = called(home, ["make", goal, f"{name}={text}"])
            assert passed is None or any(text in word for word in passed), (goal, text)
    # Each option of the page is a word of its own.
    assert called(home, ["make", "app", "APPFLAGS=--port 8787 --host 'a b'"])[-4:] == [
        "--port",
        "8787",
        "--host",
        "a b",
    ]
