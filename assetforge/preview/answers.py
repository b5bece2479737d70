"""What a page is told: JSON, and for each thing that can be wrong a status and one line."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping

from starlette.responses import Response

from assetforge.diagnostics import in_order
from assetforge.digest import Json
from assetforge.errors import AssetforgeError, Diagnostic, InvalidSource
from assetforge.pricing import usd
from assetforge.secrets import blotted
from assetforge.session.errors import Agree, Outdated, UnknownPicture


class Malformed(Exception):
    """A request that our page would not send; `str` says where it is wrong, in one line."""


class Unknown(Exception):
    """There is nothing at an address."""


class Ended(Exception):
    """The preview ended before there was an answer."""

    def __init__(self) -> None:
        super().__init__("the preview has ended; what was begun is still finished")


def answer(document: Mapping[str, Json], status: int = 200) -> Response:
    """Return a JSON answer. A lone surrogate, which a catalog can hold, goes as its escape."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "backslashreplace"), status, media_type="application/json")


def refused(error: Exception) -> Response:
    """Return what a page is told of an error."""
    match error:
        case Agree():
            cost: dict[str, Json] = {"low": usd(error.low), "high": usd(error.high)}
            return answer({"error": "agree", "words": str(error), "cost": cost}, 428)
        case Outdated():
            return _words(409, "outdated", str(error))
        case UnknownPicture() | Unknown():
            return _words(404, "unknown", str(error))
        case Ended():
            return _words(503, "ended", str(error))
        case Malformed():
            return _words(422, "malformed", str(error))
        case InvalidSource():
            return _words(400, "refused", "\n".join(map(_located, in_order(error.diagnostics))))
        case AssetforgeError():
            return _words(400, "refused", blotted(str(error)))
        case OSError():
            return _words(400, "refused", _os_words(error))
        case _:
            return _words(500, "bug", _reported(error))


def _words(status: int, code: str, words: str) -> Response:
    return answer({"error": code, "words": words}, status)


def _located(found: Diagnostic) -> str:
    place = f"{found.place}: " if found.place else ""
    return f"{place}{blotted(found.message)}"


def _os_words(error: OSError) -> str:
    words = (error.strerror or str(error)).lower()
    return f"{words}: '{error.filename}'" if error.filename else words


def _reported(error: Exception) -> str:
    """Say on stderr what is wrong and where; the page learns only that something is."""
    where = traceback.extract_tb(error.__traceback__)[-1:]
    at = "".join(f" at {each.filename}:{each.lineno}" for each in where)
    print(f"assetforge: BUG: {error!r}{at}; please report it", file=sys.stderr)
    return "something went wrong inside; the terminal says what"
