"""What becomes of variants whose texts are missing, too long, or of no language at all."""

import json
from typing import Any

import pytest

from tests.space import Space

PIPELINE = """\
version: 1
locales:
  source: en
  targets: [en, de, yue]
  catalogs: l/{locale}.json
  %s
profiles:
  blank: {provider: blank}
  paid: {provider: openai, model: gpt-image-2-2026-04-21}
assets:
  banner:
    matrix: {locale: all}
    steps:
      - compose: A scene, {{ locale }}.
        copy: {headline: %s, action: action}
    output: out/{locale}.png
"""

FULL = {"title": "Title", "action": "Go"}
TAIWAN: dict[str, Any] = {"zh-TW": FULL}


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def project(space: Space, more: str, slot: str = "title", **texts: Any) -> Space:
    space.write("assetforge.yaml", PIPELINE % (more, slot))
    for each, messages in {"en": FULL, "de": FULL, **texts}.items():
        space.write(f"l/{each}.json", json.dumps(messages, ensure_ascii=False))
    return space


def test_a_declared_fallback_shows_the_whole_picture_in_it(space):
    yue = {"title": "粵語"}
    project(space, "fallback: {yue: zh-Hant}", yue=yue, **TAIWAN)

    result = space.run("plan")

    assert result.code == 0, result.err
    assert "locale 'yue' lacks 'action': the whole picture is shown in 'zh-TW'" in result.err


def test_without_a_fallback_another_language_is_an_error(space):
    project(space, "missing: error", yue={"title": "粵語"}, **TAIWAN)

    result = space.run("plan")

    assert result.code == 2
    assert "locale 'yue' has no message 'action' (tried yue)" in result.err


def test_a_fallback_that_lacks_the_message_too_leaves_the_policy_to_decide(space):
    short: Any = {"title": "x"}
    project(space, "fallback: {yue: [zh-TW]}", yue=short, **{"zh-TW": short})
    refused = space.run("plan")

    project(space, "fallback: {yue: [zh-TW]}\n  missing: fallback", yue=short)
    shown = space.run("plan")

    assert refused.code == 2
    assert "has no message 'action'" in refused.err
    assert shown.code == 0
    assert "'yue' lacks 'action': the whole picture is shown in 'en'" in shown.err


def test_a_slot_may_have_a_policy_of_its_own(space):
    project(space, "missing: error", "{message: title, missing: skip}", de={"action": "Los"})
    space.write("l/yue.json", json.dumps(FULL))

    result = space.run("plan", "--format", "json")

    assert result.code == 0, result.err
    assert [each["variant"] for each in result.json["skipped"]] == ["banner/de"]


def test_an_error_of_one_message_counts_more_than_the_leave_of_another(space):
    project(space, "missing: error", "{message: title, missing: skip}", de={}, yue=FULL)

    result = space.run("plan")

    assert result.code == 2
    assert "locale 'de' has no message 'action'" in result.err


def test_a_message_that_no_catalog_has_is_an_error_whatever_the_policy(space):
    project(space, "missing: skip", "tilte", yue=FULL)

    result = space.run("plan")

    assert result.code == 2
    assert "no catalog has a message 'tilte'" in result.err
    assert "did you mean 'title'?" in result.err


PO = '#, fuzzy\nmsgid "title"\nmsgstr "Titel"\n'


def test_a_fuzzy_translation_is_missing_unless_it_is_wanted(space):
    project(space, "use_fuzzy: false", yue=FULL)
    space.replace("assetforge.yaml", "l/{locale}.json", '["l/{locale}.po", "l/{locale}.json"]')
    space.write("l/de.po", PO)
    space.write("l/de.json", json.dumps({"action": "Los"}))

    unsure = space.run("plan")
    space.replace("assetforge.yaml", "use_fuzzy: false", "use_fuzzy: true")

    assert unsure.code == 2
    assert "locale 'de' is not sure of message 'title'" in unsure.err
    assert "`use_fuzzy: true`" in unsure.err
    assert space.run("plan").code == 0


LONG = "{message: title, max_length: 6}"


def test_too_long_texts_of_all_locales_are_errors_in_one_run_before_any_spending(space):
    project(space, "missing: error", LONG, de={"title": "Ein Titel", "action": "x"})
    space.write("l/yue.json", json.dumps({"title": "seven 7", "action": "x"}))

    result = space.run("build")

    assert result.code == 2
    assert "'title' in 'de' has 9 graphemes, 3 more than the 6 of slot 'headline'" in result.err
    assert "'title' in 'yue' has 7 graphemes, 1 more" in result.err
    assert "l/de.json:1:11" in result.err
    assert not (space.root / "out").exists()


