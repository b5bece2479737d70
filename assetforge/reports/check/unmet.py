"""What was asked of a project and is not so, as errors with a place: one for each asset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from assetforge.checking.check import Checked, Lack, Lacks
from assetforge.errors import AssetforgeError, Diagnostic, NotAccepted, OutOfDate
from assetforge.permission import few
from assetforge.reports.text import Flags, plural


@dataclass(frozen=True, slots=True)
class Unmet:
    """What is lacking of one thing that was asked for.

    Attributes:
        code: of its diagnostics, such as `not-built`.
        words: the same for people.
        error: what it is as an error.
        lacks: what is lacking; not empty.
        advice: what to type.
    """

    code: str
    words: str
    error: type[AssetforgeError]
    lacks: Lacks
    advice: str

    @property
    def message(self) -> str:
        """All of it in one line."""
        names = few([each.name for each in self.lacks])
        return f"{self.words}: {names}{unknown_part(self.lacks)}; {self.advice}"


ALL: Final = " '*'"
"""What `accept` takes where nothing is chosen."""


def unmet(checked: Checked, flags: Flags) -> list[Unmet]:
    """Return what was asked for and is not so, the weightiest first. `flags` are the command's."""
    build = f"run `assetforge build{flags.both}`"
    accept = f"run `assetforge accept{flags.project}{flags.selection or ALL}` once they are right"
    found = [
        ("not-built", "out of date", OutOfDate, checked.unbuilt, build),
        ("not-locked", "not locked", OutOfDate, checked.unlocked, f"{build} and commit the lock"),
        ("not-accepted", "not accepted", NotAccepted, checked.unaccepted, accept),
    ]
    return [
        Unmet(code, words, error, lacks, advice)
        for code, words, error, lacks, advice in found
        if lacks
    ]


def unknown_part(lacks: Iterable[Lack]) -> str:
    """Say of how many it cannot be known here; empty: of none."""
    unknown = [each.name for each in lacks if each.unknowable]
    if not unknown:
        return ""
    what = f"{plural(len(unknown), 'picture')} ({few(unknown)})"
    return f" (of {what} it cannot be known: they stand on pictures that are not on this machine)"


def as_diagnostics(checked: Checked, several: Iterable[Unmet]) -> Iterator[Diagnostic]:
    """Yield an error for each asset and each thing that it lacks, where the asset is written."""
    document = checked.project.loaded.document
    for each in several:
        for asset, lacks in by_asset(each.lacks).items():
            names = few([lack.name for lack in lacks])
            yield Diagnostic(
                each.code,
                f"'{asset}' is {each.code.replace('-', ' ')}",
                document.place(("assets", asset), key=True),
                f"{names}{unknown_part(lacks)}",
                each.advice,
            )


def by_asset(lacks: Iterable[Lack]) -> Mapping[str, list[Lack]]:
    """Return asset → what it lacks, in their order."""
    ordered = sorted(lacks, key=lambda each: each.asset)
    return {asset: list(some) for asset, some in groupby(ordered, key=lambda each: each.asset)}
