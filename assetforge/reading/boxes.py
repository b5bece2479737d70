"""Boxes of a picture: around others, larger, in common. All as x, y, width, height in pixels."""

from __future__ import annotations

from collections.abc import Iterable

from assetforge.findings import Box


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around some boxes, of which there is at least one."""
    several = list(boxes)
    left, top = min(each[0] for each in several), min(each[1] for each in several)
    right = max(each[0] + each[2] for each in several)
    bottom = max(each[1] + each[3] for each in several)
    return left, top, right - left, bottom - top


def common(one: Box, other: Box) -> Box | None:
    """Return what two boxes have in common; None: nothing."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right = min(one[0] + one[2], other[0] + other[2])
    bottom = min(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def grown(box: Box, across: int, down: int, within: Box) -> Box:
    """Return a box with more room on each side, cut to another."""
    x, y, width, height = box
    larger = (x - across, y - down, width + 2 * across, height + 2 * down)
    return common(larger, within) or box


def share_in(one: Box, other: Box) -> float:
    """Return how much of the smaller of two boxes lies in the other, from 0 to 1."""
    both = common(one, other)
    return both[2] * both[3] / min(one[2] * one[3], other[2] * other[3]) if both else 0.0
