"""A report made again elsewhere, and compared: values, bytes and pixels, figure by figure and table by table."""

import contextlib
import html
import io
import re
import tempfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pypdfium2
from packaging.requirements import Requirement
from PIL import Image

from ..case import case_ids
from ..faults import NotebookError, TimelineError, counted, fault
from ..figures import preset_faults
from ..files import MANIFEST, digest_of, files_in
from ..report import rasterise, texts_of
from ..vocabulary import DEFAULT_STYLE
from .build import make_report
from .plan import (
    EARLIER,
    AnyPlan,
    Plan,
    SeriesPlan,
    digest_outputs,
    notebooks_in,
    read_manifest,
    truth_of,
)
from .program import versions_here
from .series_build import make_series
from .tabled import cases_of, is_tabled

_DPI = 100
SAME, OTHER, NONE = "same", "DIFFERENT", "-"


class Comparison(NamedTuple):
    """One artefact of two reports: whether values, bytes and pixels are the same; `-` where there are none."""

    name: str
    values: str
    bytes: str
    pixels: str


def verify_report(built: Path, data: Path, notebooks: Path, lock: Path) -> tuple[list[str], bool]:
    """Make a report again from the files that are here, and say where it differs from one that was handed in.

    Parameters
    ----------
    built : Path
        The report, `<build>/<case_id>`, with its manifest.
    data : Path
        Folder of the cases.
    notebooks : Path
        The folder of those of the project.
    lock : Path
        The exact requirements, which must be what is installed.

    Returns
    -------
    list of str, bool
        Lines for a reader, and whether nothing differs.

    Raises
    ------
    TimelineError
        If the folder holds no report with a manifest, or the case is at fault.
    """
    before = read_manifest(built)
    if not before:
        earlier = built.parent / EARLIER / built.name
        kept = f"; the report made before is kept as {earlier}" if read_manifest(earlier) else ""
        raise TimelineError([fault("no manifest.json of a report", f"the folder of a report{kept}", at=str(built))])
    differing = [*_altered(built, before["outputs"]), *_versions(before["versions"], lock)]
    with tempfile.TemporaryDirectory(prefix="casetimeline-") as scratch, _as_folder(before, data) as data:
        plan = _plan_again(before, data, Path(scratch), notebooks, lock)
        try:
            make_series(plan) if isinstance(plan, SeriesPlan) else make_report(plan)
        except TimelineError as error:
            # What is at fault now may be what has changed.
            changed = _inputs(before["inputs"], truth_of(plan).inputs)
            if not changed:
                raise
            return [*differing, *changed, f"The report cannot be made again: {error}"], False
        except NotebookError as error:
            # The scratch folder that the message names is gone by the time it is read.
            words = str(error).replace(f"{plan.home}/", "")
            return [*differing, f"The report cannot be made again: {words}"], False
        now = read_manifest(plan.home)
        differing += _inputs(before["inputs"], now["inputs"])
        compared = compare_reports(built, plan.home)
    lines = [f"{'artefact':<44}{'values':<12}{'bytes':<12}pixels"]
    lines += [f"{row.name:<44}{row.values:<12}{row.bytes:<12}{row.pixels}".rstrip() for row in compared]
    wrong = [row.name for row in compared if any(result.startswith(OTHER) for result in row[1:])]
    lines += ["", *differing]
    same = not wrong and not differing
    # What stands among the artefacts is counted there.
    others = [line for line in differing if line.partition(": ")[0] not in wrong]
    verb = "is" if len(wrong) == 1 else "are"
    lines.append(
        f"All {len(compared)} artefacts are what the inputs give."
        if same
        else f"{len(wrong)} of {len(compared)} artefacts {verb} not what the inputs give; "
        f"{counted(len(others), 'other finding')}."
    )
    return lines, same


def _as_folder(before: dict, data: Path) -> contextlib.AbstractContextManager[Path]:
    """The folder of the cases; of a long table, with the cases that the report of a series has."""
    asked = before["parameters"]
    if "cases" not in asked or not is_tabled(data):
        return contextlib.nullcontext(data)
    return cases_of(data, *(str(asked.get(name, "")) for name in ("cases", "baseline_rule", "reference")))


def _plan_again(before: dict, data: Path, build: Path, notebooks: Path, lock: Path) -> AnyPlan:
    """The plan of the report of a manifest, made in another folder."""
    if "cases" in before["parameters"]:
        return _series_again(before, data, build, notebooks, lock)
    asked = _asked(before["parameters"])
    return Plan(
        case_id=before["case_id"],
        data=data,
        build=build,
        notebooks=notebooks_in(notebooks),
        lock=lock,
        baseline=asked["baseline_rule"],
        reference=asked["reference"],
        axis=asked["axis"],
        rules=asked["rules"],
        presets=asked["presets"],
        measures=asked["measures"],
        style=asked["style"] or DEFAULT_STYLE,
    )


def _series_again(before: dict, data: Path, build: Path, notebooks: Path, lock: Path) -> SeriesPlan:
    asked = before["parameters"]
    faults = [
        fault(str(value), "a text", at=MANIFEST, column=name)
        for name, value in asked.items()
        if not isinstance(value, str)
    ]
    if faults:
        raise TimelineError(faults)
    return SeriesPlan(
        name=before["case_id"],
        asked=asked["cases"],
        cases=tuple(case_ids(data, asked["cases"])),
        data=data,
        build=build,
        notebooks=(notebooks / "series.ipynb",),
        lock=lock,
        measure=asked.get("measure", "mrss"),
        baseline=asked.get("baseline_rule", ""),
        **{name: asked.get(name, "") for name in ("align", "diagnosis", "records", "rules", "reference")},
    )


