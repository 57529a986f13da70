"""Names over files: modules, imports, re-exports, classes with their ancestors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from archlint.ir.builder import dotted
from archlint.ir.module import ClassRow, Flag, FunctionRow, ModuleFacts, Unit
from archlint.source import Role

_MAX_HOPS = 20
"""Re-exports followed at most; more is a cycle."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassDefinition:
    """A class of the project."""

    module: Module
    row: ClassRow

    @property
    def name(self) -> str:
        """Return the qualified name."""
        return f"{self.module.name}.{self.row.name}".lstrip(".")


@dataclass(frozen=True, slots=True, eq=False)
class FunctionDefinition:
    """A function or method of the project.

    `outer` is the function around a nested one; the rows of both name the same unit.
    """

    module: Module
    row: FunctionRow
    outer: FunctionDefinition | None = None

    @property
    def local_name(self) -> str:
        """Return the dotted name below the module: `Class.method`, `make_app.index` where one is nested."""
        above = self.outer.local_name if self.outer is not None else self.row.owner
        return f"{above}.{self.row.name}".lstrip(".")

    @property
    def name(self) -> str:
        """Return the qualified name."""
        return f"{self.module.name}.{self.local_name}".lstrip(".")


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A name that statements of a module or of a class body assign."""

    module: Module
    owner: str
    name: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, eq=False)
class Module:
    """The facts of one file with their indexes by name."""

    facts: ModuleFacts
    role: Role = Role.PRODUCTION

    @property
    def name(self) -> str:
        """Return the dotted name."""
        return self.facts.name

    @property
    def path(self) -> str:
        """Return the path of the file, relative to the root."""
        return self.facts.path

    @cached_property
    def imports(self) -> dict[str, str]:
        """Return what the imports of the file bind; imports in functions yield to those of the module."""
        rows = sorted(self.facts.imports, key=lambda row: not row.in_function)
        return {row.bound: row.target for row in rows if row.bound != "*"}

    @cached_property
    def starred(self) -> tuple[str, ...]:
        """Return the modules of which everything is imported."""
        return tuple(row.target.removesuffix(".*") for row in self.facts.imports if row.bound == "*")

    @cached_property
    def classes(self) -> dict[str, ClassDefinition]:
        """Return the classes by their dotted names below the module."""
        return {row.name: ClassDefinition(self, row) for row in self.facts.classes}

    @cached_property
    def functions(self) -> dict[str, FunctionDefinition]:
        """Return functions and methods by their dotted names below the module."""
        return {f"{row.owner}.{row.name}".lstrip("."): FunctionDefinition(self, row) for row in self.facts.functions}

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Return the assigned names of the module and of its outermost classes, by dotted name."""
        units: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.facts.units:
            if unit.name and not unit.flags & Flag.FUNCTION:
                units[unit.owner, unit.name].append(unit)
        return {
            f"{owner}.{name}".lstrip("."): Variable(self, owner, name, tuple(rows))
            for (owner, name), rows in units.items()
        }


Definition = Module | ClassDefinition | FunctionDefinition | Variable


