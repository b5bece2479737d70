"""The recipe behind a picture, step by step, as a person or a script is shown it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assetforge.digest import SHOWN, Digest, Json
from assetforge.pricing import usd
from assetforge.reports.text import fields, indented
from assetforge.review.recipe import Step, inputs_of

APART = frozenset({"kind", "kind_version", "rule", "prompt", "inputs"})
"""Fields of a manifest that are shown in another way, or not."""


def recipe_document(artifact: Digest, steps: Sequence[Step]) -> dict[str, Json]:
    """Return `assetforge.log/1`."""
    return {
        "schema": "assetforge.log/1",
        "sha256": str(artifact),
        "steps": [
            {
                "depth": each.depth,
                "key": str(each.result.key),
                "artifact": str(each.result.artifact),
                "manifest": each.result.manifest,
                "made_at": each.result.made_at,
                "cost_usd": usd(each.result.cost_microdollars),
                "request_id": each.result.request_id,
                "model": each.result.model,
                "imported": each.result.imported or None,
                "targets": list(each.targets),
            }
            for each in steps
        ],
    }


def recipe_text(artifact: Digest, steps: Sequence[Step]) -> str:
    """Return a picture's recipe as a person reads it."""
    return "\n".join([f"sha256 {artifact}", *(line for each in steps for line in _lines(each))])


def _lines(step: Step) -> Iterable[str]:
    result, manifest = step.result, step.result.manifest
    yield ""
    yield f"{manifest['kind']}  {result.artifact[:SHOWN]}  made {result.made_at}"
    yield f"  key {result.key[:SHOWN]}  cost ${usd(result.cost_microdollars)}"
    if result.imported:
        yield f"  imported from '{result.imported}'; what it stands for:"
    yield from (f"  at {path}" for path in step.targets)
    own = {name: each for name, each in manifest.items() if name not in APART}
    yield from (f"  {field}: {value}" for field, value in fields(own))
    if inputs := inputs_of(manifest):
        yield f"  inputs: {', '.join(each[:SHOWN] for each in inputs)}"
    if manifest.get("prompt"):
        yield "  prompt:"
        yield from indented(str(manifest["prompt"]).splitlines())
