import pytest

from assetforge.trace.command import command_of
from benchmarks.repository import SETTINGS
from tests.cli.schemas import assert_valid
from tests.cli.test_cost import Clock, spend
from tests.since.work import Work
from tests.space import QUICK

COSTLY = QUICK.replace(
    "profiles:\n",
    "budget: {day: 5, month: 80.50}\nprofiles:\n",
).replace("{provider: blank}", "{provider: blank, max_cost: 25.00}")


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def work(tmp_path):
    return Work.begun(tmp_path / "work")


def edited(work: Work) -> str:
    """Change the German pictures, and return how the commit before is shown."""
    work.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    return f"HEAD ({work.git('rev-parse', 'HEAD')[:7]})"


def test_a_plan_says_first_what_it_was_narrowed_to(work):
    against = edited(work)

    result = work.run("plan", "--since", "HEAD")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"since {against}: 2 variants changed\n  run   banner/wide/")
    assert "\n2 pictures in 6 actions: 2 run, 4 wait, 0 hit; cost $0.00\n" in result.out
    assert result.out.endswith("next: assetforge build --since HEAD\n")


def test_everything_that_differs_is_counted_by_how(work):
    against = edited(work)
    work.locale("ja", headline="セール", action="買う", alt="丘")
    (work.root / "locales/en.json").rename(work.root / "locales/en-GB.json")
    work.replace("assetforge.yaml", "source: en", "source: en-GB")

    head = work.run("plan", "--since", "HEAD").out.splitlines()[0]

    assert head == f"since {against}: 2 variants changed, 4 added, 2 removed"


def test_one_variant_is_one(work):
    against = edited(work)

    assert work.run("plan", "--since", "HEAD", "banner/wide").out.startswith(
        f"since {against}: 1 variant changed\n"
    )


@pytest.mark.parametrize("command", ["plan", "build", "check", "render", "report", "explain"])
def test_nothing_changed_is_said_and_is_no_error(work, command):
    against = f"HEAD ({work.git('rev-parse', 'HEAD')[:7]})"

    result = work.run(command, "--since", "HEAD")

    assert result.code == 0
    assert f"nothing changed since {against}\n" in result.out + result.err
    assert work.outputs() == {}


def test_nothing_changed_is_an_empty_plan(work):
    document = work.document()

    assert_valid("plan", document)
    assert document["actions"] == document["targets"] == document["since"]["variants"] == []
    assert document["totals"]["run"] == 0


def test_a_step_of_nothing_is_nothing(work):
    result = work.run("render", "--since", "HEAD", "--step", "edit", "--format", "json")

    assert (result.code, result.json["requests"]) == (0, [])


def test_a_selector_that_matches_no_variant_stays_an_error(work):
    assert work.run("plan", "--since", "HEAD", "baner").code == 5
    assert work.run("build", "--since", "HEAD", "--locale", "xx").code == 5


def test_a_build_makes_what_differs_and_takes_nothing_away(work):
    work.build()
    edited(work)
    (work.root / "out/de/banner-wide.png").unlink()
    work.replace("assetforge.yaml", "tall:", "high:")

    result = work.run("build", "--since", "HEAD", "--locale", "de")

    assert result.code == 0
    assert result.err.startswith("since HEAD (")
    assert "4 made, 2 hit; 2 pictures current, 2 written" in result.err
    assert sorted(work.outputs()) == [
        "out/de/banner-high.png",
        "out/de/banner-tall.png",
        "out/de/banner-wide.png",
        "out/en/banner-tall.png",
        "out/en/banner-wide.png",
    ]


def test_a_build_of_all_that_differs_leaves_no_trace_of_a_whole_one(work):
    work.build()
    work.write("prompts/scene.j2", "A stormy scene.\n")
    work.replace("assetforge.yaml", "        tall: {size: 600x900}\n", "")
    trace = sorted((work.root / ".assetforge").rglob("trace/**/*"))

    result = work.run("build", "--since", "HEAD")

    assert "since HEAD" in result.err
    assert "removed" not in result.err.splitlines()[-2]
    assert "out/de/banner-tall.png" in work.outputs()
    assert sorted((work.root / ".assetforge").rglob("trace/**/*")) == trace


