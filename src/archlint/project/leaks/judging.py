"""What a part of a text gives away, and how sure that is."""

from __future__ import annotations

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.ir.render import render
from archlint.project.flow import CallSite
from archlint.project.leaks.exposed import Exposed
from archlint.project.leaks.holders import shown_secrets
from archlint.project.project import Project
from archlint.project.symbols import Variable
from archlint.project.values import External, Instance, Literal, ProjectClass, ProjectFunction, Value
from archlint.secrets.names import names_a_place, words_of

_SHOWN = 3
"""Secrets of an object that are named."""
_TEXTS = frozenset({"builtins.bytes", "builtins.str", "bytes", "str"})
_PLAIN = frozenset({"current", "last", "local", "my", "new", "old", "previous", "remote", "token", "tokens", "value"})
"""Words that say nothing of what a token is for."""
_ABOUT_ACCOUNTS = frozenset(
    {
        "account", "auth", "authenticate", "authentication", "email", "invite", "login", "oauth", "oauth2", "password",
        "refresh", "register", "reset", "session", "signup", "sso", "user", "users", "verification", "verify",
    }
)  # fmt: skip
"""Words in the name of a function or module in which a bare `token` is one that opens something."""


class Leak(msgspec.Struct, frozen=True):
    """What is given away, as a part of a sentence, and how sure that is."""

    what: str
    confidence: Confidence


def leak(project: Project, site: CallSite, one: Exposed) -> Leak | None:
    """Return what a part of a text that a call writes gives away, or None."""
    if one.kind:
        if _is_member(one.node) or _is_written_here(project, site, one.node) or names_a_place(one.name):
            return None
        if not _is_text(site.evaluator.value(one.node, site.scope)):
            return None
        article = "an" if one.kind == "API key" else "a"
        confidence = Confidence.MEDIUM if _is_told(site, one) else Confidence.LOW
        return Leak(f"`{render(one.node)}`, {article} {one.kind}", confidence)
    shown = shown_secrets(project, site, one.node)
    if not shown:
        return None
    named = ", ".join(f"`{name}`" for name in shown[:_SHOWN])
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return Leak(f"`{render(one.node)}` whole, with {named}{more}", Confidence.MEDIUM)


def _is_member(node: ir.Expr) -> bool:
    """Return whether an expression is a constant of a class: `ConfigKey.SECRET_KEY`, which is a name of one."""
    match node:
        case ir.Attribute(name=name, value=ir.Name(id=owner)):
            return name.isupper() and owner[:1].isupper()
        case _:
            return False


def _is_written_here(project: Project, site: CallSite, node: ir.Expr) -> bool:
    """Return whether a name is a constant that a module sets to a literal.

    It is the name of a secret, or one that stands in the code and is reported there.
    """
    if not isinstance(node, ir.Name) or not node.id.isupper():
        return False
    found = project.symbols.member(site.module, (node.id,), at=site.offset)
    body = project.body(found.units[-1]) if isinstance(found, Variable) and found.units else None
    return isinstance(body, ir.Assign) and isinstance(body.value, ir.Text | ir.Masked)


def _is_text(value: Value) -> bool:
    """Return whether a value may be a text: nothing else is known of it."""
    if isinstance(value, Instance):
        return value.name in _TEXTS
    return not isinstance(value, External | Literal | ProjectClass | ProjectFunction)


def _is_told(site: CallSite, one: Exposed) -> bool:
    """Return whether a name says enough: a parser has tokens too."""
    if one.kind != "token" or not _PLAIN.issuperset(words_of(one.name)):
        return True
    around = {*words_of(site.place.scope), *words_of(site.module.name)}
    return not _ABOUT_ACCOUNTS.isdisjoint(around)
