"""The settings of some files: one frozen answer to every question about configuration."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from archlint import catalogue
from archlint.catalogue import Entry
from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.settings.globs import Glob
from archlint.settings.packs import Pack
from archlint.settings.schema import FailOn, TableSize, keys
from archlint.settings.table_sizes import size_of
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.knowledge.tables import Tables

Options = TypeVar("Options")
OptionValue = bool | int | str | list[str]


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the files below one configuration, all defaults filled in.

    `root` is the root of the run and `config_path` the file that was nearest, if any.
    `src` are folders from the root with forward slashes (`""` is the root). `jobs` is 0 for one a core.
    `knowledge` are the project's own rows, `added` the rules of packs and of the project by code.
    `migrations_since` is a revision of git, "" for all migrations.
    `sql_dialect` is "" where the files themselves tell theirs.
    `include` is empty when every known kind of file is read. `values` and `origins` are for people: see `show`.
    """

    root: Path
    cache_dir: Path
    config_path: Path | None = None
    selected: frozenset[str] = frozenset()
    per_file_ignores: tuple[tuple[Glob, frozenset[str]], ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, OptionValue]] = field(default_factory=dict)
    tables: Mapping[str, TableSize | int] = field(default_factory=dict)
    sql_dialect: str = ""
    min_confidence: Confidence = Confidence.MEDIUM
    fail_on: FailOn = FailOn.WARNING
    include: tuple[Glob, ...] = ()
    exclude: tuple[Glob, ...] = ()
    preview: bool = False
    src: tuple[str, ...] = ("src", "")
    roles: tuple[tuple[Role, tuple[Glob, ...]], ...] = ()
    fix: bool = False
    unsafe_fixes: bool = False
    require_reason: bool = False
    respect_gitignore: bool = True
    force_exclude: bool = False
    output_format: str = "full"
    jobs: int = 0
    max_file_size: int = 1_000_000
    baseline: Path | None = None
    prune_baseline: bool = True
    migrations_since: str = ""
    knowledge: Tables | None = None
    added: tuple[Entry, ...] = ()
    packs: tuple[Pack, ...] = ()
    no_cache: bool = False
    ignore_suppressions: bool = False
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def finds_less(self) -> bool:
        """Return whether the command line keeps rules from finding all that they find otherwise."""
        keys = ["migrations-since", *(["min-confidence"] if self.min_confidence is not Confidence.LOW else [])]
        return any(self.origins.get(key) == "command line" for key in keys)

    @property
    def sees_less(self) -> bool:
        """Return whether the command line leaves files out that belong to the project otherwise."""
        return any(self.origins.get(key) == "command line" for key in ("exclude", "extend-exclude"))

    def selects(self, code: str) -> bool:
        """Return whether the rule with this code runs."""
        return code in self.selected

    def entry(self, code: str) -> Entry:
        """Return the entry of a rule that these settings know; raises `KeyError` for others."""
        found = catalogue.entry_by_code().get(code) or next((one for one in self.added if one.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def selected_entries(self) -> tuple[Entry, ...]:
        """Return the entries of the rules that run."""
        return tuple(entry for entry in self.known_entries() if entry.code in self.selected)

    def known_entries(self) -> tuple[Entry, ...]:
        """Return the entries of all rules: archlint's, then those of packs and of the project."""
        return (*catalogue.catalogue(), *self.added)

    def ignored_in(self, path: str, code: str) -> bool:
        """Return whether per-file-ignores silence a code in a file (its path is relative to the root)."""
        return any(code in codes and glob.covers(path) for glob, codes in self.per_file_ignores)

    def is_excluded(self, path: str) -> bool:
        """Return whether a path, relative to the root, or a folder above it is excluded."""
        return any(glob.matches_or_holds(path) for glob in self.exclude)

    def leaves_out(self, path: str) -> bool:
        """Return whether a file is not read: it is excluded, or others are the only ones to be read."""
        is_included = not self.include or any(glob.covers(path) for glob in self.include)
        return not is_included or self.is_excluded(path)

    def role_of(self, path: str) -> Role | None:
        """Return the role that the configuration gives to a file, or None where detection decides."""
        return next((role for role, globs in self.roles if any(glob.matches_or_holds(path) for glob in globs)), None)

    def size_of(self, tables: tuple[str, ...]) -> TableSize | None:
        """Return the declared size of the table with these names, None where there is none."""
        return size_of(self.tables, tables) if self.tables and tables else None

    def severity_of(self, entry: Entry) -> Severity:
        """Return the severity that a rule has here."""
        return self.severities.get(entry.code, entry.severity)

    def rule_options(self, entry: Entry) -> Mapping[str, OptionValue]:
        """Return the options of a rule by the names of the catalogue, defaults included."""
        return {**{name: option.default for name, option in entry.options.items()}, **self.rules.get(entry.code, {})}

    def options(self, code: str, wanted: type[Options]) -> Options:
        """Return the options of a rule as a value of its own type; raises `UsageError` where they do not fit."""
        given = self.rule_options(self.entry(code))
        try:
            return msgspec.convert({name.replace("-", "_"): value for name, value in given.items()}, wanted)
        except msgspec.ValidationError as error:
            raise UsageError(f"options of {code}: {error}") from None

    def digest(self) -> bytes:
        """Return a digest of all that influences the diagnostics of a file, and of nothing else."""
        relevant = {
            "selected": sorted(self.selected),
            "ignored": [(glob.base, glob.pattern, sorted(codes)) for glob, codes in self.per_file_ignores],
            "severities": {code: severity.value for code, severity in self.severities.items()},
            "sql-dialect": self.sql_dialect,
            "tables": list(self.tables.items()),
            "rules": {code: options for code, options in self.rules.items() if code in self.selected},
            "roles": [(role.value, [(glob.base, glob.pattern) for glob in globs]) for role, globs in self.roles],
            "src": self.src,
            "knowledge": self.knowledge,
            "added": self.added,
            "packs": self.packs,
            "limits": (self.min_confidence.value, self.require_reason, self.max_file_size, self.ignore_suppressions),
        }
        return hashlib.sha256(msgspec.json.encode(relevant, order="deterministic")).digest()


def show(settings: Settings) -> list[tuple[str, Any, str]]:
    """Return (key, value, origin) for every key that has a value.

    The origin is `default`, `command line`, or the path of a configuration file from the root.
    """
    return [
        (key, settings.values[key], settings.origins.get(key, "default"))
        for key in (*keys(), "no-cache", "ignore-suppressions")
        if key in settings.values
    ]
