"""Layers of configuration, made into one `Settings`: the later layer wins, lists that extend are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from archlint import __version__, catalogue
from archlint.catalogue import Entry
from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.settings.globs import Glob, normal_folder, variants
from archlint.settings.loading import COMMAND_LINE, Layer
from archlint.settings.overrides import Overrides
from archlint.settings.own_knowledge import joined_sections, own_tables, sections
from archlint.settings.own_rules import own_entries
from archlint.settings.packs import Pack, packs_of
from archlint.settings.schema import DEFAULTS, FailOn, TableSize
from archlint.settings.selection import Choice, Selector, parse_selector, selected_codes, selector_words
from archlint.settings.settings import OptionValue, Settings
from archlint.settings.suggestions import did_you_mean, quoted
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.knowledge.tables import Tables

_JOINED_LISTS = frozenset({"ignore", "extend-select", "extend-ignore", "extend-exclude", "own-rules", "packs"})
_JOINED_TABLES = frozenset({"severity", "roles", "extend-per-file-ignores", "tables"})
_AS_SAID = (
    *("fix", "force-exclude", "ignore-suppressions", "jobs", "max-file-size", "migrations-since", "no-cache"),
    *("output-format", "preview", "prune-baseline", "require-reason", "respect-gitignore", "unsafe-fixes"),
)
"""Settings that are what the last layer says."""
_Table = dict[str, Any]


def merge(
    layers: Sequence[Layer],
    *,
    root: Path,
    config_path: Path | None = None,
    overrides: Overrides | None = None,
    since: str | None = None,
) -> Settings:
    """Return the settings that layers add up to, over the defaults; `since` is the root's `migrations-since`, if known.

    The overrides only add what no file can say; what else they say is expected to be the last layer.
    Raises `UsageError` on unknown rules and options, wrong globs, folders outside and a version that is not admitted.
    """
    tables = [(layer, msgspec.to_builtins(layer.config)) for layer in layers]
    for layer, table in tables:
        _check_version(layer, table)
    given = overrides or Overrides()
    values, origins = _merged_values(tables, given)
    packs, added = _added(tables, root, given.with_rules_of)
    entries = (*catalogue.catalogue(), *added)
    selected = selected_codes(
        [_choice(layer, table, entries) for layer, table in tables],
        entries,
        preview=values["preview"],
        given=("migrations-since",) if (values["migrations-since"] if since is None else since) else (),
    )
    return Settings(
        root=root,
        cache_dir=_cache_dir(tables, root),
        config_path=config_path,
        selected=selected if given.only is None else selected & given.only,
        per_file_ignores=_per_file_ignores(tables, entries),
        severities=_severities(tables, entries),
        rules=_rule_options(tables, entries),
        tables=_table_sizes(tables),
        sql_dialect=values.get("sql-dialect", ""),
        min_confidence=Confidence(values["min-confidence"]),
        fail_on=FailOn(values["fail-on"]),
        include=_globs(tables, "include", []),
        exclude=(*_globs(tables, "exclude", DEFAULTS["exclude"]), *_joined_globs(tables, "extend-exclude")),
        src=_src(tables),
        roles=_roles(tables),
        baseline=_baseline(tables, root),
        knowledge=_knowledge(tables, root, given.with_rules_of),
        added=added,
        packs=packs,
        values=values,
        origins=origins,
        **{name.replace("-", "_"): values[name] for name in _AS_SAID},
    )


_Tables = Sequence[tuple[Layer, _Table]]


def _knowledge(tables: _Tables, root: Path, lent: Settings | None) -> Tables | None:
    own = own_tables(tables, root)
    if lent is None or lent.knowledge is None or own is None:
        return own if lent is None else own or lent.knowledge
    from archlint.knowledge.loading import joined

    return joined((lent.knowledge, own))


def _added(tables: _Tables, root: Path, lent: Settings | None) -> tuple[tuple[Pack, ...], tuple[Entry, ...]]:
    """Return the rule packs that are named, and the rules of these and of the project, by code.

    Raises `UsageError` where two rules have one code or name.
    """
    named = [(layer, name) for layer, table in tables for name in table.get("packs", ())]
    packs, entries = packs_of([name for _, name in named], named[-1][0].named("packs") if named else "")
    own = own_entries(tables, root)
    # Fixtures have a part of the project: the names of its rules need not stand for something there.
    given = () if lent is None else tuple(replace(one, declared_in="") for one in lent.added)
    added = (*given, *entries, *own)
    known = {word: one for one in catalogue.catalogue() for word in (one.code, one.name)} if added else {}
    families = {entry.family for entry in known.values()}
    for entry in added:
        if entry.name.replace("-", "_") in families:
            raise UsageError(f"{quoted(entry.name)} is the name of a family: no rule has it")
        for word in (entry.code, entry.name):
            other = known.setdefault(word, entry)
            if not other.means(entry):
                whose = f"pack `{entry.pack}`" if entry.pack else "`own-rules`"
                raise UsageError(f"{whose}: {quoted(word)} is a rule already: `{other.code}` {other.name}")
    packs = packs if lent is None else (*lent.packs, *packs)
    return packs, catalogue.joined([added])


def _merged_values(tables: _Tables, overrides: Overrides) -> tuple[_Table, dict[str, str]]:
    """Return each key's value as a person sees it, and where it comes from."""
    values: _Table = {**DEFAULTS, "no-cache": overrides.no_cache, "ignore-suppressions": overrides.ignore_suppressions}
    origins = {key: COMMAND_LINE for key in ("no-cache", "ignore-suppressions") if values[key]}
    for layer, table in tables:
        for key, value in table.items():
            if key in _JOINED_LISTS:
                values[key] = [*values.get(key, []), *value]
            elif key in _JOINED_TABLES:
                values[key] = {**values.get(key, {}), **value}
            elif key == "knowledge":
                values[key] = joined_sections(values.get(key, {}), sections(value))
            elif key == "rules":
                before = values.get(key, {})
                values[key] = {**before, **{rule: {**before.get(rule, {}), **value[rule]} for rule in value}}
            else:
                values[key] = value
            origins[key] = layer.origin
    return values, origins


