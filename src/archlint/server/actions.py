"""What an editor offers to do about findings: their fixes, all safe ones of a file, a suppression with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

import msgspec
from lsprotocol import types

from archlint.diagnostic import Applicability, Edit, Fix
from archlint.fixing.edits import compatible, line_end_of
from archlint.report.prose import counted
from archlint.report.result import Result
from archlint.server.documents import Document
from archlint.server.positions import Lines
from archlint.source import SourceFile
from archlint.suppression import Place
from archlint.suppression.adding import silencing

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.archlint"
KINDS = (types.CodeActionKind.QuickFix.value, FIX_ALL)
REASON = "reason"
"""What stands for the reason until a person has written it."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_CAUTION = MappingProxyType(
    {
        Applicability.SAFE: "",
        Applicability.UNSAFE: ", unsafe: the program may do something else",
        Applicability.SUGGESTED: ", a suggestion: read what it makes",
    }
)


class Chosen(msgspec.Struct, frozen=True):
    """The findings that actions are about, each with its diagnostic, and the text that they were found in."""

    document: Document
    source: SourceFile
    lines: Lines
    here: Sequence[tuple[Result, types.Diagnostic]]
    everywhere: Sequence[Result]
    with_versions: bool


def code_actions(chosen: Chosen, only: Sequence[str] | None) -> Iterator[types.CodeAction]:
    """Yield the actions of the kinds that a client asks for, all kinds where it names none."""
    if _is_wanted(types.CodeActionKind.QuickFix.value, only):
        for result, diagnostic in chosen.here:
            yield from _fix(chosen, result, diagnostic)
        for result, diagnostic in chosen.here:
            yield from _suppression(chosen, result, diagnostic)
    if _is_wanted(FIX_ALL, only):
        yield from _fix_all(chosen)


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    return only is None or any(kind == one or kind.startswith(f"{one}.") or not one for one in only)


def _fix(chosen: Chosen, result: Result, diagnostic: types.Diagnostic) -> Iterator[types.CodeAction]:
    fix = result.diagnostic.fix
    if fix is None or not compatible((fix,), len(chosen.source.text)):
        return
    yield types.CodeAction(
        title=f"{fix.title} ({result.entry.code}{_CAUTION[fix.applicability]})",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=fix.applicability is Applicability.SAFE or None,
        edit=_workspace_edit(chosen, fix.edits),
    )


def _suppression(chosen: Chosen, result: Result, diagnostic: types.Diagnostic) -> Iterator[types.CodeAction]:
    # What archlint says of the run and of comments is repaired, and silenced nowhere but for a whole file.
    is_own = result.entry.family == "tool"
    edits = () if is_own else silencing(chosen.source, [(result.diagnostic, Place())], REASON).edits
    if edits:
        yield types.CodeAction(
            title=f"Suppress {result.entry.code} here, with a reason",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            edit=_workspace_edit(chosen, edits),
        )


def _fix_all(chosen: Chosen) -> Iterator[types.CodeAction]:
    fixes = compatible(_safe(chosen.everywhere), len(chosen.source.text))
    if fixes:
        yield types.CodeAction(
            title=f"Make {counted(len(fixes), 'safe fix', 'safe fixes')} of archlint in this file",
            kind=FIX_ALL,
            edit=_workspace_edit(chosen, dict.fromkeys(edit for fix in fixes for edit in fix.edits)),
        )


def _safe(results: Iterable[Result]) -> Iterator[Fix]:
    for result in results:
        fix = result.diagnostic.fix
        if fix is not None and fix.applicability is Applicability.SAFE:
            yield fix


def _workspace_edit(chosen: Chosen, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    line_end, document = line_end_of(chosen.source.text), chosen.document
    made = [
        types.TextEdit(chosen.lines.between(edit.start, edit.end), _LINE_END.sub(line_end, edit.text))
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end))
    ]
    if not chosen.with_versions:
        return types.WorkspaceEdit(changes={document.uri: made})
    which = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(which, made)])
