"""What is found: plain frozen values that any process can build, store and send."""

from __future__ import annotations

from enum import Enum

import msgspec


class Severity(str, Enum):
    """How much a diagnostic matters; decided by policy after analysis (SARIF's levels)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return 2 for errors, 1 for warnings, 0 for notes."""
        return ("note", "warning", "error").index(self.value)


class Confidence(str, Enum):
    """How sure a rule is that a diagnostic is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Return 2 for high, 1 for medium, 0 for low."""
        return ("low", "medium", "high").index(self.value)


class Applicability(str, Enum):
    """Who may apply a fix: `--fix`, `--unsafe-fixes`, or a person."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    SUGGESTED = "suggested"


class Span(msgspec.Struct, frozen=True, order=True):
    """A region of one file.

    `path` is relative to the project root, with forward slashes.
    Offsets are 0-based code points into the decoded text; lines and columns are 1-based; ends are exclusive.
    """

    path: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


class Related(msgspec.Struct, frozen=True):
    """A second place that explains the first: the loop, the field's definition, a call in the chain."""

    span: Span
    message: str


class Edit(msgspec.Struct, frozen=True):
    """A replacement of one region (code point offsets into the file of the diagnostic) by other text."""

    start: int
    end: int
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that remove a diagnostic, with a title in the imperative."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SUGGESTED


class Diagnostic(msgspec.Struct, frozen=True):
    """One thing found at one place.

    `related` are places to look at; `flow` is the chain from entry to sink, in order.
    `scope` is the qualified name of the function or class around it and `anchor` the normalised code or slot:
    together with path and code they identify a diagnostic whose line moved.
    `in_request` tells that it is known to happen while a request waits.
    `tables` are the names of the table whose rows decide how much it matters, () where it is about none.
    `at_most` is the severity of what costs less than the rule's worst, such as one look at the file system.
    """

    code: str
    span: Span
    message: str
    confidence: Confidence = Confidence.HIGH
    related: tuple[Related, ...] = ()
    flow: tuple[Related, ...] = ()
    fix: Fix | None = None
    scope: str = ""
    anchor: str = ""
    in_request: bool = False
    tables: tuple[str, ...] = ()
    at_most: Severity = Severity.ERROR

    @property
    def paths(self) -> frozenset[str]:
        """Return the files that it names."""
        return frozenset((self.span.path, *[step.span.path for step in (*self.related, *self.flow)]))
