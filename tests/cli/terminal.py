"""A terminal with a small shell in it, for what only a terminal can show."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 10
"""How long a test waits for what must come; only a failing test waits so long."""

CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A command in a terminal, and all that was on its screen."""

    def __init__(self, master: int, slave: int) -> None:
        self._master = master
        self._slave = slave
        self._raw = b""
        self._seen = 0
        self._grew = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._master, 65536)
            except OSError:
                return
            with self._grew:
                self._raw += chunk
                self._grew.notify_all()

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    @property
    def screen(self) -> str:
        return self._raw.decode(errors="replace")

    def until(self, words: str) -> str:
        """Return what was shown from the last such call up to some words."""
        end = time.monotonic() + PATIENCE_SECONDS
        with self._grew:
            while (at := self.screen.find(words, self._seen)) < 0:
                assert self._grew.wait(max(0.0, end - time.monotonic())), (
                    f"no '{words}' in:\n{self.screen[self._seen :]}"
                )
            found = self.screen[self._seen : at + len(words)]
            self._seen = at + len(words)
        return CODES.sub("", found)


@contextmanager
def terminal(
    command: Sequence[str | Path], *, cwd: Path | None = None, columns: int = 80
) -> Iterator[Terminal]:
    """Run a command in a terminal of its own."""
    master, slave = pty.openpty()
    environ = {name: each for name, each in os.environ.items() if name not in ("CI", "BROWSER")}
    found = Terminal(master, slave)
    found.resize(columns)
    process = subprocess.Popen(
        [sys.executable, __file__, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=cwd,
        env={**environ, "TERM": "xterm", "DISPLAY": "", "WAYLAND_DISPLAY": ""},
        start_new_session=True,
    )
    try:
        yield found
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        os.close(slave)
        found._reader.join(timeout=PATIENCE_SECONDS)
        os.close(master)


def shell(command: Sequence[str]) -> None:
    """Run a command as a shell does, and say when it stops or ends, and what modes it leaves.

    `bg` before the command runs it in the background; `fg` typed later takes it to the front.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    behind = command[0] == "bg"
    # It begins when the terminal is its own.
    waits = ["sh", "-c", 'kill -STOP $$; exec "$@"', "sh"]
    child = subprocess.Popen([*waits, *command[behind:]], process_group=0)
    try:
        os.waitpid(child.pid, os.WUNTRACED)
        if not behind:
            give(child.pid)
        os.killpg(child.pid, signal.SIGCONT)
        if behind:
            to_front(child.pid, sys.stdin.readline())
        while True:
            _, status = os.waitpid(child.pid, os.WUNTRACED)
            give(os.getpgrp())
            if not os.WIFSTOPPED(status):
                print(f"[ended {os.waitstatus_to_exitcode(status)}, {modes()}]", flush=True)
                child.returncode = status
                signal.pause()
            print(f"[stopped, {modes()}]", flush=True)
            to_front(child.pid, sys.stdin.readline())
            os.killpg(child.pid, signal.SIGCONT)
    finally:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a command, kindly first: what it covered is then written down."""
    if child.returncode is not None:
        return
    give(child.pid)
    child.terminate()
    os.killpg(child.pid, signal.SIGCONT)
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()


def to_front(group: int, line: str) -> None:
    assert line == "fg\n"
    give(group)


def give(group: int) -> None:
    """Let a group of processes have the terminal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    os.tcsetpgrp(0, group)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTTOU})


def modes() -> str:
    flags = termios.tcgetattr(0)[3]
    return "as before" if flags & termios.ICANON and flags & termios.ECHO else "changed"


if __name__ == "__main__":
    shell(sys.argv[1:])
