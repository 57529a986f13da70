"""ARC551: a secret is put into the text of an exception."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from archlint.diagnostic import Confidence, Diagnostic
from archlint.ir.render import render
from archlint.project.context import ProjectContext
from archlint.project.leaks.judging import leak
from archlint.project.leaks.raised import Raised, raised
from archlint.project.leaks.revealing import Revealing, may_mention_secret
from archlint.project.leaks.traced import traced, where_shown
from archlint.project.project import Project, UnitPlace
from archlint.project.views.flows import Entries
from archlint.project.views.telling import told
from archlint.rule import Found, Rule, Units

rule = Rule("ARC551")
_VERBS = frozenset({"raises"})


@rule.units
def secret_in_exception(project: Project, ctx: ProjectContext) -> Units:
    """Report secrets, and objects with secrets in them, that the text of a raised exception shows."""
    return Units(partial(_told, project, ctx, Entries(project, ctx), Revealing(project, _VERBS)))


def _told(project: Project, ctx: ProjectContext, entries: Entries, revealing: Revealing, place: UnitPlace) -> Found:
    if may_mention_secret(place.unit):
        yield from _handed(project, ctx, revealing, place)
    for found in raised(project, place):
        yield from _shown(project, ctx, entries, found)


def _shown(project: Project, ctx: ProjectContext, entries: Entries, found: Raised) -> Iterator[Diagnostic]:
    site = found.site
    for argument in found.arguments:
        for one in traced(site.function, argument):
            given = leak(project, site, one)
            # A parser raises its tokens: what a bare `token` is for, its place has to tell.
            if given is None or given.confidence is Confidence.LOW:
                continue
            route = entries.before_unit(site.place)
            leaves = ctx.related(site.module, site.offset, one.node, "the secret becomes a part of the text")
            yield rule.at(
                ctx.span(site.module, site.offset, where_shown(argument, one)),
                f"the text of `{render(site.call.func)}(…)` shows {given.what}",
                confidence=given.confidence,
                flow=(*route, leaves) if route else (),
                scope=site.place.scope,
                anchor=f"{render(site.call.func)} {one.name}",
                in_request=bool(route),
            )


def _handed(project: Project, ctx: ProjectContext, revealing: Revealing, place: UnitPlace) -> Iterator[Diagnostic]:
    """Yield the calls that give a secret to a function which raises it under a harmless name."""
    for one in told(project, ctx, revealing, place):
        yield rule.at(
            one.span,
            one.message,
            confidence=one.given.confidence,
            related=one.steps,
            scope=place.scope,
            anchor=one.anchor,
        )
