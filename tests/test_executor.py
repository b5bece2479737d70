from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge import registry
from assetforge.action import Action, ActionId, Made, Source, VariantName, action_key, manifest
from assetforge.calls import Desk, Orders
from assetforge.digest import Json, digest_of
from assetforge.errors import ActionFailed, StoreProblem
from assetforge.executor import LocalExecutor, believe, image_request
from assetforge.images import UnreadableImage, decode, encode, from_raw, size_of
from assetforge.ledger import Ledger
from assetforge.limits import Pool
from assetforge.pipeline import Size
from assetforge.pricing import Cost
from assetforge.project import Project, open_project
from assetforge.providers.base import BadReply, ImageRequest, Reply
from assetforge.providers.blank import Blank, flat_png
from assetforge.steps.edit import Edit, EditParams
from assetforge.store.local import Store
from tests.steps.scenes import scene
from tests.test_processes import studio_in_this_process

SCENE = Blank().make(ImageRequest("A calm scene.", (64, 48))).data
NOISE = encode(from_raw("RGB", (64, 48), random.Random(1).randbytes(64 * 48 * 3)), "png")
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


PROJECT = """\
version: 1
profiles: {{some: {{provider: {provider}}}}}
assets: {{banner: {{steps: [{{compose: A calm scene.}}], output: banner.png}}}}
"""


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    opened = Store(tmp_path / ".assetforge")
    yield opened
    opened.close()


def project_of(folder: Path, provider: str) -> Project:
    file = folder / "assetforge.yaml"
    file.write_text(PROJECT.format(provider=provider), encoding="utf-8")
    return open_project(file)


@pytest.fixture
def executor(tmp_path, store) -> LocalExecutor:
    return LocalExecutor(project_of(tmp_path, "blank"), store, Orders(), None)


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
def buyer(tmp_path, store, monkeypatch) -> Iterator[LocalExecutor]:
    """An executor whose pictures cost money."""
    with studio_in_this_process(tmp_path / "plugins", monkeypatch):
        project = project_of(tmp_path, "studio")
        provider = registry.open_provider(project.connection)
        pool = Pool(provider.account, limited=False, folder=tmp_path / "limits")
        ledger = Ledger(store.root)
        desk = Desk(
            provider=provider,
            pool=pool,
            ledger=ledger,
            cas=store.cas,
            actions=store.actions,
            emulation=False,
            resend=False,
            stopping=threading.Event(),
            sketched=lambda action, data: None,
            paused=lambda seconds, why: None,
        )
        orders = Orders(prices={COMPOSE.id: Cost(30_000, 50_000)}, locales={COMPOSE.id: "de"})
        yield LocalExecutor(project, store, orders, desk)
        pool.close()
        ledger.close()


BOUGHT = an_action("compose", {**COMPOSE.request, "provider": "studio"})


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs to know a handle's file")
def test_paid_bytes_survive_a_power_cut_before_the_call_returns(buyer, store, monkeypatch):
    """Each file, and each folder that a new name stands in, is synced; the picture comes first."""
    synced: list[Path] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)

    result = execute(buyer, BOUGHT)

    blob, record = store.cas.path(result.artifact), store.root / "actions" / result.key[:2]
    scratch = store.root / "tmp"
    assert synced[0].parent == synced[3].parent == synced[6].parent == scratch
    assert synced[1:3] == [blob.parent, blob.parent.parent]
    assert synced[4:6] == [record, record.parent], "what arrived"
    assert synced[7:] == [record, record.parent], "the result"


def test_free_pictures_are_not_waited_for(executor, monkeypatch):
    def never(handle: int) -> None:
        raise AssertionError("4 ms each")

    monkeypatch.setattr(os, "fsync", never)

    execute(executor, COMPOSE)


def test_what_a_call_cost_and_used_is_written_down(buyer, store, monkeypatch):
    monkeypatch.setenv("STUDIO_COST", "40000")

    result = execute(buyer, BOUGHT)

    assert (result.cost_microdollars, result.usage) == (40_000, {"images": 1})
    assert len(result.request_id) == 16
    (entry,) = Ledger(store.root).entries()
    assert (entry.id, entry.cost, entry.locale, entry.high) == (result.call, 40_000, "de", 50_000)
    assert (entry.asset, entry.step, entry.provider) == ("banner", "compose", "studio")


