import hashlib
import re

import pytest

from assetforge.images import decode, pixel_digest
from tests.cli.choices import (
    ANN,
    BOB,
    SLOT,
    TAKES,
    accepted,
    entry,
    lock,
    takes_of,
)
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space

PICTURE = "out/de/banner-wide.png"
OTHER = "out/en/banner-wide.png"


@pytest.fixture
def space(tmp_path, built_in):
    return built_in(tmp_path, TAKES)


def test_the_take_that_stands_is_compared_with_the_latest_other(space):
    result = space.run("diff", "banner/wide/de")

    assert (result.code, result.err) == (0, "")
    assert_golden("diff.txt", result.out)


def test_of_a_chosen_take_it_is_said_who_accepted_it(space):
    lock(space, entry(space, 2, accepted=accepted(), rejected=(takes_of(space)[2]["artifact"],)))
    space.build()

    result = space.run("diff", "banner/wide/de")

    assert_golden("diff_accepted.txt", result.out)
    document = space.run("diff", "banner/wide/de", "--format", "json").json
    assert [each["stands"] for each in document["takes"]] == [False, True, False]
    assert [each["rejected"] for each in document["takes"]] == [False, False, True]
    assert document["takes"][1]["accepted"] == {"by": ANN, "at": "2026-11-21T12:00:00+00:00"}
    assert document["difference"]["between"] == ["take 2", "take 3"]


def test_two_takes_are_named_by_their_numbers(space):
    result = space.run("diff", "banner/wide/de", "3", "1")

    lines = result.out.splitlines()
    assert [line.split()[1] for line in lines[1:3]] == ["3", "1"]
    assert lines[3].startswith("take 3 and take 1: 100.0 % of the pixels differ, inside ")


def test_a_step_before_the_last_can_be_compared(space):
    space.replace(
        "assetforge.yaml",
        "compose: prompts/scene.j2",
        "compose: prompts/scene.j2\n        takes: 2",
    )
    space.build()

    result = space.run("diff", "banner/wide/de", "--step", "compose", "1", "2")

    assert result.out.startswith("banner/wide/de  after compose\n  take 1  ")


def test_the_document_says_all_of_it(space):
    document = space.run("diff", "banner/wide/de", "1", "2", "--format", "json").json

    assert_valid("diff", document)
    assert (document["variant"], document["step"]) == ("banner/wide/de", "edit")
    assert [each["take"] for each in document["takes"]] == [1, 2]
    assert document["difference"]["changed_permille"] == 1000
    assert document["difference"]["box"][:2] == [0, 0]
    assert document["written"] is None


def test_all_takes_are_shown_side_by_side_where_none_is_named(space):
    result = space.run("diff", "banner/wide/de", "-o", "all.png")

    assert result.out.endswith("written 'all.png': take 1, take 2, take 3\n")
    assert decode((space.root / "all.png").read_bytes()).size == (3 * 1200 + 2 * 8, 640)


def test_two_takes_are_shown_with_their_difference(space):
    result = space.run("diff", "banner/wide/de", "1", "3", "-o", "two.png", "--format", "json")

    assert result.json["written"] == "two.png"
    sheet = decode((space.root / "two.png").read_bytes())
    assert sheet.size == (3 * 1200 + 2 * 8, 640)
    assert sheet.getpixel((3000, 300)) == (229, 0, 43)


def test_two_files_are_compared_without_a_project(space, tmp_path):
    elsewhere = Space(tmp_path / "elsewhere")
    for name in (PICTURE, OTHER):
        elsewhere.write(name, "")
        (elsewhere.root / name).write_bytes((space.root / name).read_bytes())

    result = elsewhere.run("diff", PICTURE, OTHER)

    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(
        f"{PICTURE} and {OTHER}: 100.0 % of the pixels differ, inside 1200x628 at 0,0; "
        r"dHash distance 0\n",
        result.out,
    )
    assert not (elsewhere.root / ".assetforge").exists()


