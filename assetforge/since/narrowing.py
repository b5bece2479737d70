"""Narrows what a command was asked for to what differs from a commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

from assetforge import git
from assetforge.changed import SHOWN, Change, Since
from assetforge.decided import Options, open_store
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.planner import Selection
from assetforge.project import open_project
from assetforge.reads import Reads, noting_reads
from assetforge.recollection import lock_of
from assetforge.since.comparison import Side, all_of, changes
from assetforge.since.meant import left_out
from assetforge.since.past import Past, Unplanned, side_of


def narrowed(options: Options, ref: str, *, alone: bool = False) -> Options:
    """Return options that choose, of what they chose, what differs from a commit.

    The commit is the one where the work that is here parted from the ref; `alone`, nothing but the
    local store is asked. What cannot be planned as it is now stays chosen as it was: whoever plans
    it says why.

    Raises:
        UsageProblem: there is no such commit here, or no such profile.
        NothingSelected: a selector or locale matches nothing.
        StoreProblem: the store cannot be used, or there is no room for the project as it was.
        AssetforgeError: git cannot say what the commit holds.
    """
    commit = git.parting(options.file.resolve().parent, ref)
    try:
        with noting_reads() as reads:
            project = open_project(options.file, options.profile)
            with closing(open_store(project, alone=alone)) as store:
                now = side_of(project, store, lock_of(project, store), options)
                besides = left_out(project, options.selection)
                past = Past(options, project, besides, store, commit)
                since = compared(past, now, reads, ref)
    except InvalidSource:
        return options
    chosen = Selection(max_variants=options.selection.max_variants, names=since.names)
    return replace(options, selection=chosen, since=since)


def compared(past: Past, now: Side, reads: Reads, ref: str) -> Since:
    """Return how a project differs from its past; `reads` is what planning it read today.

    What cannot be planned as it was must not stand in the way of what repairs it: then everything
    counts as changed.

    Raises:
        StoreProblem, AssetforgeError: as `Past.side`.
    """
    where = f"{ref} ({past.commit[:SHOWN]})"
    found: list[Change]
    try:
        then, lacking = past.side(reads)
    except Unplanned as error:
        words = f"everything counts as changed, as {where} cannot be planned: {error}"
        warning = Diagnostic("since-unplanned", words, severity="warning")
        return Since(ref, past.commit, all_of(now, "changed"), (warning,))
    found = all_of(now, "added") if then is None else changes(then, now, past.besides)
    return Since(ref, past.commit, found, tuple(_not_fetched(lacking, where)))


def _not_fetched(paths: Iterable[str], where: str) -> Iterator[Diagnostic]:
    for each in paths:
        yield Diagnostic(
            "since-not-fetched",
            f"what is made from '{each}' counts as changed: Git LFS has its bytes at {where}, "
            "and they are not here",
            help="fetch them with `git lfs fetch`",
            severity="warning",
        )
