"""What the rules about secrets ask of a literal or a configuration file: its slots, and where these stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.secrets.masking import may_be_secret
from archlint.secrets.scout import has_candidate
from archlint.source import Kind
from archlint.syntax.config_slots import config_slots
from archlint.syntax.python_slots import literal_slot

if TYPE_CHECKING:
    from archlint.diagnostic import Span
    from archlint.secrets.judge import Verdict
    from archlint.secrets.slots import Slot
    from archlint.source import SourceFile
    from archlint.syntax.config import ConfigFile
    from archlint.syntax.python import PythonContext
    from archlint.syntax.python_slots import Literal

_BEGINNING = 24
"""Characters by which a secret is found again in its file."""
CONFIG_KINDS = (
    Kind.YAML, Kind.JSON, Kind.TOML, Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE, Kind.PEM, Kind.SQL,
)  # fmt: skip


def candidate(node: Literal, ctx: PythonContext) -> Slot | None:
    """Return the slot of a literal that may hold a secret, or None."""
    slot = literal_slot(node, ctx)
    return slot if slot is not None and may_be_secret(slot.name, slot.value) else None


def candidates(file: ConfigFile) -> Iterator[Slot]:
    """Yield the slots of a configuration file that may hold a secret.

    The judge knows the shapes of a hundred tokens; most values are words, which a look tells.
    """
    if has_candidate(file.source.text):
        yield from (slot for slot in config_slots(file) if may_be_secret(slot.name, slot.value))


def span_of(slot: Slot, verdict: Verdict, source: SourceFile) -> Span:
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
