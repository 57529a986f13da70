"""Write what deflate takes as read before the facts of each file: the pieces that most facts have in common.

Trained on the examples and fixtures of this repository. A new one is a new `SCHEMA`: stored facts need the old one.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from archlint.ir.module import texts_of
from archlint.ir.packing import joined
from archlint.lowering import lower
from archlint.source import Kind, SourceFile

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "archlint" / "ir" / "preset.bin"
FOLDERS = ("tests/fixtures", "examples", "demo")
SIZE = 8192
PIECE, GRAM, STEP = 64, 6, 4


def texts() -> list[bytes]:
    """Return the facts of each file as they are before they are deflated."""
    found = []
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        source = SourceFile.of(f"app/{path.name}", path.read_text(encoding="utf-8", errors="replace"), Kind.PYTHON)
        facts, _ = lower(source, f"app.{path.stem}", is_package=False)
        if facts is not None:
            found.append(joined(*texts_of(facts)))
    return found


def trained(samples: list[bytes], size: int) -> bytes:
    """Return the pieces that share most with most samples, the best last, where a reference to them is shortest."""
    counts = Counter(gram for sample in samples for gram in _grams(sample))
    shared = {gram: count for gram, count in counts.items() if count > 1}
    chosen: list[tuple[int, bytes]] = []
    parts = size // PIECE
    for turn in range(parts):
        pieces = (
            sample[start : start + PIECE]
            for sample in samples[turn % len(samples) :: parts]
            for start in range(0, len(sample) - PIECE, STEP)
        )
        worth, piece = max((sum(shared.get(gram, 0) for gram in _grams(piece)), piece) for piece in pieces)
        chosen.append((worth, piece))
        for gram in _grams(piece):
            shared.pop(gram, None)
    return b"".join(piece for _, piece in sorted(chosen))


def _grams(text: bytes) -> set[bytes]:
    return {text[start : start + GRAM] for start in range(len(text) - GRAM + 1)}


if __name__ == "__main__":
    TARGET.write_bytes(trained(texts(), SIZE))
