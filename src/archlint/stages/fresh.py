"""What the last run found in the project as a whole, for those who see one file at a time and may not wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from archlint.diagnostic import Diagnostic
from archlint.discovery import discover
from archlint.errors import UsageError
from archlint.knowledge import Pin, locked_versions
from archlint.reading import content_digest, read, read_text
from archlint.settings import SettingsResolver
from archlint.source import FileEntry
from archlint.stages.caching import cache_of
from archlint.stages.earlier import earlier_of
from archlint.stages.found import state_of, stored_diagnostics
from archlint.stages.shaping import shapes_project, tells_versions


class FreshProject(msgspec.Struct, frozen=True):
    """The diagnostics of the project checks by file, and the digest of each file that they were made from.

    `versions` are those that the project has of its libraries. `is_clear` tells that all of its files were seen whole.
    """

    diagnostics: Mapping[str, tuple[Diagnostic, ...]]
    digests: Mapping[str, bytes]
    versions: Mapping[str, Pin]
    is_clear: bool = True

    def text_behind(self, entry: FileEntry, lines: str, max_size: int) -> str | None:
        r"""Return the file's own text if `lines`, all of which end in `\n`, are what the diagnostics were made from.

        None where they are not: the file is being edited, or it is no part of the project.
        """
        known = self.digests.get(entry.path)
        if not known:
            return None
        if read_text(entry, lines).digest == known:
            return lines
        done = read(entry, max_size)
        if done.source is None or done.digest != known:
            return None
        own = done.source.text
        return own if own.replace("\r\n", "\n").replace("\r", "\n") == lines else None


def fresh_project(resolver: SettingsResolver) -> FreshProject | None:
    """Return what the last run left of a project if no file of it has changed since, by content; None otherwise.

    Nothing is analysed and nothing kept: each file is read once and hashed.
    """
    settings = resolver.run_settings()
    cache, _ = cache_of(settings)
    if cache.folder is None or not (cache.folder / cache.version).is_dir():
        return None
    entries = [entry for entry in discover([resolver.root], resolver.root, settings).files if shapes_project(entry)]
    contents = [content_digest(entry, resolver.settings_for(entry.path).max_file_size) for entry in entries]
    try:
        since = earlier_of(resolver.root, settings.migrations_since, {}).commit
    except UsageError:  # what git cannot tell here, the last run did not know either
        return None
    stored = stored_diagnostics(cache, state_of(zip(entries, contents, strict=True), resolver, since))
    if stored is None:
        return None
    by_path: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for diagnostic in stored.diagnostics:
        by_path[diagnostic.span.path].append(diagnostic)
    return FreshProject(
        {path: tuple(found) for path, found in by_path.items()},
        {entry.path: content for entry, content in zip(entries, contents, strict=True)},
        _versions(entries, settings.max_file_size),
        stored.is_clear,
    )


def _versions(entries: Iterable[FileEntry], max_size: int) -> Mapping[str, Pin]:
    locks = [entry for entry in entries if tells_versions(entry)]
    sources = ((entry.path, read(entry, max_size).source) for entry in locks)
    return locked_versions({path: source.text for path, source in sources if source is not None})
