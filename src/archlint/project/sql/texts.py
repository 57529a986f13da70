"""What text an expression is, as far as the facts of all files tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.ir import nodes as ir
from archlint.project.inference.scopes import Scope
from archlint.project.sql.fields import Field, Form, filled
from archlint.project.sql.reaching import Bindings, Chain, Part
from archlint.project.sql.sinks import function_of
from archlint.project.sql.template import Origin, Template, hole, joined, known
from archlint.project.symbols import Module, Variable
from archlint.project.tree import statements_in
from archlint.project.values import Instance, ProjectClass, ProjectModule
from archlint.syntax.embedded_sql import constants_of
from archlint.syntax.literals import HOLE
from archlint.syntax.string_values import SAME_TEXT, WRAPPERS, last_name, operands

if TYPE_CHECKING:
    from archlint.project.project import Project
    from archlint.project.symbols import ClassDefinition
    from archlint.syntax.string_values import Definition

_MAX_STEPS = 12
_MAX_READS = 2_000
_MAX_TEXTS = 8
_MAX_REMEMBERED = 100
"""Functions whose assignments are kept: questions about one come one after the other."""
_MAX_LENGTH = 100_000
_BUILDING = SAME_TEXT | {"as_string", "bindparams", "columns", "execution_options"}
"""Methods that give the text that they are called on, or a statement of it."""
_NAMED = frozenset({"Identifier", "Literal"})
Texts = tuple[Template, ...]


class Frame(msgspec.Struct, frozen=True):
    """Where an expression is read: what names mean there, the functions around it, and the point in the unit."""

    scope: Scope
    functions: tuple[ir.Function | ir.Lambda, ...] = ()
    at: int = 0

    def origin(self, node: ir.Expr) -> Origin:
        """Return an expression as what a part of a text comes from."""
        return Origin(self.scope.module, self.scope.offset, node)


class Reader:
    """Puts texts together. A name that different ways assign differently gives several texts, at most eight."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._constants: dict[tuple[str, str], dict[str, Definition]] = {}
        self._bindings: dict[int, tuple[ir.Function, Bindings]] = {}  # with the function: it must not lose its id
        self._reads = 0

    def texts(self, node: ir.Expr, frame: Frame) -> Texts:
        """Return the texts that an expression may be; none where no part of it is known."""
        self._reads = 0
        found = self._read(node, frame, _MAX_STEPS)
        return tuple(one for one in found if sum(len(piece.text) for piece in one.pieces) <= _MAX_LENGTH)

    def _read(self, node: ir.Expr, frame: Frame, steps: int) -> Texts:  # noqa: C901, PLR0911 - one answer a kind of node
        self._reads += 1
        if steps <= 0 or self._reads > _MAX_READS:
            return ()
        match node:
            case ir.Text():
                return (known(node.value, frame.origin(node)),)
            case ir.Format():
                return self._format(node, frame, steps)
            case ir.Binary():
                return self._binary(node, frame, steps)
            case ir.Call():
                return self._call(node, frame, steps)
            case ir.Name():
                return self._name(node, frame, steps - 1)
            case ir.Attribute():
                return self._variable(self._found(node, frame), steps - 1)
            case ir.Subscript():
                return self._subscript(node, frame, steps - 1)
            case ir.Conditional():
                return self._either(node, frame, steps - 1)
            case ir.Walrus():
                return self._read(node.value, frame, steps - 1)
            case _:
                return ()

    def _or_hole(self, node: ir.Expr, frame: Frame, steps: int) -> Texts:
        """Return the texts of an expression, or a hole in place of them."""
        if isinstance(node, ir.Constant) and type(node.value) is int:
            return (known(str(node.value), frame.origin(node)),)
        return self._read(node, frame, steps) or (hole(frame.origin(node)),)

    def _either(self, node: ir.Conditional, frame: Frame, steps: int) -> Texts:
        """Return the texts of both branches; where nothing is known of one, the whole is a hole beside the other."""
        branches = [self._read(one, frame, steps) for one in (node.body, node.orelse)]
        if not any(branches):
            return ()
        return tuple(text for texts in branches for text in texts or (hole(frame.origin(node)),))

    def _format(self, node: ir.Format, frame: Frame, steps: int) -> Texts:
        parts: list[Texts] = []
        inner = 0
        for part in node.parts:
            if isinstance(part, ir.Text):
                parts.append((known(part.value, frame.origin(node), inner),))
                inner += len(part.value)
            elif isinstance(part, ir.Masked):
                parts.append((hole(frame.origin(node)),))
                inner += part.length
            else:
                parts.append(self._or_hole(part, frame, steps - 1))
                inner += len(HOLE)
        return _combined(parts)

    def _binary(self, node: ir.Binary, frame: Frame, steps: int) -> Texts:
        if node.op == "%":
            return self._filled(self._read(node.left, frame, steps - 1), Form.of_percent(node), frame, steps)
        if node.op != "+":
            return ()
        terms = operands(node)
        parts = [self._read(term, frame, steps - 1) for term in terms]
        if not any(parts):
            return ()
        origins = (frame.origin(term) for term in terms)
        return _combined([part or (hole(origin),) for part, origin in zip(parts, origins, strict=True)])

    def _call(self, node: ir.Call, frame: Frame, steps: int) -> Texts:
        name = last_name(node.func)
        if isinstance(node.func, ir.Attribute) and name == "format":
            return self._filled(self._read(node.func.value, frame, steps - 1), Form.of_braces(node), frame, steps)
        if isinstance(node.func, ir.Attribute) and name == "join":
            return self._joined(node, frame, steps)
        if isinstance(node.func, ir.Attribute) and name in _BUILDING:
            return self._read(node.func.value, frame, steps - 1)
        if name in WRAPPERS and node.args:
            return self._read(node.args[0], frame, steps - 1)
        if name in _NAMED and len(node.args) == 1 and isinstance(node.args[0], ir.Text):
            return self._read(node.args[0], frame, steps - 1)
        return self._returned(node, frame, steps - 1)

    def _returned(self, node: ir.Call, frame: Frame, steps: int) -> Texts:
        """Return the texts that a function of the project gives; what it is given are holes in them."""
        callee = function_of(self._project, self._project.inference.value(node.func, frame.scope))
        function = self._project.function_node(callee.definition) if callee is not None else None
        if callee is None or function is None or function.decorators or function.is_generator:
            return ()
        owner = callee.definition.owner
        unit = callee.definition.unit
        scope = Scope(callee.definition.module, unit.start, owner)
        self._project.inference.reads_body(callee.definition.module, unit)
        self._project.inference.parameters(function, scope, owner)
        results = [one for one in statements_in(function.body) if isinstance(one, ir.Return) and one.value is not None]
        found: list[Template] = []
        for result in sorted(results, key=lambda one: one.start):
            texts = self._read(result.value, Frame(scope, (function,), result.start), steps) if result.value else ()
            if not texts:
                return ()
            found += texts
        return tuple(found[:_MAX_TEXTS])

    def _subscript(self, node: ir.Subscript, frame: Frame, steps: int) -> Texts:
        """Return the texts that a constant mapping has for a key: where that is not known, those of all keys."""
        definition, scope = self._definition(self._found(node.value, frame))
        if definition is None or scope is None or not isinstance(definition.value, ir.Mapping):
            return ()
        pairs = list(zip(definition.value.keys, definition.value.values, strict=True))
        if isinstance(node.index, ir.Text):
            pairs = [(key, value) for key, value in pairs if isinstance(key, ir.Text) and key.value == node.index.value]
        texts = [self._read(value, Frame(scope), steps) for _, value in pairs]
        return tuple(one for found in texts for one in found) if all(texts) and len(texts) <= _MAX_TEXTS else ()

    def _joined(self, node: ir.Call, frame: Frame, steps: int) -> Texts:
        """Return the texts of `", ".join([…])` of a display without `*`."""
        given = node.args[0] if len(node.args) == 1 and isinstance(node.func, ir.Attribute) else None
        separators = self._read(node.func.value, frame, steps - 1) if isinstance(node.func, ir.Attribute) else ()
        if not isinstance(given, ir.Collection) or any(isinstance(one, ir.Starred) for one in given.items):
            return ()
        parts: list[Texts] = []
        for item in given.items:
            parts += [separators, self._or_hole(item, frame, steps - 1)]
        return _combined(parts[1:]) if separators and parts else ()

    def _filled(self, texts: Texts, form: Form, frame: Frame, steps: int) -> Texts:
        """Return texts with their fields filled by what is known of the values."""

        def value_of(field: Field, index: int) -> Template:
            node = form.value(field, index)
            known_texts = self._or_hole(node, frame, steps - 1) if node is not form.whole else ()
            return known_texts[0] if len(known_texts) == 1 else hole(frame.origin(node))

        return tuple(filled(text, form.fields(text.text), value_of) for text in texts)

    def _name(self, node: ir.Name, frame: Frame, steps: int) -> Texts:
        for depth in range(len(frame.functions), 0, -1):
            function = frame.functions[depth - 1]
            if isinstance(function, ir.Lambda):
                if any(parameter.name == node.id for parameter in function.parameters):
                    return ()
                continue
            at = frame.at if depth == len(frame.functions) else frame.functions[depth].start
            bindings = self._bindings_of(function)
            state = bindings.reaching(node.id, at)
            if state is not None:
                around = replace(frame, functions=frame.functions[:depth])
                later = depth < len(frame.functions) and bindings.is_rebound(node.id, at)
                return () if later or not state.is_known else self._chains(state.chains, around, steps)
        return self._variable(self._found(node, frame), steps)

    def _chains(self, chains: Iterable[Chain], frame: Frame, steps: int) -> Texts:
        found: list[Template] = []
        for chain in chains:
            parts = [self._part(part, frame, steps) for part in chain]
            if parts and not parts[0]:
                return ()  # on one way nothing is known
            found += _combined(
                [part or (hole(frame.origin(one.node)),) for part, one in zip(parts, chain, strict=True)]
            )
        return tuple(found[:_MAX_TEXTS])

    def _part(self, part: Part, frame: Frame, steps: int) -> Texts:
        if part.is_optional:
            return (hole(frame.origin(part.node), may_be_missing=True),)
        return self._read(part.node, replace(frame, at=part.at), steps)

    def _found(self, node: ir.Expr, frame: Frame) -> object:
        """Return the definition of a name of a module, or of an attribute of a module or of a class."""
        if isinstance(node, ir.Name):
            return self._project.symbols.member(frame.scope.module, [node.id])
        if not isinstance(node, ir.Attribute):
            return None
        owner = self._project.inference.value(node.value, frame.scope)
        if isinstance(owner, ProjectModule):
            return self._project.symbols.member(owner.module, [node.name])
        if isinstance(owner, ProjectClass | Instance) and owner.definition is not None:
            return self._of_class(owner.definition, node.name)
        return None

    def _of_class(self, definition: ClassDefinition, name: str) -> object:
        for ancestor in self._project.symbols.ancestors(definition):
            if not isinstance(ancestor, str):
                found = ancestor.module.variables.get(f"{ancestor.row.name}.{name}")
                if found is not None:
                    return found
        return None

    def _variable(self, found: object, steps: int) -> Texts:
        definition, scope = self._definition(found)
        return self._read(definition.value, Frame(scope), steps) if definition is not None and scope is not None else ()

    def _definition(self, found: object) -> tuple[Definition | None, Scope | None]:
        """Return what a constant is assigned, and the scope of that."""
        definition = (
            self._constants_of(found.module, found.owner).get(found.name) if isinstance(found, Variable) else None
        )
        if definition is None or not isinstance(found, Variable):
            return None, None
        return definition, Scope(found.module, definition.base, found.module.classes.get(found.owner))

    def _bindings_of(self, function: ir.Function) -> Bindings:
        if id(function) not in self._bindings:
            if len(self._bindings) >= _MAX_REMEMBERED:
                self._bindings.clear()
            self._bindings[id(function)] = (function, Bindings(function))
        return self._bindings[id(function)][1]

    def _constants_of(self, module: Module, owner: str) -> dict[str, Definition]:
        self._project.memo.read(("module", module))
        key = (module.path, owner)
        if key not in self._constants:
            self._constants[key] = constants_of(module.facts, owner)
        return self._constants[key]


def _combined(parts: Sequence[Texts]) -> Texts:
    """Return the texts that parts give one behind the other, in all combinations, as far as they are few."""
    return tuple(joined(chosen) for chosen in islice(product(*parts), _MAX_TEXTS))
