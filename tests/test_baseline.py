"""The baseline: what it hides, how it shrinks, and what a person and git do to its file."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import tokens
from adopting import NAME, SLEEP, Project, made
from hypothesis import given
from hypothesis import strategies as st

from archlint.analysis import FileAnalysis
from archlint.baseline.accepted import Accepted
from archlint.baseline.file import parsed, rendered
from archlint.baseline.matching import Matched, matched, rewritten
from archlint.errors import UsageError
from archlint.normal_form import normal_form, whole_region
from archlint.policy import Identity
from archlint.stages import analyse as analyse_module

GITHUB = next(one.make for one in tokens.CHECKED if one.description == "GitHub token")
TODAY = date(2026, 11, 27)
MORE = "\n\nasync def other():\n    time.sleep(2)\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return made(tmp_path / "shop", monkeypatch)


def test_only_what_is_not_in_the_baseline_is_reported(project: Project) -> None:
    assert project.run("baseline", "write").err == f"archlint: 1 finding in {NAME}\n"
    done = project.check()
    assert (done.code, done.places) == (0, [])
    assert "1 finding is in the baseline." in done.out

    project.write(views=SLEEP + MORE)
    done = project.check()
    assert (done.code, done.places) == (1, ["app/views.py:9 ARC301"])
    assert project.check("--no-baseline").places == ["app/views.py:5 ARC301", "app/views.py:9 ARC301"]


def test_the_file_has_one_entry_a_line_and_no_line_numbers(project: Project) -> None:
    project.run("baseline", "write")
    assert project.text() == (
        '{"archlint-baseline": 1, "findings": [\n'
        '{"path": "app/views.py", "rule": "ARC301", "scope": "wait", "code": "time.sleep"},\n'
        "null\n]}\n"
    )


def test_moved_and_reformatted_code_stays_in_the_baseline(project: Project) -> None:
    project.write(views="import time\n\n\nasync def wait(a):\n    time.sleep(f(a, 'x'))\n")
    project.run("baseline", "write")
    project.write(views='# Waits.\nimport time\n\n\nasync def wait(a):\n    time.sleep(\n        f(a, "x",),\n    )\n')
    assert project.check(ci="true").code == 0


def test_a_new_finding_never_hides_behind_a_fixed_one(project: Project) -> None:
    project.write(views=SLEEP + MORE)
    project.run("baseline", "write")
    project.write(views=SLEEP + "    time.sleep(1)\n")
    assert project.check("--no-baseline").places == ["app/views.py:5 ARC301", "app/views.py:6 ARC301"]
    assert project.check().places == ["app/views.py:6 ARC301"]


def test_it_shrinks_by_itself_but_in_ci_what_is_stale_fails(project: Project) -> None:
    project.write(views=SLEEP + MORE)
    project.run("baseline", "write")
    before = project.text()
    project.write(views=SLEEP)

    done = project.check(ci="true")
    assert (done.code, done.places) == (1, [f"{NAME}:2 ARC008"])
    assert project.text() == before

    done = project.check()
    assert done.code == 0
    assert f"{NAME}: 1 finding gone" in done.err
    assert [one["scope"] for one in project.entries()] == ["wait"]
    assert project.check(ci="true").code == 0


def test_it_shrinks_only_where_the_settings_let_it(project: Project) -> None:
    (project.root / "archlint.toml").write_text("prune-baseline = false\n", encoding="utf-8")
    project.run("baseline", "write")
    project.write(views="")
    project.check()
    assert len(project.entries()) == 1
    assert "1 finding taken out" in project.run("baseline", "prune").err
    assert project.entries() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("app/other.py",),
        ("app",),
        ("--select", "ARC4"),
        ("--min-confidence", "high"),
        ("--ignore", "ARC301"),
        ("--exclude", "app/views.py"),
    ],
    ids=" ".join,
)
def test_a_run_that_does_not_look_at_all_takes_nothing_out(project: Project, arguments: tuple[str, ...]) -> None:
    project.write(other=SLEEP)
    project.run("baseline", "write")
    project.write(views="", other=SLEEP)
    assert "ARC008" not in project.check(*arguments, ci="true").out
    project.check(*arguments)
    assert len(project.entries()) == 2


def test_a_file_that_cannot_be_read_keeps_its_entries(project: Project) -> None:
    project.run("baseline", "write")
    (project.root / "app" / "views.py").write_bytes(b"\xff\xfe")
    project.check()
    assert len(project.entries()) == 1


def _linked(project: Project, comment: str = "") -> None:
    """Write a project in which a finding in one file rests on another one."""
    project.write(
        views=f"from app.helpers import pause\n\n\nasync def wait():\n    pause(){comment}\n",
        helpers="import time\n\n\ndef pause():\n    time.sleep(1)\n",
    )


@pytest.mark.parametrize("arguments", [(), ("--max-file-size", "60"), ("--extend-exclude", "app/helpers.py")], ids=str)
def test_what_rests_on_a_file_that_was_not_seen_is_not_stale(project: Project, arguments: tuple[str, ...]) -> None:
    _linked(project)
    project.run("baseline", "write")
    before = project.text()
    assert [(one["path"], one["rule"]) for one in project.entries()] == [("app/views.py", "ARC302")]
    if not arguments:
        project.write(helpers="def (\n")
    elif "60" in arguments:
        project.write(helpers="import time\n\n\ndef pause():\n    time.sleep(1)\n" + "# more\n" * 10)
    assert "ARC008" not in project.check(*arguments, ci="true").out
    project.check(*arguments)
    project.check(*arguments)  # from what the run before has left
    project.run("baseline", "prune", *arguments)
    assert project.text() == before


def test_tests_that_are_broken_on_purpose_keep_no_entry(project: Project) -> None:
    _linked(project)
    (project.root / "tests" / "data").mkdir(parents=True)
    (project.root / "tests" / "data" / "test_broken.py").write_text("def (\n", encoding="utf-8")
    project.run("baseline", "write")
    project.write(helpers="def pause():\n    pass\n")
    project.check()
    assert [one for one in project.entries() if one["rule"] == "ARC302"] == []


def test_what_one_file_tells_is_stale_beside_a_broken_one(project: Project) -> None:
    token = GITHUB(random.Random(1))  # noqa: S311 - the same each time
    project.write(views=f'TOKEN = "{token}"\n', other="")
    project.run("baseline", "write")
    project.write(views="", other="def (\n")
    assert project.check(ci="true").places == ["app/other.py:1 ARC001", f"{NAME}:2 ARC008"]
    project.write(views="def (\n", other="")
    project.check()
    assert len(project.entries()) == 1


def test_a_fix_leaves_a_suppression_that_rests_on_a_broken_file(project: Project) -> None:
    _linked(project, "  # archlint: ignore[ARC302] -- once a day")
    views = project.root / "app" / "views.py"
    before = views.read_text(encoding="utf-8")
    assert project.check().places == []
    project.write(helpers="def (\n")
    for _ in range(2):
        assert project.check("app/views.py", "--fix").places == []
        assert project.check("--fix").places == ["app/helpers.py:1 ARC001"]
        assert views.read_text(encoding="utf-8") == before
    command = ["python", "-m", "flake8", "--isolated", "--select=ARC", "app/views.py"]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == ""
    project.write(helpers="def pause():\n    pass\n")
    assert project.check("--fix").places == []
    assert "archlint:" not in views.read_text(encoding="utf-8")


def test_a_run_that_finds_less_leaves_suppressions_of_the_rest(project: Project) -> None:
    project.write(views=SLEEP.replace("(1)", "(1)  # archlint: ignore[ARC302] -- fine"))
    assert "app/views.py:5 ARC006" in project.check().places
    for confidence in ("medium", "high"):
        assert project.check("--min-confidence", confidence).places == ["app/views.py:5 ARC301"]
    assert "app/views.py:5 ARC006" in project.check().places
    assert "app/views.py:5 ARC006" in project.check("--select", "ARC302,ARC006").places


def test_a_file_on_its_own_says_nothing_of_suppressions_that_rest_on_others(project: Project) -> None:
    _linked(project, "  # archlint: ignore[ARC302] -- once a day")
    (project.root / "archlint.toml").unlink()
    assert project.check("app/views.py").places == []


def test_a_write_of_a_part_keeps_the_rest(project: Project) -> None:
    project.write(other=SLEEP)
    project.run("baseline", "write")
    project.write(other=SLEEP + MORE, views="")
    project.run("baseline", "write", "app/other.py")
    assert [(one["path"], one["scope"]) for one in project.entries()] == [
        ("app/other.py", "other"),
        ("app/other.py", "wait"),
        ("app/views.py", "wait"),
    ]


def test_what_a_person_wrote_survives_and_expires(project: Project) -> None:
    project.run("baseline", "write")
    said = {"reason": "once a day", "owner": "payments", "expires": "2020-01-31"}
    _edit(project, **said)
    project.run("baseline", "write")
    project.run("baseline", "prune")
    assert {key: project.entries()[0][key] for key in said} == said

    done = project.check()
    assert done.places == ["app/views.py:5 ARC301"]
    assert "1 entry of the baseline expired" in done.out
    status = project.run("baseline", "status")
    assert status.out.splitlines() == [
        "1  ARC301  payments",
        "expired: ARC301 app/views.py in wait since 2020-01-31",
        "1 finding in the baseline, 0 stale, 1 expired.",
    ]
    assert json.loads(project.run("baseline", "status", "--output-format", "json").out)["expired"][0]["owner"]
    assert len(project.entries()) == 1


def test_machines_are_told_what_the_baseline_has(project: Project) -> None:
    project.run("baseline", "write")
    _edit(project, reason="once a day")
    project.write(views=SLEEP + MORE)
    report = project.json("--include-baselined")
    assert (report["summary"]["diagnostics"], report["summary"]["baselined"]) == (1, 1)
    assert report["baselined"][0]["suppressed_by"] == "baseline: once a day"
    assert project.json()["baselined"] == []

    sarif = json.loads(project.run("check", "--output-format", "sarif", "--include-baselined").out)
    new, known = sarif["runs"][0]["results"]
    assert (new["baselineState"], new["suppressions"]) == ("new", [])
    assert known["baselineState"] == "unchanged"
    assert known["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "baseline: once a day"}
    ]
    assert "[known] " in project.check("--include-baselined").out


def test_a_renamed_file_takes_its_entries_along(project: Project) -> None:
    project.commit()
    project.run("baseline", "write")
    project.commit()
    project.git("mv", "app/views.py", "app/pages.py")
    assert project.check(ci="true").code == 0
    project.commit()
    assert project.check(ci="true").code == 0
    project.check()
    assert project.entries()[0]["path"] == "app/pages.py"


def test_a_file_that_was_moved_and_not_staged_takes_its_entries_along(project: Project) -> None:
    project.write(other=SLEEP.replace("wait", "other"), zone=SLEEP)
    project.run("baseline", "write")
    _edit(project, reason="once a day")
    project.commit()
    for old, new in (("views", "pages"), ("other", "others")):
        (project.root / "app" / f"{old}.py").rename(project.root / "app" / f"{new}.py")
    project.write(pages=SLEEP + "\n\nTODO = 1\n")
    (project.root / "app" / "zone.py").unlink()
    assert project.check().code == 0
    assert [(one["path"], one["scope"]) for one in project.entries()] == [
        ("app/others.py", "other"),
        ("app/pages.py", "wait"),
    ]
    assert project.entries()[0]["reason"] == "once a day"
    project.git("add", "-A")
    assert project.check(ci="true").code == 0


def test_what_still_imports_a_moved_file_keeps_its_entries(project: Project) -> None:
    _linked(project)
    project.run("baseline", "write")
    project.commit()
    before = project.text()
    (project.root / "app" / "helpers.py").rename(project.root / "app" / "pausing.py")
    for _ in range(2):
        assert project.check().places == []
        assert project.text() == before
    views = project.root / "app" / "views.py"
    views.write_text(views.read_text(encoding="utf-8").replace("helpers", "pausing"), encoding="utf-8")
    project.git("add", "-A")
    assert project.check(ci="true").code == 0


def test_a_shallow_clone_does_not_take_a_renamed_file_for_one_that_is_gone(project: Project, tmp_path: Path) -> None:
    project.run("baseline", "write")
    project.commit()
    project.git("mv", "app/views.py", "app/pages.py")
    project.commit()
    project.git("clone", "-q", "--depth", "1", f"file://{project.root}", str(tmp_path / "clone"))
    clone = Project(tmp_path / "clone", project.monkeypatch)
    done = clone.check(ci="true")
    assert done.places == ["app/pages.py:5 ARC301"]
    assert "`git fetch --unshallow`" in done.err
    clone.check()
    assert [one["path"] for one in clone.entries()] == ["app/views.py"]
    clone.git("fetch", "-q", "--unshallow")
    assert clone.check(ci="true").code == 0


def test_nobody_else_takes_entries_along(project: Project) -> None:
    project.run("baseline", "write")
    (project.root / "app" / "views.py").rename(project.root / "app" / "pages.py")
    assert project.check(ci="true").places == ["app/pages.py:5 ARC301", f"{NAME}:2 ARC008"]


def test_secrets_stand_in_no_baseline(project: Project) -> None:
    token = GITHUB(random.Random(1))  # noqa: S311 - the same each time
    project.write(
        views=f'import requests\n\nTOKEN = "{token}"\nrequests.get(f"https://api.example.org/?key={token}")\n'
    )
    assert project.run("secrets").code == 1
    project.run("baseline", "write", "--preview", "--min-confidence", "low", "--select", "ALL")
    assert {one["rule"] for one in project.entries()} >= {"ARC401", "ARC501"}
    assert token[8:] not in project.text()
    assert project.run("secrets").code == 0


def test_what_is_staged_is_held_against_it(project: Project) -> None:
    token = GITHUB(random.Random(1))  # noqa: S311 - as above
    project.write(views=f'TOKEN = "{token}"\n')
    project.run("baseline", "write")
    project.commit()
    project.write(views=(project.root / "app" / "views.py").read_text(encoding="utf-8") + "\n")
    project.git("add", "app")
    staged = ("secrets", "--staged", "--output-format", "concise")
    assert project.run(*staged, "--no-baseline").places == ["app/views.py:1 ARC501"]
    assert project.run(*staged).places == []


def test_an_isolated_run_takes_no_baseline_of_the_project(project: Project) -> None:
    project.run("baseline", "write")
    assert project.check("--isolated").code == 1
    assert project.check("--isolated", "--baseline", NAME).code == 0


def test_a_fix_leaves_alone_what_the_baseline_has(project: Project) -> None:
    silenced = SLEEP.replace("(1)", "(1)  # archlint: ignore[ARC301, ARC302]")
    project.write(views=silenced)
    project.run("baseline", "write")
    project.check("--fix")
    assert (project.root / "app" / "views.py").read_text(encoding="utf-8") == silenced
    project.check("--fix", "--no-baseline")
    assert (project.root / "app" / "views.py").read_text(encoding="utf-8") != silenced


def test_a_warm_run_and_flake8_say_the_same(project: Project) -> None:
    project.write(views=SLEEP + MORE)
    assert len(project.check().places) == 2
    project.write(views=SLEEP)
    project.run("baseline", "write")
    project.write(views=SLEEP + MORE)
    assert project.check().places == project.check().places == ["app/views.py:9 ARC301"]
    command = ["python", "-m", "flake8", "--isolated", "--select=ARC", "app"]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=100, check=False)
    assert [line.split(" ")[0] for line in done.stdout.splitlines()] == ["app/views.py:9:5:"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no baseline: it is empty"),
        ("[]", "is no baseline"),
        ('{"archlint-baseline": 2, "findings": []}', "its format is one that this version of archlint does not know"),
        (
            '{"archlint-baseline": 1, "findings": [\n{"path": "a", "rule": "ARC301", "expires": "soon"},\nnull\n]}',
            "is no baseline: line 2: `expires` is a day such as 2027-03-31",
        ),
        ('{"archlint-baseline": 1, "findings": [\n{"path": "a"},\nnull\n]}', "line 2: "),
        ('{"archlint-baseline": 1, "findings": [{"path": "a", "rule": "ARC301", "line": 3}]}', "unknown field"),
        ("<<<<<<< ours\n", f"`{NAME}`, line 1: a merge"),
        ('{"archlint-baseline": 1, "findings": [], "\\u001b[2J": 1}', "\\x1b[2J"),
        ("[" * 100_000, "is no baseline"),
    ],
)
def test_what_is_no_baseline_ends_the_run_and_is_left_alone(project: Project, text: str, said: str) -> None:
    (project.root / NAME).write_text(text, encoding="utf-8")
    for command in (["check"], ["baseline", "write"], ["baseline", "prune"], ["baseline", "status"]):
        done = project.run(*command)
        assert done.code == 2
        assert said in done.err
    assert project.text() == text


def test_a_baseline_that_is_asked_for_must_be_there(project: Project) -> None:
    assert project.check("--baseline", "other.json").code == 2
    assert project.run("baseline", "write", "--baseline", "other.json").code == 0
    assert project.check("--baseline", "other.json").code == 0
    assert project.check().code == 1
    (project.root / "archlint.toml").write_text('baseline = "../other.json"\n', encoding="utf-8")
    assert "outside of the project" in project.check().err


@pytest.mark.skipif(sys.platform != "linux", reason="a patched function travels by fork only")
def test_a_file_that_a_run_lost_is_in_no_baseline(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = FileAnalysis.run

    def analyse(self: object, entry: object, *rest: object) -> object:
        if entry.path == "app/views.py":  # type: ignore[attr-defined]
            os._exit(1)
        return real(self, entry, *rest)  # type: ignore[arg-type]

    project.write(more=SLEEP)
    with monkeypatch.context() as patched:
        patched.setattr(analyse_module, "_IN_PROCESS_BYTES", 0)
        patched.setattr(FileAnalysis, "run", analyse)
        done = project.run("baseline", "write", "--no-cache", "-j2")
    assert "app/views.py was not checked: the process died of it: what is in it will be reported as new" in done.err
    assert [one["path"] for one in json.loads(project.text())["findings"] if one] == ["app/more.py"]
    assert project.check().places == ["app/views.py:5 ARC301"]


def test_a_link_is_not_written_through(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text(rendered([Accepted("app/gone.py", "ARC301", "wait", "time.sleep")]), encoding="utf-8")
    (project.root / NAME).symlink_to(target)
    before = target.read_bytes()
    assert "leads out of the project" in project.check().err
    assert target.read_bytes() == before


def test_services_without_a_common_root_have_no_common_baseline(project: Project) -> None:
    (project.root / "archlint.toml").unlink()
    for name in ("a", "b"):
        service = project.root / "services" / name
        service.mkdir(parents=True)
        (service / "archlint.toml").touch()
        (service / "views.py").write_text(SLEEP, encoding="utf-8")
    (project.root / "app" / "views.py").unlink()
    project.commit()

    done = project.run("baseline", "write")
    assert f"archlint: 2 findings in {NAME}\n" in done.err
    assert "services/a, services/b have configurations of their own" in done.err
    before = project.text()
    done = project.check("services/a", "--baseline", NAME)
    assert (done.code, "none of its files is there" in done.err) == (1, True)
    assert project.text() == before

    assert project.run("baseline", "write", "services/a").err == f"archlint: 1 finding in services/a/{NAME}\n"
    (project.root / "services" / "a" / "views.py").write_text("", encoding="utf-8")
    assert f"archlint: services/a/{NAME}: 1 finding gone" in project.check("services/a").err
    (project.root / "archlint.toml").touch()
    assert "warning" not in project.run("baseline", "write").err
    assert project.check("services/b").code == 0


def test_a_wrong_configuration_beside_what_is_asked_for_is_no_error(project: Project) -> None:
    beside = project.root / "beside"
    beside.mkdir()
    (beside / "views.py").write_text(SLEEP, encoding="utf-8")
    project.run("baseline", "write")
    (beside / "archlint.toml").write_text('packs = ["acme"]\n', encoding="utf-8")
    for arguments in (("app",), ("app", "--extend-exclude", "beside"), (".", "--extend-exclude", "beside")):
        done = project.check(*arguments)
        assert (done.code, "`acme` is not installed" in done.out) == (0, arguments == ("app",))
    assert len(project.entries()) == 2
    assert project.check(".").code == project.check("beside").code == 2
    assert project.run("why", "app/views.py:5").code == 0


def test_a_format_that_does_not_show_what_is_asked_for_says_so(project: Project) -> None:
    project.run("baseline", "write")
    done = project.run("check", "--include-baselined", "--output-format", "gitlab", "--output", "junit=x.xml")
    assert "`--include-baselined` changes nothing in `gitlab`, `junit`" in done.err
    done = project.run("check", "--include-baselined", "--output-format", "gitlab", "--output", "json=x.json")
    assert "changes nothing" not in done.err
    assert "changes nothing" not in project.check("--include-baselined").err


def test_two_branches_merge(project: Project) -> None:
    names = [f"part{number}" for number in range(9)]
    project.write(**dict.fromkeys(names, SLEEP), views="")
    project.run("baseline", "write")
    (project.root / ".gitattributes").write_text(f"{NAME} merge=union\n", encoding="utf-8")
    project.commit()
    for branch, gone, more in (("left", "part3", "part1"), ("right", "part4", "part8")):
        project.git("checkout", "-q", "-b", branch, "main")
        project.write(**{gone: "", more: SLEEP + MORE})
        project.run("baseline", "write")
        project.commit()
    project.git("merge", "-q", "left", "-m", "x")
    assert project.check().code == 0
    assert "stale" in project.run("baseline", "status").out
    assert {(one["path"], one["scope"]) for one in project.entries()} == {
        *((f"app/{name}.py", "wait") for name in names if name not in {"part3", "part4"}),
        ("app/part1.py", "other"),
        ("app/part8.py", "other"),
    }


def _edit(project: Project, **said: str) -> None:
    document = json.loads(project.text())
    document["findings"][0].update(said)
    (project.root / NAME).write_text(json.dumps(document), encoding="utf-8")


WORDS = st.sampled_from(["a", "b", "time.sleep", "x" * 200, 'f("é")', "***", "blake2b:00"])
IDENTITIES = st.lists(st.builds(Identity, WORDS, st.sampled_from(["ARC301", "ARC101"]), WORDS, WORDS), max_size=12)


def held(entries: tuple[Accepted, ...], findings: list[Identity]) -> Matched:
    """Return what a baseline has of findings after it went through its file."""
    baseline = parsed(rendered(entries), Path(NAME), NAME)
    return matched(baseline, findings, TODAY, is_judged=lambda _: True, renamed={})


@given(IDENTITIES, st.randoms())
def test_what_was_written_has_all_in_any_order(findings: list[Identity], order: random.Random) -> None:
    match = held(rewritten(None, findings), findings)
    assert None not in match.by
    assert match.is_current
    order.shuffle(findings)
    assert rewritten(None, findings) == match.entries
    assert rewritten(match, findings) == match.entries


@given(IDENTITIES, IDENTITIES)
def test_it_has_each_finding_once_and_pruning_only_removes(before: list[Identity], now: list[Identity]) -> None:
    match = held(rewritten(None, before), now)
    assert match.by.count(None) == sum(max(0, now.count(one) - before.count(one)) for one in set(now))
    counts = {one.key: one.count for one in match.entries}
    pruned = match.pruned()
    assert all(one.count <= counts[one.key] for one in pruned)
    assert [one is None for one in held(pruned, now).by] == [one is None for one in match.by]
    assert held(pruned, now).is_current


@given(IDENTITIES)
def test_lines_that_a_merge_doubled_count_once(findings: list[Identity]) -> None:
    entries = rewritten(None, findings)
    assert parsed(rendered((*entries, *entries)), Path(NAME), NAME).entries == entries


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f( a,b )", "f(\n    a,\n    b,\n)"),
        ("get('x')", 'get("x")'),
        ("get(u'x')", 'get("x")'),
        ("f(a)  # first", "f(a)"),
        ('sql = """SELECT 1\n  FROM a"""', 'sql="""SELECT 1 FROM a"""'),
        ('key = "********"', 'key = "****"'),
        ("[1,\n2, # two\n3]", "[1, 2, 3]"),
    ],
)
def test_normal_form_forgets_how_code_is_written(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"), [("get('a')", "get('b')"), ("ab", "a b"), ("a.b", "a b"), ("'it''s'", "'its'"), ("f(a)", "f(b)")]
)
def test_normal_form_keeps_what_code_says(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize(
    ("text", "end", "region"),
    [
        ("f(a)\ng(b)", 4, "f(a)"),
        ("f(\n  a,\n)\ng(b)", 2, "f(\n  a,\n)"),
        ("f([\n  ')',\n])\ng(b)", 3, "f([\n  ')',\n])"),
        ("f(\ng", 2, "f("),
        ("a", 0, ""),
    ],
)
def test_a_region_goes_on_to_the_end_of_its_brackets(text: str, end: int, region: str) -> None:
    assert whole_region(text, 0, end) == region


@given(st.lists(st.sampled_from(["f", "(", ")", "[", "x", ".", "+", "'a b'", '"c"', "1"]), max_size=12), st.data())
def test_blanks_between_tokens_make_no_difference(tokens: list[str], data: st.DataObject) -> None:
    blanks = st.sampled_from([" ", "\n", "\t  ", "\r\n    "])
    one, other = (data.draw(blanks).join(tokens) for _ in range(2))
    assert normal_form(one) == normal_form(other)


def test_an_unknown_field_is_no_reason_to_forget_it() -> None:
    with pytest.raises(UsageError, match="unknown field"):
        parsed('{"archlint-baseline": 1, "findings": [], "more": 1}', Path(NAME), NAME)
