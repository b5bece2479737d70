"""What the pictures of a locale say of one text: too long, no glyph, a value that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assetforge.budgets import Excess, count, excesses
from assetforge.catalogs.lookup import Found
from assetforge.digest import Json
from assetforge.errors import ActionFailed, Diagnostic, Severity
from assetforge.locale_desk.entry import ALONE, Entry, length_of
from assetforge.locale_desk.glyphs import Glyphs
from assetforge.locale_desk.problems import (
    Kind,
    Problem,
    other_values,
    spans_of,
    spans_of_value,
    too_long,
    unique,
)
from assetforge.locale_desk.wanted import Wanted
from assetforge.pipeline import Slot
from assetforge.rendered import Asked, RenderedVariant

KINDS: Final[dict[str, Kind]] = {
    "markup": "syntax",
    "message-value": "placeholder",
    "plural-form": "syntax",
    "unknown-placeholder": "placeholder",
    "unread-placeholder": "placeholder",
}
"""Code of what planning says of a text → its kind here."""

_NAMED = re.compile(r"'([^']+)'")


class Looker:
    """Looks at one text as its pictures show it.

    Attributes:
        entry: the message.
        text: as it stands in the file, or is typed.
        found: what the catalogs make of it.
        wanted: who asks for it, and what they got.
    """

    def __init__(
        self,
        entry: Entry,
        text: str,
        found: Found,
        wanted: Wanted,
        glyphs: Glyphs,
        severity: Severity,
    ) -> None:
        self.entry = entry
        self.text = text
        self.found = found
        self.wanted = wanted
        self._glyphs = glyphs
        self._severity = severity
        self._single = entry.forms == ALONE
        self._typeset = {(use.step, use.slot): use.typeset for use in wanted.uses}

    def problems(self) -> Sequence[Problem]:
        """Return all that is wrong, each once, errors first."""
        return unique(self._all())

    def _all(self) -> Iterator[Problem]:
        source = self.entry.source
        if isinstance(source, Found) and source.locale != self.found.locale:
            yield from other_values(self.text, source.message.value, self.found.message.value)
        for rendered, asked in self.wanted.samples:
            for each in asked:
                yield from self._too_long(each)
                yield from self._unset(each)
            for problem in (*rendered.problems, *rendered.warnings):
                if problem.place == self.found.place and problem.code in KINDS:
                    yield self._as_planned(problem)

    def shown_in(self, asked: Asked) -> str:
        """Return the text as a picture shows it; of several forms the one that is looked at."""
        return asked.text if self._single and asked.text else self.text

    def _too_long(self, asked: Asked) -> Iterator[Problem]:
        for excess in self._excesses(asked):
            yield too_long(self.text, excess, asked.slot, self._severity)

    def _excesses(self, asked: Asked) -> Iterator[Excess]:
        if self._single and asked.text:
            yield from asked.excesses
            return
        bounds = (use.bounds for use in self.wanted.uses if use[1:3] == (asked.step, asked.slot))
        slot = next(bounds, None) or Slot(message=self.entry.wanted.id)
        script = self.entry.locale.script
        yield from excesses(self.text, slot, script, self.entry.max_characters)

    def _unset(self, asked: Asked) -> Iterator[Problem]:
        if not asked.slot:
            return
        typeset = self._typeset.get((asked.step, asked.slot), False)
        shown, script = self.shown_in(asked), self.entry.locale.script
        try:
            for lack in self._glyphs.lacking(asked.slot, shown, script, typeset=typeset):
                words = lack.words if typeset else f"not in a draft: {lack.words}"
                spans = spans_of(self.text, lack.characters)
                yield Problem("missing-glyph", "error" if typeset else "warning", words, spans)
        except ActionFailed:  # a damaged font is told by the plan
            return

    def _as_planned(self, problem: Diagnostic) -> Problem:
        """Return what planning says of the text."""
        advice = f"; {problem.help}" if problem.help else ""
        named = _NAMED.findall(problem.message)
        spans = self._spans_of(named[-1]) if problem.code != "plural-form" and named else ()
        words = f"{problem.message}{advice}"
        return Problem(KINDS[problem.code], problem.severity, words, spans)

    def _spans_of(self, words: str) -> tuple[tuple[int, int], ...]:
        at = self.text.find(words)
        if at >= 0:
            return ((at, at + len(words)),)
        return spans_of_value(self.text, words.strip("{}"))

    def lengths(self) -> list[Json]:
        """Return how much of each bound the text has, each once."""
        asked = {
            (rendered.variant.asset, each.step, each.slot): each
            for rendered, some in self.wanted.samples
            for each in some
        }
        found: dict[tuple[int, str, str], Json] = {}
        for use in self.wanted.uses:
            length = length_of(use, self.entry.max_characters)
            at = asked.get(use[:3])
            if length:
                has = count(self.shown_in(at) if at else self.text, length.unit)
                said: dict[str, Json] = {"has": has, "most": length.most, "unit": length.unit}
                found[length.most, length.unit, use.slot] = {**said, "slot": use.slot}
        return list(found.values())

    def shown(self) -> str:
        """Return the text with its values in it, where a picture shows it so."""
        texts = (each.text for _, asked in self.wanted.samples for each in asked)
        return next(filter(None, texts), self.text) if self._single else self.text


def samples_of(wanted: Wanted) -> list[RenderedVariant]:
    """Return one variant for each way in which a message is shown."""
    return [rendered for rendered, _ in wanted.samples]
