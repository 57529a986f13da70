"""Which fields no client should be given, and which routes are there to show a secret, or to issue one."""

from __future__ import annotations

import msgspec

from archlint.project.routes.route import Mention, Route
from archlint.project.symbols import FunctionDefinition
from archlint.secrets.names import promised, words_of

ENVIRONMENT = "set of secrets"
"""The kind of all variables of the environment."""
_PASSWORDS = frozenset({"passphrase", "passwd", "password", "pwd"})
_HASHES = frozenset({"digest", "hash", "hashed", "salt"})
_PAIRS = {"client secret": "client secret", "private key": "private key"}
_ACTIONS = frozenset(
    {
        "can", "change", "confirm", "force", "forgot", "generate", "must", "need", "needs", "repeat", "reset", "send",
        "set", "show", "update",
    }
)  # fmt: skip
"""First words of names that say what is done with a password."""
_SHOWING = frozenset(
    {
        "backup", "connection", "credential", "credentials", "decrypt", "export", "generate", "invite", "issue", "key",
        "keys", "keypair", "login", "password", "passwords", "private", "register", "registration", "reveal", "rotate",
        "secret", "secrets", "signup", "token", "tokens", "vault",
    }
)  # fmt: skip
"""Words in the path or the handler of a route that is there to show a secret."""


class Sent(msgspec.Struct, frozen=True):
    """A secret that clients are sent: its name and kind, what sends it, where that is said, and by which route."""

    name: str
    kind: str
    sender: str
    mention: Mention
    route: Route

    @property
    def handler(self) -> FunctionDefinition | None:
        """Return the function that answers, None where it is a library's."""
        return self.route.handler.function


def withheld(name: str) -> str:
    """Return what a field is that no client needs: a password, its hash, a private key; "" for all others."""
    words = words_of(name)
    if not words or words[0] in _ACTIONS:
        return ""
    head, rest = words[-1], frozenset(words)
    if head in _HASHES | _PASSWORDS and rest & _PASSWORDS and rest & _HASHES:
        return "password hash"
    if head in _PASSWORDS and promised(name) == "password":
        return "password"
    return _PAIRS.get(" ".join(words[-2:]), "")


def may_send(route: Route, kind: str) -> bool:
    """Return whether a route may send a secret of a kind: one that it makes or that it is asked for by name.

    A hash and a whole environment have no reader anywhere; anything else may be new in the answer to what is no `GET`.
    """
    if kind in ("password hash", ENVIRONMENT):
        return False
    function = route.handler.function
    names = (route.path, route.handler.name, function.module.name.rpartition(".")[2] if function is not None else "")
    words = {word for name in names for word in words_of(name)}
    return (bool(route.methods) and "GET" not in route.methods) or not words.isdisjoint(_SHOWING)
