"""Steps that notes ask for: one more edit for each note, right after the step that it is about."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from assetforge.document import Document
from assetforge.errors import Diagnostic, InvalidSource, did_you_mean
from assetforge.loader import Step
from assetforge.locales import is_pseudo
from assetforge.matrix import Variant
from assetforge.notes.note import Note, grouped
from assetforge.notes.reading import notes_folder, read_notes
from assetforge.project import Project
from assetforge.rendered import RenderedStep, RenderedVariant
from assetforge.steps.drawing import DrawingParams

EDIT: Final = "edit"
WORD: Final = "note"

STAYS: Final = (
    "Change nothing else: all the rest of the picture stays exactly as it is, "
    "and every letter of the text in it stays the same, in the same place."
)
"""What follows the words of every note. A change of it asks for all noted pictures again."""

SAME: Final = ("model", "quality", "background", "extra")
"""Parameters that an edit has from the step whose picture it changes."""


class Noting:
    """The notes of a project, on their way into its plan.

    `problems` is what is wrong with their files; there are no notes then.
    """

    def __init__(self, project: Project) -> None:
        self.problems: Sequence[Diagnostic] = ()
        self._project = project
        self._made: dict[Hashable, tuple[RenderedStep, list[RenderedStep]]] = {}
        notes: Mapping[str, Sequence[Note]] = {}
        try:
            notes = notes_of(project)
        except InvalidSource as error:
            self.problems = error.diagnostics
        self._notes = notes

    def odd(self, variants: Iterable[Variant]) -> Iterator[Diagnostic]:
        """Yield an error for each note on a step that draws nothing, a warning for idle ones.

        `variants` are all that there are of some assets; notes on others are left out, but for
        those on assets that are in no pipeline file.
        """
        if not self._notes:
            return
        names = {each.name: each.asset for each in variants}
        assets = {*names.values()}
        written = self._project.loaded.document.value["assets"]
        known = {*written, *self._project.loaded.left_out}
        for variant, notes in self._notes.items():
            asset, *values = variant.split("/")
            if asset not in known:
                yield from (
                    _stale(each, f"there is no asset '{asset}'", asset, known) for each in notes
                )
            elif asset not in assets or any(map(is_pseudo, values)):
                continue  # pseudo-locales are there for who asks only
            elif variant not in names:
                own = [str(name) for name, of in names.items() if of == asset]
                words = f"there is no variant '{variant}'"
                yield from (_stale(each, words, variant, own) for each in notes)
            else:
                yield from self._odd_steps(asset, notes)

    def _odd_steps(self, asset: str, notes: Sequence[Note]) -> Iterator[Diagnostic]:
        steps = {each.name: each for each in self._project.loaded.steps[asset]}
        drawn = [name for name, each in steps.items() if _is_drawn(each)]
        for note in notes:
            if note.after not in steps:
                yield _stale(note, f"'{asset}' has no step '{note.after}'", note.after, drawn)
            elif note.after not in drawn:
                advice = f"name one that does: {', '.join(drawn)}" if drawn else "delete the note"
                words = f"the step '{note.after}' of '{asset}' draws no picture to edit"
                yield Diagnostic("not-drawn", words, note.place, "", advice)

    def add_to(self, rendered: RenderedVariant) -> list[Diagnostic]:
        """Put the edits of a variant's notes among its steps; return what is idle here."""
        notes = self._notes.get(rendered.variant.name)
        if not notes:
            return []
        steps: list[RenderedStep] = []
        idle: list[Diagnostic] = []
        locale = rendered.locale.id if rendered.locale else None
        for step in rendered.steps:
            steps.append(step)
            own = [each for each in notes if each.after == step.step.name]
            if own and step.copy and step.params.typeset_in(locale):
                words = f"'{own[0].after}' of {own[0].variant} draws nothing: its copy is typeset"
                idle += [_stale(each, words, "", ()) for each in own]
            elif own and _is_drawn(step.step):
                steps += self._edits(step, own)
        rendered.steps = steps
        return idle

    def _edits(self, step: RenderedStep, notes: Sequence[Note]) -> list[RenderedStep]:
        """Return the edits after a step; the same ones for variants that share it and its notes."""
        slot = (id(step), *(each.words for each in notes))
        if slot not in self._made:
            document, asset = self._project.loaded.document, notes[0].variant.partition("/")[0]
            taken = {each.name for each in self._project.loaded.steps[asset]}
            names = _names(step.step.name, taken)
            made = [_edit(step, each, next(names), document) for each in notes]
            self._made[slot] = (step, made)  # as long as the step is kept, no other has its id
        return self._made[slot][1]


def notes_of(project: Project) -> dict[str, list[Note]]:
    """Return variant → its notes, in order.

    Raises:
        InvalidSource: a file of notes is wrong; every problem of all of them.
    """
    return grouped(read_notes(notes_folder(project.root, project.file)))


def step_noted(step: RenderedStep) -> str:
    """Return the step that a note on a step's picture is about: of an edit for a note, its own."""
    return step.note.after if step.note else step.step.name


def _is_drawn(step: Step) -> bool:
    return isinstance(step.params, DrawingParams)


def _names(base: str, taken: set[str]) -> Iterator[str]:
    """Yield a name for each note on a step, none of them a written step's."""
    number = 1
    while True:
        name = f"{base}-{WORD}" if number == 1 else f"{base}-{WORD}-{number}"
        number += 1
        if name not in taken:
            yield name


def _edit(step: RenderedStep, note: Note, name: str, document: Document) -> RenderedStep:
    """Return the edit that a note asks for, of what the same model drew."""
    assert isinstance(step.params, DrawingParams), "BUG: a note on what nobody drew"
    given = step.params.model_fields_set
    prompt = f"{note.words}\n\n{STAYS}"
    raw: dict[str, Any] = {"prompt": prompt}
    raw |= {each: getattr(step.params, each) for each in SAME if each in given}
    implied = Step.implied(EDIT, raw, step.step.path, document)
    # What is wrong with a parameter of both is told once, where it is written.
    written = replace(implied.written, origins=step.step.written.origins)
    named = replace(implied, name=name, written=written)
    return RenderedStep(named, named.params, prompt, note=note)


def _stale(note: Note, words: str, word: str, known: Iterable[str]) -> Diagnostic:
    """Return the warning that a note does nothing, as its picture is no more."""
    near = did_you_mean(word, list(known)) if word else None
    advice = near or "delete it, or say which picture it is about now"
    return Diagnostic(
        "stale-note", f"this note does nothing: {words}", note.place, "", advice, severity="warning"
    )
