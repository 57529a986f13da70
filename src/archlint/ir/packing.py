"""Texts of JSON made small: one deflate stream a file, in which the numbers of nodes stand apart from the rest."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from operator import add, sub
from typing import TypeVar

import msgspec

Value = TypeVar("Value")
MOST = 64 * 1024 * 1024
"""Bytes that a file's facts may take when they are opened; what claims more is refused, not read."""
_LEVEL = 5
_RAW = -15
"""Deflate with a full window and without header and checksum: the row of the cache has its own seal."""
_LENGTH = 4
_NODE = re.compile(rb"\[((?:0|[1-9]\d{0,8}),(?:0|[1-9]\d{0,8}),(?:0|[1-9]\d{0,8}))")
_MARK, _LINE, _END = b"\1", b"\n", b"\0"
"""Bytes that JSON text never holds."""
_FORM = b"[%d,%d,%d"
_ENCODER = msgspec.msgpack.Encoder()
_COLUMNS = msgspec.msgpack.Decoder(tuple[list[int], list[int], list[int]])
_NUMBERS = msgspec.json.Decoder(list[int])


class TooManyFactsError(ValueError):
    """The facts of a file take more than `MOST` bytes."""


class Block(msgspec.Struct, frozen=True):
    """The texts of one file, opened; `size` is about what they take in memory."""

    texts: list[bytes]
    numbers: array[int]
    firsts: list[int]
    size: int

    def text(self, index: int) -> bytes:
        """Return one text as JSON; raises `msgspec.ValidationError` where there is none."""
        if index >= len(self.texts):
            raise msgspec.ValidationError("no such text")
        template = self.texts[index].replace(b"%", b"%%").replace(_MARK, _FORM)
        return template % tuple(self.numbers[self.firsts[index] : self.firsts[index + 1]])


def pack(head: bytes, texts: Sequence[bytes]) -> bytes:
    """Return JSON texts as one stream, `head` in front, so that it can be read alone.

    Raises `TooManyFactsError` where it could not be read again.
    """
    raw = joined(head, texts)
    if len(raw) > MOST:
        raise TooManyFactsError("more facts than are kept of one file")
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=preset())
    return len(head).to_bytes(_LENGTH, "little") + packer.compress(raw) + packer.flush()


def joined(head: bytes, texts: Sequence[bytes]) -> bytes:
    """Return what is deflated: the first three numbers of each array of the texts go into columns behind them.

    Where the array is a node they are its tag, start and end. Starts become distances from the one before, ends
    lengths: such columns are small numbers that repeat.
    """
    parts = _NODE.split(_LINE.join(texts))
    numbers = _NUMBERS.decode(b"[%b]" % b",".join(parts[1::2]))
    starts = numbers[1::3]
    columns = numbers[0::3], [*map(sub, starts, [0, *starts])], [*map(sub, numbers[2::3], starts)]
    return b"".join([head, _MARK.join(parts[0::2]), _END, _ENCODER.encode(columns)])


def read_head(data: bytes) -> bytes:
    """Return the text in front; raises `msgspec.ValidationError` on bytes of another shape."""
    return _opened(data)[0]


def read_texts(data: bytes) -> Block:
    """Return the other texts; raises `msgspec.ValidationError` on bytes of another shape."""
    _, unpacker = _opened(data)
    try:
        raw = unpacker.decompress(unpacker.unconsumed_tail, MOST)
    except zlib.error as error:
        raise msgspec.ValidationError(str(error)) from None
    if not unpacker.eof:
        raise msgspec.ValidationError("cut off, or too long")
    text, _, columns = raw.partition(_END)
    texts = text.split(_LINE) if text else []
    firsts = [0, *accumulate(3 * one.count(_MARK) for one in texts)]
    return Block(texts, _numbers(columns, firsts[-1]), firsts, 2 * len(raw) + 4 * firsts[-1])


def read_json(decoder: msgspec.json.Decoder[Value], text: bytes) -> Value:
    """Return what a text says; raises `msgspec.DecodeError` on any other text."""
    try:
        return decoder.decode(text)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from None


def _numbers(data: bytes, count: int) -> array[int]:
    tags, steps, lengths = _COLUMNS.decode(data)
    starts = [*accumulate(steps)]
    numbers = array("i", bytes(4 * count))
    try:
        for place, column in enumerate((tags, starts, [*map(add, starts, lengths)])):
            numbers[place::3] = array("i", column)
    except (ValueError, OverflowError):
        raise msgspec.ValidationError("numbers and texts do not fit") from None
    return numbers


def _opened(data: bytes) -> tuple[bytes, zlib._Decompress]:
    """Return the text in front, and what reads on behind it."""
    length = int.from_bytes(data[:_LENGTH], "little")
    unpacker = zlib.decompressobj(_RAW, zdict=preset())
    try:
        # A limit of 0 means none.
        head = unpacker.decompress(memoryview(data)[_LENGTH:], min(length, MOST) or 1)
    except zlib.error as error:
        raise msgspec.ValidationError(str(error)) from None
    if len(head) != length:
        raise msgspec.ValidationError("cut off, or too long")
    return head, unpacker


@cache
def preset() -> bytes:
    """Return what deflate takes as read before each file: pieces that most facts have."""
    return resources.files("archlint.ir").joinpath("preset.bin").read_bytes()
