"""A watch that spends and is killed: nothing that arrived is lost, and nothing is bought twice."""

import os
import subprocess
import sys
import time

import pytest

from assetforge.ledger import entries_below

PATIENCE_SECONDS = 60


@pytest.mark.parametrize("waited", [0.0, 1.2])
def test_after_a_kill_a_build_buys_only_what_was_not_sent(open_shop, waited):
    shop = open_shop(latency_seconds=1.0)
    asked = ["watch", "--profile", "final", "--auto", "--max-cost", "1.00"]
    watch = subprocess.Popen(
        [sys.executable, "-m", "assetforge", *asked], cwd=shop.root, env=dict(os.environ)
    )
    try:
        end = time.monotonic() + PATIENCE_SECONDS
        while not shop.calls() and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(waited)
    finally:
        watch.kill()
        watch.wait(PATIENCE_SECONDS)
    before = entries_below(shop.root)
    assert before

    shop.run("build", "--yes", "--no-progress", "--profile", "final")
    after = {each.id: each for each in entries_below(shop.root)}

    keys = [each.key for each in after.values() if each.state != "released"]
    assert len(keys) == len(set(keys))
    arrived = [each for each in before if each.state == "settled"]
    assert [after[each.id] for each in arrived] == arrived
    assert "open" not in {each.state for each in after.values()}
