import contextlib
import io
import os
import subprocess
from collections.abc import Iterator

import pytest
from rich.console import Console

from assetforge.action import ActionId
from assetforge.events import Outcome, Paused, Planned, Sketched, TriedAgain
from assetforge.reports import live
from assetforge.reports.live import LiveProgress
from tests.reports.occasions import ended, started, waiting
from tests.space import PYTHON, Space


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until a test moves it."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(live, "time", clock)
    return clock


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def drawn(progress: LiveProgress, width: int = 80) -> list[str]:
    """Return what the display holds now, as lines without colours."""
    paper = io.StringIO()
    Console(width=width, file=paper, markup=False).print(progress._draw())
    return [line.rstrip() for line in paper.getvalue().splitlines()]


def test_a_display_can_be_drawn_before_anything_is_known(terminal):
    assert drawn(LiveProgress(terminal)) == ["planning"]


def test_the_head_shows_done_of_all_hits_failures_time_and_money(terminal, clock):
    progress = LiveProgress(terminal)
    for event in (
        Planned(hits=2, pending=8),
        ended("a", Outcome.HIT),
        ended("b", Outcome.HIT),
        ended("c", Outcome.MADE, cost_microdollars=40_000),
        ended("d", Outcome.MADE, cost_microdollars=1_500_000),
    ):
        progress.on(event)
    clock.now += 10

    (head,) = drawn(progress)

    assert head.endswith(" 4/10  2 hit  0 failed  10 s, about 30 s left  $1.54")


def test_the_head_fits_a_line_of_80_cells_with_large_numbers(terminal, clock):
    progress = LiveProgress(terminal)
    progress.on(Planned(hits=0, pending=99_999))
    for number in range(1000):
        progress.on(ended(f"a{number}", Outcome.MADE, cost_microdollars=100_000))
    clock.now += 100

    lines = drawn(progress)

    assert len(lines) == 1
    assert len(lines[0]) <= 80
    assert lines[0].endswith(
        " 1,000/99,999  0 hit  0 failed  2 min, about 2 h 45 min left  $100.00"
    )


def test_a_narrow_terminal_has_no_bar_and_cuts_the_words(terminal, clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    progress = LiveProgress(terminal)
    progress.on(Planned(hits=0, pending=99_999))

    (head,) = drawn(progress, 20)

    assert head.startswith("0/99,999  0 hit")
    assert len(head) == 20


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (99.4, "99 s"), (125, "2 min"), (5_940, "99 min"), (12_000, "3 h 20 min")],
)
def test_times_are_as_a_person_says_them(seconds, text):
    assert live.duration(seconds) == text


def test_time_left_is_not_guessed_before_anything_was_made(terminal, clock):
    progress = LiveProgress(terminal)
    progress.on(Planned(0, 3))
    clock.now += 5

    assert drawn(progress)[0].endswith("  5 s  $0.00")


def test_what_runs_has_a_row_each_and_the_rest_is_counted(terminal, clock):
    progress = LiveProgress(terminal)
    progress.on(Planned(0, 20))
    for number in range(10):
        progress.on(started(f"banner/{number}/edit"))
    clock.now += 61

    rows = drawn(progress)[1:]

    assert rows[0] == "  run   61 s  banner/0/edit"
    assert len(rows) == live.ROWS + 1
    assert rows[-1] == "  and 2 more"


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_long_name_is_cut_and_keeps_its_line(terminal, clock, width):
    progress = LiveProgress(terminal)
    progress.on(Planned(0, 1))
    progress.on(started("banner/" + "x" * 200))

    row = drawn(progress, width)[-1]

    assert len(row) == width
    assert row.endswith("…")


def test_what_ended_has_no_row(terminal):
    progress = LiveProgress(terminal)
    progress.on(Planned(0, 1))
    progress.on(started("a"))
    progress.on(ended("a", Outcome.MADE))

    assert len(drawn(progress)) == 1


