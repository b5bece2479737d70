import json

import pytest

from assetforge.emulator import batch_lines
from assetforge.emulator.batch_lines import Line, read_lines

ENDPOINT = "/v1/images/generations"


def row(custom_id="a", **changes):
    line = {
        "custom_id": custom_id,
        "method": "POST",
        "url": ENDPOINT,
        "body": {"model": "gpt-image-2", "prompt": "a hare"},
    }
    return json.dumps({key: value for key, value in (line | changes).items() if value != "gone"})


def problems_of(*rows):
    lines, problems = read_lines("\n".join(rows).encode(), ENDPOINT)

    assert not lines
    return [(each.code, each.line, each.param) for each in problems]


def test_each_line_is_a_request_and_empty_lines_are_not():
    lines, problems = read_lines(f"{row('a')}\r\n\n{row('b')}\n".encode(), ENDPOINT)

    assert not problems
    assert lines == [
        Line(1, "a", {"model": "gpt-image-2", "prompt": "a hare"}),
        Line(3, "b", {"model": "gpt-image-2", "prompt": "a hare"}),
    ]


def test_line_separators_of_unicode_do_not_end_a_line():
    body = {"model": "gpt-image-2", "prompt": "one\u2028two"}
    data = json.dumps(json.loads(row(body=body)), ensure_ascii=False).encode()

    lines, _ = read_lines(data, ENDPOINT)

    assert [line.body for line in lines] == [body]


@pytest.mark.parametrize("data", [b"", b"\n \r\n"])
def test_a_file_without_lines_is_empty(data):
    assert [each.code for each in read_lines(data, ENDPOINT)[1]] == ["empty_file"]


def test_a_batch_has_at_most_so_many_lines(monkeypatch):
    monkeypatch.setattr(batch_lines, "MAX_LINES", 2)

    assert problems_of(row("a"), row("b"), row("c")) == [("too_many_tasks", None, None)]


@pytest.mark.parametrize("text", ["{", "[1]", '"a"', "[" * 100_000, "\udc80"])
def test_a_line_that_is_no_json_object_is_named(text):
    data = row().encode() + b"\n" + text.encode("utf-8", "surrogateescape")

    _, problems = read_lines(data, ENDPOINT)

    assert [(each.code, each.line) for each in problems] == [("invalid_json_line", 2)]


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"custom_id": "gone"}, "missing_required_parameter", "custom_id"),
        ({"custom_id": ""}, "missing_required_parameter", "custom_id"),
        ({"custom_id": 1}, "missing_required_parameter", "custom_id"),
        ({"body": "gone"}, "missing_required_parameter", "body"),
        ({"body": {"model": "gpt-image-2", "stream": True}}, "invalid_request", "body.stream"),
        ({"method": "GET"}, "invalid_method", "method"),
        ({"method": "gone"}, "invalid_method", "method"),
        ({"url": "/v1/images/edits"}, "url_mismatch", "url"),
    ],
)
def test_what_a_line_must_say_is_checked(changes, code, param):
    assert problems_of(row("x"), row(**changes)) == [(code, 2, param)]


def test_an_id_stands_on_one_line_only():
    assert problems_of(row("a"), row("b"), row("a"), row("a")) == [
        ("duplicate_custom_id", 3, "custom_id"),
        ("duplicate_custom_id", 4, "custom_id"),
    ]


def test_a_batch_has_one_model():
    body = {"model": "gpt-image-1.5", "prompt": "a hare"}

    assert problems_of(row("a"), row("b", body=body)) == [("model_mismatch", 2, "body.model")]


def test_only_so_many_problems_are_named(monkeypatch):
    monkeypatch.setattr(batch_lines, "MAX_PROBLEMS", 2)

    assert len(problems_of("{", "{", "{")) == 2
    assert len(problems_of(row(), row(), row(), row())) == 2
