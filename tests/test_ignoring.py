"""`--add-ignore`: where suppressions come to stand, what they say, and what the command line does with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from archlint.cli.app import archlint
from archlint.diagnostic import Applicability, Diagnostic, Fix
from archlint.errors import UsageError
from archlint.fixing.edits import edited
from archlint.settings import Overrides, Settings, SettingsResolver
from archlint.source import Kind, SourceFile
from archlint.suppression import Place, apply, find_suppressions
from archlint.suppression.adding import NO_COMMENTS, NO_ROOM, can_be_told, silencing

if TYPE_CHECKING:
    from click.testing import Result

SECRET = "ghp_" + "x7Rk2mQ9vT4bL8nW1zY6cH3dF5gJ0pS" + "a1B2c"
START = "# archlint: ignore-start[ARC101] -- old\n"
END = "# archlint: ignore-end[ARC101]\n"
NEXT = "# archlint: ignore-next-line[ARC101] -- old\n"
SERVICES = """\
import requests


def rates():
    return requests.get("https://rates.example.com").json()  # the bank's


def send():
    requests.post("https://hooks.example.com")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "archlint.toml").write_text("", encoding="utf-8")
    (tmp_path / "services.py").write_text(SERVICES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, select: str = "ARC401", stdin: str | None = None) -> Result:
    call = ["check", "--no-cache", "--jobs=1", f"--select={select}", "--output-format=concise", *arguments]
    result = CliRunner().invoke(archlint, call, input=stdin)
    if isinstance(result.exception, UsageError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def text_of(root: Path) -> str:
    return (root / "services.py").read_text(encoding="utf-8")


def suppressed(kind: Kind, text: str, place: Place | None = None) -> str:
    """Return a text after the finding at `HERE` is suppressed: nothing may be left of it then, and nothing unused."""
    source = SourceFile.of("a", text, kind)
    start = text.index("HERE")
    one = Diagnostic("ARC101", source.span(start, start + 4), "m")
    done = silencing(source, [(one, place or Place())], "old")
    assert done.left == ()
    after = edited(text, (Fix("suppress", done.edits, Applicability.SAFE),))
    changed = SourceFile.of("a", after, kind)
    moved = Diagnostic("ARC101", changed.span(after.index("HERE"), after.index("HERE") + 4), "m")
    shift = changed.line_at(after.index("HERE")) - source.line_at(start)
    lines = place.statement_lines if place else None
    around = Place((lines[0] + shift, lines[1] + shift)) if lines else Place()
    items = find_suppressions(changed)
    applied = apply([moved], {"a": items}, _settings, place_of=lambda _: around)
    assert applied.kept == ()
    return after


def _settings(_path: str) -> Settings:
    return SettingsResolver(Path("/project"), Overrides(), isolated=True).run_settings()


# Where a suppression stands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = HERE\n", "x = HERE  # archlint: ignore[ARC101] -- old\n"),
        ("x = HERE", "x = HERE  # archlint: ignore[ARC101] -- old"),
        ("x = HERE \r\ny\r\n", "x = HERE  # archlint: ignore[ARC101] -- old\r\ny\r\n"),
        ("x = HERE  # type: ignore\n", "x = HERE  # type: ignore  # archlint: ignore[ARC101] -- old\n"),
        ("x = HERE  # noqa: E501\n", "x = HERE  # noqa: E501  # archlint: ignore[ARC101] -- old\n"),
        (
            "x = HERE  # archlint: ignore[ARC401] -- old\n",
            "x = HERE  # archlint: ignore[ARC401, ARC101] -- old\n",
        ),
        (
            "x = HERE  # archlint: ignore[ARC401] -- other\n",
            "x = HERE  # archlint: ignore[ARC401] -- other  # archlint: ignore[ARC101] -- old\n",
        ),
        ("x = '''\nHERE\n'''\n", "x = '''\nHERE\n'''  # archlint: ignore[ARC101] -- old\n"),
        ("x = f'''\n{HERE}\n'''\n", "x = f'''\n{HERE}\n'''  # archlint: ignore[ARC101] -- old\n"),
        ("# HERE\n", "# HERE  # archlint: ignore[ARC101] -- old\n"),
    ],
)
def test_in_python(text: str, expected: str) -> None:
    assert suppressed(Kind.PYTHON, text) == expected


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("x = HERE + \\\n  1\n", (1, 2), "x = HERE + \\\n  1  # archlint: ignore[ARC101] -- old\n"),
        (
            "x = HERE + \\\n  1; y = '''\n'''\n",
            (1, 2),
            "# archlint: ignore-next-line[ARC101] -- old\nx = HERE + \\\n  1; y = '''\n'''\n",
        ),
        (
            "# archlint: ignore-next-line[ARC401] -- old\nx = HERE + \\\n  1; y = '''\n'''\n",
            (2, 3),
            "# archlint: ignore-next-line[ARC401, ARC101] -- old\nx = HERE + \\\n  1; y = '''\n'''\n",
        ),
        (
            "#!/bin/python\n# coding: latin-1\nx = HERE + \\\n  1; y = '''\n'''\n",
            (3, 4),
            f"#!/bin/python\n# coding: latin-1\n{NEXT}x = HERE + \\\n  1; y = '''\n'''\n",
        ),
        (
            "if a:\n\tx = HERE + \\\n  1; y = '''\n'''\n",
            (2, 3),
            "if a:\n\t# archlint: ignore-next-line[ARC101] -- old\n\tx = HERE + \\\n  1; y = '''\n'''\n",
        ),
    ],
)
def test_around_lines_that_go_on(text: str, lines: tuple[int, int], expected: str) -> None:
    assert suppressed(Kind.PYTHON, text, Place(lines)) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.YAML, "a: HERE\n", "a: HERE  # archlint: ignore[ARC101] -- old\n"),
        (Kind.YAML, "- a: 'HERE\n  x'\n", f"{NEXT}- a: 'HERE\n  x'\n"),
        (Kind.YAML, "a: |\n  HERE\n  x\nb: 1\n", f"{START}a: |\n  HERE\n  x\n{END}b: 1\n"),
        (Kind.YAML, "a:\n  b: >-\n    HERE", f"a:\n  {START}  b: >-\n    HERE\n{END}"),
        (Kind.YAML, "a: HERE\nb: [x\n", "a: HERE  # archlint: ignore[ARC101] -- old\nb: [x\n"),
        (Kind.TOML, 'a = "HERE"\n', 'a = "HERE"  # archlint: ignore[ARC101] -- old\n'),
        (Kind.TOML, 'a = """\nHERE\n"""\n', f'{START}a = """\nHERE\n"""\n{END}'),
        (Kind.ENV, "A=1\nB=HERE", f"A=1\n{NEXT}B=HERE"),
        (Kind.ENV, 'B="\nHERE\n"\n', f'{START}B="\nHERE\n"\n{END}'),
        (Kind.INI, "[a]\nb = HERE\n", f"[a]\n{NEXT}b = HERE\n"),
        (Kind.PROPERTIES, "a=1\\\n HERE\n", f"{START}a=1\\\n HERE\n{END}"),
        (Kind.DOCKERFILE, "# syntax=x\nENV A=HERE\n", f"# syntax=x\n{NEXT}ENV A=HERE\n"),
        (Kind.REQUIREMENTS, "a \\\n  HERE\n", "a \\\n  HERE  # archlint: ignore[ARC101] -- old\n"),
        (Kind.SQL, "SELECT HERE;", "SELECT HERE;  -- archlint: ignore[ARC101] -- old"),
        (
            Kind.SQL,
            "SELECT HERE; -- archlint: ignore[ARC601] -- old\n",
            "SELECT HERE; -- archlint: ignore[ARC601, ARC101] -- old\n",
        ),
        (
            Kind.SQL,
            "INSERT '\nHERE\n';\n",
            "-- archlint: ignore-start[ARC101] -- old\nINSERT '\nHERE\n';\n-- archlint: ignore-end[ARC101]\n",
        ),
        (
            Kind.SQL,
            "SELECT HERE, 'it\\'s\n';\n",
            "-- archlint: ignore-next-line[ARC101] -- old\nSELECT HERE, 'it\\'s\n';\n",
        ),
    ],
)
def test_in_other_formats(kind: Kind, text: str, expected: str) -> None:
    assert suppressed(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (Kind.JSON, '{"a": "HERE"}\n', NO_COMMENTS),
        (Kind.TEMPLATE, "{{ HERE }}\n", NO_COMMENTS),
        (Kind.YAML, "b: [x\na: HERE\n", NO_ROOM),
        (Kind.DOCKERFILE, "RUN <<EOF\nHERE\nEOF\n", NO_ROOM),
        (Kind.PYTHON, "x = '''\nHERE\n", NO_ROOM),
    ],
)
def test_where_nothing_fits_nothing_is_written(kind: Kind, text: str, why: str) -> None:
    source = SourceFile.of("a", text, kind)
    start = text.index("HERE")
    done = silencing(source, [(Diagnostic("ARC101", source.span(start, start + 4), "m"), Place())], "old")
    assert (done.edits, [reason for _, reason in done.left]) == ((), [why])