def test_too_long_texts_may_be_warnings_or_leave_the_picture_out(space):
    texts = {"de": {"title": "Ein Titel", "action": "x"}, "yue": FULL}
    project(space, "too_long: warn", LONG, **texts)
    warned = space.run("plan", "--format", "json")
    project(space, "too_long: skip", LONG, **texts)
    skipped = space.run("plan", "--format", "json")

    assert warned.code == skipped.code == 0
    assert "has 9 graphemes" in warned.err
    assert len(warned.json["actions"]) - len(skipped.json["actions"]) == 1
    assert [(each["variant"], each["reason"]) for each in skipped.json["skipped"]] == [
        (
            "banner/de",
            "message 'title' in 'de' has 9 graphemes, 3 more than the 6 of slot 'headline'",
        )
    ]


def test_pseudo_locales_are_there_for_who_asks_only(space):
    project(space, "missing: error", yue=FULL)

    assert len(space.run("plan", "--format", "json").json["actions"]) == 3
    asked = space.run("plan", "--format", "json", "--locale", "en-XA", "--locale", "ar-XB")
    by_name = space.run("plan", "--format", "json", "banner/en-XC")

    assert [each["variants"] for each in asked.json["actions"]] == [
        ["banner/en-XA"],
        ["banner/ar-XB"],
    ]
    assert [each["variants"] for each in by_name.json["actions"]] == [["banner/en-XC"]]


def test_pseudo_locales_join_an_axis_that_lists_its_locales(space):
    project(space, "missing: error", yue=FULL)
    space.replace("assetforge.yaml", "{locale: all}", "{locale: [en, de]}")

    assert space.build("--locale", "en-XA")["made"] == 1
    assert (space.root / "out/en-XA.png").exists()


def test_a_pseudo_locale_is_never_paid_for(space):
    project(space, "missing: error", yue=FULL)

    result = space.run("plan", "--profile", "paid", "--locale", "en-XA")

    assert result.code == 2
    assert "'en-XA' is for drafts, and the profile 'paid' would send it to 'openai'" in result.err
    assert "choose a profile with `provider: draft`" in result.err


def test_a_full_build_takes_the_files_of_pseudo_locales_away_again(space):
    project(space, "missing: error", yue=FULL)
    space.build("--locale", "en-XA")

    space.build()

    assert sorted(each.name for each in (space.root / "out").iterdir()) == [
        "de.png",
        "en.png",
        "yue.png",
    ]


def test_a_declared_fallback_comes_before_leaving_the_picture_out(space):
    more = "missing: skip\n  fallback: {yue: zh-TW}"
    project(space, more, yue={"title": "粵語"}, de={}, **TAIWAN)

    result = space.run("plan", "--format", "json")

    assert [each["variant"] for each in result.json["skipped"]] == ["banner/de"]
    assert "the whole picture is shown in 'zh-TW'" in result.err


def test_asking_for_a_step_of_a_picture_that_is_left_out_says_so(space):
    project(space, "missing: skip", de={}, yue=FULL)

    result = space.run("render", "banner/de", "--step", "compose")

    assert result.code == 5
    assert "'banner/de' is left out: 'de' lacks 'title', 'action'" in result.err


def test_what_is_odd_in_a_catalog_is_told_with_the_errors_that_may_come_of_it(space):
    project(space, "missing: error", yue=FULL, de={"action": "x"})
    space.write("l/en.json", json.dumps({**FULL, "days": "{n, plural, one {a} other {b}}"}))

    result = space.run("plan")

    assert result.code == 2
    assert "syntax-not-said" in result.err
    assert result.err.endswith("1 error, 1 warning\n")


STACKED = """\
version: 1
locales: {source: en, targets: [en, de, fr], catalogs: "l/{locale}.json", missing: %s}
profiles: {blank: {provider: blank}}
assets:
  top:
    matrix: {locale: all}
    steps: [{edit: "Set it in {{ locale }}.", copy: {a: action}, references: ["asset:base"]}]
    output: out/top-{locale}.png
  base:
    matrix: {locale: all, format: [one]}
    steps: [{compose: A scene., copy: {h: title}, size: 100x100}]
    output: out/base-{locale}.png
"""


def stacked(space: Space, missing: str) -> Space:
    space.write("assetforge.yaml", STACKED % missing)
    for locale in ("en", "fr"):
        space.write(
            f"l/{locale}.json", json.dumps({"title": f"T {locale}", "action": f"A {locale}"})
        )
    space.write("l/de.json", json.dumps({"action": "A de"}))
    return space


def test_a_picture_on_one_that_is_shown_in_another_language_is_shown_in_it_too(space):
    stacked(space, "fallback")

    assert space.run("plan").code == 0
    requests = space.run("render", "top/de", "--format", "json").json["requests"]
    prompts = [each["request"]["prompt"] for each in requests if each["kind"] == "edit"]

    assert len(prompts) == 1
    assert "A en" in prompts[0]
    assert prompts[0].startswith("Set it in en.")


