"""Rules that a project declares in its configuration, end to end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from archlint import check
from archlint.cli.app import archlint
from archlint.errors import UsageError
from archlint.flake8_plugin.linting import lint
from archlint.settings import Overrides, SettingsResolver
from archlint.testing import assert_case, cases_in, lint_case, mistakes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from archlint.report.result import Report

WORDS = """
[[own-rules]]
code = "ACME001"
name = "bank-call"
message = "the bank takes seconds"
why = "Its service level says ten."
instead = "call `app.tasks.charge.delay`"
"""
BANK = """
    class BankError(Exception): pass
    class Bank:
        def charge(self, amount, currency="EUR", timeout=None): ...
    def rate(day, timeout=None): ...
    async def later(day): ...
"""


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), encoding="utf-8")
    return folder


def report_of(folder: Path, rule: str, files: Mapping[str, str | None], **overrides: object) -> Report:
    everything = {"archlint.toml": WORDS + dedent(rule), "app/__init__.py": "", "app/bank.py": BANK, **files}
    written(folder, {path: text for path, text in everything.items() if text is not None})
    chosen = {"select": ("ACME",), "no_cache": True, "min_confidence": "low", **overrides}
    return check([folder], root=folder, overrides=Overrides(**chosen))  # type: ignore[arg-type]


def told(report: Report) -> list[str]:
    """Return place and message of each finding, without what the project wrote itself."""
    end = ": the bank takes seconds; call `app.tasks.charge.delay`"
    assert all(one.diagnostic.message.endswith(end) for one in report.results)
    rows = [(one.diagnostic.span, one.diagnostic.message.removesuffix(end)) for one in report.results]
    return [f"{span.path.removeprefix('app/')}:{span.line} {message}" for span, message in rows]


@dataclass(frozen=True)
class Case:
    """A rule, files, what is found, and the steps of the chain of the first finding."""

    rule: str
    files: Mapping[str, str | None]
    found: list[str]
    chain: tuple[str, ...] = ()


CASES = {
    "a call, wherever it is": Case(
        'calls = ["app.bank.rate", "requests.*", "app.Bank.charge"]',
        {
            "app/__init__.py": "from app.bank import Bank\n",
            "app/x.py": """\
                import requests
                from app import Bank
                from app.bank import rate as of

                class Own(Bank): pass

                def run(name, other: Own):
                    of(1)
                    requests.post(name)
                    other.charge(3)
                    name.charge(3)
            """,
        },
        ["x.py:8 `of` is called", "x.py:9 `requests.post` is called", "x.py:10 `other.charge` is called"],
    ),
    "with some arguments": Case(
        'calls = ["app.bank.Bank.charge"]\narguments = {currency = "USD"}',
        {
            "app/x.py": """\
                from app.bank import Bank

                DOLLARS = "USD"

                def run(currency):
                    Bank().charge(1, "USD")
                    Bank().charge(1, currency=DOLLARS)
                    Bank().charge(1)
                    Bank().charge(1, "EUR")
                    Bank().charge(1, currency)
            """
        },
        ["x.py:6 `Bank().charge` is called", "x.py:7 `Bank().charge` is called"],
    ),
    "while a request waits": Case(
        'calls = ["app.bank.rate"]\nwithin = "request"',
        {
            "app/x.py": """\
                from fastapi import FastAPI
                from app.bank import rate

                app = FastAPI()

                def total(day):
                    return rate(day)

                def report(day):
                    return rate(day)

                @app.get("/total")
                def serve(day: int):
                    return total(day)
            """
        },
        ["x.py:7 `rate` is called while `GET /total` waits"],
        ("`GET /total` is served here", "calls `total`", "`rate` is called here"),
    ),
    "on an event loop": Case(
        'calls = ["app.bank.*"]\nwithin = "event-loop"',
        {
            "app/x.py": """\
                import asyncio
                from app.bank import later, rate

                def total(day):
                    return rate(day)

                async def wait(day):
                    await later(day)
                    await asyncio.to_thread(total, day)
                    return total(day)
            """
        },
        ["x.py:10 `rate` is called on the event loop of `async def wait` through `total`"],
        ("calls `total`", "`rate` is called here"),
    ),
    "in a transaction": Case(
        'calls = ["app.bank.rate"]\nwithin = "transaction"',
        {
            "app/x.py": """\
                from django.db import transaction
                from app.bank import rate

                def total(day):
                    return rate(day)

                def save(day):
                    total(day)
                    with transaction.atomic():
                        total(day)
            """
        },
        ["x.py:10 `rate` is called while a transaction is open in `save` through `total`"],
        ("the transaction starts here", "calls `total`", "`rate` is called here"),
    ),
    "in a loop": Case(
        'calls = ["app.bank.rate"]\nwithin = "loop"',
        {
            "app/x.py": """\
                from app.bank import rate

                def total(day):
                    return rate(day)

                def all_of(days):
                    rate(days)
                    for day in days:
                        total(day)
                    return [rate(day) for day in days]
            """
        },
        [
            "x.py:9 `rate` is called in each turn of a loop in `all_of` through `total`",
            "x.py:10 `rate` is called in each turn of a loop in `all_of`",
        ],
        ("calls `total`", "`rate` is called here"),
    ),
    "only what stands there itself": Case(
        'calls = ["app.bank.rate"]\nwithin = "loop"\ndirectly = true',
        {
            "app/x.py": """\
                from app.bank import rate

                def total(day):
                    return rate(day)

                def all_of(days):
                    for day in days:
                        total(day)
                        rate(day)
            """
        },
        ["x.py:9 `rate` is called in each turn of a loop in `all_of`"],
    ),
    "by some modules, also through others": Case(
        'calls = ["app.bank.rate"]\nmodules = ["app.views"]\nexcept-modules = ["app.views.admin"]',
        {
            "app/x.py": "from app.bank import rate\n\ndef total(day):\n    return rate(day)\n",
            "app/views/__init__.py": "",
            "app/views/shop.py": "from app.x import total\n\ndef show(day):\n    return total(day)\n",
            "app/views/admin.py": "from app.x import total\n\ndef show(day):\n    return total(day)\n",
        },
        ["views/shop.py:4 `rate` is called in `app.views.shop` through `total`"],
        ("calls `total`", "`rate` is called here"),
    ),
    "an argument": Case(
        'calls = ["app.bank.rate", "app.bank.Bank.charge"]\nrequire = "argument"\nargument = "timeout"',
        {
            "app/x.py": """\
                from app.bank import Bank, rate

                def run(day, bank: Bank, **more):
                    rate(day)
                    rate(day, 3)
                    rate(day, timeout=3)
                    rate(day, **more)
                    rate(*more)
                    bank.charge(1, "EUR")
                    bank.charge(1, "EUR", 3)
            """
        },
        ["x.py:4 `rate` is called without `timeout`", "x.py:9 `bank.charge` is called without `timeout`"],
    ),
    "a deadline": Case(
        'calls = ["app.bank.*"]\nrequire = "deadline"\nargument = "timeout"',
        {
            "app/x.py": """\
                import asyncio
                from app.bank import later, rate

                async def run(day):
                    rate(day, timeout=None)
                    rate(day, timeout=3)
                    async with asyncio.timeout(3):
                        await later(day)
                    await asyncio.wait_for(later(day), 3)
            """
        },
        ["x.py:5 `rate` is called without `timeout`"],
    ),
    "somebody who handles": Case(
        'calls = ["app.bank.rate"]\nrequire = "handler"\nexceptions = ["app.bank.BankError"]',
        {
            "app/x.py": """\
                from app.bank import BankError, rate

                def total(day):
                    return rate(day)

                def kept(day):
                    try:
                        return rate(day)
                    except BankError:
                        return 0

                def other(day):
                    try:
                        return rate(day)
                    except ValueError:
                        return 0

                def main(day):
                    return total(day)
            """
        },
        [
            "x.py:4 `rate` is called and nobody handles what it raises from `main` on",
            "x.py:14 `rate` is called and nobody handles what it raises",
        ],
        ("calls `total`", "`rate` is called here"),
    ),
    "a name as imports have it, in a project that is linted from above its root": Case(
        'calls = ["shop.bank.Bank.*"]\nmodules = ["shop.views"]',
        {
            "app/shop/__init__.py": "",
            "app/shop/bank.py": "class Bank:\n    def charge(self): ...\n",
            "app/shop/views.py": "from shop.bank import Bank\n\ndef pay(bank: Bank):\n    bank.charge()\n",
            "app/__init__.py": None,
        },
        ["shop/views.py:4 `bank.charge` is called in `app.shop.views`"],
    ),
    "imports, also over other modules": Case(
        'imports = ["app.bank", "requests"]\nmodules = ["app.domain"]',
        {
            "app/x.py": "import requests.sessions\nfrom app import bank\n",
            "app/domain/__init__.py": "",
            "app/domain/orders.py": "import json\nimport app.x\nimport app.domain.lines\n",
            "app/domain/lines.py": "def load():\n    from app.bank import (\n        rate,\n    )\n",
            "app/views.py": "import app.bank\n",
        },
        [
            "domain/lines.py:2 `app.domain.lines` imports `app.bank.rate`",
            "domain/orders.py:2 `app.domain.orders` imports `requests.sessions` through `app.x`",
        ],
    ),
    "imports that stand there themselves": Case(
        'imports = ["app.bank"]\nmodules = ["app.domain"]\ndirectly = true',
        {"app/x.py": "from app import bank\n", "app/domain.py": "import app.x\nfrom app import bank\n"},
        ["domain.py:2 `app.domain` imports `app.bank`"],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_rule_finds(case: Case, tmp_path: Path) -> None:
    report = report_of(tmp_path, case.rule, case.files)
    assert told(report) == case.found
    if case.chain:
        assert tuple(step.message for step in report.results[0].diagnostic.flow) == case.chain


RULE = 'calls = ["app.bank.rate"]'
USE = {"app/x.py": "from app.bank import rate\n\nrate(1)\n"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            'calls = ["app.bank.Bank.charges"]',
            ["`calls` names `app.bank.Bank.charges`, and there is no `app.bank.Bank.charges`"],
        ),
        ('calls = ["app.bnk.Bank.charge"]', ["`calls` names `app.bnk.Bank.charge`, and there is no `app.bnk`"]),
        (
            'calls = ["app.bank.rates", "app.bank.rate"]',
            ["`calls` names `app.bank.rates`, and there is no `app.bank.rates`"],
        ),
        ('imports = ["app.bnk"]\nmodules = ["app.x"]', ["`imports` names `app.bnk`, and there is no `app.bnk`"]),
        ('imports = ["app.bank"]\nmodules = ["domain"]', ["`modules` stands for no module of the project"]),
        (
            'calls = ["requests.get"]\nmodules = ["app.servics", "app.x"]\nexcept-modules = ["app.tests"]',
            [
                "`except-modules` names `app.tests`, and there is no `app.tests`",
                "`modules` names `app.servics`, and there is no `app.servics`",
            ],
        ),
        ('calls = ["requests.gett", "app.*.rates", "app.Bank.charge", "app.bank.make().x"]', []),
        ('calls = ["app.open.anything", "app.open.Open.anything", "app.star.rate"]', []),
    ],
)
def test_a_name_that_stands_for_nothing_is_told(rule: str, said: list[str], tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "from app.bank import Bank\n",
        "app/x.py": "",
        "app/open.py": "import other\n\ndef __getattr__(name): ...\n\nclass Open(other.Base): ...\n",
        "app/star.py": "from app.bank import *\n",
    }
    report = report_of(tmp_path, rule, files)
    found = [(one.diagnostic.span.path, one.diagnostic.span.line, one.diagnostic.message) for one in report.results]
    assert [(path, line) for path, line, _ in found] == [("archlint.toml", 3)] * len(said)
    assert all(message.startswith(start) for (_, _, message), start in zip(found, said, strict=True))
    (tmp_path / "app" / "bank.py").write_text("def (\n", encoding="utf-8")
    assert codes(check([tmp_path], root=tmp_path, overrides=Overrides(select=("ACME",), no_cache=True))) == ["ARC001"]
    assert codes(check(["app/x.py"], root=tmp_path, overrides=Overrides(select=("ACME",), no_cache=True))) == []


def codes(report: Report) -> list[str]:
    return [one.diagnostic.code for one in report.results]


@pytest.mark.parametrize("word", ["ACME001", "ACME", "ACME0", "bank-call", "own", "ALL"])
def test_it_is_selected_as_all_rules_are(word: str, tmp_path: Path) -> None:
    assert "ACME001" in codes(report_of(tmp_path / "select", RULE, USE, select=(word,)))
    assert "ACME001" in codes(report_of(tmp_path / "default", RULE, USE, select=None))
    assert "ACME001" not in codes(report_of(tmp_path / "ignore", RULE, USE, select=None, ignore=(word,)))
    assert codes(report_of(tmp_path / "other", RULE, USE, select=("ARC3",))) == []


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# archlint: ignore[ACME001] -- once a day", []),
        ("# noqa: ACME001", []),
        ("# archlint: ignore[bank-call]", []),
        ("# noqa: ACME002", ["ACME001"]),
    ],
)
def test_it_is_suppressed_as_all_rules_are(comment: str, left: list[str], tmp_path: Path) -> None:
    files = {"app/x.py": f"from app.bank import rate\n\nrate(1)  {comment}\n"}
    assert codes(report_of(tmp_path, RULE, files, select=("ACME", "ARC006"))) == left


def test_its_severity_is_what_the_project_says(tmp_path: Path) -> None:
    rows = RULE + '\nseverity = "note"\n'
    (one,) = report_of(tmp_path / "own", rows, {"scripts/x.py": USE["app/x.py"]}).results
    assert one.severity.value == "note"
    (one,) = report_of(tmp_path / "set", rows + '[severity]\nACME001 = "error"\n', USE).results
    assert one.severity.value == "error"


def test_it_is_explained_and_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report_of(tmp_path, RULE, USE)
    monkeypatch.chdir(tmp_path)
    page = CliRunner().invoke(archlint, ["explain", "acme001"]).output
    assert "# bank-call (ACME001)" in page
    assert "Its service level says ten." in page
    listed = json.loads(CliRunner().invoke(archlint, ["rules", "--output-format", "json"]).output)
    assert listed[-1]["code"] == "ACME001"
    assert "ACME001  bank-call" in CliRunner().invoke(archlint, ["rules"]).output


def test_rules_stand_in_files_too(tmp_path: Path) -> None:
    row = "{code: ACME002, name: rates, message: m, why: w, instead: i, calls: [app.bank.rate]}"
    files = {
        "archlint.toml": 'own-rules = ["own.yaml"]',
        "own.yaml": f"rules:\n  - {row}\n",
        "app/bank.py": BANK,
        **USE,
    }
    written(tmp_path, files)
    assert codes(check([tmp_path], root=tmp_path, overrides=Overrides(no_cache=True, select=("ACME",)))) == ["ACME002"]


def test_each_configuration_has_its_own(tmp_path: Path) -> None:
    files = {"archlint.toml": "", "one/archlint.toml": WORDS + RULE, "two/archlint.toml": ""}
    services = {
        f"{name}/app/{path}": text
        for name in ("one", "two")
        for path, text in (("bank.py", BANK), ("x.py", USE["app/x.py"]))
    }
    written(tmp_path, {**files, **services})
    report = check([tmp_path], root=tmp_path, overrides=Overrides(no_cache=True))
    assert [one.diagnostic.span.path for one in report.results if one.diagnostic.code == "ACME001"] == ["one/app/x.py"]


def test_a_code_means_one_thing_in_a_project(tmp_path: Path) -> None:
    other = RULE.replace("rate", "later")
    written(tmp_path, {"one/archlint.toml": WORDS + RULE, "two/archlint.toml": WORDS + other})
    written(tmp_path, {"one/app/x.py": USE["app/x.py"], "two/app/x.py": USE["app/x.py"], "archlint.toml": ""})
    with pytest.raises(UsageError, match="declare ACME001 differently"):
        check([tmp_path], root=tmp_path, overrides=Overrides(no_cache=True))


def test_a_family_keeps_its_name(tmp_path: Path) -> None:
    written(tmp_path, {"archlint.toml": WORDS.replace("bank-call", "loops") + RULE})
    with pytest.raises(UsageError, match="`loops` is the name of a family"):
        check([tmp_path], root=tmp_path, overrides=Overrides(no_cache=True))


def test_a_position_is_counted_from_the_first(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="position"):
        report_of(tmp_path, 'calls = ["app.bank.rate"]\nrequire = "argument"\nargument = "x"\nposition = -1\n', {})


def test_relative_imports_are_imports_above_the_root_too(tmp_path: Path) -> None:
    files = {
        "archlint.toml": WORDS + 'imports = ["shop.bank"]\nmodules = ["shop.domain"]\n',
        "src/shop/__init__.py": "",
        "src/shop/bank.py": BANK,
        "src/shop/domain/__init__.py": "",
        "src/shop/domain/a.py": "from .. import bank\n",
        "src/shop/domain/b.py": "from ..bank import rate\n",
    }
    report = check([written(tmp_path, files)], root=tmp_path, overrides=Overrides(select=("ACME",), no_cache=True))
    assert [one.diagnostic.span.path for one in report.results] == ["src/shop/domain/a.py", "src/shop/domain/b.py"]


def test_the_cache_and_flake8_know_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = 'select = ["ACME"]\n' + WORDS
    written(tmp_path, {"archlint.toml": config + RULE, "app/__init__.py": "", "app/bank.py": BANK, **USE})

    def now() -> list[str]:
        return codes(check([tmp_path], root=tmp_path, overrides=Overrides()))

    assert now() == now() == ["ACME001"]
    monkeypatch.chdir(tmp_path)
    assert [one.code for one in lint("app/x.py", USE["app/x.py"])] == ["ACME001"]
    written(tmp_path, {"archlint.toml": config + 'calls = ["app.bank.later"]'})
    assert now() == []


@pytest.mark.parametrize(
    ("config", "files", "message"),
    [
        (WORDS, {}, "archlint.toml: `own-rules`[0]: a rule is about `calls` or about `imports`"),
        (WORDS + 'call = ["x"]', {}, "unknown key `call`, did you mean `calls`?"),
        (WORDS + 'calls = "x"', {}, "`calls`: expected a list, got `str`"),
        (WORDS + 'calls = ["x y"]', {}, "`calls`: `x y` is no dotted name"),
        (
            WORDS + 'calls = ["x"]\nwithin = "requests"',
            {},
            "`within`: unknown value `requests`, did you mean `request`?",
        ),
        (WORDS + 'calls = ["x"]\nrequire = "argument"', {}, "`argument`: names what"),
        (WORDS + 'calls = ["x"]\nrequire = "handler"\nwithin = "loop"', {}, "leave `within` out"),
        (WORDS + 'imports = ["x"]', {}, "`modules`: is missing"),
        (WORDS + 'imports = ["x"]\nmodules = ["y"]\nwithin = "loop"', {}, "go with `calls`"),
        (WORDS.replace("ACME001", "ARC101") + RULE, {}, "`code`: `ARC101` is no code of your own"),
        (WORDS.replace("bank-call", "Bank Call") + RULE, {}, "`name`: `Bank Call` is no name"),
        (WORDS.replace("bank-call", "query-in-loop") + RULE, {}, "`query-in-loop` is a rule already: `ARC101`"),
        (WORDS.replace('"call `app.tasks.charge.delay`"', '" "') + RULE, {}, "`instead`: is empty"),
        (WORDS + RULE + WORDS + RULE, {}, "`own-rules`[1]: `ACME001` is declared twice"),
        ('[[own-rules]]\ncode = "ACME001"', {}, "the key `name` is missing"),
        ('own-rules = ["a.yaml"]', {}, "`a.yaml` is no file"),
        ('own-rules = ["../a.yaml"]', {}, "lies outside of the project"),
        ('own-rules = ["a.yaml"]', {"a.yaml": "rule: []"}, "a.yaml: unknown section `rule`, did you mean `rules`?"),
        ('own-rules = ["a.yaml"]', {"a.yaml": "rules:\n  - x"}, "a.yaml:2: `rules[0]`: expected a table"),
        (
            'own-rules = ["a.yaml"]',
            {"a.yaml": "rules:\n- code: ACME001\n  name: n\n  message: m\n  why: w\n  instead: i\n  calls: 3\n"},
            "a.yaml:7: `rules[0]`: `calls`: expected",
        ),
    ],
)
def test_a_mistake_is_one_line(config: str, files: dict[str, str], message: str, tmp_path: Path) -> None:
    written(tmp_path, {**files, "archlint.toml": config})
    with pytest.raises(UsageError) as caught:
        SettingsResolver(tmp_path).run_settings()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def tried(tmp_path: Path) -> Path:
    """A project with a rule and its fixtures."""
    use = "from app.bank import rate\n\nrate(1)"
    files = {f"rules/bank_call/{name}/app/bank.py": BANK for name in ("bad", "good")}
    files |= {"rules/bank_call/bad/app/x.py": f'{use}  # expect: ACME001 "takes seconds"\n'}
    return written(tmp_path, {"archlint.toml": WORDS + RULE, **files})


def test_fixtures_of_a_rule_are_exact(tried: Path) -> None:
    for case in cases_in(tried):
        assert_case(case)
    bad = tried / "rules/bank_call/bad"
    text = (bad / "app/x.py").read_text(encoding="utf-8")
    written(bad, {"app/x.py": text.replace("takes seconds", "minutes"), "app/y.py": text.partition("  #")[0]})
    written(bad, {"expected.toml": '[[expect]]\npath = "app/z.py"\nline = 1\ncode = "ACME001"\n'})
    end = "`rate` is called: the bank takes seconds; call `app.tasks.charge.delay`"
    assert mistakes(bad, lint_case(bad)) == [
        "app/z.py:1: ACME001 is expected and not reported",
        f"app/y.py:3: ACME001 is reported, not expected: {end}",
        "app/x.py:3: ACME001 does not say `minutes`",
    ]
    with pytest.raises(AssertionError, match=r"bank_call/bad:\n  app/z\.py:1"):
        assert_case(bad)


def test_fixtures_are_tried_on_the_command_line(tried: Path) -> None:
    done = CliRunner().invoke(archlint, ["rules", "test", str(tried / "rules")])
    assert (done.exit_code, done.output) == (0, "2 cases, 0 failed\n")
    (tried / "rules/bank_call/bad/app/x.py").write_text("", encoding="utf-8")
    done = CliRunner().invoke(archlint, ["rules", "test", str(tried / "rules")])
    assert done.exit_code == 1
    assert "bank_call/bad:\n  a bad case expects something, a good one nothing\n2 cases, 1 failed\n" in done.output
