"""What a translation puts in, against what its source text does."""

from __future__ import annotations

from dataclasses import dataclass

from assetforge.messages.pattern import Choice, Value, as_pattern, names


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of values that only one of two messages uses.

    Attributes:
        missing: the source text shows them, the translation uses them nowhere.
        unknown: the translation uses them, the source text does not.
    """

    missing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unknown)


def differences(source: Value, translation: Value) -> Differences:
    """Return how the values that two messages use differ.

    A value counts as used wherever it is shown or chosen by, in whatever form: `one day` beside
    `{count} days` is the same message. What the source text only chooses by, a translation may
    leave out: Turkish words have no gender, and Japanese ones no plural.
    """
    if isinstance(source, str) and isinstance(translation, str):
        return Differences()
    used = names(translation)
    return Differences(_shown(source) - used, used - names(source))


def _shown(value: Value) -> frozenset[str]:
    """Return the names of the values that a message shows, in whatever form."""
    found: frozenset[str] = frozenset()
    for part in as_pattern(value):
        if isinstance(part, Choice):
            found = found.union(*(_shown(case) for _, case in part.cases))
        else:
            found |= names((part,))
    return found
