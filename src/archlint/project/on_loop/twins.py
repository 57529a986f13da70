"""The coroutine that a class or a module has beside a function that does the same and blocks."""

from __future__ import annotations

from archlint.project.effects.effect import EffectKind
from archlint.project.inference import members
from archlint.project.project import Project
from archlint.project.symbols import FunctionDefinition
from archlint.project.symbols.hierarchy import is_abstract_method

_WAITING = frozenset({EffectKind.BLOCK, EffectKind.EXTERNAL, EffectKind.QUERY, EffectKind.WRITE})


def twin_of(project: Project, function: FunctionDefinition) -> FunctionDefinition | None:
    """Return the coroutine of the same class or module that is named for doing the same, or None."""
    if function.row.is_async or function.row.name.startswith("__"):
        return None
    for name in _names(function.row.name):
        found = _beside(project, function, name)
        if found is not None and found.row.is_async and _takes_the_same(function, found):
            return found
    return None


def waits(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a function is known to wait for something, or only promises what classes below it do."""
    if is_abstract_method(function, project.function_node(function)):
        return True
    return any(one.effect.kind in _WAITING for one in project.effects.summary(function).effects)


def _names(name: str) -> list[str]:
    found = [f"{name}_async", f"async_{name}", f"a{name}", f"{name}_aio"]
    plain = name.removesuffix("_sync").removeprefix("sync_")
    return found if plain == name else [plain, f"{plain}_async", f"async_{plain}", f"a{plain}"]


def _beside(project: Project, function: FunctionDefinition, name: str) -> FunctionDefinition | None:
    if function.outer is not None:
        return None
    if function.owner is not None:
        return members.implementation(project.inference, function.owner, name)
    return None if function.row.owner else function.module.functions.get(name)


def _takes_the_same(one: FunctionDefinition, other: FunctionDefinition) -> bool:
    """Return whether all that must be given to one of two functions can be given to the other."""
    names = [{row.name for row in function.row.parameters} for function in (one, other)]
    return names[0] <= names[1] or names[1] <= names[0]
