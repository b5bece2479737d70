"""What people say of pictures: the bytes they saw are part of it."""

from dataclasses import replace

import pytest

from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.session.deciding import Seen
from assetforge.session.errors import Agree, Outdated, UnknownPicture
from tests.review.shop import EDIT, SCENE
from tests.session.open_session import opened

WIDE = "out/de/banner-wide"


@pytest.mark.parametrize("what", ["accept", "pin"])
def test_a_picture_that_was_seen_is_decided_about(shop, what):
    with opened(shop, "final") as found:
        said = getattr(found.session, what)([found.seen(WIDE)])
        found.settled()

        assert said.startswith(f"{what}: ")
        assert found.rows[WIDE].verdict == f"{what}ed".replace("pined", "pinned")
    assert shop.calls() == shop.before
    assert getattr(shop.lock()[EDIT], f"{what}ed".replace("pined", "pinned")).by


def test_other_bytes_than_those_seen_are_not_decided_about(shop):
    with opened(shop, "final") as found:
        before = shop.lock_bytes()
        other = Digest("0" * 64)
        for decide in (found.session.accept, found.session.reject, found.session.pin):
            with pytest.raises(Outdated, match="banner/wide/de is another picture by now"):
                decide([found.seen("out/en/banner-wide"), Seen(WIDE, other)])
        with pytest.raises(UnknownPicture):
            found.session.accept([Seen("nope", other)])
        with pytest.raises(Outdated):
            found.session.reroll([Seen(WIDE, other)], 1, cap_microdollars=1_000_000)

        assert shop.lock_bytes() == before
    assert shop.calls() == shop.before


def test_a_rejected_picture_is_to_be_made_again_and_not_by_itself(shop):
    with opened(shop, "final") as found:
        found.session.reject([found.seen(WIDE)])
        status = found.settled()

        assert found.rows[WIDE].is_stale
        assert status.cost.high > 0
        found.session.undo()
        assert found.settled().stale == 0
    assert shop.calls() == shop.before


def test_what_others_stand_on_is_decided_only_when_somebody_agreed_to_the_price(shop):
    with opened(shop, "final") as found:
        scene = replace(found.seen(WIDE), step=SCENE.step)
        found.session.reroll([scene], 1, cap_microdollars=1_000_000)
        found.until(lambda: "take made" in found.news())
        found.settled()
        takes = found.detail(WIDE)["takes"]
        other = next(each for each in takes if each["step"] == "compose" and not each["stands"])
        chosen = Seen(WIDE, other["digest"], "compose")
        before = shop.lock_bytes()

        with pytest.raises(Agree, match="making that again costs") as asked:
            found.session.choose(chosen, other["take"])
        assert asked.value.high > 0
        assert shop.lock_bytes() == before
        found.session.choose(chosen, other["take"], agreed=True)
        found.settled()
        assert shop.lock()[SCENE].artifact == other["digest"]


def test_a_take_is_chosen_by_its_number_and_its_bytes(shop):
    with opened(shop, "final") as found:
        found.session.reroll([found.seen(WIDE)], 1, cap_microdollars=1_000_000)
        found.until(lambda: "take made" in found.news())
        found.settled()
        takes = [each for each in found.detail(WIDE)["takes"] if each["step"] == "edit"]
        other = next(each for each in takes if not each["stands"])
        old = found.rows[WIDE].digest

        with pytest.raises(Outdated, match="take 2 is another picture"):
            found.session.choose(Seen(WIDE, Digest("0" * 64)), 2)
        with pytest.raises(UnknownPicture):
            found.session.choose(Seen("nope", Digest("0" * 64)), 2)
        found.session.choose(Seen(WIDE, other["digest"]), other["take"])
        found.settled()
        assert found.rows[WIDE].digest != old
        assert found.rows[WIDE].state == "current"
        assert found.detail(WIDE)["before"] not in (None, other["digest"])


def test_nothing_to_undo_is_said(open_shop):
    with opened(open_shop(), "blank") as found, pytest.raises(UsageProblem, match="no decision"):
        found.session.undo()


def test_deciding_the_same_again_changes_nothing(shop):
    with opened(shop, "final") as found:
        found.session.pin([found.seen(WIDE)])
        found.settled()

        assert found.session.pin([found.seen(WIDE)]).startswith("nothing changes")
        assert found.session.unpin([found.seen(WIDE)]).startswith("unpin")
        found.settled()
        assert found.rows[WIDE].verdict != "pinned"
