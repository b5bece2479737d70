"""From a project to a plan: missing copy, caps, and what is shared."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetforge.action import ActionId
from assetforge.planner import Selection, all_variants, gone_models, make_plan
from assetforge.project import open_project
from tests.space import QUICK, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def quick(space: Space, missing: str, *locales: str) -> Space:
    return space.quick(
        *locales,
        pipeline=QUICK.replace("{locale}.json\n", f"{{locale}}.json\n  missing: {missing}\n", 1),
    )


def lack(space: Space, locale: str, *messages: str) -> None:
    content = json.loads(space.read(f"locales/{locale}.json"))
    for each in messages:
        del content["banner"][each]
    space.write(f"locales/{locale}.json", json.dumps(content))


def keys(space: Space) -> dict[str, str]:
    return {
        each["id"]: each["key"]
        for each in space.run("plan", "--format", "json").json["actions"]
        if each["key"]
    }


# Missing copy


def test_all_missing_messages_of_all_locales_are_told_in_one_run(space):
    space.quick("en", "de", "ja", "fr-CA", "fr")
    lack(space, "de", "headline")
    lack(space, "ja", "headline", "alt")
    lack(space, "fr", "action")
    lack(space, "fr-CA", "action")

    result = space.run("check")

    assert result.code == 2
    assert "locale 'de' has no message 'banner.headline' (tried de)" in result.err
    assert "locale 'ja' has no message 'banner.headline' (tried ja)" in result.err
    assert "locale 'ja' has no message 'banner.alt' (tried ja)" in result.err
    assert "locale 'fr' has no message 'banner.action' (tried fr)" in result.err
    assert "locale 'fr-CA' has no message 'banner.action' (tried fr-CA, fr)" in result.err
    assert result.err.endswith("5 errors\n")
    assert "assetforge.yaml:17:26" in result.err


def test_a_message_that_a_template_asks_for_is_shown_at_its_line_there(space):
    space.quick("en", "de")
    space.write("prompts/scene.j2", "A scene.\n\n{% set x = t('banner.mood') %}{{ x }}")
    space.write(
        "prompts/copy.j2", "{% from 'lib.j2' import m with context %}{{ m('banner.' ~ 'tone') }}"
    )
    space.write("lib.j2", "{% macro m(id) %}\n{{ t(id) }}{% endmacro %}")
    for each, extra in (("en", {"mood": "calm", "tone": "x"}), ("de", {})):
        texts = {"headline": each, "action": each, "alt": each, **extra}
        space.locale(each, **texts)

    result = space.run("check")

    assert (
        "locale 'de' has no message 'banner.mood' (tried de)\n --> prompts/scene.j2:3:15"
        in result.err
    )
    assert "locale 'de' has no message 'banner.tone' (tried de)" in result.err
    assert "lib.j2:2:1" in result.err


def test_an_imported_macro_sees_messages_only_with_context(space):
    space.quick("en")
    space.write("prompts/copy.j2", "{% from 'lib.j2' import m with context %}{{ m() }}")
    space.write("lib.j2", "{% macro m() %}{{ t('banner.headline') }}{% endmacro %}")

    with_context = space.run("check")
    space.replace("prompts/copy.j2", " with context", "")
    without = space.run("check")

    assert with_context.code == 0
    assert without.code == 2
    assert "unknown variable 't'\n --> lib.j2:1:19" in without.err
    assert "help: import this file `with context`" in without.err


def test_a_variant_that_lacks_a_message_may_be_skipped(space):
    quick(space, "skip", "en", "de", "ja")
    lack(space, "de", "headline", "action")

    plan = make_plan(open_project(space.root / "assetforge.yaml"))

    assert {each.variant: each.reason for each in plan.skipped} == {
        "banner/wide/de": "'de' lacks 'banner.headline', 'banner.action'",
        "banner/tall/de": "'de' lacks 'banner.headline', 'banner.action'",
    }
    assert {each.variant.locale for each in plan.targets} == {"en", "ja"}
    assert plan.warnings == ()


def test_a_picture_may_be_shown_whole_in_the_source_language(space):
    """A picture in two languages would be worse than one in the wrong one."""
    quick(space, "fallback", "en", "de")
    lack(space, "de", "action")

    plan = make_plan(open_project(space.root / "assetforge.yaml"))

    edit = plan.actions[next(id for id in plan.actions if id.endswith("wide/edit"))]
    assert edit.variants == ("banner/wide/de", "banner/wide/en")
    assert edit.request["copy"] == [["headline", "Sale en"], ["action", "Buy en"]]
    german = next(each for each in plan.targets if each.variant.locale == "de")
    assert (german.path, german.lang, german.alt) == ("out/de/banner-wide.png", "en", "Hills en")
    assert [str(each) for each in plan.warnings] == [
        "assetforge.yaml:18:51: locale 'de' lacks 'banner.action': "
        "the whole picture is shown in 'en'"
    ]
    assert plan.warnings[0].severity == "warning"
    assert "warning[fallback]" in space.run("check").err


def test_without_a_source_text_there_is_nothing_to_fall_back_to(space):
    quick(space, "fallback", "en", "de")
    lack(space, "en", "action")

    result = space.run("check")

    assert result.code == 2
    assert "locale 'en' has no message 'banner.action' (tried en)" in result.err
    assert result.err.endswith("1 error\n")


@pytest.mark.parametrize("policy", ["error", "skip", "fallback"])
def test_fallback_inside_a_language_is_silent(space, policy):
    quick(space, policy, "en", "de", "de-AT")
    lack(space, "de-AT", "headline", "action", "alt")

    plan = make_plan(open_project(space.root / "assetforge.yaml"))

    assert (plan.skipped, plan.warnings) == ((), ())
    assert len(plan.targets) == 6


@pytest.mark.parametrize("policy", ["error", "skip", "fallback"])
def test_a_message_that_nobody_has_is_an_error_whatever_the_policy(space, policy):
    quick(space, policy, "en", "de")
    space.replace("assetforge.yaml", "banner.headline", "banner.hedline")

    result = space.run("check")

    assert result.code == 2
    assert "error[unknown-message]: no catalog has a message 'banner.hedline'" in result.err
    assert "did you mean 'banner.headline'?" in result.err
    assert result.err.endswith("1 error\n")


def test_a_message_like_no_other_gets_other_advice(space):
    space.quick("en").replace("assetforge.yaml", "banner.headline", "zzz")

    assert "add it to the catalogs" in space.run("check").err


def test_a_new_text_of_a_region_changes_that_region_alone(space):
    space.quick("en", "pt", "pt-BR", "pt-AO")
    for each in ("pt-BR", "pt-AO"):
        lack(space, each, "headline", "action", "alt")
    before = space.build() and keys(space)
    space.locale("pt-BR", headline="Promoção")

    after = keys(space)

    changed = {id for id in after if before.get(id) != after[id]}
    assert changed == {"banner/wide/pt-BR/edit", "banner/tall/pt-BR/edit"}


# Caps


def test_a_matrix_above_the_cap_is_refused_and_may_be_allowed(space):
    values = ", ".join(f"v{each}" for each in range(110))
    space.write(
        "assetforge.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n  a:\n"
        f"    matrix: {{x: [{values}], y: [{values}]}}\n"
        "    steps: [{compose: A scene.}]\n    output: '{x}-{y}.png'\n",
    )

    refused = space.run("check")
    allowed = space.run("check", "--max-variants", "12100")

    assert refused.code == 2
    assert "asset 'a' has 12,100 variants, more than the cap of 10,000" in refused.err
    assert "allow it with --max-variants 12100" in refused.err
    assert "assetforge.yaml:5:" in refused.err
    assert (allowed.code, allowed.out) == (0, "1 action, 12,100 pictures: no errors\n")


def test_included_points_count_too(space):
    space.quick("en")
    space.replace(
        "assetforge.yaml",
        "locale: all\n",
        "locale: all\n      include: [{format: x, locale: en}]\n",
    )

    with pytest.raises(Exception, match="has 3 variants, more than the cap of 2"):
        all_variants(open_project(space.root / "assetforge.yaml"), 2)


@pytest.mark.parametrize(
    "change",
    [
        ("locale: all", "locale: all\n      exclude: [{format: wide}, {format: tall}]"),
        ("  catalogs: locales/{locale}.json\n", ""),
    ],
)
def test_an_asset_without_variants_is_an_error_not_silence(space, change):
    space.quick("en").replace("assetforge.yaml", *change)

    result = space.run("check")

    assert result.code == 2
    assert "asset 'banner' has no variants: nothing would be made of it" in result.err
    assert "assetforge.yaml:" in result.err


@pytest.mark.parametrize(
    "matrix", ["{locale: [en, zz-qqqq]}", "{locale: [en], include: [{locale: zz-qqqq}]}"]
)
def test_a_value_of_the_axis_locale_that_is_no_language_tag_is_refused(space, matrix):
    space.quick("en")
    space.write(
        "assetforge.yaml",
        "version: 1\nlocales: {source: en, catalogs: 'locales/{locale}.json'}\n"
        "profiles: {blank: {provider: blank}}\nassets:\n"
        f"  a:\n    matrix: {matrix}\n    steps: [{{compose: x}}]\n    output: '{{locale}}.png'\n",
    )

    result = space.run("check")

    assert result.code == 2
    assert "'zz-qqqq'" in result.err
    assert "assetforge.yaml:6:" in result.err


def test_problems_of_several_variants_are_told_once(space):
    space.quick("en", "de", "ja").write("prompts/scene.j2", "{{ nothing }}")

    assert space.run("check").err.endswith("1 error\n")


def test_a_plan_of_nothing_chosen_is_a_plan_of_all(space):
    project = open_project(space.quick("en").root / "assetforge.yaml")

    assert make_plan(project) == make_plan(project, Selection(("*",)))


def test_an_override_for_no_variant_is_an_error(tmp_path):
    overrides = "    overrides: {dee: {vars: {a: 1}}}\n"

    result = Space(tmp_path).quick("en", "de", pipeline=QUICK + overrides).run("check")

    assert result.code == 2
    assert "the override 'dee' is for no variant of 'banner'" in result.err
    assert "did you mean 'de'?" in result.err


# Models: what would be refused, what is worth knowing

PAID = "{provider: openai, model: gpt-image-2, quality: low}"


def paid(space: Space, profile: str = PAID, more: str = "") -> Space:
    return space.quick(pipeline=QUICK.replace("{provider: blank}", profile) + more)


def warned(space: Space, *arguments: str) -> list[tuple[str, str]]:
    result = space.run("check", "--format", "json", *arguments)
    return [
        (each["code"], f"{each['line']}:{each['column']}") for each in result.json["diagnostics"]
    ]


def place_of(space: Space, words: str) -> str:
    lines = space.read("assetforge.yaml").split("\n")
    return next(
        f"{number}:{line.index(words) + 1}" for number, line in enumerate(lines, 1) if words in line
    )


def test_a_model_is_warned_about_once_where_it_is_named(space):
    paid(space)
    space.replace("assetforge.yaml", "- edit: prompts/copy.j2", EDIT)

    assert warned(space) == [
        ("floating-model", place_of(space, "gpt-image-2, quality")),
        ("unknown-model", place_of(space, "gpt-image-9")),
    ]


EDIT = "- edit: prompts/copy.j2\n        model: gpt-image-9"


def test_a_default_model_is_warned_about_at_its_provider(space):
    paid(space, "{provider: openai, quality: low}")

    assert warned(space) == [("floating-model", place_of(space, "openai"))]


def test_a_model_of_the_pipeline_file_is_known(space):
    more = "models: {gpt-image-9: {inherits: gpt-image-2.6, price: {image_out: 40}}}\n"

    assert warned(paid(space, "{provider: openai, model: gpt-image-9, quality: low}", more)) == []


@pytest.mark.parametrize(
    ("profile", "code", "at"),
    [
        ("{provider: openai, quality: hihg}", "unknown-quality", "hihg"),
        ("{provider: azure, model: m, output_format: webp}", "unknown-format", "webp"),
        ("{provider: azure, model: m, moderation: low}", "unknown-parameter", "low"),
        ("{provider: openai, output_compression: 5}", "png-compression", "5}"),
        ("{provider: openai, extra: {seed: 1}}", "unknown-parameter", "1}"),
        ("{provider: xai, model: m, moderation: low}", "unknown-parameter", "low"),
    ],
)
def test_what_a_model_would_refuse_is_an_error_where_the_profile_says_it(space, profile, code, at):
    paid(space, profile)

    assert warned(space) == [(code, place_of(space, at))]
    assert space.run("check").code == 2


def test_what_a_step_says_is_refused_at_the_step(space):
    paid(space)
    space.replace(
        "assetforge.yaml",
        "- compose: prompts/scene.j2",
        "- {compose: prompts/scene.j2, quality: ultra, extra: {style: vivid}}",
    )

    assert warned(space) == [
        ("unknown-quality", place_of(space, "ultra")),
        ("unknown-parameter", place_of(space, "vivid")),
    ]


def test_what_goes_with_each_step_is_refused_where_it_stands(space):
    """`extra` of a step comes on top of the profile's."""
    paid(space, "{provider: openai, quality: low, extra: {seed: 7}}")
    space.replace(
        "assetforge.yaml",
        "- compose: prompts/scene.j2",
        "- {compose: prompts/scene.j2, extra: {user: me}}",
    )

    assert warned(space) == [("unknown-parameter", place_of(space, "7}"))]


