"""Fields of ORMs that give each model the fields of all its ancestors."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.schema.declarations import Declaration, Declarations
from archlint.project.schema.meta import Option
from archlint.project.schema.model import Place
from archlint.project.schema.names import Names
from archlint.project.symbols import ClassDefinition


class CopyingReader:
    """Reads models that inherit fields, not tables."""

    orm = ""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.declarations = Declarations(names, names.project.knowledge.orm(self.orm))
        self._local: dict[ClassDefinition, tuple[Declaration, ...]] = {}
        self._meta: dict[ClassDefinition, dict[str, Option]] = {}

    def concrete(self, definition: ClassDefinition) -> ClassDefinition:
        """Return the model itself: there are no proxies."""
        return definition

    def local(self, definition: ClassDefinition) -> tuple[Declaration, ...]:
        """Return the fields of a model, inherited ones first."""
        if definition not in self._local:
            found: dict[str, Declaration] = {}
            for one in reversed(tuple(self.names.classes(definition))):
                found.update({field.name: field for field in self.declarations.own(one)})
            self._local[definition] = tuple(found.values())
        return self._local[definition]

    def own_options(self, definition: ClassDefinition) -> dict[str, Option]:
        """Return what the `Meta` of a class itself sets."""
        if definition not in self._meta:
            found: dict[str, Option] = {}
            meta = definition.module.classes.get(f"{definition.row.name}.Meta")
            for place, statement in self.names.statements(meta) if meta is not None else ():
                if isinstance(statement, ir.Assign) and statement.value is not None:
                    for target in statement.targets:
                        if isinstance(target, ir.Name):
                            found[target.id] = Option(statement.value, place)
            self._meta[definition] = found
        return self._meta[definition]

    def option_text(self, definition: ClassDefinition, *names: str) -> str | None:
        """Return the text that the first of some options of a class itself is set to, or None."""
        options = self.own_options(definition)
        found = next((options[name] for name in names if name in options), None)
        return self.names.text(found.value, found.module) if found is not None else None

    def option_flag(self, definition: ClassDefinition, name: str) -> bool | None:
        """Return the truth that an option of a class itself is set to, or None."""
        option = self.own_options(definition).get(name)
        value = option.value if option is not None else None
        return value.value if isinstance(value, ir.Constant) and isinstance(value.value, bool) else None

    def option_items(self, definition: ClassDefinition, name: str) -> tuple[tuple[ir.Expr, Place], ...]:
        """Return the items of a list that an option of a class itself is set to, with their places."""
        option = self.own_options(definition).get(name)
        items = self.names.items(option.value, option.module) if option is not None else ()
        return tuple((one, Place(option.module, option.place.unit, one)) for one in items) if option else ()