def test_a_trace_does_not_answer_it():
    assert command_of(["build"]) is not None
    assert command_of(["build", "--since", "main"]) is None
    assert command_of(["build", "--since=main"]) is None


def test_the_other_commands_look_at_what_differs(work):
    edited(work)

    check = work.run("check", "--since", "HEAD", "--built")
    render = work.run("render", "--since", "HEAD", "--step", "edit", "--format", "json")
    graph = work.run("graph", "--since", "HEAD", "--all")
    explain = work.run("explain", "--since", "HEAD", "--format", "json")
    report = work.run("report", "--since", "HEAD")

    assert check.code == 3
    assert "banner/wide/en" not in check.out + check.err
    assert [each["variants"] for each in render.json["requests"]] == [
        ["banner/wide/de"],
        ["banner/tall/de"],
    ]
    assert "banner/wide/en" not in graph.out
    assert {name for each in explain.json["actions"] for name in each["variants"]} == {
        "banner/wide/de",
        "banner/tall/de",
    }
    assert report.out.startswith("0 of 2 pictures: ")
    assert all(
        each.err.startswith("since HEAD (") for each in (check, render, graph, explain, report)
    )


@pytest.mark.parametrize("command", ["watch", "preview", "accept", "reroll", "locales"])
def test_what_lasts_or_decides_does_not_take_it(work, command):
    result = work.run(command, "--since", "HEAD")

    assert result.code == 2
    assert "no such option '--since'" in result.err.lower()


def test_what_is_wrong_with_the_ref_is_one_line(work, tmp_path):
    unknown = work.run("plan", "--since", "origin/main")
    outside = Work(tmp_path / "outside").quick()
    (outside.root / ".git").rename(tmp_path / "gone")
    nowhere = outside.run("check", "--since", "main")

    assert (unknown.code, nowhere.code) == (2, 2)
    assert unknown.err == (
        "assetforge: git knows no commit 'origin/main' here; fetch it first, such as "
        "`git fetch origin main`; in CI, check out all history\n"
    )
    assert nowhere.err.startswith("assetforge: there is no git repository here to compare with (")
    assert nowhere.err.count("\n") == 1


def test_a_saved_plan_is_of_what_differed(work):
    edited(work)
    saved = work.run("plan", "--since", "HEAD", "-o", "plan.json")
    work.commit()

    twice = work.run("build", "--plan", "plan.json", "--since", "HEAD")
    built = work.run("build", "--plan", "plan.json", "--format", "json")

    assert (saved.code, twice.code, built.code) == (0, 2, 0)
    assert "leave out --since" in twice.err
    assert {each["variant"] for each in built.json["targets"]} == {
        "banner/wide/de",
        "banner/tall/de",
    }


def test_a_saved_plan_of_nothing_builds_nothing(work):
    assert work.run("plan", "--since", "HEAD", "-o", "plan.json").code == 0

    built = work.run("build", "--plan", "plan.json", "--format", "json")

    assert (built.code, built.json["targets"], work.outputs()) == (0, [], {})


def test_a_plan_says_what_is_left_of_the_budget(tmp_path):
    work = Work.begun(tmp_path / "work", pipeline=COSTLY)

    before = work.run("plan", "--format", "json").json
    spend(work, Clock())
    work.replace("assetforge.yaml", "{day: 5, month: 80.50}", "{day: 0.10}")
    after = work.run("plan", "--format", "json").json

    assert_valid("plan", before)
    assert_valid("plan", after)
    assert before["max_cost_usd"] == "25.00"
    assert before["budget"] == {
        "day": {"cap_usd": "5.00", "spent_usd": "0.00", "left_usd": "5.00"},
        "month": {"cap_usd": "80.50", "spent_usd": "0.00", "left_usd": "80.50"},
    }
    assert after["budget"] == {
        "day": {"cap_usd": "0.10", "spent_usd": "0.1555", "left_usd": "0.00"},
        "month": None,
    }
