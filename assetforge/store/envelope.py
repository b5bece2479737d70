"""Results as they lie in a shared store: the record of one, and who says that it is true.

A blob is verified by its name. A result is not: whoever could write one could have any picture
shown. So it is signed, and counts only where the pipeline file names the signer's public key. The
signature covers the whole record, which holds the key, the artifact and what was asked for: a
result that is put under another key is none.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from assetforge.action import ActionKey
from assetforge.digest import digest_of
from assetforge.json_text import json_text

if TYPE_CHECKING:
    from assetforge.signing import PrivateKey, PublicKey

DOMAIN: Final = b"assetforge result v1\n"
"""What is signed begins so: a signature of something else of ours is none of a result."""

EMULATED: Final = b"assetforge emulated result v1\n"


class NotTaken(ValueError):
    """A result that does not count; says why, as `is not signed`."""


def sealed(record: str, signer: str, key: PrivateKey) -> bytes:
    """Return a record with its signature, as it is published."""
    signature = base64.b64encode(key.sign(DOMAIN + record.encode())).decode()
    return json_text({"record": record, "signature": signature, "signer": signer}).encode()


def opened(data: bytes, signers: Mapping[str, PublicKey]) -> str:
    """Return the record that was published. Without signers, one that nobody signed counts too.

    Raises:
        NotTaken: it is none, or nobody signed it whose results count.
    """
    try:
        text = data.decode()
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise NotTaken("is damaged") from None
    if not isinstance(said, dict):
        raise NotTaken("is damaged")
    if not signers:
        return str(said["record"]) if "record" in said else text
    if "record" not in said:
        raise NotTaken("is not signed")
    return _verified(said, signers)


def _verified(said: Mapping[str, object], signers: Mapping[str, PublicKey]) -> str:
    record, signer = str(said["record"]), str(said.get("signer"))
    if signer not in signers:
        raise NotTaken(f"is signed by {signer[:40]!r}, who is no signer of this project")
    try:
        signature = base64.b64decode(str(said.get("signature")), validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if not signers[signer].signed(DOMAIN + record.encode("utf-8", "surrogatepass"), signature):
        raise NotTaken(f"was not signed by '{signer}', though it says so")
    return record


def name_in_emulation(key: ActionKey) -> str:
    """Return the name of an emulated result: never that of a real one of the same key."""
    return digest_of(EMULATED + key.encode())
