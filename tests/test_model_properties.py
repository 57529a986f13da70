"""What is known of a project depends on its files alone: not on their order, the processes or the cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archlint.ir.module import decode_facts, encode_facts
from archlint.knowledge import knowledge
from archlint.lowering import lower
from archlint.project.project import Project
from archlint.project.questions.naming import name_of
from archlint.source import Kind, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archlint.ir.module import ModuleFacts

EXAMPLES = Path(__file__).parents[1] / "examples"
SERVICES = ("django_library", "fastapi_shop")
UNRELATED = """
class Alone:
    def __init__(self, other):
        self.other = other

    def describe_itself(self):
        return self.other.describe_itself()


def alone():
    return Alone(None)
"""


def facts_of(service: str) -> list[ModuleFacts]:
    folder = EXAMPLES / service
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    return [lowered(path, (folder / path).read_text(encoding="utf-8")) for path in paths]


def lowered(path: str, text: str) -> ModuleFacts:
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    facts, problem = lower(SourceFile.of(path, text, Kind.PYTHON), name, is_package=path.endswith("__init__.py"))
    assert facts is not None, problem
    return facts


def picture(facts: Iterable[ModuleFacts]) -> dict[str, object]:
    """Return all that the model knows, in words."""
    project = Project(facts, {}, knowledge())
    graph = project.call_graph
    return {
        "routes": [name_of((replace(route, judge=tuple), route.guards)) for route in project.routes.routes],
        "entry points": [name_of((entry,)) for entry in project.entry_points],
        "functions": {
            function.name: name_of(
                (
                    project.inference.returned(function, None),
                    project.effects.summary(function),
                    project.places.of(function),
                    tuple(one.function for one in graph.callers(function)),
                )
            )
            for function in graph.functions
        },
        "models": [name_of((model,)) for model in project.schema.models],
        "tables": [name_of((table,)) for table in project.schema.tables],
    }


@pytest.mark.parametrize("service", SERVICES)
def test_the_order_of_files_does_not_matter(service: str) -> None:
    facts = facts_of(service)

    known = picture(facts)

    assert len(known["routes"]) >= 3  # type: ignore[arg-type]
    assert picture(reversed(facts)) == known


@pytest.mark.parametrize("service", SERVICES)
def test_stored_facts_say_the_same(service: str) -> None:
    facts = facts_of(service)

    assert picture([decode_facts(encode_facts(one)) for one in facts]) == picture(facts)


@pytest.mark.parametrize("service", SERVICES)
def test_an_unrelated_file_changes_nothing(service: str) -> None:
    facts = facts_of(service)

    known = picture(facts)
    found = picture([*facts, lowered("alone.py", UNRELATED)])

    functions = found["functions"]
    assert isinstance(functions, dict)
    assert {name: row for name, row in functions.items() if not name.startswith("alone.")} == known["functions"]
    assert {key: found[key] for key in ("routes", "entry points", "models", "tables")} == {
        key: known[key] for key in ("routes", "entry points", "models", "tables")
    }


def drawn(project: Path, *options: str) -> dict[str, object]:
    command = [sys.executable, "-m", "archlint", "map", ".", "--format", "json", "--quiet", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_processes_and_the_cache_do_not_matter(service: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLES / service, project)

    known = drawn(project, "--no-cache", "--jobs", "1")

    assert drawn(project, "--no-cache", "--jobs", "2") == known
    assert drawn(project) == known
    assert drawn(project) == known
