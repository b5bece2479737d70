"""Printing: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from assetforge.cli.group import ROOT
from assetforge.diagnostics import render
from assetforge.digest import Json
from assetforge.errors import Diagnostic


def print_json(document: Mapping[str, Json]) -> None:
    """Print one JSON document, readable and in UTF-8."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def usage_text(error: click.ClickException) -> str:
    """Return what click says of a wrong flag in our manner: one line, lower case, what to do."""
    words = error.format_message().rstrip(".").replace(". ", "; ").replace("Did you", "did you")
    words = words[:1].lower() + words[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    if ";" in words or context is None:
        return words
    return f"{words}; see '{context.command_path} --help'"


def print_warnings(warnings: Sequence[Diagnostic]) -> None:
    """Print warnings to stderr, if there are any."""
    if warnings:
        click.echo(located(warnings), err=True)


def printed(warnings: Sequence[Diagnostic], colour: bool) -> str:
    """Return warnings as `print_warnings` prints them, in colours or without."""
    return f"{located(warnings, colour=colour)}\n" if warnings else ""


def located(
    diagnostics: Iterable[Diagnostic], root: Path | None = None, *, colour: bool | None = None
) -> str:
    """Return diagnostics with the lines they speak of; `root` is what their places are below.

    Without it, places are below the folder of the pipeline file that the running command reads.
    In colours where a person watches, unless `colour` says.
    """
    context = click.get_current_context(silent=True)
    folder = root or (context.meta.get(ROOT) if context else None) or Path()

    def text_of(file: str) -> str | None:
        try:
            return (folder / file).read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return None

    if colour is None:
        colour = is_live(sys.stderr) and not os.environ.get("NO_COLOR")
    return render(diagnostics, text_of, colour=colour)


def is_live(stream: object) -> bool:
    """Tell whether a stream is a terminal that a person watches: no pipe, no CI, not dumb.

    `NO_COLOR` is no part of it: it takes colours away, not progress.
    """
    watched = getattr(stream, "isatty", lambda: False)()
    return bool(watched and not os.environ.get("CI") and os.environ.get("TERM") != "dumb")
