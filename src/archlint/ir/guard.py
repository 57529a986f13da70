"""Keep text from libcst on which its native parser would crash, hang or fill the memory.

libcst parses by recursive descent in native code and clones what it remembers: a few thousand nested brackets end the
process, a mapping pattern takes four times as long with each level. The limits below were measured, with room to spare.
Text that libcst's tokenizer refuses (an open string, a stray quote) never reaches its parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MAX_CHARACTERS = 1_000_000
_MAX_DEPTH = 150
_MAX_PREFIXES = 150
_MAX_OPERATORS = 2_000
_MAX_TRAILERS = 500
_MAX_RIGHT = 300
_MAX_ELIFS = 500
_MAX_PATTERN_DEPTH, _MAX_PATTERN_STEPS = 8, 250_000
_MAX_LINE_TOKENS, _MAX_VOLUME = 50_000, 300_000
_SHORT = 4_000

_TOKEN = re.compile(
    r"[ \t\f]*(?:"
    r"(?P<quote>(?:[bB][rR]?|[rR][bBfFtT]?|[fFtT][rR]?|[uU])?(?:'''|\"\"\"|'|\"))"
    r"|(?P<number>0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9][0-9_]*)?[jJ]?)"
    r"|(?P<name>\.?[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"|(?P<newline>\r\n|\r|\n)"
    r"|(?P<open>[(\[{])"
    r"|(?P<close>[)\]}])"
    r"|(?P<comma>[,;])"
    r"|(?P<blank>#[^\r\n]*|\\(?:\r\n|\r|\n))"
    r"|(?P<operator>\*\*=?|//=?|>>=?|<<=?|->|:=|\.\.\.|[-+*/%&|^@<>=!]=?|.)"
    r")",
    re.DOTALL,
)
_STRING_TEXT = {
    "'": re.compile(r"\\(?:\r\n|.)|['\r\n]", re.DOTALL),
    '"': re.compile(r'\\(?:\r\n|.)|["\r\n]', re.DOTALL),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    '"""': re.compile(r'\\.|"""', re.DOTALL),
}
_FORMAT_TEXT = re.compile(r"\{\{|\}\}|\\N\{|\\(?![{}])(?:\r\n|.)|[{}'\"\r\n]", re.DOTALL)
_RAW_FORMAT_TEXT = re.compile(r"\{\{|\}\}|\\(?![{}])(?:\r\n|.)|[{}'\"\r\n]", re.DOTALL)
_SPEC_TEXT = re.compile(r"\\(?![{}])(?:\r\n|.)|[{}'\"]", re.DOTALL)
_KEYWORDS = frozenset({"and", "or", "in", "is", "if", "for", "else", "not", "lambda"})
_RIGHT = frozenset({"else", "lambda", "**", ":="})
_LIGHTER = frozenset({"newline", "comma", "close"})
_PATTERN_FACTOR = {"(": 4, "[": 2, "{": 4, ")": 4, "]": 2, "}": 4}


def unsafe_for_cst(text: str) -> str | None:
    """Return in a short phrase why libcst must not parse a text, None where it may; linear in the text's length."""
    if len(text) > _MAX_CHARACTERS:
        return "larger than 1 MB"
    return None if _is_plain(text) else _Scanner(text).reason()


def _is_plain(text: str) -> bool:
    """Tell from bare counts that no limit can be passed; what stands in strings and comments is counted too."""
    if len(text) > _SHORT:
        return False
    opened = text.count("(") + text.count("[") + text.count("{")
    return (
        opened <= _MAX_DEPTH
        and (opened + 1) * len(text) <= _MAX_VOLUME
        and opened + text.count(".") <= _MAX_TRAILERS
        and text.count("-") + text.count("+") + text.count("~") + text.count("not") <= _MAX_PREFIXES
        and text.count("lambda") + text.count("else") + text.count("**") + text.count(":=") <= _MAX_RIGHT
        and (opened <= _MAX_PATTERN_DEPTH or "case" not in text or "match" not in text)
    )


