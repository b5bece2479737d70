from __future__ import annotations

from assetforge.action import VariantName
from assetforge.digest import digest_of
from assetforge.store.record import Written
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
