"""Which rows of the benchmarks are asked for; none of them is run here."""

import importlib.util
import sys

import pytest
from conftest import ROOT, run

BENCH = ROOT / "benchmarks/bench.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("bench", BENCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALL = ["1", "2", "3", "4_5", "6", "7", "8"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", ALL),
        (" , ", ALL),
        ("4", ["4_5"]),
        ("5", ["4_5"]),
        ("4_5", ["4_5"]),
        ("7, 1", ["7", "1"]),
        ("5,4,4_5,8,8", ["4_5", "8"]),
        *((number, [number]) for number in ("1", "2", "3", "6", "7", "8")),
    ],
)
def test_every_row_can_be_asked_for_alone(bench, text, rows):
    assert bench.rows_asked(text) == rows
    assert all(callable(getattr(bench.Bench, f"row_{row}")) for row in rows)


@pytest.mark.parametrize("text", ["9", "1,nine", "45", "4-5"])
def test_what_is_no_row_ends_in_one_message(text):
    done = run(sys.executable, str(BENCH), "--rows", text)
    unknown = text.removeprefix("1,")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"bench: no row {unknown}; the rows are 1, 2, 3, 4, 4_5, 5, 6, 7, 8\n"
