"""The one call of libcst's parser: guarded before, its errors in the standard library's words after."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from archlint.ir.guard import unsafe_for_cst

if TYPE_CHECKING:
    import libcst as cst

_UNSURE = ("invalid syntax", "expected '('", "expected ':'", "multiple exception types", "f-string")
"""What `ast` says about grammar that is newer than the interpreter."""


def parse(text: str) -> cst.Module:
    """Return the tree of a text.

    Raises `SyntaxError` where libcst cannot parse it, with the position that is known best, and `ValueError` where
    libcst must not be given it.
    """
    import libcst as cst

    if (reason := unsafe_for_cst(text)) is not None:
        raise ValueError(reason)
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise _located(text, error.raw_line, error.raw_column + 1) from None
    except (cst.CSTValidationError, cst.CSTLogicError):
        # Bytes beside text, an empty name: the parser passes it, the nodes refuse it without a place.
        raise _located(text, 1, 1) from None
    except BaseException as error:
        # A panic of the native parser is no `Exception`, and libcst has no public name for it.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("libcst cannot parse it") from None


def _located(text: str, line: int, column: int) -> SyntaxError:
    """Return the error with the better position: libcst puts whatever its tokenizer refuses at the file's start."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as known:
        # Newer grammar stops `ast` early; where libcst came further, that was not the error.
        # libcst may name the line behind the one that it refuses.
        went_further = line > (known.lineno or 0) + 1 and known.msg.startswith(_UNSURE)
        if not went_further:
            return SyntaxError(known.msg, (None, known.lineno, known.offset, None))
    except (ValueError, MemoryError, RecursionError):
        pass
    return SyntaxError("invalid syntax", (None, line, column, None))
