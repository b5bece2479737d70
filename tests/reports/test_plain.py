import io

from assetforge.action import ActionId
from assetforge.events import Event, Outcome, Paused, Planned, Sketched, TriedAgain
from assetforge.reports.plain import PlainProgress
from tests.reports.occasions import ended, started, waiting


def lines_of(*events: Event) -> list[str]:
    stream = io.StringIO()
    with PlainProgress(stream) as progress:
        for each in events:
            progress.on(each)
    return stream.getvalue().splitlines()


def test_what_ran_has_a_line_with_its_number_and_seconds():
    lines = lines_of(
        Planned(hits=3, pending=2),
        started("hero[de]/compose"),
        ended("hero[de]/compose", Outcome.MADE, seconds=1.25),
        ended("hero[de]/edit", Outcome.FAILED, seconds=0.5, message="refused [/b]"),
    )

    assert lines == [
        "[1/2] made    hero[de]/compose  1.2 s",
        "[2/2] failed  hero[de]/edit  refused [/b]",
    ]


def test_hits_and_what_was_blocked_have_none():
    lines = lines_of(
        Planned(1, 2), ended("a", Outcome.HIT), ended("b", Outcome.BLOCKED, message="needs a")
    )

    assert lines == []


def test_an_unknown_outcome_is_told():
    lines = lines_of(Planned(0, 1), ended("a", Outcome.UNKNOWN, message="no answer came"))

    assert lines == ["[1/1] unknown a  no answer came"]


def test_waiting_for_an_equal_action_is_told():
    assert lines_of(Planned(0, 1), waiting("a")) == ["wait    a  an equal one is being made"]


def test_the_counter_never_says_more_than_all():
    """Two equal actions may both end, where one was expected."""
    both = [ended(name, Outcome.MADE) for name in "ab"]

    assert lines_of(Planned(0, 1), *both)[-1].startswith("[2/2] ")


def test_a_wait_is_told_once_and_short_ones_not_at_all():
    limits = "the account's limits"

    lines = lines_of(Paused(0.5, limits), Paused(30.0, limits), Paused(29.0, limits))

    assert lines == ["wait    up to 30 s: the account's limits"]


def test_previews_have_no_line():
    assert lines_of(Sketched(ActionId("a"), b"preview")) == []


def test_a_question_needs_no_room():
    stream = io.StringIO()
    with PlainProgress(stream) as progress, progress.quiet():
        stream.write("go on?")

    assert stream.getvalue() == "go on?"


def test_a_picture_that_is_not_right_says_why_and_what_is_tried():
    lines = lines_of(
        Planned(0, 1),
        TriedAgain(ActionId("a/verify"), "read 'Fre', not 'Free'", "take 2", 3),
        ended("a/edit (take 2)", Outcome.MADE, seconds=1.0),
    )

    assert lines == [
        "again   a/verify  take 2: read 'Fre', not 'Free'",
        "[1/4] made    a/edit (take 2)  1.0 s",
    ]
