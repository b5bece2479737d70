import pytest

from tests.space import QUICK, Space

WITHOUT = QUICK.replace("    alt: banner.alt\n", "")


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def found(space, *arguments):
    result = space.run("check", "--format", "json", *arguments)
    return [each for each in result.json["diagnostics"] if "alt" in each["code"]]


def test_texts_that_can_be_listened_to_are_fine(space):
    assert found(space) == []


def test_an_asset_without_an_alt_text_is_told_once_where_it_is_written(space):
    space.quick(pipeline=WITHOUT)

    (only,) = found(space)

    assert (only["code"], only["severity"]) == ("no-alt", "warning")
    assert only["message"] == "'banner' has no alt text"
    assert (only["file"], only["line"], only["column"]) == ("assetforge.yaml", 8, 3)


def test_an_ornament_needs_none(space):
    space.quick(pipeline=WITHOUT + "    alt: {text: ''}\n")

    assert found(space) == []


def test_an_alt_text_that_some_variants_have_is_for_those(space):
    space.quick(pipeline=WITHOUT + "    overrides: {de: {alt: banner.alt}}\n")

    (only,) = found(space)

    assert (only["code"], only["label"]) == ("empty-alt", "en")
    assert only["line"] == 8


def test_a_locale_that_lacks_the_message_is_an_error_and_no_warning_besides(space):
    space.locale("de", headline="Los", action="Los")

    result = space.run("check")

    assert result.code == 2
    assert "locale 'de' has no message 'banner.alt'" in result.err
    assert "-alt]" not in result.err


def test_a_text_of_blanks_is_missing_like_any_other(space):
    space.locale("de", headline="Los", action="Los", alt="  ")

    result = space.run("check")

    assert result.code == 2
    assert "banner.alt" in result.err


@pytest.mark.parametrize(("length", "told"), [(250, []), (251, ["de"])])
def test_a_text_that_is_read_out_too_long_is_told(space, length, told):
    space.locale("de", headline="Los", action="Los", alt="ä" * length)

    assert [each["label"] for each in found(space) if each["code"] == "long-alt"] == told
    assert found(space, "--locale", "en") == []
