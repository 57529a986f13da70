"""One entry of the baseline: a finding that is known, and what a person says about it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from archlint.policy import Identity

Key = tuple[str, str, str, str]
_SHOWN = 120
"""Characters of code that a person still reads at a glance."""
_DIGEST = "blake2b:"


class Accepted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A finding, or `count` equal ones. `reason`, `owner` and `expires` (the last day) are written by hand.

    `code` is the code in normal form, or a digest of it.
    """

    path: Annotated[str, Meta(min_length=1)]
    rule: Annotated[str, Meta(min_length=1)]
    scope: str = ""
    code: str = ""
    count: Annotated[int, Meta(ge=1)] = 1
    reason: str = ""
    owner: str = ""
    expires: date | None = None

    @property
    def key(self) -> Key:
        """Return by what it is matched."""
        text = self.code
        digest = text.removeprefix(_DIGEST) if text.startswith(_DIGEST) else Identity("", "", "", text).text_digest
        return self.path, self.rule, self.scope, digest

    def has_expired(self, today: date) -> bool:
        """Return whether its findings count again."""
        return self.expires is not None and self.expires < today

    @property
    def justification(self) -> str:
        """Return why its findings are not reported."""
        return f"baseline: {self.reason}" if self.reason else "baseline"

    def line(self) -> str:
        """Return it as it stands in the file, without the comma behind it."""
        return json.dumps(msgspec.to_builtins(self))


def key_of(identity: Identity) -> Key:
    """Return by what a finding is matched."""
    return identity.path, identity.code, identity.scope, identity.text_digest


def accepted(identity: Identity, count: int, before: Accepted | None) -> Accepted:
    """Return the entry for equal findings, with what a person said in the one before."""
    path, code, scope, text = identity
    fresh = Accepted(path, code, scope, _shown(text, identity.text_digest), count)
    if before is None:
        return fresh
    return msgspec.structs.replace(fresh, reason=before.reason, owner=before.owner, expires=before.expires)


def joined(entries: Iterable[Accepted]) -> tuple[Accepted, ...]:
    """Return entries sorted, those of one key made one: a merge may bring both sides of a line.

    It stands for as many findings as the largest of them, and expires with the first.
    """
    by_key: dict[Key, Accepted] = {}
    for one in entries:
        other = by_key.get(one.key)
        by_key[one.key] = one if other is None else _one_of(other, one)
    return tuple(by_key[key] for key in sorted(by_key))


def _one_of(first: Accepted, second: Accepted) -> Accepted:
    ends = [one.expires for one in (first, second) if one.expires is not None]
    return msgspec.structs.replace(
        first,
        count=max(first.count, second.count),
        reason=first.reason or second.reason,
        owner=first.owner or second.owner,
        expires=min(ends, default=None),
    )


def _shown(text: str, digest: str) -> str:
    """Return code where it is short and has no secret, masked or not; else its digest.

    A person must be able to judge an entry without opening the file, but the baseline is committed, and what looks
    like a secret stands in no output.
    """
    if len(text) > _SHOWN or "***" in text or text.startswith(_DIGEST) or not text.isprintable():
        return f"{_DIGEST}{digest}"
    from archlint.secrets.redaction import secret_spans
    from archlint.source import Kind, SourceFile

    source = SourceFile.of("", text, Kind.PYTHON)
    return f"{_DIGEST}{digest}" if secret_spans(source) else text
