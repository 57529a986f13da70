"""From an edit to its diagnostics: how long the language server takes in a folder; for docs/editor.md.

python benchmarks/editor.py FOLDER FILE [EDITS]
"""

from __future__ import annotations

import asyncio
import statistics
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from archlint.server.lanes import DEBOUNCE

EDITS = 20
IDLE = 6.0
"""Seconds between edits: the run over the whole project that follows each must not be measured with the next."""


class Editor:
    """A client with one file open."""

    def __init__(self) -> None:
        self.client = LanguageClient("benchmark", "1")
        self.published = asyncio.Event()
        self.version: int | None = None
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self._on_publish))

    def _on_publish(self, params: types.PublishDiagnosticsParams) -> None:
        self.version = params.version
        self.published.set()

    async def until(self, version: int) -> float:
        """Return the seconds until diagnostics of a version arrive."""
        began = perf_counter()
        while self.version != version:
            self.published.clear()
            await self.published.wait()
        return perf_counter() - began

    async def start(self, folder: Path, uri: str, text: str) -> float:
        """Open the file, and return the seconds until its first diagnostics arrive."""
        await self.client.start_io(sys.executable, "-m", "archlint", "server")
        where = [types.WorkspaceFolder(folder.as_uri(), folder.name)]
        await self.client.initialize_async(types.InitializeParams(types.ClientCapabilities(), workspace_folders=where))
        self.client.initialized(types.InitializedParams())
        item = types.TextDocumentItem(uri, types.LanguageKind.Python, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.until(1)

    async def edit(self, uri: str, version: int, text: str) -> float:
        """Change the file, and return the seconds until its diagnostics arrive."""
        which = types.VersionedTextDocumentIdentifier(version=version, uri=uri)
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(which, [change]))
        return await self.until(version)


async def measured(folder: Path, uri: str, text: str, edits: int) -> tuple[float, list[float]]:
    """Return the seconds until the first diagnostics, and those of each edit, which changes what a function does."""
    editor = Editor()
    first = await editor.start(folder, uri, text)
    await asyncio.sleep(IDLE)
    seconds = []
    for number in range(edits):
        edited = f"{text}\n\ndef added_{number}(rows):\n    return [str(row) for row in rows]\n"
        seconds.append(await editor.edit(uri, number + 2, edited))
        await asyncio.sleep(IDLE)
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    return first, seconds


def main() -> None:
    """Print a row: the debounce is told apart, since it is there for the person who types."""
    folder, file = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    edits = int(sys.argv[3]) if len(sys.argv) > len(("", "folder", "file")) else EDITS
    first, seconds = asyncio.run(measured(folder, file.as_uri(), file.read_text(encoding="utf-8"), edits))
    median, worst = (1000 * (value - DEBOUNCE) for value in (statistics.median(seconds), max(seconds)))
    print(
        "| folder | edits | first diagnostics s | debounce ms | median ms | worst ms |\n|---|---:|---:|---:|---:|---:|"
    )
    print(f"| {folder.name} | {edits} | {first:.1f} | {1000 * DEBOUNCE:.0f} | {median:.0f} | {worst:.0f} |")


if __name__ == "__main__":
    main()
