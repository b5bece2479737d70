import asyncio
from datetime import UTC, datetime

import openai
import pytest

from assetforge.emulator import Settings, models
from assetforge.emulator.images import answer
from assetforge.emulator.world import World
from tests.emulator.asking import ask
from tests.emulator.still import body_of


def world_on(year, month, day):
    return World(Settings(), wall=datetime(year, month, day, tzinfo=UTC).timestamp)


def names_on(*day):
    return [each["id"] for each in body_of(models.listed(world_on(*day)))["data"]]


def test_models_are_listed_by_every_name_they_have():
    names = names_on(2026, 11, 21)

    assert names[:2] == ["gpt-image-2", "gpt-image-2-2026-04-21"]
    assert {"gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08"} <= set(names)
    assert len(names) == len(set(names))
    assert not any("*" in name for name in names)


def test_a_model_that_was_shut_down_is_gone():
    assert "gpt-image-1" not in names_on(2026, 11, 21)
    assert "gpt-image-1.5" in names_on(2026, 11, 30)
    assert "gpt-image-1.5" not in names_on(2026, 12, 1)
    assert models.told(world_on(2026, 11, 21), "gpt-image-1").status == 404


def test_a_model_that_was_shut_down_makes_no_more_pictures():
    asked = {"model": "gpt-image-1.5", "prompt": "a hill", "size": "1024x1024", "quality": "low"}

    def told_on(*day):
        return asyncio.run(answer(world_on(*day), "/v1/images/generations", asked, {}))

    assert told_on(2026, 11, 30).status == 200
    assert body_of(told_on(2026, 12, 1))["error"] == {
        "message": "The model 'gpt-image-1.5' does not exist.",
        "type": "image_generation_user_error",
        "param": "model",
        "code": "invalid_value",
    }


def test_a_model_says_when_it_will_be_shut_down():
    world = world_on(2026, 11, 21)

    assert body_of(models.told(world, "gpt-image-1.5"))["shutdown_date"] == "2026-12-01"
    assert body_of(models.told(world, "gpt-image-2"))["shutdown_date"] is None


def test_only_models_for_pictures_of_the_service_are_there():
    assert not {"draft", "blank", ""} & set(names_on(2026, 11, 21))


def test_a_model_is_found_by_its_name(shared):
    told = ask(shared, "GET", "/v1/models/gpt-image-2")

    assert told.body in ask(shared, "GET", "/v1/models").body["data"]


@pytest.mark.parametrize("name", ["gpt-image-9", "gpt-image-2-2026-04-31x", "openai/gpt-image-2"])
def test_another_model_is_not_found(shared, name):
    told = ask(shared, "GET", f"/v1/models/{name}")

    assert told.status == 404
    assert told.error["code"] == "model_not_found"
    assert told.error["message"] == f"The model '{name}' does not exist"


@pytest.mark.parametrize("name", ["gpt-5.4-mini", "gpt-5.4-mini-2026-03-17"])
def test_judges_are_found_too(shared, name):
    listed = ask(shared, "GET", "/v1/models").body["data"]

    assert ask(shared, "GET", f"/v1/models/{name}").body["id"] == name
    assert "gpt-5.4-mini" in {each["id"] for each in listed}
    assert ask(shared, "GET", f"/v1/models/openai/{name}").status == 404


def test_the_sdk_finds_models(client):
    assert client.models.retrieve("gpt-image-2").owned_by == "system"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-image-9")
