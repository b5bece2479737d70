"""The one comment, on servers that behave as the three forges do."""

import json
from dataclasses import dataclass

import pytest

from assetforge.errors import UsageProblem
from assetforge.forges import posting
from assetforge.forges.base import MOST_PAGES, ForgeProblem, NotAllowed, Overtaken
from assetforge.forges.choice import KINDS, forge_of
from assetforge.forges.sticky import Settled
from tests.forges.server import (
    ADA,
    BOT,
    TOKEN,
    ForgeServer,
    GiteaServer,
    GitLabServer,
    Trouble,
    served,
)

MARKER = "<!-- assetforge: assetforge.yaml -->"
OLD = f"{MARKER}\n\nold"
NEW = f"{MARKER}\n\nnew\n"

SERVERS = {"github": ForgeServer, "gitlab": GitLabServer, "gitea": GiteaServer}


@dataclass
class Desk:
    """A forge, its server, and what CI would say about a run for its request 7."""

    name: str
    server: ForgeServer
    environment: dict[str, str]

    def post(self, body: str = NEW, number: int | None = None, *, worth: bool = True) -> Settled:
        kind = KINDS[self.name]
        return posting.post(kind, self.environment, number, MARKER, body, worth=worth)


def environment_of(name: str, address: str) -> dict[str, str]:
    if name == "gitlab":
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": address,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
        }
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": address,
        "GITHUB_REPOSITORY": "team/shop",
        "GITHUB_REF": "refs/pull/7/merge",
        **({"GITEA_ACTIONS": "true"} if name == "gitea" else {}),
        **({"GITHUB_GRAPHQL_URL": f"{address}/graphql"} if name == "github" else {}),
    }


@pytest.fixture(params=SERVERS)
def desk(request, monkeypatch):
    server = SERVERS[request.param]()
    for name in KINDS[request.param].tokens:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(KINDS[request.param].tokens[0], TOKEN)
    with served(server) as address:
        yield Desk(request.param, server, environment_of(request.param, address))


def only(name):
    return pytest.mark.parametrize("desk", [name], indirect=True)


def test_the_environment_says_which_forge_it_is(desk):
    assert forge_of(None, desk.environment) is KINDS[desk.name]
    assert forge_of("gitlab", desk.environment) is KINDS["gitlab"]
    assert forge_of(None, {}) is None


def test_a_first_comment_is_created(desk):
    desk.server.add("hello", ADA)

    settled = desk.post()

    assert settled.what == "created"
    assert desk.server.bodies == ["hello", NEW]


def test_a_comment_of_ours_is_updated_wherever_it_stands(desk):
    desk.server.per_page = 3
    desk.server.comments.clear()
    for number in range(7):
        desk.server.add(f"talk {number}", ADA)
    mine = desk.server.add(OLD)

    settled = desk.post()

    assert settled.what == "updated"
    assert (mine["body"], len(desk.server.comments)) == (NEW, 8)


def test_what_says_the_same_is_not_written_again(desk):
    desk.server.add(NEW.replace("\n", "\r\n"))

    assert desk.post().what == "unchanged"
    assert desk.server.writes() == []


def test_somebody_elses_comment_with_the_marker_is_not_touched(desk):
    desk.server.add(OLD, ADA)

    assert desk.post().what == "created"
    assert desk.server.bodies == [OLD, NEW]


def test_a_comment_that_only_quotes_the_marker_is_not_touched(desk):
    desk.server.add(f"see {MARKER}")
    desk.server.add("<!-- assetforge: assetforge.yaml final -->\n\nother profile")

    assert desk.post().what == "created"
    assert len(desk.server.comments) == 3


def test_where_nothing_changes_no_comment_is_created(desk):
    assert desk.post(worth=False).what == "none"
    assert desk.server.writes() == []


def test_where_nothing_changes_any_more_the_comment_says_so(desk):
    desk.server.add(OLD)

    assert desk.post(worth=False).what == "updated"
    assert desk.server.bodies == [NEW]


