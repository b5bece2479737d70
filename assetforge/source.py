"""Reading what the user wrote: text from files, and offsets of a text as places."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.reads import listing, reading

MAX_BYTES = 5_000_000
"""Size of the largest source that is read."""

LINE_BREAK = re.compile(r"\r\n|\r|\n")
"""What ends a line in every place we name: what editors count, not what Unicode or YAML 1.1 say."""


class Lines:
    """Offsets of a text as places of a file."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self._starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]

    def place(self, start: int, end: int) -> Place:
        """Return the place of a span, cut at the end of its first line."""
        start = max(0, min(start, len(self._text)))
        line = bisect_right(self._starts, start)
        stop = LINE_BREAK.search(self._text, start, max(start, end))
        last = min(stop.start() if stop else end, len(self._text))
        return Place(self._file, line, start - self._starts[line - 1] + 1, max(1, last - start))


def read_source(path: Path, shown_name: str) -> str:
    """Return the text of a source, without a byte order mark; line ends stay as they are.

    Raises:
        InvalidSource: the file is missing, no file, too large, unreadable or not UTF-8.
    """
    data = _read_bytes(path, shown_name)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise invalid("not-utf8", f"'{shown_name}' is UTF-16", shown_name, "save it as UTF-8")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        place = Lines(before, shown_name).place(len(before), len(before) + 1)
        byte = data[error.start]
        problem = Diagnostic(
            "not-utf8",
            f"the byte 0x{byte:02x} is no UTF-8",
            place,
            help="save the file as UTF-8",
        )
        raise InvalidSource([problem]) from None


def files_in(folder: Path, suffix: str, what: str, code: str) -> list[Path]:
    """Return the files of a folder whose names end so, by name; none where there is no folder.

    `what` the folder is stands in the advice where it is none, and `code` is that problem's.

    Raises:
        InvalidSource: what is there is no folder, or cannot be read.
    """
    try:
        return sorted(each for each in listing(folder).iterdir() if each.name.endswith(suffix))
    except FileNotFoundError:
        return []
    except NotADirectoryError:
        advice = f"{what} a folder of that name; move this file away"
        raise invalid(code, f"'{folder.name}' is no folder", folder.name, advice) from None
    except OSError as error:
        raise unreadable(folder.name, error) from error


def unreadable(shown_name: str, error: OSError | ValueError) -> InvalidSource:
    """Return the error of something that cannot be read."""
    words = (getattr(error, "strerror", None) or str(error)).lower()
    return invalid("unreadable", f"'{shown_name}' cannot be read: {words}", shown_name)


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        if reading(path).is_dir():
            raise invalid("not-a-file", f"'{name}' is a folder, not a file", name)
        if not path.exists():
            raise invalid("no-such-file", f"there is no file '{name}'", name)
        if not path.is_file():
            raise invalid("not-a-file", f"'{name}' is no ordinary file", name)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error
    if len(data) > MAX_BYTES:
        raise too_large(name)
    return data


def invalid(code: str, message: str, file: str, advice: str | None = None) -> InvalidSource:
    """Return the error of a file as a whole."""
    return InvalidSource([Diagnostic(code, message, Place(file), help=advice)])


def too_large(file: str) -> InvalidSource:
    """Return the error of a file above `MAX_BYTES`."""
    limit = MAX_BYTES // 1_000_000
    return invalid("too-large", f"'{file}' is larger than {limit} MB", file)
