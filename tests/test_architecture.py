"""Imports go downward; modules stay small; nothing draws on pyplot."""

import ast
from pathlib import Path

import casetimeline

ROOT = Path(casetimeline.__file__).parent

FLOORS = {
    0: ("presets", "vocabulary", "files"),
    1: (
        "archive",
        "bounds",
        "decision",
        "display",
        "document",
        "faults",
        "finding",
        "interval",
        "outlines",
        "plain",
        "ranges",
        "schema",
        "times",
        "vision",
        "wording",
    ),
    2: (
        *("about", "analysis", "baseline", "category", "change", "choices", "comparison", "course", "derivation"),
        "dialect",
        *("dictionary", "doses", "exposure", "extremes", "limits", "regression", "required", "rules", "studyday"),
        "tables",
    ),
    3: (
        *(
            "zero",
            "remarks",
            "case",
            "starter",
            "timeline",
            "dataset",
            "claims",
            "summary",
            "appraisal",
            "sentences",
            "narrative",
        ),
        *("readings", "care", "citations", "results", "contents"),
    ),
    4: ("figures",),
    5: ("sheets", "render", "publish", "export", "typeset", "word"),
    6: (
        *("kernels", "notebook", "accept", "manifest", "execution", "texts", "leaks", "page", "proof_vector"),
        *("proof_pixels", "proof", "report", "plan", "runs", "bulk", "build", "verify", "checking"),
        *("workbook", "authoring", "explore"),
    ),
    7: ("commands", "cli", "__main__"),
}
# Within a floor, the order in which a module may import another.
WITHIN = {
    1: (
        "bounds",
        "display",
        "document",
        "faults",
        "archive",
        "wording",
        "interval",
        "decision",
        "times",
        "ranges",
        "schema",
    ),
    2: (
        "exposure",
        "doses",
        "about",
        "tables",
        "dialect",
        "studyday",
        "choices",
        "baseline",
        "category",
        "change",
        "extremes",
        "derivation",
        "limits",
        "rules",
        "required",
    ),
    3: FLOORS[3],
    5: FLOORS[5],
    6: FLOORS[6],
    7: FLOORS[7],
}
FLOOR_OF = {module: floor for floor, modules in FLOORS.items() for module in modules}


def imports_of(path: Path) -> set[str]:
    """Top-level modules of the package that a file imports."""
    package = (path.parent.relative_to(ROOT)).parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = list(package[: len(package) - node.level + 1])
            target = [*base, *(node.module or "").split(".")]
            parts = [part for part in target if part]
            found |= {parts[0]} if parts else {alias.name for alias in node.names}
    return found - {"__version__", "__init__"}


def test_imports_go_downward():
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts == ("__init__",):
            continue
        module = parts[0]
        for other in imports_of(path) - {module}:
            mine, its = FLOOR_OF[module], FLOOR_OF[other]
            order = WITHIN.get(mine, ())
            beside = mine == its and other in order and order.index(other) < order.index(module)
            assert its < mine or beside, f"{module} (floor {mine}) imports {other} (floor {its})"


def test_the_warm_kernels_could_leave_as_a_package_of_their_own():
    for path in (ROOT / "kernels").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level > 1), path.name
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            assert not any(name.startswith("casetimeline") for name in [*names, getattr(node, "module", None) or ""])


def test_every_module_has_its_floor():
    modules = {path.relative_to(ROOT).with_suffix("").parts[0] for path in ROOT.rglob("*.py")}
    assert modules == {*FLOOR_OF, "__init__"}


def test_modules_stay_small():
    for path in ROOT.rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path.name


def test_reading_and_writing_stay_at_the_edges():
    allowed = {
        *(
            "timeline",
            "files",
            "notebook",
            "accept",
            "report",
            "proof",
            "commands",
            "build",
            "leaks",
            "manifest",
            "runs",
        ),
        *("bulk", "execution", "texts", "typeset", "verify", "authoring", "assets"),
        # What a socket does when it opens is called `open` by tornado.
        "app",
        *("template", "fork_kernel_preload", "fork_kernel_child", "launch", "address"),
    }
    for path in ROOT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "pyplot" not in text, path.name
        if path.stem not in allowed:
            for call in (" open(", ".read_text(", ".write_text(", ".read_bytes(", ".write_bytes(", "to_csv("):
                assert call not in text, f"{path.name}: {call}"


def test_every_public_name_has_a_docstring():
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_the_facade_offers_what_is_there():
    for name in casetimeline.__all__:
        assert callable(getattr(casetimeline, name))
