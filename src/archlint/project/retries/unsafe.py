"""Which calls do something once more when they are tried again."""

from __future__ import annotations

import re

import msgspec

from archlint.diagnostic import Confidence
from archlint.ir import nodes as ir
from archlint.project.effects.chains import Hop
from archlint.project.effects.effect import Reached
from archlint.project.project import Project
from archlint.project.retries.refused import swallows
from archlint.project.retries.retried import Retried, reached_again
from archlint.project.symbols import FunctionDefinition
from archlint.project.tree import call_in, nodes_in

_BEFORE_IT_IS_SENT = frozenset({
    "ConnectError", "ConnectTimeout", "ConnectTimeoutError", "ConnectionRefusedError", "NewConnectionError",
    "PoolTimeout", "RateLimitError", "RateLimitException", "ReadTooManyRequests", "TooManyRequests", "gaierror",
})  # fmt: skip
"""Errors after which the other end has done nothing."""
_KEYS = ("idempot", "dedup", "client_token", "clienttoken", "request_id", "x-request-id", "clientreferenceid")
"""What says that the other end can tell a second request from a new one."""
_ASKING = frozenset({
    "analyze", "auth", "authenticate", "authorize", "check", "classify", "complete", "completion", "completions",
    "compute", "count", "detect", "embed", "embedding", "embeddings", "evaluate", "export", "extract", "fetch", "find",
    "generate", "get", "graphql", "infer", "inference", "list", "load", "login", "lookup", "model", "models", "oauth",
    "parse", "poll", "predict", "preview", "query", "read", "refresh", "render", "rerank", "resolve", "rpc", "score",
    "search", "summarize", "token", "tokens", "translate", "validate", "verify",
})  # fmt: skip
"""Words in the name of a function or an address that say that it asks for something, whatever the method."""
_DOING = frozenset({
    "add", "book", "buy", "capture", "charge", "create", "deliver", "insert", "invoice", "mail", "message", "notify",
    "order", "pay", "payment", "place", "publish", "refund", "register", "send", "submit", "transfer",
})  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Unsafe(msgspec.Struct, frozen=True):
    """A call that does something once more, and how sure that is."""

    reached: Reached
    confidence: Confidence


def unsafe(project: Project, found: Retried) -> Unsafe | None:
    """Return the nearest call that a retry sends again although the first may have been taken, or None."""
    policy, function = found.policy, found.function
    if function is None or policy.attempts == 1 or policy.is_filtered or not policy.errors:
        return None
    if _BEFORE_IT_IS_SENT.issuperset(one.rpartition(".")[2] for one in policy.errors):
        return None
    for reached, edge in reached_again(project, found):
        if project.knowledge.unsafe_call(reached.effect.target) is None or (edge and len(edge.targets) > 1):
            continue
        hops = project.effects.chain(function, reached)
        if any(swallows(project, hop.function, hop.step.start) for hop in hops):
            continue
        words = _words(project, hops)
        if not words & _ASKING and not any(_has_key(project, hop.function) for hop in hops):
            return Unsafe(reached, Confidence.MEDIUM if words & _DOING else Confidence.LOW)
    return None


def _words(project: Project, hops: tuple[Hop, ...]) -> frozenset[str]:
    """Return the words in the names of functions on the way, and in the address at its end."""
    names = [hop.function.row.name for hop in hops]
    last = hops[-1]
    node = project.function_node(last.function)
    call = call_in(node, last.step.start, last.step.end) if node is not None else None
    parts = [one for argument in call.args[:1] for one in _texts(argument)] if call is not None else []
    return frozenset(word.lower() for text in (*names, *parts) for word in _WORD.findall(text))


def _texts(node: ir.Expr) -> list[str]:
    inner = [one for one, _ in nodes_in(node)]
    texts = [one.value for one in (node, *inner) if isinstance(one, ir.Text)]
    names = [one.id for one in (node, *inner) if isinstance(one, ir.Name)]
    return [*texts, *names, *[one.name for one in (node, *inner) if isinstance(one, ir.Attribute)]]


def _has_key(project: Project, function: FunctionDefinition) -> bool:
    """Return whether a function mentions a key by which the other end knows a request again."""
    node = project.function_node(function)
    for one, _ in nodes_in(node) if node is not None else ():
        text = one.value if isinstance(one, ir.Text) else one.name if isinstance(one, ir.Keyword | ir.Attribute) else ""
        text = one.id if isinstance(one, ir.Name) else text
        if text and any(key in text.lower() for key in _KEYS):
            return True
    return False
