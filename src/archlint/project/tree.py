"""Questions to the nodes of the IR that need no inference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from archlint.ir import nodes as ir

_MAX_STATEMENTS = 20_000
_WITH_BLOCKS = frozenset({ir.For, ir.If, ir.Match, ir.Try, ir.While, ir.With})
_NO_NAMES: frozenset[str] = frozenset()
_BINDING = frozenset({ir.Assign, ir.AugmentedAssign, ir.For, ir.With})
_OF_NO_NODES = frozenset({"str", "str | None", "int", "bool", "int | float | bool | None", "tuple[str, ...]"})
_FIELDS: Mapping[type[ir.Node], tuple[str, ...]] = {
    kind: tuple(name for name, shape in kind.__annotations__.items() if shape not in _OF_NO_NODES)
    for kind in ir.Node.__subclasses__()
}
"""The fields of each kind of node in which nodes may be."""


def children(node: ir.Node) -> Iterable[ir.Expr]:
    """Return the expressions directly below an expression, in the order of the source."""
    return _CHILDREN.get(type(node), _parts)(node)


def _of_call(node: ir.Call) -> tuple[ir.Expr, ...]:
    return (
        (node.func, *node.args, *[word.value for word in node.keywords]) if node.keywords else (node.func, *node.args)
    )


def _parts(node: ir.Node) -> Iterator[ir.Expr]:
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, ir.Node):
            yield value  # type: ignore[misc]
        elif value is not None:
            for item in value:
                if isinstance(item, ir.Keyword):
                    yield item.value
                elif isinstance(item, ir.Node):
                    yield item  # type: ignore[misc]


# All walks ask this of each expression, and a `match` would take four times as long.
_CHILDREN: Mapping[type[ir.Node], Callable[[Any], Iterable[ir.Expr]]] = {
    ir.Name: lambda _: (),
    ir.Text: lambda _: (),
    ir.Constant: lambda _: (),
    ir.Attribute: lambda node: (node.value,),
    ir.Await: lambda node: (node.value,),
    ir.Starred: lambda node: (node.value,),
    ir.Call: _of_call,
    ir.Subscript: lambda node: (node.value, node.index),
    ir.Compare: lambda node: (node.left, *node.comparators),
    ir.Collection: lambda node: node.items,
    ir.Format: lambda node: node.parts,
    ir.Boolean: lambda node: node.values,
    ir.Binary: lambda node: (node.left, node.right),
}


def names_in(node: ir.Node) -> frozenset[str]:
    """Return all plain names that an expression reads."""
    found: set[str] = set()
    pending: list[ir.Node] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, ir.Name):
            found.add(current.id)
        pending.extend(children(current))
    return frozenset(found)


def uncalled(node: ir.Expr) -> ir.Expr:
    """Return what a call calls, and anything else as it is: `@task` and `@task(retries=3)` name the same."""
    return node.func if isinstance(node, ir.Call) else node


def called_name(node: ir.Call) -> str:
    """Return the last name of a callee as it is written, "" where it has none."""
    func = node.func
    return func.name if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""


def call_in(node: ir.Node, start: int, end: int) -> ir.Call | None:
    """Return the call that a region of a node is, or None."""
    calls = (one for one, _ in nodes_in(node) if isinstance(one, ir.Call))
    return next((one for one in calls if (one.start, one.end) == (start, end)), None)


def keyword(call: ir.Call, name: str) -> ir.Expr | None:
    """Return the value of a keyword of a call, or None."""
    return next((one.value for one in call.keywords if one.name == name), None)


def argument(call: ir.Call, position: int | None, *names: str) -> ir.Expr | None:
    """Return the argument of a call by one of its names or by its index, or None; what follows a star has no index."""
    found = next((one.value for one in call.keywords if one.name in names), None)
    if found is not None or position is None or position >= len(call.args):
        return found
    is_starred = any(isinstance(one, ir.Starred) for one in call.args[: position + 1])
    return None if is_starred else call.args[position]


def expressions_of(node: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions directly below a simple statement."""
    for name in _FIELDS[type(node)]:
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, ir.Node) and not isinstance(item, ir.Alias):
                yield item  # type: ignore[misc]