def test_of_two_comments_the_later_one_stays(desk):
    desk.server.add(OLD)
    desk.server.add(f"{MARKER}\n\nnewer")

    assert desk.post().what == "updated"
    assert [(each["id"], each["body"]) for each in desk.server.comments] == [(2, NEW)]


def test_two_runs_at_once_leave_one_comment(desk):
    desk.server.before_create = [f"{MARKER}\n\nof the other run"]

    assert desk.post().what == "created"
    assert desk.server.bodies == [NEW]


def test_a_comment_that_vanishes_meanwhile_is_written_anew(desk):
    desk.server.add(OLD)
    right = desk.server.on_item
    desk.server.on_item = lambda request, id: (desk.server.comments.clear(), right(request, id))[1]

    assert desk.post().what == "created"
    assert desk.server.bodies == [NEW]


def test_a_number_on_the_command_line_stands_before_that_of_the_environment(desk):
    with pytest.raises(ForgeProblem, match="404"):
        desk.post(number=8)


def test_a_token_that_may_not_write_is_an_error_that_says_so(desk):
    desk.server.may_write = False

    with pytest.raises(
        NotAllowed, match=r"may not do that \(403.*a fork's own job never may"
    ) as told:
        desk.post()

    assert TOKEN not in str(told.value)


def test_a_wrong_token_is_an_error_that_does_not_repeat_it(desk, monkeypatch):
    wrong = "ghs_wrongwrongwrongwrongwrongwrongwrong"
    monkeypatch.setenv(KINDS[desk.name].tokens[0], wrong)
    desk.server.troubles = [Trouble(401, body={"message": f"bad: {wrong}"})] * 2

    with pytest.raises(NotAllowed) as told:
        desk.post()

    assert wrong not in str(told.value)


def test_without_a_token_it_is_said_where_one_is_looked_for(desk, monkeypatch):
    for name in KINDS[desk.name].tokens:
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(UsageProblem, match=KINDS[desk.name].tokens[0]):
        desk.post()


def test_a_busy_forge_is_asked_again(desk):
    desk.server.troubles = [Trouble(429, {"Retry-After": "0"}), Trouble(503, {"Retry-After": "0"})]

    assert desk.post().what == "created"


def test_a_forge_that_stays_busy_is_an_error(desk):
    desk.server.troubles = [Trouble(502, {"Retry-After": "0"}, b"<html>")] * 4

    with pytest.raises(ForgeProblem, match=r"127\.0\.0\.1:\d+': 502"):
        desk.post()


def test_a_token_goes_nowhere_by_a_redirect(desk):
    elsewhere = ForgeServer()
    with served(elsewhere) as address:
        desk.server.troubles = [Trouble(307, {"Location": f"{address}/graphql"})]

        with pytest.raises(ForgeProblem, match="307: it sends us elsewhere"):
            desk.post()

    assert elsewhere.requests == []


def test_a_next_page_is_looked_for_on_the_same_host_only(desk):
    """The address that a forge names for it is not used, only that there is one."""
    desk.server.per_page = 1
    desk.server.add("one", ADA)
    desk.server.add("two", ADA)

    desk.post()

    assert not any("elsewhere" in each.path for each in desk.server.requests)


@pytest.mark.parametrize(
    "answer", [b"<html>", {"message": "hi"}, [{"id": "x"}], [3], b"[" * 100_000]
)
def test_an_answer_that_makes_no_sense_is_an_error(desk, answer):
    asked = Trouble(200, body={"id": 7, "data": {"viewer": {"login": "x"}}})
    desk.server.troubles = [asked, Trouble(200, body=answer)]

    with pytest.raises(ForgeProblem):
        desk.post()


def test_comments_that_never_end_are_not_read_for_ever(desk):
    asked = Trouble(200, body={"id": 7, "data": {"viewer": {"login": "x"}}})
    page = Trouble(200, {"Link": '<x>; rel="next"'}, [])
    desk.server.troubles = [asked, *[page] * (MOST_PAGES + 1)]

    with pytest.raises(ForgeProblem, match="more than 10,000 comments"):
        desk.post()


