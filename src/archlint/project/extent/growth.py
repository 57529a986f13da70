"""Whether a table grows with time: what its columns and name say, and who makes its rows."""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from archlint.project.extent.part import is_time, says_when_made
from archlint.project.extent.writers import Writers
from archlint.project.project import Project
from archlint.project.schema.model import Field
from archlint.project.symbols import ClassDefinition

_LOG_WORDS = frozenset(
    {
        "Access", "Activity", "Alert", "Attempt", "Audit", "Change", "Delivery", "Entry", "Event", "Execution",
        "History", "Hit", "Impression", "Listen", "Log", "Message", "Metric", "Notification", "Ping", "Record",
        "Request", "Response", "Result", "Run", "Sample", "Session", "Snapshot", "Stat", "Stream", "Trace",
        "Transaction", "Version", "Visit",
    }
)  # fmt: skip
"""Last words of the names of models whose rows say what happened."""
_REFERENCE_WORDS = frozenset(
    {
        "Bracket", "Category", "Conf", "Config", "Configuration", "Connector", "Country", "Currency", "Environment",
        "Field", "Flag", "Instance", "Integration", "Kind", "Language", "Level", "Locale", "Option", "Override",
        "Permission", "Plan", "Plugin", "Policy", "Preference", "Priority", "Provider", "Region", "Role", "Rule",
        "Schedule", "Setting", "Settings", "Severity", "State", "Status", "Template", "Timezone", "Type", "Unit",
    }
)  # fmt: skip
"""Last words of the names of models whose rows people configure."""
_SET_UP_WORDS = frozenset(
    {
        "Account", "Attribute", "Client", "Connection", "Credential", "Destination", "Endpoint", "Group", "Hook",
        "Infrastructure", "Key", "Label", "License", "Limit", "Link", "Method", "Path", "Regulation", "Server",
        "Snippet", "Source", "Subscription", "Token", "Variable", "Webhook",
    }
)  # fmt: skip
"""Last words of the names of models whose rows somebody adds one by one, a handful for each owner."""
_SECRET = re.compile(r"^(?:.*_)?(?:secret|api_key|key_hash|hashed_key|hashed_token|access_token|credentials|password)$")
_WORD = re.compile(r"[A-Z][a-z0-9]*")


class Growth(str, Enum):
    """How a table grows."""

    LOG = "log"
    """Its rows say what happened, and when."""
    TRAFFIC = "traffic"
    """Requests and tasks add rows, each with its time."""
    UNKNOWN = "unknown"
    SMALL = "small"
    """People configure its rows."""


class Growing(msgspec.Struct, frozen=True):
    """How a table grows, with the column that says when a row was made, where there is one."""

    growth: Growth
    created: Field | None = None
    is_many: bool = False
    """There are many rows for each of another table, or code makes many at once."""


class Tables:
    """Judges tables, each once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._writers = Writers(project)
        self._known: dict[tuple[ClassDefinition, bool], Growing] = {}

    def of(self, definition: ClassDefinition, *, is_timed: bool = False) -> Growing:
        """Return how the table of a model grows; `is_timed` says that a column is known to say when a row was made.

        Such a column may be inherited from a class of a library, whose columns are not known.
        """
        key = (definition, is_timed)
        if key not in self._known:
            self._known[key] = self._judged(definition, is_timed=is_timed)
        return self._known[key]

    def named(self, table: str) -> Growing:
        """Return how a table grows of which only the name is known."""
        last = table.rpartition("_")[2].capitalize()
        if is_reference_name(table):
            return Growing(Growth.SMALL)
        return Growing(Growth.UNKNOWN if _singular(last).isdisjoint(_LOG_WORDS) else Growth.LOG)

    def is_reference(self, definition: ClassDefinition) -> bool:
        """Return whether the rows of a model are few: configured by people, or made by commands and migrations."""
        if is_reference_name(definition.row.name):
            return True
        return bool(self._writers.of(definition)) and not self._writers.by_traffic(definition)

    def has_time(self, definition: ClassDefinition) -> bool:
        """Return whether a row says when it came to be, as those do of which more come with time."""
        return any(is_time(one, one.name) for one in self._fields(definition))

    def comes_with_others(self, definition: ClassDefinition) -> bool:
        """Return whether each row belongs to a row of another table: there may be some for each of those."""
        return any(one.references for one in self._fields(definition))

    def is_set_up(self, definition: ClassDefinition) -> bool:
        """Return whether somebody adds the rows one by one: by the model's name, or since each holds a secret."""
        words = _words(definition.row.name)
        if words and not _singular(words[-1]).isdisjoint(_SET_UP_WORDS):
            return True
        return any(_SECRET.match(one.name) for one in self._fields(definition))

    def _fields(self, definition: ClassDefinition) -> tuple[Field, ...]:
        model = self._project.schema.model(definition)
        return model.fields if model is not None else ()

    def _judged(self, definition: ClassDefinition, *, is_timed: bool) -> Growing:
        words = _words(definition.row.name)
        last = words[-1] if words else ""
        if not _singular(last).isdisjoint(_REFERENCE_WORDS):
            return Growing(Growth.SMALL)
        created = self._created(definition)
        if created is None and not is_timed:
            return Growing(Growth.UNKNOWN)
        writers = self._writers.by_traffic(definition)
        is_many = any(one.in_bulk for one in writers) or self._belongs(definition)
        if not _singular(last).isdisjoint(_LOG_WORDS) and (writers or "Log" in words):
            return Growing(Growth.LOG, created, is_many)
        return Growing(Growth.TRAFFIC if writers else Growth.UNKNOWN, created, is_many)

    def _belongs(self, definition: ClassDefinition) -> bool:
        """Return whether each row belongs to a row of another table."""
        return any(one.references and not one.unique and not one.nullable for one in self._fields(definition))

    def _created(self, definition: ClassDefinition) -> Field | None:
        """Return the column that holds when a row was made."""
        times = [one for one in self._fields(definition) if is_time(one, one.name)]
        return next((one for one in times if says_when_made(one.name)), None)


def is_reference_name(name: str) -> bool:
    """Return whether the last word of a name (`OrderStatus`, `order_types`) says that people configure such rows."""
    words = _words("".join(word[:1].upper() + word[1:] for word in name.rpartition(".")[2].split("_")))
    return bool(words) and not _singular(words[-1]).isdisjoint(_REFERENCE_WORDS)


def _words(name: str) -> list[str]:
    """Return the words in the name of a class; what only says that it is a model is none of them."""
    return _WORD.findall(name.rpartition(".")[2].removesuffix("Model"))


def _singular(word: str) -> frozenset[str]:
    """Return the word, and those that it may be the plural of."""
    return frozenset({word, word.removesuffix("s"), re.sub(r"ies$", "y", word), word.removesuffix("es")})
