"""ARC501: a secret stands in the code or in a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.rule import SECRETS, Rule
from archlint.secrets.judge import verdicts
from archlint.secrets.slots import Container
from archlint.syntax import cst
from archlint.syntax.secret_places import CONFIG_KINDS, Report, in_config, in_literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Diagnostic
    from archlint.secrets.judge import Verdict
    from archlint.secrets.slots import Slot
    from archlint.source import Role
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext

rule = Rule("ARC501")


@rule.python(SECRETS)
def literal(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report a literal that is a secret by its own form, or that a secret's name leads to."""
    for one in in_literal(node, ctx, _opinion):
        yield _diagnostic(one, ctx.scope)


@rule.config(*CONFIG_KINDS)
def configured(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report a value of a configuration file that is a secret by its own form, or by the key above it."""
    for one in in_config(file, ctx, _opinion):
        yield _diagnostic(one)


def _opinion(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    return verdicts(slot, role) if slot.container is not Container.FALLBACK else ()


def _diagnostic(one: Report, scope: str = "") -> Diagnostic:
    return rule.at(
        one.span,
        one.message,
        confidence=one.confidence,
        at_most=one.severity,
        fix=one.fix,
        scope=scope,
        anchor=one.anchor,
    )
