from __future__ import annotations

import random
import string
import time
from typing import TYPE_CHECKING, cast

import pytest
import tokens as maker
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archlint.diagnostic import Severity
from archlint.ir import nodes as ir
from archlint.ir.module import ModuleFacts, Unit
from archlint.rules.secrets import hardcoded_secret, secret_fallback, weak_credential
from archlint.secrets.formats import tokens
from archlint.secrets.judge import Tier, judge, verdicts
from archlint.secrets.masking import may_be_secret
from archlint.secrets.names import promised
from archlint.secrets.redaction import redact, secret_spans
from archlint.secrets.scout import has_candidate
from archlint.secrets.slots import Container, Slot
from archlint.secrets.strength import is_strong
from archlint.secrets.suspects import Suspicion, suspicion
from archlint.secrets.weak import weak_credentials
from archlint.source import Kind, Role, SourceFile
from archlint.syntax.config import ConfigContext, parse_config
from archlint.syntax.env import parse_env
from archlint.syntax.python import PythonContext, parse_unit, walk_unit

if TYPE_CHECKING:
    from archlint.diagnostic import Diagnostic
    from archlint.knowledge import Knowledge
    from archlint.syntax import cst

LITERALS = ("SimpleString", "ConcatenatedString", "FormattedString")
STRONG = st.text(string.ascii_letters + string.digits + "!#@^&+=_-", min_size=14, max_size=40).filter(is_strong)
WINDOW = 6
LITERAL_CHECKS = (hardcoded_secret.literal, weak_credential.weak_literal, secret_fallback.literal_fallback)
CONFIG_CHECKS = (hardcoded_secret.configured, weak_credential.weak_setting, secret_fallback.configured_fallback)
MAKERS = (*maker.CHECKED, *maker.ANCHORED)


def seeded(seed: object) -> random.Random:
    """Return a generator that makes the same tokens in each run."""
    return random.Random(str(seed))  # noqa: S311 - these are no secrets


def slot(value: str, name: str = "", container: Container = Container.ASSIGNMENT) -> Slot:
    return Slot((name,) if name else (), value, 0, len(value), container, name)


def source_of(text: str, path: str = "shop/settings.py", role: Role = Role.PRODUCTION) -> SourceFile:
    kinds = {
        "py": Kind.PYTHON,
        "yml": Kind.YAML,
        "env": Kind.ENV,
        "json": Kind.JSON,
        "ini": Kind.INI,
        "pem": Kind.PEM,
        "sql": Kind.SQL,
    }
    return SourceFile.of(path, text, kinds[path.rpartition(".")[2]], role)


def python(text: str, role: Role = Role.PRODUCTION) -> list[Diagnostic]:
    source = source_of(text, role=role)
    unit = Unit(0, len(text), 1, "", "", 0, (), (), ir.Jump(0, 4, "pass"))
    tree = parse_unit(source, unit)
    assert not isinstance(tree, str), tree
    facts = ModuleFacts(source.path, "shop.settings", False, (), (), (), (unit,))
    ctx = PythonContext(source, facts, cast("Knowledge", None), lambda _, shape: shape(), {"os": "os"})
    found: list[Diagnostic] = []

    def visit(node: cst.CSTNode, context: PythonContext) -> None:
        for check in LITERAL_CHECKS:
            found.extend(check(cast("cst.SimpleString", node), context))

    walk_unit(tree, ctx, {name: [visit] for name in LITERALS})
    return found


def config(text: str, path: str, role: Role = Role.PRODUCTION) -> list[Diagnostic]:
    source = source_of(text, path, role)
    context = ConfigContext(source, lambda _, shape: shape())
    return [found for check in CONFIG_CHECKS for found in check(parse_config(source), context)]


@pytest.mark.parametrize("maker_", MAKERS, ids=[f"{m.description}-{n}" for n, m in enumerate(MAKERS)])
def test_made_tokens_are_found_and_broken_twins_are_not(maker_: maker.Maker) -> None:
    rng = seeded(maker_.description)
    for _ in range(30):
        token = maker_.make(rng)
        found = list(tokens(f'{{"key": "{token}", "other": 1}}'))
        assert [(each.format.description, each.checked) for each in found] == [
            (maker_.description, maker_.is_checked)
        ], token
        if maker_.is_checked:
            assert not list(tokens(maker.broken(token)))