def test_who_asks_is_named_as_github_wants_it(desk):
    desk.post()

    assert all(
        each.headers["user-agent"].startswith("assetforge/") for each in desk.server.requests
    )


def test_what_the_environment_does_not_say_is_said(desk):
    project = "CI_PROJECT_ID" if desk.name == "gitlab" else "GITHUB_REPOSITORY"
    del desk.environment[project]

    with pytest.raises(UsageProblem, match=project):
        desk.post()


def test_a_run_for_no_request_asks_which_is_meant(desk):
    del desk.environment["CI_MERGE_REQUEST_IID" if desk.name == "gitlab" else "GITHUB_REF"]

    with pytest.raises(UsageProblem, match="--request N"):
        desk.post()

    assert desk.post(number=7).what == "created"


@only("github")
def test_github_that_does_not_say_who_we_are_has_programs_comments_only_updated(desk):
    desk.server.knows_itself = False
    desk.server.add(OLD, ADA)
    desk.server.add(OLD, BOT)
    desk.server.add(OLD)["user"] = None

    assert desk.post().what == "updated"
    assert desk.server.bodies == [OLD, NEW, OLD]


@only("github")
@pytest.mark.parametrize("said", [{"errors": []}, {"data": {"viewer": None}}, []])
def test_github_without_a_name_for_us_counts_as_one_that_does_not_say(desk, said):
    desk.server.add(OLD, BOT)
    desk.server.troubles = [Trouble(200, body=said)]

    assert desk.post().what == "updated"


@only("github")
def test_somebody_whom_github_does_not_name_still_has_one_comment(desk):
    desk.server.knows_itself = False
    desk.server.viewer = ADA

    assert [desk.post().what, desk.post().what] == ["created", "created"]
    assert desk.server.bodies == [NEW]


@only("github")
@pytest.mark.parametrize("said", [True, False])
def test_a_server_of_ones_own_is_asked_who_we_are_beside_its_api(desk, said):
    desk.server.prefix = "/api/v3"
    address = desk.environment["GITHUB_API_URL"]
    desk.environment |= {
        "GITHUB_API_URL": f"{address}/api/v3",
        "GITHUB_GRAPHQL_URL": f"{address}/api/graphql" if said else "",
    }

    desk.post()

    assert desk.server.requests[0].path == "/api/graphql"


@only("gitea")
def test_a_workflow_of_gitea_finds_its_own_comments_though_it_has_no_name(desk):
    desk.server.knows_itself = False
    desk.server.add(OLD, ADA)
    desk.server.add(OLD, {"id": -2, "login": "gitea-actions"})

    assert desk.post().what == "updated"
    assert desk.server.bodies == [OLD, NEW]


@only("gitlab")
def test_what_gitlab_itself_notes_is_no_comment(desk):
    desk.server.add(OLD, BOT, system=True)

    assert desk.post().what == "created"


@only("gitlab")
def test_a_pipeline_in_a_fork_writes_to_the_project_of_the_request(desk):
    desk.environment |= {"CI_PROJECT_ID": "99", "CI_MERGE_REQUEST_PROJECT_ID": "42"}

    assert desk.post().what == "created"


def event(desk, tmp_path, content) -> None:
    path = tmp_path / "event.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    desk.environment["GITHUB_EVENT_PATH"] = str(path)


@only("github")
@pytest.mark.parametrize(
    "content",
    [
        {"pull_request": {"number": 7, "head": {"sha": "a" * 40}}},
        {"issue": {"number": 7, "pull_request": {}}},
    ],
)
def test_the_event_says_which_request_it_is(desk, tmp_path, content):
    desk.environment["GITHUB_REF"] = "refs/heads/main"
    event(desk, tmp_path, content)

    assert desk.post().what == "created"


