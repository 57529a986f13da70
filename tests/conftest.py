"""In CI the properties are tried on the same examples each time: what fails there must be what a change broke.

No example has a deadline: a busy machine breaks no property.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
