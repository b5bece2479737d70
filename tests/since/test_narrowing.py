import os
import subprocess
import tempfile
from hashlib import sha256

import pytest

from tests.cli.schemas import assert_valid
from tests.since.work import IGNORED, Work
from tests.space import QUICK

DE = {"banner/tall/de", "banner/wide/de"}
EVERY = {"banner/tall/de", "banner/tall/en", "banner/wide/de", "banner/wide/en"}
EDIT = ("changed", ["edit", "export"])
OTHER_COPY = "copy changed: headline; prompt changed"
OTHER_PROMPT = "prompt changed: A calm scene. -> A stormy scene."
ALL = ["compose", "edit", "export"]

SHARED = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {blank: {provider: blank}}
assets:
  mascot:
    steps: [{compose: prompts/mascot.j2, size: 320x320}]
    output: out/mascot.png
  banner:
    matrix: {locale: all}
    references: ["asset:mascot"]
    steps: [{compose: prompts/scene.j2, size: 320x320}]
    output: out/banner-{locale}.png
  card:
    matrix: {locale: all}
    steps: [{compose: "A card in {{ locale.name }}.", size: 320x320}]
    output: out/card-{locale}.png
"""


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def test_nothing_is_different_right_after_a_commit(work):
    assert work.since() == {}


def test_a_message_changes_the_pictures_that_show_it(work):
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")

    assert work.since() == dict.fromkeys(DE, EDIT)


def test_a_prompt_changes_what_stands_on_its_picture(work):
    work.write("prompts/scene.j2", "A stormy scene.\n")

    assert work.since() == dict.fromkeys(EVERY, ("changed", ALL))


def test_it_is_said_what_is_another_in_the_first_step_that_differs(work):
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    assert work.reasons() == dict.fromkeys(DE, OTHER_COPY)

    work.write("prompts/scene.j2", "A stormy scene.\n")
    assert work.reasons() == dict.fromkeys(EVERY, OTHER_PROMPT)


def test_the_reasons_are_the_same_whether_anything_was_built_or_not(work):
    work.build()
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")

    assert work.reasons() == dict.fromkeys(DE, OTHER_COPY)
    work.commit()
    work.build()
    assert work.reasons(since="HEAD^") == dict.fromkeys(DE, OTHER_COPY)


def test_what_comes_and_goes_has_no_reason_and_a_new_name_or_step_has(work):
    (work.root / "locales/de.json").unlink()
    work.locale("ja", headline="セール", action="買う", alt="丘")
    work.replace("assetforge.yaml", "out/{locale}/", "pictures/{locale}/")

    found = work.reasons()
    assert found.pop("banner/wide/ja") == found.pop("banner/wide/de") == ""
    assert found["banner/wide/en"] == "output changed"

    old = "      - edit: prompts/copy.j2\n"
    work.replace("assetforge.yaml", old, f"      - {{edit: Make it blue., name: blue}}\n{old}")
    assert work.reasons("*/en") == dict.fromkeys(EVERY - DE, "step added: blue")


def test_an_asset_that_another_takes_is_named_as_its_reason(tmp_path):
    work = Work.begun(tmp_path / "work", pipeline=SHARED)
    work.write("prompts/mascot.j2", "A fox.\n")
    work.commit()
    work.write("prompts/mascot.j2", "A bear.\n")

    assert work.reasons() == {
        "mascot": "prompt changed: A fox. -> A bear.",
        "banner/en": "input changed: mascot/compose",
        "banner/de": "input changed: mascot/compose",
    }


def test_a_step_that_is_gone_is_told_by_other_inputs(work):
    step = "      - {edit: Make it blue., name: blue}\n"
    old = "      - edit: prompts/copy.j2\n"
    work.replace("assetforge.yaml", old, step + old)
    work.commit()
    work.replace("assetforge.yaml", step, "")

    assert work.reasons() == dict.fromkeys(EVERY, "inputs changed")


def test_what_is_committed_since_counts_like_what_is_not(work):
    first = work.git("rev-parse", "HEAD").strip()
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    work.commit()

    assert work.since() == {}
    assert work.since(since=first) == dict.fromkeys(DE, EDIT)


def test_files_moved_renamed_and_written_otherwise_are_no_difference(work):
    work.move("prompts/scene.j2", "words/landscape.j2")
    work.replace("assetforge.yaml", "prompts/scene.j2", '"words/landscape.j2"  # moved')
    work.write("prompts/copy.j2", "{# louder #}" + work.read("prompts/copy.j2"))
    work.locale("de", alt="Hills de", action="Buy de", headline="Sale de")

    assert work.since() == {}


def test_locales_that_come_and_go_are_added_and_removed(work):
    (work.root / "locales/de.json").unlink()
    work.locale("ja", headline="セール", action="買う", alt="丘")

    assert work.since() == {
        "banner/wide/ja": ("added", ALL),
        "banner/tall/ja": ("added", ALL),
        "banner/wide/de": ("removed", []),
        "banner/tall/de": ("removed", []),
    }


def test_a_renamed_variant_is_removed_and_added(work):
    work.replace("assetforge.yaml", "tall:", "high:")

    assert {each: kind for each, (kind, _) in work.since("*/de").items()} == {
        "banner/high/de": "added",
        "banner/tall/de": "removed",
    }


def test_a_variant_that_is_left_out_now_is_removed(tmp_path):
    pipeline = QUICK.replace("source: en\n", "source: en\n  missing: skip\n")
    work = Work.begun(tmp_path / "work", pipeline=pipeline)
    work.locale("de", headline="Neu")

    assert work.since() == dict.fromkeys(DE, ("removed", []))


def test_an_output_of_another_name_is_a_change_in_no_step(work):
    work.replace("assetforge.yaml", "out/{locale}/", "pictures/{locale}/")

    assert work.since() == dict.fromkeys(EVERY, ("changed", []))


def test_a_renamed_step_is_no_difference(work):
    work.replace(
        "assetforge.yaml", "- edit: prompts/copy.j2", "- edit: prompts/copy.j2\n        name: words"
    )

    assert work.since() == {}


def test_pictures_of_other_assets_count_for_those_that_take_them(tmp_path):
    work = Work.begun(tmp_path / "work", pipeline=SHARED)
    work.write("prompts/mascot.j2", "A fox.\n")
    work.commit()
    work.write("prompts/mascot.j2", "A bear.\n")

    assert set(work.since()) == {"mascot", "banner/en", "banner/de"}
    assert set(work.since("banner/de")) == {"banner/de"}


def test_what_a_change_upstream_left_as_it_is_does_not_count(work):
    """The scene is drawn anew, somebody accepts the old one for the new words: edits stay hits."""
    work.build()
    first = work.commit()
    work.write("prompts/scene.j2", "A stormy scene.\n")
    assert set(work.since(since=first)) == EVERY
    assert work.run("accept", "*", "--step", "compose", "--yes").code == 0

    assert work.since(since=first) == dict.fromkeys(EVERY, ("changed", ["compose"]))


def test_another_take_of_the_same_words_is_a_change(work):
    work.build()
    first = work.commit()
    assert work.run("reroll", "banner/wide/de", "--yes").code == 0
    assert work.run("choose", "banner/wide/de", "2", "--yes").code == 0

    assert set(work.since(since=first)) == {"banner/wide/de"}
    assert work.reasons(since=first) == {"banner/wide/de": "picture changed"}


def test_selectors_and_locales_choose_among_what_differs(work):
    work.write("prompts/scene.j2", "A stormy scene.\n")

    assert set(work.since("banner/wide")) == {"banner/wide/de", "banner/wide/en"}
    assert set(work.since("--locale", "de")) == DE
    assert set(work.since("banner/tall", "--locale", "de")) == {"banner/tall/de"}


def test_what_is_gone_is_told_if_a_selector_would_have_chosen_it(work):
    (work.root / "locales/de.json").unlink()
    work.locale("fr", headline="Soldes", action="Acheter", alt="Collines")

    found = work.since("banner/wide", "banner/tall/fr")

    assert {each: kind for each, (kind, _) in found.items()} == {
        "banner/wide/fr": "added",
        "banner/tall/fr": "added",
        "banner/wide/de": "removed",
    }


def test_what_no_selector_chooses_any_more_is_not_gone(work):
    work.replace("assetforge.yaml", "  banner:\n", "  banner:\n    tags: [old]\n")
    work.commit()
    work.replace("assetforge.yaml", "tags: [old]", "tags: [new]")

    assert work.since("tag:new") == {}


def test_a_pipeline_file_that_was_not_there_makes_everything_new(work):
    work.git("rm", "--quiet", "--cached", "assetforge.yaml")
    work.git("commit", "--quiet", "--message", "without")

    assert work.since() == dict.fromkeys(EVERY, ("added", ALL))


def test_a_folder_that_was_not_there_makes_everything_new(tmp_path):
    outer = Work.begun(tmp_path / "outer")
    inner = Work(outer.root / "more", outer.repository)
    inner.quick()

    assert inner.since() == dict.fromkeys(EVERY, ("added", ALL))


def test_a_project_below_a_repository_is_compared_with_its_own_folder(tmp_path):
    outer = Work.begun(tmp_path / "outer")
    inner = Work(outer.root / "apps" / "[shop]", outer.repository)
    inner.quick()
    inner.commit()
    inner.write("prompts/copy.j2", "Other words: {{ copy.headline|quoted }}\n")

    assert inner.since() == dict.fromkeys(EVERY, EDIT)
    assert outer.since() == {}


def test_what_could_not_be_planned_then_does_not_stop_what_repairs_it(work):
    sound = work.read("assetforge.yaml")
    work.write("assetforge.yaml", sound.replace("- compose:", "- compse:"))
    commit = work.commit()
    work.write("assetforge.yaml", sound)

    result = work.run("plan", "--since", "HEAD")
    document = work.document()

    assert result.code == 0
    assert (
        f"warning[since-unplanned]: everything counts as changed, as HEAD ({commit[:7]}) cannot be "
        "planned: assetforge.yaml:15:9: unknown step 'compse'; did you mean 'compose'?\n"
    ) in result.err
    assert work.since() == dict.fromkeys(EVERY, ("changed", ALL))
    assert [each["code"] for each in document["warnings"]] == ["since-unplanned"]


def test_a_profile_that_was_not_there_makes_everything_changed(work):
    work.replace("assetforge.yaml", "profiles:\n", "profiles:\n  new: {provider: blank}\n")

    result = work.run("plan", "--since", "HEAD", "--profile", "new")

    assert "4 variants changed" in result.out
    assert "there is no profile 'new'" in result.err


def test_what_is_wrong_now_is_said_as_without_it(work):
    work.replace("assetforge.yaml", "- compose:", "- compse:")

    with_it, without = work.run("plan", "--since", "HEAD"), work.run("plan")

    assert (with_it.code, with_it.err) == (without.code, without.err)
    assert with_it.code == 2


def test_pictures_before_and_after_are_those_of_the_first_target(work):
    work.build()
    then = work.document("banner/wide/de")["targets"]
    first = work.outputs()
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")

    (planned,) = work.document("banner/wide/de")["since"]["variants"]
    work.build()
    (built,) = work.document("banner/wide/de")["since"]["variants"]

    assert then == []
    assert planned["after"] is None
    assert planned["paths"] == ["out/de/banner-wide.png"]
    assert planned["before"] == built["before"]
    assert digest(first["out/de/banner-wide.png"]) == built["before"]
    assert digest(work.outputs()["out/de/banner-wide.png"]) == built["after"]


def test_a_branch_is_compared_with_where_it_began(work):
    """What others did on main meanwhile is no change of this branch, as in a pull request."""
    work.git("switch", "--quiet", "--create", "branch")
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    work.commit()
    work.git("switch", "--quiet", "main")
    work.write("prompts/scene.j2", "A stormy scene.\n")
    work.commit()
    work.git("switch", "--quiet", "branch")

    assert work.since(since="main") == dict.fromkeys(DE, EDIT)
    assert (
        work.document(since="main")["since"]["commit"]
        == work.git("merge-base", "main", "HEAD").strip()
    )


def test_the_document_says_what_is_compared(work):
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")

    document = work.document("--profile", "blank")

    assert_valid("plan", document)
    assert document["since"]["ref"] == "HEAD"
    assert document["since"]["commit"] == work.git("rev-parse", "HEAD").strip()
    assert document["budget"] is None
    assert document["max_cost_usd"] is None
    assert {each["variant"] for each in document["targets"]} == DE
    assert work.run("plan", "--format", "json").json["since"] is None


def test_a_name_that_git_would_take_for_an_option_is_none(work):
    result = work.run("plan", "--since=--all")

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("assetforge: git knows no commit '--all' here; ")


def test_no_program_of_the_repository_is_run(work, tmp_path):
    trap = tmp_path / "trap"
    for name in ("filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "core.fsmonitor"):
        work.git("config", name, f"touch '{trap.as_posix()}' && cat")
    work.write(".gitattributes", "* -filter\n*.j2 filter=trap diff=trap export-ignore\n")
    work.git("-c", "filter.trap.clean=cat", "add", ".gitattributes")
    work.git("commit", "--quiet", "--message", "attributes")
    trap.unlink(missing_ok=True)
    work.write("prompts/scene.j2", "A stormy scene.\n")

    assert work.since() == dict.fromkeys(EVERY, ("changed", ALL))
    assert not trap.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_followed_inside_the_project_only(work, tmp_path):
    outside = tmp_path / "outside.j2"
    outside.write_text("A calm scene.\n", encoding="utf-8")
    work.move("prompts/scene.j2", "words/scene.j2")
    (work.root / "prompts/scene.j2").symlink_to("../words/scene.j2")
    (work.root / "catalogs").symlink_to("locales")
    work.replace("assetforge.yaml", "locales/{locale}", "catalogs/{locale}")
    work.commit()
    assert work.since() == {}
    (work.root / "prompts/scene.j2").unlink()
    (work.root / "prompts/scene.j2").symlink_to(outside)
    work.commit()
    (work.root / "prompts/scene.j2").unlink()
    work.move("words/scene.j2", "prompts/scene.j2")

    result = work.run("plan", "--since", "HEAD")

    assert "warning[since-unplanned]" in result.err
    assert "4 variants changed" in result.out


def test_only_what_planning_reads_leaves_git(work, monkeypatch):
    """Pictures beside the outputs, and all else that a repository holds, is left where it is."""
    for number in range(20):
        work.write(f"sources/{number}.txt", f"{number}\n" * 1000)
        work.write(f"out/de/old-{number}.png", "no picture")
    work.write(".gitignore", ".assetforge/\n")
    work.commit()
    read: list[str] = []
    run = subprocess.run

    def noting(command, **options):
        read.extend(options["input"].decode().split() if "--batch" in command else [])
        return run(command, **options)

    monkeypatch.setattr(subprocess, "run", noting)

    assert work.since() == {}
    files = [each for each in read if work.git("cat-file", "-t", each) == "blob\n"]
    assert sorted(files) == sorted(
        work.git("rev-parse", f"HEAD:{each}").strip()
        for each in (
            "assetforge.yaml",
            "locales/de.json",
            "locales/en.json",
            "prompts/copy.j2",
            "prompts/scene.j2",
        )
    )


def test_what_was_read_then_and_is_not_now_is_found_too(work):
    """A template that includes another, in a folder that nothing reads any more."""
    work.write("old/sky.j2", "blue")
    work.write("prompts/scene.j2", "A calm scene, {% include 'old/sky.j2' %}.\n")
    work.commit()
    (work.root / "old/sky.j2").unlink()
    work.write("prompts/scene.j2", "A calm scene, blue.\n")

    result = work.run("plan", "--since", "HEAD")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("nothing changed since HEAD")


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"
WITH_LOGO = """\
version: 1
profiles: {blank: {provider: blank}}
assets:
  banner:
    references: [logo.png]
    steps: [{compose: "A banner.", size: 320x320}]
    output: out/banner.png
