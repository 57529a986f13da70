"""Which calls do work for which no client has to wait: mails, documents, large files."""

from __future__ import annotations

from archlint.knowledge.tables import Deferrable
from archlint.project.flow import CallSite
from archlint.project.holding import library_names
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.turns import multiplying
from archlint.project.values import Instance, Method


def deferrable_names(project: Project) -> frozenset[str]:
    """Return the last names of the callables that do such work, in libraries that are used."""
    used = project.imported_roots
    rows = (row for row in project.knowledge.tables.deferrable if row.of.partition(".")[0] in used)
    return frozenset(name.rpartition(".")[2] for row in rows for name in row.names)


def deferrable(project: Project, site: CallSite) -> Deferrable | None:
    """Return the row of a call that a task queue could make, or None; what is made elsewhere already is left out."""
    for name in {wrappers.qualified(site.callee), *_inherited(project, site)}:
        row = project.knowledge.deferrable(name) if name else None
        if row is not None and row.besides.isdisjoint(project.versions):
            return row if not row.in_loops or multiplying(project, site.call, site, is_alike=True) else None
    return None


def _inherited(project: Project, site: CallSite) -> list[str]:
    receiver = site.callee.receiver if isinstance(site.callee, Method) else None
    is_own = isinstance(receiver, Instance) and receiver.definition is not None
    return library_names(project, site.callee) if is_own else []
