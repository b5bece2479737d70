"""From rendered steps to pictures: which picture each step takes, and which files come of it."""

import pytest

from tests.pictures import ramp, saved
from tests.space import Space

HEAD = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}, paid: {provider: openai, model: gpt-image-1.5}}
"""


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path)
    space.locale("en", headline="Sale")
    space.locale("de", headline="Angebot")
    return space


def actions(space: Space, assets: str, *arguments: str, head: str = HEAD):
    """Return id → action of the plan of a pipeline file with these assets."""
    space.write("assetforge.yaml", head + "assets:\n" + assets)
    result = space.run("plan", "--format", "json", *arguments)
    assert result.code == 0, result.err
    return {each["id"]: each for each in result.json["actions"]}


def requests(space: Space, step: str, *selectors: str):
    result = space.run("render", "--format", "json", "--step", step, *selectors)
    assert result.code == 0, result.err
    return {each["action"]: each for each in result.json["requests"]}


def errors(space: Space, assets: str, *arguments: str, head: str = HEAD) -> str:
    space.write("assetforge.yaml", head + "assets:\n" + assets)
    result = space.run("check", *arguments)
    assert result.code == 2, result.out
    return result.err


def targets(space: Space) -> list[str]:
    space.build()
    return sorted(space.outputs())


BANNER = """\
  banner:
    matrix: {format: {wide: {size: 1200x628}, tall: {size: 600x900}}, locale: all}
    steps:
      - compose: A scene.
      - edit: "Set {{ copy.headline }}"
        copy: {headline: banner.headline}
    output: out/{locale}/{format}.png
"""


def test_a_scene_without_words_is_shared_by_all_locales(space):
    found = actions(space, BANNER)

    assert list(found) == [
        "banner/wide/compose",
        "banner/wide/de/edit",
        "banner/wide/de/export",
        "banner/wide/en/edit",
        "banner/wide/en/export",
        "banner/tall/compose",
        "banner/tall/de/edit",
        "banner/tall/de/export",
        "banner/tall/en/edit",
        "banner/tall/en/export",
    ]
    assert found["banner/wide/compose"]["variants"] == ["banner/wide/de", "banner/wide/en"]


def test_equal_requests_of_different_assets_are_one_action(space):
    one = "    steps: [{compose: {prompt: A fox., size: 64x64}}]\n    output: out/{asset}.png\n"

    found = actions(space, f"  a:\n{one}  b:\n{one}")

    assert {id: each["variants"] for id, each in found.items()} == {
        "a/compose": ["a", "b"],
        "a/export": ["a", "b"],
    }
    assert targets(space) == ["out/a.png", "out/b.png"]


def test_an_export_follows_by_itself_for_a_size_or_another_format(space):
    plain = "    steps: [{compose: A fox.}]\n"
    found = actions(
        space,
        f"  a:\n{plain}    output: out/a.png\n"
        f"  b:\n{plain}    output: out/b.WEBP\n"
        f"  c:\n{plain}    output: out/c.jpg\n"
        f"  d:\n{plain}    matrix: {{f: {{x: {{size: 40x40}}}}}}\n    output: out/{{f}}.{{ext}}\n",
    )

    assert [each for each in found if each.endswith("export")] == [
        "b/export",
        "c/export",
        "d/x/export",
    ]
    assert targets(space) == ["out/a.png", "out/b.WEBP", "out/c.jpg", "out/x.png"]


def test_the_format_of_a_file_may_be_an_axis(space):
    actions(
        space,
        "  a:\n    matrix: {format: [png, webp]}\n    steps: [{compose: A fox.}]\n"
        "    output: out/a.{format}\n",
    )

    assert targets(space) == ["out/a.png", "out/a.webp"]
    assert space.outputs()["out/a.webp"][8:12] == b"WEBP"


def test_exports_make_every_size_and_format_that_they_say(space):
    found = actions(
        space,
        "  a:\n    steps:\n      - compose: A fox.\n"
        "      - export: {sizes: [64x64, 32x32], formats: [png, jpg]}\n"
        "      - export: {size: 16x8, formats: [webp], name: tiny}\n"
        "    output: out/a-{size}.{ext}\n",
    )

    assert targets(space) == [
        "out/a-16x8.webp",
        "out/a-32x32.jpg",
        "out/a-32x32.png",
        "out/a-64x64.jpg",
        "out/a-64x64.png",
    ]
    assert "a/tiny" in found
    assert len(found) == 6


def test_defaults_hold_for_an_export_that_follows_by_itself(space):
    assets = "  a:\n    steps: [{compose: A fox.}]\n    output: out/a.jpg\n"
    actions(space, assets, head=HEAD + "defaults: {export: {quality: 33}}\n")

    (request,) = requests(space, "export").values()

    assert request["request"]["quality"] == 33


def test_wrong_defaults_of_an_export_are_shown_where_they_stand(space):
    assets = "  a:\n    steps: [{compose: A fox.}]\n    output: out/a.jpg\n"
    defaults = "defaults: {export: {focus: \"{{ 'nowhere' }}\"}}\n"

    assert "assetforge.yaml:4:28" in errors(space, assets, head=HEAD + defaults)


def test_the_largest_size_decides_the_canvas(space):
    actions(
        space,
        "  a:\n    steps:\n      - compose: A fox.\n"
        "      - export: {sizes: [10x10, 900x600, 20x20]}\n"
        "    output: out/a-{size}.png\n",
    )

    (compose,) = requests(space, "compose").values()

    width, height = compose["request"]["size"]
    assert width >= 900
    assert height >= 600


def test_a_picture_of_another_asset_is_an_input(space):
    mascot = (
        "  mascot:\n    steps: [{compose: {prompt: A fox., size: 64x64}}]\n    output: out/m.png\n"
    )
    poster = (
        "  poster:\n    references: [asset:mascot]\n    steps: [{compose: A poster.}]\n"
        "    output: out/p.png\n"
    )

    actions(space, poster + mascot)

    request = requests(space, "compose", "poster")["poster/compose"]
    assert request["inputs"] == ["mascot/compose"]


LOCALIZED = """\
  mascot:
    matrix: {locale: all}
    steps: [{compose: "A fox from {{ locale.name }}."}]
    output: out/{locale}/mascot.png
  poster:
    matrix: {size_: [big, small], locale: all}
    references: [asset:mascot]
    steps: [{compose: "A {{ size_ }} poster."}]
    output: out/{locale}/{size_}.png
  sticker:
    steps:
      - edit: A sticker.
        references: [asset:badge]
    output: out/sticker.png
  badge:
    steps: [{compose: A badge.}]
    output: out/badge.png
