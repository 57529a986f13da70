"""Which modules have to do with some libraries: by what they import, and by who imports them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence

from archlint.project.symbols.modules import Module


def in_contact(modules: Sequence[Module], roots: Container[str]) -> frozenset[Module]:
    """Return the modules that import one of some libraries, over other modules too, and those that these import.

    What is imported by none of them is given nothing of these libraries, unless by somebody who does not say so.
    """
    by_name = {one.name: one for one in modules}
    importers: defaultdict[Module, set[Module]] = defaultdict(set)
    found: set[Module] = set()
    for module in modules:
        for row in module.facts.imports:
            imported = _module_of(row.target, by_name)
            if imported is not None:
                importers[imported].add(module)
            elif row.target.partition(".")[0] in roots:
                found.add(module)
    pending = list(found)
    while pending:
        further = importers[pending.pop()] - found
        found |= further
        pending += further
    given = {one for one, by in importers.items() if not by.isdisjoint(found)}
    return frozenset(found | given)


def _module_of(target: str, by_name: dict[str, Module]) -> Module | None:
    """Return the module of the project that an import names, or that what it names is in."""
    while target:
        if target in by_name:
            return by_name[target]
        target = target.rpartition(".")[0]
    return None
