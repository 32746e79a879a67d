"""The report of a case: one page that opens with the network off, its manifest, and five lines for the terminal."""

import hashlib
import html
import json
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import jinja2
import nbformat
import pandas as pd

from . import __version__
from .analysis import records_of
from .appraisal import summarise_choices, summarise_claims
from .claims import evaluate_claims
from .derivation import derive_changes
from .display import Table
from .faults import Fault, TimelineError
from .files import write_atomic
from .notebook import read_notebook, read_parameters
from .rules import evaluate_rules
from .summary import change_of_series, path_of_series, summarise_case
from .timeline import Case, read_case
from .wording import capital

_TEMPLATES = Path(__file__).parent / "templates"
_VERSIONED = ("pandas", "numpy", "matplotlib", "papermill", "nbformat", "nbconvert")
_MEASURES = (("mrss", "mRSS"), ("ck", "CK"), ("pericardial_effusion", "Effusion"))


@dataclass(frozen=True)
class Section:
    """One notebook in the report: its file stem, its title, and its HTML."""

    stem: str
    title: str
    body: str


def write_report(
    data_dir: Path, build: Path, case_id: str, stems: list[str], given: dict[str, str], lock: Path
) -> Path:
    """Write report.html, manifest.json and summary.txt of a case from its executed notebooks.

    Parameters
    ----------
    data_dir, build : Path
        Folder of the data, and of all builds.
    case_id : str
        The case.
    stems : list of str
        The notebooks of the report, in its order.
    given : dict
        Parameters of the run, as passed to every notebook.
    lock : Path
        The file of exact requirements.

    Returns
    -------
    Path
        The report.

    Raises
    ------
    TimelineError
        If an executed notebook speaks of another case, or a figure is missing.
    """
    case = read_case(data_dir, case_id, given.get("baseline_rule", ""), given.get("reference", ""))
    home = build / case_id
    executed = [home / "notebooks" / f"{stem}.ipynb" for stem in stems]
    notebooks = {path: read_notebook(path) for path in executed}
    _check_identity(case_id, notebooks, home)
    changes = derive_changes(case.facts, case.baseline_rule, case.reference)
    inputs = {"data": case.sha256, "package": package_sha256(), lock.name: _sha256(lock.read_bytes())}
    versions = {"casetimeline": __version__, **{name: metadata.version(name) for name in _VERSIONED}}
    verdicts = evaluate_rules(changes, case.rules, case.cva)
    tables = [
        summarise_case(case, changes),
        summarise_claims(case, evaluate_claims(case, changes, verdicts)),
        summarise_choices(case, changes, verdicts),
    ]
    page = _page(case, [table for table in tables if len(table.frame)], _sections(notebooks), inputs, versions)
    path = home / "report.html"
    figures = [home / "figures" / f"{stem}.svg" for stem in stems]
    outputs = {f"{p.parent.name}/{p.name}": _sha256(p.read_bytes()) for p in [*executed, *figures]}
    manifest = {
        "case_id": case_id,
        "parameters": dict(sorted(given.items())),
        "inputs": inputs,
        "outputs": {**outputs, path.name: _sha256(page.encode())},
        "versions": versions,
    }
    write_atomic(home / "summary.txt", _five_lines(case, changes, path).encode())
    write_atomic(home / "manifest.json", (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())
    # Last, because it is what make looks at.
    write_atomic(path, page.encode())
    return path


def package_sha256() -> str:
    """Digest of the package's own files: names and contents."""
    root = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        whole.update(f"{path.relative_to(root).as_posix()}\0{_sha256(path.read_bytes())}\n".encode())
    return whole.hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check_identity(case_id: str, notebooks: dict[Path, nbformat.NotebookNode], home: Path) -> None:
    faults = []
    for path, notebook in notebooks.items():
        shown = {**read_parameters(notebook), **read_parameters(notebook, "injected-parameters")}.get("case_id")
        if shown != case_id:
            faults.append(Fault(path.name, None, "case_id", str(shown), f"'{case_id}'"))
        figure = home / "figures" / f"{path.stem}.svg"
        if not figure.exists() or f"case {html.escape(case_id)}</title>" not in figure.read_text(encoding="utf-8"):
            faults.append(Fault(figure.name, None, "title", "another case", f"a figure of case '{case_id}'"))
    if faults:
        raise TimelineError(faults)


def _sections(notebooks: dict[Path, nbformat.NotebookNode]) -> list[Section]:
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(
        template_name="casetimeline", extra_template_basedirs=[str(_TEMPLATES)], exclude_anchor_links=True
    )
    exporter.register_filter("lower_headings", _lower_headings)
    sections = []
    for path, notebook in notebooks.items():
        # What is the same in every notebook stands once on the page, with the last; how to run them, nowhere.
        left_out = {"howto"} if path == [*notebooks][-1] else {"howto", "once"}
        shown = [cell for cell in notebook.cells if not left_out & set(cell.metadata.get("tags", []))]
        title = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()[0]
        body, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=shown, metadata=notebook.metadata))
        # The headings of five notebooks on one page: each id once.
        body = re.sub(r'(<h\d id=")', rf"\g<1>{path.stem}-", body)
        sections.append(Section(path.stem, title.lstrip("# "), body.strip()))
    return sections


