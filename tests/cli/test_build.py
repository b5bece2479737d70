import hashlib
import io
import re
import sys

import pytest

from assetforge.cli import build as command
from assetforge.providers.base import ImageRequest
from tests.cli import toy
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import QUICK, Result, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


class Terminal(io.StringIO):
    def isatty(self):
        return True


OPENAI = QUICK.replace(
    "provider: blank",
    "provider: openai, model: gpt-image-2-2026-04-21, quality: low, images_per_minute: 60000",
)


def spending(space: Space, *arguments: str, act: toy.Act | None = None) -> Result:
    """Build with a provider that costs money."""
    space.quick(pipeline=toy.PRICED)
    with toy.installed(act):
        return space.run("build", *arguments)


def test_a_first_build_makes_everything_and_a_second_one_nothing(space):
    first, second = space.build(), space.build()

    assert (first["made"], first["hit"], first["written"]) == (10, 0, 4)
    assert (second["made"], second["hit"], second["written"]) == (0, 10, 0)


def test_the_summary_says_what_came_of_it_and_what_to_type_next(space):
    result = space.run("build", "-j", "1")

    assert result.out == ""
    assert_golden("build.txt", result.err)


def test_a_build_with_nothing_to_do_is_one_line(space):
    space.build()

    assert_golden("build_again.txt", space.run("build").err)


def test_failures_come_last(space):
    result = spending(space, "--yes", "-j", "1", act=toy.refuse("German"))

    assert_golden("build_failed.txt", result.err)


def in_any_order(said: str) -> str:
    """Return progress sorted and without counters: calls, and work done here, run side by side."""
    lines = [re.sub(r"^\[\d+/", "[*/", each) for each in said.splitlines(keepends=True)]
    progress = sorted(each for each in lines if each.startswith("["))
    return "".join(progress + [each for each in lines if not each.startswith("[")])


def test_with_keep_going_all_that_can_be_made_is_made(space):
    result = spending(space, "--yes", "-j", "1", "--keep-going", act=toy.refuse("German"))

    assert_golden("build_kept_going.txt", in_any_order(result.err))
    assert sorted(space.outputs()) == ["out/en/banner-tall.png", "out/en/banner-wide.png"]


def test_what_is_in_flight_at_ctrl_c_is_kept(space):
    result = spending(space, "--yes", "-j", "1", act=toy.interrupt)
    with toy.installed():
        again = space.plan()

    assert result.code == 130
    assert_golden("build_interrupted.txt", result.err)
    assert len(again["hit"]) == 1


def test_the_document_has_all_that_was_promised(space):
    document = space.run("build", "--format", "json").json

    assert_valid("build", document)
    assert document["totals"] == {
        "made": 10,
        "hit": 0,
        "failed": 0,
        "blocked": 0,
        "unknown": 0,
        "cost_usd": "0.00",
        "sharing": {"calls": 0, "calls_alone": 0, "saved_usd": {"low": "0.00", "high": "0.00"}},
        "written": 4,
        "waiting": 0,
        "published": 0,
        "removed": 0,
        "again": 0,
        "typeset": 0,
    }
    assert {each["path"]: each["sha256"] for each in document["targets"]} == {
        path: hashlib.sha256(data).hexdigest() for path, data in space.outputs().items()
    }


def test_the_document_is_pure_json_also_with_failures_and_warnings(space):
    space.quick(
        pipeline=toy.PRICED.replace("  source: en\n", "  source: en\n  missing: fallback\n")
    )
    space.locale("de", headline="Schluss")

    with toy.installed(toy.refuse("Sale en")):
        result = space.run("build", "--yes", "--keep-going", "--format", "json")

    assert result.code == 1
    assert_valid("build", result.json)
    assert {each["code"] for each in result.json["warnings"]} == {"fallback", "unknown-model"}
    assert {each["error"] for each in result.json["failures"]} == {"moderation_blocked"}
    assert "warning[fallback]" in result.err


def test_a_refused_target_is_a_failure_of_the_document(space):
    space.build()
    space.write("out/en/banner-wide.png", "by hand")

    result = space.run("build", "--format", "json")

    assert result.code == 1
    assert_valid("build", result.json)
    (failure,) = result.json["failures"]
    assert (failure["error"], failure["variant"]) == ("hand-made", "banner/wide/en")


def test_a_picture_edited_by_hand_is_kept_until_it_is_forced(space):
    space.build()
    before = space.outputs()
    space.write("out/en/banner-wide.png", "by hand")

    refused, kept = space.run("build"), space.read("out/en/banner-wide.png")
    forced = space.run("build", "--force")

    assert (refused.code, kept) == (1, "by hand")
    assert "  kept    'out/en/banner-wide.png' was edited since it was written" in refused.err
    assert (forced.code, space.outputs()) == (0, before)


def test_a_target_that_cannot_be_written_is_a_failure(space):
    space.write("out", "a file where a folder should be")

    result = space.run("build")

    assert result.code == 1
    assert "  failed  cannot write 'out/" in result.err


# frozen


def test_frozen_runs_nothing_and_says_what_is_missing(space):
    result = space.run("build", "--frozen")

    assert result.code == 3
    assert result.err.startswith("assetforge: frozen, but not built: banner/wide/compose, ")
    assert space.outputs() == {}


