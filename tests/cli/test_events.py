"""`--events FILE` of `build` and `reroll`, on real builds."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from assetforge.cli.build import command
from tests.cli import toy
from tests.cli.schemas import faults
from tests.review.shop import PIPELINE
from tests.space import PYTHON, Space

FILE = "events.jsonl"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def lines_of(space, name=FILE):
    lines = [json.loads(line) for line in (space.root / name).read_bytes().splitlines()]
    assert [faults("event", each) for each in lines] == [[]] * len(lines)
    assert len({each["build"] for each in lines}) == 1
    assert [each["at"] for each in lines] == sorted(each["at"] for each in lines)
    return lines


def words_of(lines):
    return [each["event"] for each in lines]


def ended(lines):
    """Return outcome → how many actions ended so."""
    found = dict.fromkeys(("made", "hit", "failed", "blocked", "unknown"), 0)
    for each in lines:
        if each["event"] == "ended":
            found[each["outcome"]] += 1
    return found


def totals(document):
    names = ("made", "hit", "failed", "blocked", "unknown", "cost_usd")
    return {name: document["totals"][name] for name in names}


def test_a_build_tells_what_happened_and_what_it_came_to(space):
    result = space.run("build", "--events", FILE, "banner", "--locale", "de", "--format", "json")

    lines = lines_of(space)
    began, planned, end = lines[0], lines[1], lines[-1]
    assert words_of(lines)[:2] == ["began", "planned"]
    assert {each["action"] for each in lines if each["event"] == "started"} == {
        each["action"] for each in lines if each["event"] == "ended"
    }
    assert (began["command"], began["selectors"], began["locales"]) == ("build", ["banner"], ["de"])
    assert (began["pipeline"], began["profile"], began["plan"]) == ("assetforge.yaml", None, None)
    assert planned["pending"] == ended(lines)["made"]
    assert (end["event"], end["exit_code"], end["message"]) == ("finished", 0, "")
    assert end["totals"] == totals(result.json) == ended(lines) | {"cost_usd": "0.00"}
    assert end["written"] == result.json["totals"]["written"]
    pictures = {each["artifact"] for each in lines if each["event"] == "ended"}
    assert {each["sha256"] for each in result.json["targets"]} <= pictures


def test_a_build_with_nothing_to_do_tells_so(space):
    space.build()

    quick = space.run("build")
    told = space.run("build", "--events", FILE)

    lines = lines_of(space)
    assert (told.code, told.err) == (0, quick.err)
    assert ended(lines)["hit"] == lines[1]["hit"] == lines[-1]["totals"]["hit"] == 10
    assert lines[-1]["written"] == 0


def test_failures_are_told_with_their_message_and_what_was_spent(space):
    space.quick(pipeline=toy.PRICED)
    with toy.installed(toy.refuse("Sale en")):
        result = space.run("build", "--yes", "-k", "--events", FILE, "--format", "json")

    lines = lines_of(space)
    failed = [each for each in lines if each.get("outcome") == "failed"]
    assert result.code == lines[-1]["exit_code"] == 1
    assert [each["message"] for each in failed] == [
        each["message"] for each in result.json["failures"]
    ]
    assert lines[-1]["totals"] == totals(result.json)
    spent = sum(round(float(each.get("cost_usd", 0)) * 100) for each in lines)
    assert f"{spent / 100:.2f}" == result.json["totals"]["cost_usd"] == "0.08"


def test_a_picture_that_was_edited_by_hand_is_told_as_refused(space):
    space.build()
    (space.root / "out/de/banner-wide.png").write_bytes(b"mine")

    result = space.run("build", "--events", FILE)

    end = lines_of(space)[-1]
    assert (end["exit_code"], end["refused"], end["written"]) == (result.code, 1, 0)


def test_ctrl_c_is_told_at_the_end(space):
    space.quick(pipeline=toy.PRICED)
    with toy.installed(toy.interrupt):
        result = space.run("build", "--yes", "-j", "1", "--events", FILE, "--format", "json")

    lines = lines_of(space)
    assert result.code == lines[-1]["exit_code"] == 130
    assert lines[-1]["totals"] == totals(result.json) == ended(lines) | {"cost_usd": "0.02"}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 4, "confirm with --yes or --max-cost USD"),
        (("--max-cost", "0.01"), 4, "the cap"),
        (("--frozen",), 3, "frozen, but not built: banner/wide/compose"),
        (("nothing",), 5, "'nothing' matches no variant"),
        (("--plan", "no.json"), 2, "there is no plan 'no.json'"),
        (("--profile", "tyo"), 2, "tyo"),
    ],
)
def test_a_build_that_does_not_begin_tells_why(space, arguments, code, words):
    space.quick(pipeline=toy.PRICED)
    with toy.installed():
        result = space.run("build", "--events", FILE, *arguments)

    lines = lines_of(space)
    assert words_of(lines) == ["began", "finished"]
    assert result.code == lines[-1]["exit_code"] == code
    assert words in lines[-1]["message"]
    assert lines[-1]["message"] in result.err
    assert not any(lines[-1]["totals"][name] for name in ended([]))


def test_who_walks_away_from_the_question_has_interrupted_it(space, monkeypatch):
    space.quick(pipeline=toy.PRICED)
    monkeypatch.setattr("assetforge.cli.build.has_person", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO())

    with toy.installed():
        result = space.run("build", "--events", FILE)

    end = lines_of(space)[-1]
    assert result.code == end["exit_code"] == 130
    assert end["message"] == "interrupted"


def test_what_broke_is_told_too(space, monkeypatch):
    monkeypatch.setattr("assetforge.build.finish", lambda *_: 1 // 0)

    result = space.run("build", "--events", FILE)

    lines = lines_of(space)
    assert result.code == lines[-1]["exit_code"] == 1
    assert lines[-1]["totals"]["made"] == 10
    assert "division" in lines[-1]["message"]


def test_a_saved_plan_tells_as_any_build_does(space):
    space.run("plan", "-o", "plan.json")

    result = space.run("build", "--plan", "plan.json", "--events", FILE)

    lines = lines_of(space)
    assert result.code == 0
    assert lines[0]["plan"] == "plan.json"
    assert lines[-1]["totals"]["made"] == 10


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        ("-", 2, "stdout is for the result; name a file for --events"),
        ("no/events.jsonl", 2, "there is no folder 'no' to write events to"),
        ("out", 2, "'out' is a folder; --events takes a file"),
        ("assetforge.yaml", 2, "'assetforge.yaml' holds no events and stays as it is"),
        ("x" * 300, 1, "cannot write events to"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_is_spent(space, file, code, words):
    space.quick(pipeline=toy.PRICED)
    (space.root / "out").mkdir()
    before = space.read("assetforge.yaml")

    with toy.installed():
        result = space.run("build", "--yes", "--events", file)
        assert len(space.plan()["run"]) == 2

    assert result.code == code
    assert words in result.err
    assert result.err.count("\n") == 1
    assert space.read("assetforge.yaml") == before
    assert space.outputs() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a full disk at hand")
def test_a_disk_that_is_full_stops_no_build_and_is_told_once(space):
    result = space.run("build", "--events", "/dev/full")

    assert result.code == 0
    assert result.err.count("no more events are written to '/dev/full': no space left") == 1
    assert len(space.outputs()) == 4


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.skipif(os.name != "posix", reason="a pipe has no name elsewhere")
def test_a_reader_that_goes_away_is_told_once_beside_live_progress(space, monkeypatch):
    """It reads the first line, and the progress of a terminal goes on as if nothing were."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(space.root)
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    reading, writing = os.pipe()

    def read_one():
        with os.fdopen(reading, "rb", buffering=0) as file:
            first.append(json.loads(file.readline()))

    first: list[dict[str, str]] = []
    reader = threading.Thread(target=read_one)
    reader.start()
    code = command.main(["--events", f"/dev/fd/{writing}"], standalone_mode=False)
    reader.join()
    os.close(writing)

    assert (code, [each["event"] for each in first]) == (0, ["began"])
    assert "\x1b[?25l" in screen.getvalue()  # the live display hides the cursor
    assert screen.getvalue().count("no more events are written") == 1
    assert "10 made" in screen.getvalue()