class _Scanner:
    """One pass over the tokens of a text.

    It counts along the path from the root of the tree: brackets, operators, trailers and what nests to the right, each
    with what stands around it. A comma starts again at what the bracket around it began with.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.load = (0, 0, 0)
        """Operators, trailers and right-nested constructs around the current word."""
        self.stack = [self.load]
        self.headers = [0]
        """For each open bracket how many `lambda` in it still wait for their colon: a comma there ends nothing."""
        self.formats: list[str] = []
        self.holes: list[tuple[int, bool]] = []
        """For each open hole of an f-string its depth, and whether it stands in a format specification."""
        self.after_operand = False
        self.prefixes = 0
        self.volume = self.line_tokens = 0
        self.starts_line, self.line_start = True, 0
        self.elifs: dict[int, int] | None = {} if text.count("elif") > _MAX_ELIFS else None
        self.branches = 0
        self.has_match = self.in_pattern = False
        self.pattern_factor, self.pattern_steps = 1, 0

    def reason(self) -> str | None:
        """Return the first limit that is passed, None where there is none."""
        act: dict[str | None, Callable[[str], None]] = {
            "quote": self._quote, "number": self._operand, "name": self._name, "newline": self._newline,
            "open": self._open, "close": self._close, "comma": self._comma, "operator": self._operator,
        }  # fmt: skip
        match, text = _TOKEN.match, self.text
        while (found := match(text, self.position)) is not None:
            self.position = found.end()
            kind = found.lastgroup
            if kind == "blank":
                continue
            if self.starts_line and kind != "newline":
                self._start_line(found[kind or 0], found.start(kind or 0))
            self.volume += len(self.stack)
            self.line_tokens += 1
            act[kind](found[kind or 0])
            if kind not in _LIGHTER and (why := self._passed()) is not None:
                return why
        return self._passed()

    def _passed(self) -> str | None:
        """Add what the current token costs by its place, and return the limit that is passed."""
        operators, trailers, right = self.load
        self.volume += right + self.prefixes + (operators + 2 * trailers) // 16
        if len(self.stack) > _MAX_DEPTH + 1 or self.prefixes > _MAX_PREFIXES or right > _MAX_RIGHT:
            return "nested too deeply"
        if operators > _MAX_OPERATORS or trailers > _MAX_TRAILERS:
            return "too long a chain of operators or calls"
        if self.pattern_steps > _MAX_PATTERN_STEPS:
            return "patterns nested too deeply"
        if self.line_tokens > _MAX_LINE_TOKENS or self.volume > _MAX_VOLUME:
            return "too many tokens"
        if self.branches > _MAX_ELIFS:
            return "too many branches"
        return None

    def _start_line(self, word: str, start: int) -> None:
        self.starts_line = False
        self.in_pattern = word == "case" and self.has_match
        self.pattern_factor = 1
        self.has_match = self.has_match or word == "match"
        if self.elifs is not None:
            column = len(self.text[self.line_start : start].expandtabs())
            ended = column if word not in {"elif", "else"} else column + 1
            self.elifs = {indent: count for indent, count in self.elifs.items() if indent < ended}
            if word == "elif":
                self.elifs[column] = self.elifs.get(column, 0) + 1
            self.branches = sum(self.elifs.values())

    def _newline(self, _word: str) -> None:
        if len(self.stack) > 1:
            return
        self.load, self.after_operand, self.prefixes, self.line_tokens = self.stack[0], False, 0, 0
        self.headers[0] = 0
        self.starts_line, self.line_start, self.in_pattern = True, self.position, False

    def _operand(self, _word: str = "") -> None:
        if self.after_operand:
            # Two strings, or a keyword in front: `"a" "b"`, `1or 2`.
            self._deepen(operators=1)
        self.after_operand, self.prefixes = True, 0

    def _name(self, word: str) -> None:
        if word in _KEYWORDS:
            self._operator(word)
            return
        dots = word.count(".")
        if word[0] != ".":
            self._operand()
        if dots:
            self._deepen(trailers=dots)
            self.volume += dots * (len(self.stack) + self.load[1] // 8)
        self.after_operand, self.prefixes = True, 0

    def _deepen(self, *, operators: int = 0, trailers: int = 0, right: int = 0) -> None:
        load = self.load
        self.load = (load[0] + operators, load[1] + trailers, load[2] + right)

    def _operator(self, word: str) -> None:
        if self.holes and self.holes[-1][0] == len(self.stack) and word in {":", ":="}:
            self._spec_text(self.position)
            return
        if word == "...":
            self._operand()
            return
        if word == "." and self.after_operand:
            self._deepen(trailers=1)
        elif self.after_operand:
            self.load = (self.load[0] + 1, self.stack[-1][1], self.load[2])
        else:
            self.prefixes += 1
            self._deepen(operators=1)  # each step of a chain copies what stands before it, prefixes too
        if word in _RIGHT:
            self._deepen(right=1)
        if word == "lambda":
            self.headers[-1] += 1
        elif word == ":" and self.headers[-1]:
            self.headers[-1] -= 1
        if len(self.stack) == 1 and word in {":", "if"}:
            self.in_pattern = False
        self.after_operand = False

    def _comma(self, _word: str) -> None:
        if not self.headers[-1]:
            self.load = self.stack[-1]
        self.after_operand, self.prefixes = False, 0

    def _open(self, word: str) -> None:
        if self.after_operand:
            self._deepen(trailers=1)
        self.stack.append(self.load)
        self.headers.append(0)
        if self.in_pattern:
            self.pattern_factor *= _PATTERN_FACTOR[word]
            self.pattern_steps += self.pattern_factor
        self.after_operand, self.prefixes = False, 0

    def _close(self, word: str) -> None:
        if self.holes and self.holes[-1][0] == len(self.stack):
            if word == "}":
                self._close_hole()
            return
        if len(self.stack) > 1:
            self.load = self.stack.pop()
            self.headers.pop()
        if self.in_pattern:
            self.pattern_factor = max(1, self.pattern_factor // _PATTERN_FACTOR[word])
        self.after_operand, self.prefixes = True, 0

    def _quote(self, word: str) -> None:
        prefix = word.rstrip("'\"").lower()
        quote = word[len(prefix) :]
        if "f" in prefix or "t" in prefix:
            self.formats.append(word)
            self._format_text()
            return
        for found in _STRING_TEXT[quote].finditer(self.text, self.position):
            if found[0] == quote:
                self.position = found.end()
                self._operand()
                return
            if found[0] in "\r\n":
                break
        self._give_up()

    def _give_up(self) -> None:
        """Read no further: the tokenizer of libcst refuses what stands here."""
        self.position = len(self.text)

    def _format_text(self) -> None:
        """Read the text of an f-string up to its next hole or its end."""
        opening = self.formats[-1]
        quote = opening.lstrip("bBrRfFtTuU")
        pattern = _RAW_FORMAT_TEXT if "r" in opening.lower() else _FORMAT_TEXT
        for found in pattern.finditer(self.text, self.position):
            word = found[0]
            if word == "{":
                self._open_hole(found.end(), in_spec=False)
                return
            if word in "'\"" and self.text.startswith(quote, found.start()):
                self.formats.pop()
                self.position = found.start() + len(quote)
                self._operand()
                return
            if word in "\r\n" and len(quote) == 1:
                break
        self._give_up()

    def _spec_text(self, start: int) -> None:
        """Read a format specification up to a hole in it or its end."""
        quote = self.formats[-1].lstrip("bBrRfFtTuU")
        for found in _SPEC_TEXT.finditer(self.text, start):
            self.position = found.end()
            if found[0] == "{":
                self._open_hole(found.end(), in_spec=True)
                return
            if found[0] == "}":
                self._close_hole()
                return
            if self.text.startswith(quote, found.start()):
                break
        self._give_up()

    def _open_hole(self, position: int, *, in_spec: bool) -> None:
        self.position = position
        self.after_operand = False
        self._open("{")
        self.holes.append((len(self.stack), in_spec))

    def _close_hole(self) -> None:
        _, in_spec = self.holes.pop()
        self.load = self.stack.pop()
        self.headers.pop()
        if in_spec:
            self._spec_text(self.position)
        else:
            self._format_text()
