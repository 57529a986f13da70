"""What the rules about secrets report of a literal or a configuration file, by what they make of its slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from archlint.diagnostic import Confidence, Fix, Severity, Span
from archlint.secrets.judge import Tier, Verdict
from archlint.secrets.masking import may_be_secret
from archlint.secrets.scout import has_candidate
from archlint.secrets.wording import advice, anchor, message
from archlint.source import Kind
from archlint.syntax.config_slots import config_slots
from archlint.syntax.python_slots import literal_slot
from archlint.syntax.secret_fixes import read_instead

if TYPE_CHECKING:
    from archlint.secrets.slots import Slot
    from archlint.source import Role, SourceFile
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext
    from archlint.syntax.python_slots import Literal

    Opinion = Callable[[Slot, Role], tuple[Verdict, ...]]

_BEGINNING = 24
"""Characters by which a secret is found again in its file."""
CONFIG_KINDS = (
    Kind.YAML, Kind.JSON, Kind.TOML, Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE, Kind.PEM, Kind.SQL,
    Kind.PYTHON, Kind.STUB,
)  # fmt: skip


class Report(msgspec.Struct, frozen=True):
    """What is to be said of one secret; `severity` is the most that it can be."""

    span: Span
    message: str
    confidence: Confidence
    severity: Severity
    anchor: str
    fix: Fix | None = None


def in_literal(node: Literal, ctx: PythonContext, opinion: Opinion) -> Iterator[Report]:
    """Yield what is to be said of a literal, by what an opinion finds in its slot."""
    slot = literal_slot(node, ctx)
    if slot is None or not may_be_secret(slot.name, slot.value):
        return
    for verdict in opinion(slot, ctx.role):
        fix = read_instead(node, slot, ctx) if verdict.length == len(slot.value) else None
        yield _report(slot, verdict, ctx.source, fix)


def in_config(file: ConfigFile, ctx: ConfigContext, opinion: Opinion) -> Iterator[Report]:
    """Yield what is to be said of a configuration file, by what an opinion finds in its slots."""
    seen: set[tuple[int, int]] = set()
    for slot in ctx.once(_candidates, file):
        reports = [_report(slot, verdict, file.source) for verdict in opinion(slot, ctx.role)]
        yield from (one for one in reports if _is_apart(one.span, seen))
        seen |= {(one.span.start, one.span.end) for one in reports}


def _candidates(file: ConfigFile) -> tuple[Slot, ...]:
    """Return the slots that the judge is to see. It knows the shapes of many tokens; most values are plain words."""
    if not has_candidate(file.source.text):
        return ()
    return tuple([slot for slot in config_slots(file) if may_be_secret(slot.name, slot.value)])


def _report(slot: Slot, verdict: Verdict, source: SourceFile, fix: Fix | None = None) -> Report:
    place = _span_of(slot, verdict, source)
    text = message(slot, verdict) + advice(slot, verdict, source.kind, source.role)
    return Report(place, text, verdict.confidence, _severity(verdict), anchor(slot, verdict), fix)


def _is_apart(span: Span, seen: set[tuple[int, int]]) -> bool:
    """Return whether nothing was reported inside of a region: a command is read as a text and word by word."""
    return all(end <= span.start or span.end <= start for start, end in seen)


def _severity(verdict: Verdict) -> Severity:
    if verdict.is_minor:
        return Severity.NOTE
    return Severity.WARNING if verdict.tier is Tier.WEAK else Severity.ERROR


def _span_of(slot: Slot, verdict: Verdict, source: SourceFile) -> Span:
    """Return where the secret part of a slot's value stands; of one over several lines the first."""
    start, end = slot.start, slot.end
    if verdict.length < len(slot.value):
        # Escapes and folded lines move what stands inside of a value: its beginning is looked for.
        secret = slot.value[verdict.start : verdict.start + verdict.length]
        found = source.text.find(secret[:_BEGINNING], start, end) if secret else -1
        if found >= 0:
            start, end = found, min(end, found + verdict.length)
    first, last = source.line_at(start), source.line_at(end)
    end = end if first == last else source.starts[first] - 1
    return source.span(start, max(start, end))
