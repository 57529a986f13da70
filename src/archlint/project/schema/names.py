"""What names in class bodies stand for, read from the facts alone: no inference, so that inference may ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from archlint.ir import nodes as ir
from archlint.ir.builder import dotted
from archlint.ir.module import Flag
from archlint.project.schema.model import Place
from archlint.project.symbols import ClassDefinition, FunctionDefinition, Module, Symbols, Variable
from archlint.project.tree import nested_class
from archlint.source import Role

if TYPE_CHECKING:
    from archlint.project.project import Project


Resolved = ClassDefinition | FunctionDefinition | Variable | str
_MAX_DEPTH = 12


class Names:
    """Finds what expressions of declarations stand for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lines: dict[ClassDefinition, tuple[ClassDefinition | str, ...]] = {}

    @property
    def symbols(self) -> Symbols:
        """Return the names of all files."""
        return self.project.symbols

    def resolved(self, node: ir.Expr, module: Module, depth: int = 0) -> Resolved:
        """Return the definition that a chain of names stands for, its name in a library, or "" for anything else."""
        if isinstance(node, ir.Subscript):
            return self.resolved(node.value, module, depth)
        name = dotted(node)
        if "?" in name or depth > _MAX_DEPTH:
            return ""
        parts = name.split(".")
        found = self.symbols.member(module, parts)
        if isinstance(found, ClassDefinition | FunctionDefinition | Variable):
            return found
        for size in range(len(parts) - 1, 0, -1):
            owner = self.symbols.member(module, parts[:size])
            if isinstance(owner, Variable):
                made = self.made_by(owner, depth + 1)
                return f"{made}().{'.'.join(parts[size:])}" if made else ""
        return self.symbols.declared(module, name)

    def name(self, node: ir.Expr, module: Module) -> str:
        """Return the qualified name of what a chain of names stands for."""
        found = self.resolved(node, module)
        if isinstance(found, Variable):
            return f"{found.module.name}.{found.owner}.{found.name}".replace("..", ".").lstrip(".")
        return found if isinstance(found, str) else found.name

    def callee(self, node: ir.Expr, module: Module, depth: int = 0) -> tuple[Resolved, dict[str, ir.Expr]]:
        """Return what is called, through other names of it, with the keywords that a `partial` of it sets."""
        found = self.resolved(node, module)
        value = self.value_of(found) if isinstance(found, Variable) and depth < _MAX_DEPTH else None
        if not isinstance(found, Variable) or value is None:
            return found, {}
        if isinstance(value, ir.Name | ir.Attribute):
            return self.callee(value, found.module, depth + 1)
        if isinstance(value, ir.Call) and value.args and self.name(value.func, found.module) == "functools.partial":
            inner, words = self.callee(value.args[0], found.module, depth + 1)
            return inner, {**words, **self.words(value, found.module)}
        return found, {}

    def decorators(self, definition: ClassDefinition) -> Iterator[str]:
        """Yield the qualified names of a class's decorators."""
        for node in definition.row.decorators:
            yield self.name(node.func if isinstance(node, ir.Call) else node, definition.module)

    def orm_by_relations(self, definition: ClassDefinition) -> str:
        """Return the ORM of a class that derives from one of an unknown library, by the relations in its body.

        Only models of Django have a `models.ForeignKey`: what a library calls `BaseModel` is one then.
        """
        ancestors = list(self.symbols.ancestors(definition))
        if all(isinstance(one, ClassDefinition) or "." not in one for one in ancestors):
            return ""
        ask = self.project.memo.ask
        found = any(ask("relates", one) for one in ancestors if isinstance(one, ClassDefinition))
        return "django" if found else ""

    def relates(self, definition: ClassDefinition) -> bool:
        """Return whether a class body has a relation of Django's; the answer to the question `relates`."""
        own = definition.module.attributes.get(definition.row.name, ())
        for one in own:
            self._reads(one)
        fields = [name for one in own if (name := self.made_by(one)).startswith("django.db.models.")]
        return any(self.project.knowledge.relation_field(name) is not None for name in fields)

    def _reads(self, variable: Variable) -> None:
        """Note that an answer rests on what a variable is given, and on what the callable there stands for."""
        memo, value = self.project.memo, self.value_of(variable)
        for unit in variable.units:
            memo.read(("source", variable.module, unit.start))
        if isinstance(value, ir.Call):
            memo.read(("declares", variable.module, dotted(value.func)))

    def made_by(self, variable: Variable, depth: int = 0) -> str:
        """Return the qualified name of the callable whose result a variable holds, or ""."""
        value = self.value_of(variable)
        if not isinstance(value, ir.Call):
            return ""
        found = self.resolved(value.func, variable.module, depth)
        if isinstance(found, ClassDefinition):
            ancestors = [one for one in self.symbols.ancestors(found) if isinstance(one, str)]
            return ancestors[0] if ancestors else found.name
        return found if isinstance(found, str) else ""

    def value_of(self, variable: Variable) -> ir.Expr | None:
        """Return the only value that a variable is given, or None."""
        if len(variable.units) != 1:
            return None
        body = self.project.body(variable.units[0])
        return body.value if isinstance(body, ir.Assign) else None

    def text(self, node: ir.Expr | None, module: Module, depth: int = 0) -> str | None:
        """Return the text of a literal or of a constant, or None."""
        if isinstance(node, ir.Text):
            return node.value
        if isinstance(node, ir.Format):
            parts = [self.text(part, module, depth + 1) for part in node.parts] if depth < _MAX_DEPTH else [None]
            return None if None in parts else "".join(part for part in parts if part is not None)
        if isinstance(node, ir.Call) and len(node.args) == 1:  # quoted_name("x"), _("x")
            return self.text(node.args[0], module, depth + 1) if depth < _MAX_DEPTH else None
        if not isinstance(node, ir.Name | ir.Attribute) or depth > _MAX_DEPTH:
            return None
        if isinstance(node, ir.Attribute) and node.name == "__tablename__":
            owner = self.resolved(node.value, module)
            found: object = self._of_class(owner, node.name)
        else:
            found = self.symbols.member(module, dotted(node).split("."))
        return self.text(self.value_of(found), found.module, depth + 1) if isinstance(found, Variable) else None

    def _of_class(self, owner: Resolved, name: str) -> Variable | None:
        return owner.module.variables.get(f"{owner.row.name}.{name}") if isinstance(owner, ClassDefinition) else None

    def items(self, node: ir.Expr | None, module: Module, depth: int = 0) -> tuple[ir.Expr, ...]:
        """Return the items of a display, of displays joined by `+`, or of a constant that holds one."""
        if node is None or depth > _MAX_DEPTH:
            return ()
        if isinstance(node, ir.Collection):
            parts = [self._starred(item, module, depth) for item in node.items]
            return tuple(item for part in parts for item in part)
        if isinstance(node, ir.Binary) and node.op == "+":
            return (*self.items(node.left, module, depth + 1), *self.items(node.right, module, depth + 1))
        found = self.resolved(node, module) if isinstance(node, ir.Name | ir.Attribute) else ""
        return self.items(self.value_of(found), found.module, depth + 1) if isinstance(found, Variable) else ()

    def _starred(self, item: ir.Expr, module: Module, depth: int) -> tuple[ir.Expr, ...]:
        return self.items(item.value, module, depth + 1) if isinstance(item, ir.Starred) else (item,)

    def texts(self, node: ir.Expr | None, module: Module) -> tuple[str, ...]:
        """Return the texts of a display; what is none is left out."""
        found = (self.text(item, module) for item in self.items(node, module))
        return tuple(one for one in found if one is not None)

    def number(self, node: ir.Expr | None, module: Module | None, depth: int = 0) -> int | None:
        """Return the integer of a literal or of a constant, or None."""
        if isinstance(node, ir.Constant):
            return node.value if type(node.value) is int else None
        if module is None or depth > _MAX_DEPTH or not isinstance(node, ir.Name | ir.Attribute):
            return None
        found = self.resolved(node, module)
        return self.number(self.value_of(found), found.module, depth + 1) if isinstance(found, Variable) else None

    def words(self, call: ir.Call, module: Module, owner: ClassDefinition | None = None) -> dict[str, ir.Expr]:
        """Return the keywords of a call, with those of `**words` where that is a constant of the class or module."""
        found: dict[str, ir.Expr] = {}
        for word in call.keywords:
            if word.name is not None:
                found[word.name] = word.value
            else:
                found.update(self._mapping(word.value, module, owner))
        return found

    def _mapping(self, node: ir.Expr, module: Module, owner: ClassDefinition | None) -> dict[str, ir.Expr]:
        if isinstance(node, ir.Name):
            own = owner.module.variables.get(f"{owner.row.name}.{node.id}") if owner is not None else None
            found = own or self.symbols.member(module, [node.id])
            value = self.value_of(found) if isinstance(found, Variable) else None
        else:
            value = node
        if isinstance(value, ir.Call) and dotted(value.func) == "dict":
            return {word.name: word.value for word in value.keywords if word.name is not None}
        if not isinstance(value, ir.Mapping):
            return {}
        pairs = zip(value.keys, value.values, strict=True)
        return {key.value: item for key, item in pairs if isinstance(key, ir.Text)}

    def returned(self, definition: FunctionDefinition) -> ir.Expr | None:
        """Return the only expression that a function returns, or that the local name it returns is given, or None."""
        node = self.project.function_node(definition)
        body = node.body if node is not None else ()
        found = [one.value for one in body if isinstance(one, ir.Return)]
        value = found[0] if len(found) == 1 else None
        if not isinstance(value, ir.Name):
            return value
        given = [one.value for one in body if isinstance(one, ir.Assign) and _binds(one, value.id)]
        return given[0] if len(given) == 1 else None

    def mapped(self, orm: str) -> tuple[ClassDefinition, ...]:
        """Return the classes of an ORM's models outside of tests, in the order of the files."""
        return tuple(self._mapped.get(orm, ()))

    @cached_property
    def _mapped(self) -> dict[str, list[ClassDefinition]]:
        found: defaultdict[str, list[ClassDefinition]] = defaultdict(list)
        for one in self.candidates():
            verbs = self.project.orm_of(one)
            if verbs is not None:
                found[verbs.name].append(one)
        return dict(found)

    def candidates(self) -> Iterator[ClassDefinition]:
        """Yield the classes outside of tests that may be models, in the order of the files."""
        for module in self.project.modules:
            if module.role in (Role.PRODUCTION, Role.SETTINGS):
                yield from (one for one in module.classes.values() if one.row.bases)

    def line(self, definition: ClassDefinition) -> tuple[ClassDefinition | str, ...]:
        """Return a class and its ancestors in the order in which Python looks up attributes."""
        if definition not in self._lines:
            self._lines[definition] = self._linearised(definition, 0) or tuple(self.symbols.ancestors(definition))
        return self._lines[definition]

    def _linearised(self, definition: ClassDefinition | str, depth: int) -> tuple[ClassDefinition | str, ...]:
        if isinstance(definition, str):
            return (definition,)
        if depth > _MAX_DEPTH:
            return ()
        bases = list(self.symbols.bases(definition))
        merged = _merged([*[list(self._linearised(base, depth + 1)) for base in bases], bases])
        return () if merged is None else (definition, *merged)

    def classes(self, definition: ClassDefinition) -> Iterator[ClassDefinition]:
        """Yield a class and its ancestors in the project, nearest first."""
        yield from (one for one in self.line(definition) if isinstance(one, ClassDefinition))

    def statements(
        self, definition: ClassDefinition, functions: Container[str] = ()
    ) -> Iterator[tuple[Place, ir.Stmt]]:
        """Yield the statements of a class body, of its functions those with some names."""
        for index in definition.row.units:
            unit = definition.module.facts.units[index]
            is_own = unit.owner == definition.row.name
            if is_own and unit.flags & Flag.FUNCTION and unit.name not in functions:
                continue
            body = self.project.body(unit)
            if is_own:
                yield Place(definition.module, unit, body), body
                continue
            # A class in a class is a part of the unit around it.
            nested = nested_class(body, definition.row.name.removeprefix(f"{unit.owner}.").split("."))
            for statement in nested.body if nested is not None else ():
                yield Place(definition.module, unit, statement), statement


def _binds(statement: ir.Assign, name: str) -> bool:
    return any(isinstance(target, ir.Name) and target.id == name for target in statement.targets)


def lower_name(definition: ClassDefinition) -> str:
    """Return the name of a class as ORMs write it into names."""
    return definition.row.name.rpartition(".")[2].lower()


def _merged(lines: list[list[ClassDefinition | str]]) -> list[ClassDefinition | str] | None:
    """Return the C3 merge of the lines of the bases, or None where they contradict each other."""
    found: list[ClassDefinition | str] = []
    lines = [line for line in lines if line]
    while lines:
        head = next((line[0] for line in lines if not any(line[0] in other[1:] for other in lines)), None)
        if head is None:
            return None
        found.append(head)
        lines = [rest for line in lines if (rest := line[1:] if line[0] == head else line)]
    return found