@pytest.mark.parametrize("role", [Role.PRODUCTION, Role.TEST, Role.EXAMPLE])
@pytest.mark.parametrize("maker_", maker.CHECKED, ids=lambda m: m.description)
def test_checked_tokens_count_in_every_role(maker_: maker.Maker, role: Role) -> None:
    verdict = judge(slot(maker_.make(seeded(3))), role)
    assert verdict is not None
    assert (verdict.tier, verdict.description) == (Tier.CERTAIN, maker_.description)
    assert len(verdict.prefix) <= 4


@pytest.mark.parametrize("maker_", maker.ANCHORED, ids=lambda m: m.description)
def test_unchecked_tokens_count_in_production_only(maker_: maker.Maker) -> None:
    token = maker_.make(seeded(4))
    assert judge(slot(token), Role.PRODUCTION) is not None
    assert judge(slot(token, "api_key"), Role.TEST) is None


@pytest.mark.parametrize(
    "value", [maker.pem(seeded("pem")), maker.jwt(seeded("jwt"))], ids=["private key", "web token"]
)
def test_structures_count_in_production_only(value: str) -> None:
    assert judge(slot(value), Role.PRODUCTION) is not None
    assert judge(slot(value), Role.TEST) is None


def test_a_token_that_ended_years_ago_is_a_note() -> None:
    token = maker.jwt(seeded(1), exp=1_500_000_000)
    verdict = judge(slot(token), Role.PRODUCTION)
    assert verdict is not None
    assert verdict.is_minor
    assert [one.at_most for one in python(f"REPLY = '{token}'")] == [Severity.NOTE]


def test_each_secret_of_a_text_is_told_with_its_place() -> None:
    text = '{"user": "anna", "tokens": ["9d33fab579bedf741c", "9eb517d37cab5bf82d"], "password": "Zq7!vT2#kPx9Lw8r"}'
    source = f"REPLY = '{text}'"
    found = python(source)
    assert [source[one.span.start : one.span.end] for one in found] == [
        "9d33fab579bedf741c", "9eb517d37cab5bf82d", "Zq7!vT2#kPx9Lw8r",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        maker.pem(seeded(1), "CERTIFICATE"),
        maker.jwt(seeded(1), role="anon"),
        "ghp_" + "x" * 36,
        "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://user:password@localhost/db",
        "postgres://user:${DB_PASSWORD}@localhost/db",
        "https://example.com/a:b@c",
    ],
)
def test_public_expired_and_empty_forms_are_silent(value: str) -> None:
    assert judge(slot(value), Role.PRODUCTION) is None


@pytest.mark.parametrize(
    "value",
    [
        "changeme", "changeme-please-1234567890", "<your-api-key-goes-here>", "${API_KEY}", "{{ vault_api_key }}",
        "%(password)s-4f5g6h7j8k", "your-super-secret-key-1a2b3c", "1234567890abcdef", "abcdefghijklmnopqrstuvwxyz",
        "aaaaaaaaaaaaaaaaaaaaaa", "/etc/secrets/k3vQ9zT7mWx2", "config.secrets.K3vQ9zT7mWx2.value", "admin123",
        "$2b$12$k3vQ9zT7mWx2pL8rB5nY1dF6q8Wn3xZr5Kt1Vb7Jm2Gd", "op://vault/item/k3vQ9zT7mWx2", "database_password",
        "django-insecure-k3vQ9zT7mWx2pL8rB5nY1d", "vault:secret/data/k3vQ9zT7mWx2", "Enter your password here",
        "Zapomněli jste heslo?", "Повторите пароль", "Jelszó újraküldése", "Wachtwoord vergeten?",
    ],
)  # fmt: skip
def test_placeholders_and_weak_values_are_silent(value: str) -> None:
    assert judge(slot(value, "database_password"), Role.PRODUCTION) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DATABASE_PASSWORD", "password"), ("dbPassword", "password"), ("client_secret", "secret"),
        ("API_KEY", "API key"),
        ("SECRET_KEY_BASE", "secret key"), ("x-api-key", "API key"), ("AWS_SECRET_ACCESS_KEY", "API key"),
        ("password2", "password"), ("Authorization", "credential"), ("jwtSecret", "secret"), ("smtp_pass", "password"),
        ("password_field", ""), ("token_url", ""), ("secret_name", ""), ("AWS_ACCESS_KEY_ID", ""),
        ("next_page_token", ""),
        ("csrf_token", ""), ("primary_key", ""), ("sort_key", ""), ("passed", ""), ("compass", ""), ("tokenizer", ""),
        ("password_hash", ""), ("public_key", ""), ("monkey", ""), ("key", ""), ("eos_token", ""), ("has_password", ""),
    ],
)  # fmt: skip
def test_the_head_word_of_a_name_decides(name: str, kind: str) -> None:
    assert promised(name) == kind


