"""What a session spends is counted together, and by no other."""

import shutil
from contextlib import closing

import pytest

from assetforge.action import ActionKey
from assetforge.ledger import Call, Caps, Ledger
from assetforge.session.account import Account
from assetforge.store.local import FOLDER


@pytest.fixture
def account(tmp_path):
    account = Account(tmp_path)
    yield account
    account.close()


def spend(root, name, cost):
    """Buy something in a run of its own, as a build does."""
    call = Call(ActionKey(name), name, "banner", "edit", "", 1, "openai", "m", cost, cost)
    with closing(Ledger(root / FOLDER)) as ledger:
        ledger.begin(Caps())
        ledger.settle(ledger.reserve(call), cost, {}, None)


def test_what_is_agreed_to_comes_on_top_of_what_is_spent_until_all_of_it_is_over(account, tmp_path):
    assert account.agree(10) == 10
    spend(tmp_path, "a", 7)
    assert account.agree(10) == 17
    account.over()
    account.over()
    assert account.agree(10) == 10
    account.over()


def test_what_others_spent_before_is_never_spent_again(account, tmp_path):
    """A run beside it ends in the middle: what it spent does not count, and was not agreed to."""
    with closing(Ledger(tmp_path / FOLDER)) as other:
        other.begin(Caps())
        spend(tmp_path, "a", 50)
        assert account.agree(10) == 10
    account.over()


def test_a_cap_is_for_all_of_a_session_though_its_ledger_is_deleted(account, tmp_path):
    assert account.left_of(None) is None
    assert account.left_of(10) == 10
    spend(tmp_path, "a", 7)
    shutil.rmtree(tmp_path / FOLDER)
    assert account.left_of(10) == 3
    account.agree(5)
    account.over()
    spend(tmp_path, "b", 9)
    shutil.rmtree(tmp_path / FOLDER)
    assert account.left_of(10) == 0
