"""`assetforge push`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json
from assetforge.decided import open_store
from assetforge.project import open_project
from assetforge.reports.shared import pushed_document, pushed_text
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store
from assetforge.store.remote import opened_publisher


@click.command(name="push")
@project_options
@format_option("text", "json")
@click.option(
    "--verify",
    is_flag=True,
    default=False,
    help="Read back what is there, and put right what is damaged.",
)
def command(file: Path, profile: str | None, form: str, verify: bool) -> int:
    """Publish what this machine made in the store that is shared.

    A build does so by itself where ASSETFORGE_SIGNING_KEY is set; this is for what it could not.
    What is there already stays: the first result is everybody's.
    """
    project = open_project(file, profile)
    with (
        closing(open_store(project, alone=True)) as store,
        closing(opened_publisher(project.sharing, store.cas)) as publisher,
    ):
        publisher.begin(to_publish(store), verify=verify)
        ended, problem = publisher.settle()
        address = publisher.elsewhere.address
    if form == "json":
        print_json(pushed_document(address, ended))
    else:
        click.echo(pushed_text(address, ended))
    if problem is not None:
        raise problem
    return 0


def to_publish(store: Store) -> list[ActionResult]:
    """Return what providers made or people gave, and all that variants stand on, as last built."""
    stood_on = {str(each) for each in store.record.all_stands()}
    return [
        each
        for each in store.actions.all()
        if (each.has_file or each.key in stood_on) and store.cas.has(each.artifact)
    ]