def test_a_service_that_takes_no_pictures_refuses_each_edit(space):
    paid(space, "{provider: gemini, model: gemini-2.5-flash-image}")

    assert warned(space) == [("no-edits", place_of(space, "edit: prompts"))]


def test_what_would_be_refused_may_be_asked_for_all_the_same(space):
    """Tables go stale: the vendor may have learnt something since."""
    paid(space, "{provider: openai, model: gpt-image-2-2026-04-21, quality: ultra}")

    assert space.run("check").code == 2
    result = space.run("check", "--allow-unverified", "--format", "json")

    assert result.code == 0
    assert [(each["code"], each["severity"]) for each in result.json["diagnostics"]] == [
        ("unknown-quality", "warning")
    ]
    asked = space.run("render", "--allow-unverified", "--format", "json").json["requests"]
    assert {each["request"]["quality"] for each in asked} == {"ultra"}


def test_a_model_that_is_no_more_is_a_warning_in_a_plan_and_an_error_for_what_has_to_run(space):
    """A project whose pictures are all there needs no model."""
    paid(space, "{provider: openai, model: gpt-image-1.5, quality: low}")
    project = open_project(space.root / "assetforge.yaml")
    before, after = date(2026, 11, 30), date(2026, 12, 1)

    plan = make_plan(project, today=after)

    assert [(each.code, each.severity) for each in plan.warnings if "shut" in each.code] == [
        ("model-shutdown", "warning")
    ]
    assert [each.code for each in make_plan(project, today=before).warnings] == [
        "model-shutdown-soon",
        "floating-model",
    ]
    (gone,) = gone_models(project, plan, plan.actions, after)
    assert str(gone) == (
        f"assetforge.yaml:{place_of(space, 'gpt-image-1.5')}: 'gpt-image-1.5' was shut down on "
        "2026-12-01; use 'gpt-image-2.5-sunburst'"
    )
    assert gone_models(project, plan, [], after) == []
    assert gone_models(project, plan, plan.actions, before) == []


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("{provider: gemini, model: m, quality: high, partial_images: 2}", ["high", "2"]),
        ("{provider: xai, model: m, quality: high}", ["high"]),
        ("{provider: draft, moderation: low, extra: {seed: 1}}", ["low", "{seed"]),
        ("{provider: azure, model: gpt-image-2, quality: high, partial_images: 2}", []),
    ],
)
def test_a_setting_that_reaches_nobody_is_told_once_where_it_stands(space, profile, said):
    paid(space, profile)
    project = open_project(space.root / "assetforge.yaml")

    plan = make_plan(project, allow_unverified=True)

    found = [each for each in (*project.loaded.warnings, *plan.warnings) if each.code == "not-sent"]
    assert sorted(str(each.place) for each in found) == sorted(
        f"assetforge.yaml:{place_of(space, each)}" for each in said
    )


