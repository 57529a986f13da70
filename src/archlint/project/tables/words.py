"""What the names of tables and columns tell: the words in them, whether one is about money, whether it is plural."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MONEY = frozenset(
    {
        "deposit", "fare", "fee", "fees", "invoiced", "msrp", "payable", "payout", "price", "prices", "refund",
        "refunded", "revenue", "salary", "subtotal", "surcharge", "wage", "wages",
    }
)  # fmt: skip
"""Words for money that mean little else."""
_MAYBE_MONEY = frozenset(
    {"amount", "balance", "budget", "charge", "cost", "costs", "credit", "debit", "discount", "paid", "spend", "total"}
)
"""Words for money that also count other things."""
_CURRENCIES = frozenset({"cents", "currency", "dollars", "eur", "euros", "gbp", "usd"})
_ABOUT_MONEY = frozenset(
    {
        "billing", "cart", "checkout", "coupon", "expense", "invoice", "ledger", "order", "payment", "payout", "price",
        "product", "purchase", "refund", "sale", "subscription", "transaction", "wallet",
    }
)  # fmt: skip
"""Words in the names of tables whose amounts are money."""
_NOT_MONEY = frozenset(
    {
        "allocation", "avg", "bytes", "change", "confidence", "correlation", "count", "days", "density",
        "deviation", "distance", "duration", "efficiency", "elapsed", "elasticity", "factor", "function",
        "height", "hours", "index", "kg", "km", "kwh", "latency", "length", "level", "limit", "margin", "mean",
        "miles", "minutes", "ms", "multiplier", "pct", "percent", "percentage", "precision", "prediction",
        "probability", "quantity", "rank", "rate", "ratio", "relative", "score", "seconds", "sensitivity",
        "share", "size", "speed", "std", "stddev", "time", "token", "tokens", "trend", "units", "usage",
        "utilisation", "utilization", "variance", "velocity", "volatility", "volume", "weight", "width",
    }
)  # fmt: skip
"""Words that make a number a ratio, a measure or a count, whatever else its name says."""
_BESIDE = frozenset(
    {
        "actual", "after", "average", "base", "before", "current", "daily", "due", "estimate", "estimated", "excl",
        "excluding", "final", "gross", "high", "incl", "including", "initial", "low", "max", "maximum", "min",
        "minimum", "monthly", "net", "new", "old", "original", "raw", "sum", "tax", "tier", "value", "vat", "yearly",
    }
)  # fmt: skip
"""Words that may stand behind an amount and leave it one: `price_net`."""
_SAME = frozenset(
    {
        "access", "data", "feedback", "history", "info", "information", "media", "metadata", "news", "nutrition",
        "provenance", "series", "settings", "software", "staff", "stats", "usage",
    }
)  # fmt: skip
"""Nouns that have no plural, or are one."""
_BEHIND = frozenset({"by", "for", "from", "in", "of", "per", "to", "with"})
_IRREGULAR = frozenset({"children", "criteria", "indices", "men", "people", "women"})


class Money(str, Enum):
    """How sure a name is about money."""

    SURE = "sure"
    LIKELY = "likely"
    NO = "no"


class Number(str, Enum):
    """The grammatical number of a name."""

    SINGULAR = "singular"
    PLURAL = "plural"
    UNKNOWN = "unknown"


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, of `snake_case` and of `camelCase`."""
    return tuple(one.lower() for one in _WORD.findall(name))


def money(column: str, table: str, neighbours: frozenset[str]) -> Money:
    """Return whether a number is an amount of money, as its column is called, its table and the columns beside it."""
    own, meant = frozenset(words(column)), frozenset(_meant(column))
    if own & _NOT_MONEY:
        return Money.NO
    if meant & _MONEY or (meant & _MAYBE_MONEY and own & _CURRENCIES):
        return Money.SURE
    if own & _MONEY:
        return Money.LIKELY
    beside = frozenset(word for name in neighbours for word in words(name))
    about = {one.removesuffix("s") for one in words(table)} & _ABOUT_MONEY or beside & (_CURRENCIES | _MONEY)
    return Money.LIKELY if meant & (_MAYBE_MONEY | _CURRENCIES) and about else Money.NO


def _meant(name: str) -> Iterator[str]:
    """Yield the words that say what a number is, from the last: one that another noun follows only tells of which."""
    for one in reversed(_led(words(name))):
        yield one
        if not one.isdigit() and one not in _BESIDE | _CURRENCIES | _MAYBE_MONEY | _MONEY:
            return


def _led(found: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words before the first of `by`, `with` and the like."""
    return next((found[:index] for index, one in enumerate(found) if one in _BEHIND and index), found)


def number(name: str) -> Number:
    """Return whether the last word of a name, or that before `by` or `with`, is in the singular or in the plural."""
    found = _led(words(name))
    last = found[-1] if found else ""
    if last in _SAME or not last.isalpha() or last.endswith(("as", "is", "ness", "us")):
        return Number.UNKNOWN  # `status` and `menus` end alike
    is_plural = last in _IRREGULAR or (last.endswith("s") and not last.endswith("ss"))
    return Number.PLURAL if is_plural else Number.SINGULAR
