"""`python -m archlint`."""

import sys
from contextlib import suppress
from pathlib import Path

if __name__ == "__main__":
    # Python puts the current folder first, and that is the linted one: nothing is imported from there.
    first, source = Path(sys.path[0]), Path(__file__).parents[1]
    with suppress(OSError):  # a current folder that is gone, an entry that is no file
        if first.samefile(".") and not first.samefile(source):
            del sys.path[0]

    from archlint.cli import main

    main()
