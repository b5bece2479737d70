import json
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.errors import InvalidSource, StoreProblem
from assetforge.lock import folder as module
from assetforge.lock.entry import Slot
from assetforge.lock.folder import (
    MAX_BYTES,
    Lock,
    collisions,
    file_name,
    folder_of,
    read_lock,
    write_changes,
)
from assetforge.lock.merge import combined
from tests.lock.samples import ADA, BOB, CAT, DE, FR, entries, picture, slots
from tests.refusing import as_nobody

WIDE = Slot("banner/tall/de", "final", "edit")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "assetforge.lock"


@pytest.fixture
def scratch(tmp_path):
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def problems(folder: Path) -> list[str]:
    with pytest.raises(InvalidSource) as raised:
        read_lock(folder)
    return [str(each) for each in raised.value.diagnostics]


def test_the_folder_is_named_after_the_pipeline_file(tmp_path):
    assert folder_of(tmp_path, "assetforge.yaml") == tmp_path / "assetforge.lock"
    assert folder_of(tmp_path, "summer.v2.yml") == tmp_path / "summer.v2.lock"


@pytest.mark.parametrize(
    ("asset", "name"),
    [
        ("banner", "banner.json"),
        ("bänner", "bänner.json"),
        ("a:b", "a%3Ab.json"),
        ('<>:"\\|?*', "%3C%3E%3A%22%5C%7C%3F%2A.json"),
        ("100%", "100%25.json"),
        ("a%3Ab", "a%253Ab.json"),
        ("dot.", "dot%2E.json"),
        ("blank ", "blank%20.json"),
        (".hidden", ".hidden.json"),
        ("con", "%63on.json"),
        ("NUL.x", "%4EUL.x.json"),
        ("lpt1", "%6Cpt1.json"),
        ("console", "console.json"),
    ],
)
def test_a_file_has_a_name_that_every_system_allows(asset, name):
    assert file_name(asset) == name


def test_a_long_name_is_cut_and_still_the_assets_own():
    names = {file_name("ü" * 150 + end) for end in ("a", "b")}

    assert len(names) == 2
    assert all(len(each.encode()) <= 255 for each in names)


@given(st.text(min_size=1, max_size=8), st.text(min_size=1, max_size=8))
def test_each_asset_has_a_file_of_its_own(one, other):
    try:
        (one + other).encode()
    except UnicodeEncodeError:
        return

    assert (file_name(one) == file_name(other)) == (one == other)


def test_assets_whose_files_would_be_one_somewhere_are_found():
    composed, split = unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")

    assert collisions(["Banner", "mascot", "banner", composed, "BANNER", split]) == [
        ("Banner", "banner"),
        ("Banner", "BANNER"),
        (composed, split),
    ]
    assert collisions(["banner", "banner", "mascot"]) == []


def test_no_folder_is_an_empty_lock(folder):
    assert read_lock(folder) == Lock({})


def test_what_is_written_is_read(folder, scratch):
    changes = {DE: picture("de"), FR: picture("fr", accepted=ADA), CAT: picture("cat")}

    names = write_changes(folder, changes, scratch)

    assert names == ["banner.json", "mascot.json"]
    assert read_lock(folder) == Lock(changes)
    assert list(scratch.iterdir()) == []


FILE = """\
{
  "schema": "assetforge.lock/1",
  "variants": {
    "banner/wide/de": {
      "final": {
        "edit": {
          "accepted": {
            "at": "2026-11-21T10:00:00+00:00",
            "by": "Ada Lovelace <ada@example.org>"
          },
          "action_key": "KEY",
          "artifact": "PICTURE",
          "components": {
            "kind": "edit",
            "prompt": "ein Hügel",
            "size": "1200x628"
          },
          "cost_usd": "0.041",
          "model_asked": "gpt-image-2",
          "model_resolved": "gpt-image-2-2026-04-21",
          "pixels": "PIXELS",
          "take": 1
        }
      }
    }
  }
}
"""


def test_a_file_looks_like_this(folder, scratch):
    entry = picture("ein Hügel", accepted=ADA)

    write_changes(folder, {DE: entry}, scratch)

    expected = FILE.replace("KEY", entry.key).replace("PIXELS", entry.pixels)
    expected = expected.replace("PICTURE", str(entry.artifact))
    assert (folder / "banner.json").read_bytes() == expected.encode()


locks = st.dictionaries(slots(), entries(), max_size=5)


@given(locks, st.dictionaries(slots(), st.one_of(st.none(), entries()), max_size=3))
def test_changes_change_nothing_else(tmp_path_factory, before, changes):
    folder = tmp_path_factory.mktemp("lock") / "assetforge.lock"
    scratch = folder.parent
    write_changes(folder, before, scratch)

    write_changes(folder, changes, scratch)

    after = {**before, **changes}
    assert read_lock(folder).entries == {slot: each for slot, each in after.items() if each}
    assert {each.name for each in folder.parent.rglob("*.json")} == {
        file_name(slot.asset) for slot, each in after.items() if each
    }
    assert write_changes(folder, changes, scratch) == []


