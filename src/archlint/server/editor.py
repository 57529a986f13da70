"""What is done on which message of an editor; all of it happens in the event loop, and nothing in it waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec
from lsprotocol import types

from archlint.crash import survive
from archlint.discovery import kind_of
from archlint.errors import ArchlintError, UsageError
from archlint.registry import load
from archlint.report.result import Report, Result
from archlint.rules.tool.unused_suppression import rule as unused_suppression
from archlint.server.actions import Chosen, code_actions
from archlint.server.desk import Desk
from archlint.server.diagnostics import Files, diagnostic
from archlint.server.documents import Document, path_of
from archlint.server.hovering import hover_text
from archlint.server.lanes import Lanes, Step
from archlint.server.moving import moved, text_file
from archlint.server.options import of_the_editor
from archlint.server.positions import Encoding, Lines
from archlint.server.projects import Projects, report_on
from archlint.source import Kind, SourceFile

CONFIGURATIONS = ("archlint.toml", "pyproject.toml")


class Client(Protocol):
    """The editor: what it is told, and what it can do."""

    @property
    def encoding(self) -> Encoding:
        """Return what it counts in the columns of its positions."""

    @property
    def has_versions(self) -> bool:
        """Return whether it takes edits of a document with its version."""

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Replace the diagnostics of a document."""

    def complain(self, message: str) -> None:
        """Show an error to the person."""

    def log(self, message: str) -> None:
        """Keep a line for who looks for it."""


class Shown(msgspec.Struct, frozen=True):
    """What a client was told of a document, and the findings behind it, in the same order."""

    document: Document
    results: tuple[Result, ...]
    diagnostics: tuple[types.Diagnostic, ...]
    files: Files


class Outcome(msgspec.Struct, frozen=True):
    """What came of a run: a report, or why there is none, which is a mistake in the configuration or a bug."""

    report: Report | None = None
    mistake: str = ""
    bug: str = ""


