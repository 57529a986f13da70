"""From an edit to its diagnostics: how long the language server takes in a folder; for docs/editor.md.

python benchmarks/editor.py FOLDER FILE [EDITS]
"""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from archlint.server.lanes import DEBOUNCE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EDITS = 20
"""Of each kind."""
_RETURN = re.compile(r"^( +)return\b", re.MULTILINE)
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


def with_statement(text: str, number: int) -> str:
    """Return a text with one more statement in the body of a function: nobody else sees it."""
    return _RETURN.sub(lambda found: f"{found[1]}added = {number}\n{found[0]}", text, count=1)


def with_function(text: str, number: int) -> str:
    """Return a text with one more function at its end, which other files may import."""
    return f"{text}\n\ndef added_{number}(rows):\n    return [str(row) for row in rows]\n"


async def measured(
    folder: Path, uri: str, text: str, kinds: Mapping[str, Callable[[str, int], str]], edits: int
) -> tuple[float, dict[str, list[float]]]:
    """Return the seconds until the first diagnostics, and those of each edit by its kind."""
    editor = Editor()
    first = await editor.start(folder, uri, text)
    await asyncio.sleep(IDLE)
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    version = 1
    for kind, edited in kinds.items():
        for number in range(edits + 1):  # the first takes the last kind back
            version += 1
            seconds[kind].append(await editor.edit(uri, version, edited(text, number)))
            await asyncio.sleep(IDLE)
        del seconds[kind][0]
    await editor.client.shutdown_async(None)
    editor.client.exit(None)
    return first, seconds


def main() -> None:
    """Print a row: the debounce is told apart, since it is there for the person who types."""
    folder, file = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    edits = int(sys.argv[3]) if len(sys.argv) > len(("", "folder", "file")) else EDITS
    kinds = {"a statement in a body": with_statement, "a new function": with_function}
    first, seconds = asyncio.run(measured(folder, file.as_uri(), file.read_text(encoding="utf-8"), kinds, edits))
    print(
        f"{folder.name}: first diagnostics after {first:.1f} s; the debounce of {1000 * DEBOUNCE:.0f} ms is taken off\n"
    )
    print("| edit | edits | median ms | worst ms |\n|---|---:|---:|---:|")
    for kind, found in seconds.items():
        median, worst = (1000 * (value - DEBOUNCE) for value in (statistics.median(found), max(found)))
        print(f"| {kind} | {len(found)} | {median:.0f} | {worst:.0f} |")


if __name__ == "__main__":
    main()
