"""Secrets in what git keeps: what is staged, and all that was ever committed. Each blob is read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
from msgspec import structs

from archlint.analysis import READING_CODES
from archlint.cache import Cache
from archlint.diagnostic import Diagnostic
from archlint.discovery.naming import printable
from archlint.git import Commit, Repository, open_repository
from archlint.pipeline import Request, resolve
from archlint.reading import read_bytes
from archlint.report.prose import counted
from archlint.report.result import Report, Result
from archlint.secrets.redaction import redact, secret_spans
from archlint.settings import Settings, SettingsResolver
from archlint.source import FileEntry, Role, SourceFile
from archlint.stages.accepting import held_against
from archlint.stages.appearances import Appearance, key_of, leaks, texts_of
from archlint.stages.blobs import CleanBlobs, Facts, Scanned, Searching, Sorting
from archlint.stages.caching import cache_of
from archlint.stages.judge import judge, results_of
from archlint.stages.repository_paths import to_project

_CRASH = "ARC002"


class Tally(msgspec.Struct, frozen=True):
    """What a search has looked at: blobs in files that archlint reads, and how many of them it read this time.

    `known` had nothing in an earlier run, `missing` are not in this clone, `unread` are too large or not to be parsed.
    """

    commits: int = 0
    blobs: int = 0
    scanned: int = 0
    known: int = 0
    missing: int = 0
    unread: int = 0

    @property
    def line(self) -> str:
        """Return the figures in words."""
        parts = (
            f"{counted(self.commits, 'commit')}, " if self.commits else "",
            f"{counted(self.blobs, 'blob')}, {self.scanned} scanned",
            f", {self.known} known from earlier runs" if self.known else "",
            f", {self.missing} not in this clone" if self.missing else "",
            f", {self.unread} not readable" if self.unread else "",
        )
        return "".join(parts)


@dataclass(slots=True)
class Search:
    """A search in one repository: what the settings of the project make of its paths."""

    request: Request
    repository: Repository
    root: Path
    resolver: SettingsResolver
    settings: Settings
    sorting: Sorting
    to_project: Callable[[str], str | None]
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request, git_dir: Path | None, environment: Mapping[str, str]) -> Search:
        """Return the search that a request asks for; raises `UsageError` where git has no repository for it."""
        root, resolver = resolve(request)
        repository = open_repository(request.cwd, git_dir, environment, may_be_named=True)
        mapped = to_project(request.paths, request.cwd, root, repository.top)
        return cls(request, repository, root, resolver, resolver.run_settings(), Sorting(resolver.settings_for), mapped)

    def run(self, versions: Mapping[tuple[str, str], Commit], commits: int) -> tuple[list[Scanned], Report, Tally]:
        """Return the blobs in which something is, a report without results, and the figures."""
        cache, problem = self._cache()
        clean = CleanBlobs(cache, self.settings.digest())
        wanted, known = self._wanted(versions, clean)
        sizes = self.repository.sizes(list(wanted))
        large = {blob: size for blob, size in sizes.items() if size > self.settings.max_file_size}
        reading = [blob for blob in wanted if blob in sizes and blob not in large]
        found = list(self._found(reading, wanted, clean))
        unread = sum(not one.result.is_whole for one in found)
        tally = Tally(
            commits,
            len({blob for _, blob in versions}),
            len(reading),
            known,
            len(wanted) - len(sizes),
            unread + len(large),
        )
        report = Report(
            results=(),
            files=tally.blobs,
            skipped=_too_large(large, wanted, self.settings.max_file_size),
            entries=self.settings.selected_entries(),
            crashed=any(one.code == _CRASH for scanned in found for one in scanned.result.diagnostics),
            hints=tuple(self._hints(tally)),
            warnings=tuple(filter(None, (problem, clean.keep()))),
        )
        return found, report, tally

    def is_read(self, path: str | None) -> bool:
        """Return whether archlint reads files with a path of the project."""
        return path is not None and self.sorting.facts(path) is not None

    def _wanted(
        self, versions: Iterable[tuple[str, str]], clean: CleanBlobs
    ) -> tuple[dict[str, dict[Facts, str]], int]:
        """Return for each blob that no earlier run knows one path for all that its paths make of it."""
        wanted: defaultdict[str, dict[Facts, str]] = defaultdict(dict)
        known: set[str] = set()
        for path, blob in versions:
            facts = self.sorting.facts(path)
            if facts is not None and facts not in wanted.get(blob, {}):
                if clean.knows(facts.key(blob)):
                    known.add(blob)
                else:
                    wanted[blob][facts] = path
        return dict(wanted), len(known - wanted.keys())

    def _found(self, reading: list[str], wanted: dict[str, dict[Facts, str]], clean: CleanBlobs) -> Iterator[Scanned]:
        blobs = self.repository.contents(reading)
        seen = 0

        def shown() -> Iterator[tuple[str, bytes]]:
            nonlocal seen
            for blob in blobs:
                seen += 1
                self.request.progress(seen, len(reading))
                yield blob

        for one in Searching(self.settings.jobs).search(shown(), wanted):
            if one.result.diagnostics or one.result.skipped:
                yield one
            else:
                clean.add(one.facts.key(one.blob))

    def _cache(self) -> tuple[Cache, str]:
        """Return the cache: a bare repository is no place for one, unless the command line names the folder."""
        if self.repository.top is None and self.settings.origins.get("cache-dir") != "command line":
            return Cache(None, ""), ""
        return cache_of(self.settings)

    def _hints(self, tally: Tally) -> Iterator[str]:
        if tally.commits and self.repository.is_shallow:
            yield "the clone is shallow, its history is cut: `git fetch --unshallow` gets the rest"
        if tally.missing:
            blobs = counted(tally.missing, "blob")
            yield f"{blobs} not searched: this clone is partial and has not fetched them (`git fetch --refetch`)"
        if tally.unread:
            yield f"{counted(tally.unread, 'blob')} not searched: too large, or no text that archlint can parse"


def search_staged(request: Request, git_dir: Path | None, environment: Mapping[str, str]) -> tuple[Report, Tally]:
    """Return what is found in what the index adds to HEAD or changes, as it stands in the index."""
    search = Search.of(request, git_dir, environment)
    pairs = ((search.to_project(path), blob) for path, blob in search.repository.staged())
    versions = {(path, blob): Commit(0, "") for path, blob in pairs if path is not None and search.is_read(path)}
    found, report, tally = search.run(versions, 0)
    kept: list[Diagnostic] = []
    silenced: list[tuple[Diagnostic, str]] = []
    sources: dict[str, SourceFile] = {}
    roles: dict[str, Role] = {}
    for scanned, path, _ in _places(found, versions, search.sorting):
        source, own, hidden = _judged(scanned, path, search.resolver)
        kept += own
        silenced += hidden
        sources[path], roles[path] = source, scanned.result.role
    filled = _filled(report, search, kept, silenced, sources, roles)
    return held_against(filled, search.settings, is_isolated=request.isolated), tally


def search_history(
    request: Request, git_dir: Path | None, environment: Mapping[str, str], revisions: str
) -> tuple[Report, Tally]:
    """Return what is found in all that the commits of a range, or of all references, brought."""
    search = Search.of(request, git_dir, environment)
    commits = search.repository.commits(revisions)
    versions, earlier = _versions(search, commits)
    found, report, tally = search.run({**earlier, **versions}, len(commits))
    head = {(search.to_project(path), blob) for path, blob in search.repository.head().items()} if found else set()
    known = {key_of(one.diagnostic, one.reason) for one in _appearances(search, found, earlier, head)}
    brought = _appearances(search, found, versions, head)
    told = leaks(one for one in brought if key_of(one.diagnostic, one.reason) not in known)
    return _filled(
        report,
        search,
        [leak.diagnostic for leak in told if not leak.reason],
        [(leak.diagnostic, leak.reason) for leak in told if leak.reason],
        texts_of(told),
        {leak.source.path: leak.role for leak in told},
    ), tally


_Versions = dict[tuple[str, str], Commit]


def _versions(search: Search, commits: Sequence[Commit]) -> tuple[_Versions, _Versions]:
    """Return for each version of a file that archlint reads the oldest of the commits that brought it.

    Beside them those that were there before any of the commits, with the first that changed them.
    """
    by_name = {commit.name: commit for commit in commits}
    first: _Versions = {}
    replaced: _Versions = {}
    for change in search.repository.changes(commits):
        path = search.to_project(change.path)
        if path is None or not search.is_read(path):
            continue
        commit = by_name[change.commit]
        for kept, blob in ((first, change.blob), *((replaced, blob) for blob in change.before)):
            kept[path, blob] = min(commit, kept.get((path, blob), commit))
    return first, {version: commit for version, commit in replaced.items() if version not in first}


def _appearances(
    search: Search, found: Iterable[Scanned], versions: _Versions, head: Collection[tuple[str | None, str]]
) -> Iterator[Appearance]:
    """Yield what is found in some versions of files."""
    for scanned, path, commit in _places(found, versions, search.sorting):
        source, own, hidden = _judged(scanned, path, search.resolver)
        for one, reason in [*((one, "") for one in own), *hidden]:
            if one.code not in READING_CODES:
                in_head = (path, scanned.blob) in head
                yield Appearance(one, source, scanned.result.role, commit, in_head, reason)


def _places(
    found: Iterable[Scanned], versions: Mapping[tuple[str, str], Commit], sorting: Sorting
) -> Iterator[tuple[Scanned, str, Commit]]:
    """Yield each blob in which something is with each of the paths that make the same of it, and the commit."""
    by_blob: defaultdict[str, list[Scanned]] = defaultdict(list)
    for scanned in found:
        by_blob[scanned.blob].append(scanned)
    for (path, blob), commit in versions.items():
        for scanned in by_blob.get(blob, ()):
            if sorting.facts(path) == scanned.facts:
                yield scanned, path, commit


def _judged(
    scanned: Scanned, path: str, resolver: SettingsResolver
) -> tuple[SourceFile, list[Diagnostic], list[tuple[Diagnostic, str]]]:
    """Return the text of a blob at a path, and what is reported and what is silenced in it."""
    entry: FileEntry = replace(scanned.entry, path=printable(path))
    source = read_bytes(entry, scanned.data).source or SourceFile.of(entry.path, "", entry.kind)
    found = [
        structs.replace(one, span=structs.replace(one.span, path=entry.path)) for one in scanned.result.diagnostics
    ]
    result = structs.replace(scanned.result, path=entry.path)
    kept, silenced = judge(found, [result], resolver.settings_for, lambda _: result.role, {entry.path: source}.get)
    return source, kept, silenced


def _filled(
    report: Report,
    search: Search,
    kept: list[Diagnostic],
    silenced: list[tuple[Diagnostic, str]],
    sources: Mapping[str, SourceFile],
    roles: Mapping[str, Role],
) -> Report:
    """Return a report with its results; `silenced` come with the reasons of their suppressions."""
    named = {one.span.path for one in (*kept, *(one for one, _ in silenced))}
    texts = {path: redact(one.text, secret_spans(one)) for path, one in sources.items() if path in named}

    def results(diagnostics: list[Diagnostic]) -> list[Result]:
        return results_of(diagnostics, search.resolver.settings_for, lambda path: roles[path], texts)

    hidden = zip(results([one for one, _ in silenced]), (reason for _, reason in silenced), strict=True)
    return structs.replace(
        report,
        results=tuple(results(kept)),
        suppressed=tuple(structs.replace(one, suppressed_by=reason) for one, reason in hidden),
        texts=texts,
    )


def _too_large(
    large: Mapping[str, int], wanted: Mapping[str, Mapping[Facts, str]], limit: int
) -> tuple[tuple[str, str], ...]:
    """Return the paths that once held too much with the size of the largest version."""
    sizes: dict[str, int] = {}
    for blob, size in large.items():
        for path in wanted[blob].values():
            sizes[path] = max(size, sizes.get(path, 0))
    return tuple(
        (path, f"{size:,} bytes are more than `max-file-size` allows ({limit:,})")
        for path, size in sorted(sizes.items())
    )