@only("github")
@pytest.mark.parametrize("content", [{"issue": {"number": 7}}, {}, []])
def test_an_event_of_something_else_names_no_request(desk, tmp_path, content):
    desk.environment["GITHUB_REF"] = "refs/heads/main"
    event(desk, tmp_path, content)

    with pytest.raises(UsageProblem, match="--request N"):
        desk.post()


@only("github")
@pytest.mark.parametrize("content", ["{", "[" * 100_000])
def test_an_event_that_cannot_be_read_is_said(desk, tmp_path, content):
    event(desk, tmp_path, content)

    with pytest.raises(UsageProblem, match="is no event"):
        desk.post()


def followed(commit: str) -> dict[str, object]:
    return {
        "workflow_run": {
            "head_sha": commit,
            "head_branch": "new",
            "head_repository": {"owner": {"login": "eve"}},
        }
    }


@only("github")
def test_a_workflow_that_follows_a_forks_finds_the_request_by_its_commit(desk, tmp_path):
    desk.environment["GITHUB_REF"] = "refs/heads/main"
    desk.server.pulls = [
        {"number": 6, "label": "eve:new", "head": {"sha": "c" * 40}},
        {"number": 7, "label": "eve:new", "head": {"sha": "b" * 40}},
        {"number": 5, "label": "ada:new", "head": {"sha": "b" * 40}},
    ]
    event(desk, tmp_path, followed("b" * 40))

    assert desk.post().what == "created"


@only("github")
def test_a_commit_that_is_overtaken_gets_no_comment(desk, tmp_path):
    desk.environment["GITHUB_REF"] = "refs/heads/main"
    desk.server.pulls = [{"number": 7, "label": "eve:new", "head": {"sha": "c" * 40}}]
    event(desk, tmp_path, followed("b" * 40))

    with pytest.raises(Overtaken, match="no open pull request proposes commit 'bbbbbbbbbbbb'"):
        desk.post()


@only("github")
def test_an_event_without_a_commit_is_said(desk, tmp_path):
    desk.environment["GITHUB_REF"] = "refs/heads/main"
    event(desk, tmp_path, {"workflow_run": {"head_sha": "b"}})

    with pytest.raises(ForgeProblem, match="no commit that it followed on"):
        desk.post()


def test_an_environment_without_addresses_means_github_itself():
    kind = KINDS["github"]
    repository = {"GITHUB_REPOSITORY": "team/shop"}

    assert kind.address({}) == "https://api.github.com"
    assert kind.raw(repository, "c0ffee", "out/ä b.png") == (
        "https://github.com/team/shop/raw/c0ffee/out/%C3%A4%20b.png"
    )


def test_each_forge_shows_a_committed_file_where_it_does():
    gitea = {"GITHUB_REPOSITORY": "team/shop", "GITHUB_SERVER_URL": "https://git.example/"}
    gitlab = {"CI_PROJECT_URL": "https://gitlab.example/team/shop"}

    assert KINDS["gitea"].raw(gitea, "c0ffee", "out/a.png") == (
        "https://git.example/team/shop/raw/commit/c0ffee/out/a.png"
    )
    assert KINDS["gitea"].address(gitea) == "https://git.example/api/v1"
    assert KINDS["gitlab"].raw(gitlab, "c0ffee", "out/a.png") == (
        "https://gitlab.example/team/shop/-/raw/c0ffee/out/a.png"
    )
    assert KINDS["gitlab"].address({}) == "https://gitlab.com/api/v4"


def test_the_commit_that_is_proposed_is_not_that_of_a_trial_merge(tmp_path):
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": "a" * 40}}}))
    merged = {"CI_COMMIT_SHA": "b" * 40, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "a" * 40}

    assert KINDS["github"].head({"GITHUB_EVENT_PATH": str(path)}) == "a" * 40
    assert KINDS["github"].head({}) is None
    assert KINDS["gitlab"].head(merged) == "a" * 40
    assert KINDS["gitlab"].head({}) is None
