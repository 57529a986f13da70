"""ACME101: code of payments prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint.rule import Rule, Trigger

if TYPE_CHECKING:
    from archlint.diagnostic import Diagnostic
    from archlint.syntax import cst
    from archlint.syntax.python import PythonContext

rule = Rule("ACME101")


@rule.python(Trigger(calls=lambda _: {"print"}))
def print_call(call: cst.Call, ctx: PythonContext) -> Iterator[Diagnostic]:
    """Report a call of `print`."""
    if ctx.resolve(call.func) == "print":
        yield rule.at(ctx.span(call), "`print` writes where no auditor reads: log through `app.audit`")