def test_a_change_of_one_block_leaves_all_other_lines(folder, scratch):
    write_changes(folder, {DE: picture("de"), FR: picture("fr"), WIDE: picture("w")}, scratch)
    before = (folder / "banner.json").read_text(encoding="utf-8").splitlines()

    write_changes(folder, {DE: picture("de", accepted=ADA)}, scratch)

    after = (folder / "banner.json").read_text(encoding="utf-8").splitlines()
    start = next(line for line, each in enumerate(after) if "accepted" in each)
    assert after[:start] + after[start + 4 :] == before


def test_a_file_that_says_the_same_in_another_form_is_left_alone(folder, scratch):
    write_changes(folder, {DE: picture("de")}, scratch)
    path = folder / "banner.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_lock(folder).entries == {DE: picture("de")}
    assert write_changes(folder, {DE: picture("de")}, scratch) == []


def test_what_stands_beside_a_change_keeps_its_own_form(folder, scratch):
    write_changes(folder, {DE: picture("de"), FR: picture("fr")}, scratch)
    path = folder / "banner.json"
    path.write_text(path.read_text().replace('"0.041"', '"0.0410"', 1), encoding="utf-8")

    write_changes(folder, {FR: picture("new")}, scratch)

    assert '"0.0410"' in path.read_text()


def test_the_last_entry_takes_file_and_folder_with_it(folder, scratch):
    write_changes(folder, {DE: picture(), CAT: picture()}, scratch)

    assert write_changes(folder, {CAT: None}, scratch) == ["mascot.json"]
    assert [each.name for each in folder.iterdir()] == ["banner.json"]
    assert write_changes(folder, {DE: None, FR: None}, scratch) == ["banner.json"]
    assert not folder.exists()
    assert write_changes(folder, {DE: None}, scratch) == []
    assert write_changes(folder, {}, scratch) == []


def test_a_folder_with_something_else_in_it_stays(folder, scratch):
    write_changes(folder, {DE: picture()}, scratch)
    (folder / "CODEOWNERS").write_text("*\n", encoding="utf-8")

    write_changes(folder, {DE: None}, scratch)

    assert [each.name for each in folder.iterdir()] == ["CODEOWNERS"]
    assert read_lock(folder).entries == {}


def test_a_file_may_have_any_name(folder, scratch):
    write_changes(folder, {DE: picture("de"), FR: picture("fr")}, scratch)
    (folder / "banner.json").rename(folder / "flyer.json")

    assert read_lock(folder).entries == {DE: picture("de"), FR: picture("fr")}
    assert write_changes(folder, {DE: picture("new")}, scratch) == ["banner.json", "flyer.json"]
    assert read_lock(folder) == Lock({DE: picture("new"), FR: picture("fr")})


def test_entries_of_another_asset_in_a_file_stay(folder, scratch):
    """On a system where case does not count, the file of one asset is the file of another."""
    write_changes(folder, {CAT: picture("cat")}, scratch)
    (folder / "mascot.json").rename(folder / "banner.json")

    write_changes(folder, {DE: picture("de")}, scratch)

    assert read_lock(folder) == Lock({CAT: picture("cat"), DE: picture("de")})


def test_a_damaged_file_of_an_asset_that_is_not_touched_stops_no_one(folder, scratch):
    write_changes(folder, {CAT: picture("cat")}, scratch)
    (folder / "mascot.json").write_text("{", encoding="utf-8")
    (folder / "odd.json").mkdir()

    assert write_changes(folder, {DE: picture("de")}, scratch) == ["banner.json"]


def test_a_damaged_file_is_not_written_over(folder, scratch):
    folder.mkdir()
    (folder / "banner.json").write_text("{", encoding="utf-8")

    with pytest.raises(InvalidSource):
        write_changes(folder, {DE: picture("de")}, scratch)

    assert (folder / "banner.json").read_text() == "{"


def twice(folder: Path, *texts: str) -> None:
    """Write the variants of some texts into one file, one below the other."""
    blocks = [json.dumps(json.loads(each)["variants"], indent=2)[1:-1] for each in texts]
    folder.mkdir(exist_ok=True)
    text = '{"schema": "assetforge.lock/1", "variants": {' + ",".join(blocks) + "}}"
    (folder / "banner.json").write_text(text, encoding="utf-8")


