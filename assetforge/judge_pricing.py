"""What a judge's look at a picture costs, before it is asked and after. See `assetforge.pricing`.

What a judge thinks is billed as what it says, and bounded by what it may say: the high bound is
what a call can cost at most, and most calls cost far less.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assetforge.capabilities import JudgeRate, judge_rates
from assetforge.digest import Json, canonical_json
from assetforge.pipeline import Size
from assetforge.pricing import MILLION, Cost, counted, text_tokens
from assetforge.providers.base import JudgeRequest

SHORTEST_ANSWER: Final = 20
"""Fewest tokens of an answer: its words, were all that was read empty."""


def price_of_judging(request: JudgeRequest, size: Size | None, rate: JudgeRate) -> Cost:
    """Return the cost of one question to a judge.

    Args:
        request: the question; its picture may still be to be made.
        size: the picture's size in pixels; None where it is not known.
        rate: what the judge costs; of one that is not known, the worst known rate is taken.
    """
    if rate.per_call is not None:
        return Cost(rate.per_call, rate.per_call)
    if rate.known:
        return _cost(request, size, rate)
    high = max(_cost(request, size, each).high for each in judge_rates())
    note = f"the judge '{rate.name}' is not known: priced at the worst known rate"
    return Cost(high, high, (note,))


def _cost(request: JudgeRequest, size: Size | None, rate: JudgeRate) -> Cost:
    fewest, most = rate.picture_tokens(size)
    low = text_tokens(request.instructions, with_images=True)[0] + fewest
    high = words_of(request) + most
    return Cost(
        _microdollars(rate, low, min(SHORTEST_ANSWER, request.max_output_tokens)),
        _microdollars(rate, high, request.max_output_tokens),
    )


def words_of(request: JudgeRequest) -> int:
    """Return the most tokens that the words of a question are; its schema is sent as words too."""
    schema = canonical_json(dict(request.answer)).decode()
    return text_tokens(request.instructions + schema, with_images=True)[1]


def tokens_of_judging(request: JudgeRequest, size: Size | None, rate: JudgeRate) -> int:
    """Return the most tokens that a question may count against an account's limits."""
    return words_of(request) + rate.picture_tokens(size)[1] + request.max_output_tokens


def cost_of_judging(rate: JudgeRate, usage: Mapping[str, Json]) -> int | None:
    """Return the microdollars that a chat service's own count comes to.

    What it gives cheaper, as words it still knew, is counted at the full price. None: it did not
    count, or what the judge costs is not known.
    """
    if rate.per_call is not None:
        return rate.per_call
    given, said = counted(usage, "prompt_tokens"), counted(usage, "completion_tokens")
    if not rate.known or given is None or said is None:
        return None
    return _microdollars(rate, given, said)


def _microdollars(rate: JudgeRate, given: int, said: int) -> int:
    return -(-(given * rate.tokens_in + said * rate.tokens_out) // MILLION)
