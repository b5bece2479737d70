"""Reading a saved plan, whoever wrote into it since."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from assetforge import __version__
from assetforge.diagnostics import printable
from assetforge.errors import UsageProblem
from assetforge.saved.blocks import Head, PlanBlock, plan_of
from assetforge.saved.file import MARK, MAX_BYTES, NAME, SCHEMA
from assetforge.saved.plan import SavedPlan

AGAIN: Final = "write it again with `assetforge plan -o FILE`"


def read_plan(path: Path) -> SavedPlan:
    """Return the plan that a file holds.

    Raises:
        UsageProblem: there is none, it is damaged, or a later assetforge wrote it.
    """
    data = _bytes_of(path)
    try:
        name = Head.model_validate_json(data).name
    except ValidationError as error:
        if MARK.match(data):
            raise damaged(path, error) from error
        raise UsageProblem(f"'{path}' is no saved plan; {AGAIN}") from error
    version = NAME.fullmatch(name)
    if version is None:
        raise UsageProblem(f"'{path}' is '{printable(name)[:80]}', no saved plan; {AGAIN}")
    if name != SCHEMA:
        words = f"'{path}' is a plan of another assetforge ('{name}'; this is {__version__})"
        raise UsageProblem(f"{words}; use that one, or {AGAIN}")
    try:
        return plan_of(PlanBlock.model_validate_json(data))
    except ValidationError as error:
        raise damaged(path, error) from error
    except ValueError as error:
        raise UsageProblem(f"the plan '{path}' is damaged: {error}; {AGAIN}") from error


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        raise UsageProblem(f"there is no plan '{path}'; {AGAIN}")
    if not path.is_file():
        raise UsageProblem(f"'{path}' is no ordinary file, and no plan")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise UsageProblem(f"the plan '{path}' cannot be read: {words}") from error
    if len(data) > MAX_BYTES:
        raise UsageProblem(f"'{path}' is larger than any plan: {MAX_BYTES // 1_000_000} MB")
    return data


def damaged(path: Path, error: ValidationError) -> UsageProblem:
    """Return what to say of a file that is no plan as it should be: where, and what was found."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(each) for each in first["loc"])
    words = " ".join(first["msg"].split())
    words = words[:1].lower() + words[1:]
    more = f" (and {error.error_count() - 1:,} more)" if error.error_count() > 1 else ""
    said = printable(f"{where}: {words}" if where else words)[:400]
    return UsageProblem(f"the plan '{path}' is damaged: {said}{more}; {AGAIN}")
