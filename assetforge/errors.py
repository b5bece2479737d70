"""What can go wrong, and where.

::

    AssetforgeError                 exit 1
    ├── InvalidSource               exit 2  something the user wrote: every problem, located
    ├── UsageProblem                exit 2  a flag or argument that cannot be followed
    ├── OutOfDate                   exit 3  frozen, and something would run; a saved plan changed
    ├── OverBudget                  exit 4  the cap is reached or spending is not confirmed
    ├── NothingSelected             exit 5  a selector matched nothing
    ├── NotAccepted                 exit 6  a picture that nobody accepted, where all must be
    ├── LostPictures                exit 1  the lock names pictures that are in no store
    ├── StoreProblem                exit 1  the store cannot be read or written
    │   ├── Damaged (store.problems)        what is in it cannot be understood
    │   └── Unreachable, Refused, NotListed (backends.base)  of a store that is shared
    └── ActionFailed                exit 1  one action could not be done; others go on
        ├── NotStarted                      never sent: the run was stopped, or the cap reached
        ├── NotNow (providers.base)         refused before any work: may be sent again
        ├── BadReply (providers.base)       answered, but not with the picture asked for
        ├── OutcomeUnknown                  sent, but no answer: may have been billed
        └── ProviderUnavailable             stops the run: key, quota, access

Only `assetforge.__main__` turns these into an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a source: 1-based line and column, in code points; `length` for the caret.

    `file` is relative to the project root, with forward slashes. Line 0 means the file as a whole.
    """

    file: str
    line: int = 0
    column: int = 0
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem in a source: a stable code, one sentence, its place, and what to do.

    `message` is lower case without a full stop, values in single quotes. `label` stands under the
    caret. `related` holds further places with a label each, such as the first of two duplicates.
    `secret` is where a key or password may stand: it is not shown.
    """

    code: str
    message: str
    place: Place | None = None
    label: str = ""
    help: str | None = None
    related: tuple[tuple[Place, str], ...] = ()
    severity: Severity = "error"
    secret: Place | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        advice = f"; {self.help}" if self.help else ""
        return f"{where}{self.message}{advice}"


class AssetforgeError(Exception):
    """Anything assetforge can explain to its user; `str` is one line.

    Attributes:
        cost_microdollars: what was spent, or may have been, though it ended so.
    """

    exit_code: ClassVar[int] = 1
    cost_microdollars: int = 0


class InvalidSource(AssetforgeError):
    """One or more located problems in what the user wrote; `root` is what places are below."""

    exit_code = 2

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: Sequence[Diagnostic] = tuple(diagnostics)
        self.root: Path | None = None
        super().__init__("\n".join(map(str, self.diagnostics)))


class UsageProblem(AssetforgeError):
    """A flag or argument that cannot be followed."""

    exit_code = 2


class OutOfDate(AssetforgeError):
    """Something would have to run, and running is not allowed."""

    exit_code = 3


class OverBudget(AssetforgeError):
    """The cap is reached, or spending was not confirmed."""

    exit_code = 4


class NothingSelected(AssetforgeError):
    """A selector matched nothing."""

    exit_code = 5


class NotAccepted(AssetforgeError):
    """A picture that nobody accepted, where all must be."""

    exit_code = 6


class LostPictures(AssetforgeError):
    """The lock names pictures that are in no store; they are not bought again silently."""


class StoreProblem(AssetforgeError):
    """The store cannot be read or written."""


class ActionFailed(AssetforgeError):
    """One action could not be done.

    Attributes:
        code: a stable word for scripts, such as `missing-glyph` or `moderation_blocked`.
        may_be_billed: a picture was made, though it was not handed over; nobody says what it cost.
    """

    may_be_billed: bool = False

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class NotStarted(ActionFailed):
    """The request was never sent: the run was stopped before, or the cap does not cover it."""


class OutcomeUnknown(ActionFailed):
    """The request was sent and no answer came: it may have been billed, so it is not repeated."""


class ProviderUnavailable(ActionFailed):
    """No further call to this provider can succeed: key, quota, access. Stops the run."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return advice naming the closest known word, or None when nothing is close."""
    # Imported here: only what is wrong needs advice.
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else None
