"""A project kept open: what it does at each change, and what it never does."""

import threading

import pytest

from assetforge.errors import UsageProblem
from assetforge.session.errors import Agree, UnknownPicture
from tests.session.open_session import PAID, opened
from tests.space import QUICK, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def states(found):
    return {id: each.state for id, each in found.rows.items()}


def test_a_free_project_is_built_at_once(space):
    with opened(space) as found:
        assert states(found) == dict.fromkeys(found.rows, "current")
        assert len(found.rows) == 4
        assert "10 made, 0 hit" in found.news()
    assert len(space.outputs()) == 4


def test_a_change_builds_what_it_touches_and_tells_only_that(space):
    with opened(space) as found:
        before, found.said = found.document(), found.session.news_since(0)[0]
        found.translate("de", "Alles neu")
        found.settled()

        told = found.document(before["version"])
        assert {each["locale"] for each in told["pictures"]} == {"de"}
        assert {each["line"] for each in told["pictures"]} == {"Alles neu"}
        assert found.news().startswith("changed: de.json\n4 made, 6 hit;")


def test_a_picture_that_is_made_shows_before_the_build_ends(space):
    """Sixty locales would otherwise be seen only when the last is drawn."""
    seen = []
    with opened(space) as found:
        old = {id: each.digest for id, each in found.rows.items()}
        end = found.session.subscribe(
            lambda: seen.append(
                (found.status.phase, sum(found.rows[id].digest != old[id] for id in old))
            )
        )
        found.save("prompts/scene.j2", "A wild scene.\n")
        found.until(lambda: found.status.phase == "watching" and seen and seen[-1][1] == 4)
        end()

    assert ("watching", 4) in seen


def test_what_is_broken_is_told_and_mending_it_recovers(space):
    with opened(space) as found:
        found.save("prompts/copy.j2", "{{ nope }}")
        status = found.settled()
        assert (status.phase, status.errors) == ("broken", 1)
        assert "unknown variable 'nope'" in found.news()
        assert str(status.problems[0].place).startswith("prompts/copy.j2:")

        found.save("prompts/copy.j2", "Set {{ copy.headline|quoted }}.\n")
        status = found.settled()
        assert (status.phase, status.problems) == ("watching", ())


def test_a_project_that_is_broken_from_the_start_can_be_opened(space):
    space.write("assetforge.yaml", "version: 1\nasets: {}\n")

    with opened(space) as found:
        assert found.status.phase == "broken"
        assert found.document()["pictures"] == []
        assert space.root / "prompts" in found.session.folders

        found.save("assetforge.yaml", QUICK)
        assert found.settled().phase == "watching"
        assert len(found.rows) == 4


def test_a_touch_that_changes_nothing_makes_nothing(space):
    with opened(space) as found:
        version = found.document()["version"]
        found.news()
        found.save("prompts/scene.j2", space.read("prompts/scene.j2"))
        found.settled()

        assert found.document()["version"] == version
        assert "0 made" in found.news()


def test_an_empty_batch_is_no_news(space):
    with opened(space) as found:
        found.news()
        found.changed()
        found.settled()

        assert found.news() == ""


def test_new_and_vanished_locales_come_and_go(space):
    with opened(space) as found:
        found.translate("fr", "Soldes")
        found.settled()
        assert {each.locale for each in found.rows.values()} == {"de", "en", "fr"}

        (space.root / "locales/fr.json").unlink()
        found.changed(space.root / "locales/fr.json")
        found.settled()
        assert {each.locale for each in found.rows.values()} == {"de", "en"}
    assert not (space.root / "out/fr").exists()


def test_without_anybody_to_see_pictures_none_are_collected(space):
    with opened(space, with_pictures=False) as found:
        assert found.rows == {}
        assert "10 made" in found.news()
        found.translate("de", "Neu")
        found.settled()
        assert "4 made, 6 hit" in found.news()
        assert {each.name for each in found.session.folders} >= {"prompts", "locales"}


def test_what_was_built_before_is_known_without_planning_where_nobody_sees_pictures(space):
    space.build()

    with opened(space, with_pictures=False) as found:
        assert "0 made, 10 hit" in found.news()
        assert space.root / "out/de/banner-wide.png" in found.session.outputs


def test_an_edited_picture_is_told_and_not_overwritten(space):
    with opened(space) as found:
        (space.root / "out/de/banner-wide.png").write_bytes(b"mine")
        found.session.refresh()
        found.settled()

        row = found.rows["out/de/banner-wide"]
        assert row.state == "edited"
        assert "edited" in row.problem or "not" in row.problem
        assert (space.root / "out/de/banner-wide.png").read_bytes() == b"mine"
        assert found.blob(row.digest) == b"mine"


def test_a_deleted_picture_is_put_back(space):
    with opened(space) as found:
        (space.root / "out/de/banner-wide.png").unlink()
        found.changed(space.root / "out/de/banner-wide.png")
        found.settled()

    assert (space.root / "out/de/banner-wide.png").is_file()