"""


def test_a_reference_follows_the_axes_that_both_assets_have(space):
    actions(space, LOCALIZED)

    found = requests(space, "compose", "poster")

    assert {id: each["inputs"] for id, each in found.items() if id.startswith("poster")} == {
        "poster/big/de/compose": ["mascot/de/compose"],
        "poster/big/en/compose": ["mascot/en/compose"],
        "poster/small/de/compose": ["mascot/de/compose"],
        "poster/small/en/compose": ["mascot/en/compose"],
    }


def test_a_referred_asset_is_made_but_not_written_unless_it_is_wanted(space):
    found = actions(space, LOCALIZED, "poster/de", "sticker")

    assert list(found) == [
        "mascot/de/compose",
        "badge/compose",
        "poster/big/de/compose",
        "poster/small/de/compose",
        "sticker/edit",
    ]
    space.build("poster/de", "sticker")
    assert sorted(space.outputs()) == [
        "out/de/big.png",
        "out/de/small.png",
        "out/sticker.png",
    ]


def test_a_referred_asset_may_itself_refer(space):
    assets = "".join(
        f"  {name}:\n    steps: [{{edit: {name}, references: [{other}]}}]\n"
        f"    output: out/{name}.png\n"
        for name, other in (("a", "asset:b"), ("b", "asset:c"), ("c", "logo.png"))
    )
    space.write("logo.png", "logo")

    found = actions(space, assets, "a")

    assert list(found) == ["c/edit", "b/edit", "a/edit"]


@pytest.mark.parametrize(
    "block",
    [
        "    overrides: {x: {references: [asset:mascot]}}\n",
        "    overrides: {x: {steps: {compose: {references: [asset:mascot]}}}}\n",
        "    overrides: {x: {styles: [foxy]}}\n",
    ],
)
def test_references_in_overrides_are_found(space, block):
    assets = (
        "  poster:\n    matrix: {v: [x, y]}\n    steps: [{compose: A poster.}]\n"
        f"    output: out/{{v}}.png\n{block}"
        "  mascot:\n    steps: [{compose: A fox.}]\n    output: out/m.png\n"
    )
    styles = "styles: {foxy: {references: [asset:mascot]}}\n"

    found = actions(space, assets, "poster", head=HEAD + styles)

    assert list(found) == ["mascot/compose", "poster/x/compose", "poster/y/compose"]


def test_references_in_defaults_are_found(space):
    assets = (
        "  poster:\n    steps: [{compose: A poster.}, {edit: Brighter.}]\n    output: out/p.png\n"
        "  mascot:\n    steps: [{compose: A fox.}]\n    output: out/m.png\n"
    )

    found = actions(
        space, assets, "poster", head=HEAD + "defaults: {edit: {references: [asset:mascot]}}\n"
    )

    assert list(found) == ["mascot/compose", "poster/compose", "poster/edit"]


def test_a_reference_that_several_pictures_fit_is_refused(space):
    assets = (
        LOCALIZED.replace("matrix: {locale: all}", "matrix: {mood: [glad, sad], locale: all}")
        .replace("A fox", "A {{ mood }} fox")
        .replace("mascot.png", "mascot-{mood}.png")
    )

    found = errors(space, assets)

    assert "2 of the pictures of 'mascot' fit variant 'poster/big/de'" in found
    assert "assetforge.yaml:11:18" in found
    assert "give 'mascot' only axes that 'poster' has too" in found


def test_pictures_that_are_the_same_are_one_picture(space):
    """The axis changes nothing in the picture, so the reference is not ambiguous."""
    assets = LOCALIZED.replace("matrix: {locale: all}", "matrix: {mood: [glad, sad], locale: all}")

    assert actions(space, assets.replace("mascot.png", "mascot-{mood}.png"))


def test_a_reference_that_no_picture_fits_is_refused(space):
    assets = LOCALIZED.replace("matrix: {locale: all}", "matrix: {locale: [de]}")

    found = errors(space, assets)

    assert "none of the pictures of 'mascot' fit variant 'poster/big/en'" in found


def test_a_reference_that_is_made_by_a_template_is_looked_for(space):
    space.write("logos/wide.png", "logo")
    assets = (
        "  a:\n    matrix: {f: [wide, tall]}\n    references: ['logos/{{ f }}.png']\n"
        "    steps: [{compose: A scene.}]\n    output: out/{f}.png\n"
    )

    found = errors(space, assets)

    assert "there is no picture 'logos/tall.png' in the project" in found
    assert "assetforge.yaml:7:18" in found
    assert "wide" not in found.partition("-->")[0]


def test_pictures_of_a_style_come_after_those_of_the_asset(space):
    for name in ("a", "b", "c"):
        space.write(f"{name}.png", name)
    styles = "styles: {s: {references: [c.png, a.png]}}\n"
    actions(
        space,
        "  x:\n    styles: [s]\n    references: [a.png]\n"
        "    steps: [{compose: A scene., references: [b.png]}, {edit: Brighter.}]\n"
        "    output: out/x.png\n",
        head=HEAD + styles,
    )

    compose, edit = (requests(space, each)[f"x/{each}"]["inputs"] for each in ("compose", "edit"))

    assert [each.split()[0] for each in compose] == ["a.png", "b.png", "c.png"]
    assert edit == ["x/compose"]


@pytest.mark.parametrize(
    ("assets", "place", "words"),
    [
        (
            "  a: {steps: [{compose: x}], output: out/a.gif}\n",
            "5:38",
            "does not end in a picture format",
        ),
        (
            "  a: {steps: [{compose: x}], output: out/a}\n",
            "5:38",
            "does not end in a picture format",
        ),
        (
            "  a: {steps: [{compose: x}], output: 'out/a.{f}', matrix: {f: [png, gif]}}\n",
            "5:38",
            "does not end in a picture format",
        ),
        (
            "  a: {steps: [{compose: x}, {export: {formats: [webp]}}], output: out/a.png}\n",
            "5:67",
            "does not end in the format of its export",
        ),
        (
            "  a: {steps: [{compose: x}], output: out/a.png, matrix: {f: {w: {size: 9}}}}\n",
            "5:72",
            "a size is written as WIDTHxHEIGHT",
        ),
        (
            "  a: {steps: [{edit: x}], output: out/a.png}\n",
            "5:16",
            "'edit' needs a picture",
        ),
        (
            "  a: {steps: [{export: {size: 5x5}}], output: out/a.png}\n",
            "5:16",
            "'export' needs a picture",
        ),
        (
            "  a: {steps: [{compose: x}, {edit: y, region: [9999, 0, 1, 1]}], output: out/a.png}\n",
            "5:47",
            "the region lies outside",
        ),
        (
            "  a: {steps: [{compose: x}, {export: {size: 16000x16000}}], output: out/a.png}\n",
            "5:45",
            "more than 64000000 pixels",
        ),
    ],
)
def test_what_cannot_be_made_is_shown_where_it_is_asked_for(space, assets, place, words):
    found = errors(space, assets)

    assert words in found
    assert f"assetforge.yaml:{place}\n" in found


def test_a_step_may_have_a_model_of_its_own(space):
    """Its canvas follows that model's rules, also where the step before had another model."""
    actions(
        space,
        "  a:\n    steps:\n      - {compose: x, size: 1000x600}\n"
        "      - {edit: y, model: gpt-image-1.5}\n    output: out/a.png\n",
        "--profile",
        "paid",
    )
    result = space.run("render", "--format", "json", "--profile", "paid")

    sizes = {each["action"]: each["request"]["size"] for each in result.json["requests"]}

    assert sizes == {"a/compose": [1536, 1024], "a/edit": [1536, 1024]}


