"""Which folders are watched."""

import pytest

from assetforge.decided import Options, open_store, plan_and_decide
from assetforge.project import open_project
from assetforge.watch.folders import MAX_FOLDERS, all_folders, folders_of
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_the_folders_of_a_plan_are_those_it_looked_into(space):
    space.write("prompts/scene.j2", "{% include 'parts/light/x.j2' ignore missing %}A scene.\n")
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    store = open_store(project)
    try:
        plan = plan_and_decide(Options(file), store, project).plan
    finally:
        store.close()

    found = folders_of(project, plan)

    assert found >= {space.root, space.root / "prompts", space.root / "locales"}
    assert space.root / "out" not in found
    assert all(each.is_dir() for each in found)


def test_a_reference_to_a_picture_is_watched_as_well(space):
    space.build("banner/wide/en")
    (space.root / "brand").mkdir()
    logo = (space.root / "out/en/banner-wide.png").read_bytes()
    (space.root / "brand/logo.png").write_bytes(logo)
    space.replace("assetforge.yaml", "    output:", "    references: [brand/logo.png]\n    output:")
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    store = open_store(project)
    try:
        plan = plan_and_decide(Options(file), store, project).plan
    finally:
        store.close()

    assert space.root / "brand" in folders_of(project, plan)


def test_all_folders_leaves_out_hidden_ones_and_those_of_other_tools(tmp_path):
    for name in ("a/b", ".git/objects", "node_modules/x", "a/__pycache__"):
        (tmp_path / name).mkdir(parents=True)

    assert all_folders(tmp_path) == {tmp_path, tmp_path / "a", tmp_path / "a" / "b"}


def test_all_folders_are_not_more_than_can_be_watched(tmp_path):
    for number in range(MAX_FOLDERS + 10):
        (tmp_path / str(number)).mkdir()

    assert len(all_folders(tmp_path)) == MAX_FOLDERS
