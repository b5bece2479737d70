"""What the commands that decide have in common: what they need, ask, print, and how they end."""

import os
import select
import subprocess
import sys
import time

import pytest

from tests.review.shop import EDIT, SCENE, open_shop, shop
from tests.space import PYTHON

__all__ = ["open_shop", "shop"]

WIDE = "banner/wide/de"
COMMANDS = [("accept",), ("reject",), ("pin",), ("unpin",), ("choose", "1"), ("reroll",)]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_decided_about_all_pictures_by_saying_nothing(shop, command):
    before = shop.lock_bytes()

    result = shop.run(*command)

    assert result.code == 2
    assert f"say which pictures: `assetforge {command[0]} SELECTOR`, or '*' for all" in result.err
    assert shop.lock_bytes() == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_who_names_nothing_that_there_is_decides_nothing(shop, command):
    assert shop.run(command[0], "banner/wide/dee", *command[1:]).code == 5
    assert shop.run(command[0], WIDE, *command[1:], "--step", "paint").code == 5
    assert shop.run(command[0], WIDE, *command[1:], "--profile", "none").code == 2
    assert shop.decisions() == []


def test_all_that_cannot_be_decided_is_said_at_once(open_shop):
    shop = open_shop()

    result = shop.run("pin", "banner/wide")

    assert result.code == 2
    assert result.err == (
        "assetforge: banner/wide/de/edit was never made; build it first; "
        "banner/wide/en/edit was never made; build it first\n"
    )


def test_a_locale_alone_says_which_pictures(shop):
    shop.does("pin", "--locale", "de")

    pinned = {slot.variant for slot, each in shop.lock().items() if each.pinned}
    assert pinned == {"banner/wide/de", "banner/tall/de"}


def test_a_decision_is_told_with_what_to_do_next(shop):
    result = shop.does("accept", WIDE, "--profile", "final")

    lines = result.err.splitlines()
    assert lines[0].startswith("  banner/wide/compose  take 1  ")
    assert lines[0].endswith("  accepted  (shared by 2 variants)")
    assert lines[1].startswith("  banner/wide/de/edit  take 1  ")
    assert lines[2] == "accept: 2 pictures of profile 'final', by Ada <ada@example.org>"
    assert lines[3] == (
        "next: git add assetforge.lock   (`assetforge undo --profile final` takes it back)"
    )


def test_a_damaged_lock_is_no_ground_to_decide_on(shop):
    shop.write("assetforge.lock/banner.json", "{")

    result = shop.run("accept", WIDE)

    assert result.code == 2
    assert "assetforge.lock/banner.json:1:2" in result.err
    assert shop.read("assetforge.lock/banner.json") == "{"


def on_a_terminal(shop, words, answer):
    """Run a command on a terminal, answer what it asks, and return its end and what it showed."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PYTHON, "-m", "assetforge", *words],
        cwd=shop.root,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200", "CI": ""},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown, deadline = "", time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.2)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            shown += os.read(ours, 4096).decode()
        except OSError:
            break
        if "[y/N]" in shown and answer:
            os.write(ours, answer.encode())
            answer = ""
    code = process.wait(timeout=60)
    os.close(ours)
    return code, shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_on_a_terminal_somebody_is_asked_before_others_are_made_again(shop):
    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    words = ("choose", WIDE, "2", "--step", "compose")

    no = on_a_terminal(shop, words, "n\n")
    assert no[0] == 4
    assert "banner/wide/de/edit, banner/wide/en/edit stand on this" in no[1]
    assert "nothing is decided" in no[1]
    assert shop.lock()[SCENE].take == 1

    yes = on_a_terminal(shop, words, "y\n")
    assert yes[0] == 0, yes[1]
    assert shop.lock()[SCENE].take == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_on_a_terminal_nothing_is_asked_where_nobody_else_is_concerned(shop):
    code, shown = on_a_terminal(shop, ("reject", WIDE), "")

    assert (code, "[y/N]" in shown) == (0, False)
    assert shop.lock()[EDIT].artifact is None
