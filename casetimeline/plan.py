"""What a report is asked for, what it would be made from now, and whether it is there already.

What is stale is decided by digests alone: those of the data, the parameters, the notebooks, the package, the lock and
the versions, and those of the results.
"""

from pathlib import Path
from typing import NamedTuple

from .manifest import digest_inputs, digest_of, read_manifest, versions_here


class Plan(NamedTuple):
    """What to make a report of, and from what.

    Attributes
    ----------
    case_id : str
    data, build : Path
        Folder of the cases, and of all results.
    notebooks : tuple of Path
    lock : Path
        The file of exact requirements.
    baseline, reference : str
        Blank: as case.yaml says.
    presets : tuple of str
        What figure files are written for, names of `PRESETS`.
    deny : Path or None
        Names and numbers that no artefact may hold, one a line.
    """

    case_id: str
    data: Path
    build: Path
    notebooks: tuple[Path, ...]
    lock: Path
    baseline: str = ""
    reference: str = ""
    presets: tuple[str, ...] = ()
    deny: Path | None = None

    @property
    def home(self) -> Path:
        """The folder of the report."""
        return self.build / self.case_id

    @property
    def work(self) -> Path:
        """What is not finished; a case id never begins with a dot."""
        return self.build / f".{self.case_id}.work"

    @property
    def kept(self) -> Path:
        """Files of the report that somebody changed by hand, before they are made anew."""
        return self.build / "_edited" / self.case_id

    def parameters(self) -> dict:
        """What was asked for, without any path."""
        given = {"baseline_rule": self.baseline, "reference": self.reference}
        return {**{name: value for name, value in given.items() if value}, "presets": list(self.presets)}


class Truth(NamedTuple):
    """What a report made now would be made from."""

    parameters: dict
    inputs: dict[str, str]
    versions: dict[str, str]


def truth_of(plan: Plan) -> Truth:
    """Digests of all inputs as they are now, the parameters, and the versions."""
    inputs = digest_inputs(plan.data, plan.case_id, list(plan.notebooks), plan.lock)
    return Truth(plan.parameters(), inputs, versions_here())


def is_current(plan: Plan, truth: Truth) -> bool:
    """Whether the report that is there was made from what is there now, and nobody changed it since."""
    told = read_manifest(plan.home)
    if (
        not told
        or told["case_id"] != plan.case_id
        or Truth(told["parameters"], told["inputs"], told["versions"]) != truth
    ):
        return False
    return all(digest_of(plan.home / name) == digest for name, digest in told["outputs"].items())
