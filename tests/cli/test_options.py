from pathlib import Path

import click
import pytest

from assetforge.cli.options import Count, Dollars, project_options
from assetforge.layout import DEFAULT_FILE


@pytest.mark.parametrize(
    ("text", "microdollars"),
    [("0", 0), ("2.50", 2_500_000), ("$2.50", 2_500_000), ("0.000001", 1), ("1e2", 100_000_000)],
)
def test_dollars_are_whole_microdollars(text, microdollars):
    assert Dollars().convert(text, None, None) == microdollars


def test_an_amount_that_is_converted_already_stays():
    assert Dollars().convert(7, None, None) == 7


@pytest.mark.parametrize("text", ["abc", "", "-1", "nan", "1,50", "1000001", "1e99999999"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(click.BadParameter):
        Dollars().convert(text, None, None)


def test_counts_are_whole_numbers_of_1_or_more():
    assert [Count().convert(each, None, None) for each in ("1", "12", 3)] == [1, 12, 3]


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "", 0])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(click.BadParameter):
        Count().convert(text, None, None)


def test_completion_in_a_folder_without_a_pipeline_file_raises_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = project_options(click.Command("plan"))

    with command.make_context("plan", [], resilient_parsing=True) as context:
        assert context.params["file"] == Path(DEFAULT_FILE)
