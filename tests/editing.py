"""An editor for tests: a client of the language server over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

PATIENCE = 40.0
CODES = ("ARC101", "ARC301")


class Editor:
    """What a person sees: the newest diagnostics of each document, and messages."""

    def __init__(self) -> None:
        self.client = LanguageClient("tests", "1")
        self.published: list[types.PublishDiagnosticsParams] = []
        self.messages: list[str] = []
        self.logged: list[str] = []
        self.configuration: object = None
        self._news = asyncio.Event()
        self._versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._on_publish))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(partial(self._on_message))
        self.client.feature(types.WINDOW_LOG_MESSAGE)(partial(self._on_log))
        self.client.feature(types.WORKSPACE_CONFIGURATION)(partial(self._on_configuration))
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(partial(self._on_registration))

    async def start(
        self,
        *folders: Path,
        options: dict[str, object] | None = None,
        encodings: Sequence[types.PositionEncodingKind | str] | None = None,
        asks: bool = False,
    ) -> types.InitializeResult:
        await self.client.start_io(sys.executable, "-m", "archlint", "server")
        answer = await self.client.initialize_async(
            types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    general=types.GeneralClientCapabilities(position_encodings=encodings),
                    workspace=types.WorkspaceClientCapabilities(
                        configuration=asks,
                        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
                        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                            dynamic_registration=True
                        ),
                    ),
                ),
                workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
                initialization_options=options,
            )
        )
        self.client.initialized(types.InitializedParams())
        return answer

    async def stop(self) -> int | None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        return await asyncio.wait_for(server.wait(), PATIENCE)

    def open(self, path: Path | str, text: str | None = None) -> str:
        uri = path if isinstance(path, str) else path.as_uri()
        written = text if text is not None else Path(path).read_bytes().decode("utf-8")
        self._versions[uri], self.texts[uri] = 1, written
        item = types.TextDocumentItem(uri, types.LanguageKind.Python, 1, written)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def change(self, uri: str, text: str) -> int:
        self._versions[uri] += 1
        self.texts[uri] = text
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version=self._versions[uri], uri=uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )
        return self._versions[uri]

    def save(self, uri: str) -> None:
        which = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(which))

    def close(self, uri: str) -> None:
        which = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(which))

    def changed_outside(self, path: Path) -> None:
        event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    def shown(self, uri: str) -> list[types.Diagnostic]:
        return next((list(one.diagnostics) for one in reversed(self.published) if one.uri == uri), [])

    def codes(self, uri: str) -> list[str]:
        return [str(one.code) for one in self.shown(uri)]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until what was sent makes something true."""

        async def wait() -> None:
            while not is_so():
                self._news.clear()
                await self._news.wait()

        await asyncio.wait_for(wait(), PATIENCE)

    async def actions(
        self, uri: str, region: types.Range, only: Sequence[types.CodeActionKind | str] | None = None
    ) -> list[types.CodeAction]:
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri), region, types.CodeActionContext(diagnostics=[], only=only)
            )
        )
        return [one for one in found or [] if isinstance(one, types.CodeAction)]

    def made(self, action: types.CodeAction) -> str:
        """Return the text of the document after an action, in UTF-16 columns."""
        assert action.edit is not None
        assert action.edit.document_changes is not None
        change = action.edit.document_changes[0]
        assert isinstance(change, types.TextDocumentEdit)
        uri = change.text_document.uri
        assert change.text_document.version == self._versions[uri]
        text = self.texts[uri]
        for edit in reversed(change.edits):
            assert isinstance(edit, types.TextEdit)
            start, end = _offset(text, edit.range.start), _offset(text, edit.range.end)
            text = f"{text[:start]}{edit.new_text}{text[end:]}"
        return text

    def _on_publish(self, params: types.PublishDiagnosticsParams) -> None:
        self.published.append(params)
        self._news.set()

    def _on_message(self, params: types.ShowMessageParams) -> None:
        self.messages.append(params.message)
        self._news.set()

    def _on_log(self, params: types.LogMessageParams) -> None:
        self.logged.append(params.message)
        self._news.set()

    def _on_configuration(self, params: types.ConfigurationParams) -> list[object]:
        return [self.configuration for _ in params.items]

    def _on_registration(self, _params: types.RegistrationParams) -> None:
        """Take it: these tests tell of changes by themselves."""


def _offset(text: str, position: types.Position) -> int:
    lines = text.split("\n")
    before = "".join(f"{line}\n" for line in lines[: position.line])
    here = lines[position.line].encode("utf-16-le")[: 2 * position.character].decode("utf-16-le")
    return len(before) + len(here)


@asynccontextmanager
async def editing(
    *folders: Path,
    options: dict[str, object] | None = None,
    encodings: Sequence[types.PositionEncodingKind | str] | None = None,
) -> AsyncIterator[Editor]:
    editor = Editor()
    await editor.start(*folders, options=options, encodings=encodings)
    try:
        yield editor
    finally:
        await editor.stop()
