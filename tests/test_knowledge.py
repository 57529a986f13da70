"""What archlint knows: the shape of the data, and how it is loaded, extended and compiled."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.knowledge import Knowledge, knowledge
from archlint.knowledge.loading import encoded, read_tables
from archlint.knowledge.rows import STANDARD_LIBRARY, Members, Row, Type
from archlint.knowledge.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "rules" / "knowledge"
FILES = sorted(FOLDER.glob("*.yaml"))
FIELDS = [field.name for field in msgspec.structs.fields(Tables) if field.name != "logger_names"]
# Their methods belong to instances: the class is a function, or delegates in its constructor.
INSTANCES = {"threading.Lock": threading.Lock(), "threading.Condition": threading.Condition()}


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge()


def answer(found: T | None) -> T:
    assert found is not None
    return found


def documents() -> dict[str, Any]:
    import yaml

    return {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}


def groups() -> list[tuple[str, list[Any]]]:
    return [(f"{name}:{key}", rows) for name, data in documents().items() for key, rows in data.items()]


@pytest.mark.parametrize("rows", [rows for _, rows in groups()], ids=[label for label, _ in groups()])
def test_lists_of_names_are_sorted_and_unique(rows: list[Any]) -> None:
    for row in rows if isinstance(rows[0], dict) else [{"rows": rows}]:
        for field, value in row.items():
            # The order means something: the first parameter is positional, of models the first that is there counts.
            is_of_rows = isinstance(value, list) and any(isinstance(one, dict) for one in value)
            is_ordered = field in {"parameters", "defaults", "unbounded", "models"}
            if isinstance(value, list) and not is_of_rows and not is_ordered:
                assert value == sorted(set(value)), (row.get("of") or row.get("name"), field)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_rows_are_sorted_within_their_section(path: Path) -> None:
    """A comment that starts a section of a file (`# Distributions`) starts the order anew."""
    sections, current = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("  - {"):
            current.append(line.partition(": ")[2].split(",")[0])
        elif not line.startswith("  #"):
            sections.append(current)
            current = []
    for section in [*sections, current]:
        assert section == sorted(section)


def test_no_name_is_given_twice(known: Knowledge) -> None:
    for field in FIELDS:
        seen: set[str] = set()
        for row in getattr(known.tables, field):
            names = row.qualified if isinstance(row, Members) else (row.name,)
            assert not seen.intersection(names), (field, seen.intersection(names))
            seen.update(names)


def all_rows(tables: Tables) -> list[Any]:
    rows = [row for field in FIELDS for row in getattr(tables, field)]
    return [*rows, *(one for orm in tables.orms for one in orm.types)]


def test_every_row_says_how_it_is_known(known: Knowledge) -> None:
    for row in all_rows(known.tables):
        assert row.source.strip(), row
        assert row.distribution == row.distribution.lower().replace("_", "-"), row


def test_another_name_of_a_class_is_not_itself_a_row(known: Knowledge) -> None:
    rows = [row for row in all_rows(known.tables) if isinstance(row, Type)]
    names = {row.name for row in rows}
    assert not [alias for row in rows for alias in row.aliases if alias in names]


def test_version_ranges_can_be_read(known: Knowledge) -> None:
    from packaging.specifiers import SpecifierSet

    for row in all_rows(known.tables):
        for text in [row.versions, *(default.versions for default in getattr(row, "defaults", ()))]:
            SpecifierSet(text)


def standard_names(tables: Tables) -> Iterator[str]:
    for row in all_rows(tables):
        if row.distribution != STANDARD_LIBRARY:
            continue
        names = [*row.qualified, *row.aliases] if isinstance(row, Members) else []
        if isinstance(row, Members) and getattr(row, "every", False):
            names += [f"{row.of}.{name}" for name in getattr(row, "besides", ())]
        if isinstance(row, Type):
            members = [getattr(row, field, ()) for field in ("methods", "reads", "writes", "transactions", "local")]
            names += [row.name, *row.aliases, *row.factories]
            names += [f"{row.name}.{name}" for group in members for name in group]
        yield from (name for name in names if name.partition(".")[0] in sys.stdlib_module_names)


def exists(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        owner = ".".join(parts[:cut])
        if owner in INSTANCES:
            return cut == len(parts) or hasattr(INSTANCES[owner], parts[cut])
        try:
            found: object = importlib.import_module(owner)
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found is not None
    return False


# What an interpreter this project runs on does not have, or not any more.
NOT_EVERYWHERE = {
    "asyncio.timeout",
    "asyncio.timeout_at",
    "hashlib.file_digest",
    "logging.warn",
    "logging.Logger.warn",
    "telnetlib.Telnet",
}


def test_names_of_the_standard_library_exist(known: Knowledge) -> None:
    names = set(standard_names(known.tables))
    assert len(names) > 300
    assert {name for name in names if not exists(name)} <= NOT_EVERYWHERE


def test_verbs_of_a_type_do_not_overlap(known: Knowledge) -> None:
    for row in all_rows(known.tables):
        groups = [getattr(row, name, frozenset[str]()) for name in ("reads", "writes", "transactions", "lazy", "local")]
        assert sum(map(len, groups)) == len(frozenset[str]().union(*groups)), row.name


@given(st.text(alphabet="abc.()_", max_size=30))
def test_any_text_is_a_question(text: str) -> None:
    known = knowledge()
    for ask in (known.blocking, known.offloader, known.client_class, known.database_type, known.route_decorator):
        assert ask(text) is None
    assert isinstance(known.canonical(text), str)


def test_a_project_adds_its_own_rows(known: Knowledge) -> None:
    row = {
        "name": "acme.http.Client",
        "parameters": ["timeout"],
        "methods": ["call"],
        "defaults": [{"seconds": None}],
        "distribution": "acme",
        "source": "our wrapper",
    }
    extended = known.extended({"clients": [row]}, "pyproject.toml")
    assert answer(extended.client_class("acme.http.Client")).waits("call")
    assert extended.client_class("httpx.Client") is not None
    assert known.client_class("acme.http.Client") is None
    assert extended.digest != known.digest


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"clients": [{"name": "acme.Client"}]}, "clients"),
        ({"client": []}, "client"),
        ({"sleeps": [{"of": "a", "is_async": "yes", "distribution": "a", "source": "b"}]}, "is_async"),
    ],
)
def test_malformed_rows_are_named(known: Knowledge, data: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueError, match=f"pyproject.toml: .*{place}"):
        known.extended(data, "pyproject.toml")


def test_what_is_compiled_reads_back_the_same() -> None:
    tables = read_tables(FOLDER)
    data = encoded(tables)
    assert data == encoded(msgspec.json.decode(data, type=Tables))
    assert Knowledge(msgspec.json.decode(data, type=Tables)).digest == Knowledge(tables).digest


@pytest.fixture
def hook(tmp_path: Path) -> Any:
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(answer(spec))
    answer(answer(spec).loader).exec_module(module)
    return module.CompileHook(str(ROOT), {}, None, None, str(tmp_path), "wheel")


def test_a_wheel_holds_what_was_compiled(hook: Any) -> None:
    build_data: dict[str, dict[str, str]] = {"force_include": {}}
    hook.initialize("standard", build_data)
    paths = {target: Path(source) for source, target in build_data["force_include"].items()}
    pages = paths.pop("archlint/compiled/rules")
    assert (pages / "query-in-loop.md").is_file()
    assert set(paths) == {"archlint/compiled/catalogue.json", "archlint/compiled/knowledge.json"}
    assert paths["archlint/compiled/knowledge.json"].read_bytes() == encoded(read_tables(FOLDER))
    hook.finalize("standard", build_data, "")
    assert not any(path.exists() for path in paths.values())


def test_an_editable_install_compiles_nothing(hook: Any) -> None:
    build_data: dict[str, dict[str, str]] = {"force_include": {}}
    hook.initialize("editable", build_data)
    assert build_data == {"force_include": {}}


def test_rows_are_frozen(known: Knowledge) -> None:
    row = known.tables.sleeps[0]
    assert isinstance(row, Row)
    with pytest.raises(AttributeError):
        row.source = ""  # type: ignore[misc]