REACHED = st.fixed_dictionaries(
    {},
    optional={
        "base_url": st.sampled_from(["https://one.example/v1", "http://127.0.0.1:1/v1"]),
        "deployment": st.sampled_from(["mine", "yours"]),
        "key_env": st.sampled_from(["MY_KEY", "YOUR_KEY"]),
        "timeout": st.integers(1, 3600),
        "images_per_minute": st.integers(1, 999),
        "tokens_per_minute": st.integers(1, 999),
        "count_references": st.booleans(),
        "partial_images": st.integers(0, 3),
        "resend": st.booleans(),
        "max_cost": st.integers(0, 9),
    },
)


@given(REACHED, st.sampled_from([None, "azure"]))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_how_a_service_is_reached_changes_no_key(space, reached, service):
    """Moving to another account, address, deployment or service buys nothing again."""
    plain = {"provider": "openai", "model": "gpt-image-2-2026-04-21", "quality": "low"}
    if service is None:
        reached.pop("deployment", None)

    before = keys(paid(space, json.dumps(plain)))
    after = keys(paid(space, json.dumps({**plain, **reached, "provider": service or "openai"})))

    assert before
    assert after == before


@pytest.mark.parametrize(
    "said",
    [
        {"moderation": "low"},
        {"output_format": "jpeg"},
        {"output_format": "webp", "output_compression": 50},
        {"extra": {"user": "me"}},
        {"quality": "medium"},
        {"model": "gpt-image-2"},
    ],
)
def test_what_changes_the_picture_changes_its_key(space, said):
    plain = {"provider": "openai", "model": "gpt-image-2-2026-04-21", "quality": "low"}

    before = keys(paid(space, json.dumps(plain)))
    after = keys(paid(space, json.dumps({**plain, **said})))

    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


