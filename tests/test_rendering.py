"""One variant rendered: copy, placeholders, styles, overrides, and what was used for each step."""

import json

import pytest

from assetforge.errors import InvalidSource
from assetforge.locales import parse_locale
from assetforge.matrix import Variant
from assetforge.planner import all_variants
from assetforge.project import open_project
from assetforge.rendered import RenderedVariant, fill_in
from assetforge.rendering import FACTS, LocaleFacts, VariantRenderer
from tests.space import Space

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}}
vars: {brand: Nordlys, year: 2026, nested: {a: 1}}
styles:
  warm:
    prompt: Warm light for {{ vars.brand }}.
    palette: ['#aabbcc', '#112233']
    references: ["looks/{{ vars.brand|lower }}.png"]
  plain: {palette: ['#ffffff']}
assets:
  banner:
    matrix:
      format:
        wide: {size: 1200x628, mood: calm}
        story: {size: 600x900, mood: loud}
      locale: {en: , de: {tone: formal}, ar: }
    styles: [warm, plain]
    vars: {season: spring}
    references: ["logos/{{ format }}.png"]
    steps:
      - compose: A {{ format.mood }} {{ vars.season }} scene.
      - edit: Set {{ copy.headline|quoted }}.
        copy:
          headline: banner.{format}.headline
          year: {text: "{brand} 2026"}
        model: "{{ vars.year }}"
      - export:
          sizes: ["{{ format.size }}", "{{ 5 * 2 }}x10"]
          fit: "{{ 'cover' }}"
    output: out/{locale}/{format}-{size}.png
    alt: banner.alt
    overrides:
      ar:
        vars: {season: summer, brand: نور}
        styles: []
        steps: {edit: {prompt: "Right to left: {{ copy.headline }}"}}
        alt: banner.wide.headline
      story/ar:
        output: out/ar/tall-{size}.png
        references: []
        steps: {export: {sizes: ["{{ vars.nested.a }}x9", 60x90]}}
