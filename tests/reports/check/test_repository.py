import pytest

from assetforge.reports.check.repository import below_repository, path_in_repository


@pytest.fixture(autouse=True)
def on_no_runner(monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "repo" / "shop" / "banners"
    folder.mkdir(parents=True)
    return folder


def test_a_project_in_no_repository_is_its_own(project):
    assert below_repository(project) == "."


def test_a_project_is_below_the_nearest_repository(project, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "repo" / ".git").mkdir()

    assert below_repository(project) == "shop/banners"
    assert below_repository(tmp_path / "repo") == "."


def test_a_work_tree_whose_git_is_a_file_is_a_repository_too(project, tmp_path):
    (tmp_path / "repo" / "shop" / ".git").write_text("gitdir: elsewhere\n")

    assert below_repository(project) == "banners"


def test_without_git_the_folder_of_the_job_counts(project, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))

    assert below_repository(project) == "shop/banners"
    assert below_repository(tmp_path) == "."


def test_paths_are_plain():
    assert path_in_repository(".", "a/b.yaml") == "a/b.yaml"
    assert path_in_repository("shop", "../a.yaml") == "a.yaml"
