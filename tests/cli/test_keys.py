"""Keys, typed at a real terminal with a shell in it."""

import io
import os
import signal
import sys
import threading

import pytest

from assetforge.cli.keys import NoKeys, console_key, keys_of, typed
from tests.space import PYTHON

if sys.platform == "win32":
    pytest.skip("a terminal of this kind", allow_module_level=True)

import pty

from tests.cli.terminal import terminal

READER = """
import sys, threading
from assetforge.cli.keys import keys_of

with keys_of(sys.stdin, suspends=lambda: print("suspends", flush=True)) as keys:
    print("ready", flush=True)
    while (key := keys.next(30)) != "q":
        if key == "x":
            raise ValueError("x")
        if key == "w":
            threading.Timer(0.1, keys.wake).start()
        print(f"key {key!r}, in front {keys.in_front}", flush=True)
print("left", flush=True)
"""
SIGTERM = int(signal.SIGTERM)
COMMAND = [PYTHON, "-c", READER]


def test_keys_come_without_enter_and_are_not_shown():
    with terminal(COMMAND) as screen:
        screen.until("ready")
        screen.type("bé")

        assert screen.until("'é'").splitlines()[1:] == ["key 'b', in front True", "key 'é'"]
        screen.type("q")
        assert screen.until("[ended 0, as before]")


def test_arrows_are_no_keys():
    with terminal(COMMAND) as screen:
        screen.until("ready")
        screen.type("\x1b[A")
        screen.until("key ''")
        screen.type("b")

        assert screen.until("key 'b'")


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        ("x", "ValueError: x"),
        ("\x03", "KeyboardInterrupt"),
        ("\x1c", "[ended -3"),
    ],
)
def test_the_terminal_is_as_before_after_an_error_ctrl_c_and_ctrl_backslash(keys, ends):
    with terminal(COMMAND) as screen:
        screen.until("ready")
        screen.type(keys)

        screen.until(ends)
        assert screen.until(", as before]")


def test_a_polite_kill_ends_as_ctrl_c_does():
    kill = READER.replace('raise ValueError("x")', f"import os; os.kill(os.getpid(), {SIGTERM})")
    with terminal([PYTHON, "-c", kill]) as screen:
        screen.until("ready")
        screen.type("x")

        screen.until("KeyboardInterrupt")
        assert screen.until("[ended -2, as before]")


def test_while_suspended_the_terminal_is_as_before_and_keys_come_again_after():
    with terminal(COMMAND) as screen:
        screen.until("ready")
        for _ in range(2):
            screen.type("\x1a")
            assert "suspends" in screen.until("[stopped, as before]")
            screen.type("fg\n")
            screen.until("key ''")
            screen.type("b")
            assert screen.until("key 'b', in front True")


def test_in_the_background_nothing_is_read_or_changed_until_it_comes_to_the_front():
    with terminal(["bg", *COMMAND]) as screen:
        screen.until("key '', in front False")
        screen.type("fg\n")
        screen.type("b")
        screen.until("key 'b', in front True")
        screen.type("\x1a")
        screen.until("[stopped, as before]")
        screen.type("fg\n")
        screen.type("c")

        assert screen.until("key 'c', in front True")


def test_waiting_ends_when_somebody_wakes_it():
    with terminal(COMMAND) as screen:
        screen.until("ready")
        screen.type("w")
        screen.until("key 'w'")

        assert screen.until("key ''")


def test_a_new_size_ends_the_waiting():
    with terminal(COMMAND) as screen:
        screen.until("ready")
        screen.resize(60)

        assert screen.until("key ''")


def test_a_terminal_that_is_hung_up_has_no_more_keys():
    """It is nobody's controlling terminal either: no shell shares it out."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as stream, keys_of(stream) as keys:
        os.write(master, b"b")
        assert (keys.next(30), keys.in_front) == ("b", True)
        os.close(master)

        assert [keys.next(30), keys.next(0.01)] == ["", ""]


def test_without_a_terminal_there_is_only_waiting():
    with NoKeys() as keys:
        assert keys.next(0.01) == ""
        timer = threading.Timer(0.05, keys.wake)
        timer.start()
        assert keys.next(60) == ""
        timer.join()


def test_only_characters_are_keys():
    assert typed(b"ab\n\x04") == ["a", "b"]
    assert typed("ü".encode()) == ["ü"]
    assert typed(b"\xff\x1b[Aq") == []


def test_a_console_has_two_codes_for_a_key_that_is_no_character():
    codes = io.StringIO("b\xe0H\0;q")

    assert [console_key(lambda: codes.read(1)) for _ in range(4)] == ["b", "", "", "q"]
    with pytest.raises(KeyboardInterrupt):
        console_key(lambda: "\x03")
