"""Decisions, edits and builds in any order: no call but by a build, undo is exact, builds agree."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from assetforge.action import ActionKey
from assetforge.emulator import Settings, serving
from assetforge.store.local import FOLDER, Store
from tests.review.shop import KEY, SOLD, Shop

PIPELINE = f"""\
version: 1
locales: {{source: en, catalogs: "locales/{{locale}}.json"}}
profiles:
  final: {SOLD}, unaccepted: POLICY}}
assets:
  banner:
    matrix: {{locale: all}}
    steps:
      - compose: prompts/scene.j2
        size: 480x320
      - edit: prompts/copy.j2
        copy: {{headline: banner.headline}}
    output: out/{{locale}}.png
"""

WHOSE = st.sampled_from(["*", "banner/de", "banner/en"])
STEP = st.sampled_from([(), ("--step", "compose"), ("--step", "edit")])
TAKE = st.integers(1, 3).map(str)
DECISIONS = st.one_of(
    st.builds(lambda whose, step: ("accept", whose, *step), WHOSE, STEP),
    st.builds(lambda whose, step: ("reject", whose, *step), WHOSE, STEP),
    st.builds(lambda whose, step: ("pin", whose, *step), WHOSE, STEP),
    st.builds(lambda whose, step: ("unpin", whose, *step), WHOSE, STEP),
    st.builds(lambda whose, take, step: ("choose", whose, take, *step), WHOSE, TAKE, STEP),
    st.builds(
        lambda whose, step, shade: ("import", f"{shade}.png", "--as", whose, *step),
        WHOSE,
        STEP,
        st.integers(0, 3),
    ),
    st.just(("undo",)),
)
MOVES = st.one_of(
    DECISIONS.map(lambda words: ("decide", words)),
    DECISIONS.map(lambda words: ("decide and undo", words)),
    st.builds(lambda whose, step: ("reroll", (whose, *step)), WHOSE, STEP),
    st.sampled_from(["calm", "stormy"]).map(lambda word: ("scene", word)),
    st.sampled_from(["bold", "thin"]).map(lambda word: ("copy", word)),
    st.just(("build", ())),
)


@pytest.fixture(scope="module")
def server():
    """An emulator, known by its address to what runs in this process."""
    with serving(Settings(pictures="flat")) as started, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("OPENAI_BASE_URL", started.url)
        patch.setenv("GIT_AUTHOR_NAME", "Ada")
        patch.setenv("GIT_AUTHOR_EMAIL", "ada@example.org")
        yield started


@settings(
    max_examples=int(os.environ.get("ASSETFORGE_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(policy=st.sampled_from(["use", "keep"]), moves=st.lists(MOVES, min_size=3, max_size=10))
def test_any_sequence_keeps_the_promises(server, policy, moves):
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder).resolve() / "project", server)
        shop.root.mkdir()
        shop.quick(pipeline=PIPELINE.replace("POLICY", policy))
        for shade in range(4):
            shop.picture(f"{shade}.png", (60 * shade, 0, 0))
        begun = shop.calls()
        shop.buys()

        for kind, what in moves:
            move(shop, kind, what)
        for _ in range(3):  # one more take of each rejected picture, should one be repeated
            shop.buys()

        assert shop.calls() - begun == bought(shop), "each key is bought once"
        assert_a_clean_build_agrees(shop, Path(folder).resolve() / "clean")


def move(shop: Shop, kind: str, what: Any) -> None:
    if kind in ("decide", "decide and undo"):
        decide(shop, what, undo=kind != "decide")
    elif kind == "reroll":
        shop.run("reroll", *what, "--yes")
    elif kind == "scene":
        shop.write("prompts/scene.j2", f"A {what} scene.\n")
    elif kind == "copy":
        shop.write("prompts/copy.j2", f"Set {{{{ copy.headline|quoted }}}} in {what}.\n")
    else:
        shop.buys()


def decide(shop: Shop, words: tuple[str, ...], *, undo: bool) -> None:
    before, calls, made = shop.lock_bytes(), shop.calls(), len(shop.decisions())
    result = shop.run(*words, "--yes")

    assert shop.calls() == calls, "a decision makes no call"
    assert result.code in (0, 2), result.err
    decided = len(shop.decisions()) > made
    event(f"{words[0]}: {'decided' if decided else 'refused or as before'}")
    if not decided:
        assert shop.lock_bytes() == before
    elif undo and words[0] != "undo":
        shop.does("undo", "--yes")
        assert shop.lock_bytes() == before


def bought(shop: Shop) -> int:
    """Return how many keys have a result that was paid for."""
    with closing(Store(shop.root / FOLDER, emulation=True)) as store:
        keys = [ActionKey(path.stem) for path in (shop.root / FOLDER / "actions").glob("*/*.json")]
        return sum(bool(each.call) for each in store.known(keys).values())


def assert_a_clean_build_agrees(shop: Shop, root: Path) -> None:
    gone = shutil.ignore_patterns("out", "state.sqlite*", "ledger.sqlite*")
    shutil.copytree(shop.root, root, ignore=gone)
    clean, lock = Shop(root, shop.server), shop.lock_bytes()

    assert clean.buys() == 0
    assert clean.outputs() == shop.outputs()
    assert clean.lock_bytes() == lock == shop.lock_bytes()
