"""How a finding names a secret and the place it stands in: never by any part of its value."""

from __future__ import annotations

import re

from archlint.secrets.judge import SHIPPED, Tier, Verdict
from archlint.secrets.masking import may_be_secret
from archlint.secrets.slots import Container, Slot

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
