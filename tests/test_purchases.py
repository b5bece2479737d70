"""Pictures bought from the emulator: that nothing is lost, bought twice, or above a cap."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from assetforge.digest import digest_of
from assetforge.emulator import Server, Settings, serving
from assetforge.ledger import Caps, Entry, Ledger
from assetforge.store.local import FOLDER, Store
from tests.space import PYTHON, Result, Space

KEY = "tulip" * 7
"""The emulator takes any; this one looks like no key, so that no pattern hides it."""

CAP = 1_000_000
"""One dollar."""

PIPELINE = """\
version: 1
{budget}
profiles:
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: {quality}
    timeout: {timeout}
    images_per_minute: {rate}
assets:
{assets}
"""

ASSET = """\
  {name}:
    matrix: {{number: [{numbers}]}}
    steps:
      - compose: "{name} {{{{ number }}}} in the morning."
        size: 1024x1024
    output: out/{name}-{{number}}.png
"""


@dataclass
class Studio:
    """A project whose pictures an emulator makes."""

    space: Space
    server: Server

    @property
    def environment(self) -> dict[str, str]:
        return {
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": self.server.url,
            "ASSETFORGE_LIMITS": str(self.space.root / "limits"),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, "-m", "assetforge", *arguments],
            cwd=self.space.root,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, Any, str]:
        """Run the command line in a process of its own: so many threads beside the emulator's."""
        return ended(self.start(*arguments, "--format", "json"))

    def call(self, *arguments: str) -> tuple[int, Any, str]:
        """Run it in this process, where nobody is killed and nobody is beside it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            result = self.space.run(*arguments, "--format", "json")
        return result.code, result.json if result.out else None, result.err

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.server.books()["calls"]
        return found

    def accepted(self) -> Counter[str]:
        """Return prompt → how often a picture was made for it."""
        return Counter(each["prompt"] for each in self.calls() if each["outcome"] == "accepted")

    def billed(self) -> int:
        found: int = self.server.books()["totals"]["billed_microdollars"]
        return found

    def entries(self) -> list[Entry]:
        with closing(Ledger(self.space.root / FOLDER)) as ledger:
            return ledger.entries()

    def wait_for_calls(self, count: int) -> None:
        deadline = time.monotonic() + 60
        while len(self.calls()) < count:
            assert time.monotonic() < deadline, "no call was made"
            time.sleep(0.005)


def ended(process: subprocess.Popen[str]) -> tuple[int, Any, str]:
    """Wait for a process: its exit code, its document, and what it said beside it."""
    out, err = process.communicate(timeout=120)
    return process.returncode, json.loads(out) if out else None, err


def pipeline(count: int, *names: str, **profile: object) -> str:
    """Return a pipeline file of assets with so many pictures each."""
    numbers = ", ".join(f"n{number:03}" for number in range(count))
    assets = "".join(ASSET.format(name=name, numbers=numbers) for name in names or ("hill",))
    said = {"quality": "low", "timeout": 60, "rate": 10_000, "budget": "", **profile}
    return PIPELINE.format(assets=assets, **said)


def prompt_of(action: str) -> str:
    """Return the digest of an action's prompt: what the emulator's books call it."""
    asset, number, _ = action.split("/")
    return digest_of(f"{asset} {number} in the morning.".encode())


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    """Return what opens a studio, its emulator with some settings; all end with the test."""
    opened = []

    def open_studio(text: str, **settings: Any) -> Studio:
        served = serving(Settings(pictures="flat", **settings))
        server = served.__enter__()
        opened.append(served)
        (tmp_path / "project").mkdir(exist_ok=True)
        space = Space(tmp_path / "project")
        space.write("assetforge.yaml", text)
        return Studio(space, server)

    yield open_studio
    for each in opened:
        each.__exit__(None, None, None)


BUILD = ("build", "--yes", "--no-progress")
KEEP_GOING = (*BUILD, "--keep-going", "-j", "64")

LOST = ("reset_after_headers", "truncated", "timeout")
"""Faults that lose the answer; the call is billed."""

ENDS: dict[str | None, str] = {
    "reset_after_headers": "unknown",
    "truncated": "unknown",
    "timeout": "unknown",
    "html": "unknown",
    "broken_base64": "failed",
    "moderation_input": "failed",
    None: "made",
}
"""How an action ends whose last call had this fault."""

FAULTS = (*filter(None, ENDS), "429", "500", "503")


def agrees_with_the_store(studio: Studio) -> None:
    """Check that each picture that was paid for is kept, and what is kept was paid for."""
    store = Store(studio.space.root / FOLDER, emulation=True)
    with closing(store):
        paid = {each.id: each for each in studio.entries() if each.state == "settled"}
        for each in paid.values():
            found = store.known([each.key]).get(each.key)
            assert each.failed or (found and found.cost_microdollars == each.cost), each
        for (record,) in store.state.rows("SELECT record FROM results"):
            result = json.loads(record)
            assert not result["call"] or result["call"] in paid


def test_faults_of_every_kind_end_as_they_should_and_the_money_agrees(studio):
    faults = dict.fromkeys(FAULTS, 0.05)
    # This seed has few refusals among the last calls, where everybody waits for each of them.
    shop = studio(pipeline(150, timeout=2), faults=faults, fault_seed=2109)

    code, document, err = shop.run(*KEEP_GOING)

    assert code == 1, err
    last = {each["prompt"]: each["fault"] for each in shop.calls()}
    plan = shop.space.run("plan", "--format", "json").json
    actions = [each["id"] for each in plan["actions"] if each["step"] == "compose"]
    unsettled = {each["action"]: each["error"] for each in document["failures"]}
    assert {last[prompt_of(each)] for each in actions} > set(LOST)
    for each in actions:
        end = ENDS.get(last[prompt_of(each)], "failed")
        assert (end == "made") == (each not in unsettled), (each, last[prompt_of(each)])
    totals = document["totals"]
    assert totals["unknown"] == sum(ENDS.get(each) == "unknown" for each in last.values())
    assert set(shop.accepted().values()) == {1}

    answered = sum(
        each["billed_microdollars"] for each in shop.calls() if each["fault"] not in LOST
    )
    entries = shop.entries()
    assert sum(each.cost for each in entries if each.state == "settled") == answered
    assert {each.state for each in entries} == {"settled", "released", "unknown"}
    _, cost, _ = shop.call("cost")
    assert len(cost["unknown"]) == totals["unknown"]
    assert sum(each.cost for each in entries) >= shop.billed()
    agrees_with_the_store(shop)

    unknown = {each["action"] for each in cost["unknown"]}
    before = Counter(each["prompt"] for each in shop.calls())
    code, document, err = shop.run(*KEEP_GOING)

    again = Counter(each["prompt"] for each in shop.calls()) - before
    sent_again = {each for each in actions if prompt_of(each) in again}
    assert sent_again == set(unsettled) - unknown, "only what was refused is sent again"
    assert document["totals"]["unknown"] >= len(unknown)
    agrees_with_the_store(shop)


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("budget", ["", "budget: {day: 1.00}"])
def test_three_processes_of_sixty_four_threads_never_come_above_a_dollar(studio, budget):
    names = ("hill", "lake", "tree")
    # Each fits in the cap, two do not.
    shop = studio(pipeline(18, *names, quality="medium", budget=budget), latency_seconds=0.2)
    agreed = ("--yes",) if budget else ("--max-cost", "1.00")
    with closing(Ledger(shop.space.root / FOLDER)) as ledger:
        ledger.begin(Caps())  # a run that lives all the while: all others are at the same time
        started = [
            shop.start("build", name, *agreed, "-j", "64", "--format", "json") for name in names
        ]

        ends = [ended(each) for each in started]

    assert {code for code, _, _ in ends} <= {0, 4}, ends
    assert 4 in {code for code, _, _ in ends}
    spent = sum(each.cost for each in shop.entries())
    assert spent == shop.billed() <= CAP
    assert CAP - spent < 100_000, "it is used up as far as it goes"
    assert all("Traceback" not in err for _, _, err in ends)
    agrees_with_the_store(shop)


@pytest.mark.usefixtures("unmeasured")
def test_builds_that_are_killed_lose_nothing_and_buy_nothing_twice(studio):
    shop = studio(pipeline(48), latency_seconds=0.03)
    dice, kept = random.Random(20261121), set[Path]()

    for _ in range(7):
        process = shop.start(*BUILD, "--keep-going", "-j", "4")
        shop.wait_for_calls(len(shop.calls()) + dice.randrange(1, 5))
        time.sleep(dice.uniform(0, 0.12))
        process.kill()
        process.communicate(timeout=60)
        now = set((shop.space.root / FOLDER / "actions").glob("??/*.json"))
        assert kept <= now, "what arrived stays"
        kept = now
    code, document, err = shop.call(*BUILD, "--keep-going")

    lost = document["totals"]["unknown"]
    assert code == (1 if lost else 0), err
    assert set(shop.accepted().values()) == {1}
    assert len(shop.accepted()) + lost >= 48
    assert document["totals"]["failed"] == 0
    states = Counter(each.state for each in shop.entries())
    assert states == Counter(settled=48 - lost, unknown=lost)
    agrees_with_the_store(shop)

    assert shop.call(*BUILD, "--resend")[0] == 0
    assert len(shop.space.outputs()) == 48
    assert sum(shop.accepted().values()) <= 48 + lost


@pytest.mark.usefixtures("unmeasured")
def test_what_is_in_flight_when_a_process_dies_is_not_sent_by_one_that_waited_for_it(studio):
    shop = studio(pipeline(1), latency_seconds=30.0)
    first = shop.start(*BUILD)
    shop.wait_for_calls(1)
    other = shop.start(*BUILD, "--format", "json")
    assert other.stderr is not None
    assert other.stderr.readline().startswith("wait ")

    first.kill()
    first.communicate(timeout=60)
    code, document, err = ended(other)

    assert code == 1, err
    assert document["totals"]["unknown"] == 1
    assert "--resend" in document["failures"][0]["message"]
    assert len(shop.calls()) == 1


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_keeps_what_is_in_flight_and_sends_nothing_more(studio, number):
    shop = studio(pipeline(12, rate=5), latency_seconds=1.0)
    process = shop.start(*BUILD, "--format", "json")
    shop.wait_for_calls(5)

    process.send_signal(number)
    code, document, err = ended(process)

    assert code == 130, err
    assert "Traceback" not in err
    assert document["interrupted"]
    assert [document["totals"][each] for each in ("made", "unknown", "failed")] == [5, 0, 0]
    assert len(shop.calls()) == 5
    assert [each.state for each in shop.entries()] == ["settled"] * 5
    assert sum(each.cost for each in shop.entries()) == shop.billed()

    unlimited = studio(pipeline(12))
    code, document, err = unlimited.call(*BUILD)

    assert code == 0, err
    assert len(unlimited.calls()) == 7
    assert len(unlimited.space.outputs()) == 12


@pytest.mark.usefixtures("unmeasured")
def test_two_processes_never_buy_the_same_picture(studio):
    shop = studio(pipeline(30), latency_seconds=0.05)
    started = [shop.start(*BUILD, "-j", "16", "--format", "json") for _ in range(2)]

    ends = [ended(each) for each in started]

    assert [code for code, _, _ in ends] == [0, 0], ends
    assert set(shop.accepted().values()) == {1}
    assert len(shop.calls()) == 30
    totals = [each["totals"] for _, each, _ in ends]
    assert [each["made"] + each["hit"] for each in totals] == [2 * 30] * 2
    assert sum(each["made"] for each in totals) == 2 * 30, "a compose and an export each"
    agrees_with_the_store(shop)


def test_what_got_no_answer_is_planned_so_and_sent_again_when_asked_for(studio, monkeypatch):
    text = pipeline(1).replace("morning", "morning [[fault:reset*1]]")
    shop = studio(text)
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)

    first = shop.space.run(*BUILD)
    then = shop.space.run(*BUILD)
    plan = shop.space.run("plan")

    assert (first.code, then.code, len(shop.calls())) == (1, 1, 1)
    advice = "next: assetforge build --resend"
    assert first.err.splitlines()[-1].startswith(advice)
    assert then.err.splitlines()[-1].startswith(advice)
    assert "UTC and not answered; up to $0.0" in plan.out
    document = shop.space.run("plan", "--format", "json").json
    assert "not answered" in document["actions"][0]["reasons"][0]
    assert document["totals"]["cost_usd"]["high"] == "0.00", "it is not sent, so it costs nothing"
    priced = shop.space.run("plan", "--resend", "--format", "json").json
    assert float(priced["totals"]["cost_usd"]["low"]) > 0
    assert shop.space.run("build", "--frozen").code == 3

    last = shop.space.run(*BUILD, "--resend")

    assert last.code == 0, last.err
    assert len(shop.calls()) == 2
    assert "not answered" not in shop.space.run("plan", "--all").out
    cost = shop.space.run("cost", "--format", "json").json
    assert [each["answered_since"] for each in cost["unknown"]] == [True]
    assert [each.state for each in shop.entries()] == ["unknown", "settled"]


def test_pictures_of_an_emulator_are_never_taken_for_real_ones(studio, monkeypatch):
    """The key is that of the real picture; who then sets a real address gets real pictures."""
    shop = studio(pipeline(2))
    assert shop.call(*BUILD)[0] == 0
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)
    assert len(shop.space.plan()["hit"]) == 4

    monkeypatch.delenv("OPENAI_BASE_URL")

    assert len(shop.space.plan()["run"]) == 2
    assert shop.space.run("build", "--frozen").code == 3


class Echo(BaseHTTPRequestHandler):
    """A service that is so kind as to say which key it does not accept."""

    def do_POST(self) -> None:
        sent = self.headers["Authorization"]
        key = sent.removeprefix("Bearer ")
        self.rfile.read(int(self.headers["Content-Length"]))
        words = {"message": f"Incorrect API key provided: {key} in '{sent}'.", "code": key}
        body = json.dumps({"error": words}).encode()
        self.send_response(401)
        self.send_header("x-request-id", f"req_{key}")
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *arguments: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


def test_no_file_and_no_output_ever_holds_the_key(studio, echo, monkeypatch):
    words = {
        "lost": "[[fault:timeout]]",
        "refused": "[[fault:moderation_input]]",
        "withheld": "[[fault:moderation_output]]",
        "broken": "[[fault:broken_base64]]",
    }
    text = pipeline(1, "hill", *words, timeout=1)
    for name, fault in words.items():
        text = text.replace(f"{name} {{{{ number }}}}", f"{name} {fault} {{{{ number }}}}")
    shop = studio(text)
    for name, value in shop.environment.items():
        monkeypatch.setenv(name, value)
    said = []

    def note(*arguments: str) -> int:
        result: Result = shop.space.run(*arguments)
        said.append(result.out + result.err)
        return result.code

    monkeypatch.setenv("OPENAI_BASE_URL", echo)
    assert note(*KEEP_GOING) == 1
    assert "does not accept the key" in said[-1]
    note("doctor")
    monkeypatch.setenv("OPENAI_BASE_URL", shop.server.url)
    for each in (
        KEEP_GOING,
        (*KEEP_GOING, "--resend", "--format", "json"),
        ("report",),
        ("cost",),
        ("cost", "--format", "json"),
        ("doctor",),
        ("plan",),
        ("explain", "hill"),
        ("render", "hill"),
        ("log", "out/hill-n000.png"),
        ("graph",),
    ):
        assert note(*each) in (0, 1), said[-1]

    assert (shop.space.root / "out/hill-n000.png").exists()
    assert not [each for each in said if KEY in each]
    files = [each for each in shop.space.root.rglob("*") if each.is_file()]
    names = {each.name for each in files}
    assert {"ledger.sqlite", "state.sqlite", "limits.sqlite"} <= names
    assert not [each for each in files if KEY.encode() in each.read_bytes()]
