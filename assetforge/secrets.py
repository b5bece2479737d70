"""API keys: where they are found, and that they are not shown.

A key is read from the environment, then from the system's keyring. It is never a flag, and never in
the pipeline file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Final

SERVICE: Final = "assetforge"
"""What the entries of the keyring are kept under; an entry's name is that of the variable."""

HIDDEN: Final = "***"

KEY_LIKE: Final = re.compile(
    r"\b(?:sk|xai|ark)-[\w*.-]{4,}|\bAIza[\w-]{8,}|\beyJ[\w-]{8,}\.[\w.-]+"
    r"|(?<=[Bb]earer )[^\s'\",;]+|\bed25519-private:[\w+/=]+",
    re.ASCII,
)
"""What looks like a key, whole or shortened: messages of services repeat them."""


SHORTEST_KEY: Final = 20
"""Shorter words that look like a key may be anything else, such as the language `sk-Latn`."""


class Secret:
    """A text that no message, log or traceback shows; only `reveal` gives it away.

    Attributes:
        source: where it was found, for people.
    """

    __slots__ = ("_text", "source")

    def __init__(self, text: str, source: str = "") -> None:
        self._text = text
        self.source = source

    def __repr__(self) -> str:
        return HIDDEN

    def reveal(self) -> str:
        """Return the text itself, for the one request that needs it."""
        return self._text


def find_secret(names: Iterable[str]) -> Secret | None:
    """Return the first secret that is set: all names in the environment, then in the keyring."""
    names = tuple(names)
    for name in names:
        if text := os.environ.get(name, "").strip():
            return Secret(text, f"environment variable '{name}'")
    for name in names:
        if text := (_from_keyring(name) or "").strip():
            return Secret(text, f"keyring entry '{name}'")
    return None


def _from_keyring(name: str) -> str | None:
    try:
        # Not at the top: it is optional, and looks for every keyring of the machine.
        import keyring
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name)
    # A keyring that is locked, absent or broken raises what its system raises, and holds no key.
    except Exception:
        return None


def how_to_set(names: Sequence[str]) -> str:
    """Return what to do about a missing key."""
    stored = f"keep it in the keyring: `keyring set {SERVICE} {names[0]}`"
    return f"set the environment variable '{names[0]}', or {stored}"


def redacted(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return a text without these secrets, nor anything else that looks like a key.

    A secret that an ellipsis cut short is taken out as well.
    """
    for each in secrets:
        if shown := each.reveal():
            text = text.replace(shown, HIDDEN)
            text = re.sub(rf"{re.escape(shown[:8])}\S*…", f"{HIDDEN}…", text)
    return KEY_LIKE.sub(HIDDEN, text)


def blotted(text: str) -> str:
    """Return a text as long as before, with an asterisk for each character of what may be a key."""

    def stars(found: re.Match[str]) -> str:
        return found[0] if len(found[0]) < SHORTEST_KEY else "*" * len(found[0])

    return KEY_LIKE.sub(stars, text)
