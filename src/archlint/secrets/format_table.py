"""The known token formats, one row each. `check` names a function of `archlint.secrets.checks`.

A row without a check has an anchor that is enough: its prefix was chosen by the issuer so that scanners find it.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Row(NamedTuple):
    """One format: what it is, a text that every token holds, its shape, its check, how far its anchor is inside."""

    description: str
    anchor: str
    shape: str
    check: str = ""
    lead: int = 0


_B64 = r"[A-Za-z0-9_-]"
_PLAIN64 = r"[A-Za-z0-9+/]"
_AZURE_LONG = {
    "+ASt": "storage",
    "+ABa": "Batch",
    "+AMC": "Machine Learning",
    "ACDb": "Cosmos DB",
    "APIM": "API Management",
}
"""What stands at the 77th place of Azure's keys of 64 bytes."""
_AZURE_SHORT = {
    "+ASb": "Service Bus",
    "+AEh": "Event Hubs",
    "+ARm": "Relay",
    "AIoT": "IoT Hub",
    "AZEG": "Event Grid",
    "AzCa": "Cache for Redis",
}
"""What stands at the 34th place of Azure's keys of 32 bytes."""

CHECKED = (
    *(Row("GitHub token", f"gh{kind}_", f"gh{kind}_[A-Za-z0-9]{{36}}", "suffix_crc") for kind in "pousr"),
    Row("npm token", "npm_", "npm_[A-Za-z0-9]{36}", "suffix_crc"),
    Row("PyPI token", "pypi-AgE", rf"pypi-AgE{_B64}{{50,1000}}", "macaroon"),
    Row("GitLab token", "glpat-", rf"glpat-{_B64}{{27,300}}\.(?:[0-9a-z]{{2}}\.)?[0-9a-z]{{9}}", "routable"),
    Row(
        "GitLab runner token",
        "glrt-",
        rf"glrt-(?:t\d_)?{_B64}{{27,300}}\.(?:[0-9a-z]{{2}}\.)?[0-9a-z]{{9}}",
        "routable",
    ),
    Row("Grafana service account token", "glsa_", "glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}", "little_endian_crc"),
    Row("Grafana Cloud token", "glc_eyJ", "glc_eyJ[A-Za-z0-9+/]{30,400}={0,2}", "grafana_cloud"),
    Row("Grafana API key", "eyJrIjoi", "eyJrIjoi[A-Za-z0-9+/]{40,400}={0,2}", "grafana_legacy"),
    *(
        Row("Atlassian token", anchor, rf"{anchor}{_B64}{{20,400}}=[A-Fa-f0-9]{{8}}", "big_endian_crc")
        for anchor in ("ATATT3", "ATCTT3", "ATBBT3", "ATSTT3")
    ),
    Row("Bitbucket Data Center token", "BBDC-", "BBDC-[A-Za-z0-9+/@_-]{40,50}", "numbered_secret"),
    Row("JFrog reference token", "cmVmdGtuO", "cmVmdGtuO[A-Za-z0-9]{50,70}", "reference_token"),
    Row("age secret key", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "bech32"),
    *(Row("NATS seed", f"S{kind}", f"S{kind}[A-Z2-7]{{56}}", "nkey") for kind in "UANCOX"),
    Row(
        "Sentry organisation token",
        "sntrys_eyJ",
        "sntrys_eyJ[A-Za-z0-9+/=]{40,400}_[A-Za-z0-9+/]{43}",
        "sentry_organisation",
    ),
    Row("1Password service account token", "ops_eyJ", f"ops_eyJ{_B64}{{250,2000}}={{0,2}}", "service_account"),
    *(
        Row("Discord bot token", digits, rf"{digits}{_B64}{{20,24}}\.{_B64}{{6}}\.{_B64}{{27,38}}", "snowflake")
        for digits in ("MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT")
    ),
)
"""A Discord token begins with the digits of its account, in base64."""

