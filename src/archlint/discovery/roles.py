"""What a file is for, by its path below the project root: one table, read from top to bottom, the first hit counts.

The names of the folders above the root say nothing: a project may live in a folder called `tests`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from archlint.source import Role


class RoleRule(msgspec.Struct, frozen=True):
    """A role and when a file has it: `folder` is searched in `/a/b/` above it, `name` is its whole name.

    Both are compared in lower case, and one that is None holds always.
    """

    role: Role
    folder: re.Pattern[str] | None = None
    name: re.Pattern[str] | None = None


def _under(*folders: str) -> re.Pattern[str]:
    """Return the pattern of paths that have one of these folders (words apart by spaces, or expressions) in them."""
    return re.compile(f"/(?:{'|'.join(word for group in folders for word in group.split())})/")


def _named(*names: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{name})" for name in names))


_DATA = r"(?:ya?ml|json|toml|ini|cfg|conf|properties|env|sql)"
_APP_MODULE = (
    r"(?!(?:__init__|admin|api|apps|crud|dependencies|forms|managers|models|permissions|repositor(?:y|ies)|routers?|"
    r"routes|schemas?|selectors|serializers|services?|signals|tasks|urls|views)\.py$)"
)
"""Not the name of a module that an application has: an app about vendors or about settings is production code."""

VENDORED = (
    RoleRule(
        Role.VENDORED,
        _under("_vendor _vendored vendored third_party third-party thirdparty 3rdparty extern externals"),
    ),
    RoleRule(Role.VENDORED, _under("node_modules bower_components site-packages dist-packages")),
    RoleRule(
        Role.VENDORED,
        _under(r"vendors?/(?!(?:api|management|migrations|models|serializers|services|templates|tests?|views)/).+"),
    ),
    RoleRule(Role.VENDORED, _under("vendors?"), _named(_APP_MODULE + ".*")),
)
"""Code of others that lies in the project; nobody here repairs it."""

GENERATED = (
    RoleRule(
        Role.GENERATED,
        name=_named(
            r".*_pb2(?:_grpc)?\.pyi?",
            r".*\.min\.(?:js|css|json)",
            r".*\.lock(?:\.\w+)?",
            r".*-lock\.(?:json|ya?ml|toml)",
            r"npm-shrinkwrap\.json",
            r"pylock\.(?:.+\.)?toml",
            r".*[._-]generated\.[a-z]+",
        ),
    ),
    RoleRule(Role.GENERATED, _under("__generated__ _generated")),
)
"""Written by a program: the place to repair is its input."""

TEST = (
    RoleRule(
        Role.TEST, _under(r"tests? testing __tests__ __mocks__ fixtures testdata testsuite testlib e2e \.semgrep")
    ),
    RoleRule(
        Role.TEST,
        _under(
            r"(?:unit|integration|functional|acceptance|api|system|smoke|regression|contract|ui|load|perf)[_-]?tests?",
            r"(?:e2e|end[_-]to[_-]end|browser|cypress|playwright|selenium)[_-]?tests?",
            r"tests?[_-](?:utils|helpers|support|data|fixtures|files|assets|cases|suite|project|apps?|settings)",
            r"tests_\w+ end[_-]to[_-]end cypress playwright locust benchmarks",
        ),
    ),
    RoleRule(
        Role.TEST,
        name=_named(r"(?:tests?_.*|.*_tests?|tests?|testing|conftest|.*_spec|spec_.*|locustfile.*|pytest_.*)\.pyi?"),
    ),
    RoleRule(Role.TEST, _under("specs?"), _named(r".*\.pyi?")),
    RoleRule(Role.TEST, name=_named(r"(?:docker-)?compose[._-](?:ci|cypress|playwright|tests?|e2e)\.ya?ml")),
    RoleRule(Role.COMMAND, _under(r"\.github \.gitlab \.circleci"), _named(r".*\.ya?ml")),
    RoleRule(
        Role.COMMAND,
        name=_named(
            r"\.(?:travis|gitlab-ci|drone|appveyor)\.ya?ml",
            r"(?:azure-pipelines|bitbucket-pipelines|buildspec|cloudbuild)[\w.-]*\.ya?ml",
            r"(?:appveyor|wercker)\.ya?ml",
        ),
    ),
    RoleRule(
        Role.TEST, name=_named(rf"(?:.*[._-])?(?:tests?|testing|e2e)\.{_DATA}", r"\.env[._-](?:tests?|testing|e2e)")
    ),
)
"""As pytest and Django projects name tests, and the data and settings of tests.