"""


def test_a_source_picture_counts_also_where_another_input_is_still_to_be_made(tmp_path):
    pipeline = QUICK.replace(
        "- edit: prompts/copy.j2", "- edit: prompts/copy.j2\n        references: [logo.png]"
    )
    work = Work(tmp_path / "work")
    work.write("logo.png", "a logo")
    work = Work.begun(work.root, pipeline=pipeline)
    assert work.since() == {}

    work.write("logo.png", "another")

    assert work.since() == dict.fromkeys(EVERY, EDIT)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_to_nowhere_are_not_there(work):
    (work.root / "locales/fr.json").symlink_to("nothing.json")
    (work.root / "locales/more").symlink_to("..")
    work.commit()
    (work.root / "locales/fr.json").unlink()
    (work.root / "locales/more").unlink()

    assert work.since() == {}


def test_a_folder_where_a_file_should_be_was_a_mistake(work):
    sound = work.read("assetforge.yaml")
    work.write("prompts/deep.j2/copy.j2", "Words.\n")
    work.write("assetforge.yaml", sound.replace("prompts/copy.j2", "prompts/deep.j2"))
    work.commit()
    work.write("assetforge.yaml", sound)

    assert "warning[since-unplanned]" in work.run("plan", "--since", "HEAD").err


def test_without_room_for_the_past_the_store_s_words_say_so(work, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))

    result = work.run("plan", "--since", "HEAD")

    assert result.code == 1
    assert result.err.startswith(
        "assetforge: cannot write the project as it was to a temporary folder: "
    )


@pytest.fixture
def logo(tmp_path):
    """A project whose logo is in Git LFS: git has a pointer, the work tree the picture."""
    work = Work(tmp_path / "logo")
    work.write("assetforge.yaml", WITH_LOGO)
    work.write(".gitignore", IGNORED)
    work.write("logo.png", POINTER.format(digest(b"a logo"), len(b"a logo")))
    work.commit()
    (work.root / "logo.png").write_bytes(b"a logo")
    return work


def test_a_picture_in_git_lfs_is_the_one_of_the_work_tree(logo):
    assert logo.since() == {}


def test_a_picture_in_git_lfs_is_taken_from_where_that_keeps_it(logo):
    (logo.root / "logo.png").write_bytes(b"another")
    whole = digest(b"a logo")
    kept = logo.root / ".git/lfs/objects" / whole[:2] / whole[2:4] / whole
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"a logo")

    result = logo.run("plan", "--since", "HEAD")

    assert (result.code, result.err) == (0, "")
    assert "1 variant changed" in result.out


def test_a_picture_that_git_lfs_did_not_fetch_is_named(logo):
    (logo.root / "logo.png").write_bytes(b"another")

    result = logo.run("plan", "--since", "HEAD")

    assert result.code == 0
    assert "warning[since-not-fetched]" in result.err
    assert "'logo.png'" in result.err
    assert "1 variant changed" in result.out


def test_without_git_lfs_both_sides_are_pointers(logo):
    logo.git("checkout", "--quiet", "logo.png")

    result = logo.run("plan", "--since", "HEAD")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("nothing changed")


def test_a_submodule_is_another_repository(work, tmp_path):
    shared = Work(tmp_path / "shared")
    shared.write("scene.j2", "A calm scene.\n")
    shared.commit()
    work.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(shared.root), "in"
    )
    work.replace("assetforge.yaml", "prompts/scene.j2", "in/scene.j2")
    work.commit()

    result = work.run("plan", "--since", "HEAD")

    assert result.code == 0
    assert "warning[since-unplanned]" in result.err
    assert "4 variants changed" in result.out
