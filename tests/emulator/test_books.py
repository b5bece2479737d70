import threading
from collections import deque
from dataclasses import replace

from assetforge.emulator import books
from assetforge.emulator.books import Books, Entry

CALL = Entry(
    number=1,
    time=5.0,
    endpoint="generations",
    outcome="accepted",
    status=200,
    request_id="req_1",
    n=2,
    billed_microdollars=300,
)
REFUSED = replace(CALL, outcome="refused", status=429, n=0, billed_microdollars=0)


def test_totals_count_what_was_accepted_refused_and_billed():
    written = Books()
    for entry in (CALL, CALL, REFUSED):
        written.add(entry)

    assert written.document()["totals"] == {
        "calls": 3,
        "accepted": 2,
        "refused": 1,
        "images": 4,
        "429": 1,
        "billed_microdollars": 600,
        "wrong_text": 0,
    }


def test_old_calls_are_dropped_and_still_counted(monkeypatch):
    monkeypatch.setattr(books, "KEPT", 3)
    written = Books()
    for number in range(5):
        written.add(replace(CALL, number=number))

    assert [each["number"] for each in written.document()["calls"]] == [2, 3, 4]
    assert written.document()["totals"]["calls"] == 5


def test_any_thread_may_read_while_calls_are_written():
    written = Books()
    writer = threading.Thread(target=lambda: deque(map(written.add, [CALL] * 2000)))
    writer.start()
    seen = [len(written.document()["calls"]) for _ in range(50)]
    writer.join()

    assert seen == sorted(seen)
