"""What applications are made with that is called with them later: `FastAPI(lifespan=f)` calls `f(app)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.project.routes.registered.located import Located
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import keyword

if TYPE_CHECKING:
    from archlint.project.routes.registered.frames import Frames

_LIFESPAN = "lifespan"


class Lifespans:
    """Answers which applications a function is given when they start."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._project = frames.project

    def calls(self, function: FunctionDefinition) -> tuple[Located, ...]:
        """Return the calls of a function that applications make, with themselves, as if they were written."""
        return self._calls.get(function, ())

    @cached_property
    def _calls(self) -> Mapping[FunctionDefinition, tuple[Located, ...]]:
        found: defaultdict[FunctionDefinition, list[Located]] = defaultdict(list)
        known = self._project.knowledge.tables.route_collectors
        for name in sorted({row.name.rpartition(".")[2] for row in known if row.is_application}):
            for function, call in self._named(name):
                found[function].append(call)
        return {function: tuple(calls) for function, calls in found.items()}

    def _named(self, name: str) -> Iterator[tuple[FunctionDefinition, Located]]:
        for place in self._frames.places_calling({name}):
            for made in self._frames.calls(place, name):
                node = made.node
                given = keyword(node, _LIFESPAN) if isinstance(node, ir.Call) else None
                value = self._project.inference.value(given, made.scope) if given is not None else None
                function = self._frames.called(value) if value is not None else None
                if function is not None and given is not None:
                    yield function, made.at(ir.Call(node.start, node.end, given, (node,), ()))
