"""What the page of `archlint report` is drawn from. It is no published format: the page and this change together."""

from __future__ import annotations

from msgspec import Struct

Step = tuple[int, str]
"""A position among the places, and what is said of it."""


class PageRule(Struct, frozen=True):
    """A rule with findings, in the words of the catalogue (Markdown)."""

    name: str
    family: str
    summary: str
    rationale: str
    instead: str
    limits: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]


class PagePlace(Struct, frozen=True):
    """A region: the position of its file, its line, the first line of the excerpt, and that."""

    file: int
    line: int
    first: int
    rows: tuple[tuple[str, ...], ...]


class PageFinding(Struct, frozen=True, omit_defaults=True):
    """A finding; `place` is a position among the places, `cause` one among the causes, -1 where it has none."""

    code: str
    severity: str
    confidence: str
    message: str
    place: int
    scope: str
    fingerprint: str
    flow: tuple[Step, ...] = ()
    related: tuple[Step, ...] = ()
    fix: tuple[str, str] | None = None
    known: str = ""
    cause: int = -1


class PageCause(Struct, frozen=True):
    """Findings of a rule that share a place (or, where it is -1, their words)."""

    code: str
    text: str
    place: int
    number: int


class PageEndpoint(Struct, frozen=True):
    """A route; places are [position of the file, line] or empty, `findings` the positions of those that name it."""

    label: str
    framework: str
    handler: str
    spot: tuple[int, ...]
    known: tuple[tuple[str, str], ...]
    findings: tuple[int, ...]


class PageTrend(Struct, frozen=True):
    """What became of the baseline, and how large it was: [commit, day, findings], the oldest first."""

    file: str
    new: int
    known: int
    fixed: tuple[tuple[str, str, str, str, int], ...]
    sizes: tuple[tuple[str, str, int], ...]


class FindingsPage(Struct, frozen=True):
    """The whole page."""

    version: str
    title: str
    files_checked: int
    suppressed: int
    crashed: bool
    skipped: tuple[tuple[str, str], ...]
    families: tuple[tuple[str, str], ...]
    aspects: tuple[str, ...]
    rules: dict[str, PageRule]
    files: tuple[str, ...]
    places: tuple[PagePlace, ...]
    findings: tuple[PageFinding, ...]
    causes: tuple[PageCause, ...]
    endpoints: tuple[PageEndpoint, ...]
    trend: PageTrend | None
