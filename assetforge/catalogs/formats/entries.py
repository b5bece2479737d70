"""The entries of one catalog file as a reader finds them: read, checked, and kept by id."""

from __future__ import annotations

from collections.abc import Mapping

from assetforge.catalogs.base import Message, State
from assetforge.catalogs.text import (
    MAX_PROBLEMS,
    MAX_TEXTS,
    duplicate,
    find_unshowable,
    unshowable_character,
)
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.messages.pattern import Kind, Value
from assetforge.messages.syntaxes import MessageSyntaxError, plural, read_message


class Entries:
    """Collects the messages of one file, for one locale or for several.

    Attributes:
        name: of the file, as a person should see it.
        problems: what is wrong so far, in the order it was found.
        warnings: what is odd so far, and can be lived with.
    """

    def __init__(self, name: str, syntax: str) -> None:
        self.name = name
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self._syntax = syntax
        self._texts: list[tuple[str, str, Message]] = []

    def message(
        self,
        id: str,
        text: str,
        line: int,
        column: int,
        length: int = 1,
        state: State = "",
        comment: str = "",
        max_length: int | None = None,
        syntax: str = "",
    ) -> Message:
        """Return the message of one text; a blank one is empty. Its faults become problems.

        Args:
            id: as problems name it.
            text: as its author meant it: unquoted, with escapes read.
            line: where the text stands in the file, as are `column` and `length`, with its quotes.
            column: of its first character.
            length: in the file.
            state: see `Message`, as for `comment` and `max_length`.
            comment: for translators.
            max_length: in characters.
            syntax: of this text; empty: that of the file.
        """
        value: Value = ""
        if not text or text.isspace():
            state = "empty"
        else:
            try:
                value = read_message(text, syntax or self._syntax)
            except MessageSyntaxError as error:
                self._misread(error, text, line, column, length)
        message = Message(value, line, column, length, state, comment, max_length)
        if len(self._texts) == MAX_TEXTS:
            place = Place(self.name)
            raise InvalidSource(
                [Diagnostic("too-large", f"holds more than {MAX_TEXTS} texts", place)]
            )
        self._texts.append((id, text, message))
        return message

    def source(self, text: str, own: Message, syntax: str = "") -> Message:
        """Return what an entry says in the source locale, at the place of its translation.

        The text is one that its id holds too, so that its characters are looked at there.
        """
        value: Value = text
        try:
            value = read_message(text, syntax or self._syntax)
        except MessageSyntaxError as error:
            self._misread(error, text, own.line, own.column, own.length)
        return Message(value, own.line, own.column, own.length)

    def plural(
        self,
        first: Message,
        forms: Mapping[str, Message],
        name: str = "count",
        kind: Kind = "plural",
        rule: str = "",
    ) -> Message:
        """Return one message that chooses between forms; it stands where `first` does."""
        values = {category: form.value for category, form in forms.items()}
        return first._replace(value=plural(values, name, kind, rule))

    def keep(self, messages: dict[str, Message], id: str, message: Message) -> None:
        """Put a message among others; a second one of an id is a problem."""
        first = messages.setdefault(id, message)
        if first is not message and len(self.problems) < MAX_PROBLEMS:
            places = message.place(self.name), first.place(self.name)
            self.problems.append(duplicate(f"message {id!r}", *places))

    def problem(
        self,
        code: str,
        message: str,
        line: int,
        column: int,
        length: int = 1,
        help: str | None = None,
    ) -> None:
        """Note something that makes the file unusable."""
        if len(self.problems) < MAX_PROBLEMS:
            place = Place(self.name, line, column, length)
            self.problems.append(Diagnostic(code, message, place, help=help))

    def warning(
        self,
        code: str,
        message: str,
        line: int,
        column: int,
        length: int = 1,
        help: str | None = None,
    ) -> None:
        """Note something that can be lived with."""
        if len(self.warnings) < MAX_PROBLEMS:
            place = Place(self.name, line, column, length)
            self.warnings.append(Diagnostic(code, message, place, help=help, severity="warning"))

    def check(self) -> None:
        """Refuse the file if anything is wrong with it, or no picture can show its texts or ids.

        Raises:
            InvalidSource: every problem of the file, in the order of its places.
        """
        self._find_unshowable()
        if self.problems:
            raise InvalidSource(sorted(self.problems, key=_position))

    def _misread(
        self, error: MessageSyntaxError, text: str, line: int, column: int, length: int
    ) -> None:
        """Note a text that its syntax does not allow, at the character if the file has it so."""
        if find_unshowable(text) is not None:
            return  # That is what is said about it, and the fault may quote the character.
        quotes = length - len(text)
        if quotes in (0, 2) and "\n" not in text:
            column, length = column + quotes // 2 + error.offset, 1
        self.problem("message-syntax", error.message, line, column, length)

    def _find_unshowable(self) -> None:
        # All at once: one by one, this would take as long as the rest of reading.
        ids = "\n".join([id for id, _, _ in self._texts])
        texts = "\n".join([text for _, text, _ in self._texts])
        if find_unshowable(ids) is None and find_unshowable(texts) is None:
            return
        for id, text, message in self._texts:
            hits = ((said, find_unshowable(said)) for said in (text, id))
            character = next((said[at] for said, at in hits if at is not None), None)
            if character is not None and len(self.problems) < MAX_PROBLEMS:
                place = message.place(self.name)
                where = f"message {id!r} holds"
                self.problems.append(unshowable_character(character, place, where))


def _position(problem: Diagnostic) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)