def test_the_palette_of_the_styles_is_told_to_a_provider_that_paints_it(space):
    styles = "styles: {a: {palette: ['#AABBCC', '#112233']}, b: {palette: ['#aabbcc']}}\n"
    actions(
        space,
        "  x: {styles: [a, b], steps: [{compose: y}, {edit: z}], output: out/x.png}\n",
        head=HEAD.replace("{blank: {provider: blank}", "{blank: {provider: draft}") + styles,
    )

    compose, edit = (requests(space, each)[f"x/{each}"] for each in ("compose", "edit"))

    assert compose["request"]["palette"] == ["#aabbcc", "#112233"]
    assert "palette" not in edit["request"]


def test_the_size_of_a_compose_is_that_of_the_file(space):
    step = "    steps: [{compose: {prompt: A fox., size: 1200x628}}]\n"

    found = actions(space, f"  a:\n{step}    output: out/a.png\n")

    assert found["a/export"]["notes"] == []
    document = space.run("render", "--step", "export", "--format", "json").json
    assert document["requests"][0]["request"]["size"] == [1200, 628]


def test_an_asset_that_is_only_needed_is_not_exported(space):
    step = "    steps: [{compose: {prompt: A fox., size: 64x64}}]\n    output: out/{asset}.png\n"
    user = step.replace("size: 64x64", "size: 64x64, references: ['asset:a']")

    found = actions(space, f"  a:\n{step}  b:\n{user.replace('A fox', 'Two')}", "b")

    assert sorted(found) == ["a/compose", "b/compose", "b/export"]


