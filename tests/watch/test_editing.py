"""A real `assetforge watch` beside people, editors and git, for hundreds of changes."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from tests.cli.test_watch import PATIENCE_SECONDS, watching
from tests.review.shop import Open
from tests.space import Space
from tests.watch.editing import VIM, Editing

EDITS = 500
GAP_SECONDS = 0.02
"""Now and then somebody waits long enough for what they did to be taken up."""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_five_hundred_edits_spend_nothing_and_the_last_is_not_missed(open_shop: Open):
    if VIM is None:
        assert "CI" not in os.environ, "vim is not installed, and CI has to run this test"
    shop = open_shop()
    editing = Editing(shop, seed=8)
    with watching(shop, "--profile", "final") as watch:
        watch.until("not built: nothing is spent unasked")
        for number in range(EDITS):
            editing.step()
            time.sleep(0.7 if number % 50 == 49 else GAP_SECONDS)
        shop.write("prompts/copy.j2", "{{ the_last_edit }}\n")
        watch.until("unknown variable 'the_last_edit'")
        shop.write("prompts/copy.j2", "Set {{ copy.headline|quoted }} at last.\n")
        told = last_plan(watch, shop)

        assert watch.stop() == 130

    assert shop.calls() == 0
    assert shop.outputs() == {}
    assert told == planned(shop)
    assert sum(editing.done.values()) == EDITS


def last_plan(watch, shop: Space) -> str:
    """Return the totals that are told once all is mended."""
    said = watch.until("not built: nothing is spent unasked")
    return totals_in(said)


def totals_in(text: str) -> str:
    found: list[str] = re.findall(r"\d+ pictures? in .*?; cost \$[\d.]+(?: to \$[\d.]+)?", text)
    assert found, text
    return found[-1]


def planned(shop: Space) -> str:
    return totals_in(shop.run("plan", "--profile", "final").out)


def test_the_same_for_what_is_free_leaves_what_a_build_would(tmp_path: Path):
    """After every kind of edit, the pictures are those of the sources as they are then."""
    space = Space(tmp_path).quick()
    editing = Editing(space, seed=4)
    with watching(space) as watch:
        watch.until("10 made")
        for number in range(60):
            editing.step()
            time.sleep(0.6 if number % 20 == 19 else GAP_SECONDS)
        space.write("prompts/scene.j2", "The last scene.\n")
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            time.sleep(0.5)
            if space.run("check", "--built").code == 0:
                break
        watch.stop()
    left = space.outputs()

    assert space.run("build").code == 0
    assert space.outputs() == left
