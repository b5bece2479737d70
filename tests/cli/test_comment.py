import io
import json
import subprocess
import sys

import pytest

from assetforge.digest import digest_of
from assetforge.forges.choice import KINDS, SIGNS
from tests.forges.server import ADA, TOKEN, ForgeServer, served
from tests.reports.comment.plans import NEW, OLD, action, changed, document, since
from tests.reports.comment.rendered import Page
from tests.space import PYTHON, QUICK, Space

CI = [sign for sign, _ in SIGNS]
CI += [name for kind in KINDS.values() for name in kind.tokens]
CI += ["GITHUB_API_URL", "GITHUB_EVENT_PATH", "GITHUB_GRAPHQL_URL", "GITHUB_REF"]
CI += ["GITHUB_REPOSITORY", "GITHUB_SERVER_URL"]

MARKER = "<!-- assetforge: assetforge.yaml -->"


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    """Whatever runs the tests, no pull request of it is meant."""
    for name in CI:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path):
    """A folder without a pipeline file."""
    return Space(tmp_path)


@pytest.fixture
def space(tmp_path):
    """A project whose pictures are built and committed."""
    space = Space(tmp_path).quick()
    space.build()
    space.write(".gitignore", ".assetforge/\n")
    commit(space, "first")
    return space


def git(space: Space, *arguments: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=space.root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(space: Space, words: str) -> str:
    git(space, "init", "--quiet")
    git(space, "add", "--all")
    git(space, "commit", "--quiet", "--message", words)
    return git(space, "rev-parse", "HEAD")


@pytest.fixture
def forge(monkeypatch):
    """A workflow of GitHub's for request 7."""
    server = ForgeServer()
    with served(server) as address:
        said = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": address,
            "GITHUB_GRAPHQL_URL": f"{address}/graphql",
            "GITHUB_REPOSITORY": "team/shop",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_TOKEN": TOKEN,
        }
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        yield server


def written(space: Space, *arguments, **others) -> str:
    space.write("plan.json", json.dumps(document(*arguments, **others)))
    return "plan.json"


ONE = ([action("edit", "card/de")], since(changed("card/de", "edit", before=OLD, after=NEW)))


def test_what_this_work_changes_is_told_with_reason_and_command(space):
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    result = space.run("comment", "--since", "HEAD", "banner")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{MARKER}\n\n<h3>assetforge: 2 pictures change</h3>\n")
    assert "<code>copy changed: headline</code><br><code>prompt changed</code>" in result.out
    commit = git(space, "rev-parse", "--short=12", "HEAD")
    assert f"<code>assetforge build --since {commit} banner</code>" in result.out


def test_a_comment_on_a_saved_document_is_that_on_the_plan_itself(space):
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    space.write("plan.json", space.run("plan", "--since", "HEAD", "--format", "json").out)

    now, later = (
        space.run("comment", "--since", "HEAD"),
        space.run("comment", "--plan", "plan.json"),
    )

    assert later.out == now.out.replace(" --since", " --profile blank --since")


def test_what_cannot_be_planned_is_told_and_is_an_error(space):
    space.replace("prompts/copy.j2", "{{ locale.name }}", "{{ locale.nam }}")

    result = space.run("comment", "--since", "HEAD")

    assert result.code == 2
    assert "<h3>assetforge: nothing can be built, 1 error</h3>" in result.out
    assert "<code>assetforge check</code>" in result.out
    assert "prompts/copy.j2" in result.err


def test_without_a_pipeline_file_it_says_what_to_name(folder):
    result = folder.run("comment")

    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "assetforge: there is no pipeline file 'assetforge.yaml'; "
        "name one with -C or -f, or a plan with --plan\n"
    )


def test_a_plan_in_a_file_needs_no_project(folder):
    result = folder.run("comment", "--plan", written(folder, *ONE))

    assert result.code == 0
    assert "<code>assetforge build --profile final --since origin/main</code>" in result.out
    assert not (folder.root / ".assetforge").exists()


