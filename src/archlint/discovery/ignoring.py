"""Which paths git ignores: .gitignore at every level and .git/info/exclude of the repository around it."""

from __future__ import annotations

import os
import re
import stat
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".gitignore"
_MAX_PATTERNS = 5_000
_MAX_LENGTH = 1_000
_MAX_STARS = 3
_MAX_INNER_DOUBLE_STARS = 2
_ANYWHERE = "^(?:.+/)?"
_FOLDER_MARK = "(?P<ps_d>/)"
"""How pathspec notes that a pattern is about folders; a group of a name may stand in an expression only once."""


class Patterns(msgspec.Struct, frozen=True):
    """Patterns that follow each other and say the same: `is_ignoring` is false for those with `!` before them.

    `regex` matches where one of them does. It is asked for the whole path, or for the last name in it where `of_names`.
    """

    regex: re.Pattern[str]
    is_ignoring: bool
    of_names: bool


class IgnoreFile(msgspec.Struct, frozen=True):
    """One ignore file: the folder it speaks about, with a slash behind, and its patterns, the last ones first.

    `left_out` counts patterns that would take too long to match and therefore ignore nothing.
    """

    folder: str
    patterns: tuple[Patterns, ...]
    left_out: int = 0

    def verdict(self, path: str) -> bool | None:
        """Return whether an absolute path (a folder ends with a slash) is ignored, or None if no pattern says.

        The last pattern that means the path itself decides. pathspec also lets a pattern mean all that stands below
        what it names; the walk asks for each folder on the way, so that here `!b` must not bring back `b/ignored`.
        """
        relative = path[len(self.folder) :]
        name = relative[relative.rfind("/", 0, -1) + 1 :]
        for patterns in self.patterns:
            if patterns.regex.fullmatch(name if patterns.of_names else relative):
                return patterns.is_ignoring
        return None


def is_ignored(chain: tuple[IgnoreFile, ...], path: str) -> bool:
    """Return what the innermost file of a chain that speaks about an absolute path says."""
    for file in reversed(chain):
        verdict = file.verdict(path)
        if verdict is not None:
            return verdict
    return False


def read_ignore_file(path: str, folder: str, max_size: int) -> IgnoreFile | None:
    """Return the patterns of a regular file that is not larger than `max_size` bytes, or None.

    Links are not followed, as git does not follow them; what cannot be read ignores nothing.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_size:
            return None
        text = Path(path).read_bytes().decode("utf-8-sig", "surrogateescape")
    except OSError:
        return None
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    patterns = [line for line in lines if line.strip() and not line.startswith("#")]
    kept = [line for line in patterns[:_MAX_PATTERNS] if _is_cheap(line)]
    spec = _spec([_without_the_folder(line) for line in kept])
    pairs = ((one.regex, one.include) for one in spec.patterns)
    read = [(regex.pattern, include) for regex, include in pairs if regex is not None and include is not None]
    return IgnoreFile(folder.rstrip("/") + "/", tuple(_joined(reversed(read))), len(patterns) - len(kept))


def _joined(written: Iterable[tuple[str, bool]]) -> Iterator[Patterns]:
    """Yield the expressions of pathspec, the last first, in as few as give the same answers: a walk asks often.

    Among neighbours that say the same the order is nothing. One that begins with "at any depth" and goes on without a
    slash is about the last name of a path alone.
    """
    for is_ignoring, group in groupby(written, lambda pair: pair[1]):
        regexes = [regex.replace(_FOLDER_MARK, "/") for regex, _ in group]
        for of_names in (True, False):
            some = [regex for regex in regexes if _is_of_names(regex) is of_names]
            each = (regex.removeprefix(_ANYWHERE) if of_names else regex for regex in some)
            if some:
                yield Patterns(_compiled("|".join(f"(?:{regex})" for regex in each)), is_ignoring, of_names)


def _is_of_names(regex: str) -> bool:
    rest = regex.removeprefix(_ANYWHERE)
    return rest != regex and "/" not in rest.replace("[^/]", "").removesuffix("/").replace("(?:/|$)", "")


def _without_the_folder(pattern: str) -> str:
    """Return a pattern for pathspec: to git `a/**` is what stands in `a`, to pathspec it is `a` itself as well."""
    written = pattern if pattern.endswith("\\ ") else pattern.rstrip(" ")
    return f"{written}/*" if written.endswith("/**") else pattern


def ignore_files_above(folder: str, root: str, max_size: int) -> tuple[IgnoreFile, ...]:
    """Return the ignore files that hold in an absolute folder, without its own, outermost first.

    They are looked for up to the repository around the folder; without one, up to the project root.
    None of them counts where they ignore the folder itself: whoever names it wants to see it.
    """
    top = _repository(folder)
    found = [] if top is None else [read_ignore_file(f"{top}/.git/info/exclude", top, max_size)]
    above = list(_folders_between(top or root, folder))
    found += [read_ignore_file(f"{parent.rstrip('/')}/{IGNORE_FILE}", parent, max_size) for parent in above]
    chain = tuple(file for file in found if file is not None)
    if any(is_ignored(_about(chain, path), f"{path}/") for path in [*above[1:], folder]):
        return ()
    return chain


def _about(chain: tuple[IgnoreFile, ...], path: str) -> tuple[IgnoreFile, ...]:
    return tuple(file for file in chain if f"{path}/".startswith(file.folder) and file.folder != f"{path}/")


def _repository(folder: str) -> str | None:
    current = folder
    while not os.path.lexists(f"{current.rstrip('/')}/.git"):
        parent = current.rpartition("/")[0]
        if not parent:
            return None
        current = parent
    return current


def _folders_between(top: str, folder: str) -> Iterator[str]:
    """Yield the folders from `top` to the parent of `folder`; nothing if it is not below `top`."""
    if not folder.startswith(top.rstrip("/") + "/"):
        return
    current = top
    yield current
    for part in folder[len(top.rstrip("/")) + 1 :].split("/")[:-1]:
        current = f"{current.rstrip('/')}/{part}"
        yield current


def _is_cheap(pattern: str) -> bool:
    """Return whether a pattern can be matched in reasonable time.

    pathspec makes a backtracking expression of it: `*a*a*a*a*ab` takes 40 seconds for one name of 255 letters.
    """
    if len(pattern) > _MAX_LENGTH:
        return False
    segments = pattern.strip().strip("/").split("/")
    stars = sum(segment.rstrip("*").count("*") for segment in segments if segment != "**")
    inner = sum(segment == "**" for segment in segments[1:-1])
    return stars <= _MAX_STARS and inner <= _MAX_INNER_DOUBLE_STARS


def _spec(patterns: Iterable[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    with _odd_brackets():
        try:
            return GitIgnoreSpec.from_lines(patterns)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines([pattern for pattern in patterns if _compiles(pattern)])


def _compiled(regex: str) -> re.Pattern[str]:
    with _odd_brackets():
        return re.compile(regex)


@contextmanager
def _odd_brackets() -> Iterator[None]:
    """Let `re` not warn about its own future, as odd brackets in a pattern make it: that is not for users to solve."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def _compiles(pattern: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return False
    return True
