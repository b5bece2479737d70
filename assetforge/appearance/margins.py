"""Text and the edges of what finished pictures show."""

from __future__ import annotations

from assetforge.findings import Box, Check


def safe_area_check(box: Box, area: Box, slot: str) -> Check:
    """Return whether the box of a text lies inside the safe area; both in pixels."""
    over = {
        "left": area[0] - box[0],
        "top": area[1] - box[1],
        "right": box[0] + box[2] - area[0] - area[2],
        "bottom": box[1] + box[3] - area[1] - area[3],
    }
    out = {edge: beyond for edge, beyond in over.items() if beyond > 0}
    if not out:
        return Check("safe-area", "equal", slot=slot, box=box, details={"area": list(area)})
    said = ", ".join(f"{beyond} px at the {edge}" for edge, beyond in out.items())
    message = f"{slot}: stands {said} outside the safe area"
    return Check(
        "safe-area", "differs", message, slot=slot, box=box, details={"area": list(area), **out}
    )