def test_what_was_not_priced_is_never_sent_past_the_desk(buyer, tmp_path, store):
    """A hit of the plan whose bytes were lost before the run: no cap has been asked for it."""
    other = replace(BOUGHT, id=ActionId("banner/other"))
    without_desk = LocalExecutor(buyer._project, store, Orders(), None)

    for executor in (buyer, without_desk):
        with pytest.raises(ActionFailed, match="lost since the plan was priced; build again"):
            execute(executor, other)

    assert not (tmp_path / "bill.txt").exists()


def a_reply(data: bytes) -> Reply:
    return Reply(data, cost_microdollars=7)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html>502</html>", "blank sent no picture: the bytes are no PNG"),
        (NOISE[:5000], "blank sent no picture: the picture is damaged"),
        (flat_png((64, 64), b"abc"), "blank sent 64x64 pixels, not 64x48"),
    ],
)
def test_a_reply_that_is_not_the_picture_fails_and_keeps_what_it_cost(data, message):
    reply = a_reply(data)

    with pytest.raises(BadReply, match=message) as caught:
        believe(COMPOSE.request, reply)

    assert caught.value.code == "bad-reply"
    assert caught.value.reply is reply


def test_another_format_than_asked_for_is_not_believed():
    jpeg = encode(decode(SCENE), "jpeg", 90)

    believe({**COMPOSE.request, "output_format": "jpeg"}, a_reply(jpeg))
    with pytest.raises(BadReply, match="blank sent jpeg, not png"):
        believe({**COMPOSE.request, "output_format": "png"}, a_reply(jpeg))


def test_an_opaque_picture_is_not_believed_where_a_transparent_one_was_asked_for():
    asked: dict[str, Json] = {**COMPOSE.request, "background": "transparent"}
    clear = encode(from_raw("RGBA", (64, 48), b"\x10\x20\x30\x40" * 64 * 48), "png", 100)

    believe(asked, a_reply(clear))
    with pytest.raises(BadReply, match="an opaque picture, not one with a transparent background"):
        believe(asked, a_reply(SCENE))


def test_where_a_service_chooses_the_pixels_the_shape_has_to_be_right():
    wide = a_reply(flat_png((640, 488), b"abc"))

    believe(COMPOSE.request, wide, exact=False)
    with pytest.raises(BadReply, match="not the shape of 64x48"):
        believe(COMPOSE.request, a_reply(flat_png((64, 64), b"abc")), exact=False)


def test_an_edit_reaches_the_provider_whole():
    asked = scene(
        "draft",
        model="m",
        quality="low",
        canvas=Size(1024, 1024),
        prompt="write it",
        copy={"title": "مرحبا", "action": "ok"},
        script="Arab",
        palette=("#112233",),
    )
    (branch,) = Edit.branches(EditParams(prompt="x", region=[0, 0, "50%", 10]), asked)

    assert image_request(branch.request, (b"one", b"two")) == ImageRequest(
        prompt="write it",
        size=(1024, 1024),
        model="m",
        quality="low",
        images=(b"one", b"two"),
        edit=True,
        copy={"title": "مرحبا", "action": "ok"},
        script="Arab",
        region=(0, 0, 512, 10),
        palette=("#112233",),
        take=1,
    )


def test_the_order_of_copy_and_the_take_survive():
    request: dict[str, Json] = {**COMPOSE.request, "copy": [["b", "1"], ["a", "2"]], "take": 3}

    asked = image_request(request, ())

    assert list(asked.copy.items()) == [("b", "1"), ("a", "2")]
    assert asked.take == 3


def test_the_mask_is_the_last_picture_that_goes_in():
    asked = image_request({**COMPOSE.request, "edit": True, "mask": True}, (b"one", b"mask"))

    assert (asked.images, asked.mask) == ((b"one",), b"mask")


def test_what_a_profile_says_of_the_answer_reaches_the_provider():
    said: dict[str, Json] = {
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "moderation": "low",
        "extra": {"complexity": "low"},
    }

    asked = image_request({**COMPOSE.request, **said}, ())

    assert {name: getattr(asked, name) for name in said} == said
