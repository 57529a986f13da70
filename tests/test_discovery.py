from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.discovery import Discovery, discover, kind_of, kind_of_script, role_of
from archlint.settings import Glob, Settings
from archlint.settings.schema import EXCLUDE
from archlint.source import Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable


# Patterns as people write them: pathspec and git differ on some that nobody does, such as `a/**/`.
PATTERNS = (
    st.tuples(
        st.sampled_from(["", "", "!"]),
        st.sampled_from(["", "", "/", "**/"]),
        st.sampled_from(["a", "b", "a.py", "*.py", "a*", "?.py", "[ab].py", "[!a].py", "*b*"]),
        st.sampled_from(["", "", "/a", "/a.py", "/*.py", "/*", "/**", "/**/b.py"]),
        st.sampled_from(["", "", "/", " ", "\\ "]),
    )
    .map("".join)
    .filter(lambda pattern: not pattern.rstrip("\\ ").endswith("**/"))
)


def make(root: Path, *paths: str, text: str = "x = 1\n") -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def find(root: Path, *paths: Path, **changes: Any) -> Discovery:
    default = Settings(root=root, cache_dir=root / ".cache", exclude=globs(*EXCLUDE))
    return discover(paths or (root,), root, replace(default, **changes))


def names(found: Discovery) -> list[str]:
    return [entry.path for entry in found.files]


def globs(*patterns: str) -> tuple[Glob, ...]:
    return tuple(Glob(pattern) for pattern in patterns)


