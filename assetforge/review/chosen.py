"""Which drawings somebody means: by whose they are, and after which step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from assetforge.acceptance import drawn_behind
from assetforge.action import Action, ActionId
from assetforge.decided import Decided
from assetforge.errors import NothingSelected, UsageProblem, did_you_mean
from assetforge.matrix import select
from assetforge.planner import Selection, all_variants
from assetforge.review.picture import Review


def chosen_actions(
    review: Review, selection: Selection, step: str | None, *, behind: bool = False
) -> list[ActionId]:
    """Return the drawings that are meant, in the plan's order: each variant's last.

    Args:
        review: everything there is.
        selection: whose drawings.
        step: the step that is meant in place of the last: of the variant's own asset, or else of
            one whose picture it takes.
        behind: also those that the last one stands on.

    Raises:
        NothingSelected: nothing is meant, or no asset that is has such a step.
        UsageProblem: nobody needs what is meant, as all that stands on it is pinned.
    """
    project, plan = review.decided.project, review.plan
    tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
    variants = all_variants(project, selection.max_variants)
    names = {each.name for each in select(variants, selection.selectors, selection.locales, tags)}
    meant: set[ActionId] = set()
    steps: set[str] = set()
    for target in plan.targets:
        if target.variant.name not in names:
            continue
        drawings = [plan.actions[id] for id in drawn_behind(plan, target.action)]
        steps |= {each.step for each in drawings}
        meant.update(_meant(drawings, target.variant.asset, step, behind=behind))
    if not meant:
        raise NothingSelected(_nothing(step, steps))
    needed = [id for id in plan.actions if id in meant and id in review.decided.decisions]
    if not needed:
        raise UsageProblem(f"only pinned pictures stand on {min(meant)}: `assetforge unpin` first")
    return needed


def _meant(
    drawings: Sequence[Action], asset: str, step: str | None, *, behind: bool
) -> list[ActionId]:
    """Return those of the drawings behind a target that are meant; the last one comes first."""
    if step is not None:
        named = [each for each in drawings if each.step == step]
        return [each.id for each in named if each.asset == asset] or [each.id for each in named]
    return [each.id for each in (drawings if behind else drawings[:1])]


def _nothing(step: str | None, steps: Iterable[str]) -> str:
    if step is None:
        return "none of these variants has a picture of a provider"
    advice = _advice(step, sorted(steps))
    return f"none of these variants has a step '{step}' that is drawn; {advice}"


def drawn_actions(decided: Decided, variant: str) -> list[Action]:
    """Return what providers draw for a variant of the plan, the last step last."""
    drawn = (decided.plan.actions[id] for id in decided.drawn)
    return [each for each in drawn if variant in each.variants]


def drawn_action(decided: Decided, variant: str, step: str | None) -> Action:
    """Return a drawn step of a variant by its name, by default the last.

    Raises:
        NothingSelected: the variant has no such step.
    """
    actions = {each.step: each for each in drawn_actions(decided, variant)}
    if not actions:
        raise NothingSelected(f"no step of '{variant}' is drawn by a provider")
    if step is None:
        return list(actions.values())[-1]
    if step not in actions:
        raise NothingSelected(f"'{variant}' has no drawn step '{step}'; {_advice(step, actions)}")
    return actions[step]


def one_variant(decided: Decided, selector: str) -> str:
    """Return the one variant that a selector chose.

    Raises:
        UsageProblem: it chose several.
    """
    names = sorted({str(each.variant.name) for each in decided.plan.targets})
    if len(names) != 1:
        raise UsageProblem(
            f"'{selector}' matches {len(names):,} variants; name one, such as '{names[0]}'"
        )
    return names[0]


def _advice(step: str, known: Collection[str]) -> str:
    return did_you_mean(step, known) or f"there are: {', '.join(known) or 'none'}"
