"""Checks of the store that a pipeline file shares, as far as nobody has to be asked."""

from __future__ import annotations

import re

from assetforge import registry
from assetforge.document import Spot
from assetforge.pipeline import REMOTE
from assetforge.store.remote import is_folder
from assetforge.validation import Findings


def check_remote(store: Spot, findings: Findings) -> None:
    """Report a remote of no known kind, and one from which nothing would count."""
    spot = store["remote"]
    address = spot.text()
    if address is None or not re.fullmatch(REMOTE, address):  # told by the schema, unshown
        return
    if wrong := registry.unknown_scheme(address):
        findings.add("unknown-remote", wrong[0], spot.path, wrong[1])
    elif not is_folder(address) and not store["signers"].value:
        message = f"nothing in '{address}' counts yet: nobody says whose results do"
        advice = "add `signers: {ci: 'ed25519:...'}`; `assetforge key` makes a pair of keys"
        findings.add("no-signers", message, spot.path, advice)
