"""Which modules have to do with some libraries: by what they import, and by who imports them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from archlint.project.symbols.modules import Module

if TYPE_CHECKING:
    from archlint.project.symbols.lookup import Symbols


def in_contact(symbols: Symbols, modules: Sequence[Module], packages: frozenset[str]) -> frozenset[Module]:
    """Return the modules that import one of some packages, over other modules too, and those that these import.

    What is imported by none of them is given nothing of these libraries, unless by somebody who does not say so.
    """
    heads = frozenset(name.partition(".")[0] for name in packages)  # all that `import urllib.request` tells
    importers: defaultdict[Module, set[Module]] = defaultdict(set)
    found: set[Module] = set()
    for module in modules:
        for row in module.facts.imports:
            imported = _module_of(symbols, row.target, module)
            if imported is not None:
                importers[imported].add(module)
            elif row.target in heads or _is_of(row.target, packages):
                found.add(module)
    pending = list(found)
    while pending:
        further = importers[pending.pop()] - found
        found |= further
        pending += further
    given = {one for one, by in importers.items() if not by.isdisjoint(found)}
    return frozenset(found | given)


def _is_of(target: str, packages: frozenset[str]) -> bool:
    """Return whether what an import names is in one of some packages."""
    while target:
        if target in packages:
            return True
        target = target.rpartition(".")[0]
    return False


def _module_of(symbols: Symbols, target: str, importer: Module) -> Module | None:
    """Return the module of the project that an import names, or that what it names is in."""
    found = None
    while target and found is None:
        found = symbols.module(target, importer)
        target = target.rpartition(".")[0]
    return found
