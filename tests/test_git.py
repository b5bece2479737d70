import getpass

import pytest

from assetforge import git
from assetforge.errors import AssetforgeError, UsageProblem
from benchmarks.repository import SETTINGS, Repository

FILE = "assetforge.lock/banner.json"


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "repository")
    made.write(FILE, "one\n")
    made.commit()
    return made


def in_conflict(repository: Repository) -> Repository:
    repository.git("switch", "--quiet", "--create", "other")
    repository.write(FILE, "theirs\n")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.write(FILE, "ours\n")
    repository.commit()
    assert repository.tried("merge", "other").returncode == 1
    return repository


def test_the_author_is_who_commits(repository):
    assert git.author(repository.root) == "Ada Lovelace <ada@example.org>"


def test_without_git_the_author_is_who_is_logged_in(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ada")

    assert git.author(tmp_path) == "ada"


def test_an_author_without_a_name_is_unknown(tmp_path, monkeypatch):
    def nobody():
        raise KeyError("uid not found")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(getpass, "getuser", nobody)

    assert git.author(tmp_path) == "unknown"


def test_the_sides_of_a_conflict_are_found(repository):
    in_conflict(repository)

    assert git.unmerged(repository.root, "assetforge.lock") == [FILE]
    assert git.stages(repository.root, FILE) == (b"one\n", b"ours\n", b"theirs\n")


def test_the_sides_are_found_in_a_project_below_the_repository(tmp_path):
    outer = Repository(tmp_path)
    outer.write(f"apps/[shop]/{FILE}", "one\n")
    outer.commit()
    outer.git("switch", "--quiet", "--create", "other")
    outer.write(f"apps/[shop]/{FILE}", "theirs\n")
    outer.commit()
    outer.git("switch", "--quiet", "main")
    (outer.root / f"apps/[shop]/{FILE}").unlink()
    outer.commit()
    outer.tried("merge", "other")
    project = outer.root / "apps/[shop]"

    assert git.unmerged(project, "assetforge.lock") == [FILE]
    assert git.stages(project, FILE) == (b"one\n", None, b"theirs\n")


def test_without_a_conflict_there_are_no_sides(repository):
    assert git.unmerged(repository.root, "assetforge.lock") == []
    assert git.stages(repository.root, FILE) is None


@pytest.mark.parametrize("path", ["--help", "-p", "a\nb", "ü 'x'.json", "[a]*.json", ":(top)x"])
def test_a_path_may_be_anything(repository, path):
    try:
        repository.write(path, "odd\n")
    except OSError:
        pytest.skip("no such names here")
    repository.git("add", "--all")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "side")
    repository.write(path, "theirs\n")
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.write(path, "ours\n")
    repository.commit()
    repository.tried("merge", "side")

    assert git.stages(repository.root, path) == (b"odd\n", b"ours\n", b"theirs\n")


def everything(
    repository: Repository, *named: str, branches: bool = False, tags: bool = False
) -> list[tuple[str, str, bytes]]:
    return list(git.lock_files(repository.root, branches=branches, tags=tags, named=named))


def test_the_lock_is_read_in_the_branches_that_are_named(repository):
    for branch in ("release/1", "release/2", "other"):
        repository.git("switch", "--quiet", "--create", branch)
        repository.write(FILE, f"{branch}\n")
        repository.commit()
    repository.git("switch", "--quiet", "main")

    found = {data for _, _, data in everything(repository, "release/*")}

    assert found == {b"release/1\n", b"release/2\n"}
    with pytest.raises(AssetforgeError, match="there is no branch 'nope' here; `git fetch` it"):
        everything(repository, "nope")


def test_the_lock_is_read_in_all_branches(repository, tmp_path):
    repository.git("switch", "--quiet", "--create", "feature/ü-x")
    repository.write(FILE, "feature\n")
    repository.write("assetforge.lock/süß%3A.json", "odd\n")
    repository.write("assetforge.lock/README.md", "no lock\n")
    repository.write("assetforge.lock/below/deep.json", "no lock\n")
    repository.write("assetforge.lock.json", "beside it\n")
    repository.write("uv.lock", "a lock of another tool\n")
    repository.commit()
    repository.git("tag", "v1")
    repository.git("switch", "--quiet", "main")
    repository.git("branch", "--quiet", "same")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", str(repository.root), str(clone))

    local = everything(repository, branches=True, tags=False)
    cloned = list(git.lock_files(clone, branches=True, tags=False))

    assert local == [
        ("refs/heads/feature/ü-x", FILE, b"feature\n"),
        ("refs/heads/feature/ü-x", "assetforge.lock/süß%3A.json", b"odd\n"),
        ("refs/heads/main", FILE, b"one\n"),
    ]
    assert sorted(each for _, *each in cloned) == sorted(each for _, *each in local)
    assert {ref for ref, *_ in cloned} >= {"refs/remotes/origin/feature/ü-x"}


