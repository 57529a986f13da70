from __future__ import annotations

import encodings
import os
import pkgutil
import sys
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archlint.reading import ReadFile, read, read_text, refine_role
from archlint.rules.tool.syntax_error import syntax_error
from archlint.source import FileEntry, Kind, Role, SourceFile

LIMIT = 1_000_000


def entry_of(path: Path, kind: Kind = Kind.PYTHON, role: Role = Role.PRODUCTION) -> FileEntry:
    return FileEntry(path.name, path, kind, role, 0, 0)


def read_bytes(folder: Path, data: bytes, kind: Kind = Kind.PYTHON, limit: int = LIMIT) -> ReadFile:
    path = folder / "x.py"
    path.write_bytes(data)
    return read(entry_of(path, kind), limit)


def text_of(done: ReadFile) -> str:
    assert done.problem is None
    assert done.source is not None
    return done.source.text


def problem_of(done: ReadFile) -> tuple[str, int, int, str]:
    assert done.source is None
    assert done.problem is not None
    span = done.problem.span
    return done.problem.code, span.line, span.column, done.problem.message


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\n", "\n"),
        (b"x = 1", "x = 1"),
        (b"# a\r\nx = 1\rb = 2\n", "# a\r\nx = 1\rb = 2\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("é = '漢🎉'\n".encode(), "é = '漢🎉'\n"),
        ("# coding: latin-1\né = 1\n".encode("latin-1"), "# coding: latin-1\né = 1\n"),
        ("#!/bin/x\n# -*- coding: cp1252 -*-\n'€'\n".encode("cp1252"), "#!/bin/x\n# -*- coding: cp1252 -*-\n'€'\n"),
        (
            "\r\n# vim: set fileencoding=latin-1 :\r\né\r\n".encode("latin-1"),
            "\r\n# vim: set fileencoding=latin-1 :\r\né\r\n",
        ),
        ("# coding: latin-1-unix\né".encode("latin-1"), "# coding: latin-1-unix\né"),
        ("# coding: shift_jis\n'漢'".encode("shift_jis"), "# coding: shift_jis\n'漢'"),
        ("\n\n# coding: latin-1\né".encode(), "\n\n# coding: latin-1\né"),
        ("x = 1\n# coding: latin-1\né".encode(), "x = 1\n# coding: latin-1\né"),
        ("x = 'coding: latin-1'\né".encode(), "x = 'coding: latin-1'\né"),
        (b"\xef\xbb\xbf# coding: utf8\nx", "# coding: utf8\nx"),
        (b"a = '\x0c\x1a\x1c'\n", "a = '\x0c\x1a\x1c'\n"),
    ],
    ids=[
        "empty",
        "newline",
        "no-final-newline",
        "mixed-line-ends",
        "mark",
        "utf8",
        "latin-1",
        "second-line",
        "blank-first",
        "editor-spelling",
        "shift-jis",
        "third-line",
        "behind-code",
        "in-a-string",
        "mark-and-utf8",
        "control-characters",
    ],
)
def test_python_is_decoded_as_python_does(tmp_path: Path, data: bytes, text: str) -> None:
    assert text_of(read_bytes(tmp_path, data)) == text


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"x = 1\n'\xe9'", (2, 2), "invalid UTF-8, byte 0xe9 at offset 7"),
        (b"\xef\xbb\xbf'\xe9'", (1, 2), "invalid UTF-8, byte 0xe9 at offset 4"),
        ("'é'".encode() + b"\xff", (1, 4), "invalid UTF-8, byte 0xff at offset 4"),
        (b"'\xed\xa0\x80'", (1, 2), "byte 0xed at offset 1"),
        (b"# coding: cp1252\n'\x81'", (2, 2), "invalid `cp1252`, byte 0x81 at offset 18"),
        (b"\xef\xbb\xbf# coding: latin-1\n", (1, 1), "encoding problem: `latin-1` with BOM"),
        ("x = 1\n".encode("utf-16"), (1, 1), "UTF-16 is no source encoding"),
        (b"# coding: klingon\n", (1, 1), "unknown source encoding `klingon`"),
        (b"# coding: ../evil\n", (1, 1), "unknown source encoding `..`"),
    ],
    ids=["latin-1", "mark", "behind-accents", "surrogate", "cp1252", "mark-and-cookie", "utf-16", "unknown", "path"],
)
def test_undecodable_python_is_reported_where_it_breaks(
    tmp_path: Path, data: bytes, place: tuple[int, int], reason: str
) -> None:
    code, line, column, message = problem_of(read_bytes(tmp_path, data))
    assert (code, (line, column)) == ("ARC004", place)
    assert message.endswith(reason)


