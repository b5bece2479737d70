"""Builds of what changed alone: what is planned, what is said, and when all is planned."""

import hashlib
import os
import shutil
import time

import pytest

from assetforge.incremental.part import Part
from tests.incremental.workplace import (
    CARD,
    GRANULE_SECONDS,
    MASCOT,
    SMALL,
    Workplace,
    counts,
)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Workplace:
    return Workplace(tmp_path / "project", monkeypatch)


def test_a_build_with_nothing_to_do_renders_nothing(place):
    place.begin()

    assert counts(place.again()) == "0 made, 10 hit"
    assert (place.how, place.rendered) == ("trace", set())


def test_a_message_renders_the_variants_that_asked_for_it_and_no_others(place):
    place.begin("en", "de", "fr")
    place.locale("de", headline="New", action="Buy de", alt="Hills de")

    result = place.again()

    assert place.how == "part"
    assert place.rendered == {"banner/wide/de", "banner/tall/de"}
    assert counts(result) == "4 made, 10 hit"
    place.settled()
    assert counts(place.again()) == "0 made, 14 hit"


def test_a_message_that_is_changed_back_is_built_from_what_is_there(place):
    place.begin()
    before = place.outputs()
    text = place.read("locales/de.json")
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    place.settled()
    assert place.outputs() != before
    place.write("locales/de.json", text)

    assert counts(place.again()) == "0 made, 10 hit"
    assert place.how == "part"
    assert place.outputs() == before


def test_a_message_that_nobody_asks_for_makes_nothing(place):
    place.begin()
    place.locale("de", headline="Sale de", action="Buy de", alt="Hills de", other="Words")

    assert counts(place.again()) == "0 made, 10 hit"
    assert (place.how, len(place.rendered)) == ("part", 1), "one is looked at all the same"
    place.settled()


def test_a_template_renders_the_variants_of_the_assets_that_read_it(place):
    place.begin(pipeline=SMALL + CARD)
    place.write("prompts/copy.j2", "Set {{ copy.headline|quoted }}.\n")

    assert counts(place.again()) == "8 made, 6 hit"
    assert place.how == "part"
    assert {each.split("/")[0] for each in place.rendered} == {"banner"}
    place.settled()


def test_an_asset_renders_its_variants_and_those_that_take_its_pictures(place):
    pipeline = SMALL.replace(
        "- edit: prompts/copy.j2\n",
        '- edit: prompts/copy.j2\n        references: ["asset:mascot"]\n',
    )
    place.write("prompts/mascot.j2", "A fox.\n")
    texts = {"banner": {"headline": "h", "action": "a", "alt": "b"}, "mascot": {"says": "Hi"}}
    place.quick(pipeline=pipeline + CARD + MASCOT)
    for locale in ("en", "de"):
        place.write(f"locales/{locale}.json", str(texts).replace("'", '"'))
    place.settled()
    place.replace("locales/de.json", "Hi", "Hallo")

    place.again()

    assert place.how == "part"
    assert {each.split("/")[0] for each in place.rendered} == {"mascot", "banner"}
    place.settled()


def test_one_assets_block_renders_its_variants_alone(place):
    place.begin(pipeline=SMALL + CARD)
    place.replace("assetforge.yaml", "A card.", "A letter.")

    assert counts(place.again()) == "4 made, 10 hit"
    assert place.how == "part"
    assert place.rendered == {"card/en", "card/de"}
    place.settled()


def test_a_comment_in_the_pipeline_file_makes_nothing(place):
    place.begin()
    place.write("assetforge.yaml", "# comment\n" + place.read("assetforge.yaml"))

    assert counts(place.again()) == "0 made, 10 hit"
    assert place.how == "part"
    place.settled()


def test_a_picture_that_is_gone_is_written_again(place):
    place.begin()
    before = place.outputs()
    (place.root / "out/de/banner-wide.png").unlink()

    assert counts(place.again()) == "0 made, 10 hit"
    assert place.how != "whole"
    assert place.rendered <= {"banner/wide/de"}
    assert place.outputs() == before
    place.settled()


