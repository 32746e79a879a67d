"""The plan of the house: rooms in one order, faces between them, small files, and few that touch the disk."""

import ast
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import casetimeline

ROOT = Path(casetimeline.__file__).parent
# A room imports only from those before it; `workflow` and `explore` stand side by side.
ORDER = (
    "hall",
    "values",
    "derive",
    "case",
    "rules",
    "prose",
    "figures",
    "series",
    "report",
    "workflow",
    "explore",
    "cli",
)
ROOMS = ORDER[1:-1]
ROOF = ("__init__", "__main__", "cli", "commands")
FILES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def room_of(path: Path) -> str:
    """The room of a file of the package; the flat files are the hall, or the roof, which ends the order as `cli`."""
    first = path.relative_to(ROOT).parts[0]
    if first.endswith(".py"):
        return "cli" if path.stem in ROOF else "hall"
    return first


def imports_of(path: Path) -> list[tuple[str, ...]]:
    """Modules of the package that a file imports from, each as its parts below the package."""
    here = path.parent.relative_to(ROOT).parts
    found = []
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            below = (*base, *(node.module.split(".") if node.module else ()))
            # Taken from a folder itself is one of its modules; from the package itself a flat file, or its version.
            modules = [(*below, alias.name) for alias in node.names if alias.name != "__version__"]
            found += [below] if node.module else modules
    return found


