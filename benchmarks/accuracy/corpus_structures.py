"""The kinds of the corpus that are structures, and those that only a name gives away."""

from __future__ import annotations

import json
import random

from corpus_formats import ALNUM, BASE64, HEX, LOWER
from corpus_kinds import Kind, Make, Run, drawn, encoded, fixed, maker, named, random_base64, uuid

_DJANGO = LOWER + "!@#$%^&*(-_=+)"
_PASSWORD = Run(ALNUM + "!-_.~", 16, 24)
_HOST = "db.internal:5432/shop"


def _pem(label: str, head: bytes, size: int) -> Make:
    def make(rng: random.Random) -> str:
        body = maker.b64(head + rng.randbytes(size))
        lines = [body[at : at + 64] for at in range(0, len(body), 64)]
        note = ["Version: 2", ""] if label.startswith("PGP") else []
        return "\n".join((f"-----BEGIN {label}-----", *note, *lines, f"-----END {label}-----"))

    return make


def _hollow(label: str) -> tuple[Make, ...]:
    return (*fixed(f"-----BEGIN {label}-----", f"-----BEGIN {label}-----\n...\n-----END {label}-----"), _certificate)


def _certificate(rng: random.Random) -> str:
    return maker.pem(rng, "CERTIFICATE")


def _putty(rng: random.Random) -> str:
    public, private = (maker.b64(rng.randbytes(count)) for count in (280, 600))
    body = "\n".join(
        f"{name}-Lines: {len(range(0, len(text), 64))}\n"
        + "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
        for name, text in (("Public", public), ("Private", private))
    )
    head = "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: shop"
    return f"{head}\n{body}\nPrivate-MAC: {maker.chars(rng, HEX, 40)}"


def _service_account(rng: random.Random) -> str:
    key = _pem("PRIVATE KEY", b"\x30\x82\x04\xbd", 1200)(rng) + "\n"
    return json.dumps({"type": "service_account", "project_id": "shop", "private_key": key})


def _web_key(rng: random.Random, *members: str) -> str:
    numbers = {member: maker.urlsafe(rng.randbytes(32)) for member in members}
    return json.dumps({"kty": "EC", "crv": "P-256", **numbers})


def _registry(rng: random.Random) -> str:
    auth = encoded("", "shop:", _PASSWORD)(rng)
    return json.dumps({"auths": {"registry.example": {"auth": auth}}})