def target_names(target: ir.Expr) -> frozenset[str]:
    """Return the plain names that an assignment target binds."""
    if isinstance(target, ir.Name):
        return frozenset({target.id})
    if isinstance(target, ir.Collection):
        return frozenset().union(*[target_names(item) for item in target.items])
    return target_names(target.value) if isinstance(target, ir.Starred) else _NO_NAMES


def functions_in(body: tuple[ir.Stmt, ...]) -> list[ir.Function]:
    """Return the functions that a body defines, in the order of the source; those nested in them are left out."""
    found = [node for node in _nested(body) if isinstance(node, ir.Function)]
    return sorted(found, key=lambda node: node.start)


def function_from(statement: ir.Stmt, start: int) -> ir.Function | None:
    """Return the function that starts at an offset of a unit, in whatever block or class of it, or None."""
    pending = [statement]
    while pending:
        node = pending.pop()
        if node.start <= start < node.end:
            if isinstance(node, ir.Function):
                return node if node.start == start else None
            pending.extend(inner for block in blocks(node) for inner in block)
    return None


def statements_in(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body and of the blocks in it, not those of functions and classes in it."""
    return _nested(body)


def assigned(body: tuple[ir.Stmt, ...]) -> frozenset[str]:
    """Return the names that a body binds, those of its nested functions left out."""
    found: set[str] = set()
    for node in _nested(body):
        if type(node) in _BINDING:
            found |= _assigned_by(node)
    return frozenset(found)


def binding(statement: ir.Stmt, name: str) -> list[ir.Stmt]:
    """Return the statements in a statement, itself included, that give a name a value, in the order of the source."""
    found = [node for node in _nested((statement,)) if type(node) in _BINDING and name in _assigned_by(node)]
    return sorted(found, key=lambda node: node.start)


def first_bindings(body: tuple[ir.Stmt, ...]) -> dict[str, int]:
    """Return where a body first gives each name a value, those of its nested functions left out."""
    found: dict[str, int] = {}
    for node in _nested(body):
        for name in _assigned_by(node):
            found[name] = min(node.start, found.get(name, node.start))
    return found


def _assigned_by(node: ir.Stmt) -> frozenset[str]:
    if isinstance(node, ir.Assign):
        if len(node.targets) == 1:
            return target_names(node.targets[0])
        return frozenset().union(*[target_names(target) for target in node.targets])
    if isinstance(node, ir.AugmentedAssign | ir.For):
        return target_names(node.target)
    if isinstance(node, ir.With):
        return frozenset().union(*[target_names(item.target) for item in node.items if item.target is not None])
    return frozenset()


def assigned_attributes(statement: ir.Stmt) -> frozenset[str]:
    """Return the names of the attributes that a statement or what is in it assigns: `a.get = …` gives `get`."""
    bodies = _nested(getattr(statement, "body", None) or (statement,))
    assigns = [node for node in bodies if isinstance(node, ir.Assign)]
    return frozenset(one.name for node in assigns for one in node.targets if isinstance(one, ir.Attribute))


def attributes_of_receiver(function: ir.Function) -> dict[str, ir.Expr]:
    """Return what a method assigns to attributes of its receiver, outside of blocks: the last of each name."""
    own = function.parameters[0].name if function.parameters else ""
    return {
        target.name: one.value
        for one in function.body
        if isinstance(one, ir.Assign) and one.value is not None
        for target in one.targets
        if isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name) and target.value.id == own
    }


def breaks(body: tuple[ir.Stmt, ...]) -> bool:
    """Return whether a body may leave the loop around it."""
    nested = _nested(body)
    return any((isinstance(node, ir.Jump) and node.kind == "break") or isinstance(node, ir.Return) for node in nested)


def tests_around(body: tuple[ir.Stmt, ...], node: ir.Node) -> Iterator[ir.Expr]:
    """Yield the tests of the `if` statements of a body that must hold for a node to be reached."""
    for statement in _nested(body):
        if isinstance(statement, ir.If) and any(one.start <= node.start < one.end for one in statement.body):
            yield statement.test


def leaves_after(body: tuple[ir.Stmt, ...], node: ir.Node, *, is_inner: bool = False) -> bool:
    """Return whether the loop with this body is left once a node in it was reached: by `break` or `return`.

    `is_inner` says that the body is that of a loop inside: a `break` leaves only that one.
    """
    around = next((one for one in body if one.start <= node.start < one.end), None)
    if around is None or isinstance(around, ir.Function | ir.Class):
        return False
    last = body[-1]
    if isinstance(last, ir.Return) or (isinstance(last, ir.Jump) and last.kind == "break" and not is_inner):
        return True
    is_inner = is_inner or isinstance(around, ir.For | ir.While)
    return any(leaves_after(block, node, is_inner=is_inner) for block in blocks(around))


def blocks(node: ir.Stmt) -> tuple[tuple[ir.Stmt, ...], ...]:
    """Return the blocks of a compound statement: its body first, empty where it has none, then all others."""
    return _BLOCKS.get(type(node), _no_block)(node)


_Blocks = tuple[tuple[ir.Stmt, ...], ...]


def _no_block(_: ir.Stmt) -> _Blocks:
    return ((),)


def _of_loop(node: ir.For | ir.If | ir.While) -> _Blocks:
    return node.body, node.orelse


def _of_body(node: ir.Class | ir.Function | ir.With) -> _Blocks:
    return (node.body,)


_BLOCKS: Mapping[type[ir.Node], Callable[[Any], _Blocks]] = {
    ir.Class: _of_body,
    ir.For: _of_loop,
    ir.Function: _of_body,
    ir.If: _of_loop,
    ir.Match: lambda node: ((), *[case.body for case in node.cases]),
    ir.Try: lambda node: (node.body, node.orelse, node.final, *[handler.body for handler in node.handlers]),
    ir.While: _of_loop,
    ir.With: _of_body,
}


def expressions_in(node: ir.Expr) -> Iterator[ir.Expr]:
    """Yield an expression and all that are in it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(children(current))


def nodes_in(node: ir.Node) -> Iterator[tuple[ir.Node, ir.Node]]:
    """Yield all that is in a node, statements of nested functions included, each with what it stands in."""
    pending = [node]
    while pending:
        current = pending.pop()
        for name in _FIELDS[type(current)]:
            value = getattr(current, name)
            for one in value if isinstance(value, tuple) else (value,):
                if one is not None:
                    yield one, current
                    pending.append(one)


def same_text(node: object) -> str:
    """Return a text that is the same for all nodes that say the same, wherever they stand."""
    if isinstance(node, ir.Node):
        parts = [same_text(getattr(node, name)) for name in node.__struct_fields__ if name not in ("start", "end")]
        return f"{type(node).__name__}({' '.join(parts)})"
    return f"[{' '.join(same_text(one) for one in node)}]" if isinstance(node, tuple) else repr(node)


def is_pass(node: ir.Stmt) -> bool:
    """Return whether a statement does nothing."""
    return isinstance(node, ir.Jump) and node.kind == "pass"


def _nested(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body and of the blocks in it, not those of functions and classes in it."""
    pending = list(body)
    seen = 0
    while pending and seen < _MAX_STATEMENTS:
        seen += 1
        node = pending.pop()
        yield node
        if type(node) in _WITH_BLOCKS:
            for block in _BLOCKS[type(node)](node):
                pending += block


def nested_class(body: ir.Stmt, path: list[str]) -> ir.Class | None:
    """Return the class that a path of names leads to, from a class and through those in it, or None."""
    if not isinstance(body, ir.Class) or body.name != path[0]:
        return None
    if len(path) == 1:
        return body
    return next((one for part in body.body if (one := nested_class(part, path[1:])) is not None), None)
