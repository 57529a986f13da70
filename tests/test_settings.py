"""Configuration: what can be written, which file counts, what it means, and how mistakes are told."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint import __version__, catalogue
from archlint.catalogue import Entry, Option, Status
from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.settings import (
    FailOn,
    Glob,
    Overrides,
    Settings,
    SettingsResolver,
    TableSize,
    config_schema,
    find_root,
    show,
)
from archlint.settings.loading import Layer, typed_config
from archlint.settings.merging import merge
from archlint.source import Role


def entry(
    code: str, name: str, family: str, status: Status = Status.STABLE, options: dict[str, Option] | None = None
) -> Entry:
    return Entry(
        code, name, "S.", Severity.WARNING, Confidence.HIGH, status, "0.1", "", "", family, options=options or {}
    )


ENTRIES = (
    entry("ARC001", "syntax-error", "tool"),
    entry("ARC006", "unused-suppression", "tool"),
    entry("ARC101", "query-in-loop", "loops"),
    entry("ARC102", "write-in-loop", "loops", options={"max-depth": Option("d", 3), "names": Option("n", ["a"])}),
    entry("ARC110", "lazy-load", "loops", Status.PREVIEW),
    entry("ARC201", "unbounded-query", "bounds"),
    entry("ARC301", "blocking-call", "request_path", Status.DEPRECATED),
)


@pytest.fixture(autouse=True)
def _own_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "catalogue", lambda: ENTRIES)
    monkeypatch.setattr(catalogue, "entry_by_code", lambda: {entry.code: entry for entry in ENTRIES})


def settings_of(folder: Path, text: str = "", **overrides: Any) -> Settings:
    (folder / "archlint.toml").write_text(text, encoding="utf-8")
    return SettingsResolver(folder, Overrides(**overrides)).settings_for("a.py")


def selected(folder: Path, text: str = "", **overrides: Any) -> set[str]:
    return set(settings_of(folder, text, **overrides).selected) - {"ARC001"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {"ARC006", "ARC101", "ARC102", "ARC201"}, id="by default the stable rules"),
        pytest.param("preview = true", {"ARC006", "ARC101", "ARC102", "ARC110", "ARC201"}, id="preview adds to them"),
        pytest.param('select = ["ARC1"]', {"ARC101", "ARC102"}, id="a prefix takes no preview rule"),
        pytest.param(
            'select = ["ARC1"]\npreview = true', {"ARC101", "ARC102", "ARC110"}, id="unless they are asked for"
        ),
        pytest.param('select = ["ARC110"]', {"ARC110"}, id="an exact code takes a preview rule"),
        pytest.param('select = ["lazy-load"]', {"ARC110"}, id="a name does"),
        pytest.param('select = ["lazy_load"]', {"ARC110"}, id="a stem does"),
        pytest.param('select = ["loops"]', {"ARC101", "ARC102"}, id="a family"),
        pytest.param('select = ["request-path"]', {"ARC301"}, id="a family with a hyphen, deprecated rules too"),
        pytest.param(
            'select = ["ALL"]', {"ARC006", "ARC101", "ARC102", "ARC110", "ARC201", "ARC301"}, id="ALL takes all"
        ),
        pytest.param('select = ["ALL"]\nignore = ["ARC1"]', {"ARC006", "ARC201", "ARC301"}, id="a prefix out of all"),
        pytest.param('select = ["ARC101"]\nignore = ["ARC1"]', {"ARC101"}, id="the longer prefix selects"),
        pytest.param('select = ["ARC1"]\nignore = ["ARC10"]', set(), id="the longer prefix ignores"),
        pytest.param('select = ["ARC1"]\nignore = ["ARC1"]', set(), id="on a tie ignore wins"),
        pytest.param('select = ["ARC2"]\nextend-select = ["ARC101"]', {"ARC201", "ARC101"}, id="extend-select adds"),
        pytest.param(
            'extend-select = ["ARC110"]', {"ARC006", "ARC101", "ARC102", "ARC110", "ARC201"}, id="to defaults"
        ),
        pytest.param('extend-ignore = ["loops"]', {"ARC006", "ARC201"}, id="extend-ignore takes away"),
        pytest.param("select = []", set(), id="an empty select"),
    ],
)
def test_selection(tmp_path: Path, text: str, expected: set[str]) -> None:
    assert selected(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "overrides", "expected"),
    [
        pytest.param('select = ["ARC1"]', {"select": ("ARC2",)}, {"ARC201"}, id="select starts anew"),
        pytest.param('select = ["ARC1"]', {"ignore": ("ARC1",)}, set(), id="ignore takes from the file's rules"),
        pytest.param('select = ["ARC101"]', {"ignore": ("ARC",)}, set(), id="even when the file is more specific"),
        pytest.param(
            'ignore = ["ARC101"]', {"select": ("ARC1",)}, {"ARC102"}, id="what the file ignores by code stays"
        ),
        pytest.param('ignore = ["ARC101"]', {"select": ("ARC101",)}, {"ARC101"}, id="unless it is named as exactly"),
        pytest.param(
            'ignore = ["ARC1"]', {"extend_select": ("ARC101",)}, {"ARC006", "ARC101", "ARC201"}, id="extended"
        ),
        pytest.param('select = ["ARC1"]', {"preview": True}, {"ARC101", "ARC102", "ARC110"}, id="preview"),
    ],
)
def test_the_command_line_wins(tmp_path: Path, text: str, overrides: dict[str, Any], expected: set[str]) -> None:
    assert selected(tmp_path, text, **overrides) == expected


def test_what_could_not_be_checked_is_reported_whatever_is_selected(tmp_path: Path) -> None:
    assert settings_of(tmp_path, 'select = ["ARC1"]').selects("ARC001")
    assert not settings_of(tmp_path, 'ignore = ["ARC001"]').selects("ARC001")
    assert not settings_of(tmp_path, 'ignore = ["ARC001"]', select=("ARC1",)).selects("ARC001")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("selct = []", "archlint.toml: unknown key `selct`, did you mean `select`", id="unknown key"),
        pytest.param(
            "min_confidence = 'low'", "unknown key `min_confidence`, did you mean `min-confidence`", id="snake"
        ),
        pytest.param("'\\u001b[31m' = 1", "unknown key", id="a key of control characters"),
        pytest.param('"a\\u001b\\nb" = 1', "unknown key `a\\x1b\\nb`", id="control characters are escaped"),
        pytest.param("select = 'ARC1'", "archlint.toml: `select`: expected a list, got a string", id="wrong type"),
        pytest.param("jobs = true", "`jobs`: expected an integer, got a boolean", id="a boolean is no number"),
        pytest.param("jobs = -1", "`jobs`: expected an integer >= 0", id="negative"),
        pytest.param("jobs = 1" + "0" * 30, "`jobs`:", id="a big number"),
        pytest.param("jobs = 1" + "0" * 5000, "too many digits", id="a huge number"),
        pytest.param("fail-on = 'warnings'", "`fail-on`: unknown value `warnings`, did you mean `warning`", id="enum"),
        pytest.param(
            "fail-on = 'fatal'",
            "`fail-on`: unknown value `fatal`: it is one of `error`, `warning`, `note`, `never`",
            id="no such",
        ),
        pytest.param("[tool.archlint]\njobs = 1", "unknown key `tool`: here the keys stand without", id="a table"),
        pytest.param("[severity]\nARC101 = 'eror'", "`severity.ARC101`: unknown value `eror`", id="severity"),
        pytest.param("[severity]\nARC999 = 'error'", "`severity`: unknown rule `ARC999`", id="severity of no rule"),
        pytest.param(
            "[tables]\norders = 'smal'", "`tables.orders`: unknown value `smal`, did you mean `small`", id="size"
        ),
        pytest.param(
            "[tables]\norders = -1", "`tables.orders`: expected an integer >= 0", id="negative number of rows"
        ),
        pytest.param("[tables]\norders = true", "`tables.orders`: expected", id="truth as a number of rows"),
        pytest.param("[tables]\norders = ['small']", "`tables.orders`: expected", id="list as a size"),
        pytest.param("[tables]\n'' = 'small'", "a table without a name", id="table without a name"),
        pytest.param(
            "sql-dialect = 'postgresql'",
            "`sql-dialect`: unknown value `postgresql`, did you mean `postgres`",
            id="dialect",
        ),
        pytest.param("[roles]\ntests = ['t']", "`roles.tests`: unknown value `tests`, did you mean `test`", id="role"),
        pytest.param("select = ['ARC1O1']", "`select`: unknown rule `ARC1O1`, did you mean `ARC101`", id="rule"),
        pytest.param("ignore = ['query-in-lop']", "did you mean `query-in-loop`", id="name"),
        pytest.param("ignore = ['ARC9']", "`ignore`: unknown rule `ARC9`", id="a prefix without rules"),
        pytest.param(
            "[per-file-ignores]\n'*.py' = ['X']", "`per-file-ignores`: `*.py`: unknown rule `X`", id="per file"
        ),
        pytest.param(
            "[rules.query-in-lop]\na = 1", "unknown rule `query-in-lop`, did you mean", id="options of no rule"
        ),
        pytest.param(
            "[rules.ARC102]\nmax-dept = 1", "unknown option `max-dept`, did you mean `max-depth`", id="option"
        ),
        pytest.param("[rules.ARC102]\nmax-depth = true", "`max-depth` must be an integer", id="type of an option"),
        pytest.param("[rules.ARC102]\nnames = [1]", "`rules.ARC102`:", id="type in an option's list"),
        pytest.param("exclude = ['" + "{a,b}" * 9 + "']", "a glob stands for at most 64 patterns", id="glob"),
        pytest.param("exclude = ['']", "a glob has between 1 and 1000", id="empty glob"),
        pytest.param("required-version = '>=99'", f"does not admit archlint {__version__}", id="version"),
        pytest.param("required-version = 'new'", "`new` is no version specifier", id="no version"),
        pytest.param("cache-dir = '../cache'", "`cache-dir`: a folder outside of the project", id="cache outside"),
        pytest.param("cache-dir = '/tmp/cache'", "`cache-dir`: a folder outside of the project", id="absolute cache"),
        pytest.param("a = [[", "archlint.toml:1:7: not TOML", id="broken"),
        pytest.param("ok = 1\n\nb = = 1", "archlint.toml:3:5: not TOML", id="the place of what is broken"),
        pytest.param("a = " + "[" * 20_000, "nested too deeply", id="deep"),
        pytest.param("extend = 'archlint.toml'", "`extend`: `archlint.toml` closes a circle", id="extends itself"),
        pytest.param("extend = 'other.toml'", "`other.toml` is no file", id="extends nothing"),
        pytest.param("extend = '../other.toml'", "`../other.toml` lies outside of the project", id="extends outside"),
        pytest.param("extend = '/etc/passwd'", "lies outside of the project", id="extends an absolute path"),
        pytest.param("extend = 'a\\u0000b'", "`extend`:", id="extends no path"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        settings_of(tmp_path, text)
    assert message in str(raised.value)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        pytest.param({"select": ("ARC1O1",)}, "command line: `--select`: unknown rule `ARC1O1`", id="rule"),
        pytest.param({"min_confidence": "hgh"}, "command line: `min-confidence`: unknown value `hgh`", id="enum"),
        pytest.param({"jobs": -3}, "command line: `jobs`: expected an integer >= 0", id="number"),
    ],
)
def test_a_mistake_of_the_command_line(tmp_path: Path, overrides: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match="command line") as raised:
        settings_of(tmp_path, "", **overrides)
    assert message in str(raised.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "archlint.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(UsageError, match="not UTF-8 at byte 5"):
        SettingsResolver(tmp_path).run_settings()


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "archlint.toml").write_bytes(b"\xef\xbb\xbfpreview = true\r\n")
    assert SettingsResolver(tmp_path).run_settings().preview


def test_a_pyproject_that_does_not_name_archlint_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("broken = = 1")
    assert SettingsResolver(tmp_path).run_settings().config_path is None


def test_tool_archlint_of_another_type(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\narchlint = 3")
    with pytest.raises(UsageError, match=r"`tool.archlint` is not a table"):
        SettingsResolver(tmp_path).run_settings()


def test_values_are_typed(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path,
        """
        min-confidence = "low"
        fail-on = "never"
        max-file-size = 5
        src = ["lib", "./src/", "."]
        [severity]
        loops = "note"
        ARC101 = "error"
        [rules.write-in-loop]
        max_depth = 7
        """,
    )
    assert (settings.min_confidence, settings.fail_on, settings.max_file_size) == (Confidence.LOW, FailOn.NEVER, 5)
    assert settings.src == ("lib", "src", "")
    severities = [settings.severity_of(entry).value for entry in ENTRIES[2:6]]
    assert severities == ["error", "note", "note", "warning"]
    assert settings.rule_options(ENTRIES[3]) == {"max-depth": 7, "names": ["a"]}


@dataclass(frozen=True)
class Depth:
    max_depth: int = 1
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mistyped:
    max_depth: str


def test_options_come_as_the_type_of_the_rule(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "[rules.ARC102]\nmax-depth = 9")
    assert settings.options("ARC102", Depth) == Depth(9, ("a",))
    assert settings.options("ARC101", Depth) == Depth()
    with pytest.raises(UsageError, match="options of ARC102"):
        settings.options("ARC102", Mistyped)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        pytest.param("*.py", "a/b.py", True, id="base name"),
        pytest.param("tests/*", "tests/a/b.py", True, id="a star crosses folders"),
        pytest.param("tests/*", "src/tests/b.py", False, id="a path is anchored"),
        pytest.param("**/tests/*", "src/tests/b.py", True, id="unless it says otherwise"),
        pytest.param("**/tests/*", "tests/b.py", True, id="two stars match no folder"),
        pytest.param("tests/", "tests/a.py", True, id="a folder"),
        pytest.param("./a.py", "a.py", True, id="dot"),
        pytest.param("/a.py", "a.py", True, id="root"),
        pytest.param("{a,b}.p{y,yi}", "x/b.pyi", True, id="braces"),
        pytest.param("{a,b}.py", "c.py", False, id="no brace matches"),
        pytest.param("!src/*", "tests/a.py", True, id="negated"),
        pytest.param("!src/*", "src/a.py", False, id="negated and matching"),
        pytest.param("[ab].py", "b.py", True, id="a set"),
        pytest.param("[", "[", True, id="half a set"),
    ],
)
def test_globs(pattern: str, path: str, expected: bool) -> None:
    assert Glob(pattern).matches(path) is expected


def test_globs_are_relative_to_their_file() -> None:
    assert Glob("tests/*", "services/a").matches("services/a/tests/t.py")
    assert not Glob("tests/*", "services/a").matches("tests/t.py")
    assert not Glob("*.py", "services/a").matches("services/ab.py")


def test_a_glob_does_not_backtrack() -> None:
    assert not Glob("*a" * 300 + "b").matches("a" * 4000)


@given(st.text("*?[]{},!/a.^-\\", min_size=1, max_size=30), st.text("/a.b", max_size=20))
def test_any_glob_is_one_or_is_refused(pattern: str, path: str) -> None:
    message = ""
    try:
        Glob(pattern).matches(path)
    except ValueError as error:
        message = str(error)
    assert message in {"", "a glob has between 1 and 1000 characters", "a glob stands for at most 64 patterns"}


def test_ignored_in_a_file(tmp_path: Path) -> None:
    settings = settings_of(
        tmp_path, '[per-file-ignores]\n"tests/*" = ["loops"]\n[extend-per-file-ignores]\n"*.pyi" = ["ALL"]'
    )
    assert settings.ignored_in("tests/a.py", "ARC101")
    assert not settings.ignored_in("tests/a.py", "ARC201")
    assert not settings.ignored_in("src/a.py", "ARC101")
    assert settings.ignored_in("src/a.pyi", "ARC201")


def test_excluded_paths(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, 'extend-exclude = ["legacy", "*_pb2.py"]')
    assert settings.is_excluded("a/node_modules/b/c.js")
    assert settings.is_excluded("app/legacy/x.py")
    assert settings.is_excluded("app/x_pb2.py")
    assert not settings.is_excluded("app/x.py")
    assert not settings_of(tmp_path, 'exclude = ["legacy"]').is_excluded("dist/x.py")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param("Country = 'small'", TableSize.SMALL, id="name of the model"),
        pytest.param("'shop.Country' = 'small'", TableSize.SMALL, id="with its app"),
        pytest.param("'shop.models.Country' = 'large'", TableSize.LARGE, id="class"),
        pytest.param("shop_country = 'growing'", TableSize.GROWING, id="table"),
        pytest.param("'shop.*' = 'small'", TableSize.SMALL, id="pattern"),
        pytest.param(
            "'shop_*' = 'small'\nshop_country = 'large'\n'*' = 'small'", TableSize.LARGE, id="name before pattern"
        ),
        pytest.param("'*' = 'large'\n'shop_*' = 'small'", TableSize.SMALL, id="later pattern"),
        pytest.param("Country = 1_000", TableSize.SMALL, id="few rows"),
        pytest.param("Country = 50_000", None, id="rows in between"),
        pytest.param("Country = 5_000_000", TableSize.LARGE, id="many rows"),
        pytest.param("country = 'small'", None, id="other case"),
        pytest.param("Order = 'small'", None, id="another table"),
    ],
)
def test_the_size_of_a_table(tmp_path: Path, text: str, size: TableSize | None) -> None:
    names = ("shop.models.Country", "Country", "shop.Country", "shop_country")
    settings = settings_of(tmp_path, f"[tables]\n{text}")
    assert settings.size_of(names) == size
    assert settings.size_of(()) is None


def test_roles(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[roles]\ntest = ["checks/"]\nvendored = ["third_party"]')
    assert settings.role_of("checks/a.py") is Role.TEST
    assert settings.role_of("third_party/a/b.py") is Role.VENDORED
    assert settings.role_of("a.py") is None


def write(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_toml", ".toml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    write(
        tmp_path,
        archlint_toml='select = ["ARC1"]',
        a__pyproject_toml='[tool.archlint]\nselect = ["ARC2"]\nsrc = ["lib"]\n'
        '[tool.archlint.per-file-ignores]\n"t/*" = ["ALL"]',
        b__pyproject_toml="[tool.other]",
    )
    resolver = SettingsResolver(tmp_path)
    nearest = resolver.settings_for("a/deep/x.py")
    assert nearest.config_path == tmp_path / "a" / "pyproject.toml"
    assert nearest.selects("ARC201")
    assert not nearest.selects("ARC101")
    assert nearest.src == ("a/lib",)
    assert nearest.ignored_in("a/t/x.py", "ARC201")
    assert not nearest.ignored_in("t/x.py", "ARC201")
    assert resolver.settings_for("b/x.py") is resolver.run_settings()
    assert resolver.settings_for("a/y.py") is nearest


def test_own_file_wins_over_pyproject(tmp_path: Path) -> None:
    write(tmp_path, archlint_toml="jobs = 2", pyproject_toml="[tool.archlint]\njobs = 3")
    assert SettingsResolver(tmp_path).run_settings().jobs == 2


def test_one_configuration_for_all_and_none_at_all(tmp_path: Path) -> None:
    write(tmp_path, archlint_toml="jobs = 2", a__archlint_toml="jobs = 3", other_toml="jobs = 4")
    fixed = SettingsResolver(tmp_path, config=tmp_path / "other.toml")
    assert (fixed.run_settings().jobs, fixed.settings_for("a/x.py").jobs) == (4, 4)
    assert SettingsResolver(tmp_path, isolated=True).settings_for("a/x.py").jobs == 0
    with pytest.raises(UsageError, match="exclude each other"):
        SettingsResolver(tmp_path, config=tmp_path / "other.toml", isolated=True).run_settings()
    with pytest.raises(UsageError, match=r"missing\.toml: no such file"):
        SettingsResolver(tmp_path, config=tmp_path / "missing.toml").run_settings()


def test_extended_files_come_first(tmp_path: Path) -> None:
    write(
        tmp_path,
        shared__strict_toml='jobs = 7\nfail-on = "note"\nignore = ["ARC201"]\nextend-exclude = ["x"]',
        a__archlint_toml='extend = "../shared/strict.toml"\njobs = 2\nextend-exclude = ["y"]',
    )
    settings = SettingsResolver(tmp_path).settings_for("a/x.py")
    assert (settings.jobs, settings.fail_on, settings.selects("ARC201")) == (2, FailOn.NOTE, False)
    assert settings.is_excluded("a/y")
    assert settings.is_excluded("shared/x")
    assert not settings.is_excluded("x"), "a glob is relative to the file that it stands in"
    origins = {key: (value, origin) for key, value, origin in show(settings)}
    assert origins["jobs"] == (2, "a/archlint.toml")
    assert origins["fail-on"] == ("note", "shared/strict.toml")
    assert origins["preview"] == (False, "default")


def test_a_circle_of_files(tmp_path: Path) -> None:
    write(tmp_path, archlint_toml='extend = "b.toml"', b_toml='extend = "c.toml"', c_toml='extend = "./b.toml"')
    with pytest.raises(UsageError, match=r"c.toml: `extend`: `./b.toml` closes a circle"):
        SettingsResolver(tmp_path).run_settings()


def test_show_names_the_command_line(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "", fail_on="error", no_cache=True, cache_dir="elsewhere")
    shown = {key: (value, origin) for key, value, origin in show(settings)}
    assert shown["fail-on"] == ("error", "command line")
    assert shown["no-cache"] == (True, "command line")
    assert settings.cache_dir == Path("elsewhere").absolute()


def test_globs_of_the_command_line_are_relative_to_the_current_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    resolver = SettingsResolver(tmp_path, Overrides(exclude=("b/*",)), cwd=tmp_path / "a")
    assert resolver.run_settings().is_excluded("a/b/c.py")
    assert not resolver.run_settings().is_excluded("b/c.py")


@pytest.mark.parametrize(
    ("files", "targets", "root"),
    [
        pytest.param({"archlint_toml": "", "a__b_toml": ""}, ["a"], ".", id="above the target"),
        pytest.param({"a__archlint_toml": "", "archlint_toml": ""}, ["a"], ".", id="where one stands"),
        pytest.param({"a__archlint_toml": "", ".git__x_toml": ""}, ["a"], "a", id="a project of its own"),
        pytest.param({"a__pyproject_toml": "[project]", ".git__x_toml": ""}, ["a"], ".", id="one repository"),
        pytest.param({"a__archlint_toml": "", "archlint_toml": "", "b__x_toml": ""}, ["a", "b"], ".", id="above all"),
        pytest.param({"archlint_toml": "", "a__pyproject_toml": "[project]"}, ["a"], ".", id="ours before any other"),
        pytest.param({"a__pyproject_toml": "[project]", "a__c__x_toml": ""}, ["a/c"], "a", id="any pyproject"),
        pytest.param({".git__x_toml": "", "a__x_toml": ""}, ["a"], ".", id="git"),
        pytest.param({"a__x_toml": "", "a__pyproject_toml": "[project]"}, ["a/x.toml"], "a", id="of a file"),
    ],
)
def test_root(tmp_path: Path, files: dict[str, str], targets: list[str], root: str) -> None:
    write(tmp_path, **files)
    assert find_root([tmp_path / target for target in targets], tmp_path) == tmp_path / root
    assert find_root([Path(target) for target in targets], tmp_path) == tmp_path / root


def test_the_digest_changes_with_what_matters_and_with_nothing_else(tmp_path: Path) -> None:
    plain = settings_of(tmp_path).digest()
    assert settings_of(tmp_path, 'jobs = 3\noutput-format = "json"\nfail-on = "never"').digest() == plain
    (tmp_path / "moved").mkdir()
    assert settings_of(tmp_path / "moved").digest() == plain
    changing = [
        'ignore = ["ARC101"]',
        "[rules.ARC102]\nmax-depth = 4",
        '[severity]\nARC101 = "note"',
        '[per-file-ignores]\n"a" = ["ALL"]',
        '[roles]\ntest = ["a"]',
        '[tables]\norders = "small"',
        'sql-dialect = "mysql"',
        "require-reason = true",
        'min-confidence = "low"',
        "max-file-size = 1",
        'src = ["lib"]',
        '[[knowledge.sleeps]]\nof = "acme"\nnames = ["nap"]\nis_async = false',
    ]
    assert len({plain, *(settings_of(tmp_path, text).digest() for text in changing)}) == len(changing) + 1


def test_settings_travel_between_processes(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, '[per-file-ignores]\n"a/*" = ["ALL"]')
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - written on the line itself


def test_the_schema_accepts_what_is_accepted() -> None:
    schema = config_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"select": ["ARC1"], "severity": {"ARC101": "note"}, "rules": {"x": {"y": [""]}}})
    mistakes: list[dict[str, Any]] = [{"selct": []}, {"jobs": -1}, {"severity": {"ARC101": "x"}}, {"roles": {"x": []}}]
    for wrong in mistakes:
        assert not validator.is_valid(wrong)
    assert all("description" in field for field in schema["properties"].values())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*config_schema()["properties"], "other"]), JSON, max_size=3))
def test_any_table_is_settings_or_one_line(table: dict[str, object]) -> None:
    message = "f: "
    try:
        settings = merge([Layer(typed_config(table, "f"), "f", "")], root=Path("/r"))
        assert msgspec.json.encode(show(settings))
    except UsageError as error:
        message = str(error)
    assert message.startswith("f: ")
    assert message.isprintable()
