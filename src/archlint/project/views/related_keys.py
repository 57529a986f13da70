"""Related rows that are loaded for nothing but their key, which the row that points at them has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.project.effects.effect import Action, EffectKind, Reached
from archlint.project.project import Project
from archlint.project.schema.keys import held_keys
from archlint.project.schema.model import Relation, RelationKind
from archlint.project.symbols import ClassDefinition, FunctionDefinition
from archlint.project.tree import children, tests_around

Region = tuple[int, int]


class KeyRead(msgspec.Struct, frozen=True):
    """`row.relation.key`, or a test of `row.relation` around it: `whole` is what `row.id_attribute` can stand for.

    `link` is the `row.relation` at which `whole` begins. `is_same` says that both give the same whatever the row holds.
    """

    read: ir.Attribute
    link: ir.Attribute
    whole: ir.Expr
    relation: Relation
    load: Reached
    is_same: bool


def key_names(project: Project) -> frozenset[str]:
    """Return the names of all that a foreign key may hold of a row."""
    return project.gathered.keys | {"id", "pk"}


def key_reads(project: Project, function: FunctionDefinition) -> Iterator[KeyRead]:
    """Yield where a function loads a related row to read its key, in the order of the source.

    Where it, a function around it, or one that it hands the pointing row to needs the related row for something else as
    well there is nothing to save, and nothing is yielded.
    """
    loads = _loads(project, function)
    outermost = function
    while outermost.outer is not None:
        outermost = outermost.outer
    node = project.function_node(outermost) if loads else None
    if node is None:
        return
    uses = _Uses(node)
    needed = _needed_elsewhere(project, function, uses)
    found: dict[Region, KeyRead] = {}
    for region, load in loads.items():
        first = uses.links.get(region)
        if first is not None and any(name == first.name and _is_alike(row, first.value) for row, name in needed):
            continue
        for link in (
            uses.alike(first) if first is not None else ()
        ):  # what is read again is here, and needed all the same
            for one in _read(project, uses, link, load):
                found.setdefault((link.start, link.end), one)
    yield from sorted(found.values(), key=lambda one: one.read.end)


def _loads(project: Project, function: FunctionDefinition) -> Mapping[Region, Reached]:
    body = project.effects.body(function)
    return {(one.step.start, one.step.end): one for one in body.effects if one.effect.kind is EffectKind.LAZY_LOAD}


def _needed_elsewhere(project: Project, function: FunctionDefinition, uses: _Uses) -> list[tuple[ir.Expr, str]]:
    """Return the rows that a function hands on, each with a relation that a callee loads of what it is given."""
    found: list[tuple[ir.Expr, str]] = []
    for edge in project.effects.body(function).edges:
        rows = uses.handed.get((edge.step.start, edge.step.end), ())
        for target in edge.targets if rows else ():
            for use in project.effects.summary(target.function, target.receiver).uses:
                if use.action is Action.LOAD and len(use.symbol.operations) == 1:
                    found += [(row, use.symbol.operations[0][1:]) for row in rows]
    return found


def _read(project: Project, uses: _Uses, link: ir.Attribute, load: Reached) -> Iterator[KeyRead]:
    relation = project.effects.relation_of(load.effect)
    owner = project.effects.owner_of(load.effect)
    if relation is None or owner is None:
        return
    keys = held_keys(project.schema, owner, relation)
    read = uses.parent(link)
    if not keys or not _is_key(read, link, keys) or not isinstance(read, ir.Attribute):
        return
    whole, first = uses.tested(read, link)
    if all(uses.is_spared(other, link, keys) for other in uses.alike(link)):
        is_tested = whole is not read or uses.is_guarded(read, relation.id_attribute)
        is_filled = not relation.nullable and _is_plain(project, owner, relation)
        is_same = (is_tested or is_filled) and not uses.is_tried(read)
        yield KeyRead(read, first, whole, relation, load, is_same)


def _is_plain(project: Project, owner: ClassDefinition, relation: Relation) -> bool:
    """Return whether a relation is declared with a class of a library: one of the project's may make it nullable."""
    field = project.schema.field(owner, relation.name)
    rows = project.knowledge.orm("django").relations
    kinds = {name for row in rows for name in (row.name, *row.aliases)}
    return relation.kind is RelationKind.RELATIONSHIP or (field is not None and field.kind in kinds)


def _is_key(parent: ir.Node | None, link: ir.Expr, keys: frozenset[str]) -> bool:
    return isinstance(parent, ir.Attribute) and parent.value is link and parent.name in keys


