"""What was parsed before says the same as parsing again, or nothing."""

import json
import os
import shutil
import string
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge import kept
from assetforge.document import Document, parse_document
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.kept import Kept
from assetforge.planner import Selection, make_plan
from assetforge.project import open_project
from tests.pictures import ramp, saved
from tests.space import QUICK, Space

FILE = "assetforge.yaml"
TEXT = """\
version: 1
vars: {price: 1.50, huge: 0x1F, nothing: ~, yes: true, quoted: "a\\tb", empty: }
assets:
  first: &all
    steps:
      - compose: |
          A calm
          scene.
    output: out/first.png
  second: *all
  third:
    vars: {text: 'it''s', list: [1, [two, {three: 3}]]}
fonts: []
"""
WARNINGS = (
    Diagnostic(
        "a-code",
        "a message",
        Place(FILE, 2, 1, 4),
        "a label",
        "help",
        ((Place(FILE, 3), "also here"),),
        "warning",
        Place(FILE, 1, 1),
    ),
    Diagnostic("another", "without a place", severity="warning"),
)


def keep(folder: Path, text: str = TEXT, profile: str | None = None) -> Document:
    document = parse_document(text, FILE)
    Kept(folder, FILE, text, profile).write(document, WARNINGS)
    return document


def read(folder: Path, *assets: str, text: str = TEXT, profile: str | None = None):
    return Kept(folder, FILE, text, profile).read(frozenset(assets))


def kept_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def paths(value, path=()):
    yield path
    entries = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else ()
    for step, each in (*entries, *items):
        yield from paths(each, (*path, step))


def assert_equal(found: Document, whole: Document, assets: list[str]) -> None:
    """Check that a document says what another does, of some of its assets and all else."""
    chosen = {name: each for name, each in whole.value["assets"].items() if name in assets}
    expected = {**whole.value, "assets": chosen}

    assert found.value == expected
    assert json.dumps(found.value, default=repr) == json.dumps(expected, default=repr)
    assert (found.file, found.text) == (whole.file, whole.text)
    for path in paths(expected):
        assert found.holds(path)
        for key in (False, True):
            assert found.place(path, key) == whole.place(path, key)
        assert found.text_place(path, 1, 2, 3) == whole.text_place(path, 1, 2, 3)


@pytest.mark.parametrize(
    "assets", [["first", "second", "third"], ["third"], ["second"], ["third", "first"], []]
)
def test_a_kept_document_is_the_parsed_one_without_the_other_assets(tmp_path, assets):
    whole = keep(tmp_path)

    part = read(tmp_path, *assets)
    found = part.document

    assert_equal(found, whole, assets)
    assert part.warnings == WARNINGS
    assert part.left_out == {"first", "second", "third"}.difference(assets)
    assert found.value["vars"]["price"] == Decimal("1.50")
    assert list(found.value) == ["version", "vars", "assets", "fonts"]


words = st.text(string.ascii_letters + " äß😀'\"{}#:-\\\n", max_size=8)
scalars = st.none() | st.booleans() | st.integers() | words
values = st.recursive(
    scalars, lambda each: st.lists(each, max_size=3) | st.dictionaries(words, each, max_size=3)
)


@given(st.dictionaries(words, values, min_size=1, max_size=4), values, st.data())
def test_every_document_comes_back_as_it_was_with_all_places(tmp_path_factory, assets, top, data):
    folder = tmp_path_factory.mktemp("kept")
    content = {"before": top, "assets": assets, "after": top}
    indent = data.draw(st.sampled_from([None, 2]))
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    chosen = data.draw(st.lists(st.sampled_from(list(assets)), unique=True))

    whole = keep(folder, text)

    assert_equal(read(folder, *chosen, text=text).document, whole, chosen)


@given(st.integers(0, len(TEXT)), st.integers(0, 3), st.text(max_size=3))
def test_after_any_edit_what_is_kept_is_not_used(tmp_path_factory, at, length, new):
    folder = tmp_path_factory.mktemp("kept")
    keep(folder)
    edited = TEXT[:at] + new + TEXT[at + length :]

    assert (read(folder, "first", text=edited) is None) == (edited != TEXT)


