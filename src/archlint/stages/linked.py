"""The linked project, for commands that look at the model and judge nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from archlint.project.project import Project
from archlint.settings import SettingsResolver
from archlint.stages.analyse import analyse, plan_of
from archlint.stages.answers import Answers
from archlint.stages.caching import cache_of
from archlint.stages.files import RunFiles
from archlint.stages.link import link, project_knowledge


class Linked(msgspec.Struct, frozen=True):
    """A project with the files that it was made from, and what a person should know of the run."""

    root: Path
    project: Project
    files: RunFiles
    warnings: tuple[str, ...]


def linked_project(
    files: RunFiles, resolver: SettingsResolver, root: Path, progress: Callable[[int, int], None]
) -> Linked:
    """Return the project that some files make, their facts from the cache where nothing changed."""
    settings = resolver.run_settings()
    cache, no_cache = cache_of(settings)
    plan = plan_of(files.entries, resolver.settings_for, {})
    analysed = analyse(plan, cache, root, jobs=settings.jobs, progress=progress)
    files.analysed(analysed.results)
    answers = Answers(cache, project_knowledge(files.entries, resolver), files.versions)
    project = answers.recalled(link(analysed.results, files.versions, answers.known))
    return Linked(root, project, files, (*filter(None, (no_cache,)), *analysed.warnings))
