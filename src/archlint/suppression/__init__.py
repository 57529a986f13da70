"""Comments that silence diagnostics: `# archlint: ignore[...] -- reason` and its kin, and `# noqa`.

`comments` finds them, `directives` reads them into plain values, `applying` holds diagnostics against them
and finds those that silence nothing. `room` knows where one more comment fits, and `adding` writes it for a finding.
"""

from archlint.suppression.applying import Applied, Place, apply
from archlint.suppression.directives import Form, Suppression, Suppressions, embedded_suppressions, find_suppressions

__all__ = [
    "Applied",
    "Form",
    "Place",
    "Suppression",
    "Suppressions",
    "apply",
    "embedded_suppressions",
    "find_suppressions",
]
