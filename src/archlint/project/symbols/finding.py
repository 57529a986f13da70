"""Which file an import of an absolute name finds."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile

from archlint.project.symbols.modules import Module
from archlint.project.symbols.recent import Recent

_INIT = "/__init__"


class Modules:
    """The modules of the project, below all folders that may be import roots.

    A root is a folder that is no package: the root of the project, a `src`, a service of a monorepo, scripts.
    """

    def __init__(self, modules: Iterable[Module], library_roots: frozenset[str]) -> None:
        self._modules = tuple(modules)
        self._libraries = library_roots | sys.stdlib_module_names
        self._by_tail: defaultdict[str, list[tuple[str, Module]]] = defaultdict(list)
        self._by_where: dict[str, Module] = {}
        self._packages: set[str] = set()
        self._declared: dict[int, str] = {}
        for module in sorted(self._modules, key=_order):
            where = _where(module)
            self._declared[id(module)] = _root(where, module.name) or ""
            for tail in {where.rpartition("/")[2], "/".join(where.rsplit("/", 2)[-2:])}:
                self._by_tail[tail].append((where, module))
            self._by_where.setdefault(where, module)
            if module.facts.is_package:
                self._packages.add(module.folder)
        self._known: Recent[tuple[str, str, str], Module | None] = Recent()
        self._namespaces: dict[str, bool] = {}

    def find(self, name: str, importer: Module) -> Module | None:
        """Return the module that an absolute name stands for in a module, or None where that is not the project's.

        The roots above the importer count first, the nearest first; then the declared ones; then the only one that is
        left, or the one that shares most folders with the importer.
        """
        key = (name, importer.folder, importer.path if name in self._libraries else "")
        if key not in self._known:
            self._known[key] = self._found(name, importer)
        return self._known[key]

    def child(self, package: Module, name: str) -> Module | None:
        """Return the module of a name in the folder of a package."""
        if not package.facts.is_package:
            return None
        return self._by_where.get(f"{package.folder}/{name}".lstrip("/"))

    def _found(self, name: str, importer: Module) -> Module | None:
        tail = name.replace(".", "/")
        found: dict[str, Module] = {}
        for where, module in self._by_tail.get("/".join(tail.rsplit("/", 2)[-2:]), ()):
            root = _root(where, name)
            if root is not None and self._is_root(root, module, importer):
                found.setdefault(root, module)
        if name.partition(".")[0] in self._libraries:
            found = {root: one for root, one in found.items() if self._may_shadow(root, one, importer)}
            if importer in found.values() and name == importer.name.rpartition(".")[2]:
                return None  # `logging.py` that imports `logging` does not mean itself
        above = [root for root in found if _is_above(root, importer.folder)]
        if above:
            return found[max(above, key=len)]
        return None if self._is_claimed(name.partition(".")[0], importer) else self._elsewhere(found, importer)

    def _is_root(self, root: str, module: Module, importer: Module) -> bool:
        """Return whether modules may be imported from a folder: it is no package and lies in none.

        A folder of scripts inside a package is a root for the scripts.
        """
        if self._declared[id(module)] == root:
            return True
        if root in self._packages:
            return False
        return root == importer.folder or not self._is_in_package(root)

    def _is_in_package(self, folder: str) -> bool:
        parts = folder.split("/")
        return any("/".join(parts[:size]) in self._packages for size in range(1, len(parts)))

    def _may_shadow(self, root: str, module: Module, importer: Module) -> bool:
        """Return whether a module with the name of a library is found before it: at a root, or beside a script."""
        if self._declared[id(module)] == root:
            return root not in self._packages
        return root == importer.folder and not self._is_namespace(root)

    def _is_namespace(self, folder: str) -> bool:
        """Return whether something is imported from a folder as from a package that has no `__init__`."""
        if folder not in self._namespaces:
            parts = folder.split("/")
            heads = tuple(f"{'.'.join(parts[size:])}." for size in range(len(parts)))
            targets = (row.target for module in self._modules for row in module.facts.imports)
            self._namespaces[folder] = any(f"{target}.".startswith(heads) for target in targets)
        return self._namespaces[folder]

    def _is_claimed(self, head: str, importer: Module) -> bool:
        """Return whether a root above the importer has a module or package of this name, so that no other is asked."""
        roots = ((_root(where, head), module) for where, module in self._by_tail.get(head, ()))
        return any(
            root is not None
            and _is_above(root, importer.folder)
            and self._is_root(root, module, importer)
            and "__path__" not in module.variables  # `pkgutil.extend_path`: other folders hold a part of the package
            for root, module in roots
        )

    def _elsewhere(self, found: dict[str, Module], importer: Module) -> Module | None:
        declared = [module for root, module in found.items() if self._declared[id(module)] == root]
        if len(declared) == 1:
            return declared[0]
        shared = {root: _shared_folders(root, importer.folder) for root in found}
        best = [root for root in found if shared[root] == max(shared.values())]
        return found[best[0]] if len(best) == 1 else None


def _order(module: Module) -> tuple[bool, bool, str]:
    """Return a sort key: packages first, sources before stubs; what comes first stands for a name."""
    return (not module.facts.is_package, module.path.endswith(".pyi"), module.path)


def _where(module: Module) -> str:
    """Return the path of a module without its ending, for a package that of the folder."""
    stem = module.path.rpartition(".")[0]
    where = stem.removesuffix(_INIT) if stem != _INIT[1:] else ""
    # Facts that were named otherwise than by their path are found by their name.
    return where if _root(where, module.name) is not None else module.name.replace(".", "/")


def _root(where: str, name: str) -> str | None:
    """Return the folder from which a dotted name leads to a path, or None."""
    tail = name.replace(".", "/")
    if where == tail:
        return ""
    return where.removesuffix(f"/{tail}") if where.endswith(f"/{tail}") else None


def _is_above(folder: str, other: str) -> bool:
    return not folder or other == folder or other.startswith(f"{folder}/")


def _shared_folders(first: str, second: str) -> int:
    pairs = zip(first.split("/"), second.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
