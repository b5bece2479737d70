"""A store that several clones share: `push`, `pull`, `key`, and what `build` does by itself."""

from __future__ import annotations

import json
import shutil
import socket

import pytest
from starlette.responses import Response

from assetforge.signing import VARIABLE as KEY
from assetforge.signing import new_key
from assetforge.store.remote import VARIABLE as REMOTE
from tests.backends.cache import Cache, serving
from tests.review.shop import PIPELINE, Open, Shop

LEFT_OUT = shutil.ignore_patterns(".assetforge", "out")

OURS, THEIRS = new_key(), new_key()


def signed(remote: str) -> str:
    return f"{PIPELINE}store:\n  remote: {remote}\n  signers: {{ci: '{OURS.public}'}}\n"


@pytest.fixture
def cache():
    with serving(Cache()) as served:
        yield served


@pytest.fixture
def clone(tmp_path):
    """Return what clones a shop: its sources and lock, and nothing that was made."""

    def cloned(shop: Shop, name: str = "clone") -> Shop:
        shutil.copytree(shop.root, tmp_path / name, ignore=LEFT_OUT)
        return Shop(tmp_path / name, shop.server)

    return cloned


def test_what_one_clone_pushed_another_builds_without_a_call(open_shop: Open, clone, monkeypatch):
    shop = open_shop()
    monkeypatch.setenv(REMOTE, str(shop.root.parent / "shared"))
    with monkeypatch.context() as alone:
        alone.setenv(REMOTE, "")
        assert shop.buys() == 6
    pushed = shop.does("push", "--format", "json").json
    again = shop.does("push", "--format", "json").json
    other = clone(shop)

    assert (pushed["published"], pushed["there"], pushed["kept_back"]) == (10, 0, [])
    assert (again["published"], again["there"], again["bytes"]) == (0, 10, 0)
    assert other.buys() == 0
    assert other.outputs() == shop.outputs()


def test_pull_brings_all_that_a_build_needs_without_the_shared_store(open_shop, clone, monkeypatch):
    shop = open_shop()
    shop.buys()
    monkeypatch.setenv(REMOTE, str(shop.root.parent / "shared"))
    shop.does("push")
    other = clone(shop)
    pulled = other.does("pull", "--format", "json").json
    monkeypatch.setenv(REMOTE, "")

    assert (pulled["here"], pulled["absent"]) == (10, [])
    assert pulled["bytes"] > 0
    assert other.does("build", "--frozen").code == 0


def test_pull_says_what_nobody_has_published(open_shop, monkeypatch):
    shop = open_shop()
    (shop.root.parent / "shared" / "cas").mkdir(parents=True)
    monkeypatch.setenv(REMOTE, str(shop.root.parent / "shared"))

    result = shop.does("pull")

    assert "not there: banner" in result.out
    assert shop.calls() == 0


@pytest.mark.parametrize("command", ["push", "pull"])
def test_without_a_shared_store_it_says_how_to_name_one(open_shop, command):
    result = open_shop().run(command)

    assert result.code == 2
    assert "no store is shared: name one in the pipeline file" in result.err


def test_a_build_with_the_key_publishes_by_itself(open_shop, clone, monkeypatch, cache):
    shop = open_shop(pipeline=signed(cache.url))
    monkeypatch.setenv(KEY, OURS.reveal())
    built = shop.does("build", "--yes", "--format", "json").json
    monkeypatch.delenv(KEY)
    other = clone(shop)

    assert built["totals"]["published"] == built["totals"]["made"]
    assert built["unpublished"] == []
    assert other.buys() == 0
    assert other.outputs() == shop.outputs()
    assert other.does("pull", "--format", "json").json["absent"] == []


def test_a_cache_that_nobody_has_written_to_is_made_ready_by_who_publishes(
    open_shop, clone, monkeypatch
):
    with serving(Cache(blobs={})) as bare:
        shop = open_shop(pipeline=signed(bare.url))
        refused = shop.run("build", "--yes")
        monkeypatch.setenv(KEY, OURS.reveal())
        shop.buys()
        monkeypatch.delenv(KEY)

        assert (refused.code, "assetforge push" in refused.err) == (1, True)
        assert clone(shop).buys() == 0


