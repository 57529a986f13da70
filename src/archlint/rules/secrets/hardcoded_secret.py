"""ARC501: a secret stands in the code or in a configuration file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archlint.diagnostic import Applicability, Edit, Fix
from archlint.ir.module import Flag
from archlint.rule import Rule, Trigger
from archlint.secrets.judge import Tier, judge
from archlint.secrets.masking import may_be_secret
from archlint.secrets.scout import has_candidate
from archlint.secrets.slots import Container
from archlint.source import Kind
from archlint.syntax import cst
from archlint.syntax.config_slots import config_slots
from archlint.syntax.python_slots import environment_read, literal_slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archlint.diagnostic import Diagnostic
    from archlint.secrets.judge import Verdict
    from archlint.secrets.slots import Slot
    from archlint.source import SourceFile
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext

rule = Rule("ARC501")

_CONFIG_KINDS = (
    Kind.YAML, Kind.JSON, Kind.TOML, Kind.INI, Kind.PROPERTIES, Kind.ENV, Kind.DOCKERFILE, Kind.PEM,
)  # fmt: skip
_LONGEST_PLACE = 80
_PLACE = re.compile(r"[^\x00-\x1f`]+")
_VARIABLE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_GETTERS = frozenset({"os.getenv", "os.environ.get"})


@rule.python(Trigger(flags=Flag.SECRET))
def literal(
    node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, ctx: PythonContext
) -> Iterator[Diagnostic]:
    """Report a literal that is a secret by its own form, or that a secret's name leads to."""
    slot = literal_slot(node, ctx)
    if slot is None or not may_be_secret(slot.name, slot.value):
        return
    verdict = judge(slot, ctx.role)
    if verdict is not None:
        fix = _fix(node, slot, ctx) if verdict.length == len(slot.value) else None
        yield _diagnostic(slot, verdict, ctx.source, fix, ctx.scope)


@rule.config(*_CONFIG_KINDS)
def configured(file: ConfigFile, ctx: ConfigContext) -> Iterator[Diagnostic]:
    """Report a value of a configuration file that is a secret by its own form, or by the key above it."""
    if not has_candidate(file.source.text):
        return
    for slot in config_slots(file):
        # The judge knows the shapes of a hundred tokens; most values are words, which a look tells.
        verdict = judge(slot, ctx.role) if may_be_secret(slot.name, slot.value) else None
        if verdict is not None:
            yield _diagnostic(slot, verdict, file.source)


def _diagnostic(
    slot: Slot, verdict: Verdict, source: SourceFile, fix: Fix | None = None, scope: str = ""
) -> Diagnostic:
    first_line_end = source.starts[source.line_at(slot.start)] - 1 if _is_multi_line(slot, source) else slot.end
    return rule.at(
        source.span(slot.start, max(slot.start, min(slot.end, first_line_end))),
        _message(slot, verdict),
        confidence=verdict.confidence,
        fix=fix,
        scope=scope,
        anchor=f"{verdict.description}:{_place(slot)}:{verdict.digest}",
    )


def _is_multi_line(slot: Slot, source: SourceFile) -> bool:
    return source.line_at(slot.start) != source.line_at(slot.end)


def _message(slot: Slot, verdict: Verdict) -> str:
    """Return what stands where: never the value, at most the public prefix of its format."""
    what, place = _described(verdict), _place(slot)
    if not place:
        return f"{what} stands here"
    if slot.container is Container.FALLBACK:
        return f"`{place}` falls back to {what} where it is not set"
    if slot.container is Container.COMPARISON:
        return f"`{place}` is compared with {what}"
    return f"`{place}` holds {what}"


def _described(verdict: Verdict) -> str:
    """Return a noun phrase: `a hard-coded password (24 characters)`, `a GitHub token (`ghp_…`, checksum holds)`."""
    if not verdict.prefix:
        return f"a hard-coded {verdict.description} ({verdict.length} characters)"
    article = "an" if verdict.description[0] in "AEIOaeio" else "a"
    proof = ", checksum holds" if verdict.tier is Tier.CERTAIN else ""
    return f"{article} {verdict.description} (`{verdict.prefix}…`{proof})"


def _place(slot: Slot) -> str:
    """Return the place as the code writes it; nothing where a name in it may itself be a secret."""
    shown = slot.shown or ".".join(slot.path)
    is_fit = len(shown) <= _LONGEST_PLACE and _PLACE.fullmatch(shown) and not may_be_secret(None, shown)
    return shown if is_fit else ""


def _fix(node: cst.CSTNode, slot: Slot, ctx: PythonContext) -> Fix | None:
    """Return the suggestion to read the value from the environment, where the place has a name to read it by."""
    if slot.container is Container.FALLBACK:
        return _without_fallback(ctx)
    parent = ctx.ancestors[-1]
    is_alone = isinstance(parent, cst.Assign | cst.AnnAssign | cst.Arg | cst.DictElement)
    variable = "_".join(_VARIABLE.sub("_", slot.name).upper().split("_"))
    if not is_alone or not variable.isidentifier() or slot.container is Container.PARAMETER or _is_bytes(node):
        return None
    return _reading(variable, slot.start, slot.end)


def _without_fallback(ctx: PythonContext) -> Fix | None:
    """Return the suggestion to let a missing variable fail, for the standard library's two getters."""
    for outer in reversed(ctx.ancestors):
        if isinstance(outer, cst.Call):
            name = environment_read(outer)
            span = ctx.span(outer)
            is_getter = ctx.resolve(outer.func) in _GETTERS and name.isidentifier()
            return _reading(name, span.start, span.end) if is_getter else None
    return None


def _reading(variable: str, start: int, end: int) -> Fix:
    title = f"read `{variable}` from the environment, without a default (needs `import os`)"
    return Fix(title, (Edit(start, end, f'os.environ["{variable}"]'),), Applicability.SUGGESTED)


def _is_bytes(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and "b" in node.prefix.lower()
