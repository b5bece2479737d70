import getpass

import pytest

from assetforge import git
from assetforge.errors import AssetforgeError
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


def everything(repository: Repository, **asked: bool) -> list[tuple[str, str, bytes]]:
    return list(git.lock_files(repository.root, **asked))


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