def visible_of(space: Space, export: str) -> object:
    step = f"    steps: [{{compose: A fox.}}, {{export: {export}}}]\n"
    actions(space, f"  a:\n{step}    output: out/a-{{size}}.png\n")
    found = requests(space, "compose")
    return found["a/compose"]["request"].get("visible")


def test_what_all_exports_keep_of_a_canvas_is_where_words_may_stand(space):
    assert visible_of(space, "{size: 728x90}") == [0, 155, 1376, 170]
    assert visible_of(space, "{size: 728x90, focus: top}") == [0, 0, 1376, 170]
    assert visible_of(space, "{size: 728x90, fit: contain}") is None
    assert visible_of(space, "{sizes: [1000x1000, 1000x500]}") == [0, 252, 1008, 504]


# Masks and formats

MASK = saved(ramp((8, 8), "RGBA"))
PALETTE = saved(ramp((8, 8), "P"), transparency=0)
OPAQUE = saved(ramp((8, 8)))

MASKED = """\
  a:
    references: [logo.png]
    steps: [{compose: x, size: 1024x1024}, {edit: y, mask: MASK}]
    output: out/a.png
"""


def test_a_mask_is_the_last_input_and_is_said_in_the_request(space):
    (space.root / "sky.png").write_bytes(MASK)
    (space.root / "logo.png").write_bytes(MASK)
    step = "{edit: y, mask: sky.png, references: [logo.png]}"
    actions(space, MASKED.replace("{edit: y, mask: MASK}", step))

    edit = requests(space, "edit")["a/edit"]

    assert [each.split()[0] for each in edit["inputs"]] == ["a/compose", "logo.png", "sky.png"]
    assert edit["request"]["mask"] is True


