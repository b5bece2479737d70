"""The emulator's files: uploaded, listed, read and deleted; all of them in memory."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.checks import missing as missing_parameter
from assetforge.emulator.checks import whole_number
from assetforge.emulator.pages import page
from assetforge.emulator.world import StoredFile, World

PURPOSES: Final = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
"""What a file may be uploaded for. Source: OpenAI API reference, files, read 2026-11-21."""

MAX_BYTES: Final = 512_000_000
MAX_BATCH_BYTES: Final = 200_000_000
"""How large a file may be, and one of purpose `batch`. Source: the same."""

MAX_TOTAL_BYTES: Final = 1 << 30
"""How much one emulator keeps."""

MONTH_SECONDS: Final = 30 * 86_400
"""How long a file of purpose `batch` is kept, and the longest that may be asked for."""


@dataclass(frozen=True, slots=True)
class PassingFile(StoredFile):
    """A file that is gone after a time, `expires_at` in seconds since 1970."""

    expires_at: int = 0


def upload(world: World, fields: Mapping[str, str], file: tuple[str, bytes] | None) -> Answer:
    """Keep a file that was sent.

    Args:
        world: where it is kept.
        fields: the form's texts.
        file: the name and the content of the part `file`; None: there was none.
    """
    if file is None:
        return missing_parameter("file").answer
    problem = _upload_problem(fields, len(file[1]))
    if problem:
        return problem.answer
    seconds = lifetime_of(fields)
    if isinstance(seconds, Problem):
        return seconds.answer
    kept = keep(world, *file, fields["purpose"], seconds)
    return kept.answer if isinstance(kept, Problem) else Answer(200, described(kept))


def keep(
    world: World, filename: str, data: bytes, purpose: str, seconds: int | None = None
) -> StoredFile | Problem:
    """Keep a file for so many seconds, or for good where None is given."""
    if sum(len(each.data) for each in living(world).values()) + len(data) > MAX_TOTAL_BYTES:
        return full()
    now = int(world.wall())
    said: tuple[str, str, str, bytes, int] = (
        f"file-{secrets.token_hex(12)}",
        filename,
        purpose,
        data,
        now,
    )
    file = StoredFile(*said) if seconds is None else PassingFile(*said, expires_at=now + seconds)
    world.files[file.id] = file
    return file


def full() -> Problem:
    """Say that no more is kept."""
    return Problem(f"The emulator keeps at most {MAX_TOTAL_BYTES} bytes of files.", status=413)


def living(world: World) -> dict[str, StoredFile]:
    """Return the files, oldest first, once those whose time is over are forgotten."""
    now = world.wall()
    for file in list(world.files.values()):
        if isinstance(file, PassingFile) and file.expires_at <= now:
            del world.files[file.id]
    return world.files


def file_bytes(world: World, id: str) -> bytes | None:
    """Return what is in a file, or None where there is no such file."""
    file = living(world).get(id)
    return file.data if file else None


def told(world: World, id: str) -> Answer:
    """Say what a file is."""
    file = living(world).get(id)
    return Answer(200, described(file)) if file else missing(id).answer


def listed(world: World, asked: Mapping[str, str]) -> Answer:
    """List the files; `asked` is the query."""
    purpose = asked.get("purpose")
    files = [each for each in living(world).values() if purpose in (None, each.purpose)]
    return page(list(map(described, files)), asked, limit=10_000, most=10_000)


def delete(world: World, id: str) -> Answer:
    """Forget a file."""
    if living(world).pop(id, None) is None:
        return missing(id).answer
    return Answer(200, {"id": id, "object": "file", "deleted": True})


def missing(id: str) -> Problem:
    """Say that there is no such file."""
    return Problem(f"No such File object: {id}", param="id", status=404)


def no_form(written: str) -> Problem:
    """Say that a body of another type than a form cannot be read."""
    message = (
        f"Unsupported content type: '{written}'. "
        "This API method only accepts 'multipart/form-data' requests."
    )
    return Problem(message, code="unsupported_content_type")


def described(file: StoredFile) -> dict[str, Any]:
    """Return a file as the service shows it."""
    return {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.filename,
        "bytes": len(file.data),
        "created_at": file.created_at,
        "expires_at": file.expires_at if isinstance(file, PassingFile) else None,
        "status": "processed",
        "status_details": None,
    }


def _upload_problem(fields: Mapping[str, str], length: int) -> Problem | None:
    known = {"purpose", "expires_after[anchor]", "expires_after[seconds]"}
    unknown = next((name for name in fields if name not in known), None)
    if unknown is not None:
        message = f"Unknown parameter: '{unknown}'."
        return Problem(message, param=unknown, code="unknown_parameter")
    if "purpose" not in fields:
        return missing_parameter("purpose")
    if fields["purpose"] not in PURPOSES:
        known_words = ", ".join(f"'{each}'" for each in PURPOSES[:-1])
        message = (
            f"Invalid value: '{fields['purpose']}'. "
            f"Supported values are: {known_words}, and '{PURPOSES[-1]}'."
        )
        return Problem(message, param="purpose", code="invalid_value")
    most = MAX_BATCH_BYTES if fields["purpose"] == "batch" else MAX_BYTES
    if length > most:
        message = f"The file is {length} bytes; at most {most} are allowed."
        return Problem(message, param="file", status=413)
    return None


def lifetime_of(fields: Mapping[str, str]) -> int | Problem | None:
    """Return for how many seconds a file is kept; None: until it is deleted."""
    anchor, seconds = fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]")
    if anchor is None and seconds is None:
        return MONTH_SECONDS if fields.get("purpose") == "batch" else None
    if anchor != "created_at":
        message = f"Invalid value: '{anchor}'. Supported values are: 'created_at'."
        return Problem(message, param="expires_after.anchor", code="invalid_value")
    value: Any = int(seconds) if seconds and re.fullmatch(r"[0-9]{1,9}", seconds) else seconds
    return lifetime_problem(value, "expires_after.seconds") or int(value)


def lifetime_problem(seconds: Any, param: str) -> Problem | None:
    """Return why a file cannot be kept for so many seconds."""
    if seconds is None:
        return missing_parameter(param)
    return whole_number(param, seconds, 3600, MONTH_SECONDS)
