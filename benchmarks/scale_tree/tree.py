"""A tree of services with names of their own: some of FastAPI, some of Django, on shared libraries and on each other.

The same numbers give the same tree, and a smaller tree is the beginning of a larger one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import Template
from typing import Protocol

from scale_tree import django_service, fastapi_service, logic, shared
from scale_tree.words import NOUNS, Entity, entities

PER_LIBRARY = 12
"""Services that share a library of their own beside the one of all."""
RULE_FILES = ("pricing", "planning", "matching", "reports")
STANDARD = "import logging\nfrom collections.abc import Sequence\nfrom typing import Any\n"
LOGGER = "logger = logging.getLogger(__name__)"


class Kit(Protocol):
    """How the services of a framework are written: a module of this folder."""

    BLOCKS: dict[str, Template]
    IMPORTS: dict[str, str]
    APPLICATION: Template
    ENTRY: str
    names: Callable[[Random, Entity, Entity], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Package:
    """A package: its name, the functions that others import from it, and its files by path."""

    name: str
    offered: tuple[str, ...]
    files: Mapping[str, str]


def write(root: Path, lines: int) -> int:
    """Write whole packages until they have so many lines together; return how many lines of Python they have."""
    written = sum(_write(root, path, text) for path, text in shared.CORE.items())
    _write(root, "pyproject.toml", '[project]\nname = "generated"\n')
    known: list[Package] = []
    shared_by = library(0)
    while written < lines:
        number = len(known)
        if number % PER_LIBRARY == 0:
            shared_by = library(number // PER_LIBRARY)
            written += sum(_write(root, path, text) for path, text in shared_by.files.items())
        made = service(number, shared_by, known)
        written += sum(_write(root, path, text) for path, text in made.files.items())
        known.append(Package(made.name, made.offered, {}))
    return written


def library(number: int) -> Package:
    """Return a shared library of plain functions."""
    random = Random(f"library {number}")  # noqa: S311 - the same tree each time
    package = f"lib_{number:03}_{random.choice(NOUNS)}"
    made = {name: list(logic.functions(random, random.randint(8, 16), ())) for name in random.sample(NOUNS, 6)}
    offered = {functions[-1][0]: f"{package}.{name}" for name, functions in made.items()}
    files = {
        f"{package}/{name}.py": _file(f"What is known of {name}.", "", [text for _, text in functions])
        for name, functions in made.items()
    }
    return Package(package, tuple(offered), {**files, f"{package}/__init__.py": _exports(offered)})


def service(number: int, shared_by: Package, known: Sequence[Package]) -> Package:
    """Return a service; it uses a library, and one to three of the `known` services before it."""
    random = Random(f"service {number}")  # noqa: S311 - as above
    kept = entities(random, random.randint(3, 6))
    package = f"svc_{number:04}_{kept[0].name}"
    others = random.sample(known, min(len(known), random.randint(1, 3)))
    used = {random.choice(one.offered): one.name for one in (shared_by, shared_by, *others)}
    rules, files = _rules(random, package, used)
    kit = (fastapi_service, django_service)[number % 2]
    named = _named(random, package, kept, list(rules))
    files |= _layers(random, kit, named, kept)
    client = (shared.ASYNC_CLIENT, shared.SYNC_CLIENT)[number % 2].substitute(named, **_client(random, number % 2 == 1))
    files[f"{package}/clients.py"] = _file(f"The clients of {package}.", "", [client, *_plain(random, 6, ())])
    files |= {f"{package}/tests/test_{name}.py": _tests(random, package, name, rules, kept) for name in RULE_FILES}
    files[f"{package}/tests/__init__.py"] = ""
    files[f"{package}/{kit.ENTRY}.py"] = kit.APPLICATION.substitute(named)
    files[f"{package}/__init__.py"] = _exports(rules)
    return Package(package, tuple(rules), files)


def _rules(random: Random, package: str, used: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the modules of the functions that a service offers, and the files with its logic.

    Each file uses what the files before it offer, and what is `used` of other packages.
    """
    offered: dict[str, str] = {}
    files = {}
    for name in RULE_FILES:
        sources = {**used, **offered}
        imports = "\n".join(f"from {module} import {function}" for function, module in sources.items())
        made = list(logic.functions(random, random.randint(9, 20), list(sources)))
        files[f"{package}/rules/{name}.py"] = _file(f"The {name} of {package}.", imports, [text for _, text in made])
        offered |= {function: f"{package}.rules.{name}" for function, _ in made[-2:]}
    files[f"{package}/rules/__init__.py"] = _exports(offered)
    return dict.fromkeys(offered, f"{package}.rules"), files


