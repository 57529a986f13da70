"""ARC552: a route sends a password, its hash or another secret to its clients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from archlint.diagnostic import Confidence, Related
from archlint.project.context import ProjectContext
from archlint.project.handlers import entry_of
from archlint.project.leaks.sent.results import sent_results
from archlint.project.leaks.sent.schemas import SentSchemas
from archlint.project.leaks.sent.serializers import SentSerializers
from archlint.project.leaks.sent.withheld import Sent
from archlint.project.project import Project
from archlint.project.routes.route import Mention
from archlint.rule import Found, Rule

rule = Rule("ARC552")
_NAMED = 3
"""Secrets of one response that are named."""


@rule.project
def secret_in_response(project: Project, ctx: ProjectContext) -> Found:
    """Report what sends secrets to clients, with all secrets in it, for the first route that does."""
    seen: set[tuple[Mention, str]] = set()
    for (sender, _), group in groupby(_sent(project), lambda one: (one.sender, one.route)):
        found = [one for one in group if (one.mention, one.name) not in seen and one.mention.module.role in ctx.roles]
        seen.update((one.mention, one.name) for one in found)
        if found:
            first = found[0]
            yield rule.at(
                ctx.region(first.mention),
                f"{sender} {_listed(found)} to the clients of `{first.route.label}`",
                confidence=Confidence.MEDIUM,
                related=_related(project, ctx, found),
                anchor=f"{sender} {first.name}",
                in_request=True,
            )


def _sent(project: Project) -> Iterator[Sent]:
    schemas, serializers = SentSchemas(project), SentSerializers(project)
    for route in project.routes.routes:
        yield from schemas.of(route)
        yield from serializers.of(route)
        yield from sent_results(project, route)


def _listed(found: list[Sent]) -> str:
    """Return the secrets by name; of a single one also what it is."""
    if len(found) == 1:
        return f"`{found[0].name}`, a {found[0].kind},"
    named = ", ".join(f"`{one.name}`" for one in found[:_NAMED])
    return f"{named} and {len(found) - _NAMED} more" if len(found) > _NAMED else named


def _related(project: Project, ctx: ProjectContext, found: list[Sent]) -> tuple[Related, ...]:
    handler = found[0].handler
    others = [Related(ctx.region(one.mention), f"`{one.name}` is sent as well") for one in found[1:_NAMED]]
    return (*(entry_of(project, ctx, handler) if handler is not None else ()), *others)
