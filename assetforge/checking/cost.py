"""Whether what the lock does not name can be bought at all within the caps of the pipeline file."""

from __future__ import annotations

from collections.abc import Iterator

from assetforge.checking.standing import ByLock
from assetforge.decided import FREE, PENDING, Options, price_of_action
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic
from assetforge.permission import caps_of
from assetforge.pricing import CENT, usd
from assetforge.project import Project


def cost_warnings(project: Project, options: Options, by_lock: ByLock) -> Iterator[Diagnostic]:
    """Yield the caps that a build would surely reach: even its lowest price is above them.

    No error, for what is missing may be in a store, or be bought in parts.
    """
    caps = caps_of(options, project)
    named: list[tuple[str, int | None, DocumentPath]] = [
        ("over-max-cost", caps.run, ("profiles", project.profile_name, "max_cost")),
        ("over-budget", caps.day, ("budget", "day")),
        ("over-budget", caps.month, ("budget", "month")),
    ]
    if all(cap is None for _, cap, _ in named):
        return
    low = lowest_cost(by_lock)
    for code, cap, path in named:
        if cap is not None and low > cap:
            yield Diagnostic(
                code,
                f"what the lock does not name costs at least ${usd(low // CENT * CENT)}, "
                f"more than the ${usd(cap)} that may be spent",
                project.loaded.document.place(path),
                "",
                "raise it, build a part of the pictures, or choose a lower quality",
                severity="warning",
            )


def lowest_cost(by_lock: ByLock) -> int:
    """Return the microdollars that a build costs at least, by the lock alone."""
    unsure = by_lock.unknowable
    actions = by_lock.plan.actions
    pending = [id for id, each in by_lock.decisions.items() if isinstance(each, PENDING)]
    costs = (
        price_of_action(by_lock.project, by_lock.plan, actions[id])
        for id in pending
        if id not in unsure
    )
    return sum(costs, FREE).low
