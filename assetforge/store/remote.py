"""Which store a project shares: where it is, whose results count, and who publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assetforge import registry
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.reads import variable
from assetforge.store.cas import Cas
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.publishing import Publisher

if TYPE_CHECKING:
    from assetforge.signing import PrivateKey, PublicKey

VARIABLE: Final = "ASSETFORGE_REMOTE"
"""The environment variable that names another store; empty: there is none."""

NONE_SHARED: Final = (
    f"no store is shared: name one in the pipeline file (`store: {{remote: ...}}`) or in {VARIABLE}"
)

NOBODY: Final = Digest("0" * 64)
"""A digest that nothing has."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a project says about the store that it shares.

    Attributes:
        remote: its address; empty: it shares none.
        signers: name → public key of those whose results count.
        root: what a folder's path is relative to.
    """

    remote: str = ""
    signers: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path()


NOT_SHARED: Final = Sharing()


def elsewhere_named(name: str, sharing: Sharing = NOT_SHARED) -> Elsewhere | None:
    """Return the other store at an address, a path or a `file:` address among them; None: no name.

    Raises:
        StoreProblem: it is a folder and not there, or cannot be asked as it is set up.
        UsageProblem: nobody says whose results count, or somebody says it wrongly.
    """
    if not name:
        return None
    found = _unlooked(name, sharing)
    found.signer = publishing_key(sharing)
    if is_folder(name):  # looked at now: no folder is no miss
        found.blob(NOBODY)
    return found


def _unlooked(name: str, sharing: Sharing) -> Elsewhere:
    if not sharing.signers and not is_folder(name):
        raise UsageProblem(
            f"nothing in '{without_user(name)}' counts yet: say in the pipeline file whose results "
            "do, as `store: {signers: {ci: 'ed25519:...'}}`; `assetforge key` makes a pair of keys"
        )
    return Elsewhere(registry.open_backend(name), public_keys(sharing.signers))


def without_user(address: str) -> str:
    """Return an address as people are told it: what stands before an `@` may be a password."""
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2].partition('?')[0]}"


def is_folder(name: str) -> bool:
    """Tell whether an address is of a folder of this machine."""
    return "://" not in name or name.startswith("file:")


def public_keys(signers: Mapping[str, str]) -> dict[str, PublicKey]:
    """Return the keys of signers by their names.

    Raises:
        UsageProblem: one is none, or the package that knows about keys is not installed.
    """
    if not signers:
        return {}
    # Loaded only where something is signed: most projects share nothing.
    signing = import_module("assetforge.signing")
    return {name: signing.PublicKey(text) for name, text in signers.items()}


def publishing_key(sharing: Sharing, *, asked: bool = False) -> tuple[str, PrivateKey] | None:
    """Return who publishes here, by name and private key; None: this machine only reads.

    The key is in the environment, or where somebody `asked` to publish, in the keyring.

    Raises:
        UsageProblem: there is a private key, and the pipeline file names no signer of it.
    """
    if not sharing.signers:
        return None
    signing = import_module("assetforge.signing")
    key = signing.own_key(stored=asked)
    if key is None:
        return None
    names = [name for name, text in sharing.signers.items() if text == key.public]
    if not names:
        raise UsageProblem(
            f"{signing.VARIABLE} is the key of no signer of this project; name it in the pipeline "
            f"file: `store: {{signers: {{NAME: '{key.public}'}}}}`, or unset it"
        )
    return names[0], key


def address_of(sharing: Sharing) -> str:
    """Return where the shared store of a project is: what the environment says goes first."""
    named = variable(VARIABLE)
    if named is not None:
        return named if not is_folder(named) or not named else _absolute(named, Path())
    remote = sharing.remote
    return remote if not is_folder(remote) or not remote else _absolute(remote, sharing.root)


def _absolute(folder: str, root: Path) -> str:
    if folder.startswith(("file:", "~")):
        return folder
    return str((root / folder).absolute())


def other_than(root: Path, sharing: Sharing = NOT_SHARED) -> Elsewhere | None:
    """Return the other store of the one in a folder; None: there is none.

    Raises:
        StoreProblem, UsageProblem: as `elsewhere_named`.
    """
    found = elsewhere_named(address_of(sharing), sharing)
    if found is None or not is_folder(found.address):
        return found
    return None if Path(found.address).resolve() == root.resolve() else found


def publisher_of(elsewhere: Elsewhere | None, cas: Cas) -> Publisher | None:
    """Return what publishes what is made here, by itself; None: nothing does, for want of a key."""
    if elsewhere is None or elsewhere.signer is None:
        return None
    return Publisher(elsewhere, cas, elsewhere.signer)


def opened_publisher(sharing: Sharing, cas: Cas) -> Publisher:
    """Return what publishes because somebody asks for it: into a folder also without a key.

    Raises:
        UsageProblem: no store is shared, or there is no key to sign with.
        StoreProblem: the store that is shared cannot be written to.
    """
    address = address_of(sharing)
    if not address:
        raise UsageProblem(NONE_SHARED)
    signer = publishing_key(sharing, asked=True)
    if sharing.signers and signer is None:
        raise UsageProblem(
            "nothing can be published without a private key: set ASSETFORGE_SIGNING_KEY to one "
            f"whose public key is under `store: signers:` ({', '.join(sharing.signers)})"
        )
    elsewhere = _unlooked(address, sharing)
    elsewhere.backend.prepare()
    return Publisher(elsewhere, cas, signer)


def shared_by(elsewhere: Elsewhere | None) -> Elsewhere:
    """Return the store that is shared.

    Raises:
        UsageProblem: none is.
    """
    if elsewhere is None:
        raise UsageProblem(NONE_SHARED)
    return elsewhere
