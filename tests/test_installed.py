"""What is installed, read from files, is what `importlib.metadata` says."""

import importlib.metadata
import sys
import zipfile
from importlib.metadata import distributions, entry_points
from importlib.metadata import version as told_version

import pytest

from assetforge import installed


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that installs a package, in the one folder that `sys.path` names."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), str(tmp_path / "missing")])

    def install(info: str, text: str, folder: str = "site") -> None:
        where = tmp_path / folder / info
        where.mkdir(parents=True)
        name, _, version = info.rpartition(".")[0].partition("-")
        (where / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}")
        (where / "entry_points.txt").write_text(text)

    return install


def test_all_entry_points_are_those_of_importlib():
    groups = entry_points().groups

    assert "assetforge.steps" in groups
    for group in groups:
        told = {point.name: point.value for point in entry_points(group=group)}
        assert {name: point.value for name, point in installed.points(group).items()} == told
        assert {point.name for point in installed.points(group).values()} == set(told)


def test_every_version_is_that_of_importlib():
    names = {each.metadata["Name"] for each in distributions()}

    assert {"click", "PyYAML"} <= names
    assert {name: installed.version(name) for name in names} == {
        name: told_version(name) for name in names
    }


def test_the_version_of_what_is_not_installed_is_not_known(site):
    with pytest.raises(installed.NotInstalled, match="nothing"):
        installed.version("nothing")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("string", "module"),
        ("string:capwords", "capwords"),
        ("string : Formatter.format", "format"),
        ("string:capwords [extra]", "capwords"),
    ],
)
def test_a_point_loads_what_it_names(value, meant):
    import string

    named = {
        "module": string,
        "capwords": string.capwords,
        "format": string.Formatter.format,
    }

    assert installed.Point("any", value).load() is named[meant]


def test_of_two_packages_of_a_name_the_one_that_is_imported_counts(site, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), str(tmp_path / "later")])
    site("my_plugin-2.dist-info", "# words\n\n[other]\nx = y\n[group]\none = first:a\n")
    site("My.Plugin-1.dist-info", "[group]\ntwo = second:b\n", "later")
    site("another-1.egg-info", "[group]\nthree = third\n", "later")
    site("silent-1.dist-info", "", "later")

    assert installed.points("group") == {"one": ("one", "first:a"), "three": ("three", "third")}
    assert [(each.name, each.version) for each in installed.packages()] == [
        ("my_plugin", "2"),
        ("another", "1"),
    ]
    assert {point.name for point in entry_points(group="group")} == {"one", "three"}


def test_a_package_that_comes_later_is_found(site):
    site("one-1.dist-info", "[group]\none = a\n")
    before = set(installed.points("group"))
    site("two-1.dist-info", "[group]\ntwo = b\n")

    assert (before, set(installed.points("group"))) == ({"one"}, {"one", "two"})


def test_a_package_in_an_archive_is_found(tmp_path, monkeypatch):
    archive = tmp_path / "plugins.zip"
    with zipfile.ZipFile(archive, "w") as file:
        info = "packed-1.dist-info"
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: packed\nVersion: 1\n")
        file.writestr(f"{info}/entry_points.txt", "[group]\npacked = module:thing\n")
    monkeypatch.setattr(sys, "path", [str(archive)])

    assert installed.points("group") == {"packed": ("packed", "module:thing")}
    assert installed.packages() == (
        installed.Package("packed", "1", "[group]\npacked = module:thing\n"),
    )


def test_a_package_that_only_a_finder_knows_is_found(site, tmp_path, monkeypatch):
    site("hidden-1.dist-info", "[group]\nhidden = module\n", "hidden")

    class Finder:
        @staticmethod
        def find_distributions(context):
            found = type(context)(name=context.name, path=[str(tmp_path / "hidden")])
            return importlib.metadata.MetadataPathFinder.find_distributions(found)

        @staticmethod
        def find_spec(name, path=None, target=None):
            return None

    before = installed.points("group")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])

    assert (before, set(installed.points("group"))) == ({}, {"hidden"})


def test_a_package_that_says_nothing_of_itself_is_known_by_what_it_registers(site, monkeypatch):
    class Silent(importlib.metadata.Distribution):
        def read_text(self, filename):
            return "[group]\nsilent = module\n" if filename == installed.ENTRY_POINTS else None

        def locate_file(self, path):
            return path

        @property
        def metadata(self):
            raise FileNotFoundError("METADATA")

    class Finder:
        find_distributions = staticmethod(lambda context: iter([Silent()]))
        find_spec = staticmethod(lambda name, path=None, target=None: None)

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])

    assert set(installed.points("group")) == {"silent"}