"""


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    for name in ("logos/wide.png", "logos/story.png", "looks/nordlys.png"):
        space.write(name, "x")
    for each in ("en", "de", "ar"):
        space.write(
            f"locales/{each}.json",
            f'{{"banner": {{"wide": {{"headline": "Wide {each} {{year}}"}}, '
            f'"story": {{"headline": "Story {each} {{locale}}"}}, "alt": "{{brand}} {each}"}}}}',
        )
    return space


def rendered(space: Space, name: str) -> RenderedVariant:
    project = open_project(space.root / "assetforge.yaml")
    chosen = {each.name: each for each in all_variants(project)}
    return VariantRenderer(project).render(next(v for n, v in chosen.items() if n == name))


def prompts(variant: RenderedVariant) -> list[str]:
    assert variant.problems == []
    return [each.prompt for each in variant.steps]


def test_copy_comes_from_the_catalog_by_an_id_that_may_hold_axes(space):
    _, edit, _ = rendered(space, "banner/story/de").steps

    assert edit.copy == {"headline": "Story de de", "year": "{brand} 2026"}


def test_placeholders_of_a_message_are_filled_from_variables_and_axes(space):
    wide = rendered(space, "banner/wide/de")

    assert wide.steps[1].copy["headline"] == "Wide de 2026"
    assert wide.alt == "Nordlys de"
    assert {"vars.year"} <= wide.steps[1].used.variables


def test_copy_that_the_template_forgets_is_added_quoted_and_once(space):
    prompt = prompts(rendered(space, "banner/wide/de"))[1]

    assert prompt == (
        'Set "Wide de 2026".\n\nShow exactly this text, letter for letter:\n- year: "{brand} 2026"'
    )


def test_styles_are_added_to_compose_alone(space):
    compose, edit, _ = rendered(space, "banner/wide/de").steps

    assert compose.prompt == (
        "A calm spring scene.\n\nWarm light for Nordlys.\n\nPalette: #aabbcc, #112233.\n\n"
        "Palette: #ffffff."
    )
    assert "Palette" not in edit.prompt


def test_references_may_be_templates(space):
    wide = rendered(space, "banner/wide/de")

    assert wide.references == ("logos/wide.png",)
    assert wide.style_references == {"warm": ("looks/nordlys.png",), "plain": ()}


def test_parameters_may_be_templates_also_inside_lists(space):
    _, edit, export = rendered(space, "banner/wide/de").steps

    assert edit.params.model_dump()["model"] == "2026"
    assert export.params.wanted_sizes() == ((1200, 628), (10, 10))


def test_an_override_changes_what_it_names_and_nothing_else(space):
    wide, story = rendered(space, "banner/wide/ar"), rendered(space, "banner/story/ar")

    assert prompts(wide)[0] == "A calm summer scene."
    assert prompts(wide)[1].startswith("Right to left: Wide ar 2026\n")
    assert (wide.styles, wide.alt, wide.output) == (
        (),
        "Wide ar 2026",
        "out/{locale}/{format}-{size}.png",
    )
    assert wide.references == ("logos/wide.png",)
    assert story.output == "out/ar/tall-{size}.png"
    assert story.references == ()
    assert story.steps[2].params.wanted_sizes() == ((1, 9), (60, 90))


def test_a_locale_has_its_facts_and_what_the_matrix_says_of_it(space):
    space.replace(
        "assetforge.yaml",
        "A {{ format.mood }}",
        "A {{ locale.tone|default('easy') }} {{ locale.direction }} {{ locale.script }} "
        "{{ locale.name }} {{ asset }} {{ asset.tags }}",
    )

    assert prompts(rendered(space, "banner/wide/de"))[0].startswith(
        "A formal ltr Latn German banner []"
    )
    assert prompts(rendered(space, "banner/wide/ar"))[0].startswith(
        "A easy rtl Arab Arabic banner []"
    )


def test_t_takes_values_and_knows_the_variables(space):
    space.replace("assetforge.yaml", "A {{ format.mood }}", "A {{ t('banner.alt', brand='Q') }}")
    first = prompts(rendered(space, "banner/wide/de"))[0]
    space.replace("assetforge.yaml", ", brand='Q'", "")

    assert first.startswith("A Q de spring scene.")
    assert prompts(rendered(space, "banner/wide/de"))[0].startswith("A Nordlys de spring scene.")


def test_what_a_step_was_made_from_is_recorded(space):
    space.write("locales/de-AT.json", '{"banner": {"wide": {"headline": "Servus"}}}')
    space.replace("assetforge.yaml", "de: {tone: formal}", "de: , de-AT: ")

    compose, edit, _ = rendered(space, "banner/wide/de-AT").steps
    story = rendered(space, "banner/story/de-AT").steps[1]

    assert compose.used.variables == {"vars.season", "vars.brand"}
    assert (compose.messages, compose.absent) == (frozenset(), frozenset())
    assert edit.messages == {("de-AT", "banner.wide.headline")}
    assert story.messages == {("de", "banner.story.headline")}
    assert story.absent == {("de-AT", "banner.story.headline")}


def test_a_message_that_no_locale_has_is_noted_with_all_that_was_tried(space):
    space.replace("assetforge.yaml", "banner.{format}.headline", "banner.hedline")

    (missing,) = rendered(space, "banner/wide/de").missing

    assert (missing.locale, missing.message, missing.known) == ("de", "banner.hedline", False)
    assert missing.tried == ("de",)
    assert str(missing.place) == "assetforge.yaml:25:21"


def test_an_unknown_placeholder_is_shown_in_the_catalog(space):
    text = '{"banner": {\n"wide": {"headline": "x {yaer}"}, "alt": "{a}"}}'
    space.write("locales/en.json", text)
    space.write("locales/de.json", text)

    problems = rendered(space, "banner/wide/de").problems

    assert [str(each.place) for each in problems] == [
        "locales/de.json:2:22",
        "locales/de.json:2:42",
    ]
    assert problems[0].message == (
        "message 'banner.wide.headline' holds '{yaer}', for which there is no value"
    )
    assert problems[0].help == "did you mean 'year'?"
    assert problems[1].help == "give it under `vars:`, as `a: ...`"


SECOND = '"{{ vars.nested.a }}x9"'
RIGHT = '"Right to left: {{ copy.headline }}"'


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("banner.{format}.headline", "''", "''", "a message id must not be empty"),
        ("{{ 5 * 2 }}", "{{ five }}", "five", "unknown variable 'five'"),
        ("{{ 5 * 2 }}x10", "{{ 'x' }}", "\"{{ 'x' }}", "a size is written as"),
        (SECOND, '"{{ nested }}"', "nested }}", "unknown variable 'nested'"),
        (SECOND, "\"{{ 'x' }}\"", "\"{{ 'x' }}", "a size is written as"),
        (SECOND, "\"{{ 'x' }\"", '}", 60', "unexpected '}'"),
        (RIGHT, '"{{ copy.x }}"', 'x }}"', "there is no 'x' here"),
        (RIGHT, "gone.j2", "gone.j2", "no template 'gone.j2'"),
        ("logos/{{ format }}.png", "logos/{{ fromat }}.png", "fromat", "unknown variable 'fromat'"),
        ("logos/{{ format }}.png", "{{ '/x' }}", "\"{{ '/x'", "must stay inside the project"),
        ("{{ vars.brand|lower }}", "{{ vars.brnd }}", "brnd", "there is no 'brnd' here"),
        (
            "Warm light for {{ vars.brand }}",
            "Warm {{ t(1) }}",
            "1) }}",
            "no catalog has a message",
        ),
        ("alt: banner.alt", "alt: banner.atl", "banner.atl", "did you mean 'banner.alt'?"),
        ("alt: banner.wide.headline", "alt: b.x", "b.x", "no catalog has a message 'b.x'"),
    ],
)
def test_what_is_wrong_in_a_template_is_shown_where_it_stands(space, old, new, at, words):
    space.replace("assetforge.yaml", old, new)
    before = space.read("assetforge.yaml").partition(at)[0].split("\n")

    result = space.run("check")

    assert result.code == 2
    assert f"assetforge.yaml:{len(before)}:{len(before[-1]) + 1}\n" in result.err
    assert words in result.err


def test_all_wrong_parameters_of_a_step_are_told_at_once(space):
    space.replace("assetforge.yaml", "{{ 5 * 2 }}", "{{ five }}")
    space.replace("assetforge.yaml", "{{ 'cover' }}", "{{ fill }}")

    problems = rendered(space, "banner/wide/de").problems

    assert [each.message for each in problems] == [
        "unknown variable 'five'",
        "unknown variable 'fill'",
    ]


def test_a_prompt_with_its_styles_and_copy_has_a_longest_length(space):
    space.replace("assetforge.yaml", "Warm light", "x" * 31_950)

    (problem,) = rendered(space, "banner/wide/de").problems

    assert "longer than 32000" in problem.message
    assert str(problem.place) == "assetforge.yaml:22:18"


def test_a_message_without_catalogs_says_how_to_have_some(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nassets:\n  a:\n    steps: [{compose: \"{{ t('x') }}\"}]\n    output: a.png\n"
        "    alt: a.alt\n",
    )

    result = space.run("check")

    assert result.code == 2
    assert "message 'x' is asked for, but the pipeline has no catalogs" in result.err
    assert "message 'a.alt' is asked for, but the pipeline has no catalogs" in result.err
    assert "assetforge.yaml:4:30" in result.err


def test_a_damaged_catalog_is_told_once(space):
    space.write("locales/de.json", "{")

    result = space.run("check")

    assert (result.code, result.err.count("locales/de.json:1")) == (2, 1)


def test_an_asset_without_a_locale_takes_its_texts_from_the_source_locale(space):
    space.write(
        "assetforge.yaml",
        "version: 1\nlocales: {source: de, catalogs: 'locales/{locale}.json'}\nvars: {brand: Q}\n"
        "assets:\n  a:\n    steps: [{compose: \"{{ t('banner.alt') }} {{ 1.5|number }}\"}]\n"
        "    output: a.png\n",
    )

    assert prompts(rendered(space, "a")) == ["Q de 1,5"]


def test_a_pattern_keeps_braces_that_name_nothing():
    assert fill_in("{a}-{b}-{a-b}-{ a }", {"a": "1", "a-b": "2"}) == "1-{b}-2-{ a }"


def test_the_same_template_is_checked_once_for_all_variants(space):
    project = open_project(space.root / "assetforge.yaml")
    renderer = VariantRenderer(project)
    first, second = all_variants(project)[:2]

    once = renderer.render(first), renderer.render(second)

    assert isinstance(first, Variant)
    assert [each.problems for each in once] == [[], []]
    assert renderer.check(renderer.template(("x",), "{{ y }}"), frozenset()) is renderer.check(
        renderer.template(("x",), "{{ y }}"), frozenset()
    )


def test_a_file_that_a_prompt_names_is_read_once(space):
    project = open_project(space.root / "assetforge.yaml")
    renderer = VariantRenderer(project)

    with pytest.raises(InvalidSource):
        renderer.template(("x",), "gone.j2")
    assert renderer.template(("x",), "not a file.j2").text == "not a file.j2"


@pytest.mark.parametrize(
    ("prompt", "line", "column", "words"),
    [
        ("{% fr x in y %}", 0, 3, "unknown tag 'fr'"),
        ("One {{ two", 0, 4, "unexpected end of template"),
        ("One\n\nthree {% endif %}", 2, 9, "unknown tag 'endif'"),
        ("One {{ 1 }}\n  {% if 1 %}\nthree", 1, 2, "'if' is opened here and not closed"),
        ("One\ntwo {{ nothing }}", 1, 7, "unknown variable 'nothing'"),
        (
            "One\n{% if 0 %}\n {{ a.b }}{{ 'x'|qouted }}{% endif %}",
            2,
            17,
            "unknown filter 'qouted'",
        ),
        ("One\n\n{{ 'abc'|number }}", 2, 4, "'abc' is not a number"),
        ("One\n{{ locale.nmae }}", 1, 10, "there is no 'nmae' here; did you mean 'name'?"),
    ],
)
def test_a_mistake_has_its_place_in_a_file_a_block_and_one_line(space, prompt, line, column, words):
    written = "A {{ format.mood }} {{ vars.season }} scene."
    block = "|" + "".join(f"\n          {each}" for each in prompt.split("\n"))
    text = space.read("assetforge.yaml")

    space.write("prompts/a.j2", prompt)
    space.write("assetforge.yaml", text.replace(written, "prompts/a.j2"))
    in_a_file = space.run("check").err
    space.write("assetforge.yaml", text.replace(written, block))
    in_a_block = space.run("check").err
    space.write("assetforge.yaml", text.replace(written, json.dumps(prompt)))
    in_one_line = space.run("check").err

    inside = len("\n".join(prompt.split("\n")[:line])) + 2 * bool(line) + line - bool(line)
    assert f"prompts/a.j2:{line + 1}:{column + 1}\n" in in_a_file
    assert f"assetforge.yaml:{23 + line}:{11 + column}\n" in in_a_block
    assert f"assetforge.yaml:22:{19 + inside + column}\n" in in_one_line
    assert all(words in each for each in (in_a_file, in_a_block, in_one_line))


SHORT = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}}
assets:
  banner:
    matrix: {format: {wide: {size: 1200x628}}, locale: [en, ar]}
    steps:
      - compose: A scene.
        %s
      - export: {size: "{{ format.size }}"}
    output: out/{locale}-{size}.png
    overrides:
      ar: %s
"""
COPY = "copy: {headline: {message: title, max_length: 9}, action: go}"


