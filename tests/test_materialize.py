from __future__ import annotations

import builtins
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from assetforge.build import build
from assetforge.decided import Options, plan_and_decide
from assetforge.delivery import _held
from assetforge.digest import digest_of_file
from assetforge.materialize import Materialized, materialize, out_of_date
from assetforge.project import open_project
from assetforge.store.local import Store
from tests.refusing import no_file_larger_than, read_only
from tests.space import Space
from tests.store.conftest import files_below

GERMAN = "out/de/banner-wide.png"
TAKE_IN = f"`assetforge import {GERMAN} --as banner/wide/de` takes it in, --force overwrites it"


@pytest.fixture
def space(tmp_path) -> Space:
    folder = tmp_path / "project"
    folder.mkdir()
    return Space(folder).quick("en", "de")


@pytest.fixture
def built(space: Space) -> Space:
    space.build()
    return space


class Writer:
    """The last stage of a build on its own, for what happens after the plan was made."""

    def __init__(self, space: Space) -> None:
        self.root = space.root
        self.built = build(Options(space.root / "assetforge.yaml"), lambda event: None)
        self.store = Store(space.root / ".assetforge")

    def write(self, *, force: bool = False) -> Materialized:
        targets, progress = self.built.decided.plan.targets, self.built.progress
        return materialize(
            self.root,
            targets,
            progress.artifacts,
            progress.keys,
            self.store,
            "assetforge.yaml",
            force=force,
        )


@pytest.fixture
def writer(space: Space) -> Iterator[Writer]:
    opened = Writer(space)
    yield opened
    opened.store.close()


def stamps(space: Space) -> dict[str, int]:
    return {name: (space.root / name).stat().st_mtime_ns for name in space.outputs()}


def refusals(space: Space, *arguments: str) -> dict[str, tuple[str, str]]:
    """Build, which must fail, and return variant → code and message of each refused target."""
    result = space.run("build", "--format", "json", *arguments)
    assert result.code == 1
    assert "BUG" not in result.err
    failures = result.json["failures"]
    return {each["variant"]: (each["error"], each["message"]) for each in failures}


def test_a_build_writes_every_target_and_nothing_else(built):
    assert sorted(built.outputs()) == [
        "out/de/banner-tall.png",
        "out/de/banner-wide.png",
        "out/en/banner-tall.png",
        "out/en/banner-wide.png",
    ]


def test_targets_are_what_the_report_says(built):
    targets = json.loads(built.run("build", "--format", "json").out)["targets"]
    store = Store(built.root / ".assetforge")

    found = {each["path"]: store.cas.read(each["sha256"]) for each in targets}

    store.close()
    assert found == built.outputs()


def test_a_second_build_touches_no_file(built):
    before = stamps(built)

    totals = built.build()

    assert totals["written"] == 0
    assert stamps(built) == before


def test_only_files_whose_bytes_differ_are_written(built):
    before = stamps(built)
    built.locale("de", headline="Nur heute", action="Kaufen", alt="Hügel")

    totals = built.build()

    changed = {name for name, stamp in stamps(built).items() if stamp != before[name]}
    assert changed == {"out/de/banner-wide.png", "out/de/banner-tall.png"}
    assert totals["written"] == 2


def test_a_file_that_was_touched_but_holds_its_bytes_is_not_written(built):
    os.utime(built.root / GERMAN, (1_000_000_000, 1_000_000_000))
    before = stamps(built)

    totals = built.build()

    assert totals["written"] == 0
    assert stamps(built) == before


def test_a_deleted_output_comes_back_without_a_call(built):
    before = built.outputs()
    (built.root / GERMAN).unlink()

    totals = built.build()

    assert (totals["made"], totals["written"]) == (0, 1)
    assert built.outputs() == before


def test_a_deleted_folder_of_outputs_comes_back(built):
    before = built.outputs()
    for each in (built.root / "out" / "de").iterdir():
        each.unlink()
    (built.root / "out" / "de").rmdir()

    assert built.build()["written"] == 2
    assert built.outputs() == before


def test_a_file_made_by_hand_is_refused(space):
    space.write(GERMAN, "drawn by hand")

    found = refusals(space)

    assert found == {
        "banner/wide/de": (
            "hand-made",
            f"'{GERMAN}' was not written by assetforge; {TAKE_IN}",
        )
    }
    assert space.read(GERMAN) == "drawn by hand"
    assert len(space.outputs()) == 4


