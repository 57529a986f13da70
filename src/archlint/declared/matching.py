"""Which calls and modules the names of a declared rule stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import translate

from archlint.ir import nodes as ir
from archlint.own_rule import OwnRule
from archlint.project.context import ProjectContext
from archlint.project.flow import CallSite, call_sites
from archlint.project.inference import wrappers
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module
from archlint.project.tree import argument
from archlint.project.values import Bound, Choice, Instance, Literal, Method, ProjectClass, Value
from archlint.project.waits.calling import called


class Names:
    """Some patterns of dotted names; `*` stands for any part of one."""

    def __init__(self, patterns: Iterable[str], *, below: bool = False) -> None:
        self.patterns = tuple(patterns)
        self._whole = {one for one in self.patterns if "*" not in one}
        wide = [one for one in self.patterns if "*" in one or below]
        self._wide = [re.compile(translate(text)) for one in wide for text in ((one, f"{one}.*") if below else (one,))]

    def match(self, name: str) -> bool:
        """Return whether one of the patterns stands for a name."""
        return bool(name) and (name in self._whole or any(one.fullmatch(name) for one in self._wide))

    def last(self) -> frozenset[str] | None:
        """Return the last parts of the names, None where these may be any."""
        found = frozenset(one.rpartition(".")[2] for one in self.patterns)
        return None if any("*" in one for one in found) else found


def meant_calls(project: Project, ctx: ProjectContext, own: OwnRule) -> Iterator[CallSite]:
    """Yield the calls that a rule is about, in the order of files and lines."""
    names = Names(own.calls)
    last = names.last()
    for place in project.units(ctx.roles):
        for site in call_sites(project, place, last) if place.unit.calls or place.unit.attributes else ():
            if _is_named(project, site, site.callee, names) and _has_arguments(project, site, own):
                yield site


def is_meant(own: OwnRule, module: Module) -> bool:
    """Return whether a rule is about a module."""
    is_among = not own.modules or Names(own.modules, below=True).match(module.name)
    return is_among and not Names(own.except_modules, below=True).match(module.name)


def given(project: Project, site: CallSite, name: str, position: int | None = None) -> Value | None:
    """Return what a call gives to a parameter, by its name or its place, or None where it gives nothing."""
    place = position if position is not None else _position(project, site.callee, name)
    found = argument(site.call, place, name)
    return site.evaluator.value(found, site.scope) if found is not None else None


def passes_on(site: CallSite) -> bool:
    """Return whether a call unpacks arguments, of which nobody knows which they are."""
    is_starred = any(isinstance(one, ir.Starred) for one in site.call.args)
    return is_starred or any(one.name is None for one in site.call.keywords)


def _has_arguments(project: Project, site: CallSite, own: OwnRule) -> bool:
    return all(given(project, site, name) == Literal(value) for name, value in own.arguments.items())


def _is_named(project: Project, site: CallSite, callee: Value, names: Names) -> bool:
    if isinstance(callee, Choice):
        return any(_is_named(project, site, one, names) for one in callee.values)
    if any(names.match(name) for name in _names(project, callee)):
        return True
    definition = _definition(project, callee)
    # A name may be that of a re-export: `app.Billing` for `app.clients.billing.Billing`.
    return definition is not None and any(
        project.symbols.find(one, site.module) is definition for one in names.patterns if "*" not in one
    )


def _names(project: Project, callee: Value) -> Iterator[str]:
    """Yield the qualified names of a callable: those in all classes that have the method, too."""
    definition = _definition(project, callee)
    if definition is not None:
        yield definition.name
    if isinstance(callee, Bound | Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition:
        own = callee.receiver.definition
        method = callee.definition.row.name if isinstance(callee, Bound) else callee.name
        for one in (own, *project.symbols.ancestors(own)):
            yield f"{one if isinstance(one, str) else one.name}.{method}"
    yield wrappers.qualified(callee)


def _definition(project: Project, callee: Value) -> ClassDefinition | FunctionDefinition | None:
    return callee.definition if isinstance(callee, ProjectClass) else called(project, callee)


def _position(project: Project, callee: Value, name: str) -> int | None:
    """Return the place of a parameter of a function of the project among the arguments of a call."""
    function = called(project, callee)
    names = [one.name for one in function.row.parameters] if function is not None else []
    skipped = 1 if names[:1] in (["self"], ["cls"]) else 0
    return names.index(name) - skipped if name in names[skipped:] else None
