"""What an earlier run found out, and whether it still holds."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from archlint.project.encoding import Codec, UnknownNameError
from archlint.project.inputs import Inputs, digest
from archlint.project.memo import Key, Memo

if TYPE_CHECKING:
    from archlint.project.project import Project

_MAX_BYTES = 1 << 30
"""A forged file must not unfold into more than this."""


class Answer(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An answer as it is kept: the value, and what it was read from, by number, each with its digest then."""

    value: bytes
    reads: tuple[tuple[int, bytes], ...]


class Answers(msgspec.Struct, frozen=True, array_like=True):
    """All answers of a run: the names of questions and inputs, and the answers of those that are questions."""

    names: tuple[bytes, ...] = ()
    answers: dict[int, Answer] = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Answers)


class Remembered:
    """The answers of an earlier run, believed one by one: each when all that it was read from is as it was."""

    def __init__(self, project: Project, kept: Answers) -> None:
        self._memo: Memo = project.memo
        self._codec = Codec(project)
        self._inputs = Inputs(project, self._codec)
        self._names = kept.names
        self._answers = {kept.names[index]: answer for index, answer in kept.answers.items()}
        self._verdicts: dict[bytes, bool] = {}

    def recall(self, key: Key) -> tuple[bool, Any]:
        """Return whether an earlier answer to a question still holds, and the answer."""
        try:
            name = self._codec.encode_key(key)
        except (KeyError, TypeError):
            return False, None
        answer = self._answers.get(name)
        if answer is None or not self._holds(name, answer):
            return False, None
        try:
            value = self._codec.decode(answer.value)
        except UnknownNameError:
            return False, None
        self._memo.reads[key] = tuple(self._keys(answer))
        return True, value

    def _keys(self, answer: Answer) -> list[Key]:
        return [self._codec.decode_key(self._names[index]) for index, _ in answer.reads]

    def _holds(self, name: bytes, answer: Answer) -> bool:
        known = self._verdicts.get(name)
        if known is None:
            self._verdicts[name] = False  # what is asked for again while it is being judged does not hold by itself
            known = self._verdicts[name] = all(self._is_same(self._names[index], then) for index, then in answer.reads)
        return known

    def _is_same(self, name: bytes, then: bytes) -> bool:
        try:
            key = self._codec.decode_key(name)
        except UnknownNameError:
            return False
        if self._inputs.is_input(key):
            return self._inputs.digest(key) == then
        value, is_final = self._memo.look(key)
        return is_final and digest(self._codec.encode(value)) == then


def kept_answers(project: Project) -> bytes:
    """Return all finished answers of a project as bytes, for a later run."""
    codec = Codec(project)
    inputs = Inputs(project, codec)
    numbers: dict[Key, int] = {}
    names: list[bytes] = []
    digests: dict[Key, bytes] = {}
    values: dict[Key, bytes] = {}

    def number(key: Key) -> int:
        if key not in numbers:
            numbers[key] = len(names)
            names.append(codec.encode_key(key))
        return numbers[key]

    def state(key: Key) -> bytes:
        if key not in digests:
            digests[key] = inputs.digest(key) if inputs.is_input(key) else digest(values[key])
        return digests[key]

    for key, value in project.memo.finished.items():
        values[key] = codec.encode(value)
    answers = {
        number(key): Answer(values[key], tuple((number(read), state(read)) for read in project.memo.reads[key]))
        for key in values
    }
    return zlib.compress(_ENCODER.encode(Answers(tuple(names), answers)), 1)


def remembered(project: Project, data: bytes) -> Remembered | None:
    """Return the answers of an earlier run for a project, None where the bytes are damaged."""
    unpacking = zlib.decompressobj()
    try:
        return Remembered(project, _DECODER.decode(unpacking.decompress(data, _MAX_BYTES)))
    except (zlib.error, msgspec.MsgspecError):
        return None