@pytest.mark.parametrize(
    "value",
    [
        "created_at", "Content-Type", "application/json; charset=utf-8", "A sentence about a password, with words.",
        "SELECT id, name FROM orders WHERE customer_id = %s AND status = 'open' ORDER BY created_at DESC LIMIT 10",
        "UPDATE users SET password = %(password)s WHERE id = %(id)s", "https://example.com/api/v1/orders?page=2",
        "django.contrib.auth.middleware.AuthenticationMiddleware", "%Y-%m-%dT%H:%M:%S", "ResetPasswordSerializer",
        "users/<int:user_id>/orders/", "order__customer__address_line_1", "postgres://localhost:5432/shop", "utf-8",
    ],
)  # fmt: skip
def test_ordinary_strings_may_be_kept(value: str) -> None:
    assert not may_be_secret("name", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "x"), (None, "postgres://shop:pw@db/shop"), (None, "CREATE USER shop IDENTIFIED BY 'pw'"),
        (None, "ALTER ROLE shop PASSWORD 'pw'"), (None, "-----BEGIN PRIVATE KEY-----\nMII"),
        (None, "q8Wn3xZr5Kt1Vb7Jm2Gd"), (None, "Bearer z8Kq3Vw7Xt2Lm9Rb4Jn6"), (None, "x?api_key=shortish1"),
        (None, "gT5!wQ9#xK2z"),
    ],
)  # fmt: skip
def test_what_may_be_secret_is_not_kept(name: str | None, value: str) -> None:
    assert may_be_secret(name, value)


@pytest.mark.parametrize("maker_", MAKERS, ids=[f"{m.description}-{n}" for n, m in enumerate(MAKERS)])
def test_no_token_is_kept_and_every_token_is_a_candidate(maker_: maker.Maker) -> None:
    rng = seeded(maker_.description)
    for _ in range(30):
        token = maker_.make(rng)
        assert may_be_secret(None, f"see {token}")
        assert has_candidate(f"x = '{token}'")


@settings(max_examples=300)
@given(st.sampled_from(["", "password", "name", "api_key", "headers"]), st.text(max_size=80) | STRONG)
def test_what_the_judge_calls_secret_is_never_kept(name: str, value: str) -> None:
    if judge(slot(value, name), Role.PRODUCTION) is not None:
        assert may_be_secret(name, value)


PLACES = st.sampled_from([Container.ASSIGNMENT, Container.ARGUMENT, Container.ENTRY, Container.FALLBACK])
WORDS = st.sampled_from(["admin", "password1", "postgres", "1234", "changeme", "s3cret", "postgres://app:pw@db/app"])


@settings(max_examples=300)
@given(st.sampled_from(["", "password", "API_KEY", "cookie"]), WORDS | STRONG | st.text(max_size=80), PLACES)
def test_of_what_no_suspicion_falls_on_no_rule_says_anything(name: str, value: str, place: Container) -> None:
    here = slot(value, name, place)
    if verdicts(here, Role.PRODUCTION) or weak_credentials(here, Role.PRODUCTION):
        assert suspicion(name, value)
    if verdicts(here, Role.TEST):
        assert suspicion(None, value) is Suspicion.PROVEN


@pytest.mark.parametrize(
    ("name", "value"),
    [("password", "unset password"), ("token", "{token}"), ("password", "<password>")],
)
def test_what_no_rule_can_call_secret_is_not_suspect(name: str | None, value: str) -> None:
    assert suspicion(name, value) is Suspicion.NONE


