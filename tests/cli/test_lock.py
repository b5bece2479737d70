import json
import subprocess
from contextlib import closing

import pytest
from jsonschema import Draft7Validator

from assetforge.lock.entry import Slot
from assetforge.lock.folder import read_lock, write_changes
from assetforge.store.local import FOLDER, Store
from benchmarks.merges import LOCK, Site
from benchmarks.repository import SETTINGS
from tests.cli.schemas import assert_valid, load
from tests.lock.samples import ADA, BOB, digest, picture
from tests.space import PYTHON, Space

SCENE = Slot("banner/wide/de", "blank", "compose")
COPY = Slot("banner/wide/de", "blank", "edit")
OLD_LOCALE = Slot("banner/wide/fr", "blank", "edit")
OLD_PROFILE = Slot("banner/wide/de", "final", "edit")
OLD_STEP = Slot("banner/wide/de", "blank", "text")
OLD_ASSET = Slot("flyer/de", "blank", "edit")


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def space(tmp_path):
    made = Space(tmp_path).quick()
    lock(
        made,
        {
            SCENE: picture("scene", accepted=ADA),
            COPY: picture("copy", accepted=ADA, pinned=BOB),
            OLD_LOCALE: picture("fr", pinned=ADA),
            OLD_PROFILE: picture("final"),
            OLD_STEP: picture("text", artifact=None, rejected=(digest("no"),)),
            OLD_ASSET: picture("flyer"),
        },
    )
    return made


def lock(space, changes):
    write_changes(space.root / LOCK, changes, space.root)


def test_a_project_without_a_lock_is_told_so(tmp_path):
    result = Space(tmp_path).quick().run("lock")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("nothing is in 'assetforge.lock'")
    assert not (tmp_path / FOLDER).exists(), "looking writes nothing"


def test_the_status_counts_by_asset(space):
    result = space.run("lock")

    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "asset   entries  accepted  pinned  unaccepted  wanted  vanished",
        "banner        5         2       2           3       1         3",
        "flyer         1         0       0           1       0         1",
        "",
        "vanished: 4 entries; `assetforge lock --prune --dry-run` lists them",
    ]


def test_the_status_as_json(space):
    document = space.run("lock", "--format", "json").json

    assert_valid("locked", document)
    assert document["folder"] == "assetforge.lock"
    assert document["totals"] == {
        "assets": 2,
        "entries": 6,
        "accepted": 2,
        "pinned": 2,
        "unaccepted": 4,
        "wanted": 1,
        "vanished": 4,
    }
    assert (document["resolved"], document["removed"]) == (None, None)


def test_a_variant_that_stands_there_twice_is_warned_of(space):
    copy = space.root / LOCK / "copy.json"
    copy.write_bytes((space.root / LOCK / "flyer.json").read_bytes())

    result = space.run("lock")
    document = space.run("lock", "--format", "json").json

    assert result.code == 0
    assert "warning[lock-duplicate]: 'flyer/de' stands there twice" in result.err
    assert [each["code"] for each in document["warnings"]] == ["lock-duplicate"]


def test_a_damaged_lock_is_told_with_its_place(space):
    space.write("assetforge.lock/banner.json", "{\n  oops\n}\n")

    result = space.run("lock")

    assert result.code == 2
    assert "error[lock-damaged]: this is no JSON" in result.err
    assert "assetforge.lock/banner.json:2:3" in result.err
    assert "oops" in result.err


GONE = [OLD_PROFILE, OLD_STEP, OLD_LOCALE, OLD_ASSET]


def test_a_dry_run_lists_what_would_go(space):
    before = read_lock(space.root / LOCK)

    result = space.run("lock", "--prune", "--dry-run")
    document = space.run("lock", "--prune", "--dry-run", "--format", "json").json

    shown = {each: digest("picture", each, 1)[:12] for each in ("final", "fr", "flyer")}
    assert result.out.splitlines() == [
        "would be removed:",
        "  banner/wide/de text (blank): another take wanted, not accepted",
        f"  banner/wide/de edit (final): picture {shown['final']}, not accepted",
        f"  banner/wide/fr edit (blank): picture {shown['fr']}, pinned by {ADA.by} {ADA.at}",
        f"  flyer/de edit (blank): picture {shown['flyer']}, not accepted",
        "4 entries of variants, steps or profiles that the pipeline does not have",
    ]
    assert_valid("locked", document)
    assert document["dry_run"]
    assert len(document["removed"]) == 4
    assert document["totals"]["entries"] == 6
    assert read_lock(space.root / LOCK) == before


