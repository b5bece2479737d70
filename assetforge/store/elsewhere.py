"""Other stores: where what is missing here is looked for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.reads import listing
from assetforge.store.action_cache import ActionResult, read_result
from assetforge.store.cas import Cas
from assetforge.store.problems import Damaged, disk_problem

VARIABLE: Final = "ASSETFORGE_REMOTE"
"""The environment variable that names another store."""

WAY_OUT: Final = f"; name one in {VARIABLE}, or unset it"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another store, in a folder. It is only read.

    Attributes:
        root: the folder; blobs are below `cas/`, results below `actions/`, as in a local store.
        warnings: what was found there and not taken, a line each. For any thread.
    """

    root: Path
    warnings: list[str] = field(default_factory=list)

    def blob(self, digest: Digest) -> bytes | None:
        """Return the bytes of a digest, verified; None: it has them not, or damaged ones.

        Raises:
            StoreProblem: the folder cannot be read.
        """
        path = Cas(self.root).path(digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            self._be_there()
            return None
        except OSError as error:
            raise disk_problem(error, f"cannot read the other store '{self.root}'") from error
        if digest_of(data) == digest:
            return data
        self._warn(f"the blob '{path}' of the other store is damaged, and is not taken")
        return None

    def result(self, key: ActionKey) -> ActionResult | None:
        """Return the result under a key; None: it has none, or a damaged one.

        Raises:
            StoreProblem: the folder cannot be read.
        """
        path = self.root / "actions" / key[:2] / f"{key}.json"
        if not path.exists():
            self._be_there()
            return None
        try:
            return read_result(path)
        except Damaged:
            self._warn(f"the result '{path}' of the other store is damaged, and is not taken")
            return None

    def _be_there(self) -> None:
        """Tell a blob that is not there from a store that is not there any more.

        Raises:
            StoreProblem: the store is gone: unmounted, for example.
        """
        try:
            there = (listing(self.root) / "cas").is_dir()
        except OSError as error:
            raise disk_problem(error, f"cannot read the other store '{self.root}'") from error
        if not there:
            raise StoreProblem(f"'{self.root}' is no store: it has no folder 'cas'{WAY_OUT}")

    def _warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)


def elsewhere_named(name: str) -> Elsewhere | None:
    """Return the other store that a path or `file:` address names; None: no name.

    Raises:
        StoreProblem: there is none, or it cannot be read.
    """
    if not name:
        return None
    address = urlsplit(name)
    if address.scheme == "file" and address.netloc in ("", "localhost"):
        path = unquote(address.path)
        found = Elsewhere(Path(path if os.name == "posix" else path.lstrip("/")))
    elif "://" in name:
        raise StoreProblem(f"'{name}' is no store that is known: it must be a folder{WAY_OUT}")
    else:
        found = Elsewhere(Path(name).expanduser().absolute())
    found._be_there()
    return found
