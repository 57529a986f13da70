"""No part of a secret leaves the files it stands in: not to any output, and not into the cache."""

from __future__ import annotations

import contextlib
import io
import random
import sqlite3
import string
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from unittest.mock import patch

import pytest
import tokens as maker
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from archlint.cli import app, main
from archlint.cli import check_command as check_module
from archlint.ir import packing
from archlint.report.formats import FORMATS
from archlint.rules.secrets import hardcoded_secret

pytestmark = pytest.mark.slow

WINDOW = 6
STRONG = string.ascii_letters + string.digits + "!&+=_-"
PROJECT = {
    "archlint.toml": "",
    "app.py": """\
import logging
import os

import requests
from decouple import config
from django.db import connection, models
from fastapi import FastAPI
from requests.auth import HTTPBasicAuth

app = FastAPI()
logger = logging.getLogger(__name__)
API_KEY = "{strong}"
DB_PASSWORD = "{weak}"
LABEL = "{token}"
KEY = \"\"\"{pem}\"\"\"
URL = "postgresql://shop:{weak}@db/shop"
BROKER = f"amqp://shop:{other}@{{os.name}}/"
FALLBACK = os.getenv("SECRET_KEY", "{other}")
SECOND = os.environ.get("JWT_SECRET") or "{weak}"
DATABASES = {{"default": {{"PASSWORD": "{weak}", "OPTIONS": {{"api_key": "{strong}"}}}}}}
PASSWORD = config("FOO", default="{weak}")
AUTH = HTTPBasicAuth("shop", "{weak}")


class Account(models.Model):
    password = models.CharField(max_length=40, default="{weak}")


@app.get("/orders")
async def load_orders(password: str = "{weak}"):
    if password == "{strong}":
        logger.info("password %s", password)
    for order in Account.objects.filter(password="{weak}"):
        Account.objects.get(password="{strong}")
    connection.cursor().execute("ALTER USER shop PASSWORD '{weak}'")
    connection.cursor().execute("SELECT id FROM users WHERE password = '{weak}'")
    connection.cursor().execute("SELECT * FROM users WHERE password = '{weak}' AND api_key = '{strong}'")
    return requests.get(
        "https://shop:{other}@api.example.org/x?api_key={strong}&password={weak}",
        headers={{"Authorization": "Bearer {other}", "X-Api-Key": "{strong}"}},
    )
""",
    "broken.py": "total = 1\nAPI_KEY = '{strong}\nDB_PASSWORD = '{weak}\n",
    "broken_call.py": "connect(password='{weak}', api_key='{strong}'\n",
    "values.yml": "api:\n  api_key: {strong}\n  password: {weak}\n  label: {token}\n  url: redis://:{other}@cache/0\n",
    "blocks.yml": "password: |\n  {weak}\napi_key: >-\n  {strong}\n",
    "broken.yml": "api_key: '{strong}\npassword: [{weak}\n",
    "docker-compose.yml": """\
services:
  db:
    image: postgres:16
    environment:
      - POSTGRES_PASSWORD={weak}
      - API_KEY=${{API_KEY:-{strong}}}
  cache:
    image: redis:7
    command: redis-server --requirepass {other}
""",
    "secret.yml": "apiVersion: v1\nkind: Secret\ndata:\n  password: {weak64}\n  other: {strong64}\n",
    "values.json": '{{"db": {{"password": "{weak}"}}, "api_key": "{strong}", "list": ["{token}"]}}\n',
    "broken.json": '{{"password": "{weak}", "api_key": "{strong}"\n',
    "values.toml": '[db]\npassword = "{weak}"\napi_key = "{strong}"\n',
    "values.ini": "[db]\npassword = {weak}\napi_key = {strong}\n",
    "values.env": "DB_PASSWORD={weak}\nexport API_KEY='{strong}'\nLABEL={token}\n",
    "Dockerfile": 'FROM scratch\nENV DB_PASSWORD={weak}\nARG API_KEY="{strong}"\n',
    "roles.sql": "CREATE USER shop WITH PASSWORD '{weak}';\nUPDATE users SET password = '{other}';\n",
    "broken.sql": "CREATE USER shop WITH PASSWORD '{weak}' ((;\nDELETE FROM users WHERE api_key = '{strong}' ((;\n",
    "id.pem": "{pem}\n",
}
COMMANDS = (
    "check . -v --timings --statistics --include-suppressed --preview --min-confidence low {outputs}",
    "check . --select ALL --output-format full",
    "check . --output-format concise --sort rank",
    "check . --diff --unsafe-fixes --preview",
    "check . --show-settings",
    "check . --show-files",
    "check app.py:1",
    "map --format mermaid",
    "map --format json",
    "map --format html",
)


@dataclass(frozen=True)
class Values:
    """The secrets of a project, by what its files call them."""

    strong: str
    other: str
    weak: str
    token: str
    pem: str

    def fields(self) -> dict[str, str]:
        """Return what the files are filled with."""
        return {**vars(self), "weak64": maker.b64(self.weak.encode()), "strong64": maker.b64(self.strong.encode())}

    def windows(self) -> frozenset[str]:
        """Return every six characters in a row of every value, without what the files hold beside the values."""
        parts = (part for value in self.fields().values() for line in value.splitlines() for part in _windows(line))
        public = "".join(PROJECT.values()) + "-----BEGIN RSA PRIVATE KEY----------END RSA PRIVATE KEY-----"
        return frozenset(part for part in parts if part not in public)


