"""From what was found to what is reported: suppressions, policy, identity, redacted texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from archlint.analysis import FileResult
from archlint.diagnostic import Diagnostic
from archlint.ir.enclosing import Surroundings
from archlint.ir.module import decode_facts
from archlint.policy import Identity, counts, fingerprints, identities, severity
from archlint.report.regions import Regions
from archlint.report.result import Result
from archlint.secrets.redaction import redact
from archlint.settings import Settings
from archlint.source import Role, SourceFile
from archlint.stages.masks import Masks
from archlint.suppression import Applied, Place, apply

SettingsFor = Callable[[str], Settings]
SourceOf = Callable[[str], SourceFile | None]


def judge(
    diagnostics: Iterable[Diagnostic],
    results: Sequence[FileResult],
    settings_for: SettingsFor,
    role_of: Callable[[str], Role],
    source_of: SourceOf,
    *,
    not_run: frozenset[str] = frozenset(),
) -> tuple[list[Diagnostic], list[tuple[Diagnostic, str]]]:
    """Return the diagnostics that are reported, sorted, and the suppressed ones with the suppression's reason.

    `not_run` is as in `silence`.
    """
    applied = silence(diagnostics, results, settings_for, role_of, source_of, not_run=not_run)
    kept = sorted([*applied.kept, *applied.tool], key=order)
    return kept, [(one, suppression.reason or suppression.form.value) for one, suppression in applied.suppressed]


def silence(
    diagnostics: Iterable[Diagnostic],
    results: Sequence[FileResult],
    settings_for: SettingsFor,
    role_of: Callable[[str], Role],
    source_of: SourceOf,
    *,
    not_run: frozenset[str] = frozenset(),
) -> Applied:
    """Return the diagnostics that count here, held against suppressions.

    A suppression of one of the codes in `not_run` is never unused, and none is in a file that was not analysed whole.
    """
    by_path = {result.path: result for result in results}
    counting = [one for one in diagnostics if counts(one, settings_for(one.span.path), role_of(one.span.path))]
    suppressions = {result.path: result.suppressions for result in results if result.suppressions.items}
    return apply(
        sorted(set_of(counting), key=order),
        suppressions,
        settings_for,
        place_of=Places(by_path, source_of),
        ran_in=lambda path: (
            frozenset() if not by_path[path].is_whole else _ran(settings_for(path), role_of(path)) - not_run
        ),
    )


def set_of(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics without those that say the same of the same place."""
    seen: set[tuple[object, ...]] = set()
    result = []
    for one in diagnostics:
        key = (one.span, one.code, one.message)
        if key not in seen:
            seen.add(key)
            result.append(one)
    return result


def order(one: Diagnostic) -> tuple[object, ...]:
    """Return the key by which diagnostics are sorted."""
    return (one.span.path, one.span.line, one.span.column, one.code, one.message)


def results_of(
    diagnostics: Sequence[Diagnostic],
    settings_for: SettingsFor,
    role_of: Callable[[str], Role],
    texts: Mapping[str, str],
) -> list[Result]:
    """Return the diagnostics with their severity and identity; `texts` are redacted."""
    found = list(identities(diagnostics, Regions(texts)))

    def result(one: Diagnostic, identity: Identity, key: str) -> Result:
        settings = settings_for(one.span.path)
        weight = severity(one, settings, role_of(one.span.path))
        return Result(one, settings.entry(one.code), weight, key, identity.text)

    return [
        result(one, identity, key) for one, identity, key in zip(diagnostics, found, fingerprints(found), strict=True)
    ]


def redacted_texts(diagnostics: Iterable[Diagnostic], source_of: SourceOf, masks: Masks, jobs: int) -> dict[str, str]:
    """Return the texts of all files that diagnostics name, secret values masked."""
    paths = frozenset[str]().union(*[one.paths for one in diagnostics])
    sources = {path: source for path in sorted(paths) if (source := source_of(path)) is not None}
    masks.find(sources.values(), jobs)
    return {path: redact(source.text, masks.spans_of(source)) for path, source in sources.items()}


def _ran(settings: Settings, role: Role) -> frozenset[str]:
    """Return the codes whose absence in a file of this role means something."""
    return frozenset(code for code in settings.selected if role in settings.entry(code).roles)


class Places:
    """Which lines are around a diagnostic. They come file by file: the facts of the last one stay decoded."""

    def __init__(self, results: Mapping[str, FileResult], source_of: SourceOf) -> None:
        self._results = results
        self._source_of = source_of
        self._last: tuple[SourceFile, Surroundings] | None = None

    def __call__(self, diagnostic: Diagnostic) -> Place:
        """Return the lines around a diagnostic; none in a file of which there are no facts."""
        found = self._file(diagnostic.span.path)
        if found is None:
            return Place()
        source, surroundings = found
        around = surroundings.enclosing(diagnostic.span.start, diagnostic.span.end)

        def lines(region: tuple[int, int]) -> tuple[int, int]:
            return source.line_at(region[0]), source.line_at(max(region[1] - 1, region[0]))

        statement = lines(around.statement) if around.statement else None
        return Place(statement, tuple(lines(head) for head in around.heads))

    def _file(self, path: str) -> tuple[SourceFile, Surroundings] | None:
        if self._last is None or self._last[0].path != path:
            result, source = self._results.get(path), self._source_of(path)
            if result is None or result.facts is None or source is None:
                return None
            self._last = source, Surroundings(decode_facts(result.facts), source.text)
        return self._last
