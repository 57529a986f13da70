"""The schema of `[tool.archlint]` and of archlint.toml, and what holds where nobody says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from archlint.diagnostic import Confidence, Severity
from archlint.source import Role

Selectors = list[str]
Globs = list[str]
OptionTable = dict[str, bool | int | str | list[str]]
MAX_FILE_SIZE = 1_000_000
CACHE_DIR = ".archlint_cache"
BASELINE = "archlint-baseline.json"
EXCLUDE = (
    ".archlint_cache",
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "**/build/lib",
    "**/build/lib.*",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)


class FailOn(str, Enum):
    """The least severity that makes the exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


class TableSize(str, Enum):
    """How many rows a table has, or will have."""

    SMALL = "small"
    GROWING = "growing"
    LARGE = "large"


class SqlDialect(str, Enum):
    """The dialects of SQL that a configuration may name, each as sqlglot calls it."""

    BIGQUERY = "bigquery"
    CLICKHOUSE = "clickhouse"
    DATABRICKS = "databricks"
    DUCKDB = "duckdb"
    MYSQL = "mysql"
    ORACLE = "oracle"
    POSTGRES = "postgres"
    REDSHIFT = "redshift"
    SNOWFLAKE = "snowflake"
    SPARK = "spark"
    SQLITE = "sqlite"
    TRINO = "trino"
    TSQL = "tsql"


