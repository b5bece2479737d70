"""`assetforge diff`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from assetforge.cli.options import format_option, place_options, profile_option
from assetforge.cli.output import print_json
from assetforge.digest import Json
from assetforge.errors import UsageProblem
from assetforge.reports.differences import (
    Compared,
    Shown,
    compared,
    compared_json,
    compared_text,
    refuse_path,
    write_side_by_side,
)
from assetforge.reports.takes import name_of, taken_json, taken_line
from assetforge.review.naming import Where, picture_named
from assetforge.review.taken import Taken, Takes


@click.command(name="diff")
@click.argument("what", nargs=-1, required=True, metavar="VARIANT [TAKE TAKE] | PICTURE PICTURE")
@place_options(must_exist=False)
@profile_option
@format_option("text", "json")
@click.option(
    "--step",
    metavar="NAME",
    default=None,
    help="Compare takes of this step, not of the last one that a provider draws.",
)
@click.option(
    "-o",
    "--output",
    "out",
    metavar="FILE.png",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the pictures side by side, of two also where they differ.",
)
def command(
    what: tuple[str, ...],
    file: Path,
    profile: str | None,
    form: str,
    step: str | None,
    out: Path | None,
) -> None:
    """Compare two takes of a variant, or any two pictures.

    Of a variant without numbers: the take it stands on and the latest other; -o then shows all. A
    PICTURE is a file, the first characters of a digest, a VARIANT or VARIANT@TAKE.
    """
    if out is not None:
        refuse_path(out)
    where = Where(file, profile)
    if len(what) == 2:
        if step is not None:
            raise UsageProblem("'--step' is for the takes of one variant, not for two pictures")
        found = of_pictures(what, where)
    else:
        found = of_takes(what[0], take_numbers(what[1:]), step, where)
    lines = [*found.lines, compared_text(found.compared)]
    if out is not None:
        lines.append(write_side_by_side(found.shown, out))
    if form == "json":
        print_json(diff_document(found, out))
    else:
        click.echo("\n".join(lines))


@dataclass(frozen=True, slots=True)
class Found:
    """Two pictures compared, and all that are shown beside each other.

    `takes` are those the two are of, with what to show of each; None: they are of no one step.
    """

    compared: Compared
    shown: Sequence[Shown]
    takes: Takes | None = None
    chosen: Sequence[Taken] = ()

    @property
    def lines(self) -> list[str]:
        """What a person reads of the takes."""
        if self.takes is None:
            return []
        head = f"{self.takes.variant}  after {self.takes.step}"
        return [head, *(f"  {taken_line(each)}" for each in self.chosen)]


def of_pictures(names: Sequence[str], where: Where) -> Found:
    """Compare two pictures that a person named."""
    one, two = (Shown(*picture_named(each, where)) for each in names)
    return Found(compared(one, two), [one, two])


def of_takes(variant: str, numbers: Sequence[int], step: str | None, where: Where) -> Found:
    """Compare two takes of a variant; without numbers all are shown.

    Raises:
        NothingSelected: there is no such variant, step or take, or only one take.
        UsageProblem: the selector chooses several variants.
    """
    with where.takes(variant, step) as (takes, store):
        one, two = map(takes.take, numbers) if numbers else takes.two
        chosen = [one, two] if numbers else list(takes.taken)
        shown = {each.take: Shown(name_of(each), store.cas.read(each.artifact)) for each in chosen}
    return Found(compared(shown[one.take], shown[two.take]), list(shown.values()), takes, chosen)


def take_numbers(words: Sequence[str]) -> list[int]:
    """Return the two takes that are asked for; none where nobody says which.

    Raises:
        UsageProblem: these are not two numbers, or twice the same.
    """
    if words and (len(words) != 2 or not all(each.isdecimal() for each in words)):
        raise UsageProblem(
            f"'{' '.join(words)}' are not the numbers of two takes; "
            "write `assetforge diff VARIANT 1 2`, or name two pictures"
        )
    return [int(each) for each in words]


def diff_document(found: Found, out: Path | None) -> dict[str, Json]:
    """Return `assetforge.diff/1`."""
    return {
        "schema": "assetforge.diff/1",
        "variant": found.takes.variant if found.takes else None,
        "step": found.takes.step if found.takes else None,
        "takes": [taken_json(each) for each in found.chosen],
        "difference": compared_json(found.compared),
        "written": out.as_posix() if out else None,
    }
