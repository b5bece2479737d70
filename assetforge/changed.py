"""What differs from the project as it was in a commit: whose pictures, and in which steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from assetforge.action import VariantName
from assetforge.digest import Digest
from assetforge.errors import Diagnostic

Kind: TypeAlias = Literal["changed", "added", "removed"]

SHOWN: Final = 7
"""How many characters of a commit's name people are shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """A variant that is not as it was.

    Attributes:
        steps: those whose action is another one, in order; none where only the output is named
            otherwise.
        paths: its targets, relative to the root; of a removed one, those that there were.
        before, after: the picture of the first of its targets, then and now; None: it is not made,
            or neither store nor lock knows it.
        reasons: of what is changed, what is another in the first of its steps, in short words;
            none where nobody knows what there was.
    """

    variant: VariantName
    kind: Kind
    steps: tuple[str, ...]
    paths: tuple[str, ...]
    before: Digest | None = None
    after: Digest | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """How a project differs from what it was in a commit.

    Attributes:
        ref: what somebody named.
        commit: where this work parted from it: the full name of the commit that is compared with.
        changes: in the order of the pipeline file, what is removed last.
        warnings: why the comparison says less than it could.
    """

    ref: str
    commit: str
    changes: Sequence[Change]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def names(self) -> frozenset[VariantName]:
        """The variants that are there now and are not as they were."""
        return frozenset(each.variant for each in self.changes if each.kind != "removed")

    def __str__(self) -> str:
        """Return it in one line."""
        against = f"since {self.ref} ({self.commit[:SHOWN]})"
        count = Counter(each.kind for each in self.changes)
        if not count:
            return f"nothing changed {against}"
        words = [f"{count[kind]:,} {kind}" for kind in ("changed", "added", "removed")]
        first, *others = (each for each in words if not each.startswith("0 "))
        number, _, kind = first.partition(" ")
        what = "variant" if number == "1" else "variants"
        return ", ".join([f"{against}: {number} {what} {kind}", *others])