def _layers(random: Random, kit: Kit, named: Mapping[str, str], kept: Sequence[Entity]) -> dict[str, str]:
    """Return the files of a service that have a block for each entity."""
    rules = named["rules"].split(", ")
    files = {}
    chosen = {one.name: _of_entity(random, kit, one, kept) for one in kept}
    for role, block in kit.BLOCKS.items():
        parts = []
        for one in kept:
            filled = block.safe_substitute(chosen[one.name])
            numbers = {"number": str(random.randint(1, 90)), "retries": str(random.randint(1, 9))}
            parts.append(Template(filled).substitute(named, **numbers, **chosen[one.name], rule=random.choice(rules)))
        head = Template(kit.IMPORTS[role]).substitute(named)
        plain = _plain(random, random.randint(2, 7), rules if "$rules" in kit.IMPORTS[role] else ())
        files[f"{named['package']}/{role}.py"] = _file(f"The {role} of {named['package']}.", head, [*parts, *plain])
    return files


def _of_entity(random: Random, kit: Kit, entity: Entity, kept: Sequence[Entity]) -> dict[str, str]:
    return {"name": entity.name, "cls": entity.cls, **kit.names(random, entity, random.choice(kept))}


def _named(random: Random, package: str, kept: Sequence[Entity], rules: Sequence[str]) -> dict[str, str]:
    """Return what the blocks call the parts of a service."""
    host = random.choice(NOUNS)
    lists = {
        "classes": "{}",
        "repositories": "{}Repository",
        "services": "{}Service",
        "serializers": "{}Serializer",
        "views": "{}ViewSet",
    }
    return {
        "package": package,
        "host": host,
        "client": f"{host.title()}Client",
        **{name: ", ".join(form.format(one.cls) for one in kept) for name, form in lists.items()},
        "schemas": ", ".join(f"{one.cls}In, {one.cls}Out" for one in kept),
        "tasks": ", ".join(f"refresh_{one.name}" for one in kept),
        "rules": ", ".join(rules),
        "registered": "\n".join(f'router.register("{one.name}", {one.cls}ViewSet)' for one in kept),
    }


def _client(random: Random, is_sync: bool) -> dict[str, str]:
    seconds = str(random.randint(1, 30))
    limited = f", timeout={seconds}" if is_sync else f"timeout={seconds}"
    return {
        "seconds": seconds,
        "deadline": random.choice(("", limited, limited)),
        "checked": random.choice(shared.CHECKED),
    }


def _tests(random: Random, package: str, name: str, rules: Mapping[str, str], kept: Sequence[Entity]) -> str:
    rule = random.choice(list(rules))
    imports = f"from types import SimpleNamespace as Row\n\nfrom {package}.rules import {rule}"
    tests = []
    for number in range(random.randint(8, 16)):
        entity = random.choice(kept)
        first = entity.fields[0][0]
        tests.append(shared.TEST.substitute(rule=rule, number=number + 1, name=entity.name, first=first))
    return _file(f"The {name} of {package}.", imports, [*tests, *_plain(random, 4, [rule])])


def _plain(random: Random, count: int, callees: Sequence[str]) -> list[str]:
    return [text for _, text in logic.functions(random, count, callees)]


def _exports(names: Mapping[str, str]) -> str:
    lines = [f"from {module} import {name}" for name, module in names.items()]
    return "\n".join([*lines, "", f"__all__ = {list(names)!r}", ""])


def _file(doc: str, imports: str, parts: Sequence[str]) -> str:
    head = f'"""{doc}"""\n\nfrom __future__ import annotations\n\n{STANDARD}\n{imports}\n\n{LOGGER}\n'
    return head + "".join(f"\n\n{part.strip()}\n" for part in parts)


def _write(root: Path, path: str, text: str) -> int:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
    return text.count("\n") if path.endswith(".py") else 0