def test_frozen_restores_deleted_pictures_from_the_store(space):
    space.build()
    before = space.outputs()
    for path in before:
        (space.root / path).unlink()

    result = space.run("build", "--frozen", "--format", "json")

    assert result.code == 0
    assert (result.json["totals"]["made"], result.json["totals"]["written"]) == (0, 4)
    assert space.outputs() == before


# money


def test_spending_has_to_be_confirmed(space):
    result = spending(space)

    assert result.code == 4
    assert "confirm with --yes or --max-cost USD" in result.err
    assert space.outputs() == {}


def test_a_cap_below_the_price_stops_before_the_first_call(space):
    calls: list[ImageRequest] = []
    result = spending(space, "--max-cost", "0.10", act=calls.append)

    assert (result.code, calls) == (4, [])
    assert "the cap is $0.10; raise --max-cost or choose fewer variants" in result.err


def test_a_cap_of_the_profile_counts_like_the_flag(space):
    space.quick(pipeline=toy.PRICED.replace("provider: toy", "provider: toy, max_cost: 0.10"))

    with toy.installed():
        assert space.run("build").code == 4


def test_a_cap_that_covers_the_plan_confirms_it(space):
    result = spending(space, "--max-cost", "$50", "--format", "json")

    assert (result.code, result.json["totals"]["cost_usd"]) == (0, "0.12")


def test_a_key_that_is_missing_comes_before_the_budget(space):
    """No cap and no `--yes` would help: so this is said first, and nothing is asked."""
    space.quick(pipeline=OPENAI)

    for flags in ([], ["--max-cost", "0.01"], ["--yes"]):
        result = space.run("build", *flags)

        assert result.code == 2
        assert "'openai' needs a key: set the environment variable 'OPENAI_API_KEY'" in result.err
        assert result.err.count("\n") <= 6, "a warning and a line"


def test_without_a_key_it_can_be_planned_and_priced(space):
    space.quick(pipeline=OPENAI)

    document = space.run("plan", "--format", "json").json

    assert_valid("plan", document)
    assert float(document["totals"]["cost_usd"]["high"]) > 0


def test_what_is_built_already_needs_no_provider(space):
    """As for a colleague who has the store, but neither the plugin nor its key."""
    space.quick(pipeline=OPENAI)
    with toy.installed(name="openai"):
        space.run("build", "--yes")

    assert space.run("build").code == 0


@pytest.mark.parametrize("amount", ["-1", "nan", "inf", "Infinity"])
def test_an_amount_is_0_or_more(space, amount):
    result = space.run("build", "--max-cost", amount)

    assert result.code == 2
    assert f"'{amount}' must be 0 or more" in result.err


def test_a_cap_of_nothing_is_enough_for_what_is_free(space):
    assert space.run("build", "--max-cost", "0").code == 0


def test_a_cap_that_is_reached_on_the_way_exits_with_4(space):
    """The lowest price fits, the highest does not: a range that the plan shows."""
    space.quick(pipeline=OPENAI)
    low = space.run("plan", "--format", "json").json["totals"]["cost_usd"]["low"]

    with toy.installed(name="openai"):
        result = space.run("build", "--max-cost", low)

    assert result.code == 4
    assert "not sent: of the run's cap of $" in result.err
    assert result.err.splitlines()[-1].startswith("next: assetforge build --max-cost USD")


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 4), ("", 4)])
def test_a_person_at_a_terminal_is_asked_before_money_is_spent(space, monkeypatch, answer, code):
    space.quick(pipeline=toy.PRICED)
    monkeypatch.setattr(command, "has_person", lambda: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{answer}\n"))

    with toy.installed():
        result = space.run("build")

    assert result.code == code, result.err
    assert "buy 6 pictures of toy for $" in result.err
    assert ("not confirmed" in result.err) == (code == 4)


# progress


def test_progress_is_plain_lines_where_nobody_watches(space):
    assert "[10/10] made    banner/" in space.run("build").err


@pytest.mark.parametrize(
    ("variables", "flags", "live"),
    [
        ({}, [], True),
        ({"NO_COLOR": "1"}, [], True),
        ({"CI": "true"}, [], False),
        ({"TERM": "dumb"}, [], False),
        ({}, ["--no-progress"], False),
    ],
)
def test_progress_is_live_only_on_a_terminal_that_a_person_watches(
    space, monkeypatch, variables, flags, live
):
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(space.root)
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)

    assert command.command.main([*flags], standalone_mode=False) == 0

    assert ("\x1b[?25l" in screen.getvalue()) is live  # the live display hides the cursor
    assert ("[10/10] made" in screen.getvalue()) is not live


def test_the_next_command_repeats_the_flags_that_matter(space):
    space.quick(pipeline=toy.TWO_PROFILES)
    parent = Space(space.root.parent)
    name = space.root.name

    with toy.installed():
        done = parent.run(
            "-C", name, "build", "-f", "./assetforge.yaml", "--profile", "toy", "--yes",
            "--locale", "de", "banner/wide",
        )  # fmt: skip

    assert done.err.splitlines()[-1] == (
        f"next: assetforge report -C {name} --profile toy --locale de banner/wide"
    )


def test_a_folder_within_a_folder_is_repeated_as_one(space):
    space.write("inner/deep/note.txt", "")
    above = Space(space.root)
    Space(space.root / "inner" / "deep").quick()

    done = above.run("-C", "inner", "plan", "-C", "deep")

    assert done.out.splitlines()[-1] == "next: assetforge build -C inner/deep"
