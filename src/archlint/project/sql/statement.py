"""What is known of one SQL statement in Python: a plain value, without a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from archlint.ir.migration import Asking
from archlint.syntax.sql_holes import Position
from archlint.syntax.sql_shape import Shape, Verb
from archlint.syntax.sql_tables import Column, Table

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.project.sql.template import Origin, SourceOf, Template

__all__ = ["Column", "Hole", "Position", "Statement", "Table", "Verb"]

_WRITING = frozenset({Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.MERGE})


class Hole(msgspec.Struct, frozen=True):
    """A region of the text that is not known; `origin` is the expression that fills it.

    It is None where the text itself shows a template that nothing is known to fill.
    """

    start: int
    end: int
    position: Position
    origin: Origin | None


class Statement(msgspec.Struct, frozen=True):
    """A statement as far as its text is known. Offsets count in `template.text`.

    `reads` and `writes` are the tables as written, without those named at run time; DDL writes what it changes.
    `filtered` are the columns in conditions, `joined` those in the conditions of joins, `ordered` those sorted by.
    `is_bounded` says that the text limits the rows that it gives or changes: an equality does not.
    `fixed` are the columns that all rows have a given value in, `given` those of them that a parameter gives,
    `is_plain` says that the rows are those of tables, as they are. `asking` is what of it asks for rows of tables.
    """

    verb: Verb
    reads: tuple[Table, ...]
    writes: tuple[Table, ...]
    filtered: tuple[Column, ...]
    joined: tuple[Column, ...]
    ordered: tuple[Column, ...]
    has_where: bool
    is_bounded: bool
    is_parsed: bool
    dialect: str
    holes: tuple[Hole, ...]
    start: int
    end: int
    template: Template
    fixed: tuple[Column, ...] = ()
    is_plain: bool = False
    asking: Asking = msgspec.field(default_factory=lambda: Asking(0, 0))
    given: tuple[Column, ...] = ()

    @classmethod
    def of(cls, shape: Shape, template: Template, dialect: str) -> Statement:
        """Return a statement of a text."""
        origins = {(start, end): origin for start, end, origin in template.holes}
        return cls(
            shape.verb,
            shape.reads,
            shape.writes,
            shape.filtered,
            shape.joined,
            shape.ordered,
            shape.has_where,
            shape.is_bounded,
            shape.is_parsed,
            dialect,
            tuple(Hole(*region, position, origins.get(region)) for region, position in shape.holes),
            shape.start,
            shape.end,
            template,
            shape.fixed,
            shape.is_plain,
            shape.asking,
            shape.given,
        )

    @property
    def text(self) -> str:
        """Return the text, with something of no meaning in place of its holes."""
        return self.template.text[self.start : self.end]

    @property
    def is_whole(self) -> bool:
        """Return whether all clauses are known: no hole may add a condition, a limit or a table."""
        return self.is_parsed and all(hole.position is not Position.CLAUSE for hole in self.holes)

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """Return the names of the columns that all rows have a given value in."""
        return tuple(one.name for one in self.fixed)

    @property
    def is_write(self) -> bool:
        """Return whether rows change, be it in a CTE."""
        return self.verb in _WRITING or (self.verb is Verb.SELECT and bool(self.writes))

    @property
    def table(self) -> str:
        """Return the name of the table that the statement is about: the first it writes, else reads; or ""."""
        tables = self.writes if self.is_write or self.verb is Verb.DDL else self.reads
        return tables[0].name if tables else ""

    def span(self, source_of: SourceOf) -> Span:
        """Return where the statement stands in its file, as far as its first literal goes."""
        return self.positions(self.start, self.end, source_of)

    def positions(self, start: int, end: int, source_of: SourceOf) -> Span:
        """Return where a region of the text stands in its file."""
        return self.template.span(start, end, source_of)
