"""The catalogue: what each rule is, in words and policy, from `rules/<family>/<stem>.yaml`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from archlint.diagnostic import Confidence, Severity
from archlint.errors import UsageError
from archlint.own_rule import OwnRule
from archlint.source import Role

CODE = re.compile(r"[A-Z]{2,12}\d{3,4}")
"""What codes of packs and of projects look like; those that begin with `ARC` are archlint's."""
CODE_PREFIX = "ARC"
_SECRETS = ("ARC500", "ARC550")
"""Where the secrets in code and configuration begin, and where those in logs, output and responses do."""


class Status(str, Enum):
    """Where a rule is in its life."""

    PREVIEW = "preview"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Example(msgspec.Struct, frozen=True):
    """A bad and a good snippet; `bad` must be reported by the rule and `good` must be silent.

    `path` is the name under which the snippet is read (it decides the kind of file).
    `bad_files` and `good_files` map paths to texts where one file is not enough.
    """

    bad: str = ""
    good: str = ""
    path: str = "app/service.py"
    bad_files: dict[str, str] = msgspec.field(default_factory=dict)
    good_files: dict[str, str] = msgspec.field(default_factory=dict)


class Option(msgspec.Struct, frozen=True):
    """One option of a rule: what it means and what it is when nobody sets it."""

    description: str
    default: bool | int | str | list[str]


class Entry(msgspec.Struct, frozen=True):
    """One rule of the catalogue; prose fields are Markdown, `source` holds ids of docs/checklist.md.

    `elsewhere` is the severity where a diagnostic is not known to happen while a request waits; None is the same.
    `in_commands` is the severity in scripts and in what build services run; None is one softer than elsewhere.
    `pack` names the rule pack that it comes from, with its version, and `package` the package with its modules;
    `needs` is the setting without which nobody wants the rule by default: about migrations that ran years ago much is
    true and of no use to anyone.
    `own` is what a project declares in its configuration instead of a module, in the file `declared_in`.
    """

    code: str
    name: str
    summary: str
    severity: Severity
    confidence: Confidence
    status: Status
    since: str
    rationale: str
    instead: str
    family: str = ""
    examples: list[Example] = msgspec.field(default_factory=list)
    limits: list[str] = msgspec.field(default_factory=list)
    options: dict[str, Option] = msgspec.field(default_factory=dict)
    elsewhere: Severity | None = None
    in_commands: Severity | None = None
    roles: tuple[Role, ...] = (Role.PRODUCTION, Role.SETTINGS, Role.COMMAND)
    cwe: list[int] = msgspec.field(default_factory=list)
    references: list[str] = msgspec.field(default_factory=list)
    source: list[str] = msgspec.field(default_factory=list)
    security_severity: float | None = None
    needs: Literal["", "migrations-since"] = ""
    pack: str = ""
    package: str = "archlint.rules"
    own: OwnRule | None = None
    declared_in: str = ""

    def is_default(self, given: Container[str]) -> bool:
        """Return whether the rule is in the default set where some settings say something."""
        return self.status is Status.STABLE and (not self.needs or self.needs in given)

    @property
    def stem(self) -> str:
        """Return the name as a module is called."""
        return self.name.replace("-", "_")

    def means(self, other: Entry) -> bool:
        """Return whether another entry says the same, wherever it is declared."""
        return replace(self, declared_in="") == replace(other, declared_in="")


def secret_codes() -> frozenset[str]:
    """Return the codes of the rules about secrets in code and configuration, which look at one file."""
    return frozenset(code for code in entry_by_code() if _SECRETS[0] <= code < _SECRETS[1])


def page_file(entry: Entry) -> Path | None:
    """Return the file with the page of a rule that came with this installation, None where there is none."""
    folders = (Path(__file__).with_name("compiled") / "rules", _rules_folder().parent / "docs" / "rules")
    return next((page for folder in folders if (page := folder / f"{entry.name}.md").is_file()), None)


def _rules_folder() -> Path:
    return Path(__file__).resolve().parents[2] / "rules"


def joined(added: Iterable[tuple[Entry, ...]]) -> tuple[Entry, ...]:
    """Return the rules of packs and projects that several configurations know, each once, by code.

    Raises `UsageError` where two of them mean something else by a code: the project is checked as one whole.
    """
    found: dict[str, Entry] = {}
    for entry in (one for entries in added for one in entries):
        if not found.setdefault(entry.code, entry).means(entry):
            raise UsageError(f"`own-rules`: two configurations declare {entry.code} differently: give one another code")
    return tuple(found[code] for code in sorted(found))


def read_entries(folder: Path) -> list[Entry]:
    """Return the entries below a `rules/` folder or in a pack, by code.

    Raises `ValueError` with the file's name where one does not follow the schema.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries = []
    for path in sorted(folder.glob("*/*.yaml")):
        if path.parent.name == "knowledge":
            continue
        try:
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
            entry = msgspec.convert({**data, "family": path.parent.name}, Entry)
        except (yaml.YAMLError, UnicodeDecodeError):
            message = f"{path.name}: not YAML"
            raise ValueError(message) from None
        except (msgspec.ValidationError, TypeError) as error:
            message = f"{path.name}: {error}"
            raise ValueError(message) from error
        entries.append(entry)
    return sorted(entries, key=lambda entry: entry.code)


@cache
def catalogue() -> tuple[Entry, ...]:
    """Return every entry, by code: compiled when the package was built, read from `rules/` in a checkout."""
    compiled = Path(__file__).with_name("compiled") / "catalogue.json"
    if compiled.is_file():
        return msgspec.json.decode(compiled.read_bytes(), type=tuple[Entry, ...])
    return tuple(read_entries(_rules_folder()))


@cache
def entry_by_code() -> dict[str, Entry]:
    """Return the entries by their codes."""
    return {entry.code: entry for entry in catalogue()}


def find(code_or_name: str, added: Sequence[Entry] = ()) -> Entry | None:
    """Return the entry with this code or name (a stem counts as its name), or None.

    `added` are the rules of packs and of the project.
    """
    wanted = code_or_name.strip()
    for entry in (*catalogue(), *added):
        if wanted.upper() == entry.code or wanted.lower().replace("_", "-") == entry.name:
            return entry
    return None
