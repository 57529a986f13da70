"""How the map of a project is drawn from its routes, its entry points and what its functions do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from archlint.project.effects.effect import Effect, EffectKind, Reached, Step, Target
from archlint.project.routes.route import EntryKind, EntryPoint, Guard, Mention, Route
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.values import Value
from archlint.project.views.model import Model, receiver_of
from archlint.project.views.service_map import EdgeKind, MapEdge, MapGuard, MapNode, NodeKind, ServiceMap, Spot
from archlint.source import SourceFile

SourceOf = Callable[[str], SourceFile]

_SYSTEMS = {
    EffectKind.QUERY: EdgeKind.READ,
    EffectKind.LAZY_LOAD: EdgeKind.READ,
    EffectKind.WRITE: EdgeKind.WRITE,
    EffectKind.EXTERNAL: EdgeKind.EXTERNAL,
    EffectKind.ENQUEUE: EdgeKind.ENQUEUE,
}
_TASKS = frozenset({EntryKind.TASK, EntryKind.BACKGROUND})
_SHOWN_BY_ROUTES = frozenset({EntryKind.ROUTE, EntryKind.DEPENDENCY})


def service_map(model: Model, source_of: SourceOf, classes: Iterable[ClassDefinition] = ()) -> ServiceMap:
    """Return the map of a project; `classes` are those among which the models of tables are looked up.

    All routes are on it, other entry points where they lead to a system, and functions where they are on the way.
    """
    drawing = _Drawing(model, source_of, {one.name: one for one in classes})
    for route in sorted(model.routes.routes, key=lambda one: (one.label, one.handler.name)):
        drawing.add_route(route)
    for entry in sorted(model.routes.entry_points, key=lambda one: (one.kind.value, one.label, one.function.name)):
        if entry.kind not in _SHOWN_BY_ROUTES:
            drawing.add_entry(entry)
    return drawing.finished()


@dataclass(slots=True)
class _Drawing:
    model: Model
    source_of: SourceOf
    classes: Mapping[str, ClassDefinition]
    nodes: dict[str, MapNode] = field(default_factory=dict)
    edges: list[MapEdge] = field(default_factory=list)
    seen: set[tuple[FunctionDefinition, Value | None]] = field(default_factory=set)

    def add_route(self, route: Route) -> None:
        """Add a route, and what its handler and its dependencies lead to."""
        own = route.mounted[-1] if route.mounted else None
        function = route.handler.function
        spot = self._mention(own) if own is not None else self._head(function) if function is not None else None
        key = f"route:{route.label}"
        key = f"{key} {route.handler.name}" if key in self.nodes else key
        self.nodes[key] = MapNode(
            key,
            NodeKind.ROUTE,
            route.label,
            name=route.handler.name,
            module=function.module.name if function is not None else "",
            spot=spot,
            framework=route.framework,
            methods=route.methods,
            runs=route.runs.value,
            guards=tuple(map(self._guard, route.guards)),
        )
        handlers = [(function, receiver_of(route.handler.view))] if function is not None else []
        for called, receiver in (*handlers, *_dependencies(route)):
            self._start(key, called, receiver, spot)

    def add_entry(self, entry: EntryPoint) -> None:
        """Add an entry point if it leads to a system."""
        receiver = receiver_of(entry.view)
        if not _leading(self.model.effects.summary(entry.function, receiver).effects):
            return
        spot = self._head(entry.function)
        kind = NodeKind.TASK if entry.kind in _TASKS else NodeKind.ENTRY
        name = entry.function.name
        # A task is known by its function: that is what those who enqueue it name.
        key = f"task:{name}" if kind is NodeKind.TASK else f"entry:{entry.kind.value}:{entry.label}:{name}"
        self.nodes[key] = MapNode(
            key,
            kind,
            entry.label or name,
            name=name,
            module=entry.function.module.name,
            spot=spot,
            entry=entry.kind.value,
            runs=entry.runs.value,
        )
        self._start(key, entry.function, receiver, spot)

    def finished(self) -> ServiceMap:
        """Return the map; what only its short name tells apart from another system has its whole name."""
        short = Counter(node.label for node in self.nodes.values() if node.kind.is_system)
        nodes = [
            replace(node, label=node.name) if node.kind.is_system and short[node.label] > 1 else node
            for node in self.nodes.values()
        ]
        return ServiceMap.of(nodes, self.edges)

    def _start(self, key: str, function: FunctionDefinition, receiver: Value | None, spot: Spot | None) -> None:
        if _leading(self.model.effects.summary(function, receiver).effects):
            kind = EdgeKind.AWAIT if function.row.is_async else EdgeKind.CALL
            self.edges.append(MapEdge(key, self._function(function), kind, (spot,) if spot is not None else ()))
            self._follow(function, receiver)

    def _follow(self, function: FunctionDefinition, receiver: Value | None) -> None:
        """Add what a function leads to, and so on from there."""
        pending = [(function, receiver)]
        while pending:
            current = pending.pop()
            if current in self.seen:
                continue
            self.seen.add(current)
            for reached in _leading(self.model.effects.summary(*current).effects):
                if reached.via is None:
                    self._reach(current[0], reached)
                else:
                    pending.append(self._hop(current[0], reached, reached.via))

    def _hop(
        self, function: FunctionDefinition, reached: Reached, via: Target
    ) -> tuple[FunctionDefinition, Value | None]:
        """Add the call of the next function of a chain, and return it with what it is called on."""
        called = via.function
        if called is not function:
            kind = EdgeKind.AWAIT if called.row.is_async else EdgeKind.CALL
            spots = (self._step(reached.step),)
            ends = self._function(function), self._function(called)
            self.edges.append(MapEdge(*ends, kind, spots, in_loop=reached.per_iteration))
        if all(one.effect != reached.effect for one in self.model.effects.summary(called, via.receiver).effects):
            self._reach(called, reached)  # it comes of what the called function does with a parameter
        return called, via.receiver

    def _reach(self, function: FunctionDefinition, reached: Reached) -> None:
        effect = reached.effect
        details = (effect.target,) if effect.kind is EffectKind.EXTERNAL else (effect.detail,) if effect.detail else ()
        self.edges.append(
            MapEdge(
                self._function(function),
                self._system(effect),
                _SYSTEMS[effect.kind],
                (self._step(reached.step),),
                details,
                reached.per_iteration,
            )
        )

    def _system(self, effect: Effect) -> str:
        """Return the id of the node that an effect is on."""
        name = effect.target.partition(".")[0] if effect.kind is EffectKind.EXTERNAL else effect.target
        kind = {EffectKind.EXTERNAL: NodeKind.EXTERNAL, EffectKind.ENQUEUE: NodeKind.TASK}.get(
            effect.kind, NodeKind.TABLE
        )
        key = f"{'external' if kind is NodeKind.EXTERNAL else kind.value}:{name}"
        label = name.rpartition(".")[2] or f"{kind.value} that is not known"
        if key not in self.nodes:
            definition = self.classes.get(name) if kind is NodeKind.TABLE else None
            module = definition.module.name if definition is not None else ""
            spot = self._class_head(definition) if definition is not None else None
            self.nodes[key] = MapNode(key, kind, label, name, module, spot)
        return key

    def _function(self, function: FunctionDefinition) -> str:
        key = f"function:{function.name}"
        if key not in self.nodes:
            module = function.module.name
            self.nodes[key] = MapNode(
                key, NodeKind.FUNCTION, function.local_name, function.name, module, self._head(function)
            )
        return key

    def _guard(self, guard: Guard) -> MapGuard:
        spot = self._mention(guard.mention) if guard.mention is not None else None
        return MapGuard(guard.kind.value, guard.name, guard.level.value, spot)

    def _mention(self, mention: Mention) -> Spot:
        return self._spot(mention.module.path, mention.start)

    def _step(self, step: Step) -> Spot:
        return self._spot(step.module.path, step.offset + step.start)

    def _head(self, function: FunctionDefinition) -> Spot:
        return head_of(function, self.source_of)

    def _class_head(self, definition: ClassDefinition) -> Spot:
        source, row = self.source_of(definition.module.path), definition.row
        return Spot(source.path, source.line_at(max(source.text.find("class ", row.start, row.end), row.start)))

    def _spot(self, path: str, offset: int) -> Spot:
        return Spot(path, self.source_of(path).line_at(offset))


def head_of(function: FunctionDefinition, source_of: SourceOf) -> Spot:
    """Return the line of a function's `def`, below its decorators."""
    source = source_of(function.module.path)
    after = max((one.end for one in function.row.decorators), default=0)
    unit = function.unit.start
    start = max(function.row.start, unit + after if after else 0)
    found = source.text.find("def ", start, function.row.end)
    return Spot(source.path, source.line_at(max(found, function.row.start)))


def _leading(effects: Iterable[Reached]) -> list[Reached]:
    """Return the effects that lead to a node of the map."""
    return [one for one in effects if one.effect.kind in _SYSTEMS]


def _dependencies(route: Route) -> Iterable[tuple[FunctionDefinition, Value | None]]:
    for one in route.dependencies:
        if isinstance(one, FunctionDefinition):
            yield one, None
        else:
            init = one.module.functions.get(f"{one.row.name}.__init__")
            if init is not None:
                yield init, receiver_of(one)
