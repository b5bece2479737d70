"""Taking a person's file in as a picture: a retouched take, with where it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from assetforge.action import ActionId, Manifest, action_key, with_take
from assetforge.digest import digest_of
from assetforge.errors import UsageProblem
from assetforge.images import UnreadableImage, examined, pixel_digest
from assetforge.lock.entry import entry_of
from assetforge.review.decision import Brought, Proposal, propose
from assetforge.review.picture import Review, made_now, picture_of
from assetforge.review.takes import further_takes, takes_of
from assetforge.review.verdicts import chosen_take, placed, refuse_pinned
from assetforge.store.action_cache import ActionResult

SHAPE_PERMILLE: Final = 20
"""How far the shape of a picture may be off before a word is said: exports would cut it."""

MOST_BYTES: Final = 500_000_000
"""Size of the largest file that is read: more than any picture that may be decoded needs."""


def take_in(review: Review, id: ActionId, file: Path) -> tuple[Proposal, list[str]]:
    """Return what keeping a file as the next, accepted take of a drawing comes to, and notes.

    A picture that the store has already as a take is that take. Nothing is kept before it is
    decided: until then a file that a person edited is nobody else's.

    Raises:
        UsageProblem: the file is no picture, or what the drawing stands on is not there.
    """
    data = _bytes(file)
    picture = picture_of(review, id, made_now(review.decided))
    refuse_pinned(picture)
    if picture.described is None:
        raise UsageProblem(f"{id} stands on what is not built; build it first")
    takes = takes_of(review, picture).values()
    take = next((each for each in takes if each.artifact == digest_of(data)), None)
    brought: Brought | None = None
    if take is None:
        numbers = further_takes(review, picture, 1)
        brought = _brought(review, picture.described, numbers, file, data)
        take = entry_of(brought.result, action_key(picture.described))
    changes = placed(review, picture, chosen_take(review, picture, take))
    proposal = propose(review, "import", (id,), changes, brings=brought)
    return proposal, _notes(review, id, data)


def _bytes(file: Path) -> bytes:
    """Return the bytes of a picture.

    Raises:
        UsageProblem: there is none, or it is too large.
    """
    try:
        if file.exists() and not file.is_file():
            raise UsageProblem(f"'{file}' is no ordinary file")
        if file.stat().st_size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise UsageProblem(f"'{file}' cannot be taken in: it is larger than {most} MB")
        data = file.read_bytes()
        examined(data)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise UsageProblem(f"cannot read '{file}': {words}") from error
    except UnreadableImage as error:
        raise UsageProblem(f"'{file}' cannot be taken in: {error}") from error
    return data


def _brought(
    review: Review, described: Manifest, numbers: list[int], file: Path, data: bytes
) -> Brought:
    if not numbers:
        raise UsageProblem("there are as many takes of these words as there can be")
    now = with_take(described, numbers[0])
    result = ActionResult(
        key=action_key(now),
        artifact=digest_of(data),
        manifest=now,
        made_at=review.at,
        pixels=pixel_digest(data),
        imported=file.name,
    )
    return Brought(result, data)


def _notes(review: Review, id: ActionId, data: bytes) -> list[str]:
    """Say where a picture is not of the shape that it is for."""
    found = examined(data).size
    names = set(map(str, review.plan.actions[id].variants))
    wanted = {review.plan.sizes[id]} | {
        each.size for each in review.plan.targets if str(each.variant.name) in names
    }
    for size in wanted:
        across, down = found.width * size.height, found.height * size.width
        if abs(across - down) * 1000 <= SHAPE_PERMILLE * max(across, down):
            return []
    return [f"it is {found}, of another shape than {min(wanted)}: exports cut or pad it"]
