"""What one part of a dotted name in a template does with the row before it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.project.effects.effect import Edge, Effect, EffectKind, Step, Target
from archlint.project.effects.passing import receiver_given
from archlint.project.inference import calls, members
from archlint.project.inference.arguments import Arguments
from archlint.project.project import Project
from archlint.project.schema.model import Relation
from archlint.project.values import MAYBE, UNKNOWN, Instance, Items, Method, Query, Value

_CALLED = "()"
_COUNTED = frozenset({"all", "count", "exists"})
"""What a manager of a relation answers from rows that were loaded before."""
_OF_PAGES = frozenset({"object_list"})
_PLAIN = _OF_PAGES | {"all"}
_TEXT_OF = "__str__"


class Load(msgspec.Struct, frozen=True):
    """What is asked of the database for one row: the path of the relation from that row, or what a method queries.

    `via` is the method or property that does it, "" where the template itself does. `joins` says that all relations
    on the path lead to one row each, so that one query can have them all. `is_near` says that `via` reads it itself.
    """

    path: tuple[str, ...]
    effect: Effect
    relation: Relation | None = None
    via: str = ""
    joins: bool = False
    is_near: bool = True


class Reached(msgspec.Struct, frozen=True):
    """What a dotted name stands for so far, and the relations that lead there from the row of the loop around it.

    `is_many` says that one of them leads to many rows; `asks` is what its manager does when it is asked.
    """

    value: Value
    trail: tuple[str, ...] = ()
    is_many: bool = False
    asks: Load | None = None


class Segments:
    """Follows dotted names."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._effects = project.effects
        self._inference = project.inference

    def after(self, held: Reached, part: str, *, calls_by_itself: bool) -> tuple[Reached | None, list[Load]]:
        """Return what one more part of a dotted name stands for (None: nobody knows), and what reading it asks for."""
        name = part.removesuffix(_CALLED)
        is_called = calls_by_itself or part.endswith(_CALLED)
        value = held.value
        if isinstance(value, Query):
            return self._of_query(held, value, name, is_called=is_called)
        if isinstance(value, Items) and name in _OF_PAGES:
            return held, []
        if not isinstance(value, Instance) or value.definition is None:
            return None, []
        relation = self._relation(value, name)
        if relation is not None:
            return self._related(held, value, relation)
        targets = self._targets(value, name, is_called=is_called)
        if not targets:
            return None, []
        loads = list(self._through(targets, value, held, name))
        found = members.attribute(self._inference, value, name)
        if isinstance(found, Method):
            found = calls.applied(self._inference, found, Arguments(self._inference))
        return Reached(found, (*held.trail, name), held.is_many), loads

    def printed(self, held: Reached) -> list[Load]:
        """Return what making a text of something asks for."""
        value = held.value
        if not isinstance(value, Instance) or value.definition is None:
            return []
        targets = self._targets(value, _TEXT_OF, is_called=True)
        return list(self._through(targets, value, held, _TEXT_OF)) if targets else []

    def _relation(self, value: Instance, name: str) -> Relation | None:
        definition = value.definition
        if definition is None or self._project.orm_of(definition) is None:
            return None
        found = self._project.schema.relation(definition, name)
        return found if found is not None and found.target is not None else None

    def _related(self, held: Reached, value: Instance, relation: Relation) -> tuple[Reached | None, list[Load]]:
        trail = (*held.trail, relation.name)
        found = members.attribute(self._inference, value, relation.name)
        if isinstance(found, Items):
            found = _of_collection(value, found, relation)
        if isinstance(found, Items | Query):
            load = Load(trail, _effect(value, relation), relation)
            is_lazy = value.has(relation.name) is False and relation.loads_with_query
            reached = Reached(_knowing_parent(found, relation), trail, True, load if is_lazy else None)
            return reached, [load] if is_lazy and isinstance(found, Items) else []
        effect = self._effects.lazily_loaded(value, relation.name)
        loads = [Load(trail, effect, relation, joins=not held.is_many)] if effect is not None else []
        return Reached(_knowing_parent(found, relation), trail, held.is_many), loads

    def _of_query(
        self, held: Reached, value: Query, name: str, *, is_called: bool
    ) -> tuple[Reached | None, list[Load]]:
        if not is_called and name not in _OF_PAGES:
            return None, []
        loads = [held.asks] if held.asks is not None and name in _COUNTED else []
        if name in _PLAIN:
            return Reached(value, held.trail, held.is_many), loads
        found = calls.applied(self._inference, Method(value, name), Arguments(self._inference))
        return (Reached(found, held.trail, held.is_many) if isinstance(found, Query) else None), loads

    def _targets(self, value: Instance, name: str, *, is_called: bool) -> tuple[Target, ...]:
        """Return the property, or the method without parameters, that a name of a row runs."""
        callees = self._effects.callees
        found = callees.property_of(value, name) if name in callees.property_names else ()
        if not found and is_called and value.definition is not None:
            own = members.implementation(self._inference, value.definition, name)
            needs = [row for row in own.row.parameters[1:] if row.default is None] if own is not None else []
            found = (Target(own, value),) if own is not None and not needs else ()
        return found[:1]

    def _through(self, targets: tuple[Target, ...], value: Instance, held: Reached, name: str) -> Iterator[Load]:
        """Yield what a method of a row asks for: relations of that row, and rows of others."""
        function = targets[0].function
        step = Step(function.module, function.unit.start, 0, 0)
        given = receiver_given(targets, value)
        first = function.row.parameters[0].name if function.row.parameters else ""
        for one in self._effects.through(Edge(targets, step, given)):
            if one.confidence is Confidence.LOW or one.is_cached or one.is_once:
                continue
            if one.effect.kind is EffectKind.LAZY_LOAD and one.used is not None and one.used.symbol.parameter == first:
                operations = one.used.symbol.operations
                if all(operation.startswith(".") for operation in operations):
                    path = (*held.trail, *(operation[1:] for operation in operations))
                    relation = self._effects.relation_of(one.effect)
                    is_near = operations[-1][1:] in function.unit.attributes
                    yield Load(path, one.effect, relation, name, not held.is_many, is_near)
            elif one.effect.kind is EffectKind.QUERY and not one.when and self._is_asked(value, one.effect):
                yield Load((*held.trail, name), one.effect, None, name)

    def _is_asked(self, value: Instance, effect: Effect) -> bool:
        """Return whether a query of a method is sent for each row: related rows may have been loaded before."""
        if not effect.target or value.definition is None or value.loaded is None:
            return False
        relations = self._project.schema.relations(value.definition)
        return not any(one.target_name == effect.target and value.has(one.name) is not False for one in relations)


def _of_collection(value: Instance, found: Items, relation: Relation) -> Items:
    """Return the rows of a relation of SQLAlchemy, a list that is loaded when it is read, with what they have."""
    element = found.element
    if isinstance(element, Instance):
        element = _knowing_parent(replace(element, loaded=value.loaded_through(relation.name)), relation)
    return replace(found, element=element)


def _effect(value: Instance, relation: Relation) -> Effect:
    return Effect(EffectKind.LAZY_LOAD, relation.target_name, f"{value.name}.{relation.name}")


def _knowing_parent(value: Value, relation: Relation) -> Value:
    """Return the rows of a relation, which may know the one that they were reached from, and all that it knows."""
    if not relation.sets_known_parent or not relation.remote_name:
        return value
    known = frozenset({relation.remote_name, f"{relation.remote_name}.{MAYBE}"})
    if isinstance(value, Query):
        return replace(value, eager=value.eager | known)
    if isinstance(value, Instance) and value.loaded is not None:
        return replace(value, loaded=value.loaded | known)
    return value if isinstance(value, Instance | Items) else UNKNOWN
