"""Writing a saved plan: totals first, then one line for each target and each action."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from assetforge.digest import Json
from assetforge.errors import UsageProblem
from assetforge.planner import Selection
from assetforge.pricing import Cost, usd
from assetforge.saved.file import MARK, MAX_BYTES, SCHEMA
from assetforge.saved.plan import WORDS, SavedAction, SavedPlan, SavedTarget
from assetforge.store.cas import write_atomically
from assetforge.store.problems import disk_problem


def write_plan(path: Path, plan: SavedPlan) -> None:
    """Write a plan: a reader, or a crash, never sees half of it.

    Raises:
        UsageProblem: there is something that is no saved plan, no such folder, or too much to keep.
        StoreProblem: the file cannot be written.
    """
    refuse_to_replace(path)
    data = text_of(plan).encode()
    if len(data) > MAX_BYTES:
        raise UsageProblem(
            f"the plan is larger than {MAX_BYTES // 1_000_000} MB; choose fewer variants for it"
        )
    try:
        write_atomically(path, data, durable=False, scratch=path.parent)
    except OSError as error:
        raise disk_problem(error, f"cannot write the plan '{path}'") from error


def refuse_to_replace(path: Path) -> None:
    """Check that a plan may be written here.

    Raises:
        UsageProblem: there is something that is no saved plan, or no such folder.
        StoreProblem: what is there cannot be read.
    """
    if not path.parent.is_dir():
        raise UsageProblem(f"there is no folder '{path.parent}' to write the plan to")
    if not path.exists():
        return
    if not path.is_file() or not MARK.match(beginning(path)):
        raise UsageProblem(f"'{path}' is there and is no saved plan; give another name with -o")


def beginning(path: Path) -> bytes:
    """Return a file's first bytes.

    Raises:
        StoreProblem: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(200)
    except OSError as error:
        raise disk_problem(error, f"cannot read '{path}'") from error


def text_of(plan: SavedPlan) -> str:
    """Return the file's text: totals first, then a line for each target and each action."""
    head: dict[str, Json] = {
        "schema": SCHEMA,
        "assetforge": plan.version,
        "pipeline": plan.pipeline,
        "profile": plan.profile,
        "selection": _selection_json(plan.selection),
        "flags": {
            "allow_unverified": plan.allow_unverified,
            "resend": plan.resend,
            "rebuy": plan.rebuy,
        },
        "at": plan.at,
        "totals": {
            **{word: plan.count(word) for word in WORDS.values()},
            "cost_usd": _cost_json(plan.cost),
        },
    }
    lines = [f"{json.dumps(name)}: {_line(each)}" for name, each in head.items()]
    lines.append(f'"targets": {_lines(map(_target_json, plan.targets.values()))}')
    lines.append(f'"actions": {_lines(map(_action_json, plan.actions.values()))}')
    return "{\n" + ",\n".join(f"  {line}" for line in lines) + "\n}\n"


def _selection_json(selection: Selection) -> dict[str, Json]:
    """Return whose plan it is; `names` only where each is named, for older versions refuse it."""
    said: dict[str, Json] = {
        "selectors": list(selection.selectors),
        "locales": list(selection.locales),
        "max_variants": selection.max_variants,
    }
    if selection.names is not None:
        said["names"] = list[Json](sorted(selection.names))
    return said


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Iterable[Json]) -> str:
    listed = ",\n".join(f"    {_line(each)}" for each in values)
    return f"[\n{listed}\n  ]"


def _cost_json(cost: Cost) -> dict[str, Json]:
    return {"low": usd(cost.low), "high": usd(cost.high)}


def _target_json(target: SavedTarget) -> dict[str, Json]:
    return {"path": target.path, "variant": target.variant, "action": str(target.action)}


def _action_json(action: SavedAction) -> dict[str, Json]:
    return {
        "id": str(action.id),
        "asset": action.asset,
        "step": action.step,
        "variants": list(action.variants),
        "decision": action.decision,
        "key": action.key,
        "cost_usd": _cost_json(action.price),
        "artifact": action.artifact,
        "inputs": [
            {"action" if each.made else "path": each.name, "sha256": each.digest}
            for each in action.inputs
        ],
        "request": action.request,
    }
