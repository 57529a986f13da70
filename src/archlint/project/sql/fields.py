"""What `text % values` and `text.format(…)` put where."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from archlint.ir import nodes as ir
from archlint.project.sql.template import Piece, Template, joined

_PERCENT = re.compile(r"(?P<escape>%%)|%(?:\((?P<key>\w+)\))?[#0 +-]{0,5}[\d*]{0,5}(?:\.[\d*]{1,5})?[a-zA-Z]")
_BRACES = re.compile(r"(?P<escape>\{\{|\}\})|\{(?P<key>[\w.\[\]]*)(?:![rsa])?(?::[^{}]*)?\}")


class Field(msgspec.Struct, frozen=True):
    """A place in a text: its region, and the name or number of what is put there ("" for the next one).

    An escape (`%%`, `{{`) stands for its first character; nothing is put there.
    """

    start: int
    end: int
    key: str
    is_escape: bool


class Form(msgspec.Struct, frozen=True):
    """How fields are written, and the values for them; `whole` is the expression that brings those not listed."""

    pattern: re.Pattern[str]
    positional: tuple[ir.Expr, ...]
    named: Mapping[str, ir.Expr]
    whole: ir.Expr

    @classmethod
    def of_percent(cls, node: ir.Binary) -> Form:
        """Return the form of `text % values`."""
        right = node.right
        if isinstance(right, ir.Collection) and right.kind == "tuple":
            return cls(_PERCENT, _before_star(right.items), {}, right)
        if isinstance(right, ir.Mapping):
            pairs = zip(right.keys, right.values, strict=True)
            return cls(_PERCENT, (), {key.value: value for key, value in pairs if isinstance(key, ir.Text)}, right)
        return cls(_PERCENT, (right,), {}, node)

    @classmethod
    def of_braces(cls, node: ir.Call) -> Form:
        """Return the form of `text.format(…)`."""
        named = {word.name: word.value for word in node.keywords if word.name is not None}
        return cls(_BRACES, _before_star(node.args), named, node)

    def fields(self, text: str) -> Iterator[Field]:
        """Yield the fields of a text."""
        for match in self.pattern.finditer(text):
            yield Field(*match.span(), match["key"] or "", match["escape"] is not None)

    def value(self, field: Field, index: int) -> ir.Expr:
        """Return what is put in a field; `index` counts the fields without a key before it."""
        if not field.key or field.key.isdigit():
            number = int(field.key or index)
            return self.positional[number] if number < len(self.positional) else self.whole
        return self.named.get(field.key, self.whole)


def filled(template: Template, fields: Iterable[Field], value_of: Callable[[Field, int], Template]) -> Template:
    """Return a template with its fields replaced by values."""
    parts: list[Template] = []
    done = index = 0
    for field in fields:
        parts.append(template.sliced(done, field.start))
        if field.is_escape:
            written = template.sliced(field.start, field.end).pieces[:1]
            parts.append(Template(tuple(Piece(one.text[:1], one.origin, one.inner) for one in written)))
        else:
            parts.append(value_of(field, index))
            index += not field.key
        done = field.end
    parts.append(template.sliced(done, len(template.text)))
    return joined(parts)


def _before_star(nodes: tuple[ir.Expr, ...]) -> tuple[ir.Expr, ...]:
    """Return the expressions before the first `*`: behind it none has a number."""
    index = next((index for index, node in enumerate(nodes) if isinstance(node, ir.Starred)), len(nodes))
    return nodes[:index]
