"""What was found out about a project, kept from run to run: only what rests on a change is found out anew."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from archlint.cache import Cache
from archlint.knowledge import Knowledge, Pin
from archlint.project.project import Project
from archlint.project.questions.indexes import Indexes
from archlint.project.questions.past import kept_answers, remembered
from archlint.stages.memory import Memory

_ANSWERS = "answers"


@dataclass(slots=True)
class Answers:
    """The answers that a cache keeps for what is known of libraries and for the versions of a project.

    `are_kept` says whether those of this run will be: only then is noted what they rest on, which takes memory.
    A run on a part of the files asks so little that the answers of before are worth a look only where all files
    declare what they did: then most of them hold without one.
    """

    cache: Cache
    known: Knowledge
    versions: Mapping[str, Pin]
    are_kept: bool = False
    is_partial: bool = False
    memory: Memory | None = None
    _project: Project | None = field(default=None, init=False)

    @property
    def state(self) -> bytes:
        """Return a digest of what answers depend on beside the files that they were read from."""
        pins = "\0".join(sorted(f"{name}:{pin}" for name, pin in self.versions.items()))
        return hashlib.blake2b(pins.encode() + self.known.digest, digest_size=16).digest()

    def recalled(self, project: Project) -> Project:
        """Return a project that remembers what an earlier run found out, as far as it still holds."""
        data = self.cache.stored_run(_ANSWERS, self.state) if self.cache.folder is not None else None
        past = remembered(project, data) if data is not None else None
        if past is not None and (past.declares_the_same or not self.is_partial):
            project.memo.past = past
            project.gathered.indexes = Indexes(past.indexes)
        elif self.are_kept:
            project.gathered.indexes = Indexes()
        if self.memory is not None:
            project.gathered.indexes = self.memory.indexes(project, self.state)
        project.memo.keeps_reads = self.are_kept
        self._project = project
        return project

    def keep(self) -> str:
        """Keep what was found out, if it is to be kept; return why that failed, or ""."""
        if self._project is None or self.cache.folder is None or not self.are_kept:
            return ""
        return self.cache.store((), [(_ANSWERS, self.state, kept_answers(self._project))])
