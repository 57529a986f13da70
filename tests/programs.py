"""Random Python programs: every construct of the IR, with parentheses, blanks and comments in odd places."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

Text = st.SearchStrategy[str]
_SPACE = st.sampled_from(["", "", " ", "  ", "\t"])
_INNER = st.sampled_from(["", "", " ", "\n", " # (c) @d\n  ", "\n\n\t"])
_NAMES = st.sampled_from(["a", "b", "order", "é", "objects", "password", "_"])
_STRINGS = st.sampled_from(
    [
        "'x'",
        '"é"',
        "'''a\n b'''",
        'r"\\d"',
        "u'x'",
        "'\\n\\x41'",
        "''",
        "'{a}'",
        "'SELECT 1 '",
        "'Hunter2!x9'",
        "'a' \"b\"",
    ]
)
_BYTES = st.sampled_from(["b'x'", "rb'\\d'", "b\"\\xff\" b''"])
_NUMBERS = st.sampled_from(["0", "1", "1_000", "0x1F", "1.5e3", "2j", "9223372036854775808", "True", "None", "..."])


def _formats(inner: Text) -> Text:
    # Before Python 3.12 a hole holds no backslash, no comment and none of the quotes around it.
    holes = inner.filter(lambda text: not set("\\#'\"\n\t{}é:!") & set(text))
    hole = st.builds(
        "{{{}{}{}{}}}".format,
        st.sampled_from(["", " "]),
        holes,
        st.sampled_from(["", "=", " = "]),
        st.sampled_from(["", "!r", ":>3", ":{a}"]),
    )
    parts = st.lists(st.one_of(hole, st.sampled_from(["x", "{{", "}}", "é", "\\n", " "])), max_size=4).map("".join)
    quoted = st.builds("{}'{}'".format, st.sampled_from(["f", "F", "rf", "fR"]), parts)
    return st.one_of(quoted, st.builds("{} 'y' {}".format, quoted, quoted), st.builds("'y' {}".format, quoted))


def _joined(item: Text, *, at_least: int = 0) -> Text:
    return st.lists(st.builds("{}{}".format, _INNER, item), min_size=at_least, max_size=3).map(",".join)


def _calls(inner: Text) -> Text:
    argument = st.one_of(inner, inner.map("*{}".format))
    keyword = st.one_of(st.builds("{}={}".format, _NAMES.filter(str.isidentifier), inner), inner.map("**{}".format))
    positional = st.builds("({}, {}, **b{})".format, argument, inner, _INNER)
    named = st.builds("({}{})".format, keyword, st.sampled_from(["", ",", " ,\n"]))
    generator = st.builds("({} for a in{}{})".format, inner, st.just(" "), inner)
    return st.builds("({}){}{}".format, inner, _SPACE, st.one_of(st.just("()"), positional, named, generator))


def _displays(inner: Text) -> Text:
    items = _joined(st.one_of(inner, inner.map("*({})".format)), at_least=1)
    pairs = _joined(st.one_of(st.builds("({}):{}".format, inner, inner), inner.map("**({})".format)))
    clause = st.builds(
        " for {} in ({}){}".format,
        st.sampled_from(["a", "a, b", "(a)", "a.b"]),
        inner,
        st.sampled_from(["", " if a", " if (a) if b"]),
    )
    clauses = st.lists(clause, min_size=1, max_size=2).map("".join)
    return st.one_of(
        st.builds("[{}{}]".format, items, _INNER),
        st.builds("({},{})".format, items, _INNER),
        st.builds("{{{}}}".format, items),
        st.builds("{{{}{}}}".format, pairs, _INNER),
        st.builds("[{}{}]".format, inner, clauses),
        st.builds("({}{}{})".format, _INNER, inner, clauses),
        st.builds("{{({}):{}{}}}".format, inner, inner, clauses),
    )


def _subscripts(inner: Text) -> Text:
    part = st.one_of(inner, st.just(""))
    piece = st.one_of(
        inner,
        st.builds("{}{}:{}{}".format, part, _SPACE, _SPACE, part),
        st.builds("{}:{}:{}{}".format, part, part, _SPACE, part),
    )
    return st.builds("({})[{}{}{}]".format, inner, _SPACE, piece, st.sampled_from(["", ",", ", a", " , ::b ,"]))


def _operations(inner: Text) -> Text:
    binary = st.sampled_from(
        ["+", " - ", "*", "/", "//", "%", "@", "**", "<<", "|", " and ", " or ", "<", " is not ", " not in ", "=="]
    )
    return st.one_of(
        st.builds("({}{}{}{})".format, inner, binary, _INNER, inner),
        st.builds("({} and {} and {} or {})".format, inner, inner, inner, inner),
        st.builds("({} < {} <= {})".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({}{})".format, st.sampled_from(["-", "not ", "~", "+ "]), inner),
        st.builds("(lambda {}: {})".format, st.sampled_from(["", "a", "a, /, b=1, *c, d=2", "*, a"]), inner),
        st.builds("(a{}:= {})".format, _SPACE, inner),
        inner.map("(yield {})".format),
    )


def _grow(inner: Text) -> Text:
    attributes = st.builds("({}).{}{}".format, inner, _SPACE, _NAMES)
    grouped = st.builds("({}{}{})".format, _INNER, inner, _INNER)
    return st.one_of(
        grouped, attributes, _calls(inner), _displays(inner), _subscripts(inner), _operations(inner), _formats(inner)
    )


EXPRESSIONS: Text = st.recursive(st.one_of(_NAMES, _STRINGS, _BYTES, _NUMBERS), _grow, max_leaves=6)
_TARGETS = st.sampled_from(["a", "a.b", "(a)", "a[0]", "a, b", "(a, *b)", "[a, b]", "a,"])
_PATTERNS = st.sampled_from(
    [
        "1", "-1", "'x' 'y'", "None", "a.b", "(a)", "a, *b", "(a, 1)", "[a, *_]", "{1: a, **b}", "A(b, c=[d])",
        "a.B(c) as d", "(1 | 2) as a", "_",
    ]
)  # fmt: skip
_HEADERS = st.sampled_from(["", "@a\n", "@a.b(c)  # @d\n@ (e)\n", "@(\n a)\n"])
_PARAMETERS = st.sampled_from(
    ["", "a", "a, /, b: int = 1, *c: 'D', d, e='x', **f", "*, password='Hunter2!x9'", "a: 'A | None' = None,"]
)
_SMALL = st.one_of(
    EXPRESSIONS.map("({})".format),
    st.builds("{}{}={}{}".format, _TARGETS, _SPACE, _SPACE, EXPRESSIONS),
    st.builds("a = b = {}".format, EXPRESSIONS),
    st.builds("a {}= {}".format, st.sampled_from(["+", "//", "@", ">>"]), EXPRESSIONS),
    st.builds("a: {} = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.sampled_from(
        [
            "pass",
            "del a, b[0]",
            "del (a, b)",
            "import a.b as c, d",
            "from ..a import (b, c as d,)",
            "from . import a",
            "raise",
            "global a",
        ]
    ),
    st.builds("return {}".format, EXPRESSIONS),
    st.builds("assert {}, {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("raise {} from {}".format, EXPRESSIONS, EXPRESSIONS),
)
_LINES = st.builds(
    "{}{}\n".format,
    st.lists(_SMALL, min_size=1, max_size=3).map("; ".join),
    st.sampled_from(["", ";", " ; # c", "  # d"]),
)


def _indented(text: str) -> str:
    return "\n" + "".join(f"    {line}\n" for line in text.split("\n")[:-1])


def _blocks(inner: Text) -> Text:
    body = inner.map(_indented)
    one_of: Callable[..., Text] = st.one_of
    return one_of(
        st.builds("if {}:{}elif {}:{}else:{}".format, EXPRESSIONS, body, EXPRESSIONS, body, body),
        st.builds("for {} in {}:{}".format, _TARGETS, EXPRESSIONS, body),
        st.builds("while {}:{}else: a;\n".format, EXPRESSIONS, body),
        st.builds("with {} as a, ({}):{}".format, EXPRESSIONS, EXPRESSIONS, body),
        st.builds(
            "try:{}except {} as a:{}except (b, c): pass\nelse:{}finally:{}".format, body, EXPRESSIONS, body, body, body
        ),
        st.builds(
            "match {}:\n  case {} if {}: a;\n  case _:{}".format,
            EXPRESSIONS,
            _PATTERNS,
            EXPRESSIONS,
            inner.map(_indented),
        ),
        st.builds("{}def f({}) -> {}:{}".format, _HEADERS, _PARAMETERS, EXPRESSIONS, body),
        st.builds("{}async def f({}):{}".format, _HEADERS, _PARAMETERS, body),
        st.builds("{}class C({}, a=1):{}".format, _HEADERS, EXPRESSIONS, body),
        st.builds("{}{}".format, inner, inner),
    )


PROGRAMS: Text = st.builds(
    lambda text, newline: text.replace("\n", newline),
    st.recursive(_LINES, _blocks, max_leaves=4),
    st.sampled_from(["\n", "\r\n"]),
)
