"""The command line, option by option; in this process, with its own exit."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import jsonschema
import pytest

from archlint import __version__
from archlint.catalogue import catalogue
from archlint.cli import app, main
from archlint.cli import check_command as check_module
from archlint.report.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCKING = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
DEADLINE = "import requests\n\n\ndef load():\n    return requests.get('http://example.org')\n"
LINE = "app/views.py:5:5: ARC301 `time.sleep` holds the event loop in `async def wait`: use `asyncio.sleep`\n"
DOCS = Path(__file__).parents[1] / "docs"
DATA = Path(__file__).parent / "data"


class Done(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "app").mkdir(parents=True)
    (root / "app" / "views.py").write_text(BLOCKING, encoding="utf-8")
    (root / "app" / "clean.py").write_text("x = 1\n", encoding="utf-8")
    (root / "archlint.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(root)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def archlint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def leave(code: int) -> NoReturn:
        raise SystemExit(code)

    def call(*arguments: str, stdin: bytes | None = None) -> Done:
        monkeypatch.setattr(app, "_leave", leave)
        monkeypatch.setattr(sys, "argv", ["archlint", *arguments])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        done = Done(ended.value.code, *capsys.readouterr())
        assert "Traceback" not in done.err
        return done

    return call


def test_version(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["archlint", "--version"])
    main()
    assert capsys.readouterr().out == f"archlint {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [(), ("check",), (".",), ("check", "."), ("app",), ("app/views.py", "app"), ("--sort", "rank", "app")],
    ids=" ".join,
)
@pytest.mark.usefixtures("project")
def test_ways_to_lint(archlint: Callable[..., Done], arguments: tuple[str, ...]) -> None:
    split = 1 if arguments[:1] == ("check",) else 0
    done = archlint(*arguments[:split], "--output-format=concise", "-q", *arguments[split:])
    assert done == Done(1, LINE, "")


@pytest.mark.usefixtures("project")
def test_nothing_at_all_lints_the_current_folder(archlint: Callable[..., Done]) -> None:
    done = archlint()
    assert done.code == 1
    assert done.out.endswith("Found 1 diagnostic (1 error) in 3 files.\n")


def test_help(archlint: Callable[..., Done]) -> None:
    assert archlint("-h") == archlint("--help")
    assert archlint("-h").code == 0
    text = archlint("check", "-h").out
    assert "Exit codes" in text
    for option in ISSUED:
        assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), option


ISSUED = [
    "--select",
    "--ignore",
    "--extend-select",
    "--extend-ignore",
    "--output-format",
    "--output-file",
    "--output",
    "--statistics",
    "--exit-zero",
    "--fail-on",
    "--jobs",
    "--cache-dir",
    "--no-cache",
    "--timings",
    "--sort",
    "--preview",
    "--ignore-suppressions",
    "--stdin-filename",
    "--quiet",
    "--verbose",
    "--isolated",
    "--config",
    "--show-settings",
    "--show-files",
    "--strict",
    "--min-confidence",
    "--force-exclude",
]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bogus"], "No such option '--bogus'"),
        (["--sort", "size"], "'size' is not one of 'path', 'rank'"),
        (["--jobs", "many"], "'many' is not a valid integer"),
        (["--jobs", "-1"], "-1 is not in the range"),
        (["--select", "ARC1O1"], "did you mean `ARC101`?"),
        (["--ignore", "query-in-lop"], "did you mean `query-in-loop`?"),
        (["--extend-select", "nonsense"], "unknown rule"),
        (["--extend-ignore", "ARC999"], "unknown rule"),
        (["--output-format", "xml"], "unknown output format `xml`"),
        (["--output-format", "sariff"], "did you mean `sarif`?"),
        (["--output", "sarif"], "--output takes FORMAT=FILE"),
        (["--output", "sarif="], "--output takes FORMAT=FILE"),
        (["--output", "pdf=x.pdf"], "unknown output format `pdf`"),
        (["--output-file", "app"], "`app`: it is a directory"),
        (["--output", "sarif=x", "--output", "json=./x"], "two reports cannot go to the same file"),
        (["no/such.py"], "no such file or directory: `no/such.py`"),
        (["app", "a.py", "b.py"], "no such file or directory: `a.py`, `b.py`"),
        (["chek"], "did you mean `check`?"),
        (["--config", "no.toml"], "no such configuration file: `no.toml`"),
        (["--config", "archlint.toml", "--isolated"], "exclude each other"),
        (["-"], "`-` needs --stdin-filename"),
        (["-", "app", "--stdin-filename", "a.py"], "`-` must be the only path"),
        (["--stdin-filename", "a.py"], "--stdin-filename needs `-`"),
        (["explain", "ARC1O1"], "did you mean `ARC101`?"),
        (["explain"], "Missing argument"),
        (["rules", "--output-format", "xml"], "not one of 'text', 'json'"),
        (["cache", "burn"], "No such command 'burn'"),
        (["completion", "dos"], "'dos' is not one of"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_line_is_one_line(
    project: Path, archlint: Callable[..., Done], arguments: list[str], message: str
) -> None:
    done = archlint(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("archlint: ")
    assert message in done.err
    assert str(project) not in done.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["ARC1"]\n', "archlint.toml: unknown key `selct`, did you mean `select`?"),
        ('select = ["ARC1"\n', ": not TOML: "),
        ("jobs = 'two'\n", "archlint.toml: `jobs`: expected an integer"),
        ('required-version = ">=9"\n', "`>=9` does not admit archlint"),
        ('output-format = "xml"\n', "unknown output format `xml`"),
        ("\x00", "archlint.toml:1:1"),
    ],
    ids=["key", "syntax", "type", "version", "format", "null byte"],
)
def test_a_wrong_configuration_is_one_line(
    project: Path, archlint: Callable[..., Done], text: str, message: str
) -> None:
    (project / "archlint.toml").write_text(text, encoding="utf-8")
    done = archlint()
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert message in done.err


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ((), ["ARC301"]),
        (("--select", "ARC3"), ["ARC301"]),
        (("--select", "request-path"), ["ARC301"]),
        (("--select", "external"), []),
        (("--select", "blocking-call-in-async,ARC401"), ["ARC301", "ARC401"]),
        (("--select", "ARC3", "--extend-select", "missing-deadline"), ["ARC301", "ARC401"]),
        (("--extend-select", "ARC401"), ["ARC301", "ARC401"]),
        (("--isolated", "--select", "ALL", "--ignore", "ARC301"), ["ARC401"]),
        (("--extend-ignore", "ARC3,ARC4"), []),
        (("--isolated",), ["ARC301", "ARC401"]),
        (("--config", "other.toml"), ["ARC401"]),
        (("--exclude", "app"), []),
        (("--extend-exclude", "app/v*"), []),
        (("--min-confidence", "high"), ["ARC301"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_selection(project: Path, archlint: Callable[..., Done], arguments: tuple[str, ...], codes: list[str]) -> None:
    (project / "app" / "client.py").write_text(DEADLINE, encoding="utf-8")
    (project / "archlint.toml").write_text('ignore = ["ARC401"]\n', encoding="utf-8")
    (project / "other.toml").write_text('select = ["ARC4"]\n', encoding="utf-8")
    done = archlint("--output-format", "json", "-q", *arguments)
    assert done.err == ""
    assert sorted(one["code"] for one in json.loads(done.out)["diagnostics"]) == codes
    assert done.code == (1 if codes else 0)


@pytest.mark.usefixtures("project")
def test_no_rules_are_no_gate(archlint: Callable[..., Done]) -> None:
    done = archlint("--select", "")
    assert (done.code, done.out) == (2, "")
    assert "`--select` names no rule" in done.err
    assert archlint("--ignore", "").code == 1


def test_suppressions_can_be_ignored(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "app" / "views.py").write_text(BLOCKING.replace("(1)", "(1)  # noqa: ARC301"), encoding="utf-8")
    assert archlint("-q").code == 0
    assert archlint("-q", "--ignore-suppressions").code == 1
    (hidden,) = json.loads(archlint("--include-suppressed", "--output-format=json").out)["suppressed"]
    assert hidden["suppressed_by"] == "noqa"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--exit-zero",), 0),
        (("--fail-on", "error"), 1),
        (("--fail-on", "never"), 0),
        (("--strict",), 4),
        (("--strict", "--exit-zero"), 4),
        (("--ignore", "ARC3"), 0),
        (("--ignore", "ARC3", "--strict"), 4),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_exit_codes(project: Path, archlint: Callable[..., Done], arguments: tuple[str, ...], code: int) -> None:
    (project / "app" / "binary.py").write_bytes(b"\x00\xff\x89PNG")
    assert archlint("-q", *arguments).code == code


def test_exit_codes_by_severity(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "archlint.toml").write_text('severity = { ARC301 = "note" }\n', encoding="utf-8")
    assert archlint("-q").code == 0
    assert archlint("-q", "--fail-on", "note").code == 1
    (project / "archlint.toml").write_text('severity = { ARC301 = "note" }\nfail-on = "note"\n', encoding="utf-8")
    assert archlint("-q").code == 1


def test_a_syntax_error_is_a_finding(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "app" / "views.py").write_text("def broken(:\n", encoding="utf-8")
    done = archlint("--output-format", "concise", "--strict")
    assert done.code == 1
    assert done.out.startswith("app/views.py:1:12: ARC001 syntax error: ")


def test_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archlint: Callable[..., Done]) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert archlint() == Done(0, "warning: 0 files checked\n", "")
    assert archlint("--strict").code == 4
    done = archlint("--output-format", "json")
    assert (done.code, done.err) == (0, "archlint: warning: 0 files checked\n")
    assert json.loads(done.out)["summary"]["files"] == 0


def test_a_crash_wins_over_the_incomplete(
    project: Path, archlint: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "app" / "binary.py").write_bytes(b"\x00\xff\x89PNG")
    monkeypatch.setattr("archlint.analysis.find_suppressions", lambda _: 1 / 0)
    done = archlint("--strict", "--exit-zero", "--jobs", "1", "--output-format", "concise")
    assert done.code == 3
    assert "ARC002 `archlint` crashed here (ZeroDivisionError in test_cli.py:" in done.out
    assert archlint("--bogus").code == 2


@pytest.mark.usefixtures("project")
def test_a_crash_of_the_command_line_itself(archlint: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "write_all", lambda *_, **_more: {"a": 1}["secret key"])
    done = archlint()
    assert (done.code, done.out) == (3, "")
    assert re.fullmatch(r"archlint: internal error: KeyError in test_cli.py:\d+; please report it.*\n", done.err)


@pytest.mark.usefixtures("project")
def test_ctrl_c(archlint: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check_module, "write_all", interrupt)
    done = archlint()
    assert (done.code, done.out) == (130, "")
    assert done.err.split() == ["archlint:", "interrupted"]


@pytest.mark.parametrize("name", FORMATS)
def test_formats(project: Path, archlint: Callable[..., Done], name: str) -> None:
    shown = archlint("--output-format", name)
    assert shown.code == 1
    assert "time.sleep" in shown.out
    assert archlint("--output-format", name, "-o", "deep/er/report") == Done(1, "", "")
    assert (project / "deep" / "er" / "report").read_text(encoding="utf-8") == shown.out
    (project / "archlint.toml").write_text(f'output-format = "{name}"\n', encoding="utf-8")
    assert archlint().out == shown.out


@pytest.mark.usefixtures("project")
def test_reports_follow_their_schemas(archlint: Callable[..., Done]) -> None:
    for name, schema in (("json", DOCS / "schemas" / "report.json"), ("sarif", DATA / "sarif-schema-2.1.0.json")):
        report = json.loads(archlint("--output-format", name, "--timings", "--include-suppressed").out)
        jsonschema.validate(report, json.loads(schema.read_text(encoding="utf-8")))


def test_several_reports_in_one_run(project: Path, archlint: Callable[..., Done]) -> None:
    done = archlint("--output-format=concise", "--output", "sarif=a.sarif", "--output", "json=b.json", "-q")
    assert done == Done(1, LINE, "")
    assert json.loads((project / "a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert json.loads((project / "b.json").read_text(encoding="utf-8"))["version"] == 1
    assert sorted(path.name for path in project.iterdir() if "." in path.name[1:]) == [
        "a.sarif",
        "archlint.toml",
        "b.json",
    ]


def test_each_format_has_a_file_of_its_own_in_one_run(project: Path, archlint: Callable[..., Done]) -> None:
    outputs = [text for name in FORMATS for text in ("--output", f"{name}=reports/{name}")]
    assert archlint("--output-format=concise", "-q", *outputs) == Done(1, LINE, "")
    for name in FORMATS:
        assert "time.sleep" in (project / "reports" / name).read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_costs_no_other(project: Path, archlint: Callable[..., Done]) -> None:
    done = archlint("--output-format=concise", "-q", "--output", "json=app/views.py/x", "--output", "github=good")
    assert done.out == LINE
    assert (project / "good").read_text(encoding="utf-8").startswith("::error file=app/views.py")
    assert done.code == 3
    assert done.err.startswith("archlint: cannot write `app/views.py/x`: ")


def test_a_report_keeps_the_mode_and_the_link_of_its_file(project: Path, archlint: Callable[..., Done]) -> None:
    target, link = project / "target", project / "link"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    archlint("-o", "link", "--output-format", "concise", "-q")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == LINE
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_not_replaced(project: Path, archlint: Callable[..., Done]) -> None:
    pipe = project / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        archlint("-o", "pipe", "--output-format", "concise", "-q", "app")
        assert os.read(reader, 1000).decode() == LINE
        assert pipe.is_fifo()
    finally:
        os.close(reader)
    assert archlint("-o", "-", "--output-format", "concise", "-q", "app").out == LINE


@pytest.mark.usefixtures("project")
def test_statistics(archlint: Callable[..., Done]) -> None:
    counts = "1  ARC301  error    blocking-call-in-async\n"
    assert archlint("--statistics", "-q", "--output-format=concise").out == LINE + counts
    assert archlint("--statistics", "-o", "report").out == counts
    done = archlint("--statistics", "--output-format=json")
    assert done.err == counts
    json.loads(done.out)


@pytest.mark.usefixtures("project")
def test_timings(archlint: Callable[..., Done]) -> None:
    done = archlint("--timings", "--no-cache", "-q")
    assert re.search(r"^ +\d+\.\d{3} s  ARC301$", done.err, re.MULTILINE)
    assert " s  ARC301" not in done.out


def test_sorted_by_rank(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "app" / "a.py").write_text("x = 1  # archlint: ignore[ARC301] -- nothing\n", encoding="utf-8")
    by_path, by_rank = (archlint("--output-format=concise", "-q", "--sort", how).out for how in ("path", "rank"))
    assert [line.split()[1] for line in by_path.splitlines()] == ["ARC006", "ARC301"]
    assert [line.split()[1] for line in by_rank.splitlines()] == ["ARC301", "ARC006"]


@pytest.mark.usefixtures("project")
def test_quiet_prints_diagnostics_only(archlint: Callable[..., Done]) -> None:
    for name in ("full", "concise"):
        loud, quiet = archlint("--output-format", name), archlint("--output-format", name, "--quiet")
        assert loud.out.startswith(quiet.out)
        assert loud.out.removeprefix(quiet.out) == "Found 1 diagnostic (1 error) in 3 files.\n"
    assert archlint("-q", "app/clean.py") == Done(0, "", "")


def test_verbose_says_what_is_done(project: Path, archlint: Callable[..., Done]) -> None:
    quiet = archlint("--output-format=concise")
    done = archlint("--output-format=concise", "-v", "--cache-dir", "../cache")
    again = archlint("--output-format=concise", "-v", "--cache-dir", "../cache", "app")
    assert quiet.out == done.out
    assert quiet.err == ""
    lines = [line.removeprefix("archlint: ") for line in done.err.splitlines()]
    assert lines[:2] == ["root: .", "configuration: archlint.toml"]
    assert [line.partition(":")[0] for line in lines[2:]] == ["discover", "analyse", "link and check", "judge"]
    assert "3 files to report on" in done.err
    assert "0 of 3 files from the cache" in done.err
    assert "2 of 2 files from the cache" in again.err
    assert str(project) not in done.err


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, False),
    ],
    ids=str,
)
def test_colours(
    project: Path,
    archlint: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    is_coloured: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in archlint().out) is is_coloured
    assert "\x1b[" not in archlint("--output-format", "json").out
    archlint("-o", "report")
    assert "\x1b[" not in (project / "report").read_text(encoding="utf-8")


class Terminal(io.StringIO):
    encoding = "ascii"

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_when_it_takes_long(
    project: Path, archlint: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        (project / "app" / f"m{number}.py").write_text("", encoding="utf-8")
    monkeypatch.setattr("archlint.cli.progress._PATIENCE", -1)
    monkeypatch.setenv("TERM", "xterm")
    arguments = ("--no-cache", "--output-format=concise")
    assert archlint(*arguments).err == ""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    archlint(*arguments)
    assert "\r" + "#" * 30 + " 43/43 files" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
    for silent in (("-q",), ("-v",)):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        archlint(*arguments, *silent)
        assert "\r" not in terminal.getvalue()


@pytest.mark.parametrize("name", ["app/views.py", "app/new.py", "new.py"])
@pytest.mark.usefixtures("project")
def test_standard_input(archlint: Callable[..., Done], name: str) -> None:
    done = archlint("--stdin-filename", name, "-", "--output-format=concise", "-q", stdin=BLOCKING.encode())
    assert done == Done(1, LINE.replace("app/views.py", name), "")
    assert archlint("--stdin-filename", name, "-", "-q", stdin=b"x = 1\n") == Done(0, "", "")


def test_standard_input_knows_the_project(project: Path, archlint: Callable[..., Done]) -> None:
    models = "from django.db import models\n\n\nclass Shop(models.Model):\n    name = models.TextField()\n"
    (project / "app" / "models.py").write_text(models, encoding="utf-8")
    text = "from app.models import Shop\n\n\ndef f(rows):\n    return [Shop.objects.get(id=row) for row in rows]\n"
    done = archlint("--stdin-filename", "app/shops.py", "-", "--output-format=concise", "-q", stdin=text.encode())
    assert done.out.startswith("app/shops.py:5:13: ARC101 ")


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"\xff\xfe", "not UTF-8 (byte 0)"), (b"x" * 50_000_001, "more than 50,000,000 bytes")],
    ids=["bytes", "endless"],
)
@pytest.mark.usefixtures("project")
def test_standard_input_that_is_no_text(archlint: Callable[..., Done], data: bytes, message: str) -> None:
    done = archlint("--stdin-filename", "a.py", "-", stdin=data)
    assert done.code == 2
    assert message in done.err


@pytest.mark.parametrize(
    ("name", "arguments", "hint"),
    [
        (".venv/services.py", ("--force-exclude",), ""),
        ("notes.txt", (), "1 file of no known kind skipped: notes.txt"),
        ("notes.txt", ("--force-exclude",), "1 file of no known kind skipped: notes.txt"),
    ],
)
@pytest.mark.usefixtures("project")
def test_standard_input_that_is_not_read(
    archlint: Callable[..., Done], name: str, arguments: tuple[str, ...], hint: str
) -> None:
    done = archlint("--stdin-filename", name, *arguments, "-", stdin=BLOCKING.encode())
    assert (done.code, "ARC301" in done.out) == (0, False)
    assert hint in done.out


@pytest.mark.usefixtures("project")
def test_standard_input_of_a_folder_and_of_no_project(tmp_path: Path, archlint: Callable[..., Done]) -> None:
    done = archlint("--stdin-filename", "app", "-", stdin=b"")
    assert (done.code, done.err.splitlines()[0]) == (2, "archlint: --stdin-filename names a folder: `app`")
    (tmp_path / "away").mkdir()
    away = str(tmp_path / "away" / "new.py")
    done = archlint("--stdin-filename", away, "-", "--output-format=concise", stdin=BLOCKING.encode())
    assert (done.code, "ARC301" in done.out) == (1, True)


def test_standard_input_outside_of_the_project(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "link.py").symlink_to("/etc/hosts")
    assert archlint("--stdin-filename", "link.py", "-", stdin=b"").code == 2


def test_show_settings(project: Path, archlint: Callable[..., Done]) -> None:
    (project / "archlint.toml").write_text('select = ["ARC3"]\njobs = 2\n', encoding="utf-8")
    (project / "app" / "archlint.toml").write_text("jobs = 3\n", encoding="utf-8")

    def rows(*arguments: str) -> dict[str, str]:
        lines = archlint("--show-settings", *arguments).out.splitlines()
        return {key.strip(): value for key, value in (line.split(" = ", 1) for line in lines)}

    assert rows()["select"] == '["ARC3"]  # archlint.toml'
    assert rows()["jobs"] == "2  # archlint.toml"
    assert rows("--jobs", "5")["jobs"] == "5  # command line"
    assert rows()["fail-on"] == '"warning"  # default'
    assert rows("--isolated")["jobs"] == "0  # default"
    assert rows("app")["jobs"] == rows("app/views.py")["jobs"] == "3  # app/archlint.toml"


def test_show_files(project: Path, archlint: Callable[..., Done]) -> None:
    for name, text in (
        ("tests/test_a.py", ""),
        ("app/migrations/0001_initial.py", ""),
        ("app/api_pb2.py", "# Generated by the protocol buffer compiler.  DO NOT EDIT!\n"),
        ("settings.py", ""),
        ("compose.yaml", ""),
        ("app/views.txt", ""),
    ):
        (project / name).parent.mkdir(exist_ok=True, parents=True)
        (project / name).write_text(text, encoding="utf-8")
    assert archlint("--show-files").out.splitlines() == [
        "app/api_pb2.py  python  generated",
        "app/clean.py  python  production",
        "app/migrations/0001_initial.py  python  migration",
        "app/views.py  python  production",
        "archlint.toml  toml  production",
        "compose.yaml  yaml  production",
        "settings.py  python  settings",
        "tests/test_a.py  python  test",
    ]


def test_rules(archlint: Callable[..., Done]) -> None:
    listed: list[dict[str, Any]] = json.loads(archlint("rules", "--output-format", "json").out)
    assert [one["code"] for one in listed] == [entry.code for entry in catalogue()]
    for one in listed:
        assert {"code", "name", "summary", "severity", "confidence", "default"} <= one.keys()
        assert isinstance(one["default"], bool)
    text = archlint("rules").out
    assert all(entry.code in text and entry.name in text for entry in catalogue())


@pytest.mark.parametrize("rule", ["ARC301", "arc301", "blocking-call-in-async", "blocking_call_in_async"])
def test_explain(archlint: Callable[..., Done], rule: str) -> None:
    done = archlint("explain", rule)
    assert done.code == 0
    assert done.out.startswith("# blocking-call-in-async (ARC301)\n")


@pytest.mark.usefixtures("project")
def test_config(archlint: Callable[..., Done]) -> None:
    assert json.loads(archlint("config", "schema").out)["properties"]["select"]
    published = (DOCS / "schemas" / "report.json").read_text(encoding="utf-8")
    assert archlint("config", "report-schema").out == published


def test_the_cache_command(project: Path, archlint: Callable[..., Done]) -> None:
    folder = project / ".archlint_cache"
    assert archlint("cache", "path") == Done(0, f"{folder}\n", "")
    archlint("-q", "--no-cache")
    assert not folder.exists()
    archlint("-q")
    assert folder.is_dir()
    assert archlint("cache", "clean") == Done(0, "removed the cache\n", "")
    assert not folder.exists()
    assert archlint("cache", "clean") == Done(0, "there is no cache\n", "")
    archlint("-q", "--cache-dir", "elsewhere")
    assert (project / "elsewhere").is_dir()
    assert archlint("cache", "clean", "--cache-dir", "elsewhere").out == "removed the cache\n"


def test_a_cache_that_cannot_be_written_is_a_warning(project: Path, archlint: Callable[..., Done]) -> None:
    (project / ".archlint_cache").write_text("in the way", encoding="utf-8")
    done = archlint("--output-format=concise")
    assert done.code == 1
    assert done.out.startswith(LINE)
    assert re.fullmatch(r"archlint: warning: the cache was not written: [a-z ]+\n", done.err)
    assert archlint("-q").err == ""


@pytest.mark.parametrize(("shell", "text"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")])
def test_completion_scripts(archlint: Callable[..., Done], shell: str, text: str) -> None:
    done = archlint("completion", shell)
    assert done.code == 0
    assert "_ARCHLINT_COMPLETE" in done.out
    assert text in done.out


@pytest.mark.parametrize(
    ("words", "found"),
    [("ru", "rules"), ("--statis", "--statistics"), ("check --show-f", "--show-files"), ("--sort ra", "rank")],
)
def test_completion(archlint: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, words: str, found: str) -> None:
    monkeypatch.setenv("_ARCHLINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", f"archlint {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))
    done = archlint()
    assert done.code == 0
    assert f"plain,{found}" in done.out.splitlines()


@pytest.mark.parametrize("pattern", ["app", "app/", "app/**", "app/views.py"])
def test_a_folder_is_named_alike_wherever_paths_are_configured(
    project: Path, archlint: Callable[..., Done], pattern: str
) -> None:
    config = project / "archlint.toml"
    config.write_text(f'include = ["{pattern}"]\n', encoding="utf-8")
    assert "app/views.py:5:5: ARC301" in archlint("--output-format=concise").out
    config.write_text(f'exclude = ["{pattern}"]\n', encoding="utf-8")
    assert archlint().code == 0
    config.write_text(f'per-file-ignores = {{ "{pattern}" = ["ARC301"] }}\n', encoding="utf-8")
    assert archlint().code == 0
    config.write_text(f'per-file-ignores = {{ "!{pattern}" = ["ARC301"] }}\n', encoding="utf-8")
    assert archlint().code == (0 if pattern == "app" else 1)