def test_a_mask_that_is_also_a_reference_is_both(space):
    (space.root / "logo.png").write_bytes(MASK)
    step = "{edit: y, mask: logo.png, references: [logo.png]}"
    actions(space, MASKED.replace("{edit: y, mask: MASK}", step))

    inputs = requests(space, "edit")["a/edit"]["inputs"]

    assert [each.split()[0] for each in inputs] == ["a/compose", "logo.png", "logo.png"]


def test_a_mask_may_be_another_assets_picture(space):
    (space.root / "logo.png").write_bytes(MASK)
    other = "  m: {steps: [{compose: a mask}], output: out/m.png}\n"

    found = actions(space, MASKED.replace("MASK", "'asset:m'") + other, "a")

    assert sorted(found) == ["a/compose", "a/edit", "a/export", "m/compose"]


@pytest.mark.parametrize("data", [b"", b"x", OPAQUE], ids=["empty", "text", "opaque"])
def test_a_mask_is_a_png_with_transparency(space, data):
    (space.root / "sky.png").write_bytes(data)
    (space.root / "logo.png").write_bytes(MASK)

    found = errors(space, MASKED.replace("MASK", "sky.png"))

    assert "'sky.png' is no PNG with transparency" in found
    assert "assetforge.yaml:7:60\n" in found


def test_a_mask_has_the_size_of_the_canvas_where_a_service_compares_them(space):
    (space.root / "sky.png").write_bytes(MASK)
    (space.root / "logo.png").write_bytes(MASK)
    assets = MASKED.replace("MASK", "sky.png")

    actions(space, assets)
    found = errors(space, assets, "--profile", "paid")

    assert "the mask 'sky.png' is 8x8, the picture it is for 1024x1024" in found
    assert "a/edit" in actions(space, assets.replace("1024x1024", "8x8"), head=EIGHT)


EIGHT = (
    HEAD.replace("{blank: {provider: blank}, ", "{").replace("gpt-image-1.5", "mine")
    + "models: {mine: {free: true}}\n"
)


@pytest.mark.parametrize("data", [MASK, PALETTE], ids=["alpha", "palette"])
def test_a_mask_may_have_an_alpha_channel_or_a_transparent_colour(space, data):
    (space.root / "sky.png").write_bytes(data)
    (space.root / "logo.png").write_bytes(data)

    assert "a/edit" in actions(space, MASKED.replace("MASK", "sky.png"))


def jpegs(space: Space, output: str, provider: str = "openai"):
    """Return the inputs' format of each action where the service is asked for jpeg."""
    profile = f"{{p: {{provider: {provider}, output_format: jpeg}}}}"
    head = HEAD[: HEAD.index("profiles:")] + f"profiles: {profile}\n"
    return actions(space, f"  a: {{steps: [{{compose: x}}], output: {output}}}\n", head=head)


def test_a_jpeg_of_the_service_is_the_file_as_it_came_where_a_jpeg_is_wanted(space):
    assert list(jpegs(space, "out/a.jpg")) == ["a/compose"]


def test_a_jpeg_of_the_service_becomes_the_format_that_is_wanted(space):
    assert list(jpegs(space, "out/a.png")) == ["a/compose", "a/export"]
    assert list(jpegs(space, "'out/a.{ext}'")) == ["a/compose", "a/export"]


def test_a_draft_is_a_png_whatever_a_service_would_send(space):
    assert list(jpegs(space, "out/a.png", "blank")) == ["a/compose"]


def test_a_mask_and_extra_may_be_templates(space):
    (space.root / "en.png").write_bytes(MASK)
    step = "{edit: y, mask: '{{ locale }}.png', extra: {user: 'me-{{ locale }}', tier: 1}}"
    matrix = "    matrix: {locale: [en]}\n"
    steps = f"    steps: [{{compose: x, size: 8x8}}, {step}]\n"
    actions(space, f"  a:\n{matrix}{steps}{OUT}", head=EIGHT)

    edit = requests(space, "edit")["a/en/edit"]

    assert edit["inputs"][1].startswith("en.png ")
    assert edit["request"]["extra"] == {"user": "me-en", "tier": 1}


OUT = "    output: out/a.png\n"
