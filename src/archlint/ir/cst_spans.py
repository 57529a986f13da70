"""Where the nodes of a libcst tree stand: one code generation that keeps tokens and counts nothing.

libcst's `PositionProvider` counts lines and columns token by token, in Python, and needs a copy of the tree or a
wrapper. Here a node notes how many tokens stand before and behind it; offsets are summed up once, at the end.
`_codegen` is private to libcst: a test compares the result with `PositionProvider`, and the dependency is bound to
one major version.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    import libcst as cst


class _TokenState:
    """What libcst's nodes write themselves to: the interface of its `CodegenState`.

    It is not a subclass, so that the three methods that every token and every node calls can be built-in ones.
    """

    __slots__ = (
        "_open",
        "add_token",
        "after_codegen",
        "before_codegen",
        "default_indent",
        "default_newline",
        "indent_tokens",
        "regions",
        "tokens",
    )

    def __init__(self, module: cst.Module) -> None:
        self.default_indent = module.default_indent
        self.default_newline = module.default_newline
        self.indent_tokens: list[str] = []
        self.tokens: list[str] = []
        self.regions: dict[Any, tuple[int, int]] = {}
        self.add_token = self.tokens.append
        self.before_codegen = self.after_codegen = id
        self._open: list[tuple[Any, int, Any, Any]] = []

    def increase_indent(self, value: str) -> None:
        self.indent_tokens.append(value)

    def decrease_indent(self) -> None:
        self.indent_tokens.pop()

    def add_indent_tokens(self) -> None:
        self.tokens.extend(self.indent_tokens)

    def pop_trailing_newline(self) -> None:
        if self.tokens:
            self.tokens.pop()

    def record_syntactic_position(self, node: Any, *, start_node: Any = None, end_node: Any = None) -> _TokenState:
        self._open.append((node, len(self.tokens), start_node, end_node))
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        node, start, start_node, end_node = self._open.pop()
        end = len(self.tokens)
        if start_node is not None:
            start = self.regions.get(start_node, (start, end))[0]
        if end_node is not None:
            # A closing parenthesis has no region of its own, and is the last thing that was written.
            end = self.regions.get(end_node, (start, end))[1]
        self.regions[node] = (start, end)


class Layout(msgspec.Struct, frozen=True):
    """The tokens of a tree, the code point offset at which each starts, and the spans of the syntactic nodes."""

    tokens: list[str]
    offsets: list[int]
    spans: Mapping[cst.CSTNode, tuple[int, int]]

    @property
    def code(self) -> str:
        """The text that the tree stands for."""
        return "".join(self.tokens)

    def opening(self, offset: int, token: str) -> int:
        """Return where the nearest such token before an offset starts; a comment never is one."""
        index = bisect_left(self.offsets, offset) - 1
        while self.tokens[index] != token:
            index -= 1
        return self.offsets[index]

    def closing(self, offset: int, tokens: tuple[str, ...]) -> int:
        """Return where the nearest token of these at or behind an offset starts."""
        index = bisect_left(self.offsets, offset)
        while self.tokens[index] not in tokens:
            index += 1
        return self.offsets[index]


def layout(module: cst.Module, start: int = 0) -> Layout:
    """Return the tokens and spans of a tree whose text begins at the offset `start`.

    Raises `RecursionError` where it is nested too deeply to walk.
    """
    state = _TokenState(module)
    module._codegen(cast("Any", state))  # noqa: SLF001 - there is no public way to see tokens go by
    offsets = list(accumulate(map(len, state.tokens), initial=start))
    # The last newline may have been taken back behind a node that counted it.
    last = len(offsets) - 1
    spans = {node: (offsets[min(start, last)], offsets[min(end, last)]) for node, (start, end) in state.regions.items()}
    return Layout(state.tokens, offsets, spans)


def spans(module: cst.Module) -> Mapping[cst.CSTNode, tuple[int, int]]:
    """Return the first and the last offset, in code points, of every node that has a syntactic position.

    Those are all expressions, statements, arguments, parameters and decorators, as libcst's `PositionProvider` sees
    them: without the parentheses around an expression. Punctuation, whitespace and parts of f-strings have none.
    Raises `RecursionError` where the tree is nested too deeply to walk.
    """
    return layout(module).spans
