"""Git, asked by its plumbing: what is staged, which blobs a history has, what is in a blob.

Nothing is written, fetched or run that the repository configures: no hook, no file system monitor, no filter, no pager.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import msgspec

from archlint.errors import ArchlintError, UsageError
from archlint.settings.suggestions import quoted

_HARMLESS = (
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("--no-pager", "--no-optional-locks", "--no-replace-objects"),
)
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
"""Older versions know the second only; messages are read, so they must not be translated."""
_RAW = ("-r", "--raw", "-z", "--no-abbrev", "--no-relative")
_SAME_PATHS = (*_RAW, "--no-renames")
_REGULAR = frozenset({b"100644", b"100755", b"100664"})
_CHUNK = 1 << 16
_NO_REVISION = ("bad revision", "unknown revision", "Invalid revision range", "bad object")


class Commit(msgspec.Struct, frozen=True, order=True):
    """A commit with the time at which it was made, in seconds since 1970."""

    time: int
    name: str


class Change(msgspec.Struct, frozen=True):
    """A blob that a commit, or the index, brings to a path, and those that its parents have there."""

    commit: str
    path: str
    blob: str
    before: tuple[str, ...] = ()


class Repository(msgspec.Struct, frozen=True):
    """A repository that git can open.

    `top` is the root of its work tree, None where it is bare. `is_shallow` tells that its history is cut.
    """

    program: str
    folder: Path
    git_dir: Path | None
    environment: Mapping[str, str]
    top: Path | None = None
    is_shallow: bool = False

    def staged(self) -> Iterator[tuple[str, str]]:
        """Yield path and blob of each regular file that the index adds to HEAD or changes."""
        if self._has_commit("HEAD"):
            arguments = ("diff-index", "--cached", *_SAME_PATHS, "--diff-filter=ACMT", "HEAD", "--")
            with self._running(*arguments) as output:
                yield from ((one.path, one.blob) for one in _changes(output))
            return
        with self._running("ls-files", "-s", "-z", "--full-name", "--", ":/") as output:
            yield from _listed(output, blob_at=1)

    def commits(self, revisions: str = "") -> list[Commit]:
        """Return the commits of a range, or of all references and HEAD; raises `UsageError`."""
        words = revisions.split()
        if any(word.startswith("-") for word in words):
            raise UsageError(f"a range is written as in `main..HEAD`, not {quoted(revisions)}")
        wanted = ("--end-of-options", *words) if words else ("--all",)
        try:
            text = self._text("rev-list", "--timestamp", *wanted, "--")
        except ArchlintError as error:
            if any(known in str(error) for known in _NO_REVISION):
                raise UsageError(f"git knows no such revision: {quoted(revisions)}") from None
            raise
        pairs = (line.split() for line in text.splitlines())
        return [Commit(int(time), name) for time, name in pairs]

    def changes(self, commits: Sequence[Commit]) -> Iterator[Change]:
        """Yield where a commit brings another blob to a path.

        Of a merge only what none of its parents has.
        """
        names = (commit.name for commit in commits)
        with self._running("diff-tree", "--stdin", "--root", "-c", *_SAME_PATHS, given=names) as output:
            yield from _changes(output)

    def last_change(self, path: Path) -> str:
        """Return the last commit up to HEAD that changed a file, "" where none did."""
        return self._text("rev-list", "-1", "HEAD", "--", os.fspath(path)).strip() if self._has_commit("HEAD") else ""

    def versions(self, path: Path, most: int) -> Iterator[tuple[Commit, str]]:
        """Yield the last commits that changed a file, the newest first, with its blob; not those that removed it."""
        if self.top is None or not self._has_commit("HEAD"):
            return
        text = self._text("rev-list", "--timestamp", f"-{most}", "HEAD", "--", os.fspath(path))
        commits = [Commit(int(time), name) for time, name in map(str.split, text.splitlines())]
        name = os.path.relpath(os.path.realpath(path), os.path.realpath(self.top)).replace(os.sep, "/")
        listed = self._text("cat-file", "--batch-check", "--buffer", given=(f"{one.name}:{name}" for one in commits))
        for commit, line in zip(commits, listed.splitlines(), strict=True):
            blob, kind, *_ = line.rsplit(" ", 2)
            if kind == "blob":
                yield commit, blob

    def differing(self, commit: str) -> Iterator[tuple[str, str]]:
        """Yield path and blob of each regular file of a commit that the work tree may have otherwise or not at all.

        Of files that only the work tree has, and git knows, the blob is "". No file of the work tree is opened: what
        was only touched is among them.
        """
        with self._running("diff-index", *_SAME_PATHS, commit, "--") as output:
            yield from _before(output)

    def untracked(self) -> Iterator[str]:
        """Yield the files that git neither knows nor ignores."""
        with self._running("ls-files", "-o", "-z", "--exclude-standard", "--full-name", "--", ":/") as output:
            yield from map(os.fsdecode, _tokens(output))

    def deleted(self) -> Iterator[str]:
        """Yield the files that the index has and the work tree has not any more."""
        with self._running("ls-files", "-d", "-z", "--full-name", "--", ":/") as output:
            yield from map(os.fsdecode, _tokens(output))

    def tree(self, commit: str) -> dict[str, str]:
        """Return the blob of each path in a commit."""
        with self._running("ls-tree", "-r", "-z", "--full-tree", commit) as output:
            return dict(_listed(output, blob_at=2))

    def renames(self, commit: str) -> dict[str, str]:
        """Return the new path of each old one that the commits since one, and the index, renamed."""
        with self._running("diff-index", "--cached", *_RAW, "-M", "--diff-filter=R", commit, "--") as output:
            return dict(_renamed(output))

    def is_cut_at(self, commit: str) -> bool:
        """Return whether the history of a clone ends at a commit that has parents elsewhere, or may have."""
        return self.is_shallow and len(self._text("rev-list", "--parents", "-1", commit).split()) == 1

    def head(self) -> dict[str, str]:
        """Return the blob of each path in HEAD."""
        return self.tree("HEAD") if self._has_commit("HEAD") else {}

    def fork_point(self, revision: str) -> str:
        """Return the name of the last commit that HEAD has in common with a revision; raises `UsageError`."""
        if revision.startswith("-") or not revision.isprintable() or not self._has_commit(revision):
            raise UsageError(f"git knows no commit {quoted(revision)} here{self._cut}")
        try:
            return self._text("merge-base", revision, "HEAD").strip()
        except ArchlintError:
            raise UsageError(f"{quoted(revision)} and HEAD have no commit in common here{self._cut}") from None

    def default_branch(self) -> str:
        """Return the branch that clones of the repository check out, "" where no remote tells it."""
        try:
            name = self._text("symbolic-ref", "--short", "refs/remotes/origin/HEAD").strip()
        except ArchlintError:
            return ""
        return name.removeprefix("origin/")

    def sizes(self, blobs: Sequence[str]) -> dict[str, int]:
        """Return the size of each blob in bytes; a clone that is not whole has not all of them."""
        absent = self._absent()
        there = [blob for blob in blobs if blob not in absent]
        text = self._text("cat-file", "--batch-check", "--buffer", given=there)
        rows = (line.split() for line in text.splitlines())
        return {row[0]: int(row[2]) for row in rows if len(row) > 2 and row[1] == "blob"}  # noqa: PLR2004

    def contents(self, blobs: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the bytes of blobs that are there, in their order, raw: no filter and no conversion is applied."""
        with self._running("cat-file", "--batch", "--buffer", given=blobs) as output:
            while header := output.readline().split():
                if header[-1] == b"missing":
                    continue
                data = output.read(int(header[2]))
                output.read(1)
                yield header[0].decode(), data

    def _absent(self) -> frozenset[str]:
        """Return the objects that a partial clone has not fetched: to ask for one of them makes older gits fetch it."""
        try:
            self._text("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$")
        except ArchlintError:
            return frozenset()
        text = self._text("rev-list", "--objects", "--all", "--indexed-objects", "--missing=print")
        return frozenset(line[1:] for line in text.splitlines() if line.startswith("?"))

    @property
    def _cut(self) -> str:
        """Return what to do where a commit is missing since the history is cut, else ""."""
        return (
            ": this clone is shallow, fetch its whole history first (`fetch-depth: 0`, `git fetch --unshallow`)"
            if self.is_shallow
            else ""
        )

    def _has_commit(self, revision: str) -> bool:
        try:
            self._text("rev-parse", "-q", "--verify", f"{revision}^{{commit}}")
        except ArchlintError:
            return False
        return True

    def _text(self, *arguments: str, given: Iterable[str] = ()) -> str:
        with self._running(*arguments, given=given) as output:
            return os.fsdecode(output.read())

    @contextmanager
    def _running(self, *arguments: str, given: Iterable[str] = ()) -> Iterator[IO[bytes]]:
        """Run git and give its output; raises `ArchlintError` where it fails.

        What it reads and its messages go through files: with pipes it could wait for us while we wait for it.
        """
        place = () if self.git_dir is None else (f"--git-dir={self.git_dir}",)
        command = [self.program, *_HARMLESS, *place, *arguments]
        environment = {**self.environment, **_OFFLINE}
        with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as messages:
            lines.writelines(f"{line}\n".encode() for line in given)
            lines.seek(0)
            with subprocess.Popen(  # noqa: S603 - a program and arguments of ours, and no shell
                command, cwd=self.folder, env=environment, stdin=lines, stdout=subprocess.PIPE, stderr=messages
            ) as process:
                is_read = False
                try:
                    if process.stdout is not None:
                        yield process.stdout
                    is_read = True
                finally:
                    if not is_read:  # nobody waits for the rest
                        process.kill()
            if process.returncode:
                messages.seek(0)
                raise ArchlintError(f"git {arguments[0]}: {_last_line(messages.read())}")


