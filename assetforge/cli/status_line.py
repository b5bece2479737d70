"""The last line of a terminal, which always says how things are; what is news scrolls above it."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from collections.abc import Callable
from typing import Final

import click

from assetforge.diagnostics import printable

PAUSE_SECONDS: Final = 0.125
"""The line changes no more often than this."""

UNKNOWN: Final = 80
"""How many cells a line has where nobody says."""

CLEAR: Final = "\r\x1b[J"
"""Back to the line's begin, and nothing from there on."""


class StatusLine:
    """One line at the bottom of standard error; main thread only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown = ""
        self._drawn = 0.0
        self._width = 0

    def draw(self, words: str) -> float:
        """Show words, cut to the terminal's width, unless they stand there.

        Returns:
            for how many seconds they have to wait, as the line was changed just before; 0: shown.
        """
        width = columns()
        line = cut(words, width)
        if (line, width) == (self._shown, self._width):
            return 0.0
        now = self._clock()
        wait = self._drawn + PAUSE_SECONDS - now
        if self._shown and wait > 0:
            return wait
        _write(self._cleared(width) + line)
        self._shown, self._drawn, self._width = line, now, width
        return 0.0

    def above(self, text: str) -> None:
        """Write lines that stay; the status has to be drawn again."""
        _write(f"{self._cleared(columns())}{text}\n")
        self._shown = ""

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            _write(self._cleared(columns()))
            self._shown = ""

    def forget(self) -> None:
        """Know nothing of the line any more: something else was on the terminal meanwhile."""
        self._shown = ""

    def _cleared(self, width: int) -> str:
        """Return what takes the line away, also where a narrower terminal broke it into several."""
        if not self._shown:
            return ""
        more = (cells(self._shown) - 1) // width
        return (f"\x1b[{more}A" if more > 0 else "") + CLEAR


def columns() -> int:
    """Return how many cells a line has; the last one stays free, or some terminals go on below."""
    try:
        wide = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # no terminal
        wide = 0
    return max(1, (wide or UNKNOWN) - 1)


def _write(text: str) -> None:
    # Not by `print`: click has colorama translate for Windows' older consoles.
    click.echo(text, err=True, nl=False)
    sys.stderr.flush()


def cut(words: str, width: int) -> str:
    """Return as much of one line as fits, with an ellipsis where that is not all."""
    line = printable(words.replace("\n", " "))
    if cells(line) <= width:
        return line
    while cells(line) > width - 1:
        line = line[:-1]
    return f"{line}…"


def cells(line: str) -> int:
    """Return how many cells of a terminal a line takes."""
    return sum(map(_cells, line))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
