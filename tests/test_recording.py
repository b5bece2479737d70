"""What builds write into the lock, from the emulator's pictures."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from assetforge.build import build_decided
from assetforge.decided import Options, deciding
from assetforge.emulator import Server, Settings, serving
from assetforge.errors import InvalidSource, StoreProblem
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import folder_of, read_lock
from assetforge.store.local import FOLDER
from tests.space import QUICK, Space

FINAL = QUICK.replace(
    "blank: {provider: blank}",
    "final: {provider: openai, model: gpt-image-2-2026-04-21, quality: low}\n"
    "  draft: {provider: blank}",
)
LOCK = "assetforge.lock/banner.json"


@dataclass
class Shop:
    """A project whose pictures an emulator makes, on this thread."""

    space: Space
    server: Server
    before: int = 0
    """So many pictures were asked for already, from another emulator."""

    def build(self, *arguments: str) -> dict[str, int]:
        return self.space.build("--yes", *arguments)

    def calls(self) -> int:
        found: int = self.server.books()["totals"]["calls"]
        return self.before + found

    def lock(self) -> dict[Slot, Entry]:
        return dict(read_lock(folder_of(self.space.root, "assetforge.yaml")).entries)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with serving(Settings(pictures="flat")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("ASSETFORGE_LIMITS", str(tmp_path / "limits"))
        (tmp_path / "project").mkdir()
        yield Shop(Space(tmp_path / "project").quick(pipeline=FINAL), server)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop where everything is built, and whose emulator is gone: only to be copied."""
    folder = tmp_path_factory.mktemp("built")
    with serving(Settings(pictures="flat")) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", "any")
        patch.setenv("ASSETFORGE_LIMITS", str(folder / "limits"))
        (folder / "project").mkdir()
        found = Shop(Space(folder / "project").quick(pipeline=FINAL), server)
        found.build()
    return found


@pytest.fixture
def built(shop: Shop, built_once: Shop) -> Shop:
    """A shop where everything is built; its emulator goes on drawing as the other would have."""
    shop.before = built_once.calls()
    for _ in range(shop.before):
        shop.server.world.next_call()
    shutil.copytree(built_once.space.root, shop.space.root, dirs_exist_ok=True)
    return shop


def slots(*variants: str) -> set[Slot]:
    return {Slot(each, "final", step) for each in variants for step in ("compose", "edit")}


ALL = ("banner/wide/en", "banner/wide/de", "banner/tall/en", "banner/tall/de")


def test_a_build_locks_every_picture_it_bought_with_all_that_explains_it(built):
    lock = built.lock()
    scene, words = (lock[Slot("banner/wide/de", "final", each)] for each in ("compose", "edit"))
    assert lock.keys() == slots(*ALL)
    assert scene == lock[Slot("banner/wide/en", "final", "compose")], "one picture, two variants"
    assert words.components["inputs"] == [scene.artifact[:12]]
    assert scene.components["prompt"] == "A calm scene."
    assert (words.take, words.asked) == (1, "gpt-image-2-2026-04-21")
    assert words.cost_microdollars > 0
    assert len(words.pixels) == 64
    assert words.accepted is words.pinned is None
    assert words.emulated


def test_a_second_build_leaves_the_lock_as_it_is(built):
    before = built.space.read(LOCK)

    built.build()

    assert built.space.read(LOCK) == before


def test_what_is_drawn_here_for_nothing_is_not_locked(shop):
    shop.build("--profile", "draft")

    assert shop.lock() == {}
    assert not (shop.space.root / "assetforge.lock").exists()


def test_a_filtered_build_locks_only_what_it_made(shop):
    shop.build("*/de")

    assert shop.lock().keys() == slots("banner/wide/de", "banner/tall/de")


def test_a_filtered_build_leaves_what_it_did_not_look_at(built):
    before = built.lock()
    for each in ("en", "de"):
        built.space.locale(each, headline="New", action="Go", alt="Hills")

    built.build("*/de")

    after = built.lock()
    changed = {slot for slot in after if after[slot] != before[slot]}
    assert changed == {Slot(f"banner/{each}/de", "final", "edit") for each in ("wide", "tall")}


