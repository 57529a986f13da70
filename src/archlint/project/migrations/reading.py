"""Literals in the Python code of migrations: texts, lists, switches; also where a function is given them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.inference.scopes import Scope
from archlint.project.sql.texts import Frame
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import argument, expressions_of, keyword

if TYPE_CHECKING:
    from archlint.knowledge.orm_rows import FieldClass
    from archlint.project.project import Project
    from archlint.project.sql.template import Template
    from archlint.project.symbols import Module

_DJANGO = "django."
_MAX_STEPS = 6
"""Names that are followed from one to the next: two may stand for each other."""
_WRAPPERS = frozenset({"f", "quoted_name", "text"})
"""`op.f("…")` and `sa.text("…")` say the text that they are given."""
_HEADS = {
    ir.For: ("iterable",), ir.If: ("test",), ir.Match: ("subject",), ir.Try: (), ir.While: ("test",),
}  # fmt: skip


def heads_of(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions that belong to a statement itself, not those of the blocks in it."""
    if isinstance(statement, ir.With):
        yield from (item.context for item in statement.items)
    elif type(statement) in _HEADS:
        yield from (getattr(statement, name) for name in _HEADS[type(statement)])
    elif not isinstance(statement, ir.Function | ir.Class):
        yield from expressions_of(statement)


class Surroundings(msgspec.Struct, frozen=True):
    """Where code is read: a unit of a module, the function in it, and what its parameters were given.

    `offset` is the start of the unit in the file.
    """

    module: Module
    offset: int
    function: ir.Function | None = None
    given: Mapping[str, tuple[ir.Expr, Surroundings]] = msgspec.field(default_factory=dict)

    @property
    def frame_functions(self) -> tuple[ir.Function, ...]:
        """Return the functions around what is read."""
        return (self.function,) if self.function is not None else ()


