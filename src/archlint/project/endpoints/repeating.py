"""Whether a client may send a request twice."""

from __future__ import annotations

import re
from collections.abc import Callable

from archlint.project.effects.effect import EffectKind
from archlint.project.endpoints.endpoint import Answer, Known
from archlint.project.project import Project
from archlint.project.routes.route import Route
from archlint.project.symbols import FunctionDefinition
from archlint.project.views.model import receiver_of
from archlint.source import SourceFile

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
_REPEATABLE = _SAFE | {"PUT", "DELETE"}
_DONE = {EffectKind.WRITE: "writes", EffectKind.ENQUEUE: "enqueues", EffectKind.EXTERNAL: "calls"}
_CHANGING = (_DONE[EffectKind.WRITE], _DONE[EffectKind.ENQUEUE])
_KEY = re.compile(r"idempot\w*[-_ ]?(?:key|id|token)\b")
"""Names of keys have this part: `Idempotency-Key`, `idempotent_id`."""
_NAMED = 3


def repeatability(project: Project, route: Route, source_of: Callable[[str], SourceFile]) -> Known:
    """Return what is known by the method of the route and by what its handler does, in all that it calls."""
    function = route.handler.function
    if function is None or not route.methods:
        return Known(Answer.UNKNOWN)
    done = _done(project, route, function)
    if _SAFE.issuperset(route.methods):
        # What it writes may be the same the second time: a row that is made where it is missing.
        is_writing = done.startswith(_CHANGING)
        return Known(Answer.UNKNOWN, f"a safe method {done}") if is_writing else Known(Answer.DOES_NOT_APPLY)
    if _has_key(route, function, source_of):
        return Known(Answer.YES, "by a key")
    if _REPEATABLE.issuperset(route.methods):
        return Known(Answer.UNKNOWN, "promised by its method")
    return Known(Answer.NONE_SEEN, f"{done}, and no key is seen") if done else Known(Answer.UNKNOWN)


def _done(project: Project, route: Route, function: FunctionDefinition) -> str:
    """Return in words the worst that a handler does when it runs twice, a few of it by name."""
    summary = project.effects.summary(function, receiver_of(route.handler.view))
    effects = [one.effect for one in summary.effects]
    kind = next((one for one in _DONE if any(effect.kind is one for effect in effects)), None)
    if kind is None:
        is_committed = any(one.kind is EffectKind.BLOCK and one.target.endswith(".commit") for one in effects)
        return "commits a transaction" if is_committed else ""
    names = sorted({one.target.rpartition(".")[2] for one in effects if one.kind is kind and one.target})
    more = " and more" if len(names) > _NAMED else ""
    return f"{_DONE[kind]} {', '.join(f'`{name}`' for name in names[:_NAMED]) or 'rows'}{more}"


def _has_key(route: Route, function: FunctionDefinition, source_of: Callable[[str], SourceFile]) -> bool:
    unit = function.unit
    text = source_of(function.module.path).text[unit.start : unit.end]
    named = (*(one.name for one in route.dependencies), *(one.name for one in route.guards), text)
    return any(_KEY.search(one.lower()) for one in named)
