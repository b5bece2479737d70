"""Saved plans from end to end: what was looked over is bought, or nothing is."""

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from assetforge import __version__
from assetforge.emulator import Server, Settings, serving
from assetforge.ledger import Caps, Ledger
from assetforge.store.local import FOLDER
from tests.cli import toy
from tests.cli.schemas import assert_valid, load
from tests.space import PYTHON, QUICK, Result, Space

ROOT = Path(__file__).resolve().parent.parent.parent

FINAL = """\
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: low
    images_per_minute: 10000
"""
BOUGHT = QUICK.replace("  blank: {provider: blank}\n", FINAL)


@dataclass
class Studio:
    """A project whose pictures an emulator makes."""

    space: Space
    server: Server

    def plan(self, *arguments: str) -> dict[str, dict[str, object]]:
        result = self.space.run("plan", "-o", "plan.json", *arguments)
        assert result.code == 0, result.err
        return actions_of(self.space)

    def build(self, *arguments: str) -> Result:
        return self.space.run("build", "--plan", "plan.json", *arguments)

    def calls(self) -> int:
        return len(self.server.books()["calls"])


def actions_of(space: Space) -> dict[str, dict[str, object]]:
    document = json.loads(space.read("plan.json"))
    return {each["id"]: each for each in document["actions"]}


@pytest.fixture
def studio(tmp_path, monkeypatch):
    with serving(Settings(pictures="flat")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "tulip" * 7)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("ASSETFORGE_LIMITS", str(tmp_path / "limits"))
        (tmp_path / "project").mkdir()
        yield Studio(Space(tmp_path / "project").quick(pipeline=BOUGHT), server)


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_what_was_looked_over_is_bought_unasked_and_once(studio):
    planned = studio.plan()

    first = studio.build("--format", "json")
    second = studio.build("--format", "json")

    assert first.code == 0, first.err
    assert studio.calls() == sum(each["step"] != "export" for each in planned.values()) == 6
    assert first.json["totals"]["made"] == len(planned)
    assert second.code == 0, second.err
    assert (second.json["totals"]["made"], second.json["totals"]["hit"]) == (0, len(planned))
    assert studio.calls() == 6


def test_a_message_that_changed_is_named_and_nothing_is_sent(studio):
    assert studio.space.run("build", "--yes", "banner/wide").code == 0
    sent = studio.calls()
    studio.space.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    studio.plan()
    studio.space.locale("de", headline="Alt", action="Buy de", alt="Hills de")

    refused = studio.build()

    assert refused.code == 3
    assert studio.calls() == sent
    head, *lines, advice = refused.err.splitlines()
    assert head == "assetforge: 'plan.json' is not what would run now, so nothing was:"
    assert advice == "look at `assetforge plan`, and save it again with -o"
    run, wait = sorted(lines, key=lambda line: "key changed" not in line)
    assert run.startswith("  banner/wide/de/edit: key changed, ")
    assert run.endswith(": prompt changed")
    assert wait == "  banner/tall/de/edit: prompt changed"


def test_what_another_build_made_meanwhile_is_not_bought_again(studio):
    studio.plan()
    other = studio.space.run("build", "banner/wide", "--yes", "--format", "json")
    assert other.code == 0, other.err
    sent = studio.calls()

    rest = studio.build("--format", "json")

    assert rest.code == 0, rest.err
    assert (sent, studio.calls()) == (3, 6)
    assert rest.json["totals"]["hit"] == 5
    assert len(studio.space.outputs()) == 4


def test_the_plan_is_the_agreement_up_to_what_it_says(studio):
    planned = studio.plan("banner/wide/de", "--format", "json")
    document = json.loads(studio.space.read("plan.json"))
    most = document["totals"]["cost_usd"]["high"]

    assert float(most) > 0
    assert len(planned) == 3
    alone = studio.space.run("build", "banner/wide/de")
    assert alone.code == 4
    assert "confirm with --yes" in alone.err
    assert studio.build("--max-cost", "0.00001").code == 4
    assert studio.calls() == 0
    assert studio.build().code == 0
    assert studio.calls() == 2


