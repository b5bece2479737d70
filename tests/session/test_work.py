"""What one turn does and says, with a project in this process."""

import pytest

from assetforge import decided
from assetforge.planner import make_plan
from assetforge.providers.base import ImageRequest
from assetforge.reports.text import Flags
from assetforge.session import work
from assetforge.session.session import named
from tests.cli import toy
from tests.session.open_session import opened
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_a_turn_notes_what_to_watch(space):
    with opened(space) as found:
        assert found.session.folders >= {space.root, space.root / "prompts", space.root / "locales"}
        assert space.root / "out/de/banner-wide.png" in found.session.outputs


@pytest.mark.parametrize("with_pictures", [True, False])
def test_a_quiet_turn_says_only_what_is_news(space, with_pictures):
    with opened(space, with_pictures=with_pictures) as found:
        first = found.news()
        found.changed()
        found.settled()
        second = found.news()
        space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
        found.changed()
        found.settled()

        assert "10 made" in first
        assert second == ""
        assert "4 made" in found.news()


def test_an_error_is_told_once_in_quiet_turns_and_again_after_a_change(space):
    space.write("prompts/copy.j2", "{{ nope }}")

    with opened(space) as found:
        shown = [found.news()]
        for paths in ((), (space.root / "prompts/copy.j2",)):
            found.changed(*paths)
            found.settled()
            shown.append(found.news())

        assert ["unknown variable 'nope'" in each for each in shown] == [True, False, True]
        assert found.session.folders == {
            space.root,
            space.root / "prompts",
            space.root / "locales",
        }


def test_a_profile_that_there_is_not_is_told(space):
    with opened(space, "nope") as found:
        assert "assetforge: there is no profile 'nope'" in found.news()
        assert found.status.phase == "broken"


def test_failures_are_told_and_the_session_goes_on(space):
    space.build()
    space.write("out/de/banner-wide.png", "by hand")

    with opened(space) as found:
        assert "was edited since it was written" in found.news()
        assert found.status.phase == "watching"


def test_money_is_never_spent_unasked(space):
    space.quick(pipeline=toy.TWO_PROFILES)
    calls: list[ImageRequest] = []

    with toy.installed(calls.append), opened(space, "toy", flags=Flags(" --profile toy")) as found:
        said = found.news()

    assert calls == []
    assert "not built: nothing is spent unasked" in said
    assert "next: assetforge build --profile toy, or watch with a profile that is free" in said


def test_money_is_not_spent_either_when_its_price_is_overlooked(space, monkeypatch):
    space.quick(pipeline=toy.PRICED.replace("provider: toy", "provider: toy, max_cost: 50"))
    calls: list[ImageRequest] = []
    monkeypatch.setattr(work, "costs", lambda decided: False)

    with toy.installed(calls.append), opened(space) as found:
        assert "the cap is $0.00" in found.news()

    assert calls == []


def test_a_turn_plans_once(space, monkeypatch):
    planned = []

    def counted(project, selection, **flags):
        planned.append(selection)
        return make_plan(project, selection, **flags)

    monkeypatch.setattr(decided, "make_plan", counted)

    with opened(space):
        assert len(planned) == 1


def test_changes_are_named_without_the_short_lived_files_of_editors(space):
    real = {space.root / name for name in ("assetforge.yaml", "prompts/copy.j2")}

    assert named({*real, space.root / "4913"}) == "assetforge.yaml, copy.j2"
    assert named({space.root / "gone.j2"}) == "gone.j2"
    assert named({space.root / str(number) for number in range(5)}) == "0, 1, 2 ..."
