"""`assetforge watch`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from assetforge.cli.keys import NoKeys, keys_of
from assetforge.cli.lines import Lines, LiveLines, PlainLines
from assetforge.cli.options import Dollars, choosing_options, flags_again
from assetforge.cli.output import is_live, located
from assetforge.cli.serving import Serve, serving
from assetforge.cli.watcher import Watcher
from assetforge.decided import Options
from assetforge.errors import Diagnostic, InvalidSource, UsageProblem
from assetforge.incremental.saving import Printed
from assetforge.matrix import select
from assetforge.planner import all_variants
from assetforge.project import open_project
from assetforge.session.session import Session


@click.command(name="watch")
@choosing_options
@click.option(
    "--auto",
    is_flag=True,
    default=False,
    help="Build also what costs something, up to the cap.",
)
@click.option(
    "--max-cost", type=Dollars(), default=None, help="Spend no more than this while it runs."
)
@click.option("--open", "opens", is_flag=True, default=False, help="Open the page as well.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Serve the page at this port; 0 takes a free one.",
)
@click.option(
    "--no-progress", is_flag=True, default=False, help="Report in plain lines, also on a terminal."
)
def command(
    options: Options,
    auto: bool,
    max_cost: int | None,
    opens: bool,
    port: int,
    no_progress: bool,
) -> int:
    """Build again whenever a source changes; spends nothing unless told to.

    With a profile that costs money it plans, and says what a build would cost. `b` builds,
    after a question that names the price; --auto builds unasked, up to --max-cost.
    Other keys: `d` drafts, `o` opens the page, `?` shows all, `q` quits.
    """
    watcher = watcher_for(
        options,
        serving(port),
        auto=auto,
        max_cost=max_cost,
        no_progress=no_progress,
        with_pictures=opens,
    )
    return watcher.run(opens=opens)


def watcher_for(
    options: Options,
    serve: Serve,
    *,
    auto: bool,
    max_cost: int | None,
    no_progress: bool,
    with_pictures: bool,
) -> Watcher:
    """Return what watches for the running command, on a terminal or without.

    Args:
        options: what is kept up to date.
        serve: serves the page, when that is wanted.
        auto: build also what costs something.
        max_cost: microdollars that this may spend; None: what the profile says.
        no_progress: print lines only, also on a terminal.
        with_pictures: the page is wanted from the start.

    Raises:
        UsageProblem: nobody said how much may be spent, or nothing is to be spent.
        UsageProblem, NothingSelected: as `refuse_mistyped`.
        InvalidSource: the pipeline file does not say how much, as it is wrong.
    """
    refuse_mistyped(options)
    cap = cap_of(options, max_cost) if auto else None
    if max_cost is not None and not auto:
        raise UsageProblem(
            "--max-cost says how much --auto may spend; add --auto, or leave it out: b asks"
        )
    options = replace(options, cap_microdollars=cap)
    live = is_live(sys.stderr) and not no_progress
    lines: Lines = LiveLines() if live else PlainLines()
    keys = keys_of(sys.stdin, suspends=lines.end) if live and is_live(sys.stdin) else NoKeys()
    session = Session(
        options,
        located_below(options.file.absolute().parent),
        flags_again(),
        auto=auto,
        with_pictures=live or with_pictures,
        listen=lines.on,
    )
    return Watcher(session, keys, lines, serve)


def refuse_mistyped(options: Options) -> None:
    """Check what was typed: a source that is wrong may be mended, a flag may not.

    Raises:
        UsageProblem: there is no such profile.
        NothingSelected: a selector or locale matches nothing.
    """
    chosen = options.selection
    if options.profile is None and not (chosen.selectors or chosen.locales):
        return
    with suppress(InvalidSource):
        project = open_project(options.file, options.profile)
        tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
        variants = all_variants(project, chosen.max_variants, chosen.pseudo_locales)
        select(variants, chosen.selectors, chosen.locales, tags)


def cap_of(options: Options, max_cost: int | None) -> int:
    """Return how many microdollars may be spent unasked.

    Raises:
        UsageProblem: the profile costs something, and nobody said how much that may be.
        InvalidSource: the pipeline file does not say, as it is wrong.
    """
    if max_cost is not None:
        return max_cost
    project = open_project(options.file, options.profile)
    stated = project.profile.max_cost
    if stated is None and not project.capabilities.local:
        raise UsageProblem(
            f"--auto spends without asking, and profile '{project.profile_name}' costs money; "
            "say how much it may be, such as --max-cost 2.00, or `max_cost: 2.00` in the profile"
        )
    return int((stated or 0) * 1_000_000)


def located_below(root: Path) -> Printed:
    """Return what prints warnings, whose places are below a folder, on any thread."""

    def printed(warnings: Sequence[Diagnostic], colour: bool) -> str:
        return f"{located(warnings, root, colour=colour)}\n" if warnings else ""

    return printed
