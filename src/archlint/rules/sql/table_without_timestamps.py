"""ARC627: the rows of a table do not say when they were made."""

from __future__ import annotations

from archlint.diagnostic import Confidence
from archlint.project.context import ProjectContext
from archlint.project.extent.growth import Growth
from archlint.project.project import Project
from archlint.project.tables.conventions import without_times
from archlint.project.tables.declared import declared, growth
from archlint.rule import Found, Rule

rule = Rule("ARC627")


@rule.project
def table_without_timestamps(project: Project, ctx: ProjectContext) -> Found:
    """Report each table of things without any column of times, where most others have one for their making."""
    for odd in without_times(declared(project, ctx)):
        one = odd.table
        yield rule.at(
            one.span,
            f"no column of `{one.name}` says when a row was made, as those of {odd.count} of {odd.total} tables do, "
            f"like `{odd.example}`",
            confidence=Confidence.LOW if growth(project, one) is Growth.SMALL else Confidence.MEDIUM,
            scope=one.name,
            anchor=one.name,
            tables=one.names,
        )
