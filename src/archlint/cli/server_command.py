"""`archlint server`."""

from __future__ import annotations

import os
from importlib.util import find_spec

import click

from archlint.errors import UsageError


@click.command()
def server() -> None:
    """Speak the language server protocol over standard input and output.

    Editors start it; docs/editor.md says how each is set up.
    """
    if find_spec("pygls") is None:
        raise UsageError('the language server needs pygls: `pip install "archlint[lsp]"`')
    from archlint.server.serving import serve

    serve(os._exit, os.environ)
