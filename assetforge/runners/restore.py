"""Runs `restore`: puts back what an edit may not change, and says what changed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assetforge.digest import Json
from assetforge.errors import ActionFailed
from assetforge.findings import Check, Findings
from assetforge.images import (
    Drift,
    Image,
    Seam,
    Weights,
    box_weights,
    decode,
    drift,
    encode_png,
    kind_of,
    mask_weights,
    matched,
    nothing_kept,
    on_pixels,
    opacity,
    restored,
    seam,
)
from assetforge.runners.base import Work

MOST_SEEN: Final = 250
"""Up to this many permille of the edge may show a step of tone before a person has to look."""

AROUND_SEAM: Final = 60
"""Pixels around the greatest step of tone that are shown to this person."""


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Work:
    """Return the mended picture and what was found; see `assetforge.steps.restore`.

    The picture after the edit is returned byte by byte if it is a PNG and nothing is put back.

    Raises:
        ActionFailed: an input is no picture, or the mask lets nothing through.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    mended, checks, exhibits = _looked_at(asked, inputs)
    data = inputs[0] if mended is None else encode_png(mended)
    return Work(data, Findings(tuple(checks)), exhibits)


def _looked_at(
    asked: Mapping[str, Any], inputs: tuple[bytes, ...]
) -> tuple[Image | None, list[Check], dict[str, bytes]]:
    """Return the mended picture, None if there is nothing to mend, and all that was seen."""
    mask = _mask(inputs[-1]) if asked.get("mask") else None
    after = decode(inputs[0])
    before = matched(decode(inputs[1]), after.size)
    weights = _weights(asked, after.size, mask)
    drifted = drift(before, after, weights)
    checks = [_drift_check(drifted, asked)]
    exhibits = {"drift": encode_png(drifted.map, level=6)} if drifted.changed else {}
    if "region" not in asked and mask is None:
        return None, checks, exhibits
    if not drifted.touched:
        return (None if kind_of(inputs[0])[0] == "PNG" else after), checks, exhibits
    edge = seam(before, after, weights)
    checks.append(_seam_check(edge))
    mended = restored(before, after, weights)
    if edge.worst and checks[-1].exhibit:
        exhibits["seam"] = encode_png(_around(mended, edge.worst), level=6)
    return mended, checks, exhibits


def _mask(data: bytes) -> Image:
    """Return how opaque a mask is.

    Raises:
        ActionFailed: it is opaque all over, so nothing may change.
    """
    mask = opacity(data)
    if mask.getextrema() == (255, 255):
        message = "the mask has no transparent pixel; make transparent what may change"
        raise ActionFailed("opaque-mask", message)
    return mask


def _weights(asked: Mapping[str, Any], size: tuple[int, int], mask: Image | None) -> Weights:
    if mask is not None:
        return mask_weights(matched(mask, size))
    if "region" not in asked:
        return nothing_kept
    canvas = asked["canvas"]
    box = on_pixels(asked["region"], canvas, size)
    return box_weights(size, box, asked["feather"] * size[0] // canvas[0])


def _drift_check(drifted: Drift, asked: Mapping[str, Any]) -> Check:
    bound = asked.get("max_drift")
    too_much = bound is not None and drifted.exceeds(bound)
    what = "the picture" if not {"region", "mask"} & asked.keys() else "what should not change"
    message = f"{_percent(drifted.permille)} of {what} changed"
    details: dict[str, Json] = {
        "compared": "YIQ",
        "protected": drifted.protected,
        "touched": drifted.touched,
        "changed_permille": drifted.permille,
        "distance": drifted.distance,
        "boxes": [list(each) for each in drifted.boxes],
    }
    return Check(
        check="drift",
        verdict="differs" if too_much else "equal",
        message=f"{message}; at most {bound}% may" if too_much else message,
        expected=f"at most {bound}%" if bound is not None else "",
        found=_percent(drifted.permille),
        exhibit="drift" if drifted.changed else "",
        details=details,
    )


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}%"


def _seam_check(edge: Seam) -> Check:
    visible = edge.seen_permille > MOST_SEEN
    return Check(
        check="seam",
        verdict="look" if visible else "equal",
        message=f"{_percent(edge.seen_permille)} of the edge of what may change shows a seam",
        exhibit="seam" if visible else "",
        details={
            "squares": edge.cells,
            "step_permille": edge.step_permille,
            "seen_permille": edge.seen_permille,
        },
    )


def _around(image: Image, box: tuple[int, int, int, int]) -> Image:
    x, y, width, height = box
    left, top = max(0, x - AROUND_SEAM), max(0, y - AROUND_SEAM)
    right = min(image.width, x + width + AROUND_SEAM)
    return image.crop((left, top, right, min(image.height, y + height + AROUND_SEAM)))
