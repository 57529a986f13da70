"""The language server, asked by a real client over standard input and output."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

import pytest
from cases import cases, copied
from editing import Editor, editing
from lsprotocol import types

from archlint import check
from archlint.server.options import Options, options_of
from archlint.settings import Overrides

pytestmark = pytest.mark.slow
Said = tuple[str, int, int, str]

MODELS = """\
from django.db import models


class Customer(models.Model):
    name = models.TextField()
"""
ASKING = """\
from app.models import Customer


def customer(key):
    return Customer.objects.get(id=key)
"""
KNOWING = """\
def customer(key):
    return key
"""
LOOPING = """\
from app.lookup import customer


def names(rows):
    return [customer(row) for row in rows]
"""
SLEEPING = """\
import time


async def wait():
    time.sleep(1)
"""
EMOJI = """\
from django.db import models


class Customer(models.Model):
    name = models.TextField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)


def keys():
    return [("🙂🙂", order.customer.id) for order in Order.objects.all()]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    texts = {"models": MODELS, "lookup": ASKING, "services": LOOPING, "views": SLEEPING, "keys": EMOJI}
    (root / "app").mkdir(parents=True)
    (root / "app" / "__init__.py").touch()
    (root / "archlint.toml").write_text("", encoding="utf-8")
    for name, text in texts.items():
        (root / "app" / f"{name}.py").write_text(text, encoding="utf-8")
    return root


def in_editor(
    steps: Callable[[Editor], Awaitable[None]], *folders: Path, options: dict[str, object] | None = None
) -> None:
    async def all_steps() -> None:
        async with editing(*folders, options=options) as editor:
            await steps(editor)

    asyncio.run(all_steps())


