"""The families of rules, in the order of their codes, with what a person calls them."""

from __future__ import annotations

from types import MappingProxyType

FAMILIES = MappingProxyType(
    {
        "tool": "ARC0xx: the tool itself",
        "loops": "ARC1xx: queries in loops",
        "bounds": "ARC2xx: unbounded data",
        "request_path": "ARC3xx: synchronous request path",
        "external": "ARC4xx: external calls",
        "secrets": "ARC5xx: secrets",
        "sql": "ARC6xx: SQL, schema, migrations",
        "api": "ARC7xx: API contract and endpoint security",
        "services": "ARC8xx: services",
        "operations": "ARC9xx: operations",
    }
)
