"""The server over standard input and output: messages of pygls to the editor's methods, and back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from archlint import __version__
from archlint.errors import UsageError
from archlint.server.actions import KINDS
from archlint.server.desk import Desk
from archlint.server.editor import CONFIGURATIONS, Editor
from archlint.server.options import SECTION, Options, options_of
from archlint.server.positions import Encoding

_WATCHED = (
    "**/*.{py,pyi,sql,yaml,yml,toml,json,env,ini,cfg,html,jinja,jinja2,txt,lock}",
    *(f"**/{name}" for name in CONFIGURATIONS),
)
_DONE = 0
_LOST = 1
"""What the protocol asks for where a client went away without a word."""


def serve(leave: Callable[[int], NoReturn], environment: Mapping[str, str]) -> NoReturn:
    """Answer one client until it is done; `leave` ends the process with an exit code, whatever is still being done.

    `environment` is what git is run in.
    """
    desk = Desk()
    server = _Server(desk, environment)

    def talk() -> None:
        server.start_io()
        leave(_DONE if server.was_shut_down else _LOST)

    threading.Thread(target=talk, daemon=True).start()
    desk.work()
    leave(_LOST)


class _Server(LanguageServer):
    """The connection to a client, and the editor behind it."""

    def __init__(self, desk: Desk, environment: Mapping[str, str]) -> None:
        # With whole texts nobody has to agree on what ends a line: pygls takes form feeds for line ends.
        super().__init__("archlint", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self.was_shut_down = False
        self._desk = desk
        self._environment = environment
        self._working: asyncio.Task[None] | None = None
        for method, handler in _HANDLERS.items():
            self.feature(method, _OPTIONS.get(method))(partial(handler, self))

    @property
    def editor(self) -> Editor:
        """Return the editor; it is made when the client introduces itself."""
        return self._editor

    @property
    def encoding(self) -> Encoding:
        """Return what the client counts in the columns of its positions."""
        return self.server_capabilities.position_encoding or types.PositionEncodingKind.Utf16

    @property
    def has_versions(self) -> bool:
        """Return whether the client takes edits of a document with its version."""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes)

    def publish(self, uri: str, version: int | None, diagnostics: Sequence[types.Diagnostic]) -> None:
        """Replace the diagnostics of a document."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, list(diagnostics), version))

    def complain(self, message: str) -> None:
        """Show an error to the person."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, f"archlint: {message}"))

    def log(self, message: str) -> None:
        """Keep a line in the log of the client."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, f"archlint: {message}"))

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log what is wrong with a message or its handler: nobody at an editor can do anything about it."""
        self.log(f"{getattr(source, '__name__', 'error')}: {type(error).__name__}")

    def begin(self, params: types.InitializeParams) -> None:
        """Make the editor, with the settings that came along."""
        self._editor = Editor(self, self._desk, self._environment)
        self.set_folders()
        self.set_options(params.initialization_options)
        self._working = asyncio.get_running_loop().create_task(self._editor.lanes.work())

    def set_folders(self) -> None:
        """Take the folders of the workspace as they are now; those that stay keep their settings."""
        folders = {path: self._editor.projects.folders.get(path) for _, path in self.open_folders()}
        self._editor.projects.folders = folders

    def open_folders(self) -> list[tuple[str, Path]]:
        """Return the folders that are open as URIs and paths; an old client has one root instead."""
        uris = [*self.workspace.folders] or [uri for uri in (self.workspace.root_uri,) if uri]
        return [(uri, Path(path)) for uri in uris if (path := to_fs_path(uri))]

    def set_options(self, sent: object, folder: Path | None = None) -> None:
        """Take settings for a folder, or for all that have none of their own."""
        try:
            options = options_of(sent)
        except UsageError as error:
            self.complain(str(error))
            return
        if folder is not None:
            self._editor.projects.folders[folder] = options if options != Options() else None
        elif options is not None:
            self._editor.projects.own = options

    async def ask_for_options(self) -> None:
        """Ask the client for the settings of each folder, where it answers that."""
        workspace, folders = self.client_capabilities.workspace, self.open_folders()
        if not (workspace and workspace.configuration and folders):
            return
        items = [types.ConfigurationItem(scope_uri=uri, section=SECTION) for uri, _ in folders]
        sent = await self.workspace_configuration_async(types.ConfigurationParams(items))
        for (_, folder), one in zip(folders, sent, strict=False):
            self.set_options(one, folder)

    async def watch(self) -> None:
        """Ask the client to tell of files that others change, where it can."""
        workspace = self.client_capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            registration = types.Registration("archlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            await self.client_register_capability_async(types.RegistrationParams([registration]))


async def _initialized(server: _Server, _params: types.InitializedParams) -> None:
    await server.ask_for_options()
    server.editor.reload()
    await server.watch()


async def _configured(server: _Server, params: types.DidChangeConfigurationParams) -> None:
    if isinstance(params.settings, dict) and params.settings:
        server.set_options(params.settings)
    await server.ask_for_options()
    server.editor.reload()


async def _folders_changed(server: _Server, _params: types.DidChangeWorkspaceFoldersParams) -> None:
    server.set_folders()
    await server.ask_for_options()
    server.editor.reload()


def _opened(server: _Server, params: types.DidOpenTextDocumentParams) -> None:
    one = params.text_document
    server.editor.took(one.uri, one.version, one.text, is_new=True)


def _changed(server: _Server, params: types.DidChangeTextDocumentParams) -> None:
    one = params.text_document
    server.editor.took(one.uri, one.version, server.workspace.get_text_document(one.uri).source, is_new=False)


def _closed(server: _Server, params: types.DidCloseTextDocumentParams) -> None:
    server.editor.closed(params.text_document.uri)


def _saved(server: _Server, params: types.DidSaveTextDocumentParams) -> None:
    server.editor.saved(params.text_document.uri)


def _watched(server: _Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.editor.changed_outside(event.uri for event in params.changes)


def _hover(server: _Server, params: types.HoverParams) -> types.Hover | None:
    return server.editor.hover(params.text_document.uri, params.position)


def _actions(server: _Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    only = params.context.only
    kinds = None if only is None else [getattr(kind, "value", kind) for kind in only]
    return server.editor.actions(params.text_document.uri, params.range, kinds)


def _shut_down(server: _Server, _params: None) -> None:
    server.was_shut_down = True


_HANDLERS: dict[str, Callable[..., Any]] = {
    types.INITIALIZE: _Server.begin,
    types.INITIALIZED: _initialized,
    types.SHUTDOWN: _shut_down,
    types.TEXT_DOCUMENT_DID_OPEN: _opened,
    types.TEXT_DOCUMENT_DID_CHANGE: _changed,
    types.TEXT_DOCUMENT_DID_CLOSE: _closed,
    types.TEXT_DOCUMENT_DID_SAVE: _saved,
    types.TEXT_DOCUMENT_HOVER: _hover,
    types.TEXT_DOCUMENT_CODE_ACTION: _actions,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: _configured,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _watched,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: _folders_changed,
}
_OPTIONS = {types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(code_action_kinds=list(KINDS))}
