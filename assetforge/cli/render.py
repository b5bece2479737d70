"""`assetforge render`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import click

from assetforge import registry
from assetforge.action import Action, Made
from assetforge.cli.options import format_option, planning_options
from assetforge.cli.output import print_json
from assetforge.decided import Options
from assetforge.digest import SHOWN, Json
from assetforge.errors import NothingSelected, did_you_mean
from assetforge.plan import Plan
from assetforge.planner import make_plan
from assetforge.project import open_project
from assetforge.reports.text import fields, indented, plural


@click.command(name="render")
@partial(planning_options, alone=True)
@format_option("text", "json")
@click.option("--step", metavar="NAME", default=None, help="Print only the requests of this step.")
def command(options: Options, form: str, step: str | None) -> None:
    """Print the exact request of each step that goes to a provider, without sending it."""
    project = open_project(options.file, options.profile)
    plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    chosen = list(chosen_actions(plan, step))
    if form == "json":
        print_json(
            {"schema": "assetforge.render/1", "requests": [request_json(each) for each in chosen]}
        )
    else:
        click.echo("\n\n".join("\n".join(request_lines(each)) for each in chosen))


def chosen_actions(plan: Plan, step: str | None) -> Iterable[Action]:
    """Return the actions of a step, or those of all steps that a provider does.

    Raises:
        NothingSelected: no selected variant has such a step.
    """
    steps = sorted({each.step for each in plan.actions.values()})
    if step is not None and step not in steps and (steps or plan.skipped):
        left_out = [f"'{each.variant}' is left out: {each.reason}" for each in plan.skipped]
        there = f"there are: {', '.join(steps)}" if steps else "; ".join(left_out[:1])
        advice = did_you_mean(step, steps) or there or "nothing is selected"
        raise NothingSelected(f"no selected variant has a step '{step}'; {advice}")
    return (
        each
        for each in plan.actions.values()
        if each.step == step or (step is None and registry.step_kind(each.kind).paid)
    )


def inputs_of(action: Action) -> list[str]:
    """Return the inputs of an action as a person names them."""
    return [
        str(each.action) if isinstance(each, Made) else f"{each.path} {each.digest[:SHOWN]}"
        for each in action.inputs
    ]


def request_json(action: Action) -> Json:
    """Return one request of `assetforge.render/1`."""
    return {
        "action": str(action.id),
        "kind": action.kind,
        "variants": [str(each) for each in action.variants],
        "request": dict(action.request),
        "inputs": list[Json](inputs_of(action)),
    }


def request_lines(action: Action) -> Iterable[str]:
    """Return one request as text: its fields, then the prompt as it is sent."""
    yield f"{action.id}  ({action.kind}, for {_count(action)})"
    yield from (f"  {field}: {value}" for field, value in fields(action.request))
    yield from (f"  input: {each}" for each in inputs_of(action))
    if "prompt" in action.request:
        yield "  prompt:"
        yield from indented(str(action.request["prompt"]).splitlines())


def _count(action: Action) -> str:
    count = len(action.variants)
    return str(action.variants[0]) if count == 1 else plural(count, "variant")
