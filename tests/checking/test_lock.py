import json

import pytest


def found(shop, *arguments, code=0):
    result = shop.run("check", "--format", "json", *arguments)
    assert result.code == code, result.err
    return [each for each in result.json["diagnostics"] if each["code"].startswith("lock-")]


def entry_line(shop, word):
    lines = shop.read("assetforge.lock/banner.json").splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)


def test_a_lock_of_today_is_fine(shop):
    assert found(shop) == []


def test_pictures_of_what_is_gone_are_told_once_where_they_stand(shop):
    shop.replace("assetforge.yaml", "        tall: {size: 600x900}\n", "")

    (only,) = found(shop)

    assert (only["code"], only["severity"]) == ("lock-vanished", "warning")
    assert only["file"] == "assetforge.lock/banner.json"
    assert only["line"] == entry_line(shop, '"banner/tall/de"') + 2
    assert only["label"].startswith("banner/tall/de compose (final), banner/tall/de edit (final)")
    assert "--prune" in only["help"]


def test_of_an_asset_that_is_gone_too(shop):
    shop.replace("assetforge.yaml", "  banner:\n    matrix", "  poster:\n    matrix")

    assert [each["code"] for each in found(shop)] == ["lock-vanished"]


def test_what_was_not_chosen_has_not_vanished(shop):
    assert found(shop, "banner/wide", "--locale", "de") == []


def test_pictures_of_other_words_are_told_once_where_they_stand(shop):
    shop.locale("de", headline="Schluss", action="Los", alt="Berge")

    (only,) = found(shop)

    assert (only["code"], only["severity"]) == ("lock-outdated", "warning")
    assert only["label"] == "banner/tall/de edit (final), banner/wide/de edit (final)"
    assert only["file"] == "assetforge.lock/banner.json"


def test_what_waits_may_be_of_today_and_is_not_told(shop):
    shop.reword()

    (only,) = found(shop)

    assert "edit" not in only["label"]


def test_what_is_told_as_not_locked_is_not_told_twice(shop):
    shop.reword()

    assert found(shop, "--locked", code=3) == []


def test_what_is_pinned_is_not_outdated(shop):
    shop.does("pin", "banner/wide/de", "--step", "edit")
    shop.locale("de", headline="Schluss", action="Los", alt="Berge")

    assert [each["label"] for each in found(shop)] == ["banner/tall/de edit (final)"]


def test_entries_that_stand_twice_are_told(shop):
    text = shop.read("assetforge.lock/banner.json")
    shop.write("assetforge.lock/copy.json", text)

    assert {each["code"] for each in found(shop)} == {"lock-duplicate"}


def test_a_damaged_lock_is_an_error_among_the_others(shop):
    shop.write("assetforge.lock/banner.json", json.dumps({"schema": "assetforge.lock/1", "x": 1}))
    shop.write("prompts/copy.j2", "{{ nope }}")

    result = shop.run("check", "--format", "json", "--locked")

    assert result.code == 2
    codes = {each["code"] for each in result.json["diagnostics"]}
    assert {"lock-damaged", "undefined-variable"} <= codes
    assert result.json["unlocked"] is None


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("low, max_cost: 5.00}\n  blank", "low, max_cost: 0.01}\n  blank", ["over-max-cost"]),
        ("assets:\n", "budget: {day: 0.01, month: 0.01}\nassets:\n", ["over-budget"] * 2),
        ("assets:\n", "budget: {day: 9}\nassets:\n", []),
    ],
)
def test_a_cap_that_a_build_would_surely_reach_is_told_where_it_is_written(
    open_shop, old, new, codes
):
    shop = open_shop()
    shop.replace("assetforge.yaml", old, new)

    result = shop.run("check", "--format", "json")

    told = [each for each in result.json["diagnostics"] if each["code"].startswith("over-")]
    assert (result.code, [each["code"] for each in told]) == (0, codes)
    for each in told:
        assert each["message"].startswith("what the lock does not name costs at least $0.0")
        assert "more than the $0.01 that may be spent" in each["message"]
        line = shop.read("assetforge.yaml").splitlines()[each["line"] - 1]
        assert line[each["column"] - 1 :].startswith("0.01")


def test_what_the_lock_names_costs_nothing_more(shop):
    shop.replace("assetforge.yaml", "assets:\n", "budget: {day: 0.01}\nassets:\n")

    assert "over-budget" not in shop.run("check").err


def test_a_model_that_may_be_another_some_day_is_told_where_it_is_named(open_shop):
    shop = open_shop()
    shop.replace(
        "assetforge.yaml",
        "gpt-image-2-2026-04-21, quality: low, max_cost: 5.00}\n  blank",
        "gpt-image-2, quality: low, max_cost: 5.00}\n  blank",
    )

    document = shop.run("check", "--format", "json").json

    (only,) = [each for each in document["diagnostics"] if each["code"] == "floating-model"]
    assert (only["severity"], only["line"]) == ("warning", 6)
