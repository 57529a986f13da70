"""Secrets that are structures rather than tokens: private keys, JSON Web Tokens, URLs, headers, pairs inside texts."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import msgspec

from archlint.secrets.checks import decoded, decoded_json
from archlint.secrets.placeholders import is_placeholder, is_public_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRED_BEFORE = 1_735_689_600
"""A token that ended before 2025 is expired on every day on which this runs."""

_PEM_BEGIN = re.compile(r"-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?)-----")
_PEM_MARK = "-----"
_PEM_LONGEST = 12_000
_PEM_SHORTEST_BODY = 60
_PEM_HEADER = re.compile(r"(?:Proc-Type|DEK-Info|Comment|Version|Hash)\s*:[^\r\n\\]*")
_PUTTY = re.compile(r"PuTTY-User-Key-File-[23]: ")
_PUTTY_BODY = re.compile(r"Private-Lines: \d{1,3}((?:\\[nr]|[A-Za-z0-9+/=\s])*)")
_WEB_KEY = re.compile(r"\\?\"[dk]\\?\"\s{0,9}:\s{0,9}\\?\"([A-Za-z0-9_-]{22,1400})\\?\"")
"""The member of a JSON Web Key that is private, or the key itself where it is symmetric (RFC 7518, section 6)."""
_NOT_BASE64 = re.compile(r"\\[nr]|[^A-Za-z0-9+/]")
_JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{2,8000}\.[A-Za-z0-9_-]{16,1000}")
_URL = re.compile(
    r"\b([A-Za-z][A-Za-z0-9+.-]{1,30})://([^\s:/@'\"<>]{0,120}):([^\s/@'\"<>]{1,200})@([^\s/@'\"<>?#,]{1,200})"
)
_SQL_PASSWORD = re.compile(
    r"(?is)\b(?:create|alter)\s+(?:user|role|login)\b[^;]{1,200}?\b(?:password|identified\s+(?:with\s+\S{1,40}\s+)?by)"
    r"\s*=?\s*(?:N|E)?['\"]([^'\"%{}\s:]{1,120})['\"]"
)
_CREDENTIAL = re.compile(r"(?i)\b(bearer|basic)\s+([A-Za-z0-9._~+/-]{12,2000}=*)")
_COOKIE_HEADER = re.compile(r"(?i)\b(?:set-)?cookie[\"']?\s{0,4}:\s{0,4}")
_COOKIE = re.compile(
    r"(?i)(?<![\w.-])([\w.-]{0,60}?(?:sid|sess(?:ion)?(?:[_-]?id)?|auth|token|jwt|remember[\w-]{0,20}))="
    r"([^\s;,\"']{16,4000})"
)
_REGISTRY = re.compile(r"\\?\"auth\\?\"\s{0,9}:\s{0,9}\\?\"([A-Za-z0-9+/]{8,2000}={0,2})\\?\"")
"""How Docker's configuration keeps an account of a registry: as HTTP Basic does."""
_PAIR = re.compile(
    r"(?<![\w.-])[\"']?([A-Za-z][\w.-]{1,60})\\?[\"']?\s{0,4}(?:[:=]|=>)\s{0,4}\\?[\"']?([^\s\"'&;,<>\\(){}\[\]]{8,300})"
)


class Structure(msgspec.Struct, frozen=True):
    """A secret inside a text: what it is, the offsets of its secret part, and that part."""

    description: str
    start: int
    end: int
    secret: str
    name: str = ""


def private_keys(text: str) -> Iterator[Structure]:
    """Yield private keys: in PEM, in PuTTY's form, and as JSON Web Keys."""
    yield from pem_keys(text)
    yield from putty_keys(text)
    yield from web_keys(text)


def pem_keys(text: str) -> Iterator[Structure]:
    """Yield private keys in PEM form that have a body; a header alone is a constant of a parser."""
    for match in _PEM_BEGIN.finditer(text):
        end = text.find(_PEM_MARK, match.end(), match.end() + _PEM_LONGEST)
        stop = end if end >= 0 else match.end() + _PEM_LONGEST
        raw = text[match.end() : stop]
        body = _NOT_BASE64.sub("", _PEM_HEADER.sub("", raw))
        if len(body) < _PEM_SHORTEST_BODY or is_placeholder(body[:100]) or not _has_key_bytes(body, match.group(1)):
            continue
        encrypted = "ENCRYPTED" in match.group(1) or "ENCRYPTED" in raw
        what = "encrypted private key" if encrypted else "private key"
        yield Structure(what, match.start(), min(stop, len(text)), body)