def test_takes_are_told_by_reroll_and_tries_by_what_was_not_right(open_shop):
    shop = open_shop(PIPELINE, faults={"moderation_output": 0.3}, fault_seed=4)
    built = shop.run("build", "-k", "--yes", "--events", FILE, "--format", "json")

    lines = lines_of(shop)
    assert lines[-1]["totals"] == totals(built.json)
    assert ended(lines)["failed"] == len(built.json["failures"]) > 0
    healthy = open_shop(PIPELINE)
    healthy.buys()
    again = healthy.run(
        "reroll",
        "banner/wide/de",
        "-n",
        "2",
        "--yes",
        "--events",
        "takes.jsonl",
        "--format",
        "json",
    )
    takes = lines_of(healthy, "takes.jsonl")
    assert (again.code, takes[0]["command"]) == (0, "reroll")
    assert {each["artifact"] for each in takes if each.get("outcome") == "made"} == {
        each["sha256"] for each in again.json["takes"]
    }
    assert takes[-1]["totals"]["cost_usd"] == again.json["cost_usd"]


@pytest.mark.skipif(os.name != "posix", reason="processes are not killed so elsewhere")
@pytest.mark.usefixtures("unmeasured")
def test_a_build_that_is_killed_leaves_whole_lines(open_shop):
    shop = open_shop(PIPELINE, latency_seconds=0.4)
    build = [PYTHON, "-m", "assetforge", "build", "--yes", "-j", "1", "--events", FILE]
    process = subprocess.Popen(build, cwd=shop.root, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if (shop.root / FILE).exists() and b'"ended"' in (shop.root / FILE).read_bytes():
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    killed = (shop.root / FILE).read_bytes()

    shop.does("build", "--yes", "--resend", "--events", FILE)

    lines = [json.loads(line) for line in killed.splitlines()]
    assert killed.endswith(b"\n")
    assert words_of(lines)[:3] == ["began", "planned", "started"]
    assert "finished" not in words_of(lines)
    data = (shop.root / FILE).read_bytes()
    assert data.startswith(killed)
    last = json.loads(data.splitlines()[-1])
    assert (last["event"], last["exit_code"], last["totals"]["failed"]) == ("finished", 0, 0)
