import json
from pathlib import Path

import pytest

from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path).quick("en", "de", "fr")
    space.locale("de", headline="Los")
    return space


def test_it_tells_what_is_missing_where_check_would_fail(space):
    assert space.run("check").code == 2

    result = space.run("locales")

    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "de  missing   1 of 3 messages  2 missing"
    assert lines[-1] == "3 locales, 1 asset, source 'en': 1 missing, 2 complete"


def test_the_document_is_that_of_the_schema(space):
    result = space.run("locales", "--format", "json")

    assert result.code == 0
    assert_valid("locales", result.json)
    assert result.json["complete"] is False
    assert [each["locale"] for each in result.json["assets"]] == ["de", "en", "fr"]


def test_selectors_and_locales_choose_what_is_looked_at(space):
    result = space.run("locales", "banner/wide", "--locale", "fr", "--format", "json")

    assert [each["locale"] for each in result.json["assets"]] == ["fr"]
    assert result.json["complete"] is True


def test_a_locale_that_nobody_has_is_an_error(space):
    assert space.run("locales", "--locale", "xx").code == 5


def test_a_damaged_catalog_is_reported_as_usual(space):
    space.write("locales/de.json", "{")

    result = space.run("locales")

    assert result.code == 2
    assert "locales/de.json" in result.err


def test_a_broken_template_is_reported_as_usual(space):
    space.write("prompts/scene.j2", "{{ nothing }}")

    result = space.run("locales")

    assert result.code == 2
    assert "unknown variable 'nothing'" in result.err


def test_a_project_without_locales_has_a_source_all_the_same(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\n"
        "assets: {dog: {steps: [{compose: A dog}], output: dog.png}}\n",
    )

    result = space.run("locales", "--format", "json")

    assert (result.json["source"], result.json["assets"]) == ("en", [])
    assert result.json["complete"] is True


def test_stale_and_hardcoded_lists_take_the_place_of_the_table(space):
    space.locale("en", headline="Sale", action="Buy", alt="Hills", old="Old words")
    space.write("prompts/scene.j2", 'A "calm" scene.\n')

    result = space.run("locales", "--stale", "--hardcoded")

    assert [each.split(":")[0] for each in result.out.splitlines()] == [
        "unused",
        "1 message unused, 0 translations of what the source lacks",
        "",
        "prompts/scene.j2",
        "1 hard-coded text",
    ]


def test_the_document_holds_what_was_looked_for(space):
    document = space.run("locales", "--stale", "--hardcoded", "--format", "json").json

    assert_valid("locales", document)
    assert document["stale"] == {"unused": [], "not_in_source": []}
    assert document["hardcoded"] == []


def test_warnings_of_the_project_are_told_on_stderr(space):
    space.write("locales/notes.json", "{}")

    result = space.run("locales")

    assert result.code == 0
    assert "notes" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stale", "banner"), "--stale looks at all pictures"),
        (("--stale", "--locale", "de"), "--stale looks at all pictures"),
        (("--extract", "x.po"), "--extract writes .pot and .json, not 'x.po'"),
        (("--extract", "-", "--stale"), "--extract writes messages and nothing else"),
        (("--extract", "-", "--hardcoded"), "--extract writes messages and nothing else"),
        (("--extract", "x.pot", "--format", "json"), "--extract writes messages and nothing else"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(space, arguments, words):
    result = space.run("locales", *arguments)

    assert result.code == 2
    assert words in result.err


@pytest.mark.parametrize("name", ["messages.pot", "messages.json"])
def test_messages_are_written_and_then_left_alone(space, name):
    result = space.run("locales", "--extract", name)

    assert (result.code, result.err, result.out) == (0, "", f"3 messages in use: {name}\n")
    path = space.root / name
    written = path.stat().st_mtime_ns
    assert space.run("locales", "--extract", name).code == 0
    assert path.stat().st_mtime_ns == written
    assert [each.name for each in space.root.glob(".messages*")] == []


def test_the_json_file_is_that_of_the_schema(space):
    space.run("locales", "--extract", "messages.json")

    assert_valid("messages", json.loads(space.read("messages.json")))


def test_a_minus_prints_a_pot(space):
    result = space.run("locales", "--extract", "-")

    assert 'msgid "banner.headline"\nmsgstr ""\n' in result.out
    space.run("locales", "--extract", "messages.pot")
    assert result.out == space.read("messages.pot")


@pytest.mark.parametrize("name", ["messages.pot", "messages.json"])
def test_an_older_extract_is_replaced(space, name):
    space.run("locales", "--extract", name)
    space.locale("en", headline="Other words", action="Buy", alt="Hills")

    assert space.run("locales", "--extract", name).code == 0
    assert "Other words" in space.read(name)


@pytest.mark.parametrize("name", ["messages.pot", "messages.json"])
def test_a_file_of_somebody_else_is_not_overwritten(space, name):
    space.write(name, '{"mine": true}')

    result = space.run("locales", "--extract", name)

    assert result.code == 2
    assert result.err == (
        f"assetforge: '{name}' is not from `assetforge locales` and is not overwritten; "
        "choose another name, or move the file away\n"
    )
    assert space.read(name) == '{"mine": true}'


def test_a_folder_that_is_not_there_is_told_in_one_line(space):
    result = space.run("locales", "--extract", "nowhere/messages.pot")

    assert result.code == 2
    assert "cannot be written: No such file or directory" in result.err


def test_a_write_that_is_cut_off_leaves_nothing_behind(space, monkeypatch):
    def refuse(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)

    assert space.run("locales", "--extract", "messages.pot").code == 2
    assert list(space.root.glob("*messages*")) == []


def test_a_pot_file_cannot_hold_one_id_of_two_catalogs(space):
    space.write(
        "assetforge.yaml",
        space.read("assetforge.yaml")
        + "  icon:\n    catalogs: icons/{locale}.json\n    matrix: {locale: [en]}\n"
        + "    steps: [{compose: An icon, copy: {name: banner.alt}}]\n"
        + "    output: out/{locale}.png\n",
    )
    space.write("icons/en.json", json.dumps({"banner.alt": "Icon"}))

    result = space.run("locales", "--extract", "messages.pot")

    assert result.code == 2
    assert "several catalogs have a message 'banner.alt'" in result.err
    assert "`assetforge locales banner --extract FILE`" in result.err
    assert space.run("locales", "icon", "--extract", "messages.pot").code == 0
    assert space.run("locales", "--extract", "messages.json").code == 0
