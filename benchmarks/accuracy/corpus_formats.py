"""The formats of the corpus: those with a check of their own, and those whose anchor is enough."""

from __future__ import annotations

import random
import string
from urllib.parse import quote

from corpus_kinds import Kind, Run, anchored, checked, drawn, encoded, fixed, maker, random_base64

ALNUM, HEX, URLSAFE, BASE32 = maker.ALNUM, maker.HEX, maker.URLSAFE, maker.BASE32
DIGITS, LETTERS = string.digits, string.ascii_letters
BASE64, LOWER, UPPER = ALNUM + "+/", string.ascii_lowercase + DIGITS, string.ascii_uppercase + DIGITS
BASE58 = "".join(sorted(set(ALNUM) - set("0OIl")))
_MARK = "T3BlbkFJ"

_CHECKED = [one.description for one in maker.CHECKED]
CHECKED = tuple(
    checked(f"{one.description}, {_CHECKED[: at + 1].count(one.description)}", one.make)
    for at, one in enumerate(maker.CHECKED)
)
"""Numbered: a description may have several prefixes, each a kind of its own."""

AI = (
    *(
        anchored(f"OpenAI `sk-{kind}-`", f"sk-{kind}-", Run(URLSAFE, 58), _MARK, Run(URLSAFE, 58))
        for kind in ("proj", "svcacct", "admin")
    ),
    anchored("OpenAI, 74 characters", "sk-proj-", Run(URLSAFE, 74), _MARK, Run(URLSAFE, 74)),
    anchored("OpenAI, legacy", "sk-", Run(ALNUM, 20), _MARK, Run(ALNUM, 20)),
    *(anchored(f"Anthropic `{kind}`", f"sk-ant-{kind}-", Run(URLSAFE, 93), "AA") for kind in ("api03", "admin01")),
    anchored("Hugging Face", "hf_", Run(LETTERS, 34)),
    anchored("Hugging Face organisation", "api_org_", Run(LETTERS, 34)),
    anchored("Groq", "gsk_", Run(ALNUM, 52)),
    anchored("xAI", "xai-", Run(ALNUM, 70, 120)),
    anchored("Replicate", "r8_", Run(ALNUM, 37)),
    anchored("Perplexity", "pplx-", Run(ALNUM, 48)),
    *(anchored(f"LangSmith `{kind}`", f"lsv2_{kind}_", Run(HEX, 32), "_", Run(HEX, 10)) for kind in ("pt", "sk")),
)

_DOCUMENTED_AWS = fixed("AKIAIOSFODNN7EXAMPLE")


def _signature(size: int) -> Kind:
    def make(rng: random.Random, count: int) -> str:
        return f"https://shop.blob.example/c?sv=2024-11-04&sr=c&sig={quote(maker.b64(rng.randbytes(count)), safe='')}"

    return Kind("Azure shared access signature", lambda rng: make(rng, size), (lambda rng: make(rng, size - 1),))


AZURE = (
    anchored("Azure AD client secret", Run(ALNUM, 3), "8Q~", Run(ALNUM + "_~.-", 31, 34)),
    anchored("Azure `JQQJ99`", Run(ALNUM, 52), "JQQJ99", Run(ALNUM, 26)),
    *(
        anchored(f"Azure `{mark}`", Run(BASE64, 76), mark, Run(BASE64, 5), "A==")
        for mark in ("+ASt", "+ABa", "+AMC", "ACDb", "APIM")
    ),
    *(
        anchored(f"Azure `{mark}`", Run(BASE64, 33), f"{mark}C", Run(BASE64, 5), "=")
        for mark in ("+ASb", "+AEh", "+ARm", "AIoT", "AZEG", "AzCa")
    ),
    anchored("Azure `AzFu`", Run(URLSAFE, 44), "AzFu", Run(URLSAFE, 5), "A=="),
    anchored("Azure `AzSe`", Run(ALNUM, 42), "AzSeB", Run(ALNUM, 5)),
    anchored("Azure `+ACR`", Run(BASE64, 42), "+ACRB", Run(BASE64, 5)),
    Kind(
        "Azure `AccountKey=`",
        random_base64(64, "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey="),
        fixed("AccountName=shop;AccountKey=<key>", f"AccountName=shop;AccountKey={'x' * 86}=="),
    ),
    Kind(
        "Azure `SharedAccessKey=`",
        random_base64(32, "Endpoint=sb://shop.example/;SharedAccessKeyName=root;SharedAccessKey="),
        fixed("Endpoint=sb://shop.example/;SharedAccessKey=<key>", f"SharedAccessKey={'x' * 43}="),
    ),
    _signature(32),
)

