"""The look at what was paid and what was decided: the ledger and the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import SHOWN, Digest
from assetforge.store.action_cache import removed_keys
from assetforge.store.event_log import FILE as LEDGER
from assetforge.store.event_log import EventLog
from assetforge.store.fsck.look import Look
from assetforge.store.journal import FILE as JOURNAL
from assetforge.store.journal import Journal
from assetforge.store.problems import Damaged
from assetforge.store.salvage import renew_ledger


def billed(root: Path) -> tuple[dict[ActionKey, str], str]:
    """Return the keys that a picture was paid for, and what shows it; and what is damaged."""
    if not (root / LEDGER).exists():
        return {}, ""
    try:
        with closing(EventLog(root)) as log:
            log.check()
            events = list(log.all())
    except Damaged as problem:
        return {}, problem.why
    calls = {each.call: each for each in events if each.event == "reserved"}
    return {
        ActionKey(calls[each.call].key): calls[each.call].action
        for each in events
        if each.event == "settled" and not each.why and each.call in calls
    }, ""


def find_bills(
    look: Look,
    bills: Mapping[ActionKey, str],
    locked: Mapping[ActionKey, Collection[Digest]],
) -> None:
    """Find pictures that were paid for, and that nothing here tells of any more."""
    told = {each.key for each in look.results()} | removed_keys(look.root)
    for key in sorted(bills.keys() - told):
        bill = f"the ledger has a bill of {bills[key] or key[:SHOWN]}"
        if any(look.has(each) for each in locked.get(key, ())):
            words = f"{bill}, whose recipe is lost; the lock and the store have its picture"
            look.found("lost-recipe", key, words, "noted")
        else:
            look.found("lost-result", key, f"{bill}, whose result is lost", "lost")


def check_ledger(look: Look, trouble: str) -> None:
    """Make a ledger anew that cannot be read, or is gone though calls were paid for."""
    if not (look.root / LEDGER).exists() and any(each.call for each in look.files.values()):
        trouble = "it is gone"
    if not trouble:
        return
    saved = ""
    if look.act:
        count = renew_ledger(look.root, list(look.results()), trouble)
        saved = f", a new one knows {count:,} calls"
    words = f"the ledger cannot be read ({trouble}): set aside{saved}"
    look.found("damaged-ledger", LEDGER, words, "repaired")


def read_journal(look: Look) -> None:
    """Note the lines of the journal that are no decisions."""
    for number in Journal(look.root).damaged_lines():
        words = f"line {number} of '{JOURNAL}' is no decision: cut off while it was written"
        look.found("damaged-decision", f"{JOURNAL}:{number}", words, "noted")