def test_pruning_removes_what_vanished_and_nothing_else(space):
    document = space.run("lock", "--prune", "--format", "json").json

    assert_valid("locked", document)
    assert {(each["variant"], each["step"]) for each in document["removed"]} == {
        (each.variant, each.step) for each in GONE
    }
    assert document["totals"]["entries"] == 2
    assert document["totals"]["vanished"] == 0
    assert read_lock(space.root / LOCK).entries.keys() == {SCENE, COPY}
    assert space.run("lock", "--prune").out.startswith("nothing to remove")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--prune", "--resolve"], "resolve first, then prune"),
        (["--dry-run"], "--dry-run goes with --prune"),
        (["--resolve", "--dry-run"], "--dry-run goes with --prune"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(space, flags, words):
    result = space.run("lock", *flags)

    assert result.code == 2
    assert words in result.err


@pytest.fixture
def conflict(tmp_path):
    """A lock, and a pipeline file, in conflict."""
    site = Site(tmp_path / "project")
    site.change({SCENE: picture("scene"), COPY: picture("copy")})
    site.git("switch", "--quiet", "--create", "other")
    site.repository.write("assetforge.yaml", "version: 1  # theirs\n")
    site.change({SCENE: None, COPY: picture("theirs", accepted=ADA)})
    site.git("switch", "--quiet", "main")
    site.repository.write("assetforge.yaml", "version: 1  # ours\n")
    site.change({SCENE: picture("ours"), COPY: picture("ours")})
    assert site.repository.tried("merge", "other").returncode == 1
    return Space(site.root)


def test_a_lock_in_conflict_says_what_to_do(conflict):
    conflict.write("assetforge.yaml", "version: 1\nprofiles: {blank: {provider: blank}}\n")
    conflict.quick()

    result = conflict.run("lock")

    assert result.code == 2
    assert "conflict of two branches" in result.err
    assert "run `assetforge lock --resolve`" in result.err


def test_a_conflict_is_resolved_without_a_pipeline_or_a_key(conflict):
    result = conflict.run("lock", "--resolve")

    assert (result.code, result.err) == (0, "")
    ours = digest("picture", "ours", 1)[:12]
    theirs = digest("picture", "theirs", 1)[:12]
    assert result.out.splitlines() == [
        "resolved 'assetforge.lock/banner.json': 2 entries changed on both sides",
        f"  banner/wide/de compose (blank): ours stands, picture {ours}, not accepted; theirs was "
        "removed",
        f"  banner/wide/de edit (blank): theirs stands, picture {theirs}, accepted by {ADA.by} "
        f"{ADA.at}; ours was picture {ours}, not accepted",
        "next: git add assetforge.lock",
    ]
    assert "<<<<<<<" in conflict.read("assetforge.yaml"), "that is for a person"
    again = conflict.run("lock", "--resolve")
    assert again.out == "nothing in 'assetforge.lock' is in conflict\n"


def test_what_was_resolved_as_json(conflict):
    document = conflict.run("lock", "--resolve", "--format", "json").json

    assert_valid("locked", document)
    (file,) = document["resolved"]
    assert file["file"] == "assetforge.lock/banner.json"
    assert [(each["step"], each["stands"]) for each in file["clashes"]] == [
        ("compose", "ours"),
        ("edit", "theirs"),
    ]
    assert file["clashes"][0]["theirs"] is None
    assert file["clashes"][1]["theirs"]["accepted_by"] == ADA.by


def test_pruning_waits_for_who_writes_the_lock(space):
    """What another process writes meanwhile is not lost."""
    new = Slot("banner/wide/en", "blank", "edit")
    with closing(Store(space.root / FOLDER)) as store, store.transaction():
        process = subprocess.Popen(
            [PYTHON, "-m", "assetforge", "lock", "--prune"], cwd=space.root, stdout=-1, text=True
        )
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=3)
        lock(space, {new: picture("new")})
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert read_lock(space.root / LOCK).entries.keys() == {SCENE, COPY, new}


def test_the_schema_of_a_lock_file_fits_what_is_written(tmp_path):
    schema = load("lock")
    Draft7Validator.check_schema(schema)
    validator = Draft7Validator(schema)
    changes = {
        SCENE: picture("scene", accepted=ADA, pinned=BOB, previous=picture("before")),
        COPY: picture(artifact=None, rejected=(digest("no"),), imported="a.png", emulated=True),
    }
    write_changes(tmp_path / LOCK, changes, tmp_path)

    document = json.loads((tmp_path / LOCK / "banner.json").read_text(encoding="utf-8"))

    assert [each.message for each in validator.iter_errors(document)] == []
    document["variants"]["banner/wide/de"]["blank"]["edit"]["colour"] = 1
    assert [each.message for each in validator.iter_errors(document)] != []
