"""What a project is: the size of it, what serves its routes, what maps its rows, what it leaves to others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from archlint.project.routes.route import EntryKind
from archlint.project.sql.dialects import server_dialect
from archlint.report.prose import counted
from archlint.source import FileEntry, Kind, Role

if TYPE_CHECKING:
    from archlint.project.project import Project

_SHOWN = 3
_QUIET = (Role.VENDORED, Role.GENERATED)
_JOBS = (EntryKind.TASK, EntryKind.COMMAND, EntryKind.CONSUMER, EntryKind.RESOLVER)


class Survey(msgspec.Struct, frozen=True):
    """What was seen. Counts are by name: of kinds and roles of files, of frameworks, of ORMs, of kinds of entries.

    `roots` are the folders from which modules are imported by name.
    """

    kinds: Mapping[str, int]
    roles: Mapping[str, int]
    routes: Mapping[str, int]
    models: Mapping[str, int]
    entries: Mapping[str, int]
    dialect: str
    roots: tuple[str, ...]
    quiet: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what a person should see of it, as words and what they say; nothing of what is not there."""
        python = self.kinds.get(Kind.PYTHON.value, 0)
        by_role = ", ".join(f"{number} {role}" for role, number in self.roles.items())
        yield "Python", counted(python, "file") + (f" ({by_role})" if python else "")
        others = {kind: number for kind, number in self.kinds.items() if kind != Kind.PYTHON.value}
        for word, text in (
            ("beside it", _listed(others)),
            ("routes", _listed(self.routes)),
            ("models", _listed(self.models)),
            ("database", self.dialect),
            ("entry points", ", ".join(counted(number, word) for word, number in self.entries.items())),
            ("import roots", ", ".join(self.roots)),
            ("quiet", ", ".join(self.quiet)),
        ):
            if text:
                yield word, text


def survey_of(project: Project, entries: Sequence[FileEntry]) -> Survey:
    """Return what the project model and the discovery know of a project."""
    return Survey(
        _counts(entry.kind.value for entry in entries),
        _counts(project.role_of(entry.path).value for entry in entries if entry.kind is Kind.PYTHON),
        _counts(route.framework for route in project.routes.routes),
        _counts(model.orm for model in project.schema.models if not model.is_abstract),
        _counts(one.kind.value for one in project.routes.entry_points if one.kind in _JOBS),
        server_dialect(project),
        tuple(_roots(project)),
        tuple(_quiet(project, entries)),
    )


def _counts(words: Iterator[str]) -> dict[str, int]:
    """Return how often each word occurs, the most frequent first."""
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items())


def _roots(project: Project) -> Iterator[str]:
    """Yield the folders of production code that are no packages and hold the outermost packages."""
    packages = {module.folder for module in project.modules if module.facts.is_package}
    tops = {
        folder.rpartition("/")[0] or "."
        for module in project.modules
        if module.facts.is_package and module.role is Role.PRODUCTION
        for folder in (module.folder,)
        if folder and folder.rpartition("/")[0] not in packages
    }
    yield from islice(sorted(tops), _SHOWN)
    if len(tops) > _SHOWN:
        yield f"{len(tops) - _SHOWN} more"


def _quiet(project: Project, entries: Sequence[FileEntry]) -> Iterator[str]:
    """Yield what is vendored or generated, where only secrets are reported."""
    for role in _QUIET:
        paths = [entry.path for entry in entries if project.role_of(entry.path) is role]
        if paths:
            folders = sorted({path.rpartition("/")[0] or "." for path in paths})
            more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
            yield f"{counted(len(paths), f'{role.value} file')} in {folders[0]}{more}"
