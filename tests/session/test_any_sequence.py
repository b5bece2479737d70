"""Whatever somebody does, and whenever: what is there in the end, and what was paid for it."""

import shutil
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assetforge.digest import Digest
from assetforge.emulator import Settings, serving
from assetforge.errors import AssetforgeError
from assetforge.ledger import entries_below
from assetforge.session.deciding import Seen
from assetforge.store.local import FOLDER
from tests.review.shop import PIPELINE, Shop, surroundings
from tests.session.open_session import opened
from tests.space import Space

LEAN = settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # what runs on many threads does not shrink
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

WORDS = ["Sale", "Sommer", "Neu"]
IDS = [f"out/{locale}/banner-{size}" for locale in ("de", "en") for size in ("wide", "tall")]
LATENCY_SECONDS = 0.15

edits = st.one_of(
    st.tuples(st.just("translate"), st.sampled_from(["de", "en", "fr"]), st.sampled_from(WORDS)),
    st.tuples(st.just("reword"), st.sampled_from(["A calm scene.\n", "A wild scene.\n"])),
    st.tuples(st.just("break")),
    st.tuples(st.just("drop"), st.just("fr")),
    st.tuples(st.just("delete"), st.sampled_from(IDS)),
    st.tuples(st.just("refresh")),
    st.tuples(st.just("look")),
    st.tuples(st.just("focus"), st.lists(st.sampled_from(IDS), max_size=3)),
)
pauses = st.tuples(st.just("pause"), st.sampled_from([0.02, 0.1, 0.3]))
some_ids = st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True)
decisions = st.one_of(
    st.tuples(st.sampled_from(["accept", "reject", "pin", "unpin"]), some_ids),
    st.tuples(st.just("undo")),
    st.tuples(st.just("note"), st.sampled_from(IDS), st.sampled_from(WORDS)),
    st.tuples(st.just("unnote"), st.sampled_from(IDS), st.sampled_from(WORDS)),
    st.tuples(st.just("draft")),
    st.tuples(st.just("text"), st.sampled_from(["de", "en"]), st.sampled_from(WORDS)),
)
caps = st.sampled_from([None, 5_000, 20_000, 60_000])
purchases = st.one_of(
    st.tuples(st.just("build"), st.none() | some_ids, caps),
    st.tuples(st.just("reroll"), some_ids, caps),
)


class Somebody:
    """Somebody who does things in a session."""

    def __init__(self, found):
        self.found, self.space, self.session = found, found.space, found.session
        self.agreed = 0

    def does(self, step):
        what, *rest = step
        with suppress(AssetforgeError):  # one line for people
            getattr(self, what)(*rest)

    def translate(self, locale, word):
        self.found.translate(locale, word)

    def reword(self, text):
        self.found.save("prompts/scene.j2", text)

    def __getattr__(self, what):
        return lambda ids: getattr(self.session, what)(list(map(self.seen, ids)))

    def seen(self, id):
        return Seen(id, self.session.row(id).digest or Digest("0" * 64))

    def drop(self, locale):
        path = self.space.root / f"locales/{locale}.json"
        path.unlink(missing_ok=True)
        self.found.changed(path)

    def delete(self, id):
        path = self.space.root / f"{id}.png"
        path.unlink(missing_ok=True)
        self.found.changed(path)

    def refresh(self):
        self.session.refresh()

    def look(self):
        self.found.changed()

    def focus(self, ids):
        self.session.focus(ids)

    def undo(self):
        self.session.undo()

    def draft(self):
        self.session.draft()

    def note(self, id, text):
        self.session.note(self.seen(id), text)

    def unnote(self, id, text):
        self.session.unnote(id, "edit", text)

    def text(self, locale, text):
        before = self.session.texts(locale)["messages"][0]
        self.session.save_text(locale, before["id"], 0, text, before["text"])

    def build(self, ids, cap):
        self.agreed += cap or 0
        self.session.build(ids, cap_microdollars=cap)

    def reroll(self, ids, cap):
        self.agreed += cap or 0
        self.session.reroll(list(map(self.seen, ids)), 1, cap_microdollars=cap)

    def pause(self, seconds):
        time.sleep(seconds)

    def mend(self):
        self.found.save("prompts/copy.j2", "Set {{ copy.headline|quoted }} in {{ locale.name }}.\n")


