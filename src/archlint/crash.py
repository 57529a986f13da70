"""The one place that survives a bug of archlint: a crash in a rule or on a file becomes a diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from archlint.diagnostic import Diagnostic, Span
from archlint.errors import ArchlintError

if TYPE_CHECKING:
    from archlint.catalogue import Entry

Result = TypeVar("Result")


def survive(action: Callable[[], Result], on_crash: Callable[[str], Result]) -> Result:
    """Return what an action gives or, where it crashes, what `on_crash` makes of one line about it.

    The line names the error's type and the innermost line of code, never its text: that may quote what was linted.
    """
    try:
        return action()
    except ArchlintError:
        raise
    except Exception as error:  # noqa: BLE001 - a bug in one rule must not end the run
        return on_crash(_where(error))


def checked(
    entry: Entry, check: Callable[..., Iterable[Diagnostic]], place: Span, *arguments: object
) -> list[Diagnostic]:
    """Return what a check of a rule finds; where it crashes, one ARC002 at `place`."""
    return survive(lambda: list(check(*arguments)), lambda line: [_crashed(entry, place, line)])


def _crashed(entry: Entry, place: Span, line: str) -> Diagnostic:
    from archlint.rules.tool.rule_crashed import rule_crashed  # the command line survives bugs without any rule

    return rule_crashed(entry.code, place, line, entry.pack)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
