"""What a process that stays keeps between its runs: results and facts of files, believed in the same state only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from archlint.cache import stamp
from archlint.project.questions.files import FileDigests, changed, declare_the_same, states_of
from archlint.project.questions.indexes import Index, Indexes, still_hold

if TYPE_CHECKING:
    from archlint.analysis import FileResult
    from archlint.discovery import Discovery
    from archlint.ir.module import ModuleFacts
    from archlint.project.project import Project
    from archlint.source import FileEntry


class Memory:
    """Results of files by what proves their state, and the facts of the last ones decoded.

    `around` are the files of the project as they were listed last, None before that.
    """

    def __init__(self) -> None:
        self.around: Discovery | None = None
        self._results: dict[str, tuple[bytes, FileResult]] = {}
        self._facts: dict[str, tuple[bytes, ModuleFacts]] = {}
        self._files: dict[str, FileDigests] = {}
        self._indexes: dict[str, Index] = {}
        self._known = b""

    def known(
        self, entries: Sequence[FileEntry], contexts: Sequence[bytes], besides: Collection[str], began: int
    ) -> Iterator[tuple[int, FileResult]]:
        """Yield the index and the result of each file that is as it was, but for those `besides`.

        `began` is a time in nanoseconds before any of the files was looked at.
        """
        for index, entry in enumerate(entries):
            state, result = self._results.get(entry.path, (b"", None))
            if state and result is not None and entry.path not in besides:
                proof = stamp(entry, began)
                if proof and proof + contexts[index] == state:
                    yield index, result

    def keep(self, entry: FileEntry, context: bytes, result: FileResult, began: int) -> None:
        """Keep a result, unless a later change of its file might not show."""
        proof = stamp(entry, began)
        if proof:
            self._results[entry.path] = proof + context, result

    def facts(self, path: str, data: bytes, decode: Callable[[bytes], ModuleFacts]) -> ModuleFacts:
        """Return the facts that some bytes stand for, those of the last bytes of a file decoded once."""
        before, facts = self._facts.get(path, (b"", None))
        if facts is None or before is not data:
            facts = decode(data)
            self._facts[path] = data, facts
        return facts

    def indexes(self, project: Project, known: bytes) -> Indexes:
        """Return the names gathered from all over a project that still hold, where what is gathered now is added.

        `known` is a digest of what is known of libraries.
        """
        before, self._files = self._files, states_of(project, self._files)
        is_same = known == self._known and declare_the_same(before, self._files)
        found = Indexes(still_hold(self._indexes, changed(before, self._files)) if is_same else {})
        self._indexes, self._known = found.known, known
        return found
