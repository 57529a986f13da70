"""The effects of all functions: bodies, and what spreads from callee to caller to a fixed point."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import Place
from archlint.project.database import wanted_names
from archlint.project.effects.body import body_of
from archlint.project.effects.callees import Callees
from archlint.project.effects.chains import Hop, chain
from archlint.project.effects.deciding import Deciding
from archlint.project.effects.direct import Direct
from archlint.project.effects.effect import Body, Edge, Effect, EffectKind, Reached, Summary, Use
from archlint.project.effects.importing import imported_body
from archlint.project.effects.kinship import Kinship
from archlint.project.effects.spreading import given_in_loops, given_to, summary_of, through, turning_uses
from archlint.project.inference import wrappers
from archlint.project.inference.arguments import Arguments
from archlint.project.inference.scopes import Scope
from archlint.project.inference.symbolic import context
from archlint.project.questions.memo import Kind
from archlint.project.routes.route import EntryPoint
from archlint.project.schema.model import Relation, RelationKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.values import External, Instance, Items, ProjectClass, Value

if TYPE_CHECKING:
    from archlint.project.project import Project

_DEFERRING = frozenset({"defer", "load_only", "only"})
_TRANSACTIONS = frozenset({"atomic", "begin", "begin_nested", "transaction"})


class Effects:
    """Answers what functions do; each body is walked once for each kind of receiver."""

    task_place = Place.TASK

    def __init__(self, project: Project) -> None:
        self.project = project
        self.inference = project.inference
        self.callees = Callees(project)
        self.direct = Direct(project)
        self.deciding = Deciding(Kinship(project))
        afresh = self.inference.afresh
        project.memo.register(Kind("body", afresh(lambda *subjects: body_of(self, *subjects)), Body(), Body()))
        project.memo.register(Kind("imported", afresh(lambda module: imported_body(self, module)), Body(), Body()))
        project.memo.register(Kind("summary", lambda *subjects: summary_of(self, *subjects), Summary(), Summary()))

    def body(self, function: FunctionDefinition, receiver: Value | None = None) -> Body:
        """Return what the body of a function does by itself."""
        found: Body = self.project.memo.ask("body", function, context(function, receiver))
        return found

    def imported(self, module: Module) -> Body:
        """Return what importing a module does."""
        found: Body = self.project.memo.ask("imported", module)
        return found

    def summary(self, function: FunctionDefinition, receiver: Value | None = None) -> Summary:
        """Return what calling a function does, through any number of calls."""
        found: Summary = self.project.memo.ask("summary", function, context(function, receiver))
        return found

    def through(self, edge: Edge) -> Iterator[Reached]:
        """Yield what a call in the body of a function does, through any number of calls."""
        for target in edge.targets:
            yield from through(self, edge, target)

    def given_in_loops(self, function: FunctionDefinition, edge: Edge) -> Iterator[Reached]:
        """Yield what a function does in its loops with what a call gives it, told from where it does that."""
        for target in edge.targets:
            if target.function is function:
                yield from given_in_loops(self, edge, target)

    def given_to(self, function: FunctionDefinition, edge: Edge) -> Iterator[tuple[Use, Reached]]:
        """Yield what a function does with what a call gives it, and what comes of it, told from where it does that."""
        for target in edge.targets:
            if target.function is function:
                yield from given_to(self, edge, target)

    def has_turning_uses(self, function: FunctionDefinition) -> bool:
        """Return whether a function has loops over what it is given, in which it does something with each element."""
        return next(turning_uses(self, function), None) is not None

    def chain(self, function: FunctionDefinition, reached: Reached) -> tuple[Hop, ...]:
        """Return the way from a function to one of its effects, call by call; the last is the effect itself."""
        return chain(self, function, reached)

    @staticmethod
    def context(function: FunctionDefinition, receiver: Value | None) -> Value | None:
        """Return what a method is called on, None where that says no more than the class around it."""
        return context(function, receiver)

    @staticmethod
    def receiver_of(entry: EntryPoint) -> Value | None:
        """Return what the function of an entry point is called on: the class of a view, which may inherit it."""
        if entry.view is None:
            return None
        return context(entry.function, Instance(entry.view.name, entry.view))

    def arguments(self, node: ir.Call, scope: Scope) -> Arguments:
        """Return what a call is given."""
        return Arguments(self.inference, node, scope)

    @cached_property
    def relation_names(self) -> frozenset[str]:
        """Return the names of all attributes that are relations of a model."""
        return self.project.relation_names

    @cached_property
    def telling_names(self) -> frozenset[str]:
        """Return the names of methods that do something, or that the project has."""
        return wanted_names(self.project) | self.callees.names

    @cached_property
    def asking_names(self) -> frozenset[str]:
        """Return the names of attributes that may ask the database: relations, and methods of queries and sessions."""
        lazy = frozenset[str]().union(*[verbs.lazy for verbs in self.project.knowledge.tables.orms])
        return self.relation_names | wanted_names(self.project) | lazy

    def lazily_loaded(self, base: Instance, name: str) -> Effect | None:
        """Return the query that reading a relation of a row sends, None where it is loaded or nobody knows."""
        if base.definition is None or base.has(name) is not False:
            return None
        self.project.memo.read(("relation", base.definition, name))
        relation = self.project.schema.relation(base.definition, name)
        if relation is not None and not relation.loads_with_query:
            return None
        if relation is not None and relation.kind is RelationKind.GENERIC_FOREIGN_KEY:
            return Effect(EffectKind.LAZY_LOAD, "", f"{base.name}.{name}")
        found = self.project.memo.ask("attribute", base.definition, name)
        found = found.element if isinstance(found, Items) else found
        if not isinstance(found, Instance) or self.project.orm_of(base.definition) is None:
            return None
        if found.definition is None or self.project.orm_of(found.definition) is None:
            return None
        return Effect(EffectKind.LAZY_LOAD, found.name, f"{base.name}.{name}")

    @cached_property
    def column_names(self) -> frozenset[str]:
        """Return the names of the columns that may not come with a row, as far as the project leaves any out."""
        units = (unit for module in self.project.modules for unit in module.facts.units)
        if any(one.rpartition(".")[2] in _DEFERRING for unit in units for one in (*unit.attributes, *unit.calls)):
            return self.project.gathered.columns
        return self.project.gathered.deferred

    def deferred_column(self, base: Instance, name: str) -> Effect | None:
        """Return the query that reading a column of a row sends, None where the column came with it or nobody knows."""
        if base.definition is None or name in (base.loaded or ()):
            return None
        if name not in base.missing and not (base.has(name) is False and self._is_deferred(base.definition, name)):
            return None
        return Effect(EffectKind.LAZY_LOAD, base.name, f"{base.name}.{name}")

    def _is_deferred(self, definition: ClassDefinition, name: str) -> bool:
        self.project.memo.read(("columns", definition))
        model = self.project.schema.model(definition)
        return model is not None and any(one.is_deferred and one.name == name for one in model.fields)

    def relation_of(self, effect: Effect) -> Relation | None:
        """Return the relation that a lazy load follows."""
        found = self.owner_of(effect)
        name = effect.detail.rpartition(".")[2]
        return self.project.schema.relation(found, name) if found is not None else None

    def owner_of(self, effect: Effect) -> ClassDefinition | None:
        """Return the model whose relation a lazy load follows."""
        return self.project.symbols.classes_by_name.get(effect.detail.rpartition(".")[0])

    def exception_name(self, value: Value) -> str:
        """Return the qualified name of an exception's class, "" where it is not known."""
        if isinstance(value, ProjectClass):
            return value.definition.name
        if isinstance(value, External):
            return value.name
        return value.name if isinstance(value, Instance) else ""

    def is_caught(self, name: str, catches: tuple[str, ...]) -> bool:
        """Return whether handlers of some exceptions, as they are written, catch one of a name."""
        if not catches:
            return False
        above = self._ancestry(name)
        return any(one.rpartition(".")[2] in above for one in catches)

    def is_transaction(self, node: ir.Expr, scope: Scope) -> bool:
        """Return whether `with node` runs its body in a transaction."""
        callee = node.func if isinstance(node, ir.Call) else node
        if dotted(callee).rpartition(".")[2] not in _TRANSACTIONS:
            return False
        value = self.inference.value(callee, scope)
        row = self.project.knowledge.decorator(wrappers.qualified(value))
        if row is not None:
            return row.kind == "transaction"
        receiver = getattr(value, "receiver", None)
        return isinstance(receiver, Instance) and self.project.database_type(receiver) is not None

    def _ancestry(self, name: str) -> frozenset[str]:
        """Return the last names of an exception's class and of those above it."""
        found = self.project.symbols.classes_by_name.get(name)
        if found is None:
            return _built_in_ancestry(name)
        names: set[str] = set()
        for ancestor in self.project.symbols.ancestors(found):
            if isinstance(ancestor, ClassDefinition):
                names.add(ancestor.row.name.rpartition(".")[2])
            else:
                names |= _built_in_ancestry(ancestor)
        return frozenset(names)


def _built_in_ancestry(name: str) -> frozenset[str]:
    found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return frozenset(one.__name__ for one in found.__mro__)
    # An exception of a library: it derives from `Exception`, and nobody knows what else.
    return frozenset({name.rpartition(".")[2], "Exception", "BaseException"})
