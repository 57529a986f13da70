"""Which paths the configuration leaves out or picks out."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from archlint.settings.globs import Glob

_SPECIAL = re.compile(r"[*?\[\]{}!/\\]")


class Exclusion(msgspec.Struct, frozen=True):
    """Globs made ready for many questions: `names` are the plain ones, which one look-up answers."""

    names: frozenset[str]
    globs: tuple[Glob, ...]

    @classmethod
    def of(cls, globs: Iterable[Glob]) -> Exclusion:
        """Return the exclusion that holds where one of the globs matches."""
        known = tuple(globs)
        plain = frozenset(glob.pattern for glob in known if _is_plain(glob))
        return cls(plain, tuple(glob for glob in known if not _is_plain(glob)))

    def matches(self, path: str) -> bool:
        """Return whether a glob with wildcards matches a path relative to the root; folders above are not asked."""
        return any(glob.matches(path) for glob in self.globs)

    def covers_or_holds(self, path: str) -> bool:
        """Return whether a path relative to the root or a folder above it matches."""
        return not self.names.isdisjoint(path.split("/")) or any(glob.matches_or_holds(path) for glob in self.globs)


def _is_plain(glob: Glob) -> bool:
    return not glob.base and not _SPECIAL.search(glob.pattern)
