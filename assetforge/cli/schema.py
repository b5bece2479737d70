"""`assetforge schema`."""

from __future__ import annotations

import click

from assetforge.errors import UsageProblem, did_you_mean
from assetforge.shapes.published import DOCUMENTS, schema_text

PIPELINE = "pipeline"


@click.command(name="schema")
@click.argument("name", metavar="[NAME]", default=PIPELINE)
@click.option("--list", "listing", is_flag=True, default=False, help="List the names.")
def command(name: str, listing: bool) -> None:
    """Print a JSON Schema: of the pipeline file, with the installed step kinds in it.

    With the NAME of a document it is that of `assetforge.NAME/1`, such as `plan` or `build`.
    """
    click.echo("\n".join(names()) if listing else text_of(name).rstrip("\n"))


def names() -> list[str]:
    """Return what there is a schema of; the pipeline file first."""
    return [PIPELINE, *DOCUMENTS]


def text_of(name: str) -> str:
    """Return a schema.

    Raises:
        UsageProblem: there is none of that name.
    """
    if name == PIPELINE:
        # Imported where it is asked for: it loads every step kind.
        from assetforge.schema import render_schema

        return render_schema()
    if name in DOCUMENTS:
        return schema_text(name)
    advice = did_you_mean(name, names()) or "see `assetforge schema --list`"
    raise UsageProblem(f"there is no schema '{name}'; {advice}")