def open_repository(
    folder: Path, git_dir: Path | None, environment: Mapping[str, str], *, may_be_named: bool = False
) -> Repository:
    """Return the repository around a folder, or the one that is named; raises `UsageError` with what to do.

    `may_be_named` says that the command has an option for it.
    """
    program = shutil.which("git", path=environment.get("PATH"))
    if program is None:
        raise UsageError(
            "git is not installed, or not on the PATH: archlint reads the history and the index through it"
        )
    bare = Repository(program, folder, git_dir, environment)
    try:
        shallow = bare._text("rev-parse", "--is-shallow-repository").strip()  # noqa: SLF001 - of this module
    except ArchlintError as error:
        raise UsageError(_refusal(str(error), may_be_named=may_be_named)) from None
    try:
        top = Path(bare._text("rev-parse", "--show-toplevel").removesuffix("\n"))  # noqa: SLF001
    except ArchlintError:
        top = None
    return Repository(program, folder, git_dir, environment, top, shallow == "true")


def _refusal(message: str, *, may_be_named: bool) -> str:
    if "dubious ownership" in message:
        return (
            "git does not trust this repository, since it belongs to somebody else: see `safe.directory` in its manual"
        )
    if "not a git repository" in message:
        naming = ", or name one with --git-dir" if may_be_named else ""
        return f"there is no git repository here: run archlint inside of one{naming}"
    return message


