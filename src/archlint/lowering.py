"""From the text of a file to its facts, or to what says why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archlint.diagnostic import Diagnostic
from archlint.ir.migration import ScriptFacts
from archlint.ir.module import ModuleFacts, encode_facts
from archlint.ir.packing import TooManyFactsError
from archlint.ir.template import TemplateFacts
from archlint.rules.tool.skipped_file import skipped_file
from archlint.rules.tool.syntax_error import syntax_error
from archlint.source import Kind, Role, SourceFile

if TYPE_CHECKING:
    from archlint.syntax.sql_statement import ParsedSql

_OWN_ROLES = frozenset({Role.PRODUCTION, Role.COMMAND, Role.GENERATED})


def lower(source: SourceFile, module_name: str, *, is_package: bool) -> tuple[ModuleFacts | None, Diagnostic | None]:
    """Return the facts of a Python file, or the diagnostic that says why there are none.

    A file that this interpreter's grammar refuses may be written in a newer one: libcst reads it then.
    """
    from archlint.ir import lower_ast

    try:
        return lower_ast.lower_module(source, module_name, is_package=is_package), None
    except (RecursionError, MemoryError):
        return None, skipped_file(source.path, "nested too deeply to analyse")
    except (SyntaxError, ValueError) as error:
        return _lower_newer(source, module_name, is_package=is_package, refusal=error)


def _lower_newer(
    source: SourceFile, module_name: str, *, is_package: bool, refusal: SyntaxError | ValueError
) -> tuple[ModuleFacts | None, Diagnostic | None]:
    from archlint.ir import lower_cst, lower_mixed

    try:
        return lower_mixed.lower_module(source, module_name, is_package=is_package), None
    except (RecursionError, MemoryError, SyntaxError, ValueError):
        pass  # what is wrong is said of the whole file
    try:
        return lower_cst.lower_module(source, module_name, is_package=is_package), None
    except RecursionError:
        return None, skipped_file(source.path, "nested too deeply to analyse")
    except SyntaxError as error:
        return None, syntax_error(source, error.lineno or 1, error.offset or 1, error.msg)
    except ValueError as reason:
        # libcst cannot say whether it is wrong or only newer; what this interpreter said of its grammar counts.
        if isinstance(refusal, SyntaxError):
            return None, syntax_error(source, refusal.lineno or 1, refusal.offset or 1, refusal.msg)
        return None, skipped_file(source.path, str(reason))


def template(source: SourceFile) -> TemplateFacts | None:
    """Return the facts of a template, None for other files and for texts that only look like one."""
    if source.kind is not Kind.TEMPLATE:
        return None
    from archlint.ir.lower_template import lower_template

    facts = lower_template(source.path, source.text)
    return None if facts.is_empty else facts


def concerns_tables(source: SourceFile) -> bool:
    """Return whether a .sql file may change the tables of the project or ask for their rows: those of tests do not."""
    from archlint.syntax.sql_script import may_concern_tables

    return source.role is Role.MIGRATION or (source.role in _OWN_ROLES and may_concern_tables(source.text, source.path))


def script(source: SourceFile, parsed: ParsedSql) -> ScriptFacts:
    """Return what a .sql file does to a schema."""
    from archlint.syntax.sql_script import script as facts_of

    return facts_of(source, parsed)


def encoded(facts: ModuleFacts) -> tuple[bytes | None, str]:
    """Return facts as bytes, or why there are none."""
    try:
        return encode_facts(facts), ""
    except TooManyFactsError as error:
        return None, str(error)
    except RecursionError:
        return None, "nested too deeply to analyse"
