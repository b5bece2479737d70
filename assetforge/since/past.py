"""A project as it was in a commit, planned with the store of today and the lock of then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from assetforge import git
from assetforge.action import VariantName
from assetforge.decided import Options, decided_by, rebuilder_of, standing_plan
from assetforge.diagnostics import printable
from assetforge.errors import InvalidSource, UsageProblem
from assetforge.lock.folder import Lock, folder_of, read_lock
from assetforge.planner import make_plan
from assetforge.project import Project, open_project
from assetforge.reads import Reads, noting_reads
from assetforge.since.comparison import Side
from assetforge.since.folder import PastFolder
from assetforge.since.meant import meant_then
from assetforge.store.local import Store
from assetforge.store.problems import disk_problem


class Unplanned(Exception):
    """A project could not be planned as it was; says why, in one line."""


def side_of(project: Project, store: Store, lock: Lock, options: Options) -> Side:
    """Return the plan of what is chosen, and its decisions by a store and a lock.

    Raises:
        InvalidSource, NothingSelected: there is nothing that could be planned.
        StoreProblem: the store cannot be read.
    """
    plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    decider = rebuilder_of(project, store, lock)
    _, plan = standing_plan(plan, project, decider)
    plan, decisions, _ = decided_by(plan, decider, rebuy=False, frozen=False)
    return Side(plan, decisions)


@dataclass(frozen=True, slots=True)
class Past:
    """A project, and the commit in which it is looked at.

    Attributes:
        options: what is asked for today.
        project: as it is today; `besides` are the variants of it that nobody asks for.
        store: of today: what was made is still there.
        commit: its full name.
    """

    options: Options
    project: Project
    besides: frozenset[VariantName]
    store: Store
    commit: str

    def side(self, reads: Reads) -> tuple[Side | None, list[str]]:
        """Return the plan as it was, and the files whose bytes git has not.

        None: there was no such pipeline file. `reads` is what planning read today: most of it was
        there, and so is found at the first attempt.

        Raises:
            Unplanned: it was wrong.
            StoreProblem: the store cannot be read, or there is no room for the project's files.
            AssetforgeError: git cannot say what the commit holds.
        """
        tree = git.folder_at(self.project.root, self.commit)
        if tree is None:
            return None, []
        try:
            with TemporaryDirectory(prefix="assetforge-", ignore_cleanup_errors=True) as place:
                folder = PastFolder(self.project.root, tree, Path(place).resolve())
                return self._planned_in(folder, reads), folder.lacking
        except OSError as error:
            words = "cannot write the project as it was to a temporary folder"
            raise disk_problem(error, words) from error

    def _planned_in(self, folder: PastFolder, reads: Reads) -> Side | None:
        """Plan, and again with what was looked for and is there, until nothing more is."""
        folder.fill(reads, self.project.root)
        if not (folder.place / self.project.file).exists():
            return None
        while True:
            found, why = None, ""
            with noting_reads() as asked:
                try:
                    found = self._planned(folder.place)
                except (InvalidSource, UsageProblem) as error:
                    why = first_of(error)
            if not folder.fill(asked, folder.place):
                break
        if found is None:
            raise Unplanned(why)
        return found

    def _planned(self, root: Path) -> Side:
        project = open_project(root / self.project.file, self.options.profile)
        selection = meant_then(project, self.options.selection, self.besides, self.project)
        # What a model is known to refuse was no matter then, where only keys are looked at.
        options = replace(self.options, selection=selection, allow_unverified=True)
        return side_of(project, self.store, read_lock(folder_of(root, project.file)), options)


def first_of(error: InvalidSource | UsageProblem) -> str:
    """Return the first problem in one line, and how many more there are."""
    first, *others = str(error).splitlines()
    return printable(first + (f" and {len(others):,} more" if others else ""))
