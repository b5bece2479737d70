"""Diagnostics as workflow commands of GitHub: notes beside the lines of a pull request.

Everything that somebody else wrote is escaped: it ends no command and begins none. All commands
are printed, though GitHub shows few of them beside the lines: the log has them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from assetforge.diagnostics import count, in_order, printable
from assetforge.errors import Diagnostic, Severity
from assetforge.reports.check.repository import path_in_repository
from assetforge.secrets import blotted

MOST: Final = 10
"""Annotations of a severity that GitHub keeps of one step.

Source: actions/toolkit, docs/problem-matchers.md, Limitations, read 2026-11-22.
"""

SHOWN: Final = 3
"""Messages that one annotation holds where several have one place."""

TITLE: Final = "assetforge"


class Group(NamedTuple):
    """Diagnostics of one kind at one place, such as a text that several locales lack."""

    first: Diagnostic
    messages: tuple[str, ...]


def workflow_commands(diagnostics: Iterable[Diagnostic], folder: str) -> Iterator[str]:
    """Yield a line for each group of diagnostics, errors first, and a last one with their number.

    `folder` is the project's in its repository.
    """
    ordered = in_order(diagnostics)
    groups = grouped(ordered)
    hidden = []
    for severity in ("error", "warning"):
        some = [each for each in groups if each.first.severity == severity]
        yield from (annotation(each, folder) for each in varied(some))
        hidden += [f"{MOST} of {len(some)} {severity}s"] if len(some) > MOST else []
    if hidden:
        words = f"GitHub shows {' and '.join(hidden)} of a step; the log has all of them"
        yield f"::notice title={TITLE}::{escaped(words)}"
    if ordered:
        yield count(ordered)


def grouped(diagnostics: Sequence[Diagnostic]) -> list[Group]:
    """Return diagnostics, which are in the order of places, as groups of one code and place."""
    found = []
    for _, some in groupby(diagnostics, key=lambda each: (each.place, each.severity, each.code)):
        alike = list(some)
        found.append(Group(alike[0], tuple(map(message_of, alike))))
    return found


def varied(groups: Sequence[Group]) -> list[Group]:
    """Return groups with the first of each code before the second of any: few are shown."""
    turns: dict[str, int] = {}
    numbered = []
    for each in groups:
        turns[each.first.code] = turn = turns.get(each.first.code, 0) + 1
        numbered.append((turn, each))
    return [each for _, each in sorted(numbered, key=lambda pair: pair[0])]


def message_of(diagnostic: Diagnostic) -> str:
    """Return what a diagnostic says, without what to do."""
    label = f": {diagnostic.label}" if diagnostic.label else ""
    return printable(blotted(f"{diagnostic.message}{label}"))


def annotation(group: Group, folder: str) -> str:
    """Return the workflow command of a group.

    Source: GitHub, Workflow commands for GitHub Actions, read 2026-11-22.
    """
    first, place = group.first, group.first.place
    lines = list(group.messages[:SHOWN])
    more = len(group.messages) - SHOWN
    lines += [f"and {more:,} more here"] if more > 0 else []
    lines += [f"help: {printable(blotted(first.help))}"] if first.help else []
    properties = {"title": f"{TITLE}: {first.code}"}
    if place is not None and place.file:
        properties |= {"file": path_in_repository(folder, place.file)}
    if place is not None and place.line:
        properties |= {
            "line": str(place.line),
            "endLine": str(place.line),
            "col": str(place.column),
            "endColumn": str(place.column + place.length),
        }
    said = ",".join(f"{name}={escaped_property(each)}" for name, each in properties.items())
    command: Severity = first.severity
    return f"::{command} {said}::{escaped(chr(10).join(lines))}"


def escaped(text: str) -> str:
    """Return a text as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """Return a text as the value of a command's property."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
