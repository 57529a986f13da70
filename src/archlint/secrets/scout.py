"""Whether a file's text can hold a secret at all."""

from __future__ import annotations

import re

from archlint.secrets.formats import anchors

_HINT = re.compile(r"(?i)pass|pwd|secret|token|key|cred|auth|bearer|-----BEGIN|://[^\s/@]{0,99}@")
_LONG_RUN = re.compile(r"\d[A-Za-z0-9_~.-]{12,}|\d:A[A-Za-z0-9_-]{34}|\bs\.[A-Za-z0-9]{24}")
_SHORTEST_ANCHOR = 3


def has_candidate(data: str) -> bool:
    """Tell whether slots are worth extracting from a text: a telling word, an anchor, or a long mixed run."""
    if _HINT.search(data) or any(len(anchor) >= _SHORTEST_ANCHOR and anchor in data for anchor in anchors()):
        return True
    return _LONG_RUN.search(data) is not None
