"""Pictures that stay, lost ones, takes to choose from: over builds that an emulator counts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from assetforge.decided import Options, deciding
from assetforge.digest import Digest
from assetforge.emulator import Settings, serving
from assetforge.errors import StoreProblem
from assetforge.lock.entry import Slot
from assetforge.permission import refuse
from assetforge.store.local import FOLDER
from tests.refusing import read_only
from tests.review.shop import SOLD, Open, Shop

PARTED = "A {% if locale.name == 'English' %}new{% else %}calm{% endif %} scene.\n"
SAME = "A same scene.\n"
EDIT = "      - edit: prompts/copy.j2\n        copy: {headline: banner.headline}\n"


def pipeline(profile: str = "", *, takes: int = 1, edit: bool = True, more: str = "") -> str:
    """Return a pipeline file with a scene for all locales, and an edit for each."""
    several = f"        takes: {takes}\n" if takes > 1 else ""
    return f"""\
version: 1
locales: {{source: en, catalogs: "locales/{{locale}}.json"}}
profiles:
  final: {SOLD}{profile}}}
  other: {SOLD}}}
assets:
  banner:
    matrix: {{locale: all}}
    steps:
      - compose: prompts/scene.j2
        size: 480x320
{several}{EDIT if edit else ""}    output: out/{{locale}}.png
{more}"""


def scene(locale: str, step: str = "compose", profile: str = "final") -> Slot:
    return Slot(f"banner/{locale}", profile, step)


def lose(shop: Shop, digest: Digest | None) -> None:
    """Take a picture's bytes away, as a disk or a person may."""
    assert digest is not None
    path = shop.root / FOLDER / "cas" / digest[:2] / digest
    path.chmod(0o644)
    path.unlink()
    for each in (shop.root / FOLDER).glob("state.sqlite*"):
        each.unlink()


