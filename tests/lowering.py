"""What tests of the lowerers share: both lowerers, facts in a form that can be compared, nodes as short text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from archlint.ir import lower_ast, lower_cst
from archlint.ir import nodes as ir
from archlint.ir.module import ModuleFacts, Unit, decode_body
from archlint.source import Kind, SourceFile

Lower = Callable[..., ModuleFacts]
# Before Python 3.12, `ast` puts texts and holes of an f-string where the whole string stands.
EXACT_FORMATS = sys.version_info >= (3, 12)


def rows_of(name: str) -> list[tuple[str, str]]:
    """Return the sources and the nodes that a file beside this one pairs, apart by blank lines: source, `=>`, node."""
    blocks = Path(__file__).with_name(name).read_text(encoding="utf-8").split("\n\n")
    return [(text.lstrip("\n"), expected.rstrip("\n")) for text, _, expected in (b.partition("\n=> ") for b in blocks)]


def source_of(text: str) -> SourceFile:
    return SourceFile.of("app/orders/views.py", text, Kind.PYTHON)


def by_ast(text: str, name: str = "app.orders.views", *, is_package: bool = False) -> ModuleFacts:
    return lower_ast.lower_module(source_of(text), name, is_package=is_package)


def by_cst(text: str, name: str = "app.orders.views", *, is_package: bool = False) -> ModuleFacts:
    return lower_cst.lower_module(source_of(text), name, is_package=is_package)


def body_of(text: str) -> ir.Stmt:
    """Return the only unit of a text."""
    (unit,) = by_ast(text).units
    return decode_body(unit.body)


def comparable(value: Any, *, in_format: bool = False) -> Any:
    """Return facts as nested tuples, bodies decoded; positions that `ast` does not know are left out."""
    if isinstance(value, tuple):
        return tuple([comparable(item, in_format=in_format) for item in value])
    if not isinstance(value, msgspec.Struct):
        return value
    inside = in_format or (isinstance(value, ir.Format) and not EXACT_FORMATS)
    fields: list[Any] = [type(value).__name__]
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        if name == "body" and isinstance(value, Unit):
            inner = decode_body(value.body)
        if not (in_format and name in {"start", "end"}):
            fields.append(comparable(inner, in_format=inside))
    return tuple(fields)


def shape(value: Any) -> str:
    """Return nodes as text without positions, and without what is empty: `Call(Name(f), args=[Name(x)])`."""
    if isinstance(value, tuple):
        return f"[{', '.join(shape(item) for item in value)}]"
    if not isinstance(value, msgspec.Struct):
        return str(value) if isinstance(value, str) else repr(value)
    shown = []
    for index, name in enumerate(value.__struct_fields__[2:]):
        inner = getattr(value, name)
        if inner == () or inner is None or inner is False or (name, inner) == ("level", 0):
            continue
        shown.append(shape(inner) if index == 0 else f"{name}={shape(inner)}")
    return f"{type(value).__name__}({', '.join(shown)})"


def nodes_of(value: Any) -> Iterator[Any]:
    """Yield every node below a value, parents first."""
    if isinstance(value, tuple):
        for item in value:
            yield from nodes_of(item)
    elif isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from nodes_of(getattr(value, name))