AI = (
    *(
        Row(
            "OpenAI key",
            f"sk-{kind}-",
            rf"sk-{kind}-(?:{_B64}{{20}}|{_B64}{{58}}|{_B64}{{74}})T3BlbkFJ(?:{_B64}{{74}}|{_B64}{{58}}|{_B64}{{20}})",
        )
        for kind in ("proj", "svcacct", "admin")
    ),
    Row("OpenAI key", "T3BlbkFJ", "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", "", 24),
    Row("Anthropic key", "sk-ant-a", rf"sk-ant-a(?:pi|dmin)\d\d-{_B64}{{93}}AA"),
    Row("Hugging Face token", "hf_", "hf_[A-Za-z]{34}"),
    Row("Hugging Face token", "api_org_", "api_org_[A-Za-z]{34}"),
    Row("Groq key", "gsk_", "gsk_[A-Za-z0-9]{52}"),
    Row("xAI key", "xai-", "xai-[A-Za-z0-9]{70,120}"),
    Row("Replicate token", "r8_", "r8_[A-Za-z0-9]{37}"),
    Row("Perplexity key", "pplx-", "pplx-[A-Za-z0-9]{48}"),
    Row("LangSmith key", "lsv2_", "lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
)

CLOUD = (
    *(Row("AWS access key", kind, f"{kind}[A-Z2-7]{{16}}") for kind in ("AKIA", "ASIA", "ABIA", "ACCA")),
    Row("Amazon Bedrock API key", "ABSKQmVkcm9ja", "ABSKQmVkcm9ja[A-Za-z0-9+/]{60,260}={0,2}"),
    Row(
        "Amazon Bedrock API key",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{60,2000}={0,2}",
    ),
    Row("Google API key", "AIza", rf"AIza{_B64}{{35}}"),
    Row("Google client secret", "GOCSPX-", rf"GOCSPX-{_B64}{{28}}"),
    Row("Google access token", "ya29.", rf"ya29\.{_B64}{{60,400}}"),
    Row("Azure AD client secret", "Q~", r"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}", "", 4),
    Row("Azure key", "JQQJ99", r"[A-Za-z0-9+/_-]{52}JQQJ99[A-Za-z0-9+/_-]{18,26}={0,2}", "", 52),
    *(
        Row(f"Azure {what} key", mark, rf"{_PLAIN64}{{76}}{re.escape(mark)}{_PLAIN64}{{5}}[AQgw]==", "", 76)
        for mark, what in _AZURE_LONG.items()
    ),
    *(
        Row(f"Azure {what} key", mark, rf"{_PLAIN64}{{33}}{re.escape(mark)}[A-P]{_PLAIN64}{{5}}=", "", 33)
        for mark, what in _AZURE_SHORT.items()
    ),
    Row("Azure Functions key", "AzFu", rf"{_B64}{{44}}AzFu{_B64}{{5}}[AQgw]==", "", 44),
    Row("Azure AI Search key", "AzSe", "[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}", "", 42),
    Row("Azure Container Registry key", "+ACR", rf"{_PLAIN64}{{42}}\+ACR[A-D]{_PLAIN64}{{5}}", "", 42),
    Row("Azure shared access signature", "sig=", r"sig=(?:[A-Za-z0-9/+_-]|%2[BbFf]){43}(?:%3[Dd]|=)"),
    Row("Azure storage key", "AccountKey=", "AccountKey=[A-Za-z0-9+/]{86}=="),
    Row("Azure shared access key", "SharedAccessKey=", "SharedAccessKey=[A-Za-z0-9+/]{43}="),
    *(Row("DigitalOcean token", f"do{kind}_v1_", f"do{kind}_v1_[a-f0-9]{{64}}") for kind in "por"),
    Row("Heroku key", "HRKU-AA", rf"HRKU-AA{_B64}{{58}}"),
    Row("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    Row("Vault token", "hvs.", rf"hvs\.{_B64}{{90,120}}"),
    # Of two dozen random characters one is a digit or two capitals meet; of a method's name seldom.
    Row("Vault token", "s.", r"s\.(?=[A-Za-z]*(?:\d|[A-Z]{2}))[A-Za-z0-9]{24}"),
    Row("Vault batch token", "hvb.", rf"hvb\.{_B64}{{138,300}}"),
    Row("Terraform Cloud token", ".atlasv1.", rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_B64}{{60,70}}", "", 14),
    Row("Doppler token", "dp.", r"dp\.(?:pt|ct|sa|scim|audit|st(?:\.[a-z0-9_-]{2,35})?)\.[A-Za-z0-9]{40,44}"),
    Row("Pulumi token", "pul-", "pul-[a-f0-9]{40}"),
    Row("Fly token", "fo1_", rf"fo1_{_B64}{{43}}"),
    Row("Fly token", "fm2_", rf"fm2_{_PLAIN64}{{100,2000}}={{0,3}}"),
    Row("OpenShift token", "sha256~", rf"sha256~{_B64}{{43}}"),
    Row("Cloudflare origin key", "v1.0-", "v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}"),
    *(Row("Vercel token", f"vc{kind}_", f"vc{kind}_[A-Za-z0-9]{{56}}") for kind in "paick"),
    Row("Neon key", "napi_", "napi_[a-z0-9]{64}"),
    Row("Render key", "rnd_", "rnd_[A-Za-z0-9]{28}"),
    Row("Supabase token", "sbp_", "sbp_[a-f0-9]{40}"),
    Row("Supabase secret key", "sb_secret_", rf"sb_secret_{_B64}{{31}}"),
    *(
        Row("PlanetScale credential", f"pscale_{kind}_", rf"pscale_{kind}_[A-Za-z0-9_.-]{{32,64}}")
        for kind in ("tkn", "pw", "oauth")
    ),
    Row("MongoDB Atlas secret", "mdb_sa_sk_", rf"mdb_sa_sk_{_B64}{{40}}"),
)

SERVICES = (
    Row("GitHub fine-grained token", "github_pat_", "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    Row("GitLab token", "glpat-", rf"glpat-{_B64}{{20}}(?![A-Za-z0-9_.-])"),
    *(
        Row("GitLab token", f"{kind}-", rf"{kind}-{_B64}{{20,70}}")
        for kind in ("gldt", "glcbt", "glft", "glptt", "gloas", "glsoat", "glagent", "glimt")
    ),
    Row("GitLab runner registration token", "GR1348941", rf"GR1348941{_B64}{{20}}"),
    Row("Slack bot token", "xoxb-", "xoxb-[0-9]{10,13}-[0-9]{10,13}[A-Za-z0-9-]{16,40}"),
    *(
        Row("Slack user token", f"xox{kind}-", f"xox{kind}-(?:[0-9]{{10,13}}-){{3}}[A-Za-z0-9-]{{28,34}}")
        for kind in "pe"
    ),
    Row("Slack app token", "xapp-1-", "xapp-1-[A-Z0-9]+-[0-9]+-[a-z0-9]{40,80}"),
    Row("Slack configuration token", "xoxe.xox", r"xoxe\.xox[bp]-1-[A-Za-z0-9]{163,166}"),
    Row("Slack webhook", "hooks.slack.com/", "hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9+/]{43,56}"),
    *(Row("Stripe live key", f"{kind}_live_", f"{kind}_live_[A-Za-z0-9]{{10,99}}") for kind in ("sk", "rk")),
    Row("webhook signing secret", "whsec_", "whsec_[A-Za-z0-9+/]{32,64}={0,2}"),
    Row("SendGrid key", "SG.", rf"SG\.{_B64}{{22}}\.{_B64}{{43}}"),
    Row("Mailgun key", "key-", "key-[a-f0-9]{32}"),
    Row("Twilio key", "SK", "SK[a-f0-9]{32}"),
    *(Row("Shopify token", f"shp{kind}_", f"shp{kind}_[a-fA-F0-9]{{32}}") for kind in ("at", "ca", "pa", "ss")),
    Row("Square token", "sq0atp-", rf"sq0atp-{_B64}{{22,60}}"),
    Row("Square secret", "sq0csp-", rf"sq0csp-{_B64}{{43}}"),
    Row("Square token", "EAAA", rf"EAAA{_B64}{{60}}"),
    Row("Notion token", "ntn_", "ntn_[0-9]{11}[A-Za-z0-9]{35}"),
    Row("Notion token", "secret_", "secret_[A-Za-z0-9]{43}"),
    Row("Linear key", "lin_api_", "lin_api_[A-Za-z0-9]{40}"),
    Row("Postman key", "PMAK-", "PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
    Row("Docker Hub token", "dckr_pat_", rf"dckr_pat_{_B64}{{27}}"),
    Row("Docker Hub token", "dckr_oat_", rf"dckr_oat_{_B64}{{32}}"),
    Row("Docker swarm token", "SWMTKN-1-", "SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}"),
    Row("Docker swarm key", "SWMKEY-1-", "SWMKEY-1-[A-Za-z0-9+/]{43}"),
    Row("New Relic user key", "NRAK-", "NRAK-[A-Z0-9]{27}"),
    Row("New Relic insert key", "NRII-", rf"NRII-{_B64}{{32}}"),
    Row("Sentry user token", "sntryu_", "sntryu_[a-f0-9]{64}"),
    Row("Telegram bot token", ":A", rf"[0-9]{{5,16}}:A{_B64}{{34}}", "", 16),
    Row("CircleCI token", "CCIPAT_", "CCIPAT_[A-Za-z0-9]{22}_[a-f0-9]{40}"),
    Row("Buildkite token", "bkua_", "bkua_[a-f0-9]{40}"),
    Row("RubyGems key", "rubygems_", "rubygems_[a-f0-9]{48}"),
    Row("crates.io token", "cio", "cio[A-Za-z0-9]{32}"),
    Row("NuGet key", "oy2", "oy2[a-z0-9]{43}"),
    Row("JFrog key", "AKCp", "AKCp[1-9A-HJ-NP-Za-km-z]{69}"),
)

ROWS = (*CHECKED, *AI, *CLOUD, *SERVICES)
