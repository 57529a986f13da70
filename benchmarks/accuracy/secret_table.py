"""The table that sets scanners side by side: its rows, and how they are renewed in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping
    from pathlib import Path

    Tally = Mapping[tuple[str, str], Counter[str]]


class Figures(NamedTuple):
    """How well secrets were found."""

    precision: float
    recall: float
    f1: float

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"


def figures(right: int, missed: int, false: int) -> Figures:
    """Return precision, recall and F1; what has no cases counts as 0."""
    precision, recall = right / (right + false or 1), right / (right + missed or 1)
    return Figures(precision, recall, 2 * precision * recall / (precision + recall or 1))


def rows(tool: str, tally: Tally) -> list[str]:
    """Return the rows of a tool, one for the production files of each set; the last cells are its false alarms."""
    return [_row(tool, which, tally) for which in sorted({which for which, _ in tally})]


def _row(tool: str, which: str, tally: Tally) -> str:
    counts = tally[which, "prod"]
    false = counts["fp"]
    strong = figures(counts["tp_strong"], counts["fn_strong"], false)
    right, missed = counts["tp_strong"] + counts["tp_weak"], counts["fn_strong"] + counts["fn_weak"]
    cells = [
        f"{which}, production",
        tool,
        *(f"{figure:.2f}" for figure in figures(right, missed, false)),
        *(f"{figure:.2f}" for figure in strong),
        str(false),
        str(tally[which, "test"]["fp"]),
    ]
    return f"| {' | '.join(cells)} |"


def renew(page: Path, fresh: list[str]) -> None:
    """Put rows in the place of those whose first two cells are the same; each must be in the page already."""
    lines = page.read_text(encoding="utf-8").splitlines()
    places = {_key(line): at for at, line in enumerate(lines) if line.startswith("|")}
    for row in fresh:
        if _key(row) not in places:
            raise SystemExit(f"{page} has no row that begins as this one: {row}")
        lines[places[_key(row)]] = row
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _key(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.split("|")[1:3])
