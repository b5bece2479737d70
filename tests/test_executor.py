from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetforge import registry
from assetforge.action import Action, ActionId, Made, Source, VariantName, action_key, manifest
from assetforge.digest import Json, digest_of
from assetforge.errors import ActionFailed, StoreProblem
from assetforge.executor import LocalExecutor
from assetforge.images import UnreadableImage, size_of
from assetforge.providers.base import ImageRequest
from assetforge.providers.blank import Blank
from assetforge.store.local import Store
from tests.test_processes import studio_in_this_process

SCENE = Blank().make(ImageRequest("A calm scene.", (64, 48))).data
LOGO = Blank().make(ImageRequest("A logo.", (16, 16))).data


def an_action(kind: str, request: dict[str, Json], *inputs: Made | Source) -> Action:
    return Action(
        id=ActionId(f"banner/{kind}"),
        asset="banner",
        step=kind,
        kind=kind,
        kind_version="1",
        request=request,
        inputs=inputs,
        variants=(VariantName("banner"),),
    )


COMPOSE = an_action("compose", {"provider": "blank", "prompt": "A calm scene.", "size": [64, 48]})
EXPORT = an_action("export", {"size": [32, 24], "format": "png", "fit": "cover"}, Made(COMPOSE.id))


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    opened = Store(tmp_path / ".assetforge")
    yield opened
    opened.close()


@pytest.fixture
def executor(tmp_path, store) -> LocalExecutor:
    return LocalExecutor(tmp_path, store.cas, store.actions)


def execute(executor: LocalExecutor, action: Action, *inputs: bytes):
    digests = [digest_of(each) for each in inputs]
    made = {each.action: d for each, d in zip(action.inputs, digests, strict=True)
            if isinstance(each, Made)}  # fmt: skip
    described = manifest(action, made)
    return executor.execute(action, action_key(described), described, digests)


def test_it_is_the_executor_that_builds_use():
    assert registry.load(registry.EXECUTORS, "local") is LocalExecutor


def test_a_provider_step_leaves_its_picture_and_its_result_in_the_store(executor, store):
    result = execute(executor, COMPOSE)

    assert store.cas.read(result.artifact) == SCENE
    assert result.key == action_key(result.manifest)
    assert result.manifest["prompt"] == "A calm scene."
    assert result.made_at.endswith("+00:00")
    assert result.cost_microdollars == 0


def test_what_a_provider_made_is_in_a_file_before_anything_else_knows_of_it(executor, store):
    """A kill at this instant loses nothing: the index is filled from the files."""
    result = execute(executor, COMPOSE)

    assert store.state.rows("SELECT * FROM results") == []
    assert store.known([result.key]) == {result.key: result}


def test_a_local_step_is_not_kept_in_a_file(executor, store):
    store.cas.put(SCENE, durable=False)

    result = execute(executor, EXPORT, SCENE)

    assert size_of(store.cas.read(result.artifact)) == (32, 24)
    assert store.actions.get(result.key) is None


def test_a_file_of_the_user_is_an_input(executor, tmp_path):
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "logo.png").write_bytes(LOGO)
    export = an_action("export", dict(EXPORT.request), Source("brand/logo.png", digest_of(LOGO)))

    result = execute(executor, export, LOGO)

    assert result.manifest["inputs"] == [digest_of(LOGO)]


def test_a_file_that_went_away_fails_the_action(executor):
    export = an_action("export", dict(EXPORT.request), Source("logo.png", digest_of(LOGO)))

    with pytest.raises(ActionFailed, match=r"cannot read 'logo\.png'") as error:
        execute(executor, export, LOGO)

    assert error.value.code == "missing-input"


def test_a_file_that_changed_since_the_plan_fails_the_action(executor, tmp_path):
    """Its picture would be kept under the key of another one."""
    (tmp_path / "logo.png").write_bytes(SCENE)
    export = an_action("export", dict(EXPORT.request), Source("logo.png", digest_of(LOGO)))

    with pytest.raises(
        ActionFailed, match=r"'logo\.png' changed during the build; build again"
    ) as e:
        execute(executor, export, LOGO)

    assert e.value.code == "input-changed"


def test_an_input_that_is_no_picture_fails_the_action(executor, store):
    store.cas.put(b"no picture", durable=False)

    with pytest.raises(UnreadableImage):
        execute(executor, EXPORT, b"no picture")


def test_an_input_whose_blob_is_gone_is_the_stores_problem(executor):
    with pytest.raises(StoreProblem, match="the store has no blob"):
        execute(executor, EXPORT, SCENE)


def test_many_threads_make_many_pictures(executor, store):
    together = threading.Barrier(4)

    def make(number: int):
        if number < 4:
            together.wait(timeout=20)
        return execute(executor, an_action("compose", {**COMPOSE.request, "prompt": str(number)}))

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(make, range(20)))

    assert len(store.known(each.key for each in results)) == 20


@pytest.fixture
def studio(tmp_path, monkeypatch) -> Iterator[None]:
    """A provider that costs money."""
    with studio_in_this_process(tmp_path / "plugins", monkeypatch):
        yield


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs to know a handle's file")
def test_paid_bytes_survive_a_power_cut_before_the_call_returns(
    executor, store, studio, monkeypatch
):
    """Each file, and each folder that a new name stands in, is synced; the picture comes first."""
    synced: list[Path] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)

    result = execute(executor, an_action("compose", {**COMPOSE.request, "provider": "studio"}))

    blob, record = store.cas.path(result.artifact), store.root / "actions" / result.key[:2]
    assert synced[0].parent == synced[3].parent == store.root / "tmp"
    assert synced[1:3] == [blob.parent, blob.parent.parent]
    assert synced[4:] == [record, record.parent]


def test_free_pictures_are_not_waited_for(executor, monkeypatch):
    def never(handle: int) -> None:
        raise AssertionError("4 ms each")

    monkeypatch.setattr(os, "fsync", never)

    execute(executor, COMPOSE)


def test_what_a_call_cost_and_used_is_written_down(executor, studio, monkeypatch):
    monkeypatch.setenv("STUDIO_COST", "40000")

    result = execute(executor, an_action("compose", {**COMPOSE.request, "provider": "studio"}))

    assert (result.cost_microdollars, result.usage) == (40_000, {"images": 1})
    assert len(result.request_id) == 16
