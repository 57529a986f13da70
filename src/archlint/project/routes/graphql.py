"""Placeholder."""

from collections.abc import Iterator

from archlint.project.project import Project
from archlint.project.routes.route import Route


def routes(project: Project) -> Iterator[Route]:
    return iter(())
