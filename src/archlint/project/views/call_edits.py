"""Suggested edits of calls: another argument, a thread, a look at the status of what comes back."""

from __future__ import annotations

import re

from archlint.diagnostic import Edit, Fix
from archlint.ir import nodes as ir
from archlint.project.context import ProjectContext
from archlint.project.deadlines.unlimited import Unlimited
from archlint.project.flow import CallSite
from archlint.project.outages.service_calls import ServiceCall
from archlint.source import SourceFile

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
        source = ctx.source_of(site.module.path)
        added = None if given is not None or found.is_off else _one_more(source, offset, call)
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


def awaited_instead(ctx: ProjectContext, site: CallSite, name: str) -> Fix | None:
    """Return the edits that await a coroutine of another name, beside the function that a call is of.

    In a generator the `await` would make another kind of it, and a bare name may not be imported: no fix there.
    """
    text, func = ctx.source_of(site.module.path).text, site.call.func
    start, end, callee_end = (site.offset + one for one in (site.call.start, site.call.end, func.end))
    old = func.name if isinstance(func, ir.Attribute) else func.id if isinstance(func, ir.Name) else ""
    is_here = isinstance(func, ir.Attribute) or old in site.module.functions
    if not (is_here and not site.is_in_generator and text[callee_end - len(old) : callee_end] == old):
        return None
    before, after = ("(", ")") if _GOING_ON.match(text, end) else ("", "")
    if isinstance(func, ir.Name):
        edits = [Edit(start, callee_end, f"{before}await {name}")]
    else:
        edits = [Edit(start, start, f"{before}await "), Edit(callee_end - len(old), callee_end, name)]
    return Fix(f"Await `{name}`", (*edits, *((Edit(end, end, after),) if after else ())))


def with_status_checked(ctx: ProjectContext, call: ServiceCall) -> Fix | None:
    """Return the edit that raises an error for a status of none, None where the response has no place for it."""
    site = call.site
    is_read = any(not isinstance(one, ir.Await) for one in site.parents)
    if _CHECK not in call.family.checks or is_read:
        return None
    source, offset = ctx.source_of(site.module.path), site.offset
    match site.statement:
        case ir.Evaluate(value=value):
            edits = _chained(source.text, offset, value)
        case ir.Assign(targets=(ir.Name(id=name),)) as statement:
            edits = _line_behind(source, offset + statement.start, offset + statement.end, f"{name}.{_CHECK}()")
        case ir.With(items=items, body=body):
            target = next((one.target for one in items if site.call.end <= one.context.end), None)
            named = f"{target.id}.{_CHECK}()" if isinstance(target, ir.Name) else ""
            edits = _line_before(source, offset + body[0].start, named) if named and body else ()
        case _:
            return None
    return Fix("Raise an error where the status tells of one", edits) if edits else None


def _one_more(source: SourceFile, offset: int, call: ir.Call) -> tuple[int, str] | None:
    """Return where one more keyword goes and what parts it from the last argument, None where something else stands."""
    text = source.text
    last = max((*call.args, *call.keywords), key=lambda one: one.end, default=None)
    if last is None:
        found = _EMPTY.fullmatch(text, offset + call.func.end, offset + call.end)
        return (offset + call.end - 1, "") if found else None
    if not _CLOSING.fullmatch(text, offset + last.end, offset + call.end):
        return None
    blanks = _indentation(source, offset + last.start)
    return offset + last.end, ", " if blanks is None else f",\n{blanks}"


def _chained(text: str, offset: int, value: ir.Expr) -> tuple[Edit, ...]:
    start, end = offset + value.start, offset + value.end
    if isinstance(value, ir.Await):
        return (Edit(start, start, "("), Edit(end, end, f").{_CHECK}()"))
    return (Edit(end, end, f".{_CHECK}()"),) if text[end - 1] == ")" else ()


def _line_behind(source: SourceFile, start: int, end: int, line: str) -> tuple[Edit, ...]:
    """Return the edit that puts a line behind a statement that has its lines for itself."""
    blanks, last = _indentation(source, start), source.line_at(end)
    line_end = source.starts[last - 1] + len(source.line_text(last))
    rest = source.text[end:line_end].strip()
    if blanks is None or (rest and not rest.startswith("#")):
        return ()
    return (Edit(line_end, line_end, f"\n{blanks}{line}"),)


def _line_before(source: SourceFile, start: int, line: str) -> tuple[Edit, ...]:
    blanks = _indentation(source, start)
    return (Edit(start, start, f"{line}\n{blanks}"),) if blanks is not None else ()


def _indentation(source: SourceFile, start: int) -> str | None:
    """Return the blanks before a statement, None where something else stands on its line."""
    blanks = source.text[source.starts[source.line_at(start) - 1] : start]
    return blanks if not blanks.strip() else None