def test_a_profile_s_own_cap_holds_where_it_is_the_lowest(studio):
    studio.plan()
    capped = BOUGHT.replace("quality: low", "quality: low\n    max_cost: 0.01")
    studio.space.write("assetforge.yaml", capped)

    ended = studio.build()

    assert ended.code == 4
    assert "the cap is $0.01" in ended.err
    assert studio.calls() == 0


def test_the_plan_s_price_is_the_cap_whatever_the_flag_allows(studio):
    """Runs at the same time share their caps, so what another spends meanwhile comes off."""
    studio.plan("banner/wide")
    with closing(Ledger(studio.space.root / FOLDER)) as ledger:
        ledger.begin(Caps())
        assert studio.space.run("build", "banner/tall", "--yes").code == 0
        sent = studio.calls()

        ended = studio.build("--max-cost", "100")

        ledger.end()
    assert ended.code == 4, ended.err
    assert studio.calls() == sent
    assert studio.build().code == 0


def test_a_price_above_the_plan_s_is_refused(studio):
    before = studio.plan("banner/wide/de")
    dearer = BOUGHT.replace("    quality", "    partial_images: 3\n    quality")
    studio.space.write("assetforge.yaml", dearer)

    refused = studio.build()

    assert refused.code == 3
    assert studio.calls() == 0
    high = before["banner/wide/de/compose"]["cost_usd"]["high"]
    assert f"  banner/wide/de/compose: price changed: up to ${high} -> $" in refused.err
    assert "key changed" not in refused.err


def test_what_got_no_answer_since_is_not_sent_again_by_the_plan(studio):
    studio.space.write("prompts/scene.j2", "A calm scene [[fault:reset*1]].\n")
    studio.plan("banner/wide/de")
    assert studio.build().code == 1
    sent = studio.calls()

    assert studio.build().code == 1
    assert studio.calls() == sent
    studio.plan("banner/wide/de", "--resend")
    again = studio.build()

    assert again.code == 0, again.err
    assert studio.calls() == sent + 2


def test_what_is_lost_is_bought_again_only_by_a_plan_that_says_so(studio):
    assert studio.space.run("build", "--yes", "banner/wide/de").code == 0
    sent = studio.calls()
    for blob in (studio.space.root / ".assetforge/cas").rglob("*"):
        if blob.is_file():
            blob.chmod(0o600)
            blob.unlink()
    (studio.space.root / "out/de/banner-wide.png").unlink()

    lost = studio.plan("banner/wide/de")
    refused = studio.build()
    studio.plan("banner/wide/de", "--rebuy")
    bought = studio.build()

    assert "lost" in {each["decision"] for each in lost.values()}
    assert (refused.code, studio.calls() - sent) == (1, 2)
    assert bought.code == 0, bought.err


def test_the_file_and_what_is_printed_are_as_they_should_be(space):
    alone = space.run("plan", "--format", "json")
    saved = space.run("plan", "-o", "plan.json", "--format", "json")
    text = space.run("plan", "-o", "plan.json")

    document = json.loads(space.read("plan.json"))
    assert_valid("saved-plan", document)
    assert saved.json == alone.json
    assert text.out == space.run("plan").out
    assert text.err == "saved: 'plan.json'   (assetforge build --plan runs exactly this)\n"
    assert str(space.root) not in space.read("plan.json")
    for planned, kept in zip(alone.json["actions"], document["actions"], strict=True):
        for name in ("id", "asset", "step", "variants", "decision", "key", "cost_usd"):
            assert planned[name] == kept[name]
    assert list(space.root.glob("*.part")) == []


