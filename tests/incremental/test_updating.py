"""A trace that is brought up to date tells as much as one that is written anew."""

import os
import shutil
import sqlite3

import pytest

from assetforge.incremental import saving, updating
from assetforge.trace.proof import read_proof
from tests.incremental.workplace import CARD, SMALL, Workplace


@pytest.fixture
def place(tmp_path, monkeypatch) -> Workplace:
    return Workplace(tmp_path / "project", monkeypatch)


def test_it_is_the_same_trace_with_other_stamps(place):
    place.begin()
    before = {each.name for each in place.trace.iterdir()}
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    place.settled()

    assert {each.name for each in place.trace.iterdir()} == before


def test_it_proves_what_a_trace_that_is_written_anew_proves(place):
    place.begin(pipeline=SMALL + CARD)
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    place.write("prompts/scene.j2", "A loud scene.\n")
    place.settled()
    updated = read_proof(str(place.trace))
    assert place.again("--check", "hash").code == 0
    anew = read_proof(str(place.trace))

    assert updated is not None
    assert anew is not None
    for name in ("files", "links", "variables", "actions", "summary", "warnings", "count"):
        assert getattr(updated, name) == getattr(anew, name), name
    assert updated.blobs.keys() == anew.blobs.keys()


def test_a_file_that_nobody_reads_any_more_is_forgotten(place):
    text = "A scene.{% include 'prompts/part.j2' %}\n"
    place.quick(pipeline=SMALL)
    place.write("prompts/scene.j2", text)
    place.write("prompts/part.j2", "Red.\n")
    place.settled()
    place.write("prompts/scene.j2", "A scene.\n")
    (place.root / "prompts/part.j2").unlink()
    place.settled()
    place.write("prompts/part.j2", "Blue.\n")

    place.again()

    assert place.how == "trace"


def test_a_file_that_is_read_now_is_noted(place):
    place.begin()
    place.write("prompts/part.j2", "Red.\n")
    place.write("prompts/scene.j2", "A scene.{% include 'prompts/part.j2' %}\n")
    place.settled()
    place.write("prompts/part.j2", "Blue.\n")

    assert "10 made" in place.again().err
    assert place.how == "part"


def test_catalogs_that_are_an_assets_own_now_are_noted(place):
    place.begin(pipeline=SMALL + CARD)
    shutil.copytree(place.root / "locales", place.root / "own")
    place.settled()
    place.replace("assetforge.yaml", "  card:\n", '  card:\n    catalogs: "own/{locale}.json"\n')
    place.settled()
    shutil.copy(place.root / "own/de.json", place.root / "own/fr.json")

    place.again()

    assert (place.root / "out/cards/fr.png").exists()


@pytest.mark.parametrize(
    "error", [OSError(28, "no space left on device"), sqlite3.OperationalError("disk full")]
)
def test_an_update_that_cannot_be_written_leaves_no_trace(place, monkeypatch, error):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")

    def full(*arguments: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(updating, "write_proof", full)
        assert place.again().code == 0
        assert place.how == "part"

    assert list(place.root.glob(".assetforge/traces/*/proof")) == []
    assert place.again().code == 0
    assert place.how == "whole"
    place.settled()


def test_a_picture_that_somebody_edits_as_it_is_noted_is_told(place, monkeypatch):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    path = place.root / "out/de/banner-wide.png"
    plain = saving.rows_of

    def edited(*arguments):
        rows = plain(*arguments)
        was = path.stat()
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(updating, "rows_of", edited)
        assert place.again().code == 0

    assert "was edited" in place.again().err