class Config(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """What one configuration file, or the command line, says; what it leaves open is unset."""

    extend: Annotated[str, Meta(description="Another TOML file, relative to this one, that this one builds on.")] | (
        UnsetType
    ) = UNSET
    required_version: (
        Annotated[str, Meta(description="The versions of archlint that may run, as a version specifier: `>=0.1`.")]
        | UnsetType
    ) = UNSET
    select: (
        Annotated[Selectors, Meta(description="Rules to run: codes, prefixes of codes, names, families or `ALL`.")]
        | UnsetType
    ) = UNSET
    ignore: Annotated[Selectors, Meta(description="Rules not to run.")] | UnsetType = UNSET
    extend_select: Annotated[Selectors, Meta(description="Rules to run beside those of `select`.")] | UnsetType = UNSET
    extend_ignore: Annotated[Selectors, Meta(description="Rules not to run beside those of `ignore`.")] | UnsetType = (
        UNSET
    )
    preview: (
        Annotated[bool, Meta(description="Whether prefixes, families and the default set take preview rules.")]
        | UnsetType
    ) = UNSET
    per_file_ignores: (
        Annotated[dict[str, Selectors], Meta(description="Rules not to report in the files that a glob matches.")]
        | UnsetType
    ) = UNSET
    extend_per_file_ignores: (
        Annotated[dict[str, Selectors], Meta(description="More of the same, beside `per-file-ignores`.")] | UnsetType
    ) = UNSET
    severity: (
        Annotated[dict[str, Severity], Meta(description="The severity of rules, by code, name, prefix or family.")]
        | UnsetType
    ) = UNSET
    rules: (
        Annotated[
            dict[str, OptionTable], Meta(description="The options of rules, one table for each rule's name or code.")
        ]
        | UnsetType
    ) = UNSET
    tables: (
        Annotated[
            dict[str, TableSize | Annotated[int, Meta(ge=0)]],
            Meta(
                description="The size of tables: a word or a number of rows, by the table's name, the model's, "
                "or a pattern such as `audit.*`."
            ),
        ]
        | UnsetType
    ) = UNSET
    sql_dialect: (
        Annotated[
            SqlDialect,
            Meta(description="The dialect of SQL in files and strings; else drivers, settings and texts tell it."),
        ]
        | UnsetType
    ) = UNSET
    min_confidence: (
        Annotated[Confidence, Meta(description="The least confidence of a diagnostic that is reported.")] | UnsetType
    ) = UNSET
    fail_on: Annotated[FailOn, Meta(description="The least severity that makes the exit code 1.")] | UnsetType = UNSET
    fix: (
        Annotated[bool, Meta(description="Whether `archlint check` writes the safe fixes into the files.")] | UnsetType
    ) = UNSET
    unsafe_fixes: (
        Annotated[
            bool,
            Meta(description="Whether fixes that may change what the program does are counted, and made with `fix`."),
        ]
        | UnsetType
    ) = UNSET
    require_reason: (
        Annotated[bool, Meta(description="Whether suppressions without a reason are reported (ARC007).")] | UnsetType
    ) = UNSET
    src: (
        Annotated[Globs, Meta(description="Folders in which top-level modules and packages are found.")] | UnsetType
    ) = UNSET
    include: (
        Annotated[Globs, Meta(description="Globs of the only files to read; all known kinds of files when empty.")]
        | UnsetType
    ) = UNSET
    exclude: (
        Annotated[Globs, Meta(description="Globs of files and folders not to read, in place of the defaults.")]
        | UnsetType
    ) = UNSET
    extend_exclude: (
        Annotated[Globs, Meta(description="Globs of files and folders not to read, beside `exclude`.")] | UnsetType
    ) = UNSET
    respect_gitignore: Annotated[bool, Meta(description="Whether files that git ignores are left out.")] | (
        UnsetType
    ) = UNSET
    force_exclude: (
        Annotated[
            bool, Meta(description="Whether `exclude` and `include` hold for files that are named on the command line.")
        ]
        | UnsetType
    ) = UNSET
    roles: (
        Annotated[
            dict[Role, Globs], Meta(description="Globs of the files that play a role; they win over the detection.")
        ]
        | UnsetType
    ) = UNSET
    max_file_size: (
        Annotated[int, Meta(description="The size in bytes above which a file is not read.", ge=1, le=1_000_000_000)]
        | UnsetType
    ) = UNSET
    migrations_since: (
        Annotated[
            str,
            Meta(
                description="A revision of git: rules about migrations (ARC64, ARC65) look only at those that are new "
                "or changed since HEAD left it. All of them when empty. The root's counts."
            ),
        ]
        | UnsetType
    ) = UNSET
    output_format: (
        Annotated[str, Meta(description="The format of the report on standard output.", min_length=1)] | UnsetType
    ) = UNSET
    jobs: (
        Annotated[int, Meta(description="The number of processes; 0 takes one for each core.", ge=0, le=1024)]
        | UnsetType
    ) = UNSET
    cache_dir: (
        Annotated[
            str,
            Meta(description="The folder of the cache, relative to this file, below the project root.", min_length=1),
        ]
        | UnsetType
    ) = UNSET
    baseline: (
        Annotated[
            str,
            Meta(description="The baseline, relative to this file, below the project root; an empty text for none."),
        ]
        | UnsetType
    ) = UNSET
    prune_baseline: (
        Annotated[
            bool,
            Meta(description="Whether `archlint check` of the whole project takes stale entries out of the baseline."),
        ]
        | UnsetType
    ) = UNSET
    own_rules: (
        Annotated[
            list[str | dict[str, Any]],
            Meta(
                description="Rules of the project's own as in docs/own-rules.md: tables, or the paths, relative to "
                "this file, of YAML files with a list `rules`."
            ),
        ]
        | UnsetType
    ) = UNSET
    packs: (
        Annotated[
            list[str],
            Meta(description="Rule packs to load, by their names: installed distributions, see docs/writing-rules.md."),
        ]
        | UnsetType
    ) = UNSET
    knowledge: (
        Annotated[
            list[str] | dict[str, Any],
            Meta(
                description="What the project knows about its own wrappers and libraries: sections of rows as in "
                "docs/knowledge.md, or the paths, relative to this file, of YAML files with such sections "
                "(in a table, under `files`)."
            ),
        ]
        | UnsetType
    ) = UNSET


DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "preview": False,
        "min-confidence": Confidence.MEDIUM.value,
        "fail-on": FailOn.WARNING.value,
        "fix": False,
        "unsafe-fixes": False,
        "require-reason": False,
        "src": ["src", "."],
        "include": [],
        "exclude": list(EXCLUDE),
        "respect-gitignore": True,
        "force-exclude": False,
        "max-file-size": MAX_FILE_SIZE,
        "migrations-since": "",
        "output-format": "full",
        "jobs": 0,
        "cache-dir": CACHE_DIR,
        "baseline": BASELINE,
        "prune-baseline": True,
    }
)

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "severity": tuple(severity.value for severity in Severity),
        "min-confidence": tuple(confidence.value for confidence in Confidence),
        "fail-on": tuple(fail_on.value for fail_on in FailOn),
        "roles": tuple(role.value for role in Role),
        "tables": tuple(size.value for size in TableSize),
        "sql-dialect": tuple(dialect.value for dialect in SqlDialect),
    }
)
"""The words that the keys (of `roles`: its own keys) choose from."""


def keys() -> tuple[str, ...]:
    """Return the keys of the configuration in the order of the schema."""
    return Config.__struct_encode_fields__


def config_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of `[tool.archlint]` and of archlint.toml."""
    schema = msgspec.json.schema(Config)
    definitions = schema["$defs"]
    table = definitions.pop("Config")
    for key, default in DEFAULTS.items():
        table["properties"][key]["default"] = default
    table["properties"]["roles"]["propertyNames"] = {"enum": list(WORDS["roles"])}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **table,
        "title": "archlint",
        "description": "The configuration of archlint: `[tool.archlint]` in pyproject.toml, or archlint.toml.",
        "$defs": definitions,
    }
