from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge.action import VariantName
from assetforge.digest import digest_of
from assetforge.store.local import Store
from assetforge.store.record import Written
from tests.refusing import read_only
from tests.store.conftest import a_key

BANNER = Written(
    path="out/de/banner.png",
    artifact=digest_of(b"picture"),
    variant=VariantName("banner/de"),
    key=a_key("export"),
    size=7,
    mtime_ns=1_763_726_400_123_456_789,
    pipeline="assetforge.yaml",
)

PIPELINE = "assetforge.yaml"


def test_what_was_written_comes_back_to_the_nanosecond(store):
    store.record.set_targets([BANNER])

    assert store.record.targets() == {"out/de/banner.png": BANNER}


def test_a_path_holds_what_was_written_last(store):
    newer = Written(**{**{f: getattr(BANNER, f) for f in BANNER.__slots__}, "size": 8})
    store.record.set_targets([BANNER])

    store.record.set_targets([newer])

    assert store.record.targets() == {"out/de/banner.png": newer}


def test_a_variant_stands_on_the_last_key_of_each_step(store):
    store.record.set_stands(
        [("banner/de", "edit", a_key("one")), ("banner/de", "export", a_key("two"))], PIPELINE
    )

    store.record.set_stands([("banner/de", "edit", a_key("three"))], PIPELINE)

    assert store.record.stands(PIPELINE) == {
        ("banner/de", "edit"): a_key("three"),
        ("banner/de", "export"): a_key("two"),
    }


def test_a_variant_of_each_pipeline_file_stands_on_a_key_of_its_own(store):
    for pipeline in (PIPELINE, "other.yaml"):
        store.record.set_stands([("banner/de", "edit", a_key(pipeline))], pipeline)

    for pipeline in (PIPELINE, "other.yaml"):
        assert store.record.stands(pipeline) == {("banner/de", "edit"): a_key(pipeline)}
    assert store.record.stands("third.yaml") == {}
    assert store.record.all_stands() == {a_key(PIPELINE), a_key("other.yaml")}


def test_a_new_store_remembers_nothing(store):
    assert store.record.stands(PIPELINE) == {}
    assert store.record.targets() == {}


def test_a_dropped_target_is_forgotten(store):
    store.record.set_targets([BANNER])

    store.record.drop_targets([BANNER.path])

    assert store.record.targets() == {}


def a_target(number: int, pipeline: str = PIPELINE) -> Written:
    return replace(BANNER, path=f"out/{number:04}.png", pipeline=pipeline)


def test_some_targets_of_many_are_found_by_their_paths(store):
    many = [a_target(number) for number in range(1_200)]
    store.record.set_targets(many)

    assert store.record.targets_of(["out/0007.png", "out/none.png"]) == {
        "out/0007.png": many[7],
    }
    assert store.record.targets_of(each.path for each in many) == store.record.targets()
    assert store.record.targets_of([]) == {}


def test_a_few_targets_are_read_without_a_look_at_the_others(store):
    store.record.set_targets(a_target(number) for number in range(20))
    said: list[str] = []
    store.state._database.set_trace_callback(said.append)

    store.record.targets_of(["out/0007.png"])

    plan = store.state.rows(f"EXPLAIN QUERY PLAN {said[-1]}")
    assert [each[3].partition(" ")[0] for each in plan] == ["SEARCH"]


def test_what_a_pipeline_file_wrote_besides_is_found(store):
    store.record.set_targets([a_target(1), a_target(2), a_target(3, "other.yaml")])

    assert store.record.targets_besides({"out/0001.png"}, PIPELINE) == [a_target(2)]


def test_some_variants_of_many_stand_on_keys(store):
    rows = [(f"banner/{number}", "edit", a_key(str(number))) for number in range(1_200)]
    for pipeline in (PIPELINE, "other.yaml"):
        store.record.set_stands(rows, pipeline)

        found = store.record.stands_of(["banner/7", "banner/7", "none"], pipeline)

        assert found == {("banner/7", "edit"): a_key("7")}
        all_of_them = store.record.stands_of((name for name, _, _ in rows), pipeline)
        assert all_of_them == store.record.stands(pipeline)


OLDER = """
CREATE TABLE targets (
    path TEXT PRIMARY KEY, artifact TEXT NOT NULL, variant TEXT NOT NULL, key TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, pipeline TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO targets SELECT path, artifact, variant, key, size, mtime_ns, pipeline FROM newer;
DROP TABLE newer;
"""


@pytest.fixture
def older(root: Path) -> Path:
    """A store whose database an older assetforge made."""
    with closing(Store(root)) as store:
        store.record.set_targets([BANNER])
        store.state.change("ALTER TABLE targets RENAME TO newer")
        store.state._database.executescript(OLDER)
    return root


def test_a_database_of_an_older_assetforge_gets_its_columns(older):
    with closing(Store(older)) as store:
        assert store.record.targets() == {BANNER.path: BANNER}

        store.record.set_targets([replace(BANNER, ctime_ns=5, inode=7)])

        assert store.record.targets()[BANNER.path].inode == 7


def test_a_database_of_an_older_assetforge_can_be_read_where_nothing_may_be_written(older):
    with read_only(older), closing(Store(older)) as store:
        assert store.record.targets_of([BANNER.path]) == {BANNER.path: BANNER}


def test_an_older_assetforge_may_write_beside_a_newer_one(store):
    store.record.set_targets([replace(BANNER, ctime_ns=5, inode=7)])
    columns = "path, artifact, variant, key, size, mtime_ns, pipeline"
    store.state.change(
        f"INSERT OR REPLACE INTO targets ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [getattr(BANNER, name) for name in columns.split(", ")],
    )

    assert store.record.targets() == {BANNER.path: BANNER}
