import pytest

from tests.cli import toy
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path).quick()
    space.build()
    return space


def edited(space: Space) -> Space:
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    return space


def test_a_change_of_words_is_shown_slot_by_slot_and_as_a_diff_of_the_prompt(space):
    result = edited(space).run("explain", "banner/wide/de")

    assert (result.code, result.err) == (0, "")
    assert_golden("explain.txt", result.out)


def test_hits_say_what_they_were_rendered_from(space):
    assert_golden("explain_hits.txt", space.run("explain", "banner/wide").out)


def test_what_was_never_built_says_so(tmp_path):
    out = Space(tmp_path).quick().run("explain", "banner/wide/de").out

    assert "  because never built\n" in out
    assert "wait  banner/wide/de/edit\n  waits for banner/wide/de/compose\n" in out


def test_another_provider_is_shown_field_by_field(space):
    space.write("assetforge.yaml", toy.TWO_PROFILES)

    with toy.installed():
        out = space.run("explain", "--profile", "toy", "banner/wide/de").out

    assert "  provider: blank -> toy\n" in out
    assert "  provider_version: 1 -> none\n" in out


def test_another_input_is_shown_by_its_digest(space):
    space.write("prompts/scene.j2", "A wild scene.\n")
    space.build("--locale", "en")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    assert_golden("explain_input.txt", space.run("explain", "banner/wide/de").out)


def test_a_step_that_gained_copy_shows_it_as_new(space):
    space.replace("assetforge.yaml", ", action: banner.action", ", more: banner.action")

    out = space.run("explain", "banner/wide/de").out

    assert "  copy.action: Buy de -> none\n" in out
    assert "  copy.more: none -> Buy de\n" in out


def test_the_document_has_fields_as_they_are(space):
    document = edited(space).run("explain", "--format", "json", "banner/wide/de").json

    assert_valid("explain", document)
    _, edit, export = document["actions"]
    assert edit["decision"] == "run"
    assert [each["field"] for each in edit["changes"]] == ["copy", "prompt"]
    assert "message banner.headline (de)" in edit["uses"]
    assert (export["decision"], export["key"], export["changes"]) == ("wait", None, [])


def test_what_many_variants_share_is_named_and_counted(tmp_path):
    space = Space(tmp_path).quick("en", "de", "fr", "sv", "da", "nl", "pl", "fi")

    out = space.run("explain", "banner/wide").out

    assert "  shared by 8 variants: banner/wide/da, " in out
    assert " and 2 more\n" in out


def test_a_template_that_was_looked_for_in_vain_is_named(space):
    space.write("prompts/scene.j2", "{% include 'prompts/extra.j2' ignore missing %}A scene.\n")

    out = space.run("explain", "banner/wide").out

    assert "extra.j2 (absent)" in out