def _asked(parameters: dict) -> dict:
    """The parameters of a manifest, which a hand may have changed into anything."""
    texts = dict.fromkeys(("baseline_rule", "reference", "axis", "rules", "style"), "")
    asked = {**texts, "presets": [], "measures": [], **parameters}
    faults = [
        fault(str(asked[name]), "a text", at=MANIFEST, column=name)
        for name in texts
        if not isinstance(asked[name], str)
    ]
    presets, measures = (
        asked[name] if isinstance(asked[name], list) else [asked[name]] for name in ("presets", "measures")
    )
    faults += preset_faults(presets, MANIFEST, "presets")
    if faults:
        raise TimelineError(faults)
    # Whether the case has such measures is said when it is read.
    return {**asked, "presets": tuple(presets), "measures": tuple(map(str, measures))}


def _inputs(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Inputs that are not those of the report."""
    return [
        f"input {name}: {'another content' if name in before and name in now else 'only in one of the two'}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def _altered(built: Path, outputs: dict[str, str]) -> list[str]:
    """Artefacts that are not what the manifest says."""
    there = digest_outputs(built)
    changed = [name for name, digest in outputs.items() if name in there and there[name] != digest]
    return [
        *(f"{name}: changed since the manifest was written" for name in changed),
        *(f"{name}: missing" for name in outputs if name not in there),
        *(f"{name}: not in the manifest" for name in there if name not in outputs),
    ]


def _versions(before: dict[str, str], lock: Path) -> list[str]:
    """Libraries that are not those of the report, or not those of the lock."""
    here = versions_here()
    lines = [
        f"{name}: made with {before.get(name, 'none')}, here {here.get(name, 'none')}"
        for name in sorted(before.keys() | here.keys())
        if before.get(name) != here.get(name)
    ]
    for name, wanted in _pins(lock).items():
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = "none"
        if installed not in wanted:
            lines.append(f"{name}: {lock.name} has {' or '.join(sorted(wanted))}, installed is {installed}")
    return lines


def _pins(lock: Path) -> dict[str, set[str]]:
    """Versions of a lock that hold on this machine, by name."""
    try:
        text = lock.read_text(encoding="utf-8")
    except OSError as error:
        unread = fault(error.strerror or "", "the file of exact requirements", at=lock.name)
        raise TimelineError([unread]) from None
    pins: dict[str, set[str]] = {}
    for line in re.findall(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*)", text, re.M):
        requirement = Requirement(line.strip())
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            pins.setdefault(requirement.name, set()).update(pin.version for pin in requirement.specifier)
    return pins


def compare_reports(first: Path, second: Path) -> list[Comparison]:
    """Every file of two reports but their manifests, compared.

    Parameters
    ----------
    first, second : Path
        Folders of reports.

    Returns
    -------
    list of Comparison
        In the order of names. A file that only one has differs in everything.
    """
    rows = []
    for name in sorted({*files_in(first), *files_in(second)} - {MANIFEST}):
        paths = first / name, second / name
        if not all(path.is_file() for path in paths):
            rows.append(Comparison(name, OTHER, OTHER, NONE))
        elif digest_of(paths[0]) == digest_of(paths[1]):
            drawn = Path(name).suffix in (".svg", ".png", ".tiff", ".pdf")
            rows.append(Comparison(name, SAME, SAME, SAME if drawn else NONE))
        else:
            one, other = (path.read_bytes() for path in paths)
            rows.append(Comparison(name, _values(name, one, other), OTHER, _pixels(name, one, other)))
    return rows


def _values(name: str, one: bytes, other: bytes) -> str:
    """Whether two files say the same, whatever their bytes."""
    if Path(name).suffix in (".png", ".tiff"):
        return NONE
    try:
        first, second = ([text for _, text in _texts(name, content)] for content in (one, other))
    except Exception:
        # What cannot be read says something else than what can; a hand can break a file in any way.
        return OTHER
    return SAME if first == second else OTHER


def _texts(name: str, content: bytes) -> list[tuple[str, str]]:
    if Path(name).suffix == ".svg":
        # The words of a figure, which are made from its drawn values.
        text = content.decode("utf-8")
        return [("words", html.unescape(words)) for words in re.findall(r"<(?:title|desc)[^>]*>(.*?)</", text, re.S)]
    return list(texts_of(name, content))


def _pixels(name: str, one: bytes, other: bytes) -> str:
    """How many pixels of two drawn files differ; `-` where a file is not drawn."""
    try:
        pictures = [_drawn(Path(name).suffix, content) for content in (one, other)]
    except Exception:
        return OTHER
    if not pictures[0]:
        return NONE
    if [picture.shape for picture in pictures[0]] != [picture.shape for picture in pictures[1]]:
        return f"{OTHER}: size"
    count = sum(int((a != b).any(axis=-1).sum()) for a, b in zip(*pictures, strict=True))
    return f"{OTHER}: {count} pixels" if count else SAME


def _drawn(suffix: str, content: bytes) -> list[np.ndarray]:
    if suffix == ".svg":
        content, suffix = rasterise(content.decode("utf-8"), _DPI), ".png"
    if suffix in (".png", ".tiff"):
        with Image.open(io.BytesIO(content)) as picture:
            return [np.asarray(picture.convert("RGB"))]
    if suffix == ".pdf":
        return [page.render(scale=1.0).to_numpy() for page in pypdfium2.PdfDocument(content)]
    return []
