import hashlib
import shutil

import pytest

from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space

PICTURE = "out/de/banner-wide.png"


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path).quick()
    space.build()
    return space


def digest_of(space: Space, name: str = PICTURE) -> str:
    return hashlib.sha256((space.root / name).read_bytes()).hexdigest()


def test_a_picture_leads_back_to_every_step_behind_it(space):
    result = space.run("log", PICTURE)

    assert (result.code, result.err) == (0, "")
    assert_golden("log.txt", result.out)


def test_a_copied_picture_leads_back_as_well(space):
    shutil.copy(space.root / PICTURE, space.root / "holiday.png")

    assert space.run("log", "holiday.png").out == space.run("log", PICTURE).out


@pytest.mark.parametrize("length", [64, 12, 6])
def test_the_start_of_a_digest_does_instead_of_a_file(space, length):
    assert space.run("log", digest_of(space)[:length]).out == space.run("log", PICTURE).out


def test_a_digest_of_an_unknown_picture_matches_nothing(space):
    for digest in ("0" * 64, "0123456789ab"):
        result = space.run("log", digest)

        assert result.code == 5
        assert result.err == f"assetforge: no result in the store has the digest '{digest}'\n"


def test_an_ambiguous_digest_asks_for_more_of_it(space):
    for name in ("ab", "cd"):
        folder = space.root / ".assetforge" / "cas" / "ffff"[:2]
        folder.mkdir(parents=True, exist_ok=True)
        blobs = next(iter(space.root.glob(".assetforge/cas/**/" + digest_of(space)))).parent.parent
        path = blobs / "ff" / ("ffff" + name * 30)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    result = space.run("log", "ffff")

    assert result.code == 2
    assert result.err == "assetforge: 2 digests begin with 'ffff'; write more of it\n"


def test_a_file_of_another_project_matches_nothing(space):
    result = space.run("log", "assetforge.yaml")

    assert result.code == 5
    assert result.err == (
        "assetforge: no result in the store has the bytes of 'assetforge.yaml': "
        "edited, or of another project\n"
    )


def test_an_edited_picture_says_what_it_was(space):
    then = digest_of(space)[:12]
    (space.root / PICTURE).write_bytes(b"edited")

    result = space.run("log", PICTURE)

    assert result.code == 5
    assert f"was edited since it was written; try `assetforge log {then}`" in result.err
    assert space.run("log", then).code == 0


@pytest.mark.parametrize("name", ["nope.png", "abc", "deadbeefX", "f" * 65])
def test_what_is_neither_file_nor_digest_is_wrong_usage(space, name):
    result = space.run("log", name)

    assert result.code == 2
    assert result.err == f"assetforge: there is no file '{name}', and it is no digest\n"


def test_the_document_has_the_whole_recipe(space):
    document = space.run("log", "--format", "json", PICTURE).json

    assert_valid("log", document)
    assert document["sha256"] == digest_of(space)
    assert [each["depth"] for each in document["steps"]] == [0, 1, 2]
    assert [each["manifest"]["kind"] for each in document["steps"]] == ["export", "edit", "compose"]
    assert document["steps"][0]["targets"] == [PICTURE]
    assert "A calm scene." in document["steps"][2]["manifest"]["prompt"]
