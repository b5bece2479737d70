"""What the preview needs of a session. All of it may block, and is called from several threads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from assetforge.digest import Digest, Json
from assetforge.session.deciding import Seen


class Served(Protocol):
    """What is seen of a project, and what can be done about it.

    Actions return one line for people; what they raise is an `AssetforgeError`.
    """

    def document(self, since: int = -1) -> Mapping[str, Json]:
        """Return the pictures that changed since a version."""

    def detail(self, id: str) -> Mapping[str, Json]:
        """Return all about one picture."""

    def subscribe(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Have `tell` called after every change, from any thread; returns what ends that."""

    def blob(self, digest: Digest) -> bytes | None:
        """Return the bytes of a picture that is shown; None: it is none of those."""

    def build(
        self, ids: Collection[str] | None = None, *, cap_microdollars: int | None = None
    ) -> str:
        """Build some pictures, or all that are stale."""

    def draft(self, ids: Collection[str] | None = None) -> str:
        """Draw drafts of some pictures, or of all that are stale."""

    def focus(self, ids: Collection[str]) -> None:
        """Note what somebody looks at."""

    def accept(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Accept pictures."""

    def reject(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Reject pictures."""

    def pin(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Pin pictures."""

    def unpin(self, seen: Sequence[Seen], *, agreed: bool = False) -> str:
        """Let pinned pictures follow their words again."""

    def choose(self, seen: Seen, take: int, *, agreed: bool = False) -> str:
        """Have another take stand."""

    def undo(self, *, agreed: bool = False) -> str:
        """Take the last decision back."""

    def reroll(
        self, seen: Sequence[Seen], takes: int, *, cap_microdollars: int | None = None
    ) -> str:
        """Make more takes."""

    def note(self, seen: Seen, text: str) -> str:
        """Write down what should change in a picture."""

    def unnote(self, id: str, step: str, text: str) -> str:
        """Strike such words out."""

    def texts(self, locale: str) -> Mapping[str, Json]:
        """Return the texts of a locale."""

    def text_locales(self) -> Mapping[str, Json]:
        """Return every locale, and how many of its texts want work."""

    def check_text(
        self, locale: str, message: str, form: int, text: str, asset: str = ""
    ) -> Mapping[str, Json]:
        """Check a text while it is typed; `asset` tells whose, where several have such a text."""

    def save_text(
        self, locale: str, message: str, form: int, text: str, was: str | None, asset: str = ""
    ) -> str:
        """Save a text in place of the one that somebody saw."""
