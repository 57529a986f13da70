"""The generated documentation agrees with the catalogue, the settings and the reports, and says so when it does not."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from archlint.catalogue import Entry, Example, Option, Status, catalogue
from archlint.diagnostic import Confidence, Severity
from archlint.report.page import default_state, rule_page

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
HEADINGS = (
    "What it does",
    "Why it matters",
    "Example",
    "Use instead",
    "Options",
    "Limits",
    "Policy",
    "References",
    "Source",
)
ENTRY = Entry(
    code="ARC101",
    name="query-in-loop",
    summary="A query runs once per iteration.",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    status=Status.STABLE,
    since="0.1",
    rationale="Each query is a round trip.",
    instead="Load all at once.",
    family="loops",
    examples=[Example(bad="for x in y:\n    x.save()\n", good="bulk(y)\n")],
    limits=["Only one function is read."],
    options={"names": Option("Names that count.", ["a", "b"])},
    cwe=[1073],
    references=["https://example.com/n-plus-one"],
    source=["AF-1"],
)


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "tools" / "generate_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(name="generator", scope="module")
def _generator() -> ModuleType:
    return load_generator()


@pytest.fixture(name="docs")
def _docs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "docs", tmp_path / "docs"))


def test_nothing_drifts(generator: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert generator.main(["--check"]) == 0, capsys.readouterr().err


def test_generating_twice_gives_the_same(generator: ModuleType, docs: Path) -> None:
    first = generator.generated_files(docs, catalogue())
    generator.main(["--docs", str(docs)])
    assert generator.generated_files(docs, catalogue()) == first
    assert generator.main(["--check", "--docs", str(docs)]) == 0


@pytest.mark.parametrize("damaged", ["rules/index.md", "schemas/config.json"])
def test_a_file_that_drifts_is_named(
    generator: ModuleType, docs: Path, damaged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    generator.main(["--docs", str(docs)])
    (docs / damaged).write_text("by hand\n", encoding="utf-8")
    assert generator.main(["--check", "--docs", str(docs)]) == 1
    assert str(docs / damaged) in capsys.readouterr().err


def test_the_page_of_a_rule_that_is_gone_drifts_and_goes(generator: ModuleType, docs: Path) -> None:
    generator.main(["--docs", str(docs)])
    gone = docs / "rules" / "no-such-rule.md"
    gone.write_text("# Gone\n", encoding="utf-8")
    assert generator.main(["--check", "--docs", str(docs)]) == 1
    generator.main(["--docs", str(docs)])
    assert not gone.exists()


def test_the_checklist_names_the_rules_of_a_line(generator: ModuleType) -> None:
    filled = generator.checklist("| AF-1 | N+1 | none yet |\n| AF-2 | unbounded | old |\n", [ENTRY])
    assert filled == "| AF-1 | N+1 | [ARC101](rules/query-in-loop.md) |\n| AF-2 | unbounded | none yet |\n"


def test_an_unknown_checklist_line_is_an_error(generator: ModuleType) -> None:
    with pytest.raises(ValueError, match="ARC101 query-in-loop: no such checklist line: AF-9"):
        generator.checklist("| AF-1 | N+1 | none yet |\n", [replace(ENTRY, source=["AF-9"])])


def test_the_option_table_follows_the_schema(generator: ModuleType) -> None:
    schema: dict[str, Any] = {
        "properties": {
            "select": {"type": "array", "items": {"type": "string"}, "default": [], "description": "Codes | names."},
            "fail-on": {"enum": ["error", "note"], "default": "error", "description": "When to\nfail."},
        }
    }
    page = "<!-- options:begin -->\nold\n<!-- options:end -->\n"
    assert generator.configuration(page, schema).splitlines()[3:-1] == [
        '| `fail-on` | `error` or `note` | `"error"` | When to fail. |',
        "| `select` | list of strings | `[]` | Codes \\| names. |",
    ]


def test_a_page_has_its_headings_in_order() -> None:
    headings = [line.removeprefix("## ") for line in rule_page(ENTRY).splitlines() if line.startswith("## ")]
    assert headings == list(HEADINGS)


@pytest.mark.parametrize(
    "part",
    [
        "# query-in-loop (ARC101)",
        "Bad, `app/service.py`:\n\n```python\nfor x in y:\n    x.save()\n```",
        "Good, `app/service.py`:\n\n```python\nbulk(y)\n```",
        '- `names` (default `["a", "b"]`): Names that count.',
        "| error | high | on | production, settings, command | 0.1 |",
        "- [CWE-1073](https://cwe.mitre.org/data/definitions/1073.html)",
        "- checklist line AF-1",
    ],
)
def test_a_page_says(part: str) -> None:
    assert part in rule_page(ENTRY)


def test_backticks_in_an_example_do_not_close_its_fence() -> None:
    page = rule_page(replace(ENTRY, examples=[Example(bad='"""\n```\n"""')]))
    assert '````python\n"""\n```\n"""\n````' in page


def test_an_example_of_many_files_shows_each() -> None:
    page = rule_page(replace(ENTRY, examples=[Example(bad_files={"a.py": "x = 1", "b.sql": "SELECT 1"})]))
    assert "Bad, `a.py`:\n\n```python\nx = 1\n```\n\nBad, `b.sql`:\n\n```sql\nSELECT 1\n```" in page


@pytest.mark.parametrize(
    ("status", "confidence", "state"),
    [
        (Status.STABLE, Confidence.HIGH, "on"),
        (Status.STABLE, Confidence.MEDIUM, "on"),
        (Status.STABLE, Confidence.LOW, "off"),
        (Status.PREVIEW, Confidence.HIGH, "off"),
        (Status.DEPRECATED, Confidence.HIGH, "off"),
    ],
)
def test_what_is_on_by_default(status: Status, confidence: Confidence, state: str) -> None:
    assert default_state(replace(ENTRY, status=status, confidence=confidence)).startswith(state)


def test_what_is_on_for_new_migrations_only() -> None:
    assert default_state(replace(ENTRY, needs="migrations-since")).startswith("with `migrations-since`")
