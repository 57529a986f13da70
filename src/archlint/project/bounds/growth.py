"""Which tables grow with use, and which hold what somebody configured once."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from archlint.project.project import Project, UnitPlace
from archlint.project.routes.route import EntryKind
from archlint.project.symbols import ClassDefinition
from archlint.source import Role

_REFERENCE_WORDS = frozenset(
    {
        "Bracket", "Category", "Conf", "Config", "Configuration", "Connector", "Country", "Currency", "Environment",
        "Field", "Flag", "Integration", "Kind", "Language", "Level", "Locale", "Option", "Override", "Permission",
        "Plan", "Plugin", "Preference", "Priority", "Provider", "Region", "Role", "Setting", "Settings", "Severity",
        "State", "Status", "Timezone", "Type", "Unit",
    }
)  # fmt: skip
"""Last words of the names of models whose rows people configure: such tables stay small."""
_LAST_WORD = re.compile(r"[A-Z][a-z0-9]*$")
_TIME = re.compile(r"(?i)date|time|created|_at$")
_PLURAL = re.compile(r"(?:ie)?s$")
_BY_HAND = frozenset({EntryKind.COMMAND, EntryKind.STARTUP, EntryKind.ADMIN})
_MAKING = frozenset({"", "bulk_create", "create", "get_or_create", "update_or_create", "acreate", "insert_many"})


class Growth:
    """Tells reference tables from those that grow."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def is_reference(self, definition: ClassDefinition) -> bool:
        """Return whether the rows of a model are few: configured by people, or made by commands and migrations."""
        if is_reference_name(definition.row.name):
            return True
        makers = self._makers.get(definition.name, ())
        return bool(makers) and all(self._is_by_hand(one) for one in makers)

    def has_time(self, definition: ClassDefinition) -> bool:
        """Return whether a row says when it came to be, as those do of which more come with time."""
        model = self._project.schema.model(definition)
        fields = model.fields if model is not None else ()
        return any(_TIME.search(f"{one.kind.rpartition('.')[2]} {one.name}") for one in fields)

    def comes_with_use(self, definition: ClassDefinition) -> bool:
        """Return whether a row belongs to something or has a time: what somebody sets up once has neither."""
        model = self._project.schema.model(definition)
        fields = model.fields if model is not None else ()
        return any(one.references for one in fields) or self.has_time(definition)

    def _is_by_hand(self, place: UnitPlace) -> bool:
        if place.module.role in (Role.MIGRATION, Role.COMMAND):
            return True
        function = self._project.function_at(place)
        entries = self._project.routes.of(function) if function is not None else ()
        return bool(entries) and all(one.kind in _BY_HAND for one in entries)

    @cached_property
    def _makers(self) -> dict[str, list[UnitPlace]]:
        """Return the units that make rows of a model, by its qualified name, as far as the names of callees tell."""
        names = {one.name for one in self._project.schema.models}
        found: defaultdict[str, list[UnitPlace]] = defaultdict(list)
        for module in self._project.modules:
            if module.role is Role.TEST:
                continue
            for unit in module.facts.units:
                for call in unit.calls:
                    model = _made(call, module.facts.name, names)
                    if model:
                        found[model].append(UnitPlace(module, unit))
        return dict(found)


def is_reference_name(name: str) -> bool:
    """Return whether the last word of a name (`OrderStatus`, `order_types`) says that people configure such rows."""
    words = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    last = _LAST_WORD.search(words)
    return last is not None and not _REFERENCE_WORDS.isdisjoint(_singular(last.group()))


def _made(call: str, module: str, names: set[str]) -> str:
    """Return the model that a callee makes a row of: `shop.models.Order`, `shop.models.Order.objects.create`; or ""."""
    for name in (call, f"{module}.{call}"):
        if name in names:
            return name
        head, _, verb = name.rpartition(".")
        head = head.rpartition(".")[0] if head.endswith((".objects", "._default_manager")) else head
        if verb in _MAKING and head in names:
            return head
    return ""


def _singular(word: str) -> frozenset[str]:
    """Return the words that a word may be the plural of, and the word itself."""
    return frozenset({word, _PLURAL.sub("", word), _PLURAL.sub("y", word), word.removesuffix("s")})
