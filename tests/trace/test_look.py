"""Looking whether all is as it was: at what, how closely, and what is put right on the way."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assetforge.trace import look as module
from assetforge.trace.blobs import write_blobs
from assetforge.trace.look import (
    TURN,
    Look,
    digest_at,
    digest_of_variable,
    keep,
    look,
    looks_at_all,
    made_by,
)
from assetforge.trace.proof import Folder, Place, read_proof, write_proof
from assetforge.trace.stamp import UNPROVEN, is_young, names_in, stamp_of
from assetforge.trace.targets import write_targets
from tests.trace.test_proof import proof_of

OUTPUTS = 6
BLOB = "aa" + "0" * 62


class Traced:
    """A project's folder with a trace in it, which says that all is as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "trace"
        for name in ("locales/de.json", "template.j2", "program.py"):
            self.write(name, name)
        for each in range(OUTPUTS):
            self.write(f"out/{each // 2}/{each}.png", str(each))
        self.write(f"cas/aa/{BLOB}", "picture")
        self.folder.mkdir()
        self.age()
        self.prove()

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def age(self) -> None:
        """Wait until no stamp of what is there is young."""
        every = [*self.root.rglob("*"), self.root]
        while any(is_young(stamp_of(str(each)) or UNPROVEN, time.time_ns()) for each in every):
            time.sleep(0.002)

    def outputs(self) -> list[str]:
        return [self.path(f"out/{each // 2}/{each}.png") for each in range(OUTPUTS)]

    def prove(self, **changed: object) -> None:
        paths = self.outputs()
        stamps = [stamp_of(each) or UNPROVEN for each in paths]
        write_targets(str(self.folder), "g", paths, stamps)
        write_blobs(str(self.folder), "g", [BLOB])
        sources = [self.path(each) for each in ("locales/de.json", "template.j2")]
        locales, cas = self.path("locales"), self.path("cas/aa")
        fields = {
            "root": str(self.root),
            "made_by": made_by(),
            "variables": {"TRACED": digest_of_variable("TRACED")},
            "code": {self.path("program.py"): stamp_of(self.path("program.py"))},
            "files": {each: (stamp_of(each), digest_at(each)) for each in sources}
            | {self.path("gone.j2"): (None, "")},
            "folders": [Folder(locales, stamp_of(locales) or UNPROVEN, names_in(locales) or "")],
            "links": {locales: "", self.path("out"): ""},
            "blobs": {cas: stamp_of(cas)},
            "count": OUTPUTS,
            "places": [
                Place(self.path(f"out/{each}"), stamp_of(self.path(f"out/{each}")) or UNPROVEN,
                      2 * each, 2 * each + 2)
                for each in range(OUTPUTS // 2)
            ],
        }  # fmt: skip
        write_proof(str(self.folder), proof_of(**fields | changed))

    def look(self, level: str = "stat") -> Look | None:
        return look(str(self.folder), str(self.root), level)

    def found(self, level: str = "stat") -> Look:
        found = self.look(level)
        assert found is not None
        return found


@pytest.fixture
def traced(tmp_path) -> Traced:
    return Traced(tmp_path)


@pytest.mark.parametrize("level", ["auto", "dirs", "stat"])
def test_where_all_is_as_it_was_there_is_nothing_to_do(traced, level):
    found = traced.found(level)

    assert found.nothing
    assert not found.refreshed


def test_bytes_are_for_the_build_to_look_at(traced):
    assert not traced.found("hash").nothing


def appended(name: str) -> Callable[[Traced], None]:
    return lambda traced: traced.write(name, "another")


def replaced_by_a_pipe(traced: Traced) -> None:
    (traced.root / "template.j2").unlink()
    os.mkfifo(traced.root / "template.j2")


def replaced_by_a_link(traced: Traced) -> None:
    away = traced.root.parent / f"{traced.root.name}.j2"
    (traced.root / "template.j2").rename(away)
    (traced.root / "template.j2").symlink_to(away)


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("template.j2", appended("template.j2")),
        ("template.j2", lambda traced: (traced.root / "template.j2").unlink()),
        ("template.j2", replaced_by_a_link),
        ("gone.j2", appended("gone.j2")),
        pytest.param(
            "template.j2",
            replaced_by_a_pipe,
            marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes"),
        ),
    ],
    ids=["edited", "removed", "a link", "looked for in vain", "a pipe"],
)
def test_a_file_that_is_another_is_told(traced, name, edit):
    edit(traced)

    assert traced.found().changed == [traced.path(name)]