TEMPLATES = {
    "assignment": "API_KEY = {literal}\n",
    "annotated": "api_key: str = {literal}\n",
    "argument": "connect(host='db', password={literal})\n",
    "fallback": "import os\nKEY = os.getenv('API_KEY', {literal})\n",
    "or": "import os\nKEY = os.environ.get('API_KEY') or {literal}\n",
    "entry": "DATABASES = {{'default': {{'PASSWORD': {literal}}}}}\n",
    "parameter": "def connect(password={literal}):\n    return password\n",
    "comparison": "def check(password):\n    return password == {literal}\n",
    "subscript": "app.config['SECRET_KEY'] = {literal}\n",
    "wrapped": "key = SecretStr({literal})\n",
    "positional": "auth = HTTPBasicAuth('shop', {literal})\n",
    "returned": "def get_password():\n    return {literal}\n",
    "url": "URL = 'amqp://shop:' 'x@h' if 0 else 'amqp://shop:{value}@broker/'\n",
}
CONFIGS = {
    "compose.yml": "services:\n  web:\n    environment:\n      API_KEY: '{value}'\n",
    "listed.yml": "services:\n  web:\n    environment:\n      - 'API_KEY={value}'\n",
    "default.yml": "api_key: '${{API_KEY:-{value}}}'\n",
    "pairs.yml": "env:\n  - name: API_KEY\n    value: '{value}'\n",
    "template.yml": "{{{{ if x }}}}\napi_key: {value}\n",
    "app.env": "export API_KEY='{value}'\n",
    "app.ini": "[api]\napi_key = {value}\n",
    "app.json": '{{"api": {{"api_key": "{value}"}}}}\n',
}


@settings(max_examples=40, deadline=None)
@given(value=STRONG, shape=st.sampled_from(sorted(TEMPLATES)))
@example(value="k3vQ9zT7mWx2!pL8", shape="url")
def test_nothing_printed_of_python_holds_a_part_of_a_secret(value: str, shape: str) -> None:
    if shape == "url" and set(value) & set("@#"):
        return
    text = TEMPLATES[shape].format(literal=repr(value), value=value)
    assert_silent_about(value, text, python(text), "shop/settings.py")


@settings(max_examples=40, deadline=None)
@given(value=STRONG, path=st.sampled_from(sorted(CONFIGS)))
def test_nothing_printed_of_configuration_holds_a_part_of_a_secret(value: str, path: str) -> None:
    text = CONFIGS[path].format(value=value)
    assert_silent_about(value, text, config(text, path), path)


GUESSED = st.from_regex(r"[a-z]{5,8}[0-9]{0,3}", fullmatch=True).filter(
    lambda value: value not in "services environment database_password settings config getenv compare"
)
WEAK_PLACES = {
    "a.py": 'DB_PASSWORD = "{value}"\n',
    "dict.py": 'DATABASES = {{"default": {{"PASSWORD": "{value}"}}}}\n',
    "fallback.py": 'import os\nX = os.getenv("DB_PASSWORD", "{value}")\n',
    "default.py": 'X = config("DB_PASSWORD", default="{value}")\n',
    "compared.py": 'def f(password):\n    return password == "{value}"\n',
    "url.py": 'URL = "postgresql://app:{value}@db/app"\n',
    "map.yml": "services:\n  web:\n    environment:\n      DB_PASSWORD: {value}\n",
    "list.yml": "services:\n  web:\n    environment:\n      - DB_PASSWORD={value}\n",
    "default.yml": "x: ${{DB_PASSWORD:-{value}}}\n",
    "app.env": "DB_PASSWORD={value}\n",
    "app.ini": "[db]\npassword = {value}\n",
    "app.json": '{{"db": {{"password": "{value}"}}}}\n',
    "roles.sql": "CREATE USER app WITH PASSWORD '{value}';\n",
}


