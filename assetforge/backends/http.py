"""A shared store in an HTTP cache, as bazel-remote and other caches for Bazel are.

`GET`, `HEAD` and `PUT` of `/cas/<digest>` and `/ac/<key>`. HTTP has no listing, and most caches
know no condition on a `PUT`: of two machines that write a result within the same moment, both may
be told that they were first, and the later one's stays.

A server answers any address with "not found". So that a wrong one is no cache without anything in
it, it must have the empty blob: bazel-remote always has; elsewhere who writes first puts it there.
A page to sign in answers any address with itself: so a cache must not have what nobody can have.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from assetforge.backends.action_result import blobs_named, unwrapped, wrapped
from assetforge.backends.asking import Once, those
from assetforge.backends.base import (
    MOST_BYTES,
    Entry,
    Kind,
    NotListed,
    Refused,
    Unreachable,
    refuse_larger,
)
from assetforge.backends.calls import Answer, Calls, Method, is_url
from assetforge.digest import digest_of

TOKEN: Final = "ASSETFORGE_REMOTE_TOKEN"
"""The environment variable that holds the bearer token."""

CREDENTIALS: Final = (
    f"set {TOKEN}, or write user and password into the address in ASSETFORGE_REMOTE"
)

NO_ADDRESS: Final = "the address of the store is none; write it as https://host/path"
"""It is not repeated: it may hold a password."""

FOLDERS: Final[dict[Kind, str]] = {"blobs": "cas", "results": "ac"}

EMPTY: Final = digest_of(b"")

NOBODYS: Final = "0" * 64
"""A name that nothing has."""

WRAPPING: Final = 2**16
"""How many bytes a result may have beyond its own, as it is kept there."""


class HttpBackend:
    """A store in an HTTP cache."""

    def __init__(self, address: str) -> None:
        """Take an address; nobody is asked anything yet.

        Raises:
            Refused: it is none.
        """
        parts = _parts(address)
        self.address = urlunsplit((parts.scheme, _host(parts), parts.path.rstrip("/"), "", ""))
        self._calls = Calls(self.address, _credentials(parts))
        self._is_store = False
        self._be_honest = Once(self._deny_nobodys)
        self._be_ready = Once(self._be_writable)

    def prepare(self) -> None:
        """Look whether it is a cache that lets us write, and have the empty blob there."""
        self._be_ready()

    def place(self, kind: Kind, name: str) -> str:
        """Return the address of a blob or result."""
        return f"{self.address}/{FOLDERS[kind]}/{name}"

    def read(self, kind: Kind, name: str) -> bytes | None:
        """Return the bytes under a name; see `Backend`."""
        answer = self._ask("GET", kind, name)
        if answer.status == 404:
            self._be_a_store()
            return None
        self._be_honest()
        return unwrapped(answer.body) if kind == "results" else answer.body

    def holds(self, kind: Kind, names: Sequence[str]) -> set[str]:
        """Return which of the names are there."""
        found = those(lambda name: self._has(kind, name), names)
        if found:
            self._be_honest()
        elif names:
            self._be_a_store()
        return found

    def create(self, kind: Kind, name: str, data: bytes) -> bool:
        """Write what is not there yet; of two machines at the same moment, see above."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        self.prepare()
        if self._has(kind, name):
            return False
        return self._put(kind, name, data, {"if-none-match": "*"})

    def replace(self, kind: Kind, name: str, data: bytes) -> None:
        """Write, whatever is there."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        self.prepare()
        self._put(kind, name, data)

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Raise `NotListed`: HTTP has no listing."""
        raise NotListed(f"'{self.address}' is an HTTP cache, which does not say what it has")

    def delete(self, kind: Kind, names: Sequence[str]) -> None:
        """Raise `NotListed`: such caches forget by rules of their own."""
        raise NotListed(f"'{self.address}' is an HTTP cache, which deletes nothing when asked")

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()

    def _be_writable(self) -> None:
        """Put the empty blob there, as it may be already: who may only read is told so."""
        self._be_honest()
        self._put("blobs", EMPTY, b"")
        self._is_store = True

    def _deny_nobodys(self) -> None:
        """Tell a cache from what says yes to everything: a proxy, a page to sign in.

        Raises:
            Refused: it is none.
        """
        if self._has("blobs", NOBODYS):
            raise Refused(
                f"'{self.address}' is no store: it claims to have what nobody wrote, as a page to "
                "sign in does; look at the address, and for a proxy"
            )

    def _be_a_store(self) -> None:
        """Tell what is not there from a cache that is not.

        Raises:
            Refused: there is no cache at this address, or nobody has written to it yet.
        """
        if not self._is_store and not self._has("blobs", EMPTY):
            raise Refused(
                f"'{self.address}' is no store: the address is wrong, or nobody has put anything "
                "there yet, as `assetforge push` does"
            )
        self._is_store = True

    def _has(self, kind: Kind, name: str) -> bool:
        return self._ask("HEAD", kind, name).status != 404

    def _put(
        self, kind: Kind, name: str, data: bytes, headers: dict[str, str] | None = None
    ) -> bool:
        """Write; False: there is something already, and the condition in `headers` was kept."""
        content = wrapped(data, self._blobs_of(data)) if kind == "results" else data
        answer = self._ask("PUT", kind, name, content, headers)
        if answer.status == 404:
            raise Refused(f"nothing can be put into '{self.address}': the address is wrong")
        return answer.status != 412

    def _blobs_of(self, result: bytes) -> dict[str, int]:
        """Return the blobs that a result speaks of and that are there, with their sizes."""
        sizes = {each: self._ask("HEAD", "blobs", each).size for each in blobs_named(result)}
        return {each: size for each, size in sizes.items() if size is not None}

    def _ask(
        self,
        method: Method,
        kind: Kind,
        name: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Return an answer that says yes, not found or, of a `PUT`, that its condition fails."""
        most = MOST_BYTES[kind] + (WRAPPING if kind == "results" else 0)
        answer = self._calls.ask(method, self.place(kind, name), most, content, headers)
        understood = (404, 412) if method == "PUT" else (404,)
        if not 200 <= answer.status < 300 and answer.status not in understood:
            raise _problem(self.address, method, answer)
        return answer


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        is_address = bool(parts.hostname) and parts.port != 0 and is_url(address)
    except ValueError:  # a host or a port that is none
        raise Refused(NO_ADDRESS) from None
    if not is_address or parts.query or parts.fragment or any(map(str.isspace, address)):
        raise Refused(NO_ADDRESS)
    return parts


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _credentials(parts: SplitResult) -> dict[str, str]:
    """Return the header that opens the cache: what the address says goes before the token."""
    if parts.username:
        opened = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"authorization": f"Basic {base64.b64encode(opened.encode()).decode()}"}
    token = os.environ.get(TOKEN, "").strip()
    if not (token.isascii() and token.isprintable()):
        raise Refused(f"{TOKEN} holds what no token can be")
    return {"authorization": f"Bearer {token}"} if token else {}


def _problem(address: str, method: Method, answer: Answer) -> Refused | Unreachable:
    """Return what to say of an answer that is neither yes nor not found."""
    status = answer.status
    if status >= 500 and status != 501:
        return Unreachable(f"'{address}' fails: it answered {status}")
    if status == 408:
        return Unreachable(f"'{address}' is slow: it answered {status}")
    if method == "PUT" and status in (401, 403, 405):
        what = f"who asks '{address}' may only read: it does not let itself be written to"
        return Refused(f"{what} ({status}); {CREDENTIALS}")
    if status in (401, 403):
        return Refused(f"'{address}' does not let itself be read ({status}); {CREDENTIALS}")
    if 300 <= status < 400:
        where = f" to '{answer.moved}'" if answer.moved else ""
        return Refused(f"'{address}' sends us on{where} ({status}); name the store's own address")
    if status == 413:
        return Refused(f"'{address}' takes nothing so large ({status}); raise its limit")
    return Refused(f"'{address}' is no store that we understand: it answered {status}")
