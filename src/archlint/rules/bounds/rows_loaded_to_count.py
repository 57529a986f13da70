"""ARC203: the rows of a query are fetched only to know how many there are, or whether there are any."""

from __future__ import annotations

from functools import partial

from archlint.diagnostic import Confidence
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.counted import Sized, sized
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.rule import Found, Rule, Units

rule = Rule("ARC203")


@rule.units
def rows_loaded_to_count(project: Project, ctx: ProjectContext) -> Units:
    """Report each query of which a function wants nothing but the size, and fetches the rows for it."""
    names = [verbs.manager_names | verbs.lazy | {"all", "fetchall"} for verbs in project.knowledge.tables.orms]
    look = partial(_counted, project, ctx, Entries(project, ctx))
    return Units(look, attributes=frozenset[str]().union(*names), modules=project.near_database)


def _counted(project: Project, ctx: ProjectContext, entries: Entries, place: UnitPlace) -> Found:
    for one in sized(project, place):
        route = entries.before_unit(place)
        yield rule.at(
            ctx.span(place.module, place.unit.start, one.node),
            _message(one),
            # A condition may leave one row at most, which costs little to fetch.
            confidence=Confidence.HIGH if one.is_number else Confidence.MEDIUM,
            related=ctx.defined(one.query.definition),
            flow=route,
            scope=place.scope,
            anchor=render(one.node),
            in_request=bool(route),
            tables=project.schema.names_of(one.query.model),
        )


def _message(one: Sized) -> str:
    model = one.query.model.rpartition(".")[2]
    text = f"len({render(one.subject)})" if one.is_number else render(one.node)
    why = "to count them" if one.is_number else "to know whether there are any"
    way = "count" if one.is_number else "exists"
    if one.query.orm == "django":
        better = f"`{way}()` asks the database"
    else:
        better = "`select(func.count())` asks the database" if one.is_number else "one row with `limit(1)` tells it"
    return f"`{text}` fetches every `{model}` {why}, and nothing else uses them; {better}"
