"""ARC648: a unique constraint builds its index under the strongest lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.migration import Default, OperationKind
from archlint.project.migrations.asked import steps, thing, wording
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.migrations.migration import Step
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC648")

_KINDS = {
    OperationKind.ADD_COLUMN: "unique constraint",
    OperationKind.ADD_EXCLUSION: "exclusion constraint",
    OperationKind.ADD_PRIMARY_KEY: "primary key",
    OperationKind.ADD_UNIQUE: "unique constraint",
}
_REWRITING = frozenset({Default.GENERATED, Default.IDENTITY, Default.VOLATILE})
"""With these the table is written anew, its indexes included, which ARC649 reports."""


@rule.project
def locking_constraint(project: Project, context: ProjectContext) -> Found:
    """Report constraints whose index is built while nobody can use the table."""
    for migration, step in steps(project, context, _KINDS):
        if step.operation.using_index or (step.kind is OperationKind.ADD_COLUMN and not _makes_unique(step)):
            continue
        way = wording(
            migration,
            django="build a unique index with `CREATE UNIQUE INDEX CONCURRENTLY` first, and add the constraint "
            "`USING INDEX` (`RunSQL` with `state_operations`)",
            alembic="create a unique index with `postgresql_concurrently=True` first, and add the constraint "
            "`USING INDEX` by `op.execute`",
            sql="`CREATE UNIQUE INDEX CONCURRENTLY` first, then `ADD CONSTRAINT … USING INDEX`",
        )
        if step.kind is OperationKind.ADD_EXCLUSION:
            way = "there is no way around: do it while the table is small, or when nobody uses it"
        yield rule.at(
            step.span(context.source_of),
            f"nobody can use `{step.table}` while the index of the {_KINDS[step.kind]} on {thing(step)} is built: "
            f"{way}",
            confidence=migration.dialect.confidence,
            tables=project.schema.names_of(step.key),
        )


def _makes_unique(step: Step) -> bool:
    """Return whether a new column brings an index of its own that is built over the rows there are."""
    columns = step.operation.definitions
    return any((one.is_unique or one.is_primary) and one.default not in _REWRITING for one in columns)
