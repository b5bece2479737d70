import hashlib
import shutil
from dataclasses import replace

import pytest

from assetforge.digest import Digest
from tests.cli import toy
from tests.cli.choices import ANN, BOB, TAKES, accepted, decide, entry, lock
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import QUICK, Space

PICTURE = "out/de/banner-wide.png"


@pytest.fixture
def space(tmp_path, built_in):
    return built_in(tmp_path)


def digest_of(space: Space, name: str = PICTURE) -> str:
    return hashlib.sha256((space.root / name).read_bytes()).hexdigest()


def test_a_picture_leads_back_to_every_step_behind_it(space):
    result = space.run("log", PICTURE)

    assert (result.code, result.err) == (0, "")
    assert_golden("log.txt", result.out)


def test_a_copied_picture_leads_back_as_well(space):
    shutil.copy(space.root / PICTURE, space.root / "holiday.png")

    assert space.run("log", "holiday.png").out == space.run("log", PICTURE).out


@pytest.mark.parametrize("length", [64, 12, 6])
def test_the_start_of_a_digest_does_instead_of_a_file(space, length):
    assert space.run("log", digest_of(space)[:length]).out == space.run("log", PICTURE).out


def test_a_digest_of_an_unknown_picture_matches_nothing(space):
    for digest in ("0" * 64, "0123456789ab"):
        result = space.run("log", digest)

        assert result.code == 5
        assert result.err == f"assetforge: no result in the store has the digest '{digest}'\n"


def test_an_ambiguous_digest_asks_for_more_of_it(space):
    for name in ("ab", "cd"):
        folder = space.root / ".assetforge" / "cas" / "ffff"[:2]
        folder.mkdir(parents=True, exist_ok=True)
        blobs = next(iter(space.root.glob(".assetforge/cas/**/" + digest_of(space)))).parent.parent
        path = blobs / "ff" / ("ffff" + name * 30)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    result = space.run("log", "ffff")

    assert result.code == 2
    assert result.err == "assetforge: 2 digests begin with 'ffff'; write more of it\n"


def test_a_file_of_another_project_matches_nothing(space):
    result = space.run("log", "assetforge.yaml")

    assert result.code == 5
    assert result.err == (
        "assetforge: no result in the store has the bytes of 'assetforge.yaml': "
        "edited, or of another project\n"
    )


def test_an_edited_picture_says_what_it_was(space):
    then = digest_of(space)[:12]
    (space.root / PICTURE).write_bytes(b"edited")

    result = space.run("log", PICTURE)

    assert result.code == 5
    assert f"was edited since it was written; try `assetforge log {then}`" in result.err
    assert space.run("log", then).code == 0


@pytest.mark.parametrize("name", ["nope.png", "abc", "deadbeefX", "f" * 65])
def test_what_is_neither_file_nor_digest_nor_variant_matches_nothing(space, name):
    result = space.run("log", name)

    assert result.code == 5
    assert result.err == (
        f"assetforge: there is no file '{name}', and '{name}' matches no variant; "
        "assets are: banner\n"
    )


def test_a_picture_needs_no_pipeline_file(space):
    told = space.run("log", PICTURE).out
    (space.root / "assetforge.yaml").unlink()

    assert space.run("log", PICTURE).out == told
    assert space.run("log", digest_of(space)[:12]).out == told


def test_a_picture_needs_no_pipeline_file_that_is_right(space):
    told = space.run("log", PICTURE).out
    space.write("assetforge.yaml", "version: 7\n")

    assert space.run("log", PICTURE).out == told
    assert space.run("log", "banner").code == 2


