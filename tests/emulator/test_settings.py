import pytest

from assetforge.emulator import Settings


def test_a_picture_takes_no_time_unless_it_is_said():
    assert Settings().seconds("high") == 0


@pytest.mark.parametrize(
    ("quality", "seconds"), [("low", 2.3), ("medium", 4.8), ("high", 15.5), ("max", 15.5)]
)
def test_latency_is_a_multiple_of_what_the_service_takes(quality, seconds):
    assert Settings(latency_scale=0.1).seconds(quality) == pytest.approx(seconds)


def test_a_fixed_latency_is_added():
    assert Settings(latency_seconds=2).seconds("low") == 2
