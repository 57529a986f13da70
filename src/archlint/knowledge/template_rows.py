"""The rows about templates: what draws them, and with what."""

from __future__ import annotations

from archlint.knowledge.rows import Members, Type


class TemplateCall(Members, frozen=True, kw_only=True):
    """Callables that draw a template: of their texts the first is its name, what stands behind it the context.

    `context` is the keyword of the context, "" where all keywords are the context.
    `engine` is `django`, which calls what it can, or `jinja`, which calls what is written as a call.
    """

    engine: str
    context: str = ""


class TemplateView(Type, frozen=True, kw_only=True):
    """A class whose subclasses draw a template: one that `shows` `rows`, a `row` or `nothing` of its model.

    `suffix` follows the name of the model in that of a template that is not named.
    """

    shows: str
    suffix: str = ""
