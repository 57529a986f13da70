"""Names of a declared rule that stand for nothing in the project: a rule about them finds nothing, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.catalogue import Entry
from archlint.declared.matching import Names, Subject
from archlint.diagnostic import Diagnostic, Span
from archlint.own_rule import OwnRule
from archlint.project.context import ProjectContext
from archlint.project.project import Project
from archlint.project.symbols import ClassDefinition, Module
from archlint.rule import Rule

_ANCHOR = "no such name: "


def missing_names(
    rule: Rule, entry: Entry, own: OwnRule, project: Project, ctx: ProjectContext
) -> Iterator[Diagnostic]:
    """Report each name of a rule that begins as one of the project and is none, where the rule is declared."""
    if not entry.declared_in:
        return
    known = _Known(project, ctx, Subject(project, own))
    keys = {"calls": own.calls, "imports": own.imports, "modules": own.modules, "except-modules": own.except_modules}
    for key, names in keys.items():
        for name in names:
            gone = known.missing(name) if not set(name) & set("*(") else ""
            if gone:
                yield _reported(rule, entry, ctx, f"`{key}` names `{name}`, and there is no `{gone}` in the project")
    if own.modules and not any(known.has(name) for name in own.modules):
        yield _reported(rule, entry, ctx, "`modules` stands for no module of the project")


def is_about_names(found: Diagnostic) -> bool:
    """Return whether a diagnostic says that a name stands for nothing, which a run that saw all knows only."""
    return found.anchor.startswith(_ANCHOR)


def _reported(rule: Rule, entry: Entry, ctx: ProjectContext, problem: str) -> Diagnostic:
    source = ctx.source_of(entry.declared_in)
    match = re.search(rf"\bcode[\"']?\s*[=:]\s*[\"']?{re.escape(entry.code)}\b", source.text)
    place = source.span(match.start(), match.end()) if match else Span(entry.declared_in, 0, 0, 1, 1, 1, 1)
    return rule.at(place, f"{problem}: correct it, or the rule is about nothing", anchor=f"{_ANCHOR}{problem}")


class _Known:
    """The names of the modules of a project, as they may be imported."""

    def __init__(self, project: Project, ctx: ProjectContext, subject: Subject) -> None:
        self._project = project
        self._ctx = ctx
        self._modules: dict[str, Module] = {}
        for module in project.modules:
            for name in subject.import_names(module):
                if name == module.name or "." in name or module.facts.is_package:
                    self._modules.setdefault(name, module)
        self._packages = {one.rpartition(".")[0] for one in self._modules}
        for name in tuple(self._packages):
            parts = name.split(".")
            self._packages.update(".".join(parts[:size]) for size in range(1, len(parts)))

    def has(self, pattern: str) -> bool:
        """Return whether a pattern stands for a module, or for what is below one."""
        names = Names((pattern,), below=True)
        return any(names.match(one) for one in self._modules)

    def missing(self, name: str) -> str:
        """Return the part of a name that is not there, or "" where all of it is, may be, or is a library's."""
        parts = name.split(".")
        if not self._is_module(parts[0]):
            return ""
        size = next(size for size in range(len(parts), 0, -1) if self._is_module(".".join(parts[:size])))
        module, rest = self._modules.get(".".join(parts[:size])), parts[size:]
        if not rest:
            return ""
        first = ".".join(parts[: size + 1])
        if module is None:
            return first
        if not self._may_have(module, rest[0]):
            return first
        found = self._project.symbols.member(module, rest[:1])
        is_gone = len(rest) > 1 and isinstance(found, ClassDefinition) and not self._may_be_in(found, rest[1])
        return f"{first}.{rest[1]}" if is_gone else ""

    def _is_module(self, name: str) -> bool:
        return name in self._modules or name in self._packages

    def _may_have(self, module: Module, name: str) -> bool:
        """Return whether a module may have a name: it stands somewhere in it, or comes from elsewhere."""
        text = self._ctx.source_of(module.path).text
        return (not text.strip() and not module.facts.is_package) or bool(module.starred) or _stands(text, name)

    def _may_be_in(self, definition: ClassDefinition, name: str) -> bool:
        for one in self._project.symbols.mro(definition):
            if isinstance(one, str) or one.row.decorators or one.row.keywords:
                return True
            text = self._ctx.source_of(one.module.path).text[one.row.start : one.row.end]
            if not text or _stands(text, name):
                return True
        return False


def _stands(text: str, name: str) -> bool:
    return "__getattr__" in text or re.search(rf"\b{re.escape(name)}\b", text) is not None
