"""ARC602: what a client sends becomes a part of the text of SQL."""

from __future__ import annotations

import msgspec

from archlint.diagnostic import Confidence, Diagnostic, Related
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.injection.inserted import Inserted, inserted
from archlint.project.injection.ways import Way, Ways
from archlint.project.project import Project, UnitPlace
from archlint.project.sql import Position
from archlint.project.views.flows import Entries, name_of, span_of
from archlint.rule import Found, Rule, Units

rule = Rule("ARC602")
_REMEDIES = {
    Position.VALUE: "pass it beside the statement as a parameter",
    Position.IDENTIFIER: "choose it from the names that are allowed",
    Position.CLAUSE: "pass values as parameters, and choose names from those that are allowed",
    None: "let it choose from statements that are written out",
}


class _Injections(msgspec.Struct, frozen=True):
    """What finds the injections of units, with what it knows of the project."""

    project: Project
    ctx: ProjectContext
    entries: Entries
    ways: Ways

    def at(self, place: UnitPlace) -> Found:
        """Yield a diagnostic for each expression of a unit by which a client writes SQL."""
        told: set[tuple[int, str, ir.Expr]] = set()
        for one in inserted(self.project, place):
            way = self.ways.to(one)
            if way is None or not (way.is_found or way.position is Position.VALUE):
                continue
            key = one.site.call.start, _named(one, way), way.node
            if key not in told:
                told.add(key)
                yield self._told(one, way)

    def _told(self, one: Inserted, way: Way) -> Diagnostic:
        what = _named(one, way)
        table = f" on `{one.table}`" if one.table else ""
        sink = render(one.site.call.func)
        return rule.at(
            self.ctx.source_of(one.origin.module.path).span(*one.origin.region),
            f"`{what}` becomes text of the SQL{table} that `{sink}` is given, and {self._source(way)}: "
            f"{_REMEDIES[way.position]}",
            confidence=_confidence(way),
            flow=self._flow(one, way) if way.is_found else (),
            scope=one.site.place.scope,
            anchor=f"{sink} {what}",
            in_request=way.is_found,
        )

    def _source(self, way: Way) -> str:
        if not way.is_found:
            return f"nobody is seen to give `{name_of(way.start)}` its `{way.parameter}`"
        label = self.entries.label(way.start)
        return f"the client of `{label}` decides it" if label else "the client decides it"

    def _flow(self, one: Inserted, way: Way) -> tuple[Related, ...]:
        """Return the chain from the route over what is read there to the call that is given the SQL."""
        ctx = self.ctx
        start = () if way.parameter else (_read(ctx, way),)
        calls = [Related(span_of(ctx, step), f"calls `{name_of(called)}`") for step, called in way.steps]
        sent = ctx.related(one.site.module, one.site.offset, one.site.call.func, "this is given the SQL")
        return (*self.entries.before(way.start), *start, *calls, sent)


@rule.units
def sql_injection(project: Project, ctx: ProjectContext) -> Units:
    """Report what of a request becomes text of SQL, with the chain from the route to the statement."""
    # Reported is the text, which a function of another file may make.
    return Units(_Injections(project, ctx, Entries(project, ctx), Ways(project)).at, is_local=False)


def _named(one: Inserted, way: Way) -> str:
    """Return how a person names what is put into the SQL: as it stands there, else where it comes from."""
    node = one.origin.node
    if isinstance(node, ir.Name | ir.Attribute):
        return render(node)
    return way.parameter or render(way.node)


def _read(ctx: ProjectContext, way: Way) -> Related:
    return ctx.related(way.start.module, way.start.unit.start, way.node, "the client sends this")


def _confidence(way: Way) -> Confidence:
    if not way.is_found:
        return Confidence.LOW
    return Confidence.HIGH if way.position is Position.VALUE else Confidence.MEDIUM
