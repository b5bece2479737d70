import pytest

from tests.cli import toy
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import QUICK, Space

MANY = ("en", "de", "fr", "sv", "da", "nl", "pl", "fi", "nb", "ja", "ko")


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_a_few_actions_are_listed_one_by_one(space):
    result = space.run("plan")

    assert (result.code, result.err) == (0, "")
    assert_golden("plan_few.txt", result.out)


def test_many_actions_are_counted_by_step_and_reason(space):
    space.quick(*MANY)

    assert_golden("plan_many.txt", space.run("plan").out)


def test_all_lists_every_action_also_when_there_are_many(space):
    space.quick(*MANY)
    space.build()

    lines = space.run("plan", "--all").out.splitlines()

    assert sum(1 for line in lines if line.startswith("  hit   banner/")) == 46


def test_after_an_edit_only_what_changed_runs_and_says_why(space):
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    assert_golden("plan_after_an_edit.txt", space.run("plan").out)


def test_a_plan_with_nothing_to_do_is_one_line(space):
    space.build()

    assert space.run("plan").out == (
        "4 pictures in 10 actions: 0 run, 0 wait, 10 hit; cost $0.00\n"
    )


def test_one_of_each_is_said_in_the_singular(space):
    space.build()

    assert space.run("plan", "banner/wide/de").out.startswith("1 picture in ")


def test_what_is_skipped_is_said(space):
    space.quick(pipeline=QUICK.replace("  source: en\n", "  source: en\n  missing: skip\n"))
    space.locale("de", headline="Schluss", action="Los")

    result, document = space.run("plan"), space.run("plan", "--format", "json").json
    built = space.run("build")

    assert "  skip  banner/wide/de  'de' lacks 'banner.alt'\n" in result.out
    assert "  skip  banner/wide/de  'de' lacks 'banner.alt'\n" in built.err
    assert document["skipped"][0] == {
        "variant": "banner/wide/de",
        "reason": "'de' lacks 'banner.alt'",
    }


def test_warnings_go_to_stderr_and_into_the_document(space):
    space.quick(pipeline=QUICK.replace("  source: en\n", "  source: en\n  missing: fallback\n"))
    space.locale("de", headline="Schluss", action="Los")

    text, document = space.run("plan"), space.run("plan", "--format", "json")

    assert "warning[fallback]" not in text.out
    assert "warning[fallback]" in text.err
    assert "warning[fallback]" in document.err
    assert_valid("plan", document.json)
    assert "fallback" in {each["code"] for each in document.json["warnings"]}


def test_the_document_has_all_that_was_promised(space):
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    document = space.run("plan", "--format", "json").json

    assert_valid("plan", document)
    assert document["totals"] == {
        "hit": 6,
        "run": 2,
        "wait": 2,
        "lost": 0,
        "cost_usd": {"low": "0.00", "high": "0.00"},
        "cost_notes": [],
        "sharing": {
            "calls": 0,
            "calls_alone": 0,
            "saved_usd": {"low": "0.00", "high": "0.00"},
        },
    }
    by_id = {each["id"]: each for each in document["actions"]}
    edit, export = by_id["banner/wide/de/edit"], by_id["banner/wide/de/export"]
    assert (edit["decision"], edit["variants"]) == ("run", ["banner/wide/de"])
    assert edit["reasons"] == ["copy changed: headline", "prompt changed"]
    assert (export["decision"], export["key"]) == ("wait", None)
    assert by_id["banner/wide/compose"]["variants"] == ["banner/wide/de", "banner/wide/en"]


def test_what_a_priced_plan_costs_is_said_for_each_action_and_in_all(space):
    space.quick(*MANY, pipeline=toy.PRICED)

    with toy.installed():
        few, many = space.run("plan", "banner/wide/de").out, space.run("plan").out
        document = space.run("plan", "--format", "json").json

    assert "  run   banner/wide/de/compose  $" in few
    assert "; cost $" in few
    assert "  price: 'toy' is not known: priced at the worst known rate\n" in few
    assert "  wait  banner: 22 × edit  waits for its input  $" in many
    assert_valid("plan", document)
    assert document["totals"]["cost_notes"] == [
        "'toy' is not known: priced at the worst known rate"
    ]


def test_what_plan_says_is_what_build_runs(space):
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    plan = space.run("plan", "--format", "json").json["totals"]

    assert space.build()["made"] == plan["run"] + plan["wait"]


def test_max_variants_refuses_and_allows(space):
    refused = space.run("plan", "--max-variants", "3")

    assert refused.code == 2
    assert "allow it with --max-variants 4" in refused.err
    assert space.run("plan", "--max-variants", "4").code == 0


def test_a_folder_without_a_pipeline_file_says_what_to_do(tmp_path):
    result = Space(tmp_path).run("plan")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "assetforge: there is no pipeline file 'assetforge.yaml'; start a project with "
        "`assetforge init`, or name a folder with -C or a file with -f\n"
    )


@pytest.mark.parametrize("where", [["-C", "{}"], ["-f", "{}/assetforge.yaml"]])
def test_a_project_elsewhere_is_named_with_a_flag(space, where):
    parent = Space(space.root.parent)

    arguments = [each.format(space.root.name) for each in where]

    assert parent.run("plan", *arguments).code == 0
    assert not (parent.root / ".assetforge").exists()


def test_a_folder_may_be_named_before_the_command(space):
    assert Space(space.root.parent).run("-C", space.root.name, "plan").code == 0