def test_without_the_key_nothing_is_published(open_shop, cache):
    shop = open_shop(pipeline=signed(cache.url))
    built = shop.does("build", "--yes", "--format", "json").json
    pushed = shop.run("push")

    assert built["totals"]["published"] == 0
    assert (pushed.code, shop.calls()) == (2, 6)
    assert (
        "nothing can be published without a private key: set ASSETFORGE_SIGNING_KEY" in pushed.err
    )
    assert not cache.results


def test_a_key_that_no_signer_has_is_an_error_before_anything_is_bought(
    open_shop, monkeypatch, cache
):
    shop = open_shop(pipeline=signed(cache.url))
    monkeypatch.setenv(KEY, THEIRS.reveal())

    result = shop.run("build", "--yes")

    assert (result.code, shop.calls()) == (2, 0)
    assert "ASSETFORGE_SIGNING_KEY is the key of no signer of this project" in result.err
    assert THEIRS.reveal() not in result.err


def test_a_result_that_somebody_else_wrote_is_not_taken_and_told(open_shop, clone, monkeypatch):
    """Who may write to the folder may not publish: that takes the key."""
    shared = "shared"
    shop = open_shop(pipeline=signed(f"../{shared}"))
    monkeypatch.setenv(KEY, OURS.reveal())
    shop.buys()
    monkeypatch.delenv(KEY)
    for path in (shop.root.parent / shared / "actions").rglob("*.json"):
        said = json.loads(path.read_text())
        record = json.loads(said["record"])
        record["artifact"] = "0" * 64
        path.write_text(json.dumps({**said, "record": json.dumps(record)}))
    other = clone(shop)
    shutil.rmtree(other.root / "assetforge.lock")

    planned = other.does("plan", "--format", "json")

    assert planned.json["totals"]["run"] == 2
    assert "was not signed by 'ci', though it says so, and is not taken" in planned.err


def test_bytes_that_were_exchanged_are_not_taken_and_put_right_by_who_has_them(
    open_shop, clone, monkeypatch
):
    shop = open_shop(pipeline=signed("../shared"))
    monkeypatch.setenv(KEY, OURS.reveal())
    shop.buys()
    for path in (shop.root.parent / "shared" / "cas").rglob("?" * 64):
        path.chmod(0o600)
        path.write_bytes(b"poison")
    other = clone(shop)

    refused = other.run("build", "--yes")
    healed = shop.does("push", "--verify", "--format", "json").json

    assert (refused.code, shop.calls()) == (1, 6)
    assert "lost: " in refused.err
    assert healed["bytes"] > 0
    assert other.buys() == 0
    assert other.outputs() == shop.outputs()