@settings(max_examples=60, deadline=None)
@given(value=GUESSED, path=st.sampled_from(sorted(WEAK_PLACES)))
def test_nothing_printed_holds_a_credential_that_is_easy_to_guess(value: str, path: str) -> None:
    text = WEAK_PLACES[path].format(value=value)
    found = python(text) if path.endswith(".py") else config(text, path)
    printed = redact(text, secret_spans(source_of(text, path)))
    for one in found:
        assert value not in repr(one).replace(path, "")
        assert value not in printed


@pytest.mark.parametrize("path", sorted(WEAK_PLACES))
def test_each_of_these_places_is_reported(path: str) -> None:
    text = WEAK_PLACES[path].format(value="fisherman")
    (found,) = python(text) if path.endswith(".py") else config(text, path)
    assert text[found.span.start : found.span.end].strip("\"'") == "fisherman"


def assert_silent_about(value: str, text: str, found: list[Diagnostic], path: str) -> None:
    """Where the judge objects, one diagnostic stands on the value, and nothing printed holds a part of it."""
    if judge(slot(value, "api_key"), Role.PRODUCTION) is None:
        return
    assert len(found) == 1
    source = source_of(text, path)
    printed = (repr(found[0]), redact(text, secret_spans(source)))
    for start in range(len(value) - WINDOW + 1):
        assert not any(value[start : start + WINDOW] in each for each in printed)
    assert value in text[found[0].span.start : found[0].span.end]


def test_a_token_in_any_literal_is_reported_with_its_public_prefix_only() -> None:
    token = maker.CHECKED[0].make(seeded(6))
    text = f"def f(log):\n    log.info('token is {token}')\n"
    (found,) = python(text, Role.TEST)
    assert found.message == "a GitHub token (`ghp_…`, checksum holds) stands here"
    assert redact(text, secret_spans(source_of(text))).count("ghp_") == 1
    assert token[4:10] not in redact(text, secret_spans(source_of(text)))


def test_a_fix_reads_the_environment_without_a_default() -> None:
    (plain,) = python("API_KEY = 'q8Wn3xZr5Kt1Vb7Jm2Gd'\n")
    (fallback,) = python("import os\nX = os.getenv('API_KEY', 'q8Wn3xZr5Kt1Vb7Jm2Gd')\n")
    assert plain.fix is not None
    assert fallback.fix is not None
    assert [edit.text for edit in (*plain.fix.edits, *fallback.fix.edits)] == ['os.environ["API_KEY"]'] * 2
    assert (fallback.fix.edits[0].start, fallback.fix.edits[0].end) == (14, 58)


@pytest.mark.parametrize("text", ["x = b'\\xff\\xfe'\n", "x = '\\udc80'\n", "{'a': {'b': 'c'}}\n", "f'{x!r:>{w}}'\n"])
def test_odd_literals_do_no_harm(text: str) -> None:
    assert python(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB = two # c\n", [("A", "1"), ("B", "two")]),
        ("export A='x # y'\n# B=2\n", [("A", "x # y")]),
        ('A="one\ntwo\\n"\nB=3', [("A", "one\ntwo\n"), ("B", "3")]),
        ("A=\nB=#c\nC=a#b\n", [("A", ""), ("B", ""), ("C", "a#b")]),
        ('A="open\nB=1\n', [("A", '"open'), ("B", "1")]),
        ("A=1\r\nB='2'\r\n", [("A", "1"), ("B", "2")]),
    ],
    ids=["plain", "export", "lines", "empty", "unclosed", "crlf"],
)
def test_environment_files(text: str, expected: list[tuple[str, str]]) -> None:
    lines = parse_env(text)
    assert [(line.key, line.value) for line in lines] == expected
    assert all(line.value == text[line.start : line.end] for line in lines if "\\" not in text[line.start : line.end])


@pytest.mark.parametrize(
    "unit",
    [
        "=",
        " ",
        "a",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "ghp_",
        "T3BlbkFJ",
        "://a:",
        "'",
        '"""',
        "${A:-",
        "x=",
        "{{",
        "<a",
        "\\",
    ],
)
def test_time_is_linear_in_hostile_text(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    started = time.process_time()
    secret_spans(source_of(text, "a.yml"))
    may_be_secret(None, text)
    judge(slot(text, "password"), Role.PRODUCTION)
    parse_env("A=" + text)
    assert time.process_time() - started < 3
