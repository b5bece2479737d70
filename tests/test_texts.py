"""Which catalogs and locales each asset has."""

import pytest

from assetforge.errors import InvalidSource
from assetforge.project import open_project
from assetforge.texts import all_catalogs
from tests.space import Space

TWO = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}}
assets:
  a: {matrix: {locale: all}, steps: [{compose: "{{ t('x') }}"}], output: "a/{locale}.png"}
  b: {matrix: {locale: all}, steps: [{compose: "{{ t('x') }}"}], output: "b/{locale}.png"}
  c:
    matrix: {locale: all}
    steps: [{compose: "{{ t('x') }}"}]
    output: "c/{locale}.png"
    catalogs: "own/{locale}.json"
"""


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", TWO)
    for each in ("en", "de"):
        space.write(f"locales/{each}.json", '{"x": "shared"}')
    for each in ("en", "fr", "ja"):
        space.write(f"own/{each}.json", '{"x": "own"}')
    return space


def texts(space: Space):
    return open_project(space.root / "assetforge.yaml").texts


def errors(space: Space) -> str:
    with pytest.raises(InvalidSource) as caught:
        open_project(space.root / "assetforge.yaml")
    return str(caught.value)


def test_assets_share_the_catalogs_of_the_pipeline_or_have_their_own(space):
    found = texts(space)

    assert {name: each.locales for name, each in found.items()} == {
        "a": ("de", "en"),
        "b": ("de", "en"),
        "c": ("en", "fr", "ja"),
    }
    assert found["a"] is found["b"]
    assert all_catalogs(found) == [found["a"].catalogs, found["c"].catalogs]


def test_targets_are_the_locales_in_their_order(space):
    space.replace("assetforge.yaml", "source: en,", "source: en, targets: [en, de],")
    space.replace("assetforge.yaml", '"own/', '"locales/')

    assert texts(space)["a"].locales == ("en", "de")


def test_a_target_that_no_catalog_serves_is_located(space):
    space.replace("assetforge.yaml", "source: en,", "source: en, targets: [en, de, jaa, '!'],")

    found = errors(space)

    assert "assetforge.yaml:2:41: no catalog has texts for locale 'jaa'" in found
    assert "there are: de, en" in found
    assert "no catalog has texts for locale '!'" in found
    assert "did you mean 'ja'?" in found


def test_a_region_of_a_language_is_served_by_the_language(space):
    space.replace("assetforge.yaml", "source: en,", "source: en, targets: [en-GB],")

    assert texts(space)["c"].locales == ("en-GB",)


def test_a_source_locale_that_is_none_is_located(space):
    space.replace("assetforge.yaml", "source: en,", "source: qqqqq,")

    found = errors(space)

    assert "assetforge.yaml:2:19: 'qqqqq' is no locale" in found


def test_every_wrong_pattern_is_told(space):
    space.replace("assetforge.yaml", '"locales/{locale}.json"', '"locales/{locale}.jsn"')
    space.replace("assetforge.yaml", '"own/{locale}.json"', '"own/texts.json"')

    found = errors(space)

    assert "assetforge.yaml:2:33: " in found
    assert "assetforge.yaml:11:15: " in found
    assert "did you mean 'json'?" in found


def test_without_catalogs_any_locale_may_be_a_target(space):
    """Fixed texts and the names of locales need no catalog."""
    space.write(
        "assetforge.yaml",
        "version: 1\nlocales: {source: en, targets: [en, ja]}\n"
        "profiles: {blank: {provider: blank}}\n"
        "assets:\n  a:\n    matrix: {locale: all}\n"
        "    steps: [{compose: 'A flag of {{ locale.name }}.', copy: {x: {text: Hi}}}]\n"
        "    output: '{locale}.png'\n",
    )

    assert space.run("check").out == "2 actions, 2 pictures: no errors\n"


def test_an_asset_may_have_catalogs_where_the_pipeline_has_none(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n  a:\n"
        "    catalogs: own/{locale}.json\n    steps: [{compose: \"{{ t('x') }}\"}]\n"
        "    output: 'a.png'\n"
        "  b: {steps: [{compose: x}], output: 'b.png'}\n",
    )

    assert "own" in space.run("render", "a").out
    assert list(texts(space)) == ["a"]


CUSTOM = """\
locales:
  source: en
  catalogs: "locales/{locale}.json"
  custom: {pirate: {like: en, name: Pirate}, kab-KAB: {like: kab}}
  fallback: {fr: [pirate, en]}
"""


def test_declared_locales_are_found_in_file_names(space):
    space.replace(
        "assetforge.yaml", 'locales: {source: en, catalogs: "locales/{locale}.json"}\n', CUSTOM
    )
    for each in ("pirate", "kab-KAB"):
        space.write(f"locales/{each}.json", '{"x": "Arr"}')
    project = open_project(space.root / "assetforge.yaml")

    assert project.texts["a"].locales == ("de", "en", "kab-KAB", "pirate")
    assert project.locales.parse("pirate").name == "Pirate"
    assert project.texts["a"].catalogs.serves("fr")


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("like: en,", "like: klingonisch,", "5:20", "'klingonisch' is no locale"),
        ("pirate: {", "en-XA: {", "5:19", "'en-XA' is a pseudo-locale"),
        ("kab-KAB: {like: kab}", "Pirate: {like: kab}", "5:11", "'Pirate' and 'pirate'"),
        ("fr: [pirate, en]", "fr: [pirat]", "6:18", "'pirat' is no locale"),
        ("fr: [pirate, en]", "iw: he, he: en", "6:13", "are one locale"),
        ("fr: [pirate, en]", "fr: [en, zz]", "6:23", "no catalog has texts for locale 'zz'"),
        ("fr: [pirate, en]", "fr: zz", "6:18", "which is to stand in for 'fr'"),
    ],
)
def test_what_is_wrong_with_declared_locales_is_located(space, old, new, place, words):
    space.replace(
        "assetforge.yaml", 'locales: {source: en, catalogs: "locales/{locale}.json"}\n', CUSTOM
    )
    space.replace("assetforge.yaml", old, new)

    with pytest.raises(InvalidSource) as caught:
        open_project(space.root / "assetforge.yaml")

    (problem,) = caught.value.diagnostics
    assert words in problem.message
    assert str(problem.place).startswith(f"assetforge.yaml:{place}")
