"""Rule packs: installed distributions that a configuration names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import archlint.stages.analyse as analyse_module
from archlint import check
from archlint.errors import UsageError
from archlint.pipeline import Request, run
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.settings import Overrides
from archlint.settings.packs import packs_of
from archlint.testing import assert_case, cases_in

PACK = Path(__file__).parent / "data" / "pack"
PRINTS = "def pay():\n    print('paid')\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose configuration names the pack, which is installed."""
    monkeypatch.syspath_prepend(str(PACK))
    return written(tmp_path / "project", {"archlint.toml": 'packs = ["acme"]\n', "pay.py": PRINTS})


def written(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def codes(root: Path, **overrides: object) -> list[str]:
    report = check([root], root=root, overrides=Overrides(**{"no_cache": True, **overrides}))  # type: ignore[arg-type]
    return [one.diagnostic.code for one in report.results]


def test_a_rule_of_a_pack_is_like_all_rules(root: Path) -> None:
    assert codes(root) == ["ACME101"]
    assert codes(root, select=("ACME1",)) == codes(root, select=("payments",)) == ["ACME101"]
    assert codes(root, select=("ARC1",)) == codes(root, ignore=("print-in-payment",)) == []
    written(root, {"pay.py": "print('paid')  # archlint: ignore[ACME101] -- a script\n"})
    assert codes(root) == []
    written(root, {"pay.py": "x = 1  # noqa: ACME101\n"})
    assert codes(root) == ["ARC006"]


@pytest.mark.parametrize("name", ["json", "sarif", "full", "concise"])
def test_reports_describe_it(root: Path, name: str) -> None:
    report = check([root], root=root)
    text = render(report, name, RenderOptions())
    assert "ACME101" in text
    if name == "sarif":
        rules = json.loads(text)["runs"][0]["tool"]["driver"]["rules"]
        assert "no auditor" not in str(rules)
        assert "Auditors read the log" in str([rule for rule in rules if rule["id"] == "ACME101"])


def test_workers_load_it_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyse_module, "_IN_PROCESS_BYTES", 0)
    written(root, {f"app/pay{number}.py": PRINTS for number in range(8)})
    assert codes(root, jobs=2) == ["ACME101"] * 9


def test_nothing_is_loaded_that_nobody_names(root: Path) -> None:
    isolated = run(Request((root,), cwd=root, overrides=Overrides(no_cache=True), isolated=True))
    assert [one.diagnostic.code for one in isolated.results] == []
    (root / "archlint.toml").write_text("", encoding="utf-8")
    assert codes(root) == []


def test_a_pack_that_is_not_installed(root: Path) -> None:
    (root / "archlint.toml").write_text('packs = ["acne"]', encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"archlint.toml: `packs`: the pack `acne` is not installed, did you mean `acme`"
    ):
        codes(root)


def copied_into(root: Path, package: str = "acme_archlint") -> None:
    """Put the pack into the linted project itself, its distribution included."""
    dist, source = "acme_archlint-1.2.dist-info", "payments/print_in_payment"
    files = {
        f"{dist}/METADATA": (PACK / dist / "METADATA").read_text(encoding="utf-8"),
        f"{dist}/entry_points.txt": f"[archlint.rules]\nacme = {package}\n",
        f"{package}/__init__.py": "raise SystemExit('run')\n",
        f"{package}/{source}.py": "raise SystemExit('run')\n",
        f"{package}/{source}.yaml": (PACK / "acme_archlint" / f"{source}.yaml").read_text(encoding="utf-8"),
    }
    written(root, files)


AS_MODULE = ("-m", "archlint")
HERE_FIRST = ("-c", "import sys; sys.path.insert(0, ''); from archlint.cli import main; main()")


def ran(root: Path, *path: Path, start: tuple[str, str] = AS_MODULE) -> subprocess.CompletedProcess[str]:
    source = Path(analyse_module.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(one) for one in (*path, source))}
    command = [sys.executable, *start, "--no-cache", "--select", "ACME", "."]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_nothing_of_the_linted_folder_is_run(tmp_path: Path) -> None:
    root = written(tmp_path, {"archlint.toml": 'packs = ["acme"]\n', "pay.py": PRINTS})
    copied_into(root)
    alone = ran(root)
    assert (alone.returncode, "the pack `acme` is not installed" in alone.stderr) == (2, True)
    beside = ran(root, PACK)
    assert (beside.returncode, "ACME101" in beside.stdout) == (1, True)
    first = ran(root, PACK, start=HERE_FIRST)
    assert (first.returncode, "would be taken from the current folder" in first.stderr) == (2, True)


