"""Values that stand for a secret without being one: placeholders, references, hashes, public samples."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from archlint.secrets.names import words_of
from archlint.secrets.strength import is_generated

_SIMPLE = re.compile(
    r"""(?xi)
    ^(?:
        <.*> | \[[\w\ -]+\] | \{.*\} | \([\w\ -]+\) | %\w+% | \$[a-z_]\w* | \$\(.*\) | .*\$\{.* | .*\{\{.*
      | .*<[a-z][\w\ -]{1,40}>.* | .*\{[a-z_][\w.]{0,40}\}.* | .*%\(\w{1,40}\)s.*
      | !(?:ref|vault|sub|getatt|secret)\b.* | enc\[.* | vault:.* | op://.* | arn:.*
      | (?:aws-)?(?:ssm|secretsmanager|sm|env|file|ref|var|keyring|secret)[:/].*
      | none | null | nil | true | false | undefined | empty | n/a | unset | required | optional
      | (?:[x*.?_\#-]|0)+ | .*(?:xxxx|\*\*\*\*|\.\.\.).*
    )$"""
)
_WORDS_OF_PLACEHOLDERS = re.compile(
    r"""(?xi)
    example | placeholder | change[_\W]*(?:me|this|it|before|in\W) | dummy | fake | lorem | deadbeef | hunter2
  | redacted | removed | sanitized | obfuscated | insecure | unsafe[_\W] | super[_\W]?secret
  | not[_\W]?(?:a[_\W]?)?(?:real|secret|secure|valid|used|needed) | (?:do|does)[_\W]?n[o']?t[_\W]
  | (?:^|[\W_])(?:your?|my|some|any|the)[\W_]*
        (?:own|secret|api|key|token|pass|app|client|super|access|db|random|strong)
  | (?:^|[\W_])(?:put|enter|insert|replace|fill|set|add|use|generate|paste)[\W_]+
  | (?:^|[\W_])(?:todo|fixme|tbd|development)(?:$|[\W_])
  | (?:^|[\W_])(?:sample|test|testing|demo|default|mock|invalid|wrong|bogus|foo|foobar|bar)(?:$|[\W_\d])"""
)
_HASH = re.compile(
    r"\$(?:2[abxy]|1|5|6|argon2\w*|pbkdf2[\w-]*|scrypt|y|7)\$|pbkdf2_\w+\$|(?:bcrypt|argon2|scrypt)\w*\$|\{(?:S?SHA\d*|MD5|CRYPT)\}"
    r"|sha(?:1|224|256|384|512)[-:$]|(?:md5|sha1|sha256)\$",
    re.IGNORECASE,
)
_PUBLIC_KEY = re.compile(r"(?:phc_|pk_(?:live|test)_|sb_publishable_)[A-Za-z0-9_-]{8,}|pk\.eyJ[\w.-]{16,}")
"""Keys that their issuer means to be shipped to browsers: PostHog, Stripe, Supabase, Mapbox."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PATH = re.compile(
    r"(?:~|\.{1,2})?/(?:[\w.@:-]+/)*[\w.@-]*|[A-Za-z]:\\.*|[\w./-]+\.(?:py|pem|key|json|txt|ya?ml|crt|html?|js|sock)"
)
_FOLDER = re.compile(r"(?:~|\.{1,2})?/[a-z]{2,12}/")
_DOTTED = re.compile(r"[A-Za-z_]+\d{0,3}(?:\.[A-Za-z_]+\d{0,3})+(?:\(.*\))?")
"""A dotted name, whose parts have digits at their ends only."""
_IDENTIFIERS = re.compile(r"[A-Za-z]+(?:[ _.:/-]+[A-Za-z]+)*\d?")
_RUNS = (
    "0123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefgh",
    "qwertyuiopasdfghjklzxcvbnm",
    "fedcba9876543210",
    "0987654321",
    "zyxwvutsrqponmlkjihgfedcba",
)
_RUN_LENGTH = 5
_READ = 300
_RUN_SHARE = 0.5
_FEW_CHARACTERS = 4
_PUBLIC = frozenset(
    {
        "b1dba8e85ee052b5",
        "b122867768cf1807",
        "826e0fd9a88ef5e1",
        "20e88191d76dc156",
        "76449d3eb6d5ca57",
        "8eb5d57d786f118d",
        "c006eb4284f1825b",
        "42a99a297bc46687",
        "27029c10a6fd2548",
    }
)
"""Digests of keys that vendors print in their own documentation."""


_PATTERN = re.compile(r"\[[^\]\s]{2,80}\](?:\{\d{1,4}(?:,\d{0,4})?\}|[+*])|\\[wdsSWD](?:[+*{]|\b)|\(\?[:P<=!]")
"""What only a regular expression has: a class that is repeated, an escape for one, a group with a mark."""


@lru_cache(maxsize=1024)
def is_placeholder(value: str) -> bool:
    """Tell whether a value is a placeholder, a reference to a secret, a pattern, a sequence, or a public sample."""
    return stands_in(value) or len(set(value[:_READ])) <= _FEW_CHARACTERS or is_sequence(value[:_READ])


def stands_in(value: str) -> bool:
    """Tell whether a value says that another one goes in its place, or is a key that its vendor prints."""
    value = value[:_READ]
    if _PATTERN.search(value) or _SIMPLE.match(value) or _WORDS_OF_PLACEHOLDERS.search(value):
        return True
    return is_public_sample(value)


def is_uuid(value: str) -> bool:
    """Tell whether a value is a UUID: an id, or a key in the place of one."""
    return _UUID.fullmatch(value) is not None


def is_reference(value: str) -> bool:
    """Tell whether a value is a path, a dotted name, a hash, a UUID or a public key rather than a secret in clear."""
    if _HASH.match(value) or is_uuid(value) or _PUBLIC_KEY.fullmatch(value):
        return True
    if _PATH.fullmatch(value):
        return "." in value or _FOLDER.match(value) is not None or not is_generated(value)
    return _DOTTED.fullmatch(value) is not None


def repeats_name(value: str, name: str) -> bool:
    """Tell whether a value says no more than the words of its own name."""
    words = set(words_of(value))
    return bool(words) and words <= set(words_of(name)) | {"my", "the", "test", "secret", "password"}


def is_public_sample(value: str) -> bool:
    """Tell whether a value is a key that a vendor prints in its documentation."""
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=8).hexdigest() in _PUBLIC


def is_sequence(value: str) -> bool:
    """Tell whether half of a value or more runs along the alphabet, the digits or the keyboard."""
    lowered, covered, at = value.lower(), 0, 0
    while at + _RUN_LENGTH <= len(lowered):
        length = max(_run_length(lowered, at, run) for run in _RUNS)
        covered += length if length >= _RUN_LENGTH else 0
        at += max(1, length if length >= _RUN_LENGTH else 1)
    return covered >= max(_RUN_LENGTH, len(value) * _RUN_SHARE)


def _run_length(text: str, at: int, run: str) -> int:
    place = run.find(text[at : at + _RUN_LENGTH])
    if place < 0:
        return 0
    length = _RUN_LENGTH
    while at + length < len(text) and place + length < len(run) and text[at + length] == run[place + length]:
        length += 1
    return length
