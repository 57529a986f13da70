"""What drawing a template asks the database, row by row of its loops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from archlint.ir.template import Path, ScopeKind, TemplateFacts, TemplateRead
from archlint.project.project import Project
from archlint.project.templates.contexts import Entry
from archlint.project.templates.lookup import Templates
from archlint.project.templates.renderings import Rendering
from archlint.project.templates.segments import Load, Reached, Segments
from archlint.project.values import Instance, Items, Query, Value

_MAX_DEPTH = 8
_MAX_FRAMES = 150
_JINJA = (".j2", ".jinja", ".jinja2")


class Spot(msgspec.Struct, frozen=True):
    """A region of a template."""

    path: str
    start: int
    end: int


class Around(msgspec.Struct, frozen=True):
    """A loop of a template: where it stands, what it runs over as it is written, and the model of its rows."""

    spot: Spot
    over: str
    model: str


class Held(msgspec.Struct, frozen=True):
    """What a name stands for: reached from an entry of the context, and in which loops.

    `base` is where relations start from the rows of the entry; `outer` is the loop over those, `inner` the last one.
    """

    entry: str
    reached: Reached
    outer: Around | None = None
    inner: Around | None = None


class RowLoad(msgspec.Struct, frozen=True):
    """What is asked once for each row of a loop, and where a template reads it."""

    held: Held
    load: Load
    spot: Spot


@dataclass(slots=True)
class _Frame:
    """A template that is drawn with names: those that it was given, and those of the template that includes it."""

    facts: TemplateFacts
    given: Mapping[str, Held | None]
    above: _Frame | None = None
    scope: int = 0
    is_silent: bool = False
    hidden: frozenset[str] = frozenset()
    bound: dict[tuple[int, str], Held | None] = field(default_factory=dict)


class Drawing:
    """Goes through templates with what they are given."""

    def __init__(self, project: Project, templates: Templates) -> None:
        self._templates = templates
        self._segments = Segments(project)
        self._left = _MAX_FRAMES
        self._calls = True
        self._beside = ""

    def loads(self, rendering: Rendering) -> Iterator[RowLoad]:
        """Yield what drawing asks once per row, the same relation once for each place that reads it."""
        self._beside = rendering.step.module.path
        facts = self._templates.named(rendering.template, self._beside)
        if facts is None or not rendering.context:
            return
        self._left = _MAX_FRAMES
        self._calls = rendering.engine == "django" and not facts.path.endswith(_JINJA)
        given = {name: Held(name, Reached(entry.value)) for name, entry in rendering.context.items() if _tells(entry)}
        if not given:
            return
        yield from self._chain(facts, given)

    def _chain(self, facts: TemplateFacts, given: Mapping[str, Held | None]) -> Iterator[RowLoad]:
        """Yield what a template asks, and those around its blocks."""
        hidden: frozenset[str] = frozenset()
        for _ in range(_MAX_DEPTH):
            yield from self._frame(_Frame(facts, given, hidden=hidden), 0)
            own = {one.targets[0] for one in facts.scopes if one.kind is ScopeKind.BLOCK and one.targets}
            calls_super = any(one.path[0] in ("block", "super()") for one in facts.reads)
            hidden |= frozenset() if calls_super else own
            above = self._templates.named(facts.extends, self._beside) if facts.extends else None
            if above is None or above is facts:
                return
            facts = above

    def _frame(self, frame: _Frame, depth: int) -> Iterator[RowLoad]:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            return
        for read in frame.facts.reads:
            if not self._is_left_out(frame, read.scope):
                yield from self._read(frame, read)
        for include in frame.facts.includes:
            facts = self._templates.named(include.name, self._beside)
            if facts is None or self._is_left_out(frame, include.scope):
                continue
            given = {name: self._evaluated(frame, include.scope, path) for name, path in include.given}
            above = None if include.is_isolated else frame
            if above is not None or any(given.values()):
                yield from self._frame(_Frame(facts, given, above, include.scope), depth + 1)

    def _read(self, frame: _Frame, read: TemplateRead) -> Iterator[RowLoad]:
        held = self._name(frame, read.scope, read.path[0])
        if held is None:
            return
        spot = Spot(frame.facts.path, read.start, read.end)
        for part in read.path[1:]:
            reached, loads = self._segments.after(held.reached, part, calls_by_itself=self._calls)
            yield from (RowLoad(held, load, spot) for load in loads if held.inner is not None)
            if reached is None:
                return
            held = replace(held, reached=reached)
        if read.is_printed and held.inner is not None:
            yield from (RowLoad(held, load, spot) for load in self._segments.printed(held.reached))

    def _is_left_out(self, frame: _Frame, scope: int) -> bool:
        """Return whether a scope is drawn from a cache, for one row only, or not at all."""
        while scope >= 0:
            one = frame.facts.scopes[scope]
            if one.kind is ScopeKind.SILENT or (
                one.kind is ScopeKind.BLOCK and not frame.hidden.isdisjoint(one.targets)
            ):
                return True
            scope = one.parent
        return False

    def _name(self, frame: _Frame, scope: int, name: str) -> Held | None:
        key = scope, name
        if key not in frame.bound:
            frame.bound[key] = self._found(frame, scope, name)
        return frame.bound[key]

    def _found(self, frame: _Frame | None, scope: int, name: str) -> Held | None:
        while frame is not None:
            while scope >= 0:
                one = frame.facts.scopes[scope]
                if name in one.targets and one.kind in (ScopeKind.LOOP, ScopeKind.ALIAS):
                    if len(one.targets) > 1 or not one.path:
                        return None
                    held = self._evaluated(frame, one.parent, one.path)
                    return self._row(frame, scope, held) if held and one.kind is ScopeKind.LOOP else held
                scope = one.parent
            if name in frame.given:
                return frame.given[name]
            scope = frame.scope
            frame = frame.above
        return None

    def _evaluated(self, frame: _Frame, scope: int, path: Path) -> Held | None:
        held = self._name(frame, scope, path[0]) if path else None
        for part in path[1:]:
            if held is None:
                return None
            reached, _ = self._segments.after(held.reached, part, calls_by_itself=self._calls)
            held = replace(held, reached=reached) if reached is not None else None
        return held

    def _row(self, frame: _Frame, scope: int, held: Held) -> Held | None:
        """Return what a loop over something binds its name to."""
        one = frame.facts.scopes[scope]
        element = _element(held.reached.value)
        if element is None:
            return None
        spot = Spot(frame.facts.path, one.start, one.end)
        loop = Around(spot, ".".join(one.path), element.name)
        reached = Reached(element, held.reached.trail, held.reached.is_many)
        return replace(held, reached=reached, outer=held.outer or loop, inner=loop)


def _tells(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, Query | Instance | Items)


def _element(value: Value) -> Instance | None:
    """Return the row that a loop over a value has in each turn, None where there is none or only a fixed number."""
    if isinstance(value, Items):
        found = None if value.is_constant else value.element
    elif isinstance(value, Query) and value.limit != 1:
        found = value.row()
    else:
        return None
    return found if isinstance(found, Instance) and found.definition is not None else None