def test_pictures_that_are_gone_come_back_as_this_profile_has_them(place):
    profiles = "profiles:\n  blank: {provider: blank}\n"
    other = "  other: {provider: blank, model: another}\n"
    assert profiles in SMALL
    place.begin(pipeline=SMALL.replace(profiles, profiles + other))
    before = place.outputs()
    assert place.run("build", "--profile", "other").code == 0
    assert place.outputs() != before
    shutil.rmtree(place.root / "out")

    assert place.again().code == 0

    assert place.outputs() == before


def test_a_picture_that_is_gone_comes_back_as_it_is_asked_for_now(place):
    place.begin()
    before, text = place.outputs(), place.read("locales/de.json")
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    assert place.run("build", "banner/wide/de").code == 0
    assert place.outputs() != before
    place.write("locales/de.json", text)
    (place.root / "out/de/banner-wide.png").unlink()

    assert place.again().code == 0

    assert place.outputs() == before


WHOLE = {
    "a new locale": lambda place: place.locale("fr", headline="a", action="b", alt="c"),
    "a locale less": lambda place: (place.root / "locales/de.json").unlink(),
    "another size": lambda place: place.replace("assetforge.yaml", "160x240", "160x241"),
    "another asset": lambda place: place.write("assetforge.yaml", SMALL + CARD),
    "a damaged catalog": lambda place: place.write("locales/de.json", "{"),
    "a damaged pipeline file": lambda place: place.write("assetforge.yaml", "version: ["),
    "a message that is missing": lambda place: place.locale("de", headline="a"),
    "an odd message": lambda place: place.write(
        "locales/de.json",
        '{"banner": {"headline": "a", "action": "b", "alt": "c"}, "x": "{a, plural, one {"}',
    ),
    "no needs": lambda place: next(place.trace.glob("*.needs")).unlink(),
    "other needs": lambda place: next(place.trace.glob("*.needs")).write_bytes(b"?"),
}


@pytest.mark.parametrize("edit", [each for each in WHOLE if each != "another size"])
def test_what_may_touch_all_is_planned_whole(place, edit):
    place.begin()
    place.locale("en", headline="New", action="Buy en", alt="Hills en")

    WHOLE[edit](place)
    place.again()

    assert place.how == "whole"


def test_another_size_of_one_asset_is_of_that_asset(place):
    place.begin(pipeline=SMALL + CARD)
    WHOLE["another size"](place)

    assert place.again().code == 0
    assert place.how == "part"
    assert "card/de" not in place.rendered
    place.settled()


@pytest.mark.parametrize("policy", ["fallback", "skip"])
def test_a_message_that_came_takes_its_warning_or_its_skip_away(place, policy):
    pipeline = SMALL.replace("source: en\n", f"source: en\n  missing: {policy}\n")
    place.quick(pipeline=pipeline)
    place.locale("de", headline="Sale de", alt="Hills de")
    place.settled()
    assert "banner.action" in place.again().err
    assert place.how == "trace"

    place.locale("de", headline="Sale de", action="Buy de", alt="Hills de")

    for _ in range(2):
        result = place.again()
        assert "banner.action" not in result.err
        assert "4 pictures current" in result.err


def test_a_table_that_names_another_locale_is_planned_whole(place):
    pipeline = SMALL.replace("locales/{locale}.json", "locales/texts.csv")
    place.quick(pipeline=pipeline)
    rows = "key,en\nbanner.headline,a\nbanner.action,b\nbanner.alt,c\n"
    place.write("locales/texts.csv", rows)
    place.settled()
    place.write("locales/texts.csv", rows.replace("en", "en,de").replace("\nb", "\nb").replace(
        ",a", ",a,d").replace(",b\n", ",b,e\n").replace(",c", ",c,f"))  # fmt: skip

    result = place.again()

    assert "4 pictures current" in result.err
    assert place.how == "whole"


def test_bytes_are_looked_at_where_that_is_asked_for(place):
    place.begin()

    assert counts(place.again("--check", "hash")) == "0 made, 10 hit"
    assert place.how == "whole"


