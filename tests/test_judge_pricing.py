from dataclasses import replace

import pytest

from assetforge.capabilities import JudgeRate, judge_rate, judge_rates
from assetforge.judge_pricing import cost_of_judging, price_of_judging, tokens_of_judging
from assetforge.pipeline import Size
from assetforge.providers.base import JudgeRequest

SIZE = Size(1200, 628)
ASKED = JudgeRequest("gpt-5.4-mini", "What is written here?", {"type": "object"}, 1000)
RATE = JudgeRate("one", tokens_in=1_000_000, tokens_out=4_000_000)
USAGE = {"prompt_tokens": 700, "completion_tokens": 50, "total_tokens": 750}


def test_a_question_costs_at_most_all_that_it_may_answer():
    cost = price_of_judging(ASKED, SIZE, RATE)
    longer = price_of_judging(replace(ASKED, max_output_tokens=1001), SIZE, RATE)

    assert cost.low < 700 + 50 * 4 < 1000 * 4 < cost.high
    assert (longer.low, longer.high) == (cost.low, cost.high + 4)
    assert cost.notes == ()


def test_the_schema_is_counted_as_words():
    more = replace(ASKED, answer={"type": "object", "properties": {"headline": {}}})

    assert price_of_judging(more, SIZE, RATE).high > price_of_judging(ASKED, SIZE, RATE).high


def test_a_picture_of_unknown_size_may_be_any():
    known, unknown = (price_of_judging(ASKED, each, RATE) for each in (SIZE, None))

    assert unknown.low < known.low < known.high < unknown.high


def test_a_judge_that_is_not_known_is_priced_at_the_worst_rate_and_it_is_said():
    worst = price_of_judging(ASKED, SIZE, judge_rate("stranger"))

    assert worst.low == worst.high
    assert worst.high == max(price_of_judging(ASKED, SIZE, each).high for each in judge_rates())
    assert worst.notes == ("the judge 'stranger' is not known: priced at the worst known rate",)


@pytest.mark.parametrize("price", [0, 20_000])
def test_a_price_for_each_call_is_all(price):
    rate = JudgeRate("one", per_call=price)
    cost = price_of_judging(ASKED, None, rate)

    assert (cost.low, cost.high, cost_of_judging(rate, {})) == (price, price, price)


def test_what_was_counted_is_what_it_cost():
    assert cost_of_judging(RATE, USAGE) == 700 + 50 * 4
    assert cost_of_judging(replace(RATE, tokens_in=1), USAGE) == 201  # rounded up


@pytest.mark.parametrize("usage", [{}, {"prompt_tokens": 1}, {**USAGE, "prompt_tokens": "many"}])
def test_what_was_not_counted_cannot_be_told(usage):
    assert cost_of_judging(RATE, usage) is None
    assert cost_of_judging(judge_rate("stranger"), USAGE) is None


def test_tokens_are_all_that_a_question_may_count():
    assert tokens_of_judging(ASKED, SIZE, RATE) > 38 * 20 + 1000
