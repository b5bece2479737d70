"""The last line of a terminal; `test_watch.py` has it on a real one."""

import pytest

from assetforge.cli.lines import LiveLines, PlainLines, line_of
from assetforge.cli.status_line import PAUSE_SECONDS, StatusLine, cells, columns, cut
from assetforge.pricing import Cost
from assetforge.session.status import Status

AT_REST = Status(phase="watching", pictures=4)


@pytest.mark.parametrize(
    ("words", "width", "shown"),
    [
        ("watching", 8, "watching"),
        ("watching", 7, "watchi…"),
        ("見る見る", 8, "見る見る"),
        ("見る見る", 7, "見る見…"),
        ("見る見る", 6, "見る…"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("two\nlines", 20, "two lines"),
        ("\x1b[2J", 20, r"\x1b[2J"),
    ],
)
def test_a_line_is_cut_to_the_cells_it_may_take(words, width, shown):
    assert cut(words, width) == shown
    assert cells(shown) <= width


@pytest.fixture
def seconds():
    return [100.0]


@pytest.fixture
def line(seconds):
    return StatusLine(lambda: seconds[0])


def test_the_same_words_are_drawn_once_and_others_not_too_often(line, seconds, capsys):
    assert line.draw("one") == 0
    assert line.draw("one") == 0
    wait = line.draw("two")
    seconds[0] += wait
    assert line.draw("two") == 0

    assert 0 < wait <= PAUSE_SECONDS
    assert capsys.readouterr().err.replace("\r", "") == "onetwo"


def test_after_news_the_line_is_drawn_again(line, capsys):
    line.draw("one")
    line.above("news")
    line.draw("one")
    line.clear()
    line.clear()

    assert capsys.readouterr().err == "one\rnews\none\r"


def test_without_a_terminal_a_line_has_eighty_cells():
    assert columns() == 79


def test_the_keys_that_matter_stand_behind_the_status():
    stale = Status(phase="watching", stale=3, cost=Cost(40_000, 130_000))

    assert line_of(stale).endswith(" · b build · d drafts · ? keys")
    assert line_of(Status(phase="building", stale=3, cost=stale.cost)).endswith(
        " stale, about $0.04 to $0.13 · ? keys"
    )
    assert line_of(AT_REST) == "watching · 4 pictures current · ? keys"


def test_plain_lines_say_once_after_news_that_all_is_done(capsys):
    lines = PlainLines()
    lines.show(AT_REST, "")
    lines.say(["changed: de.json"])
    lines.show(AT_REST, "")
    lines.say(["4 made"])
    lines.show(Status(phase="building"), "")
    lines.show(AT_REST, "")
    lines.show(AT_REST, "")
    lines.end()

    assert capsys.readouterr().err == "changed: de.json\n4 made\nwatching; Ctrl-C ends\n"


def test_live_lines_show_a_question_in_place_of_the_status(capsys):
    lines = LiveLines()
    lines.show(AT_REST, "really?")
    lines.end()

    assert capsys.readouterr().err == "really?\r"