def _signed(rng: random.Random, alg: str, size: int, **claims: object) -> str:
    head = maker.urlsafe(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    body = maker.urlsafe(json.dumps({"sub": str(rng.randrange(10**9)), **claims}).encode())
    return f"{head}.{body}.{maker.urlsafe(rng.randbytes(size))}"


_NOT_SIGNED: tuple[Make, ...] = (
    lambda rng: _signed(rng, "none", 32),
    lambda rng: _signed(rng, "HS256", 0),
    lambda rng: _signed(rng, "HS256", 32, role="anon"),
    lambda rng: f"eyJ{maker.chars(rng, ALNUM, 30)}.eyJ{maker.chars(rng, ALNUM, 40)}.{maker.chars(rng, ALNUM, 43)}",
)


def _url(scheme: str) -> Kind:
    return Kind(
        f"URL `{scheme}`",
        drawn(f"{scheme}://shop:", _PASSWORD, f"@{_HOST}"),
        fixed(
            f"{scheme}://shop:${{DB_PASSWORD}}@{_HOST}",
            f"{scheme}://{_HOST}",
            f"{scheme}://user:password@{_HOST}",
            f"{scheme}://shop:<password>@{_HOST}",
        ),
    )


_SCHEMES = (
    "postgres", "postgresql+psycopg", "mysql", "mongodb", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "mssql",
    "clickhouse", "ldap", "smtp", "http", "https",
)  # fmt: skip

STRUCTURES = (
    *(
        Kind(f"PEM `{label}`", _pem(label, head, size), _hollow(label))
        for label, head, size in (
            ("RSA PRIVATE KEY", b"\x30\x82\x04\xa4", 1180),
            ("EC PRIVATE KEY", b"\x30\x77\x02\x01", 117),
            ("PRIVATE KEY", b"\x30\x2e\x02\x01", 44),
            ("ENCRYPTED PRIVATE KEY", b"\x30\x82\x05\x0a", 1290),
            ("OPENSSH PRIVATE KEY", b"openssh-key-v1\x00", 400),
            ("PGP PRIVATE KEY BLOCK", b"\x95\x03\xc6\x04", 900),
        )
    ),
    Kind(
        "PuTTY key",
        _putty,
        fixed("PuTTY-User-Key-File-2: ssh-rsa", "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 0"),
    ),
    Kind("Google service account", _service_account, fixed('{"type": "service_account", "private_key": "..."}')),
    Kind("JSON Web Key", lambda rng: _web_key(rng, "x", "y", "d"), (lambda rng: _web_key(rng, "x", "y"),)),
    Kind("JSON Web Token, HS256", lambda rng: _signed(rng, "HS256", 32), _NOT_SIGNED),
    Kind("JSON Web Token, RS256", lambda rng: _signed(rng, "RS256", 256), _NOT_SIGNED),
    Kind("Supabase `service_role`", lambda rng: _signed(rng, "HS256", 32, role="service_role"), _NOT_SIGNED),
    *map(_url, _SCHEMES),
    Kind(
        "JDBC URL",
        drawn(f"jdbc:postgresql://{_HOST}?user=shop&password=", _PASSWORD),
        fixed(f"jdbc:postgresql://{_HOST}?user=shop&password=${{PW}}", f"jdbc:postgresql://{_HOST}?user=shop"),
    ),
    Kind(
        "ADO connection string",
        drawn("Server=db.internal;Database=shop;User Id=shop;Password=", _PASSWORD, ";"),
        fixed(
            "Server=db.internal;Database=shop;User Id=shop;Password=<password>;", "Server=db.internal;Database=shop;"
        ),
    ),
    Kind(
        "Sentry DSN, old",
        drawn("https://", Run(HEX, 32), ":", Run(HEX, 32), "@sentry.internal/12"),
        (drawn("https://", Run(HEX, 32), "@o12.ingest.example/12"),),
    ),
    Kind(
        "HTTP Basic",
        encoded("Basic ", "shop:", _PASSWORD),
        (*fixed("Basic <credentials>", "Basic ${CREDENTIALS}"), encoded("Basic ", "user:your-password")),
    ),
    Kind(
        "HTTP Bearer",
        drawn("Bearer ", Run(ALNUM, 40)),
        fixed("Bearer <token>", "Bearer ${TOKEN}", f"Bearer {'x' * 40}"),
    ),
    Kind("Docker registry", _registry, fixed('{"auths": {"registry.example": {"auth": ""}}}', '{"auths": {"r": {}}}')),
)

NAMED = (
    named("Datadog API key", "datadog_api_key", drawn(Run(HEX, 32))),
    named("Datadog application key", "datadog_app_key", drawn(Run(HEX, 40))),
    named("Okta", "okta_api_token", drawn("00", Run(ALNUM, 40))),
    named("Cloudflare key", "cloudflare_api_key", drawn(Run(HEX, 37))),
    named("Cloudflare token", "cloudflare_api_token", drawn(Run(ALNUM, 40))),
    named("Snyk", "snyk_token", uuid),
    named("Heroku, old", "heroku_api_key", uuid),
    named("HubSpot", "hubspot_api_key", uuid),
    named("Confluent", "confluent_api_secret", drawn(Run(BASE64, 64))),
    named("Mistral", "mistral_api_key", drawn(Run(ALNUM, 32))),
    named("Twilio auth token", "twilio_auth_token", drawn(Run(HEX, 32))),
    named("Mailgun, new", "mailgun_api_key", drawn(Run(HEX, 32), "-", Run(HEX, 8), "-", Run(HEX, 8))),
    named("AWS secret", "aws_secret_access_key", drawn(Run(BASE64, 40))),
    named("Bitbucket or Jira token", "jira_token", lambda rng: maker.bitbucket(rng).removeprefix("BBDC-")),
    named("generated password", "database_password", drawn(_PASSWORD)),
    named("Django", "secret_key", drawn(Run(_DJANGO, 50))),
    named("Django, `django-insecure-`", "secret_key", drawn("django-insecure-", Run(_DJANGO, 50))),
    named("Flask", "secret_key", drawn(Run(HEX, 64))),
    named("Rails", "secret_key_base", drawn(Run(HEX, 128))),
    named("Laravel", "app_key", random_base64(32, "base64:")),
)
