"""Both lowerers give the same facts for whatever both can read."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import HealthCheck, assume, given, settings
from libcst.metadata import MetadataWrapper, PositionProvider
from lowering import by_ast, by_cst, comparable
from programs import PROGRAMS

from archlint.ir.cst_spans import layout, spans
from archlint.ir.module import decode_facts, encode_facts
from archlint.source import line_starts

ROOT = Path(__file__).parent.parent
STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
LARGEST = 60_000


def own_files() -> list[Path]:
    return sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "examples").rglob("*.py")])


def library_files(count: int) -> list[Path]:
    files = sorted(path for path in STANDARD_LIBRARY.glob("[a-z]*.py") if path.stat().st_size < LARGEST)
    return random.Random(20).sample(files, count)  # noqa: S311 - a choice, no secret


def readable(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield path and text of what this interpreter can parse."""
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        yield str(path), text


def assert_agreement(texts: Iterator[tuple[str, str]]) -> int:
    count = 0
    for path, text in texts:
        is_package = path.endswith("__init__.py")
        known = by_ast(text, is_package=is_package)
        assert comparable(by_cst(text, is_package=is_package)) == comparable(known), path
        assert decode_facts(encode_facts(known)) == known, path
        count += 1
    return count


def test_on_the_files_of_this_repository() -> None:
    assert assert_agreement(readable(own_files())) > 100


def test_on_the_standard_library() -> None:
    assert assert_agreement(readable(library_files(60))) == 60


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(PROGRAMS)
def test_on_any_program(text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        assume(False)
    try:
        lowered = by_cst(text)
    except ValueError as error:
        # Some layouts libcst does not keep; then there are no facts rather than wrong ones.
        assert "round-trip" in str(error)  # noqa: PT017 - any other message is a failure
        return
    assert comparable(lowered) == comparable(by_ast(text))


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_spans_are_those_of_libcst(ending: str) -> None:
    compared = 0
    for path, text in readable([*own_files()[::4], *library_files(8)]):
        changed = text.replace("\r\n", "\n").replace("\n", ending)
        compared += assert_libcst_spans(path, changed)
    assert compared > 10_000


def assert_libcst_spans(path: str, text: str) -> int:
    module = cst.parse_module(text)
    assert layout(module).code == text, path
    starts = line_starts(text)
    known = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found = spans(module)
    for node, (start, end) in found.items():
        place = known[node]
        assert starts[place.start.line - 1] + place.start.column == start, (path, type(node))
        assert starts[place.end.line - 1] + place.end.column == end, (path, type(node))
    expressions = {node for node in known if isinstance(node, cst.BaseExpression | cst.BaseSmallStatement)}
    assert expressions <= set(found), path
    return len(found)
