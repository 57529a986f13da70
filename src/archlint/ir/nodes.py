"""Expressions and statements of the IR.

Every node carries `start` and `end`, code point offsets relative to the start of its unit.
Structs are arrays in JSON with a small integer tag in front, by which those of a union are told apart; they are
decoded with validation.
The shape of a node is part of the fact schema: change `SCHEMA` of the package with it.
"""

from __future__ import annotations

from typing import TypeAlias, Union

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A node with its region."""

    start: int
    end: int


class Name(Node, frozen=True, array_like=True, gc=False, tag=1):
    """`id`."""

    id: str


class Attribute(Node, frozen=True, array_like=True, gc=False, tag=2):
    """`value.name`; the name is the last thing of the region."""

    value: Expr
    name: str


class Keyword(Node, frozen=True, array_like=True, gc=False, tag=60):
    """`name=value` of a call or class, or `**value` where the name is None."""

    name: str | None
    value: Expr


class Call(Node, frozen=True, array_like=True, gc=False, tag=3):
    """`func(args, keywords)`; `*x` among the arguments is a `Starred`."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]


class Subscript(Node, frozen=True, array_like=True, gc=False, tag=4):
    """`value[index]`."""

    value: Expr
    index: Expr


class Slice(Node, frozen=True, array_like=True, gc=False, tag=5):
    """`lower:upper:step`."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class Constant(Node, frozen=True, array_like=True, gc=False, tag=6):
    """A number, True, False or None."""

    value: int | float | bool | None


class Text(Node, frozen=True, array_like=True, gc=False, tag=7):
    """A string (or bytes) literal whose value may be kept."""

    value: str
    is_bytes: bool = False


class Masked(Node, frozen=True, array_like=True, gc=False, tag=8):
    """A string literal whose value is not kept: it may be secret, or it is too long to matter.

    `may_define` is all that is told of it: whether it has words that give columns to tables.
    """

    length: int
    is_bytes: bool = False
    may_define: bool = False


class Format(Node, frozen=True, array_like=True, gc=False, tag=9):
    """An f-string: texts and holes in order."""

    parts: tuple[Expr, ...]


class Binary(Node, frozen=True, array_like=True, gc=False, tag=10):
    """`left op right`, with the operator as it is written."""

    op: str
    left: Expr
    right: Expr


class Boolean(Node, frozen=True, array_like=True, gc=False, tag=11):
    """`a and b and c` or `a or b or c`."""

    op: str
    values: tuple[Expr, ...]


class Unary(Node, frozen=True, array_like=True, gc=False, tag=12):
    """`op operand`."""

    op: str
    operand: Expr


class Compare(Node, frozen=True, array_like=True, gc=False, tag=13):
    """`left op comparator op comparator …`."""

    left: Expr
    ops: tuple[str, ...]
    comparators: tuple[Expr, ...]


class Conditional(Node, frozen=True, array_like=True, gc=False, tag=14):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Collection(Node, frozen=True, array_like=True, gc=False, tag=15):
    """A `list`, `tuple` or `set` display."""

    kind: str
    items: tuple[Expr, ...]


class Mapping(Node, frozen=True, array_like=True, gc=False, tag=16):
    """A dict display; the key of `**value` is None."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]


class Clause(Node, frozen=True, array_like=True, gc=False, tag=61):
    """`for target in iterable if conditions` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool = False


class Comprehension(Node, frozen=True, array_like=True, gc=False, tag=17):
    """A `list`, `set`, `dict` or `generator` comprehension; `value` is the value of a dict's item."""

    kind: str
    element: Expr
    value: Expr | None
    clauses: tuple[Clause, ...]


class Parameter(Node, frozen=True, array_like=True, gc=False, tag=62):
    """One parameter; `kind` is `positional`, `normal`, `star`, `keyword` or `starstar`."""

    name: str
    kind: str
    annotation: Expr | None = None
    default: Expr | None = None


class Lambda(Node, frozen=True, array_like=True, gc=False, tag=18):
    """`lambda parameters: body`."""

    parameters: tuple[Parameter, ...]
    body: Expr


class Await(Node, frozen=True, array_like=True, gc=False, tag=19):
    """`await value`."""

    value: Expr


class Yield(Node, frozen=True, array_like=True, gc=False, tag=20):
    """`yield value` or `yield from value`."""

    value: Expr | None
    is_from: bool = False


class Starred(Node, frozen=True, array_like=True, gc=False, tag=21):
    """`*value`."""

    value: Expr


class Walrus(Node, frozen=True, array_like=True, gc=False, tag=22):
    """`target := value`."""

    target: Expr
    value: Expr


class Opaque(Node, frozen=True, array_like=True, gc=False, tag=23):
    """An expression that says nothing to a rule: `...`, a complex number, an integer beyond 64 bits."""


