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
_COMMENT = re.compile(r"--[^\n]*")
_TABLES = re.compile(
    r"(?is)\b(?:CREATE\s+(?:UNLOGGED\s+)?TABLE|ALTER\s+TABLE|DROP\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX|COMMENT\s+ON)\b[^;]*;?"
)
_LIVING = re.compile(
    r"(?i)\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:MATERIALIZED\s+VIEW|VIEW|FUNCTION|TRIGGER|PROCEDURE|RULE|POLICY)\b"
)
"""What reads tables on its own for as long as it is in the database."""
_FEW = 0.5
"""Where code names fewer of the tables that only migrations make, another program reads them."""
_WORD = re.compile(r"\w+")
_HEAD = re.compile(r"""(?<!\w)([A-Za-z]\w*_)(?:\{(?!\})|%s|\{\}|["']\s*\+)""")
_TAIL = re.compile(r"""(?:\}|%s|\+\s*[rbfu]{0,2}["'])(_\w*[A-Za-z])(?!\w)""")
"""What a name begins or ends with that is put together when the program runs: `f"top_{entity}"`, `table + "_old"`."""
_SILENT = frozenset({Role.MIGRATION, Role.TEST})


def unread(project: Project, tables: Iterable[Declared], source_of: Callable[[str], SourceFile]) -> Iterator[Declared]:
    """Yield the tables that nothing names but their own class, imports, the DDL of tables, migrations and tests.

    Neither is there an attribute that leads to their rows, nor a text with the name of the table, nor a view, function
    or trigger that reads it. There are none where the text of a file is not at hand. Tables without models are left
    out unless code reads most tables of the same migrations: other programs read those.
    """
    candidates = [one for one in tables if not any(model.is_proxy for model in one.models)]
    if not candidates:
        return
    texts = {module: source_of(module.path).text for module in project.modules if module.role not in _SILENT}
    if any(not text and module.facts.units for module, text in texts.items()):
        return
    elsewhere = {module: _words(text) for module, text in texts.items()}
    made_of = frozenset(part for text in texts.values() for part in _parts(text))
    asked, living = _words_of_sql(project, source_of)
    found, others, made = [], 0, 0
    for one in candidates:
        wanted = _names(project, one)
        is_named = any(_mentions(module, words, one, wanted, texts[module]) for module, words in elsewhere.items())
        if is_named or not wanted.isdisjoint(asked):
            made += not one.models
        elif wanted.isdisjoint(living) and (one.models or not _is_made(one, made_of)):
            made += not one.models  # what views read tells nothing of which program asks
            others += not one.models
            found.append(one)
    is_ours = others < _FEW * made
    yield from (one for one in found if one.models or is_ours)


def _parts(text: str) -> Iterator[str]:
    """Yield what the names that a text puts together begin and end with."""
    yield from (match.group(1) for match in _HEAD.finditer(text))
    yield from (match.group(1) for match in _TAIL.finditer(text))


def _is_made(one: Declared, parts: Iterable[str]) -> bool:
    """Return whether the name of a table may be put together from a part that code has."""
    name = one.name.rpartition(".")[2]
    return any(name.startswith(part) if part.endswith("_") else name.endswith(part) for part in parts)


def _words_of_sql(project: Project, source_of: Callable[[str], SourceFile]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of .sql files without the DDL of tables, and of migrations those of what lives on."""
    found: set[str] = set()
    living: set[str] = set()
    for script in project.scripts:
        text = _COMMENT.sub("", source_of(script.path).text)
        is_migration = project.role_of(script.path) is Role.MIGRATION
        if is_migration:
            living |= _living(text)
        else:
            found.update(_WORD.findall(_TABLES.sub("", text)))
    for module in project.modules:
        if module.role is Role.MIGRATION:
            living |= _living(source_of(module.path).text)
    return _cased(found), _cased(living)


def _living(text: str) -> frozenset[str]:
    """Return the words from the first view, function or trigger that a text creates on."""
    start = _LIVING.search(text)
    return frozenset(_WORD.findall(_TABLES.sub("", text[start.start() :]))) if start is not None else frozenset()


def _words(text: str) -> frozenset[str]:
    return _cased(_WORD.findall(_ALL.sub("", _IMPORT.sub("", text))))


def _cased(words: Iterable[str]) -> frozenset[str]:
    """Return words as they are written, and in lower case: databases take both for one name."""
    found = frozenset(words)
    return found | {word.lower() for word in found}


def _mentions(module: Module, found: frozenset[str], one: Declared, wanted: frozenset[str], text: str) -> bool:
    """Return whether a file names a table; in the file of its class what stands in the class does not count."""
    own = [model.definition.row for model in one.models if model.definition.module is module]
    if wanted.isdisjoint(found) or not own:
        return not wanted.isdisjoint(found)
    for row in sorted(own, key=lambda each: each.start, reverse=True):
        text = text[: row.start] + text[row.end :]
    return not wanted.isdisjoint(_words(text))


def _names(project: Project, one: Declared) -> frozenset[str]:
    """Return what code can call a table: its model, itself, and the attributes of other models that lead to it.

    The model of a table that only migrations tell may be a class whose base makes the name of the table of its own.
    """
    found = {one.name.rpartition(".")[2]}
    if not one.models:
        found |= {"".join(part.capitalize() for part in name.split("_")) for name in found if "_" in name}
    found |= {name.lower() for name in found}
    for model in one.models:
        found.add(model.name.rpartition(".")[2])
        for relation in project.schema.relations(model.definition):
            if relation.source in one.table.models:
                found |= {relation.remote_name, relation.query_name} - {""}
    return frozenset(found)
