"""What a report is asked for, what it would be made from now, and whether it is there already.

What is stale is decided by digests alone: those of the data, the parameters, the notebooks, the package, the lock and
the versions, and those of the results. Only the standard library is imported here, so that a report with nothing to do
costs next to nothing.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..faults import Fault, TimelineError, fault, first_few
from ..figures import PRESETS, preset_faults
from ..files import FAILED, MANIFEST, case_files, digest_of, files_in, list_cases, tables_of, texts_of_case
from ..vocabulary import CITATION_STYLES, DEFAULT_STYLE, check_case_id, is_case_id
from .program import package_files, versions_here

# The parameters that add figure files to a report, and change nothing else in it; the folder of replaced reports.
_FIGURES = ("presets", "measures")
EARLIER = "_earlier"


def digest_inputs(data: Path, cases: tuple[str, ...], notebooks: Iterable[Path], lock: Path) -> dict[str, str]:
    """Digest of every file that a report is made from, by a name without a path of the machine.

    Returns
    -------
    dict of str
        The tables and files of the cases under `data/`, the texts of their sources, the notebooks, every file of the
        package, and the lock. A file that is not there has a blank digest.
    """
    of_cases = {}
    for case_id in cases:
        paths = case_files(data / case_id) | {path.name: path for path in texts_of_case(data / case_id)}
        of_cases |= {f"data/{case_id}/{name}": path for name, path in paths.items()}
    files = {
        **{f"data/{name}": path for name, path in tables_of(data).items()},
        **of_cases,
        **{f"notebooks/{path.name}": path for path in notebooks},
        **package_files(),
        lock.name: lock,
    }
    return {name: digest_of(path) for name, path in files.items()}


def manifest_text(
    case_id: str, parameters: dict, inputs: dict[str, str], versions: dict[str, str], outputs: dict[str, str]
) -> str:
    """The content of manifest.json: no clock, host, user or path of the machine."""
    manifest = {
        "case_id": case_id,
        "parameters": parameters,
        "inputs": inputs,
        "versions": versions,
        "outputs": outputs,
    }
    return json.dumps(manifest, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> dict:
    """The manifest of a report; empty if there is none, or it is not one."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    parts = ("parameters", "inputs", "versions", "outputs")
    whole = isinstance(manifest, dict) and all(isinstance(manifest.get(part), dict) for part in parts)
    return manifest if whole and is_case_id(manifest.get("case_id")) else {}


def digest_outputs(folder: Path) -> dict[str, str]:
    """Digest of every file of a report but its manifest."""
    return {name: digest_of(folder / name) for name in files_in(folder)}


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
    axis, rules : str
        The axis of the figures over time, and the rules that are evaluated; as for `read_case`.
    presets : tuple of str
        What figure files are written for, names of `PRESETS`.
    measures : tuple of str
        Codes of measures that have a figure file of their own beside the others.
    deny : Path or None
        Names and numbers that no artefact may hold, one a line.
    style : str
        Of the references, one of `CITATION_STYLES`.
    """

    case_id: str
    data: Path
    build: Path
    notebooks: tuple[Path, ...]
    lock: Path
    baseline: str = ""
    reference: str = ""
    axis: str = ""
    rules: str = ""
    presets: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    deny: Path | None = None
    style: str = DEFAULT_STYLE

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases of the report: one."""
        return (self.case_id,)

    @property
    def whose(self) -> str:
        """What the report is of, in words."""
        return f"case {self.case_id}"

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

    @property
    def earlier(self) -> Path:
        """The report that the one of this name has replaced, or will replace once it is made."""
        return self.build / EARLIER / self.case_id

    @property
    def figures(self) -> Path:
        """The figure files of the report, a folder a preset."""
        return self.home / "manuscript" / "figures"

    @property
    def failed(self) -> Path:
        """What a run that failed leaves to be looked at."""
        return self.home / FAILED

    @property
    def given(self) -> dict[str, str]:
        """Parameters of every notebook, and of `read_case`, but the case; blank where nothing else was asked for."""
        return {"baseline_rule": self.baseline, "reference": self.reference, "axis": self.axis, "rules": self.rules}

    def parameters(self) -> dict:
        """What was asked for, without any path."""
        lists = {"presets": list(self.presets), **({"measures": list(self.measures)} if self.measures else {})}
        lists |= {"style": self.style} if self.style != DEFAULT_STYLE else {}
        return {**{name: value for name, value in self.given.items() if value}, **lists}