@given(st.data())
def test_what_is_damaged_is_not_used(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("kept")
    keep(folder)
    path = kept_file(folder)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)

    assert read(folder, "first", "second", "third") is None


@given(st.integers(0, 2000))
def test_half_a_file_is_not_used(tmp_path_factory, length):
    folder = tmp_path_factory.mktemp("kept")
    keep(folder)
    path = kept_file(folder)
    content = path.read_bytes()
    path.write_bytes(content[: min(length, len(content) - 1)])

    assert read(folder, "first", "second", "third") is None


def test_an_asset_that_the_file_lacks_is_not_made_up(tmp_path):
    keep(tmp_path)

    assert read(tmp_path, "first", "fourth") is None


def test_what_is_kept_is_of_one_file_and_profile(tmp_path):
    keep(tmp_path)

    assert read(tmp_path, "first", profile="other") is None
    assert Kept(tmp_path, "other.yaml", TEXT, None).read(frozenset()) is None
    assert read(tmp_path / "missing", "first") is None


def test_without_a_folder_nothing_is_kept(tmp_path):
    Kept(None, FILE, TEXT, None).write(parse_document(TEXT, FILE), ())

    assert Kept(None, FILE, TEXT, None).read(frozenset()) is None


def test_it_is_made_again_when_a_plugin_comes(tmp_path, monkeypatch):
    folder, info = tmp_path / "kept", tmp_path / "site" / "plugin-1.dist-info"
    keep(folder)
    before = kept_file(folder).read_bytes()
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[assetforge.steps]\nplugin = plugin:Kind\n")
    monkeypatch.syspath_prepend(str(info.parent))

    assert read(folder, "first") is None
    keep(folder)
    assert read(folder, "first") is not None
    assert kept_file(folder).read_bytes() != before


def test_it_is_not_used_by_another_version(tmp_path, monkeypatch):
    keep(tmp_path)
    kept._code.cache_clear()
    monkeypatch.setattr(kept, "__version__", "0.0.0")
    try:
        assert read(tmp_path, "first") is None
    finally:
        kept._code.cache_clear()


def test_what_is_kept_as_it_should_be_is_not_written_again(tmp_path):
    keep(tmp_path)
    before = kept_file(tmp_path).stat().st_mtime_ns, kept_file(tmp_path).stat().st_ino
    keep(tmp_path)

    assert (kept_file(tmp_path).stat().st_mtime_ns, kept_file(tmp_path).stat().st_ino) == before


def test_a_document_of_many_values_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "MOST_VALUES", 10)
    keep(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    keep(tmp_path / "file")
    keep(tmp_path / "missing" / "folder")

    assert read(tmp_path / "file", "first") is None


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path):
    keep(tmp_path)
    path = kept_file(tmp_path)
    path.unlink()
    path.mkdir()
    keep(tmp_path)

    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights elsewhere")
def test_what_others_may_have_written_is_not_used(tmp_path, monkeypatch):
    keep(tmp_path)
    path = kept_file(tmp_path)

    path.chmod(0o620)
    assert read(tmp_path, "first") is None
    path.chmod(0o602)
    assert read(tmp_path, "first") is None
    path.chmod(0o644)
    assert read(tmp_path, "first") is not None
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    assert read(tmp_path, "first") is None


def test_a_link_a_pipe_or_a_folder_is_not_read(tmp_path):
    keep(tmp_path)
    path = kept_file(tmp_path)
    elsewhere = path.rename(tmp_path / "elsewhere")

    path.symlink_to(elsewhere)
    assert read(tmp_path, "first") is None
    path.unlink()
    path.mkdir()
    assert read(tmp_path, "first") is None
    path.rmdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
        assert read(tmp_path, "first") is None


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    keep(tmp_path)
    monkeypatch.setattr(kept, "MOST_BYTES", 100)

    assert read(tmp_path, "first") is None


TWO = (
    QUICK
    + """\
  badge:
    steps:
      - compose: prompts/scene.j2
        references: [logo.png, 'asset:plain']
    output: out/badge.png
  plain:
    steps: [{compose: a plain sign}]
    output: out/plain.png
  odd:
    steps: [{compose: an odd sign}]
    output: out/odd.png
    overrides: {}
"""
)


