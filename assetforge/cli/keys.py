"""Single keys from a terminal, without Enter. Ctrl-C stays the signal that it is.

The terminal is as it was before whenever the program does not run: after it, after an error or a
polite kill, and while it is suspended. In the background, nothing is read and nothing is changed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final, Protocol, Self, TextIO

if sys.platform == "win32":
    import msvcrt
else:
    import select
    import termios

CHUNK: Final = 1024
"""How many bytes are read at once; those of one key, such as an arrow, come together."""

ESCAPE: Final = "\x1b"
"""What the bytes of a key that is no letter begin with."""

BEHIND_SECONDS: Final = 0.5
"""How often it is looked whether the program came to the front."""

CONSOLE_SECONDS: Final = 0.05
"""How often a Windows console is asked for a key."""


class Keys(Protocol):
    """What a person types, one key at a time. Used as a context manager, in the main thread."""

    def __enter__(self) -> Self:
        """Begin to listen."""

    def __exit__(self, *error: object) -> None:
        """Leave everything as it was."""

    def next(self, seconds: float) -> str:
        """Wait for a key, no longer than told; empty: none came, or somebody called `wake`."""

    def wake(self) -> None:
        """End the waiting; from any thread, and from a signal handler where keys are read."""

    @property
    def in_front(self) -> bool:
        """Whether the terminal is this program's now, to be written to as well."""


class NoKeys:
    """Nobody types; there is only waiting."""

    in_front = True

    def __init__(self) -> None:
        self._woken = threading.Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def next(self, seconds: float) -> str:
        """Wait to be woken, no longer than told."""
        self._woken.wait(seconds)
        self._woken.clear()
        return ""

    def wake(self) -> None:
        """End the waiting."""
        self._woken.set()


def unheard() -> None:
    """Do nothing about it."""


def keys_of(stream: TextIO, *, suspends: Callable[[], None] = unheard) -> Keys:
    """Return the keys of a terminal; `suspends` is called before the program is suspended."""
    if sys.platform == "win32":
        return ConsoleKeys()
    else:  # noqa: RET505  the type check follows each system's branch
        return TerminalKeys(stream, suspends)


if sys.platform == "win32":

    class ConsoleKeys(NoKeys):
        """The keys of a Windows console."""

        def next(self, seconds: float) -> str:
            """Return a key that was typed."""
            end = time.monotonic() + seconds
            while not msvcrt.kbhit():
                left = end - time.monotonic()
                if left <= 0 or self._woken.wait(min(left, CONSOLE_SECONDS)):
                    self._woken.clear()
                    return ""
            return console_key(msvcrt.getwch)


def console_key(read: Callable[[], str]) -> str:
    """Return the key that a console has; empty: one that is no character."""
    key = read()
    if key in ("\0", "\xe0"):  # source: getwch, two codes for a key that is no character
        read()
        return ""
    if key == "\x03":
        raise KeyboardInterrupt
    return key


def typed(chunk: bytes) -> list[str]:
    """Return the characters in what a terminal sent; no arrows, no function keys."""
    text = chunk.decode("utf-8", "ignore")
    return [each for each in text.partition(ESCAPE)[0] if each.isprintable()]


if sys.platform != "win32":
    LETS_GO: Final = (signal.SIGTSTP, signal.SIGQUIT)
    """What suspends or ends the program at once: the terminal is given back before."""

    ENDS: Final = (signal.SIGTERM, signal.SIGHUP)
    """What ends it as Ctrl-C does."""

    class TerminalKeys:
        """The keys of a terminal that is not Windows'."""

        def __init__(self, stream: TextIO, suspends: Callable[[], None] = unheard) -> None:
            self._terminal = stream.fileno()
            self._suspends = suspends
            self._before: list[Any] | None = None
            self._handlers: dict[signal.Signals, Any] = {}
            self._waiting: list[str] = []
            self._ended = False
            self._woken, self._wake, self._told = -1, -1, -1

        def __enter__(self) -> Self:
            self._woken, self._wake = os.pipe()
            os.set_blocking(self._wake, False)
            os.set_blocking(self._woken, False)
            # A signal that comes just before the waiting begins would else be heeded after it.
            self._told = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
            self._heed(signal.SIGCONT, self._go_on)
            self._heed(signal.SIGWINCH, lambda *_: None)
            for each in LETS_GO:
                self._heed(each, self._let_go)
            for each in ENDS:
                self._heed(each, signal.default_int_handler)
            self._listen()
            return self

        def __exit__(self, *error: object) -> None:
            self._restore()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(self._told)
            os.close(self._woken)
            os.close(self._wake)

        def next(self, seconds: float) -> str:
            """Return a key that was typed."""
            if not self._waiting:
                self._read(seconds)
            return self._waiting.pop(0) if self._waiting else ""

        def wake(self) -> None:
            """End the waiting."""
            with suppress(OSError):  # full: it ends anyway
                os.write(self._wake, b"!")

        @property
        def in_front(self) -> bool:
            """Whether the terminal is this program's; so it is where no shell shares it out."""
            try:
                return os.tcgetpgrp(self._terminal) == os.getpgrp()
            except OSError:
                return True

        def _read(self, seconds: float) -> None:
            reads = self.in_front and not self._ended
            if reads and self._before is None:
                self._listen()
            wanted = [self._woken, self._terminal] if reads else [self._woken]
            # Nobody tells when a shell takes a program that runs to the front.
            longest = seconds if self._ended or reads else min(seconds, BEHIND_SECONDS)
            ready, _, _ = select.select(wanted, [], [], longest)
            if self._woken in ready:
                with suppress(BlockingIOError):
                    os.read(self._woken, CHUNK)
            if self._terminal in ready:
                self._take(self._chunk())

        def _chunk(self) -> bytes:
            try:
                return os.read(self._terminal, CHUNK)
            except OSError:  # hung up
                return b""

        def _take(self, chunk: bytes) -> None:
            self._ended = not chunk
            self._waiting += typed(chunk)

        def _heed(
            self, number: signal.Signals, handler: Callable[[int, FrameType | None], Any]
        ) -> None:
            """Listen for a signal, unless somebody else does, or it is to be ignored."""
            if signal.getsignal(number) is signal.SIG_DFL:
                self._handlers[number] = signal.signal(number, handler)

        def _listen(self) -> None:
            """Have keys come at once, without being shown."""
            if not self.in_front:
                return
            with suppress(termios.error):
                if self._before is None:
                    self._before = termios.tcgetattr(self._terminal)
                now = termios.tcgetattr(self._terminal)
                now[3] &= ~(termios.ICANON | termios.ECHO)
                now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
                termios.tcsetattr(self._terminal, termios.TCSADRAIN, now)

        def _restore(self) -> None:
            """Give the terminal back as it was; in the background it is the shell's by now."""
            before, self._before = self._before, None
            if before is not None and self.in_front:
                with suppress(termios.error):
                    termios.tcsetattr(self._terminal, termios.TCSADRAIN, before)

        def _let_go(self, number: int, frame: FrameType | None) -> None:
            """Give the terminal back and do what the signal asks for; go on if that is over."""
            self._suspends()
            self._restore()
            heeds = signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
            signal.signal(number, heeds)
            self._listen()
            self.wake()

        def _go_on(self, number: int, frame: FrameType | None) -> None:
            self._listen()
            self.wake()