def _values(seed: int) -> Values:
    rng = random.Random(seed)  # noqa: S311 - these are no secrets
    word = "".join(rng.choice("bdgkpvz") + rng.choice("aiou") for _ in range(4))
    return Values(
        strong=maker.chars(rng, STRONG, rng.randint(20, 40)),
        other=maker.chars(rng, STRONG, rng.randint(20, 40)),
        weak=word + maker.chars(rng, string.digits, rng.randint(0, 2)),
        token=rng.choice((*maker.CHECKED, *maker.ANCHORED)).make(rng),
        pem=maker.pem(rng).strip(),
    )


VALUES = st.integers(0, 2**32).map(_values)


def _windows(value: str) -> list[str]:
    return [value[at : at + WINDOW] for at in range(len(value) - WINDOW + 1)]


@contextlib.contextmanager
def project(values: Values) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as monkeypatch:
        root = Path(scratch) / "project"
        root.mkdir()
        for name, text in PROJECT.items():
            (root / name).write_text(text.format(**values.fields()), encoding="utf-8")
        monkeypatch.chdir(root)
        # What the cache packs is readable then.
        monkeypatch.setattr(packing, "_LEVEL", 0)
        monkeypatch.setattr(zlib, "compress", lambda data, *_: _stored(data))
        yield root


def _stored(data: bytes) -> bytes:
    packer = zlib.compressobj(0)
    return packer.compress(data) + packer.flush()


def printed_by(command: str, stdin: str = "") -> str:
    """Run a command in this process; return what it prints on both streams."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    given_text = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")

    def leave(code: int) -> NoReturn:
        raise SystemExit(code)

    with (
        patch.object(app, "_leave", leave),
        patch.object(sys, "argv", ["archlint", *command.split()]),
        patch.object(sys, "stdout", streams[0]),
        patch.object(sys, "stderr", streams[1]),
        patch.object(sys, "stdin", given_text),
        contextlib.suppress(SystemExit),
    ):
        main()
    texts = [stream.buffer.getvalue().decode() for stream in streams]
    assert "Traceback" not in texts[1]
    return "".join(texts)


def cached(folder: Path) -> str:
    """Return all that a cache holds, as text."""
    pieces = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    for file in folder.rglob("cache.db"):
        with contextlib.closing(sqlite3.connect(file)) as connection:
            for table in ("files", "runs"):
                for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
                    pieces += [each for each in row if isinstance(each, bytes)]
    return b"\n".join(pieces).decode("latin-1")


def assert_silent(values: Values, texts: dict[str, str]) -> None:
    windows = values.windows()
    for what, text in texts.items():
        found = sorted(part for part in windows if part in text)
        where = [line for line in text.splitlines() if any(part in line for part in found)]
        assert not found, (what, [line[:300] for line in where[:5]])


@settings(max_examples=4, phases=[Phase.generate])
@given(VALUES)
def test_no_command_prints_and_no_cache_keeps_a_part_of_a_secret(values: Values) -> None:
    with project(values) as root:
        outputs = " ".join(f"--output {name}=../{name}.out" for name in FORMATS)
        texts = {command: printed_by(command.format(outputs=f"--jobs 1 {outputs}")) for command in COMMANDS}
        texts |= {name: (root.parent / f"{name}.out").read_text(encoding="utf-8") for name in FORMATS}
        lines = (root / "app.py").read_text(encoding="utf-8").splitlines()
        for number in (at for at, line in enumerate(lines, 1) if any(one in line for one in vars(values).values())):
            form = ("text", "json")[number % 2]
            texts[f"why {number}"] = printed_by(f"why app.py:{number} --format {form}")
        for name in ("app.py", "values.yml", "broken.py"):
            text = (root / name).read_text(encoding="utf-8")
            # Standard output is the fixed text itself under `--fix`, as it is the file on disk: it is not looked at.
            texts[f"- {name}"] = printed_by(f"check - --stdin-filename {name} --diff --unsafe-fixes", text)
        texts["cache"] = cached(root / ".archlint_cache")
        texts["fix"] = printed_by("check . --fix --unsafe-fixes --preview")
    assert "ARC501" in texts["sarif"]
    assert "ARC502" in texts["full"]
    assert "ARC503" in texts["json"]
    assert "+" in texts["- app.py"]
    assert "load_orders" in texts["cache"], "the search does not see what the cache holds"
    assert_silent(values, texts)


@settings(max_examples=3, phases=[Phase.generate])
@given(VALUES)
def test_a_crash_tells_no_part_of_a_secret(values: Values) -> None:
    def crash(*given_to_it: object) -> NoReturn:
        raise ValueError(vars(values), given_to_it)

    def crash_reading(text: object) -> NoReturn:
        raise KeyError(values.strong, values.weak, text)

    rule = hardcoded_secret.rule
    crashing = replace(
        rule,
        python_checks=[replace(check, function=crash) for check in rule.python_checks],
        config_checks=[replace(check, function=crash) for check in rule.config_checks],
    )
    command = "check . -v --jobs 1 --no-cache --output-format"
    with project(values) as root:
        with patch.object(hardcoded_secret, "rule", crashing):
            texts = {f"rule {name}": printed_by(f"{command} {name}") for name in ("full", "json", "sarif")}
        with patch("archlint.analysis.find_suppressions", crash_reading):
            texts["file"] = printed_by(f"{command} full")
        with patch.object(check_module, "write_all", lambda *_, **_more: crash_reading(root)):
            texts["command"] = printed_by(f"{command} full")
    assert "ARC002" in texts["rule full"]
    assert "ValueError" in texts["rule json"]
    assert "KeyError" in texts["file"]
    assert "internal error: KeyError" in texts["command"]
    assert_silent(values, texts)