def _choice(layer: Layer, table: _Table, entries: Sequence[Entry]) -> Choice:
    def selectors(key: str) -> tuple[Selector, ...]:
        return tuple(_selector(text, layer.named(key), entries) for text in table.get(key, ()))

    return Choice(
        select=selectors("select") if "select" in table else None,
        extend_select=selectors("extend-select"),
        ignore=(*selectors("ignore"), *selectors("extend-ignore")),
    )


def _selector(text: str, where: str, entries: Sequence[Entry]) -> Selector:
    if selector := parse_selector(text, entries):
        return selector
    raise UsageError(f"{where}: unknown rule {quoted(text)}{did_you_mean(text, selector_words(entries))}")


def _glob(pattern: str, layer: Layer, key: str) -> Glob:
    try:
        variants(pattern.removeprefix("!"))
    except ValueError as error:
        raise UsageError(f"{layer.named(key)}: {quoted(pattern)}: {error}") from None
    return Glob(pattern, layer.base)


def _globs(tables: _Tables, key: str, default: list[str]) -> tuple[Glob, ...]:
    """Return the globs of the last layer that has the key."""
    for layer, table in reversed(tables):
        if key in table:
            return tuple(_glob(pattern, layer, key) for pattern in table[key])
    return tuple(Glob(pattern) for pattern in default)


def _joined_globs(tables: _Tables, key: str) -> Iterator[Glob]:
    return (_glob(pattern, layer, key) for layer, table in tables for pattern in table.get(key, ()))


def _per_file_ignores(tables: _Tables, entries: Sequence[Entry]) -> tuple[tuple[Glob, frozenset[str]], ...]:
    replacing: list[tuple[Glob, frozenset[str]]] = []
    extending: list[tuple[Glob, frozenset[str]]] = []
    for layer, table in tables:
        if "per-file-ignores" in table:
            replacing = [*_ignores(layer, table, "per-file-ignores", entries)]
        extending.extend(_ignores(layer, table, "extend-per-file-ignores", entries))
    return (*replacing, *extending)


def _ignores(layer: Layer, table: _Table, key: str, entries: Sequence[Entry]) -> Iterator[tuple[Glob, frozenset[str]]]:
    for pattern, texts in table.get(key, {}).items():
        codes = [_selector(text, f"{layer.named(key)}: {quoted(pattern)}", entries).codes for text in texts]
        yield _glob(pattern, layer, key), frozenset().union(*codes)


def _severities(tables: _Tables, entries: Sequence[Entry]) -> dict[str, Severity]:
    severities: dict[str, Severity] = {}
    for layer, table in tables:
        named = [
            (_selector(text, layer.named("severity"), entries), value)
            for text, value in table.get("severity", {}).items()
        ]
        for selector, value in sorted(named, key=lambda pair: pair[0].specificity):
            severities.update(dict.fromkeys(selector.codes, Severity(value)))
    return severities


