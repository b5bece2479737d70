"""`assetforge locales`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import click

from assetforge.cli.options import choosing_options, flags_again, format_option
from assetforge.cli.output import print_json, print_warnings
from assetforge.coverage import coverage, look_at
from assetforge.decided import Options
from assetforge.errors import InvalidSource, UsageProblem
from assetforge.extraction import MessageInUse, messages_in_use, stale_messages
from assetforge.hardcoded import hardcoded_texts
from assetforge.project import Project, open_project
from assetforge.reports.coverage import (
    coverage_text,
    hardcoded_text,
    locales_document,
    stale_text,
)
from assetforge.reports.messages import (
    GENERATOR,
    SCHEMA,
    messages_document,
    pot_text,
    several,
)
from assetforge.reports.text import plural
from assetforge.texts import all_catalogs

STDOUT: Final = "-"

MARKS: Final = {".pot": GENERATOR, ".json": SCHEMA.rpartition("/")[0]}
"""Suffix of a file with messages → what its head holds if assetforge wrote it."""

HEAD: Final = 4096
"""Bytes of a file in which its mark has to be."""


@click.command(name="locales")
@choosing_options
@format_option("text", "json")
@click.option("--stale", is_flag=True, help="List the messages that no picture uses.")
@click.option("--hardcoded", is_flag=True, help="List the texts that are in no catalog.")
@click.option(
    "--extract",
    metavar="FILE",
    default=None,
    help="Write all messages in use to a .pot or .json file, or as POT to '-'.",
)
def command(options: Options, form: str, stale: bool, hardcoded: bool, extract: str | None) -> None:
    """Say which texts are missing, too long, stale or hard-coded, for each locale and asset.

    Says so even where a build would stop because of them. The exit code is 0 in any case: what
    fails on them is `assetforge check`.
    """
    _refuse_mixtures(options, form, stale or hardcoded, stale, extract)
    project = open_project(options.file, options.profile)
    look = look_at(project, options.selection)
    if look.problems:
        raise InvalidSource(look.problems)
    odd = [each for some in all_catalogs(project.texts) for each in some.warnings]
    print_warnings([*project.loaded.warnings, *odd])
    if extract is not None:
        _extract(extract, messages_in_use(look))
        return
    found = coverage(look)
    unused = stale_messages(look) if stale else None
    fixed = hardcoded_texts(look) if hardcoded else None
    source = source_of(project)
    if form == "json":
        print_json(locales_document(found, source, unused, fixed))
        return
    texts = [stale_text(unused)] if unused is not None else []
    texts += [hardcoded_text(fixed)] if fixed is not None else []
    click.echo("\n\n".join(texts) or coverage_text(found, source))


def source_of(project: Project) -> str:
    """Return the id of the source locale."""
    section = project.pipeline.locales
    return section.source if section else "en"


def _refuse_mixtures(
    options: Options, form: str, lists: bool, stale: bool, extract: str | None
) -> None:
    """Refuse flags that do not go together.

    Raises:
        UsageProblem: they do not.
    """
    if extract is not None and (lists or form == "json"):
        raise UsageProblem("--extract writes messages and nothing else: leave the other flags out")
    if extract not in (None, STDOUT) and Path(extract).suffix not in MARKS:
        raise UsageProblem(f"--extract writes .pot and .json, not '{extract}'")
    if stale and (options.selection.selectors or options.selection.locales):
        raise UsageProblem("--stale looks at all pictures: leave selectors and --locale out")


def _extract(name: str, messages: list[MessageInUse]) -> None:
    """Write messages to a file, or to stdout.

    Raises:
        UsageProblem: they cannot stand in one POT file, or something else's file is there.
    """
    if name.endswith(".json"):
        text = json.dumps(messages_document(messages), ensure_ascii=False, indent=2) + "\n"
    else:
        _refuse_several(messages)
        text = pot_text(messages)
    if name == STDOUT:
        click.echo(text, nl=False)
        return
    write_own(Path(name), text)
    click.echo(f"{plural(len(messages), 'message')} in use: {name}")


def _refuse_several(messages: list[MessageInUse]) -> None:
    ids = several(messages)
    if ids:
        first = next(each for each in messages if each.id == ids[0] and each.uses)
        asset = first.uses[0].asset
        raise UsageProblem(
            f"several catalogs have a message '{ids[0]}', and a POT file can hold one; name an "
            f"asset, such as `assetforge locales{flags_again().project} {asset} --extract FILE`"
        )


def write_own(path: Path, text: str) -> None:
    """Put a text in place at once, unless it is there already.

    Raises:
        UsageProblem: a file is there that this command did not write, or it cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        there = path.read_bytes() if path.exists() else None
        if there == data:
            return
        if there is not None and MARKS[path.suffix].encode() not in there[:HEAD]:
            raise UsageProblem(
                f"'{path}' is not from `assetforge locales` and is not overwritten; "
                "choose another name, or move the file away"
            )
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise UsageProblem(f"'{path}' cannot be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
