"""Route tables as text, for the tests of routes."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from linking import linked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archlint.project.routes.route import EntryPoint, Route


def rows(text: str) -> list[str]:
    """Return the lines of an expected table."""
    return [" ".join(line.split()) for line in dedent(text).strip().split("\n") if line.strip()]


def routes(files: Mapping[str, str]) -> list[str]:
    """Return the routes of a project: methods, path, handler, place; `…` before a path that is not whole."""
    return [_shown(one) for one in linked(files).routes.routes]


def _shown(one: Route) -> str:
    methods = "|".join(one.methods) or "*"
    where = one.path if one.is_whole else f"…{one.path}"
    return " ".join(f"{methods} {where} {one.handler.name or '?'} {one.runs.value}".split())


def guards(files: Mapping[str, str]) -> list[str]:
    """Return the guards of each route: path, then kind, name and level of each."""
    return [
        " ".join([one.label, *[f"{guard.kind.name.lower()}:{guard.name}@{guard.level.value}" for guard in one.guards]])
        for one in linked(files).routes.routes
    ]


def entries(files: Mapping[str, str]) -> list[str]:
    """Return the entry points that are no routes: kind, function, place, label."""
    return [_entry(one) for one in linked(files).routes.entry_points if one.kind.value != "route"]


def _entry(one: EntryPoint) -> str:
    return " ".join(f"{one.kind.value}: {one.function.local_name} {one.runs.value} {one.label}".split())
