"""The judge: whether what stands in a slot is a secret, how certain that is, and how to call it without saying it."""

from __future__ import annotations

import hashlib
import re
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence
from archlint.secrets.checks import decoded
from archlint.secrets.formats import tokens
from archlint.secrets.names import promised, words_of
from archlint.secrets.placeholders import is_placeholder, is_reference, is_uuid, repeats_name
from archlint.secrets.shipped import is_shipped
from archlint.secrets.slots import HOLE, SHOWING, Container, Slot
from archlint.secrets.strength import is_generated, is_strong
from archlint.secrets.structures import (
    Structure,
    cookies,
    header_credentials,
    json_web_tokens,
    members,
    pairs,
    private_keys,
    sql_passwords,
    url_passwords,
)
from archlint.source import QUIET_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHIPPED = "key that a product ships with or a tutorial prints"
_FINGERPRINT_KEY = b"archlint secret fingerprint"
_HARMLESS = re.compile(
    r"(?i)user(?:name)?|login|host|port|email|database|db|region|endpoint|url|realm|namespace|crt|cert|ca|id"
)
_DOCUMENTATION = frozenset(
    {"example", "examples", "sample", "samples", "documentation", "placeholder", "dummy", "fake", "mock"}
)
_KEYLIKE = frozenset({"API key", "secret", "secret key", "password", "token"})
_OPENING = frozenset({"API key", "bearer token", "credential", "password", "secret", "secret key", "token"})
"""What opens something by its place alone, as opposed to by a form that documentation likes to show."""
_FIREBASE_KEY = ("api_key", "current_key")
"""Where the file that Firebase makes for an app keeps the key that it ships in the app: it names, it does not open."""
_COOKIE_HEADERS = frozenset({"cookie", "cookies", "set-cookie"})
_DECODED_SHORTEST = 6
_EMBEDDED_SHORTEST = 16
_LONGEST_VALUE = 100_000


class Tier(IntEnum):
    """How much a value itself proves: nothing, strength or form, or a checksum of its own."""

    WEAK = 0
    STRONG = 1
    CERTAIN = 2


class Verdict(msgspec.Struct, frozen=True):
    """What a slot holds. No field holds any part of the value but `prefix`, the public start of a known format.

    `digest` tells two values of the same slot apart (keyed, eight hexadecimal digits); it is empty for weak values,
    since a digest of a weak password is as good as the password. `start` is where the secret part begins in the slot's
    value, `length` how many characters it has. What `is_minor` has expired, or stands where values are only shown.
    """

    description: str
    tier: Tier
    confidence: Confidence
    length: int
    prefix: str = ""
    digest: str = ""
    start: int = 0
    is_minor: bool = False


def judge(slot: Slot, role: Role) -> Verdict | None:
    """Return what a slot holds, or None where it holds no secret that counts in a file of this role."""
    return next(iter(verdicts(slot, role)), None)


def verdicts(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    """Return what a slot holds: of a longer text each secret in it, in the order of what their forms prove."""
    if not slot.value or len(slot.value) > _LONGEST_VALUE:
        return ()
    found = tuple(_apart(slot))
    if role is Role.EXAMPLE or (_is_documentation(slot) and role not in QUIET_ROLES):
        return tuple([kept for one in found if (kept := _in_example(slot, one)) is not None])
    return tuple([one for one in found if one.tier is Tier.CERTAIN]) if role in QUIET_ROLES else found


def _inside(slot: Slot, opinion: Callable[[Slot], Iterator[Verdict]]) -> Iterator[Verdict]:
    """Yield what an opinion finds in the text that base64 stands for; it stands where all of it stands."""
    plain = _plain(slot.value) if slot.container is Container.ENCODED else ""
    if plain:
        for verdict in opinion(replace(slot, value=plain, container=Container.SETTING)):
            yield replace(verdict, start=0, length=len(slot.value))


def _plain(encoded: str) -> str:
    """Return the text that base64 stands for, or an empty one."""
    plain = decoded(encoded).decode("utf-8", "replace").strip()
    return plain if len(plain) >= _DECODED_SHORTEST and "\ufffd" not in plain else ""


def _in_example(slot: Slot, verdict: Verdict) -> Verdict | None:
    """Return what is left of a verdict where values are shown: what a generator made is no dummy, but may be void."""
    if verdict.tier is Tier.CERTAIN:
        return verdict
    value = slot.value[verdict.start : verdict.start + verdict.length]
    is_live = slot.container is Container.COMMENT and bool(verdict.prefix)  # no sample: it was in use
    is_real = is_live or (not verdict.prefix and verdict.description in _OPENING and is_generated(value))
    return replace(verdict, is_minor=True) if is_real else None


def _apart(slot: Slot) -> Iterator[Verdict]:
    """Yield what the opinions find, of those that meet the one that proves more."""
    taken: list[tuple[int, int]] = []
    for opinion in _OPINIONS:
        for verdict in (*opinion(slot), *_inside(slot, opinion)):
            start, end = verdict.start, verdict.start + verdict.length
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                yield verdict


def _is_documentation(slot: Slot) -> bool:
    """Tell whether a slot shows what a value may look like rather than holding one."""
    return slot.container in SHOWING or bool(_DOCUMENTATION & {w for key in slot.path for w in words_of(key)})


def digest_of(value: str) -> str:
    """Return eight hexadecimal digits of a keyed hash."""
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=4, key=_FINGERPRINT_KEY).hexdigest()


