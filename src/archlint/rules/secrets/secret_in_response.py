"""ARC552: a route sends a password, its hash or another secret to its clients."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.diagnostic import Confidence
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


@rule.project
def secret_in_response(project: Project, ctx: ProjectContext) -> Found:
    """Report the fields and results by which clients are sent a secret, each for the first route that sends it."""
    seen: set[tuple[Mention, str]] = set()
    for sent in _sent(project):
        key = sent.mention, sent.name
        if sent.mention.module.role in ctx.roles and key not in seen:
            seen.add(key)
            handler = sent.handler
            yield rule.at(
                ctx.region(sent.mention),
                f"{sent.sender} `{sent.name}`, a {sent.kind}: clients of `{sent.route.label}` get it",
                confidence=Confidence.MEDIUM,
                related=entry_of(project, ctx, handler) if handler is not None else (),
                anchor=f"{sent.sender} {sent.name}",
                in_request=True,
            )


def _sent(project: Project) -> Iterator[Sent]:
    schemas, serializers = SentSchemas(project), SentSerializers(project)
    for route in project.routes.routes:
        yield from schemas.of(route)
        yield from serializers.of(route)
        yield from sent_results(project, route)
