"""What `archlint init` writes for other tools; ci/gitlab.yml is the one for GitLab."""

from __future__ import annotations

import json
import re
import shlex

PYTHON = "3.13"
"""The newest Python that archlint is tested with."""
_TYPES = "dockerfile, dotenv, ini, jinja, json, pyi, python, sql, toml, yaml"
"""Tags that pre-commit gives to most of the files that archlint reads. Named files of other kinds are passed over."""


def hook(package: str, folder: str = "") -> str:
    """Return the entry of .pre-commit-config.yaml; `folder` is that of the project below the repository, or ""."""
    only = f"    files: {_quoted(f'^{re.escape(folder)}/')}\n" if folder else ""
    return f"""\
repo: local
hooks:
  - id: archlint
    name: archlint
    entry: archlint check --force-exclude
    language: python
    additional_dependencies: [{_quoted(package)}]
    types_or: [{_TYPES}]
{only}    require_serial: true
"""


def github(package: str, folder: str = "", branch: str = "main") -> str:
    """Return a workflow of GitHub Actions that reports beside the lines of a pull request."""
    return f"""\
name: archlint
on:
  push:
    branches: [{_quoted(branch)}]
  pull_request:
permissions:
  contents: read
jobs:
  archlint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "{PYTHON}"
      - run: {_command(f"python -m pip install {shlex.quote(package)}")}
      - run: {_command(f"archlint check --output-format github {_target(folder)}")}
"""


def gitlab(package: str, folder: str = "") -> str:
    """Return a job of GitLab CI whose findings a merge request shows."""
    check = f"archlint check --output-format concise --output gitlab=gl-code-quality-report.json {_target(folder)}"
    return f"""\
archlint:
  stage: test
  image: python:{PYTHON}-slim
  needs: []
  before_script:
    - {_command(f"python -m pip install {shlex.quote(package)}")}
  script:
    - {_command(check)}
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
  cache:
    key: archlint
    paths:
      - {_quoted(f"{folder}/.archlint_cache/") if folder else ".archlint_cache/"}
"""


def _target(folder: str) -> str:
    return shlex.quote(folder) if folder else "."


def _command(text: str) -> str:
    """Return a command as YAML that reads it as one text."""
    return text if text.isascii() and not set(text) & set(":#{}[]&*!|>%@`\"'\\") else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text)
