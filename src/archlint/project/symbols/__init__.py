"""Names over files: modules, imports, re-exports, classes with their ancestors."""

from __future__ import annotations

from archlint.project.symbols.definitions import ClassDefinition, FunctionDefinition, Variable
from archlint.project.symbols.hierarchy import is_abstract_method
from archlint.project.symbols.lookup import Symbols
from archlint.project.symbols.modules import Definition, Module

__all__ = [
    "ClassDefinition",
    "Definition",
    "FunctionDefinition",
    "Module",
    "Symbols",
    "Variable",
    "is_abstract_method",
]