def test_a_lock_that_only_a_branch_has_is_read(repository):
    repository.git("switch", "--quiet", "--create", "posters")
    repository.write("posters.lock/poster.json", "poster\n")
    repository.commit()
    repository.git("switch", "--quiet", "main")

    assert everything(repository, branches=True, tags=False) == [
        ("refs/heads/main", FILE, b"one\n"),
        ("refs/heads/posters", "posters.lock/poster.json", b"poster\n"),
    ]


def test_the_locks_of_a_project_below_the_repository_are_read(tmp_path):
    outer = Repository(tmp_path)
    outer.write(f"apps/[shop]/{FILE}", "shop\n")
    outer.write(FILE, "of another project\n")
    outer.commit()
    outer.git("switch", "--quiet", "--orphan", "empty")
    outer.commit()
    (outer.root / "apps/[shop]").mkdir(parents=True)

    found = list(git.lock_files(outer.root / "apps/[shop]", branches=True, tags=False))

    assert found == [("refs/heads/main", FILE, b"shop\n")]


def test_the_lock_is_read_in_all_tags(repository):
    repository.git("tag", "light")
    repository.write(FILE, "two\n")
    repository.commit()
    repository.git("tag", "--annotate", "--message", "words", "heavy")
    repository.git("tag", "picture", "HEAD:" + FILE)
    repository.git("tag", "--annotate", "--message", "words", "blob", "HEAD:" + FILE)
    repository.write(FILE, "three\n")
    repository.commit()

    assert everything(repository, branches=False, tags=True) == [
        ("refs/tags/heavy", FILE, b"two\n"),
        ("refs/tags/light", FILE, b"one\n"),
    ]
    assert len(everything(repository, branches=True, tags=True)) == 3
    assert everything(repository, branches=False, tags=False) == []


def test_a_branch_that_cannot_be_read_is_an_error(repository):
    """Whoever deletes what no branch holds must know of all of them."""
    for path in (repository.root / ".git/objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(b"")

    with pytest.raises(AssetforgeError, match="git cannot read the branches"):
        everything(repository, branches=True, tags=False)


@pytest.mark.parametrize("missing", ["git", "repository"])
def test_without_git_or_a_repository_there_is_nothing(tmp_path, monkeypatch, missing):
    root = tmp_path / "plain"
    root.mkdir()
    if missing == "git":
        monkeypatch.setenv("PATH", str(tmp_path))
    else:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))

    assert not git.is_repository(root)
    assert git.unmerged(root, "assetforge.lock") == []
    assert git.stages(root, FILE) is None
    assert list(git.lock_files(root, branches=True, tags=True)) == []


def test_a_program_that_the_repository_names_is_not_run(repository, tmp_path):
    trap = repository.root / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n", encoding="utf-8")
    trap.chmod(0o755)
    repository.git("config", "core.fsmonitor", str(trap))

    git.unmerged(repository.root, "assetforge.lock")

    assert not (tmp_path / "sprung").exists()


def test_work_parted_from_its_own_commit_where_there_is_no_newer_one(repository):
    head = repository.git("rev-parse", "HEAD").strip()

    assert git.parting(repository.root, "main") == head
    assert git.parting(repository.root, "HEAD") == head


def test_work_parted_from_a_branch_where_both_began(repository):
    began = repository.git("rev-parse", "HEAD").strip()
    repository.git("tag", "v1")
    repository.git("switch", "--quiet", "--create", "branch")
    repository.commit("on the branch")
    repository.git("switch", "--quiet", "main")
    repository.commit("on main")

    assert git.parting(repository.root, "branch") == began
    assert git.parting(repository.root, "v1") == began


@pytest.mark.parametrize("ref", ["-q", "--all", "nothing", "a..b", "main...HEAD", "a\nb", "a\0b"])
def test_what_names_no_commit_is_said_with_what_to_do(repository, ref):
    with pytest.raises(UsageProblem, match=r"git knows no commit '(?s:.*)' here; fetch it first"):
        git.parting(repository.root, ref)


def test_an_empty_ref_is_said_to_be_empty(repository):
    with pytest.raises(UsageProblem, match=r"^--since is empty; name a branch, tag or commit"):
        git.parting(repository.root, "")


def test_a_mistyped_branch_is_recognized(repository):
    repository.git("branch", "release/1.x")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")

    for wrong, meant in (("relase/1.x", "release/1.x"), ("origin/mian", "origin/main")):
        with pytest.raises(UsageProblem, match=f"did you mean '{meant}'"):
            git.parting(repository.root, wrong)


