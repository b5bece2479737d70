from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.errors import NotStarted, StoreProblem
from assetforge.limits import (
    BURSTS,
    FILE,
    FOLDER_VARIABLE,
    SMALL_BURST,
    UNKNOWN_RATE,
    WINDOW_SECONDS,
    Pool,
    PoolState,
    Sent,
    after_refusal,
    after_success,
    limits_folder,
    next_turn,
)
from assetforge.providers.base import Allowance

SOURCE_TREE = Path(__file__).parents[1]
NOTHING = Allowance()


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Waiter(threading.Event):
    """An event whose waits move a clock in place of taking time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0.0
        return self.is_set()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pools(tmp_path, clock) -> Iterator[list[Pool]]:
    opened: list[Pool] = []
    yield opened
    for each in opened:
        each.close()


def a_pool(pools, tmp_path, clock, stated=NOTHING, account="openai-1", **options) -> Pool:
    pool = Pool(account, stated, folder=tmp_path, clock=clock, **options)
    pools.append(pool)
    return pool


def admissions(
    pool: Pool, clock: Clock, count: int, images: int = 1, tokens: int = 0
) -> list[float]:
    """Return when each of some requests was admitted, in seconds from now."""
    begun, waiter, found = clock.now, Waiter(clock), []
    for _ in range(count):
        pool.wait_turn(images, tokens, waiter)
        found.append(clock.now - begun)
    return found


def most_within(times: Sequence[float], window: float) -> int:
    """Return the most that fell into any window that is open at its beginning."""
    return max(sum(1 for each in times if at <= each < at + window) for at in times)


@pytest.mark.parametrize("limit", [1, 5, 20, 50, 250])
def test_no_minute_holds_more_than_the_limit_and_nearly_all_of_it_is_used(
    pools, tmp_path, clock, limit
):
    pool = a_pool(pools, tmp_path, clock, Allowance(images_per_minute=limit))

    times = admissions(pool, clock, limit * 4)

    assert most_within(times, 60.0) <= limit
    assert times[3 * limit] <= 3 * 60.0 / 0.98
    assert most_within(times, 60.0 / BURSTS) <= max(SMALL_BURST, -(-limit // BURSTS))


def test_a_small_account_starts_with_all_it_may_at_once(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, Allowance(images_per_minute=5))

    assert admissions(pool, clock, 6) == [0, 0, 0, 0, 0, pytest.approx(WINDOW_SECONDS)]


def test_pictures_that_go_in_count_as_often_as_they_are(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, Allowance(images_per_minute=6))

    times = admissions(pool, clock, 4, images=3)

    assert times[1] < 60 <= times[2]


def test_tokens_are_limited_beside_pictures_and_corrected_by_the_answer(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, Allowance(100, 10_000))
    waiter = Waiter(clock)
    turn = pool.wait_turn(1, 9_000, waiter)

    pool.answered(turn, 1_000, NOTHING)

    assert admissions(pool, clock, 1, tokens=9_000) == [0]
    assert admissions(pool, clock, 1, tokens=1_000)[0] > 60


def test_a_request_above_the_limit_waits_for_an_empty_minute_and_is_let_through(
    pools, tmp_path, clock
):
    """The service says better than we can that it never fits."""
    pool = a_pool(pools, tmp_path, clock, Allowance(images_per_minute=5))

    assert admissions(pool, clock, 2, images=17) == [0, pytest.approx(WINDOW_SECONDS)]


def test_limits_that_the_service_tells_are_used_at_once(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock)
    turn = pool.wait_turn(1, 0, Waiter(clock))
    assert pool.state().rate == UNKNOWN_RATE

    pool.answered(turn, None, Allowance(images_per_minute=50, tokens_per_minute=800_000))

    assert pool.state() == PoolState(50, 800_000, 50.0)


def test_a_stated_limit_is_an_upper_bound_of_what_the_service_tells(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, Allowance(images_per_minute=20))

    pool.answered(pool.wait_turn(1, 0, Waiter(clock)), None, Allowance(images_per_minute=250))
    assert (pool.state().images, pool.state().rate) == (20, 20.0)

    pool.answered(pool.wait_turn(1, 0, Waiter(clock)), None, Allowance(images_per_minute=5))
    assert (pool.state().images, pool.state().rate) == (5, 5.0)


def test_where_nobody_tells_the_limits_the_rate_grows_with_success_and_is_cut_by_refusals(
    pools, tmp_path, clock
):
    pool = a_pool(pools, tmp_path, clock)

    for _ in range(20):
        pool.answered(pool.wait_turn(1, 0, Waiter(clock)), None, NOTHING)
    grown = pool.state().rate
    pool.refused(1.0, NOTHING, limited=True)

    assert grown == UNKNOWN_RATE + 20
    assert pool.state().rate == grown * 0.8


def test_a_service_without_limits_is_asked_at_once_until_it_refuses(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, limited=False)
    assert admissions(pool, clock, 300) == [0] * 300

    pool.refused(None, NOTHING, limited=False)

    assert pool.state().rate is not None
    assert admissions(pool, clock, 1)[0] >= 2


def test_a_refusal_pauses_the_whole_pool_in_every_process(pools, tmp_path, clock):
    one, other = (a_pool(pools, tmp_path, clock, Allowance(50)) for _ in range(2))
    foreign = a_pool(pools, tmp_path, clock, Allowance(50), account="openai-2")

    pause = one.refused(12.0, NOTHING, limited=True)

    assert 12.0 <= pause <= 13.2
    assert admissions(foreign, clock, 1) == [0]
    assert admissions(other, clock, 1) == [pytest.approx(pause)]


def test_an_empty_allowance_pauses_until_there_is_room_for_one(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock, Allowance(50))

    pool.answered(
        pool.wait_turn(1, 0, Waiter(clock)), None, Allowance(images_left=0, reset_seconds=60.0)
    )

    assert admissions(pool, clock, 1) == [pytest.approx(60 / 50)]


def test_refusals_that_were_on_their_way_cut_the_rate_only_once():
    state = PoolState(images=50, rate=50.0)

    once = after_refusal(state, NOTHING, 1.0, 100.0, limited=True)
    twice = after_refusal(once, NOTHING, 5.0, 101.0, limited=True)
    later = after_refusal(twice, NOTHING, 1.0, 120.0, limited=True)

    assert (once.rate, twice.rate, later.rate) == (40.0, 40.0, 32.0)
    assert twice.paused_until == 106.0


def test_an_overloaded_service_gets_half_and_slowly_all_again():
    state = after_refusal(PoolState(images=50, rate=50.0), NOTHING, 1.0, 100.0, limited=False)
    assert state.rate == 25.0

    for _ in range(10):
        state = after_success(state, NOTHING, 200.0)
    assert state.rate == 30.0
    for _ in range(100):
        state = after_success(state, NOTHING, 300.0)
    assert state.rate == 50.0


def test_the_rate_never_falls_below_one_picture_a_minute():
    state = PoolState(images=5, rate=5.0)
    for minute in range(20):
        state = after_refusal(state, NOTHING, 1.0, minute * 60.0, limited=False)
    assert state.rate == 1.0


def test_who_waits_notices_that_the_limits_are_higher_than_thought(pools, tmp_path, clock):
    pool = a_pool(pools, tmp_path, clock)
    turns = [pool.wait_turn(1, 0, Waiter(clock)) for _ in range(5)]
    begun = clock.now

    def answered(seconds: float) -> None:
        if clock.now > begun + 3:
            pool.answered(turns[0], None, Allowance(images_per_minute=50))

    pool.wait_turn(1, 0, Waiter(clock), answered)

    assert clock.now - begun < 10


def test_a_stop_ends_the_wait(tmp_path):
    with closing(Pool("openai-1", Allowance(1), folder=tmp_path)) as pool:
        stopping = threading.Event()
        pool.wait_turn(1, 0, stopping)
        waits: list[float] = []

        with ThreadPoolExecutor(3) as threads:
            futures = [threads.submit(pool.wait_turn, 1, 0, stopping, waits.append) for _ in "abc"]
            while not waits:
                time.sleep(0.01)
            stopping.set()

        for each in futures:
            with pytest.raises(NotStarted):
                each.result()
        assert waits[0] > 50


ASK = """
import sys, threading, time
from pathlib import Path
from assetforge.limits import Pool
from assetforge.providers.base import Allowance

