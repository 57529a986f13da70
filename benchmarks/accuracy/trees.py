"""The files of public repositories at labelled commits, read from bare mirrors."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator

READABLE = re.compile(
    r"\.(py|pyi|html?|jinja2?|j2|txt|xml|sql|toml|cfg|ini|lock|ya?ml|env|json)$"
    r"|(^|/)(\.env[^/]*|Dockerfile[^/]*|Pipfile|requirements[^/]*)$"
)
MAX_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Mirrors:
    """A folder with `OWNER+NAME/repo`, one bare git directory per repository."""

    folder: Path

    def git_dir(self, repo: str) -> Path:
        """Return where the mirror of `owner/name` is, or would be."""
        return self.folder / repo.replace("/", "+") / "repo"

    def git(self, repo: str, *arguments: str, given: bytes | None = None) -> bytes:
        """Return what a git command prints; nothing where it fails."""
        command = ["git", "--git-dir", str(self.git_dir(repo)), *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=False).stdout

    def paths(self, repo: str, commit: str) -> list[str]:
        """Return the paths of all files of a commit."""
        rows = self.git(repo, "ls-tree", "-r", "-z", commit).decode("utf8", "replace").split("\0")
        return [row.split("\t", 1)[1] for row in rows if row]

    def export(self, repo: str, commit: str, target: Path, only: Collection[str | None] | None = None) -> None:
        """Write the text files of a commit below `target`; objects that the mirror lacks are left out."""
        wanted = list(self._wanted(repo, commit, only))
        given = "\n".join(sha for sha, _ in wanted).encode() + b"\n"
        bodies = _bodies(self.git(repo, "cat-file", "--batch", given=given), len(wanted))
        for (_, path), body in zip(wanted, bodies, strict=True):
            if body is not None:
                _write(target / path, body)

    def _wanted(self, repo: str, commit: str, only: Collection[str | None] | None) -> Iterator[tuple[str, str]]:
        for row in self.git(repo, "ls-tree", "-r", "-l", "-z", commit).decode("utf8", "surrogateescape").split("\0"):
            if not row:
                continue
            meta, path = row.split("\t", 1)
            mode, kind, sha, size = meta.split()
            if kind != "blob" or mode == "120000" or not size.isdigit():
                continue
            if int(size) > MAX_BYTES and not path.endswith(".lock"):
                continue
            if READABLE.search(path) if only is None else path in only:
                yield sha, path


def add_mirrors_option(parser: argparse.ArgumentParser) -> None:
    """Add `--mirrors`, which falls back to the environment variable MIRRORS."""
    parser.add_argument(
        "--mirrors",
        default=os.environ.get("MIRRORS"),
        help="folder of bare repositories, OWNER+NAME/repo (default: the environment variable MIRRORS)",
    )


def mirrors_of(options: argparse.Namespace) -> Mirrors:
    """Return the mirrors that the command line or the environment names, or end the program."""
    if not options.mirrors:
        raise SystemExit("give --mirrors (or set MIRRORS): the folder of bare repositories, OWNER+NAME/repo")
    return Mirrors(Path(options.mirrors))


def scratch_folder(prefix: str) -> Path:
    """Return the folder for exported trees and results: SCRATCH, or a new temporary one."""
    return Path(os.environ.get("SCRATCH") or tempfile.mkdtemp(prefix=prefix))


def _bodies(output: bytes, count: int) -> Iterator[bytes | None]:
    """Yield the contents of `git cat-file --batch` in order; None stands for an object that is missing."""
    at = 0
    for _ in range(count):
        end = output.index(b"\n", at)
        head = output[at:end].split()
        if head[-1] == b"missing":
            at = end + 1
            yield None
            continue
        size = int(head[2])
        yield output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _write(path: Path, body: bytes) -> None:
    # A name that this file system cannot hold is left out, as an object that is missing.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
