"""Imports that a project forbids to some of its modules, also over other modules."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.catalogue import Entry
from archlint.declared.matching import Names, Subject
from archlint.declared.wording import ending
from archlint.diagnostic import Related, Span
from archlint.ir.module import ImportedName
from archlint.own_rule import OwnRule
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.symbols import Module
from archlint.rule import Found, Rule

_Links = tuple[tuple[Module, ImportedName], ...]
_MOST = 500
"""Modules that are looked at on the way from one."""


def forbidden_imports(rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext) -> Found:
    """Report each import by which a module that is meant gets at a forbidden one, by the shortest way."""
    wanted, subject = Names(own.imports, below=True), Subject(project, own)
    for module in project.modules:
        if module.role not in ctx.roles or not subject.has(module) or _is_meant(subject, wanted, module):
            continue
        seen: set[int] = set()
        for links in _ways(project, own, subject, module, wanted):
            first, last = links[0][1], links[-1][1]
            if first.start in seen:
                continue
            seen.add(first.start)
            through = f" through `{_bare(first)}`" if len(links) > 1 else ""
            flow = tuple(Related(_span(ctx, one, row), f"`{one.name}` imports `{_bare(row)}`") for one, row in links)
            yield rule.at(
                _span(ctx, module, first),
                f"`{module.name}` imports `{_bare(last)}`{through}: {ending(entry)}",
                flow=flow if len(links) > 1 else (),
                anchor=_bare(last),
            )


def _ways(project: Project, own: OwnRule, subject: Subject, module: Module, wanted: Names) -> Iterator[_Links]:
    """Yield the imports from a module to a forbidden one, breadth first; others that are meant tell their own."""
    pending: list[tuple[Module, _Links]] = [(module, ())]
    reached = {module}
    while pending:
        current, links = pending.pop(0)
        for row in current.facts.imports:
            way = (*links, (current, row))
            found = _imported(project, current, row)
            if wanted.match(_bare(row)) or (found is not None and _is_meant(subject, wanted, found)):
                yield way
                continue
            if (
                found is not None
                and not own.directly
                and found not in reached
                and len(reached) < _MOST
                and not (own.modules and subject.has(found))
            ):
                reached.add(found)
                pending.append((found, way))


def _is_meant(subject: Subject, wanted: Names, module: Module) -> bool:
    return any(wanted.match(name) for name in subject.import_names(module))


def _imported(project: Project, module: Module, row: ImportedName) -> Module | None:
    """Return the module of the project that an import runs: that of a name, or the one that the name is in."""
    name = _bare(row)
    package = name.rpartition(".")[0]
    found = project.symbols.module(name, module)
    return project.symbols.module(package, module) if found is None and package else found


def _bare(row: ImportedName) -> str:
    """Return the dotted name that an import is about: of a star import that of the module."""
    return row.module or row.target.removesuffix(".*")


def _span(ctx: ProjectContext, module: Module, row: ImportedName) -> Span:
    source = ctx.source_of(module.path)
    end = source.text.find("\n", row.start)
    return source.span(row.start, end if end >= 0 else len(source.text))
