import json

import pytest

from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_gallery_and_manifest_are_written(space):
    space.build()

    result = space.run("report")

    assert (result.code, result.err) == (0, "")
    assert result.out.replace("\\", "/") == "4 of 4 pictures: report/index.html\n"
    assert "<html" in space.read("report/index.html")
    assert_valid("manifest", json.loads(space.read("report/manifest.json")))


def test_the_document_is_the_manifest(space):
    space.build()

    result = space.run("report", "--format", "json", "--output", "elsewhere")

    assert result.json == json.loads(space.read("elsewhere/manifest.json"))
    assert len(result.json["pictures"]) == 4


def test_what_is_not_built_is_counted_and_the_next_command_named(space):
    result = space.run("report", "--locale", "de")

    assert result.code == 0
    assert result.out.startswith("0 of 2 pictures: ")
    assert result.err == "next: assetforge build --locale de\n"


def test_a_report_that_cannot_be_written_is_told_in_one_line(space):
    space.write("report", "a file where the folder should be")

    result = space.run("report")

    assert result.code == 1
    assert result.err.startswith("assetforge: ")
    assert len(result.err.splitlines()) == 1
    assert "BUG" not in result.err


def test_a_file_is_no_folder_to_write_to(space):
    result = space.run("report", "--output", "assetforge.yaml")

    assert result.code == 2
    assert "'assetforge.yaml' is a file" in result.err
