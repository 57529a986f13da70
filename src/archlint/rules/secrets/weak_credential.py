"""ARC502: a password or key that anybody guesses stands in the code or in a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.rule import SECRETS, Rule
from archlint.secrets.slots import Container
from archlint.secrets.weak import weak_credentials
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

rule = Rule("ARC502")


@rule.python(SECRETS)
def weak_literal(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report a literal under the name of a secret that is no stand-in and easy to guess."""
    for one in in_literal(node, ctx, _opinion):
        yield _diagnostic(one, ctx.scope)


@rule.config(*CONFIG_KINDS)
def weak_setting(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report a value of a configuration file under the key of a secret that is easy to guess."""
    for one in in_config(file, ctx, _opinion):
        yield _diagnostic(one)


def _opinion(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    return weak_credentials(slot, role) if slot.container is not Container.FALLBACK else ()


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
