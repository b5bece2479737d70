"""More takes: bought under a cap, the old ones kept, nothing decided."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.review.shop import EDIT, PIPELINE, SCENE
from tests.space import PYTHON

WIDE = "banner/wide/de"


def test_more_takes_are_made_and_nothing_is_decided(shop):
    before, shown = shop.lock_bytes(), shop.outputs()

    result = shop.does("reroll", WIDE, "-n", "3", "--yes")

    assert shop.calls() == 6 + 3
    assert "3 takes made" in result.err
    assert (shop.lock_bytes(), shop.outputs()) == (before, shown)
    assert len({shop.take(each) for each in (1, 2, 3, 4)}) == 4
    assert shop.buys() == 0


def test_the_next_reroll_goes_on_counting(shop):
    shop.does("reroll", WIDE, "--yes")
    second = shop.take(2)

    shop.does("reroll", WIDE, "--yes")

    assert shop.take(2) == second
    assert shop.take(3) != second


def test_a_shared_scene_is_rerolled_once_for_all(shop):
    document = shop.does("reroll", "banner/wide", "--step", "compose", "--yes", "--format", "json")

    (take,) = document.json["takes"]
    assert take["variants"] == ["banner/wide/de", "banner/wide/en"]
    assert shop.calls() == 7


def test_reroll_keeps_to_the_cap(shop):
    result = shop.run("reroll", WIDE, "-n", "20", "--max-cost", "0.02")

    assert result.code == 4
    assert "the cap is $0.02" in result.err
    assert shop.calls() == 6


def test_reroll_needs_somebody_who_agrees(shop):
    shop.replace("assetforge.yaml", ", max_cost: 5.00}", "}")

    result = shop.run("reroll", WIDE)

    assert result.code == 4
    assert "confirm with --yes or --max-cost USD" in result.err
    assert shop.calls() == 6


def test_takes_that_the_service_refused_leave_gaps_that_do_no_harm(open_shop):
    quick = PIPELINE.replace("max_cost: 5.00", "max_cost: 5.00, images_per_minute: 10000")
    open_shop(quick).buys()
    shop = open_shop(quick, faults={"moderation_output": 0.5}, fault_seed=4)

    result = shop.run("reroll", WIDE, "-n", "9", "-j", "1", "--yes", "--format", "json")

    assert result.code == 1
    takes = [each["take"] for each in result.json["takes"]]
    assert 0 < len(takes) < 9
    assert len(takes) + len(result.json["failures"]) == 9
    healthy = open_shop(quick)
    healthy.does("reroll", WIDE, "--yes")
    assert healthy.take(takes[-1] + 1)
    for take in takes:
        healthy.does("choose", WIDE, str(take))
        assert healthy.lock()[EDIT].take == take
    assert healthy.buys() == 0


def test_a_take_that_got_no_answer_keeps_its_number(open_shop):
    shop = open_shop()
    shop.buys()
    held = open_shop(faults={"reset_after_headers": 1.0})
    assert held.run("reroll", WIDE, "--yes").code == 1
    assert held.calls() == 1
    back = open_shop()

    back.does("reroll", WIDE, "--yes")
    back.does("reject", WIDE)

    assert back.calls() == 1
    assert back.lock()[EDIT].take == 3


def test_reroll_needs_a_picture_for_the_words_of_today(shop):
    shop.reword()

    result = shop.run("reroll", WIDE, "--step", "compose")

    assert result.code == 2
    assert "banner/wide/compose is not built for its words of today" in result.err


def test_there_is_a_last_take(shop):
    result = shop.run("reroll", WIDE, "-n", "99")

    assert result.code == 2
    assert "banner/wide/de/edit cannot have 99 more takes" in result.err
    assert shop.run("reroll", WIDE, "-n", "9" * 30).code == 2
    assert shop.run("reroll").code == 2
    assert shop.calls() == 6


def test_a_lost_picture_can_be_rerolled(shop):
    entry = shop.lock()[SCENE]
    (shop.root / f".assetforge/cas/{entry.artifact[:2]}/{entry.artifact}").unlink()

    shop.does("reroll", WIDE, "--step", "compose", "--yes")
    shop.does("choose", WIDE, "2", "--step", "compose", "--yes")

    assert shop.buys() == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot press Ctrl-C here")
@pytest.mark.usefixtures("unmeasured")
def test_ctrl_c_keeps_what_arrived(open_shop):
    shop = open_shop(latency_seconds=1.0)
    shop.buys()
    process = subprocess.Popen(
        [PYTHON, "-m", "assetforge", "reroll", WIDE, "-n", "12", "--yes", "-j", "2"],
        cwd=shop.root,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while shop.calls() < 8:
        assert time.monotonic() < deadline, "no call was made"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    made = shop.calls() - 6
    assert process.returncode == 130, err
    assert 0 < made < 12
    takes = shop.does("diff", WIDE, "--format", "json").json["takes"]
    assert len(takes) == 1 + made


def test_one_picture_of_several_that_are_looked_at_is_rerolled(open_shop):
    """What looks at the others, and asks for takes of them, is no part of it."""
    look = "      - verify: copy\n        takes: 3\n    output:"
    shop = open_shop(PIPELINE.replace("    output:", look), pictures="draft")
    shop.does("build", "--yes", "--no-progress")
    before = shop.calls()

    result = shop.does("reroll", WIDE, "--yes")

    assert "1 take made" in result.err
    assert shop.calls() == before + 1
