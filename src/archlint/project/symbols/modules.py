"""What one file defines and imports, by name: of several definitions of one name, the one that holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from archlint.ir.module import Binds, ClassRow, FunctionRow, ImportedName, ModuleFacts, Unit
from archlint.project.symbols.definitions import ClassDefinition, FunctionDefinition, Variable
from archlint.project.symbols.winners import Places, adds_to_earlier, winner
from archlint.source import Role

Row = TypeVar("Row", ClassRow, FunctionRow)


@dataclass(frozen=True, eq=False, repr=False)
class Module:
    """The facts of one file with their indexes by name."""

    facts: ModuleFacts
    role: Role = Role.PRODUCTION

    def __repr__(self) -> str:
        return f"<module {self.path}>"

    @property
    def name(self) -> str:
        """Return the dotted name."""
        return self.facts.name

    @property
    def path(self) -> str:
        """Return the path of the file, relative to the root."""
        return self.facts.path

    @property
    def folder(self) -> str:
        """Return the path of the folder with the file, "" for the root."""
        return self.path.rpartition("/")[0]

    @cached_property
    def imports(self) -> dict[str, str]:
        """Return what the imports of the file bind; imports in functions yield to those of the module.

        Of several under conditions the first counts: `try: import ujson as json`.
        """
        if not self._function_imports:
            return self.module_imports
        return {**{row.bound: row.target for row in self._function_imports}, **self.module_imports}

    @cached_property
    def module_imports(self) -> dict[str, str]:
        """Return what the imports of the module itself bind, functions and class bodies left out."""
        return {name: self._import_winner(rows).target for name, rows in self._import_rows().items()}

    def import_candidates(self, name: str) -> tuple[str, ...]:
        """Return all that imports of the module itself bind a name to, in the order of the source."""
        return tuple(dict.fromkeys(row.target for row in self._import_rows().get(name, ())))

    def import_at(self, name: str, start: int) -> str | None:
        """Return what an import binds a name to inside the unit that starts at an offset, or None.

        What a function imports wins in it.
        """
        found = self.function_import(name, start)
        return found if found is not None else self.module_imports.get(name)

    def function_import(self, name: str, start: int) -> str | None:
        """Return what an import in the function that starts at an offset binds a name to, or None."""
        own = self._imports_by_unit.get(start)
        return own.get(name) if own is not None else None

    @cached_property
    def renaming(self) -> frozenset[str]:
        """Return the names that imports anywhere in the file give to what is called otherwise where it comes from."""
        return frozenset(row.bound for row in self.facts.imports if row.bound != row.target.rpartition(".")[2])

    @cached_property
    def starred(self) -> tuple[str, ...]:
        """Return the modules of which everything is imported."""
        return tuple(row.target.removesuffix(".*") for row in self.facts.imports if row.bound == "*")

    @cached_property
    def classes(self) -> dict[str, ClassDefinition]:
        """Return the classes by their dotted names below the module."""
        rows: dict[str, list[ClassRow]] = {}
        for row in self.facts.classes:
            rows.setdefault(row.name, []).append(row)
        if len(rows) == len(self.facts.classes) and not self._places.deleted:
            return {row.name: ClassDefinition(self, row) for row in self.facts.classes}
        found: dict[str, ClassDefinition] = {}
        for name in sorted(rows, key=lambda one: one.count(".")):
            owner = name.rpartition(".")[0]
            chosen = self._chosen(rows[name], owner, found, self._places.is_conditional_class)
            if chosen is not None:
                found[name] = ClassDefinition(self, chosen)
        return found

    @cached_property
    def functions(self) -> dict[str, FunctionDefinition]:
        """Return functions and methods by their dotted names below the module."""
        rows: dict[str, list[FunctionRow]] = {}
        for row in self.facts.functions:
            rows.setdefault(f"{row.owner}.{row.name}".lstrip("."), []).append(row)
        found: dict[str, FunctionDefinition] = {}
        for name, several in rows.items():
            if len(several) == 1 and not self._is_ambiguous:
                found[name] = FunctionDefinition(self, several[0])
                continue
            owner = several[0].owner
            binding = [row for row in several if not adds_to_earlier(row)] or several[-1:]
            chosen = self._chosen(binding, owner, self.classes, self._places.is_conditional_function)
            if chosen is not None:
                found[name] = FunctionDefinition(self, chosen)
        return found

    @cached_property
    def methods(self) -> dict[str, list[FunctionDefinition]]:
        """Return the methods of each class by the class's dotted name, in the order of the source."""
        found: defaultdict[str, list[FunctionDefinition]] = defaultdict(list)
        for function in self.functions.values():
            if function.row.owner:
                found[function.row.owner].append(function)
        return dict(found)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Return the assigned names of the module and of its classes, by dotted name."""
        units: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self._places.assigning:
            units[unit.owner, unit.name].append(unit)
        changes: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        setters: defaultdict[tuple[str, str], list[Unit]] = defaultdict(list)
        groups = {Binds.CHANGE: changes, Binds.GLOBAL: setters}
        for row in self.facts.bindings:
            if row.binds is not Binds.DELETE:
                groups.get(row.binds, units)[row.owner, row.name].append(self.facts.units[row.unit])
        found: dict[str, Variable] = {}
        for owner, name in (*units, *(key for key in setters if key not in units)):
            set_by = self._kept(setters[owner, name], owner, name) if setters else ()
            kept = self._kept(units[owner, name], owner, name) or set_by
            if kept:
                added = self._kept(changes[owner, name], owner, name) if changes else ()
                found[f"{owner}.{name}".lstrip(".")] = Variable(self, owner, name, kept, added, set_by)
        return found

    @cached_property
    def attributes(self) -> dict[str, list[Variable]]:
        """Return the assigned names of each class body by the class's dotted name, in the order of `variables`."""
        found: defaultdict[str, list[Variable]] = defaultdict(list)
        for variable in self.variables.values():
            if variable.owner:
                found[variable.owner].append(variable)
        return dict(found)

    def is_imported(self, name: str) -> bool:
        """Return whether a name that the module both imports and defines stands for what is imported."""
        if name not in self.module_imports:
            return False
        own = self._start_of_own(name)
        if own is None:
            return True
        start, is_conditional = own
        row = self._import_winner(self._import_rows()[name])
        if self._places.is_conditional_import(row) != is_conditional:
            # `json = None`, then `try: import json`: what stands under the condition is meant to replace the other.
            return is_conditional or row.start > start
        # Of several ways the first is the intended one; without conditions the later statement replaces the earlier.
        return row.start < start if is_conditional else row.start > start

    def _start_of_own(self, name: str) -> tuple[int, bool] | None:
        definition = self.classes.get(name)
        if definition is not None:
            return definition.row.start, self._places.is_conditional_class(definition.row)
        function = self.functions.get(name)
        if function is not None:
            return function.row.start, self._places.is_conditional_function(function.row)
        variable = self.variables.get(name)
        if variable is None:
            return None
        unit = variable.units[-1]
        # `try: from a import b`, `except ImportError: b = None` is one unit: the value stands in for the import.
        return (unit.start, False) if unit.name == name else (unit.end, True)

    def _chosen(
        self,
        rows: list[Row],
        owner: str,
        owners: dict[str, ClassDefinition],
        is_conditional: Callable[[Row], bool],
    ) -> Row | None:
        if owner:
            around = owners.get(owner)
            if around is None:
                return None
            rows = [row for row in rows if around.row.start <= row.start < around.row.end]
        gone = self._places.deleted.get((owner, rows[-1].name.rpartition(".")[2])) if rows else None
        rows = rows if gone is None else [row for row in rows if row.start > gone]
        if len(rows) < 2:  # noqa: PLR2004 - none or one
            return rows[0] if rows else None
        return winner(rows, is_conditional)

    def _kept(self, units: list[Unit], owner: str, name: str) -> tuple[Unit, ...]:
        """Return the units in the order of the source that bind a name of the class that counts and that last."""
        around = self.classes.get(owner) if owner else None
        if owner and around is None:
            return ()
        if not self._is_ambiguous:
            return tuple(units)
        gone = self._places.deleted.get((owner, name), -1)
        start, end = (around.row.start, around.row.end) if around is not None else (0, self._places.end)
        inside = {unit.start: unit for unit in units if unit.start < end and unit.end > start and unit.start > gone}
        return tuple(inside[one] for one in sorted(inside))

    @cached_property
    def _is_ambiguous(self) -> bool:
        """Return whether something is deleted, defined twice, or bound by more than a plain statement."""
        return bool(self.facts.bindings) or len(self.classes) < len(self.facts.classes)

    def _import_winner(self, rows: list[ImportedName]) -> ImportedName:
        return rows[0] if len(rows) == 1 else winner(rows, self._places.is_conditional_import)

    @cached_property
    def _places(self) -> Places:
        return Places(self.facts)

    @cached_property
    def _function_imports(self) -> list[ImportedName]:
        return [row for row in self.facts.imports if row.in_function and row.bound != "*"]

    @cached_property
    def _imports_by_unit(self) -> dict[int, dict[str, str]]:
        found: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for row in self._function_imports:
            found[self._places.unit_at(row.start).start].setdefault(row.bound, row.target)
        return dict(found)

    def _import_rows(self) -> dict[str, list[ImportedName]]:
        """Return the imports of the module itself by name; not kept, since few names need more than their winner."""
        found: dict[str, list[ImportedName]] = {}
        for row in self.facts.imports:
            if row.in_function or row.bound == "*" or self._places.unit_at(row.start).owner:
                continue
            if self._places.deleted.get(("", row.bound), -1) < row.start:
                found.setdefault(row.bound, []).append(row)
        return found


Definition = Module | ClassDefinition | FunctionDefinition | Variable