def other_rooms(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Each import of a file from another room: that room, and the module."""
    found = []
    for module in imports_of(path):
        room = module[0] if (ROOT / module[0]).is_dir() else room_of(ROOT / f"{module[0]}.py")
        if room != room_of(path):
            found.append((room, module))
    return found


def test_imports_follow_the_order_of_the_rooms():
    for path in FILES:
        mine = room_of(path)
        for room, module in other_rooms(path):
            words = f"{path.relative_to(ROOT)} imports {'.'.join(module)}"
            assert mine != "kernels", words
            if room == "kernels":
                assert mine == "workflow", words
                continue
            assert ORDER.index(room) < ORDER.index(mine), words
            assert {mine, room} != {"workflow", "explore"}, words


def test_the_warm_kernels_could_leave_as_a_package_of_their_own():
    for path in (ROOT / "kernels").glob("*.py"):
        for node in ast.walk(TREES[path]):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            assert not any(name.startswith("casetimeline") for name in [*names, getattr(node, "module", None) or ""])


def test_values_and_derivations_know_no_file():
    for path in FILES:
        if room_of(path) in ("values", "derive"):
            assert not [module for module in imports_of(path) if module[0] in ("files", "case")], path.name
            for node in ast.walk(TREES[path]):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
                assert not {"pathlib", "os", "io", "csv"} & {name.partition(".")[0] for name in names}, path.name


def test_another_room_is_imported_by_its_face():
    for path in FILES:
        for room, module in other_rooms(path):
            # Pytest and tornado ask for the modules of the kernels by name; they have no face.
            assert room in ("hall", "kernels", "cli") or len(module) == 1, f"{path.name}: {'.'.join(module)}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_face_defines_nothing_and_what_it_offers_is_there(room):
    face = import_module(f"casetimeline.{room}")
    kinds = {type(node) for node in TREES[ROOT / room / "__init__.py"].body}
    assert kinds == {ast.Expr, ast.Import, ast.Assign} and face.__doc__
    offered = dir(face)
    assert offered == sorted(offered) and len(offered) > 0
    for name in offered:
        value = getattr(face, name)
        assert value is not None and (not callable(value) or value.__doc__), name


@pytest.mark.parametrize("room", (*ROOMS, "kernels", "hall"))
def test_no_circle_inside_a_room(room):
    inside = {}
    for path in (path for path in FILES if room_of(path) == room):
        me = path.relative_to(ROOT).with_suffix("").parts
        inside[me] = {module for module in imports_of(path) if module != me and (ROOT / module[0]).exists()}
        inside[me] |= {module for module in imports_of(path) if room == "hall"}
    tuple(TopologicalSorter(inside).static_order())


@pytest.mark.parametrize("room", ("case", "prose", "figures"))
def test_the_folders_of_a_room_stand_in_an_order(room):
    """What stands flat in a room may use its folders, and they it."""
    folders = {path.name: set() for path in (ROOT / room).iterdir() if (path / "__init__.py").exists()}
    for name, needed in folders.items():
        modules = [module for path in (ROOT / room / name).glob("*.py") for module in imports_of(path)]
        needed |= {module[1] for module in modules if module[0] == room and module[1] in folders} - {name}
    assert len([*TopologicalSorter(folders).static_order()]) == len(folders) >= 3


def test_files_and_functions_have_a_size_that_can_be_read():
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 400, path.name
        functions = [node for node in ast.walk(TREES[path]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for function in functions:
            body = function.body[1:] if ast.get_docstring(function) else function.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 40, f"{path.name}: {function.name} has {length} lines"
        # A small file is a face, the entry point, or a table of constants.
        assert lines >= 40 or not functions or path.stem in ("__init__", "__main__"), path.name


# They say that something is in hand, and not what.
VAGUE = {"told", "said", "own", "found"}


def bound_in(tree):
    """The names that functions bind: variables, of loops and comprehensions too, and parameters."""
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    fields = {part.target for body in bodies for part in body if isinstance(part, ast.AnnAssign)}
    # A fault prints what was found, and so that is the name of its field.
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    makers = (function for function in functions if function.name in ("fault", "fault_at"))
    fields |= {part for maker in makers for part in ast.walk(maker.args) if isinstance(part, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in fields:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node not in fields:
            yield node.arg, node.lineno


def test_a_variable_says_what_it_holds():
    vague = [
        f"{path.name}, line {line}: {name}" for path in FILES for name, line in bound_in(TREES[path]) if name in VAGUE
    ]
    assert vague == []


def is_terse(node):
    """A literal that is unpacked into another one, a value compared with itself, or a text times a truth value."""
    match node:
        case ast.Starred(value=ast.Tuple() | ast.List()):
            return True
        case ast.Dict(keys=keys, values=values):
            # What is unpacked into a dict has no key.
            return any(key is None and isinstance(value, ast.Dict) for key, value in zip(keys, values, strict=True))
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            return ast.dump(left) == ast.dump(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return any(map(is_truth_value, (left, right)))
    return False


def is_truth_value(node):
    """A comparison, `and`, `or`, `not`, `bool(…)`, or the `any` and `all` of something."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.Call(func=ast.Name(id="bool")):
            return True
        case ast.Call(func=ast.Name(id="any" | "all") | ast.Attribute(attr="any" | "all")):
            return True
    return False


@pytest.mark.parametrize(
    ("line", "terse"),
    [
        ("[*(1, 2), 3]", True),
        ("{**{'a': 1}, 'b': 2}", True),
        ("a == a", True),
        ("'s' * (a > 1)", True),
        ("(a > 1) * 's'", True),
        ("'s' * (not a)", True),
        ("'s' * flags.any()", True),
        ("[*a, 3]", False),
        ("{**a, 'b': 2}", False),
        ("call(**{a: 1})", False),
    ],
)
def test_what_spares_a_line_is_seen(line, terse):
    assert any(is_terse(node) for node in ast.walk(ast.parse(line))) == terse


def test_no_line_is_spared_at_the_cost_of_the_reader():
    terse = [f"{path.name}, line {node.lineno}" for path in FILES for node in ast.walk(TREES[path]) if is_terse(node)]
    assert terse == []


def test_a_name_of_a_file_or_class_is_used_once():
    # A computation and its figure, and the two sides of a file: there the room tells them apart.
    twice = {"read", "write", "change", "claims", "__init__"}
    stems = Counter(path.stem for path in FILES)
    assert {stem for stem, count in stems.items() if count > 1} <= twice
    classes = Counter(node.name for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in classes.items() if count > 1] == []


def test_help_and_version_import_neither_pandas_nor_matplotlib():
    code = (
        "import sys, contextlib, io\nfrom casetimeline.cli import main\n"
        "for asked in ('--help', '--version'):\n"
        "    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n        main([asked])\n"
        "import casetimeline.workflow.plan\nprint(sorted({'pandas', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_few_files_touch_the_disk_and_none_draws_on_pyplot():
    # The proof opens the figure files that it measures; the command line prints the summary of a report.
    allowed = {
        "files",
        "case/read",
        "case/proof/sources",
        "case/author",
        "figures/files/proof",
        "explore/app",
        "explore/widget",
        "commands",
    }
    for path in FILES:
        text, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT).with_suffix("").as_posix()
        assert "pyplot" not in text, name
        if name not in allowed and room_of(path) not in ("report", "workflow", "kernels"):
            # Without a point before it a name is a function that does the same, such as that of `case/read`.
            for call in (" open(", "read_text(", "write_text(", "read_bytes(", "write_bytes(", "to_csv("):
                assert call not in text, f"{name}: {call}"


def test_every_public_name_has_a_docstring():
    for path in FILES:
        for node in ast.walk(TREES[path]):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_the_face_of_the_package_offers_what_is_there():
    offered = dir(casetimeline)
    assert {"analyse", "read_case", "read_facts", "publish", "Case", "TimelineError"} <= set(offered)
    for name in offered:
        assert getattr(casetimeline, name).__doc__


def test_the_order_is_one_list_and_every_folder_is_in_it():
    folders = {path.parent.relative_to(ROOT).parts[0] for path in FILES if path.parent != ROOT}
    assert folders == {*ROOMS, "kernels"}
    assert len([path for path in FILES if path.parent == ROOT]) <= 8


def test_a_folder_can_be_looked_through_and_says_what_is_in_it():
    folders = {path.parent for path in FILES}
    for folder in folders:
        assert ast.get_docstring(TREES[folder / "__init__.py"]), folder
        # More than two dozen names are a list to search, and no longer a place to look.
        assert len([*folder.glob("*.py")]) <= 25, folder
