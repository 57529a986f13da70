"""Makes tokens: for each known format a valid one, and a twin whose checksum is broken. None is a real token."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from archlint.secrets.checks import base36_crc32, base62_crc32, bech32_polymod, crc16

ALNUM = string.ascii_letters + string.digits
HEX = string.digits + "abcdef"
BASE32 = string.ascii_uppercase + "234567"
URLSAFE = ALNUM + "-_"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


@dataclass(frozen=True)
class Maker:
    """How to make a token of one format; `broken` is None where the format has nothing to check."""

    description: str
    make: Callable[[random.Random], str]
    is_checked: bool = False


def chars(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choice(alphabet) for _ in range(count))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def suffixed(prefix: str) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        body = chars(rng, ALNUM, 30)
        return prefix + body + base62_crc32(body)

    return make


def pypi(below: bytes = b"") -> Callable[[random.Random], str]:
    place = below + base64.b64decode("cHlwaS5vcmc=")

    def make(rng: random.Random) -> str:
        body = b"\x02\x01" + bytes([len(place)]) + place + b"\x02\x24" + rng.randbytes(36) + b"\x00\x00\x06\x20"
        return "pypi-" + urlsafe(body + rng.randbytes(32))

    return make


def gitlab(prefix: str) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        head = f"{prefix}{urlsafe(rng.randbytes(16) + b'o:1' + bytes([10]) + b'u:2f' + bytes([8]))}.01.10"
        return head + base36_crc32(head)

    return make


def grafana(rng: random.Random) -> str:
    head = "glsa_" + chars(rng, ALNUM, 32)
    return f"{head}_{zlib.crc32(head.encode()).to_bytes(4, 'little').hex()}"


def atlassian(prefix: str) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        head = prefix + chars(rng, URLSAFE, rng.randint(24, 180))
        return f"{head}={zlib.crc32(head.encode()):08X}"

    return make


def age(rng: random.Random) -> str:
    prefix = "age-secret-key-"
    data = [rng.randrange(32) for _ in range(52)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    state = bech32_polymod([*expanded, *data, 0, 0, 0, 0, 0, 0]) ^ 1
    data += [state >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1{''.join(_BECH32[value] for value in data)}".upper()


def nats(letter: str) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        kind = BASE32.index(letter)  # 18 << 3 is the seed's class
        body = bytes([18 << 3 | kind >> 2, (kind & 3) << 6 | rng.randrange(8)]) + rng.randbytes(32)
        return base64.b32encode(body + crc16(body).to_bytes(2, "little")).decode().rstrip("=")

    return make


def json_token(prefix: str, fields: dict[str, object]) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        return prefix + b64(json.dumps(fields | {"k": chars(rng, ALNUM, 32)}, separators=(",", ":")).encode())

    return make


def sentry(rng: random.Random) -> str:
    head = b64(json.dumps({"iat": 1700000000.5, "url": "https://s.example", "org": "shop"}).encode())
    return f"sntrys_{head}_{chars(rng, ALNUM, 43)}"


def grafana_key(rng: random.Random) -> str:
    return b64(json.dumps({"k": chars(rng, ALNUM, 32), "n": "ci", "id": 1}, separators=(",", ":")).encode())


def discord(rng: random.Random) -> str:
    number = b64(str(rng.randrange(10**16, 10**19)).encode()).rstrip("=")
    return f"{number}.{chars(rng, URLSAFE, 6)}.{chars(rng, ALNUM, 1)}{chars(rng, URLSAFE, rng.randint(25, 36))}x"


def jfrog(rng: random.Random) -> str:
    return b64(f"reftkn:01:1700000000:{chars(rng, ALNUM, 28)}".encode())


def bitbucket(rng: random.Random) -> str:
    return "BBDC-" + b64(str(rng.randrange(10**11, 10**12)).encode() + b":" + rng.randbytes(20))


def bedrock(rng: random.Random) -> str:
    return "ABSK" + b64(f"BedrockAPIKey-{chars(rng, ALNUM, 4)}-at-1:".encode() + rng.randbytes(48))


def onepassword(rng: random.Random) -> str:
    return "ops_" + urlsafe(json.dumps({"signInAddress": "x.example", "secretKey": chars(rng, ALNUM, 200)}).encode())


def jwt(rng: random.Random, **claims: object) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": str(rng.randrange(10**6)), **claims})
    head = ".".join(urlsafe(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{head}.{urlsafe(rng.randbytes(32))}"


def pem(rng: random.Random, label: str = "RSA PRIVATE KEY") -> str:
    body = b64(b"\x30\x82\x02\x5c" + rng.randbytes(600))
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def shaped(*parts: str | tuple[str, int]) -> Callable[[random.Random], str]:
    """Return a maker of fixed texts and runs of an alphabet."""

    def make(rng: random.Random) -> str:
        return "".join(part if isinstance(part, str) else chars(rng, *part) for part in parts)

    return make


CHECKED = (
    *(Maker("GitHub token", suffixed(f"gh{kind}_"), is_checked=True) for kind in "pousr"),
    Maker("npm token", suffixed("npm_"), is_checked=True),
    *(Maker("PyPI token", pypi(below), is_checked=True) for below in (b"", b"test.")),
    Maker("GitLab token", gitlab("glpat-"), is_checked=True),
    *(Maker("GitLab runner token", gitlab(prefix), is_checked=True) for prefix in ("glrt-", "glrt-t1_")),
    Maker("Grafana service account token", grafana, is_checked=True),
    Maker("Grafana Cloud token", json_token("glc_", {"o": "1", "n": "x"}), is_checked=True),
    Maker("Grafana API key", grafana_key, is_checked=True),
    *(Maker("Atlassian token", atlassian(f"AT{kind}T3"), is_checked=True) for kind in ("AT", "BB", "CT", "ST")),
    Maker("Bitbucket Data Center token", bitbucket, is_checked=True),
    Maker("JFrog reference token", jfrog, is_checked=True),
    Maker("age secret key", age, is_checked=True),
    *(Maker("NATS seed", nats(letter), is_checked=True) for letter in "UANCOX"),
    Maker("Sentry organisation token", sentry, is_checked=True),
    Maker("1Password service account token", onepassword, is_checked=True),
    Maker("Discord bot token", discord, is_checked=True),
)

ANCHORED = (
    Maker("Amazon Bedrock API key", bedrock),
    Maker("OpenAI key", shaped("sk-proj-", (URLSAFE, 74), "T3BlbkFJ", (URLSAFE, 74))),
    Maker("OpenAI key", shaped("sk-", (ALNUM, 20), "T3BlbkFJ", (ALNUM, 20))),
    Maker("Anthropic key", shaped("sk-ant-api03-", (URLSAFE, 93), "AA")),
    Maker("Hugging Face token", shaped("hf_", (string.ascii_letters, 34))),
    Maker("Groq key", shaped("gsk_", (ALNUM, 52))),
    Maker("xAI key", shaped("xai-", (ALNUM, 80))),
    Maker("Replicate token", shaped("r8_", (ALNUM, 37))),
    Maker("Perplexity key", shaped("pplx-", (ALNUM, 48))),
    Maker("LangSmith key", shaped("lsv2_pt_", (HEX, 32), "_", (HEX, 10))),
    Maker("AWS access key", shaped("AKIA", (BASE32, 16))),
    Maker("Google API key", shaped("AIza", (URLSAFE, 35))),
    Maker("Google client secret", shaped("GOCSPX-", (URLSAFE, 28))),
    Maker("Azure AD client secret", shaped((ALNUM, 3), "8Q~", (ALNUM, 34))),
    Maker("Azure storage key", shaped((ALNUM, 76), "+ASt", (ALNUM, 5), "A==")),
    Maker("DigitalOcean token", shaped("dop_v1_", (HEX, 64))),
    Maker("Heroku key", shaped("HRKU-AA", (ALNUM, 58))),
    Maker("Databricks token", shaped("dapi", (HEX, 32))),
    Maker("Vault token", shaped("hvs.", (ALNUM, 95))),
    Maker("Terraform Cloud token", shaped((ALNUM, 14), ".atlasv1.", (ALNUM, 67))),
    Maker("Doppler token", shaped("dp.pt.", (ALNUM, 43))),
    Maker("Pulumi token", shaped("pul-", (HEX, 40))),
    Maker("Supabase token", shaped("sbp_", (HEX, 40))),
    Maker("PlanetScale credential", shaped("pscale_tkn_", (ALNUM, 43))),
    Maker("GitHub fine-grained token", shaped("github_pat_", (ALNUM, 22), "_", (ALNUM, 59))),
    Maker("GitLab token", shaped("glpat-", (ALNUM, 20))),
    Maker("Slack bot token", shaped("xoxb-", (string.digits, 12), "-", (string.digits, 12), "-", (ALNUM, 24))),
    Maker(
        "Slack webhook", shaped("https://hooks.slack.com/services/T", (ALNUM, 9), "/B", (ALNUM, 9), "/", (ALNUM, 24))
    ),
    Maker("Stripe live key", shaped("sk_live_", (ALNUM, 24))),
    Maker("SendGrid key", shaped("SG.", (ALNUM, 22), ".", (ALNUM, 43))),
    Maker("Twilio key", shaped("SK", (HEX, 32))),
    Maker("Shopify token", shaped("shpat_", (HEX, 32))),
    Maker("Square secret", shaped("sq0csp-", (ALNUM, 43))),
    Maker("Notion token", shaped("ntn_", (string.digits, 11), (ALNUM, 35))),
    Maker("Linear key", shaped("lin_api_", (ALNUM, 40))),
    Maker("Postman key", shaped("PMAK-", (HEX, 24), "-", (HEX, 34))),
    Maker("Docker Hub token", shaped("dckr_pat_", (ALNUM, 27))),
    Maker("New Relic user key", shaped("NRAK-", (string.ascii_uppercase + string.digits, 27))),
    Maker("Telegram bot token", shaped((string.digits, 10), ":A", (ALNUM, 34))),
    Maker("RubyGems key", shaped("rubygems_", (HEX, 48))),
    Maker("JFrog key", shaped("AKCp", ("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789", 69))),
)


def broken(token: str) -> str:
    """Return a token of the same shape whose checksum or structure does not hold."""
    if token.startswith("pypi-"):
        return f"{token[:-8]}{'A' * 8}"[:-1]
    place = next((at for prefix, at in _STRUCTURED.items() if token.startswith(prefix)), len(token) - 1)
    other = "D" if token[place] in "Aa" else "A"
    return token[:place] + other + token[place + 1 :]


_STRUCTURED = {
    "BBDC-": 6, "cmVmdGtuO": 10, "glc_": 8, "eyJrIjoi": 45, "sntrys_": 11, "ops_": 8, "M": 1, "N": 1, "O": 1,
    **dict.fromkeys((f"S{kind}" for kind in "UANCOX"), 30),
}  # fmt: skip
"""Where a change breaks what formats without a checksum are made of: JSON, numbers, the start of a decoded text."""
