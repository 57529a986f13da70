"""What a rule is: a code and its checks. A check is a stateless generator of diagnostics.

A check's first parameter says what it wants to see: the annotation `cst.Call`, `exp.Update | exp.Delete`
is the dispatch key. Annotations are read as text, so that naming a node type imports no parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from archlint.diagnostic import Confidence, Diagnostic, Fix, Related, Severity, Span
from archlint.ir.module import Flag
from archlint.source import QUIET_ROLES

if TYPE_CHECKING:
    import libcst
    import sqlglot.expressions

    from archlint.knowledge import Knowledge
    from archlint.project.context import ProjectContext
    from archlint.project.project import Project, UnitPlace
    from archlint.project.symbols import Module
    from archlint.source import Kind, Role
    from archlint.syntax.config import ConfigContext, ConfigFile
    from archlint.syntax.python import PythonContext
    from archlint.syntax.sql import SqlContext

Found = Iterator[Diagnostic]
CstNode = TypeVar("CstNode", bound="libcst.CSTNode")
SqlNode = TypeVar("SqlNode", bound="sqlglot.expressions.Expression")
_NODE_TYPE = re.compile(r"(?:cst|exp)\.(\w+)")


class Trigger(msgspec.Struct, frozen=True):
    """Which units deserve a CST: those with all `flags` and, where `calls` is given, a call of one of its names.

    `calls` maps the knowledge to the qualified names that matter, so that the decision needs no tree.
    In files of tests, and in those that nobody here writes, a unit needs the flags `in_tests` as well.
    """

    flags: Flag = Flag.NONE
    calls: Callable[[Knowledge], Container[str]] | None = None
    in_tests: Flag = Flag.NONE

    def flags_in(self, role: Role) -> int:
        """Return the flags that a unit of a file with this role needs."""
        return int(self.flags | self.in_tests if role in QUIET_ROLES else self.flags)


SECRETS = Trigger(Flag.SECRET, in_tests=Flag.PROVEN)
"""What the rules about secrets in code want to see."""


class Check(msgspec.Struct, frozen=True):
    """One function of a rule and the names of the node types (or the kinds of files) it wants to see."""

    function: Callable[..., Any]
    node_types: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    trigger: Trigger = msgspec.field(default_factory=Trigger)


class Units(msgspec.Struct, frozen=True):
    """What looks at a project unit by unit, and which units deserve a look, as their index tells.

    Those with all `flags` that read or call one of the `attributes` and of the `names`, where these are given; of
    `modules` where these are. What is looked for with what is looked up once belongs into `look` as well.
    What a local look finds lies in the file of the unit, so that it is not taken for a report on other files.
    """

    look: Callable[[UnitPlace], Iterable[Diagnostic]]
    flags: Flag = Flag.NONE
    attributes: frozenset[str] = frozenset()
    names: frozenset[str] | None = None
    modules: Container[Module] | None = None
    is_local: bool = True


class Rule(msgspec.Struct, frozen=True):
    """A thing that can be reported. Checks register when the rule's module is imported, and never again."""

    code: str
    python_checks: list[Check] = msgspec.field(default_factory=list)
    sql_checks: list[Check] = msgspec.field(default_factory=list)
    config_checks: list[Check] = msgspec.field(default_factory=list)
    project_checks: list[Check] = msgspec.field(default_factory=list)
    unit_checks: list[Check] = msgspec.field(default_factory=list)

    @property
    def is_linked(self) -> bool:
        """Return whether the rule looks at the linked project."""
        return bool(self.project_checks or self.unit_checks)

    @property
    def only_secrets(self) -> bool:
        """Return whether the rule looks at nothing but what may be a secret, and at one file at a time."""
        is_about_others = self.sql_checks or self.is_linked or (self.config_checks and not self.python_checks)
        return not is_about_others and all(check.trigger == SECRETS for check in self.python_checks)

    def python(
        self, trigger: Trigger
    ) -> Callable[[Callable[[CstNode, PythonContext], Found]], Callable[[CstNode, PythonContext], Found]]:
        """Register a check of CST nodes, in the units that the trigger selects."""

        def register(check: Callable[[CstNode, PythonContext], Found]) -> Callable[[CstNode, PythonContext], Found]:
            self.python_checks.append(Check(check, _node_types(check), trigger=trigger))
            return check

        return register

    def sql(self, check: Callable[[SqlNode, SqlContext], Found]) -> Callable[[SqlNode, SqlContext], Found]:
        """Register a check of SQL nodes, in .sql files and in strings that reach a database."""
        self.sql_checks.append(Check(check, _node_types(check)))
        return check

    def config(
        self, *kinds: Kind
    ) -> Callable[[Callable[[ConfigFile, ConfigContext], Found]], Callable[[ConfigFile, ConfigContext], Found]]:
        """Register a check of whole configuration files of some kinds."""

        def register(
            check: Callable[[ConfigFile, ConfigContext], Found],
        ) -> Callable[[ConfigFile, ConfigContext], Found]:
            self.config_checks.append(Check(check, kinds=kinds))
            return check

        return register

    def project(self, check: Callable[[Project, ProjectContext], Found]) -> Callable[[Project, ProjectContext], Found]:
        """Register a check of the linked project as a whole."""
        self.project_checks.append(Check(check))
        return check

    def units(self, check: Callable[[Project, ProjectContext], Units]) -> Callable[[Project, ProjectContext], Units]:
        """Register what looks at the linked project unit by unit: what rules find out about a unit, they share."""
        self.unit_checks.append(Check(check))
        return check

    def at(  # noqa: PLR0913 - the fields of a diagnostic
        self,
        span: Span,
        message: str,
        *,
        confidence: Confidence = Confidence.HIGH,
        related: tuple[Related, ...] = (),
        flow: tuple[Related, ...] = (),
        fix: Fix | None = None,
        scope: str = "",
        anchor: str = "",
        in_request: bool = False,
        tables: tuple[str, ...] = (),
        at_most: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Return a diagnostic of this rule; lone surrogates in its texts are escaped, since nothing can encode them."""
        return Diagnostic(
            self.code,
            span,
            _encodable(message),
            confidence,
            related,
            flow,
            fix,
            scope,
            _encodable(anchor),
            in_request,
            tables,
            at_most,
        )


def _encodable(text: str) -> str:
    """Return a text that can be stored and sent."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _node_types(check: Callable[..., Any]) -> tuple[str, ...]:
    """Return the node types that a check's first parameter names; raises `TypeError` where there is none."""
    first = next(iter(check.__annotations__.values()), "")
    names = tuple(_NODE_TYPE.findall(str(first)))
    if not names:
        message = f"{check.__qualname__}: annotate the first parameter with the node types, as in `cst.Call`"
        raise TypeError(message)
    return names
