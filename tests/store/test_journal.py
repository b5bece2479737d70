from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.digest import Json
from assetforge.errors import StoreProblem
from assetforge.store.journal import FILE, Change, Decision, Journal
from tests.refusing import no_file_larger_than, read_only
from tests.store.small_disk import in_small_disk

ENTRY: dict[str, Json] = {"action_key": "a" * 64, "take": 2}

ADD_MANY = """
import pathlib, sys
from assetforge.store.journal import Change, Decision, Journal
root, who = pathlib.Path(sys.argv[1]), sys.argv[2]
for number in range(60):
    change = Change("banner/wide/de", "final", "edit", None, {"components": {"prompt": who * 900}})
    Journal(root).add(Decision(f"{who}{number}", "2026-11-21", who, "accept", (change,)))
"""


@pytest.fixture
def journal(tmp_path) -> Journal:
    return Journal(tmp_path)


def a_decision(id: str, **fields) -> Decision:
    change = Change("banner/wide/de", "final", "edit", None, ENTRY)
    said = {"at": "2026-11-21T12:00:00+00:00", "by": "Zoë", "what": "accept", "changes": (change,)}
    return Decision(id=id, **{**said, **fields})


def test_decisions_come_back_in_their_order(journal):
    change = Change("banner/wide/ja", "final", "edit", ENTRY, None)
    added = [a_decision("1"), a_decision("2", what="undo", changes=(change,), undoes="1")]

    for each in added:
        journal.add(each)

    assert journal.decisions() == added
    assert journal.damaged_lines() == []


def test_a_store_in_which_nobody_decided_anything_has_none(journal):
    assert journal.decisions() == []
    assert journal.damaged_lines() == []


def test_a_line_that_was_cut_off_is_left_out_and_the_next_one_begins_anew(journal, tmp_path):
    journal.add(a_decision("1"))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"id": "2", "at": "20')
    assert journal.decisions() == [a_decision("1")]
    assert journal.damaged_lines() == [], "it may still be written"

    journal.add(a_decision("3"))

    assert journal.decisions() == [a_decision("1"), a_decision("3")]
    assert journal.damaged_lines() == [2]


def test_a_line_of_which_only_the_end_is_missing_counts_now_and_later(journal, tmp_path):
    journal.add(a_decision("1"))
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert journal.decisions() == [a_decision("1")]

    journal.add(a_decision("2"))

    assert journal.decisions() == [a_decision("1"), a_decision("2")]


@given(cut=st.integers(min_value=1, max_value=10_000))
def test_wherever_a_line_is_cut_off_the_others_are_read(cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    journal, path = Journal(folder), folder / FILE
    journal.add(a_decision("1"))
    whole = path.read_bytes()
    journal.add(a_decision("2"))
    path.write_bytes(path.read_bytes()[: len(whole) + cut % len(whole)])

    journal.add(a_decision("3"))

    assert [each.id for each in journal.decisions()] in (["1", "3"], ["1", "2", "3"])


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"7",
        b"\xff",
        b'{"id": "1", "at": "", "by": "", "what": "", "changes": [{}]}',
        json.dumps(
            {
                "id": "1",
                "at": "",
                "by": "",
                "what": "",
                "changes": [{"variant": "", "profile": "", "step": "", "before": 7, "after": None}],
            }
        ).encode(),
    ],
)
def test_a_damaged_line_does_not_hide_the_others(journal, tmp_path, line):
    journal.add(a_decision("1"))
    with (tmp_path / FILE).open("ab") as file:
        file.write(line + b"\n\n")
    journal.add(a_decision("2"))

    assert journal.decisions() == [a_decision("1"), a_decision("2")]
    assert journal.damaged_lines() == [2]


def test_processes_that_add_at_once_lose_nothing(journal, tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD_MANY, str(tmp_path), who]) for who in "abcd"
    ]

    assert [each.wait(timeout=120) for each in writers] == [0] * 4
    assert len({each.id for each in journal.decisions()}) == 240
    assert journal.damaged_lines() == []


def test_a_full_disk_is_one_line_and_what_was_there_is_read(journal, tmp_path):
    journal.add(a_decision("1"))
    size = (tmp_path / FILE).stat().st_size

    with (
        no_file_larger_than(size + 10),
        pytest.raises(StoreProblem, match=r"written down by half: make room"),
    ):
        journal.add(a_decision("2"))
    journal.add(a_decision("3"))

    assert journal.decisions() == [a_decision("1"), a_decision("3")]


def test_no_room_at_all_is_one_line():
    words = in_small_disk(
        """
        from tests.store.test_journal import a_decision
        from assetforge.store.journal import Journal
        (disk / "store").mkdir()
        fill(disk)
        Journal(disk / "store").add(a_decision("1"))
        """
    )

    assert "cannot write down the decision in" in words
    assert "the disk is full: make room" in words


def test_a_folder_that_cannot_be_written_is_one_line(journal, tmp_path):
    with read_only(tmp_path), pytest.raises(StoreProblem, match="cannot write down the decision"):
        journal.add(a_decision("1"))


def test_a_journal_that_may_not_be_read_is_one_line(journal, tmp_path):
    journal.add(a_decision("1"))
    (tmp_path / FILE).chmod(0o000)

    with read_only(tmp_path), pytest.raises(StoreProblem, match="cannot read the decisions"):
        journal.decisions()

    (tmp_path / FILE).chmod(0o600)
