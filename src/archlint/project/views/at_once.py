"""What a query in SQL asks that a loop repeats, and the one query that would ask it for all turns at once."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.project.effects.effect import Reached, Step
from archlint.project.flow import CallSite, call_sites
from archlint.project.project import Project, UnitPlace
from archlint.project.sql import Statement, Verb
from archlint.project.symbols import FunctionDefinition


class RepeatedSql(msgspec.Struct, frozen=True):
    """A query in SQL: its table, the columns that it is given a value of, and the way to ask for many of them.

    `way` is "" where a list of values would ask for something else: for the first row of each, or for a sum.
    """

    table: str
    columns: tuple[str, ...]
    way: str

    @property
    def asks(self) -> str:
        """Return what it does, as a predicate."""
        by = " and ".join(f"`{one}`" for one in self.columns)
        return f"queries `{self.table}` by {by}"


def repeated_sql(project: Project, site: CallSite) -> RepeatedSql | None:
    """Return what is known of the one query in SQL that a call sends, None where it sends no such or several."""
    found = project.sql.statements(site)
    one = found[0] if len(found) == 1 else None
    if one is None or one.verb is not Verb.SELECT or one.is_write or not one.is_whole:
        return None
    if not one.table or not one.given:
        return None
    return RepeatedSql(one.table, tuple(column.name for column in one.given), _way(one))


def reached_sql(project: Project, function: FunctionDefinition, reached: Reached) -> RepeatedSql | None:
    """Return what the first call with SQL on the way to a query asks, None where none shows it."""
    hops = project.effects.chain(function, reached)
    known = (repeated_sql(project, site) for hop in hops for site in _sites(project, hop.step))
    return next((one for one in known if one is not None), None)


def _sites(project: Project, step: Step) -> Iterator[CallSite]:
    unit = next((one for one in step.module.facts.units if one.start == step.offset), None)
    if unit is not None:
        for site in call_sites(project, UnitPlace(step.module, unit)):
            if (site.call.start, site.call.end) == (step.start, step.end):
                yield site


def _way(one: Statement) -> str:
    if one.is_bounded or len(one.given) != 1:
        return ""
    listed = "= ANY(…)" if one.dialect == "postgres" else "IN (…)"
    return f"; one query with `WHERE {one.given[0].name} {listed}`, or a JOIN, finds the rows of all turns"
