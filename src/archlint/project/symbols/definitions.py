"""What a file defines: classes, functions and variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archlint.ir.module import ClassRow, FunctionRow, Unit

if TYPE_CHECKING:
    from archlint.project.symbols.modules import Module


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClassDefinition:
    """A class of the project."""

    module: Module
    row: ClassRow

    def __repr__(self) -> str:
        return f"<class {self.name}>"

    @property
    def name(self) -> str:
        """Return the qualified name."""
        return f"{self.module.name}.{self.row.name}".lstrip(".")

    @property
    def methods(self) -> Sequence[FunctionDefinition]:
        """Return the methods that the body of the class defines, in the order of the source."""
        return self.module.methods.get(self.row.name, ())


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FunctionDefinition:
    """A function or method of the project.

    `outer` is the function around a nested one; the rows of both name the same unit.
    """

    module: Module
    row: FunctionRow
    outer: FunctionDefinition | None = None

    def __repr__(self) -> str:
        return f"<function {self.name}>"

    @property
    def unit(self) -> Unit:
        """Return the unit that the function, or the one around it, is."""
        return self.module.facts.units[self.row.unit]

    @property
    def owner(self) -> ClassDefinition | None:
        """Return the class whose body the function, or the one around it, stands in, or None."""
        return self.module.classes.get(self.row.owner)

    @property
    def local_name(self) -> str:
        """Return the dotted name below the module: `Class.method`, `make_app.index` where one is nested."""
        above = self.outer.local_name if self.outer is not None else self.row.owner
        return f"{above}.{self.row.name}".lstrip(".")

    @property
    def name(self) -> str:
        """Return the qualified name."""
        return f"{self.module.name}.{self.local_name}".lstrip(".")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Variable:
    """A name that statements of a module or of a class body assign.

    `units` give it its values (a unit may be an `if` or a `try` that does so somewhere inside);
    `changes` add to what it has: `urlpatterns += …`; functions in `setters` may replace it: `global client`.
    """

    module: Module
    owner: str
    name: str
    units: tuple[Unit, ...]
    changes: tuple[Unit, ...] = ()
    setters: tuple[Unit, ...] = ()

    def __repr__(self) -> str:
        return f"<variable {self.module.name}.{self.name}>"

    @property
    def qualified(self) -> str:
        """Return the qualified name."""
        return ".".join(part for part in (self.module.name, self.owner, self.name) if part)
