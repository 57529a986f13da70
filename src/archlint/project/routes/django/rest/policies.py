"""What guards views of Django REST framework: the nearest lists of permissions, authenticators and throttles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.knowledge.tables import DjangoGuard
from archlint.project.routes.django.class_order import ClassReader
from archlint.project.routes.django.frames import Frame, Given
from archlint.project.routes.django.guards import NOTHING
from archlint.project.routes.django.reader import Reader
from archlint.project.routes.django.rest.choices import chosen_lists
from archlint.project.routes.route import Guard, GuardKind, Level, Mention
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import uncalled
from archlint.project.values import External, ProjectClass, Value

_SETTINGS = "REST_FRAMEWORK"


class Policy(msgspec.Struct, frozen=True):
    """One of the three lists that a view has, and where it may be set."""

    attribute: str
    getter: str
    setting: str
    form: str
    kind: GuardKind


PERMISSIONS = Policy(
    "permission_classes", "get_permissions", "DEFAULT_PERMISSION_CLASSES", "permission", GuardKind.PERMISSION
)
AUTHENTICATORS = Policy(
    "authentication_classes", "get_authenticators", "DEFAULT_AUTHENTICATION_CLASSES", "authenticator",
    GuardKind.AUTHENTICATION,
)  # fmt: skip
THROTTLES = Policy("throttle_classes", "get_throttles", "DEFAULT_THROTTLE_CLASSES", "throttle", GuardKind.RATE_LIMIT)


class PolicyReader:
    """Finds the effective permissions, authenticators and throttles of a view."""

    def __init__(self, reader: Reader, classes: ClassReader) -> None:
        self._reader = reader
        self._classes = classes

    def guards(
        self,
        definition: ClassDefinition | None,
        near: Mapping[str, tuple[Given, Level]],
        action: tuple[str, str],
    ) -> list[Guard]:
        """Return what refuses requests; `near` is what the action, the function or `as_view` sets itself.

        Authenticators tell who asks and refuse nobody by themselves: they count where a permission refuses.
        """
        found = self._policy(PERMISSIONS, definition, near, action)
        if any(one.kind is not GuardKind.RATE_LIMIT for one in found):
            found += self._policy(AUTHENTICATORS, definition, near, action)
        return found + self._policy(THROTTLES, definition, near, action)

    def _policy(
        self,
        policy: Policy,
        definition: ClassDefinition | None,
        near: Mapping[str, tuple[Given, Level]],
        action: tuple[str, str],
    ) -> list[Guard]:
        getter = self._getter(policy, definition)
        own = near.get(policy.attribute)
        if getter is not None:
            return self._chosen(policy, definition, getter, own, action)
        return self._set(policy, definition, own)

    def _set(self, policy: Policy, definition: ClassDefinition | None, own: tuple[Given, Level] | None) -> list[Guard]:
        """Return what the nearest list says: the action's own, that of the class, or that of the settings."""
        if own is not None:
            return self._of_list(policy, *own)
        given = self._classes.attribute(definition, policy.attribute) if definition is not None else None
        if given is not None:
            return self._of_list(policy, given, Level.CLASS)
        default = self._reader.settings.entry(_SETTINGS, policy.setting)
        return [] if default is None else self._of_list(policy, default, Level.SETTINGS)

    def _getter(self, policy: Policy, definition: ClassDefinition | None) -> FunctionDefinition | None:
        return None if definition is None else next(iter(self._classes.functions(definition, policy.getter)), None)

    def _chosen(
        self,
        policy: Policy,
        definition: ClassDefinition | None,
        getter: FunctionDefinition,
        own: tuple[Given, Level] | None,
        action: tuple[str, str],
    ) -> list[Guard]:
        """Return what all lists have in common that `get_permissions` may return for an action, else `A | B`.

        Where one of them cannot be told, or only some refuse, the method itself stands for what it returns.
        """
        inherited = self._inherited(policy, definition, getter, own, action)
        lists: list[list[Guard]] = []
        for chosen in chosen_lists(self._reader, getter, policy.attribute, action):
            if chosen is None:
                return [Guard(policy.kind, policy.getter, Level.CLASS, self._whole(getter))]
            lists.append(inherited if chosen == "inherited" else self._of_list(policy, chosen, Level.CLASS))
        if not lists:
            return []
        first, *others = lists
        common = [one for one in first if all(any(one.name == two.name for two in other) for other in others)]
        if not common and any(lists) and not all(lists):
            return [Guard(policy.kind, policy.getter, Level.CLASS, self._whole(getter))]
        return common or _either(policy, lists)

    def _inherited(
        self,
        policy: Policy,
        definition: ClassDefinition | None,
        getter: FunctionDefinition,
        own: tuple[Given, Level] | None,
        action: tuple[str, str],
    ) -> list[Guard]:
        """Return what the method that is overridden would give."""
        if definition is not None:
            above = self._classes.functions(definition, policy.getter)
            further = above[above.index(getter) + 1 :]
            if further:
                return self._chosen(policy, definition, further[0], own, action)
        return self._set(policy, definition, own)

    def _whole(self, function: FunctionDefinition) -> Mention:
        return Mention(function.module, function.row.start, function.row.end)

    def _of_list(self, policy: Policy, given: Given, level: Level) -> list[Guard]:
        items = list(self._reader.items(self._reader.origin(given)))
        return [guard for item in items for guard in self._of_item(policy, item, level)]

    def _of_item(self, policy: Policy, given: Given, level: Level) -> Iterator[Guard]:
        origin = given
        node = origin.node
        if isinstance(node, ir.Starred):
            yield from self._of_list(policy, origin.at(node.value), level)
        elif isinstance(node, ir.Binary):
            yield from self._combined(policy, origin, node, level)
        elif isinstance(node, ir.Unary):
            yield Guard(policy.kind, f"{node.op}{_last(node.operand)}", level, given.mention)
        else:
            kind = self._kind(policy, self._class_of(origin))
            if kind is not None:
                yield Guard(kind, _last(node), level, given.mention)

    def _combined(self, policy: Policy, given: Given, node: ir.Binary, level: Level) -> Iterator[Guard]:
        """Yield what `A & B` or `A | B` refuses: the latter only where both sides refuse."""
        sides = [list(self._of_item(policy, given.at(one), level)) for one in (node.left, node.right)]
        if node.op == "|" and all(sides):
            name = " | ".join(side[0].name for side in sides)
            kinds = {one.kind for side in sides for one in side}
            yield Guard(kinds.pop() if len(kinds) == 1 else policy.kind, name, level, given.mention)
        elif node.op != "|":
            yield from (*sides[0], *sides[1])

    def _class_of(self, given: Given) -> Value | None:
        """Return the class that an item is: by name, by the dotted text of settings, or by an instance or a call."""
        node = uncalled(given.node)
        if isinstance(node, ir.Text):
            found = self._reader.project.symbols.find(node.value, given.frame.module)
            return ProjectClass(found) if isinstance(found, ClassDefinition) else External(node.value)
        return self._reader.value(node, given.frame)

    def _kind(self, policy: Policy, value: Value | None) -> GuardKind | None:
        """Return what a class protects from, or None where it lets everybody through."""
        if isinstance(value, ProjectClass):
            if policy is PERMISSIONS and self._lets_all(value.definition):
                return None
            names = self._classes.library_bases(value.definition)
            rows = [row for name in names if (row := self._row(name, policy)) is not None]
            is_auth = bool(rows) and rows[0].protects == GuardKind.AUTHENTICATION.value
            return GuardKind.AUTHENTICATION if is_auth else policy.kind
        row = self._row(value.name, policy) if isinstance(value, External) else None
        if row is not None:
            return None if row.protects == NOTHING else GuardKind(row.protects)
        return policy.kind

    def _row(self, name: str, policy: Policy) -> DjangoGuard | None:
        row = self._reader.project.knowledge.django_guard(name)
        return row if row is not None and row.form == policy.form else None

    def _lets_all(self, definition: ClassDefinition) -> bool:
        """Return whether a permission of the project always says yes."""
        methods = [
            one for name in ("has_permission", "has_object_permission")
            for one in self._classes.functions(definition, name)[:1]
        ]  # fmt: skip
        bodies = [self._reader.project.function_node(one) for one in methods]
        return bool(bodies) and all(node is not None and _says_yes(node.body) for node in bodies)