@pytest.mark.parametrize(
    "cookie",
    [
        "rot13",
        "zlib",
        "hex",
        "base64",
        "bz2",
        "undefined",
        "utf-16",
        "utf_32_le",
        "utf-7",
        "UTF7",
        "unicode_escape",
        "raw_unicode_escape",
        "unicode-escape",
        "punycode",
        "idna",
        "cp037",
        "cp500",
    ],
)
@pytest.mark.filterwarnings("error")
def test_codecs_that_hide_code_are_not_run(tmp_path: Path, cookie: str) -> None:
    done = read_bytes(tmp_path, f"# coding: {cookie}\nx = '\\d'\n".encode())
    assert problem_of(done)[::3] == (
        "ARC004",
        f"not checked, cannot be decoded: unsupported source encoding `{cookie}`",
    )


@pytest.mark.filterwarnings("error")
def test_every_codec_of_python_either_reads_ascii_as_it_is_or_is_refused(tmp_path: Path) -> None:
    for module in pkgutil.iter_modules(encodings.__path__):
        body = f"# coding: {module.name}\nprint('~{{}}\\\\+-')\n"
        done = read_bytes(tmp_path, body.encode())
        assert done.source is None or done.source.text == body, module.name


@given(st.binary(max_size=200), st.sampled_from(list(Kind)))
@example(b"# coding: " + b"a" * 500, Kind.PYTHON)
@example(b"\xff\xfe\0", Kind.SQL)
@example(b"\xff\xfe\0\xd8", Kind.YAML)
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: Kind) -> None:
    done = read_bytes(tmp_path_factory.mktemp("any"), data, kind)
    assert (done.source is None) != (done.problem is None)
    assert done.digest == blake2b(data, digest_size=16).digest()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_utf8_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    data = f"pass\npass\n{text}".encode()
    assert text_of(read_bytes(tmp_path_factory.mktemp("any"), data)).encode() == data