class Symbols:
    """Finds what a qualified name stands for in the project."""

    def __init__(self, modules: Iterable[Module], library_roots: frozenset[str]) -> None:
        self._modules = {module.name: module for module in modules}
        self._library_roots = library_roots
        self._packages = {module.name for module in self._modules.values() if module.facts.is_package}
        self._by_tail: defaultdict[str, list[Module]] = defaultdict(list)
        for name in sorted(self._modules):
            self._by_tail[name.rpartition(".")[2]].append(self._modules[name])

    def module(self, name: str, importer: Module) -> Module | None:
        """Return the module that an import of an absolute name finds.

        A project may be linted from above its import root (`backend/app/main.py` imports `app.db`):
        a module whose path ends in the name counts where the folder above is no package and is near the importer.
        """
        exact = self._modules.get(name)
        if exact is not None or name.partition(".")[0] in self._library_roots:
            return exact
        tail = f".{name}"
        found = [
            module
            for module in self._by_tail[name.rpartition(".")[2]]
            if module.name.endswith(tail) and module.name.removesuffix(tail) not in self._packages
        ]
        if len(found) < 2:  # noqa: PLR2004 - none or one
            return found[0] if found else None
        shared = [_shared_prefix(module.name, importer.name) for module in found]
        best = max(shared)
        return found[shared.index(best)] if shared.count(best) == 1 else None

    def find(self, name: str, importer: Module, hops: int = 0) -> Definition | None:
        """Return what a qualified name stands for, or None where it is not the project's."""
        parts = name.split(".")
        for size in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:size]), importer)
            if module is not None:
                return self.member(module, parts[size:], hops)
        return None

    def member(self, module: Module, parts: list[str], hops: int = 0) -> Definition | None:
        """Return what a dotted name stands for inside a module, through its imports and re-exports."""
        if not parts:
            return module
        if hops > _MAX_HOPS:
            return None
        name = ".".join(parts)
        own = module.classes.get(name) or module.functions.get(name) or module.variables.get(name)
        if own is not None:
            return own
        target = module.imports.get(parts[0])
        if target is not None and target != f"{module.name}.{parts[0]}":
            return self.find(".".join([target, *parts[1:]]), module, hops + 1)
        submodule = self._modules.get(f"{module.name}.{parts[0]}")
        if submodule is not None:
            return self.member(submodule, parts[1:], hops + 1)
        return self._starred_member(module, parts, hops)

    def qualified(self, module: Module, name: str, hops: int = 0) -> str:
        """Return the name, in its library, of what a dotted name of a module stands for, through re-exports.

        A name that nobody imports is returned as it is.
        """
        head, dot, rest = name.partition(".")
        target = module.imports.get(head)
        if target is None:
            return self._starred_name(module, name, hops)
        full = f"{target}{dot}{rest}"
        parts = full.split(".")
        for size in range(len(parts) - 1, 0, -1):
            origin = self.module(".".join(parts[:size]), module)
            if origin is not None and origin is not module and hops < _MAX_HOPS:
                further = ".".join(parts[size:])
                found = self.qualified(origin, further, hops + 1)
                return full if found == further else found
        return full

    def _starred_name(self, module: Module, name: str, hops: int) -> str:
        for target in module.starred:
            origin = self.module(target, module)
            if origin is not None and origin is not module and hops < _MAX_HOPS:
                found = self.qualified(origin, name, hops + 1)
                if found != name:
                    return found
        return name

    def _starred_member(self, module: Module, parts: list[str], hops: int) -> Definition | None:
        for target in module.starred:
            origin = self.module(target, module)
            found = self.member(origin, parts, hops + 1) if origin is not None and origin is not module else None
            if found is not None:
                return found
        return None

    def bases(self, definition: ClassDefinition) -> Iterator[ClassDefinition | str]:
        """Yield the direct bases: classes of the project, or qualified names."""
        for base in definition.row.bases:
            name = dotted(base)
            local = self.member(definition.module, name.split("."))
            if isinstance(local, ClassDefinition):
                yield local
            elif name.partition(".")[0] in definition.module.variables:  # `class Order(db.Model)`
                yield f"{definition.module.name}.{name}".lstrip(".")
            else:
                yield self.qualified(definition.module, name)

    def ancestors(self, definition: ClassDefinition) -> Iterator[ClassDefinition | str]:
        """Yield the class and all that it inherits from, nearest first, each once."""
        pending: list[ClassDefinition | str] = [definition]
        seen: set[int | str] = set()
        while pending:
            current = pending.pop(0)
            key = current if isinstance(current, str) else id(current)
            if key in seen:
                continue
            seen.add(key)
            yield current
            if isinstance(current, ClassDefinition):
                pending.extend(self.bases(current))


def _shared_prefix(first: str, second: str) -> int:
    pairs = zip(first.split("."), second.split("."), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
