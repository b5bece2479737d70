"""What a session buys, from an emulator: only what was agreed to, and nothing twice."""

import pytest

from assetforge.session.errors import Agree
from tests.review.shop import PIPELINE, Open
from tests.session.open_session import opened

SIX = ("de", "en", "fr", "it", "ja", "nl")

ONE_SIZE = PIPELINE.replace("        tall: {size: 600x900}\n", "")
"""One scene, and one edit for each locale."""


@pytest.fixture
def slow_shop(open_shop: Open):
    """A shop that takes its time for a picture."""

    def opened_shop(seconds=0.5):
        shop = open_shop(latency_seconds=seconds)
        shop.quick(*SIX, pipeline=ONE_SIZE)
        return shop

    return opened_shop


def edit(found, shop, *locales, word="Neu"):
    for each in locales:
        shop.locale(each, headline=f"{word} {each}", action="Buy", alt="Hills")
    found.changed(*(shop.root / f"locales/{each}.json" for each in locales))


def test_nothing_is_bought_unless_somebody_agrees(open_shop):
    shop = open_shop()
    with opened(shop, "final") as found:
        edit(found, shop, "de")
        found.settled()
        with pytest.raises(Agree):
            found.session.build()

        assert shop.calls() == 0


def test_what_was_agreed_to_is_bought_once(open_shop):
    shop = open_shop()
    with opened(shop, "final") as found:
        price = found.status.cost
        found.session.build(cap_microdollars=price.high)
        status = found.settled()

        assert (status.stale, status.cost.high, found.rows["out/de/banner-wide"].state) == (
            0,
            0,
            "current",
        )
        assert price.low <= status.spent <= price.high
        calls = shop.calls()
        assert calls == 6
        found.session.build(cap_microdollars=price.high)
        found.settled()
        assert shop.calls() == calls


def test_some_pictures_are_built_and_the_rest_stays_stale(open_shop):
    shop = open_shop()
    with opened(shop, "final") as found:
        with pytest.raises(Agree) as asked:
            found.session.build(["out/de/banner-wide"])
        found.session.build(["out/de/banner-wide"], cap_microdollars=asked.value.high)
        found.until(lambda: shop.calls() == 2)
        status = found.settled()

        assert {id for id, each in found.rows.items() if each.state == "current"} == {
            "out/de/banner-wide"
        }
        assert (status.stale, status.phase) == (3, "watching")
        assert status.cost.high > 0


def test_a_cap_that_is_too_small_buys_nothing_and_says_so(open_shop):
    shop = open_shop()
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000)
        status = found.settled()

        assert shop.calls() == 0
        assert "the plan costs at least" in status.problems[0].message


def test_without_asking_it_spends_up_to_the_cap_of_the_whole_session(open_shop):
    shop = open_shop()
    with opened(shop, "final", auto=True, cap=100_000) as found:
        assert shop.calls() == 6
        first = found.status.spent
        assert 0 < first < 100_000
        assert "of $0.10" in found.status.words
        for number in range(20):
            edit(found, shop, "de", "en", word=f"Word {number}")
            found.settled()

        assert first < found.status.spent <= 100_000
        assert shop.server.books()["totals"]["billed_microdollars"] == found.status.spent
        spent = shop.calls()
        edit(found, shop, "de", "en", word="Again")
        found.settled()
        assert shop.calls() == spent
        assert found.status.stale


def test_an_edit_during_a_build_drops_what_is_unsent_and_keeps_what_was_sent(slow_shop):
    """All six are in flight when four change: none of the six is lost, four more are bought."""
    shop = slow_shop(2.0)
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000_000)
        found.settled()
    bought = shop.calls()
    assert bought == 7

    with opened(shop, "final", auto=True, cap=1_000_000) as found:
        edit(found, shop, *SIX, word="First")
        found.until(lambda: found.session.in_flight == 6)
        edit(found, shop, *SIX[:4], word="Second")
        found.until(lambda: found.status.finishing or found.status.stale == 0)
        found.settled()
        assert shop.calls() - bought == 10

        edit(found, shop, *SIX[:4], word="First")
        found.settled()
        assert shop.calls() - bought == 10
        assert all(each.state == "current" for each in found.rows.values())


