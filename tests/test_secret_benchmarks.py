"""Scanners of secrets beside archlint: their reports, their runs, and the rows of the table."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks" / "accuracy"))

import score_secrets
from linters import Place
from scanners import SCANNERS, of_credsweeper, of_detect_secrets
from secret_table import figures, renew, rows

PAGE = """# Page

| files | tool | rest |
|---|---|---|
| B, production | archlint | kept |
| B, production | detect-secrets | old |

End.
"""


def written(path: Path, report: Any) -> Path:
    path.write_text(json.dumps(report), encoding="utf-8")
    return path


def baseline(**lines: list[int]) -> dict[str, Any]:
    """A report of detect-secrets: by the folder of a file `app.py`, the lines with a secret."""
    return {
        "results": {
            f"{folder}/app.py": [{"type": "Secret Keyword", "line_number": line} for line in numbers]
            for folder, numbers in lines.items()
        }
    }


def program(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_a_baseline_of_detect_secrets(tmp_path: Path) -> None:
    report = written(tmp_path / "report", baseline(shop=[3, 5]))
    assert [(each.rule, each.primary) for each in of_detect_secrets(report, tmp_path)] == [
        ("Secret Keyword", Place("shop/app.py", 3, 3)),
        ("Secret Keyword", Place("shop/app.py", 5, 5)),
    ]


def test_a_report_of_credsweeper(tmp_path: Path) -> None:
    parts = [{"path": "./k.pem", "line_num": line} for line in (4, 5, 9)]
    report = written(tmp_path / "report", [{"rule": "PEM Private Key", "line_data_list": parts}])
    assert [each.primary for each in of_credsweeper(report, tmp_path)] == [Place("k.pem", 4, 9)]


def test_credsweeper_writes_no_file_where_it_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDSWEEPER", program(tmp_path, "quiet", "exit 0"))
    report = tmp_path / "a report"
    assert SCANNERS["credsweeper"].run(tmp_path, report)[1] is None
    assert list(of_credsweeper(report, tmp_path)) == []


@pytest.mark.parametrize("name", sorted(SCANNERS))
def test_a_scanner_that_fails_is_not_silent(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = SCANNERS[name]
    monkeypatch.setenv(scanner.tool.upper().replace("-", "_"), program(tmp_path, "broken", "exit 3"))
    _, error = scanner.run(tmp_path, tmp_path / "report")
    assert error is not None
    assert error.startswith("exit 3")


def test_gitleaks_reads_its_own_rules_and_redacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    echo = 'printf "%s\\n" "$GITLEAKS_CONFIG_TOML" "$@" > report'
    monkeypatch.setenv("GITLEAKS", program(tmp_path, "echo", echo))
    assert SCANNERS["gitleaks"].run(tmp_path, tmp_path / "report")[1] is None
    told = (tmp_path / "report").read_text(encoding="utf-8").splitlines()
    assert told[:2] == ["[extend]", "useDefault = true"]
    assert {"--redact", "--ignore-gitleaks-allow", str(tmp_path / "report")} <= set(told)


def test_rules_for_ids_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("UUID", "Salt", "AWS S3 Bucket", "Password", "UUID Token")
    found = [
        {"rule": name, "line_data_list": [{"path": "./a.py", "line_num": line}]} for line, name in enumerate(names, 1)
    ]
    source = written(tmp_path / "found.json", found)
    monkeypatch.setenv("CREDSWEEPER", program(tmp_path, "copy", f'for out; do :; done; cp "{source}" "$out"'))
    (tmp_path / "tree").mkdir()
    counted = [
        {place.first for place, _ in score_secrets._found(name, tmp_path / "tree")[1]}
        for name in ("credsweeper", "credsweeper-no-ids")
    ]
    assert counted == [{1, 2, 3, 4, 5}, {4, 5}]


def test_figures() -> None:
    assert figures(3, 1, 1) == (0.75, 0.75, 0.75)
    assert figures(0, 0, 0) == (0, 0, 0)
    assert str(figures(1, 0, 1)) == "P 0.500 R 1.000 F1 0.667"


def test_rows_and_their_place(tmp_path: Path) -> None:
    tally: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    tally["B", "prod"].update(tp_strong=1, tp_weak=2, fn_weak=1, fp=1)
    tally["B", "test"].update(fp=4)
    fresh = rows("detect-secrets", tally)
    assert fresh == ["| B, production | detect-secrets | 0.75 | 0.75 | 0.75 | 0.50 | 1.00 | 0.67 | 1 | 4 |"]
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    renew(page, fresh)
    assert page.read_text(encoding="utf-8") == PAGE.replace("| B, production | detect-secrets | old |", fresh[0])
    with pytest.raises(SystemExit, match="has no row"):
        renew(page, ["| A, production | detect-secrets |"])


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[Path, Path]:
    """Mirrors with one repository, and its labels: of four lines one is a strong secret and one a weak one."""
    source, mirror = tmp_path / "source", tmp_path / "mirrors" / "some+shop" / "repo"
    for folder in ("shop", "tests"):
        (source / folder).mkdir(parents=True)
        (source / folder / "app.py").write_text("a\nb\nc\nd\n", encoding="utf-8")

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=n", "-c", "user.email=n@example.org")
        return subprocess.run(["git", *who, *arguments], cwd=source, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    git("clone", "-q", "--bare", ".", str(mirror))
    common = {"set": "B", "repo": "some/shop", "commit": git("rev-parse", "HEAD").strip(), "label": True}
    items = [
        {**common, "path": "shop/app.py", "line": 1, "line_end": 1, "tier": "strong"},
        {**common, "path": "shop/app.py", "line": 2, "line_end": 2, "tier": "weak"},
    ]
    return tmp_path / "mirrors", written(tmp_path / "cases.json", {"items": items, "neutral": []})


def scored(labelled: tuple[Path, Path], page: Path, monkeypatch: pytest.MonkeyPatch, body: str, *more: str) -> None:
    mirrors, cases = labelled
    monkeypatch.setenv("DETECT_SECRETS", program(page.parent, "tool", body))
    monkeypatch.setenv("SCRATCH", str(page.parent))
    arguments = ["detect-secrets", "--mirrors", str(mirrors), "--cases", str(cases), "--into", str(page), *more]
    monkeypatch.setattr(sys, "argv", ["score_secrets.py", *arguments])
    score_secrets.main()


def test_a_score_renews_the_rows_of_its_tool(
    labelled: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    report = written(tmp_path / "found.json", baseline(shop=[1, 3], tests=[1]))
    scored(labelled, page, monkeypatch, f'cat "{report}"')
    row = "| B, production | detect-secrets | 0.50 | 0.50 | 0.50 | 0.50 | 1.00 | 0.67 | 1 | 1 |"
    assert page.read_text(encoding="utf-8") == PAGE.replace("| B, production | detect-secrets | old |", row)
    assert "set B prod      broad P 0.500 R 0.500 F1 0.500" in capsys.readouterr().out


@pytest.mark.parametrize(("body", "more"), [("exit 3", []), ("echo '{\"results\": {}}'", ["--repo", "shop"])])
def test_a_score_of_some_repositories_renews_nothing(
    body: str, more: list[str], labelled: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    with pytest.raises(SystemExit, match="all repositories"):
        scored(labelled, page, monkeypatch, body, *more)
    assert page.read_text(encoding="utf-8") == PAGE
