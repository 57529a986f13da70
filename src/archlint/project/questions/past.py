"""What an earlier run found out, and whether it still holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from archlint.project.questions.encoding import Codec, UnknownNameError
from archlint.project.questions.files import FileDigests, changed, declare_the_same, digest, states_of
from archlint.project.questions.indexes import Index, still_hold
from archlint.project.questions.inputs import OF_BODIES, Inputs
from archlint.project.questions.memo import Key, Memo

if TYPE_CHECKING:
    from archlint.project.project import Project

_MAX_BYTES = 1 << 30
"""A forged file must not unfold into more than this."""


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An answer as it is kept: the value, and what it was read from, by number."""

    value: bytes
    reads: tuple[int, ...]


class Answers(msgspec.Struct, frozen=True, array_like=True):
    """All answers of a run.

    `names` are the questions and inputs, `digests` what they gave; `answers` are those of questions.
    `files` has for each file a digest of all of it, and one of all but the bodies of functions. `indexes` are names
    gathered from all over the project.
    """

    names: tuple[bytes, ...]
    digests: tuple[bytes, ...]
    answers: dict[int, Answer]
    files: dict[str, FileDigests]
    indexes: dict[str, Index] = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Answers)
_NAMES = msgspec.msgpack.Decoder()


class Remembered:
    """The answers of an earlier run, believed one by one: each when all that it was read from is as it was.

    `declares_the_same` says whether all files are the same but for the bodies of functions.
    """

    def __init__(self, project: Project, kept: Answers) -> None:
        self.kept = kept
        self.taken: dict[Key, int] = {}
        self._memo: Memo = project.memo
        self._codec = Codec(project)
        self._inputs = Inputs(project, self._codec)
        self._numbers = {kept.names[number]: number for number in kept.answers}
        self._verdicts: dict[int, bool] = {}
        before = kept.files
        now = states_of(project, before)
        self._changed = changed(before, now)
        self.declares_the_same = declare_the_same(before, now)

    @property
    def indexes(self) -> dict[str, Index]:
        """Return the names gathered then that still hold."""
        return still_hold(self.kept.indexes, self._changed) if self.declares_the_same else {}

    def recall(self, key: Key) -> tuple[bool, Any]:
        """Return whether an earlier answer to a question still holds, and the answer."""
        number = self._numbers.get(self._codec.encode_key(key))
        if number is None or not self._holds(number):
            return False, None
        try:
            value = self._codec.decode(self.kept.answers[number].value)
        except UnknownNameError:
            return False, None
        self.taken[key] = number
        return True, value

    def believed(self) -> Iterator[tuple[int, Answer]]:
        """Yield the answers that were found to hold, by number."""
        for number, answer in self.kept.answers.items():
            if self._verdicts.get(number):
                yield number, answer

    def _holds(self, number: int) -> bool:
        known = self._verdicts.get(number)
        if known is None:
            self._verdicts[number] = False  # what is asked for again while it is judged does not hold by itself
            reads = self.kept.answers[number].reads
            known = self._verdicts[number] = all(self._is_same(read) for read in reads)
        return known

    def _is_same(self, number: int) -> bool:
        if number in self.kept.answers:
            return self._holds(number) or self._answers_the_same(number)
        known = self._verdicts.get(number)
        if known is None:
            known = self._verdicts[number] = self._is_same_input(number)
        return known

    def _answers_the_same(self, number: int) -> bool:
        """Return whether a question that must be answered anew gives what it gave before."""
        try:
            key = self._codec.decode_key(self.kept.names[number])
        except UnknownNameError:
            return False
        value, is_final = self._memo.look(key)
        return is_final and digest(self._codec.encode(value)) == self.kept.digests[number]

    def _is_same_input(self, number: int) -> bool:
        plain = _NAMES.decode(self.kept.names[number])
        is_gathered = plain[1] in OF_BODIES and bool(self._changed)
        if self.declares_the_same and not is_gathered and self._file_of(plain) not in self._changed:
            return True
        try:
            return self._inputs.digest(self._codec.key(plain)) == self.kept.digests[number]
        except UnknownNameError:
            return False

    @staticmethod
    def _file_of(plain: list[Any]) -> str:
        """Return the file whose function bodies an input is about, "" where it is about declarations alone."""
        if plain[0] == "unit":
            return str(plain[2])
        return str(plain[2][1]) if plain[1] == "module" else ""


class _Keeping:
    """Numbers questions and inputs, and writes down what they gave."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._memo = project.memo
        self._codec = Codec(project)
        self._inputs = Inputs(project, self._codec)
        self._past = project.memo.past if isinstance(project.memo.past, Remembered) else None
        self._indexes = project.gathered.indexes.known if project.gathered.indexes is not None else {}
        self._numbers: dict[bytes, int] = {}
        self._by_key: dict[Key, int] = {}
        self._digests: list[bytes] = []

    def answers(self) -> Answers:
        kept: dict[int, Answer] = {}
        waiting: list[tuple[int, bytes, tuple[Key, ...]]] = []
        believed = self._past.taken if self._past is not None else {}
        for key, value in self._memo.finished.items():
            if key not in believed:
                data = self._codec.encode(value)
                waiting.append((self._number(key, digest(data)), data, self._memo.reads[key]))
        for number, data, reads in waiting:
            kept[number] = Answer(data, tuple([self._read(key) for key in reads]))
        if self._past is not None:
            self._carry(self._past, kept)
        return Answers(tuple(self._numbers), tuple(self._digests), kept, self._files(), self._indexes)

    def _files(self) -> dict[str, FileDigests]:
        return states_of(self._project, self._past.kept.files if self._past is not None else {})

    def _number(self, key: Key, found: bytes) -> int:
        number = self._by_key[key] = self._named(self._codec.encode_key(key), found)
        return number

    def _named(self, name: bytes, found: bytes) -> int:
        number = self._numbers.get(name)
        if number is None:
            number = self._numbers[name] = len(self._digests)
            self._digests.append(found)
        return number

    def _read(self, key: Key) -> int:
        number = self._by_key.get(key)
        if number is None:
            name = self._codec.encode_key(key)
            number = self._by_key[key] = self._named(name, self._state(key))
        return number

    def _state(self, key: Key) -> bytes:
        if self._inputs.is_input(key):
            return self._inputs.digest(key)
        return digest(self._codec.encode(self._memo.finished[key]))

    def _carry(self, past: Remembered, kept: dict[int, Answer]) -> None:
        """Keep the answers of an earlier run that were believed; what was answered anew is kept already."""
        for old, answer in past.believed():
            number = self._named(past.kept.names[old], past.kept.digests[old])
            if number not in kept:
                reads = [self._named(past.kept.names[one], past.kept.digests[one]) for one in answer.reads]
                kept[number] = Answer(answer.value, tuple(reads))


def kept_answers(project: Project) -> bytes:
    """Return all finished answers of a project as bytes, for a later run."""
    return zlib.compress(_ENCODER.encode(_Keeping(project).answers()), 1)


def remembered(project: Project, data: bytes) -> Remembered | None:
    """Return the answers of an earlier run for a project, None where the bytes are damaged."""
    unpacking = zlib.decompressobj()
    try:
        return Remembered(project, _DECODER.decode(unpacking.decompress(data, _MAX_BYTES)))
    except (zlib.error, msgspec.MsgspecError):
        return None
