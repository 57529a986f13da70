"""Questions to the nodes of the IR that need no inference."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir import nodes as ir

_MAX_STATEMENTS = 20_000


def children(node: ir.Node) -> Iterator[ir.Expr]:
    """Yield the expressions directly below an expression, in the order of the source."""
    for name in node.__struct_fields__[2:]:
        value = getattr(node, name)
        if isinstance(value, ir.Node):
            yield value.value if isinstance(value, ir.Keyword) else value  # type: ignore[misc]
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, ir.Keyword):
                    yield item.value
                elif isinstance(item, ir.Node):
                    yield item  # type: ignore[misc]


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


def expressions_of(node: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions directly below a simple statement."""
    for name in node.__struct_fields__[2:]:
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
    return target_names(target.value) if isinstance(target, ir.Starred) else frozenset()


def functions_in(body: tuple[ir.Stmt, ...]) -> list[ir.Function]:
    """Return the functions that a body defines, in the order of the source; those nested in them are left out."""
    found = [node for node in _nested(body) if isinstance(node, ir.Function)]
    return sorted(found, key=lambda node: node.start)


def assigned(body: tuple[ir.Stmt, ...]) -> frozenset[str]:
    """Return the names that a body binds, those of its nested functions left out."""
    found: set[str] = set()
    for node in _nested(body):
        if isinstance(node, ir.Assign):
            found.update(*[target_names(target) for target in node.targets])
        elif isinstance(node, ir.AugmentedAssign | ir.For):
            found |= target_names(node.target)
        elif isinstance(node, ir.With):
            found.update(*[target_names(item.target) for item in node.items if item.target is not None])
    return frozenset(found)


def assigned_attributes(statement: ir.Stmt) -> frozenset[str]:
    """Return the names of the attributes that a statement or what is in it assigns: `a.get = …` gives `get`."""
    bodies = _nested(getattr(statement, "body", None) or (statement,))
    assigns = [node for node in bodies if isinstance(node, ir.Assign)]
    return frozenset(one.name for node in assigns for one in node.targets if isinstance(one, ir.Attribute))


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
    return any(leaves_after(block, node, is_inner=is_inner) for block in _blocks(around))


def _blocks(node: ir.Stmt) -> Iterator[tuple[ir.Stmt, ...]]:
    for name in ("body", "orelse", "final"):
        yield getattr(node, name, ())
    for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield inner.body


def expressions_in(node: ir.Expr) -> Iterator[ir.Expr]:
    """Yield an expression and all that are in it."""
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(children(current))


def is_pass(node: ir.Stmt) -> bool:
    """Return whether a statement does nothing."""
    return isinstance(node, ir.Jump) and node.kind == "pass"


def statements_in(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body and of the blocks in it; those of functions and classes in it are left out."""
    yield from _nested(body)


def _nested(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body and of the blocks in it, not those of functions and classes in it."""
    pending = list(body)
    seen = 0
    while pending and seen < _MAX_STATEMENTS:
        seen += 1
        node = pending.pop()
        yield node
        if isinstance(node, ir.Function | ir.Class):
            continue
        for block in _blocks(node):
            pending.extend(block)