class SeriesPlan(NamedTuple):
    """What to make the report of a series of, and from what.

    Attributes
    ----------
    name : str
        The name of the series, and of the folder of its report.
    asked : str
        The cases as they were asked for: ids, also with `*`; blank for all of the folder.
    cases : tuple of str
        Their ids, sorted, before any filter.
    data, build : Path
        Folder of the cases, and of all results.
    notebooks : tuple of Path
        The one of a series.
    lock : Path
        The file of exact requirements.
    measure, align, diagnosis, records, baseline, rules : str
        The measure that is compared; the event by which courses are aligned, blank for the reference treatment; and as
        for `read_series`.
    reference : str
        The reference treatment of the long table that the cases are from; blank for cases in folders.
    deny : Path or None
        Names and numbers that no artefact may hold, one a line.
    """

    name: str
    asked: str
    cases: tuple[str, ...]
    data: Path
    build: Path
    notebooks: tuple[Path, ...]
    lock: Path
    measure: str = "mrss"
    align: str = ""
    diagnosis: str = ""
    records: str = ""
    baseline: str = ""
    rules: str = ""
    reference: str = ""
    deny: Path | None = None

    @property
    def case_id(self) -> str:
        """The name under which the report stands."""
        return self.name

    @property
    def whose(self) -> str:
        """What the report is of, in words."""
        return f"series {self.name}"

    home, work, kept, earlier, failed = Plan.home, Plan.work, Plan.kept, Plan.earlier, Plan.failed

    @property
    def given(self) -> dict[str, str]:
        """Parameters of the notebook; the name of the series is that of a folder, and changes nothing in it."""
        return {
            "cases": self.asked,
            "measure": self.measure,
            "align": self.align,
            "diagnosis": self.diagnosis,
            "records": self.records,
            "baseline_rule": self.baseline,
            "rules": self.rules,
        }

    def parameters(self) -> dict:
        """What was asked for, without any path; `cases` is always there, and says that it is a series."""
        asked = {**self.given, "reference": self.reference}
        return {name: value for name, value in asked.items() if value or name == "cases"}


AnyPlan = Plan | SeriesPlan


class Truth(NamedTuple):
    """What a report made now would be made from."""

    parameters: dict
    inputs: dict[str, str]
    versions: dict[str, str]


def truth_of(plan: AnyPlan) -> Truth:
    """Digests of all inputs as they are now, the parameters, and the versions."""
    inputs = digest_inputs(plan.data, plan.cases, plan.notebooks, plan.lock)
    return Truth(plan.parameters(), inputs, versions_here())


def notebooks_in(folder: Path, only: str = "") -> tuple[Path, ...]:
    """The notebooks of a folder in order: those whose name begins with a digit, or of these some, named by commas.

    Raises
    ------
    TimelineError
        For each name that is none of them.
    """
    paths = {path.stem: path for path in sorted(folder.glob("[0-9]*.ipynb"))}
    named = list(filter(None, only.split(",")))
    expected = f"the name of a notebook, without .ipynb: {', '.join(paths) or 'there is none'}"
    faults = [fault(name, expected, at="--only", known=paths) for name in named if name not in paths]
    if faults:
        raise TimelineError(faults)
    return tuple(path for stem, path in paths.items() if not named or stem in named)


# What a report of one case and one of several cannot be made without.
NO_NOTEBOOKS = fault("none", "a folder with notebooks that begin with a digit", at="notebooks")
NO_LOCK = fault("no such file", "the file of exact requirements", at="lock")


def check_plan(plan: Plan) -> None:
    """Refuse what no report can be made from.

    Raises
    ------
    TimelineError
        If the name is no case id or no case of the data, no notebook is there, the data or the lock are missing, a
        preset is none, or measures are asked for and no preset.
    """
    check_case_id(plan.case_id, "case")
    faults = []
    if not plan.notebooks:
        faults.append(NO_NOTEBOOKS)
    if not plan.data.is_dir():
        faults.append(fault("no such folder", "the folder of the cases", at=str(plan.data)))
    elif not (plan.data / plan.case_id).is_dir():
        known = list_cases(plan.data)
        expected = f"a case of this folder: {', '.join(known) or 'there is none'}"
        faults.append(fault(plan.case_id, expected, at="case", known=known))
    if not plan.lock.is_file():
        faults.append(NO_LOCK._replace(file=plan.lock.name))
    faults += preset_faults(plan.presets, "--preset")
    if plan.style not in CITATION_STYLES:
        faults.append(fault(plan.style, f"one of {', '.join(CITATION_STYLES)}", at="--style", known=[*CITATION_STYLES]))
    if plan.measures and not plan.presets:
        of = f"the figure files of {', '.join(plan.measures)} are written for (--preset, PRESET=)"
        faults.append(fault("", f"a preset that {of}: {', '.join(PRESETS)}", at="preset"))
        faults += _unknown_measures(plan)
    if faults:
        raise TimelineError(faults)


