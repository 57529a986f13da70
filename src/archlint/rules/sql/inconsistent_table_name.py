"""ARC626: the name of a table breaks the convention of the project."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.tables.conventions import odd_names
from archlint.project.tables.declared import declared
from archlint.rule import Found, Rule

rule = Rule("ARC626")


@rule.project
def inconsistent_table_name(project: Project, ctx: ProjectContext) -> Found:
    """Report each table whose given name is in another case or number than those of most tables."""
    for odd in odd_names(declared(project, ctx)):
        one = odd.table
        yield rule.at(
            one.span,
            f"`{one.name}` is {odd.is_}, and {odd.count} of {odd.total} tables are {odd.most}, like `{odd.example}`",
            confidence=Confidence.MEDIUM,
            scope=one.name,
            anchor=f"{one.name} {odd.is_}",
            tables=one.names,
        )
