"""What deciding costs, in statements and looks: counts, for no time is the same twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge.action import Action, ActionId, Made, VariantName, action_key, manifest
from assetforge.decided import Decided, Options, has_idle, open_store, plan_and_decide
from assetforge.pricing import Cost
from assetforge.project import open_project
from assetforge.rebuilder import TOGETHER, Hit, Run, Wait, waves
from assetforge.store.action_cache import BATCH, ActionResult
from assetforge.store.local import Store
from tests.rebuilders import plain
from tests.space import Space

PICTURES = 7
"""So many different pictures there are."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / ".assetforge")
    yield opened
    opened.close()


def an_action(name: str, *inputs: str) -> Action:
    return Action(
        id=ActionId(name),
        asset="banner",
        step=name,
        kind="compose",
        kind_version="1",
        request={"prompt": name},
        inputs=tuple(Made(ActionId(each)) for each in inputs),
        variants=(VariantName("banner"),),
    )


def made_of(store: Store, count: int) -> dict[ActionId, Action]:
    """Return actions in pairs, each second one standing on the first, all of them made."""
    actions: dict[ActionId, Action] = {}
    results = []
    pictures = [store.cas.put(bytes([number]), durable=False) for number in range(PICTURES)]
    for number in range(count // 2):
        first = an_action(f"a{number}")
        second = an_action(f"b{number}", first.id)
        picture = pictures[number % PICTURES]
        for each, made in ((first, {}), (second, {first.id: picture})):
            described = manifest(each, made)
            results.append(ActionResult(action_key(described), picture, described))
            actions[each.id] = each
    store.actions.record(results)
    return actions


class Counts:
    """What happens while a plan is decided."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statements: list[str] = []
        self.parsed: list[str] = []
        self.looked_for: list[str] = []
        store.state._database.set_trace_callback(self.statements.append)
        noted(json, "loads", self.parsed, monkeypatch)
        noted(os, "stat", self.looked_for, monkeypatch)


def noted(module, name: str, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have what a function is asked for noted."""
    function = getattr(module, name)

    def noting(what, **more):
        asked.append(str(what))
        return function(what, **more)

    monkeypatch.setattr(module, name, noting)


def hits_of(store: Store, actions: dict[ActionId, Action]) -> dict[ActionId, Hit]:
    found = plain(store.known).decide_all(actions)
    return {id: each for id, each in found.items() if isinstance(each, Hit)}


@pytest.mark.parametrize("count", [200, 2 * 2 * BATCH])
def test_hits_cost_a_statement_a_batch_a_look_a_picture_and_no_parsing(store, monkeypatch, count):
    actions = made_of(store, count)
    counts = Counts(store, monkeypatch)

    decisions = plain(store.known).decide_all(actions)

    assert all(isinstance(each, Hit) for each in decisions.values())
    assert len(counts.statements) == 2 * -(-count // 2 // BATCH)
    assert counts.parsed == []
    assert len(counts.looked_for) == 2 * PICTURES


def test_what_is_to_run_costs_a_look_a_key_and_the_older_one(store, monkeypatch):
    actions = {ActionId(f"a{number}"): an_action(f"a{number}") for number in range(BATCH)}
    counts = Counts(store, monkeypatch)

    decisions = plain(store.known).decide_all(actions)

    assert all(isinstance(each, Run) for each in decisions.values())
    assert len(counts.statements) == 2
    assert len(counts.looked_for) == 2 * BATCH


def test_an_empty_file_is_no_picture_however_many_have_it(store):
    actions = made_of(store, 20)
    lost = next(iter(hits_of(store, actions).values())).artifact
    path = store.cas.path(lost)
    path.chmod(0o644)
    path.write_bytes(b"")

    decisions = plain(store.known).decide_all(actions)

    assert sum(isinstance(each, Run) for each in decisions.values()) == 2
    assert sum(isinstance(each, Wait) for each in decisions.values()) == 2


def test_actions_that_share_their_texts_in_memory_are_as_many_as_there_are_pictures(store):
    hits = hits_of(store, made_of(store, 100))

    firsts = [each for id, each in hits.items() if id.startswith("a")]
    assert len(firsts) == 50
    assert len({id(each.artifact) for each in firsts}) == PICTURES
    assert all(each.key is each.result.key for each in firsts)


def test_more_actions_than_are_decided_together_are_all_decided(store):
    actions = {ActionId(f"a{number}"): an_action(f"a{number}") for number in range(TOGETHER + 1)}

    assert [each.id for each in actions.values()] == list(plain(store.known).decide_all(actions))


def test_each_wave_stands_on_waves_before_it():
    one, two, three = an_action("1"), an_action("2", "1"), an_action("3", "1", "2")
    apart = replace(an_action("4"), inputs=())

    assert waves({each.id: each for each in (one, two, apart, three)}) == [
        [one, apart],
        [two],
        [three],
    ]


def test_what_stands_on_something_of_another_plan_waits_for_it(store):
    lone = an_action("2", "1")

    assert plain(store.known).decide_all({lone.id: lone}) == {lone.id: Wait((ActionId("1"),))}


@pytest.fixture
def space(tmp_path: Path) -> Space:
    (tmp_path / "project").mkdir()
    return Space(tmp_path / "project").quick()


def statements_of(space: Space) -> tuple[Decided, list[str]]:
    """Decide what is planned, and return the statements that this took."""
    file = space.root / "assetforge.yaml"
    project = open_project(file)
    with closing(open_store(project)) as store:
        said: list[str] = []
        store.state._database.set_trace_callback(said.append)
        return plan_and_decide(Options(file), store, project), said


def test_what_variants_stood_on_is_read_only_where_something_is_to_run(space):
    space.build("--yes")

    decided, statements = statements_of(space)
    assert not decided.pending
    assert not any("stands" in each for each in statements)

    space.locale("de", headline="Neu", action="Buy de", alt="Hills de")
    decided, statements = statements_of(space)
    edits = [id for id in decided.pending if id.endswith("/edit")]
    assert len(edits) == 2
    assert all(decided.reasons[id][0].startswith("copy changed") for id in edits)
    assert sum("stands" in each for each in statements) == 1


def test_there_is_an_answer_for_every_action_also_for_what_nobody_asked(space):
    space.build("--yes")

    decided, _ = statements_of(space)

    assert not decided.reasons
    assert not decided.prices
    assert all(decided.reasons[id] == [] for id in decided.decisions)
    assert {decided.prices[id] for id in decided.decisions} == {Cost(0, 0)}


def test_a_plan_that_needs_all_its_actions_stays_as_it_is(space):
    decided, _ = statements_of(space)

    assert decided.plan is decided.whole
    assert not has_idle(decided.plan)
    assert has_idle(replace(decided.plan, targets=decided.plan.targets[1:]))
