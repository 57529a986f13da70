"""The errors that reach a person: one line each, and the exit code that goes with them."""

from __future__ import annotations


class ArchlintError(Exception):
    """Something archlint could not do; the text is one line that says what to do about it."""

    exit_code = 3


class UsageError(ArchlintError):
    """A mistake in the command line or in the configuration."""

    exit_code = 2
