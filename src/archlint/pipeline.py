"""One run, on one screen: discover, analyse, link, check, judge."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from time import perf_counter, time_ns
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.cache import Cache
from archlint.diagnostic import Diagnostic
from archlint.discovery import Discovery
from archlint.fact_store import Stores
from archlint.report.result import Report
from archlint.settings import Overrides, SettingsResolver
from archlint.source import FileEntry
from archlint.stages.accepting import Acceptance, baseline_of
from archlint.stages.caching import cache_of
from archlint.stages.earlier import Earlier, earlier_of
from archlint.stages.finding import files_of, is_over_all, is_project
from archlint.stages.kept import Keeper, keeper_of
from archlint.stages.request import Request, resolve

if TYPE_CHECKING:
    from archlint.analysis import FileResult
    from archlint.baseline.file import Baseline
    from archlint.stages.analyse import Analysed
    from archlint.stages.files import RunFiles
    from archlint.stages.repository_paths import Renames
    from archlint.stages.sight import Sight

__all__ = ["Request", "Stopwatch", "check", "resolve", "run", "run_with_files"]

_CRASH = "ARC002"


def run(request: Request) -> Report:
    """Lint a project.

    Raises `UsageError` for what is wrong with the request or the configuration; all else is in the report.
    """
    begun = _begin(request)
    keeper = begun.keeper()
    kept = keeper.report() if keeper is not None else None
    if kept is not None:
        begun.watch.lap("report", "as it was, since nothing has changed")
        return begun.accepted(kept)
    return begun.accepted(_lint(begun, keeper)[0])


def run_with_files(request: Request) -> tuple[Report, RunFiles]:
    """Lint a project, and return the files of the run beside the report; raises `UsageError`."""
    begun = _begin(request)
    report, files = _lint(begun, None)
    return begun.accepted(report), files


class _Begun(msgspec.Struct, frozen=True):
    """A run that knows its files and has looked into none; `began` is the time before it looked for them, in ns."""

    request: Request
    began: int
    watch: Stopwatch
    root: Path
    resolver: SettingsResolver
    found: Discovery
    context: tuple[FileEntry, ...]
    cache: Cache
    no_cache: str
    baseline: Baseline | None
    earlier: Earlier

    def keeper(self) -> Keeper | None:
        """Return what keeps the report of the run, or None where a report cannot be the same again."""
        if self.is_imagined or self.request.timings or self.request.stores.files:
            return None
        return keeper_of(self.found, self.context, self.resolver, self.cache, self.began, self.earlier.commit)

    @property
    def is_partial(self) -> bool:
        """Return whether what is found is not all that is to be found in the project."""
        return bool(self.context) or self.request.is_quick

    @property
    def is_imagined(self) -> bool:
        """Return whether it is about other files than those on the disk."""
        return bool(self.request.overlay) or self.request.past is not None

    def sight(self, files: RunFiles, analysed: Analysed) -> Sight:
        """Return what the run saw of the project."""
        from archlint.stages.sight import sight_of

        is_part = not is_project(self.root) and not is_over_all(self.request, self.root)
        settings = self.resolver.run_settings()
        return sight_of(self.found, files.entries, analysed.results, settings, is_part=is_part)

    def accepted(self, report: Report) -> Report:
        """Return the report without the results that the baseline has."""
        if self.baseline is None:
            return report
        is_whole = not self.is_imagined and is_over_all(self.request, self.root)
        acceptance = Acceptance(self.baseline, self.found, self.resolver, is_whole, self._renames, self._is_being_moved)
        return acceptance.applied(report)

    def _is_being_moved(self) -> bool:
        from archlint.stages.repository_paths import is_being_moved

        return is_being_moved(self.root, self.request.environment)

    def _renames(self, since: Path, gone: Collection[str]) -> Renames:
        from archlint.stages.repository_paths import renames_since

        return renames_since(self.root, since, gone, self.request.environment)


def _begin(request: Request) -> _Begun:
    watch, began = Stopwatch(request.log), time_ns()
    root, resolver = resolve(request)
    settings = resolver.run_settings()
    baseline = baseline_of(settings, is_needed=request.needs_baseline, is_isolated=request.isolated)
    earlier = earlier_of(root, settings.migrations_since, request.environment)
    found, context = files_of(request, root, resolver)
    cache, no_cache = cache_of(settings)
    watch.lap("discover", f"{len(found.files)} files to report on, {len(context)} files around them")
    return _Begun(request, began, watch, root, resolver, found, context, cache, no_cache, baseline, earlier)


def _lint(begun: _Begun, keeper: Keeper | None) -> tuple[Report, RunFiles]:
    # Imported here, since a run that has its report needs none of it.
    from archlint.stages.files import RunFiles

    files = RunFiles(begun.found, begun.context, begun.request.overlay, begun.resolver.run_settings())
    analysed = _analysed(begun, files)
    timings = _summed(analysed.results)
    sight = begun.sight(files, analysed)
    linked = _project_diagnostics(begun, files, analysed, timings, is_clear=sight.is_clear)
    begun.watch.lap("link and check", "")
    report = _judged(begun, files, analysed, linked, sight)
    report = replace(report, timings=timings if begun.request.timings else {})
    if keeper is not None and analysed.is_kept and not report.crashed and not report.warnings:
        keeper.keep(report)
    return report, files


def _analysed(begun: _Begun, files: RunFiles) -> Analysed:
    from archlint.stages.analyse import analyse, plan_of

    request, resolver = begun.request, begun.resolver
    analysed = analyse(
        plan_of(files.entries, resolver.settings_for, request.overlay, files.versions),
        begun.cache,
        begun.root,
        jobs=resolver.run_settings().jobs,
        progress=request.progress,
        stores=request.stores,
        memory=request.memory,
    )
    files.analysed(analysed.results)
    from_stores = f", {analysed.stored} from stores" if request.stores.files else ""
    begun.watch.lap("analyse", f"{analysed.cached} of {len(files.entries)} files from the cache{from_stores}")
    return analysed


def _judged(begun: _Begun, files: RunFiles, analysed: Analysed, linked: Sequence[Diagnostic], sight: Sight) -> Report:
    """Return what is reported of all that was found: without what is suppressed, and with texts that tell no secret."""
    from archlint.stages.analyse import cores
    from archlint.stages.judge import judge, redacted_texts, results_of
    from archlint.stages.masks import Masks
    from archlint.stages.sight import unjudged_codes

    resolver, found = begun.resolver, begun.found
    settings = resolver.run_settings()
    own = [result for result in analysed.results if result.path in files.reported]
    diagnostics = [
        *found.problems,
        *(one for result in own for one in result.diagnostics),
        *_shown(begun, linked, files, sight),
    ]
    unjudged = unjudged_codes(sight, resolver, files.reported)
    kept, silenced = judge(diagnostics, own, resolver.settings_for, files.role_of, files.source_of, not_run=unjudged)
    masks = Masks(begun.cache, files.digest_of)
    texts = redacted_texts([*kept, *(one for one, _ in silenced)], files.source_of, masks, settings.jobs or cores())
    if not begun.is_imagined:
        masks.keep()
    hidden = results_of([one for one, _ in silenced], resolver.settings_for, files.role_of, texts)
    begun.watch.lap("judge", f"{len(kept)} diagnostics, {len(silenced)} suppressed")
    return Report(
        results=tuple(results_of(kept, resolver.settings_for, files.role_of, texts)),
        suppressed=tuple(
            replace(result, suppressed_by=reason) for result, (_, reason) in zip(hidden, silenced, strict=True)
        ),
        texts=texts,
        files=len(found.files),
        skipped=_skipped(found, own),
        unread=sight.unread,
        is_clear=sight.is_clear,
        entries=settings.selected_entries(),
        hints=found.hints,
        crashed=any(one.code == _CRASH for one in diagnostics),
        warnings=(*filter(None, (begun.no_cache,)), *analysed.warnings),
    )


def check(
    paths: Sequence[Path | str],
    *,
    root: Path | None = None,
    overrides: Overrides | None = None,
    stores: Sequence[Path | str] = (),
) -> Report:
    """Return what archlint has to say of some paths: the same as the command line, without a cache.

    `stores` are what `archlint.facts.extract` wrote; files that they know as they are now are not analysed again.
    Raises `UsageError` for what is wrong with the paths, the stores or the configuration.
    """
    chosen, known = overrides or Overrides(no_cache=True), Stores(tuple(Path(store) for store in stores))
    return run(Request(tuple(Path(path) for path in paths), cwd=root or Path.cwd(), overrides=chosen, stores=known))


def _project_diagnostics(
    begun: _Begun, files: RunFiles, analysed: Analysed, timings: dict[str, float], *, is_clear: bool
) -> Sequence[Diagnostic]:
    """Return what the project checks find: from the cache where no file has changed since."""
    from archlint.stages.found import Found, state_of, store_diagnostics, stored_diagnostics

    resolver, cache, has_overlay = begun.resolver, begun.cache, begun.is_imagined
    # A past state may well be the one that the last run saw; the text of an editor is a new one each time.
    is_new = has_overlay and begun.request.past is None
    digests = (result.digest for result in analysed.results)
    state = b"" if is_new else state_of(zip(files.entries, digests, strict=True), resolver, begun.earlier.commit)
    stored = None if is_new else stored_diagnostics(cache, state)
    if stored is not None:
        return stored.diagnostics
    from archlint.stages.analyse import cores
    from archlint.stages.answers import Answers
    from archlint.stages.link import link, migrations_in, project_diagnostics, project_knowledge, wanted_in

    # Where runs follow each other with few changes, what this process finds out is worth keeping.
    keeps = analysed.cached > len(files.entries) // 2 and not begun.is_partial
    is_kept = keeps and cache.folder is not None and not has_overlay
    memory = begun.request.memory
    answers = Answers(
        cache, project_knowledge(files.entries, resolver), files.versions, is_kept, bool(begun.context), memory
    )
    settled = begun.earlier.unchanged(migrations_in(analysed.results), files.source_of)
    found = project_diagnostics(
        lambda: answers.recalled(link(analysed.results, files.versions, answers.known, settled, memory)),
        wanted_in(files.entries, resolver, files.reported if begun.context else None, is_quick=begun.request.is_quick),
        files.text_of,
        timings,
        jobs=resolver.run_settings().jobs or cores(),
    )
    if not has_overlay and not begun.is_partial and not any(one.code == _CRASH for one in found):
        store_diagnostics(cache, state, Found(tuple(found), is_clear))
        answers.keep()
    return found


class Stopwatch:
    """Says how long each stage took: on the clock, and of the processors, with the processes that ended in it."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._since = perf_counter()
        self._used = _processor_seconds()

    def lap(self, stage: str, what: str) -> None:
        """Log a stage that ends now, with what came of it."""
        now, used = perf_counter(), _processor_seconds()
        cost = f"{now - self._since:.3f} s ({used - self._used:.2f} s of processors)"
        self._log(f"{stage}: {cost}{', ' if what else ''}{what}")
        self._since, self._used = now, used


def _processor_seconds() -> float:
    """Return the seconds that processors spent on this process and on those that it has waited for."""
    return sum(os.times()[:4])


def _shown(begun: _Begun, linked: Sequence[Diagnostic], files: RunFiles, sight: Sight) -> list[Diagnostic]:
    """Return those about the files that are reported on; a crash is about no file, and always told.

    What is wrong with the configuration is told by a run that saw all of the project.
    """
    from archlint.declared.missing import is_about_names

    is_whole = sight.is_clear and not begun.is_partial

    def is_shown(one: Diagnostic) -> bool:
        return is_whole if is_about_names(one) else one.span.path in files.reported or one.code == _CRASH

    return [one for one in linked if is_shown(one)]


def _skipped(found: Discovery, own: Sequence[FileResult]) -> tuple[tuple[str, str], ...]:
    """Return what could not be checked whole, and why, by path."""
    listed = [(one.span.path, one.message) for one in found.problems]
    return tuple(sorted([*listed, *((result.path, result.skipped) for result in own if result.skipped)]))


def _summed(results: list[FileResult]) -> dict[str, float]:
    total: dict[str, float] = {}
    for result in results:
        for code, seconds in result.timings.items():
            total[code] = total.get(code, 0.0) + seconds
    return total
