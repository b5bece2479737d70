import json
import os
import sys
from pathlib import Path

import pytest

from assetforge.action import ActionId
from assetforge.digest import Digest
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.events import (
    Ended,
    Event,
    Outcome,
    Paused,
    Planned,
    Sketched,
    Started,
    TriedAgain,
    Waiting,
)
from assetforge.reports.event_lines import LONGEST_LINE, START, EventLines, whole_lines
from tests.cli.schemas import faults

EDIT, SCENE = ActionId("banner/wide/de/edit"), ActionId("banner/wide/compose")
PICTURE = Digest("ab" * 32)
EVENTS: list[Event] = [
    Planned(3, 2),
    Started(EDIT),
    Sketched(EDIT, b"12345"),
    Waiting(SCENE),
    Paused(2.50049, "the service asks for it"),
    TriedAgain(EDIT, "'Sale' differs", "take 2", 2),
    Ended(EDIT, Outcome.MADE, 1.23456, 20_000, PICTURE),
    Ended(SCENE, Outcome.FAILED, 0.1, message="refused: \u2028 \ud800 'x'"),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.jsonl"


def read(path):
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [faults("event", each) for each in lines] == [[]] * len(lines)
    return lines


def test_each_event_is_a_line_as_its_schema_says(path):
    lines = EventLines(path)

    told = [lines.on(each) for each in EVENTS]

    assert told == [""] * len(EVENTS)
    assert [each["event"] for each in read(path)] == [
        *("planned", "started", "sketched", "waiting", "paused", "tried-again", "ended", "ended")
    ]
    said = read(path)
    assert (said[0]["hit"], said[0]["pending"]) == (3, 2)
    assert said[2]["bytes"] == 5
    assert (said[4]["seconds"], said[4]["why"]) == (2.5, "the service asks for it")
    assert (said[5]["how"], said[5]["more"]) == ("take 2", 2)
    assert said[6] | {"at": "", "build": ""} == {
        "schema": "assetforge.event/1",
        "at": "",
        "build": "",
        "event": "ended",
        "action": EDIT,
        "outcome": "made",
        "seconds": 1.235,
        "cost_usd": "0.02",
        "artifact": PICTURE,
        "message": "",
    }
    assert (said[7]["artifact"], said[7]["message"]) == (None, "refused: \u2028 \ud800 'x'")
    lines.close()


def test_a_line_is_there_before_the_next_event(path):
    lines = EventLines(path)

    for count, event in enumerate(EVENTS, 1):
        lines.on(event)
        assert len(read(path)) == count
    lines.close()


def test_what_was_seen_is_counted_where_nobody_knows_more(path):
    lines = EventLines(path)
    for event in EVENTS:
        lines.on(event)
    lines.finished(1, message="the store broke")
    lines.on(EVENTS[0])

    end = read(path)[-1]

    counts = {"made": 1, "hit": 0, "failed": 1, "blocked": 0, "unknown": 0}
    assert end["totals"] == counts | {"cost_usd": "0.02"}
    assert (end["exit_code"], end["message"]) == (1, "the store broke")


def test_lines_of_further_runs_come_behind_and_are_told_apart(path):
    for _ in range(2):
        EventLines(path).finished(0)

    one, two = read(path)

    assert one["build"] != two["build"]


def test_half_a_line_of_a_killed_run_is_cut_off(path):
    EventLines(path).finished(0)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])

    EventLines(path).finished(0)

    assert len(read(path)) == 2
    assert path.read_bytes().startswith(whole)


@pytest.mark.parametrize("beginning", [b"", START[:5], START])
def test_a_file_that_was_just_begun_is_begun_anew(path, beginning):
    path.write_bytes(beginning)

    EventLines(path).finished(0)

    assert len(read(path)) == 1


def test_a_line_longer_than_any_of_ours_is_left_alone(path):
    path.write_bytes(START + b"x" * LONGEST_LINE)

    assert whole_lines(path) == path.stat().st_size


@pytest.mark.parametrize("text", ["version: 1\n", '{"schema": "assetforge.plan/1"}', "\n"])
def test_a_file_of_something_else_is_left_as_it_is(path, text):
    path.write_text(text)

    with pytest.raises(UsageProblem, match="holds no events and stays as it is"):
        EventLines(path)
    assert path.read_text() == text


def test_there_must_be_a_folder_and_no_folder_in_its_place(tmp_path):
    with pytest.raises(UsageProblem, match="there is no folder"):
        EventLines(tmp_path / "no" / "events.jsonl")
    with pytest.raises(UsageProblem, match="is a folder"):
        EventLines(tmp_path)


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StoreProblem, match=r"cannot write events to '.*x': file name too long"):
        EventLines(tmp_path / ("x" * 300))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a full disk at hand")
def test_a_full_disk_is_told_once_and_ends_nothing():
    lines = EventLines(Path("/dev/full"))

    told = [lines.on(each) for each in EVENTS] + [lines.finished(0)]

    assert told[0] == "no more events are written to '/dev/full': no space left on device"
    assert set(told[1:]) == {""}


def test_what_was_written_of_a_line_goes_when_the_rest_finds_no_room(path):
    """The system lets a file grow to a limit, and takes as much of a line as fits."""
    resource = pytest.importorskip("resource")
    lines = EventLines(path)
    lines.on(EVENTS[0])
    size = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, hard))
    try:
        told = lines.on(EVENTS[1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert told.endswith("events.jsonl': file too large")
    assert path.stat().st_size == size
    assert lines.on(EVENTS[2]) == ""
    assert len(read(path)) == 1


def test_a_reader_that_went_away_ends_nothing():
    reading, writing = os.pipe()
    lines = EventLines(Path(f"/dev/fd/{writing}"))
    os.close(reading)

    told = lines.on(EVENTS[0])
    os.close(writing)

    assert told.endswith(": broken pipe")
