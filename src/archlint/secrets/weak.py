"""Credentials that anybody guesses: a word or a short number in a place that a secret's name leads to.

No feature of a value tells a weak secret from a word, so its place decides: what a variable falls back to, what an
environment sets, what stands under a password's key in a configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.diagnostic import Confidence
from archlint.secrets.checks import decoded
from archlint.secrets.judge import Tier, Verdict, verdicts
from archlint.secrets.names import names_a_place, promised, words_of
from archlint.secrets.placeholders import is_reference, is_sequence, repeats_name, stands_in
from archlint.secrets.slots import HOLE, SHOWING, Container
from archlint.secrets.structures import header_credentials, sql_passwords, url_passwords
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.secrets.slots import Slot

_ROLES = frozenset({Role.PRODUCTION, Role.SETTINGS, Role.COMMAND})
_RUNNING = frozenset({Container.ENCODED, Container.ENVIRONMENT, Container.FALLBACK})
"""Places from which a value goes into a process as it stands."""
_LONGEST = 80
_DECODED = re.compile(r"[\x21-\x7e]{1,80}")
_DJANGO = "django-insecure"
_COUNTED = re.compile(r"1234(?:5(?:6(?:7(?:89?)?)?)?)?")
"""The passwords that people take most often."""
_COMMON = frozenset(
    {
        "admin", "administrator", "changeit", "default", "demo", "guest", "letmein", "manager", "master",
        "pass", "passw0rd", "passwd", "password", "postgres", "qwerty", "root", "secret", "test", "toor", "user",
        "welcome",
    }
)  # fmt: skip
"""Passwords that come with products, and those that people take first."""
_KINDS = frozenset({"password", "secret", "secret key"})
_NUMBERED = re.compile(r"(?i)(?:admin|guest|pass(?:word)?|root|user|welcome)(?:[\d!@#$]{2,8})")
"""One of these with a number: two digits at least, since forms have a `password1` and a `password2`."""
_USERS = frozenset({"", "login", "myuser", "name", "user", "username", "usr"})
_PLAIN_PASSWORDS = frozenset({"mypassword", "pass", "passwd", "password", "pw", "pwd", "secret", "your_password"})
_WRITTEN = re.compile(r"[\x21-\x7e]+")
_LISTED = re.compile(r"(?i)existing|secrets$|credentials$")
"""Names of what only refers to secrets: those of a cluster, or of a list."""
_YOURS = re.compile(r"(?i)your[_-]")
_TITLE = re.compile(r"[A-Z][a-z]+")
"""A word as it begins a label: configuration files hold translations too."""
_MIXED = re.compile(r"(?=.*[A-Za-z])(?=.*[\d!@#$%^&*?])")


def weak_credentials(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    """Return the credentials in a slot that are easy to guess, without those that are more than that."""
    if role not in _ROLES or not slot.value or slot.container in SHOWING:
        return ()
    strong = [(one.start, one.start + one.length) for one in verdicts(slot, role)]
    finders = (_in_urls, _in_headers, _in_statements, _named)
    found = [verdict for finder in finders for verdict in finder(slot)]
    apart = [one for one in found if all(one.start >= end or one.start + one.length <= start for start, end in strong)]
    return tuple({one.start: one for one in reversed(apart)}.values())[::-1]


def _in_urls(slot: Slot) -> Iterator[Verdict]:
    for found in url_passwords(slot.value):
        user, password = _user_of(slot.value, found.start), found.secret
        is_sample = user.lower() in _USERS and password.lower() in _PLAIN_PASSWORDS
        if HOLE not in password and not is_sample and not _stands_in(password):
            yield _weak(found.description, len(password), found.start)


def _in_headers(slot: Slot) -> Iterator[Verdict]:
    for found in header_credentials(slot.value):
        if found.description.startswith("basic") and found.secret and not _stands_in(found.secret):
            yield _weak(found.description, found.end - found.start, found.start)


def _in_statements(slot: Slot) -> Iterator[Verdict]:
    for found in sql_passwords(slot.value):
        if HOLE not in found.secret and not _stands_in(found.secret):
            yield _weak(found.description, len(found.secret), found.start)


def _user_of(text: str, start: int) -> str:
    return text[:start].rpartition("://")[2].removesuffix(":")


def _named(slot: Slot) -> Iterator[Verdict]:
    kind, value = "" if _is_user(slot.name) else promised(slot.name), slot.value.rstrip("\r\n")
    if slot.container is Container.ENCODED:
        plain = decoded(value).decode("utf-8", "replace").strip()
        value = plain if _DECODED.fullmatch(plain) else value
        kind = kind or ("secret" if slot.name.lower() == "key" else "")
    # Nobody encodes a stand-in: what is encoded is used as it is.
    is_meant = not is_reference(value) if slot.container is Container.ENCODED else not _stands_in(value)
    if slot.container not in _RUNNING and _COUNTED.fullmatch(value):
        return  # in a settings file whoever counts has not thought of a password yet
    is_read = slot.container is not Container.TEXT and len(value) <= _LONGEST
    if kind and is_read and _WRITTEN.fullmatch(value) and is_meant and _is_credential(slot, kind, value):
        yield _weak(kind, len(value))


def _is_user(name: str) -> bool:
    """Return whether a name is that of the public half of a pair of keys: `MINIO_ACCESS_KEY`."""
    words = words_of(name)
    return words[-2:] == ("access", "key") and "secret" not in words


def _stands_in(value: str) -> bool:
    """Return whether a value stands for one that is kept elsewhere, or is none."""
    if value.startswith(_DJANGO):
        return False
    is_path = value.startswith("/") or is_reference(value)
    is_run = len(set(value)) == 1 or (is_sequence(value) and not _COUNTED.fullmatch(value))
    return stands_in(value) or is_path or is_run or _YOURS.match(value) is not None


def _is_credential(slot: Slot, kind: str, value: str) -> bool:
    """Return whether a place is one in which a word is a secret."""
    if slot.container in (Container.ENCODED, Container.FALLBACK):
        return True
    is_numbered = bool(_NUMBERED.fullmatch(value))
    is_common = is_numbered or value.lower() in _COMMON
    is_environment = slot.container is Container.SETTING and slot.name.isupper()
    if is_environment or slot.container is Container.ENVIRONMENT:
        return is_common or not repeats_name(value, slot.name)
    if kind not in _KINDS or _LISTED.search(slot.name) or names_a_place(slot.name):
        return False
    if slot.container is Container.COMPARISON:
        return kind == "password" and not repeats_name(value, slot.name)
    is_told = slot.name.isupper() and "[" in slot.shown  # `app.config["SECRET_KEY"] = "secret"`
    return is_told or is_numbered or (not _names_itself(slot, value) and (is_common or _is_likely(slot, value)))


def _is_likely(slot: Slot, value: str) -> bool:
    """Return whether a value that is no name is rather a secret than a word about one."""
    is_setting = slot.container is Container.SETTING and not _TITLE.fullmatch(value)
    return slot.name.isupper() or is_setting or bool(_MIXED.match(value))


def _names_itself(slot: Slot, value: str) -> bool:
    """Return whether a value is the name of a secret, its own above all: `remap = {"password": "passwd"}`."""
    is_name = bool(promised(value)) and (value.isidentifier() or "-" in value)
    return is_name or repeats_name(value, slot.name) or slot.name.lower() in value.lower()


def _weak(kind: str, length: int, start: int = 0) -> Verdict:
    return Verdict(kind, Tier.WEAK, Confidence.MEDIUM, length, start=start)