BROKEN = {
    "syntax": ("def (", "cannot be imported (SyntaxError"),
    "crash": ("1 / 0", "cannot be imported (ZeroDivisionError in rule.py:1)"),
    "other code": ("from archlint.rule import Rule\nrule = Rule('ACME999')", "has no `rule = Rule('ACME200')`"),
    "nothing": ("", "cannot be imported (AttributeError"),
}
ENTRY = (PACK / "acme_archlint/payments/print_in_payment.yaml").read_text(encoding="utf-8")


def installed(folder: Path, package: str, entry: str, module: str) -> Path:
    """Return a folder for `sys.path` with a pack `other` of one rule."""
    return written(
        folder,
        {
            f"{package}-3.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 3\n",
            f"{package}-3.dist-info/entry_points.txt": f"[archlint.rules]\nother = {package}\n",
            f"{package}/__init__.py": "",
            f"{package}/payments/rule.yaml": entry,
            f"{package}/payments/rule.py": module,
        },
    )


@pytest.mark.parametrize(("module", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_a_module_that_is_broken_names_its_pack(
    module: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = f"broken_{len(module)}_{len(message)}"
    entry = ENTRY.replace("ACME101", "ACME200").replace("print-in-payment", "rule")
    monkeypatch.syspath_prepend(str(installed(tmp_path / "site", package, entry, module)))
    root = written(tmp_path / "project", {"archlint.toml": 'packs = ["other"]\n', "pay.py": PRINTS})
    with pytest.raises(UsageError) as caught:
        codes(root)
    assert str(caught.value).startswith(f"pack `other 3`: `{package}.payments.rule` ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (ENTRY.replace("ACME101", "ARC999"), "pack `other 3`: `ARC999` is no code of a pack"),
        (ENTRY.replace("print-in-payment", "query-in-loop"), "pack `other 3`: `query-in-loop` is a rule already"),
        ("code: ACME200", "pack `other 3`: rule.yaml: "),
        (ENTRY + "severities: 3\ncode: 3\n", "pack `other 3`: rule.yaml: "),
        ("code: [", "pack `other 3`: rule.yaml: not YAML"),
    ],
)
def test_an_entry_that_is_wrong_names_its_pack(
    entry: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(installed(tmp_path / "site", "wrong_entry", entry, "")))
    root = written(tmp_path / "project", {"archlint.toml": 'packs = ["other"]\n', "pay.py": PRINTS})
    with pytest.raises(UsageError, match="other") as caught:
        codes(root)
    assert message in str(caught.value)


def test_a_crash_names_the_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = (PACK / "acme_archlint/payments/print_in_payment.py").read_text(encoding="utf-8")
    crashing = module.replace("ACME101", "ACME200").replace("    if ctx", "    1 / 0\n    if ctx")
    entry = ENTRY.replace("ACME101", "ACME200").replace("print-in-payment", "rule")
    monkeypatch.syspath_prepend(str(installed(tmp_path / "site", "crashing_pack", entry, crashing)))
    root = written(tmp_path / "project", {"archlint.toml": 'packs = ["other"]\n', "pay.py": PRINTS})
    (one,) = check([root], root=root).results
    assert one.diagnostic.message.startswith(
        "`ACME200` of the pack `other 3` crashed here (ZeroDivisionError in rule.py"
    )
    assert "to its authors" in one.diagnostic.message


def test_the_cache_knows_the_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ENTRY.replace("ACME101", "ACME200").replace("print-in-payment", "rule")
    module = (PACK / "acme_archlint/payments/print_in_payment.py").read_text(encoding="utf-8")
    site = installed(tmp_path / "site", "cached_pack", entry, module.replace("ACME101", "ACME200"))
    monkeypatch.syspath_prepend(str(site))
    root = written(tmp_path / "project", {"archlint.toml": 'packs = ["other"]\n', "pay.py": PRINTS})

    def severities() -> list[str]:
        return [one.severity.value for one in check([root], root=root, overrides=Overrides()).results]

    assert severities() == ["error"]
    written(site, {"cached_pack/payments/rule.yaml": entry.replace("severity: error", "severity: note")})
    assert severities() == ["note"]

    before = packs_of(["other"], "")[0][0].digest
    written(site, {"cached_pack/words.txt": "fee\n"})
    assert packs_of(["other"], "")[0][0].digest != before


@pytest.mark.parametrize("case", cases_in(PACK / "cases"), ids=lambda case: case.name)
@pytest.mark.usefixtures("root")
def test_its_authors_test_it(case: Path) -> None:
    assert_case(case)