def test_diagnostic_says_what_the_command_line_says(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        [one] = editor.shown(uri)
        assert (one.range.start, one.source) == (types.Position(4, 4), "archlint")
        assert one.message.startswith("`time.sleep` holds the event loop")
        assert one.code_description is not None
        assert one.code_description.href.endswith("blocking-call-in-async.md")
        assert isinstance(one.data, dict)
        assert set(one.data) == {"fingerprint", "fix"}
        assert editor.published[-1].version == 1

    in_editor(steps, project)


def test_edit_changes_what_is_said_of_another_file(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        services = editor.open(project / "app" / "services.py")
        lookup = editor.open(project / "app" / "lookup.py")
        await editor.until(lambda: bool(editor.codes(services)))
        [one] = editor.shown(services)
        assert {place.location.uri for place in one.related_information or []} >= {lookup}

        editor.change(lookup, KNOWING)
        await editor.until(lambda: not editor.codes(services))
        editor.change(lookup, ASKING)
        await editor.until(lambda: bool(editor.codes(services)))
        editor.change(lookup, KNOWING)
        await editor.until(lambda: not editor.codes(services))
        editor.close(lookup)
        await editor.until(lambda: bool(editor.codes(services)))
        assert editor.codes(lookup) == []

    in_editor(steps, project)


def test_change_by_others_is_seen(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        services = editor.open(project / "app" / "services.py")
        await editor.until(lambda: bool(editor.codes(services)))
        (project / "app" / "lookup.py").write_text(KNOWING, encoding="utf-8")
        editor.changed_outside(project / "app" / "lookup.py")
        await editor.until(lambda: not editor.codes(services))

    in_editor(steps, project)


def test_findings_move_with_their_lines(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        version = editor.change(uri, f"import os\n\n{SLEEPING}")
        await editor.until(lambda: editor.published[-1].version == version)
        assert [one.range.start.line for one in editor.shown(uri)] == [6]

    in_editor(steps, project)


def test_newest_text_wins(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        before = len(editor.published)
        for number in range(20):
            version = editor.change(uri, f"{'#' * number}\n{SLEEPING}")
        await editor.until(lambda: editor.published[-1].version == version)
        assert {one.version for one in editor.published[before:]} == {version}

    in_editor(steps, project)


def test_hover_shows_the_page_of_the_rule_and_the_chain(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "services.py")
        await editor.until(lambda: bool(editor.codes(uri)))
        where = types.TextDocumentIdentifier(uri)
        [one] = editor.shown(uri)
        hover = await editor.client.text_document_hover_async(types.HoverParams(where, one.range.start))
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert one.message in hover.contents.value
        assert "app/lookup.py:5" in hover.contents.value
        assert "## Why it matters" in hover.contents.value
        nothing = await editor.client.text_document_hover_async(types.HoverParams(where, types.Position(0, 0)))
        assert nothing is None

    in_editor(steps, project)


def test_safe_fix_behind_an_emoji(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "keys.py")
        await editor.until(lambda: editor.codes(uri) == ["ARC105"])
        [one] = editor.shown(uri)
        line = EMOJI.split("\n")[one.range.start.line]
        column = line.index("order.customer.id")
        assert one.range.start.character == column + 2
        actions = await editor.actions(uri, one.range)
        fix, suppression, fix_all = actions
        assert fix.is_preferred
        assert editor.made(fix) == EMOJI.replace("order.customer.id", "order.customer_id")
        assert editor.made(fix_all) == editor.made(fix)
        assert fix_all.kind == "source.fixAll.archlint"
        assert [one.title for one in await editor.actions(uri, one.range, ["source.fixAll"])] == [fix_all.title]

        editor.change(uri, editor.made(suppression))
        await editor.until(lambda: not editor.codes(uri))
        assert "Order.objects.all()]  # archlint: ignore[ARC105] -- reason\n" in editor.texts[uri]

    in_editor(steps, project)


def test_columns_in_utf_8(project: Path) -> None:
    async def steps() -> None:
        async with editing(project, encodings=[types.PositionEncodingKind.Utf8]) as editor:
            uri = editor.open(project / "app" / "keys.py")
            await editor.until(lambda: editor.codes(uri) == ["ARC105"])
            line = EMOJI.split("\n")[-2]
            before = line[: line.index("order.customer.id")]
            assert editor.shown(uri)[0].range.start.character == len(before.encode())

    asyncio.run(steps())


def test_suggestion_says_that_it_is_one(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py", f"import asyncio\n{SLEEPING}")
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        fix, *_ = await editor.actions(uri, editor.shown(uri)[0].range)
        assert "a suggestion" in fix.title
        assert fix.is_preferred is None
        assert "await asyncio.sleep(1)" in editor.made(fix)

    in_editor(steps, project)


def test_suppression_in_sql(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "report.sql", "SELECT id FROM orders WHERE total = NULL;\n")
        await editor.until(lambda: "ARC605" in editor.codes(uri))
        one = next(one for one in editor.shown(uri) if one.code == "ARC605")
        suppression = next(
            action for action in await editor.actions(uri, one.range) if action.title.startswith("Suppress ARC605")
        )
        assert editor.made(suppression).endswith("NULL;  -- archlint: ignore[ARC605] -- reason\n")
        editor.change(uri, editor.made(suppression))
        await editor.until(lambda: "ARC605" not in editor.codes(uri))

    in_editor(steps, project, options={"preview": True})


def test_unused_suppression_waits_for_the_whole_project(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        text = LOOPING.replace("in rows]", "in rows]  # archlint: ignore[ARC103] -- few")
        editor.open(project / "app" / "services.py", text)
        await editor.until(lambda: bool(editor.published))
        await asyncio.sleep(1)
        assert not any(one.diagnostics for one in editor.published)

    in_editor(steps, project, options={"select": ["ARC103", "ARC006"]})


def test_half_typed_file_makes_no_suppression_of_another_unused(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        text = LOOPING.replace("in rows]", "in rows]  # archlint: ignore[ARC103] -- few")
        services = editor.open(project / "app" / "services.py", text)
        lookup = editor.open(project / "app" / "lookup.py", ASKING + "def (\n")
        await editor.until(lambda: editor.codes(lookup) == ["ARC001"])
        await asyncio.sleep(1)
        assert editor.codes(services) == []
        editor.change(lookup, KNOWING)
        await editor.until(lambda: editor.codes(services) == ["ARC006"])

    in_editor(steps, project, options={"select": ["ARC001", "ARC103", "ARC006"]})


def test_mistake_in_the_configuration_is_told_once_and_findings_stay(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        (project / "archlint.toml").write_text("selct = []\n", encoding="utf-8")
        editor.changed_outside(project / "archlint.toml")
        await editor.until(lambda: bool(editor.messages))
        editor.change(uri, f"\n{SLEEPING}")
        await asyncio.sleep(1)
        assert len(editor.messages) == 1
        assert "did you mean `select`" in editor.messages[0]
        assert editor.codes(uri) == ["ARC301"]

        (project / "archlint.toml").write_text('ignore = ["ARC301"]\n', encoding="utf-8")
        editor.changed_outside(project / "archlint.toml")
        await editor.until(lambda: not editor.codes(uri))

    in_editor(steps, project)


def test_settings_of_the_editor(project: Path) -> None:
    async def steps(editor: Editor) -> None:
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: bool(editor.published))
        assert editor.codes(uri) == []
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"archlint": {"select": ["ARC301"]}})
        )
        await editor.until(lambda: editor.codes(uri) == ["ARC301"])
        editor.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams({"archlint": {"select": 1}})
        )
        await editor.until(lambda: bool(editor.messages))
        assert editor.messages[0].endswith("settings of the editor: `select`: expected a list, got an integer")
        for sent, said in (
            ({"selct": ["ARC301"], "trace": 1}, "unknown setting `selct`, did you mean `select`?"),
            ({"extendSelect": ["ARC999"]}, "settings of the editor: `extend-select`: "),
        ):
            editor.messages.clear()
            editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"archlint": sent}))
            await editor.until(lambda: bool(editor.messages))
            assert said in editor.messages[0]

    in_editor(steps, project, options={"ignore": ["ARC301"]})


@pytest.mark.parametrize("sent", [{"configuration": 1, "ignorePatterns": [], "trace": "off"}, {}, {"archlint": {}}])
def test_what_an_extension_keeps_for_itself_is_passed_over(sent: dict[str, object]) -> None:
    assert options_of(sent) == Options()


def test_settings_that_the_editor_is_asked_for(project: Path) -> None:
    async def steps() -> None:
        editor = Editor()
        editor.configuration = {"ignore": ["ARC301"]}
        await editor.start(project, asks=True)
        uri = editor.open(project / "app" / "views.py")
        await editor.until(lambda: bool(editor.published) and not editor.codes(uri))
        await editor.stop()

    asyncio.run(steps())


def test_several_folders_and_files_outside(project: Path, tmp_path: Path) -> None:
    other, lonely = tmp_path / "other", tmp_path / "lonely"
    for folder, configuration in ((other, 'ignore = ["ARC301"]\n'), (lonely, None)):
        folder.mkdir()
        (folder / "views.py").write_text(SLEEPING, encoding="utf-8")
        if configuration is not None:
            (folder / "archlint.toml").write_text(configuration, encoding="utf-8")

    async def steps(editor: Editor) -> None:
        ignored = editor.open(other / "views.py")
        alone = editor.open(lonely / "views.py")
        found = editor.open(project / "app" / "views.py")
        editor.open("untitled:Untitled-1", SLEEPING)
        await editor.until(lambda: bool(editor.codes(alone)) and bool(editor.codes(found)))
        await editor.until(lambda: any(one.uri == ignored for one in editor.published))
        assert editor.codes(ignored) == []
        assert not any(one.uri.startswith("untitled") for one in editor.published)
        assert not editor.messages

    in_editor(steps, project, other)


def test_shutdown_is_quick_while_a_run_goes_on(project: Path) -> None:
    async def steps() -> float:
        editor = Editor()
        await editor.start(project)
        editor.open(project / "app" / "views.py")
        began = perf_counter()
        assert await editor.stop() == 0
        return perf_counter() - began

    assert asyncio.run(steps()) < 5


def test_every_fixture_is_as_on_the_command_line(tmp_path: Path) -> None:
    bad = [case for case in cases() if case.name.startswith("bad")]
    sample = random.Random(9).sample(bad, 60)  # noqa: S311
    projects = [copied(case, tmp_path / str(number)) for number, case in enumerate(sample)]
    overrides = Overrides(
        select=("ALL",), preview=True, min_confidence="low", force_exclude=True, no_cache=True, jobs=1
    )

    async def steps(editor: Editor) -> None:
        for project in projects:
            files = sorted(path for path in project.rglob("*") if path.is_file())
            report = check([project], root=project, overrides=overrides)
            expected: dict[str, list[Said]] = {}
            for result in report.results:
                span, uri = result.diagnostic.span, (project / result.diagnostic.span.path).as_uri()
                expected.setdefault(uri, []).append(
                    (result.entry.code, span.line, span.column, result.diagnostic.message)
                )
            uris = [editor.open(path) for path in files if path.as_uri() in expected]

            def is_same(uris: list[str] = uris, expected: dict[str, list[Said]] = expected) -> bool:
                return all(_told(editor, uri) == sorted(expected[uri]) for uri in uris)

            await editor.until(is_same)
            for uri in uris:
                editor.close(uri)

    async def all_steps() -> None:
        options: dict[str, object] = {"select": ["ALL"], "preview": True, "minConfidence": "low"}
        # In this encoding columns are those of the command line.
        async with editing(*projects, options=options, encodings=[types.PositionEncodingKind.Utf32]) as editor:
            await steps(editor)

    asyncio.run(all_steps())


def _told(editor: Editor, uri: str) -> list[Said]:
    starts = ((one, one.range.start) for one in editor.shown(uri))
    return sorted((str(one.code), start.line + 1, start.character + 1, one.message) for one, start in starts)
