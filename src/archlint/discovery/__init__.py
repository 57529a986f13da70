"""Discovery: from paths on the command line to the files to read, with what each file is and what it is for.

Reading order: `walk` finds the files, `exclusion` and `ignoring` say what is left out,
`kinds` says what a file is by its name, `roles` what it is for by its path.
"""

from archlint.discovery.kinds import kind_of, kind_of_script
from archlint.discovery.roles import role_of
from archlint.discovery.walk import Discovery, DiscoverySettings, discover
from archlint.source import FileEntry

__all__ = ["Discovery", "DiscoverySettings", "FileEntry", "discover", "kind_of", "kind_of_script", "role_of"]