# Takes and the lock


def test_assets_whose_lock_would_be_one_file_on_some_system_are_refused(space):
    banner = QUICK.split("assets:\n")[1].replace("out/", "out/other/").replace("banner:", "Banner:")
    space.quick(pipeline=QUICK + banner)

    result = space.run("check")

    assert result.code == 2
    assert "error[asset-collision]: the assets 'banner' and 'Banner' would share" in result.err
    assert "assetforge.yaml:20:3" in result.err


def test_a_step_may_ask_for_takes_to_choose_from(space):
    space.quick(
        pipeline=QUICK.replace("compose: prompts/scene.j2", "{compose: prompts/scene.j2, takes: 3}")
    )

    plan = make_plan(open_project(space.root / "assetforge.yaml"))

    extras = {id: each for id, each in plan.actions.items() if each.is_extra}
    assert extras.keys() == {
        f"banner/{format}/compose@{take}" for format in ("wide", "tall") for take in (2, 3)
    }
    assert {each.request["take"] for each in extras.values()} == {2, 3}
    used = {each for action in plan.actions.values() for each in action.made_inputs}
    assert not used & extras.keys(), "nothing stands on them"
    assert len(extras[ActionId("banner/wide/compose@2")].variants) == 2, "shared like the first"


@pytest.mark.parametrize("takes", [0, 21, "many"])
def test_a_number_of_takes_that_cannot_be_is_refused_where_it_stands(space, takes):
    space.quick(
        pipeline=QUICK.replace(
            "compose: prompts/scene.j2", f"{{compose: prompts/scene.j2, takes: {takes}}}"
        )
    )

    result = space.run("check")

    assert result.code == 2
    assert "assetforge.yaml:15:44" in result.err


def test_what_only_a_standing_picture_needed_is_left_out_of_the_plan(space):
    space.quick(
        pipeline=QUICK.replace("edit: prompts/copy.j2", "edit: prompts/copy.j2\n        takes: 2")
    )
    plan = make_plan(open_project(space.root / "assetforge.yaml"))
    wide = {id for id in plan.actions if id in ("banner/wide/de/edit", "banner/wide/en/edit")}

    rest = plan.without_needs_of(wide)

    gone = plan.actions.keys() - rest.actions.keys()
    assert gone == {"banner/wide/compose", "banner/wide/de/edit@2", "banner/wide/en/edit@2"}
    assert all(rest.actions[id].inputs == () for id in wide)
    assert list(rest.actions) == [id for id in plan.actions if id not in gone]
    assert plan.without_needs_of(()) == plan
