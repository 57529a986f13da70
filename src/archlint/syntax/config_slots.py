"""Slots of configuration files: scalars of YAML and JSON, environment files, and `key = value` lines of the rest."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from archlint.secrets.names import promised
from archlint.secrets.slots import HOLE, Container, Slot
from archlint.source import Kind
from archlint.syntax.comment_slots import comment_slots
from archlint.syntax.dockerfile_slots import dockerfile_slots
from archlint.syntax.env import parse_env
from archlint.syntax.shell_slots import COMMAND_KEYS, listed_options, shell_slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.source import SourceFile
    from archlint.syntax.config import ConfigFile, ConfigNode

_INTERPOLATION = re.compile(r"\$\{([A-Za-z_]\w*)(?:(:?[-?+=])([^{}]*))?\}")
_ITEM = re.compile(r"([A-Z_][A-Z0-9_]*)=(.*)", re.DOTALL)
_SECOND_ITEM = re.compile(r"\s[A-Z_][A-Z0-9_]*=")
_LINE = re.compile(
    r"^[ \t]*(?:(?:ENV|ARG|env)[ \t]+)?[\"']?([A-Za-z_][\w.-]{0,120})[\"']?[ \t]*[=:][ \t]*([^\r\n]+)", re.MULTILINE
)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)|'([^']*)")
_EXAMPLES = frozenset({"example", "examples", "x-example", "description", "labels", "annotations"})


def config_slots(file: ConfigFile) -> Iterator[Slot]:
    """Yield the slots of a file, with `${NAME:-default}` taken apart.

    A YAML file that is a template of another program, or broken, is read line by line, and so is broken code.
    """
    source = file.source
    if source.kind is Kind.ENV:
        slots = _env_slots(source)
    elif file.documents:
        slots = (slot for document in file.documents for slot in _document_slots(document, source))
    elif source.kind in (Kind.PEM, Kind.SQL):
        slots = iter((Slot((), source.text, 0, len(source.text), Container.TEXT),))
    elif source.kind is Kind.DOCKERFILE:
        slots = dockerfile_slots(source.text)
    elif file.is_code:
        slots = iter(())
    else:
        slots = _line_slots(source)
    for slot in chain(slots, comment_slots(source)):
        yield from _interpolated(slot, source)


def _env_slots(source: SourceFile) -> Iterator[Slot]:
    for line in parse_env(source.text):
        yield Slot((line.key,), line.value, line.start, line.end, Container.ENVIRONMENT, line.key)


def _line_slots(source: SourceFile) -> Iterator[Slot]:
    is_code = source.kind in (Kind.PYTHON, Kind.STUB)
    container = Container.ASSIGNMENT if is_code else Container.SETTING
    for match in _LINE.finditer(source.text):
        value, start = match.group(2).rstrip(" \t,;"), match.start(2)
        quoted = _QUOTED.match(value)
        if quoted is not None:
            value, start = quoted.group(1) or quoted.group(2) or "", start + 1
        elif is_code:
            continue
        yield Slot((match.group(1),), value, start, start + len(value), container, match.group(1))


def _document_slots(document: ConfigNode, source: SourceFile) -> Iterator[Slot]:
    """Yield the scalars of a document once each; what an alias repeats stands elsewhere already."""
    secret_data: set[int] = set()
    pending: list[tuple[ConfigNode, Container]] = [(document, Container.SETTING)]
    seen: set[int] = set()
    while pending:
        node, container = pending.pop()
        if node.kind == "scalar":
            if node.start not in seen and not source.text.startswith("*", node.start):
                slot = _scalar_slot(node, node.path, container, source)
                yield slot
                if _is_command(slot):
                    yield from shell_slots(source.text[slot.start : slot.end], slot.start)
            seen.add(node.start)
            continue
        if node.kind == "mapping":
            yield from _named_value(node, source, seen)
            secret_data |= _secret_data(node)
        options = listed_options(tuple(node.elements()))
        for child in (*(child for _, child in node.items()), *node.elements()):
            if child.start in options:
                yield _scalar_slot(child, (*child.path, options[child.start]), Container.ENVIRONMENT, source)
                seen.add(child.start)
            is_new = child.kind == "scalar" or (
                child.start not in seen and not source.text.startswith("*", child.start)
            )
            if is_new:
                seen |= {child.start} if child.kind != "scalar" else set()
                inner = Container.ENCODED if child.start in secret_data else container
                pending.append((child, Container.DOCSTRING if child.key in _EXAMPLES else inner))


def _is_command(slot: Slot) -> bool:
    """Return whether a scalar is a command, or a list of variables such as build services take."""
    return slot.name in COMMAND_KEYS or _SECOND_ITEM.search(slot.value) is not None


def _secret_data(node: ConfigNode) -> set[int]:
    """Return where the data of a Kubernetes Secret start, and the accounts of registries in Docker's configuration."""
    kind = node.get("kind")
    if kind is None or kind.value != "Secret":
        return {child.start for child in node.find("auths", "*", "auth")} if node.get("auths") is not None else set()
    return {child.start for key in ("data", "stringData") for child in node.find(key)}


def _named_value(node: ConfigNode, source: SourceFile, seen: set[int]) -> Iterator[Slot]:
    """Yield the slot of `{name: KEY, value: text}`, the form of variables in container definitions."""
    name, value = node.get("name"), node.get("value")
    if name is not None and value is not None and value.kind == "scalar" and value.start not in seen:
        seen.add(value.start)
        yield _scalar_slot(value, (*node.path, name.value), Container.ENVIRONMENT, source)


def _scalar_slot(node: ConfigNode, path: tuple[str, ...], container: Container, source: SourceFile) -> Slot:
    """Return the slot of a scalar; an element `KEY=value` of a list is the variable that it sets."""
    value, start, end = node.value, node.start, node.end
    if not source.text.startswith(value, start) and source.text.startswith(value, start + 1):
        start, end = start + 1, start + 1 + len(value)
    item = _ITEM.fullmatch(value) if path and path[-1].isdigit() else None
    if item is not None and _SECOND_ITEM.search(item.group(2)) is None and source.text.startswith(value, start):
        path, value, start = (*path[:-1], item.group(1)), item.group(2), start + item.start(2)
        container = Container.ENVIRONMENT
    named = tuple(step for step in path if not step.isdigit())
    shown = named[-1] if container is Container.ENVIRONMENT and named else ".".join(named)
    return Slot(named, value, start, end, container, shown)


def _interpolated(slot: Slot, source: SourceFile) -> Iterator[Slot]:
    """Yield the defaults of `${NAME:-default}` as slots of their own, and the rest with holes in their places."""
    found = list(_INTERPOLATION.finditer(slot.value)) if "${" in slot.value else []
    if not found:
        yield slot
        return
    is_verbatim = source.text.startswith(slot.value, slot.start)
    for match in found:
        if match.group(2) in (":-", "-") and match.group(3):
            variable = match.group(1)
            name = slot.name if promised(slot.name) and not promised(variable) else variable
            start, end = match.span(3) if is_verbatim else (0, slot.end - slot.start)
            yield Slot((name,), match.group(3), slot.start + start, slot.start + end, Container.FALLBACK, variable)
    rest = _INTERPOLATION.sub(HOLE, slot.value)
    if rest.strip(HOLE):
        yield Slot(slot.path, rest, slot.start, slot.end, slot.container, slot.shown)
