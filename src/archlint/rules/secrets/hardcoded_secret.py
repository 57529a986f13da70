"""ARC501: a secret stands in the code or in a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Severity
from archlint.ir.module import Flag
from archlint.rule import Rule, Trigger
from archlint.secrets.judge import Verdict, verdicts
from archlint.secrets.slots import Container
from archlint.secrets.wording import anchor, message
from archlint.syntax import cst
from archlint.syntax.secret_fixes import read_instead
from archlint.syntax.secret_places import CONFIG_KINDS, candidate, candidates, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Diagnostic
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext

rule = Rule("ARC501")


@rule.python(Trigger(flags=Flag.SECRET))
def literal(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report a literal that is a secret by its own form, or that a secret's name leads to."""
    slot = candidate(node, ctx)
    if slot is None or slot.container is Container.FALLBACK:
        return
    for verdict in verdicts(slot, ctx.role):
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
def configured(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report a value of a configuration file that is a secret by its own form, or by the key above it."""
    for slot in candidates(file):
        for verdict in verdicts(slot, ctx.role) if slot.container is not Container.FALLBACK else ():
            yield rule.at(
                span_of(slot, verdict, file.source),
                message(slot, verdict),
                confidence=verdict.confidence,
                at_most=_severity(verdict),
                anchor=anchor(slot, verdict),
            )


def _severity(verdict: Verdict) -> Severity:
    return Severity.NOTE if verdict.is_spent else Severity.ERROR
