"""`assetforge pull`."""

from __future__ import annotations

import click

from assetforge.cli.options import flags_again, format_option, planning_options
from assetforge.cli.output import print_json, print_warnings
from assetforge.decided import Options, deciding
from assetforge.errors import StoreProblem
from assetforge.reports.shared import pulled_document, pulled_of, pulled_text
from assetforge.store.remote import shared_by


@click.command(name="pull")
@planning_options
@format_option("text", "json")
def command(options: Options, form: str) -> None:
    """Bring here what the pictures need, from the store that is shared.

    A build does so by itself; this is for going on without a network. Nothing is made.
    """
    with deciding(options) as (decided, store):
        elsewhere = shared_by(store.elsewhere)
        print_warnings(decided.warnings)
        pulled = pulled_of(decided, elsewhere)
        down = elsewhere.is_down
    if form == "json":
        print_json(pulled_document(pulled))
    else:
        click.echo(pulled_text(pulled, flags_again()))
    if down:
        raise StoreProblem(f"not all is here: '{pulled.remote}' could not be reached")
