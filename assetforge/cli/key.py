"""`assetforge key`."""

from __future__ import annotations

import click

from assetforge.cli.options import format_option
from assetforge.cli.output import print_json
from assetforge.signing import VARIABLE, new_key


@click.command(name="key")
@format_option("text", "json")
def command(form: str) -> None:
    """Make a pair of keys for who publishes pictures in the store that is shared.

    The public key goes into the pipeline file, under `store: signers:`. The private one is a
    secret: it goes where pictures are bought for all, such as the CI's secrets, and nowhere else.
    """
    made = new_key()
    if form == "json":
        print_json({"schema": "assetforge.key/1", "public": made.public, "private": made.reveal()})
        return
    click.echo(f"public   {made.public}")
    click.echo(f"private  {made.reveal()}")
    click.echo(f"keep the private one as {VARIABLE}; it is shown this once", err=True)
