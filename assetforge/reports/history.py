"""From a picture back to its recipe: the results behind its bytes, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assetforge.digest import SHOWN, Digest, Json
from assetforge.pricing import usd
from assetforge.reports.text import fields, indented
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store

APART = frozenset({"kind", "kind_version", "rule", "prompt", "inputs"})
"""Fields of a manifest that are shown in another way, or not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One result in a picture's past; `depth` is 0 for the picture itself."""

    depth: int
    result: ActionResult
    targets: Sequence[str]


def history(artifact: Digest, store: Store) -> list[Entry]:
    """Return the results behind some bytes, the last step first; empty if nothing is known."""
    targets: dict[str, list[str]] = {}
    for written in store.record.targets().values():
        targets.setdefault(written.artifact, []).append(written.path)
    entries: list[Entry] = []
    seen: set[str] = set()
    open_artifacts = [(0, artifact)]
    while open_artifacts:
        depth, digest = open_artifacts.pop()
        if digest in seen:
            continue
        seen.add(digest)
        for result in store.actions.makers(digest):
            entries.append(Entry(depth, result, sorted(targets.get(digest, []))))
            inputs = result.manifest.get("inputs")
            below = inputs if isinstance(inputs, list) else []
            open_artifacts += [(depth + 1, Digest(str(each))) for each in reversed(below)]
    return entries


def history_document(artifact: Digest, entries: Sequence[Entry]) -> dict[str, Json]:
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
                "targets": list(each.targets),
            }
            for each in entries
        ],
    }


def history_text(artifact: Digest, entries: Sequence[Entry]) -> str:
    """Return a picture's past as a person reads it."""
    return "\n".join([f"sha256 {artifact}", *(line for each in entries for line in _lines(each))])


def _lines(entry: Entry) -> Iterable[str]:
    result, manifest = entry.result, entry.result.manifest
    yield ""
    yield f"{manifest['kind']}  {result.artifact[:SHOWN]}  made {result.made_at}"
    yield f"  key {result.key[:SHOWN]}  cost ${usd(result.cost_microdollars)}"
    yield from (f"  at {path}" for path in entry.targets)
    own = {name: each for name, each in manifest.items() if name not in APART}
    yield from (f"  {field}: {value}" for field, value in fields(own))
    inputs = manifest.get("inputs")
    if isinstance(inputs, list) and inputs:
        yield f"  inputs: {', '.join(str(each)[:SHOWN] for each in inputs)}"
    if manifest.get("prompt"):
        yield "  prompt:"
        yield from indented(str(manifest["prompt"]).splitlines())