setattr(Somebody, "break", lambda self: self.found.save("prompts/copy.j2", "{{ nope }}"))


class Follower:
    """A page that asks for what changed since the version it knows."""

    def __init__(self, found):
        self.found, self.version, self.rows, self.order = found, -1, {}, []

    def follow(self):
        told = self.found.document(self.version)
        fresh = {each["id"]: each for each in told["pictures"]}
        self.rows = fresh if told["whole"] else {**self.rows, **fresh}
        self.order = told.get("order", self.order)
        self.version = told["version"]


@contextmanager
def somewhere():
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def check_at_rest(found, follower):
    status = found.settled()
    assert status.phase == "watching", (status.words, status.problems)
    assert "bug" not in {each.code for each in status.problems}
    assert (status.finishing, found.session.in_flight) == (0, 0)
    assert not any(each.busy for each in found.rows.values())
    follower.follow()
    whole = found.document()
    assert follower.order == whole["order"] == list(follower.rows)
    assert follower.rows == {each["id"]: each for each in whole["pictures"]}
    assert status.stale == sum(each.is_stale for each in found.rows.values())


@LEAN
@given(st.lists(edits | pauses, min_size=3, max_size=14))
def test_after_any_edits_the_pictures_are_those_of_a_build(steps):
    threads = threading.active_count()
    with somewhere() as root:
        space = Space(root / "project")
        space.quick()
        with opened(space) as found:
            somebody, follower = Somebody(found), Follower(found)
            for each in steps:
                somebody.does(each)
                follower.follow()
            somebody.mend()
            found.settled()
            found.session.refresh()
            check_at_rest(found, follower)
            left, rows = space.outputs(), found.document()["pictures"]
        clean = Space(root / "clean")
        shutil.copytree(space.root, clean.root, ignore=lambda *_: [FOLDER, "out"])
        clean.build()
        assert left == clean.outputs()
        with opened(clean) as other:
            assert rows == other.document()["pictures"]
    assert threading.active_count() <= threads


def run_shop(root, steps, **options):
    """Let somebody do things in a shop; return what was billed and what somebody agreed to."""
    serve = serving(Settings(pictures="flat", latency_seconds=LATENCY_SECONDS))
    with serve as server, pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings(server, root).items():
            patch.setenv(name, value)
        shop = Shop(root / "project", server)
        shop.quick(pipeline=PIPELINE)
        with opened(shop, "final", **options) as found:
            somebody, follower = Somebody(found), Follower(found)
            for each in steps:
                somebody.does(each)
                follower.follow()
            somebody.mend()
            check_at_rest(found, follower)
        entries = entries_below(shop.root)
        keys = [each.key for each in entries if each.state == "settled"]
        assert len(keys) == len(set(keys))
        assert {each.state for each in entries} <= {"settled", "released"}
        return shop, server.books()["totals"], somebody.agreed


@LEAN
@given(st.lists(edits | decisions | pauses, min_size=3, max_size=12))
def test_without_anybody_who_agreed_nothing_is_bought(steps):
    with somewhere() as root:
        shop, totals, _ = run_shop(root, steps)
        assert totals["calls"] == 0
        assert shop.outputs() == {}


@LEAN
@given(st.lists(edits | decisions | purchases | purchases | pauses, min_size=4, max_size=14))
def test_no_more_is_spent_than_was_agreed_to_and_nothing_is_bought_twice(steps):
    with somewhere() as root:
        _, totals, agreed = run_shop(root, steps)
        assert totals["billed_microdollars"] <= agreed


@LEAN
@given(st.lists(edits | decisions | pauses, min_size=4, max_size=14))
def test_what_is_spent_unasked_never_exceeds_the_cap(steps):
    with somewhere() as root:
        _, totals, _ = run_shop(root, steps, auto=True, cap=60_000)
        assert totals["billed_microdollars"] <= 60_000