def test_an_edited_file_is_refused_though_there_is_something_new_for_it(built):
    built.write(GERMAN, "retouched")
    built.replace("prompts/copy.j2", "Set", "Paint")

    found = refusals(built)

    assert found == {
        "banner/wide/de": (
            "hand-made",
            f"'{GERMAN}' was edited since it was written; {TAKE_IN}",
        )
    }
    assert built.read(GERMAN) == "retouched"


def test_an_edit_that_hides_is_found_before_it_is_overwritten(built):
    """Size and time as before: some tools put the time back."""
    path = built.root / GERMAN
    before = path.stat()
    path.write_bytes(b"x" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    built.locale("de", headline="Nur heute", action="Kaufen", alt="Hügel")

    assert set(refusals(built)) == {"banner/wide/de"}
    assert path.read_bytes() == b"x" * before.st_size


def test_force_overwrites(built):
    before = built.outputs()
    built.write(GERMAN, "retouched")

    assert built.build("--force")["written"] == 1
    assert built.outputs() == before


def test_a_file_put_there_by_hand_with_the_right_bytes_is_taken_over(built):
    """As after a fresh clone of a project that keeps its pictures in git."""
    before = built.outputs()
    store = Store(built.root / ".assetforge")
    store.state.change("DELETE FROM targets")
    store.close()

    assert built.build()["written"] == 0
    assert built.outputs() == before


def test_an_older_picture_that_git_put_back_is_brought_up_to_date(built):
    """Its bytes are in the store: nobody's work is lost."""
    old = built.outputs()[GERMAN]
    built.locale("de", headline="Nur heute", action="Kaufen", alt="Hügel")
    built.build()
    new = built.outputs()
    (built.root / GERMAN).write_bytes(old)

    built.build()

    assert built.outputs() == new


COMES_AND_GOES = """
import os, sys
target, spare = sys.argv[1:]
while True:
    os.replace(spare, target)
    os.replace(target, spare)
"""


def test_a_target_that_another_process_writes_at_this_moment_is_nobodys_work(writer):
    writer.write()
    target = next(each for each in writer.built.decided.plan.targets if each.path == GERMAN)
    german = writer.root / GERMAN
    artifact = digest_of_file(german)
    arguments = [sys.executable, "-c", COMES_AND_GOES, german, german.with_suffix(".spare")]
    german.rename(german.with_suffix(".spare"))
    other = subprocess.Popen(arguments)
    try:
        found = {_held(writer.root, target.path) for _ in range(20_000)}
    finally:
        other.kill()
        other.wait()

    assert found <= {None, artifact}


def test_a_folder_in_place_of_a_target_is_refused_even_with_force(space):
    (space.root / GERMAN).mkdir(parents=True)

    assert refusals(space, "--force") == {
        "banner/wide/de": ("is-folder", f"'{GERMAN}' is a folder")
    }


def test_a_file_in_place_of_a_folder_is_refused_in_one_line(space):
    space.write("out/de", "a file")

    found = refusals(space)

    assert {code for code, _ in found.values()} == {"unwritable"}
    assert set(found) == {"banner/wide/de", "banner/tall/de"}
    assert found["banner/wide/de"][1].startswith(f"cannot write '{GERMAN}': ")
    assert space.read("out/de") == "a file"


def test_a_folder_that_leads_out_of_the_project_is_refused_even_with_force(writer, tmp_path):
    """A plan refuses it already; here it was put there after the plan was made."""
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(writer.root / "out")
    (writer.root / "out").symlink_to(outside, target_is_directory=True)

    outcome = writer.write(force=True)

    assert {each.code for each in outcome.refused} == {"outside"}
    assert f"'{GERMAN}' leads out of the project" in {each.message for each in outcome.refused}
    assert outcome.current == []
    assert files_below(outside) == []


def test_links_that_lead_in_a_circle_are_refused(writer):
    shutil.rmtree(writer.root / "out")
    (writer.root / "out").symlink_to(writer.root / "round")
    (writer.root / "round").symlink_to(writer.root / "out")

    outcome = writer.write()

    assert len(outcome.refused) == 4
    assert {each.code for each in outcome.refused} <= {"outside", "unwritable"}


def test_a_linked_folder_inside_the_project_is_followed(space):
    (space.root / "public").mkdir()
    (space.root / "out").symlink_to(space.root / "public", target_is_directory=True)

    assert space.build()["written"] == 4
    assert len(files_below(space.root / "public")) == 4


def test_a_link_to_nowhere_is_not_replaced(space, tmp_path):
    (space.root / "out" / "de").mkdir(parents=True)
    (space.root / GERMAN).symlink_to(tmp_path / "not yet there.png")

    assert refusals(space) == {"banner/wide/de": ("hand-made", f"'{GERMAN}' is no regular file")}
    assert not (tmp_path / "not yet there.png").exists()


def test_a_linked_file_is_replaced_by_force_and_what_it_led_to_is_left(space, tmp_path):
    (space.root / "out" / "de").mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere.png"
    elsewhere.write_text("somebody's work")
    (space.root / GERMAN).symlink_to(elsewhere)

    assert refusals(space)["banner/wide/de"][0] == "hand-made"
    space.build("--force")

    assert elsewhere.read_text() == "somebody's work"
    assert not (space.root / GERMAN).is_symlink()


def test_a_pipe_in_place_of_a_target_does_not_hang_the_build(space):
    (space.root / "out" / "de").mkdir(parents=True)
    os.mkfifo(space.root / GERMAN)

    assert refusals(space, "--force")["banner/wide/de"][0] == "hand-made"


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(built):
    """The rest is written, and what was paid for is kept."""
    built.locale("de", headline="Nur heute", action="Kaufen", alt="Hügel")
    store = Store(built.root / ".assetforge")
    store.close()
    before = built.outputs()
    for folder in (built.root / ".assetforge").rglob("*"):
        folder.chmod(0o777 if folder.is_dir() else 0o666)
    (built.root / ".assetforge").chmod(0o777)

    with read_only(built.root / "out" / "de"):
        found = refusals(built)

    assert {code for code, _ in found.values()} == {"unwritable"}
    assert built.outputs() == before


def test_a_full_disk_leaves_the_old_pictures_whole(built):
    before = built.outputs()
    built.replace("prompts/copy.j2", "Set", "Paint")

    with no_file_larger_than(100):
        result = built.run("build")

    assert result.code == 1
    assert result.err.startswith("assetforge: cannot use the database")
    assert built.outputs() == before
    assert built.build()["written"] == 4


def test_a_target_that_does_not_fit_is_refused_and_leaves_no_half_file(space, writer):
    before = space.outputs()
    (space.root / GERMAN).unlink()

    with no_file_larger_than(100):
        outcome = writer.write()

    assert [(each.code, each.target.path) for each in outcome.refused] == [("unwritable", GERMAN)]
    assert outcome.refused[0].message == f"cannot write '{GERMAN}': File too large"
    assert files_below(space.root / ".assetforge" / "tmp") == []
    assert writer.write().written == 1
    assert space.outputs() == before


def test_a_target_whose_picture_could_not_be_made_is_left_as_it_is(space, writer):
    before = stamps(space)
    writer.built.progress.artifacts.clear()

    outcome = writer.write(force=True)

    assert outcome == Materialized()
    assert stamps(space) == before


def test_out_of_date_are_the_files_that_a_build_without_calls_would_write(built):
    built.locale("de", headline="Nur heute", action="Kaufen", alt="Hügel")
    (built.root / "out/en/banner-wide.png").unlink()
    built.write("out/en/banner-tall.png", "retouched")
    options = Options(built.root / "assetforge.yaml")
    project = open_project(options.file)
    store = Store(built.root / ".assetforge")
    decided = plan_and_decide(options, store, project)

    stale = out_of_date(built.root, decided.plan.targets, decided.decisions, store)

    store.close()
    assert sorted(each.path for each in stale) == [
        "out/en/banner-tall.png",
        "out/en/banner-wide.png",
    ]


def stale_of(space):
    """Return the paths of the targets that are out of date."""
    store = Store(space.root / ".assetforge")
    project = open_project(space.root / "assetforge.yaml")
    decided = plan_and_decide(Options(space.root / "assetforge.yaml"), store, project)
    found = out_of_date(space.root, decided.plan.targets, decided.decisions, store)
    store.close()
    return [each.path for each in found]


def test_a_file_with_the_right_bytes_is_current_whatever_its_times_and_record_say(built):
    os.utime(built.root / GERMAN, (1, 1))
    assert stale_of(built) == []

    store = Store(built.root / ".assetforge")
    with store.transaction():
        store.record.drop_targets([GERMAN])
    store.close()
    assert stale_of(built) == []

    (built.root / GERMAN).write_bytes(b"retouched")
    assert stale_of(built) == [GERMAN]
    (built.root / GERMAN).unlink()
    (built.root / GERMAN).mkdir()
    assert stale_of(built) == [GERMAN]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_the_right_bytes_outside_the_project_make_no_target_current(built, tmp_path_factory):
    """A plan refuses it already; here it is put there after the plan was made."""
    store = Store(built.root / ".assetforge")
    project = open_project(built.root / "assetforge.yaml")
    decided = plan_and_decide(Options(built.root / "assetforge.yaml"), store, project)
    outside = tmp_path_factory.mktemp("outside") / "de"
    shutil.copytree(built.root / "out/de", outside, copy_function=shutil.copyfile)
    shutil.rmtree(built.root / "out/de")
    (built.root / "out/de").symlink_to(outside, target_is_directory=True)

    found = out_of_date(built.root, decided.plan.targets, decided.decisions, store)

    store.close()
    assert GERMAN in {each.path for each in found}


def test_no_temporary_file_is_left_beside_the_pictures(built):
    left = [each for each in files_below(built.root) if Path(each).name.startswith(".")]

    assert [each for each in left if each.endswith(".part")] == []


def test_a_locale_that_is_dropped_takes_its_pictures_with_it(built):
    (built.root / "locales/de.json").unlink()

    result = built.run("build")

    assert result.code == 0
    assert not [name for name in built.outputs() if "/de/" in name]
    assert not (built.root / "out/de").exists()
    assert "2 removed" in result.err


def test_a_renamed_axis_value_moves_its_pictures_without_making_any(built):
    built.replace("assetforge.yaml", "wide:", "broad:")

    totals = built.build()

    assert totals["made"] == 0
    assert totals["removed"] == 2
    assert not [name for name in built.outputs() if "wide" in name]


def test_a_dropped_picture_that_a_person_changed_stays(built):
    (built.root / "out/de/banner-wide.png").write_bytes(b"retouched by hand")
    (built.root / "locales/de.json").unlink()

    built.build()

    assert built.outputs()["out/de/banner-wide.png"] == b"retouched by hand"
    assert "out/de/banner-tall.png" not in built.outputs()


def test_a_build_of_some_variants_removes_nothing(built):
    (built.root / "locales/de.json").unlink()

    built.build("banner/wide/en")

    assert "out/de/banner-wide.png" in built.outputs()


def test_a_pipeline_file_removes_only_what_it_wrote_itself(built):
    other = built.read("assetforge.yaml").replace("out/", "out/other/")
    built.write("other.yaml", other)
    built.build("-f", "other.yaml")

    totals = built.build()

    assert totals["removed"] == 0
    assert "out/other/de/banner-wide.png" in built.outputs()


def test_what_was_removed_comes_back_without_being_made(built):
    text = built.read("locales/de.json")
    (built.root / "locales/de.json").unlink()
    built.build()
    built.write("locales/de.json", text)

    totals = built.build()

    assert (totals["made"], totals["written"]) == (0, 2)


def test_an_earlier_output_that_is_an_input_now_is_not_removed(built):
    picture = built.outputs()["out/en/banner-wide.png"]
    assets = "  poster:\n    references: [out/en/banner-wide.png]\n"
    assets += "    steps: [{edit: Make it night.}]\n    output: poster.png\n"
    text = built.read("assetforge.yaml").replace("out/{locale}/", "pictures/{locale}/")
    built.write("assetforge.yaml", text + assets)

    totals = built.build()

    assert totals["removed"] == 3
    assert built.outputs() == {"out/en/banner-wide.png": picture}


def test_one_damaged_blob_does_not_hold_up_the_other_pictures(built):
    digest = hashlib.sha256(built.outputs()["out/en/banner-wide.png"]).hexdigest()
    blob = built.root / ".assetforge/cas" / digest[:2] / digest
    blob.chmod(0o644)
    blob.write_bytes(b"bit rot")
    shutil.rmtree(built.root / "out")

    found = refusals(built)

    assert list(found) == ["banner/wide/en"]
    assert "damaged" in found["banner/wide/en"][1]
    assert len(built.outputs()) == 3


# Stamps


def overwrite_in_place(path: Path) -> None:
    """Change a byte as an editor does that writes into the file, and set its time back."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


NO_CHANGE_TIME = pytest.mark.skipif(os.name == "nt", reason="this system has no times of change")


@NO_CHANGE_TIME
def test_an_edit_in_place_whose_time_was_set_back_is_seen(built):
    overwrite_in_place(built.root / GERMAN)

    assert refusals(built)["banner/wide/de"][0] == "hand-made"


@NO_CHANGE_TIME
def test_an_edit_in_place_is_out_of_date(built):
    overwrite_in_place(built.root / GERMAN)
    store = Store(built.root / ".assetforge")
    project = open_project(built.root / "assetforge.yaml")
    decided = plan_and_decide(Options(built.root / "assetforge.yaml"), store, project)

    found = out_of_date(built.root, decided.plan.targets, decided.decisions, store)

    store.close()
    assert [each.path for each in found] == [GERMAN]


def test_a_file_with_other_permissions_or_in_another_place_of_the_disk_is_current(writer):
    writer.write()
    for name in ("wide", "tall"):
        path = writer.root / f"out/de/banner-{name}.png"
        before = path.stat()
        if name == "tall":
            data = path.read_bytes()
            path.unlink()
            path.write_bytes(data)
        path.chmod(0o600)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    before = stamps_of(writer)

    outcome = writer.write()

    assert (outcome.written, outcome.refused) == (0, [])
    assert stamps_of(writer) == before
    rows = writer.store.record.targets()
    inodes = {path: (writer.root / path).stat().st_ino for path in rows}
    assert {path: each.inode for path, each in rows.items()} == inodes


def test_a_target_that_an_older_assetforge_wrote_counts_by_size_and_time(writer):
    writer.write()
    writer.store.state.change("UPDATE targets SET ctime_ns = 0, inode = 0")
    (writer.root / GERMAN).chmod(0o600)

    assert writer.write().written == 0
    assert all(each.inode for each in writer.store.record.targets().values())


def stamps_of(writer: Writer) -> dict[str, int]:
    paths = (each.path for each in writer.built.decided.plan.targets)
    return {each: (writer.root / each).stat().st_mtime_ns for each in paths}


# Counts


def counted(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[str]:
    """Have the calls of a function noted, by their first argument."""
    asked: list[str] = []
    inner = getattr(module, name)

    def noting(path, *arguments, **options):
        asked.append(os.fspath(path) if not isinstance(path, int) else str(path))
        return inner(path, *arguments, **options)

    monkeypatch.setattr(module, name, noting)
    return asked


def test_a_target_that_is_current_costs_one_stat_and_no_open_file(writer, monkeypatch):
    writer.write()
    looked = counted(monkeypatch, os, "stat")
    opened = counted(monkeypatch, os, "open") + counted(monkeypatch, builtins, "open")

    writer.write()

    paths = sorted(str(writer.root / each.path) for each in writer.built.decided.plan.targets)
    assert sorted(looked) == paths
    assert opened == []


def test_some_targets_of_a_build_cost_no_look_at_the_others(writer, monkeypatch):
    writer.write()
    looked = counted(monkeypatch, os, "stat")
    said: list[str] = []
    writer.store.state._database.set_trace_callback(said.append)
    progress, target = writer.built.progress, writer.built.decided.plan.targets[0]

    materialize(
        writer.root, [target], progress.artifacts, progress.keys, writer.store, "assetforge.yaml"
    )

    assert looked == [str(writer.root / target.path)]
    assert len(said) == 1
    assert f"IN ('{target.path}')" in said[0]


def test_what_is_written_is_noted_every_few_hundred_targets(writer, monkeypatch):
    """So that a killed build begins where it was."""
    monkeypatch.setattr("assetforge.store.record.batches.__defaults__", (2,))
    for each in writer.built.decided.plan.targets:
        (writer.root / each.path).unlink()
    writer.store.record.drop_targets(writer.store.record.targets())
    said: list[str] = []
    writer.store.state._database.set_trace_callback(said.append)

    writer.write()

    words = [each.split()[0] for each in said]
    assert words == ["SELECT", "BEGIN", "INSERT", "INSERT", "COMMIT"] * 2
