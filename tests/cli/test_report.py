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


@pytest.mark.parametrize("name", ["index.html", "manifest.json"])
def test_a_file_that_no_report_wrote_is_not_overwritten(space, name):
    """Not even one of the two is written."""
    space.write(f"site/{name}", '<html>{"name": "My app", "icons": []}</html>')

    result = space.run("report", "-o", "site")

    assert result.code == 2
    assert result.err.replace("\\", "/") == (
        f"assetforge: 'site/{name}' is not from a report and is not overwritten; "
        "choose another folder with --output, or move the file away\n"
    )
    assert [each.name for each in (space.root / "site").iterdir()] == [name]
    assert space.read(f"site/{name}").startswith("<html>{")


def test_a_report_is_overwritten_by_the_next(space):
    space.run("report")
    space.build()

    result = space.run("report")

    assert result.code == 0
    assert len(json.loads(space.read("report/manifest.json"))["pictures"]) == 4


def test_a_report_of_another_version_is_overwritten(space):
    space.write("report/manifest.json", '{"schema":"assetforge.manifest/2"}')

    assert space.run("report").code == 0
