"""ARC503: where an environment variable is not set, a secret that everybody can read takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.rule import SECRETS, Rule
from archlint.secrets.judge import verdicts
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

rule = Rule("ARC503")


@rule.python(SECRETS)
def literal_fallback(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report what a variable of the environment falls back to, where that is a secret."""
    for one in in_literal(node, ctx, _opinion):
        yield _diagnostic(one, ctx.scope)


@rule.config(*CONFIG_KINDS)
def configured_fallback(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report the default of `${NAME:-default}`, where that is a secret."""
    for one in in_config(file, ctx, _opinion):
        yield _diagnostic(one)


def _opinion(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    if slot.container is not Container.FALLBACK:
        return ()
    return verdicts(slot, role) or weak_credentials(slot, role)


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