def _lower_headings(body: str) -> str:
    """Headings one level down: the page has the first level.

    Examples
    --------
    >>> _lower_headings("<h1>How?</h1>")
    '<h2>How?</h2>'
    """
    return re.sub(r"(</?h)(\d)", lambda match: f"{match[1]}{int(match[2]) + 1}", body)


def _page(
    case: Case, tables: list[Table], sections: list[Section], inputs: dict[str, str], versions: dict[str, str]
) -> str:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    rows = [*((f"{name}, sha256", digest) for name, digest in inputs.items()), *versions.items()]
    colophon = Table(pd.DataFrame(rows, columns=["item", "value"]), "What this page was made from")
    return (
        environment.get_template("report.html.j2").render(
            case_id=case.case_id,
            title=case.about.get("title", "no title"),
            patient=_patient(case.about.get("patient", {})),
            diagnosis=case.about.get("diagnosis", "diagnosis not stated"),
            sources="; ".join(_source(source) for source in case.about.get("sources", [])) or "not stated",
            summary=jinja2.filters.Markup("\n".join(table._repr_html_() for table in tables)),
            caveats=[text for texts in case.about.get("caveats", {}).values() for text in texts],
            sections=[Section(s.stem, s.title, jinja2.filters.Markup(s.body)) for s in sections],
            colophon=jinja2.filters.Markup(colophon._repr_html_()),
        )
        + "\n"
    )


def _patient(patient: dict) -> str:
    """Sex and age of a patient, with the case's own note on them.

    Examples
    --------
    >>> _patient({"age": "25", "sex": "female"}), _patient({"age": "not reported", "sex": "not reported"})
    ('Female, 25 years', 'Age not reported, sex not reported')
    """
    age, sex = str(patient.get("age", "not reported")), str(patient.get("sex", "not reported"))
    aged = f"{age} years" if age.isdigit() else f"age {age}"
    words = f"{aged}, sex not reported" if sex == "not reported" else f"{sex}, {aged}"
    note = f" ({patient['note']})" if patient.get("note") else ""
    return capital(words) + note


def _source(source: dict) -> str:
    place = f"{source.get('container', '')} {source.get('year', '')}".strip()
    place += "".join(f"{mark}{source[key]}" for mark, key in ((";", "volume"), (":", "pages")) if source.get(key))
    ids = [f"{name} {source[key]}" for name, key in (("doi", "doi"), ("PMID", "pmid")) if source.get(key)]
    parts = [source.get("authors", ""), source.get("title", "").strip().rstrip("."), place]
    parts += [", ".join(ids) or source.get("url", "")]
    parts = [part for part in parts if part] or [source["id"]]
    return ". ".join(parts) + f" (read: {source.get('read', 'not stated')})."


def _five_lines(case: Case, changes: pd.DataFrame, report: Path) -> str:
    lines = [f"{case.case_id}: {case.about.get('title', 'no title')}"]
    for code, name in _MEASURES:
        measure = case.measures.loc[code]
        records = records_of(changes, code)
        told = []
        for site, series in records.groupby("LOC", sort=False):
            path, change = path_of_series(series, measure), change_of_series(series, measure)
            told.append(f"{site + ': ' if site else ''}{path}: {change}")
        lines.append(f"{name:<9} {' | '.join(told) or 'not mentioned in the part that was read'}")
    lines.append(f"{'report':<9} {report}")
    return "\n".join(lines) + "\n"
