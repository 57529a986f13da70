"""Projects made of texts, and their routes as short rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import dedent

from archlint.ir.module import ModuleFacts
from archlint.knowledge import knowledge
from archlint.lowering import lower
from archlint.project.project import Project
from archlint.project.routes.route import EntryPoint, Route
from archlint.source import Kind, SourceFile

Row = tuple[str, str, str, str]


def linked(files: Mapping[str, str]) -> Project:
    """Return the project of some modules."""
    return Project([_facts(path, text) for path, text in files.items()], {}, knowledge())


def _facts(path: str, text: str) -> ModuleFacts:
    source = SourceFile.of(path, dedent(text), Kind.PYTHON)
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    facts, problem = lower(source, name, is_package=path.endswith("__init__.py"))
    assert facts is not None, problem
    return facts


def table(routes: Iterable[Route]) -> list[Row]:
    """Return methods, path, handler and guards of routes, sorted; a path that does not start at the root has `…`."""
    return sorted(
        ("|".join(one.methods) or "*", one.path if one.is_whole else f"…{one.path}", one.handler.name, guards(one))
        for one in routes
    )


def guards(route: Route | EntryPoint) -> str:
    """Return the guards of a route or of a resolver as a text."""
    return "; ".join(f"{one.kind.value} {one.name} {one.level.value}" for one in route.guards)


def models(routes: Iterable[Route]) -> dict[str, tuple[list[str], str | None, tuple[int, ...]]]:
    """Return the request models, the response model and the declared statuses, by handler."""
    return {
        one.handler.name: (
            [model.row.name for model in one.request_models],
            None if one.response_model is None else one.response_model.row.name,
            one.responses,
        )
        for one in routes
    }


def entries(found: Iterable[EntryPoint]) -> list[tuple[str, str, str, str]]:
    """Return kind, label, function and place of entry points, sorted."""
    return sorted((one.kind.value, one.label, one.function.name, one.runs.value) for one in found)
