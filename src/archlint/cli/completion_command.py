"""`archlint completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from archlint.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes archlint's commands in a shell."""
    made = get_completion_class(shell)
    if made is None:
        raise UsageError(f"no completion for {shell}")
    click.echo(made(ctx.find_root().command, {}, "archlint", "_ARCHLINT_COMPLETE").source())