def test_a_folder_without_a_store_is_left_as_it_is(tmp_path):
    space = Space(tmp_path)
    space.write("holiday.png", "")

    result = space.run("log", "holiday.png")

    assert result.code == 2
    assert result.err == (
        f"assetforge: there is no store in '{tmp_path}'; name the project's folder with -C\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["holiday.png"]


def test_the_store_of_another_folder_is_named_by_c(space, tmp_path_factory):
    elsewhere = Space(tmp_path_factory.mktemp("elsewhere"))
    told = space.run("log", PICTURE).out

    digest = digest_of(space)

    assert elsewhere.run("log", "-C", str(space.root), digest).out == told
    assert elsewhere.run("-C", str(space.root), "log", digest).out == told


def test_the_document_has_the_whole_recipe(space):
    document = space.run("log", "--format", "json", PICTURE).json

    assert_valid("log", document)
    assert document["sha256"] == digest_of(space)
    assert [each["depth"] for each in document["steps"]] == [0, 1, 2]
    assert [each["manifest"]["kind"] for each in document["steps"]] == ["export", "edit", "compose"]
    assert document["steps"][0]["targets"] == [PICTURE]
    assert "A calm scene." in document["steps"][2]["manifest"]["prompt"]


FACED = QUICK.replace("  banner:", "  face:")


def test_an_asset_that_is_called_as_a_digest_begins_is_a_variant_where_none_begins_so(tmp_path):
    space = Space(tmp_path).quick(pipeline=FACED)
    space.build()

    result = space.run("log", "face")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("face/wide/de  (profile blank)\n  compose\n    take 1  ")


@pytest.fixture(scope="module")
def taken_once(tmp_path_factory, built_in):
    """Three takes of each edit; the second was chosen for `banner/wide/de`, the third rejected."""
    space = built_in(tmp_path_factory.mktemp("taken"), TAKES)
    first, second, third = (entry(space, take) for take in (1, 2, 3))
    chosen = replace(second, accepted=accepted(ANN, "2026-11-21T12:00:00+00:00"))
    pinned = replace(chosen, pinned=accepted(BOB, "2026-11-23T12:00:00+00:00"))
    assert third.artifact is not None
    rejected = replace(chosen, rejected=(third.artifact,))
    decide(space, "choose", first, chosen, ANN, "2026-11-21T12:00:00+00:00")
    decide(space, "choose", chosen, third, BOB, "2026-11-22T12:00:00+00:00")
    decide(space, "reject", third, rejected, BOB, "2026-11-22T13:00:00+00:00")
    decide(space, "pin", rejected, pinned, BOB, "2026-11-23T12:00:00+00:00")
    decide(space, "unpin", pinned, rejected, ANN, "2026-11-24T12:00:00+00:00")
    lock(space, rejected)
    return space


@pytest.fixture
def taken(tmp_path, taken_once):
    shutil.copytree(taken_once.root, tmp_path, dirs_exist_ok=True)
    return Space(tmp_path)


def test_a_variant_tells_its_takes_and_who_decided_what(taken):
    result = taken.run("log", "banner/wide/de")

    assert (result.code, result.err) == (0, "")
    assert_golden("log_variant.txt", result.out)


def test_the_document_of_a_variant_has_the_whole_prompts_and_decisions(taken):
    document = taken.run("log", "banner/wide/de", "--format", "json").json

    assert_valid("history", document)
    (variant,) = document["variants"]
    assert (variant["variant"], variant["profile"]) == ("banner/wide/de", "blank")
    compose, edit = variant["steps"]
    assert [each["step"] for each in (compose, edit)] == ["compose", "edit"]
    assert compose["pictures"][0]["prompt"] == "A calm scene."
    pictures = edit["pictures"]
    assert [each["take"] for each in pictures] == [1, 2, 3]
    assert [each["stands"] for each in pictures] == [False, True, False]
    assert all(each["present"] and each["held"] for each in pictures)
    assert [each["what"] for each in pictures[1]["said"]] == ["chosen", "pinned", "unpinned"]
    assert pictures[2]["said"][1] == {
        "what": "rejected",
        "by": BOB,
        "at": "2026-11-22T13:00:00+00:00",
    }


def test_several_variants_are_told_one_after_the_other(taken):
    document = taken.run("log", "banner/wide", "--format", "json").json

    assert [each["variant"] for each in document["variants"]] == [
        "banner/wide/de",
        "banner/wide/en",
    ]


def test_what_it_stood_on_under_other_words_is_told_after_the_present(taken):
    taken.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    taken.build()

    edit = taken.run("log", "banner/wide/de", "--format", "json").json["variants"][0]["steps"][1]

    assert [each["take"] for each in edit["pictures"][:3]] == [1, 2, 3]
    assert {each["take"] for each in edit["pictures"][3:]} == {1, 2, 3}
    assert [each["present"] for each in edit["pictures"]] == [*[True] * 3, *[False] * 3]
    old = next(each for each in edit["pictures"][3:] if each["take"] == 2)
    assert (old["stands"], old["said"][0]["what"]) == (False, "chosen")
    assert "Sale de" in old["prompt"]


def test_before_the_next_build_the_last_one_is_told_as_of_other_words(taken):
    taken.locale("en", headline="All new", action="Buy en", alt="Hills en")

    (variant,) = taken.run("log", "banner/wide/en", "--format", "json").json["variants"]

    (last,) = variant["steps"][1]["pictures"]
    assert (last["take"], last["present"], last["stands"]) == (1, False, False)
    assert "Sale en" in last["prompt"]


def test_a_variant_that_was_never_built_says_so(tmp_path):
    out = Space(tmp_path).quick().run("log", "banner/wide/de").out

    assert out == (
        "banner/wide/de  (profile blank)\n"
        "  compose\n    nothing was made yet\n  edit\n    nothing was made yet\n"
    )


def test_what_only_the_lock_knows_is_told_and_that_no_store_has_it(taken):
    """A fresh clone: the lock came with it, the store did not."""
    shutil.rmtree(taken.root / ".assetforge")

    edit = taken.run("log", "banner/wide/de", "--format", "json").json["variants"][0]["steps"][1]
    out = taken.run("log", "banner/wide/de").out

    (chosen,) = edit["pictures"]
    assert (chosen["take"], chosen["held"], chosen["prompt"]) == (2, False, None)
    assert chosen["present"] is None
    assert [each["what"] for each in chosen["said"]] == ["accepted"]
    assert f"    take 2  {chosen['artifact'][:12]}  in no store\n" in out


def test_of_a_lost_picture_of_the_present_words_it_is_known_that_it_is_so(taken):
    chosen = entry(taken, 2, accepted=accepted())
    lock(taken, chosen)
    next(taken.root.glob(f".assetforge/cas/*/{chosen.artifact}")).unlink()

    edit = taken.run("log", "banner/wide/de", "--format", "json").json["variants"][0]["steps"][1]

    lost = next(each for each in edit["pictures"] if each["take"] == 2)
    assert (lost["present"], lost["stands"], lost["held"]) == (True, False, False)
    assert "Sale de" in lost["prompt"]


def test_an_imported_picture_says_of_which_file(taken):
    lock(taken, replace(entry(taken, 1), artifact=Digest("ab" * 32), imported="hills.psd"))

    out = taken.run("log", "banner/wide/de").out

    assert "imported from 'hills.psd', cost $0.00, blank\n" in out


def test_calls_of_the_ledger_lead_to_earlier_words(tmp_path):
    """Bought twice, and nobody decided anything: only the ledger knows that there was a first."""
    space = Space(tmp_path).quick(pipeline=toy.PRICED)
    with toy.installed():
        space.build("--yes")
        for words in ("Alles neu", "Ganz neu"):
            space.locale("de", headline=words, action="Buy de", alt="Hills de")
            space.build("--yes")
        document = space.run("log", "banner/wide/de", "--format", "json").json
        out = space.run("log", "banner/wide/de").out

    edit = document["variants"][0]["steps"][1]
    prompts = [each["prompt"] for each in edit["pictures"]]
    assert len(prompts) == 3
    assert "Ganz neu" in prompts[0]
    assert {each["cost_usd"] for each in edit["pictures"]} == {"0.02"}
    assert [each["present"] for each in edit["pictures"]] == [True, False, False]
    assert "cost $0.02" in out
