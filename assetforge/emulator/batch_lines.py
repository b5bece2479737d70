"""What may stand in the input file of a batch: JSON lines, all of one model and one endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_LINES: Final = 50_000
"""Source: OpenAI API reference, batches, read 2026-11-21."""

MAX_PROBLEMS: Final = 100
"""How many problems of one file are named at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch, and its number in the file, from 1."""

    number: int
    custom_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a batch fails before any of it is done.

    Attributes:
        code: the service's word; those known are listed in the Azure OpenAI batch guide, read
            2026-11-21.
        line: number of the line, from 1; None where it is not about one.
        param: the field, if it is about one.
    """

    code: str
    message: str
    line: int | None = None
    param: str | None = None


def read_lines(data: bytes, endpoint: str) -> tuple[list[Line], list[LineError]]:
    """Return the requests of an input file, or what is wrong with it; one of the two is empty.

    Args:
        data: the file.
        endpoint: the path that every line must name, such as `/v1/images/generations`.
    """
    rows = [(number, row) for number, row in enumerate(data.split(b"\n"), 1) if row.strip()]
    if not rows:
        return [], [LineError("empty_file", "The input file is empty.")]
    if len(rows) > MAX_LINES:
        message = f"The input file has {len(rows)} requests; at most {MAX_LINES} are allowed."
        return [], [LineError("too_many_tasks", message)]
    values = [(number, _parsed(row)) for number, row in rows]
    problems = [each for number, value in values for each in _of_line(number, value, endpoint)]
    if problems:
        return [], problems[:MAX_PROBLEMS]
    lines = [Line(number, value["custom_id"], value["body"]) for number, value in values]
    problems = [*_repeated(lines), *_of_models(lines)]
    return ([], problems[:MAX_PROBLEMS]) if problems else (lines, [])


def _parsed(row: bytes) -> Any:
    try:
        return json.loads(row)
    except (ValueError, RecursionError):
        return None


def _of_line(number: int, value: Any, endpoint: str) -> Iterator[LineError]:
    if not isinstance(value, dict):
        message = "This line is not parseable as valid JSON."
        yield LineError("invalid_json_line", message, number)
        return
    custom_id, method, url, body = map(value.get, ("custom_id", "method", "url", "body"))
    if not isinstance(custom_id, str) or not custom_id:
        yield _missing("custom_id", number)
    if not isinstance(body, dict):
        yield _missing("body", number)
    elif body.get("stream"):
        message = "'stream' is not supported in a batch."
        yield LineError("invalid_request", message, number, "body.stream")
    if method != "POST":
        message = f"Invalid method {method!r}: only 'POST' is supported."
        yield LineError("invalid_method", message, number, "method")
    if url != endpoint:
        message = f"The URL provided for this request, {url!r}, is not '{endpoint}' of the batch."
        yield LineError("url_mismatch", message, number, "url")


def _missing(name: str, number: int) -> LineError:
    message = f"Missing required parameter: '{name}'."
    return LineError("missing_required_parameter", message, number, name)


def _repeated(lines: Sequence[Line]) -> Iterator[LineError]:
    first: dict[str, int] = {}
    for line in lines:
        if first.setdefault(line.custom_id, line.number) != line.number:
            message = (
                f"The custom_id '{line.custom_id}' is also that of line {first[line.custom_id]}."
            )
            yield LineError("duplicate_custom_id", message, line.number, "custom_id")


def _of_models(lines: Sequence[Line]) -> Iterator[LineError]:
    model = lines[0].body.get("model")
    for line in lines:
        if line.body.get("model") != model:
            message = f"The model {line.body.get('model')!r} is not {model!r}, that of line 1."
            yield LineError("model_mismatch", message, line.number, "body.model")
