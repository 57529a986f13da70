"""ARC602: what a client sends becomes a part of the text of SQL."""

from __future__ import annotations

from dataclasses import dataclass

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.injection.inserted import Inserted, inserted
from archlint.project.injection.ways import Way, Ways
from archlint.project.project import Project, UnitPlace
from archlint.project.sql import Position
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC602")
_REMEDY = {
    Position.VALUE: "pass it beside the statement as a parameter",
    Position.IDENTIFIER: "choose from the names that are allowed",
    Position.CLAUSE: "pass values as parameters, and choose names from those that are allowed",
    None: "the client writes the whole statement",
}


@dataclass(frozen=True, slots=True)
class _Injections:
    """What finds the injections of units, with what it knows of the project."""

    project: Project
    ctx: ProjectContext
    entries: Entries
    ways: Ways

    def at(self, place: UnitPlace) -> Found:
        """Yield a diagnostic for each expression of a unit by which a client writes SQL."""
        for one in inserted(self.project, place):
            way = self.ways.to(one)
            if way is not None and (way.is_found or way.position is Position.VALUE):
                yield self._told(one, way)

    def _told(self, one: Inserted, way: Way) -> Diagnostic:
        what = way.parameter if way.parameter else render(way.node)
        target = f" on `{one.table}`" if one.table else ""
        sink = render(one.site.call.func)
        brings = "" if way.is_found else f", which `{name_of(way.start)}` is given,"
        return rule.at(
            self.ctx.source_of(one.origin.module.path).span(*one.origin.region),
            f"`{what}`{brings} becomes text of the SQL that `{sink}` is given{target}: {_REMEDY[way.position]}",
            confidence=_confidence(way),
            flow=self._flow(one, way) if way.is_found else (),
            scope=one.site.place.scope,
            anchor=f"{sink} {what}",
            in_request=way.is_found,
        )

    def _flow(self, one: Inserted, way: Way) -> tuple[Related, ...]:
        """Return the chain from the route over what is read there to the call that is given the SQL."""
        ctx = self.ctx
        start = () if way.parameter else (_read(ctx, way),)
        calls = [Related(span_of(ctx, step), f"calls `{name_of(called)}`") for step, called in way.steps]
        sent = ctx.related(one.site.module, one.site.offset, one.site.call.func, "the database is sent this SQL")
        return (*self.entries.before(way.start), *start, *calls, sent)


@rule.units
def sql_injection(project: Project, ctx: ProjectContext) -> Units:
    """Report what of a request becomes text of SQL, with the chain from the route to the statement."""
    return Units(_Injections(project, ctx, Entries(project, ctx), Ways(project)).at)


def _read(ctx: ProjectContext, way: Way) -> Related:
    return ctx.related(way.start.module, way.start.unit.start, way.node, "the client sends this")


def _confidence(way: Way) -> Confidence:
    if not way.is_found:
        return Confidence.LOW
    return Confidence.HIGH if way.position is Position.VALUE else Confidence.MEDIUM
