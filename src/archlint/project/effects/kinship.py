"""Whether an object is of one of some classes, as far as its declared class tells."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import TYPE_CHECKING

from archlint.project.symbols import ClassDefinition
from archlint.project.values import Instance, Items, Query, Value

if TYPE_CHECKING:
    from archlint.project.project import Project


class Kinship:
    """Answers what `isinstance` gives; an object may be of a class below the one that is declared."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def is_one_of(self, value: Value, classes: tuple[str, ...]) -> bool | None:
        """Return whether a value is an object of one of some classes, None where nobody knows."""
        if isinstance(value, Query | Items):
            return (
                False
                if all(one in self._project.symbols.classes_by_name or one in ("int", "str") for one in classes)
                else None
            )
        if not isinstance(value, Instance) or value.definition is None:
            return None
        above = self._ancestry(value.definition)
        if not above.isdisjoint(classes):
            return True
        return None if any(self._may_be(value.definition, above, one) for one in classes) else False

    def _may_be(self, declared: ClassDefinition, above: frozenset[str], name: str) -> bool:
        """Return whether an object of a declared class may be of another one, from which that does not derive."""
        tested = self._project.symbols.classes_by_name.get(name)
        if tested is None:
            return not hasattr(builtins, name) or "?" in above
        return declared.name in self._ancestry(tested)

    def _ancestry(self, definition: ClassDefinition) -> frozenset[str]:
        self._project.inference.reads(definition.module, definition.row.name)
        return frozenset(_names(self._project.symbols.ancestors(definition)))


def _names(ancestors: Iterable[ClassDefinition | str]) -> Iterable[str]:
    return (one if isinstance(one, str) else one.name for one in ancestors)
