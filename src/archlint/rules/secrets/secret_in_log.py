"""ARC550: a secret is written into a log, or printed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archlint.diagnostic import Confidence, Diagnostic
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.leaks.judging import leak
from archlint.project.leaks.logged import Logged, logged, logged_names
from archlint.project.leaks.logging_decorators import LoggingDecorators
from archlint.project.leaks.revealing import Revealing, may_mention_secret
from archlint.project.leaks.traced import traced, where_shown
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries, name_of
from archlint.project.views.telling import told
from archlint.rule import Found, Rule, Units
from archlint.secrets.names import promised

rule = Rule("ARC550")
_VERBS = frozenset({"logs", "prints"})


class _Leaks(msgspec.Struct, frozen=True):
    """What finds the secrets that units log or print, with what it knows of the project."""

    project: Project
    ctx: ProjectContext
    entries: Entries
    revealing: Revealing
    decorators: LoggingDecorators
    names: frozenset[str]

    def at(self, place: UnitPlace) -> Found:
        """Yield a diagnostic for each secret that a unit gives away."""
        for found in logged(self.project, place, self.names):
            yield from _written(self.project, self.ctx, self.entries, found)
        if may_mention_secret(place.unit):
            yield from _handed(self.project, self.ctx, self.revealing, place)
            yield from _decorated(self.project, self.ctx, self.decorators, place)


@rule.units
def secret_in_log(project: Project, ctx: ProjectContext) -> Units:
    """Report secrets, and objects with secrets in them, that a call logs or prints."""
    entries, revealing = Entries(project, ctx), Revealing(project, _VERBS)
    leaks = _Leaks(project, ctx, entries, revealing, LoggingDecorators(project), logged_names(project))
    return Units(leaks.at)


def _written(project: Project, ctx: ProjectContext, entries: Entries, found: Logged) -> Iterator[Diagnostic]:
    site = found.site
    for argument in found.arguments:
        for one in traced(site.function, argument):
            given = leak(project, site, one)
            if given is not None:
                route = entries.before_unit(site.place)
                leaves = ctx.related(site.module, site.offset, one.node, "the secret leaves here")
                yield rule.at(
                    ctx.span(site.module, site.offset, where_shown(argument, one)),
                    f"`{render(site.call.func)}(…)` {'prints' if found.prints else 'logs'} {given.what}",
                    confidence=given.confidence,
                    flow=(*route, leaves) if route else (),
                    scope=site.place.scope,
                    anchor=f"{render(site.call.func)} {one.name}",
                    in_request=bool(route),
                )


def _decorated(
    project: Project, ctx: ProjectContext, decorators: LoggingDecorators, place: UnitPlace
) -> Iterator[Diagnostic]:
    """Yield the decorators that log all arguments on functions that are given a secret."""
    for function in project.functions_at(place):
        secret = next((row.name for row in function.row.parameters if promised(row.name)), "")
        for decorator in function.row.decorators if secret else ():
            if decorators.logs(function, decorator):
                yield rule.at(
                    ctx.span(place.module, place.unit.start, decorator),
                    f"`{render(decorator)}` logs all that `{name_of(function)}` is given, `{secret}` included",
                    confidence=Confidence.MEDIUM,
                    scope=place.scope,
                    anchor=f"{render(decorator)} {secret}",
                )


def _handed(project: Project, ctx: ProjectContext, revealing: Revealing, place: UnitPlace) -> Iterator[Diagnostic]:
    """Yield the calls that give a secret to a function which logs it under a harmless name."""
    for one in told(project, ctx, revealing, place):
        yield rule.at(
            one.span,
            one.message,
            confidence=one.given.confidence,
            related=one.steps,
            scope=place.scope,
            anchor=one.anchor,
        )
