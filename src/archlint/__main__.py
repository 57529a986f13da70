"""`python -m archlint`."""

import os
import sys

if __name__ == "__main__":
    # Python puts the current folder first, and that is the linted one: nothing is imported from there.
    here = os.path.realpath(os.curdir)
    if os.path.realpath(sys.path[0]) == here != os.path.dirname(os.path.dirname(os.path.realpath(__file__))):  # noqa: PTH120
        del sys.path[0]

    from archlint.cli import main

    main()
