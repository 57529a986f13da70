"""ARC503: where an environment variable is not set, a secret that everybody can read takes its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Severity
from archlint.ir.module import Flag
from archlint.rule import Rule, Trigger
from archlint.secrets.judge import Tier, Verdict, verdicts
from archlint.secrets.slots import Container
from archlint.secrets.weak import weak_credentials
from archlint.secrets.wording import anchor, message
from archlint.syntax import cst
from archlint.syntax.secret_fixes import read_instead
from archlint.syntax.secret_places import CONFIG_KINDS, candidate, candidates, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Diagnostic
    from archlint.secrets.slots import Slot
    from archlint.source import Role
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext

rule = Rule("ARC503")


@rule.python(Trigger(flags=Flag.SECRET))
def literal_fallback(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report what a variable of the environment falls back to, where that is a secret."""
    slot = candidate(node, ctx)
    if slot is None:
        return
    for verdict in _verdicts(slot, ctx.role):
        yield rule.at(
            span_of(slot, verdict, ctx.source),
            message(slot, verdict),
            confidence=verdict.confidence,
            at_most=_severity(verdict),
            fix=read_instead(node, slot, ctx) if verdict.length == len(slot.value) else None,
            scope=ctx.scope,
            anchor=anchor(slot, verdict),
        )


@rule.config(*CONFIG_KINDS)
def configured_fallback(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report the default of `${NAME:-default}`, where that is a secret."""
    for slot in candidates(file):
        for verdict in _verdicts(slot, ctx.role):
            yield rule.at(
                span_of(slot, verdict, file.source),
                message(slot, verdict),
                confidence=verdict.confidence,
                at_most=_severity(verdict),
                anchor=anchor(slot, verdict),
            )


def _verdicts(slot: Slot, role: Role) -> tuple[Verdict, ...]:
    if slot.container is not Container.FALLBACK:
        return ()
    return verdicts(slot, role) or weak_credentials(slot, role)


def _severity(verdict: Verdict) -> Severity:
    return Severity.WARNING if verdict.tier is Tier.WEAK else Severity.ERROR