def _last_line(messages: bytes) -> str:
    """Return the line that says why git stopped: it begins with `fatal:`."""
    lines = os.fsdecode(messages).splitlines()
    fatal = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else "failed")
    return fatal.removeprefix("fatal: ")


def _tokens(output: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _changes(output: IO[bytes]) -> Iterator[Change]:
    """Yield what raw differences say: `:modes blobs status`, of merges with a colon for each parent."""
    tokens = _tokens(output)
    commit = ""
    for token in tokens:
        fields = token.lstrip(b":").split(b" ")
        parents = len(token) - len(token.lstrip(b":"))
        if not parents:
            commit = token.decode().strip()
            continue
        path = next(tokens, b"")
        if fields[parents] in _REGULAR:
            before = tuple(one.decode() for one in fields[parents + 1 : 2 * parents + 1] if one.strip(b"0"))
            yield Change(commit, os.fsdecode(path), fields[2 * parents + 1].decode(), before)


def _before(output: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield path and old blob of raw differences, "" where the path is new."""
    tokens = _tokens(output)
    for token in tokens:
        modes, path = token.lstrip(b":").split(b" "), next(tokens, b"")
        if modes[0] in _REGULAR:
            yield os.fsdecode(path), modes[2].decode()
        elif modes[1] in _REGULAR:
            yield os.fsdecode(path), ""


def _renamed(output: IO[bytes]) -> Iterator[tuple[str, str]]:
    """Yield the old and the new path of raw differences that are all renames."""
    tokens = _tokens(output)
    for _ in tokens:
        old, new = next(tokens, b""), next(tokens, b"")
        yield os.fsdecode(old), os.fsdecode(new)


def _listed(output: IO[bytes], *, blob_at: int) -> Iterator[tuple[str, str]]:
    """Yield path and blob of the regular files in a listing of a tree or of the index."""
    for token in _tokens(output):
        facts, _, path = token.partition(b"\t")
        fields = facts.split()
        if fields[0] in _REGULAR:
            yield os.fsdecode(path), fields[blob_at].decode()
