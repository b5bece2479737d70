"""One turn at a time, in this process; `tests/test_watch.py` has the real watcher."""

import pytest

from assetforge import decided
from assetforge.build import build_decided
from assetforge.cli import watch
from assetforge.cli.watch import Watcher, named
from assetforge.decided import Options
from assetforge.planner import make_plan
from assetforge.providers.base import ImageRequest
from assetforge.reports.text import Flags
from tests.cli import toy
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


@pytest.fixture
def watcher(space):
    return Watcher(Options(space.root / "assetforge.yaml", keep_going=True), Flags())


def test_a_turn_builds_and_notes_what_to_watch(space, watcher, capsys):
    watcher.turn()

    assert "10 made, 0 hit" in capsys.readouterr().err
    assert watcher.folders >= {space.root, space.root / "prompts", space.root / "locales"}
    assert space.root / "out/de/banner-wide.png" in watcher.outputs


def test_a_quiet_turn_says_only_what_is_news(space, watcher, capsys):
    watcher.turn(quiet=True)
    first = capsys.readouterr().err
    watcher.turn(quiet=True)
    second = capsys.readouterr().err
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    watcher.turn(quiet=True)
    third = capsys.readouterr().err

    assert "10 made" in first
    assert second == ""
    assert "4 made" in third


def test_an_error_is_told_once_in_quiet_turns_and_again_after_a_change(space, watcher, capsys):
    space.write("prompts/copy.j2", "{{ nope }}")

    shown = []
    for quiet in (True, True, False):
        watcher.turn(quiet=quiet)
        shown.append("unknown variable 'nope'" in capsys.readouterr().err)

    assert shown == [True, False, True]
    assert watcher.folders == {space.root, space.root / "prompts", space.root / "locales"}


def test_a_selection_that_matches_nothing_any_more_is_told(space, capsys):
    options = Options(space.root / "assetforge.yaml", profile="nope")

    Watcher(options, Flags()).turn()

    assert "assetforge: there is no profile 'nope'" in capsys.readouterr().err


def test_failures_are_told_and_the_watch_goes_on(space, watcher, capsys, monkeypatch):
    space.build()
    space.write("out/de/banner-wide.png", "by hand")

    watcher.turn(quiet=True)

    assert "was edited since it was written" in capsys.readouterr().err


def test_money_is_never_spent(space, capsys):
    space.quick(pipeline=toy.TWO_PROFILES)
    options = Options(space.root / "assetforge.yaml", profile="toy", yes=True)
    calls: list[ImageRequest] = []

    with toy.installed(calls.append):
        Watcher(options, Flags(" --profile toy")).turn()

    said = capsys.readouterr().err
    assert calls == []
    assert "not built: watch never spends money" in said
    assert "next: assetforge build --profile toy, or watch with a profile that is free" in said


def test_money_is_not_spent_either_when_its_price_is_overlooked(space, capsys, monkeypatch):
    space.quick(pipeline=toy.PRICED.replace("provider: toy", "provider: toy, max_cost: 50"))
    calls: list[ImageRequest] = []
    watcher = Watcher(Options(space.root / "assetforge.yaml", yes=True), Flags())
    monkeypatch.setattr(watcher, "_price", lambda decided: "")

    with toy.installed(calls.append):
        watcher.turn()

    assert calls == []
    assert "the cap is $0.00" in capsys.readouterr().err


def test_a_turn_plans_once(watcher, monkeypatch):
    planned = []

    def counted(project, selection, **flags):
        planned.append(selection)
        return make_plan(project, selection, **flags)

    monkeypatch.setattr(decided, "make_plan", counted)

    watcher.turn()

    assert len(planned) == 1


def test_ctrl_c_in_a_build_ends_the_watch(space, watcher, monkeypatch):
    """The build itself takes note of it and keeps what is in flight."""

    def interrupted(options, decided, store, listen):
        built = build_decided(options, decided, store, listen)
        built.progress.interrupted = True
        return built

    monkeypatch.setattr(watch, "build_decided", interrupted)

    with pytest.raises(KeyboardInterrupt):
        watcher.turn()


def test_the_command_takes_a_turn_for_each_change(space, monkeypatch):
    def two_changes(folders, outputs, stop):
        assert folders() == {space.root}
        yield set()
        assert outputs()
        yield {space.root / "assetforge.yaml"}

    monkeypatch.setattr(watch, "changes", two_changes)

    result = space.run("watch")

    assert (result.code, result.out) == (0, "")
    assert result.err.count("watching; Ctrl-C ends") == 2
    assert "changed: assetforge.yaml\n" in result.err


def test_a_watch_without_a_pipeline_file_ends_at_once(tmp_path):
    assert Space(tmp_path).run("watch").code == 2


def test_changes_are_named_without_the_short_lived_files_of_editors(space):
    real = {space.root / name for name in ("assetforge.yaml", "prompts/copy.j2")}

    assert named({*real, space.root / "4913"}) == "assetforge.yaml, copy.j2"
    assert named({space.root / "gone.j2"}) == "gone.j2"
    assert named({space.root / str(number) for number in range(5)}) == "0, 1, 2 ..."