def _either(policy: Policy, lists: list[list[Guard]]) -> list[Guard]:
    """Return the guard that several lists are together that have nothing in common; where none refuses, none."""
    if not all(lists):
        return []
    name = " | ".join(dict.fromkeys(" & ".join(one.name for one in guards) for guards in lists))
    kinds = {one.kind for guards in lists for one in guards}
    first = lists[0][0]
    return [Guard(kinds.pop() if len(kinds) == 1 else policy.kind, name, first.level, first.mention)]


def _says_yes(body: tuple[ir.Stmt, ...]) -> bool:
    first = body[0] if len(body) == 1 else None
    return isinstance(first, ir.Return) and isinstance(first.value, ir.Constant) and first.value.value is True


def _last(node: ir.Expr) -> str:
    """Return the last name of a class as it is written."""
    if isinstance(node, ir.Call):
        return _last(node.func)
    if isinstance(node, ir.Text):
        return node.value.rpartition(".")[2]
    return dotted(node).rpartition(".")[2]


def near_of(options: Mapping[str, Given], level: Level) -> dict[str, tuple[Given, Level]]:
    """Return what keyword arguments set of the three lists."""
    names = {one.attribute for one in (PERMISSIONS, AUTHENTICATORS, THROTTLES)}
    return {name: (given, level) for name, given in options.items() if name in names}


def words_of(decorator: ir.Expr, frame: Frame) -> dict[str, Given]:
    """Return the keyword arguments of a decorator."""
    words = decorator.keywords if isinstance(decorator, ir.Call) else ()
    return {one.name: Given(one.value, frame) for one in words if one.name}