def putty_keys(text: str) -> Iterator[Structure]:
    """Yield private keys in PuTTY's form that have a private part."""
    for match in _PUTTY.finditer(text):
        found = _PUTTY_BODY.search(text, match.end(), match.end() + _PEM_LONGEST)
        body = _NOT_BASE64.sub("", found.group(1)) if found else ""
        if found and len(body) >= _PEM_SHORTEST_BODY and not is_placeholder(body[:100]):
            is_open = "Encryption: none" in text[match.end() : found.start()]
            what = "private key" if is_open else "encrypted private key"
            yield Structure(what, match.start(), found.end(), body)


def web_keys(text: str) -> Iterator[Structure]:
    """Yield the private members of JSON Web Keys."""
    if "kty" not in text:
        return
    for match in _WEB_KEY.finditer(text):
        if not is_placeholder(match.group(1)):
            yield Structure("private key of a JSON Web Key", match.start(1), match.end(1), match.group(1))


def _has_key_bytes(body: str, label: str) -> bool:
    """Tell whether the start of a PEM body is ASN.1, OpenSSH's magic or a PGP packet."""
    head = decoded(body[:40])
    return head[:1] == b"\x30" or head.startswith(b"openssh-key-v1") or (label.startswith("PGP") and bool(head))


def json_web_tokens(text: str) -> Iterator[Structure]:
    """Yield signed tokens that are not public by their role, nor the sample of their makers."""
    if "eyJ" not in text:
        return
    for match in _JWT.finditer(text):
        header, payload, signature = match.group().split(".")
        claims = decoded_json(payload)
        if str(decoded_json(header).get("alg", "none")).lower() == "none" or is_public_sample(signature):
            continue
        ends = claims.get("exp")
        expired = isinstance(ends, (int, float)) and ends < EXPIRED_BEFORE
        public = claims.get("role") == "anon" or "demo" in str(claims.get("iss", ""))
        if not public:
            what = "expired JSON Web Token" if expired else "JSON Web Token"
            yield Structure(what, match.start(), match.end(), match.group())


def url_passwords(text: str) -> Iterator[Structure]:
    """Yield the passwords of URLs with `user:password@host`, whatever their strength."""
    if "://" not in text:
        return
    for match in _URL.finditer(text):
        yield Structure("password inside a URL", match.start(3), match.end(3), match.group(3))


def header_credentials(text: str) -> Iterator[Structure]:
    """Yield what follows `Bearer` and `Basic`, and a registry's `"auth"`; of the latter two the password inside."""
    for match in _CREDENTIAL.finditer(text):
        if match.group(1).lower() == "bearer":
            yield Structure("bearer token", match.start(2), match.end(2), match.group(2))
        else:
            yield from _basic(match, 2)
    for match in _REGISTRY.finditer(text):
        yield from _basic(match, 1)


def _basic(match: re.Match[str], group: int) -> Iterator[Structure]:
    """Yield the password of `user:password` in base64."""
    _, colon, password = decoded(match.group(group)).decode("utf-8", "replace").partition(":")
    if colon and "\ufffd" not in password:
        yield Structure("basic authentication credential", match.start(group), match.end(group), password)


def cookies(text: str, *, is_header: bool) -> Iterator[Structure]:
    """Yield the values of session cookies in a `Cookie` or `Set-Cookie` header, which a text may name itself."""
    begins = _COOKIE_HEADER.search(text)
    if not is_header and begins is None:
        return
    for match in _COOKIE.finditer(text, begins.end() if begins is not None else 0):
        yield Structure("session cookie", match.start(2), match.end(2), match.group(2), match.group(1))


def pairs(text: str) -> Iterator[Structure]:
    """Yield `name=value`, `name: value` and `"name": "value"` pairs in a text."""
    for match in _PAIR.finditer(text):
        yield Structure("", match.start(2), match.end(2), match.group(2), match.group(1))


def sql_passwords(text: str) -> Iterator[Structure]:
    """Yield the passwords that statements give: `CREATE USER … PASSWORD '…'`, `IDENTIFIED BY '…'`."""
    for match in _SQL_PASSWORD.finditer(text):
        start, end = match.span(1)
        yield Structure("password of a database user", start, end, match.group(1))


def members(text: str) -> Iterator[Structure]:
    """Yield the texts of a JSON object with the innermost key above them, elements of lists included."""
    if not text.lstrip().startswith(("{", "[")):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    at = 0
    for name, member in _members("", value):
        found = text.find(member, at)
        if member and found >= 0:
            at = found + len(member)
            yield Structure("", found, at, member, name)


def _members(name: str, value: object) -> Iterator[tuple[str, str]]:
    pending: list[tuple[str, object]] = [(name, value)]
    while pending:
        key, one = pending.pop()
        if isinstance(one, str):
            yield key, one
        elif isinstance(one, dict):
            pending += reversed(list(one.items()))
        elif isinstance(one, list):
            pending += [(key.removesuffix("s"), element) for element in reversed(one)]
