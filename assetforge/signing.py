"""Who may publish: what is signed with a private key counts where its public key is named.

The keys are Ed25519 (RFC 8032), written as `ed25519:` and their 32 bytes in base64. A private key
is never in a file of the project: it comes from the environment or the keyring.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final

from assetforge.errors import UsageProblem
from assetforge.secrets import Secret, find_secret

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
except ImportError:  # an extra: only who shares a store needs it
    raise UsageProblem(
        "the signatures of a shared store need one more package: `pip install 'assetforge[remote]'`"
    ) from None

VARIABLE: Final = "ASSETFORGE_SIGNING_KEY"
"""The environment variable, or the entry of the keyring, that holds the private key."""

PUBLIC: Final = "ed25519:"
PRIVATE: Final = "ed25519-private:"

KEY_BYTES: Final = 32
"""Size of either key. Source: RFC 8032, 5.1.5."""


class PublicKey:
    """What tells whether its private key signed something; `text` is how it is written."""

    def __init__(self, text: str) -> None:
        """Read a key from its text.

        Raises:
            UsageProblem: it is none.
        """
        self.text = text
        self._key = Ed25519PublicKey.from_public_bytes(_bytes_of(text, PUBLIC, "public key"))

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Tell whether a signature of some bytes is by this key."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """What signs. No message shows it; only `reveal` gives its text away."""

    def __init__(self, text: str) -> None:
        """Read a key from its text.

        Raises:
            UsageProblem: it is none.
        """
        self._key = Ed25519PrivateKey.from_private_bytes(_bytes_of(text, PRIVATE, "private key"))
        self._text = Secret(text)

    @property
    def public(self) -> str:
        """The text of the public key that belongs to it."""
        return PUBLIC + _text_of(self._key.public_key().public_bytes_raw())

    def reveal(self) -> str:
        """Return its own text, for whoever is to keep it."""
        return self._text.reveal()

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes: 64 bytes."""
        return self._key.sign(data)


def new_key() -> PrivateKey:
    """Return a key that nobody had before."""
    return PrivateKey(PRIVATE + _text_of(Ed25519PrivateKey.generate().private_bytes_raw()))


def own_key(*, stored: bool = False) -> PrivateKey | None:
    """Return the private key of who runs this; None: they only read.

    With `stored`, it is looked for in the system's keyring as well, which takes its time.

    Raises:
        UsageProblem: there is something that is no key.
    """
    secret = find_secret([VARIABLE]) if stored or os.environ.get(VARIABLE, "").strip() else None
    if secret is None:
        return None
    try:
        return PrivateKey(secret.reveal())
    except UsageProblem as error:
        raise UsageProblem(f"{secret.source}: {error}") from None


def _bytes_of(text: str, mark: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text.removeprefix(mark), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not text.startswith(mark) or len(data) != KEY_BYTES:
        # The text is not repeated: it may be somebody's private key.
        raise UsageProblem(f"not a {what}: that is '{mark}...'; `assetforge key` makes a pair")
    return data


def _text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
