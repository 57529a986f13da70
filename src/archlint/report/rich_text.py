"""Messages in Markdown files: their code is shown as code, and nothing else in them is markup.

A message is text with code between single backticks. It names things of the project that is checked, which may be
called like a link, a tag or a person.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from archlint.report.escaping import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"`([^`]*[^`\s][^`]*)`")
_MARKUP = re.compile(r"[\\`*_\[\]<>~&]")
_LINKED = re.compile(r"[@#](?=\w)|:(?=//)")
"""What GitHub and GitLab turn into links: people, issues, addresses."""
_APART = "<!-- -->"


def as_html(message: str) -> str:
    """Return a message as HTML on one line, which stands in Markdown as it is."""
    return "".join(
        f"<code>{html.escape(text, quote=False)}</code>" if is_code else _unlinked(html.escape(text, quote=False))
        for text, is_code in _parts(message)
    )


def as_markdown(message: str) -> str:
    """Return a message as Markdown on one line."""
    return "".join(
        f"`{text}`" if is_code else _unlinked(_MARKUP.sub(r"\\\g<0>", text)) for text, is_code in _parts(message)
    )


def code_html(text: str) -> str:
    """Return a name or a place as code in HTML on one line."""
    return f"<code>{html.escape(visible(text), quote=False)}</code>"


def code_markdown(text: str) -> str:
    """Return a name or a place as code in Markdown on one line, whatever backticks it holds."""
    shown = visible(text)
    if "`" not in shown:
        return f"`{shown}`"
    fence = "`" * (1 + max(len(run) for run in re.findall(r"`+", shown)))
    return f"{fence} {shown} {fence}"


def _parts(message: str) -> Iterator[tuple[str, bool]]:
    shown, position = visible(message.strip()), 0
    for found in _CODE.finditer(shown):
        yield shown[position : found.start()], False
        yield found[1], True
        position = found.end()
    yield shown[position:], False


def _unlinked(text: str) -> str:
    return _LINKED.sub(rf"\g<0>{_APART}", text)
