"""Which effects reach another party: a service, a mail server, a store of objects, but no database and no cache."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.knowledge.tables import Blocks
from archlint.project.effects.effect import Edge, Effect, EffectKind, Reached
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition

_READING = ("describe", "download", "fetch", "get", "head", "list", "options", "query", "read", "search", "select")
"""How the last name of a call begins that changes nothing at the other end."""


def is_remote(project: Project, effect: Effect) -> bool:
    """Return whether an effect is a call of another party."""
    is_call = effect.kind is EffectKind.EXTERNAL
    is_call = is_call or (effect.kind is EffectKind.BLOCK and effect.detail == Blocks.NETWORK.value)
    return is_call and bool(effect.target) and not _is_store(project, effect.target)


def only_reads(effect: Effect) -> bool:
    """Return whether the name of a call says that it changes nothing at the other end."""
    return effect.target.rpartition(".")[2].lower().startswith(_READING)


def remote_calls(
    project: Project, function: FunctionDefinition, start: int, end: int
) -> Iterator[tuple[Reached, Edge | None]]:
    """Yield what a part of a function's unit does that reaches another party, each thing with the call it goes over."""
    body = project.effects.body(function)
    for reached in body.effects:
        if start <= reached.step.start < end and is_remote(project, reached.effect):
            yield reached, None
    for edge in body.edges:
        if start <= edge.step.start < end:
            for reached in project.effects.through(edge):
                if is_remote(project, reached.effect):
                    yield reached, edge


def _is_store(project: Project, name: str) -> bool:
    row = project.knowledge.blocking(name)
    return project.knowledge.is_store(name) or (row is not None and row.kind is Blocks.DATABASE)
