"""`assetforge note`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.cli.decision import step_option
from assetforge.cli.options import place_options, profile_option
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.notes.reading import notes_folder, read_notes
from assetforge.notes.writing import add, remove
from assetforge.noting import step_noted
from assetforge.review.chosen import drawn_action, one_variant
from assetforge.review.naming import Where
from assetforge.review.picture import made_now


@click.command(name="note")
@click.argument("variant")
@click.argument("text")
@place_options()
@profile_option
@step_option
@click.option("--remove", "gone", is_flag=True, default=False, help="Take this note back.")
def command(
    variant: str, text: str, file: Path, profile: str | None, step: str | None, gone: bool
) -> None:
    """Ask for one more edit of a picture: `assetforge note banner/wide/de "Make it darker."`.

    The note is kept in a file of its own that can be edited and committed. From then on each build
    makes the edit, right after the step whose picture it is about; what it costs, `plan` says.
    """
    root = file.resolve().parent
    if gone:
        after = step or noted_step(root, file.name, variant, text)
        click.echo(remove(root, file.name, variant, after, text))
        return
    with Where(file, profile).deciding(variant) as (decided, _):
        name = one_variant(decided, variant)
        action = drawn_action(decided, name, step)
        after = step_noted(decided.plan.rendered[action.id])
        seen = made_now(decided).get(action.id, Digest(""))
    click.echo(add(root, file.name, name, after, text, seen))


def noted_step(root: Path, file: str, variant: str, text: str) -> str:
    """Return the step that a note of a variant is about.

    Raises:
        UsageProblem: there is no such note, or several steps have it.
        InvalidSource: a file of notes is wrong.
    """
    notes = read_notes(notes_folder(root, file))
    found = [each.after for each in notes if (each.variant, each.words) == (variant, text.strip())]
    if not found:
        raise UsageProblem(f"'{variant}' has no such note")
    if len(found) > 1:
        raise UsageProblem(f"several steps have this note; choose with --step: {', '.join(found)}")
    return found[0]
