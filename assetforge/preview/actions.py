"""What a page can have done, as it comes in a request: checked once, and refused unless exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assetforge.digest import Digest, Json
from assetforge.preview.answers import Malformed
from assetforge.preview.contract import Served
from assetforge.session.deciding import Seen

MICRODOLLARS: Final = 1_000_000

Id: TypeAlias = Annotated[str, Field(min_length=1, max_length=4096)]
Name: TypeAlias = Annotated[str, Field(max_length=4096)]
Hex: TypeAlias = Annotated[Digest, Field(pattern=r"^[0-9a-f]{64}$")]
Number: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Usd: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$")]
"""Decimal dollars, below a million."""

Done: TypeAlias = "str | Mapping[str, Json]"
"""One line for people, or a document."""


class Action(Protocol):
    """Something a page asks for, checked."""

    def on(self, session: Served) -> Done:
        """Do it; may block."""


class Body(BaseModel):
    """The JSON object of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Picture(Body):
    """A picture as somebody sees it."""

    id: Id
    digest: Hex
    step: Name = ""

    @property
    def seen(self) -> Seen:
        """The same for the session."""
        return Seen(self.id, self.digest, self.step)


class Capped(Body):
    """What may cost something: up to `max_cost`, if that is given."""

    max_cost: Usd | None = None

    @property
    def cap(self) -> int | None:
        """The most that may be spent, in microdollars."""
        return None if self.max_cost is None else int(Decimal(self.max_cost) * MICRODOLLARS)


class Build(Capped):
    """Build some pictures, or all that are stale."""

    ids: list[Id] | None = None

    def on(self, session: Served) -> Done:
        """Begin."""
        return session.build(self.ids, cap_microdollars=self.cap)


class Draft(Body):
    """Draw drafts of some pictures, or of all that are stale."""

    ids: list[Id] | None = None

    def on(self, session: Served) -> Done:
        """Begin."""
        return session.draft(self.ids)


class Focus(Body):
    """Say which pictures somebody looks at."""

    ids: list[Id]

    def on(self, session: Served) -> Done:
        """Note it."""
        session.focus(self.ids)
        return ""


class Pictures(Body):
    """Several pictures, and whether what follows for others was agreed to."""

    pictures: list[Picture] = Field(min_length=1)
    agreed: bool = False

    @property
    def seen(self) -> list[Seen]:
        """The same for the session."""
        return [each.seen for each in self.pictures]


class Accept(Pictures):
    """Accept pictures."""

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.accept(self.seen, agreed=self.agreed)


class Reject(Pictures):
    """Reject pictures."""

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.reject(self.seen, agreed=self.agreed)


class Pin(Pictures):
    """Pin pictures."""

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.pin(self.seen, agreed=self.agreed)


class Unpin(Pictures):
    """Let pinned pictures follow their words again."""

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.unpin(self.seen, agreed=self.agreed)


class Choose(Picture):
    """Have another take stand."""

    take: Number
    agreed: bool = False

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.choose(self.seen, self.take, agreed=self.agreed)


class Undo(Body):
    """Take the last decision back."""

    agreed: bool = False

    def on(self, session: Served) -> Done:
        """Decide."""
        return session.undo(agreed=self.agreed)


class Reroll(Capped):
    """Make more takes of pictures."""

    pictures: list[Picture] = Field(min_length=1)
    takes: Annotated[int, Field(ge=1, le=100)]

    def on(self, session: Served) -> Done:
        """Begin."""
        seen = [each.seen for each in self.pictures]
        return session.reroll(seen, self.takes, cap_microdollars=self.cap)


class Note(Picture):
    """Say what should change in a picture."""

    text: str

    def on(self, session: Served) -> Done:
        """Write it down."""
        return session.note(self.seen, self.text)


class Unnote(Body):
    """Take such words back."""

    id: Id
    step: Name
    text: str

    def on(self, session: Served) -> Done:
        """Strike them out."""
        return session.unnote(self.id, self.step, self.text)


class Message(Body):
    """One text of a locale, as somebody types it."""

    locale: Id
    message: Id
    form: Number
    text: str
    asset: Name = ""


class CheckText(Message):
    """Check a text."""

    def on(self, session: Served) -> Done:
        """Look."""
        return session.check_text(self.locale, self.message, self.form, self.text, self.asset)


class SaveText(Message):
    """Save a text in place of the one that somebody saw."""

    was: str | None

    def on(self, session: Served) -> Done:
        """Write it."""
        where = self.locale, self.message, self.form
        return session.save_text(*where, self.text, self.was, self.asset)


ACTIONS: Final[Mapping[str, type[Body]]] = {
    "/build": Build,
    "/draft": Draft,
    "/focus": Focus,
    "/accept": Accept,
    "/reject": Reject,
    "/pin": Pin,
    "/unpin": Unpin,
    "/choose": Choose,
    "/undo": Undo,
    "/reroll": Reroll,
    "/note": Note,
    "/unnote": Unnote,
    "/texts/check": CheckText,
    "/texts": SaveText,
}
"""Path → what is asked for there."""


def read_action(path: str, body: bytes) -> Action:
    """Return what a request asks for.

    Raises:
        Malformed: it is not exactly what our page sends.
    """
    try:
        return ACTIONS[path].model_validate_json(body)  # type: ignore[return-value]
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = "".join(f"[{e}]" if isinstance(e, int) else f".{e}" for e in first["loc"])
        message = f"{first['msg'][:1].lower()}{first['msg'][1:]}"
        raise Malformed(f"{where.removeprefix('.') or 'body'}: {message}") from error