def short(space: Space, override: str, rest: str = COPY) -> Space:
    space.write("assetforge.yaml", SHORT % (rest, override))
    for each in ("en", "ar"):
        space.write(f"locales/{each}.json", '{"title": "T", "go": "G", "other": "O"}')
    return space


def test_an_override_changes_prompt_copy_and_size_with_a_word_each(space):
    short(space, "{prompt: 'Mirrored: {{ mirror }}.', copy: {headline: other}, size: 600x900}")

    english, arabic = (rendered(space, f"banner/wide/{each}") for each in ("en", "ar"))

    assert english.steps[0].prompt.startswith("A scene.")
    assert arabic.steps[0].prompt.startswith("Mirrored: True.")
    assert english.steps[0].copy == {"headline": "T", "action": "G"}
    assert arabic.steps[0].copy == {"headline": "O", "action": "G"}
    assert [str(each.steps[1].params.model_dump()["size"]) for each in (english, arabic)] == [
        "1200x628",
        "600x900",
    ]


def test_the_size_of_an_override_is_that_of_the_file(space):
    short(space, "{size: 600x900}", "copy: {headline: title}")
    space.replace("assetforge.yaml", '      - export: {size: "{{ format.size }}"}\n', "")

    targets = space.run("build", "--format", "json").json["targets"]

    assert sorted(each["path"] for each in targets) == ["out/ar-600x900.png", "out/en-1200x628.png"]


