"""Which pictures somebody means."""

from tests.review.shop import PIPELINE
from tests.review.test_verdicts import CARD


def about(space, *arguments: str) -> list[str]:
    document = space.does(*arguments, "--profile", "blank", "--dry-run", "--format", "json").json
    found: list[str] = document["actions"]
    return found


def test_the_last_drawing_of_each_variant_is_meant(open_shop):
    shop = open_shop()
    shop.buys("--profile", "blank")

    assert about(shop, "reject", "banner/wide") == ["banner/wide/de/edit", "banner/wide/en/edit"]
    assert about(shop, "reject", "--locale", "de") == ["banner/wide/de/edit", "banner/tall/de/edit"]
    assert about(shop, "reject", "banner/wide", "--step", "compose") == ["banner/wide/compose"]


def test_accept_means_also_what_the_last_one_stands_on(open_shop):
    shop = open_shop(PIPELINE + CARD)
    shop.buys("--profile", "blank")

    assert about(shop, "accept", "card") == ["mascot/compose", "card/compose"]
    assert about(shop, "accept", "banner/wide/de") == ["banner/wide/compose", "banner/wide/de/edit"]


def test_a_step_is_that_of_the_variants_own_asset_before_that_of_another(open_shop):
    shop = open_shop(PIPELINE + CARD)
    shop.buys("--profile", "blank")

    assert about(shop, "reject", "card", "--step", "compose") == ["card/compose"]


def test_an_unknown_step_is_refused_with_those_that_there_are(open_shop):
    shop = open_shop()

    result = shop.run("reject", "banner", "--step", "edti")

    assert result.code == 5
    assert (
        "none of these variants has a step 'edti' that is drawn; did you mean 'edit'?" in result.err
    )
    assert "there are: compose, edit" in shop.run("reject", "banner", "--step", "x").err


def test_what_is_skipped_has_nothing_to_decide_about(open_shop):
    shop = open_shop(PIPELINE.replace("  source: en\n", "  source: en\n  missing: skip\n"))
    shop.write("locales/de.json", "{}")

    result = shop.run("accept", "banner/wide/de")

    assert result.code == 5
    assert "none of these variants has a picture of a provider" in result.err
    assert "there are: none" in shop.run("accept", "*/de", "--step", "edit").err
