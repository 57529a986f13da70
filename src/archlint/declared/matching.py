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


class Subject:
    """What a rule is about in a project: which calls, and which modules."""

    def __init__(self, project: Project, own: OwnRule) -> None:
        self._project = project
        self._own = own
        self._calls = Names(own.calls)
        self._modules = Names(own.modules, below=True)
        self._others = Names(own.except_modules, below=True)
        self._packages = frozenset(one.folder for one in project.modules if one.facts.is_package)

    def calls(self, ctx: ProjectContext) -> Iterator[CallSite]:
        """Yield the calls that the rule is about, in the order of files and lines."""
        last = self._calls.last()
        for place in self._project.units(ctx.roles):
            for site in call_sites(self._project, place, last) if place.unit.calls or place.unit.attributes else ():
                if self._is_named(site, site.callee) and self._has_arguments(site):
                    yield site

    def has(self, module: Module) -> bool:
        """Return whether the rule is about a module."""
        names = self.import_names(module)
        is_among = not self._own.modules or any(self._modules.match(name) for name in names)
        return is_among and not any(self._others.match(name) for name in names)

    def _has_arguments(self, site: CallSite) -> bool:
        wanted = self._own.arguments.items()
        return all(given(self._project, site, name) == Literal(value) for name, value in wanted)

    def _is_named(self, site: CallSite, callee: Value) -> bool:
        if isinstance(callee, Choice):
            return any(self._is_named(site, one) for one in callee.values)
        if any(self._calls.match(name) for name in self._names(callee)):
            return True
        definition = _definition(self._project, callee)
        # A name may be that of a re-export: `app.Billing` for `app.clients.billing.Billing`.
        return definition is not None and any(
            self._project.symbols.find(one, site.module) is definition for one in self._calls.patterns if "*" not in one
        )

    def _names(self, callee: Value) -> Iterator[str]:
        """Yield the qualified names of a callable: those in all classes that have the method, too."""
        definition = _definition(self._project, callee)
        if definition is not None:
            yield from self._qualified(definition)
        if isinstance(callee, Bound | Method) and isinstance(callee.receiver, Instance) and callee.receiver.definition:
            own = callee.receiver.definition
            method = callee.definition.row.name if isinstance(callee, Bound) else callee.name
            for one in (own, *self._project.symbols.ancestors(own)):
                yield from (f"{name}.{method}" for name in ([one] if isinstance(one, str) else self._qualified(one)))
        yield wrappers.qualified(callee)

    def _qualified(self, one: ClassDefinition | FunctionDefinition) -> list[str]:
        local = one.local_name if isinstance(one, FunctionDefinition) else one.row.name
        return [f"{name}.{local}".lstrip(".") for name in self.import_names(one.module)]

    def import_names(self, module: Module) -> list[str]:
        """Return the names by which a module may be imported: a project may be linted from above its import root."""
        found, parts = [module.name], module.name.split(".")
        where = module.path.removesuffix(".py").removesuffix("/__init__")
        for size in range(1, len(parts)):
            rest = parts[size:]
            if where.removesuffix("/".join(rest)).rstrip("/") in self._packages:
                break
            found.append(".".join(rest))
        return found


def given(project: Project, site: CallSite, name: str, position: int | None = None) -> Value | None:
    """Return what a call gives to a parameter, by its name or its place, or None where it gives nothing."""
    place = position if position is not None else _position(project, site.callee, name)
    found = argument(site.call, place, name)
    return site.evaluator.value(found, site.scope) if found is not None else None


def passes_on(site: CallSite) -> bool:
    """Return whether a call unpacks arguments, of which nobody knows which they are."""
    is_starred = any(isinstance(one, ir.Starred) for one in site.call.args)
    return is_starred or any(one.name is None for one in site.call.keywords)


def _definition(project: Project, callee: Value) -> ClassDefinition | FunctionDefinition | None:
    return callee.definition if isinstance(callee, ProjectClass) else called(project, callee)


def _position(project: Project, callee: Value, name: str) -> int | None:
    """Return the place of a parameter of a function of the project among the arguments of a call."""
    function = called(project, callee)
    names = [one.name for one in function.row.parameters] if function is not None else []
    skipped = 1 if names[:1] in (["self"], ["cls"]) else 0
    return names.index(name) - skipped if name in names[skipped:] else None
