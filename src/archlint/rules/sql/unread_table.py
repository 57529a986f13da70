"""ARC630: no code reads or writes a table."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.declared import declared
from archlint.project.tables.reading import unread
from archlint.rule import Found, Rule

rule = Rule("ARC630")


@rule.project
def unread_table(project: Project, ctx: ProjectContext) -> Found:
    """Report each table that nothing names but imports, migrations and tests."""
    for one in unread(project, declared(project, ctx), ctx.source_of):
        name = one.models[0].name.rpartition(".")[2] if one.models else one.name
        yield rule.at(
            one.span,
            f"nothing reads or writes `{one.name}`: no code but migrations and tests names `{name}`; "
            "drop it, once the data in it is of no use",
            confidence=Confidence.MEDIUM if one.models else Confidence.LOW,
            scope=one.name,
            anchor=one.name,
            tables=one.names,
        )