def test_all_codes_of_a_line_share_a_comment() -> None:
    source = SourceFile.of("a.py", "x = query()\n", Kind.PYTHON)
    found = [(Diagnostic(code, source.span(4, 11), "m"), Place()) for code in ("ARC401", "ARC101", "ARC401")]
    (edit,) = silencing(source, found, "").edits
    assert edit.text == "  # archlint: ignore[ARC101, ARC401]"


@pytest.mark.parametrize(
    ("reason", "is_told"),
    [
        ("old", True),
        ("old, see #12 -- or ask Jo", False),
        ("see JIRA-12: rows are few", True),
        ("", True),
        ("two\nlines", False),
        ("old  # type: ignore", False),
        ("\x1b[31m", False),
        (" old", False),
        ("\u6f22\U0001f600", True),
    ],
)
def test_reasons_that_would_not_be_read_back(reason: str, *, is_told: bool) -> None:
    assert can_be_told(reason) is is_told


# The command line


def test_what_is_found_is_suppressed_and_stays_so(project: Path) -> None:
    done = run("--add-ignore", "old")
    assert text_of(project) == SERVICES.replace("bank's", "bank's  # archlint: ignore[ARC401] -- old").replace(
        'hooks.example.com")', 'hooks.example.com")  # archlint: ignore[ARC401] -- old'
    )
    assert done.stderr == "archlint: suppressed 2 findings.\n"
    assert done.exit_code == 0
    assert "ARC401" not in done.stdout
    again = run("--add-ignore", "older", select="ARC401,ARC006")
    assert again.stderr == "archlint: suppressed 0 findings.\n"
    assert "older" not in text_of(project)


