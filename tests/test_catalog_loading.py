"""The benchmark of loading catalogs measures what it says: every message of every locale."""

import pytest

from benchmarks.catalogs import FORMATS, Spent, measure, over_the_bar, write

COUNT = 40


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_loads_whole_cold_and_warm(format, tmp_path):
    write(tmp_path, format, 2, COUNT)

    loaded = [measure(phase, tmp_path, format).messages for phase in ("cold", "warm", "other")]

    assert loaded == [2, 2, 1]
    assert measure("walk", tmp_path, format).messages == 2 * COUNT
    assert measure("bytes", tmp_path, format).messages > 2 * COUNT


def test_the_bars_are_for_half_a_million_messages():
    spent = {"cold": Spent(3.0, 9.0), "warm": Spent(0.2, 0.2)}

    assert over_the_bar(spent, 500_000) == []
    assert over_the_bar(spent, 250_000) == ["cold"]
    assert over_the_bar(spent, 50_000) == ["cold", "warm"]
