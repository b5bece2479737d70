"""Which messages the pictures use, and which nobody does."""

import json

import pytest

from assetforge.coverage import look_at
from assetforge.extraction import MessageInUse, Stale, messages_in_use, stale_messages
from assetforge.length import Length
from assetforge.planner import Selection
from assetforge.project import open_project
from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  catalogs: locales/{locale}.json
  missing: fallback
profiles: {blank: {provider: blank}}
assets:
  banner:
    matrix:
      format: {wide: {size: 1200x628}, tall: {size: 600x900}}
      locale: all
    steps:
      - compose: A calm scene.
      - edit: Set {{ copy.headline|quoted }} and {{ t('claim') }}.
        copy:
          headline: {message: "sale.{format}", max_length: 30, max_lines: 2}
          action: {message: claim, max_words: 1}
    output: out/{locale}/{format}.png
    alt: claim
"""

ENGLISH = {"sale.wide": "Sale", "sale.tall": "Sale", "claim": "Go", "old": "Gone", "odd": ""}


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    texts(space, "de", {**ENGLISH, "extra": "Mehr"})
    return texts(space, "en", ENGLISH)


def texts(space: Space, locale: str, messages: dict[str, str]) -> Space:
    space.write(f"locales/{locale}.json", json.dumps(messages))
    return space


def look(space: Space, *selectors: str):
    return look_at(open_project(space.root / "assetforge.yaml"), Selection(selectors))


def used(space: Space, *selectors: str) -> dict[str, MessageInUse]:
    return {each.id: each for each in messages_in_use(look(space, *selectors))}


def stale(space: Space) -> Stale:
    return stale_messages(look(space))


def test_ids_with_an_axis_in_them_are_those_that_the_variants_ask_for(space):
    assert list(used(space)) == ["claim", "sale.tall", "sale.wide"]


def test_a_selector_leaves_out_what_others_use(space):
    assert list(used(space, "banner/wide")) == ["claim", "sale.wide"]


def test_a_message_knows_every_use_with_its_bounds_and_the_sizes_of_the_pictures(space):
    message = used(space)["claim"]

    assert [(each.asset, each.step, each.slot) for each in message.uses] == [
        ("banner", "edit", "action"),
        ("banner", "edit", ""),
        ("banner", "", ""),
    ]
    assert {each.sizes for each in message.uses} == {("1200x628", "600x900")}
    assert [each.words for each in message.limits] == ["1 word"]
    assert message.source
    assert message.source.message.value == "Go"


def test_limits_of_a_slot_and_of_the_catalog_are_all_there(space):
    space.replace("assetforge.yaml", "locales/{locale}.json", "locales.csv")
    space.write(
        "locales.csv",
        "key,comment,max_length,en,de\n"
        "sale.wide,,25,Sale,Aus\nsale.tall,,,Sale,Aus\nclaim,Be short,,Go,Los\n",
    )

    found = used(space)

    assert found["sale.wide"].limits[0] == Length(30)
    assert [each.words for each in found["sale.wide"].limits] == [
        "30 graphemes",
        "2 lines",
        "25 characters",
    ]
    assert found["claim"].comment == "Be short"


@pytest.mark.parametrize(
    ("step", "sizes"),
    [
        ("- export: {sizes: [60x30, 30x30]}", ("60x30", "30x30")),
        ("- export: {formats: [webp]}", ("1200x628",)),
    ],
)
def test_exported_sizes_are_the_final_ones(space, step, sizes):
    space.replace("assetforge.yaml", "    output: out", f"      {step}\n    output: out")
    space.replace("assetforge.yaml", "{format}.png", "{format}-{size}.{ext}")

    assert used(space, "banner/wide")["claim"].uses[0].sizes == sizes


def test_an_override_gives_a_size_where_the_matrix_has_none(space):
    space.replace("assetforge.yaml", "{wide: {size: 1200x628}, tall: {size: 600x900}}", "[wide]")
    space.write(
        "assetforge.yaml", space.read("assetforge.yaml") + "    overrides: {de: {size: 80x20}}\n"
    )

    assert used(space)["claim"].uses[0].sizes == ("80x20",)


def test_a_message_that_the_source_lacks_is_in_use_all_the_same(space):
    space.replace("assetforge.yaml", "alt: claim", "alt: extra")

    message = used(space)["extra"]

    assert (message.source, message.limits) == (None, ())


def referring(space: Space) -> Space:
    """A message that shows another, which shows a third."""
    catalog = "[{path: 'locales/{locale}.json', syntax: i18next}]"
    space.replace("assetforge.yaml", "locales/{locale}.json", catalog)
    space.replace("assetforge.yaml", '"sale.{format}"', "sale")
    texts(space, "de", {"sale": "x", "claim": "y"})
    return texts(
        space,
        "en",
        {"sale": "$t(brand) sale", "brand": "The $t(name)", "name": "Dog", "claim": "$t(name)"},
    )


def test_a_message_that_others_show_is_in_use_and_names_them(space):
    found = used(referring(space))

    assert (found["name"].uses, found["name"].inside) == ((), ("brand", "claim"))
    assert found["brand"].inside == ("sale",)


def test_a_message_that_is_shown_inside_others_is_not_stale(space):
    assert stale(referring(space)).unused == ()


def test_what_no_picture_uses_is_told_with_its_place_and_how_often_it_is_translated(space):
    found = stale(space)

    assert [(each.id, each.locales) for each in found.unused] == [("old", 1), ("odd", 0)]
    assert str(found.unused[0].place).startswith("locales/en.json:1:")


def test_a_translation_of_what_the_source_lacks_is_told(space):
    (found,) = stale(space).orphans

    assert (found.id, found.locale) == ("extra", "de")


@pytest.mark.parametrize("catalogs", ["locales/{locale}.ftl", "{app: 'locales/{locale}.ftl'}"])
def test_terms_of_fluent_are_every_locales_own_business(space, catalogs):
    pytest.importorskip("fluent.syntax")
    space.replace("assetforge.yaml", "locales/{locale}.json", catalogs)
    space.write("locales/en.ftl", "-brand = Nordlys\nclaim = By { -brand }\n")
    space.write(
        "locales/de.ftl", "-brand = Nordlys\n    .gender = neuter\n-club = Klub\nodd = Rest\n"
    )

    assert [each.id.removeprefix("app.") for each in stale(space).orphans] == ["odd"]


def test_texts_of_a_source_that_is_spelled_otherwise_are_no_translations(space):
    (space.root / "locales" / "en.json").rename(space.root / "locales" / "en-US.json")

    assert [(each.id, each.locales) for each in stale(space).unused if each.locales] == [("old", 1)]


def test_ids_that_are_source_texts_are_messages_of_the_source(space):
    space.replace("assetforge.yaml", "locales/{locale}.json", "locales/{locale}.po")
    space.replace("assetforge.yaml", '"sale.{format}"', "Big sale")
    space.replace("assetforge.yaml", "alt: claim", "alt: Big sale")
    space.replace("assetforge.yaml", "message: claim", "message: Big sale")
    space.replace("assetforge.yaml", "t('claim')", "t('Big sale')")
    space.write(
        "locales/de.po",
        'msgid "Big sale"\nmsgstr "Ausverkauf"\n\nmsgid "Not shown"\nmsgstr "Nie"\n',
    )

    found = stale(space)

    assert [(each.id, each.locales) for each in found.unused] == [("Not shown", 1)]
    assert found.orphans == ()


def test_messages_of_two_catalogs_with_one_id_are_two_messages(space):
    space.write(
        "assetforge.yaml",
        space.read("assetforge.yaml")
        + "  icon:\n    catalogs: icons/{locale}.json\n    matrix: {locale: [en]}\n"
        + "    steps: [{compose: An icon, copy: {name: claim}}]\n    output: out/{locale}.png\n",
    )
    space.write("icons/en.json", json.dumps({"claim": "Icon"}))

    found = [each for each in messages_in_use(look(space)) if each.id == "claim"]

    assert [each.source.message.value for each in found if each.source] == ["Go", "Icon"]
    assert [each.uses[0].asset for each in found] == ["banner", "icon"]