def test_null_bytes_in_python_are_a_syntax_error_at_their_place(tmp_path: Path) -> None:
    code, line, column, message = problem_of(read_bytes(tmp_path, b"x = 1\ny = '\0'\n"))
    assert (code, line, column) == ("ARC001", 2, 6)
    assert message == "syntax error: source contains null bytes"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\x7fELF\x02\x01\x01\0\xff",
        b"\x1f\x8b\x08\0\0\0\0\0\xff",
        b"\xa7\r\r\n\0\0\0\0",
    ],
    ids=["png", "elf", "gzip", "pyc"],
)
def test_binary_data_is_unreadable_and_not_echoed(tmp_path: Path, data: bytes) -> None:
    done = read_bytes(tmp_path, data)
    assert problem_of(done) == ("ARC003", 1, 1, "not checked, cannot be read: binary content")


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (Kind.YAML, b"\xef\xbb\xbfa: 1\r\n", "a: 1\r\n"),
        (Kind.INI, "a = é".encode("latin-1"), "a = é"),
        (Kind.ENV, "A=é".encode("latin-1"), "A=é"),
        (Kind.PROPERTIES, "a=é".encode("latin-1"), "a=é"),
        (Kind.SQL, "select 'é'".encode("utf-16"), "select 'é'"),
        (Kind.YAML, b"\xfe\xff" + "a: é".encode("utf-16-be"), "a: é"),
        (Kind.REQUIREMENTS, "django==5.2\r\n".encode("utf-16"), "django==5.2\r\n"),
        (Kind.JSON, b"# coding: rot13\n{}", "# coding: rot13\n{}"),
    ],
    ids=["mark", "ini", "env", "properties", "utf-16-sql", "utf-16-yaml", "powershell", "no-cookies"],
)
def test_other_kinds(tmp_path: Path, kind: Kind, data: bytes, text: str) -> None:
    assert text_of(read_bytes(tmp_path, data, kind)) == text


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (Kind.YAML, "a: é".encode("latin-1"), "ARC004"),
        (Kind.JSON, "{}".encode("utf-16"), "ARC004"),
        (Kind.SQL, b"\xff\xfea\0b", "ARC004"),
        (Kind.SQL, "a\0".encode("utf-16"), "ARC003"),
        (Kind.PEM, b"0\x82\0\x01", "ARC003"),
        (Kind.ENV, b"A=\0", "ARC003"),
    ],
    ids=["latin-1", "utf-16-json", "cut-off", "null-in-utf-16", "der", "null"],
)
def test_other_kinds_that_cannot_be_read(tmp_path: Path, kind: Kind, data: bytes, code: str) -> None:
    assert problem_of(read_bytes(tmp_path, data, kind))[0] == code


def test_the_limit_of_size_is_in_bytes_and_inclusive(tmp_path: Path) -> None:
    assert text_of(read_bytes(tmp_path, "é".encode() * 50, limit=100)) == "é" * 50
    done = read_bytes(tmp_path, b"x" * 1_234, limit=1_000)
    assert problem_of(done)[::3] == ("ARC005", "not checked: 1,234 bytes are more than `max-file-size` allows (1,000)")
    assert done.digest == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_file_that_is_longer_than_it_says_is_read_up_to_the_limit() -> None:
    endless = entry_of(Path("/proc/self/maps"), Kind.INI)
    assert text_of(read(endless, LIMIT))
    assert problem_of(read(endless, 10))[0] == "ARC005"


def test_what_is_gone_or_no_file_is_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "link.py").symlink_to("/dev/zero")
    reasons = {
        name: problem_of(read(entry_of(tmp_path / name), LIMIT))[3]
        for name in ("gone.py", "pipe.py", "folder.py", "link.py")
    }
    assert reasons.pop("gone.py").endswith("no longer there")
    assert all(reason.endswith("not a regular file") for reason in reasons.values())


@pytest.mark.parametrize("replaced_by", ["pipe", "link", "nothing", "locked"])
def test_a_file_exchanged_before_it_is_opened_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replaced_by: str
) -> None:
    path = tmp_path / "x.py"
    path.write_text("x = 1\n")
    status, real_open = path.lstat(), os.open

    def exchange(name: Path, flags: int) -> int:
        if replaced_by == "locked":
            raise PermissionError(13, "Permission denied")
        path.unlink()
        if replaced_by == "pipe":
            os.mkfifo(path)
        elif replaced_by == "link":
            path.symlink_to("/dev/zero")
        return real_open(name, flags)

    with monkeypatch.context() as patched:
        patched.setattr(os, "lstat", lambda _: status)
        patched.setattr(os, "open", exchange)
        done = read(entry_of(path), LIMIT)
    code, _, _, message = problem_of(done)
    assert code == "ARC003"
    assert str(tmp_path) not in message


