"""Globs of the configuration, as ruff reads them: `*` crosses folders, and a base name alone is enough.

A glob may come from an untrusted project: it is translated by `fnmatch`, whose expressions do not backtrack.
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from posixpath import basename, normpath

import msgspec

_MAX_VARIANTS = 64
_MAX_LENGTH = 1_000
_INNERMOST_BRACES = re.compile(r"\{([^{}]*)\}")


class Glob(msgspec.Struct, frozen=True):
    """A pattern and the folder that it is relative to (from the project root; `""` is the root itself)."""

    pattern: str
    base: str = ""

    def matches(self, path: str) -> bool:
        """Return whether a path, relative to the project root, matches as a whole or by its base name."""
        if self.base and not path.startswith(f"{self.base}/"):
            return False
        below = path[len(self.base) + 1 :] if self.base else path
        negated = self.pattern.startswith("!")
        expressions = _compiled(self.pattern[1:] if negated else self.pattern)
        name = basename(below)
        return any(found.match(below) or found.match(name) for found in expressions) is not negated

    def covers(self, path: str) -> bool:
        """Return whether a path matches, or a folder above it does; of a negated pattern only the path counts."""
        return self.matches(path) if self.pattern.startswith("!") else self.matches_or_holds(path)

    def matches_or_holds(self, path: str) -> bool:
        """Return whether a path or one of the folders above it matches."""
        ends = [index for index, char in enumerate(path) if char == "/"]
        return any(self.matches(path[:end]) for end in [*ends, len(path)])


def variants(pattern: str) -> tuple[str, ...]:
    """Return the patterns without braces and `**/` that one pattern stands for.

    Raises `ValueError` when it is empty, longer than 1000 characters or stands for more than 64.
    """
    if not pattern.strip() or len(pattern) > _MAX_LENGTH:
        raise ValueError("a glob has between 1 and 1000 characters")
    plain = pattern.removeprefix("./").removeprefix("/")
    expanded = _expand(f"{plain}*" if plain.endswith("/") else plain)
    return tuple(dict.fromkeys(expanded))


def _expand(pattern: str) -> list[str]:
    done: list[str] = []
    pending = [pattern]
    while pending:
        current = pending.pop()
        if braces := _INNERMOST_BRACES.search(current):
            before, after = current[: braces.start()], current[braces.end() :]
            pending.extend(f"{before}{choice}{after}" for choice in braces[1].split(","))
        elif "**/" in current:
            before, _, after = current.partition("**/")
            pending.extend((f"{before}{after}", f"{before}*/{after}"))
        else:
            done.append(current)
        if len(done) + len(pending) > _MAX_VARIANTS:
            raise ValueError(f"a glob stands for at most {_MAX_VARIANTS} patterns")
    return done


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(translate(variant)) for variant in variants(pattern))


def normal_folder(path: str) -> str:
    """Return a relative folder in one spelling, with forward slashes; the folder itself is `""`."""
    folder = normpath(path.replace("\\", "/"))
    return "" if folder == "." else folder
