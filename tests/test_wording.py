"""The texts of one variant: values in them, what they are made from, what is wrong with them."""

import json
from collections.abc import Mapping

import pytest

from assetforge.planner import all_variants
from assetforge.project import open_project
from assetforge.rendered import RenderedVariant
from assetforge.rendering import VariantRenderer
from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  catalogs: {path: "l/{locale}.json", syntax: icu}
  %s
vars: {count: 3, price: 19.9, who: Ada, nested: {a: 1}}
profiles: {blank: {provider: blank}}
assets:
  banner:
    matrix: {locale: [%s]}
    steps:
      - compose: A scene.
        copy: {headline: %s}
    output: out/{locale}.png
"""


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def render(
    space: Space,
    locale: str,
    texts: Mapping[str, object],
    slot: str = "title",
    more: str = "missing: error",
) -> RenderedVariant:
    for each, messages in texts.items():
        space.write(f"l/{each}.json", json.dumps(messages, ensure_ascii=False))
    space.write("assetforge.yaml", PIPELINE % (more, locale, slot))
    project = open_project(space.root / "assetforge.yaml")
    (variant,) = all_variants(project)
    return VariantRenderer(project).render(variant)


def text(result: RenderedVariant) -> str:
    assert not result.problems
    assert not result.missing
    return result.steps[0].copy["headline"]


def codes(result: RenderedVariant) -> list[str]:
    return [each.code for each in (*result.problems, *result.warnings)]


PLURAL = {
    "en": {"title": "{count, plural, one {# day} other {# days}} left, {who}"},
    "pl": {"title": "{who}: {count, plural, one {# dzień} few {# dni} many {# dni!} other {#}}"},
    "de": {"title": "Nur {price, number} an {count, plural, one {# Tag} other {# Tagen}}, {who}"},
}


def test_the_plural_form_is_that_of_the_locale_that_supplied_the_text(space):
    assert text(render(space, "pl", PLURAL)) == "Ada: 3 dni"
    assert text(render(space, "en-GB", PLURAL)) == "3 days left, Ada"


def test_numbers_are_written_as_in_the_locale_that_is_shown(space):
    texts = {"en": {"title": "{price, number}"}, "de": {"title": "{price, number}"}}

    assert text(render(space, "de", texts)) == "19,9"
    assert text(render(space, "de-CH", texts)) == "19.9"


def test_the_variables_that_a_text_takes_are_noted(space):
    result = render(space, "en", PLURAL)

    assert result.steps[0].used.variables == {"vars.count", "vars.who"}
    assert result.steps[0].messages == {("en", "title")}


def test_a_translation_that_takes_other_values_is_refused_at_both_places(space):
    (problem,) = render(space, "de", PLURAL).problems

    assert problem.code == "placeholder-mismatch"
    assert "'title' in 'de' has '{price}', which the source text has not" in problem.message
    assert (str(problem.place), str(problem.related[0][0])) == ("l/de.json:1:11", "l/en.json:1:11")


def test_a_translation_that_leaves_a_value_out_is_refused(space):
    texts = {"en": {"title": "{price} off"}, "de": {"title": "Billig"}}

    (problem,) = render(space, "de", texts).problems

    assert problem.message == "message 'title' in 'de' lacks '{price}'"


def test_a_plural_form_that_a_language_has_and_the_text_lacks_is_a_warning(space):
    texts = {"en": PLURAL["en"], "ru": {"title": "{count, plural, one {#} other {# дней}} {who}"}}

    result = render(space, "ru", texts)

    assert text(result) == "3 дней Ada"
    assert [each.message for each in result.warnings] == [
        "message 'title' has no plural form 'few' for 'ru'",
        "message 'title' has no plural form 'many' for 'ru'",
    ]


def test_a_value_of_the_wrong_kind_is_told_where_the_text_is(space):
    texts = {"en": {"title": "{who, plural, other {#}}"}}

    (problem,) = render(space, "en", texts).problems

    assert (problem.code, str(problem.place)) == ("message-value", "l/en.json:1:11")
    assert "message 'title' cannot be shown: the value of '{who}' does not fit" in problem.message


def test_nested_variables_are_no_values(space):
    (problem,) = render(space, "en", {"en": {"title": "{nested}"}}).problems

    assert problem.code == "unknown-placeholder"


def test_text_of_another_region_is_shown_with_a_warning(space):
    texts = {"en": {"title": "x"}, "pt-BR": {"title": "Olá"}, "es": {"title": "Hola"}}

    result = render(space, "pt-PT", texts)

    assert text(result) == "Olá"
    (warning,) = result.warnings
    assert warning.message == ("locale 'pt-PT' shows texts of 'pt-BR', which are of another region")
    assert not render(space, "es-MX", texts).warnings


def test_a_missing_text_is_mixed_in_where_that_is_asked_for(space):
    texts = {"en": {"title": "Hello", "x": "x"}, "de": {"x": "x"}}

    result = render(space, "de", texts, more="missing: mix")
    by_slot = render(space, "de", texts, slot="{message: title, missing: mix}")
    not_asked = render(space, "de", texts)

    assert text(result) == text(by_slot) == "Hello"
    assert codes(result) == codes(by_slot) == ["fallback"]
    assert result.steps[0].messages == {("en", "title")}
    assert result.steps[0].absent == {("de", "title")}
    assert [each.message for each in not_asked.missing] == ["title"]


def test_a_declared_fallback_is_mixed_in_before_the_source_text(space):
    texts = {"en": {"title": "Hello"}, "zh-Hant": {"title": "你好"}, "yue": {}}
    more = "missing: mix\n  fallback: {yue: zh-Hant}"

    assert text(render(space, "yue", texts, more=more)) == "你好"


def test_a_text_that_is_too_long_is_told_at_the_text_with_its_slot(space):
    texts = {"en": {"title": "A long headline"}, "de": {"title": "Kurz"}}
    slot = "{message: title, max_length: 10 characters, max_words: 2}"

    result = render(space, "en", texts, slot=slot)

    assert [each.message for each in result.too_long] == [
        "message 'title' in 'en' has 15 characters, 5 more than the 10 of slot 'headline'",
        "message 'title' in 'en' has 3 words, 1 more than the 2 of slot 'headline'",
    ]
    assert str(result.too_long[0].place) == "l/en.json:1:11"
    assert str(result.too_long[0].related[0][0]).startswith("assetforge.yaml:13:26")
    assert not render(space, "de", texts, slot=slot).too_long


def test_the_text_is_measured_with_its_values_in_it(space):
    texts = {"en": {"title": "{who}{who}"}}

    assert render(space, "en", texts, slot="{message: title, max_length: 5}").too_long
    assert not render(space, "en", texts, slot="{message: title, max_length: 6}").too_long


def test_a_fixed_text_has_bounds_too(space):
    (problem,) = render(space, "en", {"en": {}}, slot="{text: Hello, max_length: 4}").too_long

    assert (
        problem.message == "the text in 'en' has 5 graphemes, 1 more than the 4 of slot 'headline'"
    )


def test_words_that_cannot_be_counted_are_told_once(space):
    texts = {"en": {"title": "x"}, "ja": {"title": "大売り出し"}}

    result = render(space, "ja", texts, slot="{message: title, max_words: 1}")

    assert codes(result) == ["words-not-counted"]


def test_another_message_is_shown_inside_one_in_its_locale(space):
    space.write("assetforge.yaml", "")
    texts = {
        "en": {"title": "Meet $t(brand)", "brand": "Nordlys"},
        "de": {"title": "Das ist $t(brand)", "brand": "Nordlicht"},
        "fr": {"title": "Voici $t(brand)"},
    }
    more = "missing: error"

    def i18next(locale: str) -> RenderedVariant:
        render(space, locale, texts, more=more)
        space.replace("assetforge.yaml", "syntax: icu", "syntax: i18next")
        project = open_project(space.root / "assetforge.yaml")
        (variant,) = all_variants(project)
        return VariantRenderer(project).render(variant)

    german, accented = i18next("de"), i18next("en-XA")
    (missing,) = i18next("fr").missing

    assert text(german) == "Das ist Nordlicht"
    assert text(accented).count("[") == 1
    assert "Ñöŕð" in text(accented)
    assert german.steps[0].messages == {("de", "title"), ("de", "brand")}
    assert (missing.locale, missing.message, missing.tried) == ("fr", "brand", ("fr",))


def test_pseudo_locales_show_what_is_made_of_the_source_text(space):
    texts = {
        "en": {"title": "Save {who}"},
        "de": {"title": "Rette {who} jetzt sofort"},
        "fi": {"title": "Pelasta {who}"},
        "he": {"title": "הצילו את {who} מייד ועוד כמה מילים ארוכות מאוד"},
    }

    accented = text(render(space, "en-XA", texts))
    arabic = render(space, "ar-XB", texts)

    assert accented.startswith("[")
    assert accented.endswith("]")
    assert "Ada" in accented
    assert len(accented) > len("Save Ada") * 1.8
    assert "Ada" in text(arabic)
    assert arabic.locale
    assert (arabic.locale.direction, arabic.locale.script) == ("rtl", "Arab")
    assert "Save" not in text(arabic)
    assert text(render(space, "en-XC", texts)) == "Rette Ada jetzt sofort"


def test_every_message_that_was_asked_for_is_noted(space):
    texts = {"en": {"title": "Hello"}, "de": {}}
    found = render(space, "en", texts, slot="{message: title, max_length: 2}").asked[0]
    missing = render(space, "de", texts).asked[0]

    assert (found.message, found.step, found.slot, found.text) == (
        "title",
        "compose",
        "headline",
        "Hello",
    )
    assert [str(each) for each in found.excesses] == ["has 5 graphemes, 3 more than the 2"]
    assert (missing.message, missing.found, missing.text) == ("title", None, "")


def test_templates_see_which_way_a_locale_runs(space):
    texts = {"en": {"title": "x"}, "ar": {"title": "x"}}
    words = []
    for locale in ("en", "ar"):
        render(space, locale, texts)
        prompt = (
            '"{{ mirror }} {{ locale.mirror }} {{ locale.direction }} {{ locale.english_name }}"'
        )
        space.replace("assetforge.yaml", "A scene.", prompt)
        project = open_project(space.root / "assetforge.yaml")
        (variant,) = all_variants(project)
        words.append(VariantRenderer(project).render(variant).steps[0].prompt.split("\n")[0])

    assert words == ["False False ltr English", "True True rtl Arabic"]


def test_the_place_that_asks_is_told_with_a_value_that_is_not_there(space):
    (problem,) = render(space, "en", {"en": {"title": "{gone} {who}"}}).problems

    assert problem.help == "give it under `vars:`, as `gone: ...`"
    ((place, words),) = problem.related
    assert (str(place), words) == ("assetforge.yaml:13:26", "asked for here")


def test_a_mapping_under_vars_is_no_value(space):
    (problem,) = render(space, "en", {"en": {"title": "{nested}"}}).problems

    assert problem.help == "'nested' stands under `vars:`, but is no single value"


def test_markup_in_a_slot_is_a_warning(space):
    texts = {"en": {"title": "<b>Bold</b> &amp; more"}, "de": {"title": "5 < 6 & 7 > 3"}}

    assert [each.message for each in render(space, "en", texts).warnings] == [
        "slot 'headline' would show '<b>' as it is: a picture knows no markup"
    ]
    assert not render(space, "de", texts).warnings


def test_a_translation_without_a_source_text_is_not_compared_in_silence(space):
    texts = {"de": {"title": "Hallo {who}"}, "en": {"x": "x"}}

    result = render(space, "de", texts)

    assert text(result) == "Hallo Ada"
    assert codes(result) == ["no-source"]


def test_a_variable_without_a_value_is_no_text(space):
    space.write("l/en.json", "{}")
    render(space, "en", {"en": {"title": "{gone}"}})
    space.replace("assetforge.yaml", "vars: {count", "vars: {gone: null, count")
    project = open_project(space.root / "assetforge.yaml")
    (variant,) = all_variants(project)

    (problem,) = VariantRenderer(project).render(variant).problems

    assert problem.help == "'gone' stands under `vars:`, but is no single value"


def test_the_bound_that_a_catalog_states_holds_outside_slots_too(space):
    render(space, "en", {"en": {"title": "x"}})
    space.write("l.csv", "key,max_length,en\ntitle,4,Hello\n")
    space.replace("assetforge.yaml", '{path: "l/{locale}.json", syntax: icu}', "l.csv")
    space.replace("assetforge.yaml", "A scene.", "\"{{ t('title') }}\"")
    space.replace("assetforge.yaml", "copy: {headline: title}", "quality: low")
    project = open_project(space.root / "assetforge.yaml")
    (variant,) = all_variants(project)

    (problem,) = VariantRenderer(project).render(variant).too_long

    assert problem.message == "message 'title' in 'en' has 5 characters, 1 more than the 4"


@pytest.mark.parametrize("written", ["{{{{who}}}}", "%(who)s"])
def test_a_value_in_another_syntax_that_would_be_shown_is_a_warning(space, written):
    said = written.format()
    texts = {"en": {"title": f"Hi {said}"}}
    render(space, "en", texts)
    space.replace("assetforge.yaml", '{path: "l/{locale}.json", syntax: icu}', "l/{locale}.json")
    project = open_project(space.root / "assetforge.yaml")
    (variant,) = all_variants(project)

    result = VariantRenderer(project).render(variant)

    (warning,) = result.warnings
    assert warning.message == f"message 'title' would be shown with '{said}' in it"
