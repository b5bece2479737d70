import pytest

from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def test_a_new_project_is_right_and_can_be_planned(space):
    result = space.run("init")

    assert result.code == 0
    assert result.out.splitlines()[-1] == "next: assetforge build"
    assert space.run("check").code == 0
    assert len(space.plan()["run"]) > 0


def test_what_a_build_writes_is_not_committed(space):
    space.run("init")

    assert space.read(".gitignore").split() == ["/.assetforge/", "/out/", "/report/"]


def test_a_new_project_in_a_folder_says_to_go_there(space):
    result = space.run("init", "shop/banners")

    assert result.out.replace("\\", "/").splitlines()[-1] == (
        "next: cd shop/banners && assetforge build"
    )
    assert (space.root / "shop/banners/assetforge.yaml").is_file()


def test_the_priced_profile_of_a_new_project_can_be_planned(space):
    space.run("init")

    result = space.run("plan", "--profile", "final")

    assert result.code == 0
    assert "next: assetforge build --profile final" in result.out


def test_nothing_is_overwritten(space):
    space.write("assetforge.yaml", "mine")

    result = space.run("init")

    assert (result.code, space.read("assetforge.yaml")) == (2, "mine")
    assert "is not overwritten; choose an empty folder" in result.err
    assert not (space.root / "prompts").exists()


def test_a_file_is_no_folder_to_start_in(space):
    space.write("note.txt", "mine")

    result = space.run("init", "note.txt")

    assert result.code == 2
    assert "'note.txt' is a file" in result.err


def test_a_folder_that_cannot_be_made_is_told_in_one_line(space):
    space.write("note.txt", "mine")

    result = space.run("init", "note.txt/below")

    assert result.code == 1
    assert result.err.startswith("assetforge: ")
    assert "BUG" not in result.err