FAST = 40

class Fast(threading.Event):
    def wait(self, timeout=None):
        return super().wait(timeout / FAST)

pool = Pool("shared", Allowance(30), folder=Path(sys.argv[1]), clock=lambda: time.time() * FAST)
stopping = Fast()

def ask():
    for _ in range(4):
        pool.wait_turn(1, 0, stopping)
        with lock:
            print(time.time() * FAST, flush=True)

lock = threading.Lock()
threads = [threading.Thread(target=ask) for _ in range(5)]
for each in threads: each.start()
for each in threads: each.join()
pool.close()
"""


def test_threads_and_processes_share_one_pool(tmp_path):
    """Three processes with five threads each, on a clock that runs 40 times as fast."""
    command = [sys.executable, "-c", ASK, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_TREE)}
    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    times = sorted(
        float(line) for each in started for line in each.communicate(timeout=120)[0].split()
    )

    assert [each.returncode for each in started] == [0, 0, 0]
    assert len(times) == 60
    assert times[59] - times[0] > 60  # the second half needs a second minute
    # What a process prints after it was admitted may come a little later: a slack for that.
    assert most_within(times, 50.0) <= 30


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 60)), min_size=1, max_size=40),
    st.integers(1, 30),
)
def test_whatever_is_asked_no_minute_holds_more_than_the_limit(asked, limit):
    """Unless a single request is larger than the limit by itself."""
    state, now = PoolState(images=limit, rate=float(limit)), 0.0
    sent: list[Sent] = []
    for images, pause in asked:
        now += pause
        wait = next_turn(state, sent, now, images, 0)
        now += wait
        assert next_turn(state, sent, now + 1e-6, images, 0) == 0
        sent.append(Sent(now, images, 0))
    for first in sent:
        inside = [each for each in sent if first.at <= each.at < first.at + 60]
        assert sum(each.images for each in inside) <= max(limit, max(e.images for e in inside))


def test_the_folder_is_the_users_own_and_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "here"))
    with closing(Pool("openai-1")):
        assert (tmp_path / "here" / FILE).is_file()

    monkeypatch.delenv(FOLDER_VARIABLE)
    assert limits_folder().name == "assetforge"


def test_a_damaged_file_says_what_to_do(tmp_path):
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)

    with pytest.raises(StoreProblem, match="delete the file"):
        Pool("openai-1", folder=tmp_path)


def test_a_pool_goes_on_after_a_change_that_could_not_be_written(tmp_path):
    """Somebody who only reads keeps a change from being written; then all is as before."""
    with closing(Pool("openai-1", folder=tmp_path)) as pool:
        pool._database.execute("PRAGMA busy_timeout = 1")
        with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM sent").fetchall()
            with pytest.raises(StoreProblem, match="locked"):
                pool.wait_turn(1, 0, threading.Event())
            reader.execute("ROLLBACK")

        assert pool.wait_turn(1, 0, threading.Event()) == 1


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreProblem, match="cannot keep rate limits in"):
        Pool("openai-1", folder=tmp_path / "file" / "below")