def test_a_picture_on_one_that_is_left_out_is_left_out(space):
    stacked(space, "skip")

    result = space.run("plan", "--format", "json")

    assert result.code == 0, result.err
    assert {each["variant"]: each["reason"] for each in result.json["skipped"]} == {
        "base/de/one": "'de' lacks 'title'",
        "top/de": "'base/de/one' is left out",
    }


def test_the_locale_that_lacks_the_message_is_named_and_not_its_stand_in(space):
    project(space, "fallback: {yue: de}", yue={"title": "x"}, de={"action": "x"})

    result = space.run("plan", "banner/yue")

    assert result.code == 2
    assert "locale 'yue' has no message 'action'" in result.err
    assert "locale 'de'" not in result.err


def test_missing_and_too_long_texts_of_one_picture_are_told_together(space):
    project(space, "missing: error", LONG, yue=FULL, de={"title": "Ein Titel"})

    result = space.run("plan")

    assert "'de' has no message 'action'" in result.err
    assert "'title' in 'de' has 9 graphemes" in result.err


def test_a_damaged_file_hides_nothing_of_other_locales(space):
    project(space, "missing: error", yue={"title": "x"})
    space.write("l/de.json", "{")

    result = space.run("plan")

    assert "l/de.json:1:2" in result.err
    assert "locale 'yue' has no message 'action'" in result.err


def test_a_message_that_shows_a_missing_one_follows_the_policy(space):
    texts = {"title": "Kauf $t(brand)", "action": "x"}
    project(space, "missing: skip", yue=FULL, de=texts, en={**FULL, "brand": "Wren"})
    space.replace(
        "assetforge.yaml", "l/{locale}.json", '{path: "l/{locale}.json", syntax: i18next}'
    )

    result = space.run("plan", "--format", "json")

    assert [each["reason"] for each in result.json["skipped"]] == ["'de' lacks 'brand'"]


def test_files_of_pseudo_locales_are_left_out_with_a_word(space):
    texts: dict[str, Any] = {"en-XC": FULL, "en-XA": FULL}
    project(space, "missing: error", yue=FULL, **texts)

    result = space.run("plan", "--format", "json")

    assert len(result.json["actions"]) == 3
    assert "'en-XC' is a pseudo-locale, whose texts are made of the source texts" in result.err
    assert space.run("plan", "--locale", "en-xc").code == 0


@pytest.mark.parametrize("line", ["fallback: {yue: en-XA}", "fallback: {ar-XB: en}"])
def test_a_pseudo_locale_stands_in_for_nobody(space, line):
    project(space, line, yue=FULL)

    result = space.run("plan")

    assert result.code == 2
    assert "is a pseudo-locale" in result.err


def test_the_source_is_no_pseudo_locale(space):
    project(space, "missing: error", yue=FULL)
    space.replace("assetforge.yaml", "source: en", "source: en-XA")

    result = space.run("plan")

    assert result.code == 2
    assert "'en-XA' is a pseudo-locale; write a real one" in result.err


def test_overrides_and_exclusions_may_name_pseudo_locales(space):
    project(space, "missing: error", yue=FULL)
    override = "    output: out/{locale}.png\n    overrides: {ar-XB: {vars: {x: y}}}\n"
    space.replace("assetforge.yaml", "    output: out/{locale}.png\n", override)
    space.replace("assetforge.yaml", "{locale: all}", "{locale: all, exclude: [{locale: en-XA}]}")

    assert space.run("plan").code == 0
    assert space.run("plan", "--locale", "ar-XB").code == 0
    assert space.run("plan", "--locale", "en-XA").code == 5


def test_declared_locales_may_stand_in_axes_and_overrides(space):
    more = "custom: {pirate: {like: en}}"
    project(space, more, yue=FULL, pirate=FULL)
    space.replace("assetforge.yaml", "{locale: all}", "{locale: [en, pirate]}")
    override = "    output: out/{locale}.png\n    overrides: {pirate: {vars: {x: y}}}\n"
    space.replace("assetforge.yaml", "    output: out/{locale}.png\n", override)

    result = space.run("plan", "--format", "json")

    assert result.code == 0, result.err
    assert [each["variants"] for each in result.json["actions"]] == [
        ["banner/en"],
        ["banner/pirate"],
    ]


def test_a_pseudo_locale_among_the_targets_is_left_out_where_it_would_be_paid_for(space):
    project(space, "missing: error", yue=FULL)
    space.replace("assetforge.yaml", "targets: [en, de, yue]", "targets: [en, en-XA]")

    drafts = space.run("plan", "--format", "json").json
    paid = space.run("plan", "--profile", "paid", "--format", "json").json

    assert [len(each["actions"]) for each in (drafts, paid)] == [2, 1]
    assert paid["skipped"] == [
        {"variant": "banner/en-XA", "reason": "a pseudo-locale is for drafts"}
    ]
