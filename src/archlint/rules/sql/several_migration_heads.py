"""ARC654: the migrations of a database end in several heads."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from archlint.diagnostic import Related, Span
from archlint.project.migrations.migration import Migration, Tool
from archlint.project.migrations.scripts import same_versions
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.diagnostic import Diagnostic
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC654")


@rule.project
def heads(project: Project, context: ProjectContext) -> Found:
    """Report each head but the first, and scripts of one version."""
    for key, members in project.migrations.lines.items():
        if key[0] is Tool.SCRIPT:
            for first, second in same_versions(members):
                yield _at(second, first, context, f"version `{first.version}` has two migrations: number one anew")
            continue
        found = project.migrations.heads(key)
        for first, other in itertools.pairwise(found):
            way = "`makemigrations --merge`" if key[0] is Tool.DJANGO else "`alembic merge heads`"
            message = f"`{other.identity}` and `{first.identity}` both come last: join them by {way}"
            yield _at(other, first, context, message)


def _at(one: Migration, other: Migration, context: ProjectContext, message: str) -> Diagnostic:
    place = Related(_start(other, context), "the other one")
    return rule.at(_start(one, context), message, related=(place,), anchor=one.identity)


def _start(migration: Migration, context: ProjectContext) -> Span:
    source = context.source_of(migration.path)
    return source.span(0, len(source.line_text(1)))
