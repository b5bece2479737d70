"""Other stores: where what is missing here is looked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from assetforge.action import ActionKey
from assetforge.backends.base import Backend, Unreachable
from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.store.action_cache import ActionResult, result_of
from assetforge.store.envelope import NotTaken, name_in_emulation, opened
from assetforge.store.result import blobs_of, is_whole

if TYPE_CHECKING:
    from assetforge.signing import PrivateKey, PublicKey

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_ONCE: Final = 16
"""How many questions another store is asked at once. Source: speed levels off there for objects
of a few kilobytes, measured with three clients against a server on loopback."""

FORGET_SECONDS: Final = 5.0
"""How long it is remembered that another store has a result not: a plan asks, and then a build."""

AGAIN_SECONDS: Final = 60.0
"""When a store is asked again that could not be reached."""

MEND: Final = (
    "nothing is bought in its place: `assetforge push --verify` puts it right where it was made, "
    "`build --rebuy` buys it again"
)
"""What to do about something that is there, and does not count."""


class Elsewhere:
    """Another store, as it is read. For any thread.

    Attributes:
        address: where it is, as people are told it.
        signers: whose results count, by name; empty: any result does.
        warnings: what was found there and not taken, or could not be asked, a line each.
        signer: who publishes there from here, by name and key; None: it is only read. Who does has
            it made ready to be written to before it is first asked.
        brought, brought_bytes: how many blobs came from there, and how large they are together.
    """

    def __init__(self, backend: Backend, signers: Mapping[str, PublicKey]) -> None:
        self.backend = backend
        self.signers = signers
        self.warnings: list[str] = []
        self.signer: tuple[str, PrivateKey] | None = None
        self.brought = self.brought_bytes = 0
        self._absent: dict[ActionKey, float] = {}
        self._is_ready = False
        self._down_until = 0.0
        self._why_down = ""
        self._pool: ThreadPoolExecutor | None = None

    @property
    def address(self) -> str:
        """Where it is, as people are told it."""
        return self.backend.address

    @property
    def is_down(self) -> bool:
        """Whether it could not be reached a moment ago, and is not asked now."""
        return time.monotonic() < self._down_until

    def results(
        self, keys: Iterable[ActionKey], *, emulation: bool, sure: bool = False
    ) -> list[ActionResult]:
        """Return what it has under some keys and what counts; with `emulation`, emulated ones too.

        With `sure`, something is to be bought unless it is there: what cannot be asked, or does not
        count though it is there, is an error.

        Raises:
            StoreProblem: it cannot be read.
        """
        now = time.monotonic()
        asked = [each for each in keys if sure or self._absent.get(each, 0.0) <= now]
        question = partial(self._result, emulation, sure)
        found = [each for each in self._ask(question, asked, sure=sure) if each]
        if not self.is_down:
            there = {each.key for each in found}
            again = time.monotonic() + FORGET_SECONDS
            self._absent |= {each: again for each in asked if each not in there}
        return found

    def everything(self) -> dict[str, ActionResult | None]:
        """Return all results that it has by the names they lie under; None: it does not count.

        Raises:
            StoreProblem: it cannot be read, or cannot say what it has.
        """
        names = [each.name for each in self.backend.entries("results")]
        return dict(zip(names, self._ask(self._named, names, sure=True), strict=True))

    def bring(self, digests: Iterable[Digest], keep: Callable[[bytes], object]) -> set[Digest]:
        """Hand over the bytes of some digests, verified, and return those that it had.

        Raises:
            StoreProblem: it cannot be read, or what `keep` raises.
        """

        def fetched(digest: Digest) -> tuple[Digest, int] | None:
            data = self._blob(digest)
            if data is None:
                return None
            keep(data)
            return digest, len(data)

        found = dict(each for each in self._ask(fetched, list(digests)) if each)
        self.brought += len(found)
        self.brought_bytes += sum(found.values())
        return set(found)

    def blob(self, digest: Digest) -> bytes | None:
        """Return the bytes of a digest, verified; None: it has them not, or damaged ones.

        Raises:
            StoreProblem: as `results`.
        """
        return next(iter(self._ask(self._blob, [digest])), None)

    def lacks(self, result: ActionResult, *, sure: bool) -> None:
        """Tell that the bytes of a result are not there, or not as they were.

        Raises:
            StoreProblem: something would be bought for that.
        """
        told = " ".join(self.warnings)
        if not sure and any(each in told for each in blobs_of(result)):
            return  # they are damaged
        place = self.backend.place("results", names_of(result)[0])
        self._not_taken(f"the result '{place}' of the other store has lost its bytes", sure=sure)

    def _result(self, emulation: bool, sure: bool, key: ActionKey) -> ActionResult | None:
        names = [key, name_in_emulation(key)] if emulation else [key]
        found = (self._named(each, sure=sure) for each in names)
        return next((each for each in found if each), None)

    def _named(self, name: str, *, sure: bool = False) -> ActionResult | None:
        """Return the result under a name, if it counts."""
        data = self.backend.read("results", name)
        if data is None:
            return None
        try:
            return understood(data, self.signers, name)
        except NotTaken as error:
            place = self.backend.place("results", name)
            self._not_taken(f"the result '{place}' of the other store {error}", sure=sure)
        return None

    def _not_taken(self, words: str, *, sure: bool) -> None:
        if sure:
            raise StoreProblem(f"{words}; {MEND}")
        self._warn(f"{words}, and is not taken")

    def _blob(self, digest: Digest) -> bytes | None:
        data = self.backend.read("blobs", digest)
        if data is None or digest_of(data) == digest:
            return data
        place = self.backend.place("blobs", digest)
        self._warn(f"the blob '{place}' of the other store is damaged, and is not taken")
        return None

    def _ask(
        self, question: Callable[[Asked], Answer], items: list[Asked], *, sure: bool = False
    ) -> Iterable[Answer]:
        """Return the answers to a question about some items, asked side by side; none while down.

        Raises:
            StoreProblem: it cannot be read, or with `sure`, not be reached.
        """
        if self.is_down and items and sure:
            raise Unreachable(self._why_down)
        if self.is_down or not items:
            return ()
        try:
            if self.signer is not None and not self._is_ready:
                self.backend.prepare()
                self._is_ready = True
            return [*self._answers(question, items)]
        except Unreachable as error:
            self._down_until = time.monotonic() + AGAIN_SECONDS
            self._why_down = str(error)
            if sure:
                raise
            self._warn(f"{error}; what it has is not known here")
            return ()

    def _answers(self, question: Callable[[Asked], Answer], items: list[Asked]) -> Iterator[Answer]:
        if len(items) == 1:
            return iter([question(items[0])])
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, "elsewhere")
        return self._pool.map(question, items)

    def _warn(self, words: str) -> None:
        if words not in self.warnings:
            self.warnings.append(words)

    def close(self) -> None:
        """Let go of it."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self.backend.close()


def understood(data: bytes, signers: Mapping[str, PublicKey], name: str) -> ActionResult:
    """Return the result that was published under a name: its key, or that of an emulated one.

    Raises:
        NotTaken: it is none, of another key, or does not count.
    """
    try:
        result = result_of(opened(data, signers))
    except NotTaken:
        raise
    except (ValueError, TypeError, RecursionError):
        raise NotTaken("is damaged") from None
    if not is_whole(result):
        raise NotTaken("is damaged")
    if name not in (names_of(result)[:1] if signers else names_of(result)):
        raise NotTaken("is of another key")
    return result


def names_of(result: ActionResult) -> list[str]:
    """Return the names that a result may be found under; the first is the one it is given.

    An emulated one also has its key's where it lies in the store of a project.
    """
    return [name_in_emulation(result.key), result.key] if result.emulated else [result.key]
