"""Top-level statements of Python: what was found clean in one version of a file is not parsed again in the next.

Rules about secrets look at a literal and at the syntax around it, up to its statement and no further.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from hashlib import blake2b

from archlint.diagnostic import Diagnostic
from archlint.secrets.scout import signs

_START = re.compile(r"^(?=[^\s#)\]}])(?!(?:else|elif|except|finally)\b)", re.MULTILINE)
_PASS = re.compile(r"^[ \t]+pass[ \t]*$", re.MULTILINE)
_NOT_LINE_END = re.compile(r"[^\r\n]")
_COMMENTED = re.compile(r"archlint:|noqa", re.IGNORECASE)
_DIGEST_BYTES = 12

Piece = tuple[int, int, bytes]
"""Where a statement begins and ends, and a digest of its text."""


def pieces(text: str, state: bytes) -> list[Piece]:
    """Return the top-level statements of a module; `state` is all else that what is found in them depends on.

    Comments belong to the statement before them, those at the top to the first.
    """
    return [(start, end, _digest(text[start:end], state)) for start, end in places(text)]


def places(text: str) -> list[tuple[int, int]]:
    """Return where the top-level statements of a module begin and end, as far as the starts of lines tell.

    A string over several lines may be cut; then the part in front of the cut is no Python by itself.
    """
    starts = [0, *list(_starts(text))[1:]] if text else []
    ends = [*starts[1:], len(text)] if starts else []
    return list(zip(starts, ends, strict=True))


def without(text: str, parts: Iterable[Piece], known: Container[bytes]) -> str:
    """Return a text in which statements are blank that are known or have no candidate; the rest stands where it stood.

    A statement with a comment that may silence something stays, but for its own sake nothing is searched: where no
    other is left, the text is empty.
    """
    result: list[str] = []
    done = 0
    is_left = False
    told = signs(_PASS.sub("", text))
    for start, end, digest in parts:
        is_clean = digest in known or not any(sign in text[start:end] for sign in told)
        is_left = is_left or not is_clean
        if is_clean and not _COMMENTED.search(text, start, end):
            result += (text[done:start], _NOT_LINE_END.sub(" ", text[start:end]))
            done = end
    return "".join(result) + text[done:] if is_left else ""


def clean(parts: Iterable[Piece], found: Iterable[Diagnostic]) -> set[bytes]:
    """Return the digests of the statements in which nothing was found."""
    places = [one.span.start for one in found]
    return {digest for start, end, digest in parts if not any(start <= place < end for place in places)}


def _starts(text: str) -> Iterator[int]:
    """Yield where statements start; a decorator and what it stands above are one."""
    decorates = False
    for match in _START.finditer(text):
        if not decorates:
            yield match.start()
        decorates = text.startswith("@", match.start())


def _digest(text: str, state: bytes) -> bytes:
    return blake2b(state + text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
