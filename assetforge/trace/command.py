"""Reads the command lines that a trace may answer: `build` of a whole project, without surprises.

Everything else is for the command line proper, wrong flags too.
"""

from __future__ import annotations

from assetforge.layout import DEFAULT_FILE

LEVELS = ("auto", "dirs", "stat", "hash")
"""How closely targets are looked at, in the order of what it costs; `auto` chooses."""

ALONE = frozenset({"-k", "--keep-going", "--frozen", "--yes", "--no-progress"})
"""Flags that change nothing where nothing is to be done."""

NUMBERS = frozenset({"-j", "--jobs"})
"""The same, with a whole number."""

AMOUNTS = frozenset({"--max-cost"})
"""The same, with an amount: less than a million dollars, in plain digits."""


class Command:
    """A `build` of a whole project: where, under which profile, and how closely to look."""

    __slots__ = ("directory", "file", "level", "profile")

    def __init__(self) -> None:
        self.directory = ""
        self.file = DEFAULT_FILE
        self.profile: str | None = None
        self.level = "auto"


def command_of(arguments: list[str]) -> Command | None:
    """Return the command that some arguments are; None: the command line has to look at them."""
    command = Command()
    words = iter(arguments)
    for word in words:
        if word == "build":
            break
        if word != "-C":
            return None
        if command.directory:
            return None
        command.directory = next(words, "")
    else:
        return None
    for word in words:
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name in ALONE and not equals:
            continue
        value = value if equals else next(words, "")
        if not value or not _take(command, name, value):
            return None
    return command


def _take(command: Command, name: str, value: str) -> bool:
    """Take a flag with a value in; False: this is none that is known here."""
    if name in NUMBERS:
        return value.isdecimal() and int(value) > 0
    if name in AMOUNTS:
        dollars, _, cents = value.partition(".")
        return f"{dollars}{cents}".isdecimal() and value.isascii() and len(dollars) < 7
    if name == "-f" and value.isprintable():
        command.file = value
    elif name == "--profile":
        command.profile = value
    elif name == "--check" and value in LEVELS:
        command.level = value
    elif name == "-C" and not command.directory:
        command.directory = value
    else:
        return name == "--format" and value == "text"
    return True