@pytest.mark.parametrize(
    ("override", "rest", "words", "advice"),
    [
        (
            "{prompt: Other.}",
            "name: one\n      - edit: Set it.",
            "this 'prompt' may be for 'one' or 'edit'",
            "say which, as `steps: {edit: {prompt: ...}}`",
        ),
        ("{copy: {x: other}}", "name: one", "no step has a 'copy' that this could", "take it out"),
        ("{copy: {x: {text: a, message: b}}}", COPY, "give 'message' or 'text', one", ""),
        ("{copy: {x: 'a.{fromat}'}}", COPY, "unknown placeholder 'fromat'", "mean 'format'?"),
        (
            "{size: 50x50}",
            COPY + "\n      - export: {sizes: [10x10, 20x20]}\n        name: small",
            "one 'size' cannot stand in for the 'sizes' of 'small'",
            "`steps: {small: {sizes: [...]}}`",
        ),
        ("{size: big}", COPY, "a size is written as WIDTHxHEIGHT", ""),
    ],
)
def test_an_override_that_cannot_be_followed_is_located(space, override, rest, words, advice):
    short(space, override, rest)

    result = space.run("check")

    assert result.code == 2
    assert words in result.err
    assert advice in result.err
    assert "1 error\n" in result.err


def test_what_is_wrong_with_the_copy_of_an_override_is_told_there(space):
    short(space, "{copy: {headline: gone}}")

    (missing,) = rendered(space, "banner/wide/ar").missing

    assert missing.message == "gone"
    assert str(missing.place) == "assetforge.yaml:13:29"


def test_two_overrides_of_the_copy_add_up(space):
    short(space, "{copy: {headline: other}}\n      wide: {copy: {action: other}}")

    arabic = rendered(space, "banner/wide/ar")

    assert arabic.steps[0].copy == {"headline": "O", "action": "O"}


def test_what_an_axis_says_of_a_locale_stands_before_its_facts():
    facts = LocaleFacts(parse_locale("de-CH"), {"name": "Swiss", "tone": "formal"})

    assert (facts["name"], facts["tone"], facts["region"]) == ("Swiss", "formal", "CH")
    assert set(facts) == {*FACTS, "tone"}
    assert len(facts) == len(FACTS) + 1
    assert "population" not in facts
