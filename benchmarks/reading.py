"""What reading costs: CPU time a line of each step, for the table of docs/adr/0001-one-ir-two-lowerers.md.

python benchmarks/reading.py FOLDER
"""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TypeVar

import libcst

from archlint.analysis import candidates
from archlint.catalogue import catalogue, entry_by_code
from archlint.ir.bodies import OpenBlocks
from archlint.ir.lower_ast import lower_module
from archlint.ir.module import ModuleFacts, decode_body, decode_facts, encode_facts
from archlint.knowledge import knowledge
from archlint.registry import rules_of
from archlint.source import Kind, SourceFile
from archlint.syntax.python import parse_unit

Value = TypeVar("Value")
EVERY = 8
"""libcst reads one file in this many: it is slow."""


def main() -> None:
    """Print a row for each step."""
    sources = [source for path in sorted(Path(sys.argv[1]).rglob("*.py")) if (source := _source(path)) is not None]
    lines = sum(len(source.starts) for source in sources)
    print(f"{len(sources)} files, {lines} lines")
    gc.disable()
    _timed("ast.parse", lines, lambda: [ast.parse(source.text) for source in sources])
    facts = _timed("ast.parse and lowering", lines, lambda: [lower_module(source, "m") for source in sources])
    encoded = _timed("encoding the facts", lines, lambda: [encode_facts(one) for one in facts])
    opened = OpenBlocks()
    stored = _timed("decoding rows", lines, lambda: [decode_facts(one, opened) for one in encoded])
    _timed("decoding bodies", lines, lambda: [decode_body(unit.body) for one in stored for unit in one.units])
    _candidates(sources, facts, lines)
    sample = sources[::EVERY]
    some = sum(len(source.starts) for source in sample)
    _timed("libcst.parse_module", some, lambda: [libcst.parse_module(source.text) for source in sample])


def _candidates(sources: list[SourceFile], facts: list[ModuleFacts], lines: int) -> None:
    rules = rules_of(entry.code for entry in catalogue())
    checks = [(entry_by_code()[rule.code], check) for rule in rules for check in rule.python_checks]
    pairs = list(zip(sources, facts, strict=True))
    chosen = _timed(
        "deciding on units",
        lines,
        lambda: [
            (source, unit) for source, one in pairs for unit, _ in candidates(one, checks, knowledge(), source.role)
        ],
    )
    covered = sum(source.text.count("\n", unit.start, unit.end) + 1 for source, unit in chosen)
    print(f"{len(chosen)} units with {covered / lines:.1%} of the lines get a CST")
    _timed("CSTs of those units", lines, lambda: [parse_unit(source, unit) for source, unit in chosen])


def _source(path: Path) -> SourceFile | None:
    try:
        text = path.read_bytes().decode("utf-8")
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return SourceFile.of(path.name, text, Kind.PYTHON)


def _timed(name: str, lines: int, action: Callable[[], Value]) -> Value:
    start = process_time()
    value = action()
    print(f"{name:26} {(process_time() - start) / lines * 1e6:8.2f} µs a line")
    return value


if __name__ == "__main__":
    main()