def test_files_come_in_the_order_of_their_paths_with_what_they_are(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a/settings.py", "a/x.sql", "a/readme.md", "a-b.py")
    found = find(tmp_path)
    assert names(found) == ["a-b.py", "a/settings.py", "a/x.sql", "b.py"]
    settings = found.files[1]
    status = (tmp_path / "a/settings.py").stat()
    assert (settings.kind, settings.role, settings.explicit) == (Kind.PYTHON, Role.SETTINGS, False)
    assert (settings.size, settings.mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert Path(settings.real) == tmp_path.resolve() / "a/settings.py"


def test_relative_paths_count_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "service/app.py")
    monkeypatch.chdir(tmp_path / "service")
    assert names(find(tmp_path, Path("app.py"), Path())) == ["service/app.py"]


def test_a_path_given_twice_or_inside_another_is_found_once(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py")
    found = find(tmp_path, tmp_path, tmp_path / "a", tmp_path / "a/x.py", tmp_path / "a" / ".." / "a/x.py")
    assert names(found) == ["a/x.py"]
    assert found.files[0].explicit


def test_the_order_of_the_given_paths_does_not_show(tmp_path: Path) -> None:
    make(tmp_path, "a/x.py", "b/y.py", "c.py")
    given = [tmp_path / "a", tmp_path / "b", tmp_path / "c.py"]
    assert find(tmp_path, *given) == find(tmp_path, *reversed(given))


def test_missing_paths_are_named(tmp_path: Path) -> None:
    make(tmp_path, "x.py")
    (tmp_path / "loop.py").symlink_to("loop.py")
    found = find(tmp_path, tmp_path / "gone.py", Path("nul\0byte.py"), tmp_path / "loop.py", tmp_path / "x.py")
    assert found.missing == tuple(sorted([str(tmp_path / "gone.py"), "nul\0byte.py", str(tmp_path / "loop.py")]))
    assert names(found) == ["x.py"]


def test_a_file_outside_the_root_has_its_absolute_path(tmp_path: Path) -> None:
    make(tmp_path, "root/x.py", "tests/lib/y.py")
    root = tmp_path / "root"
    [entry] = find(root, root / ".." / "tests").files
    assert entry.path == (tmp_path.resolve() / "tests/lib/y.py").as_posix()
    assert root / entry.path == Path(entry.real)
    assert entry.role is Role.PRODUCTION, "folders above the given one say nothing"


def test_folders_above_the_root_say_nothing(tmp_path: Path) -> None:
    root = make(tmp_path / "tests" / "examples", "app/views.py")
    assert [entry.role for entry in find(root).files] == [Role.PRODUCTION]


class TestExclusion:
    def test_default_folders_are_left_out(self, tmp_path: Path) -> None:
        make(tmp_path, "x.py", ".venv/a.py", "app/node_modules/b.py", "dist/c.py", "app/__pycache__/d.py")
        assert names(find(tmp_path)) == ["x.py"]

    def test_a_package_may_be_called_build(self, tmp_path: Path) -> None:
        make(tmp_path, "app/build/__init__.py", "app/build/sandbox.py")
        make(tmp_path, "build/lib/app/copy.py", "api/build/lib.linux-x86_64-cpython-311/app/copy.py")
        assert names(find(tmp_path)) == ["app/build/__init__.py", "app/build/sandbox.py"]

    @pytest.mark.parametrize(
        ("patterns", "left"),
        [
            (["legacy"], ["app/x.py", "app/x_pb2.py"]),
            (["app/*.py"], ["legacy/y.py"]),
            (["*_pb2.py", "legacy/"], ["app/x.py"]),
            (["**/x.py"], ["app/x_pb2.py", "legacy/y.py"]),
        ],
        ids=["name", "path", "wildcard", "any-depth"],
    )
    def test_configured_globs(self, tmp_path: Path, patterns: list[str], left: list[str]) -> None:
        make(tmp_path, "app/x.py", "app/x_pb2.py", "legacy/y.py")
        assert names(find(tmp_path, exclude=globs(*patterns))) == left

    def test_a_given_file_or_folder_is_taken_all_the_same(self, tmp_path: Path) -> None:
        make(tmp_path, "venv/a.py", "legacy/b.py", "legacy/c.py")
        found = find(tmp_path, tmp_path / "venv", tmp_path / "legacy/b.py", exclude=globs("venv", "legacy"))
        assert names(found) == ["legacy/b.py", "venv/a.py"]

    def test_unless_exclusion_is_forced(self, tmp_path: Path) -> None:
        make(tmp_path, "venv/lib/a.py", "legacy/b.py", "app/c.py")
        given = [tmp_path / "venv/lib", tmp_path / "legacy/b.py", tmp_path / "app/c.py"]
        found = find(tmp_path, *given, exclude=globs("venv", "legacy/*"), force_exclude=True)
        assert names(found) == ["app/c.py"]

    def test_include_picks_out(self, tmp_path: Path) -> None:
        make(tmp_path, "app/x.py", "app/x.sql", "y.yaml")
        assert names(find(tmp_path, include=globs("*.sql"))) == ["app/x.sql"]
        assert names(find(tmp_path, tmp_path / "y.yaml", include=globs("*.sql"))) == ["y.yaml"]
        given = [tmp_path / "y.yaml", tmp_path / "app/x.sql"]
        assert names(find(tmp_path, *given, include=globs("*.sql"), force_exclude=True)) == ["app/x.sql"]


class TestIgnoreFiles:
    def test_levels_and_negations(self, tmp_path: Path) -> None:
        make(tmp_path, "a.py", "gen/b.py", "app/c_gen.py", "app/d_gen.py", "app/sub/only_here.py", "only_here.py")
        (tmp_path / ".gitignore").write_text("# comment\ngen/\n*_gen.py\r\n")
        (tmp_path / "app/.gitignore").write_text("!d_gen.py\n/sub/only_here.py\n")
        assert names(find(tmp_path)) == ["a.py", "app/d_gen.py", "only_here.py"]
        assert len(find(tmp_path, respect_gitignore=False).files) == 6

    def test_files_above_up_to_the_repository(self, tmp_path: Path) -> None:
        make(tmp_path, "repo/service/app/x.py", "repo/service/app/y.py", "repo/service/app/z.py")
        (tmp_path / ".gitignore").write_text("*\n")
        (tmp_path / "repo/.git/info").mkdir(parents=True)
        (tmp_path / "repo/.git/info/exclude").write_text("y.py\n")
        (tmp_path / "repo/.gitignore").write_text("/service/app/x.py\n")
        assert names(find(tmp_path / "repo/service")) == ["app/z.py"]
        assert names(find(tmp_path / "repo/service", tmp_path / "repo/service/app")) == ["app/z.py"]

    def test_what_is_given_is_taken_although_it_is_ignored(self, tmp_path: Path) -> None:
        make(tmp_path, "local/x.py", "local/deep/y.py", "local/deep/z_tmp.py")
        (tmp_path / ".gitignore").write_text("local\n")
        (tmp_path / "local/deep/.gitignore").write_text("*_tmp.py\n")
        assert names(find(tmp_path)) == []
        assert names(find(tmp_path, tmp_path / "local/x.py")) == ["local/x.py"]
        assert names(find(tmp_path, tmp_path / "local/deep")) == ["local/deep/y.py"]

    @pytest.mark.parametrize(
        "pattern", ["*a" * 9 + "b", "/**/" + "a/**/" * 9 + "b", "x" * 2_000], ids=["stars", "deep", "long"]
    )
    def test_patterns_that_would_take_ages_ignore_nothing(self, tmp_path: Path, pattern: str) -> None:
        make(tmp_path, "a" * 200 + ".py", "a/" * 60 + "c.py", "ignored.py")
        (tmp_path / ".gitignore").write_text(f"{pattern}\nignored.py\n")
        found = find(tmp_path)
        assert len(found.files) == 2
        assert found.hints == ("1 pattern of ignore files not used: too many wildcards or too many patterns",)

    @pytest.mark.parametrize(
        "content",
        [b"\xff\xfe\0", b"[\n!\n/\n\\\n**\n***\n", b"[[:alpha:]]\n[z-a]\n", b"\xef\xbb\xbfignored.py\n"],
        ids=["binary", "odd", "brackets", "mark"],
    )
    @pytest.mark.filterwarnings("error")
    def test_odd_ignore_files_do_no_harm(self, tmp_path: Path, content: bytes) -> None:
        make(tmp_path, "x.py")
        (tmp_path / ".gitignore").write_bytes(content)
        assert set(names(find(tmp_path))) <= {"x.py"}

    def test_pipes_links_and_huge_ignore_files_are_not_read(self, tmp_path: Path) -> None:
        make(tmp_path, "a/x.py", "b/x.py", "c/x.py")
        os.mkfifo(tmp_path / "a/.gitignore")
        (tmp_path / "all").write_text("*\n")
        (tmp_path / "b/.gitignore").symlink_to("../all")
        (tmp_path / "c/.gitignore").write_text("*\n" * 100)
        assert names(find(tmp_path, max_file_size=100)) == ["a/x.py", "b/x.py", "c/x.py"]

    def test_what_stands_in_a_folder_is_not_the_folder(self, tmp_path: Path) -> None:
        make(tmp_path, "a/x.py", "b/x.py", "b/c/y.py")
        (tmp_path / ".gitignore").write_text("a\n!a/**\nb/**\n!b/x.py\n")
        assert names(find(tmp_path)) == ["b/x.py"]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(PATTERNS, min_size=1, max_size=4))
    def test_the_answer_is_that_of_git(self, tmp_path_factory: pytest.TempPathFactory, patterns: list[str]) -> None:
        root = make(
            tmp_path_factory.mktemp("repo"), "a.py", "b.py", "a/a.py", "a/b.py", "b/a/a.py", "b/ab.py", "ab/b.py"
        )
        subprocess.run(["git", "init", "-q", root], check=True)
        (root / ".gitignore").write_text("\n".join(patterns))
        command = ["git", "-c", "core.excludesFile=", "ls-files", "-o", "--exclude-standard", "*.py"]
        expected = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
        assert names(find(root)) == sorted(expected)


class TestHostileTrees:
    def test_only_regular_files_are_taken_and_nothing_else_is_opened(self, tmp_path: Path) -> None:
        make(tmp_path, "x.py", "folder.py/y.py")
        os.mkfifo(tmp_path / "pipe.py")
        os.mkfifo(tmp_path / "script")
        (tmp_path / "zero.py").symlink_to("/dev/zero")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(tmp_path / "socket.py"))
            assert names(find(tmp_path)) == ["folder.py/y.py", "x.py"]

    def test_a_given_pipe_is_reported(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.py")
        [problem] = find(tmp_path, tmp_path / "pipe.py").problems
        assert (problem.code, problem.span.path) == ("ARC003", "pipe.py")
        assert "not a regular file" in problem.message

    def test_links_to_folders_are_never_entered(self, tmp_path: Path) -> None:
        make(tmp_path, "a/x.py")
        (tmp_path / "a/up").symlink_to("..")
        (tmp_path / "self").symlink_to("self")
        (tmp_path / "gone.py").symlink_to("nowhere.py")
        assert names(find(tmp_path)) == ["a/x.py"]

    def test_links_to_files_lead_to_the_file_inside_the_root_only(self, tmp_path: Path) -> None:
        make(tmp_path, "root/tests/x.py", "secret/.env", "root/venv/y.py")
        root = tmp_path / "root"
        (root / "a.py").symlink_to("tests/x.py")
        (root / ".env").symlink_to("../secret/.env")
        (root / "b.py").symlink_to("venv/y.py")
        assert names(find(root)) == ["tests/x.py"]
        assert find(root).files[0].role is Role.TEST
        [given] = find(root, root / ".env").files
        assert given.path == (tmp_path.resolve() / "secret/.env").as_posix()

    def test_of_hard_links_the_first_is_taken_but_empty_packages_stay(self, tmp_path: Path) -> None:
        make(tmp_path, "b.py")
        make(tmp_path, "a/__init__.py", text="")
        os.link(tmp_path / "b.py", tmp_path / "a/c.py")
        (tmp_path / "d").mkdir()
        os.link(tmp_path / "a/__init__.py", tmp_path / "d/__init__.py")
        assert names(find(tmp_path)) == ["a/__init__.py", "a/c.py", "d/__init__.py"]

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list every folder")
    def test_a_folder_that_cannot_be_listed_is_reported(self, tmp_path: Path) -> None:
        make(tmp_path, "locked/x.py", "y.py")
        (tmp_path / "locked").chmod(0)
        found = find(tmp_path)
        (tmp_path / "locked").chmod(0o700)
        assert names(found) == ["y.py"]
        assert [(one.code, one.span.path) for one in found.problems] == [("ARC003", "locked")]

    def test_a_folder_deeper_than_the_system_allows_is_reported(self, tmp_path: Path) -> None:
        here = os.open(tmp_path, os.O_RDONLY)
        for _ in range(20):
            os.mkdir("d" * 250, dir_fd=here)
            deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        os.close(here)
        make(tmp_path, "x.py")
        found = find(tmp_path)
        assert names(found) == ["x.py"]
        assert ["file name too long" in one.message for one in found.problems] == [True]

    @pytest.mark.parametrize(
        "name",
        [
            "\x1b]8;;x\x07.py",
            "new\nline.py",
            "\u202egpj.py",
            ",line=1::.py",
            "%0A.py",
            "-x.py",
            "é.py",
            "a" * 252 + ".py",
        ],
        ids=["escape", "newline", "bidi", "command", "percent", "dash", "accent", "long"],
    )
    def test_names_stay_as_they_are(self, tmp_path: Path, name: str) -> None:
        make(tmp_path, name)
        assert names(find(tmp_path)) == [name]

    def test_names_that_are_not_utf8_can_be_encoded(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/caf\xe9.py"
        with open(path, "wb") as file:  # noqa: PTH123 - the name is bytes
            file.write(b"x = 1\n")
        [entry] = find(tmp_path).files
        assert entry.path == r"caf\xe9.py"
        assert Path(entry.real).read_bytes() == b"x = 1\n"


def test_notebooks_and_unknown_files_become_hints(tmp_path: Path) -> None:
    make(tmp_path, "a.ipynb", "b/c.ipynb", "readme.md", "x.py")
    found = find(tmp_path, tmp_path, tmp_path / "readme.md")
    assert names(found) == ["x.py"]
    assert found.hints == ("2 notebooks skipped: a.ipynb, b/c.ipynb", "1 file of no known kind skipped: readme.md")


def test_scripts_are_known_by_their_first_line(tmp_path: Path) -> None:
    make(tmp_path, "bin/serve", text="#!/usr/bin/env python3\nprint(1)\n")
    make(tmp_path, "bin/deploy", text="#!/bin/sh\n")
    assert [(entry.path, entry.kind) for entry in find(tmp_path).files] == [("bin/serve", Kind.PYTHON)]


def test_configured_roles_win(tmp_path: Path) -> None:
    make(tmp_path, "tests/x.py", "jobs/nightly.py")
    roles = ((Role.COMMAND, globs("jobs")), (Role.PRODUCTION, globs("tests/*.py")))
    assert [entry.role for entry in find(tmp_path, roles=roles).files] == [Role.COMMAND, Role.PRODUCTION]


@pytest.mark.parametrize(
    ("kind", "paths"),
    [
        (Kind.PYTHON, "a.py a.pyw A.PY app.wsgi local_settings.py.example dockerfile_parser.py"),
        (Kind.STUB, "a.pyi"),
        (Kind.SQL, "a.sql A.SQL"),
        (Kind.YAML, "a.yml a.yaml docker-compose.yml config.yaml.dist"),
        (Kind.JSON, "a.json openapi.json"),
        (Kind.TOML, "pyproject.toml Pipfile"),
        (Kind.INI, "alembic.ini setup.cfg nginx.conf .pypirc"),
        (Kind.PROPERTIES, "application.properties .npmrc"),
        (Kind.ENV, ".env .env.local .env.example prod.env .env.prod.dist env.example .flaskenv"),
        (Kind.DOCKERFILE, "Dockerfile Dockerfile.dev web.dockerfile Containerfile"),
        (Kind.PEM, "server.pem server.key id_rsa"),
        (
            Kind.LOCK,
            "poetry.lock uv.lock Pipfile.lock pdm.lock package-lock.json yarn.lock pylock.toml pylock.dev.toml",
        ),
        (
            Kind.REQUIREMENTS,
            "requirements.txt requirements-dev.txt dev-requirements.txt requirements/base.in constraints.txt",
        ),
        (Kind.TEMPLATE, "app/templates/a.html templates/mail.txt k8s/x.yaml.j2 a.jinja2"),
        (Kind.NOTEBOOK, "a.ipynb"),
        (None, "a.html notes.txt readme.md a.js Makefile .gitignore a.example .example"),
    ],
)
def test_kinds_by_name(kind: Kind | None, paths: str) -> None:
    wrong = {}
    for path in paths.split():
        *folders, name = path.split("/")
        if (found := kind_of(name, tuple(folders))) is not kind:
            wrong[path] = found
    assert not wrong


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"#!/usr/bin/python\n", Kind.PYTHON),
        (b"#!/usr/bin/env -S python3.12 -u\n", Kind.PYTHON),
        (b"#!/bin/sh\npython x\n", None),
        (b"", None),
        (b"\x7fELF", None),
    ],
    ids=["plain", "env", "shell", "empty", "binary"],
)
def test_kinds_of_scripts(head: bytes, kind: Kind | None) -> None:
    assert kind_of_script(head) is kind