def test_an_edit_of_the_same_size_at_the_same_time_is_told(traced):
    path = traced.root / "template.j2"
    was = path.stat()
    path.write_text("TEMPLATE.j2")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    assert traced.found().changed == [str(path)]


def test_another_time_with_the_same_bytes_is_no_change_and_is_put_right(traced):
    os.utime(traced.root / "template.j2", ns=(1_000_000_001, 1_000_000_001))
    traced.age()

    found = traced.found()
    assert found.nothing
    assert found.refreshed
    keep(found)

    assert not traced.found().refreshed


def test_what_was_touched_just_now_is_looked_into_again(traced):
    os.utime(traced.root / "template.j2")
    now = time.time_ns()
    os.utime(traced.root / "template.j2", ns=(now, now + 60_000_000_000))

    found = traced.found()

    assert found.nothing
    assert not found.refreshed


def test_what_is_unproven_is_a_change(traced):
    path = traced.path("template.j2")
    files = traced.found().proof.files
    traced.prove(files=files | {path: (UNPROVEN, "")})

    assert traced.found().changed == [path]


@pytest.mark.parametrize(
    "changed",
    [
        {"root": "/elsewhere"},
        {"made_by": "another"},
        {"days": (1, 2)},
        {"variables": {"TRACED": "digest"}},
        {"code": {"/gone.py": UNPROVEN}},
        {"links": {"/": "/elsewhere"}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_trace_of_something_else_tells_nothing(traced, changed):
    traced.prove(**changed)

    assert traced.look() is None


def test_a_trace_holds_until_its_last_day(traced):
    today = time.time_ns() // 1_000_000_000 // 86_400
    for days, holds in (
        ((today, today + 1), True),
        ((today - 1, today), False),
        ((today + 1, today + 2), False),
    ):
        traced.prove(days=days)
        assert (traced.look() is not None) is holds


def test_a_variable_that_is_set_or_unset_or_another_tells_nothing(traced, monkeypatch):
    monkeypatch.setenv("TRACED", "one")
    assert traced.look() is None
    traced.prove()
    assert traced.found().nothing
    monkeypatch.setenv("TRACED", "two")
    assert traced.look() is None
    monkeypatch.delenv("TRACED")
    assert traced.look() is None


def test_without_a_trace_nothing_is_told(traced):
    shutil.rmtree(traced.folder)

    assert traced.look() is None


@pytest.mark.parametrize("name", ["g.index", "g.paths", "g.stamps"])
def test_a_trace_that_lost_a_file_tells_nothing(traced, name):
    (traced.folder / name).write_bytes(b"")

    assert traced.look() is None


def test_a_new_name_in_a_folder_is_for_planning_to_look_at(traced):
    traced.write("locales/fr.json", "")

    assert traced.look() is None


def test_a_folder_that_is_gone_tells_nothing(traced):
    shutil.rmtree(traced.root / "locales")

    assert traced.look() is None


def test_a_folder_swapped_for_a_link_tells_nothing(traced):
    (traced.root / "out").rename(traced.root / "elsewhere")
    (traced.root / "out").symlink_to("elsewhere")

    assert traced.look() is None


def test_a_folder_that_was_away_and_is_back_is_no_change_and_is_put_right(traced):
    (traced.root / "locales/new").write_text("")
    (traced.root / "locales/new").unlink()
    assert traced.found().nothing, "though it is too young to be put right"
    traced.age()

    found = traced.found()
    assert found.refreshed
    keep(found)

    assert not traced.found().refreshed


def test_a_store_that_got_a_picture_is_no_change_and_is_put_right(traced):
    traced.write("cas/aa/another", "picture")
    assert traced.found().nothing, "though it is too young to be put right"
    traced.age()

    found = traced.found()
    assert found.refreshed
    keep(found)

    assert not traced.found().refreshed


def test_a_store_that_lost_a_picture_or_a_folder_tells_nothing(traced):
    (traced.root / "cas/aa" / BLOB).unlink()
    assert traced.look() is None

    (traced.root / "cas/aa").rmdir()
    assert traced.look() is None


def test_a_proof_that_cannot_be_written_again_is_no_error(traced):
    found = traced.found()
    found.refreshed = True
    shutil.rmtree(traced.folder)

    keep(found)

    assert not traced.folder.exists()


def overwrite(path: str) -> None:
    """Write other bytes of the same size into a file, and set its time back."""
    was = Path(path).stat()
    Path(path).write_text("?")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


@pytest.mark.parametrize(("level", "rows"), [("stat", [3]), ("auto", [3]), ("dirs", [])])
def test_an_overwritten_picture_shows_in_its_own_stamp_alone(traced, monkeypatch, level, rows):
    monkeypatch.setattr(module, "SLICE", 1)
    overwrite(traced.outputs()[3])

    assert traced.found(level).rows == rows


def test_the_slice_goes_round_and_comes_to_every_picture(traced, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 4)
    overwrite(traced.outputs()[1])
    overwrite(traced.outputs()[5])

    assert [traced.found("dirs").rows for _ in range(4)] == [[1], [5], [1], [5]]


def test_many_pictures_are_looked_at_by_folders_unless_those_cannot_be_trusted(traced, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 1)
    monkeypatch.setattr(module, "MOST_STATS", OUTPUTS - 1)
    overwrite(traced.outputs()[3])
    assert traced.found("auto").rows == []

    (traced.folder / TURN).unlink()
    places = traced.found().proof.places
    proof = traced.found().proof
    proof.trusted = False
    write_proof(str(traced.folder), proof)

    assert [traced.found(each).rows for each in ("auto", "dirs")] == [[3], [3]]
    assert len(places) == OUTPUTS // 2


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("level", ["auto", "dirs", "stat", "hash"])
@pytest.mark.parametrize("count", [0, module.MOST_STATS, module.MOST_STATS + 1])
def test_the_rule_of_the_levels(level, count, trusted):
    few = count <= module.MOST_STATS
    expected = not trusted or {"auto": few, "dirs": False, "stat": True, "hash": True}[level]

    assert looks_at_all(level, count, trusted=trusted) is expected


def test_a_picture_that_is_gone_shows_in_its_folder(traced, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 1)
    Path(traced.outputs()[4]).unlink()
    assert traced.found("dirs").rows == [4]

    shutil.rmtree(traced.root / "out/1")
    assert traced.found("dirs").rows == [2, 3, 4]


def test_a_file_of_somebody_else_among_the_pictures_is_no_change_and_is_put_right(traced):
    traced.write("out/1/notes.txt", "mine")
    assert not traced.found("dirs").refreshed, "it is too young"
    traced.age()

    found = traced.found("dirs")
    assert found.nothing
    assert found.refreshed
    keep(found)

    assert not traced.found("dirs").refreshed


def test_a_turn_that_cannot_be_noted_is_the_first_each_time(traced, monkeypatch):
    monkeypatch.setattr(module, "SLICE", 4)
    overwrite(traced.outputs()[1])
    (traced.folder / TURN).mkdir()

    assert [traced.found("dirs").rows for _ in range(2)] == [[1], [1]]


def test_a_digest_is_of_a_file_only(tmp_path):
    assert digest_at(str(tmp_path)) == ""
    assert digest_at(str(tmp_path / "gone")) == ""
    (tmp_path / "a").write_bytes(b"")
    assert digest_at(str(tmp_path / "a")).startswith("e3b0c442")


def test_a_file_that_may_not_be_read_has_no_digest(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"")
    monkeypatch.setattr("builtins.open", refuse)

    assert digest_at(str(tmp_path / "a")) == ""


def refuse(*arguments: object) -> None:
    raise PermissionError(13, "permission denied")


def test_a_proof_is_kept_only_where_something_was_put_right(traced):
    before = stamp_of(str(traced.folder / "proof"))

    keep(traced.found())

    assert stamp_of(str(traced.folder / "proof")) == before
    assert read_proof(str(traced.folder)) is not None
