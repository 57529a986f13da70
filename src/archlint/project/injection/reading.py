"""What code reads from a request as its client wrote it."""

from __future__ import annotations

from archlint.ir import nodes as ir
from archlint.project.tree import called_name, keyword

_PARTS = frozenset(
    {
        "GET", "META", "POST", "args", "body", "cookies", "data", "form", "headers", "json", "match_info", "params",
        "path", "path_params", "query", "query_params", "query_string", "values", "view_args",
    }
)  # fmt: skip
_METHODS = frozenset({"form", "get_data", "get_json", "json", "post", "text"})
_OF_HANDLERS = frozenset({"get_argument", "get_arguments", "get_body_argument", "get_query_argument"})
"""Methods of handlers of Tornado."""
_TAKING = frozenset({"get", "get_list", "getall", "getlist", "getone", "pop"})
_TEXTS = frozenset({"str", "bytes"})


def request_name(node: ir.Expr) -> str:
    """Return the name that a read begins with where that is a request, "" for others."""
    match node:
        case ir.Name(id=name) if name in ("request", "req") or name.endswith("_request"):
            return name
        case ir.Attribute(name="request", value=value):
            return f"{request_name(value) or getattr(value, 'id', '')}.request"
        case _:
            return ""


def read(node: ir.Expr) -> str:
    """Return the name of the request that an expression reads a part of, "" where it reads none or only a number."""
    match node:
        case ir.Await(value=value):
            return read(value)
        case ir.Subscript(value=value):
            return read(value)
        case ir.Attribute(value=value, name=name):
            return request_name(value) if name in _PARTS else ""
        case ir.Call(func=ir.Attribute(value=value, name=name)) if not converts(node):
            if name in _OF_HANDLERS and isinstance(value, ir.Name) and value.id == "self":
                return "self"
            return request_name(value) if name in _METHODS else read(value) if name in _TAKING else ""
        case _:
            return ""


def is_taken(node: ir.Expr) -> bool:
    """Return whether an expression takes something out of a collection: `data.get("name")`."""
    return isinstance(node, ir.Call) and isinstance(node.func, ir.Attribute) and called_name(node) in _TAKING


def converts(call: ir.Call) -> bool:
    """Return whether a call turns what it reads into something else than a text: `args.get("page", type=int)`."""
    kind = keyword(call, "type")
    return kind is not None and not (isinstance(kind, ir.Name) and kind.id in _TEXTS)
