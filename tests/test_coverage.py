"""How the texts of each asset stand in each locale, also where no picture could be built."""

import json

import pytest

from assetforge.coverage import STATES, Coverage, coverage, is_complete, look_at
from assetforge.errors import NothingSelected
from assetforge.planner import Selection
from assetforge.project import open_project
from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  catalogs: locales/{locale}.json
profiles: {blank: {provider: blank}}
vars: {brand: Nordlys}
assets:
  banner:
    matrix:
      format: {wide: {size: 1200x628}, tall: {size: 600x900}}
      locale: all
    steps:
      - compose: A calm scene.
      - edit: Set {{ copy.headline|quoted }} and {{ t('claim') }}.
        copy:
          headline: {message: headline, max_length: 12}
          note: {text: Since 1999}
    output: out/{locale}/{format}.png
    alt: alt
"""

ENGLISH = {"headline": "Summer sale", "claim": "By {brand}", "alt": "Hills"}


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    return texts(space, "en", **ENGLISH)


def texts(space: Space, locale: str, **messages: object) -> Space:
    space.write(f"locales/{locale}.json", json.dumps(messages))
    return space


def covered(space: Space, *selectors: str, locales: tuple[str, ...] = ()) -> dict[str, Coverage]:
    project = open_project(space.root / "assetforge.yaml")
    found = coverage(look_at(project, Selection(selectors, locales)))
    return {each.locale.id: each for each in found}


def test_a_locale_with_all_texts_of_its_own_is_complete(space):
    texts(space, "de", headline="Sommer", claim="Von {brand}", alt="Hügel")

    found = covered(space)

    assert found["de"].state == "complete"
    assert found["de"].origins == {"headline": "own", "claim": "own", "alt": "own"}
    assert (found["de"].details, found["de"].suppliers) == ((), {})
    assert is_complete(found.values())


def test_a_text_of_a_parent_is_inherited_and_names_its_supplier(space):
    texts(space, "pt", headline="Verão", claim="De {brand}", alt="Montes")
    texts(space, "pt-BR", headline="Saldos")

    found = covered(space)["pt-BR"]

    assert found.state == "complete"
    assert found.origins == {"headline": "own", "claim": "inherited", "alt": "inherited"}
    assert found.suppliers == {"pt": 2}


def test_what_is_missing_is_told_once_for_all_formats_with_who_asks_and_what_was_tried(space):
    texts(space, "pt", alt="Montes", claim="De {brand}")
    texts(space, "pt-BR", alt="Montes")

    found = covered(space)["pt-BR"]

    assert (found.state, found.count("missing"), found.count("own")) == ("missing", 1, 1)
    (detail,) = found.details
    assert (detail.fault, detail.message, detail.step, detail.slot) == (
        "missing",
        "headline",
        "edit",
        "headline",
    )
    assert detail.tried == ("pt-BR", "pt")
    assert str(detail.place) == "assetforge.yaml:16:21"
    assert (detail.found_at, detail.supplier) == (None, "")


def test_a_message_that_no_catalog_has_is_missing_everywhere_and_the_nearest_is_named(space):
    space.replace("assetforge.yaml", "message: headline", "message: headlin")

    (detail,) = covered(space)["en"].details

    assert detail.fault == "missing"
    assert detail.words == "no catalog has it; did you mean 'headline'?"


@pytest.mark.parametrize(
    ("policy", "state", "supplier", "words"),
    [
        ("error", "missing", "", "it has no text"),
        ("skip", "missing", "", "it has no text: the picture is left out"),
        ("fallback", "fallback", "en", "it has no text: the whole picture is shown in 'en'"),
        ("mix", "fallback", "en", "is shown in 'en'"),
    ],
)
def test_a_policy_decides_what_becomes_of_a_missing_text(space, policy, state, supplier, words):
    space.replace("assetforge.yaml", "  source: en", f"  source: en\n  missing: {policy}")
    texts(space, "de", headline="Sommer", claim="Von {brand}")

    found = covered(space)["de"]

    assert found.state == state
    assert found.origins == {"headline": "own", "claim": "own", "alt": state}
    (detail,) = found.details
    assert (detail.supplier, detail.words) == (supplier, words)
    assert found.suppliers == ({supplier: 1} if supplier else {})


def test_a_locale_named_as_fallback_stands_in_only_if_it_has_every_text(space):
    space.replace("assetforge.yaml", "  source: en", "  source: en\n  fallback: {uk: [ru, pl]}")
    texts(space, "uk", headline="Літо")
    texts(space, "ru", headline="Лето")
    texts(space, "pl", headline="Lato", claim="Od {brand}", alt="Góry")

    found = covered(space)["uk"]

    assert found.state == "fallback"
    assert found.suppliers == {"pl": 2}


def test_a_text_that_is_missing_for_one_format_only_counts_as_missing(space):
    space.replace("assetforge.yaml", "message: headline", 'message: "headline-{format}"')
    english = {"headline-wide": "Sale", "headline-tall": "Sale"}
    texts(space, "en", **english, claim="x", alt="y")
    texts(space, "de", **{"headline-wide": "Sommer"}, claim="x", alt="y")

    found = covered(space)["de"]

    assert found.origins["headline-tall"] == "missing"
    assert found.origins["headline-wide"] == "own"


def test_the_worst_of_two_formats_counts(space):
    """The wide picture falls back as a whole; the tall one has no stand-in and is missing."""
    space.replace("assetforge.yaml", "  source: en", "  source: en\n  fallback: {uk: ru}")
    space.replace(
        "assetforge.yaml",
        "{{ t('claim') }}",
        "{{ t('claim') }} {{ t('extra') if format == 'tall' }}",
    )
    texts(space, "en", **ENGLISH, extra="More")
    texts(space, "uk", headline="Літо", alt="Гори")
    texts(space, "ru", **ENGLISH)

    found = covered(space)["uk"]

    assert found.origins == {
        "headline": "own",
        "claim": "missing",
        "extra": "missing",
        "alt": "own",
    }


@pytest.mark.parametrize("shown", [True, False])
def test_a_fuzzy_text_is_fuzzy_whether_it_is_shown_or_not(space, shown):
    if shown:
        space.replace("assetforge.yaml", "  source: en", "  source: en\n  use_fuzzy: true")
    texts(space, "de", claim="Von {brand}", alt="Hügel")
    both = "['locales/{locale}.json', 'locales/{locale}.po']"
    space.replace("assetforge.yaml", "locales/{locale}.json", both)
    space.write("locales/de.po", '#, fuzzy\nmsgid "headline"\nmsgstr "Sommer"\n')

    found = covered(space)["de"]

    assert (found.state, found.count("fuzzy")) == ("fuzzy", 1)
    (detail,) = found.of("fuzzy")
    assert (detail.found_at is not None, detail.supplier) == (shown, "de" if shown else "")
    assert detail.words == "its translator is not sure"


def test_a_text_over_its_budget_is_told_with_the_place_of_the_text(space):
    texts(space, "de", headline="Sommerschlussverkauf", claim="Von {brand}", alt="Hügel")

    found = covered(space)["de"]

    assert (found.state, found.faulty("too-long"), found.count("own")) == ("too-long", 1, 3)
    (detail,) = found.details
    assert str(detail.found_at).startswith("locales/de.json:1:")
    assert detail.words == "has 20 graphemes, 8 more than the 12"


def test_a_fixed_text_over_its_budget_is_told_with_its_place_in_the_pipeline_file(space):
    space.replace(
        "assetforge.yaml", "note: {text: Since 1999}", "note: {text: Since, max_words: 1}"
    )
    space.write(
        "assetforge.yaml",
        space.read("assetforge.yaml")
        + "    overrides:\n      de: {copy: {note: {text: Seit langer Zeit, max_words: 1}}}\n",
    )
    texts(space, "de", **ENGLISH)

    found = covered(space)

    assert found["en"].state == "complete"
    (detail,) = found["de"].details
    assert (detail.message, detail.slot, detail.words) == (
        "",
        "note",
        "has 3 words, 2 more than the 1",
    )
    assert detail.place.line == 21


def test_an_asset_counts_a_text_that_is_too_long_in_two_ways_once(space):
    space.replace("assetforge.yaml", "max_length: 12", "max_length: 12, max_words: 1")
    texts(space, "de", headline="Sommer Schlussverkauf", claim="Von {brand}", alt="Hügel")

    found = covered(space)["de"]

    assert (len(found.details), found.faulty("too-long")) == (2, 1)


def test_placeholders_that_differ_from_the_source_are_a_state_and_no_error(space):
    texts(space, "de", headline="Sommer", claim="Von {asset}", alt="Hügel")

    found = covered(space)["de"]

    assert (found.state, found.faulty("mismatched")) == ("mismatched", 1)
    assert [each.words for each in found.details] == [
        "lacks '{brand}', which the source text has",
        "has '{asset}', which the source text lacks",
    ]


def test_a_plural_form_that_is_lacking_is_told_and_the_state_stays(space):
    icu = "[{path: 'locales/{locale}.json', syntax: icu}]"
    space.replace("assetforge.yaml", "locales/{locale}.json", icu)
    space.replace("assetforge.yaml", "vars: {brand", "vars: {n: 3, brand")
    forms = "{n, plural, one {# day} other {# days}}"
    texts(space, "en", headline=forms, claim="x", alt="y")
    texts(space, "pl", headline=forms, claim="x", alt="y")

    found = covered(space)["pl"]

    assert (found.state, found.faulty("plural-form")) == ("complete", 1)
    assert found.details[0].words == "lacks the plural form 'few', for such as 2"


def test_a_pseudo_locale_that_is_asked_for_needs_no_translation(space):
    found = covered(space, locales=("ar-XB",))

    assert list(found) == ["ar-XB"]
    assert found["ar-XB"].origins == {"headline": "own", "claim": "own", "alt": "own"}


def test_an_asset_without_locales_stands_in_the_source_locale(space):
    space.replace("assetforge.yaml", "      locale: all\n", "")
    space.replace("assetforge.yaml", "out/{locale}/", "out/")

    assert list(covered(space)) == ["en"]


def test_an_asset_that_asks_for_no_text_and_has_no_locale_is_left_out(space):
    space.write(
        "assetforge.yaml",
        space.read("assetforge.yaml")
        + "  mascot: {steps: [{compose: A dog}], output: out/mascot.png}\n",
    )
    project = open_project(space.root / "assetforge.yaml")

    assert [each.asset for each in coverage(look_at(project, Selection()))] == ["banner"]


def test_what_is_wrong_besides_the_texts_is_told_all_together(space):
    space.replace("assetforge.yaml", "A calm scene.", "A {{ calm }} scene.")
    texts(space, "en", headline="By {nobody}", claim="x", alt="y")
    texts(space, "de", headline="By {nobody}", claim="{odd}", alt="y")
    project = open_project(space.root / "assetforge.yaml")

    problems = look_at(project, Selection()).problems

    assert [each.code for each in problems] == [
        "undefined-variable",
        "unknown-placeholder",
        "unknown-placeholder",
    ]


def test_a_selector_that_matches_nothing_is_told(space):
    with pytest.raises(NothingSelected):
        covered(space, "poster")


def test_the_states_are_ordered_from_good_to_bad():
    assert STATES == ("complete", "fallback", "fuzzy", "too-long", "mismatched", "missing")
