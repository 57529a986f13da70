"""What statements of SQL ask of tables: those that Python sends, and those in .sql files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from archlint.diagnostic import Span
from archlint.ir.migration import Asking
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.sql.sql import statements_of
from archlint.project.sql.statement import Statement
from archlint.source import Role, SourceFile


class Asked(msgspec.Struct, frozen=True):
    """A statement with its file. `where` is what a message calls its place, `scope` the function around it."""

    asking: Asking
    path: str
    where: str
    scope: str = ""
    statement: Statement | None = None
    """That of Python; None in a .sql file."""

    @property
    def start(self) -> int:
        """Return the offset in the text."""
        return self.asking.start

    def span(self, source_of: Callable[[str], SourceFile]) -> Span:
        """Return where it stands, as far as its first line goes."""
        span = self.positions(self.asking.start, self.asking.end, source_of)
        source = source_of(span.path)
        end = source.starts[span.line - 1] + len(source.line_text(span.line))
        return source.span(span.start, max(min(span.end, end), span.start))

    def positions(self, start: int, end: int, source_of: Callable[[str], SourceFile]) -> Span:
        """Return where a region of the text stands in its file."""
        if self.statement is not None:
            return self.statement.positions(start, end, source_of)
        return source_of(self.path).span(start, end)


def asked(project: Project, ctx: ProjectContext) -> Iterator[Asked]:
    """Yield the statements of the linted files that ask tables for rows; migrations ask once."""
    for place in project.units(ctx.roles):
        for _, statement in statements_of(project, place) if place.module.role is not Role.MIGRATION else ():
            if statement.asking.tables and statement.is_whole:
                yield Asked(statement.asking, place.module.path, f"`{place.scope}`", place.scope, statement)
    for script in project.scripts:
        role = project.role_of(script.path)
        if role in ctx.roles and role is not Role.MIGRATION:
            name = script.path.rpartition("/")[2]
            yield from (Asked(one, script.path, f"`{name}`") for one in script.askings)
