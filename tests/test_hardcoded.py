"""Text that is shown, or asked for in a prompt, and stands in no catalog."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.coverage import look_at
from assetforge.hardcoded import Hardcoded, hardcoded_texts, quoted_passages
from assetforge.planner import Selection
from assetforge.project import open_project
from assetforge.quotation import QUOTES
from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  catalogs: locales/{locale}.json
profiles: {blank: {provider: blank}}
styles: {warm: {prompt: "Warm light."}}
assets:
  banner:
    matrix:
      format: {wide: {size: 1200x628}, tall: {size: 600x900}}
      locale: [de, en]
    styles: [warm]
    vars: {deep: {signs: [calm, none]}}
    steps:
      - compose: prompts/scene.j2
      - edit: Set {{ copy.headline|quoted }}.
        copy: {headline: headline}
    output: out/{locale}/{format}.png
"""


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    space.write("prompts/scene.j2", "A calm scene.\n")
    texts(space, "de", headline="Es geht los")
    return texts(space, "en", headline="Summer's here", sale="Big sale", go="Go")


def texts(space: Space, locale: str, **messages: str) -> Space:
    space.write(f"locales/{locale}.json", json.dumps(messages))
    return space


def found(space: Space, *selectors: str) -> list[Hardcoded]:
    project = open_project(space.root / "assetforge.yaml")
    return hardcoded_texts(look_at(project, Selection(selectors)))


def told(space: Space, *selectors: str) -> list[tuple[str, str, str]]:
    return [(each.kind, each.text, str(each.place)) for each in found(space, *selectors)]


def test_a_project_whose_texts_are_all_in_catalogs_has_none(space):
    assert told(space) == []


def test_fixed_copy_is_told_at_its_place_also_in_overrides(space):
    space.replace("assetforge.yaml", "headline: headline}", "headline: headline, n: {text: Now 5}}")
    space.write(
        "assetforge.yaml",
        space.read("assetforge.yaml")
        + "    overrides:\n"
        + "      de: {copy: {n: {text: Jetzt 5}}}\n"
        + "      tall: {steps: {edit: {copy: {headline: headline, n: {text: '5 %'}}}}}\n",
    )

    assert told(space) == [
        ("copy", "Now 5", "assetforge.yaml:17:39"),
        ("copy", "Jetzt 5", "assetforge.yaml:20:22"),
    ]


def test_fixed_copy_that_a_message_has_too_is_advised_to_name_it(space):
    space.replace("assetforge.yaml", "headline: headline}", "headline: headline, n: {text: Go}}")

    assert [each.advice for each in found(space)] == ["name the message 'go'"]


def test_a_quoted_passage_is_told_once_at_its_place_in_the_template(space):
    space.write("prompts/scene.j2", 'A scene.\nA sign says "Open daily".\n')

    assert told(space) == [("quoted", "Open daily", "prompts/scene.j2:2:14")]
    assert found(space)[0].advice == "move it into a catalog"


def test_a_passage_of_an_included_template_or_a_style_is_found_there(space):
    space.write("prompts/scene.j2", "{% include 'prompts/sign.j2' %}\n")
    space.write("prompts/sign.j2", "\nA «Café» sign.\n")
    space.replace("assetforge.yaml", "Warm light.", "Warm 「光」 light.")

    assert told(space) == [
        ("quoted", "光", "assetforge.yaml:6:32"),
        ("quoted", "Café", "prompts/sign.j2:2:4"),
    ]


def test_a_passage_from_a_variable_is_told_at_the_variable(space):
    space.replace("assetforge.yaml", "[calm, none]", "[calm, 'a “Stop” sign']")
    space.write("prompts/scene.j2", "With {{ vars.deep.signs[1] }}.\n")

    assert told(space) == [("quoted", "Stop", "assetforge.yaml:13:33")]


def test_a_passage_that_is_put_together_is_told_at_the_prompt(space):
    space.write("prompts/scene.j2", "A sign says {{ ('Op' ~ 'en')|quoted }}.\n")

    assert told(space) == [("quoted", "Open", "assetforge.yaml:15:18")]


