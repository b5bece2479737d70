import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.capabilities import JudgeRate, judge_rate, judge_rates, judged_size, models_with
from assetforge.pipeline import Model, Size
from assetforge.services import service_of

MINI = judge_rate("gpt-5.4-mini")


def models(**said):
    return models_with({name: Model.model_validate(each) for name, each in said.items()})


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("gpt-5.4", "gpt-5.4"),
        ("gpt-5.4-2026-03-05", "gpt-5.4"),
        ("gpt-5.4-mini", "gpt-5.4-mini"),
        ("openai/gpt-5.4-mini-2026-03-17", "gpt-5.4-mini"),
    ],
)
def test_a_name_leads_to_its_rate(name, rate):
    assert judge_rate(name).name == rate


@pytest.mark.parametrize("name", ["gpt-5.4-pro", "gpt-image-2", "qwen"])
def test_nothing_is_known_of_other_judges(name):
    assert judge_rate(name) == JudgeRate(name, known=False)


def test_every_judge_costs_something():
    assert all(each.tokens_out > each.tokens_in > 0 for each in judge_rates())


def test_a_picture_is_counted_in_squares_or_tiles():
    """OpenAI's vision guide, read 2026-11-22: its own examples."""
    assert judge_rate("gpt-4.1-mini").picture_tokens(Size(1024, 1024)) == (1658, 1659)
    assert judge_rate("gpt-4.1").picture_tokens(Size(1024, 1024)) == (765, 765)
    low, high = MINI.picture_tokens(Size(1800, 2400))
    assert low <= 1452 * 1.2 <= high


@given(st.integers(1, 9000), st.integers(1, 9000), st.sampled_from(judge_rates()))
def test_no_picture_is_more_than_one_of_unknown_size(width, height, rate):
    low, high = rate.picture_tokens(Size(width, height))
    fewest, most = rate.picture_tokens(None)

    assert fewest <= low <= high <= most


def test_a_large_picture_is_scaled_down():
    assert judged_size(Size(4096, 1024)) == (2048, 512)
    assert judged_size(Size(640, 480)) == (640, 480)
    assert judged_size(Size(9000, 1)) == (2048, 1)


def test_the_pipeline_file_says_what_a_judge_costs():
    own = models(
        mine={"free": True},
        paid={"per_image": 0.02},
        dear={"match": ["gpt-5.4-mini"], "price": {"text_in": 1, "image_in": 3, "image_out": 9}},
        silent={"qualities": ["low"]},
    )

    assert judge_rate("mine", own).per_call == 0
    assert judge_rate("paid", own).per_call == 20_000
    dear = judge_rate("gpt-5.4-mini", own)
    assert (dear.tokens_in, dear.tokens_out) == (3_000_000, 9_000_000)
    assert not judge_rate("silent", own).known


def test_a_server_of_one_s_own_bills_nothing():
    vllm, openai = service_of("vllm"), service_of("openai")

    assert judge_rate("qwen", service=vllm).per_call == 0
    assert judge_rate("qwen", service=openai).per_call is None
