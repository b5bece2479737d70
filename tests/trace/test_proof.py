"""Proofs: written at once, read back as they were or not at all."""

import marshal
import zlib
from pathlib import Path
from typing import Any

import pytest

from assetforge.trace.proof import (
    FILE,
    MAGIC,
    MOST_NAME_BYTES,
    Folder,
    Place,
    Proof,
    dumped,
    read_proof,
    trace_folder,
    write_proof,
)
from assetforge.trace.stamp import inode_of

STAMP = (1, 2, 3, 4)


def proof_of(**changed: Any) -> Proof:
    """Return a proof that has everything in it."""
    fields: dict[str, Any] = {
        "root": "/p",
        "made_by": "1",
        "days": (0, 0),
        "variables": {"HOME": "digest"},
        "code": {"a.py": STAMP},
        "files": {"/p/a": (STAMP, "digest"), "/p/gone": (None, "")},
        "folders": [Folder("/p/locales", STAMP, "de.json\0en.json")],
        "links": {"/p/locales": ""},
        "store": {"/": inode_of("/")},
        "blobs": {"/p/.assetforge/cas/00": STAMP},
        "generation": "g",
        "needs": STAMP,
        "count": 2,
        "trusted": True,
        "places": [Place("/p/out", STAMP, 0, 2)],
        "actions": 3,
        "warnings": ("plain", "coloured"),
        "summary": "0 made, 3 hit\n",
    }
    return Proof(**fields | changed)


def told(value: Any) -> Any:
    """Return all that a proof holds."""
    if isinstance(value, list):
        return [told(each) for each in value]
    if isinstance(value, (Folder, Place, Proof)):
        return {name: told(getattr(value, name)) for name in value.__slots__}
    return value


def test_a_proof_is_read_as_it_was_written(tmp_path):
    write_proof(str(tmp_path), proof_of())

    found = read_proof(str(tmp_path))

    assert found is not None
    assert told(found) == told(proof_of())
    assert [each.name for each in tmp_path.iterdir()] == [FILE], "nothing else is left"


def test_where_there_is_none_none_is_read(tmp_path):
    assert read_proof(str(tmp_path)) is None
    assert read_proof("with\0nul") is None


def test_no_byte_of_it_can_be_another(tmp_path):
    data = dumped(proof_of())
    for at in range(len(data)):
        (tmp_path / FILE).write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])

        assert read_proof(str(tmp_path)) is None, at


def test_a_part_of_it_is_none(tmp_path):
    data = dumped(proof_of())
    for end in range(len(data)):
        (tmp_path / FILE).write_bytes(data[:end])

        assert read_proof(str(tmp_path)) is None, end


@pytest.mark.parametrize("value", [(), (1,) * 17, "text"])
def test_what_is_whole_but_no_proof_is_none(tmp_path, value):
    body = marshal.dumps(value)
    (tmp_path / FILE).write_bytes(MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)

    assert read_proof(str(tmp_path)) is None


def test_a_proof_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path):
    (tmp_path / FILE).mkdir()

    with pytest.raises(IsADirectoryError):
        write_proof(str(tmp_path), proof_of())

    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_a_proof_that_cannot_be_written_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_proof(str(tmp_path / "gone"), proof_of())


def test_each_pipeline_file_and_profile_has_a_folder_of_its_own():
    asked = [("a.yaml", None), ("b.yaml", None), ("a.yaml", "x"), ("a.yaml", ""), ("a", "yaml")]
    found = [trace_folder("root", *each) for each in asked]

    assert len({*found}) == len(found)
    assert {Path(str(each)).parent for each in found} == {Path("root/.assetforge/traces")}


def test_a_name_that_is_too_long_has_no_folder():
    assert trace_folder("root", "x" * (MOST_NAME_BYTES // 2), None) is not None
    assert trace_folder("root", "x" * (MOST_NAME_BYTES // 2 + 1), None) is None
