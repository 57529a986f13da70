"""Whatever a text is made of: an answer in time, no crash, the same answer each way, and fixes that leave code.

`ARCHLINT_FUZZ=100` tries a hundred times as many examples.
"""

from __future__ import annotations

import ast
import os
import tempfile
from pathlib import Path
from time import process_time

import pytest
from cases import cases, selection
from fuzzing import CODE, JSON, OTHERS, PYTHON, SQL, YAML, bytes_of, projects
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archlint.analysis import FileAnalysis, FileResult
from archlint.catalogue import catalogue, entry_by_code
from archlint.diagnostic import Applicability
from archlint.discovery import kind_of
from archlint.fixing.edits import compatible, edited
from archlint.fixing.rounds import Fixed, fixed_in_memory
from archlint.knowledge import knowledge
from archlint.pipeline import Request, run
from archlint.reading import read_bytes
from archlint.report.formats import render
from archlint.report.options import RenderOptions
from archlint.report.result import Report
from archlint.settings import Overrides, Settings
from archlint.source import FileEntry, Kind, Role
from archlint.stages import analyse
from archlint.workers import deep_stack

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:Generating overly large repr")]
TIERS = ("fixed", "unsafe")
FACTOR = float(os.environ.get("ARCHLINT_FUZZ", "1"))
SECONDS = 5.0
NAMES = ("a.toml", "a.jinja", ".env", "poetry.lock", "requirements.txt", "Dockerfile", "a.ini", "a.properties", "a.pem")
FIXABLE = [case for case in cases() if any(case.with_name(f"{tier}{case.name[3:]}").is_dir() for tier in TIERS)]
ROOT = Path("/nowhere")
ANALYSIS = FileAnalysis(Settings(ROOT, ROOT, selected=frozenset(entry_by_code())), knowledge())


def examples(count: int) -> settings:
    return settings(
        max_examples=max(1, int(count * FACTOR)),
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        database=None,
        report_multiple_bugs=False,
    )


def analysed(name: str, data: bytes) -> FileResult:
    kind = kind_of(name)
    assert kind is not None
    entry = FileEntry(name, ROOT / name, kind, Role.PRODUCTION, len(data), 0)
    start = process_time()
    with deep_stack():
        result = ANALYSIS.run(entry, "a", data)
    assert process_time() - start < SECONDS
    assert not [one.message for one in result.diagnostics if one.code == "ARC002"]
    holds(entry, data, result)
    return result


def holds(entry: FileEntry, data: bytes, result: FileResult) -> None:
    """Each place is one of the text, and each fix alone leaves code."""
    source = read_bytes(entry, data).source
    if source is None:
        return
    for one in result.diagnostics:
        assert 0 <= one.span.start <= one.span.end <= len(source.text)
        assert 1 <= one.span.line <= len(source.starts)
        if one.fix is not None:
            assert compatible((one.fix,), len(source.text))
            if entry.kind is Kind.PYTHON and parses(source.text):
                assert parses(edited(source.text, (one.fix,)))


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@given(bytes_of(PYTHON))
@examples(250)
def test_python(data: bytes) -> None:
    analysed("a.py", data)


@given(bytes_of(SQL))
@examples(200)
def test_sql(data: bytes) -> None:
    analysed("a.sql", data)


@given(bytes_of(YAML))
@examples(200)
def test_yaml(data: bytes) -> None:
    analysed("a.yaml", data)


@given(bytes_of(JSON))
@examples(200)
def test_json(data: bytes) -> None:
    analysed("a.json", data)


@given(st.sampled_from(NAMES), bytes_of(OTHERS))
@examples(200)
def test_other_files(name: str, data: bytes) -> None:
    analysed(name, data)


def written(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in {"archlint.toml": b"preview = true\n", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def request(root: Path, jobs: int = 1, *, cached: bool = False) -> Request:
    every = tuple(entry.code for entry in catalogue())
    chosen = Overrides(jobs=jobs, no_cache=not cached, select=selection(*every), respect_gitignore=False)
    return Request((root,), root, chosen)


def told(report: Report) -> str:
    crashes = [one.diagnostic.message for one in report.results if one.diagnostic.code == "ARC002"]
    assert not crashes
    assert not report.crashed
    return render(report, "json", RenderOptions(include_suppressed=True))


@given(projects(cases()), projects(cases()))
@examples(12)
def test_the_answer_is_the_same_each_way(files: dict[str, bytes], later: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = written(Path(folder), files)
        answer = told(run(request(root)))
        assert told(run(request(root, cached=True))) == answer
        assert told(run(request(root, cached=True))) == answer
        patch.setattr(analyse, "_IN_PROCESS_BYTES", 0)
        assert told(run(request(root, jobs=2))) == answer
        written(root, later)
        assert told(run(request(root, cached=True))) == told(run(request(root)))


def fixed(root: Path) -> Fixed:
    done = fixed_in_memory(request(root), [Applicability.SAFE, Applicability.UNSAFE])
    told(done.report)
    assert done.warnings == ()
    return done


@given(projects(FIXABLE))
@examples(60)
def test_fixes_leave_code_and_nothing_to_fix(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), files)
        changes = fixed(root).changes
        for change in changes:
            if Path(change.entry.path).suffix in CODE and parses(change.before):
                assert parses(change.after), change.after
            (root / change.entry.path).write_bytes(change.after.encode())
        if changes:
            assert fixed(root).changes == ()
