"""Fixes: what is done to a text, what is written into which files, and what each rule's fixtures become."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from itertools import pairwise, permutations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cases import FIXTURES, cases, copied, selection
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archlint.catalogue import catalogue
from archlint.cli.app import archlint
from archlint.diagnostic import Applicability, Edit, Fix
from archlint.fixing import rounds
from archlint.fixing.differences import difference
from archlint.fixing.edits import compatible, edited
from archlint.fixing.rounds import fixed_in_memory
from archlint.fixing.writing import write
from archlint.pipeline import Request
from archlint.settings import Overrides

if TYPE_CHECKING:
    from click.testing import Result

TIERS = {
    "fixed": [Applicability.SAFE],
    "unsafe": [Applicability.SAFE, Applicability.UNSAFE],
    "suggested": list(Applicability),
}
MARKER = re.compile(r"[ \t]*(?:#|--) expect:[^\r\n]*")
UNUSED = "# archlint: ignore[ARC101] -- once"
MODELS = """\
from django.db import models


class Customer(models.Model):
    name = models.TextField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    buyer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="bought")
"""
SERVICES = """\
from shop.models import Order


def customers():
    return [order.customer.id for order in Order.objects.all()]


def buyers():
    return [order.buyer.id for order in Order.objects.all()]


def first():
    return list(Order.objects.order_by("id"))[:10]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "__init__.py").touch()
    (root / "shop" / "models.py").write_text(MODELS, encoding="utf-8")
    (root / "shop" / "services.py").write_text(SERVICES, encoding="utf-8")
    (root / "archlint.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(root)
    return root


def run(*arguments: str, stdin: bytes | None = None, select: str = "ARC105,ARC201") -> Result:
    call = ["check", "--no-cache", "--jobs=1", f"--select={select}", "--output-format=concise", *arguments]
    result = CliRunner().invoke(archlint, call, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def text_of(root: Path) -> str:
    return (root / "shop" / "services.py").read_text(encoding="utf-8")


# What fixes do to a text


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix("change it", tuple(Edit(*one) for one in edits), Applicability.SAFE)


@st.composite
def texts_and_fixes(draw: st.DrawFn) -> tuple[str, list[Fix]]:
    text = draw(st.text("ab\r\n\u6f22\U0001f600", max_size=30))
    offsets = st.integers(0, len(text))
    regions = st.tuples(offsets, offsets).map(lambda pair: (min(pair), max(pair)))
    edits = st.tuples(regions, st.text("xy\n", max_size=3)).map(lambda one: Edit(*one[0], one[1]))
    fixes = st.lists(edits, max_size=3).map(lambda found: Fix("change it", tuple(found), Applicability.SAFE))
    return text, draw(st.lists(fixes, max_size=6))


@given(texts_and_fixes())
def test_what_is_chosen_does_not_depend_on_the_order_of_the_fixes(given_: tuple[str, list[Fix]]) -> None:
    text, fixes = given_
    chosen = compatible(fixes, len(text))
    assert all(compatible(order, len(text)) == chosen for order in list(permutations(fixes))[:24])


@given(texts_and_fixes())
def test_fixes_that_fit_together_commute(given_: tuple[str, list[Fix]]) -> None:
    text, fixes = given_
    chosen = compatible(fixes, len(text))
    assert edited(text, chosen) == edited(text, reversed(chosen))


@given(texts_and_fixes())
def test_chosen_edits_are_apart_and_the_rest_of_the_text_stays(given_: tuple[str, list[Fix]]) -> None:
    text, fixes = given_
    edits = sorted({edit for one in compatible(fixes, len(text)) for edit in one.edits}, key=lambda one: one.start)
    assert all(before.end < after.start for before, after in pairwise(edits))
    at, kept = 0, []
    for edit in edits:
        kept.append(text[at : edit.start])
        at = edit.end
    after = edited(text, compatible(fixes, len(text)))
    rest = "".join((*kept, text[at:]))
    pieces = iter(after)
    assert all(character in pieces for character in rest), "what no edit covers stands there in the same order"


@given(texts_and_fixes())
def test_of_fixes_that_meet_the_first_by_position_is_made(given_: tuple[str, list[Fix]]) -> None:
    text, fixes = given_
    sound = [one for one in fixes if compatible([one], len(text))]
    first = min(sound, key=lambda one: sorted((e.start, e.end, e.text) for e in one.edits), default=None)
    assert first is None or first in compatible(fixes, len(text))


@pytest.mark.parametrize(
    "one",
    [
        fix(),
        fix((0, 99, "x")),
        fix((-1, 2, "x")),
        fix((3, 2, "x")),
        fix((0, 3, "x"), (2, 4, "y")),
        fix((0, 2, "x"), (2, 4, "y")),
    ],
)
def test_a_fix_that_makes_no_sense_is_left_out(one: Fix) -> None:
    assert compatible([one], 5) == ()


def test_an_edit_that_two_fixes_share_is_made_once() -> None:
    fixes = compatible([fix((0, 0, "import x\n"), (5, 6, "x")), fix((0, 0, "import x\n"), (7, 8, "x"))], 9)
    assert edited("a\nb\nc\nd\ne", fixes) == "import x\na\nb\ncxdxe"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_what_is_put_in_takes_the_line_ends_of_the_text(line_end: str) -> None:
    text = line_end.join("abc")
    assert edited(text, [fix((0, 0, "x\ny\r\n"))]) == line_end.join(("x", "y", text))


@given(texts_and_fixes())
def test_a_difference_can_be_applied(given_: tuple[str, list[Fix]]) -> None:
    text, fixes = given_
    after = edited(text, compatible(fixes, len(text)))
    shown = difference("a.txt", text, after)
    assert bool(shown) == (text != after)


@pytest.mark.skipif(shutil.which("patch") is None, reason="no `patch` here")
@pytest.mark.parametrize("before", ["a\nb\nc\n", "a\nb\nc", "a\r\nb\r\n", "a\u2028b\nc"])
def test_patch_applies_a_difference(tmp_path: Path, before: str) -> None:
    (tmp_path / "a.txt").write_bytes(before.encode())
    shown = difference("a.txt", before, f"x{before}y")
    subprocess.run(["patch", "-p0", "--binary"], cwd=tmp_path, input=shown.encode(), check=True, capture_output=True)
    assert (tmp_path / "a.txt").read_bytes().decode() == f"x{before}y"


# What each rule's fixtures become


def bad_cases() -> list[Path]:
    return [case for case in cases() if case.name.startswith("bad")]


@pytest.mark.parametrize("case", bad_cases(), ids=lambda case: "-".join(case.parts[-2:]))
def test_fixtures_become_what_stands_beside_them(case: Path, tmp_path: Path) -> None:
    """`fixed_x` has the files of `bad_x` that safe fixes change, `unsafe_x` and `suggested_x` those of all up to them.

    None of them need be there for a rule without fixes; of one that has some, all that change anything must be.
    """
    code = next(entry.code for entry in catalogue() if entry.stem == case.parent.name)
    project = copied(case, tmp_path)
    overrides = Overrides(select=selection(code), no_cache=True, min_confidence="low", jobs=1)
    request = Request((project,), cwd=project, overrides=overrides)
    expected: dict[str, str] = {}
    for tier, allowed in TIERS.items():
        beside = case.with_name(case.name.replace("bad", tier, 1))
        if beside.is_dir():
            expected = {
                path.relative_to(beside).as_posix(): path.read_bytes().decode()
                for path in sorted(beside.rglob("*"))
                if path.is_file()
            }
        fixed = fixed_in_memory(request, allowed)
        assert not fixed.warnings
        assert {change.entry.path: MARKER.sub("", change.after) for change in fixed.changes} == expected, tier


def test_what_stands_beside_a_fixture_has_one() -> None:
    for tier in TIERS:
        for folder in FIXTURES.glob(f"*/*/{tier}*"):
            assert folder.with_name(folder.name.replace(tier, "bad", 1)).is_dir(), folder


# The command line


def test_fix_writes_what_is_safe_and_reports_the_rest(project: Path) -> None:
    done = run("--fix")
    assert "order.customer_id for" in text_of(project)
    assert "order.buyer.id" in text_of(project)
    assert '.order_by("id")[:10])' in text_of(project)
    lines = done.stdout.splitlines()
    assert [line.split(" ")[1] for line in lines[:1]] == ["ARC105"]
    assert lines[1:] == [
        "Made 2 fixes.",
        "Found 1 diagnostic (1 note) in 4 files.",
        "No fixes available (1 hidden fix can be enabled with the `--unsafe-fixes` option).",
    ]
    assert done.exit_code == 0


def test_a_second_time_nothing_changes(project: Path) -> None:
    run("--fix", "--unsafe-fixes")
    before = text_of(project)
    assert "order.buyer_id" in before
    done = run("--fix", "--unsafe-fixes")
    assert (text_of(project), done.exit_code) == (before, 0)
    assert "Made" not in done.stdout


def test_without_a_flag_nothing_is_written_and_what_can_be_fixed_is_marked(project: Path) -> None:
    done = run("--fail-on=note")
    assert text_of(project) == SERVICES
    assert [line.split(" ")[1:3] for line in done.stdout.splitlines()[:3]] == [
        ["ARC105", "[*]"],
        ["ARC105", "`order.buyer.id`"],
        ["ARC201", "[*]"],
    ]
    assert "[*] 2 fixable with the `--fix` option (1 hidden fix can be enabled" in done.stdout
    assert run("--unsafe-fixes").stdout.count("[*] `") == 3
    assert "[*] 3 fixable with the `--fix` option.\n" in run("--unsafe-fixes").stdout
    assert done.exit_code == 1


def test_settings_say_the_same_as_the_flags(project: Path) -> None:
    (project / "archlint.toml").write_text("fix = true\nunsafe-fixes = true\n", encoding="utf-8")
    run("--no-fix")
    assert text_of(project) == SERVICES
    run("--no-unsafe-fixes")
    assert "order.buyer.id" in text_of(project)
    run()
    assert "order.buyer_id" in text_of(project)


def test_diff_shows_all_and_writes_nothing(project: Path) -> None:
    done = run("--diff")
    assert text_of(project) == SERVICES
    written, *left = done.stdout.split("# shop/services.py")
    assert [line for line in written.splitlines() if line.startswith(("-", "+"))] == [
        "--- shop/services.py",
        "+++ shop/services.py",
        "-    return [order.customer.id for order in Order.objects.all()]",
        "+    return [order.customer_id for order in Order.objects.all()]",
        '-    return list(Order.objects.order_by("id"))[:10]',
        '+    return list(Order.objects.order_by("id")[:10])',
    ]
    (suggested,) = left
    assert suggested.startswith(":9:13: ARC105 Read `order.buyer_id` (unsafe)\n--- shop/services.py")
    assert done.stderr == "archlint: `--fix` would make 2 fixes, 1 more is for a person to judge.\n"
    assert done.exit_code == 1


@pytest.mark.usefixtures("project")
def test_what_is_only_suggested_does_not_fail_a_diff() -> None:
    run("--fix")
    done = run("--diff")
    assert "buyer_id" in done.stdout
    assert done.exit_code == 0
    assert run("--diff", "--unsafe-fixes").exit_code == 1


def test_an_edit_that_two_findings_suggest_is_shown_once(project: Path) -> None:
    read = "            print(one.customer.name)\n"
    body = f"    for one in Order.objects.all():\n        if one.pk:\n{read}        else:\n{read}"
    (project / "shop" / "services.py").write_text(
        f"from shop.models import Order\n\n\ndef f():\n{body}", encoding="utf-8"
    )
    assert run(select="ARC102").stdout.count("ARC102") == 2
    assert run("--diff", select="ARC102").stdout.count("ARC102") == 1


def test_diff_wins_over_fix_and_goes_to_a_file(project: Path) -> None:
    done = run("--fix", "--diff", "-o", "fixes.diff", "-q")
    assert (text_of(project), done.stdout, done.stderr) == (SERVICES, "", "")
    assert (project / "fixes.diff").read_text(encoding="utf-8").startswith("--- shop/services.py\n")


def test_a_diff_shows_no_secret(project: Path) -> None:
    value = "ghp_" + "x7Rk2mQ9vT4bL8nW1zY6cH3dF5gJ0pS" + "a1B2c"
    (project / "shop" / "services.py").write_text(f'TOKEN = "{value}"  {UNUSED}\n{SERVICES}', encoding="utf-8")
    done = run("--diff", select="ALL")
    assert "TOKEN" in done.stdout
    assert value not in done.stdout


def test_standard_input_comes_back_fixed(project: Path) -> None:
    name = ("-", "--stdin-filename", "shop/services.py")
    done = run("--fix", *name, stdin=SERVICES.replace("order.", "row.").replace("for order", "for row").encode())
    assert "row.customer_id for row" in done.stdout
    assert "Made 2 fixes." in done.stderr
    assert text_of(project) == SERVICES
    clean = "x = 1\n"
    assert run("--fix", *name, stdin=clean.encode()).stdout == clean


def test_suppressed_findings_are_not_fixed(project: Path) -> None:
    text = SERVICES.replace("all()]", "all()]  # archlint: ignore[ARC105] -- on purpose")
    (project / "shop" / "services.py").write_text(text, encoding="utf-8")
    run("--fix", "--unsafe-fixes")
    assert text_of(project).count("on purpose") == 2
    assert "order.customer.id" in text_of(project)
    assert "order.buyer.id" in text_of(project)


def test_only_the_files_that_were_asked_for_are_fixed(project: Path) -> None:
    (project / "shop" / "other.py").write_text(SERVICES, encoding="utf-8")
    run("--fix", "shop/other.py")
    assert text_of(project) == SERVICES
    assert "customer_id" in (project / "shop" / "other.py").read_text(encoding="utf-8")


def test_what_the_json_report_says_of_fixes(project: Path) -> None:
    report = json.loads(run("--fix", "--output-format=json").stdout)
    assert report["summary"]["fixed"] == 2
    (left,) = report["diagnostics"]
    assert left["fix"]["applicability"] == "unsafe"
    (edit,) = left["fix"]["edits"]
    assert text_of(project)[edit["start"] : edit["end"]] == "buyer.id"


# What is written


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
        return mark + text.replace("\n", line_end).encode(encoding)

    path = project / "shop" / "odd.py"
    path.write_bytes(stored(f"{head}\nx = 1  {UNUSED}\n{head}\n"))
    run("--fix", select="ALL")
    assert path.read_bytes() == stored(f"{head}\nx = 1\n{head}\n")


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
def test_mode_and_links_are_kept(project: Path) -> None:
    path = project / "shop" / "services.py"
    path.chmod(0o751)
    (project / "linked.py").symlink_to(path)
    run("--fix", "linked.py")
    assert (project / "linked.py").is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o751
    assert "customer_id" in text_of(project)
    assert sorted(one.name for one in path.parent.iterdir()) == ["__init__.py", "models.py", "services.py"]


def test_a_file_that_changed_meanwhile_is_left_alone(project: Path) -> None:
    request = Request((project,), cwd=project, overrides=Overrides(select=("ARC105",), no_cache=True, jobs=1))
    fixed = fixed_in_memory(request, TIERS["fixed"])
    (change,) = fixed.changes
    (project / "shop" / "services.py").write_text("changed = 1\n", encoding="utf-8")
    assert write(change, 1_000_000) == "it changed since it was read"
    assert text_of(project) == "changed = 1\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(project: Path) -> None:
    (project / "shop").chmod(0o555)
    try:
        done = run("--fix")
    finally:
        (project / "shop").chmod(0o755)
    assert "shop/services.py is not fixed: permission denied" in done.stderr
    assert text_of(project) == SERVICES


def test_a_fix_that_breaks_the_file_is_not_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "edited", lambda text, fixes: edited(text, fixes) + ")")
    done = run("--fix")
    assert text_of(project) == SERVICES
    assert done.stderr.count("shop/services.py is not fixed: it could not be parsed any more") == 1


def test_a_file_that_does_not_parse_keeps_its_suppressions(project: Path) -> None:
    """Rules that could not run silence nothing, which makes no suppression unused."""
    broken = f"def broken()\n    return load()  {UNUSED}\n"
    (project / "shop" / "broken.py").write_text(broken, encoding="utf-8")
    done = run("--fix", "--unsafe-fixes", select="ALL")
    assert (project / "shop" / "broken.py").read_text(encoding="utf-8") == broken
    assert "is not fixed" not in done.stderr
    assert "ARC001" in done.stdout
    assert "ARC006" not in done.stdout


@pytest.mark.usefixtures("project")
def test_fixes_that_undo_each_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []

    def endless(text: str, _fixes: object) -> str:
        texts.append(text)
        return f"{text}# {len(texts)}\n"

    monkeypatch.setattr(rounds, "edited", endless)
    run("--fix")
    assert len(texts) <= rounds.MAX_ROUNDS * 2


def test_a_fix_that_waits_is_made_in_the_next_round(project: Path) -> None:
    inner = "list(Order.objects.order_by('id'))[:3]"
    text = f"from shop.models import Order\n\n\ndef f():\n    return len(Order.objects.filter(pk__in={inner}))\n"
    (project / "shop" / "services.py").write_text(text, encoding="utf-8")
    run("--fix")
    after = text_of(project)
    assert "Order.objects.filter(pk__in=list(Order.objects.order_by('id')[:3])).count()" in after
    ast.parse(after)


def test_the_public_way_in_writes_nothing(project: Path) -> None:
    code = "import archlint; print(sum(one.diagnostic.fix is not None for one in archlint.check(['.']).results))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=project, capture_output=True)
    assert text_of(project) == SERVICES
