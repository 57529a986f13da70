"""Compile the catalogue and the knowledge into the wheel, so that a run parses no YAML of ours."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileHook(BuildHookInterface):  # type: ignore[type-arg]
    """Put `archlint/compiled/catalogue.json`, `knowledge.json` and the pages of the rules into a wheel.

    An editable install gets none: it reads `rules/` itself, and a compiled copy would go stale.
    """

    PLUGIN_NAME = "custom"
    folder = ""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile `rules/` and add the results to the wheel; raises `ValueError` where a file is wrong."""
        if version == "editable":
            return
        self.folder = tempfile.mkdtemp(prefix="archlint-compiled-")
        for name, data in _compiled(Path(self.root)).items():
            path = Path(self.folder, name)
            path.write_bytes(data)
            build_data["force_include"][str(path)] = f"archlint/compiled/{name}"
        pages = Path(self.root, "docs", "rules")
        if pages.is_dir():
            build_data["force_include"][str(pages)] = "archlint/compiled/rules"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - the hook's interface
        """Remove what was compiled."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _compiled(root: Path) -> dict[str, bytes]:
    """Return the compiled files by name, made by the code that will read them."""
    sys.path.insert(0, str(root / "src"))
    try:
        import msgspec

        from archlint.catalogue import read_entries
        from archlint.knowledge.loading import encoded, read_tables
    finally:
        sys.path.pop(0)
    entries = msgspec.json.encode(read_entries(root / "rules"), order="deterministic")
    return {"catalogue.json": entries, "knowledge.json": encoded(read_tables(root / "rules" / "knowledge"))}
