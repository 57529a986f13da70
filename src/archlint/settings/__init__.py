"""Configuration: `[tool.archlint]` or archlint.toml and the command line, made into one frozen `Settings` a file.

Reading order: `schema` says what can be written, `loading` reads it, `selection` and `globs` say what it means,
`merging` makes the `Settings`, `table_sizes` looks up what they say of tables, `resolving` finds the file that counts.
"""

from archlint.settings.globs import Glob
from archlint.settings.overrides import Overrides
from archlint.settings.resolving import SettingsResolver, find_root
from archlint.settings.schema import FailOn, TableSize, config_schema
from archlint.settings.settings import Settings, show

__all__ = [
    "FailOn",
    "Glob",
    "Overrides",
    "Settings",
    "SettingsResolver",
    "TableSize",
    "config_schema",
    "find_root",
    "show",
]
