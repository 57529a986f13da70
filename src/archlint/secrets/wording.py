"""How a finding names a secret and the place it stands in: never by any part of its value."""

from __future__ import annotations

import re

from archlint.secrets.judge import SHIPPED, Tier, Verdict
from archlint.secrets.masking import may_be_secret
from archlint.secrets.slots import Container, Slot
from archlint.source import Kind, Role

_VARIABLES = frozenset({Container.ENVIRONMENT, Container.FALLBACK})
_LONGEST_PLACE = 80
_PLACE = re.compile(r"[^\x00-\x1f`]+")


def message(slot: Slot, verdict: Verdict) -> str:
    """Return what stands where: never the value, at most the public prefix of its format."""
    what, where = described(verdict), place(slot)
    if slot.container is Container.FALLBACK:
        return f"`{where or slot.name}` falls back to {what} where it is not set"
    if not where:
        return f"{what} stands here"
    if slot.container is Container.COMPARISON:
        return f"`{where}` is compared with {what}"
    return f"`{where}` holds {what}"


def advice(slot: Slot, verdict: Verdict, kind: Kind, role: Role) -> str:
    """Return the way out that the place of a secret has, to be added to a message; code has suggested edits."""
    is_yaml, is_fallback = kind is Kind.YAML, slot.container is Container.FALLBACK
    is_variable = slot.name.isidentifier() and (slot.container in _VARIABLES or "environment" in slot.path)
    ways = (
        (verdict.is_minor, ""),
        (kind is Kind.DOCKERFILE, "whoever has the image reads it; give it when the container starts"),
        (slot.container is Container.ENCODED, "base64 hides nothing; let the cluster take it from a secret store"),
        (is_yaml and role is Role.COMMAND, "use a secret of the service that runs this"),
        (is_yaml and is_variable and (is_fallback or "services" in slot.path), f"write `${{{slot.name}:?}}`"),
        (is_yaml and is_variable and "env" in slot.path, "take it from a Secret with `valueFrom`"),
        (kind is Kind.ENV and role is not Role.EXAMPLE, "keep this file out of the repository"),
    )
    way = next((text for holds, text in ways if holds), "")
    return f": {way}" if way else ""


def described(verdict: Verdict) -> str:
    """Return a noun phrase: `a hard-coded password (24 characters)`, `a GitHub token (`ghp_…`, checksum holds)`."""
    if verdict.description == SHIPPED:
        return f"a {SHIPPED}"
    if verdict.tier is Tier.WEAK:
        return f"a {verdict.description} that is easy to guess"
    if not verdict.prefix:
        return f"a hard-coded {verdict.description} ({verdict.length} characters)"
    article = "an" if verdict.description[0] in "AEIOaeio" else "a"
    proof = ", checksum holds" if verdict.tier is Tier.CERTAIN else ""
    return f"{article} {verdict.description} (`{verdict.prefix}…`{proof})"


def place(slot: Slot) -> str:
    """Return the place as the code writes it; nothing where a name in it may itself be a secret."""
    shown = slot.shown or ".".join(slot.path)
    is_fit = len(shown) <= _LONGEST_PLACE and _PLACE.fullmatch(shown) and not may_be_secret(None, shown)
    return shown if is_fit else ""


def anchor(slot: Slot, verdict: Verdict) -> str:
    """Return what tells a finding apart when its line moves; of a weak value nothing but its slot."""
    return f"{verdict.description}:{place(slot)}:{verdict.digest}"
