"""What happens at once: turns that overtake each other, and what fails in the middle."""

import shutil
import threading
from pathlib import Path

import pytest

from assetforge.session.session import named
from assetforge.session.turn import Turn, Wish
from assetforge.store.local import FOLDER
from tests.session.open_session import PATIENCE_SECONDS, opened
from tests.space import Space

WIDE = "out/de/banner-wide"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


class Gate:
    """Holds a build up at its next event, until somebody opens it."""

    def __init__(self):
        self.closed = threading.Event()
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, event):
        if self.closed.is_set():
            self.closed.clear()
            self.reached.set()
            assert self.opened.wait(PATIENCE_SECONDS)


def test_an_edit_that_is_taken_back_while_it_is_built_leaves_the_words_of_now(space):
    """The trace says nothing changed, which a build in between would make untrue."""
    gate = Gate()
    with opened(space, listen=gate) as found:
        found.session.refresh()  # what was saved as late as the build began is left unproven
        found.settled()
        before = space.outputs()
        old = space.read("prompts/scene.j2")
        gate.closed.set()
        found.save("prompts/scene.j2", "A wild scene.\n")
        assert gate.reached.wait(PATIENCE_SECONDS)
        generation = found.status.generation
        found.save("prompts/scene.j2", old)
        found.until(lambda: found.status.generation > generation)
        threading.Timer(0.5, gate.opened.set).start()
        found.settled()

        assert space.outputs() == before
        assert not any(each.busy for each in found.rows.values())
        assert {each.state for each in found.rows.values()} == {"current"}


def test_nothing_is_busy_after_a_build_that_could_not_begin(open_shop):
    shop = open_shop()
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000)
        found.settled()

        assert not any(each.busy for each in found.rows.values())


def test_a_project_folder_that_goes_is_told_in_one_line_and_recovers(open_shop, capsys):
    shop = open_shop()
    with opened(shop, "final", auto=True, cap=1_000_000) as found:
        away = shop.root.with_name("away")
        shop.root.rename(away)
        found.changed(shop.root)
        status = found.settled()
        assert status.phase == "broken"
        assert "bug" not in {each.code for each in status.problems}
        away.rename(shop.root)
        found.changed(shop.root)
        assert found.settled().phase == "watching"
    assert "Traceback" not in capsys.readouterr().err


def test_a_project_that_is_not_there_at_first_is_no_bug(open_shop, capsys):
    shop = open_shop()
    away = shop.root.with_name("away")
    shop.root.rename(away)
    with opened(shop, "final", auto=True, cap=1_000_000) as found:
        status = found.settled()
        assert status.phase == "broken"
        assert "bug" not in {each.code for each in status.problems}
    assert "Traceback" not in capsys.readouterr().err


def test_the_cap_counts_what_was_spent_before_the_store_was_deleted(open_shop):
    shop = open_shop()
    with opened(shop, "final", auto=True, cap=100_000) as found:
        for number in range(3):
            shutil.rmtree(shop.root / FOLDER)
            found.save("prompts/scene.j2", f"Scene {number}.\n")
            found.settled()

        assert "the plan costs at least" in found.status.problems[0].message
    assert 50_000 < shop.server.books()["totals"]["billed_microdollars"] <= 100_000


def test_two_builds_at_once_may_each_spend_what_was_agreed_to_and_no_more(open_shop):
    shop = open_shop(latency_seconds=1.0)
    with opened(shop, "final") as found:
        one, two = WIDE, "out/de/banner-tall"
        costs = {id: found.rows[id].cost for id in (one, two)}
        price = {id: each.high for id, each in costs.items() if each}
        found.session.build([one], cap_microdollars=price[one])
        found.until(lambda: found.session.in_flight)
        found.session.build([two], cap_microdollars=price[two])
        found.settled()

        assert {id for id, each in found.rows.items() if each.state == "current"} == {one, two}
        found.session.build(cap_microdollars=1)
        found.settled()
        assert shop.calls() == 4


def test_what_was_agreed_to_is_built_whatever_else_is_looked_at_meanwhile(open_shop):
    """A look, drafts, and looking anew: none of them drops what somebody pays for."""
    shop = open_shop(latency_seconds=1.0)
    with opened(shop, "final") as found:
        found.session.build([WIDE], cap_microdollars=1_000_000)
        found.changed()
        found.until(lambda: found.session.in_flight)
        found.save("prompts/scene.j2", shop.read("prompts/scene.j2"))
        found.session.refresh()
        found.session.draft()
        found.settled()

        assert found.rows[WIDE].state == "current"
        assert all(each.draft for id, each in found.rows.items() if id != WIDE)


def test_an_older_turn_says_nothing_of_the_phase_any_more(space):
    """It was drawing drafts when the sources broke: they are broken until somebody mends them."""
    with opened(space) as found:
        turns = found.session._turns
        older = Turn(found.status.generation, Wish())
        found.save("prompts/copy.j2", "{{ nope }}")
        found.settled()
        turns.enter(older, "drafting", 3)

        assert found.status.phase == "broken"


def mistaken(turn: object) -> None:
    raise ZeroDivisionError


def test_a_mistake_of_ours_beside_the_turns_ends_none_of_them(space, capsys):
    with opened(space) as found:
        found.session._turns.errand(Wish(), mistaken)
        found.until(lambda: "a bug in assetforge: ZeroDivisionError" in found.status.told)
        assert found.settled().phase == "watching"
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_names_that_no_file_can_have_are_named():
    assert named([Path("x" * 3000)]) == "x" * 3000