def test_failures_are_printed_above_whole_also_when_they_look_like_markup(terminal):
    with LiveProgress(terminal) as progress:
        progress.on(Planned(0, 3))
        progress.on(ended("hero[de]/edit", Outcome.FAILED, message="refused [/b] [red]"))
        progress.on(ended("hero[fr]/edit", Outcome.UNKNOWN, message="no answer"))
        progress.on(ended("hero[fr]/export", Outcome.BLOCKED, message="needs hero[fr]/edit"))

    shown = terminal.getvalue()
    assert "failed  hero[de]/edit  refused [/b] [red]" in shown
    assert "unknown hero[fr]/edit  no answer" in shown
    assert "blocked" not in shown
    assert "2 failed" in drawn(progress)[0]


def test_waiting_for_an_equal_action_is_told(terminal):
    with LiveProgress(terminal) as progress:
        progress.on(Planned(0, 1))
        progress.on(waiting("hero[de]/edit"))

    assert "wait  hero[de]/edit  an equal one is being made" in terminal.getvalue()


def test_the_display_goes_away_and_the_cursor_comes_back(terminal):
    with LiveProgress(terminal) as progress:
        progress.on(Planned(0, 1))
        progress.on(started("a"))

    shown = terminal.getvalue()
    assert shown.endswith("\x1b[1A\x1b[2K")  # one line up, and clear it
    assert "\x1b[?25h" in shown[shown.rindex("run") :]


def test_without_colour_it_still_moves(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    with LiveProgress(terminal) as progress:
        progress.on(Planned(0, 1))
        progress.on(ended("a", Outcome.FAILED, message="refused"))

    assert "\x1b[?25l" in terminal.getvalue()
    assert "\x1b[31m" not in terminal.getvalue()
    assert "\x1b[1;31m" not in terminal.getvalue()


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo terminals here")
def test_a_build_on_a_real_terminal_ends_with_its_summary(tmp_path):
    space = Space(tmp_path).quick()
    ours, theirs = os.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    started = subprocess.Popen(
        [PYTHON, "-m", "assetforge", "build"],
        cwd=space.root,
        env={**environment, "TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b"".join(read_until_closed(ours))

    assert started.wait(timeout=60) == 0
    assert b"\x1b[?25l" in shown
    assert b"\x1b[?25h" in shown
    assert b"10 made, 0 hit; 4 pictures current" in shown


def read_until_closed(handle: int) -> Iterator[bytes]:
    """Yield what a terminal shows; its end is an error on Linux and nothing on macOS."""
    with os.fdopen(handle, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
        while chunk := terminal.read(65536):
            yield chunk


def test_previews_are_counted_beside_their_picture(terminal, clock):
    progress = LiveProgress(terminal)
    preview = Sketched(ActionId("a"), b"preview")

    for event in (Planned(0, 1), started("a"), preview, preview):
        progress.on(event)
    assert "  run    0 s  a  preview 2" in drawn(progress)

    progress.on(ended("a", Outcome.MADE))
    progress.on(started("a"))
    assert "  run    0 s  a" in drawn(progress)


def test_a_wait_is_shown_while_it_lasts(terminal, clock):
    progress = LiveProgress(terminal)
    progress.on(Planned(0, 1))

    progress.on(Paused(30.0, "the account's limits"))
    assert "  wait up to 30 s: the account's limits" in drawn(progress)

    clock.now += 31
    assert "wait" not in "".join(drawn(progress))


def test_a_question_has_the_screen_to_itself(terminal):
    with LiveProgress(terminal) as progress:
        with progress.quiet():
            before = terminal.getvalue()
            terminal.write("go on?")
            assert not progress._live.is_started
            assert terminal.getvalue() == before + "go on?"
        assert progress._live.is_started


def test_a_picture_that_is_not_right_has_no_row_and_what_is_tried_counts(terminal):
    progress = LiveProgress(terminal)
    progress.on(Planned(hits=0, pending=2))
    progress.on(started("a/verify"))
    progress.on(TriedAgain(ActionId("a/verify"), "read [/b]", "take 2", 3))

    (head,) = drawn(progress)

    assert "0/5" in head
    assert "take 2: read [/b]" in terminal.getvalue()
