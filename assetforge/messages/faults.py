"""What is wrong with the text of a message."""

from __future__ import annotations


class MessageSyntaxError(ValueError):
    """A text that its syntax does not allow; `str` is one line, with what to do.

    Attributes:
        message: what is wrong, in words.
        offset: where, in code points from the start of the text; its length: at the end.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
