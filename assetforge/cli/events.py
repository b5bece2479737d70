"""`--events FILE`: what happens, as JSON lines, beside every other report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from assetforge import __version__
from assetforge.cli.group import INTERRUPTED
from assetforge.errors import AssetforgeError, UsageProblem
from assetforge.events import Event, Listener
from assetforge.materialize import Materialized
from assetforge.progress import Progress
from assetforge.reports.event_lines import EventLines

Command = TypeVar("Command", bound=Callable[..., Any])


def events_option(command: Command) -> Command:
    """Add the flag that names a file for events."""
    return click.option(
        "--events",
        metavar="FILE",
        type=click.Path(path_type=Path),
        default=None,
        callback=_no_stdout,
        help="Write each event to this file while it happens, as JSON lines.",
    )(command)


def _no_stdout(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    if value == Path("-"):
        raise UsageProblem("stdout is for the result; name a file for --events")
    return value


class Telling:
    """Tells a listener of all events, and the file of `--events` if there is one."""

    def __init__(self, listener: Listener, lines: EventLines | None) -> None:
        self._listener = listener
        self._lines = lines

    def on(self, event: Event) -> None:
        """Take note of one event."""
        self._listener.on(event)
        if self._lines is not None and (problem := self._lines.on(event)):
            with self._listener.quiet():
                say(problem)

    def finished(
        self, exit_code: int, progress: Progress, materialized: Materialized | None = None
    ) -> None:
        """Say what it came to."""
        if self._lines is None:
            return
        written = materialized.written if materialized else 0
        refused = len(materialized.refused) if materialized else 0
        say(self._lines.finished(exit_code, progress, written=written, refused=refused))


def say(problem: str) -> None:
    """Print what is wrong with the file, if something is."""
    if problem:
        click.echo(f"assetforge: {problem}", err=True)


@contextmanager
def telling(path: Path | None, listener: Listener) -> Iterator[Telling]:
    """Have what happens told; an error is the last thing that the file says.

    Raises:
        UsageProblem, StoreProblem: the file cannot be written; see `EventLines`.
    """
    if path is None:
        yield Telling(listener, None)
        return
    lines = EventLines(path)
    say(lines.write(began()))
    try:
        yield Telling(listener, lines)
    except BaseException as error:
        say(lines.finished(exit_code_of(error), message=words_of(error)))
        raise
    finally:
        lines.close()


def began() -> dict[str, Any]:
    """Return the first line: which command it is, as it was typed."""
    context = click.get_current_context()
    said = context.params
    plan = said.get("plan_file")
    return {
        "event": "began",
        "command": context.command.name,
        "assetforge": __version__,
        "pipeline": said["file"].as_posix(),
        "profile": said["profile"],
        "selectors": list(said["selectors"]),
        "locales": list(said["locales"]),
        "since": said.get("since"),
        "plan": None if plan is None else plan.as_posix(),
    }


def exit_code_of(error: BaseException) -> int:
    """Return what a command exits with that ends so; see `assetforge.cli.entry`."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return INTERRUPTED
    return error.exit_code if isinstance(error, AssetforgeError | click.ClickException) else 1


def words_of(error: BaseException) -> str:
    """Return why it ended, in words."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return "interrupted"
    return str(error) or type(error).__name__
