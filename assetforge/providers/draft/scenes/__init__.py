"""The scenes a draft can be painted as: one file each, `paint(stage, palette, chance)`."""

from __future__ import annotations

from assetforge.providers.draft.scenes import arches, bloom, hills, orbit, paper, tiles

SCENES = {
    "hills": hills.paint,
    "orbit": orbit.paint,
    "tiles": tiles.paint,
    "paper": paper.paint,
    "arches": arches.paint,
    "bloom": bloom.paint,
}
"""Name → what paints it."""