def _known_formats(slot: Slot) -> Iterator[Verdict]:
    if slot.path[-2:] == _FIREBASE_KEY:
        return
    found = sorted(((token, slot.value[token.start : token.end]) for token in tokens(slot.value)), key=_uncertain_last)
    for token, value in found:
        tier = Tier.CERTAIN if token.checked else Tier.STRONG
        prefix = token.public_prefix
        yield Verdict(
            token.format.description, tier, Confidence.HIGH, len(value), prefix, digest_of(value), token.start
        )


def _uncertain_last(found: tuple[object, str]) -> bool:
    return not getattr(found[0], "checked", False)


def _shipped(slot: Slot) -> Iterator[Verdict]:
    if promised(slot.name) and is_shipped(slot.value):
        yield Verdict(SHIPPED, Tier.STRONG, Confidence.HIGH, len(slot.value))


def _private_keys(slot: Slot) -> Iterator[Verdict]:
    for key in private_keys(slot.value):
        confidence = Confidence.MEDIUM if key.description.startswith("encrypted") else Confidence.HIGH
        yield _verdict(key, confidence)


def _json_web_tokens(slot: Slot) -> Iterator[Verdict]:
    for token in json_web_tokens(slot.value):
        yield _verdict(token, Confidence.MEDIUM, is_minor=token.description.startswith("expired"))


def _urls(slot: Slot) -> Iterator[Verdict]:
    for url in url_passwords(slot.value):
        if _is_secret(url.secret, ""):
            yield _verdict(url, Confidence.HIGH)


def _headers(slot: Slot) -> Iterator[Verdict]:
    for credential in header_credentials(slot.value):
        if _is_secret(credential.secret, ""):
            yield _verdict(credential, Confidence.HIGH)


def _cookies(slot: Slot) -> Iterator[Verdict]:
    for cookie in cookies(slot.value, is_header=any(key.lower() in _COOKIE_HEADERS for key in slot.path)):
        if _is_secret(cookie.secret, cookie.name):
            yield _verdict(cookie, Confidence.MEDIUM)


def _sql(slot: Slot) -> Iterator[Verdict]:
    for found in sql_passwords(slot.value):
        if _is_secret(found.secret, ""):
            yield _verdict(found, Confidence.HIGH)


def _named(slot: Slot) -> Iterator[Verdict]:
    value, kind = _value_and_kind(slot)
    if kind and _is_secret(value, slot.name):
        yield Verdict(kind, Tier.STRONG, Confidence.HIGH, len(value), "", digest_of(value))
    elif kind and is_uuid(value) and kind in _KEYLIKE and not is_placeholder(value):
        yield Verdict(kind, Tier.STRONG, Confidence.MEDIUM, len(value), "", digest_of(value))


def _value_and_kind(slot: Slot) -> tuple[str, str]:
    kind, value = promised(slot.name), slot.value.rstrip("\r\n")  # a block of YAML ends its last line
    if slot.container is not Container.ENCODED:
        return value, kind
    return _plain(value) or value, kind or ("" if _HARMLESS.fullmatch(slot.name.rpartition(".")[2]) else "secret")


def _embedded(slot: Slot) -> Iterator[Verdict]:
    """Yield pairs inside a longer text: JSON in a string, a query, a connection string."""
    if "=" not in slot.value and ":" not in slot.value:
        return
    outer = promised(slot.name)
    for pair in members(slot.value):
        # `Apitoken: {"name": …, "sig": …}`: what is generated there is the secret, whatever its own name.
        kind = promised(pair.name) or (outer if is_generated(pair.secret) else "")
        yield from _paired(pair, kind)
    for pair in pairs(slot.value):
        yield from _paired(pair, promised(pair.name))


def _paired(pair: Structure, kind: str) -> Iterator[Verdict]:
    if kind and len(pair.secret) >= _EMBEDDED_SHORTEST and _is_secret(pair.secret, pair.name):
        yield _verdict(Structure(kind, pair.start, pair.end, pair.secret), Confidence.MEDIUM)


_OPINIONS: tuple[Callable[[Slot], Iterator[Verdict]], ...] = (
    _shipped, _known_formats, _private_keys, _json_web_tokens, _urls, _headers, _cookies, _sql, _named, _embedded,
)  # fmt: skip
"""In the order of what they prove; the first that has something to say decides."""


def _is_secret(value: str, name: str) -> bool:
    """Tell whether a value is too surprising to be a word, and no stand-in for a secret kept elsewhere."""
    if HOLE in value or not is_strong(value):
        return False
    return not (is_placeholder(value) or is_reference(value) or repeats_name(value, name))


def _verdict(found: Structure, confidence: Confidence, *, is_minor: bool = False) -> Verdict:
    digest, length = digest_of(found.secret), len(found.secret)
    return Verdict(found.description, Tier.STRONG, confidence, length, "", digest, found.start, is_minor)
