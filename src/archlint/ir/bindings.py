"""Which names a statement of a module or of a class body binds."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.ir.module import Binds
from archlint.ir.nodes import (
    Assign,
    AugmentedAssign,
    Class,
    Collection,
    Delete,
    Expr,
    For,
    Function,
    If,
    Match,
    Name,
    Starred,
    Stmt,
    Try,
    TypeStatement,
    While,
    With,
)

Binding = tuple[str, str, Binds]
"""A name, the class around it, and what is done to it."""


def bound_names(statement: Stmt, owner: str) -> Iterator[Binding]:
    """Yield what a statement binds in the class `owner` ("" in a module) and in classes inside it.

    Imports, functions and classes are left out: they have rows of their own.
    """
    if isinstance(statement, Assign):
        for target in statement.targets:
            yield from _names(target, owner, Binds.ASSIGN)
    elif isinstance(statement, AugmentedAssign):
        yield from _names(statement.target, owner, Binds.CHANGE)
    elif isinstance(statement, Delete):
        for target in statement.targets:
            yield from _names(target, owner, Binds.DELETE)
    elif isinstance(statement, TypeStatement):
        yield statement.name, owner, Binds.TYPE
    elif not isinstance(statement, Function):
        yield from _compound(statement, owner)


def _compound(statement: Stmt, owner: str) -> Iterator[Binding]:
    """Yield what a statement with a body binds; what it deletes under a condition may be there still."""
    if isinstance(statement, For):
        yield from _names(statement.target, owner, Binds.ASSIGN)
    elif isinstance(statement, With):
        for item in statement.items:
            yield from _names(item.target, owner, Binds.ASSIGN) if item.target is not None else ()
    elif isinstance(statement, Match):
        for case in statement.cases:
            yield from ((name, owner, Binds.ASSIGN) for name in case.binds)
    elif isinstance(statement, Class):
        owner = f"{owner}.{statement.name}".lstrip(".")
    for block in _blocks(statement):
        for inner in block:
            yield from (one for one in bound_names(inner, owner) if one[2] is not Binds.DELETE)


def _blocks(statement: Stmt) -> Iterator[tuple[Stmt, ...]]:
    if isinstance(statement, If | For | While):
        yield from (statement.body, statement.orelse)
    elif isinstance(statement, With | Class):
        yield statement.body
    elif isinstance(statement, Try):
        yield from (statement.body, *(one.body for one in statement.handlers), statement.orelse, statement.final)
    elif isinstance(statement, Match):
        yield from (case.body for case in statement.cases)


def _names(target: Expr, owner: str, binds: Binds) -> Iterator[Binding]:
    if isinstance(target, Name):
        yield target.id, owner, binds
    elif isinstance(target, Starred):
        yield from _names(target.value, owner, binds)
    elif isinstance(target, Collection):
        for item in target.items:
            yield from _names(item, owner, binds)
