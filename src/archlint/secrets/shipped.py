"""Keys that everybody has: products ship with them, or frameworks print them for people to copy."""

from __future__ import annotations

import hashlib

_SHIPPED = frozenset(
    {
        "27029c10a6fd2548",  # FastAPI: the key of the tutorial on JWT
        "554af14f6574486e",  # Flask: the key of the tutorial
        "211624c6c8068a59",  # Flask: the key of the quick start, to version 1
        "54c908f50df2a924",  # Flask: the key of the quick start
        "ab20e919541fb0ce",  # Grafana: conf/defaults.ini
        "86335bbf499ae97d",  # Redash: the cookie secret of its Compose file
        "480bede3b31c30de",  # Superset: the key of older configurations
        "dffe86aa305a7d67",  # Airflow: the Fernet key of its charts
        "cbc2cd0afface175",  # Airflow: the Fernet key of a wide-spread Compose file
        "5fadd804e575d409",  # Apache Shiro: the key of its remember-me cookie
        "a68c177436767574",  # Nacos: the key of its tokens
        "f53669f3776dea1f",  # Nacos: the key of its tokens, encoded
        "015560cbec3f4ebd",  # Symfony: the secret of a new project
        "7a915b817f1ee4af",  # Supabase: the key of its Compose file
    }
)
"""Digests, so that this file holds no key that other scanners report."""


def is_shipped(value: str) -> bool:
    """Tell whether a value is a key that a product ships with or that a framework's tutorial prints."""
    return hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=8).hexdigest() in _SHIPPED
