"""Where functions run: small projects whose `def` lines say `# runs: …` behind them."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from linking import linked
from place_cases import CASES

from archlint.discovery import role_of

if TYPE_CHECKING:
    from archlint.project.project import Project

_MARKER = re.compile(r"# runs: (.+)$")


def expected(texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    return {
        (path, number): sorted(marker.group(1).split(", "))
        for path, text in texts.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if (marker := _MARKER.search(line))
    }


def places_of(project: Project, texts: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for function in project.call_graph.functions:
        text = texts[function.module.path]
        line = text.count("\n", 0, text.index("def ", function.row.start)) + 1
        places = [one.place.value for one in project.places.of(function)]
        if places:
            found[function.module.path, line] = sorted(places)
    return found


@pytest.mark.parametrize("name", CASES)
def test_where_functions_run(name: str) -> None:
    texts = {path: dedent(text) for path, text in CASES[name].items()}

    roles = {path: role_of(path) for path in texts}
    assert places_of(linked(texts, roles=roles), texts) == expected(texts)


def test_a_place_is_explained_by_the_shortest_way() -> None:
    text = dedent("""
        from fastapi import FastAPI

        app = FastAPI()

        def load(): ...

        def middle():
            load()

        @app.get("/long")
        async def long():
            middle()

        @app.get("/short")
        async def short():
            load()

        @app.get("/thread")
        def threaded():
            middle()

        load()
    """)
    project = linked({"app.py": text})
    (module,) = project.modules
    found = [
        (one.place.value, one.entry.label if one.entry else "", [function.local_name for function, _ in one.steps])
        for one in project.places.of(module.functions["load"])
    ]

    assert found == [
        ("import", "", []),
        ("loop", "GET /short", ["short"]),
        ("thread", "GET /thread", ["threaded", "middle"]),
    ]


def test_of_what_nobody_starts_no_place_is_known() -> None:
    project = linked({"app.py": "def work():\n    other()\n\ndef other(): ...\n"})

    assert [project.places.of(one) for one in project.call_graph.functions] == [(), ()]