@pytest.fixture
def space(tmp_path):
    space = Space(tmp_path).quick(pipeline=TWO)
    (tmp_path / "logo.png").write_bytes(saved(ramp((8, 8))))
    (tmp_path / ".assetforge").mkdir()
    return space


def planned(project, assets):
    plan = make_plan(project, Selection(tuple(assets)))
    return plan.actions, plan.targets


@pytest.mark.parametrize("assets", [["banner"], ["plain"], ["badge", "plain"], ["odd", "banner"]])
def test_a_part_of_a_project_plans_the_same(space, assets):
    whole = open_project(space.root / FILE)
    part = open_project(space.root / FILE, None, frozenset(assets))

    assert sorted(part.pipeline.assets) == sorted(part.loaded.document.value["assets"])
    assert sorted(part.pipeline.assets) == sorted(assets)
    assert planned(part, assets) == planned(whole, assets)
    assert part.loaded.warnings == whole.loaded.warnings


EXAMPLES = sorted(Path(__file__).parent.parent.glob(f"examples/*/{FILE}"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_each_asset_of_an_example_loads_as_in_the_whole(tmp_path, example):
    root = shutil.copytree(example.parent, tmp_path / "project")
    (root / ".assetforge").mkdir(exist_ok=True)
    whole = open_project(root / FILE)

    for asset in whole.pipeline.assets:
        part = open_project(root / FILE, None, frozenset({asset}))

        assert list(part.loaded.document.value["assets"]) == [asset]
        assert part.pipeline.assets == {asset: whole.pipeline.assets[asset]}
        assert part.loaded.steps == {asset: whole.loaded.steps[asset]}
        assert part.loaded.matrices == {asset: whole.loaded.matrices[asset]}
        assert part.texts[asset].locales == whole.texts[asset].locales


def test_without_anything_kept_a_part_is_taken_from_the_whole(space):
    part = open_project(space.root / FILE, None, frozenset({"plain"}))
    (space.root / ".assetforge" / "pipelines").rename(space.root / "away")
    (space.root / ".assetforge").rmdir()
    again = open_project(space.root / FILE, None, frozenset({"plain"}))

    assert list(part.pipeline.assets) == list(again.pipeline.assets) == ["plain"]
    assert list(again.loaded.document.value["assets"]) == ["banner", "badge", "plain", "odd"]
    assert again.loaded.steps == part.loaded.steps
    assert not (space.root / ".assetforge").exists()


def test_what_is_wrong_with_a_part_is_told_as_of_the_whole(space):
    open_project(space.root / FILE)
    (space.root / "logo.png").unlink()

    with pytest.raises(InvalidSource) as of_part:
        open_project(space.root / FILE, None, frozenset({"badge", "plain"}))
    with pytest.raises(InvalidSource) as of_whole:
        open_project(space.root / FILE)

    assert of_part.value.diagnostics == of_whole.value.diagnostics
    assert [each.code for each in of_whole.value.diagnostics] == ["missing-file"]


def test_a_part_may_lack_what_it_and_its_styles_refer_to(space):
    text = TWO.replace("assets:\n", "styles: {lent: {references: ['asset:odd']}}\nassets:\n", 1)
    space.write(FILE, text)
    open_project(space.root / FILE)
    part = open_project(space.root / FILE, None, frozenset({"badge"}))

    assert list(part.pipeline.assets) == ["badge"]
    assert list(part.loaded.document.value["assets"]) == ["badge"]


def test_a_project_opened_before_there_was_a_store_can_be_kept(space):
    (space.root / ".assetforge").rmdir()
    project = open_project(space.root / FILE)
    (space.root / ".assetforge").mkdir()
    project.keep_pipeline()
    part = open_project(space.root / FILE, None, frozenset({"plain"}))

    assert list(part.loaded.document.value["assets"]) == ["plain"]
    assert part.loaded.left_out == {"banner", "badge", "odd"}


def test_a_part_of_a_project_is_never_kept_as_the_whole(space):
    open_project(space.root / FILE)
    part = open_project(space.root / FILE, None, frozenset({"plain"}))
    shutil.rmtree(space.root / ".assetforge" / "pipelines")
    part.keep_pipeline()

    assert not (space.root / ".assetforge" / "pipelines").exists()
