from collections import Counter

import pytest

from assetforge.emulator import Settings
from assetforge.emulator.answers import Problem
from assetforge.emulator.faults import FAULTS, HEADER, REFUSALS, Struck, fault_of
from assetforge.emulator.world import World


@pytest.fixture
def world():
    world = World(Settings())
    yield world
    world.close()


def drawn(settings: Settings, calls: int = 400) -> list[str | Problem | None]:
    world = World(settings)
    found = [fault_of(world, {}, "a hill") for _ in range(calls)]
    world.close()
    return found


def test_without_a_wish_nothing_befalls_a_call(world):
    assert fault_of(world, {}, "a hill [fault:500]") is None


def test_a_header_is_heeded_before_a_marker(world):
    assert fault_of(world, {}, "a hill [[fault:reset]]") == "reset"
    assert fault_of(world, {HEADER: "500"}, "a hill [[fault:reset]]") == "500"


def test_a_fault_may_strike_the_first_calls_only(world):
    found = [fault_of(world, {}, "a hill [[fault:500*2]]") for _ in range(4)]
    others = [fault_of(world, {HEADER: "500*1"}, prompt) for prompt in ("a", "b", "a")]

    assert found == ["500", "500", None, None]
    assert others == ["500", "500", None]


@pytest.mark.parametrize("name", ["rest", "500*", "*2", "zebra", ""])
def test_an_unknown_fault_is_an_error_that_names_the_known_ones(world, name):
    problem = fault_of(world, {HEADER: name}, "a hill")

    assert isinstance(problem, Problem)
    assert f"no fault '{name}'" in problem.message
    assert "reset" in problem.message or "500" in problem.message
    assert (problem.status, problem.type) == (400, "emulator_error")


def test_shares_are_drawn_and_a_seed_draws_the_same_again():
    settings = Settings(faults={"500": 0.25, "reset": 0.25})
    found = drawn(settings)
    counted = Counter(found)

    assert found == drawn(settings)
    assert found != drawn(Settings(faults=settings.faults, fault_seed=1))
    assert 60 < counted["500"] < 140
    assert 60 < counted["reset"] < 140
    assert set(found) == {"500", "reset", None}


def test_a_share_of_all_befalls_all():
    assert set(drawn(Settings(faults={"url": 1.0}))) == {"url"}


REFUSED = {
    "429": (429, "input-images", "rate_limit_exceeded"),
    "slow_down": (429, "slow_down", "slow_down"),
    "500": (500, "server_error", "server_error"),
    "502": (502, "server_error", None),
    "503": (503, "server_error", "server_is_overloaded"),
    "504": (504, "server_error", None),
    "insufficient_quota": (429, "insufficient_quota", "insufficient_quota"),
    "billing_hard_limit": (400, "billing_limit_user_error", "billing_hard_limit_reached"),
    "unverified": (403, "invalid_request_error", None),
    "moderation_input": (400, "image_generation_user_error", "moderation_blocked"),
    "moderation_output": (400, "image_generation_user_error", "moderation_blocked"),
    "moderation_bare": (400, "image_generation_user_error", "moderation_blocked"),
}


def test_every_refusal_has_its_status_type_and_code():
    made = {name: make(Struck("gpt-image-2", "req_1", 1, 50)) for name, make in REFUSALS.items()}

    assert {name: (each.status, each.type, each.code) for name, each in made.items()} == REFUSED


@pytest.mark.parametrize("stage", ["input", "output"])
def test_moderation_says_at_which_stage_unless_it_is_bare(stage):
    struck = Struck("gpt-image-2", "req_1", 1, 50)
    error = (REFUSALS[f"moderation_{stage}"](struck).answer.body or {})["error"]
    bare = (REFUSALS["moderation_bare"](struck).answer.body or {})["error"]

    assert error["moderation_details"] == {"moderation_stage": stage, "categories": ["sexual"]}
    assert "req_1" in error["message"]
    assert "moderation_details" not in bare


def test_every_fault_of_the_documentation_is_there():
    assert len(FAULTS) == len(set(FAULTS)) == 25


def test_the_fault_429_says_that_the_account_s_own_limit_is_used_up():
    problem = REFUSALS["429"](Struck("gpt-image-2", "req_1", 2, 50))

    assert "Limit 50, Used 50, Requested 2. Please try again in 1s." in problem.message
    assert problem.headers == {
        "retry-after": "1",
        "x-ratelimit-remaining-input-images": "0",
        "x-ratelimit-reset-input-images": "1s",
    }
