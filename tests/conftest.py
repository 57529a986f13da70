"""In CI the properties are tried on the same examples each time: what fails there must be what a change broke."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