class _Uses:
    """The expressions of a function, each with what is around it.

    `handed` has what each call and each property is given: the objects that they may ask for more.
    """

    def __init__(self, function: ir.Function) -> None:
        self._function = function
        self._parents: dict[int, ir.Node] = {}  # by identity: the function is kept, and all of it with it
        self.links: dict[Region, ir.Attribute] = {}
        self.handed: dict[Region, tuple[ir.Expr, ...]] = {}
        self._attributes: list[ir.Attribute] = []
        pending: list[ir.Node] = [function]
        while pending:
            node = pending.pop()
            if isinstance(node, ir.Attribute):
                self._attributes.append(node)
                self.links.setdefault((node.start, node.end), node)
                self.handed.setdefault((node.start, node.end), (node.value,))
            elif isinstance(node, ir.Call):
                receiver = (node.func.value,) if isinstance(node.func, ir.Attribute) else ()
                words = [word.value for word in node.keywords]
                self.handed[node.start, node.end] = (*receiver, *node.args, *words)
            inner: list[ir.Node] = list(children(node))
            self._parents.update((id(child), node) for child in inner)
            pending += inner

    def parent(self, node: ir.Node) -> ir.Node | None:
        """Return what is directly around a node of the function."""
        return self._parents.get(id(node))

    def alike(self, link: ir.Attribute) -> Iterator[ir.Attribute]:
        """Yield what reads the same relation of what is written in the same way, the link itself included."""
        return (one for one in self._attributes if one.name == link.name and _is_alike(one.value, link.value))

    def tested(self, read: ir.Attribute, link: ir.Attribute) -> tuple[ir.Expr, ir.Attribute]:
        """Return `link.key if link else None` or `link and link.key` around a read, and the first link in it."""
        match around := self.parent(read):
            case ir.Conditional(test=test, body=body, orelse=ir.Constant(value=None)):
                if body is read and _asks_for(test, link):
                    return around, link
            case ir.Boolean(op="and", values=(ir.Attribute() as first, last)):
                if last is read and _is_alike(first, link):
                    return around, first
        return read, link

    def is_spared(self, other: ir.Attribute, link: ir.Attribute, keys: frozenset[str]) -> bool:
        """Return whether a use of a relation goes away with those of its key: it reads that, or asks for it."""
        around = self.parent(other)
        if _is_key(around, other, keys):
            return self._is_read(around)
        if isinstance(around, ir.Compare):
            around = self.parent(around)
        match around:
            case ir.Conditional(body=ir.Attribute() as read) | ir.Boolean(values=(_, ir.Attribute() as read)):
                return _is_key(read, read.value, keys) and self.tested(read, link)[0] is around
        return False

    def _is_read(self, node: ir.Node | None) -> bool:
        """Return whether an attribute is read, and neither assigned nor deleted."""
        around = self.parent(node) if node is not None else None
        match around:
            case ir.Assign():
                return all(target is not node for target in around.targets)
            case ir.AugmentedAssign() | ir.For():
                return around.target is not node
            case ir.Delete():
                return False
        return True

    def is_guarded(self, read: ir.Attribute, key: str) -> bool:
        """Return whether an `if` around a read asks for the key that its row has."""
        row = read.value.value if isinstance(read.value, ir.Attribute) else read
        tests = tests_around(self._function.body, read)
        held = (part for test in tests for part in _all_of(test))
        return any(isinstance(one, ir.Attribute) and one.name == key and _is_alike(one.value, row) for one in held)

    def is_tried(self, node: ir.Node) -> bool:
        """Return whether a node stands in a `try` statement, which may handle the lack of a related row."""
        around = self.parent(node)
        while around is not None and not isinstance(around, ir.Try | ir.Function):
            around = self.parent(around)
        return isinstance(around, ir.Try)


def _all_of(test: ir.Expr) -> tuple[ir.Expr, ...]:
    """Return what must be true for a test to be."""
    return test.values if isinstance(test, ir.Boolean) and test.op == "and" else (test,)


def _asks_for(test: ir.Expr, link: ir.Attribute) -> bool:
    match test:
        case ir.Compare(left=left, ops=("is not",), comparators=(ir.Constant(value=None),)):
            return _is_alike(left, link)
    return _is_alike(test, link)


def _is_alike(one: ir.Expr, other: ir.Expr) -> bool:
    """Return whether two chains of names are written alike; what is called or indexed is like itself only."""
    while isinstance(one, ir.Attribute) and isinstance(other, ir.Attribute) and one.name == other.name:
        one, other = one.value, other.value
    return one is other or (isinstance(one, ir.Name) and isinstance(other, ir.Name) and one.id == other.id)