@pytest.fixture
def nowhere():
    """An address that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_what_cannot_be_asked_is_not_bought(open_shop, nowhere):
    shop = open_shop(pipeline=signed(nowhere))

    planned = shop.does("plan")
    refused = shop.run("build", "--yes")

    assert f"'{nowhere}'" in planned.err
    assert "what it has is not known here" in planned.err
    assert (refused.code, shop.calls()) == (1, 0)
    assert "nothing is bought: " in refused.err
    assert refused.err.splitlines()[-1].endswith("or go without it: ASSETFORGE_REMOTE=")


def test_without_the_shared_store_it_goes_on_when_told_so(open_shop, nowhere, monkeypatch):
    shop = open_shop(pipeline=signed(nowhere))
    monkeypatch.setenv(REMOTE, "")

    assert shop.buys() == 6


def test_what_is_free_is_made_though_the_shared_store_is_away_and_nothing_is_asked_again(
    open_shop, nowhere
):
    shop = open_shop(pipeline=signed(nowhere))

    first = shop.does("build", "--profile", "blank")
    second = shop.does("build", "--profile", "blank")
    planned = shop.does("plan", "--profile", "blank")

    assert "what it has is not known here" in first.err
    assert "not known" not in second.err + planned.err


def test_the_first_of_two_pictures_of_the_same_words_stays(open_shop, clone, monkeypatch, cache):
    """Two clones built the same while neither could see the other."""
    shop = open_shop(pipeline=signed(cache.url))
    other = clone(shop)
    monkeypatch.setenv(KEY, OURS.reveal())
    with monkeypatch.context() as alone:
        alone.setenv(REMOTE, "")
        shop.buys()
        other.buys()
    assert shop.outputs() != other.outputs()
    assert shop.does("push", "--format", "json").json["kept_back"] == []
    late = other.does("push", "--format", "json").json
    third = clone(shop, "third")

    assert len(late["kept_back"]) == 2  # the scenes; what stands on them has keys of its own
    assert "another picture of the same words is there" in late["kept_back"][0]["reason"]
    assert third.buys() == 0
    assert third.outputs() == shop.outputs()


def test_keys_are_made_in_pairs(open_shop):
    shop = open_shop()
    made = shop.does("key", "--format", "json").json
    told = shop.does("key")

    assert made["public"].startswith("ed25519:")
    assert made["private"].startswith("ed25519-private:")
    assert made["private"] not in told.out
    assert "it is shown this once" in told.err


class Leaving(Cache):
    """A cache that is gone after some calls."""

    left = 1_000

    async def __call__(self, request):
        self.left -= 1
        return await super().__call__(request) if self.left > 0 else Response("busy", 503)


def test_what_was_paid_for_is_in_its_place_though_the_shared_store_went_away(
    open_shop, monkeypatch
):
    """The rest is not bought: it may be there. What is here is written, and in the lock."""
    leaving = Leaving()
    with serving(leaving):
        shop = open_shop(pipeline=signed(leaving.url))
        monkeypatch.setenv(KEY, OURS.reveal())
        leaving.left = 45
        result = shop.run("build", "--yes", "-j", "1", "--format", "json")

    assert result.code == 1
    assert 0 < shop.calls() < 6
    assert len(shop.lock()) >= shop.calls()
    assert result.json["failures"]


def test_an_account_that_may_only_read_makes_a_build_that_publishes_red(open_shop, monkeypatch):
    with serving(Cache(read_only=True)) as served:
        shop = open_shop(pipeline=signed(served.url))
        monkeypatch.setenv(KEY, OURS.reveal())
        result = shop.run("build", "--yes")

    assert result.code == 1
    assert shop.calls() == 0 or "not all is in" in result.err


def test_what_is_there_and_does_not_count_is_not_bought_in_its_place(
    open_shop, clone, monkeypatch, cache
):
    shop = open_shop(pipeline=signed(cache.url))
    monkeypatch.setenv(KEY, OURS.reveal())
    shop.buys()
    monkeypatch.delenv(KEY)
    for name in cache.blobs:
        cache.blobs[name] = bytes(len(cache.blobs[name]))
    other = clone(shop)
    shutil.rmtree(other.root / "assetforge.lock")

    refused = other.run("build", "--yes")

    assert (refused.code, shop.calls()) == (1, 6)
    assert "nothing is bought in its place: `assetforge push --verify`" in refused.err
    assert other.run("build", "--yes", "--rebuy").code == 0
    assert shop.calls() == 12


def test_pictures_that_a_fresh_clone_has_committed_are_written_anew(
    open_shop, clone, monkeypatch, cache
):
    """They are assetforge's own: the shared store has their bytes."""
    shop = open_shop(pipeline=signed(cache.url))
    monkeypatch.setenv(KEY, OURS.reveal())
    shop.buys()
    other = clone(shop)
    shutil.copytree(shop.root / "out", other.root / "out")
    (other.root / "out/en/banner-wide.png").write_bytes(b"retouched by hand")
    for each in ("de", "en"):
        other.locale(each, headline="Neu", action="Buy", alt="Hills")

    result = other.run("build", "--yes")

    assert result.code == 1
    assert "kept    'out/en/banner-wide.png' was not written by assetforge" in result.err
    assert other.output() != shop.output()