ROLES = {
    Role.TEST: """tests/x.py app/tests/views.py test_x.py app/x_test.py conftest.py app/tests.py app/testing/client.py
        fixtures/data.json e2e/flow.py tests/data/a.yaml spec/user_spec.py integration-tests/x.py settings/test.py
        tests/settings.py tests/migrations/0001_initial.py .env.test docker-compose.test.yml tests/test_cli.py
        locustfile.py""",
    Role.MIGRATION: """app/migrations/0001_initial.py app/migrations/__init__.py alembic/versions/1a2b_x.py
        migrations/versions/x.py db/migrate/001.sql migrations/2020_x.sql backend/alembic_tenants/versions/x.py
        admin/sql/2025-12-07-tables.sql sql/20200325_x.sql schema/delta/54/x.sql
        src/database/revisions/core/versions/2020-01-01_abc.py V2__add_index.sql""",
    Role.COMMAND: """manage.py setup.py noxfile.py fabfile.py app/cli.py app/__main__.py scripts/x.py bin/serve
        app/management/commands/load.py alembic/env.py migrations/env.py tools/x.py
        .github/workflows/test.yml .travis.yml azure-pipelines.yml cloudbuild.yaml""",
    Role.SETTINGS: """app/settings.py config/settings/base.py app/config.py conf/x.py local_settings.py
        settings_prod.py app/settings/__init__.py gunicorn.conf.py config.yaml""",
    Role.EXAMPLE: """examples/x.py docs/conf.py .env.example settings.py.dist config.sample.yaml demo/app/models.py
        env.template examples/app/settings.py docker-compose.example.yml""",
    Role.GENERATED: """app/x_pb2.py app/x_pb2_grpc.py app/x_pb2.pyi static/a.min.js poetry.lock package-lock.json
        uv.lock yarn.lock pnpm-lock.yaml""",
    Role.VENDORED: """vendor/six.py app/_vendor/requests/api.py third_party/x.py node_modules/x/package.json
        lib/site-packages/x.py app/extern/x.py vendor/tests/x/test_y.py vendor/requests/models.py""",
    Role.PRODUCTION: """app/views.py app/tasks.py .env .env.production prod.env app/migrations/executor.py
        app/tools/search.py app/vendor/models.py app/settings/views.py docs/openapi.yaml spec/openapi.yaml
        app/contest.py app/latest.py Dockerfile app/samples.py
        docker-compose.yml app/template.py app/config_loader.py api/versions/v1.py""",
}


@pytest.mark.parametrize(("role", "paths"), [(role, paths.split()) for role, paths in ROLES.items()], ids=list(ROLES))
def test_roles_by_path(role: Role, paths: Iterable[str]) -> None:
    assert {path: role_of(path) for path in paths if role_of(path) is not role} == {}


def test_a_role_does_not_depend_on_case() -> None:
    assert role_of("Tests/Settings.py") is Role.TEST
