"""Who may import whom, held by reading the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "permq"

# Every room of the package and the rooms it may import from besides itself.
MAY_IMPORT = {
    "errors": set(),
    "config": {"errors"},
    "encryption": {"errors"},
    "faults": {"config"},
    "core": {"errors", "config"},
    "pairing": {"errors", "config", "core"},
    "ordering": {"errors", "config", "core"},
    "diagnosis": {"errors", "config", "core", "pairing", "ordering"},
    "search": {"errors", "config", "core", "pairing", "ordering", "diagnosis"},
    "fetching": {"errors", "config", "core"},
    "pool": {"errors", "config", "encryption", "faults", "core"},
    "history": {"errors", "config", "core", "pairing", "ordering", "diagnosis", "pool"},
    "figures": {
        *("errors", "config", "core", "pairing", "ordering", "diagnosis", "search", "pool"),
        "history",
    },
    "fleet": {"errors", "config", "encryption"},
    "services": {"errors", "config", "encryption", "faults"},
    # a page as well, with the same guard
    "metrics": {"errors", "config", "pool", "dashboard"},
    "dashboard": {"errors", "core", "pairing", "diagnosis", "pool", "history"},
    # where pool, fleet and search meet: what a job is, how it is submitted and sent
    "jobs": {
        *("errors", "config", "core", "pairing", "ordering", "diagnosis", "search"),
        *("pool", "fleet", "history", "figures", "bench", "report", "permq"),
    },
    "bench": {"errors", "core", "pairing", "pool", "figures"},
    "report": {
        *("errors", "core", "pairing", "diagnosis", "pool", "figures", "bench", "permq"),
    },
    "suites": {"errors", "core", "pool", "fleet", "jobs", "bench", "permq"},
    "cli": {
        *("errors", "config", "core", "pairing", "ordering", "diagnosis", "search", "fetching"),
        *(
            "encryption",
            "faults",
            "pool",
            "fleet",
            "services",
            "metrics",
            "history",
            "figures",
            "dashboard",
            "jobs",
            "bench",
            "report",
            "suites",
            "permq",
        ),
    },
    "__main__": {"cli"},
    # the package's own names are imported lazily, so it may name them all
    "permq": {"errors", "core", "search"},
}

# Slow to import, so only inside the functions that need them; numpy is the package's ground.
HEAVY = {"torch", "scipy", "pandas", "matplotlib", "safetensors"}
MAY_LOAD_AT_ONCE = {
    "core/dropping": {"torch"},
    # imported by those who want a GPU or a torch module
    "core/torch_activations.py": {"torch"},
    "core/torch_engine.py": {"torch"},
    "core/torch_module.py": {"torch"},
}

SOURCES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """First folder or file of a source below the package."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "permq" if first == "__init__" else first


def imports(tree: ast.AST, *, at_once: bool = False) -> Iterator[str]:
    """Names of all modules that a source imports; `at_once` leaves out those inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            if node.module == "permq":
                yield from (f"permq.{alias.name}" for alias in node.names)
        elif not (at_once and waits(node)):
            yield from imports(node, at_once=at_once)


def waits(node: ast.AST) -> bool:
    """Whether the code below a node is not run by importing the source."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path)


def rooms_used(path: Path) -> set[str]:
    """Rooms of the package that a source imports from."""
    used = set()
    for name in imports(parse(path)):
        top, _, rest = name.partition(".")
        if top == "permq":
            room = rest.partition(".")[0]
            used.add(room if rooms_has(room) else "permq")
    return used


def rooms_has(name: str) -> bool:
    return bool(name) and (name in MAY_IMPORT or (PACKAGE / name).is_dir())


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_every_room_is_known():
    assert {room_of(path) for path in SOURCES} <= set(MAY_IMPORT)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_room_imports_only_from_rooms_below_it(path):
    room = room_of(path)
    assert rooms_used(path) - {room} <= MAY_IMPORT[room]


def test_the_rooms_form_no_circle():
    remaining = {room: below - {"permq"} for room, below in MAY_IMPORT.items() if room != "permq"}
    while remaining:
        free = {room for room, below in remaining.items() if not below & set(remaining)}
        assert free, f"a circle among {sorted(remaining)}"
        remaining = {room: below for room, below in remaining.items() if room not in free}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_heavy_libraries_are_imported_where_they_are_used(path):
    loaded = {name.partition(".")[0] for name in imports(parse(path), at_once=True)}
    place = path.relative_to(PACKAGE)
    allowed = [MAY_LOAD_AT_ONCE.get(part.as_posix(), set()) for part in (place, *place.parents)]
    assert loaded & HEAVY <= set().union(*allowed)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_the_settings_read_the_environment(path):
    if room_of(path) == "config":
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"environ", "environb", "getenv", "putenv"}, (
                f"line {node.lineno}"
            )


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_package_does_not_know_the_workers(path):
    tops = {name.partition(".")[0] for name in imports(parse(path))}
    assert not tops & {"workers", "tests"}


def test_no_file_is_a_drawer_for_everything():
    assert not {path.stem for path in SOURCES} & {"utils", "util", "helpers", "misc", "common"}


def test_no_file_is_too_long_to_be_read_at_once():
    long = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert not {name: lines for name, lines in long.items() if lines > 500}
