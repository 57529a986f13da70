"""Size and depth, 36 to 50 of `docs/reliability.md`.

libcst would end the process, hang or fill the memory on many of these; each stands alone, beside a function that a rule
wants a tree of, in that function, and in grammar that only libcst may be able to read.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
from surroundings import BLOCKING, FOUND, archlint, lint, lint_one, places, report, seconds, write

pytestmark = pytest.mark.slow

DEEP = {
    "brackets-100": "(" * 100 + "1" + ")" * 100,
    "brackets-1000": "(" * 1_000 + "1" + ")" * 1_000,
    "brackets-2000": "(" * 2_000 + "1" + ")" * 2_000,
    "brackets-100000": "(" * 100_000 + "1" + ")" * 100_000,
    "lists": "[" * 5_000 + "]" * 5_000,
    "dicts": "{1:" * 3_000 + "1" + "}" * 3_000,
    "unary": "-" * 50_000 + "1",
    "not": "not " * 50_000 + "1",
    "or": " or ".join(["a"] * 20_000),
    "plus-1000": " + ".join(["a"] * 1_000),
    "plus-100000": " + ".join(["a"] * 100_000),
    "powers": "**".join(["a"] * 2_000),
    "compared": "<".join(["a"] * 20_000),
    "attributes": "a" + ".b" * 20_000,
    "subscripts": "a" + "[0]" * 5_000,
    "calls-250": "a" + ".b()" * 250,
    "calls-3000": "a" + ".b()" * 3_000,
    "strings-3000": "(\n" + "'a'\n" * 3_000 + ")",
    "strings-50000": "(\n" + "'a'\n" * 50_000 + ")",
    "lambdas": "lambda: " * 2_000 + "1",
    "conditionals": "a if b else " * 2_000 + "c",
    "comprehensions": "[" + "a for a in b " * 2_000 + "]",
    "format": "f'{a}'" * 3_000,
    "nested-format": "f'{" * 200 + "a" + "}'" * 200,
    "awaits": "(" + "await " * 5_000 + "a)",
    "walrus": "(a := " * 150 + "1" + ")" * 150,
}
"""Expressions."""
LONG = {
    "elif-1000": "if a: pass\n" + "elif a: pass\n" * 1_000,
    "elif-5000": "if a: pass\n" + "elif a: pass\n" * 5_000,
    "mapping-pattern": "match a:\n    case " + "{'a': " * 12 + "b" + "}" * 12 + ": pass\n",
    "list-pattern": "match a:\n    case " + "[" * 40 + "b" + "]" * 40 + ": pass\n",
    "indents": "".join(" " * n + "if a:\n" for n in range(99)) + " " * 99 + "pass\n",
    "decorators": "@a\n" * 20_000 + "def f(): pass\n",
    "targets": "a = " * 20_000 + "1\n",
    "names": "global " + ",".join(f"a{n}" for n in range(5_000)) + "\n",
}
"""Statements."""
ANALYSED = ("brackets-100", "or", "plus-1000", "calls-250", "strings-3000", "elif-1000", "mapping-pattern")
"""What Python itself takes, and so does archlint: beside it a finding is found."""
NEWER = "try:\n    pass\nexcept A, B:\n    pass\n"


def texts(name: str, statement: str) -> dict[str, str]:
    """Return files in which a statement stands in each of the surroundings."""
    inside = "".join(f"    {line}\n" for line in statement.splitlines())
    found = {
        f"{name}/alone.py": statement,
        f"{name}/inside.py": f"{BLOCKING}{inside}",
        f"{name}/newer.py": f"{NEWER}{statement}",
    }
    return {**found, f"{name}/beside.py": f"{BLOCKING}\n\ndef other():\n{inside}"} if name in ANALYSED else found


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("deep")
    for name, text in {**{name: f"x = {text}\n" for name, text in DEEP.items()}, **LONG}.items():
        write(root, texts(name, text))
    return write(root, {"good.py": BLOCKING})


@pytest.fixture(scope="module")
def told(deep: Path) -> dict[str, list[tuple[str, int, int]]]:
    """What a run with two processes reports of each file; none of them was lost."""
    found = report(deep, "--jobs=2", "--no-cache", "--select=ARC001,ARC002,ARC005,ARC301")
    assert not [one for one in found["skipped"] if "died" in one["reason"] or "longer than" in one["reason"]]
    by_path: dict[str, list[tuple[str, int, int]]] = {}
    for one in found["diagnostics"]:
        by_path.setdefault(one["path"], []).append((one["code"], one["line"], one["column"]))
    assert by_path["good.py"] == [FOUND]
    return by_path


@pytest.mark.parametrize("name", [*DEEP, *LONG])
def test_a_deep_file_is_analysed_or_said_not_to_be(told: dict[str, Any], name: str) -> None:
    """Silence about a file means that it was read: the finding that it holds is reported."""
    assert {code for code, _, _ in told[f"{name}/inside.py"]} & {"ARC001", "ARC005", "ARC301"}
    assert all(code in {"ARC001", "ARC005"} for code, _, _ in told.get(f"{name}/alone.py", ()))
    assert all(code in {"ARC001", "ARC005"} for code, _, _ in told.get(f"{name}/newer.py", ()))


@pytest.mark.parametrize("name", ANALYSED)
def test_what_python_takes_is_analysed(told: dict[str, Any], name: str) -> None:
    assert f"{name}/alone.py" not in told
    assert told[f"{name}/beside.py"] == [FOUND]


def test_the_largest_file_of_strings_that_python_ships_is_clean(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("pydoc_data.topics")
    assert spec is not None
    assert spec.origin is not None
    assert lint_one(tmp_path, Path(spec.origin).read_bytes(), select=("ARC0", "ARC1", "ARC2", "ARC3", "ARC4")) == []


def test_a_list_that_fills_its_file_is_one_line_of_a_megabyte(tmp_path: Path) -> None:
    """A million elements are over the limit of size: as many as fit."""
    assert places(lint_one(tmp_path, f"{BLOCKING}x = [{'1,' * 490_000}]\n")) == [FOUND]


def test_a_string_of_ten_megabytes(tmp_path: Path) -> None:
    """With the limit of size out of the way; nothing to report, since to show a line of it would take seconds."""
    with seconds(20):
        assert lint_one(tmp_path, f"x = '{'a' * 10_000_000}'\n", max_file_size=12_000_000) == []


def test_what_is_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"data.py": "x = [\n" + "(1, 2),\n" * 650_000 + "]\n", "good.py": BLOCKING})
    noted, found = lint(tmp_path)
    assert (noted.path, noted.code) == ("data.py", "ARC005")
    assert noted.message == "not checked: 5,200,008 bytes are more than `max-file-size` allows (1,000,000)"
    assert found.place == FOUND
    assert archlint(tmp_path, "--strict").returncode == 4


def test_ten_thousand_functions(tmp_path: Path) -> None:
    functions = "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(10_000))
    with seconds(20):
        assert places(lint_one(tmp_path, BLOCKING + functions)) == [FOUND]


def test_empty_files_by_the_thousand(tmp_path: Path) -> None:
    """A tenth of the 41,000 that brought another linter to its knees, in a tenth of ten seconds of a quiet core."""
    for folder in range(41):
        (tmp_path / f"p{folder}").mkdir()
        for number in range(100):
            (tmp_path / f"p{folder}" / f"m{number}.py").touch()
    write(tmp_path, {"good.py": BLOCKING})
    with seconds(20):
        assert [one.path for one in lint(tmp_path)] == ["good.py"]


def test_a_file_that_is_gone_when_it_is_read_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": BLOCKING, "b.py": BLOCKING})
    real_open = os.open

    def gone(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if str(path).endswith("b.py"):
            Path(path).unlink(missing_ok=True)
        return real_open(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", gone)
    assert [(one.path, one.code) for one in lint(tmp_path)] == [("a.py", "ARC301"), ("b.py", "ARC003")]
