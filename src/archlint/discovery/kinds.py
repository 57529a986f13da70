"""What a file is, by its name; a script without a telling name by its first line."""

from __future__ import annotations

import re

from archlint.source import Kind

_NAMES = {
    "dockerfile": Kind.DOCKERFILE,
    "containerfile": Kind.DOCKERFILE,
    ".env": Kind.ENV,
    ".envrc": Kind.ENV,
    ".flaskenv": Kind.ENV,
    "pipfile": Kind.TOML,
    ".pypirc": Kind.INI,
    ".npmrc": Kind.PROPERTIES,
    "id_rsa": Kind.PEM,
    "id_dsa": Kind.PEM,
    "id_ecdsa": Kind.PEM,
    "id_ed25519": Kind.PEM,
    **dict.fromkeys(
        (
            "poetry.lock",
            "uv.lock",
            "pipfile.lock",
            "pdm.lock",
            "pixi.lock",
            "pylock.toml",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "bun.lock",
            "deno.lock",
            "composer.lock",
            "cargo.lock",
            "gemfile.lock",
            "conda-lock.yml",
        ),
        Kind.LOCK,
    ),
}
"""Whole names, in lower case. They win over suffixes: `package-lock.json` is a lock file and not JSON to check."""

_SUFFIXES = {
    "py": Kind.PYTHON,
    "pyw": Kind.PYTHON,
    "wsgi": Kind.PYTHON,
    "pyi": Kind.STUB,
    "sql": Kind.SQL,
    "psql": Kind.SQL,
    "pgsql": Kind.SQL,
    "yml": Kind.YAML,
    "yaml": Kind.YAML,
    "json": Kind.JSON,
    "toml": Kind.TOML,
    "ini": Kind.INI,
    "cfg": Kind.INI,
    "cnf": Kind.INI,
    "conf": Kind.INI,
    "properties": Kind.PROPERTIES,
    "env": Kind.ENV,
    "dockerfile": Kind.DOCKERFILE,
    "containerfile": Kind.DOCKERFILE,
    "pem": Kind.PEM,
    "key": Kind.PEM,
    "p8": Kind.PEM,
    "jinja": Kind.TEMPLATE,
    "jinja2": Kind.TEMPLATE,
    "j2": Kind.TEMPLATE,
    "ipynb": Kind.NOTEBOOK,
}
"""What follows the last dot, in lower case. `x.yaml.j2` is a template: its text is not YAML yet."""

_MODEL_SUFFIXES = frozenset({"example", "sample", "template", "dist"})
"""Suffixes of files to copy: `settings.ini.example` is of the kind of `settings.ini`."""

_PAGE_SUFFIXES = frozenset({"html", "htm", "txt"})
_PAGE_FOLDERS = ("templates", "jinja2")
"""Pages and mails are templates in folders whose names end so only; elsewhere they are documents."""

_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)")
_REQUIREMENT_FOLDERS = frozenset({"requirements", "requires"})
_ENV = re.compile(r"\.env[._-].+|env\.(?:example|sample|template|dist)")
_DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)[._-].+")
_LOCK = re.compile(r"pylock\..+\.toml")
_SHEBANG = re.compile(rb"#![^\n]{0,100}\bpython[0-9.]*\b")


def kind_of(name: str, folders: tuple[str, ...] = ()) -> Kind | None:
    """Return what a file is by its name and the lower-case names of the folders around it, or None."""
    name = name.lower()
    found = _NAMES.get(name)
    if found is not None:
        return found
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix in _SUFFIXES:
        return Kind.LOCK if _LOCK.fullmatch(name) else _SUFFIXES[suffix]
    return _kind_of_pattern(name, stem if dot else "", suffix, folders)


def kind_of_script(head: bytes) -> Kind | None:
    """Return `PYTHON` if the first bytes of a file call a Python interpreter, else None."""
    return Kind.PYTHON if _SHEBANG.match(head) else None


def _kind_of_pattern(name: str, stem: str, suffix: str, folders: tuple[str, ...]) -> Kind | None:
    if name.startswith((".env", "env.")) and _ENV.fullmatch(name):
        return Kind.ENV
    if suffix in _MODEL_SUFFIXES and stem:
        return kind_of(stem, folders)
    if name.startswith(("dockerfile", "containerfile")) and _DOCKERFILE.fullmatch(name):
        return Kind.DOCKERFILE
    if suffix in {"txt", "in"} and (_REQUIREMENTS.fullmatch(name) or (folders and folders[-1] in _REQUIREMENT_FOLDERS)):
        return Kind.REQUIREMENTS
    if suffix in _PAGE_SUFFIXES and any(folder.endswith(_PAGE_FOLDERS) for folder in folders):
        return Kind.TEMPLATE
    return None
