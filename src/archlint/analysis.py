"""What is done with one file: read, lower to facts, parse what has candidates, visit. No tree leaves this module."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgspec

from archlint.catalogue import Entry
from archlint.crash import checked, survive
from archlint.diagnostic import Diagnostic, Span
from archlint.ir.migration import ScriptFacts
from archlint.ir.module import Flag, ModuleFacts, Unit
from archlint.ir.template import TemplateFacts
from archlint.knowledge import Knowledge
from archlint.lowering import concerns_tables, encoded, lower, script, template
from archlint.reading import ReadFile, read, read_bytes, read_text
from archlint.registry import rules_of
from archlint.rule import Check, Rule
from archlint.rules.tool.rule_crashed import rule_crashed
from archlint.rules.tool.skipped_file import skipped_file
from archlint.rules.tool.syntax_error import syntax_error
from archlint.secrets.pieces import clean, pieces, without
from archlint.secrets.scout import has_candidate
from archlint.settings import Settings
from archlint.source import FileEntry, Kind, Role, SourceFile
from archlint.suppression import Suppression, Suppressions, embedded_suppressions, find_suppressions
from archlint.syntax.comment_slots import may_tell

if TYPE_CHECKING:
    from archlint.syntax.origin import EmbeddedSql
    from archlint.syntax.sql_statement import ParsedSql

READING_CODES = frozenset({"ARC001", "ARC002", "ARC003", "ARC004", "ARC005"})
"""What could not be read or parsed could not be searched."""
PYTHON_KINDS = frozenset({Kind.PYTHON, Kind.STUB})
PARSED_KINDS = frozenset({Kind.YAML, Kind.JSON, Kind.TOML})
"""Configuration with a grammar of its own."""
_SCHEMA_FAMILY = "sql"
"""The rules that look at the linked project for tables and migrations."""
_FOREIGN_ROLES = frozenset({Role.TEST, Role.EXAMPLE, Role.GENERATED, Role.VENDORED})
"""Where data that no parser accepts may stand on purpose, or is not ours to repair."""


class FileResult(msgspec.Struct, frozen=True):
    """What is known of one file after its own analysis; plain values that travel and are stored.

    `facts` are encoded, None for files that are not Python; `skipped` is the reason where it was not checked whole.
    `role` is what the file is for after a look at its first lines. `template` is what a template draws and reads,
    `script` what a .sql file does to a schema, where a selected rule may ask for it. `dialect` is that of its SQL where
    the configuration says it.
    """

    path: str
    digest: bytes
    facts: bytes | None
    diagnostics: tuple[Diagnostic, ...]
    suppressions: Suppressions
    skipped: str = ""
    timings: dict[str, float] = msgspec.field(default_factory=dict)
    role: Role = Role.PRODUCTION
    template: TemplateFacts | None = None
    script: ScriptFacts | None = None
    dialect: str = ""

    @property
    def is_whole(self) -> bool:
        """Return whether the file was read and searched to its end: else what was not found there means nothing."""
        return not self.skipped and all(one.code not in READING_CODES for one in self.diagnostics)


@dataclass(slots=True)
class FileAnalysis:
    """Analyses files with one set of settings; made once for each set in each process."""

    settings: Settings
    knowledge: Knowledge
    timings: dict[str, float] = field(default_factory=dict)
    embedded: list[Suppression] = field(default_factory=list)
    clean: set[bytes] = field(default_factory=set)
    """Statements in which no secret is: most of them stand in many versions of a file. Of use to searches only."""
    _rules: tuple[Rule, ...] = ()
    _searches: bool = False
    """Whether nothing but secrets is looked for: texts without a candidate need no parser then."""
    _wants_scripts: bool = False

    def __post_init__(self) -> None:
        """Load the selected rules once."""
        self._rules = rules_of(self.settings.selected, self.settings.added)
        is_parsed = "ARC001" in self.settings.selected
        self._searches = not is_parsed and all(rule.only_secrets for rule in self._rules)
        families = {self.settings.entry(rule.code).family for rule in self._rules if rule.is_linked}
        self._wants_scripts = _SCHEMA_FAMILY in families

    def run(self, entry: FileEntry, module_name: str, text: str | bytes | None = None) -> FileResult:
        """Return the result of one file (of `text` where it is given); whatever is wrong becomes a diagnostic."""
        return survive(
            lambda: self._run(entry, module_name, text),
            lambda line: FileResult(
                entry.path,
                b"",
                None,
                (rule_crashed("archlint", Span(entry.path, 0, 0, 1, 1, 1, 1), line),),
                Suppressions(entry.path),
                line,
                role=entry.role,
            ),
        )

    def _run(self, entry: FileEntry, module_name: str, text: str | bytes | None) -> FileResult:
        self.timings, self.embedded = {}, []
        done = _read(entry, text, self.settings.max_file_size)
        if done.source is None:
            problems = (done.problem,) if done.problem is not None else ()
            reason = done.problem.message if done.problem is not None else "not readable"
            return FileResult(
                entry.path, done.digest, None, problems, Suppressions(entry.path), reason, role=entry.role
            )
        source = done.source
        parsed = self._parsed(source)
        if self._searches:
            facts, (found, skipped) = None, self._searched(source)
        elif source.kind in PYTHON_KINDS:
            facts, found, skipped = self._python(source, module_name)
        else:
            facts, found, skipped = None, self._other(source, parsed), ""
        stored, too_many = encoded(facts) if facts is not None else (None, "")
        if too_many:
            found.append(skipped_file(source.path, too_many))
        if done.problem is not None:
            found.append(done.problem)
        return FileResult(
            entry.path,
            done.digest,
            stored,
            tuple(found),
            find_suppressions(source).including(self.embedded),
            skipped or too_many,
            self.timings,
            source.role,
            template(source),
            script(source, parsed) if parsed is not None and self._wants_scripts and concerns_tables(source) else None,
            self.settings.sql_dialect,
        )

    def _searched(self, source: SourceFile) -> tuple[list[Diagnostic], str]:
        """Look for secrets where there is a sign of one: of a module in the statements that have it."""
        if source.kind not in PYTHON_KINDS:
            return (self._other(source) if has_candidate(source.text) else []), ""
        parts = pieces(source.text, source.role.value.encode())
        rest = without(source.text, parts, self.clean)
        if not rest:
            return [], ""
        facts, found, skipped = self._python(replace(source, text=rest), "")
        if facts is None and rest != source.text:  # what is broken may need what was left out
            facts, found, skipped = self._python(source, "")
        if facts is not None:
            self.clean |= clean(parts, found)
        return found, skipped

    def _python(self, source: SourceFile, module_name: str) -> tuple[ModuleFacts | None, list[Diagnostic], str]:
        facts, problem = lower(source, module_name, is_package=source.path.endswith(("__init__.py", "__init__.pyi")))
        if problem is not None or facts is None:
            found = [problem] if problem is not None else []
            skipped = "".join(one.message for one in found if one.code != "ARC001")
            return None, [*found, *self._other(source)], skipped
        return facts, [*self._trees(source, facts), *self._embedded(source, facts), *self._comments(source)], ""

    def _other(self, source: SourceFile, parsed: ParsedSql | None = None) -> list[Diagnostic]:
        statements = self._sql(source, parsed) if parsed is not None else ()
        return [*statements, *self._config(source)]

    def _parsed(self, source: SourceFile) -> ParsedSql | None:
        """Return the statements of a .sql file, None for other files and where nobody asks for them."""
        if source.kind is not Kind.SQL:
            return None
        is_checked = any(True for _ in self._active(source, lambda rule: rule.sql_checks))
        if not (is_checked or (self._wants_scripts and concerns_tables(source))):
            return None
        from archlint.syntax.sql import parse_sql

        return parse_sql(source.text, self.settings.sql_dialect or None, path=source.path)

    def _active(self, source: SourceFile, checks_of: Callable[[Rule], list[Check]]) -> Iterator[tuple[Entry, Check]]:
        """Yield the checks of the rules that are about files of this role."""
        for rule in self._rules:
            entry = self.settings.entry(rule.code)
            if source.role in entry.roles:
                yield from ((entry, check) for check in checks_of(rule))

    def _timed(self, entry: Entry, check: Check, place: Span, *arguments: object) -> list[Diagnostic]:
        start = perf_counter()
        found = checked(entry, check.function, place, *arguments)
        self.timings[entry.code] = self.timings.get(entry.code, 0.0) + perf_counter() - start
        return found

    def _trees(self, source: SourceFile, facts: ModuleFacts) -> Iterator[Diagnostic]:
        """Parse the units in which a check has a candidate, and visit them."""
        wanted = list(
            candidates(facts, list(self._active(source, lambda rule: rule.python_checks)), self.knowledge, source.role)
        )
        if not wanted:
            return
        from archlint.syntax.python import PythonContext, parse_unit, walk_unit

        targets = {row.bound: row.target for row in facts.imports}
        context = PythonContext(source, facts, self.knowledge, self.settings.options, targets)
        for unit, checks in wanted:
            tree = parse_unit(source, unit)
            if isinstance(tree, str):
                yield skipped_file(source.path, f"lines {unit.line} on: {tree}", source.span(unit.start, unit.start))
                continue
            found: list[Diagnostic] = []
            place = source.span(unit.start, unit.start)
            visits: dict[str, list[Any]] = {}
            for entry, check in checks:
                for name in check.node_types:
                    visits.setdefault(name, []).append(partial(self._visit, entry, check, place, found))
            walk_unit(tree, context, visits)
            yield from found

    def _visit(
        self, entry: Entry, check: Check, place: Span, found: list[Diagnostic], node: object, context: object
    ) -> None:
        found += self._timed(entry, check, place, node, context)

    def _embedded(self, source: SourceFile, facts: ModuleFacts) -> Iterator[Diagnostic]:
        checks = list(self._active(source, lambda rule: rule.sql_checks))
        if not checks or not any(unit.flags & Flag.SQL for unit in facts.units):
            return
        from archlint.syntax.embedded_sql import module_sql
        from archlint.syntax.sql_recognition import may_hold

        kinds = {name for _, check in checks for name in check.node_types}
        for unit, embedded in module_sql(facts, source):
            for part in embedded.offsets.segments:
                self.embedded += embedded_suppressions(source, part.source, part.source + part.source_length)
            if not may_hold(embedded.text, kinds):
                continue
            from archlint.syntax.sql import parse_sql  # sqlglot takes long to import, and most modules need it not

            scope = ".".join(part for part in (unit.owner, unit.name) if part)
            told = self.settings.sql_dialect or None
            parsed = parse_sql(embedded.text, told, path=source.path, holes=embedded.holes)
            yield from self._statements(source, checks, parsed, embedded, scope)

    def _sql(self, source: SourceFile, parsed: ParsedSql) -> Iterator[Diagnostic]:
        checks = list(self._active(source, lambda rule: rule.sql_checks))
        if checks:
            yield from self._statements(source, checks, parsed)

    def _statements(
        self,
        source: SourceFile,
        checks: list[tuple[Entry, Check]],
        parsed: ParsedSql,
        embedded: EmbeddedSql | None = None,
        scope: str = "",
    ) -> Iterator[Diagnostic]:
        from archlint.syntax.sql import SqlContext, walk_sql

        context = SqlContext(source, parsed, self.settings.options, embedded, scope)
        by_type: dict[str, list[tuple[Entry, Check]]] = {}
        for entry, check in checks:
            for name in check.node_types:
                by_type.setdefault(name, []).append((entry, check))
        place = source.span(0, 0) if embedded is None else source.span(embedded.sink_start, embedded.sink_start)

        def run(pair: tuple[Entry, Check], node: object, here: object) -> Iterable[Diagnostic]:
            return self._timed(pair[0], pair[1], place, node, here)

        yield from walk_sql(context, by_type, run)

    def _comments(self, source: SourceFile) -> Iterator[Diagnostic]:
        """Run the checks of configuration files on the comments of code, where one may hold something."""
        checks = self._config_checks(source)
        if checks and may_tell(source):
            from archlint.syntax.config import ConfigContext, ConfigFile

            file, context = ConfigFile(source, is_code=True), ConfigContext(source, self.settings.options)
            for entry, check in checks:
                yield from self._timed(entry, check, source.span(0, 0), file, context)

    def _config_checks(self, source: SourceFile) -> list[tuple[Entry, Check]]:
        active = self._active(source, lambda rule: rule.config_checks)
        return [pair for pair in active if source.kind in pair[1].kinds]

    def _config(self, source: SourceFile) -> Iterator[Diagnostic]:
        checks = self._config_checks(source)
        is_parsed = source.kind in PARSED_KINDS
        if not checks and not (is_parsed and "ARC001" in self.settings.selected):
            return
        from archlint.syntax.config import ConfigContext, ConfigFile, parse_config

        file = parse_config(source) if is_parsed else ConfigFile(source)
        if file.problem is not None and source.role not in _FOREIGN_ROLES:
            line = source.line_at(file.problem.offset)
            column = file.problem.offset - source.starts[line - 1] + 1
            yield syntax_error(source, line, column, file.problem.message)
        if file.skipped:
            yield skipped_file(source.path, file.skipped)
        context = ConfigContext(source, self.settings.options)
        for entry, check in checks:
            yield from self._timed(entry, check, source.span(0, 0), file, context)


def _read(entry: FileEntry, text: str | bytes | None, limit: int) -> ReadFile:
    if text is None:
        return read(entry, limit)
    return read_text(entry, text, limit) if isinstance(text, str) else read_bytes(entry, text, limit)


def candidates(
    facts: ModuleFacts, checks: list[tuple[Entry, Check]], knowledge: Knowledge, role: Role
) -> Iterator[tuple[Unit, list[tuple[Entry, Check]]]]:
    """Yield the units that deserve a tree, with the checks that want it: resolved names decide, no tree is needed."""
    triggers = [
        (check.trigger.flags_in(role), check.trigger.calls(knowledge) if check.trigger.calls else None, (entry, check))
        for entry, check in checks
    ]
    for unit in facts.units:
        has = unit.flags
        wanting = [
            pair
            for flags, known, pair in triggers
            if has & flags == flags and (known is None or any(call in known for call in unit.calls))
        ]
        if wanting:
            yield unit, wanting