def test_a_prompt_of_an_override_is_its_own_place(space):
    override = (
        """      tall: {steps: {compose: {prompt: "A {{ ['Op', 'en']|join|quoted }} sign"}}}\n"""
    )
    space.write("assetforge.yaml", space.read("assetforge.yaml") + "    overrides:\n" + override)

    assert told(space) == [("quoted", "Open", "assetforge.yaml:20:40")]


def test_an_override_of_the_only_drawn_prompt_is_its_own_place(space):
    space.write(
        "assetforge.yaml",
        PIPELINE.replace("      - compose: prompts/scene.j2\n", "").replace("edit", "compose")
        + "    overrides: {tall: {prompt: 'A \"Shut\" door and {{ copy.headline|quoted }}'}}\n",
    )

    assert told(space) == [("quoted", "Shut", "assetforge.yaml:18:36")]


def test_a_quoted_text_of_a_message_is_no_find_even_with_apostrophes_or_in_capitals(space):
    space.write("prompts/scene.j2", "Write '{{ t('headline') }}' and \"{{ t('sale')|upper }}\".\n")

    assert told(space) == []


def test_words_of_a_template_that_are_a_messages_text_are_told_with_the_message(space):
    space.write("prompts/scene.j2", "Big sales, and a Big sale. {{ t('sale') }} {# Big sale #}\n")

    assert told(space) == [("words", "Big sale", "prompts/scene.j2:1:18")]
    assert found(space)[0].advice == "write {{ t('sale') }}"


def test_one_word_is_told_only_if_it_is_quoted(space):
    space.write("prompts/scene.j2", 'Go slow to the "Go" sign.\n')

    assert told(space) == [("words", "Go", "prompts/scene.j2:1:17")]


def test_advice_quotes_an_id_as_jinja_reads_it(space):
    texts(space, "en", headline="x", **{"it's": "Big sale"})
    space.write("prompts/scene.j2", "A Big sale.\n")

    assert found(space)[0].advice == "write {{ t('it\\'s') }}"


def test_without_the_source_locale_a_variant_is_looked_at_as_it_would_be_in_it(space):
    space.replace("assetforge.yaml", "[de, en]", "[de]")
    space.write(
        "prompts/scene.j2", "{{ 'A \"Open\" sign' if locale == 'de' else 'A \"Shut\" one' }}"
    )

    assert [each.text for each in found(space)] == ["Shut"]


def test_an_asset_without_catalogs_is_looked_at_too(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n"
        '  dog: {steps: [{compose: A "Rex" tag}], output: dog.png}\n',
    )

    assert told(space) == [("quoted", "Rex", "assetforge.yaml:4:30")]


def test_a_selector_chooses_what_is_looked_at(space):
    space.write("prompts/scene.j2", "{{ 'A \"Tall\" sign' if format == 'tall' }}")

    assert told(space, "banner/wide") == []


@pytest.mark.parametrize(
    ("prompt", "passages"),
    [
        (
            "\"One\" and “two” and «three» and 「四」 and 'five six'",
            ["One", "two", "three", "四", "five six"],
        ),
        ("don't say it's 'so'", ["so"]),
        ('a 5" x 7" card with "Hi"', ["Hi"]),
        ("“→” and \"5 %\" and '1'", []),
        ('an open " and\nanother " here', []),
        ("“two\nlines”", ["two\nlines"]),
        ('"Buy now" and "Buy now or never"', ["Buy now or never"]),
    ],
)
def test_what_counts_as_a_quoted_passage(prompt, passages):
    assert list(quoted_passages(prompt, ["Buy now"])) == passages


@given(st.text("ab \"'“”«»「」\n"), st.lists(st.text("ab\"' ", min_size=1), max_size=3))
def test_a_passage_stands_between_marks_in_the_prompt_and_is_no_known_text(prompt, known):
    for passage in quoted_passages(prompt, known):
        assert any(f"{opening}{passage}{closing}" in prompt for opening, closing in QUOTES)
        assert passage.lower() not in {each.lower() for each in known}
