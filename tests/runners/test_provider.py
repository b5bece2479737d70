from collections.abc import Mapping

import pytest

from assetforge import registry
from assetforge.digest import Json
from assetforge.errors import ActionFailed
from assetforge.executor import believe
from assetforge.pipeline import Size
from assetforge.providers.base import ImageRequest, Reply
from assetforge.providers.blank import Blank, flat_png
from assetforge.runners.base import BadReply
from assetforge.runners.provider import image_request, run
from assetforge.steps.compose import Compose, ComposeParams
from assetforge.steps.edit import Edit, EditParams
from tests.steps.scenes import scene


class Service:
    """Answers every request with one reply, and keeps what it was asked."""

    def __init__(self, data: bytes) -> None:
        self.reply = Reply(data, cost_microdollars=7)
        self.asked: list[ImageRequest] = []

    def make(self, request: ImageRequest) -> Reply:
        self.asked.append(request)
        return self.reply


@pytest.fixture
def service(monkeypatch):
    def start(data):
        made = Service(data)
        monkeypatch.setattr(registry, "provider", lambda name: made)
        return made

    return start


def compose() -> Mapping[str, Json]:
    asked = scene("blank", sizes=(Size(1024, 1024),), prompt="a lighthouse")
    (branch,) = Compose.branches(ComposeParams(prompt="x"), asked)
    return branch.request


def test_the_providers_reply_comes_back_untouched(service):
    started = service(flat_png((1024, 1024), b"abc"))

    assert run(compose(), ()) is started.reply
    assert started.asked == [
        ImageRequest("a lighthouse", (1024, 1024), quality="high"),
    ]


def test_the_provider_is_found_by_its_name(monkeypatch):
    monkeypatch.setattr(registry, "provider", {"blank": Blank()}.__getitem__)

    assert run(compose(), ()).cost_microdollars == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html>502</html>", "blank sent no picture: the bytes are no PNG"),
        (flat_png((1024, 1024), b"abc")[:100], "blank sent no picture: the picture is damaged"),
        (flat_png((1024, 640), b"abc"), "blank sent 1024x640 pixels, not 1024x1024"),
    ],
)
def test_a_reply_that_is_not_the_picture_fails_and_keeps_what_it_cost(service, data, message):
    started = service(data)

    with pytest.raises(BadReply, match=message) as caught:
        believe(compose(), run(compose(), ()))

    assert isinstance(caught.value, ActionFailed)
    assert caught.value.code == "bad-reply"
    assert caught.value.reply is started.reply


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
        take=0,
    )


def test_the_order_of_copy_and_the_take_survive():
    request: dict[str, Json] = {**compose(), "copy": [["b", "1"], ["a", "2"]], "take": 3}

    asked = image_request(request, ())

    assert list(asked.copy.items()) == [("b", "1"), ("a", "2")]
    assert asked.take == 3
