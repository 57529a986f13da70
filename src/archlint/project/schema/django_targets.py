"""Which model a relation of Django leads to: by class, by name, by label, or through the model between."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.knowledge.orm_rows import RelationField
from archlint.project.schema.declarations import Declaration
from archlint.project.schema.names import lower_name
from archlint.project.symbols import ClassDefinition

if TYPE_CHECKING:
    from archlint.project.schema.django import Django


class Targets:
    """Finds the models that relations name."""

    def __init__(self, reader: Django) -> None:
        self._reader = reader

    def of(self, one: Declaration, definition: ClassDefinition) -> tuple[ClassDefinition | None, str]:
        """Return the model that a relation of a model leads to: its class, where it is the project's, and its name."""
        row = self._reader.declarations.relations.get(one.base)
        if row is not None and row.to:
            return self._target_between(row, one, definition)
        node = one.words.get("to") or (one.arguments[0] if one.arguments else None)
        found = self._named(node, one, definition)
        if isinstance(found, ClassDefinition):
            return (found, found.name) if self._reader.is_model(found) else (None, "")
        return None, found

    def _target_between(
        self, row: RelationField, one: Declaration, definition: ClassDefinition
    ) -> tuple[ClassDefinition | None, str]:
        """Return the model that the model between leads to, or the one that the knowledge names."""
        between = self.between(one, definition)
        if not isinstance(between, ClassDefinition):
            return None, row.to
        found = next((each for each in self._reader.local(between) if each.name == row.between), None)
        return self.of(found, between) if found is not None else (None, "")

    def between(self, one: Declaration, definition: ClassDefinition) -> ClassDefinition | str:
        """Return the model that a relation names as the one between, or ""."""
        given = one.words.get("through")
        return self._named(given, one, definition) if given is not None else ""

    def _named(self, node: ir.Expr | None, one: Declaration, definition: ClassDefinition) -> ClassDefinition | str:
        if node is None:
            return ""
        if one.module is not None and not isinstance(node, ir.Text):
            name = self._reader.names.name(node.func if isinstance(node, ir.Call) else node, one.module)
            if name.endswith(("settings.AUTH_USER_MODEL", "get_user_model")):
                return self.user
            found = self._reader.names.resolved(node, one.module)
            if isinstance(found, ClassDefinition):
                return found
            if isinstance(found, str) and found and not isinstance(node, ir.Call):
                return found
        text = (
            node.value
            if isinstance(node, ir.Text)
            else self._reader.names.text(node, one.module)
            if one.module
            else None
        )
        return self.labelled(text or "", definition)

    def labelled(self, text: str, definition: ClassDefinition) -> ClassDefinition | str:
        """Return the model that a string means in a model: `self`, `Model` or `app.Model`; "" where none is found."""
        if text == "self":
            return definition
        is_whole = "." in text or text in self._reader.declarations.library
        return self._whole(text if is_whole else f"{self._reader.label(definition)}.{text}")

    @cached_property
    def user(self) -> ClassDefinition | str:
        """Return the model of users that the settings name, "" where they do not agree."""
        return self._whole(self._reader.apps.user or "")

    def _whole(self, text: str) -> ClassDefinition | str:
        """Return the model that a string with its app means."""
        known = self._reader.declarations.library.get(text)
        if known is not None:
            return known.name
        if text.count(".") > 1:
            return next((one for one in self._by_label.values() if one.name == text), "")
        app, _, name = text.rpartition(".")
        key = f"{app}.{name.lower()}"
        return self._by_label.get(key) or self._library_labels.get(key, "")

    @cached_property
    def _library_labels(self) -> dict[str, str]:
        rows = self._reader.declarations.library.values()
        labels = ((row.label.rpartition("."), row.name) for row in rows if row.label)
        return {f"{app}.{name.lower()}": qualified for (app, _, name), qualified in labels}

    @cached_property
    def _by_label(self) -> dict[str, ClassDefinition]:
        """Return the models by label and name; a name that two modules claim is left out."""
        found: dict[str, ClassDefinition | None] = {}
        for definition in self._reader.names.mapped(self._reader.orm):
            if not self._reader.is_abstract(definition):
                key = f"{self._reader.label(definition)}.{lower_name(definition)}"
                found[key] = None if key in found else definition
        return {key: one for key, one in found.items() if one is not None}
