import shlex
import subprocess

import pytest

from assetforge import decided
from tests.cli.schemas import assert_valid
from tests.space import QUICK, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_a_project_without_errors_says_how_large_it_is(space):
    result = space.run("check")

    assert (result.code, result.out, result.err) == (0, "10 actions, 4 pictures: no errors\n", "")


def test_one_of_each_is_said_in_the_singular(space):
    space.write(
        "one.yaml",
        "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n  one:\n"
        "    steps: [{compose: prompts/scene.j2}]\n    output: one.png\n    alt: {text: One}\n",
    )

    result = space.run("check", "-f", "one.yaml")

    assert (result.out, result.err) == ("1 action, 1 picture: no errors\n", "")


def test_every_problem_is_found_in_one_run(space):
    space.write("locales/en.json", "{")
    space.locale("de", headline="Los")

    result = space.run("check")

    assert result.code == 2
    assert "locales/en.json:1:" in result.err


def test_problems_of_catalogs_and_of_the_plan_come_together(space):
    space.write("locales/fr.json", '{"banner": {"headline": 1, "headline": 2}}')
    space.write("prompts/scene.j2", "{{ nope }}")

    result = space.run("check")

    assert result.code == 2
    assert "unknown variable 'nope'" in result.err
    assert "locales/fr.json" in result.err


def test_problems_of_catalogs_that_no_picture_needs_are_found_as_well(space):
    space.replace("assetforge.yaml", "  source: en\n", "  source: en\n  targets: [en, de]\n")
    space.write("locales/fr.json", "{")

    assert space.run("plan").code == 0
    result = space.run("check")

    assert result.code == 2
    assert "locales/fr.json" in result.err


def test_the_document_lists_errors_and_the_exit_code_stays(space):
    space.replace("assetforge.yaml", "provider: blank", "provder: blank")

    result = space.run("check", "--format", "json")

    assert (result.code, result.err) == (2, "")
    assert_valid("check", result.json)
    assert result.json["totals"]["errors"] == len(result.json["diagnostics"])
    assert {each["file"] for each in result.json["diagnostics"]} == {"assetforge.yaml"}


def test_the_document_lists_warnings(space):
    space.quick(pipeline=QUICK.replace("  source: en\n", "  source: en\n  missing: fallback\n"))
    space.locale("de", headline="Schluss", action="Los")

    text, document = space.run("check"), space.run("check", "--format", "json")

    assert (text.code, document.code) == (0, 0)
    assert "warning[fallback]" in text.err
    assert_valid("check", document.json)
    assert document.json["totals"]["errors"] == 0
    assert document.json["totals"]["warnings"] > 0
    assert document.json["unbuilt"] is None


def test_check_says_nothing_of_what_is_built_unless_asked(space):
    assert space.run("check").code == 0
    assert not (space.root / ".assetforge").exists()


def test_built_tells_before_after_and_when_a_picture_is_gone(space):
    before = space.run("check", "--built")
    space.build()
    after = space.run("check", "--built")
    (space.root / "out/de/banner-wide.png").unlink()
    gone = space.run("check", "--built")

    assert [before.code, after.code, gone.code] == [3, 0, 3]
    assert before.err == (
        "assetforge: out of date: banner/wide/compose, banner/wide/de/edit, "
        "banner/wide/de/export and 7 more; run `assetforge build`\n"
    )
    assert gone.err == ("assetforge: out of date: out/de/banner-wide.png; run `assetforge build`\n")


def test_built_is_in_the_document(space):
    space.build()
    (space.root / "out/de/banner-wide.png").unlink()

    result = space.run("check", "--built", "--format", "json", "--locale", "de")

    assert result.code == 3
    assert_valid("check", result.json)
    assert result.json["unbuilt"] == ["out/de/banner-wide.png"]
    assert result.err.endswith("run `assetforge build --locale de`\n")


def test_built_plans_once(space, monkeypatch):
    monkeypatch.setattr(decided, "make_plan", None)

    assert space.run("check", "--built").code == 3


def test_what_may_be_asked_all_the_same_has_to_be_said_to_the_build_too(space):
    space.replace("assetforge.yaml", "{provider: blank}", "{provider: openai, quality: ultra}")

    refused = space.run("check", "--built")
    allowed = space.run("check", "--built", "--allow-unverified")

    assert (refused.code, allowed.code) == (2, 3)
    assert "warning[unknown-quality]: 'gpt-image-2' has no quality 'ultra'" in allowed.err
    assert allowed.err.endswith("run `assetforge build --allow-unverified`\n")


@pytest.mark.parametrize(
    ("asked", "said"), [((), "accept '*'"), (("--locale", "de"), "accept --locale de")]
)
def test_what_it_says_to_type_for_acceptance_is_what_helps(space, asked, said):
    space.build()

    refused = space.run("check", "--accepted", *asked)

    assert refused.code == 6
    assert f"run `assetforge {said}` once they are right" in refused.err
    assert space.run(*shlex.split(said)).code == 0
    assert space.run("check", "--accepted", *asked).code == 0


def test_only_what_changed_since_a_commit_has_to_be_right_where_that_is_asked(space):
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "begin"]):
        subprocess.run([*git, *words], cwd=space.root, check=True)
    space.locale("de", headline="Schluss", action="Los", alt="Berge")

    text = space.run("check", "--accepted", "--since", "HEAD")
    github = space.run("check", "--accepted", "--since", "HEAD", "--format", "github")

    assert (text.code, github.code) == (6, 6)
    assert "since HEAD" in text.err
    assert "banner/wide/en" not in text.err
    assert github.err == ""
