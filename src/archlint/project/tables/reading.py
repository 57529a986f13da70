"""Which tables no code reads or writes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from archlint.project.project import Project
from archlint.project.symbols import Module
from archlint.project.tables.declared import Declared
from archlint.source import Role, SourceFile

_IMPORT = re.compile(r"(?m)^[ \t]*(?:from\s+\S+\s+import\s+(?:\([^)]*\)|[^\n(]*)|import\s[^\n]*)")
_ALL = re.compile(r"(?m)^__all__\s*\+?=\s*[\[(][^\])]*[\])]")
_WORD = re.compile(r"\w+")
_SILENT = frozenset({Role.MIGRATION, Role.TEST})


def unread(project: Project, tables: Iterable[Declared], source_of: Callable[[str], SourceFile]) -> Iterator[Declared]:
    """Yield the tables whose models nothing names but their own class, imports, migrations and tests.

    Neither is there an attribute that leads to their rows, nor a text with the name of the table. There are none
    where the text of a file is not at hand.
    """
    candidates = [one for one in tables if one.models and not any(model.is_proxy for model in one.models)]
    if not candidates:
        return
    texts = {module: source_of(module.path).text for module in project.modules if module.role not in _SILENT}
    if any(not text and module.facts.units for module, text in texts.items()):
        return
    elsewhere = {module: _words(text) for module, text in texts.items()}
    for one in candidates:
        wanted = _names(project, one)
        if not any(_mentions(module, found, one, wanted, texts[module]) for module, found in elsewhere.items()):
            yield one


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_ALL.sub("", _IMPORT.sub("", text))))


def _mentions(module: Module, found: frozenset[str], one: Declared, wanted: frozenset[str], text: str) -> bool:
    """Return whether a file names a table; in the file of its class what stands in the class does not count."""
    own = [model.definition.row for model in one.models if model.definition.module is module]
    if wanted.isdisjoint(found) or not own:
        return not wanted.isdisjoint(found)
    for row in sorted(own, key=lambda each: each.start, reverse=True):
        text = text[: row.start] + text[row.end :]
    return not wanted.isdisjoint(_words(text))


def _names(project: Project, one: Declared) -> frozenset[str]:
    """Return what code can call a table: its model, itself, and the attributes of other models that lead to it."""
    found = {one.name.rpartition(".")[2]}
    for model in one.models:
        found.add(model.name.rpartition(".")[2])
        for relation in project.schema.relations(model.definition):
            if relation.source in one.table.models:
                found |= {relation.remote_name, relation.query_name} - {""}
    return frozenset(found)