class Editor:
    """The open documents of one client, and what it was told of them."""

    def __init__(self, client: Client, desk: Desk, environment: Mapping[str, str]) -> None:
        self.projects = Projects(environment)
        self.lanes = Lanes(desk, self._quick, self._whole)
        self._client = client
        self._documents: dict[str, Document] = {}
        self._shown: dict[str, Shown] = {}
        self._told: dict[Path, str] = {}

    def took(self, uri: str, version: int | None, text: str, *, is_new: bool) -> None:
        """Take the text of a document that was opened or changed."""
        path = path_of(uri)
        if path is None:
            return
        document = self._document(uri, path, version, text)
        self._documents[uri] = document
        self.lanes.ask(uri, document.root, debounced=not is_new)

    def closed(self, uri: str) -> None:
        """Forget a document: what is on disk counts again."""
        document = self._documents.pop(uri, None)
        self._shown.pop(uri, None)
        self.lanes.drop(uri)
        if document is not None:
            self._client.publish(uri, None, [])
            self.lanes.ask(None, document.root)

    def saved(self, uri: str) -> None:
        """Look at the project again, or at its configuration where that is what was saved."""
        path, document = path_of(uri), self._documents.get(uri)
        if path is not None and path.name in CONFIGURATIONS:
            self.reload()
        elif document is not None:
            self.lanes.ask(None, document.root)

    def changed_outside(self, uris: Iterable[str]) -> None:
        """Look again at the projects in which files were changed by others."""
        paths = [path for uri in uris if (path := path_of(uri)) is not None]
        if any(path.name in CONFIGURATIONS for path in paths):
            self.reload()
            return
        for root in {one.root for one in self._documents.values()}:
            if any(path.is_relative_to(root) for path in paths):
                self.lanes.ask(None, root, debounced=True)

    def reload(self) -> None:
        """Look at all that is open under the configuration as it is now."""
        self.projects.forget()
        for one in tuple(self._documents.values()):
            self.took(one.uri, one.version, one.text, is_new=True)

    def hover(self, uri: str, position: types.Position) -> types.Hover | None:
        """Return what is told of the findings at a position."""
        shown = self._current(uri)
        at = types.Range(position, position)
        here = [] if shown is None else _pairs_at(shown, at)
        if shown is None or not here:
            return None
        text = hover_text([result for result, _ in here], shown.files)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), here[0][1].range)

    def actions(self, uri: str, region: types.Range, only: Sequence[str] | None) -> list[types.CodeAction]:
        """Return what can be done about the findings in a region: nothing while they are of an older text."""
        shown = self._current(uri)
        if shown is None:
            return []
        document = shown.document
        source = SourceFile.of(document.name, document.text, kind_of(document.path.name) or Kind.PYTHON)
        lines = Lines(document.text, self._client.encoding)
        here = _pairs_at(shown, region)
        chosen = Chosen(document, source, lines, here, shown.results, self._client.has_versions)
        return list(code_actions(chosen, only))

    def _document(self, uri: str, path: Path, version: int | None, text: str) -> Document:
        try:
            return self.projects.document(uri, path, version, text)
        except UsageError as error:
            self._complain(path.parent, str(error))
            return Document(uri, version, text, path, path.parent, path.name)

    def _current(self, uri: str) -> Shown | None:
        shown = self._shown.get(uri)
        return shown if shown is not None and shown.document is self._documents.get(uri) else None

    def _opened(self, root: Path) -> tuple[Document, ...]:
        return tuple(one for one in self._documents.values() if one.root == root)

    def _quick(self, uri: str) -> Step | None:
        document = self._documents.get(uri)
        if document is None:
            return None

        def show(report: Report) -> None:
            if self._documents.get(uri) is document:
                new = [one for one in report.results if one.entry.code != unused_suppression.code]
                self._show(document, (*new, *self._last(document, new, report)), report)

        return self._step(document.root, (document,), show, is_quick=True)

    def _whole(self, root: Path) -> Step | None:
        documents = self._opened(root)

        def show(report: Report) -> None:
            # Texts that changed meanwhile are looked at again soon, and so is what others have to do with them.
            if self._opened(root) == documents:
                for one in documents:
                    self._show(one, tuple(it for it in report.results if it.diagnostic.span.path == one.name), report)

        return self._step(root, documents, show, is_quick=False) if documents else None

    def _step(self, root: Path, asked: Sequence[Document], show: Callable[[Report], None], *, is_quick: bool) -> Step:
        opened, outcomes = self._opened(root), list[Outcome]()

        def run() -> None:
            outcomes.append(
                survive(
                    lambda: _outcome(lambda: report_on(self.projects.session(root), asked, opened, is_quick=is_quick)),
                    lambda line: Outcome(bug=line),
                )
            )

        def done() -> None:
            for outcome in outcomes:
                if outcome.report is not None:
                    self._told.pop(root, None)
                    for warning in outcome.report.warnings:
                        self._client.log(warning)
                    show(outcome.report)
                elif outcome.mistake:
                    self._complain(root, outcome.mistake)
                else:
                    self._client.log(f"internal error: {outcome.bug}; please report it, with what you did")

        return run, done

    def _complain(self, root: Path, message: str) -> None:
        """Show a mistake in the configuration of a project, once."""
        if self._told.get(root) != message:
            self._told[root] = message
            self._client.complain(message)

    def _last(self, document: Document, new: Sequence[Result], report: Report) -> tuple[Result, ...]:
        """Return what the project said of a document at last, and will say or not say again in a moment."""
        shown = self._shown.get(document.uri)
        if shown is None:
            return ()
        slow = _slow_codes(report)
        last = [one for one in shown.results if one.entry.code in slow]
        said = {(one.diagnostic.code, one.diagnostic.span.start) for one in new}
        after = text_file(document.name, document.text)
        return tuple(
            one
            for one in moved(last, shown.document.text, after)
            if (one.diagnostic.code, one.diagnostic.span.start) not in said
        )

    def _show(self, document: Document, results: tuple[Result, ...], report: Report) -> None:
        files = self._files(document, report)
        ordered = tuple(sorted(results, key=lambda one: (one.diagnostic.span.start, one.entry.code)))
        shown = Shown(document, ordered, tuple(diagnostic(one, files) for one in ordered), files)
        before = self._shown.get(document.uri)
        self._shown[document.uri] = shown
        is_known = before is not None and before.document is document and before.diagnostics == shown.diagnostics
        if not is_known:
            self._client.publish(document.uri, document.version, shown.diagnostics)

    def _files(self, document: Document, report: Report) -> Files:
        root, cached = document.root, dict[str, Lines]()
        opened = {one.name: one for one in (*self._opened(root), document)}

        def uri_of(path: str) -> str:
            return opened[path].uri if path in opened else (root / path).as_uri()

        def lines_of(path: str) -> Lines:
            if path not in cached:
                text = opened[path].text if path in opened else report.texts.get(path, "")
                cached[path] = Lines(text, self._client.encoding)
            return cached[path]

        return Files(uri_of, lines_of)


def _outcome(run: Callable[[], Report]) -> Outcome:
    try:
        return Outcome(run())
    except ArchlintError as error:
        return Outcome(mistake=of_the_editor(str(error)))


def _pairs_at(shown: Shown, region: types.Range) -> list[tuple[Result, types.Diagnostic]]:
    """Return the findings that meet a region."""
    pairs = zip(shown.results, shown.diagnostics, strict=True)
    return [pair for pair in pairs if pair[1].range.start <= region.end and region.start <= pair[1].range.end]


def _slow_codes(report: Report) -> frozenset[str]:
    """Return the codes that a quick run leaves out, or knows half of: what no suppression of those silences."""
    slow = frozenset(entry.code for entry in report.entries if load(entry).project_checks)
    return slow | {unused_suppression.code}