def test_only_pictures_that_are_shown_can_be_had(space):
    with opened(space) as found:
        digest = found.rows["out/de/banner-wide"].digest
        data = (space.root / "out/de/banner-wide.png").read_bytes()
        scene = found.detail("out/de/banner-wide")

        assert found.blob(digest) == data
        assert found.blob("0" * 64) == b""
        assert found.blob("../../assetforge.yaml") == b""
        assert found.blob(scene["steps"][0]["artifact"]) != b""


def test_the_detail_of_a_picture_says_how_it_came_to_be(space):
    with opened(space) as found:
        told = found.detail("out/de/banner-wide")

        assert [each["step"] for each in told["steps"]] == ["compose", "edit", "export"]
        assert told["copy"] == [["headline", "Sale de"], ["action", "Buy de"]]
        assert told["command"] == "assetforge explain 'banner/wide/de'"
        assert [each["step"] for each in told["takes"]] == ["compose", "edit"]
        assert told["reasons"] == []
        with pytest.raises(UnknownPicture, match="there is no picture 'nope'"):
            found.detail("nope")


def test_closing_while_it_plans_leaves_no_thread(space):
    before = threading.active_count()
    with opened(space) as found:
        for number in range(5):
            found.save("prompts/scene.j2", f"Scene {number}.\n")

    assert threading.active_count() == before
    found.session.changed({space.root})
    assert threading.active_count() == before


# what costs money


def test_what_costs_something_is_planned_and_never_built(tmp_path):
    space = Space(tmp_path).quick(pipeline=PAID)
    with opened(space) as found:
        assert states(found) == dict.fromkeys(found.rows, "missing")
        assert found.status.cost.high > 0
        assert all(each.cost for each in found.rows.values())
        assert "not built: nothing is spent unasked" in found.news()
        found.translate("de", "Neu")
        found.settled()
    assert space.outputs() == {}


def test_building_what_costs_something_has_to_be_agreed_to(tmp_path):
    space = Space(tmp_path).quick(pipeline=PAID)
    with opened(space) as found:
        with pytest.raises(Agree, match="all that is stale costs") as asked:
            found.session.build()
        assert asked.value.high == found.status.cost.high
        with pytest.raises(Agree, match="1 picture costs"):
            found.session.build(["out/de/banner-wide"])
        with pytest.raises(UnknownPicture):
            found.session.build(["nope"])


def test_drafts_are_drawn_of_what_somebody_looks_at_and_written_nowhere(tmp_path):
    space = Space(tmp_path).quick(pipeline=PAID)
    with opened(space) as found:
        found.session.focus(["out/de/banner-wide", "gone"])
        found.settled()
        drafted = {id for id, each in found.rows.items() if each.draft}
        assert drafted == {"out/de/banner-wide"}
        draft = found.rows["out/de/banner-wide"].draft
        assert found.blob(draft).startswith(b"\x89PNG")

        found.translate("de", "Neu")
        found.settled()
        assert found.rows["out/de/banner-wide"].draft not in (None, draft)
        found.translate("en", "Else")
        found.settled()
        assert found.rows["out/en/banner-wide"].draft is None
    assert space.outputs() == {}
    assert not (space.root / "assetforge.lock").exists()


def test_drafts_of_all_that_is_stale_are_drawn_when_asked_for(tmp_path):
    space = Space(tmp_path).quick(pipeline=PAID)
    with opened(space) as found:
        assert found.session.draft() == "drafting 4 pictures"
        found.settled()
        assert all(each.draft for each in found.rows.values())
        assert states(found) == dict.fromkeys(found.rows, "missing")


def test_there_is_nothing_to_draft_where_nothing_is_stale(space):
    with opened(space) as found, pytest.raises(UsageProblem, match="nothing is stale that costs"):
        found.session.draft()


def test_what_comes_around_again_and_again_is_stopped(space):
    """Two tools disagree: each saves its own words as soon as the other's are drawn."""
    with opened(space) as found:
        for number in range(40):  # a machine may be too busy for the first to count
            space.write("prompts/scene.j2", f"Scene {number % 2}.\n")
            found.changed(space.root / "prompts/scene.j2")
            if found.settled().phase == "paused":
                break
        assert found.status.phase == "paused"
        assert "something changes a source whenever these are made" in found.status.words
        said = found.session.news_since(0)[0]
        found.changed(space.root / "prompts/scene.j2")
        assert found.settled().phase == "paused"
        assert found.session.news_since(0)[0] == said

        found.session.build()
        assert found.settled().phase == "watching"
        assert len(found.rows) == 4


def test_hurried_work_is_not_taken_for_a_loop(space):
    with opened(space) as found:
        for number in range(8):
            found.save("prompts/scene.j2", f"Scene {number}.\n")
            assert found.settled().phase == "watching"
