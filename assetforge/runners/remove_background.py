"""Runs `remove-background`: makes a ground of one colour transparent, and says how much it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from assetforge.digest import Json
from assetforge.findings import Check, Findings, Verdict
from assetforge.images import decode, encode_png, ground_colour, keyed, removed_permille
from assetforge.runners.base import Work

ONE_COLOUR: Final = 600
"""From this share of the edges on, in permille, they show a ground of one colour."""

LITTLE: Final = 10
"""Up to this many permille, what was removed or what is left is hardly a ground or a picture."""


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Work:
    """Return the picture without its ground; see `assetforge.steps.remove_background`.

    Raises:
        UnreadableImage: the input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    image = decode(inputs[0])
    given = asked.get("colour")
    key, share = (_samples(given), 1000) if given else ground_colour(image)
    bare = keyed(image, key, asked["tolerance"], asked["softness"])
    check = _check(_written(key), share, removed_permille(image, bare))
    return Work(encode_png(bare), Findings((check,)))


def _samples(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _written(key: tuple[int, int, int]) -> str:
    return "#" + bytes(key).hex()


def _check(colour: str, share: int, removed: int) -> Check:
    verdict, message = _judged(colour, share, removed)
    return Check(
        check="alpha",
        verdict=verdict,
        message=message,
        expected=colour,
        details={"removed_permille": removed, "edges_permille": share},
    )


def _judged(colour: str, share: int, removed: int) -> tuple[Verdict, str]:
    if removed == 0:
        return "differs", f"nothing has the colour {colour} of the background"
    if removed == 1000:
        return "differs", f"everything has the colour {colour} of the background"
    if share < ONE_COLOUR:
        return "look", f"the edges have no one colour: {colour} is the commonest; name a 'colour'"
    if not LITTLE < removed < 1000 - LITTLE:
        return "look", f"{removed // 10}.{removed % 10}% has the colour {colour} of the background"
    return "equal", ""