def test_a_plan_may_come_from_standard_input(folder, monkeypatch):
    text = json.dumps(document(*ONE)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))

    assert "1 picture changes" in folder.run("comment", "--plan", "-").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plan", "none.json"], "the plan 'none.json' cannot be read: no such file or directory"),
        (["--plan", "plan.json", "--locale", "de", "banner"], "leave out selectors, --locale"),
        (["--plan", "plan.json", "--profile", "draft"], "of another profile than 'draft'"),
        (["--plan", "plan.json", "--pictures", "x"], "--pictures takes an address such as"),
        (["--plan", "plan.json", "--pictures", "https://["], "--pictures takes an address"),
        (["--plan", "plan.json", "--pictures", "https://x/{"], "--pictures takes an address"),
        (["--plan", "plan.json", "--pictures", "https://x/{0}"], "no other fields than {sha256}"),
        (["--plan", "plan.json", "--report", "javascript://x"], "--report takes an address"),
        (["--plan", "plan.json", "--post"], "--post outside CI needs --forge: github, gitlab"),
        (["--plan", "wrong.json"], "wrong.json: schema: field required"),
    ],
)
def test_what_cannot_be_followed_is_said_in_one_line(folder, arguments, words):
    written(folder, *ONE)
    folder.write("wrong.json", "{}")

    result = folder.run("comment", *arguments)

    assert (result.code, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_a_document_without_end_is_not_read(folder, monkeypatch):
    monkeypatch.setattr("assetforge.cli.telling.MOST_BYTES", 100)

    result = folder.run("comment", "--plan", written(folder, *ONE))

    assert result.err == "assetforge: 'plan.json' has more than 100 bytes: it is no plan\n"


def test_a_comment_may_be_written_to_a_file(folder):
    plan = written(folder, *ONE)

    assert folder.run("comment", "--plan", plan, "-o", "comment.md").out == ""
    assert folder.read("comment.md") == folder.run("comment", "--plan", plan).out


def test_a_summary_may_be_longer_than_a_comment(folder):
    names = [f"icon{number}" for number in range(3000)]
    plan = written(folder, [action("edit", each) for each in names], since(*map(changed, names)))

    short = folder.run("comment", "--plan", plan).out
    long = folder.run("comment", "--plan", plan, "--summary").out

    assert len(short) <= 65_536 < len(long.encode()) <= 1_048_576
    assert "left out" in short
    assert "left out" not in long


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://x.example/p/", f"https://x.example/p/{OLD}.png"),
        ("https://x.example/{sha256}/{path}?a=1", f"https://x.example/{OLD}/out/card-de.png?a=1"),
    ],
)
def test_pictures_are_shown_from_where_they_lie(folder, address, shown):
    plan = written(folder, *ONE)

    page = Page(folder.run("comment", "--plan", plan, "--pictures", address).out)

    assert page.pictures == [shown, shown.replace(OLD, NEW)]


def test_a_picture_that_nobody_knows_has_no_address(folder):
    variants = (changed("card/de", before=OLD), changed("card/fr"))
    plan = written(folder, (), since(*variants))

    page = Page(folder.run("comment", "--plan", plan, "--pictures", "https://x.example").out)

    assert page.pictures == [f"https://x.example/{OLD}.png"]


def test_pictures_made_now_are_shown_by_digest_too(space):
    before = digest_of(space.outputs()["out/de/banner-wide.png"])
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    result = space.run("comment", "--since", "HEAD", "--pictures", "https://x.example")

    assert f"https://x.example/{before}.png" in Page(result.out).pictures


def pictures(space: Space, *arguments: str) -> list[str | None]:
    return Page(space.run("comment", *arguments, "banner/wide/de").out).pictures


def test_committed_pictures_are_shown_as_the_forge_has_them(space, forge):
    first = git(space, "rev-parse", "HEAD")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")
    raw = "https://github.com/team/shop/raw/{}/out/de/banner-wide.png"

    assert pictures(space, "--since", first) == [raw.format(first)]

    space.build()
    second = commit(space, "second")

    assert pictures(space, "--since", first) == [raw.format(first), raw.format(second)]


def test_a_project_in_a_folder_of_the_repository_has_its_pictures_and_its_comment_there(
    tmp_path, forge
):
    space, above = Space(tmp_path / "shop").quick(), Space(tmp_path)
    space.build()
    first = commit(above, "first")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    result = above.run("comment", "-C", "shop", "--since", first, "banner/wide/de")

    assert result.out.startswith("<!-- assetforge: shop/assetforge.yaml -->\n")
    assert Page(result.out).pictures == [
        f"https://github.com/team/shop/raw/{first}/shop/out/de/banner-wide.png"
    ]