def test_unsent_work_that_a_change_overtakes_is_never_sent(slow_shop):
    """One call at a time: when the others change, only the first was sent."""
    shop = slow_shop(1.0)
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000_000)
        found.settled()
    bought = shop.calls()

    with opened(shop, "final", auto=True, cap=1_000_000, jobs=1) as found:
        edit(found, shop, *SIX, word="First")
        found.until(lambda: found.session.in_flight)
        edit(found, shop, *SIX[1:], word="Second")
        found.settled()

        assert all(each.state == "current" for each in found.rows.values())
    assert shop.calls() - bought == 6


def test_a_save_that_changes_nothing_overtakes_nothing(slow_shop):
    shop = slow_shop()
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000_000)
        found.until(lambda: found.session.in_flight)
        generation = found.status.generation
        found.save("prompts/scene.j2", shop.read("prompts/scene.j2"))
        found.settled()

        assert found.status.generation > generation
        assert all(each.state == "current" for each in found.rows.values())
    assert shop.calls() == 7


def test_what_was_agreed_to_is_not_spent_on_other_words(slow_shop):
    """Who pressed `b` saw the price of the words of then; what is unsent waits for them again."""
    shop = slow_shop(1.0)
    with opened(shop, "final", jobs=1) as found:
        found.session.build(cap_microdollars=1_000_000)
        found.until(lambda: found.session.in_flight)
        edit(found, shop, *SIX)
        status = found.settled()

        assert status.stale == 6
        assert shop.calls() == 1


def test_closing_waits_for_what_was_sent_and_keeps_it(slow_shop):
    shop = slow_shop()
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000_000)
        found.until(lambda: found.session.in_flight)

    assert shop.calls() == 1
    with opened(shop, "final") as found:
        assert found.status.cost.high
        assert "compose" not in {
            why for each in found.rows.values() for why in each.reason.split(":")
        }


def test_more_takes_are_made_beside_all_else_when_somebody_agreed(shop):
    with opened(shop, "final") as found:
        seen = found.seen("out/de/banner-wide")
        before = shop.calls()
        with pytest.raises(Agree, match="2 takes of 1 picture cost") as asked:
            found.session.reroll([seen], 2)
        assert shop.calls() == before
        found.session.reroll([seen], 2, cap_microdollars=asked.value.high)
        found.until(lambda: shop.calls() == before + 2)
        found.settled()

        takes = [
            each["take"]
            for each in found.detail("out/de/banner-wide")["takes"]
            if each["step"] == "edit"
        ]
        assert sorted(takes) == [1, 2, 3]
        assert "2 takes made" in found.news()


def test_what_is_shared_is_priced_once(slow_shop):
    shop = slow_shop(0.0)
    with opened(shop, "final") as found:
        with pytest.raises(Agree) as asked:
            found.session.build(list(found.rows))

        assert asked.value.high == found.status.cost.high


def test_a_decision_during_a_build_is_taken_up_after_it(slow_shop):
    """The build that runs knows nothing of it, and is not stopped for it."""
    shop = slow_shop()
    with opened(shop, "final") as found:
        found.session.build(["out/de/banner-wide"], cap_microdollars=1_000_000)
        found.settled()
        found.session.build(cap_microdollars=1_000_000)
        found.until(lambda: found.session.in_flight)
        found.session.accept([found.seen("out/de/banner-wide")])
        found.settled()

        assert found.rows["out/de/banner-wide"].verdict == "accepted"
        assert found.status.stale == 0
    assert shop.calls() == 7


def test_what_a_change_overtook_counts_as_soon_as_it_is_there(slow_shop):
    """All were sent when one text changed: what came home is not stale, and not paid for again."""
    shop = slow_shop(2.0)
    with opened(shop, "final") as found:
        found.session.build(cap_microdollars=1_000_000)
        found.until(lambda: found.session.in_flight == 6)
        edit(found, shop, "de")
        found.until(lambda: found.status.finishing)
        status = found.settled()

        assert shop.calls() == 7
        assert (status.stale, status.finishing) == (1, 0)
        assert {id for id, each in found.rows.items() if each.is_stale} == {"out/de/banner-wide"}


def test_what_a_service_refused_is_in_the_line_that_is_always_true(open_shop):
    shop = open_shop(faults={"500": 1.0})
    with opened(shop, "final") as found:
        found.session.build(["out/de/banner-wide"], cap_microdollars=1_000_000)
        found.until(lambda: found.rows["out/de/banner-wide"].problem)
        status = found.settled()

        assert status.failed == 1
        assert "1 failed" in status.words
