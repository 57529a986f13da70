"""What the command line says: it wins over every file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from archlint.settings.settings import Settings

_BEYOND_FILES = frozenset({"no_cache", "ignore_suppressions", "only", "with_rules_of"})


class Overrides(msgspec.Struct, frozen=True, kw_only=True):
    """Options of the command line, as the user gave them; None where there is none.

    `no_cache` and `ignore_suppressions` exist on the command line only. `only` are the codes that a command is about:
    of those that are selected it takes no others. `with_rules_of` are settings whose packs, rules and knowledge hold
    too: those of a project, for the fixtures of its rules.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    extend_ignore: tuple[str, ...] | None = None
    min_confidence: str | None = None
    fail_on: str | None = None
    preview: bool | None = None
    fix: bool | None = None
    unsafe_fixes: bool | None = None
    require_reason: bool | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] | None = None
    respect_gitignore: bool | None = None
    force_exclude: bool | None = None
    max_file_size: int | None = None
    migrations_since: str | None = None
    output_format: str | None = None
    jobs: int | None = None
    cache_dir: str | None = None
    baseline: str | None = None
    no_cache: bool = False
    ignore_suppressions: bool = False
    only: frozenset[str] | None = None
    with_rules_of: Settings | None = None

    def table(self) -> dict[str, Any]:
        """Return what a configuration file could also have said, by the keys of the schema."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name not in _BEYOND_FILES}
        return {
            name.replace("_", "-"): list(value) if isinstance(value, tuple) else value
            for name, value in given.items()
            if value is not None
        }