def test_a_variant_that_stands_there_twice_is_repaired(folder, scratch):
    texts = []
    mine, yours = picture("mine"), picture("yours", accepted=ADA)
    for each in (mine, yours):
        write_changes(folder, {DE: each}, scratch)
        texts.append((folder / "banner.json").read_text(encoding="utf-8"))
    twice(folder, *texts)

    lock = read_lock(folder)

    assert lock.entries == {DE: yours}
    (repair,) = lock.repairs
    assert repair.severity == "warning"
    assert repair.place is not None
    assert (repair.place.file, repair.related[0][0].line) == ("assetforge.lock/banner.json", 4)
    assert repair.place.line > 4
    assert "'banner/wide/de' stands there twice" in str(repair)
    assert write_changes(folder, {DE: yours}, scratch) == ["banner.json"]
    assert read_lock(folder) == Lock({DE: yours})


@pytest.mark.parametrize("level", ["final", "edit"])
def test_a_profile_or_step_that_stands_there_twice_is_repaired(folder, scratch, level):
    write_changes(folder, {DE: picture("mine")}, scratch)
    mine = json.loads((folder / "banner.json").read_text())["variants"]["banner/wide/de"]
    write_changes(folder, {DE: picture("yours", accepted=ADA)}, scratch)
    yours = json.loads((folder / "banner.json").read_text())["variants"]["banner/wide/de"]
    if level == "final":
        inner = f'"final": {json.dumps(mine["final"])}, "final": {json.dumps(yours["final"])}'
    else:
        steps = [json.dumps(each["final"]["edit"]) for each in (mine, yours)]
        inner = f'"final": {{"edit": {steps[0]}, "edit": {steps[1]}}}'
    text = f'{{"schema": "assetforge.lock/1", "variants": {{"banner/wide/de": {{{inner}}}}}}}'
    (folder / "banner.json").write_text(text, encoding="utf-8")

    lock = read_lock(folder)

    assert lock.entries == {DE: picture("yours", accepted=ADA)}
    assert len(lock.repairs) == 1


def test_two_files_that_hold_one_slot_are_repaired(folder, scratch):
    write_changes(folder, {DE: picture("mine", accepted=ADA)}, scratch)
    (folder / "banner.json").rename(folder / "a-copy.json")
    other = folder.parent / "other.lock"
    write_changes(other, {DE: picture("yours", accepted=BOB)}, scratch)
    (other / "banner.json").rename(folder / "banner.json")

    lock = read_lock(folder)

    stands = combined(picture("mine", accepted=ADA), picture("yours", accepted=BOB))
    assert lock.entries == {DE: stands}
    (repair,) = lock.repairs
    assert str(repair).startswith("assetforge.lock/banner.json:6:")
    assert write_changes(folder, lock.entries, scratch) == ["a-copy.json", "banner.json"]
    assert read_lock(folder) == Lock(lock.entries)
    assert [each.name for each in folder.iterdir()] == ["banner.json"]


GOOD = '"schema": "assetforge.lock/1"'
ENTRY = '{"action_key": "' + "a" * 64 + '"}'


def entry_text(entry: str) -> str:
    return f'{{{GOOD}, "variants": {{"a": {{"p": {{"s": {entry}}}}}}}}}'


DAMAGED = {
    "": "1:1: this is no JSON: expecting value; take the file from git",
    '{\n  "schema" 1\n}': "2:12: this is no JSON: expecting ':' delimiter",
    "[]": "this is no lock: it has no 'schema' of 'assetforge.lock/1'",
    '{"variants": {}}': "this is no lock",
    '{"schema": 1}': ":1:2: this is no lock",
    '{"schema": "assetforge.lock/2"}': "1:2: this lock is 'assetforge.lock/2', this assetforge "
    "reads 'assetforge.lock/1'; use the assetforge that wrote it",
    f'{{{GOOD}, "extra": 1}}': "'extra': there is no such field",
    f'{{{GOOD}, "variants": []}}': "1:33: 'variants': it is no mapping",
    f'{{{GOOD}, "variants": {{"a": 1}}}}': "'a': it is no mapping",
    f'{{{GOOD}, "variants": {{"a": {{"p": "x"}}}}}}': "'p': it is no mapping",
    f'{{{GOOD}, "variants": {{"a": {{"p": {{"s": [1]}}}}}}}}': "'s': it is no mapping",
    f'{{{GOOD}, "variants": {{"a": {{"p": {{"s": {{}}}}}}}}}}': "'s': 'action_key' is no digest",
    f'{{{GOOD}, "variants": {{"": {{"p": {{"s": {ENTRY}}}}}}}}}': "'s': it names no asset",
    entry_text('{"take": 1, "take": 2}'): "'s': the field 'take' stands there twice",
    entry_text('{"accepted": {"by": "a", "by": "b"}}'): "the field 'by' stands there twice",
    f'{{{GOOD}, "x": 0.5}}': "a number is none of a lock: '0.5' is not whole",
    f'{{{GOOD}, "x": NaN}}': "'NaN' is not whole",
    f'{{{GOOD}, "x": {"9" * 5000}}}': "a number is none of a lock",
    f'{{{GOOD}, "x": "\\ud800"}}': "an escape stands for half a character",
    f'{{{GOOD}, "x": {"[" * 100_000}{"]" * 100_000}}}': "this is nested too deeply",
    f"{{{GOOD},\n<<<<<<< HEAD\n": "2:1: conflict of two branches; run `assetforge lock --resolve`",
}


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_told_with_its_place(folder, text):
    folder.mkdir()
    (folder / "banner.json").write_text(text, encoding="utf-8")

    (problem,) = problems(folder)

    assert problem.startswith("assetforge.lock/banner.json")
    assert DAMAGED[text] in problem


