"""The forms that other programs read, of a project with several problems of different kinds."""

import json
import os
import subprocess
from xml.etree import ElementTree

import pytest

from assetforge import __version__
from tests.cli.golden import assert_golden
from tests.reports.check.actions_runner import commands
from tests.space import PYTHON, QUICK, Space

WRONG = QUICK.replace("{provider: blank}", "{provder: blank}").replace("    alt:", "    altt:")


@pytest.fixture
def space(tmp_path, monkeypatch):
    """A project in a folder of a repository."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    (tmp_path / ".git").mkdir()
    return Space(tmp_path / "shop" / "banners").quick("en", "de", "fr")


@pytest.fixture
def wrong(space):
    """Errors in a catalog, a template, the copy of a locale and the lock."""
    space.write("locales/fr.json", '{"banner": {"headline": "Vite", "headline": "Encore"}}')
    space.write("prompts/scene.j2", "A calm {{ scenery }}.\n")
    space.locale("de", headline="Schluss", alt="Berge")
    space.write("assetforge.lock/banner.json", "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n")
    return space


KINDS = {"duplicate-message", "lock-conflict", "missing-message", "undefined-variable"}


def sarif(space, *arguments):
    (run,) = space.run("check", "--format", "sarif", *arguments).json["runs"]
    return run["results"]


def junit(space, *arguments):
    return ElementTree.fromstring(space.run("check", "--format", "junit", *arguments).out)


def test_github_gets_every_problem_as_a_command(wrong):
    result = wrong.run("check", "--format", "github")

    assert (result.code, result.err) == (2, "")
    assert_golden("check_github.txt", result.out)
    found = commands(result.out)
    assert {each.properties["title"].removeprefix("assetforge: ") for each in found} >= KINDS
    for each in found:
        assert (wrong.root.parent.parent / each.properties["file"]).is_file()
        assert int(each.properties["line"]) > 0


def test_sarif_has_every_problem(wrong):
    result = wrong.run("check", "--format", "sarif")

    assert (result.code, result.err) == (2, "")
    assert_golden("check_sarif.json", result.out.replace(__version__, "<version>"))
    assert {each["ruleId"] for each in sarif(wrong)} >= KINDS


def test_junit_fails_each_source_that_is_wrong(wrong):
    result = wrong.run("check", "--format", "junit")

    assert (result.code, result.err) == (2, "")
    assert_golden("check_junit.xml", result.out)
    failed = [each.attrib["file"] for each in junit(wrong).iter("testcase") if len(each)]
    assert failed == [
        "shop/banners/assetforge.lock/banner.json",
        "shop/banners/assetforge.yaml",
        "shop/banners/locales/fr.json",
        "shop/banners/prompts/scene.j2",
    ]


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_a_pipeline_file_that_cannot_be_read_is_told_in_every_form(space, form):
    space.quick(pipeline=WRONG)

    result = space.run("check", "--format", form)

    assert (result.code, result.err) == (2, "")
    assert "provder" in result.out
    assert "altt" in result.out


def test_a_project_without_problems_is_told_in_every_form(space):
    github = space.run("check", "--format", "github")

    assert (github.code, github.out) == (0, "14 actions, 6 pictures: no errors\n")
    assert sarif(space) == []
    top = junit(space)
    assert (top.attrib["failures"], [each.attrib["name"] for each in top]) == (
        "0",
        ["assetforge.sources", "assetforge.pictures.banner"],
    )
    assert [each.attrib["name"] for each in top[0]] == [
        f"shop/banners/{each}"
        for each in (
            "assetforge.yaml",
            *(f"locales/{each}.json" for each in ("de", "en", "fr")),
            *(f"prompts/{each}.j2" for each in ("copy", "scene")),
        )
    ]


def test_what_is_not_built_and_not_accepted_is_in_every_form(space):
    asked = ("--built", "--accepted")

    github = space.run("check", "--format", "github", *asked)

    assert (github.code, github.err) == (3, "")
    found = commands(github.out)
    assert [each.properties["title"] for each in found] == [
        "assetforge: not-accepted",
        "assetforge: not-built",
    ]
    assert {(each.properties["file"], each.properties["line"]) for each in found} == {
        ("shop/banners/assetforge.yaml", "8")
    }
    assert found[1].message == (
        "'banner' is not built: banner/wide/compose, banner/wide/de/edit, banner/wide/de/export "
        "and 11 more\nhelp: run `assetforge build`"
    )
    assert "no errors" not in github.out
    assert {each["ruleId"] for each in sarif(space, *asked)} == {"not-built", "not-accepted"}
    failed = [each.attrib["name"] for each in junit(space, *asked).iter("testcase") if len(each)]
    assert failed == ["banner/de", "banner/en", "banner/fr"]
    assert space.run("check", "--format", "sarif", *asked).code == 3


def test_what_one_locale_lacks_fails_there_only(space):
    space.build()
    (space.root / "out/de/banner-wide.png").unlink()

    (failed,) = [each for each in junit(space, "--built").iter("testcase") if len(each)]

    assert failed.attrib["name"] == "banner/de"
    assert failed.findtext("failure") == (
        "shop/banners/assetforge.yaml:8:3: out of date; run `assetforge build`\n"
        "  out/de/banner-wide.png"
    )


def test_a_name_that_somebody_chose_begins_no_command(space):
    evil = "::add-mask::x\n::error::y ##[set-env name=A]b"
    space.write("prompts/scene.j2", json.dumps(evil) + "{{ nope")
    space.write("locales/zz.json", json.dumps({evil: {evil: evil}})[:-1])

    environment = {**os.environ, "GITHUB_ACTIONS": "true"}
    done = subprocess.run(
        [PYTHON, "-m", "assetforge", "check", "--format", "github"],
        cwd=space.root,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert done.returncode == 2
    assert {each.name for each in commands(done.stdout + done.stderr)} == {"error"}
