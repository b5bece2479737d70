"""Publishing: results of this machine, put where a team shares them.

Blobs go before the result that names them, so that whoever sees a result finds its bytes. The first
result under a key stays: everybody stands on it. Only what cannot be read as anybody's result, or
whose bytes are gone or damaged there, is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from assetforge.action import ActionKey
from assetforge.backends.base import Refused, Unreachable
from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.store.cas import Cas
from assetforge.store.elsewhere import AT_ONCE, Elsewhere, names_of, understood
from assetforge.store.envelope import NotTaken, sealed
from assetforge.store.result import ActionResult, blobs_of, record_of

if TYPE_CHECKING:
    from assetforge.signing import PrivateKey

How: TypeAlias = Literal["published", "there", "kept back"]

KEPT: Final = "kept back"


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a result that was to be published.

    Attributes:
        key: its action key.
        how: `there`: it was published before; `kept back`: see `why`.
        bytes: how many bytes of blobs were sent.
        why: why it is kept back, or what was put right.
    """

    key: ActionKey
    how: How
    bytes: int = 0
    why: str = ""


class Publisher:
    """Publishes results of one store. For any thread."""

    def __init__(
        self, elsewhere: Elsewhere, cas: Cas, signer: tuple[str, PrivateKey] | None
    ) -> None:
        """Publish to a store; `signer` is who signs, by name and key, None where nobody has to."""
        self.elsewhere = elsewhere
        self._backend = elsewhere.backend
        self._cas = cas
        self._signer = signer
        self._pool: ThreadPoolExecutor | None = None
        self._begun: list[Future[Published]] = []
        self._down: Unreachable | None = None

    def begin(self, results: Iterable[ActionResult], *, verify: bool = False) -> None:
        """Publish results meanwhile, as `publish` does; `settle` waits for them."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, "publisher")
        self._begun += [self._pool.submit(self.publish, each, verify=verify) for each in results]

    def settle(self, *, cancel: bool = False) -> tuple[list[Published], StoreProblem | None]:
        """Wait for what was begun; return what became of it, and what went wrong first.

        With `cancel`, what no thread has begun is left.
        """
        begun, self._begun = self._begun, []
        left = [each for each in begun if cancel and each.cancel()]
        ended: list[Published] = []
        problem = StoreProblem("it was interrupted") if left else None
        for each in begun:
            if each in left:
                continue
            try:
                ended.append(each.result())
            except StoreProblem as error:
                problem = problem or error
            # What was paid for is here, and is to be put into its place whatever goes wrong there.
            except Exception as error:
                problem = problem or StoreProblem(f"BUG: {error!r}")
        return ended, problem

    def publish(self, result: ActionResult, *, verify: bool = False) -> Published:
        """Publish a result, unless it is there; with `verify`, what is there is read back.

        Raises:
            StoreProblem: the store cannot be reached or does not let us, or a blob is damaged here.
        """
        if self._down is not None:
            raise self._down
        try:
            return self._published(result, verify=verify)
        except Unreachable as error:  # the others need not find out one by one
            self._down = error
            raise

    def _published(self, result: ActionResult, *, verify: bool) -> Published:
        name = names_of(result)[0]
        standing = self._backend.read("results", name)
        if standing is None:
            sent = self._send_blobs(result, verify=verify)
            if self._backend.create("results", name, self._sealed(result)):
                return Published(result.key, "published", sent)
            standing = self._backend.read("results", name) or b""
        return self._beside(result, name, standing, verify=verify)

    def _beside(
        self, result: ActionResult, name: str, standing: bytes, *, verify: bool
    ) -> Published:
        """Leave what stands under a name, if it is sound; else put it right."""
        try:
            first = understood(standing, self.elsewhere.signers, name)
        except NotTaken as error:
            return self._replace(result, name, f"what was there {error}")
        if first.emulated and not result.emulated:
            return self._replace(result, name, "what was there came from an emulator")
        if first.artifact == result.artifact:
            sent = self._send_blobs(result, verify=True) if verify else 0
            return Published(result.key, "there", sent, "its bytes were put right" if sent else "")
        if self._cas.has(first.artifact):
            sent = self._send_blobs(first, verify=True)
        elif self._is_sound(first.artifact):
            sent = 0
        else:
            return self._replace(result, name, "the bytes of what was there are gone")
        why = f"another picture of the same words is there: {first.artifact[:12]}"
        return Published(result.key, KEPT, sent, why)

    def _replace(self, result: ActionResult, name: str, why: str) -> Published:
        sent = self._send_blobs(result, verify=True)
        self._backend.replace("results", name, self._sealed(result))
        return Published(result.key, "published", sent, why)

    def _send_blobs(self, result: ActionResult, *, verify: bool) -> int:
        """Have the blobs of a result there; return how many bytes were sent."""
        return sum(self._send_blob(each, verify=verify) for each in blobs_of(result))

    def _send_blob(self, digest: Digest, *, verify: bool) -> int:
        if digest in self._backend.holds("blobs", [digest]):
            if not verify or self._is_sound(digest):
                return 0
            data = self._cas.read(digest)
            self._backend.replace("blobs", digest, data)
            return len(data)
        data = self._cas.read(digest)
        return len(data) if self._backend.create("blobs", digest, data) else 0

    def _is_sound(self, digest: Digest) -> bool:
        data = self._backend.read("blobs", digest)
        return data is not None and digest_of(data) == digest

    def _sealed(self, result: ActionResult) -> bytes:
        record = record_of(result)
        return sealed(record, *self._signer) if self._signer else record.encode()

    def close(self) -> None:
        """Wait for what is under way, and let go of the store."""
        if self._pool is not None:
            self._pool.shutdown()
        self.elsewhere.close()


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of publishing.

    Attributes:
        published: how many results are there now, and were not.
        words: why others are not, a line each.
        refused: whether that does not get better by itself: a wrong account, for example.
    """

    published: int = 0
    words: tuple[str, ...] = ()
    refused: bool = False


NOTHING: Final = Settled()


def settled(publisher: Publisher, *, cancel: bool = False) -> Settled:
    """Wait for what is being published, or with `cancel` only for what is under way."""
    ended, problem = publisher.settle(cancel=cancel)
    address = publisher.elsewhere.address
    words = [f"not published: {each.key[:12]}: {each.why}" for each in ended if each.how == KEPT]
    if problem is not None:
        words.append(f"not all is in '{address}': {problem}; run `assetforge push`")
    count = sum(each.how == "published" for each in ended)
    return Settled(count, tuple(words), isinstance(problem, Refused))
