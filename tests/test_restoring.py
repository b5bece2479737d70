"""Deleted pictures come back by the trace alone, or not at all."""

import subprocess
from contextlib import closing

import pytest

from assetforge.restoring import MOST, put_back
from assetforge.store.local import Store
from assetforge.trace.fast import look_first
from tests.incremental.workplace import Workplace
from tests.refusing import read_only
from tests.space import PYTHON

BANNER = "out/de/banner-wide.png"


@pytest.fixture
def place(tmp_path, monkeypatch):
    place = Workplace(tmp_path, monkeypatch).begin()
    monkeypatch.chdir(place.root)
    return place


def said(*arguments: str) -> str | None:
    found = look_first(["build", *arguments])
    assert found is not None
    return put_back(found)


def test_a_deleted_picture_is_put_back_as_it_was(place):
    before = (place.root / BANNER).read_bytes()
    (place.root / BANNER).unlink()

    result = place.again()

    assert (place.root / BANNER).read_bytes() == before
    assert result.err == "0 made, 10 hit; 4 pictures current, 1 written below 'out'; spent $0.00\n"
    assert (result.code, place.how) == (0, "trace")


def test_what_is_put_back_is_no_reason_to_do_it_again(place):
    (place.root / BANNER).unlink()
    place.again()

    assert "0 written" in place.again().err
    assert place.how == "trace"


def test_a_whole_folder_comes_back(place):
    before = place.outputs()
    for each in (place.root / "out/de").iterdir():
        each.unlink()
    (place.root / "out/de").rmdir()

    assert "2 written below 'out'" in place.again().err
    assert (place.outputs(), place.how) == (before, "trace")


def test_nothing_of_plans_is_loaded_for_it(place):
    (place.root / BANNER).unlink()
    program = (
        "import sys; from assetforge.__main__ import exit_code_of; exit_code_of(['build']); "
        "print(sorted({'click', 'jinja2', 'pydantic', 'yaml', 'PIL'} & sys.modules.keys()))"
    )

    done = subprocess.run([PYTHON, "-c", program], cwd=place.root, capture_output=True, text=True)

    assert done.stdout == "[]\n"
    assert (place.root / BANNER).exists()


def test_a_picture_that_was_edited_is_nobodys_to_put_back(place):
    (place.root / BANNER).write_bytes(b"by hand")

    assert said() is None
    assert (place.root / BANNER).read_bytes() == b"by hand"


def test_with_a_source_that_changed_it_is_planned(place):
    (place.root / BANNER).unlink()
    place.write("prompts/scene.j2", "Another scene.\n")

    assert said() is None


def test_with_every_byte_to_be_looked_at_it_is_planned(place):
    (place.root / BANNER).unlink()

    assert said("--check", "hash") is None


def test_nothing_missing_is_nothing_to_put_back(place):
    assert said() is None


def test_very_many_are_planned(place, monkeypatch):
    (place.root / BANNER).unlink()
    monkeypatch.setattr("assetforge.restoring.MOST", 0)

    assert MOST > 0
    assert said() is None


def test_a_blob_that_is_damaged_is_not_put_back(place):
    (place.root / BANNER).unlink()
    for blob in place.root.glob(".assetforge/cas/??/*"):
        blob.chmod(0o644)
        blob.write_bytes(b"x" * blob.stat().st_size)

    assert said() is None
    assert not (place.root / BANNER).exists()


def test_a_target_that_nobody_knows_is_planned(place):
    (place.root / BANNER).unlink()
    with closing(Store(place.root / ".assetforge")) as store, store.transaction():
        store.record.drop_targets([BANNER])

    assert said() is None


def test_in_a_store_that_may_only_be_read_it_is_planned(place):
    (place.root / BANNER).unlink()

    with read_only(place.root / ".assetforge"):
        assert said() is None


def test_a_folder_that_leads_out_of_the_project_gets_nothing(place, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (place.root / BANNER).unlink()
    found = look_first(["build"])
    assert found is not None
    for each in (place.root / "out/de").iterdir():
        each.unlink()
    (place.root / "out/de").rmdir()
    (place.root / "out/de").symlink_to(away, target_is_directory=True)

    assert put_back(found) is None
    assert list(away.iterdir()) == []