def test_only_what_the_run_finds(project: Path) -> None:
    run("--add-ignore", "old", select="ARC410")
    assert "ARC401" not in text_of(project)
    assert "ARC410" in text_of(project)


def test_diff_shows_and_writes_nothing(project: Path) -> None:
    done = run("--add-ignore", "old", "--diff")
    assert text_of(project) == SERVICES
    added = [line for line in done.stdout.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert len(added) == 2
    assert all(line.endswith("# archlint: ignore[ARC401] -- old") for line in added)
    assert done.stderr == "archlint: `--add-ignore` would suppress 2 findings.\n"
    assert done.exit_code == 1


def test_secrets_stay_as_they_are_and_are_not_shown(project: Path) -> None:
    text = f'TOKEN = "{SECRET}"\n'
    (project / "services.py").write_text(text, encoding="utf-8")
    assert SECRET not in run("--add-ignore", "test account", "--diff", select="ARC501").stdout
    run("--add-ignore", "test account", select="ARC501")
    assert text_of(project) == f'TOKEN = "{SECRET}"  # archlint: ignore[ARC501] -- test account\n'


def test_what_cannot_be_suppressed_is_told(project: Path) -> None:
    (project / "keys.json").write_text(f'{{"token": "{SECRET}"}}\n', encoding="utf-8")
    (project / "broken.py").write_text("def f(:\n", encoding="utf-8")
    done = run("--add-ignore", "old", select="ALL")
    assert "keys.json: 1 finding is not suppressed: its format has no comments" in done.stderr
    assert "broken.py: 1 finding is not suppressed: " in done.stderr
    assert done.exit_code == 1


def test_standard_input_comes_back(project: Path) -> None:
    done = run("--add-ignore", "old", "-", "--stdin-filename", "services.py", stdin=SERVICES)
    assert done.stdout.count("# archlint: ignore[ARC401] -- old") == 2
    assert text_of(project) == SERVICES


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--add-ignore", "old", "--fix"], "exclude each other"),
        (["--add-ignore", "old", "--ignore-suppressions"], "exclude each other"),
        (["--add-ignore", "two\nlines"], "must be one line"),
    ],
)
def test_what_is_refused(arguments: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        run(*arguments)


def test_a_reason_where_the_project_requires_one(project: Path) -> None:
    run("--add-ignore", "")
    assert "ignore[ARC401]\n" in text_of(project)
    (project / "services.py").write_text(SERVICES, encoding="utf-8")
    (project / "archlint.toml").write_text("require-reason = true\n", encoding="utf-8")
    with pytest.raises(UsageError, match="needs a reason"):
        run("--add-ignore", "")
    assert text_of(project) == SERVICES


@pytest.mark.parametrize(
    ("mark", "encoding", "line_end", "head"),
    [
        (b"", "utf-8", "\n", "# \u6f22\U0001f600"),
        (b"\xef\xbb\xbf", "utf-8", "\r\n", "# \u00e9"),
        (b"", "latin-1", "\n", "# -*- coding: latin-1 -*- \u00e9"),
        (b"", "cp1251", "\r", "# coding: cp1251 \u0436"),
    ],
)
def test_encoding_mark_and_line_ends_are_kept(
    project: Path, mark: bytes, encoding: str, line_end: str, head: str
) -> None:
    def stored(text: str) -> bytes:
        return mark + f"{head}\n{text}".replace("\n", line_end).encode(encoding)

    (project / "services.py").write_bytes(stored(SERVICES))
    run("--add-ignore", "old")
    after = (project / "services.py").read_bytes()
    assert after.replace(b"  # archlint: ignore[ARC401] -- old", b"") == stored(SERVICES)
    assert after.count(b"-- old") == 2


def test_a_reason_that_the_encoding_has_no_character_for(project: Path) -> None:
    text = f"# coding: latin-1\n{SERVICES}"
    (project / "services.py").write_text(text, encoding="latin-1")
    done = run("--add-ignore", "\u6f22")
    assert "services.py is not changed: its encoding has no character" in done.stderr
    assert text_of(project) == text
    assert done.exit_code == 1
