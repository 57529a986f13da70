"""Which files a run looks at: those to report on, and what stands around them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from archlint.discovery import Discovery, discover
from archlint.errors import UsageError
from archlint.settings import Settings, SettingsResolver
from archlint.settings.suggestions import quoted
from archlint.source import FileEntry
from archlint.stages.request import Request
from archlint.stages.shaping import shapes_project


def files_of(request: Request, root: Path, resolver: SettingsResolver) -> tuple[Discovery, tuple[FileEntry, ...]]:
    """Return the files to report on, and those beside them that decide what cross-file rules find, all with settings.

    Raises `UsageError` where one that is asked for is not there, or has a configuration that is wrong.
    """
    return _configured(*find_files(request, root, resolver.run_settings()), resolver)


def find_files(request: Request, root: Path, settings: Settings) -> tuple[Discovery, tuple[FileEntry, ...]]:
    """Return the same, whatever the configurations of the files say; raises `UsageError` for one that is not there."""
    given = {os.fspath(request.cwd / path): os.fspath(path) for path in request.paths}
    found = discover([Path(path) for path in given], root, settings)
    found = _with_unsaved(found, request, root, settings) if request.past is None else request.past.found(found)
    found = replace(found, files=tuple(one for one in found.files if not _is_baseline(one, settings)))
    if found.missing:
        names = ", ".join(quoted(given.get(path, path)) for path in found.missing)
        raise UsageError(f"no such file or directory: {names}")
    if not is_project(root) or is_over_all(request, root):
        return found, ()
    reported = {entry.path for entry in found.files}
    around = _around(request, root, settings)
    found = replace(found, unlisted=tuple(one.span.path for one in around.problems))
    return found, tuple(one for one in around.files if one.path not in reported and shapes_project(one))


def _configured(
    found: Discovery, context: Sequence[FileEntry], resolver: SettingsResolver
) -> tuple[Discovery, tuple[FileEntry, ...]]:
    """Return what was found without the files around it whose configuration is wrong: nobody asked for these.

    Raises `UsageError` where it is that of a file to report on.
    """
    for entry in found.files:
        resolver.settings_for(entry.path)
    folders = {entry.path.rpartition("/")[0]: entry.path for entry in context}
    problems = {folder: problem for folder, path in folders.items() if (problem := _mistake_in(path, resolver))}
    if not problems:
        return found, tuple(context)
    told = dict.fromkeys(problems.values())
    hints = (f"files beside those that are checked are left out: {problem}" for problem in told)
    found = replace(found, hints=(*found.hints, *hints), unlisted=(*found.unlisted, *problems))
    return found, tuple(entry for entry in context if entry.path.rpartition("/")[0] not in problems)


def _mistake_in(path: str, resolver: SettingsResolver) -> str:
    """Return what is wrong with the configuration of a file, or ""."""
    try:
        resolver.settings_for(path)
    except UsageError as error:
        return str(error)
    return ""


def _around(request: Request, root: Path, settings: Settings) -> Discovery:
    """Return the files of the project; for a quick run those of the last one that was none, which follows it anyway."""
    memory = request.memory
    if memory is not None and memory.around is not None and request.is_quick:
        return memory.around
    found = discover([root], root, settings)
    if memory is not None:
        memory.around = found
    return found


def _is_baseline(entry: FileEntry, settings: Settings) -> bool:
    return settings.baseline is not None and settings.root / entry.path == settings.baseline


def is_over_all(request: Request, root: Path) -> bool:
    """Return whether a run is over the whole project."""
    return any((request.cwd / path).resolve() == root.resolve() for path in request.paths)


def _with_unsaved(found: Discovery, request: Request, root: Path, settings: Settings) -> Discovery:
    """Return what was found with the files of the overlay that exist only there."""
    paths = [path for path in request.overlay if not (root / path).exists()]
    if not paths:
        return found
    from archlint.stages.files import with_unsaved

    return with_unsaved(found, paths, settings)


def is_project(root: Path) -> bool:
    """Return whether a root was recognised: all of some other folder must not be read for the sake of one file."""
    return any((root / name).exists() for name in ("archlint.toml", "pyproject.toml", ".git"))
