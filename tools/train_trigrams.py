"""Write the table by which `archlint.secrets.strength` tells random text from words: costs of character trigrams.

Trained on the source and the help texts of the Python that runs it; only counts are kept.
"""

from __future__ import annotations

import math
import re
import sysconfig
from collections import Counter
from pathlib import Path

from archlint.secrets.strength import CLASSES, COST_UNIT, classes_of

TARGET = Path(__file__).resolve().parents[1] / "src" / "archlint" / "secrets" / "trigrams.bin"
WORD = re.compile(r"[A-Za-z0-9_./:@-]{3,60}")
UNSEEN = 0.1
"""Share of probability given evenly to all classes, so that no single trigram decides: a cost is 8 bits at most."""

TEST_DATA = ("test", "tests", "idlelib", "lib2to3", "encodings", "__pycache__")


def training_text() -> str:
    """Return the source of the standard library, without its tests and tables of characters."""
    root = Path(sysconfig.get_path("stdlib"))
    paths = (path for path in sorted(root.rglob("*.py")) if "site-packages" not in path.parts)
    kept = (path for path in paths if not set(TEST_DATA) & set(path.parts))
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in kept)


def table(text: str) -> bytes:
    """Return one byte a trigram: -log2 of the probability of its last class after the first two, in units."""
    counts: Counter[tuple[int, int, int]] = Counter()
    for word in WORD.findall(text):
        codes = classes_of(f"_{word}_")
        counts.update(zip((0, *codes), codes, codes[1:], strict=False))
    size = len(CLASSES)
    cells = bytearray()
    for first in range(size):
        for second in range(size):
            total = sum(counts[first, second, last] for last in range(size)) or 1
            for last in range(size):
                probability = (1 - UNSEEN) * counts[first, second, last] / total + UNSEEN / size
                cells.append(round(-math.log2(probability) * COST_UNIT))
    return bytes(cells)


if __name__ == "__main__":
    TARGET.write_bytes(table(training_text()))
