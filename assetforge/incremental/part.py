"""The part of a project that may have changed since a trace was left."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from assetforge.action import VariantName
from assetforge.catalogs.lookup import Catalogs
from assetforge.decided import Decided, Options
from assetforge.incremental.affected import affected
from assetforge.incremental.needs import NeedsFile, asset_of, digest_of_warning
from assetforge.planner import all_variants
from assetforge.project import Project, open_project
from assetforge.store.local import Store
from assetforge.trace.look import Look
from assetforge.trace.targets import UNREADABLE, Targets


class Part:
    """What is planned alone: which variants, and what is known of all the others.

    Attributes:
        catalogs: those that were looked into for changed messages, by an asset that uses them.
    """

    def __init__(self, options: Options, found: Look, needs: NeedsFile) -> None:
        self.options = options
        self.found = found
        self.needs = needs
        self.root = Path(found.proof.root)
        self.catalogs: dict[str, Catalogs] = {}

    def names(self) -> frozenset[VariantName] | None:
        """Return the variants that may have changed; None: it may be all.

        Where none may have, one is looked at all the same.

        Raises:
            InvalidSource: a catalog is damaged.
            sqlite3.Error: the trace cannot be read.
        """
        file = self.options.file.name
        names = affected(self.found, self.needs, self.root, file, self.catalogs_of)
        odd = [each for some in self.catalogs.values() for each in some.warnings]
        if names is None or not self.needs.knows(odd):
            return None
        return frozenset(names or self.needs.names([0]))

    def catalogs_of(self, asset: str) -> Catalogs:
        """Return the catalogs that an asset has its texts from."""
        if asset not in self.catalogs:
            project = open_project(self.options.file, self.options.profile, frozenset({asset}))
            self.catalogs[asset] = project.texts[asset].catalogs
        return self.catalogs[asset]

    def options_for(self, names: frozenset[VariantName]) -> Options:
        """Return the options of a build of some variants."""
        chosen = replace(self.options.selection, names=names)
        return replace(self.options, selection=chosen, assets=self._assets_with(names))

    def _assets_with(self, names: Iterable[VariantName]) -> frozenset[str]:
        """Return the assets of variants, and those whose pictures they take."""
        refers = self.needs.refers()
        found = {asset_of(each) for each in names}
        waiting = [*found]
        while waiting:
            fresh = refers.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)

    def fits(self, decided: Decided, names: Collection[VariantName]) -> bool:
        """Tell whether what is known of all the rest still says what a whole build would.

        A warning that planning gave, and does not give now, may have been about what changed.
        A picture that nobody took before may be the target of another variant.
        """
        try:
            targets = {*self.rows(names).values()}
        except UNREADABLE:
            return False
        return (
            self.needs.knows(decided.warnings)
            and self.needs.planned_warnings() <= {*map(digest_of_warning, decided.warnings)}
            and not decided.plan.skipped
            and not is_told_of(names, self.found.proof.summary)
            and self._has_same_variants(decided.project, names)
            and all(
                f"{self.root}/{each}" in self.found.proof.files for each in decided.plan.sources
            )
            and {f"{self.root}/{each.path}" for each in decided.plan.targets} == targets
        )

    def _has_same_variants(self, project: Project, names: Iterable[VariantName]) -> bool:
        """Tell whether the assets of variants have no others than they had."""
        assets = {asset_of(each) for each in names}
        now = {each.name for each in all_variants(project, assets=assets)}
        return now == {each for asset in assets for each in self.needs.variants_of(asset)}

    def rows(self, names: Iterable[VariantName]) -> dict[int, str]:
        """Return the rows of variants' targets, and the path in each."""
        targets = Targets(self.found.folder, self.found.proof.generation)
        return {row: targets.paths(row, row + 1)[0] for row in self.needs.rows_of(names)}

    def distinct(self, store: Store, file: str, names: Iterable[VariantName]) -> int:
        """Return how many actions the variants of some variants' assets stand on."""
        assets = {*map(asset_of, names)}
        every = [str(one) for each in assets for one in self.needs.variants_of(each)]
        stands = store.record.stands_of(every, file)
        return len({(asset_of(VariantName(one)), step, key) for (one, step), key in stands.items()})


def is_told_of(names: Iterable[VariantName], summary: str) -> bool:
    """Tell whether the summary of a build has a line about one of some variants, or may have."""
    known = set(names)
    assets = {asset_of(each) for each in known}
    for line in summary.splitlines():
        word, _, rest = line.strip().partition("  ")
        if word == "skip" and VariantName(rest.partition("  ")[0]) in known:
            return True
        if word.startswith("typeset ") and asset_of(VariantName(word[8:])) in assets:
            return True
    return False
