"""What `assetforge comment` tells: a plan of a file, one made now, or why none can be made."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Final

import click
from click.core import ParameterSource

from assetforge import git
from assetforge.cli.beside import by_commit, by_digest
from assetforge.cli.group import DIRECTORY
from assetforge.cli.options import flags_again, narrowed
from assetforge.decided import Options, deciding, spent_so_far
from assetforge.errors import InvalidSource, UsageProblem
from assetforge.forges.base import Kind, Limit
from assetforge.json_text import json_pieces
from assetforge.reports.comment.planned import MOST_BYTES, PlanDocument, Since, read_plan_document
from assetforge.reports.comment.whole import (
    COMMIT,
    Addresses,
    Around,
    comment,
    comment_on_errors,
    is_worth_telling,
    marker_of,
)
from assetforge.reports.documents import plan_document

STDIN: Final = "-"

SAID: Final = {
    "selectors": "selectors",
    "locales": "--locale",
    "since": "--since",
    "max_variants": "--max-variants",
    "allow_unverified": "--allow-unverified",
}
"""What a plan says itself: parameters, and what a person types for them."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What there is to tell: a plan, or the problem for which there is none.

    `command` is what a reviewer types next.
    """

    marker: str
    command: str
    plan: PlanDocument | None = None
    problem: InvalidSource | None = None
    pictures: Mapping[str, Addresses] = field(default_factory=dict)

    def text(self, report: str, limit: Limit) -> str:
        """Return the comment; `report` is where the report of all pictures is."""
        around = Around(self.marker, self.command, self.pictures, report)
        if self.plan is not None:
            return comment(self.plan, around, limit)
        assert self.problem is not None, "BUG: neither a plan nor a problem"
        return comment_on_errors(self.problem.diagnostics, around, limit)

    @property
    def is_news(self) -> bool:
        """Whether it is worth a comment where there is none yet."""
        return self.plan is None or is_worth_telling(self.plan)


def told(source: str, profile: str | None, file: Path, pictures: str | None) -> Telling:
    """Return what the plan in a file says.

    Raises:
        UsageProblem: there is none, or the command line says something that it says already.
    """
    context = click.get_current_context()
    besides = [
        word
        for name, word in SAID.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if besides:
        raise UsageProblem(f"--plan says what to tell: leave out {', '.join(besides)}")
    plan = read_plan_document(content_of(source), "standard input" if source == STDIN else source)
    if profile is not None and profile != plan.profile:
        raise UsageProblem(f"'{source}' is a plan of another profile than '{profile}'")
    named = "" if profile is not None else f" --profile {quote(plan.profile)}"
    since = f" --since {quote(ref_of(plan.since))}" if plan.since else ""
    return Telling(
        marker_of(place_of(file), profile or ""),
        f"assetforge build{flags_again().project}{named}{since}",
        plan,
        pictures=by_digest(pictures, plan.since.variants) if pictures and plan.since else {},
    )


def content_of(source: str) -> bytes:
    """Return the bytes of a file, or of standard input.

    Raises:
        UsageProblem: it cannot be read, or is too large.
    """
    try:
        if source == STDIN:
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(source).open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageProblem(
            f"the plan '{source}' cannot be read: {(error.strerror or str(error)).lower()}"
        ) from None
    if len(data) > MOST_BYTES:
        raise UsageProblem(f"'{source}' has more than {MOST_BYTES:,} bytes: it is no plan")
    return data


def planned(
    options: Options, since: str | None, kind: Kind | None, pictures: str | None
) -> Telling:
    """Plan now, and return what that says, or why it cannot be done.

    Raises:
        UsageProblem, NothingSelected, StoreProblem: as `plan` does.
    """
    marker = marker_of(place_of(options.file), options.profile or "")
    try:
        if since is not None:
            options = narrowed(options, since, alone=False)
        with deciding(options) as (decided, store):
            spent = spent_so_far(decided.project, store)
            document = "".join(json_pieces(plan_document(decided, spent)))
    except InvalidSource as problem:
        return Telling(marker, f"assetforge check{flags_again().project}", problem=problem)
    plan = read_plan_document(document, "plan")
    shown: Mapping[str, Addresses] = {}
    if pictures is not None and plan.since is not None:
        shown = by_digest(pictures, plan.since.variants)
    elif kind is not None and plan.since is not None:
        shown = by_commit(kind, os.environ, options.file.resolve().parent, plan.since)
    if plan.since is not None:
        click.get_current_context().params["since"] = ref_of(plan.since)
    again = flags_again()
    rebuy = " --rebuy" if decided.lost else ""
    return Telling(marker, f"assetforge build{again.both}{rebuy}", plan, pictures=shown)


def ref_of(since: Since) -> str:
    """Return what a reviewer compares with: `HEAD` is another commit for everybody."""
    return since.commit[:COMMIT] if since.ref.startswith(("HEAD", "@")) else since.ref


def place_of(file: Path) -> str:
    """Return where a pipeline file is in its repository; outside of one, as it was typed.

    It need not be there: a job that must not check a fork's code out types it as it is there.
    """
    folder = git.prefix(file.absolute().parent) if file.absolute().parent.is_dir() else None
    if folder is not None:
        return f"{folder}{file.name}"
    typed: Path = click.get_current_context().meta.get(DIRECTORY, Path()) / file
    return posixpath.normpath(typed.as_posix())