class Reader:
    """Reads literals."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def field_class(self, name: str) -> FieldClass | None:
        """Return what is known of a class of fields of Django by its last name, or None."""
        return self._field_classes.get(name)

    @cached_property
    def _field_classes(self) -> Mapping[str, FieldClass]:
        rows = (row for orm in self._project.knowledge.tables.orms for row in orm.fields)
        return {row.name.rpartition(".")[2]: row for row in rows if row.name.startswith(_DJANGO)}

    def callee(self, call: ir.Call, here: Surroundings) -> str:
        """Return the qualified name of what a call calls."""
        return self.name(call.func, here)

    def name(self, node: ir.Expr, here: Surroundings) -> str:
        """Return the qualified name of what a chain of names stands for."""
        return self._project.symbols.qualified(here.module, dotted(node), at=here.offset)

    def function(self, call: ir.Call, here: Surroundings) -> FunctionDefinition | None:
        """Return the function of the project that a call runs, None where it runs none, or a method."""
        found = self._project.symbols.member(here.module, dotted(call.func).split("."), at=here.offset)
        return found if isinstance(found, FunctionDefinition) and not found.row.owner else None

    def inside(self, definition: FunctionDefinition, call: ir.Call, here: Surroundings) -> Surroundings:
        """Return where the body of a function is read that a call runs, with what its parameters are given."""
        given = {name: (node, here) for name, node in _bound(definition.row.parameters, call)}
        node = self._project.function_node(definition)
        return Surroundings(definition.module, definition.unit.start, node, given)

    def template(self, node: ir.Expr | None, here: Surroundings) -> Template | None:
        """Return the text of an expression with its holes, or None."""
        if node is None:
            return None
        if isinstance(node, ir.Name) and node.id in here.given:
            return self.template(*here.given[node.id])
        frame = Frame(Scope(here.module, here.offset), here.frame_functions, node.start)
        return self._project.sql.text_of(node, frame)

    def text(self, node: ir.Expr | None, here: Surroundings) -> str:
        """Return the text of an expression, "" where it is not known as a whole."""
        if isinstance(node, ir.Text):
            return node.value
        if isinstance(node, ir.Call) and dotted(node.func).rpartition(".")[2] in _WRAPPERS and node.args:
            return self.text(node.args[0], here)
        found = self.template(node, here)
        return found.text if found is not None and not found.holes else ""

    def texts(self, node: ir.Expr | None, here: Surroundings) -> tuple[str, ...]:
        """Return the texts of a list; what is not a text is left out."""
        return tuple(text for one, there in self.items(node, here) if (text := self.text(one, there)))

    def items(
        self, node: ir.Expr | None, here: Surroundings, steps: int = _MAX_STEPS
    ) -> Iterator[tuple[ir.Expr, Surroundings]]:
        """Yield the items of a list that is written here or under a name of the module, with where they stand."""
        if isinstance(node, ir.Name):
            found = here.given.get(node.id) or self.value_of(node.id, here.module)
            if found is not None and steps > 0:
                yield from self.items(*found, steps - 1)
        elif isinstance(node, ir.Collection):
            for one in node.items:
                yield from self.items(one.value, here, steps) if isinstance(one, ir.Starred) else ((one, here),)
        elif isinstance(node, ir.Binary) and node.op == "+":
            yield from self.items(node.left, here, steps)
            yield from self.items(node.right, here, steps)

    def words(self, node: ir.Expr, here: Surroundings, steps: int = _MAX_STEPS) -> Mapping[str, ir.Expr] | None:
        """Return what `**words` gives by name, None where that is not known as a whole."""
        if isinstance(node, ir.Name) and steps > 0:
            found = here.given.get(node.id) or self.value_of(node.id, here.module)
            return self.words(*found, steps - 1) if found is not None else None
        if isinstance(node, ir.Call) and dotted(node.func) == "dict" and not node.args:
            named = {one.name: one.value for one in node.keywords if one.name is not None}
            return named if len(named) == len(node.keywords) else None
        if isinstance(node, ir.Mapping):
            pairs = zip(node.keys, node.values, strict=True)
            told = {key.value: value for key, value in pairs if isinstance(key, ir.Text)}
            return told if len(told) == len(node.values) else None
        return None

    def constant(self, name: str, here: Surroundings) -> ir.Expr | None:
        """Return what the module assigns to a name, where it does so once; its offsets are those of its own unit."""
        found = self.value_of(name, here.module)
        return found[0] if found is not None else None

    def value_of(self, name: str, module: Module) -> tuple[ir.Expr, Surroundings] | None:
        """Return the value of a name of a module or class (`Migration.operations`) with where it stands, or None."""
        variable = module.variables.get(name)
        if variable is None or len(variable.units) != 1 or variable.changes:
            return None
        unit = variable.units[0]
        body = self._project.body(unit)
        if not isinstance(body, ir.Assign) or body.value is None:
            return None
        return body.value, Surroundings(module, unit.start)


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of a call by the names of its parameters, in the order of `names`."""

    call: ir.Call
    names: tuple[str, ...]
    here: Surroundings
    reader: Reader

    def node(self, name: str) -> ir.Expr | None:
        """Return the argument, or None."""
        return argument(self.call, self.names.index(name) if name in self.names else None, name)

    def text(self, name: str) -> str:
        """Return the text of an argument, or ""."""
        return self.reader.text(self.node(name), self.here)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        return self.reader.texts(self.node(name), self.here)

    def is_none(self, name: str) -> bool:
        """Return whether an argument is left out, or is `None`."""
        node = self.node(name)
        return node is None or (isinstance(node, ir.Constant) and node.value is None)

    def flag(self, name: str, *, default: bool = False) -> bool | None:
        """Return whether a keyword is set, None where it is not known: also where `**words` may set it."""
        nodes = [keyword(self.call, name)]
        for one in self.call.keywords:
            words = self.reader.words(one.value, self.here) if one.name is None else {}
            if words is None:
                return None
            nodes.append(words.get(name))
        node = next((one for one in nodes if one is not None), None)
        if node is None:
            return default
        return bool(node.value) if isinstance(node, ir.Constant) else None

    @property
    def is_open(self) -> bool:
        """Return whether a starred list among the positional arguments cannot be read."""
        starred = (one for one in self.call.args if isinstance(one, ir.Starred))
        return any(not list(self.reader.items(one.value, self.here)) for one in starred)

    def rest(self, count: int) -> Iterator[tuple[ir.Expr, Surroundings]]:
        """Yield the positional arguments behind the first ones, starred lists unpacked, with where they stand."""
        for one in self.call.args[count:]:
            if isinstance(one, ir.Starred):
                yield from self.reader.items(one.value, self.here)
            else:
                yield one, self.here


def _bound(parameters: Sequence[ir.Parameter], call: ir.Call) -> Iterator[tuple[str, ir.Expr]]:
    """Yield the parameters of a function with what a call gives them: `*rest` a tuple, `**rest` a mapping."""
    names = [one.name for one in parameters if one.kind in {"positional", "normal"}]
    yield from zip(names, call.args, strict=False)
    own = {one.name for one in parameters if one.kind in {"normal", "keyword"}}
    yield from ((one.name, one.value) for one in call.keywords if one.name is not None and one.name in own)
    more = [one for one in call.keywords if one.name not in own]
    for one in parameters:
        if one.kind == "star":
            yield one.name, ir.Collection(call.start, call.end, "tuple", call.args[len(names) :])
        elif one.kind == "starstar":
            keys = tuple(ir.Text(0, 0, word.name) if word.name is not None else None for word in more)
            yield one.name, ir.Mapping(call.start, call.end, keys, tuple(word.value for word in more))
