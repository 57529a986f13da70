"""SQL text to statements and their trees, the walk over them, and where in the file each node stands.

The only importer of sqlglot beside `syntax.exp` and `syntax.sql_unread`.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from archlint.syntax.sql_statement import ParsedSql, Statement, chunks, is_too_deep, rough_pieces
from archlint.syntax.sql_text import TEMPORARY_NAME, Region, blanked, guess_dialect, loose_holes, mask
from archlint.syntax.sql_unread import without_unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlglot.dialects.dialect import Dialect
    from sqlglot.expressions import Expr
    from sqlglot.parser import Parser
    from sqlglot.tokenizer_core import Token

    from archlint.diagnostic import Diagnostic, Span
    from archlint.source import Role, SourceFile
    from archlint.syntax.origin import EmbeddedSql

CheckType = TypeVar("CheckType")
Options = TypeVar("Options")
OptionsOf: TypeAlias = "Callable[[str, type[Any]], Any]"
MAX_TEXT = 1_000_000
MAX_STATEMENT = 50_000
_FALLBACKS = ("postgres", "mysql", "sqlite", "tsql")
_KEYWORD_FIRST = frozenset({"select", "update", "delete", "insert", "create", "alter", "drop", "merge"})
_ROUTINES = frozenset({"FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE"})


_NO_STATEMENT = Statement(0, 0, None, ())


@dataclass(frozen=True, slots=True, eq=False)
class SqlContext:
    """What is known at a node: the file, the statement around it (set by the walk), and how the text came to be.

    `embedded` is None in .sql files; `scope` is the dotted name of the function or class around embedded SQL.
    """

    source: SourceFile
    parsed: ParsedSql
    options_of: OptionsOf
    embedded: EmbeddedSql | None = None
    scope: str = ""
    statement: Statement = field(default=_NO_STATEMENT)

    @property
    def role(self) -> Role:
        """Return the role of the file."""
        return self.source.role

    @property
    def dialect(self) -> str:
        """Return the dialect of the text, as sqlglot names it."""
        return self.parsed.dialect

    @property
    def is_embedded(self) -> bool:
        """Return whether the SQL stands in a string of Python."""
        return self.embedded is not None

    def options(self, code: str, shape: type[Options]) -> Options:
        """Return the options of a rule as a value of the given type."""
        chosen: Options = self.options_of(code, shape)
        return chosen

    def region(self, node: Expr) -> Region:
        """Return the offsets of a node in the text: from its keyword or first name to its last name or value."""
        found = [item.meta for item in node.walk() if "start" in item.meta]
        if not found or node is self.statement.tree:
            return self.statement.start, self.statement.end
        start = min(meta["start"] for meta in found)
        if node.key in _KEYWORD_FIRST:
            start = _keyword_before(self.statement.tokens, node.key.upper(), start)
        return self.statement.base + start, self.statement.base + max(meta["end"] for meta in found) + 1

    def span(self, node: Expr) -> Span:
        """Return the region of a node in the file."""
        return self._span(self.region(node))

    def statement_span(self) -> Span:
        """Return the region of the whole statement in the file."""
        return self._span((self.statement.start, self.statement.end))

    def head_span(self, node: Expr) -> Span:
        """Return the region of a node in the file as far as its first line goes."""
        span = self.span(node)
        if span.line == span.end_line:
            return span
        line_end = self.source.starts[span.line - 1] + len(self.source.line_text(span.line))
        return self.source.span(span.start, max(line_end, span.start))

    def text_of(self, node: Expr) -> str:
        """Return a node as it is written."""
        start, end = self.region(node)
        return self.parsed.text[start:end]

    def word_span(self, words: Iterable[str], after: Expr) -> Span:
        """Return where the first of some keywords that follows a node stands: what it begins may have no place."""
        base, end = self.statement.base, self.region(after)[1]
        behind = {one.text.upper(): one for one in reversed(self.statement.tokens) if base + one.start >= end}
        token = next((behind[word] for word in words if word in behind), None)
        return self.head_span(after) if token is None else self._span((base + token.start, base + token.end + 1))

    def sink_span(self) -> Span | None:
        """Return where the call stands that the text reaches, or None in .sql files."""
        if self.embedded is None:
            return None
        return self.source.span(self.embedded.sink_start, self.embedded.sink_end)

    def is_temporary(self, table: str) -> bool:
        """Return whether a table is created for a session by the same .sql file or unit, or is called as if it were."""
        around = frozenset() if self.embedded is None else self.embedded.temporary
        return table.lower() in self.parsed.temporary | around or TEMPORARY_NAME.search(table) is not None

    @property
    def created_tables(self) -> frozenset[str]:
        """Return the tables, in lower case, that the same text or the same unit creates."""
        return self.parsed.created if self.embedded is None else self.parsed.created | self.embedded.created

    @property
    def refilled_tables(self) -> frozenset[str]:
        """Return the tables, in lower case, that the same .sql file or the same unit inserts into."""
        return self.parsed.refilled if self.embedded is None else self.embedded.refilled

    @property
    def altered_tables(self) -> frozenset[str]:
        """Return the tables, in lower case, whose columns the same unit changes; a .sql file is a migration then."""
        return frozenset() if self.embedded is None else self.embedded.altered

    @property
    def is_migration(self) -> bool:
        """Return whether the text is a script that alters something: it runs once, on columns that are known then."""
        return self.embedded is None and self.parsed.changes_schema

    def is_masked(self, node: Expr) -> bool:
        """Return whether a hole takes part in a node, so that its name or value is not known."""
        metas = [item.meta for item in node.walk() if "start" in item.meta]
        base = self.statement.base
        return any(self._has_hole(base + meta["start"], base + meta["end"] + 1) for meta in metas)

    def has_hole_after(self, node: Expr) -> bool:
        """Return whether something unknown stands between the end of a node and the end of its statement."""
        last = self.parsed.statements[-1]
        end = len(self.parsed.text) if self.statement is last else self.statement.end
        index = bisect_left(self.parsed.holes, (self.region(node)[1], 0))
        return index < len(self.parsed.holes) and self.parsed.holes[index][1] <= end

    def _has_hole(self, start: int, end: int) -> bool:
        index = bisect_left(self.parsed.holes, (end, 0))
        return index > 0 and self.parsed.holes[index - 1][1] > start

    def _span(self, region: Region) -> Span:
        if self.embedded is None:
            return self.source.span(*region)
        offsets = self.embedded.offsets
        return self.source.span(offsets.start(region[0]), offsets.end(region[1]))


def parse_sql(text: str, dialect: str | None = None, *, path: str = "", holes: Sequence[Region] = ()) -> ParsedSql:
    """Return the statements of a text; never raises on what the text holds.

    Without a dialect the text and the path decide, and a statement that fails is tried in a few others.
    `holes` are regions known to hold something unknown, beside the templates that the text itself shows.
    """
    guessed = dialect if dialect is not None else guess_dialect(text, path)
    if len(text) > MAX_TEXT:
        return ParsedSql(text, guessed, ())
    masked = mask(text)
    known = tuple(sorted({*masked.holes, *holes}))
    others = () if dialect is not None else tuple(name for name in _FALLBACKS if name != guessed)
    with _quiet():
        found = [*_statements(masked.text, 0, (guessed, *others))]
        if known and any(statement.is_failed for statement in found):
            bare = [blanked(masked.text, regions) for regions in (loose_holes(masked.text, known), known)]
            found = [_without_holes(each, bare, guessed) if each.is_failed else each for each in found]
    return ParsedSql(text, guessed, tuple(found), known)


def _without_holes(failed: Statement, bare: Iterable[str], dialect: str) -> Statement:
    """Return a statement as it reads when its holes are left out: a hole may hold a clause, or nothing.

    First only those are left out that stand where nothing is missing, then all.
    """
    for text in bare:
        found = _in_other_dialect(text[failed.start : failed.end], failed, (dialect,))
        if not found.is_failed:
            return found
    return failed


def walk_sql(
    context: SqlContext,
    checks: Mapping[str, Sequence[CheckType]],
    run: Callable[[CheckType, Expr, SqlContext], Iterable[Diagnostic]],
) -> Iterator[Diagnostic]:
    """Yield what the checks of each node's type find; `run` calls one check and keeps its crash to itself.

    Bodies of routines are not visited: when they run, and how often, cannot be told here.
    """
    for statement in context.parsed.statements:
        if statement.tree is None:
            continue
        here = replace(context, statement=statement)
        for node in statement.tree.walk(bfs=False, prune=_is_routine):
            for check in checks.get(type(node).__name__, ()):
                yield from run(check, node, here)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep sqlglot from logging each statement that it does not know."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _statements(text: str, base: int, dialects: tuple[str, ...]) -> Iterator[Statement]:
    for name in dialects:
        tokens = _tokens(_dialect(name), text)
        if tokens is not None:
            yield from _parsed_chunks(text, tokens, base, dialects)
            return
    pieces = list(rough_pieces(text))
    if len(pieces) < 2:  # noqa: PLR2004 - one piece is what has just failed
        yield Statement(base, base + len(text), None, (), base)
        return
    for start, end in pieces:
        yield from _statements(text[start:end], base + start, dialects)


def _parsed_chunks(text: str, tokens: list[Token], base: int, dialects: tuple[str, ...]) -> Iterator[Statement]:
    parser = _parser(dialects[0])
    for chunk in chunks(tokens):
        start, end = chunk[0].start, chunk[-1].end + 1
        first = Statement(base + start, base + end, _tree(parser, chunk, text), tuple(chunk), base)
        retry = first.is_failed and len(dialects) > 1 and end - start <= MAX_STATEMENT
        yield _in_other_dialect(text[start:end], first, dialects[1:]) if retry else first


def _in_other_dialect(text: str, failed: Statement, dialects: tuple[str, ...]) -> Statement:
    for name in dialects:
        tokens = _tokens(_dialect(name), text)
        tree = _tree(_parser(name), tokens, text) if tokens else None
        if tree is not None and tree.key != "command":
            return Statement(failed.start, failed.end, tree, tuple(tokens or ()), failed.start)
    return failed


def _dialect(name: str) -> Dialect:
    from sqlglot.dialects.dialect import Dialect

    return Dialect.get_or_raise(name)


def _parser(name: str) -> Parser:
    from sqlglot.errors import ErrorLevel

    return _dialect(name).parser(error_level=ErrorLevel.RAISE)


def _tokens(dialect: Dialect, text: str) -> list[Token] | None:
    from sqlglot.errors import SqlglotError

    try:
        return dialect.tokenize(text)
    except (SqlglotError, IndexError, ValueError):
        return None


def _tree(parser: Parser, chunk: list[Token], text: str) -> Expr | None:
    if chunk[-1].end - chunk[0].start > MAX_STATEMENT or is_too_deep(chunk):
        return None
    tree = _parsed(parser, chunk, text)
    if tree is not None and tree.key != "command":
        return tree
    rest = without_unread(chunk)
    plain = _parsed(parser, rest, text) if rest is not None else None
    return plain if plain is not None and plain.key != "command" else tree


def _parsed(parser: Parser, chunk: list[Token], text: str) -> Expr | None:
    from sqlglot.errors import SqlglotError

    try:
        trees = parser.parse(chunk, text)
    except (SqlglotError, RecursionError, UnboundLocalError, *_PARSER_BUGS):
        return None
    return trees[0] if len(trees) == 1 else None


_PARSER_BUGS = (IndexError, KeyError, AttributeError, TypeError, ValueError)
"""What sqlglot's parser raises, beside its own errors, on statements that it did not foresee."""


def _is_routine(node: Expr) -> bool:
    return node.key == "create" and str(node.args.get("kind") or "").upper() in _ROUTINES


def _keyword_before(tokens: Sequence[Token], keyword: str, offset: int) -> int:
    index = bisect_left(tokens, offset, key=lambda token: token.start)
    for token in reversed(tokens[:index]):
        if token.text.upper() == keyword:
            return token.start
    return offset