def _rule_options(tables: _Tables, entries: Sequence[Entry]) -> dict[str, dict[str, OptionValue]]:
    rules: dict[str, dict[str, OptionValue]] = {}
    for layer, table in tables:
        for text, options in table.get("rules", {}).items():
            entry = _only_entry(text, layer, entries)
            rules.setdefault(entry.code, {}).update(_checked_options(entry, options, layer.named(f"rules.{text}")))
    return rules


def _only_entry(text: str, layer: Layer, entries: Sequence[Entry]) -> Entry:
    found = catalogue.find(text, entries)
    if found is None:
        words = [word for entry in entries for word in (entry.code, entry.name)]
        raise UsageError(f"{layer.named('rules')}: unknown rule {quoted(text)}{did_you_mean(text, words)}")
    return found


def _checked_options(entry: Entry, options: Mapping[str, OptionValue], where: str) -> Iterator[tuple[str, OptionValue]]:
    for name, value in options.items():
        # A hyphen and an underscore are the same to whoever writes a configuration.
        known = next((known for known in entry.options if known.replace("_", "-") == name.replace("_", "-")), None)
        if known is None:
            raise UsageError(f"{where}: unknown option {quoted(name)}{did_you_mean(name, entry.options)}")
        default = entry.options[known].default
        if type(value) is not type(default):
            raise UsageError(f"{where}: {quoted(name)} must be {_KINDS[type(default)]}")
        yield known, value


_KINDS: Mapping[type, str] = {bool: "a boolean", int: "an integer", str: "a string", list: "a list of strings"}


def _table_sizes(tables: _Tables) -> dict[str, TableSize | int]:
    """Return the sizes of all layers; what a later one says comes last, so that its patterns win."""
    sizes: dict[str, TableSize | int] = {}
    for layer, table in tables:
        for name, size in table.get("tables", {}).items():
            if not name.strip():
                raise UsageError(f"{layer.named('tables')}: a table without a name")
            sizes.pop(name, None)
            sizes[name] = size if isinstance(size, int) else TableSize(size)
    return sizes


def _roles(tables: _Tables) -> tuple[tuple[Role, tuple[Glob, ...]], ...]:
    roles: dict[Role, tuple[Glob, ...]] = {}
    for layer, table in tables:
        for role, patterns in table.get("roles", {}).items():
            roles[Role(role)] = tuple(_glob(pattern, layer, f"roles.{role}") for pattern in patterns)
    return tuple(roles.items())


def _src(tables: _Tables) -> tuple[str, ...]:
    """Return the source roots, relative to the file that names them or, by default, to the nearest file."""
    base = next((layer.base for layer, _ in reversed(tables) if layer.origin != COMMAND_LINE), "")
    folders = DEFAULTS["src"]
    for layer, table in tables:
        if "src" in table:
            base, folders = layer.base, table["src"]
    return tuple(dict.fromkeys(normal_folder(f"{base}/{folder}" if base else folder) for folder in folders))


def _cache_dir(tables: _Tables, root: Path) -> Path:
    """Return the folder of the cache: anywhere when the command line says so, else below the root.

    A project that is only being linted must not choose where on the machine files are written.
    """
    for layer, table in reversed(tables):
        if "cache-dir" not in table:
            continue
        if layer.origin == COMMAND_LINE:
            return Path(table["cache-dir"]).absolute()
        return root / _inside(layer, table, "cache-dir", "folder")
    return root / str(DEFAULTS["cache-dir"])


def _baseline(tables: _Tables, root: Path) -> Path | None:
    """Return the file of the baseline: anywhere when the command line says so, else below the root; None for none."""
    for layer, table in reversed(tables):
        if "baseline" not in table:
            continue
        if not table["baseline"]:
            return None
        if layer.origin == COMMAND_LINE:
            return Path(table["baseline"]).absolute()
        return root / _inside(layer, table, "baseline", "file")
    return root / str(DEFAULTS["baseline"])


def _inside(layer: Layer, table: _Table, key: str, what: str) -> str:
    """Return a path from the root that a file names; raises `UsageError` for one that leads out of the project."""
    path = normal_folder(f"{layer.base or '.'}/{table[key]}")
    if table[key].startswith(("/", "~")) or path.split("/")[0] in {"", ".."} or ":" in path:
        raise UsageError(f"{layer.named(key)}: a {what} outside of the project is named with --{key}")
    return path


def _check_version(layer: Layer, table: _Table) -> None:
    if "required-version" not in table:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    wanted = table["required-version"]
    try:
        admitted = SpecifierSet(wanted).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise UsageError(f"{layer.named('required-version')}: {quoted(wanted)} is no version specifier") from None
    if not admitted:
        raise UsageError(f"{layer.named('required-version')}: {quoted(wanted)} does not admit archlint {__version__}")
