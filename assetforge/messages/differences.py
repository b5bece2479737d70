"""What a translation puts in, against what its source text does."""

from __future__ import annotations

from dataclasses import dataclass

from assetforge.messages.pattern import Value, names


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of values that only one of two messages uses.

    Attributes:
        missing: the source text uses them, the translation nowhere.
        unknown: the translation uses them, the source text does not.
    """

    missing: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.missing or self.unknown)


def differences(source: Value, translation: Value) -> Differences:
    """Return how the values that two messages use differ.

    A value counts as used wherever it is shown or chosen by, in whatever form: `one day` beside
    `{count} days` is the same message.
    """
    if isinstance(source, str) and isinstance(translation, str):
        return Differences()
    needed, used = names(source), names(translation)
    return Differences(needed - used, used - needed)
