"""From the name of a template to its facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from archlint.ir.template import TemplateFacts

_FOLDERS = ("jinja2", "templates")


class Templates:
    """The templates of a project, by the names that their loaders know."""

    def __init__(self, facts: Iterable[TemplateFacts]) -> None:
        self._by_name: defaultdict[str, list[TemplateFacts]] = defaultdict(list)
        self._deeper: defaultdict[str, list[TemplateFacts]] = defaultdict(list)
        for one in facts:
            parts = one.path.split("/")
            starts = [index + 1 for index, part in enumerate(parts[:-1]) if part.lower().endswith(_FOLDERS)]
            for start in starts:
                self._by_name["/".join(parts[start:])].append(one)
                self._deeper["/".join([*parts[: start - 1][-1:], *parts[start:]])].append(one)
            for start in range(starts[0] + 1, len(parts) - 1) if starts else ():
                self._deeper["/".join(parts[start:])].append(one)

    def named(self, name: str, beside: str) -> TemplateFacts | None:
        """Return the template of a name, of several the one that stands nearest to a path; None where that is open.

        A folder in a folder of templates may be one that a loader searches, and the one around it may be the prefix
        of its names, as that of a theme: a name with a folder is found so too.
        """
        found = self._by_name.get(name) or self._deeper.get(name, [])
        if len(found) < 2:  # noqa: PLR2004 - none or one
            return found[0] if found else None
        near = sorted(((_common(one.path, beside), one) for one in found), key=lambda pair: -pair[0])
        return near[0][1] if near[0][0] > near[1][0] else None


def _common(path: str, other: str) -> int:
    """Return how many folders two paths have in common."""
    count = 0
    for mine, theirs in zip(path.split("/"), other.split("/"), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
