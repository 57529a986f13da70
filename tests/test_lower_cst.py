"""What only the libcst lowerer is asked: newer grammar, errors, and text that it must not be given."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from lowering import by_ast, by_cst, comparable, rows_of, shape, source_of

from archlint.ir import lower_cst
from archlint.ir.module import decode_body

ROWS = rows_of("ir_shapes_newer.txt")


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[text.replace("\n", " ") for text, _ in ROWS])
def test_newer_grammar_is_read_on_any_interpreter(text: str, expected: str) -> None:
    (unit,) = by_cst(text).units
    assert shape(decode_body(unit.body)) == expected
    try:
        ast.parse(text)
    except SyntaxError:
        return
    assert comparable(by_ast(text)) == comparable(by_cst(text))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x = 1\ny = (\n", 2, 5),
        ("x = 1\ny = '", 2, 5),
        ("x = 1\nx = = 2\n", 2, 5),
        ("type X = int\nx = 1\ny = = 2\n", 3, 1),
        ("x = 1\ny = '\\N{no such name}'\n", 2, 5),
        ("x = 1\ny = 'a' b'c'\n", 2, 5),
        ("x = 1\ny = $\n", 2, 5),
    ],
    ids=["bracket", "string", "operator", "after-newer-grammar", "escape", "bytes-beside-text", "stray-character"],
)
def test_what_no_grammar_allows_is_a_syntax_error(text: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxError) as refused:
        by_cst(text)
    assert refused.value.lineno == line
    assert refused.value.text is None
    assert refused.value.offset is not None
    assert column <= refused.value.offset <= column + 16


def test_a_literal_is_not_quoted_by_its_error() -> None:
    with pytest.raises(SyntaxError) as refused:
        by_cst("password = 'Hunter2xy\\N{no}'")
    assert "Hunter2" not in f"{refused.value!r}{refused.value.args}"


@pytest.mark.parametrize(
    "text", ["\fx = 1\n", "x = 1\ry = 2\r", "x = f'{y!r }'\n"], ids=["form-feed", "cr", "conversion"]
)
def test_a_tree_that_is_not_its_source_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="round-trip"):
        by_cst(text)


def test_what_the_guard_refuses_is_not_parsed() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        lower_cst.lower_module(source_of("x = " + "[" * 5_000), "m")


def test_libcst_is_imported_when_something_is_parsed() -> None:
    modules = "archlint.ir.lower_cst, archlint.ir.guard, archlint.ir.cst_spans"
    script = f"import sys, {modules}; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
