"""Names of questions and of their subjects: the same in every run, so that answers can be kept and ordered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import msgspec

from archlint.ir.module import Unit
from archlint.project.questions.memo import Key
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Variable

_REQUIRED = object()


def name_of(key: Key) -> tuple[str, ...]:
    """Return a key in words."""
    return tuple([_word(part) for part in key])


def _word(part: object) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Module):
        return part.path
    if isinstance(part, ClassDefinition):
        return f"{part.module.path}:{part.row.name}"
    if isinstance(part, FunctionDefinition):
        return f"{part.module.path}:{part.local_name}"
    if isinstance(part, Variable):
        return f"{part.module.path}:{part.owner}.{part.name}"
    return _of_value(part)


def _of_value(part: object) -> str:
    if part is None:
        return ""
    if isinstance(part, tuple):
        return f"({','.join(map(_word, part))})"
    if isinstance(part, Unit):
        return f"{part.owner}.{part.name}:{part.start}"
    if isinstance(part, frozenset):
        return f"{{{','.join(sorted(map(_word, part)))}}}"
    return f"{type(part).__name__}({','.join(_fields(part))})"


def _fields(part: object) -> Iterator[str]:
    """Yield the fields of a value that say something; numbers and flags as they are written."""
    if isinstance(part, msgspec.Struct):
        shape = shape_of(type(part))
    elif is_dataclass(part):
        shape = tuple((one.name, one.default) for one in fields(part))
    else:
        yield str(part)
        return
    for name, default in shape:
        value = getattr(part, name)
        if value != default:
            yield f"{name}={_word(value)}"


def shape_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    """Return the fields of a kind of value, each with its default or, where it has none, with what equals nothing."""
    names, defaults = kind.__struct_fields__, kind.__struct_defaults__  # those of the last fields
    return tuple(zip(names, [_REQUIRED] * (len(names) - len(defaults)) + list(defaults), strict=True))