def test_a_build_that_failed_locks_what_it_made_and_no_more(tmp_path, monkeypatch):
    faults = {"moderation_input": 1.0}
    space = Space(tmp_path).quick(pipeline=FINAL)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setenv("ASSETFORGE_LIMITS", str(tmp_path / "limits"))
    with serving(Settings(pictures="flat")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        space.build("--yes", "*/wide/de")
    with serving(Settings(pictures="flat", faults=faults)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = space.run("build", "--yes", "--keep-going")

    assert result.code == 1
    entries = read_lock(folder_of(tmp_path, "assetforge.yaml")).entries
    scene = Slot("banner/wide/en", "final", "compose")
    assert entries.keys() == slots("banner/wide/de") | {scene}


def test_frozen_restores_every_file_byte_for_byte_without_a_call(built):
    before, calls = built.space.outputs(), built.calls()
    shutil.rmtree(built.space.root / "out")

    built.build("--frozen")

    assert built.space.outputs() == before
    assert built.calls() == calls


def test_frozen_restores_a_fresh_clone_from_the_lock_and_blobs_alone(built, tmp_path, monkeypatch):
    """No index, no results, no targets: what is committed, and another store's blobs."""
    before, calls = built.space.outputs(), built.calls()
    clone, store = tmp_path / "clone", tmp_path / "store"
    shutil.copytree(built.space.root / FOLDER / "cas", store / "cas")
    shutil.copytree(built.space.root, clone, ignore=shutil.ignore_patterns(FOLDER, "out"))
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(store))

    result = Space(clone).run("build", "--frozen")

    assert result.code == 0, result.err
    assert Space(clone).outputs() == before
    assert built.calls() == calls


def test_frozen_never_writes_the_lock(built):
    (built.space.root / LOCK).unlink()

    built.build("--frozen")

    assert not (built.space.root / LOCK).exists()


def test_a_deleted_lock_comes_back_with_the_next_build(built):
    built.space.run("accept", "*/de")
    before, calls = built.space.read(LOCK), built.calls()
    shutil.rmtree(built.space.root / "assetforge.lock")

    result = built.space.run("build", "--yes")

    assert "the lock of 'banner' is gone" in result.err
    assert built.space.read(LOCK) == before
    assert built.calls() == calls


def test_what_the_lock_names_and_no_store_has_is_not_bought_again_silently(built):
    calls = built.calls()
    shutil.rmtree(built.space.root / FOLDER)

    normal, frozen = built.space.run("build", "--yes"), built.space.run("build", "--frozen")

    assert (normal.code, frozen.code) == (1, 3)
    for each in (normal, frozen):
        assert each.err.startswith("assetforge: lost: banner/wide/de/edit (")
        assert "--rebuy" in each.err
    assert built.calls() == calls
    plan = built.space.plan_words()
    assert plan["banner/wide/de/edit"] == "lost"


def test_what_is_lost_is_bought_again_when_asked_for(built):
    calls = built.calls()
    shutil.rmtree(built.space.root / FOLDER)
    shutil.rmtree(built.space.root / "out")

    totals = built.build("--rebuy")

    assert totals["made"] == 10
    assert built.calls() == 2 * calls
    assert built.build()["hit"] == 10


def test_with_keep_going_only_what_is_lost_fails(built):
    entry = built.lock()[Slot("banner/wide/de", "final", "edit")]
    store = built.space.root / FOLDER
    (store / "cas" / entry.artifact[:2] / entry.artifact).unlink()
    (store / "state.sqlite").unlink()

    result = built.space.run("build", "--yes", "--keep-going", "--format", "json")

    assert result.code == 1
    (failure,) = result.json["failures"]
    assert (failure["action"], failure["error"]) == ("banner/wide/de/export", "lost")
    assert f"{entry.artifact[:12]} of banner/wide/de/edit is in no store" in failure["message"]
    assert len(result.json["targets"]) == 3


def test_a_lost_scene_is_no_matter_as_long_as_all_that_stands_on_it_is_there(built):
    scene = built.lock()[Slot("banner/wide/de", "final", "compose")]
    (built.space.root / FOLDER / "cas" / scene.artifact[:2] / scene.artifact).unlink()

    assert built.build("--frozen")["hit"] == 10
    assert built.space.run("check", "--built").code == 0


def test_a_lost_scene_fails_what_has_to_be_made_from_it(built):
    scene = built.lock()[Slot("banner/wide/de", "final", "compose")]
    (built.space.root / FOLDER / "cas" / scene.artifact[:2] / scene.artifact).unlink()
    built.space.locale("de", headline="New", action="Go", alt="Hills")
    calls = built.calls()

    refused = built.space.run("build", "--yes")
    going = built.space.run("build", "--yes", "--keep-going", "--format", "json")

    assert refused.err.startswith("assetforge: lost: banner/wide/compose (")
    assert [each["error"] for each in going.json["failures"]] == ["lost"]
    assert built.calls() == calls + 1, "the tall one is made"


def test_an_emulators_picture_never_replaces_a_real_one_in_the_lock(shop):
    shop.build("*/wide/de")
    real = shop.space.read(LOCK).replace('          "emulated": true,\n', "")
    shop.space.write(LOCK, real)
    shop.space.replace("prompts/scene.j2", "calm", "wild")

    shop.build("*/wide/de")

    assert shop.space.read(LOCK) == real


def test_a_new_locale_that_shares_a_scene_takes_over_what_was_decided(built):
    built.space.run("accept", "*/wide/de")
    built.space.locale("ja", headline="Sale ja", action="Buy ja", alt="Hills ja")

    built.build()

    lock = built.lock()
    scene = lock[Slot("banner/wide/ja", "final", "compose")]
    assert scene == lock[Slot("banner/wide/de", "final", "compose")]
    assert scene.accepted is not None
    assert lock[Slot("banner/wide/ja", "final", "edit")].accepted is None


def test_what_was_accepted_stays_in_mind_while_nothing_newer_is(built):
    built.space.run("accept", "*")
    accepted = built.lock()[Slot("banner/wide/de", "final", "edit")]
    for headline in ("One", "Two"):
        built.space.locale("de", headline=headline, action="Go", alt="Hills")
        built.build()

    now = built.lock()[Slot("banner/wide/de", "final", "edit")]
    assert now.accepted is None
    assert now.previous == accepted


def test_takes_that_the_pipeline_asks_for_are_made_at_once_and_the_first_stands(shop):
    shop.space.replace(
        "assetforge.yaml", "- compose: prompts/scene.j2", "- {compose: prompts/scene.j2, takes: 3}"
    )

    totals = shop.build()

    assert totals["made"] == 14
    assert shop.calls() == 10
    assert shop.lock()[Slot("banner/wide/de", "final", "compose")].take == 1
    assert shop.build()["hit"] == 14


@pytest.mark.parametrize("lost", [(), ("state.sqlite",), ("state.sqlite", "ledger.sqlite")])
def test_an_upgrade_of_the_rules_buys_nothing_again(shop, lost):
    """A store that the version before wrote: 5 pictures, and a call that was never answered."""
    root = shop.space.root
    shutil.rmtree(root)
    with ZipFile(Path(__file__).parent / "data" / "store_of_rule_1.zip") as archive:
        archive.extractall(root)
    for name in lost:
        (root / FOLDER / name).unlink()

    totals = shop.build("*/de", "*/wide")

    assert (totals["made"], totals["hit"]) == (3 if lost else 0, 5 if lost else 8)
    assert shop.calls() == 0
    words = shop.space.plan_words("--max-variants", "50")
    assert words["banner/tall/en/edit"] == "run"
    if "ledger.sqlite" not in lost:
        unanswered = shop.space.run("build", "--yes")
        assert unanswered.code == 1
        assert "send it again with --resend" in unanswered.err
        assert shop.calls() == 0
    assert json.loads(shop.space.read(LOCK))["schema"] == "assetforge.lock/1"
    assert shop.space.run("fsck").code == 0


def test_what_somebody_decides_while_a_build_runs_stands(built):
    """The build looked at the lock before it began; it must not write over a decision."""
    options = Options(built.space.root / "assetforge.yaml", yes=True)
    scene = Slot("banner/wide/de", "final", "compose")

    with deciding(options) as (decided, store):
        built.space.run("reroll", "banner/wide/de", "--step", "compose", "--yes")
        built.space.run("choose", "banner/wide/de", "2", "--step", "compose", "--yes")
        chosen = built.lock()[scene]
        built.space.locale("de", headline="New", action="Go", alt="Hills")
        build_decided(options, decided, store, lambda event: None)

    assert chosen.take == 2
    assert built.lock()[scene] == chosen


def test_a_lock_that_cannot_be_written_keeps_no_picture_from_its_place(shop):
    shop.space.write("assetforge.lock", "a file in its place")
    refused = shop.space.run("build", "--yes")
    (shop.space.root / "assetforge.lock").unlink()
    options = Options(shop.space.root / "assetforge.yaml", yes=True)

    with deciding(options) as (decided, store):
        shop.space.write("assetforge.lock", "a file in its place")
        with pytest.raises((StoreProblem, InvalidSource)):
            build_decided(options, decided, store, lambda event: None)

    assert refused.code != 0
    assert "assetforge.lock" in refused.err
    assert len(shop.space.outputs()) == 4