def test_digests_takes_and_variants_stand_for_pictures(space):
    digest = hashlib.sha256((space.root / PICTURE).read_bytes()).hexdigest()

    by_digest = space.run("diff", digest[:8], digest).out
    by_take = space.run("diff", "banner/wide/de@2", "banner/wide/de@2").out
    by_variant = space.run("diff", "banner/wide/de", "banner/wide/en", "--format", "json").json

    assert by_digest == f"{digest[:12]} and {digest[:12]}: the same bytes\n"
    assert by_take == "banner/wide/de@2 and banner/wide/de@2: the same bytes\n"
    assert_valid("diff", by_variant)
    assert (by_variant["variant"], by_variant["takes"]) == (None, [])
    first = takes_of(space)[0]["artifact"]
    blob = next(space.root.glob(f".assetforge/cas/*/{first}"))
    assert by_variant["difference"]["pixels"][0] == pixel_digest(blob.read_bytes())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (
            ["banner/wide"],
            2,
            "'banner/wide' matches 2 variants; name one, such as 'banner/wide/de'",
        ),
        (["nope"], 5, "'nope' matches no variant; assets are: banner"),
        (
            ["banner/wide/de", "1", "9"],
            5,
            "'banner/wide/de' has no take 9 after 'edit'; there are: 1, 2, 3",
        ),
        (
            ["banner/wide/de", "--step", "edti"],
            5,
            "'banner/wide/de' has no drawn step 'edti'; did you mean 'edit'?",
        ),
        (
            ["banner/wide/de", "--step", "zzz"],
            5,
            "'banner/wide/de' has no drawn step 'zzz'; there are: compose, edit",
        ),
        (
            ["banner/wide/de", "--step", "compose"],
            5,
            "'banner/wide/de' has one take after 'compose': there is nothing to compare; "
            "buy another with `assetforge reroll banner/wide/de`",
        ),
        (
            ["banner/wide/de", "one", "two"],
            2,
            "'one two' are not the numbers of two takes; "
            "write `assetforge diff VARIANT 1 2`, or name two pictures",
        ),
        (
            ["banner/wide/de", "1", "2", "3"],
            2,
            "'1 2 3' are not the numbers of two takes; "
            "write `assetforge diff VARIANT 1 2`, or name two pictures",
        ),
        (
            [PICTURE, OTHER, "--step", "edit"],
            2,
            "'--step' is for the takes of one variant, not for two pictures",
        ),
        (
            [PICTURE, "holiday.png"],
            5,
            "'holiday.png' matches no variant; assets are: banner",
        ),
        ([PICTURE, "0123456789ab"], 5, "no picture in the store has the digest '0123456789ab'"),
        (
            [PICTURE, "banner/wide/de@9"],
            5,
            "'banner/wide/de' has no take 9 after 'edit'; there are: 1, 2, 3",
        ),
    ],
)
def test_what_cannot_be_compared_is_told(space, arguments, code, words):
    result = space.run("diff", *arguments)

    assert (result.code, result.out, result.err) == (code, "", f"assetforge: {words}\n")


def test_what_is_no_picture_cannot_be_compared(space):
    result = space.run("diff", PICTURE, "assetforge.yaml")

    assert (result.code, result.out) == (1, "")
    assert result.err == "assetforge: the bytes are no PNG, JPEG, WebP, AVIF or GIF picture\n"


def test_before_the_first_build_there_is_nothing_to_compare(tmp_path):
    result = Space(tmp_path).quick().run("diff", "banner/wide/de")

    assert result.code == 5
    assert "'banner/wide/de' has no take after 'edit'" in result.err


def test_a_variant_that_stands_on_nothing_has_no_picture(tmp_path):
    result = Space(tmp_path).quick().run("diff", "banner/wide/de", "banner/wide/en")

    assert result.code == 5
    assert result.err == (
        "assetforge: 'banner/wide/de' stands on no picture; see `assetforge log banner/wide/de`\n"
    )


def test_a_pinned_picture_stands_among_the_takes_it_was_made_with(space):
    lock(space, entry(space, 2, pinned=accepted(BOB)))
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    lines = space.run("diff", SLOT.variant).out.splitlines()

    assert [line.split()[1] for line in lines[1:4]] == ["1", "2", "3"]
    assert lines[2].endswith("  stands, pinned by Bob <bob@example.org>, 2026-11-21")
    assert lines[4].startswith("take 2 and take 3: ")


def test_an_accepted_picture_that_is_kept_stands_beside_the_new_takes(space):
    old = entry(space, 2, accepted=accepted())
    lock(space, old)
    space.replace("assetforge.yaml", "provider: blank}", "provider: blank, unaccepted: keep}")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    space.build()

    takes = takes_of(space)

    assert [each["take"] for each in takes] == [None, 1, 2, 3]
    assert [each["stands"] for each in takes] == [True, False, False, False]
    assert takes[0]["artifact"] == old.artifact
    assert takes[0]["key"] == old.key
    assert takes[0]["made_at"]


def test_nothing_is_written_over(space):
    space.write("there.png", "mine")

    result = space.run("diff", "banner/wide/de", "-o", "there.png")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "assetforge: 'there.png' is there already; name another file, or remove it\n"
    )
    assert space.read("there.png") == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two.jpg", "'two.jpg' would be a PNG; name it 'two.png'"),
        ("no/two.png", "cannot write 'no/two.png': No such file or directory"),
    ],
)
def test_where_no_png_can_be_is_told(space, name, words):
    result = space.run("diff", "banner/wide/de", "-o", name)

    assert (result.code, result.err) == (2, f"assetforge: {words}\n")


def test_without_a_pipeline_file_there_are_no_variants(tmp_path):
    result = Space(tmp_path).run("diff", "banner/wide/de")

    assert result.code == 2
    assert result.err == (
        "assetforge: there is no file 'banner/wide/de', and no pipeline file 'assetforge.yaml' "
        "that could have such a variant; name a folder with -C or a file with -f\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_digest_needs_a_store(tmp_path):
    result = Space(tmp_path).run("diff", "0123456789ab", "0123456789ab")

    assert result.code == 2
    assert "; name the project's folder with -C\n" in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_was_accepted_for_new_words_stands_beside_their_takes(space):
    """Accepting re-keys the picture: it is no take of the new words."""
    old = entry(space, 3)
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    space.build()
    new = entry(space, 1)
    moved = entry(space, 1, artifact=old.artifact, made_as=old.key, accepted=accepted())
    assert new.base == moved.base
    lock(space, moved)

    lines = space.run("diff", SLOT.variant).out.splitlines()

    assert lines[1].startswith("  of other words  ")
    assert "  stands, accepted by Ann <ann@example.org>, 2026-11-21" in lines[1]
    assert [line.split()[:2] for line in lines[2:5]] == [["take", str(n)] for n in (1, 2, 3)]
    assert lines[5].startswith("of other words and take 3: ")
