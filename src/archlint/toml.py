"""The parser of TOML: Python's own, or before Python 3.11 the package that it was made from.

Imported where a file is read, since most runs read none.
"""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from tomllib import TOMLDecodeError, loads
else:
    from tomli import TOMLDecodeError, loads

__all__ = ["TOMLDecodeError", "loads"]
