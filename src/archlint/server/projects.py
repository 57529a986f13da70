"""Projects: the roots that open files have, each with its session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archlint.report.result import Report
from archlint.server.documents import Document, name_in
from archlint.server.options import Options
from archlint.session import Session
from archlint.settings import find_root


@dataclass(slots=True)
class Projects:
    """The folders of the workspace with the settings that an editor has for each, and a session for each root.

    `own` are the settings where no folder has any.
    """

    environment: Mapping[str, str]
    folders: dict[Path, Options | None] = field(default_factory=dict)
    own: Options = field(default_factory=Options)
    sessions: dict[Path, Session] = field(default_factory=dict)

    def document(self, uri: str, path: Path, version: int | None, text: str) -> Document:
        """Return a document of the project that its file belongs to; raises `UsageError`."""
        root = find_root([path], self._folder_of(path))
        return Document(uri, version, text, path, root, name_in(root, path))

    def session(self, root: Path) -> Session:
        """Return the session of a root; raises `UsageError`."""
        sessions = self.sessions  # another thread may put others in its place meanwhile
        if root not in sessions:
            folder = self._folder_of(root)
            options = self.folders.get(folder) or self.own
            sessions[root] = Session(root, options.overrides(), options.config_in(folder), self.environment)
        return sessions[root]

    def forget(self) -> None:
        """Begin anew: a configuration has changed."""
        self.sessions = {}

    def _folder_of(self, path: Path) -> Path:
        """Return the innermost folder of the workspace around a path; outside of all, the folder of the path."""
        around = [folder for folder in self.folders if path.is_relative_to(folder)]
        return max(around, key=lambda folder: len(folder.parts), default=path if path.is_dir() else path.parent)


def report_on(session: Session, asked: Sequence[Document], opened: Sequence[Document], *, is_quick: bool) -> Report:
    """Return the report on some documents of a project, with the texts of all that are open."""
    overlay = {one.name: one.text for one in opened}
    return session.report(tuple(one.path for one in asked), overlay, is_quick=is_quick)
