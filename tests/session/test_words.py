"""Notes on pictures, and the texts of a locale, in an open session."""

import pytest

from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.session.deciding import Seen
from assetforge.session.errors import Outdated, UnknownPicture
from tests.session.open_session import opened
from tests.space import Space

WIDE = "out/de/banner-wide"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_a_note_asks_for_one_more_edit_of_that_picture(space):
    with opened(space) as found:
        others = {id: each.digest for id, each in found.rows.items() if id != WIDE}
        said = found.session.note(found.seen(WIDE), "Make the hills smaller.")
        found.settled()

        assert said.startswith("noted: ")
        assert found.rows[WIDE].step == "edit-note"
        assert {id: each.digest for id, each in found.rows.items() if id != WIDE} == others
        told = found.detail(WIDE)
        assert [each["note"] for each in told["notes"]] == ["Make the hills smaller."]
        assert "Make the hills smaller." in told["steps"][2]["prompt"]

        found.session.note(found.seen(WIDE), "And greener.")
        found.settled()
        assert [each["step"] for each in found.detail(WIDE)["notes"]] == ["edit", "edit"]

        found.session.unnote(WIDE, "edit", "Make the hills smaller.")
        found.session.unnote(WIDE, "edit", "And greener.")
        found.settled()
        assert found.rows[WIDE].step == "edit"
        assert found.detail(WIDE)["notes"] == []


def test_a_note_is_about_the_picture_that_was_seen(space):
    with opened(space) as found:
        with pytest.raises(Outdated, match="is another picture by now"):
            found.session.note(Seen(WIDE, found.seen("out/en/banner-tall").digest), "Smaller.")
        with pytest.raises(UnknownPicture):
            found.session.note(Seen("nope", found.seen(WIDE).digest), "Smaller.")
        with pytest.raises(UsageProblem, match="says nothing"):
            found.session.note(found.seen(WIDE), "  ")
        with pytest.raises(UsageProblem, match="has no such note"):
            found.session.unnote(WIDE, "edit", "Smaller.")
    assert not (space.root / "assetforge.notes").exists()


def test_a_note_may_follow_a_decision_at_once(space):
    """Nothing is looked at anew in between: what the decision shows is what the note is about."""
    with opened(space) as found:
        before = found.seen(WIDE)
        found.session.reroll([before], 1)
        found.until(lambda: len(takes(found)) == 2)
        other = next(each for each in takes(found) if not each["stands"])
        seen = Seen(WIDE, Digest(other["digest"]))
        with pytest.raises(Outdated, match="is another picture by now"):
            found.session.note(seen, "Smaller.")
        found.session.choose(seen, other["take"])
        found.session.note(seen, "Smaller.")
        found.settled()

        assert [each["note"] for each in found.detail(WIDE)["notes"]] == ["Smaller."]


def takes(found):
    return [each for each in found.detail(WIDE)["takes"] if each["step"] == "edit"]


def test_a_text_that_is_saved_is_drawn_at_once(space):
    with opened(space) as found:
        texts = found.texts("de")
        first = next(each for each in texts["messages"] if each["id"] == "banner.headline")
        assert (first["text"], first["editable"]) == ("Sale de", True)
        assert set(first["pictures"]) == {WIDE, "out/de/banner-tall"}
        before = found.rows[WIDE].digest

        checked = found.session.check_text("de", "banner.headline", 0, "Neu")
        assert checked["problems"] == []
        said = found.session.save_text("de", "banner.headline", 0, "Alles neu", "Sale de")
        found.settled()

        assert said == "saved locales/de.json: 1 line changed"
        assert found.rows[WIDE].line == "Alles neu"
        assert found.rows[WIDE].digest != before
        again = found.texts("de")["messages"]
        assert "Alles neu" in [each["text"] for each in again]


def test_what_is_left_to_do_in_the_locales_is_counted_anew_after_a_text_is_saved(space):
    def missing() -> dict[str, int]:
        return {each["id"]: each["missing"] for each in found.text_locales()["locales"]}

    space.locale("de", headline="Sale de", action="", alt="Hills de")
    with opened(space) as found:
        before = missing()
        found.session.save_text("de", "banner.action", 0, "Kaufen", "", "banner")
        found.settled()

        assert (before["de"], missing()["de"]) == (1, 0)


def test_a_text_that_somebody_else_changed_is_not_written_over(space):
    with opened(space) as found:
        found.texts("de")
        space.locale("de", headline="Theirs", action="Buy de", alt="Hills de")
        before = space.read("locales/de.json")

        with pytest.raises(Outdated, match="has another text now: 'Theirs'"):
            found.session.save_text("de", "banner.headline", 0, "Mine", "Sale de")

        assert space.read("locales/de.json") == before


def test_a_locale_that_there_is_not_is_said(space):
    with opened(space) as found, pytest.raises(UsageProblem, match="xx"):
        found.texts("xx")
