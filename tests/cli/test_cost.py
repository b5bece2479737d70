from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from assetforge.ledger import Call, Caps, Ledger
from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space
from tests.store.conftest import a_key

CENT = 10_000

MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def a_call(asset: str = "banner", locale: str = "de") -> Call:
    return Call(
        key=a_key(f"{asset} {locale}"),
        action=f"{asset}/wide/{locale or 'en'}/edit",
        asset=asset,
        step="edit",
        locale=locale,
        variants=1,
        provider="openai",
        model="gpt-image-2-2026-04-21",
        low=4 * CENT,
        high=5 * CENT,
    )


def spend(space: Space, clock: Clock) -> None:
    """Buy: one long ago, then a scene, a copy that got no answer, and a dear hero."""
    ledger = Ledger(space.root / ".assetforge", clock)
    clock.now -= timedelta(days=400)
    ledger.settle(ledger.reserve(a_call()), 4 * CENT, {}, "req_0")
    clock.now += timedelta(days=400)
    ledger.begin(Caps())
    ledger.settle(ledger.reserve(a_call(locale="")), 45_500, {}, "req_1")
    ledger.mark_unknown(ledger.reserve(a_call(locale="ja")), "the connection was dropped")
    ledger.release(ledger.reserve(a_call(locale="fr")), "slow_down")
    ledger.settle(ledger.reserve(a_call("hero")), 6 * CENT, {}, "req_2")
    ledger.close()


def test_what_was_spent_is_shown_by_asset(space):
    space.write("assetforge.yaml", space.read("assetforge.yaml") + "budget: {day: 1, month: 9.5}\n")
    spend(space, Clock())

    result = space.run("cost")

    assert (result.code, result.err) == (0, "")
    assert_golden("cost.txt", MINUTE.sub("<minute>", result.out))


def test_a_project_that_never_bought_anything_says_so_and_makes_no_ledger(space):
    result = space.run("cost")

    assert (result.code, result.out, result.err) == (0, "nothing spent\n", "")
    assert not (space.root / ".assetforge").exists()


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("locale", ["(shared)", "de", "ja"]),
        ("model", ["gpt-image-2-2026-04-21"]),
        ("run", ["<minute> (none)", "<minute> <digest>"]),
    ],
)
def test_calls_can_be_grouped_otherwise(space, by, shown):
    spend(space, Clock())

    lines = space.run("cost", "--by", by).out.splitlines()

    rows = lines[3 : 3 + len(shown)]
    steady = [
        MINUTE.sub("<minute>", re.sub(r"\b[0-9a-f]{12}\b", "<digest>", each)) for each in rows
    ]
    assert [each.split("  ")[0] for each in steady] == shown


def test_what_was_before_a_day_can_be_left_out(space):
    clock = Clock()
    spend(space, clock)
    day = clock.now.date().isoformat()

    document = space.run("cost", "--since", day, "--by", "day", "--format", "json").json

    assert_valid("cost", document)
    assert document["since"] == day
    assert [each["name"] for each in document["groups"]] == [day]
    assert document["totals"]["spent_usd"] == "0.1555"


def test_the_document_has_the_same_figures(space):
    spend(space, Clock())

    document = space.run("cost", "--format", "json").json

    assert_valid("cost", document)
    assert [each["name"] for each in document["groups"]] == ["banner", "hero"]
    assert document["totals"]["calls"] == 4
    assert document["totals"]["actual_usd"] == "0.1455"
    assert document["totals"]["today_usd"] == "0.1555"
    assert document["groups"][1]["difference_percent"] == "20.0"
    assert document["unknown"][0]["why"] == "the connection was dropped"
    assert document["unknown"][0]["up_to_usd"] == "0.05"
    assert document["budget"] == {}


def test_an_invalid_pipeline_file_hides_only_the_budget(space):
    spend(space, Clock())
    space.write("assetforge.yaml", "version: [")

    result = space.run("cost")

    assert result.code == 0
    assert result.out.startswith("spent $0.16 today")
    assert result.err == (
        "note: 'assetforge.yaml' is invalid, so its budget is not shown; see `check`\n"
    )


def test_a_damaged_ledger_is_one_line(space):
    spend(space, Clock())
    (space.root / ".assetforge" / "ledger.sqlite").write_bytes(b"garbage!" * 512)

    result = space.run("cost")

    assert result.code == 1
    assert re.fullmatch(r"assetforge: the ledger '.*' is damaged .*: put back .*\n", result.err)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "21.11.2026"])
def test_a_day_that_is_none_is_wrong_usage(space, day):
    result = space.run("cost", "--since", day)

    assert result.code == 2
    assert f"'{day}' is no day; write it as 2026-11-21" in result.err


def test_a_folder_without_a_pipeline_file_is_wrong_usage(tmp_path):
    result = Space(tmp_path).run("cost")

    assert result.code == 2
    assert "there is no pipeline file" in result.err