def test_a_known_text_is_read_like_a_file(tmp_path: Path) -> None:
    entry = entry_of(tmp_path / "x.py")
    assert text_of(read_text(entry, "\ufeffx = 1\r\n")) == "x = 1\r\n"
    assert read_text(entry, "x = 'é'\n").digest == read_bytes(tmp_path, "x = 'é'\n".encode()).digest
    assert problem_of(read_text(entry, "x\n\0"))[:3] == ("ARC001", 2, 1)
    assert problem_of(read_text(replace(entry, kind=Kind.YAML), "\0"))[0] == "ARC003"


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("# Generated by the protocol buffer compiler.  DO NOT EDIT!\n", Role.GENERATED),
        ("-- Code generated by sqlc. DO NOT EDIT.\n", Role.GENERATED),
        ("#!/usr/bin/env python\n# This file is autogenerated by pip-compile with Python 3.11\n", Role.GENERATED),
        ("/*\n * @generated\n */\n", Role.GENERATED),
        ("# Generated by Django 5.2 on 2025-01-01\nfrom django.db import migrations\n", Role.MIGRATION),
        ('"""add index\n\nRevision ID: 1a\n"""\nrevision = "1a"\ndown_revision = None\n', Role.MIGRATION),
        ("from invoke import task\n", Role.COMMAND),
        ("# Generated by 'django-admin startproject' using Django 5.2.\nDEBUG = True\n", Role.PRODUCTION),
        ('"""Reports generated by users."""\n', Role.PRODUCTION),
        ("x = '@generated'\n", Role.PRODUCTION),
        ("# do not edit this line without asking\n", Role.PRODUCTION),
        ("x = 1\n" * 1_000 + "# DO NOT EDIT\n", Role.PRODUCTION),
        ("", Role.PRODUCTION),
    ],
    ids=[
        "protoc",
        "sqlc",
        "pip-compile",
        "tag",
        "django",
        "alembic",
        "invoke",
        "startproject",
        "prose",
        "string",
        "line",
        "deep",
        "empty",
    ],
)
def test_first_lines_refine_the_role(tmp_path: Path, text: str, role: Role) -> None:
    source = read_bytes(tmp_path, text.encode()).source
    assert source is not None
    assert source.role is role


@pytest.mark.parametrize("role", [Role.TEST, Role.MIGRATION, Role.EXAMPLE, Role.VENDORED])
def test_roles_that_say_more_stay(role: Role) -> None:
    assert refine_role(role, "# DO NOT EDIT\n") is role


def test_refining_a_role_takes_no_time_on_hostile_text() -> None:
    for part in ("#" * 3_000, "# generated " * 300, "--" * 2_000, "/*" * 1_000, "# do not " * 300, " \t" * 2_000):
        assert refine_role(Role.PRODUCTION, part) is Role.PRODUCTION


@pytest.mark.parametrize(
    ("line", "column", "place"),
    [(1, 1, (1, 1)), (2, 4, (2, 4)), (2, 99, (2, 6)), (99, 1, (3, 1)), (0, 0, (1, 1)), (-5, -5, (1, 1))],
    ids=["first", "inside", "behind-the-line", "behind-the-file", "zero", "negative"],
)
def test_a_syntax_error_is_placed_inside_the_file(line: int, column: int, place: tuple[int, int]) -> None:
    source = SourceFile.of("x.py", "a = 1\nb = (\n", Kind.PYTHON)
    span = syntax_error(source, line, column, "'(' was never closed").span
    assert (span.line, span.column) == place


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Invalid syntax.", "invalid syntax"),
        ("EOL while scanning", "EOL while scanning"),
        ("Syntax Error @ 1:1.\nparser error\npassword = 'hunter2", "syntax Error @ 1:1"),
        ("", "the file cannot be parsed"),
    ],
    ids=["sentence", "acronym", "quoting", "empty"],
)
def test_a_parsers_message_is_cut_to_its_first_line(message: str, shown: str) -> None:
    source = SourceFile.of("x.py", "x = (", Kind.PYTHON)
    assert syntax_error(source, 1, 1, message).message == f"syntax error: {shown}"