def test_a_comparison_needs_a_repository_a_commit_and_git(tmp_path, monkeypatch):
    with pytest.raises(UsageProblem, match=r"no git repository here .*\(fatal: not a git repo"):
        git.parting(tmp_path, "main")
    repository = Repository(tmp_path / "new")
    with pytest.raises(UsageProblem, match="git knows no commit 'main' here"):
        git.parting(repository.root, "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageProblem, match="git is not installed"):
        git.parting(tmp_path, "main")


def test_a_branch_without_a_commit_has_nothing_to_compare(repository):
    repository.git("switch", "--quiet", "--orphan", "empty")

    with pytest.raises(UsageProblem, match="there is no commit yet to compare with"):
        git.parting(repository.root, "main")


def test_branches_without_a_common_commit_cannot_be_compared(repository):
    repository.git("switch", "--quiet", "--orphan", "other")
    repository.commit()

    with pytest.raises(UsageProblem, match="no commit in common here; name a commit that HEAD"):
        git.parting(repository.root, "main")


def test_a_shallow_clone_is_told_to_fetch_more(repository, tmp_path):
    repository.git("switch", "--quiet", "--create", "branch")
    repository.commit("on the branch")
    repository.git("switch", "--quiet", "main")
    repository.commit("on main")
    origin = repository.root.as_uri()
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=1", "--no-single-branch", origin, str(clone))

    with pytest.raises(UsageProblem, match="this clone is shallow: `git fetch --unshallow`"):
        git.parting(clone, "origin/branch")


def test_in_a_shallow_clone_a_ref_that_is_not_here_is_no_typing_error(repository, tmp_path):
    repository.git("branch", "main2")
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(clone))

    for ref in ("main2", "HEAD~1", "0" * 40):
        with pytest.raises(UsageProblem) as told:
            git.parting(clone, ref)
        assert str(told.value) == (
            f"git knows no commit '{ref}' here; "
            "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in CI"
        )


def test_the_files_of_a_commit_are_read_below_its_folder(repository):
    repository.write("apps/[shop]/a b.txt", "one\n")
    repository.write("apps/[shop]/large.txt", "x" * 500)
    repository.write("apps/[shop]/empty.txt", "")
    repository.commit()
    shop = repository.root / "apps/[shop]"
    commit = git.parting(shop, "HEAD")
    repository.write("apps/[shop]/a b.txt", "two\n")

    folder = git.folder_at(shop, commit)
    assert folder is not None
    (names,) = git.names_at(shop, [folder])

    assert sorted(names) == ["a b.txt", "empty.txt", "large.txt"]
    assert [*git.contents(shop, [names[each] for each in sorted(names)])] == [
        b"one\n",
        b"",
        b"x" * 500,
    ]
    assert [*git.contents(shop, [])] == []


def test_large_files_of_a_commit_are_read_one_by_one(repository, monkeypatch):
    for each in "abc":
        repository.write(f"{each}.txt", each * 500)
    repository.commit()
    folder = git.folder_at(repository.root, "HEAD")
    assert folder is not None
    (names,) = git.names_at(repository.root, [folder])
    files = [names[f"{each}.txt"] for each in "abc"]

    monkeypatch.setattr(git, "TOGETHER", 600)
    assert [*git.contents(repository.root, files)] == [each.encode() * 500 for each in "abc"]

    monkeypatch.setattr(git, "MOST_BYTES", 1400)
    with pytest.raises(UsageProblem, match="too much to read"):
        next(git.contents(repository.root, files))


def test_a_folder_that_a_commit_has_not_is_none(repository):
    (repository.root / "new").mkdir()

    assert git.folder_at(repository.root / "new", "HEAD") is None


def test_files_that_a_partial_clone_left_out_are_not_downloaded(repository, tmp_path):
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.write("old.txt", "old\n")
    repository.commit()
    (repository.root / "old.txt").unlink()
    repository.commit()
    clone = tmp_path / "clone"
    url = repository.root.as_uri()
    repository.git("clone", "--quiet", "--filter=blob:none", url, str(clone))
    (repository.root / ".git").rename(tmp_path / "gone")
    folder = git.folder_at(clone, "HEAD~1")
    assert folder is not None
    left_out = git.names_at(clone, [folder])[0]["old.txt"]

    with pytest.raises(UsageProblem, match="this clone is a partial one"):
        next(git.contents(clone, [left_out]))


def test_what_git_cannot_read_of_a_commit_is_told(repository, tmp_path):
    folder = git.folder_at(repository.root, "HEAD")
    assert folder is not None

    with pytest.raises(AssetforgeError, match="git cannot read"):
        next(git.contents(tmp_path, [folder]))
    with pytest.raises(AssetforgeError, match="git cannot read"):
        git.names_at(tmp_path, [folder])


def test_what_work_trees_share_is_in_one_folder(repository, tmp_path):
    other = tmp_path / "other"
    repository.git("worktree", "add", "--quiet", "--detach", str(other))
    kept = (repository.root / ".git").resolve()

    assert git.common_folder(other).resolve() == kept
    assert git.common_folder(repository.root).resolve() == kept
