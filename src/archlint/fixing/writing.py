"""Writing: the text of a fix into its file, whole, and only where nobody changed that since it was read."""

from __future__ import annotations

from pathlib import Path

from archlint.fixing.replacing import replace_file
from archlint.fixing.rounds import Change
from archlint.reading import content, encoded_like


def write(change: Change, max_size: int) -> str:
    """Write a changed text into its file, in the encoding and with the mark that it has; return why not, or "".

    The bytes of the text before must be those in the file; a file that changed since it was read is left alone.
    """
    entry = change.entry
    try:
        data, digest = content(entry, max_size)
        if digest != change.digest:
            return "it changed since it was read"
        if encoded_like(entry.kind, data, change.before) != data:
            return "its encoding cannot be written back"
        new = encoded_like(entry.kind, data, change.after)
        if new is None:
            return "its encoding has no character for what a fix puts in"
        replace_file(Path(entry.real), new)
    except OSError as error:
        return (error.strerror or type(error).__name__).lower()
    return ""
