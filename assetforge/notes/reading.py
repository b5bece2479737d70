"""Reading notes: every problem of all files, each with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from assetforge.document import Document, Spot, parse_document, read_source
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.notes.note import MOST_NOTES, Note, Written, grouped
from assetforge.source import files_in
from assetforge.validation import Findings, diagnose, shown

SUFFIX: Final = ".yaml"


def notes_folder(root: Path, pipeline_file: str) -> Path:
    """Return the folder of the notes, such as `assetforge.notes`."""
    return root / f"{Path(pipeline_file).stem}.notes"


def read_notes(folder: Path) -> list[Note]:
    """Return all notes of a folder, each variant's in order; without a folder there are none.

    Raises:
        InvalidSource: files that cannot be read; every problem of all of them.
    """
    problems: list[Diagnostic] = []
    notes: list[Note] = []
    first: dict[str, Note] = {}
    for path in note_paths(folder):
        try:
            of_file = grouped(notes_at(path))
        except InvalidSource as error:
            problems += error.diagnostics
            continue
        problems += [
            _twice(some[0], first[name]) for name, some in of_file.items() if name in first
        ]
        for name, some in of_file.items():
            first.setdefault(name, some[0])
            notes += some
    if problems:
        raise InvalidSource(problems)
    return notes


def _twice(again: Note, first: Note) -> Diagnostic:
    return Diagnostic(
        "duplicate-key",
        f"'{again.variant}' has notes in two files",
        again.place,
        "",
        "move them into one of the files",
        ((first.place, "the first"),),
    )


def note_paths(folder: Path) -> list[Path]:
    """Return the files of a folder of notes, by name.

    Raises:
        InvalidSource: what is there is no folder, or may not be read.
    """
    return files_in(folder, SUFFIX, "the notes are", "not-a-folder")


def notes_at(path: Path) -> list[Note]:
    """Return the notes of one file.

    Raises:
        InvalidSource: it cannot be read, or is wrong; every problem in it.
    """
    name = f"{path.parent.name}/{path.name}"
    return notes_in(read_source(path, name), name)


def notes_in(text: str, file: str) -> list[Note]:
    """Return the notes of a file's text; `file` is its name as places have it.

    Raises:
        InvalidSource: it is wrong; every problem in it.
    """
    if says_nothing(text):
        return []
    document = parse_document(text, file)
    findings = Findings(document)
    notes = [
        note
        for spot in _blocks(document, findings)
        for item in _items(spot, findings)
        if (note := _note(item, findings)) is not None
    ]
    if findings.found:
        raise InvalidSource(findings.found)
    return notes


def says_nothing(text: str) -> bool:
    """Tell whether a text is empty but for comments."""
    lines = (each.strip() for each in text.splitlines())
    return all(not each or each.startswith("#") for each in lines)


def _blocks(document: Document, findings: Findings) -> list[Spot]:
    """Return the block of each variant."""
    top = Spot(document.value)
    if not isinstance(document.value, dict):
        _wrong_type("a file of notes takes variants", top, "banner/wide/de:", findings)
    return [spot for _, spot in top.entries()]


def _items(spot: Spot, findings: Findings) -> list[Spot]:
    """Return the notes of one variant."""
    items = spot.items()
    if not items:
        _wrong_type(f"'{spot.path[0]}' takes a list of notes", spot, "- after: edit", findings)
    if len(items) > MOST_NOTES:
        message = f"'{spot.path[0]}' has {len(items)} notes, more than {MOST_NOTES}"
        findings.add("too-many-notes", message, spot.path, "say it in the prompt", key=True)
    return items


def _wrong_type(message: str, spot: Spot, example: str, findings: Findings) -> None:
    advice = f"write them below it, such as '{example}'"
    findings.add("wrong-type", f"{message}, not {shown(spot.value)}", spot.path, advice)


def _note(item: Spot, findings: Findings) -> Note | None:
    document = findings.document
    if not isinstance(item.value, dict):
        _wrong_type("a note takes a mapping", item, "after: edit", findings)
        return None
    raw: dict[str, Any] = item.value
    try:
        written = Written.model_validate(raw)
    except ValidationError as error:
        found = diagnose(error, Written, raw, document, lambda path: (*item.path, *path))
        findings.found += found
        return None
    place = document.place((*item.path, "after"), key=True)
    return Note(str(item.path[0]), written.after, written.note, written.about, place)