def _unknown_measures(plan: Plan) -> list[Fault]:
    """The faults of measures that the case does not have; what else is wrong with the case is told when it is read."""
    from ..case import check_measures, read_case

    try:
        facts = read_case(plan.data, plan.case_id).facts
    except TimelineError:
        return []
    try:
        check_measures(plan.measures, facts)
    except TimelineError as error:
        return [*error.faults]
    return []


def check_unchanged(plan: AnyPlan, truth: Truth) -> None:
    """Refuse what was made while its inputs changed.

    Raises
    ------
    TimelineError
        For each input that is not what it was when the run began.
    """
    now = truth_of(plan)
    changed = [name for name, digest in now.inputs.items() if truth.inputs.get(name) != digest]
    if changed or now != truth:
        difference, expected = "another content than when the run began", "no change while it runs; run it again"
        raise TimelineError(fault(difference, expected, at=name) for name in changed or ["versions"])


def is_current(plan: AnyPlan, truth: Truth) -> bool:
    """Whether the report that is there was made from what is there now, and nobody changed it since.

    A figure that it does not have was written by a notebook that somebody ran by hand.
    """
    manifest = read_manifest(plan.home)
    if (
        not manifest
        or manifest["case_id"] != plan.case_id
        or Truth(manifest["parameters"], manifest["inputs"], manifest["versions"]) != truth
    ):
        return False
    outputs = manifest["outputs"]
    if any(f"figures/{name}" not in outputs for name in files_in(plan.home / "figures")):
        return False
    return all(digest_of(plan.home / name) == digest for name, digest in outputs.items())


def with_earlier_figures(plan: Plan) -> Plan:
    """The plan, and with it the figure files that were asked for before: a preset does not take away those of another.

    A preset whose folder somebody removed is asked for no more.
    """
    parameters = read_manifest(plan.home).get("parameters", {})
    # A hand may have made anything of them; `casetimeline verify` says so.
    lists = [names if isinstance(names, list) else [] for names in map(parameters.get, _FIGURES)]
    presets, measures = ([name for name in names if isinstance(name, str)] for names in lists)
    presets = [name for name in presets if name in PRESETS and (plan.figures / name).is_dir()]
    return plan._replace(
        presets=tuple(dict.fromkeys([*presets, *plan.presets])),
        measures=tuple(dict.fromkeys([*(measures if presets else []), *plan.measures])),
    )


def changed_since(plan: AnyPlan, truth: Truth) -> list[str]:
    """The inputs that are not those of the report that is there, the data first; none where there is no report."""
    manifest = read_manifest(plan.home)
    if not manifest:
        return []
    before = manifest["inputs"]
    names = sorted(before.keys() | truth.inputs.keys(), key=lambda name: (not name.startswith("data/"), name))
    changed = [name for name in names if before.get(name) != truth.inputs.get(name)]
    return changed + (["versions"] if manifest["versions"] != truth.versions else [])


def what_stands(plan: AnyPlan) -> str:
    """Which report there is after a run that did not end, as a clause for a reader; blank if there is none."""
    manifest = read_manifest(plan.home)
    if manifest:
        truth = truth_of(plan)
        # Where something else, or a folder without the case, was asked for, other files are no change of those.
        same = manifest["parameters"] == truth.parameters and all((plan.data / each).is_dir() for each in plan.cases)
        changed = changed_since(plan, truth) if same else []
        since = f"; changed since then: {first_few(changed)}" if changed else ""
        other = manifest["parameters"].get("cases") != truth.parameters.get("cases")
        return f"{plan.home} holds the report made before{', of other cases' if other else ''}, as it was{since}"
    return f"the report made before is kept as {plan.earlier}" if read_manifest(plan.earlier) else ""
