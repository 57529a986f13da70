"""Which names promise a secret: the head word decides, not any part of the name."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
HINT = re.compile(r"pass|pwd|pw\b|secret|token|key|cred|auth|bearer|salt|webhook|dsn|jwt|hmac|psk|pin")
"""What every name of a secret has in it, in lower case: to ignore the case in the pattern costs ten times more."""
_LONGEST_NAME = 120

_WORDS = {
    **dict.fromkeys(
        (
            "requirepass",
            "masterauth",
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "passcode",
            "passwort",
            "pass",
            "passw",
            "pw",
            "passwrd",
        ),
        "password",
    ),
    **dict.fromkeys(("secret", "secrets", "psk", "clientsecret", "secretkey", "appsecret"), "secret"),
    **dict.fromkeys(("token", "accesstoken", "authtoken", "bearer", "pat", "jwt", "refreshtoken"), "token"),
    **dict.fromkeys(("apikey", "authkey", "accesskey", "apitoken"), "API key"),
    **dict.fromkeys(("privatekey", "signingkey", "encryptionkey"), "secret key"),
    **dict.fromkeys(("credential", "credentials", "creds", "authorization"), "credential"),
}
_DBPASSWORD = re.compile(
    r"(?:db|my|user|root|admin|smtp|ftp|ldap|redis|mysql|postgres|pg|mail|login|auth)(?:pwd|pass)"
    r"|[a-z]{1,20}(?:password|passwd)"
)

_KEY_QUALIFIERS = {
    **dict.fromkeys(
        ("api", "app", "access", "account", "subscription", "license", "licence", "auth", "service"), "API key"
    ),
    **dict.fromkeys(
        ("secret", "private", "encryption", "signing", "master", "hmac", "aes", "rsa", "jwt", "crypto"), "secret key"
    ),
    **dict.fromkeys(
        ("cipher", "fernet", "session", "cookie", "shared", "signature", "storage", "server", "client"), "secret key"
    ),
    **dict.fromkeys(("security", "admin", "token", "hash"), "secret key"),
}
_TRAILERS = frozenset(
    {"value", "default", "prod", "production", "dev", "development", "staging", "stage", "live", "new", "old", "in",
     "current", "previous", "primary", "secondary", "str", "string", "text", "plain", "plaintext", "base", "raw",
     "b64", "base64", "hmac", "fallback", "fallbacks"}
)  # fmt: skip
_NOT_TOKENS = frozenset(
    {"csrf", "xsrf", "page", "next", "continuation", "pagination", "cursor", "eos", "bos", "pad", "unk", "mask", "sep",
     "cls", "special", "public", "stop", "start", "end", "syntax", "lexer", "parser", "first", "last", "prev", "num",
     "max", "min", "n", "total", "prompt", "completion", "input", "output", "idempotency", "sync", "change",
     "resume", "since", "claims", "from", "to", "batch", "stream", "delta",
     "request", "cancel", "cancellation", "dedup", "publishable", "site", "lpa", "state"}
)  # fmt: skip
_NOT_KEYS = frozenset(
    {"public", "primary", "foreign", "sort", "partition", "cache", "publishable", "site", "ssh", "id", "banned",
     "revoked", "known", "trusted", "type", "verify", "verification", "verifying"}
)  # fmt: skip
_HASHES = frozenset({"bcrypt", "crypted", "encrypted", "hashed", "md5", "sha"})
"""Words before a name that make what it names a digest of the secret."""
_PLACES = frozenset({"client", "cookie", "hash", "master", "server", "session", "shared", "signature", "storage"})
_SURE = frozenset({"private", "secret"})
_NOT_SECRETS = frozenset(
    {"mask", "hide", "redact", "no", "not", "is", "has", "use", "allow", "require", "requires", "enable", "min", "max"}
)


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a camel, snake or kebab name, in lower case."""
    return tuple(word.lower() for word in _WORD.findall(name[-_LONGEST_NAME:]))


@lru_cache(maxsize=4096)
def promised(name: str) -> str:
    """Return what a name promises (`password`, `token`, `API key`, …), or an empty text where it is no secret's."""
    if not HINT.search(name.lower()):
        return ""
    words = list(words_of(name))
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _TRAILERS):
        words.pop()
    if not words or _NOT_SECRETS & set(words[:1]) or _HASHES & set(words[:-1]):
        return ""
    head, rest = words[-1], words[:-1]
    if head in ("key", "keys"):
        return _promised_key(rest)
    if head in ("token", "tokens") and _NOT_TOKENS & set(rest):
        return ""
    kind = _WORDS.get(head, "password" if _DBPASSWORD.fullmatch(head) else "")
    return "" if head == "pass" and not rest and name.lower() != "pass" else kind


def names_a_place(name: str) -> bool:
    """Return whether a key is as often a place, a file, an entry or a public key as it is a secret: `SESSION_KEY`."""
    words = words_of(name)
    return words[-1:] == ("key",) and not _PLACES.isdisjoint(words[-2:-1]) and _SURE.isdisjoint(words)


def _promised_key(rest: list[str]) -> str:
    """Return what a name that ends in `key` promises: only some kinds of keys are secret."""
    if not rest or _NOT_KEYS & set(rest):
        return ""
    return next((_KEY_QUALIFIERS[word] for word in reversed(rest) if word in _KEY_QUALIFIERS), "")


POSITIONAL = {
    "HTTPBasicAuth": 1,
    "HTTPDigestAuth": 1,
    "HTTPProxyAuth": 1,
    "BasicAuth": 1,
    "DigestAuth": 1,
    "HTTPBasicCredentials": 1,
    "PlainCredentials": 1,
    "SecretStr": 0,
    "SecretBytes": 0,
    "PlainTextAuthProvider": 1,
    "UsernamePasswordCredentials": 1,
}
"""Which positional argument of a callable is a password, by the last part of the callable's name."""