def test_the_schema_says_no_to_what_is_left_out(space):
    space.run("plan", "-o", "plan.json")
    document = json.loads(space.read("plan.json"))
    del document["actions"][0]["request"]

    assert not Draft7Validator(load("saved-plan")).is_valid(document)


def test_a_plan_says_which_variants_and_profile_are_meant(space):
    with toy.installed(toy.nothing):
        space.quick(pipeline=toy.TWO_PROFILES)
        space.run("plan", "-o", "plan.json", "--profile", "toy", "*/de", "--locale", "de")
        space.quick("en", "de", "fr", pipeline=toy.TWO_PROFILES)

        built = space.run("build", "--plan", "plan.json")

    assert built.code == 0, built.err
    assert sorted(space.outputs()) == ["out/de/banner-tall.png", "out/de/banner-wide.png"]
    assert built.err.splitlines()[-1] == (
        "next: assetforge report --profile toy --locale de '*/de'"
    )


@pytest.mark.parametrize(
    "said",
    [
        ["banner/wide"],
        ["--locale", "de"],
        ["--profile", "blank"],
        ["--max-variants", "10000"],
        ["--allow-unverified"],
        ["--resend"],
        ["--rebuy"],
    ],
    ids=lambda said: said[0],
)
def test_what_the_plan_says_is_not_said_besides(space, said):
    space.run("plan", "-o", "plan.json")

    refused = space.run("build", "--plan", "plan.json", *said)

    assert refused.code == 2
    word = said[0] if said[0].startswith("-") else "a selector"
    assert refused.err == f"assetforge: --plan says what to build: leave out {word}\n"
    assert space.outputs() == {}


def test_flags_that_say_how_to_build_go_with_a_plan(space):
    space.run("-C", str(space.root), "plan", "-o", "plan.json")

    flags = ("-j", "2", "--keep-going", "--no-progress", "--yes", "--force", "--max-cost", "1")
    built = space.run("build", "--plan", "plan.json", *flags, "-f", "assetforge.yaml")

    assert built.code == 0, built.err
    assert len(space.outputs()) == 4


def test_frozen_a_plan_runs_nothing(space):
    space.run("plan", "-o", "plan.json")

    assert space.run("build", "--plan", "plan.json", "--frozen").code == 3
    space.build()
    space.run("plan", "-o", "plan.json")

    assert space.run("build", "--plan", "plan.json", "--frozen").code == 0


def test_a_plan_of_other_files_is_refused(space):
    space.run("plan", "-o", "plan.json")
    space.write("other.yaml", QUICK)
    space.write("elsewhere/assetforge.yaml", QUICK.replace("  banner:\n", "  poster:\n"))
    for name in ("locales/en.json", "locales/de.json", "prompts/scene.j2", "prompts/copy.j2"):
        space.write(f"elsewhere/{name}", space.read(name))

    file = space.run("build", "--plan", "plan.json", "-f", "other.yaml")
    project = space.run("build", "--plan", "plan.json", "-f", "elsewhere/assetforge.yaml")

    assert (file.code, project.code) == (2, 2)
    assert file.err == (
        "assetforge: 'plan.json' is a plan of 'assetforge.yaml', not of 'other.yaml'; see -f\n"
    )
    assert project.err == (
        "assetforge: 'plan.json' is a plan of another project: there is no asset 'banner' here\n"
    )


def test_more_than_twenty_changes_are_counted(space):
    space.quick("en", "de", "fr", "ja", "sv", "da", "nl", "pl", "fi", "nb", "ko")
    space.build()
    space.run("plan", "-o", "plan.json")
    space.write("prompts/copy.j2", "Write {{ copy.headline|quoted }}.\n")

    refused = space.run("build", "--plan", "plan.json")

    lines = refused.err.splitlines()
    assert refused.code == 3
    assert len(lines) == 1 + 20 + 1 + 1
    assert lines[-2] == "  and 24 more"


