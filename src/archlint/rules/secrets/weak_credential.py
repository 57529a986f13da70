"""ARC502: a password or key that anybody guesses stands in the code or in a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.ir.module import Flag
from archlint.rule import Rule, Trigger
from archlint.secrets.slots import Container
from archlint.secrets.weak import weak_credentials
from archlint.secrets.wording import anchor, message
from archlint.syntax import cst
from archlint.syntax.secret_fixes import read_instead
from archlint.syntax.secret_places import CONFIG_KINDS, candidate, candidates, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Diagnostic
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext

rule = Rule("ARC502")


@rule.python(Trigger(flags=Flag.SECRET))
def weak_literal(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report a literal under the name of a secret that is no stand-in and easy to guess."""
    slot = candidate(node, ctx)
    if slot is None or slot.container is Container.FALLBACK:
        return
    for verdict in weak_credentials(slot, ctx.role):
        yield rule.at(
            span_of(slot, verdict, ctx.source),
            message(slot, verdict),
            confidence=verdict.confidence,
            fix=read_instead(node, slot, ctx) if verdict.length == len(slot.value) else None,
            scope=ctx.scope,
            anchor=anchor(slot, verdict),
        )


@rule.config(*CONFIG_KINDS)
def weak_setting(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report a value of a configuration file under the key of a secret that is easy to guess."""
    for slot in candidates(file):
        for verdict in weak_credentials(slot, ctx.role) if slot.container is not Container.FALLBACK else ():
            yield rule.at(
                span_of(slot, verdict, file.source),
                message(slot, verdict),
                confidence=verdict.confidence,
                anchor=anchor(slot, verdict),
            )