def test_pinned_pictures_stay_each_its_own_when_their_words_become_the_same(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("pin", "*")
    before = shop.outputs()

    shop.write("prompts/scene.j2", SAME)

    assert shop.buys() == 0
    assert shop.outputs() == before
    assert len(set(before.values())) == 2


@pytest.mark.parametrize("verdict", ["accept", "leave"])
def test_a_pin_holds_nobody_elses_picture(open_shop: Open, verdict):
    """Whoever else has these words goes on with a picture of their own, filtered or not."""
    shop = open_shop(pipeline(edit=False))
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    if verdict == "accept":
        shop.does("accept", "banner/en")
    shop.does("pin", "banner/de")
    before = shop.outputs()

    shop.write("prompts/scene.j2", "A new scene.\n")

    words = {id: each for id, each in shop.plan_words().items() if "compose" in id}
    assert list(words.values()) == ["hit", "hit"]
    assert shop.buys() == 0
    assert shop.buys("banner/en") == 0
    assert shop.outputs() == before


def test_what_stands_on_parted_pictures_parts_with_them(open_shop: Open):
    shop = open_shop(pipeline())
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("pin", "banner/de", "--step", "compose")
    pinned = shop.lock()[scene("de")].artifact
    edit = shop.lock()[scene("de", "edit")]

    shop.write("prompts/scene.j2", SAME)

    assert shop.buys() == 2, "a scene and an edit for English"
    lock = shop.lock()
    assert lock[scene("de")].artifact == pinned
    assert lock[scene("de", "edit")] == edit
    assert lock[scene("en")].artifact != pinned
    assert shop.buys() == shop.buys("banner/en") == 0


@pytest.mark.parametrize("arguments", [(), ("banner/en",)])
def test_each_accepted_picture_stays_where_words_become_the_same(open_shop: Open, arguments):
    shop = open_shop(pipeline(", unaccepted: keep", edit=False))
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("accept", "*")
    before = shop.outputs()

    shop.write("prompts/scene.j2", SAME)
    bought = shop.buys(*arguments)

    assert bought == 1
    assert shop.outputs() == before
    said = shop.does("build", "--yes").err
    assert "2 pictures wait for somebody to accept it" in said
    shop.does("accept", "*")
    shop.buys()
    assert len(set(shop.outputs().values())) == 1


def test_another_asset_gets_the_part_of_a_picture_that_is_for_its_variant(open_shop: Open):
    more = """\
  card:
    matrix: {locale: all}
    steps:
      - edit: A card of it.
        references: [asset:banner]
    output: cards/{locale}.png
"""
    shop = open_shop(pipeline(edit=False, more=more))
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("pin", "banner/de")

    shop.write("prompts/scene.j2", "A new scene.\n")

    assert shop.buys() == 0
    lock = shop.lock()
    for locale in ("en", "de"):
        card = lock[Slot(f"card/{locale}", "final", "edit")]
        assert card.components["inputs"] == [str(lock[scene(locale)].artifact)[:12]]


def test_a_new_locale_has_the_accepted_picture_of_those_it_is_like(open_shop: Open):
    shop = open_shop(pipeline(", unaccepted: keep", edit=False))
    shop.buys()
    shop.does("accept", "*")
    accepted = shop.lock()[scene("de")].artifact
    shop.locale("ja", headline="Sale", action="Buy", alt="Hills")
    shop.reword()

    assert shop.buys() == 1

    (other,) = {shop.lock()[scene(each)].artifact for each in ("de", "en", "ja")}
    assert other != accepted
    assert len(set(shop.outputs().values())) == 1, "Japanese, too, waits with what is accepted"


def test_a_request_that_two_parts_share_is_sent_once_though_it_fails(open_shop: Open, monkeypatch):
    shop = open_shop(pipeline(", unaccepted: keep", edit=False))
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("accept", "*")
    shop.write("prompts/scene.j2", SAME)
    with serving(Settings(pictures="flat", faults={"moderation_output": 1.0})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = shop.run("build", "--yes", "-k", "--format", "json")
        calls = server.books()["calls"]

    assert result.code == 1
    assert len(calls) == 1
    assert len(result.json["failures"]) == 2


def test_a_file_that_goes_in_goes_into_every_part(open_shop: Open):
    shop = open_shop(
        pipeline(edit=False).replace("    output:", "    references: [a.png]\n    output:")
    )
    shop.picture("a.png")
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()
    shop.does("pin", "banner/de")

    shop.write("prompts/scene.j2", "A new scene.\n")

    assert shop.buys() == 0


def test_what_is_accepted_and_lost_and_not_needed_keeps_no_picture_back(open_shop: Open):
    shop = open_shop(pipeline(", unaccepted: fail"))
    shop.run("build", "--yes")
    shop.does("accept", "*")
    shop.buys()
    lose(shop, shop.lock()[scene("de")].artifact)

    assert shop.does("build", "--frozen").code == 0
    assert len(shop.outputs()) == 2


def test_a_reject_holds_though_another_slot_had_accepted_the_picture_before(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    shop.does("accept", "*")
    rejected = shop.lock()[scene("de")].artifact
    shop.write("prompts/scene.j2", PARTED)
    shop.buys()

    shop.does("reject", "banner/de", "--yes")

    assert shop.buys() == 1
    entry = shop.lock()[scene("de")]
    assert entry.artifact != rejected
    assert entry.rejected == (rejected,)
    assert shop.buys() == 0


def test_no_takes_are_made_of_what_somebody_has_accepted(open_shop: Open):
    shop = open_shop(pipeline(takes=3))
    assert shop.buys() == 5
    shop.does("accept", "*")
    shop.reword()

    shop.does("accept", "*")

    assert shop.buys() == 0
    assert shop.does("build", "--frozen").code == 0


def test_frozen_asks_for_no_takes_to_choose_from(open_shop: Open, tmp_path, monkeypatch):
    shop = open_shop(pipeline(takes=3))
    shop.buys()
    store, clone = tmp_path / "store", tmp_path / "clone"
    shutil.copytree(shop.root / FOLDER / "cas", store / "cas")
    shutil.copytree(shop.root, clone, ignore=shutil.ignore_patterns(FOLDER, "out"))
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(store))
    before = shop.calls()

    assert Shop(clone, shop.server).run("build", "--frozen").code == 0
    assert shop.calls() == before


def test_the_take_that_is_wanted_is_priced_and_made_once(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    shop.does("reject", "*")
    shop.replace("assetforge.yaml", "size: 480x320\n", "size: 480x320\n        takes: 2\n")

    words = shop.plan_words()

    assert [each for each in words if "compose" in each] == ["banner/compose"]
    assert shop.buys() == 1


def test_a_take_that_fails_stops_nothing_that_is_wanted(open_shop: Open, monkeypatch):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    shop.replace("assetforge.yaml", "size: 480x320\n", "size: 480x320\n        takes: 4\n")
    shop.locale("ja", headline="Sale", action="Buy", alt="Hills")
    with serving(Settings(pictures="flat", faults={"moderation_input": 1.0})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        result = shop.run("build", "--yes", "-j", "1", "--format", "json")

    assert result.code == 1
    assert {each["error"] for each in result.json["failures"]} == {"moderation_blocked"}
    assert (shop.root / "out/ja.png").is_file()
    assert len(result.json["failures"]) == 3


def test_a_decision_says_what_takes_to_choose_from_will_cost(open_shop: Open):
    shop = open_shop(
        pipeline().replace("        copy: {head", "        takes: 3\n        copy: {head")
    )
    shop.buys()
    shop.does("reroll", "banner/de", "--step", "compose", "--yes")

    said = shop.does("choose", "*", "2", "--step", "compose", "--dry-run", "--format", "json").json

    assert len(said["again"]) == 6
    shop.does("choose", "*", "2", "--step", "compose", "--yes")
    assert shop.buys() == 6


def test_only_what_is_lost_and_needed_is_bought_again(open_shop: Open):
    more = """\
  other:
    steps:
      - compose: Some other thing.
        size: 480x320
      - edit: Add a cat.
    output: out/other.png
"""
    shop = open_shop(pipeline(more=more))
    shop.buys()
    lose(shop, shop.lock()[scene("de")].artifact)
    lose(shop, shop.lock()[Slot("other", "final", "edit")].artifact)
    (shop.root / "out/other.png").unlink()

    assert shop.buys("--rebuy") == 1
    assert shop.buys() == 0


def test_what_was_bought_again_stands_wherever_it_was_lost(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    shop.buys("--profile", "other")
    lose(shop, shop.lock()[scene("de")].artifact)
    shutil.rmtree(shop.root / "out")

    assert shop.run("build", "--yes").code == 1
    assert shop.buys("--rebuy") == 1

    assert shop.buys() == shop.buys("--profile", "other") == 0
    lock = shop.lock()
    assert lock[scene("de")].artifact == lock[scene("de", profile="other")].artifact


def test_a_pinned_picture_that_is_lost_has_to_be_unpinned_first(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    shop.does("pin", "banner/de")
    lose(shop, shop.lock()[scene("de")].artifact)
    shutil.rmtree(shop.root / "out")

    refused = shop.run("build", "--yes", "--rebuy")

    assert refused.code == 1
    assert "`assetforge unpin` what is pinned (banner/compose)" in refused.err
    shop.does("unpin", "*")
    assert shop.buys("--rebuy") == 1


def test_the_picture_to_keep_is_never_replaced_silently(open_shop: Open):
    shop = open_shop(pipeline(", unaccepted: keep", edit=False))
    shop.buys()
    shop.does("accept", "*")
    kept = shop.lock()[scene("de")].artifact
    shop.reword()
    shop.buys()
    lose(shop, kept)
    shutil.rmtree(shop.root / "out")

    refused, frozen = shop.run("build", "--yes"), shop.run("build", "--frozen")

    assert (refused.code, frozen.code) == (1, 3)
    assert f"lost: banner/compose ({kept[:12] if kept else ''})" in refused.err
    assert not (shop.root / "out").exists()


def test_what_another_pipeline_file_built_is_none_of_this_ones_pictures(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    shop.buys()
    other = pipeline(edit=False).replace("scene.j2", "dog.j2").replace("out/", "dogs/")
    shop.write("other.yaml", other)
    shop.write("prompts/dog.j2", "A big dog.\n")

    refused = shop.run("accept", "*", "-f", "other.yaml")

    assert refused.code == 2
    assert "was never made" in refused.err


def test_what_arrived_under_the_key_of_an_older_rule_is_taken_in(open_shop: Open):
    """The version before was killed between the arrival of a picture and its result."""
    shop = open_shop(pipeline(edit=False))
    root = shop.root
    shutil.rmtree(root)
    with ZipFile(Path(__file__).parent / "data" / "store_of_rule_1.zip") as archive:
        archive.extractall(root)
    actions = root / FOLDER / "actions"
    results = [each for each in actions.rglob("*.json") if '"kind": "compose"' in each.read_text()]
    for each in results:
        text = each.read_text(encoding="utf-8")
        call = text.split('"call": "')[1].split('"')[0]
        each.rename(each.with_name(f"{each.stem}.{call}.arrived"))
    (root / FOLDER / "state.sqlite").unlink()
    assert results

    result = shop.run("build", "--yes", "*/de")

    assert result.code == 0, result.err
    assert shop.calls() == 0
    assert not list(actions.rglob("*.arrived"))


def test_nothing_is_bought_where_the_lock_could_not_say_so(open_shop: Open):
    shop = open_shop(pipeline(edit=False))
    options = Options(shop.root / "assetforge.yaml")
    (shop.root / "assetforge.lock").mkdir()

    with deciding(options) as (decided, _), read_only(shop.root / "assetforge.lock"):
        with pytest.raises(StoreProblem, match="nothing is bought: the lock cannot be written"):
            refuse(options, decided)
        refuse(replace(options, profile="draft"), replace(decided, decisions={}))