def test_a_plan_of_another_version_holds_as_long_as_its_keys_do(space):
    space.run("plan", "-o", "plan.json")
    space.replace("plan.json", f'"assetforge": "{__version__}"', '"assetforge": "0.0.9"')
    assert space.run("build", "--plan", "plan.json").code == 0
    space.write("prompts/scene.j2", "A wild scene.\n")

    refused = space.run("build", "--plan", "plan.json")

    assert refused.err.splitlines()[0].endswith(
        f"so nothing was (assetforge 0.0.9 made it, this is {__version__}):"
    )


def test_a_plan_is_written_over_another_and_over_nothing_else(space):
    space.write("notes.json", '{"schema": "assetforge.plan/1"}')
    (space.root / "folder").mkdir()

    for name in ("notes.json", "assetforge.yaml", "folder"):
        refused = space.run("plan", "-o", name)
        assert refused.code == 2
        assert refused.err == (
            f"assetforge: '{name}' is there and is no saved plan; give another name with -o\n"
        )
    absent = space.run("plan", "-o", "none/plan.json")
    assert absent.code == 2
    assert absent.err == "assetforge: there is no folder 'none' to write the plan to\n"
    assert space.read("notes.json") == '{"schema": "assetforge.plan/1"}'
    assert space.run("plan", "-o", "plan.json").code == 0
    space.write("plan.json", space.read("plan.json")[:100])
    assert space.run("plan", "-o", "plan.json", "banner/wide").code == 0
    assert len(actions_of(space)) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_a_folder_that_may_not_be_written_to_is_said(space):
    folder = space.root / "closed"
    folder.mkdir(mode=0o500)

    refused = subprocess.run(
        [PYTHON, "-m", "tests.faulty", "plan", "-o", "closed/plan.json"],
        cwd=space.root,
        env={**os.environ, "FAULTY": '{"humble": true}', "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )

    folder.chmod(0o700)
    assert refused.returncode == 1
    assert refused.stderr.startswith("assetforge: cannot write the plan 'closed/plan.json': ")
    assert refused.stderr.count("\n") == 1
    assert list(folder.iterdir()) == []


def test_a_picture_that_was_pinned_or_chosen_before_is_part_of_the_plan(studio):
    assert studio.space.run("build", "--yes").code == 0
    assert studio.space.run("reroll", "banner/wide/de", "--yes").code == 0
    assert studio.space.run("pin", "banner/tall/de", "--yes").code == 0
    studio.space.locale("de", headline="Neu", action="Los", alt="Berge")
    studio.plan()
    sent = studio.calls()

    built = studio.build("--format", "json")

    assert built.code == 0, built.err
    assert studio.calls() == sent + 1


def test_a_picture_that_was_chosen_since_is_another_plan(studio):
    assert studio.space.run("build", "--yes").code == 0
    assert studio.space.run("reroll", "banner/wide/de", "--yes").code == 0
    studio.plan()
    assert studio.space.run("choose", "banner/wide/de", "2", "--yes").code == 0

    refused = studio.build()

    assert refused.code == 3
    edit, *others, _ = refused.err.splitlines()[1:]
    assert edit.startswith("  banner/wide/de/edit: key changed, ")
    assert edit.endswith(": take changed: 1 -> 2")
    assert [each.split(":")[0].strip() for each in others] == ["banner/wide/de/export"]


@pytest.mark.usefixtures("unmeasured")
def test_two_builds_of_one_plan_at_once_buy_each_picture_once(studio):
    studio.plan()
    command = [PYTHON, "-m", "assetforge", "build", "--plan", "plan.json", "--no-progress"]
    started = [
        subprocess.Popen(command, cwd=studio.space.root, stderr=subprocess.PIPE) for _ in range(2)
    ]

    ends = [(each.communicate(timeout=120)[1], each.returncode) for each in started]

    assert [code for _, code in ends] == [0, 0], ends
    assert studio.calls() == 6