CLOUD = (
    *(
        anchored(f"AWS access key `{kind}`", kind, Run(BASE32, 16), public=_DOCUMENTED_AWS)
        for kind in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    Kind("Amazon Bedrock", maker.bedrock, fixed(f"ABSK{'x' * 90}", "ABSKQmVkcm9ja")),
    Kind(
        "Amazon Bedrock, short-lived",
        encoded("bedrock-api-key-", "bedrock.amazonaws.com/?Action=CallWithBearerToken&", Run(ALNUM, 200)),
        fixed(f"bedrock-api-key-{'x' * 90}", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"),
    ),
    anchored("Google API key", "AIza", Run(URLSAFE, 35)),
    anchored("Google client secret", "GOCSPX-", Run(URLSAFE, 28)),
    anchored("Google access token", "ya29.", Run(URLSAFE, 60, 200)),
    *(anchored(f"DigitalOcean `do{kind}`", f"do{kind}_v1_", Run(HEX, 64)) for kind in "por"),
    anchored("Heroku", "HRKU-AA", Run(URLSAFE, 58)),
    anchored("Databricks", "dapi", Run(HEX, 32)),
    anchored("Vault", "hvs.", Run(URLSAFE, 90, 120)),
    anchored("Vault batch", "hvb.", Run(URLSAFE, 138, 300)),
    anchored("Vault, old", "s.", Run(ALNUM, 24)),
    anchored("Terraform Cloud", Run(ALNUM, 14), ".atlasv1.", Run(URLSAFE, 60, 70)),
    *(anchored(f"Doppler `{kind}`", f"dp.{kind}.", Run(ALNUM, 40, 44)) for kind in ("pt", "st", "ct", "sa")),
    anchored("Pulumi", "pul-", Run(HEX, 40)),
    anchored("Fly `fo1_`", "fo1_", Run(URLSAFE, 43)),
    anchored("Fly `fm2_`", "fm2_", Run(BASE64, 100, 400), "=="),
    anchored("OpenShift", "sha256~", Run(URLSAFE, 43)),
    anchored("Cloudflare origin CA", "v1.0-", Run(HEX, 24), "-", Run(HEX, 146)),
    *(anchored(f"Vercel `vc{kind}`", f"vc{kind}_", Run(ALNUM, 56)) for kind in "paick"),
    anchored("Neon", "napi_", Run(LOWER, 64)),
    anchored("Render", "rnd_", Run(ALNUM, 28)),
    anchored("Supabase", "sbp_", Run(HEX, 40)),
    anchored(
        "Supabase secret key", "sb_secret_", Run(URLSAFE, 31), public=(drawn("sb_publishable_", Run(URLSAFE, 31)),)
    ),
    *(anchored(f"PlanetScale `{kind}`", f"pscale_{kind}_", Run(URLSAFE, 32, 64)) for kind in ("tkn", "pw", "oauth")),
    anchored("MongoDB Atlas", "mdb_sa_sk_", Run(URLSAFE, 40)),
)

_STRIPE_PUBLIC = (drawn("pk_live_", Run(ALNUM, 24)),)

SERVICES = (
    anchored("GitHub fine-grained", "github_pat_", Run(ALNUM, 22), "_", Run(ALNUM, 59)),
    anchored("GitLab, old", "glpat-", Run(URLSAFE, 20)),
    *(
        anchored(f"GitLab `{kind}-`", f"{kind}-", Run(URLSAFE, 20))
        for kind in ("gldt", "glcbt", "glft", "glptt", "gloas", "glsoat", "glagent", "glimt")
    ),
    anchored("GitLab runner registration", "GR1348941", Run(URLSAFE, 20)),
    anchored("Slack `xoxb`", "xoxb-", Run(DIGITS, 10, 13), "-", Run(DIGITS, 10, 13), "-", Run(ALNUM, 24)),
    *(anchored(f"Slack `xox{kind}`", f"xox{kind}-", *(Run(DIGITS, 12), "-") * 3, Run(ALNUM, 28, 34)) for kind in "pe"),
    anchored("Slack `xapp`", "xapp-1-A", Run(UPPER, 10), "-", Run(DIGITS, 13), "-", Run(LOWER, 40, 80)),
    *(anchored(f"Slack `xoxe.xox{kind}`", f"xoxe.xox{kind}-1-", Run(ALNUM, 163, 166)) for kind in "bp"),
    anchored(
        "Slack webhook",
        "https://hooks.slack.com/services/T",
        *(Run(UPPER, 8, 10), "/B", Run(UPPER, 8, 10), "/", Run(ALNUM, 23, 24)),
    ),
    anchored("Stripe `sk_live`", "sk_live_", Run(ALNUM, 10, 99), public=_STRIPE_PUBLIC),
    anchored("Stripe `rk_live`", "rk_live_", Run(ALNUM, 10, 99), public=_STRIPE_PUBLIC),
    anchored("Stripe `whsec`", "whsec_", Run(ALNUM, 32)),
    anchored("SendGrid", "SG.", Run(URLSAFE, 22), ".", Run(URLSAFE, 43)),
    anchored("Mailgun", "key-", Run(HEX, 32), public=(drawn("pubkey-", Run(HEX, 32)),)),
    anchored("Twilio", "SK", Run(HEX, 32), public=(drawn("AC", Run(HEX, 32)),)),
    *(anchored(f"Shopify `shp{kind}`", f"shp{kind}_", Run(HEX, 32)) for kind in ("at", "ca", "pa", "ss")),
    anchored("Square `sq0atp`", "sq0atp-", Run(URLSAFE, 22, 60)),
    anchored("Square `EAAA`", "EAAA", Run(URLSAFE, 60)),
    anchored("Square `sq0csp`", "sq0csp-", Run(URLSAFE, 43)),
    anchored("Notion", "ntn_", Run(DIGITS, 11), Run(ALNUM, 35)),
    anchored("Notion, old", "secret_", Run(ALNUM, 43)),
    anchored("Linear", "lin_api_", Run(ALNUM, 40)),
    anchored("Postman", "PMAK-", Run(HEX, 24), "-", Run(HEX, 34)),
    anchored("Docker Hub `dckr_pat`", "dckr_pat_", Run(URLSAFE, 27)),
    anchored("Docker Hub `dckr_oat`", "dckr_oat_", Run(URLSAFE, 32)),
    anchored("Docker Swarm token", "SWMTKN-1-", Run(LOWER, 50), "-", Run(LOWER, 25)),
    anchored("Docker Swarm key", "SWMKEY-1-", Run(BASE64, 43)),
    anchored("New Relic user", "NRAK-", Run(UPPER, 27)),
    anchored("New Relic insert", "NRII-", Run(URLSAFE, 32)),
    anchored("Sentry user", "sntryu_", Run(HEX, 64)),
    anchored("Telegram", Run(DIGITS, 5, 16), ":A", Run(URLSAFE, 34)),
    anchored("CircleCI", "CCIPAT_", Run(ALNUM, 22), "_", Run(HEX, 40)),
    anchored("Buildkite", "bkua_", Run(HEX, 40)),
    anchored("RubyGems", "rubygems_", Run(HEX, 48)),
    anchored("crates.io", "cio", Run(ALNUM, 32)),
    anchored("NuGet", "oy2", Run(LOWER, 43)),
    anchored("JFrog API key", "AKCp", Run(BASE58, 69)),
)
