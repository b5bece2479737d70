"""Builds killed at random instants lose nothing and buy nothing twice; the long run is a benchmark.

The measure itself is tested too: it has to see each kind of harm that it says there is none of.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from benchmarks.crashes import BUILD, Site, crash, measured_life, quota, site
from benchmarks.ground import KEY
from benchmarks.together import is_sound, measured
from tests import called

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="processes are not killed so elsewhere"),
    pytest.mark.usefixtures("unmeasured"),
]


def test_what_arrived_stays_and_is_not_bought_again_however_builds_are_killed(monkeypatch):
    """What is killed are processes, within the life of one; what ends by itself is called here."""
    life = measured_life(random.Random(1))
    monkeypatch.setattr("benchmarks.crashes.measured_life", lambda dice: life)
    monkeypatch.setattr("benchmarks.ground.start", called.start)

    tally = crash(20261121, quota(15))

    assert tally.sound, tally.told
    assert tally.kills >= 15
    assert tally.finished
    assert tally.pictures


def test_eight_processes_that_build_overlapping_parts_at_once_buy_each_picture_once():
    row = measured(7)

    assert is_sound(row), row
    assert int(str(row["asked_for"])) > int(str(row["pictures"])), "they overlap"


@pytest.fixture(scope="module")
def built() -> Iterator[Site]:
    with site(random.Random(1), 0.0) as place:
        place.write("evening")
        code, _, said = place.run(*BUILD)
        assert code == 0, said
        place._inspect()
        assert place.tally.sound, place.tally.told
        yield place


def blob_of_a_picture(root: Path) -> Path:
    return sorted(root.glob(".assetforge/cas/??/*"))[0]


def paid_result(root: Path) -> Path:
    return sorted(root.glob(".assetforge/actions/??/*.json"))[0]


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


HARM: dict[str, tuple[Callable[[Path], Path], Callable[[Path], None], set[str]]] = {
    "a blob is gone": (blob_of_a_picture, Path.unlink, {"lost"}),
    "a blob is damaged": (blob_of_a_picture, flip, {"lost", "fsck"}),
    "a result is gone": (paid_result, Path.unlink, {"lost"}),
    "a target is half-written": (lambda root: root / "out/n0.png", flip, {"fsck"}),
    "the ledger is gone": (lambda root: root / ".assetforge/ledger.sqlite", Path.unlink,
                           {"forgotten"}),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_the_measure_sees_that(built, harm):
    which, how, seen = HARM[harm]
    path = which(built.root)
    whole, mode = path.read_bytes(), path.stat().st_mode
    built.tally = type(built.tally)()

    how(path)
    built._look_for_damage(type(built.shelf)(built.root))
    built._inspect()

    path.unlink(missing_ok=True)
    path.write_bytes(whole)
    path.chmod(mode)
    built.shelf = type(built.shelf)(built.root)
    assert {name for name in ("lost", "fsck", "forgotten") if getattr(built.tally, name)} >= seen


def test_the_measure_sees_what_is_bought_twice(built):
    words = {
        "model": "gpt-image-2-2026-04-21",
        "prompt": "Hill n0 in the evening.",
        "size": "1024x1024",
        "quality": "low",
    }
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    url = f"{built.server.url}/images/generations"
    built.tally = type(built.tally)()

    with urlopen(Request(url, json.dumps(words).encode(), headers)) as answer:
        assert answer.status == 200
    built._inspect()

    assert built.tally.twice == 1
    assert not built.tally.sound