def test_memories_nested_too_deeply_are_told(folder):
    folder.mkdir()
    deep = ENTRY
    for _ in range(900):
        deep = ENTRY[:-1] + f', "previous": {deep}}}'
    text = f'{{{GOOD}, "variants": {{"a": {{"p": {{"s": {deep}}}}}}}}}'
    (folder / "a.json").write_text(text, encoding="utf-8")

    (problem,) = problems(folder)

    assert "nested too deeply" in problem


def test_bytes_that_are_no_text_are_told_with_their_place(folder):
    folder.mkdir()
    (folder / "banner.json").write_bytes(b'{\n "a\xff')

    assert problems(folder) == [
        "assetforge.lock/banner.json:2:4: the byte 0xff is no UTF-8; take the file from git, or "
        "delete it to lose what was decided"
    ]


def test_all_problems_of_all_files_are_told_together(folder):
    folder.mkdir()
    (folder / "a.json").write_text("{", encoding="utf-8")
    bad = '{"p": {"s": {}, "t": {}}}'
    (folder / "b.json").write_text(f'{{{GOOD}, "variants": {{"b": {bad}}}}}', encoding="utf-8")
    (folder / "c.json").mkdir()

    found = problems(folder)

    assert [each.split(":")[0] for each in found] == [
        "assetforge.lock/a.json",
        "assetforge.lock/b.json",
        "assetforge.lock/b.json",
        "assetforge.lock/c.json",
    ]
    assert "is no ordinary file" in found[-1]


def test_a_file_in_place_of_the_folder_is_told(folder):
    folder.write_text("", encoding="utf-8")

    (problem,) = problems(folder)

    assert problem.startswith("assetforge.lock: 'assetforge.lock' is no folder")


def test_a_file_that_is_too_large_is_told(folder, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    folder.mkdir()
    (folder / "a.json").write_text("{" + " " * 10, encoding="utf-8")

    (problem,) = problems(folder)

    assert MAX_BYTES > 10**8
    assert "is larger than" in problem


def test_a_link_to_nothing_holds_nothing(folder):
    folder.mkdir()
    try:
        (folder / "a.json").symlink_to("nowhere")
    except OSError:
        pytest.skip("no links here")

    assert read_lock(folder) == Lock({})


def test_a_link_in_a_circle_is_told(folder):
    folder.mkdir()
    try:
        (folder / "a.json").symlink_to("a.json")
    except OSError:
        pytest.skip("no links here")
    (problem,) = problems(folder)
    (folder / "a.json").unlink()
    folder.rmdir()
    folder.symlink_to(folder.name)
    (other,) = problems(folder)

    assert "'assetforge.lock/a.json' cannot be read: " in problem
    assert "'assetforge.lock' cannot be read: " in other


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_what_may_not_be_read_is_told(folder, scratch):
    write_changes(folder, {DE: picture()}, scratch)
    (folder / "banner.json").chmod(0)
    for each in (folder, *folder.parents[:-1]):
        if each.stat().st_uid == os.geteuid():
            each.chmod(each.stat().st_mode | 0o011)

    with as_nobody():
        (problem,) = problems(folder)
    folder.chmod(0)
    with as_nobody():
        (other,) = problems(folder)
    folder.chmod(0o755)

    assert "cannot be read: permission denied" in problem
    assert "'assetforge.lock' cannot be read: permission denied" in other


def test_a_lock_that_cannot_be_written_is_told(tmp_path, folder):
    with pytest.raises(StoreProblem, match="cannot write the lock"):
        write_changes(folder, {DE: picture()}, tmp_path / "no" / "scratch")


def test_a_scratch_on_another_file_system_serves_as_well(folder, scratch, tmp_path_factory):
    own = folder.parent.stat().st_dev
    places = [each for each in (Path("/dev/shm"), Path("/var/tmp")) if each.is_dir()]
    other = next((each for each in places if each.stat().st_dev != own), None)
    if other is None:
        pytest.skip("needs a second file system")

    write_changes(folder, {DE: picture()}, other)

    assert read_lock(folder) == Lock({DE: picture()})
    assert [each.name for each in folder.iterdir()] == ["banner.json"]