`spec` is a folder of tests for Python only, since API contracts stand in such folders too;
workflows called `test.yml` are no test data: a service runs them as a person runs a script.
"""

EXAMPLE_NAMES = (
    RoleRule(
        Role.EXAMPLE,
        name=_named(
            r".*\.(?:example|sample|template|dist)",
            r"(?:.*[._-])?example\.[a-z0-9]+",
            r".*[.-]sample\.[a-z0-9]+",
            r".*\.(?:template|dist)\.(?:py|env|ini|cfg|conf|toml|properties)",
            r"\.env\.(?:example|sample|template|dist|defaults?)(?:\..+)?",
            r"sample\.env",
        ),
    ),
)
"""Files to copy and fill in."""

MIGRATION = (
    RoleRule(Role.MIGRATION, _under("migrations?"), _named(r"\d{3,}_.*\.py", r"_.*\.py", r"v\d.*__.*\.py")),
    RoleRule(Role.MIGRATION, _under(r"\w+_migrations"), _named(r"\d{3,}_.*\.py")),
    RoleRule(Role.MIGRATION, _under("migrations? migrate"), _named(r".*\.(?:p|pg)?sql")),
    RoleRule(Role.MIGRATION, _under("db/migrate")),
    RoleRule(Role.MIGRATION, _under(r"(?:alembic[^/]*|migrations?|revisions)/(?:.+/)?versions")),
    RoleRule(Role.MIGRATION, _under("versions"), _named(r"[0-9a-f]{10,40}_.*\.py")),
    RoleRule(Role.MIGRATION, name=_named(r"v\d+(?:[._]\d+)*__.+\.sql", r"\d{4}-?\d\d-?\d\d\d*[._-].+\.sql")),
    RoleRule(Role.MIGRATION, _under(r"deltas?/\d+"), _named(r".*\.sql")),
)
"""Numbered migrations of Django, revisions of Alembic, SQL scripts of Flyway and of others, such as dated ones.

Modules with other names in `migrations/` are the code that runs migrations.
"""

EXAMPLE_FOLDERS = (
    RoleRule(Role.EXAMPLE, _under("examples? samples? demos? tutorials? cookbook quickstart playground")),
    RoleRule(Role.PRODUCTION, name=_named(r"(?:.*[._-])?(?:openapi|swagger|asyncapi)(?:[._-].*)?\.(?:ya?ml|json)")),
    RoleRule(Role.EXAMPLE, _under("docs? documentation")),
)
"""Code to show; the API contract that stands in `docs/` is the real one."""

COMMAND = (
    RoleRule(Role.COMMAND, _under("management/commands scripts? bin cli")),
    RoleRule(Role.COMMAND, re.compile(r"^/(?:tools|hack|devtools|ci)/")),
    RoleRule(
        Role.COMMAND,
        name=_named(r"(?:manage|setup|fabfile|noxfile|dodo|cli|__main__|hatch_build)\.py"),
    ),
    RoleRule(Role.COMMAND, _under(r"(?:alembic[^/]*|migrations?)", r"revisions(?:/.+)?"), _named(r"env\.py")),
)
"""Run by a person or a schedule, in a process of their own. `tools/` counts at the root only: agents have tools."""

SETTINGS = (
    RoleRule(Role.SETTINGS, _under("settings conf"), _named(_APP_MODULE + r".*\.py", r"__init__\.py")),
    RoleRule(
        Role.SETTINGS,
        name=_named(
            r"(?:.*_)?(?:settings|config|configuration|conf)\.py",
            r"(?:settings|config)_(?:base|ci|default|dev|development|docker|local|prod|production|stag(?:e|ing))\.py",
            r"(?:celery|gunicorn|uvicorn|hypercorn)_?config\.py",
            r"gunicorn\.conf\.py",
            r"(?:.*[._-])?(?:settings|config)\.(?:ya?ml|json|toml|ini|cfg|conf)",
        ),
    ),
)
"""Configuration as code or beside code. `.env` files are production: what stands there is in use."""

TABLE = (*VENDORED, *GENERATED, *TEST, *EXAMPLE_NAMES, *MIGRATION, *EXAMPLE_FOLDERS, *COMMAND, *SETTINGS)
"""All rules in the order that counts: a settings module inside the tests is a test."""


def role_of(path: str) -> Role:
    """Return what a file is for, by its path below the project root with forward slashes."""
    *folders, name = path.split("/")
    return role_in(rules_below(folders), name)


def rules_below(folders: Iterable[str]) -> tuple[RoleRule, ...]:
    """Return the rules that can hold for a file in these folders; a walk asks once for each folder."""
    path = f"/{'/'.join(folders)}/".lower()
    found: list[RoleRule] = []
    for rule in TABLE:
        if rule.folder is None or rule.folder.search(path):
            found.append(rule)
            if rule.name is None:
                break
    return tuple(found)


def role_in(rules: Iterable[RoleRule], name: str) -> Role:
    """Return what a file is for, by its name and the rules of its folder."""
    name = name.lower()
    for rule in rules:
        if rule.name is None or rule.name.fullmatch(name):
            return rule.role
    return Role.PRODUCTION