Expr: TypeAlias = Union[  # noqa: UP007 - evaluated at run time, by msgspec
    Name, Attribute, Call, Subscript, Slice, Constant, Text, Masked, Format, Binary, Boolean, Unary, Compare,
    Conditional, Collection, Mapping, Comprehension, Lambda, Await, Yield, Starred, Walrus, Opaque,
]  # fmt: skip


class Assign(Node, frozen=True, array_like=True, gc=False, tag=40):
    """`target = target = value`, or `target: annotation = value`."""

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None


class AugmentedAssign(Node, frozen=True, array_like=True, gc=False, tag=41):
    """`target op= value`."""

    target: Expr
    op: str
    value: Expr


class Evaluate(Node, frozen=True, array_like=True, gc=False, tag=42):
    """An expression as a statement."""

    value: Expr


class Return(Node, frozen=True, array_like=True, gc=False, tag=43):
    """`return value`."""

    value: Expr | None = None


class Raise(Node, frozen=True, array_like=True, gc=False, tag=44):
    """`raise error from cause`."""

    error: Expr | None = None
    cause: Expr | None = None


class If(Node, frozen=True, array_like=True, gc=False, tag=45):
    """`if test: body else: orelse`; an `elif` is an `If` alone in `orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class For(Node, frozen=True, array_like=True, gc=False, tag=46):
    """`for target in iterable: body else: orelse`."""

    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool = False


class While(Node, frozen=True, array_like=True, gc=False, tag=47):
    """`while test: body else: orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]


class WithItem(Node, frozen=True, array_like=True, gc=False, tag=63):
    """`context as target`."""

    context: Expr
    target: Expr | None = None


class With(Node, frozen=True, array_like=True, gc=False, tag=48):
    """`with items: body`."""

    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    is_async: bool = False


class Handler(Node, frozen=True, array_like=True, gc=False, tag=64):
    """`except types as name: body`; a bare `except` has no types."""

    types: Expr | None
    name: str | None
    body: tuple[Stmt, ...]


class Try(Node, frozen=True, array_like=True, gc=False, tag=49):
    """`try` with its handlers; `is_group` marks `except*`."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    is_group: bool = False


class Case(Node, frozen=True, array_like=True, gc=False, tag=65):
    """`case pattern if guard: body`; of a pattern the names it binds and the expressions it mentions are kept."""

    binds: tuple[str, ...]
    mentions: tuple[Expr, ...]
    guard: Expr | None
    body: tuple[Stmt, ...]


class Match(Node, frozen=True, array_like=True, gc=False, tag=50):
    """`match subject: cases`."""

    subject: Expr
    cases: tuple[Case, ...]


class Function(Node, frozen=True, array_like=True, gc=False, tag=51):
    """`def name(parameters) -> returns: body`; the docstring is left out of the body."""

    name: str
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    body: tuple[Stmt, ...]
    is_async: bool = False
    is_generator: bool = False


class Class(Node, frozen=True, array_like=True, gc=False, tag=52):
    """`class name(bases, keywords): body`; an outermost class keeps its body in units of its own."""

    name: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]


class Alias(Node, frozen=True, array_like=True, gc=False, tag=66):
    """`name as bound` of an import; `bound` is the name in this scope, and `is_renamed` says that `as` gives it."""

    name: str
    bound: str
    is_renamed: bool = False


class Import(Node, frozen=True, array_like=True, gc=False, tag=53):
    """`import names`, or `from module import names` where `module` is not None; `level` counts the dots."""

    names: tuple[Alias, ...]
    module: str | None = None
    level: int = 0


class Delete(Node, frozen=True, array_like=True, gc=False, tag=54):
    """`del targets`."""

    targets: tuple[Expr, ...]


class Scope(Node, frozen=True, array_like=True, gc=False, tag=55):
    """`global names` or `nonlocal names`."""

    kind: str
    names: tuple[str, ...]


class Assert(Node, frozen=True, array_like=True, gc=False, tag=56):
    """`assert test, message`."""

    test: Expr
    message: Expr | None = None


class Jump(Node, frozen=True, array_like=True, gc=False, tag=57):
    """`break`, `continue` or `pass`."""

    kind: str


class TypeStatement(Node, frozen=True, array_like=True, gc=False, tag=58):
    """`type name = value`."""

    name: str
    value: Expr


Stmt: TypeAlias = Union[  # noqa: UP007 - evaluated at run time, by msgspec
    Assign, AugmentedAssign, Evaluate, Return, Raise, If, For, While, With, Try, Match, Function, Class, Import,
    Delete, Scope, Assert, Jump, TypeStatement,
]  # fmt: skip
