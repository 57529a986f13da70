"""ARC653: a migration uses a model as it is today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.project.migrations.migration import Tool
from archlint.project.migrations.models import used_models
from archlint.rule import Rule

if TYPE_CHECKING:
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project
    from archlint.rule import Found

rule = Rule("ARC653")


@rule.project
def model_of_today(project: Project, context: ProjectContext) -> Found:
    """Report models that the functions of a migration query as the project defines them today."""
    for migration in project.migrations.judged(context.roles):
        for use in used_models(project, migration):
            name = use.model.row.name
            way = (
                f'use `apps.get_model("{project.schema.app_label(use.model.module)}", "{name}")`'
                if migration.tool is Tool.DJANGO
                else "describe the columns that the migration needs with `sa.table(…)`, or write the SQL"
            )
            yield rule.at(
                context.region(use),
                f"`{name}` is the model as it is today: once it has columns that this migration does not know yet, "
                f"databases that start from here fail; {way}",
                related=context.defined(use.model),
            )