def test_hash_sees_a_picture_whose_stamp_tells_nothing(place, monkeypatch):
    place.begin()
    path = place.root / "out/de/banner-wide.png"
    wrong = path.read_bytes()[:-1] + b"?"
    was = path.stat()
    path.write_bytes(wrong)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    now, plain = path.stat(), os.stat

    def as_it_was(name, *rest, **named):
        found = plain(name, *rest, **named)
        return was if (found.st_ino, found.st_dev) == (now.st_ino, now.st_dev) else found

    monkeypatch.setattr(os, "stat", as_it_was)

    assert place.again("--check", "stat").code == 0
    assert place.how == "trace"
    assert "was edited" in place.again("--check", "hash").err


def test_a_build_that_fails_leaves_what_it_did_not_do_for_the_next(place):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    (place.root / "out/de/banner-wide.png").write_bytes(b"mine")
    assert place.again().code == 1
    assert place.again().code == 1, "and says so again"

    assert place.again("--force").code == 0
    place.settled()


def test_a_picture_of_the_last_edit_that_the_store_lost_is_made_again(place):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    place.settled()
    made = hashlib.sha256((place.root / "out/de/banner-wide.png").read_bytes()).hexdigest()
    (place.root / ".assetforge/cas" / made[:2] / made).unlink()

    assert counts(place.again()) == "1 made, 9 hit"


@pytest.mark.parametrize("flags", [["--max-variants", "9"], ["--allow-unverified"], ["banner/de"]])
def test_a_build_that_asked_for_something_else_leaves_no_trace(place, flags):
    place.quick(pipeline=SMALL)
    assert place.again(*flags).code == 0

    place.again()

    assert place.how == "whole"


def test_a_folder_swapped_for_a_link_out_of_the_project_is_told(place, tmp_path):
    place.begin()
    shutil.move(place.root / "out/de", tmp_path / "away")
    (place.root / "out/de").symlink_to(tmp_path / "away")

    assert "leads out of the project" in place.again().err


def test_a_pipeline_file_behind_a_link_is_built_too(place, tmp_path):
    place.quick(pipeline=SMALL)
    (tmp_path / "there").mkdir()
    (tmp_path / "there/assetforge.yaml").symlink_to(place.root / "assetforge.yaml")
    flags = ["-f", str(tmp_path / "there/assetforge.yaml")]
    assert place.again(*flags).code == 0

    place.locale("de", headline="New", action="Buy de", alt="Hills de")

    assert counts(place.again(*flags)) == "4 made, 6 hit"


def test_a_lock_that_appears_is_looked_into(place):
    steps = "    steps: [{compose: A fox., size: 160x160}]\n    output: out/fox.png\n"
    place.quick(
        pipeline=f"version: 1\nprofiles: {{b: {{provider: blank}}}}\nassets:\n  a:\n{steps}"
    )
    place.settled()
    place.write("assetforge.lock/a.json", "<")

    assert "lock-damaged" in place.again().err


def test_a_file_that_is_replaced_while_it_is_built_is_built_the_next_time(place, monkeypatch):
    place.begin()
    place.locale("de", headline="New", action="Buy de", alt="Hills de")
    plain = Part.fits

    def replaced(part, *rest):
        place.locale("de", headline="Newer", action="Buy de", alt="Hills de")
        return plain(part, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Part, "fits", replaced)
        assert place.again().code == 0

    assert counts(place.again()) == "4 made, 6 hit"
    place.settled()


def test_what_two_assets_do_not_share_any_more_is_counted(place):
    like_it = SMALL.partition("assets:\n")[2].replace("banner:\n", "second:\n", 1)
    place.begin(pipeline=SMALL + like_it.replace("out/", "out/second/"))
    text = place.read("assetforge.yaml")
    before, _, after = text.rpartition("prompts/scene.j2")
    place.write("assetforge.yaml", f"{before}prompts/other.j2{after}")
    place.write("prompts/other.j2", "A loud scene.\n")
    time.sleep(GRANULE_SECONDS)

    assert counts(place.again()) == "10 made, 10 hit"
    assert place.how == "whole", "only a plan of all tells what is shared"
