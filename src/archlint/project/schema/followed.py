"""Which relations the properties and methods of a model follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.schema.model import Relation
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import expressions_in, expressions_of, statements_in

_MAX_DEPTH = 4
"""Members that lead to others, and relations in a path."""
_TEXT_METHODS = ("__str__", "__repr__")


class Followed:
    """Finds the paths of relations that members follow from `self`."""

    def __init__(self, names: Names, relation: Callable[[ClassDefinition, str], Relation | None]) -> None:
        self._names = names
        self._relation = relation
        self._found: dict[tuple[ClassDefinition, str], tuple[str, ...]] = {}

    def of(self, definition: ClassDefinition, member: str) -> tuple[str, ...]:
        """Return the paths that a member follows, sorted; none for a member that is no function."""
        key = (definition, member)
        if key not in self._found:
            self._found[key] = tuple(sorted(self._paths(definition, member, 0)))
        return self._found[key]

    def _paths(self, definition: ClassDefinition, member: str, depth: int) -> frozenset[str]:
        function = self._member(definition, member)
        node = self._names.project.function_node(function) if function is not None else None
        if node is None or not node.parameters or depth > _MAX_DEPTH or _is_static(node):
            return frozenset()
        own = node.parameters[0].name
        found: set[str] = set()
        for chain, is_shown in _chains(node, own):
            found |= self._chain(definition, chain, is_shown, depth)
        return frozenset(found)

    def _member(self, definition: ClassDefinition, member: str) -> FunctionDefinition | None:
        for one in self._names.classes(definition):
            found = one.module.functions.get(f"{one.row.name}.{member}")
            if found is not None:
                return found
        return None

    def _chain(self, definition: ClassDefinition, chain: list[str], is_shown: bool, depth: int) -> frozenset[str]:
        """Return the paths that `self.a.b.c` follows; `is_shown` says that its value is made a text."""
        prefix: list[str] = []
        for name in chain[:_MAX_DEPTH]:
            relation = self._relation(definition, name)
            if relation is None:
                inner = self._paths(definition, name, depth + 1)
                return _below(prefix, inner)
            prefix.append(name)
            if relation.target is None or relation.many:
                return frozenset({".".join(prefix)})
            definition = relation.target
        shown = [self._paths(definition, name, depth + 1) for name in _TEXT_METHODS[:1]] if is_shown else []
        return _below(prefix, frozenset().union(*shown))


def _below(prefix: list[str], inner: frozenset[str]) -> frozenset[str]:
    paths = {".".join([*prefix, path]) for path in inner}
    return frozenset(paths or ({".".join(prefix)} if prefix else ()))


def _is_static(node: ir.Function) -> bool:
    return any(dotted(one) in ("classmethod", "staticmethod") for one in node.decorators)


def _chains(node: ir.Function, own: str) -> Iterator[tuple[list[str], bool]]:
    """Yield the chains of attributes that a function reads from its first parameter, the longest only."""
    for statement in statements_in(node.body):
        for top in _read(statement):
            shown = {id(part) for one in expressions_in(top) for part in _made_text(one)}
            inner = {id(one.value) for one in expressions_in(top) if isinstance(one, ir.Attribute)}
            for one in expressions_in(top):
                if isinstance(one, ir.Attribute) and id(one) not in inner:
                    head, *names = dotted(one).split(".")
                    if head == own:
                        yield names, id(one) in shown


def _made_text(node: ir.Expr) -> tuple[ir.Expr, ...]:
    """Return the expressions that an expression makes texts of."""
    if isinstance(node, ir.Format):
        return node.parts
    if isinstance(node, ir.Call) and dotted(node.func) in ("repr", "str"):
        return node.args
    if isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and node.func.name == "format":
        return node.args
    if isinstance(node, ir.Binary) and node.op == "%":
        return node.right.items if isinstance(node.right, ir.Collection) else (node.right,)
    return ()


def _read(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions of a statement that are read: what an assignment writes to is not."""
    if isinstance(statement, ir.Assign):
        yield from (statement.value,) if statement.value is not None else ()
    elif isinstance(statement, ir.AugmentedAssign):
        yield statement.value
    elif isinstance(statement, ir.With):
        yield from (item.context for item in statement.items)
    elif isinstance(statement, ir.Match):
        yield statement.subject
    elif isinstance(statement, ir.For):
        yield statement.iterable
    elif isinstance(statement, ir.If | ir.While):
        yield statement.test
    elif not isinstance(statement, ir.Function | ir.Class | ir.Try):
        yield from expressions_of(statement)
