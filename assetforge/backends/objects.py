"""A shared store in a bucket: S3 and what speaks like it, Google Cloud Storage, Azure.

The one door to obstore, which is an extra. Addresses are `s3://bucket/prefix`, `gs://bucket/prefix`
and `az://container/prefix`; endpoint, region and credentials come from the usual variables of the
environment, such as AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from assetforge.backends.asking import those
from assetforge.backends.base import (
    MOST_BYTES,
    Entry,
    Kind,
    Refused,
    Unreachable,
    refuse_larger,
)
from assetforge.backends.faults import is_bucket_missing, is_conflict, problem
from assetforge.backends.layout import FOLDERS, name_of, path_of
from assetforge.errors import UsageProblem

try:
    from obstore.exceptions import AlreadyExistsError, BaseError
    from obstore.store import AzureStore, GCSStore, S3Store
except ImportError:  # an extra: only who shares a store needs it
    raise UsageProblem(
        "a store in a bucket needs one more package: `pip install 'assetforge[remote]'`"
    ) from None

if TYPE_CHECKING:
    from obstore.store import RetryConfig

    Store: TypeAlias = AzureStore | GCSStore | S3Store

KINDS: Final[dict[str, Any]] = {"s3": S3Store, "gs": GCSStore, "az": AzureStore}

BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

PROBE: Final = "assetforge-store"
"""An object that the first who writes creates: who creates it again must be told that it exists."""

RETRY: Final[RetryConfig] = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}

CLIENT: Final = {"connect_timeout": "5s", "timeout": "600s"}
"""Beside what the environment says of the client, such as AWS_ALLOW_HTTP."""

FIRST: Final = {"read_timeout": "10s"}
"""How long a service may be silent that has never answered yet: it may never."""

LATER: Final = {"read_timeout": "30s"}
"""How long one may be silent that has."""

PAGE: Final = 1000
"""How many objects are listed at once. Source: most services list no more."""

TRIES: Final = 3
"""How often is written what another is writing at that moment."""


class ObjectBackend:
    """A store in a bucket, laid out as the store of one project."""

    def __init__(self, address: str) -> None:
        """Take an address; nobody is asked anything yet.

        Raises:
            Refused: it is none, or the environment says of it what cannot be.
        """
        self._scheme, bucket, prefix = _split(address)
        self.address = f"{self._scheme}://{bucket}" + (f"/{prefix}" if prefix else "")
        self._is_there = False
        self._is_ready = False
        self._has_answered = False
        self._at_first = self._opened(bucket, prefix, FIRST)
        self._later = self._opened(bucket, prefix, LATER)

    def prepare(self) -> None:
        """Look whether the bucket lets us write, and keeps the first of two writers.

        Raises:
            Refused: it does not.
        """
        if self._is_ready:
            return
        first = self._created(PROBE, b"")
        if first and self._created(PROBE, b""):
            raise Refused(
                f"'{self.address}' cannot keep the first of two writers: it does not heed "
                "`If-None-Match`; use a service that knows conditional writes"
            )
        self._is_ready = True

    def place(self, kind: Kind, name: str) -> str:
        """Return the address of an object."""
        return f"{self.address}/{path_of(kind, name)}"

    def read(self, kind: Kind, name: str) -> bytes | None:
        """Return the bytes of an object; see `Backend`."""
        with self._explained("read"):
            try:
                found = self._store.get(path_of(kind, name))
            except FileNotFoundError as error:
                self._be_there(error)
                return None
            return self._taken(found, MOST_BYTES[kind], self.place(kind, name))

    def holds(self, kind: Kind, names: Sequence[str]) -> set[str]:
        """Return which objects are there."""
        with self._explained("read"):
            return those(lambda name: self._has(path_of(kind, name)), names)

    def create(self, kind: Kind, name: str, data: bytes) -> bool:
        """Write an object that is not there yet."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        self.prepare()
        return self._created(path_of(kind, name), data)

    def replace(self, kind: Kind, name: str, data: bytes) -> None:
        """Write an object, whatever is there."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        with self._explained("write to"):
            # In one piece: what is broken off half-way leaves nothing behind.
            self._store.put(path_of(kind, name), data, use_multipart=False)

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Yield what is there; objects that are none of ours are left out."""
        with self._explained("list"):
            self._look()
            for page in self._store.list(FOLDERS[kind], chunk_size=PAGE):
                for each in page:
                    name = name_of(kind, each["path"].rpartition("/")[2])
                    if name is not None:
                        yield Entry(name, each["size"], each["last_modified"].timestamp())

    def delete(self, kind: Kind, names: Sequence[str]) -> None:
        """Remove objects, many at once where the service can."""
        paths = [path_of(kind, name) for name in names]
        with self._explained("delete from"):
            try:
                self._store.delete(paths)
            except FileNotFoundError:  # some services say so; the others may still be there
                for each in paths:
                    with suppress(FileNotFoundError):
                        self._store.delete(each)

    def close(self) -> None:
        """Do nothing: connections are closed when they are not used."""

    @property
    def _store(self) -> Store:
        return self._later if self._has_answered else self._at_first

    def _opened(self, bucket: str, prefix: str, times: dict[str, str]) -> Store:
        try:
            store: Store = KINDS[self._scheme](
                bucket, prefix=prefix or None, config=CLIENT | times, retry_config=RETRY
            )
        except (BaseError, ValueError) as error:
            raise problem(error, "open", self.address, self._scheme) from None
        return store

    def _has(self, path: str) -> bool:
        try:
            self._store.head(path)
        except FileNotFoundError:
            self._look()
            return False
        return True

    def _created(self, path: str, data: bytes) -> bool:
        with self._explained("write to"):
            for _ in range(TRIES):
                try:
                    self._store.put(path, data, mode="create")
                except AlreadyExistsError as error:
                    if is_conflict(error) and not self._has(path):
                        continue  # whoever was writing it has not, after all
                    return False
                return True
        raise Unreachable(f"others keep writing '{path}' to '{self.address}'")

    def _taken(self, found: Any, most: int, place: str) -> bytes:
        """Return the bytes that arrive, up to so many."""
        if found.meta["size"] > most:
            raise Refused(f"'{place}' has more than {most} bytes, and is not taken")
        return bytes(found.bytes())

    def _be_there(self, error: FileNotFoundError) -> None:
        """Tell an object that is not there from a bucket that is not.

        Raises:
            Refused: there is no such bucket.
        """
        if is_bucket_missing(error):
            raise Refused(f"there is no bucket of '{self.address}'; make it, or name another")
        self._is_there = True

    def _look(self) -> None:
        """Look once whether the bucket is there: some services list, and know nothing of it.

        Raises:
            Refused: it is not.
        """
        if not self._is_there:
            try:
                self._store.get(PROBE)
            except FileNotFoundError as error:
                self._be_there(error)
            self._is_there = True

    @contextmanager
    def _explained(self, verb: str) -> Iterator[None]:
        """Let what a service refuses be told as what it is to whoever shares the store."""
        try:
            yield
            self._has_answered = True
        except (BaseError, FileNotFoundError) as error:
            raise problem(error, verb, self.address, self._scheme) from None


def _split(address: str) -> tuple[str, str, str]:
    """Return scheme, bucket and prefix."""
    scheme, _, rest = address.partition("://")
    bucket, _, prefix = rest.partition("/")
    parts = [each for each in prefix.split("/") if each]
    if not BUCKET.fullmatch(bucket) or {".", ".."} & {*parts} or re.search(r"[?#\s]", prefix):
        # It is not repeated: it may hold a secret.
        raise Refused(f"the address of the store is none; write it as {scheme}://bucket/prefix")
    return scheme.lower(), bucket, "/".join(parts)
