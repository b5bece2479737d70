import pytest

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats import arb
from assetforge.errors import InvalidSource


@pytest.fixture
def read(tmp_path):
    def read(text, locale="de", syntax=""):
        path = tmp_path / "app.arb"
        path.write_text(text, encoding="utf-8")
        return arb.read(path, "app.arb", locale, syntax)

    return read


@pytest.fixture
def damage(read):
    """Return the problems of a text, one line each."""

    def damage(text, locale="de"):
        with pytest.raises(InvalidSource) as raised:
            read(text, locale)
        return [str(problem) for problem in raised.value.diagnostics]

    return damage


def test_descriptions_are_comments_and_other_attributes_are_skipped(read):
    text = """{"@@locale": "de", "@@last_modified": "now",
 "title": "Hallo", "@title": {"description": "The headline", "placeholders": {"x": {"a": [1]}}},
 "@gone": {}, "plain": null}"""

    content = read(text)

    assert content.own == {
        "title": Message("Hallo", 2, 11, 7, "", "The headline"),
        "plain": Message("", 3, 24, 4, "empty"),
    }
    assert content.warnings == ()


def test_texts_are_icu_unless_the_pipeline_file_says_otherwise(read):
    text = '{"a": "It\'\'s {n, plural, other {# x}}"}'

    assert not isinstance(read(text).own["a"].value, str)
    assert read(text, syntax="plain").own["a"].value == "It''s {n, plural, other {# x}}"


def test_the_file_gives_the_locale_where_the_path_names_none(read):
    assert list(read('{"@@locale": "de_AT", "a": "b"}', locale="").others) == ["de_AT"]


@pytest.mark.parametrize("inner", ["de-AT", "DE_at"])
def test_two_spellings_of_a_locale_agree(read, inner):
    assert read(f'{{"@@locale": "{inner}"}}', locale="de_AT").warnings == ()


@pytest.mark.parametrize("inner", ["fr", "no language"])
def test_a_locale_that_contradicts_the_path_is_warned_of(read, inner):
    content = read(f'{{"a": "x",\n "@@locale": "{inner}"}}')

    (warning,) = content.warnings
    assert str(warning).startswith(f"app.arb:2:14: the file says it is of locale '{inner}', its")
    assert list(content.own) == ["a"]


@pytest.mark.parametrize("text", ['{"a": "x"}', '{"@@locale": "", "a": "x"}'])
def test_a_file_whose_locale_nothing_names_is_refused(damage, text):
    (problem,) = damage(text, "")

    assert problem.startswith("app.arb:1:1: neither the path nor the file names a locale; add")


def test_all_problems_are_reported_in_one_run(damage):
    assert [
        problem[:40] for problem in damage('{"a": ["x"], "b": true,\n "c": "x", "c": "y"}')
    ] == [
        "app.arb:1:8: message 'a' is no text; wri",
        "app.arb:1:19: message 'b' is no text; wr",
        "app.arb:2:12: key 'c' is there twice",
    ]