def test_what_is_committed_is_not_shown_where_it_is_another_picture(space, forge):
    (space.root / "out/de/banner-wide.png").write_bytes(b"retouched")
    first = commit(space, "retouched")
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    assert pictures(space, "--since", first) == []


def test_a_plan_of_somebody_elses_shows_nothing_of_the_repository(space, forge):
    assert Page(space.run("comment", "--plan", written(space, *ONE)).out).pictures == []


def test_each_profile_that_is_named_has_a_comment_of_its_own(folder):
    plan = written(folder, *ONE)

    named = folder.run("comment", "--plan", plan, "--profile", "final", "-f", "./x/../a b.yaml")

    assert named.out.startswith("<!-- assetforge: a%20b.yaml final -->\n")
    assert (
        "assetforge build -f 'x/../a b.yaml' --profile final --since" in Page(named.out).quoted[-4]
    )


def test_a_comment_is_posted_then_kept_up_to_date(folder, forge):
    first = folder.run("comment", "--plan", written(folder, *ONE), "--post")
    second = folder.run("comment", "--plan", written(folder, *ONE), "--post")
    third = folder.run("comment", "--plan", written(folder, (), since()), "--post")

    assert first.err == "the comment was created: https://forge.example/7#1\n"
    assert second.err == "the comment was unchanged: https://forge.example/7#1\n"
    assert third.err == "the comment was updated: https://forge.example/7#1\n"
    assert forge.bodies == [third.out]
    assert "no picture changes" in third.out


def test_no_comment_is_written_where_nothing_changes(folder, forge):
    result = folder.run("comment", "--plan", written(folder, (), since()), "--post")

    assert (result.code, forge.bodies) == (0, [])
    assert result.err == "no picture changes, so no comment was written\n"


def test_a_summary_is_printed_beside_a_comment_that_is_shorter(folder, forge):
    names = [f"icon{number}" for number in range(3000)]
    plan = written(folder, [action("edit", each) for each in names], since(*map(changed, names)))

    result = folder.run("comment", "--plan", plan, "--post", "--summary")

    assert len(forge.bodies[0]) <= 65_536 < len(result.out)


def test_a_request_that_has_moved_on_is_left_to_whoever_follows_it(
    folder, forge, monkeypatch, tmp_path
):
    run = {"head_sha": "b" * 40, "head_branch": "new", "head_repository": {"owner": {"login": "e"}}}
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": run}))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")

    result = folder.run("comment", "--plan", written(folder, *ONE), "--post")

    assert (result.code, forge.bodies) == (0, [])
    assert result.err.startswith("no comment was written: no open pull request proposes commit")


def test_a_token_that_may_not_write_fails_once_the_comment_is_printed(folder, forge):
    forge.may_write = False

    result = folder.run("comment", "--plan", written(folder, *ONE), "--post")

    assert result.code == 1
    assert "1 picture changes" in result.out
    assert result.err.startswith("assetforge: the token of GitHub may not do that (403")
    assert TOKEN not in result.out + result.err


def test_what_cannot_be_planned_is_posted_and_replaced_once_it_can(space, forge):
    forge.add("hello", ADA)
    right = space.read("prompts/copy.j2")
    space.write("prompts/copy.j2", "{{ nothing }}\n")
    broken = space.run("comment", "--since", "HEAD", "--post")
    space.write("prompts/copy.j2", right)

    mended = space.run("comment", "--since", "HEAD", "--post")

    assert (broken.code, mended.code) == (2, 0)
    assert "nothing can be built" in broken.out
    assert forge.bodies == ["hello", mended.out]


def test_printing_loads_nothing_that_speaks_http(folder):
    plan = written(folder, *ONE)

    done = subprocess.run(
        [PYTHON, "-X", "importtime", "-m", "assetforge", "comment", "--plan", plan],
        cwd=folder.root,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "assetforge.reports.comment.whole" in done.stderr
    assert not {"httpx2", "openai", "PIL", "networkx"} & set(done.stderr.split())


def test_a_quick_project_without_git_is_told_as_what_is_to_be_made(tmp_path):
    result = Space(tmp_path).quick(pipeline=QUICK).run("comment")

    assert "<h3>assetforge: 4 pictures are to make</h3>" in result.out
