"""Suggested edits of calls: another argument, a thread, a look at the status of what comes back."""

from __future__ import annotations

import re

from archlint.diagnostic import Edit, Fix
from archlint.ir import nodes as ir
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import Unlimited
from archlint.project.flow import CallSite
from archlint.project.outages.service_calls import ServiceCall

_CHECK = "raise_for_status"
_EMPTY = re.compile(r"\s*\(\s*\)")
_CLOSING = re.compile(r"\s*,?\s*\)")
_OPENING = re.compile(r"\s*\(")
_GOING_ON = re.compile(r"\s*[.(\[]")


def with_deadline(ctx: ProjectContext, site: CallSite, found: Unlimited, value: str) -> Fix | None:
    """Return the edit that gives a call its deadline: as one more keyword, or in place of what switches it off."""
    call, offset = site.call, site.offset
    if not found.parameter or found.is_in_milliseconds or any(word.name is None for word in call.keywords):
        return None  # what a mapping brings may be a deadline
    given = next((word.value for word in call.keywords if word.name == found.parameter), None)
    if isinstance(given, ir.Constant):
        edit = Edit(offset + given.start, offset + given.end, value)
    else:
        text = ctx.source_of(site.module.path).text
        added = None if given is not None or found.is_off else _one_more(text, offset, call)
        if added is None:
            return None
        at, before = added
        edit = Edit(at, at, f"{before}{found.parameter}={value}")
    return Fix(f"Give it a deadline: `{found.parameter}={value}`", (edit,))


def in_thread(text: str, call: tuple[int, int], callee_end: int) -> Fix | None:
    """Return the edits that await a call which a thread makes; `call` and `callee_end` are offsets into `text`."""
    start, end = call
    opened = _OPENING.match(text, callee_end, end)
    if opened is None:
        return None
    rest = text[opened.end() : end - 1]
    comma = "" if not rest.strip() else "," if rest[0].isspace() else ", "
    before, after = ("(", ")") if _GOING_ON.match(text, end) else ("", "")
    edits = (Edit(start, start, f"{before}await asyncio.to_thread("), Edit(callee_end, opened.end(), comma))
    return Fix("Run it in a thread", (*edits, *((Edit(end, end, after),) if after else ())))


def with_status_checked(ctx: ProjectContext, call: ServiceCall) -> Fix | None:
    """Return the edit that raises an error for a status of none, None where the response has no place for it."""
    site = call.site
    is_read = any(not isinstance(one, ir.Await) for one in site.parents)
    if _CHECK not in call.family.checks or is_read:
        return None
    text, offset = ctx.source_of(site.module.path).text, site.offset
    match site.statement:
        case ir.Evaluate(value=value):
            edits = _chained(text, offset, value)
        case ir.Assign(targets=(ir.Name(id=name),)) as statement:
            edits = _line_behind(text, offset + statement.start, offset + statement.end, f"{name}.{_CHECK}()")
        case ir.With(items=items, body=body):
            target = next((one.target for one in items if site.call.end <= one.context.end), None)
            named = f"{target.id}.{_CHECK}()" if isinstance(target, ir.Name) else ""
            edits = _line_before(text, offset + body[0].start, named) if named and body else ()
        case _:
            return None
    return Fix("Raise an error where the status tells of one", edits) if edits else None


def _one_more(text: str, offset: int, call: ir.Call) -> tuple[int, str] | None:
    """Return where one more keyword goes and what parts it from the last argument, None where something else stands."""
    last = max((*call.args, *call.keywords), key=lambda one: one.end, default=None)
    if last is None:
        found = _EMPTY.fullmatch(text, offset + call.func.end, offset + call.end)
        return (offset + call.end - 1, "") if found else None
    if not _CLOSING.fullmatch(text, offset + last.end, offset + call.end):
        return None
    blanks = _indentation(text, offset + last.start)
    return offset + last.end, ", " if blanks is None else f",\n{blanks}"


def _chained(text: str, offset: int, value: ir.Expr) -> tuple[Edit, ...]:
    start, end = offset + value.start, offset + value.end
    if isinstance(value, ir.Await):
        return (Edit(start, start, "("), Edit(end, end, f").{_CHECK}()"))
    return (Edit(end, end, f".{_CHECK}()"),) if text[end - 1] == ")" else ()


def _line_behind(text: str, start: int, end: int, line: str) -> tuple[Edit, ...]:
    """Return the edit that puts a line behind a statement that has its lines for itself."""
    blanks = _indentation(text, start)
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    rest = text[end:line_end].strip()
    if blanks is None or (rest and not rest.startswith("#")):
        return ()
    return (Edit(line_end, line_end, f"\n{blanks}{line}"),)


def _line_before(text: str, start: int, line: str) -> tuple[Edit, ...]:
    blanks = _indentation(text, start)
    return (Edit(start, start, f"{line}\n{blanks}"),) if blanks is not None else ()


def _indentation(text: str, start: int) -> str | None:
    """Return the blanks before a statement, None where something else stands on its line."""
    blanks = text[text.rfind("\n", 0, start) + 1 : start]
    return blanks if not blanks.strip() else None
