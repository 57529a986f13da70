"""How samples of the corpus of tokens are made, and what only looks like one. Nothing that stands here is a token."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

import tokens as maker

__all__ = [
    "NEUTRAL", "Kind", "Make", "Run", "anchored", "checked", "drawn", "encoded", "fixed", "maker", "named",
    "random_base64", "uuid",
]  # fmt: skip

NEUTRAL = "label"
"""A name that promises no secret."""

Make = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of an alphabet: `fewest` at least, `most` at most (where it is 0, `fewest` exactly)."""

    alphabet: str
    fewest: int
    most: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret: how a valid one is made, and `twins`, each of which must be silent.

    `is_checked`: the form carries a check of its own, so it counts in tests too. `name` is the name of the slots that
    hold valid ones. Twins always stand under `NEUTRAL`: a strong value under a secret's name may well be reported for
    its name. `is_whole`: it counts only as all of a literal.
    """

    description: str
    make: Make
    twins: tuple[Make, ...]
    is_checked: bool = False
    name: str = NEUTRAL
    is_whole: bool = False


def fixed(*texts: str) -> tuple[Make, ...]:
    """Return makers of texts that are always the same."""
    return tuple(drawn(text) for text in texts)


def drawn(*parts: str | Run) -> Make:
    """Return a maker of fixed texts and runs."""
    return lambda rng: "".join(part if isinstance(part, str) else _characters(rng, part) for part in parts)


def checked(description: str, make: Make) -> Kind:
    """Return a kind whose twin has the same shape, and a checksum or a structure that does not hold."""
    return Kind(description, make, (lambda rng: maker.broken(make(rng)),), is_checked=True)


def anchored(description: str, *parts: str | Run, public: tuple[Make, ...] = ()) -> Kind:
    """Return a kind without a check; its twins are near misses, and public texts that look like it.

    A near miss is one character too short, has one of no alphabet behind its anchor, or says `xxxx`.
    """
    last = max(at for at, part in enumerate(parts) if isinstance(part, Run))
    first = last if isinstance(parts[0], Run) else 1
    hollow = ["x" * part.fewest if isinstance(part, Run) else part for part in parts]
    misses = (
        drawn(*map(_shortened, parts[: last + 1]), *parts[last + 1 :]),
        drawn(*parts[:first], "!", *parts[first:]),
    )
    return Kind(description, drawn(*parts), (*misses, drawn(*hollow), *public))


def named(description: str, name: str, make: Make) -> Kind:
    """Return a kind that only its name gives away; its twin is the same under a name that promises nothing."""
    return Kind(description, make, (make,), name=name, is_whole=True)


def uuid(rng: random.Random) -> str:
    """Return a UUID."""
    return "-".join(maker.chars(rng, maker.HEX, count) for count in (8, 4, 4, 4, 12))


def random_base64(size: int, prefix: str = "") -> Make:
    """Return a maker of so many bytes in base64."""
    return lambda rng: prefix + maker.b64(rng.randbytes(size))


def encoded(prefix: str, *parts: str | Run) -> Make:
    """Return a maker of a prefix, and of texts and runs in base64."""
    make = drawn(*parts)
    return lambda rng: prefix + maker.b64(make(rng).encode())


def _characters(rng: random.Random, run: Run) -> str:
    return maker.chars(rng, run.alphabet, rng.randint(run.fewest, run.most or run.fewest))


def _shortened(part: str | Run) -> str | Run:
    return Run(part.alphabet, part.fewest - 1) if isinstance(part, Run) else part
