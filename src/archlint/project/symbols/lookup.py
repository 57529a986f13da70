"""What a qualified name stands for in the project."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.project.symbols import exports
from archlint.project.symbols.definitions import ClassDefinition
from archlint.project.symbols.finding import Modules
from archlint.project.symbols.hierarchy import Hierarchy
from archlint.project.symbols.modules import Definition, Module
from archlint.project.symbols.recent import Recent

_MAX_PARTS = 20
"""Longer names come of imports that go round in a circle."""

_IMPORTERS = frozenset({"__import__", "importlib.__import__", "importlib.import_module"})
_Seen = set[tuple[int, str]]


class Symbols:
    """Finds what a qualified name stands for in the project.

    The project's own definitions under a name in `declared` are taken for those of a library: the project says what
    they are, so that nobody looks inside.
    """

    def __init__(
        self, modules: Iterable[Module], library_roots: frozenset[str], declared: frozenset[str] = frozenset()
    ) -> None:
        self._all = tuple(modules)
        self._library_roots = library_roots
        self._declared: dict[str, list[str]] = {}
        for name in sorted(declared):
            self._declared.setdefault(name.rpartition(".")[2], []).append(name)
        self._found: Recent[tuple[int, str], Definition | None] = Recent()
        self._members: Recent[tuple[int, str], Definition | None] = Recent()
        self._names: Recent[tuple[int, str], str] = Recent()
        self._listed: dict[int, frozenset[str] | None] = {}

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Return the classes with what they inherit from."""
        return Hierarchy(self, self._all)

    @cached_property
    def classes_by_name(self) -> Mapping[str, ClassDefinition]:
        """Return the classes of the project by their qualified names."""
        return {one.name: one for module in self._all for one in module.classes.values()}

    @cached_property
    def _modules(self) -> Modules:
        return Modules(self._all, self._library_roots)

    def module(self, name: str, importer: Module) -> Module | None:
        """Return the module that an import of an absolute name finds: below the root that is nearest to the importer.

        A project may be linted from above its import root: `backend/app/main.py` imports `app.db`.
        """
        return self._modules.find(name, importer)

    def imported_by_call(self, call: ir.Call, importer: Module) -> Module | None:
        """Return the module that `importlib.import_module("app.tasks")` gives, or None where that is not known."""
        first = call.args[0] if call.args else None
        if not isinstance(first, ir.Text) or self.qualified(importer, dotted(call.func)) not in _IMPORTERS:
            return None
        name = first.value.lstrip(".")
        level = len(first.value) - len(name)
        if not level:
            return self.module(name, importer)
        package = importer.name.split(".")
        drop = level - (1 if importer.facts.is_package else 0)
        above = package[: len(package) - drop] if drop < len(package) else []
        return self.module(".".join([*above, name]), importer) if above else None

    def find(self, name: str, importer: Module) -> Definition | None:
        """Return what a qualified name stands for, or None where it is not the project's."""
        key = (id(importer), name)
        if key not in self._found:
            self._found[key] = self._target(name, (), importer, set())
        return self._found[key]

    def member(self, module: Module, parts: Sequence[str], *, at: int | None = None) -> Definition | None:
        """Return what a dotted name stands for inside a module, through its imports and re-exports.

        In the unit that starts at the offset `at`, what its function imports counts first, and what other functions
        import does not count. Without an offset, what any function imports counts last.
        """
        key = (id(module), ".".join(parts))
        if at is not None:
            lazy = module.function_import(parts[0], at)
            return self._member(module, parts, set()) if lazy is None else self._target(lazy, parts[1:], module, set())
        if key not in self._members:
            found = self._member(module, parts, set())
            if found is None and parts and parts[0] not in module.module_imports and parts[0] in module.imports:
                found = self._target(module.imports[parts[0]], parts[1:], module, set())
            self._members[key] = found
        return self._members[key]

    def _target(self, target: str, rest: Sequence[str], importer: Module, seen: _Seen) -> Definition | None:
        """Return what an import of `target` gives, and of that the member `rest`.

        What a package binds hides its submodule of that name: `from app import db` after `from .db import db`.
        """
        parts = [*target.split("."), *rest]
        size = len(parts) - len(rest)
        for end in (*range(size, 0, -1), *range(size + 1, len(parts) + 1)):
            module = self.module(".".join(parts[:end]), importer)
            if module is None:
                continue
            package = self.module(".".join(parts[: end - 1]), importer) if end == size > 1 else None
            if package is not None and package is not module and _hides(package, parts[end - 1]):
                return self._member(package, parts[end - 1 :], seen)
            return self._member(module, parts[end:], seen)
        return None

    def _member(self, module: Module, parts: Sequence[str], seen: _Seen) -> Definition | None:
        """Return what others see under a dotted name of a module."""
        if not parts:
            return module
        name = ".".join(parts)
        key = (id(module), name)
        if key in seen or len(parts) > _MAX_PARTS:
            return None
        seen.add(key)
        own = module.classes.get(name) or module.functions.get(name) or module.variables.get(name)
        target = module.module_imports.get(parts[0])
        if own is not None and (target is None or not module.is_imported(parts[0])):
            return None if self._as_declared(module, name) else own
        if target is not None and target != f"{module.name}.{parts[0]}":
            return self._target(target, parts[1:], module, seen)
        submodule = self._modules.child(module, parts[0])
        if submodule is not None:
            return self._member(submodule, parts[1:], seen)
        return self._starred_member(module, parts, seen)

    def _starred_member(self, module: Module, parts: Sequence[str], seen: _Seen) -> Definition | None:
        for origin in self._star_origins(module, parts[0]):
            found = self._member(origin, parts, seen)
            if found is not None:
                return found
        return None

    def _star_origins(self, module: Module, name: str) -> Iterator[Module]:
        """Yield the modules that give a name to a star import of a module, the last import first: it wins."""
        for target in reversed(module.starred):
            origin = self.module(target, module)
            if origin is not None and origin is not module and self._exports(origin, name):
                yield origin

    def _exports(self, module: Module, name: str) -> bool:
        """Return whether a star import of a module may bring a name."""
        if id(module) not in self._listed:
            self._listed[id(module)] = exports.listed(module)
        names = self._listed[id(module)]
        return not name.startswith("_") if names is None else name in names

    def qualified(self, module: Module, name: str, *, at: int | None = None) -> str:
        """Return the name, in its library, of what a dotted name of a module stands for, through re-exports.

        A name that nobody imports is returned as it is. For `at` see `member`.
        """
        head, _, rest = name.partition(".")
        if at is not None:
            lazy = module.function_import(head, at)
            if lazy is not None:
                return self._origin(lazy, rest, module, set())
            return self._visible(module, name, set()) or name
        key = (id(module), name)
        if key not in self._names:
            lazy = module.imports.get(head) if head not in module.module_imports else None
            found = self._visible(module, name, set())
            if found is None and lazy is not None:
                found = self._origin(lazy, rest, module, set())
            self._names[key] = found or name
        return self._names[key]

    def declared(self, module: Module, name: str) -> str:
        """Return the qualified name of what stands in declarations, where `from sqlalchemy import *` brings names.

        What is bound nowhere comes from a star import of a library there, the last one. In functions it may be local.
        """
        found, head = self.qualified(module, name), name.partition(".")[0]
        if found != name or head == "?" or hasattr(builtins, head) or head in module.imports or _hides(module, head):
            return found
        library = self._starred_library(module, head, set())
        return f"{library}.{name}" if library else name

    def _starred_library(self, module: Module, name: str, seen: set[int]) -> str:
        """Return the library that a module has all names of, through star imports of the project's modules."""
        seen.add(id(module))
        for target in reversed(module.starred):
            origin = self.module(target, module)
            if origin is None:
                return target
            found = ""
            if id(origin) not in seen and self._exports(origin, name):
                found = self._starred_library(origin, name, seen)
            if found:
                return found
        return ""

    def origin(self, importer: Module, target: str) -> str:
        """Return the name, in its library, of what an import of `target` gives, through re-exports."""
        return self._origin(target, "", importer, set())

    def _visible(self, module: Module, name: str, seen: _Seen) -> str | None:
        """Return the name behind a name that others see in a module, or None where nothing is imported under it.

        It may be the same name: `import requests` in a module from which others import `requests`.
        """
        key = (id(module), name)
        if key in seen or name.count(".") > _MAX_PARTS:
            return None
        seen.add(key)
        head, _, rest = name.partition(".")
        target = module.module_imports.get(head)
        if target is not None:
            return self._origin(target, rest, module, seen) if module.is_imported(head) else None
        if _hides(module, head):
            return self._as_declared(module, name) or None
        for origin in self._star_origins(module, head):
            found = self._visible(origin, name, seen)
            if found is not None:
                return found
        return None

    def _origin(self, target: str, rest: str, importer: Module, seen: _Seen) -> str:
        parts = target.split(".")
        full = f"{target}.{rest}" if rest else target
        whole = full.split(".")
        last = len(parts) - 1  # the last part of the target is an attribute, where a package binds it
        package = self.module(".".join(parts[:-1]), importer) if last else None
        is_hidden = package is not None and _hides(package, parts[-1])
        for size in range(last if is_hidden else len(whole) - 1, 0, -1):
            origin = self.module(".".join(whole[:size]), importer)
            if origin is not None and origin is not importer:
                further = ".".join(whole[size:])
                found = self._visible(origin, further, seen)
                return full if found is None else found
        return full

    def _as_declared(self, module: Module, name: str) -> str:
        """Return the name under which the project declares what a definition, or a part of it, is; else ""."""
        parts = name.split(".") if self._declared else []
        for size in range(1, len(parts) + 1):
            tail = ".".join(parts[:size])
            for one in self._declared.get(parts[size - 1], ()):
                owner = one.removesuffix(f".{tail}")
                if owner != one and self.module(owner, module) is module:
                    return ".".join([one, *parts[size:]])
        return ""

    def bases(self, definition: ClassDefinition) -> Iterator[ClassDefinition | str]:
        """Yield the direct bases: classes of the project, or qualified names."""
        yield from self.hierarchy.bases(definition)

    def ancestors(self, definition: ClassDefinition) -> Iterator[ClassDefinition | str]:
        """Return the class and all that it inherits from, in the order in which Python looks for attributes."""
        return iter(self.hierarchy.mro(definition))

    def mro(self, definition: ClassDefinition) -> tuple[ClassDefinition | str, ...]:
        """Return the class and all that it inherits from, in the order in which Python looks for attributes.

        Classes of libraries are qualified names, without their own bases.
        """
        return self.hierarchy.mro(definition)

    def subclasses(self, definition: ClassDefinition, *, direct: bool = False) -> tuple[ClassDefinition, ...]:
        """Return the classes of the project that derive from a class, by path and place."""
        return self.hierarchy.subclasses(definition, direct=direct)

    def type_arguments(self, definition: ClassDefinition, base: ClassDefinition | str) -> tuple[ir.Expr, ...]:
        """Return what a class gives a generic base in brackets: of `class Repo(Base[Order])` the `Order`."""
        return self.hierarchy.type_arguments(definition, base)

    def metaclass(self, definition: ClassDefinition) -> ClassDefinition | str | None:
        """Return the metaclass that a class or one of its bases names, or None."""
        return self.hierarchy.metaclass(definition)


def _hides(module: Module, name: str) -> bool:
    """Return whether a module itself defines a name, or imports it from elsewhere than its own submodule."""
    target = module.module_imports.get(name)
    if target is not None:
        return target != f"{module.name}.{name}"
    return name in module.classes or name in module.functions or name in module.variables
