"""The walk: from the given paths to the files to read. It opens no file but ignore files and nameless scripts."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from archlint.diagnostic import Diagnostic
from archlint.discovery.exclusion import Exclusion
from archlint.discovery.ignoring import IGNORE_FILE, IgnoreFile, ignore_files_above, is_ignored, read_ignore_file
from archlint.discovery.kinds import kind_of, kind_of_script
from archlint.discovery.naming import posix, printable, relative
from archlint.discovery.roles import RoleRule, role_in, rules_below
from archlint.settings.globs import Glob
from archlint.source import FileEntry, Kind, Role

_SHOWN = 3
_SHEBANG_BYTES = 128


class DiscoverySettings(Protocol):
    """What discovery asks of the settings; `archlint.settings.Settings` answers it."""

    @property
    def exclude(self) -> tuple[Glob, ...]:
        """Files and folders to leave out, all of them; paths that are given themselves only with `force_exclude`."""

    @property
    def include(self) -> tuple[Glob, ...]:
        """The only files to take beside those that are given; empty where every known kind of file is taken."""

    @property
    def respect_gitignore(self) -> bool:
        """Whether ignore files of git are honoured."""

    @property
    def force_exclude(self) -> bool:
        """Whether `exclude` and `include` hold for given paths too; ignore files never do."""

    @property
    def roles(self) -> tuple[tuple[Role, tuple[Glob, ...]], ...]:
        """Roles that win over the detection, the first first."""

    @property
    def max_file_size(self) -> int:
        """The size in bytes above which an ignore file is not read; other files are weighed when they are read."""


class Discovery(msgspec.Struct, frozen=True):
    """What was found: files by path, given paths that do not exist, and lines for a person about what was left out.

    `problems` are diagnostics of folders that could not be listed and of given paths that are no files. `unlisted` is
    what else of the project could not be listed or read, and nobody asked for.
    """

    files: tuple[FileEntry, ...] = ()
    missing: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    unlisted: tuple[str, ...] = ()


def discover(paths: Sequence[Path], root: Path, settings: DiscoverySettings) -> Discovery:
    """Return the files to read below some paths; the result does not depend on the order of the paths.

    Folders behind symbolic links are never entered, and of hard links to one file the first by path is taken.
    A file that is given itself is taken even where it is excluded, not included or ignored, unless exclusion is forced.
    """
    finder = _Finder(os.path.realpath(root), settings)
    for given in dict.fromkeys(os.fspath(path) for path in paths):
        finder.add(given)
    return finder.result()


class _Folder(msgspec.Struct, frozen=True):
    """A folder to list: its absolute path, the folders from the root or the start to it, the ignore files that hold.

    The names of the folders are in lower case.
    """

    path: str
    names: tuple[str, ...]
    chain: tuple[IgnoreFile, ...] = ()

    def below(self, name: str) -> str:
        """Return the absolute path of something in it."""
        return f"{self.path.rstrip('/')}/{name}"


@dataclass(slots=True)
class _Finder:
    root: str
    settings: DiscoverySettings
    found: dict[str, FileEntry] = field(default_factory=dict)
    links: dict[str, tuple[int, int]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    notebooks: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    problems: dict[str, Diagnostic] = field(default_factory=dict)
    patterns_left_out: int = 0
    excluded: Exclusion = field(init=False)

    def __post_init__(self) -> None:
        self.root = posix(self.root)
        self.excluded = Exclusion.of(self.settings.exclude)

    def add(self, given: str) -> None:
        """Take a path of the command line."""
        try:
            real = posix(os.path.realpath(given))
            status = os.stat(real)  # noqa: PTH116 - strings all along: a walk of thousands of files
        except (OSError, ValueError):
            self.missing.append(printable(given))
            return
        name = self._name(real)
        if self.settings.force_exclude and self._is_inside(real) and self.excluded.covers_or_holds(name):
            return
        if stat.S_ISDIR(status.st_mode):
            self._walk(real)
        elif stat.S_ISREG(status.st_mode):
            self._add_given(real, posix(given).rpartition("/")[2], status)
        else:
            self._note_problem(name, "not a regular file")

    def result(self) -> Discovery:
        """Return what was found, in the order of paths."""
        files = sorted(self.found.values(), key=lambda entry: entry.path)
        return Discovery(
            tuple(self._without_hard_links(files)),
            tuple(sorted(self.missing)),
            tuple(self._hints()),
            tuple(self.problems[path] for path in sorted(self.problems)),
        )

    def _note_problem(self, name: str, reason: str) -> None:
        from archlint.rules.tool.unreadable_file import unreadable_file  # rules are imported where one has to speak

        self.problems[name] = unreadable_file(name, reason)

    def _add_given(self, real: str, given_name: str, status: os.stat_result) -> None:
        """Take one file; outside the root only its own name says what it is for."""
        folders = self._names_above(real) if self._is_inside(real) else ()
        name = real.rpartition("/")[2]
        lower = tuple(folder.lower() for folder in folders)
        kind = kind_of(given_name, lower) or kind_of(name, lower) or _kind_of_content(real)
        if kind is None:
            self.unknown.add(self._name(real))
        else:
            self._take(real, kind, role_in(rules_below(folders), name), status, explicit=True)

    def _walk(self, start: str) -> None:
        is_below = self._is_inside(start) and start != self.root
        names = tuple(relative(start, self.root).lower().split("/")) if is_below else ()
        chain: tuple[IgnoreFile, ...] = ()
        if self.settings.respect_gitignore:
            chain = ignore_files_above(start, self.root, self.settings.max_file_size)
            self.patterns_left_out += sum(file.left_out for file in chain)
        pending = [_Folder(start, names, chain)]
        while pending:
            pending.extend(self._list(pending.pop()))

    def _list(self, folder: _Folder) -> Iterator[_Folder]:
        """Take the files of a folder and yield the folders in it that are to be listed too."""
        try:
            with os.scandir(folder.path) as listing:
                entries = list(listing)
        except OSError as error:
            name = self._name(folder.path)
            self._note_problem(name, f"folder: {(error.strerror or 'not readable').lower()}")
            return
        chain = self._chain(folder, entries)
        files: list[tuple[os.DirEntry[str], Kind | None]] = []
        for entry in entries:
            name = entry.name
            if _is_folder(entry):
                path = folder.below(name)
                if not self._is_left_out(path, name, chain, is_folder=True):
                    yield _Folder(path, (*folder.names, name.lower()), chain)
                continue
            kind = kind_of(name, folder.names)
            if (kind is not None or "." not in name) and not self._is_left_out(folder.below(name), name, chain):
                files.append((entry, kind))
        if files:
            rules = rules_below(folder.names)
            for entry, kind in files:
                self._visit(entry, folder.below(entry.name), kind, rules)

    def _chain(self, folder: _Folder, entries: list[os.DirEntry[str]]) -> tuple[IgnoreFile, ...]:
        """Return the ignore files that hold in a folder, its own included."""
        if not self.settings.respect_gitignore or not any(entry.name == IGNORE_FILE for entry in entries):
            return folder.chain
        own = read_ignore_file(folder.below(IGNORE_FILE), folder.path, self.settings.max_file_size)
        if own is None:
            return folder.chain
        self.patterns_left_out += own.left_out
        return (*folder.chain, own)

    def _visit(self, entry: os.DirEntry[str], path: str, kind: Kind | None, rules: tuple[RoleRule, ...]) -> None:
        try:
            if entry.is_symlink():
                self._follow(path, kind)
                return
            status = entry.stat(follow_symlinks=False)
        except OSError:
            # It vanished, or it is a link to nothing or to itself.
            return
        if not stat.S_ISREG(status.st_mode):
            return
        kind = kind or _kind_of_content(path)
        if kind is not None:
            self._take(path, kind, role_in(rules, entry.name), status)

    def _follow(self, link: str, kind: Kind | None) -> None:
        """Take the file that a link leads to, under its own name; links out of the root lead nowhere."""
        real = posix(os.path.realpath(link))
        if kind is None or not self._is_inside(real) or self.excluded.covers_or_holds(self._name(real)):
            return
        status = os.stat(real)  # noqa: PTH116 - strings all along
        if stat.S_ISREG(status.st_mode):
            self._take(real, kind, role_in(rules_below(self._names_above(real)), real.rpartition("/")[2]), status)

    def _take(self, real: str, kind: Kind, role: Role, status: os.stat_result, *, explicit: bool = False) -> None:
        path = self._name(real)
        if kind is Kind.NOTEBOOK:
            self.notebooks.add(path)
            return
        is_asked_for = explicit and not (self.settings.force_exclude and self._is_inside(real))
        include = self.settings.include
        if include and not is_asked_for and not any(glob.covers(path) for glob in include):
            return
        known = self.found.get(real)
        explicit = explicit or (known is not None and known.explicit)
        role = self._given_role(path) or role
        times = status.st_mtime_ns, status.st_ctime_ns
        self.found[real] = FileEntry(path, real, kind, role, status.st_size, times[0], explicit, times[1])
        if status.st_nlink > 1 and status.st_size:
            self.links[real] = (status.st_dev, status.st_ino)

    def _given_role(self, path: str) -> Role | None:
        for role, globs in self.settings.roles:
            if any(glob.matches_or_holds(path) for glob in globs):
                return role
        return None

    def _is_left_out(self, path: str, name: str, chain: tuple[IgnoreFile, ...], *, is_folder: bool = False) -> bool:
        if name in self.excluded.names or (self.excluded.globs and self.excluded.matches(self._name(path))):
            return True
        return bool(chain) and is_ignored(chain, f"{path}/" if is_folder else path)

    def _without_hard_links(self, files: list[FileEntry]) -> Iterator[FileEntry]:
        """Yield the files, of hard links to one file the first; empty files stay, since they make packages."""
        seen: set[tuple[int, int]] = set()
        for entry in files:
            identity = self.links.get(posix(os.fspath(entry.real)))
            if identity is None or identity not in seen:
                yield entry
            if identity is not None:
                seen.add(identity)

    def _hints(self) -> Iterator[str]:
        if self.notebooks:
            yield _counted(self.notebooks, "notebook", "skipped")
        if self.unknown:
            yield of_no_kind(self.unknown)
        if self.patterns_left_out:
            noun = "pattern" if self.patterns_left_out == 1 else "patterns"
            yield f"{self.patterns_left_out} {noun} of ignore files not used: too many wildcards or too many patterns"

    def _is_inside(self, path: str) -> bool:
        return path == self.root or path.startswith(self.root.rstrip("/") + "/")

    def _names_above(self, path: str) -> tuple[str, ...]:
        return tuple(relative(path, self.root).split("/")[:-1])

    def _name(self, path: str) -> str:
        """Return the path that outputs show, see `FileEntry.path`."""
        return printable((relative(path, self.root) or ".") if self._is_inside(path) else path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder itself and no link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _kind_of_content(path: str) -> Kind | None:
    """Return the kind of a regular file by its first line."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - strings all along
            return kind_of_script(file.read(_SHEBANG_BYTES))
    except OSError:
        return None


def of_no_kind(paths: set[str]) -> str:
    """Return the line about files that archlint does not know how to read."""
    return _counted(paths, "file", "of no known kind skipped")


def _counted(paths: set[str], noun: str, what: str) -> str:
    shown = sorted(paths)[:_SHOWN]
    rest = len(paths) - len(shown)
    names = ", ".join(shown) + (f" and {rest} more" if rest else "")
    return f"{len(paths)} {noun}{'' if len(paths) == 1 else 's'} {what}: {names}"
