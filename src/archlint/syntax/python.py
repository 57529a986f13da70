"""CST units: a slice of a file as a libcst tree, the one walk over it, and what a check may ask at a node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from archlint.ir.builder import identifier, resolved
from archlint.ir.cst_parsing import parse
from archlint.ir.cst_spans import layout
from archlint.source import Role, SourceFile
from archlint.syntax import cst

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.ir.module import ModuleFacts, Unit
    from archlint.knowledge import Knowledge

Options = TypeVar("Options")
Visit = Callable[["cst.CSTNode", "PythonContext"], None]
_PREFIX = "if 1:\n"
_LAYOUT = frozenset(
    {
        "header", "footer", "leading_lines", "lines_after_decorators", "trailing_whitespace", "lpar", "rpar", "comma",
        "semicolon", "equal", "lbracket", "rbracket", "lbrace", "rbrace", "dot", "colon", "indent", "newline", "star",
        "colon_equal", "arrow", "posonly_ind", "first_line",
    }
)  # fmt: skip


class UnitTree(msgspec.Struct, frozen=True):
    """A unit as a tree; `shift` added to an offset in the parsed text gives the offset in the file."""

    unit: Unit
    module: cst.Module
    shift: int
    spans: Mapping[cst.CSTNode, tuple[int, int]]


@dataclass(slots=True)
class PythonContext:
    """What is known at the node that is being visited."""

    source: SourceFile
    facts: ModuleFacts
    knowledge: Knowledge
    options_of: Callable[[str, type[Any]], Any]
    targets: Mapping[str, str]
    ancestors: list[cst.CSTNode] = field(default_factory=list)
    tree: UnitTree | None = None
    _bound: dict[int, frozenset[str]] = field(default_factory=dict)

    @property
    def role(self) -> Role:
        """Return the role of the file."""
        return self.source.role

    @property
    def function(self) -> cst.FunctionDef | cst.Lambda | None:
        """Return the innermost function (a lambda counts) around the node, or None."""
        for node in reversed(self.ancestors):
            if isinstance(node, cst.FunctionDef | cst.Lambda):
                return node
        return None

    @property
    def scope(self) -> str:
        """Return the dotted name, below the module, of what surrounds the node."""
        owner = self._current.unit.owner
        names = [owner] if owner else []
        names += [n.name.value for n in self.ancestors if isinstance(n, cst.FunctionDef | cst.ClassDef)]
        return ".".join(names)

    @property
    def _current(self) -> UnitTree:
        if self.tree is None:
            raise RuntimeError("a context has places only after a unit has begun")
        return self.tree

    def options(self, code: str, shape: type[Options]) -> Options:
        """Return the options of a rule as a value of the given type."""
        chosen: Options = self.options_of(code, shape)
        return chosen

    def begin(self, tree: UnitTree) -> None:
        """Start another unit."""
        self.tree = tree
        self.ancestors.clear()
        self._bound.clear()

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node stands in the file."""
        tree = self._current
        start, end = tree.spans[node]
        return self.source.span(start + tree.shift, end + tree.shift)

    def resolve(self, node: cst.BaseExpression) -> str | None:
        """Return the qualified name of a chain of names through the imports of the file.

        None where the expression is no chain of names, where the chain starts with anything but an import,
        or where a function around it binds the first name itself. A single name that nobody binds is a built-in.
        """
        name = dotted_name(node)
        if name is None:
            return None
        head, dot, _ = name.partition(".")
        if dot and head not in self.targets:
            return None
        for outer in self.ancestors:
            if isinstance(outer, cst.FunctionDef) and head in self._bindings(outer):
                return None
        return resolved(name, self.targets)

    def _bindings(self, function: cst.FunctionDef) -> frozenset[str]:
        known = self._bound.get(id(function))
        if known is None:
            known = self._bound[id(function)] = frozenset(_bound_names(function))
        return known


def dotted_name(node: cst.CSTNode) -> str | None:
    """Return a chain of names as text, each name as Python compares it, or None."""
    parts = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([identifier(node.value), *reversed(parts)])


def parse_unit(source: SourceFile, unit: Unit) -> UnitTree | str:
    """Return a unit as a tree, or the reason why there is none: too deep, too long, or not exactly reproducible."""
    line_start = source.starts[source.line_at(unit.start) - 1]
    lead = source.text[line_start : unit.start]
    prefix = f"{_PREFIX}{lead}" if lead and not lead.strip(" \t\f") else ""
    text = prefix + source.text[unit.start : unit.end]
    try:
        module = parse(text)
        laid_out = layout(module)
    except SyntaxError:
        return "libcst refuses it"
    except ValueError as reason:
        return str(reason)
    except RecursionError:
        return "nested too deeply"
    if laid_out.code != text:
        return "the tree does not reproduce the source"
    return UnitTree(unit, module, unit.start - len(prefix), laid_out.spans)


def walk_unit(tree: UnitTree, context: PythonContext, visits: Mapping[str, list[Visit]]) -> None:
    """Call the visits of each node's type, parents before children; iterative, so depth does no harm."""
    context.begin(tree)
    pending: list[cst.CSTNode | None] = [tree.module]
    children_of = _Children()
    while pending:
        node = pending.pop()
        if node is None:
            context.ancestors.pop()
            continue
        for visit in visits.get(type(node).__name__, ()):
            visit(node, context)
        context.ancestors.append(node)
        pending.append(None)
        pending.extend(reversed(list(children_of(node))))


class _Children:
    """The semantic children of a node: white space, punctuation and comments are left out."""

    @cached_property
    def _fields(self) -> dict[type, tuple[str, ...]]:
        return {}

    def __call__(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        import libcst

        names = self._fields.get(type(node))
        if names is None:
            names = self._fields[type(node)] = tuple(
                name for name in node.__dataclass_fields__ if name not in _LAYOUT and not name.startswith("whitespace")
            )
        for name in names:
            value = getattr(node, name)
            if isinstance(value, libcst.CSTNode):
                yield value
            elif isinstance(value, tuple | list):
                yield from (item for item in value if isinstance(item, libcst.CSTNode))


def _bound_names(function: cst.FunctionDef) -> Iterator[str]:
    """Yield the names that a function binds: parameters, assignments, loops, `with`, `except`; not its imports."""
    binding = (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.CompFor, cst.NamedExpr)
    children_of = _Children()
    pending: list[cst.CSTNode] = [function.params, function.body]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Import | cst.ImportFrom):
            continue
        if isinstance(node, cst.Param):
            yield identifier(node.name.value)
        elif isinstance(node, cst.AsName):
            yield from _plain_names(node.name)
        elif isinstance(node, binding):
            yield from _plain_names(node.target)
        pending.extend(children_of(node))


def _plain_names(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield identifier(target.value)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _plain_names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from _plain_names(target.value)
