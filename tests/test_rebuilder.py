from __future__ import annotations

from dataclasses import replace

import pytest

from assetforge.action import (
    Action,
    ActionId,
    ActionKey,
    Made,
    Source,
    VariantName,
    action_key,
    manifest,
    older_keys,
    with_take,
)
from assetforge.digest import Digest, digest_of
from assetforge.lock.entry import Entry, Slot, Verdict, components_of
from assetforge.lock.index import Index
from assetforge.rebuilder import Hit, Lost, Rebuilder, Run, Wait, reasons
from assetforge.store.action_cache import ActionResult
from tests.rebuilders import plain

LOGO = Source("brand/logo.png", digest_of(b"logo"))


def an_action(name: str, *inputs: str, prompt: str | None = None) -> Action:
    return Action(
        id=ActionId(name),
        asset="banner",
        step=name,
        kind="compose",
        kind_version="1",
        request={"prompt": prompt or name},
        inputs=tuple(Made(ActionId(each)) for each in inputs),
        variants=(VariantName("banner"),),
    )


SCENE = an_action("scene")
EDIT = an_action("edit", "scene")
FILE = an_action("file", "edit")
PLAN = {each.id: each for each in (SCENE, EDIT, FILE)}


class Known:
    """Results by key; counts how often it is asked."""

    def __init__(self) -> None:
        self.results: dict[ActionKey, ActionResult] = {}
        self.asked = 0

    def __call__(self, keys):
        self.asked += 1
        return {key: self.results[key] for key in keys if key in self.results}

    def add(self, action: Action, picture: bytes, made=None) -> ActionResult:
        described = manifest(action, made or {})
        result = ActionResult(action_key(described), digest_of(picture), described)
        self.results[result.key] = result
        return result


@pytest.fixture
def known() -> Known:
    return Known()


def test_an_action_without_a_result_runs_under_its_key(known):
    described = manifest(SCENE, {})

    assert plain(known).decide([SCENE], {}) == [Run(action_key(described), described)]


def test_an_action_with_a_result_is_a_hit(known):
    result = known.add(SCENE, b"scene")

    assert plain(known).decide([SCENE], {}) == [Hit(result.key, result)]


def test_an_action_whose_input_is_still_to_be_made_waits_for_it(known):
    two = an_action("collage", "scene", "edit")

    assert plain(known).decide([two], {SCENE.id: digest_of(b"scene")}) == [Wait((EDIT.id,))]


def test_all_are_decided_with_one_look_up_in_the_order_given(known):
    """And one more, for what older rules may have made of those that were not found."""
    result = known.add(SCENE, b"scene")
    other = an_action("other")

    first, second, third = plain(known).decide([EDIT, SCENE, other], {})

    assert (first, second) == (Wait((SCENE.id,)), Hit(result.key, result))
    assert isinstance(third, Run)
    assert known.asked == 2


def test_a_whole_plan_of_hits_is_known_before_anything_runs(known):
    scene = known.add(SCENE, b"scene")
    edit = known.add(EDIT, b"edit", {SCENE.id: scene.artifact})
    file = known.add(FILE, b"file", {EDIT.id: edit.artifact})

    assert plain(known).decide_all(PLAN) == {
        SCENE.id: Hit(scene.key, scene),
        EDIT.id: Hit(edit.key, edit),
        FILE.id: Hit(file.key, file),
    }


def test_behind_a_run_everything_waits(known):
    scene = known.add(SCENE, b"scene")

    decisions = plain(known).decide_all(PLAN)

    assert decisions[SCENE.id] == Hit(scene.key, scene)
    assert isinstance(decisions[EDIT.id], Run)
    assert decisions[FILE.id] == Wait((EDIT.id,))
    assert list(decisions) == list(PLAN)


def test_edit_is_a_hit_when_compose_gives_the_same_bytes_again(known):
    """Early cutoff: a compose that runs again but paints the same image costs no edit."""
    scene = known.add(SCENE, b"scene")
    edit = known.add(EDIT, b"edit", {SCENE.id: scene.artifact})
    repainted = an_action("scene", prompt="the same scene in other words")
    known.add(repainted, b"scene")

    assert plain(known).decide_all({SCENE.id: repainted, EDIT.id: EDIT})[EDIT.id] == Hit(
        edit.key, edit
    )


def test_an_empty_plan_needs_no_decision(known):
    assert plain(known).decide_all({}) == {}


def run_of(action: Action, made=None) -> Run:
    described = manifest(action, made or {})
    return Run(action_key(described), described)


def test_a_hit_needs_no_reason(known):
    result = known.add(SCENE, b"scene")

    assert reasons(Hit(result.key, result), None) == []


def test_a_wait_says_for_what():
    assert reasons(Wait((SCENE.id, EDIT.id)), None) == ["waits for scene, edit"]


def test_a_run_that_was_never_built_says_so():
    assert reasons(run_of(SCENE), None) == ["never built"]


def test_a_run_whose_bytes_are_gone_says_so():
    assert reasons(run_of(SCENE), manifest(SCENE, {})) == ["its bytes are not in the store"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"quality": "low"}, {"quality": "high"}, ["quality changed: low -> high"]),
        ({}, {"quality": "high"}, ["quality changed: none -> high"]),
        ({"take": 1}, {"take": 2}, ["take changed: 1 -> 2"]),
        ({"prompt": "a" * 25}, {"prompt": "b"}, ["prompt changed"]),
        ({"size": [1, 2]}, {"size": [2, 2]}, ["size changed"]),
        (
            {"copy": [["headline", "Sale"], ["action", "Buy"]]},
            {"copy": [["headline", "Sale!"], ["legal", "T&C"]]},
            ["copy changed: action, headline, legal"],
        ),
        ({}, {"copy": [["headline", "Sale"]]}, ["copy changed: headline"]),
        ({"model": "a", "take": 2}, {"model": "b"}, ["model changed: a -> b"]),
    ],
)  # fmt: skip
def test_a_change_is_told_field_by_field(old, new, expected):
    before, after = replace(SCENE, request=old), replace(SCENE, request=new)

    assert reasons(run_of(after), manifest(before, {})) == expected


def test_a_changed_input_is_named_be_it_made_or_a_file():
    action = replace(SCENE, inputs=(LOGO, Made(EDIT.id), Made(FILE.id)))
    made = {EDIT.id: digest_of(b"edit"), FILE.id: digest_of(b"file")}
    other_logo = replace(LOGO, digest=digest_of(b"new logo"))
    changed = replace(action, inputs=(other_logo, Made(EDIT.id), Made(FILE.id)))

    found = reasons(
        run_of(changed, {**made, FILE.id: digest_of(b"new file")}),
        manifest(action, made),
        changed.inputs,
    )

    assert found == ["input changed: brand/logo.png, file"]


def test_more_or_fewer_inputs_are_only_said_to_have_changed():
    more = replace(SCENE, inputs=(LOGO,))

    assert reasons(run_of(more), manifest(SCENE, {}), more.inputs) == ["inputs changed"]


# What the lock says: which take stands, what is accepted for other words, pinned, kept, lost.

ADA = Verdict("Ada", "2026-11-01T10:00:00+00:00")
BEN = Verdict("Ben", "2026-11-02T10:00:00+00:00")
DRAWING = replace(SCENE, request={"prompt": "a calm scene", "provider": "studio"})


def base_of(action: Action, made=None) -> ActionKey:
    return action_key(manifest(action, made or {}))


def locked(action: Action, picture: bytes, made=None, take: int = 1, **more) -> Entry:
    described = manifest(action, made or {})
    key = action_key(with_take(described, take))
    return Entry(key, action_key(described), digest_of(picture), take=take, **more)


class Shop:
    """A rebuilder over results and a lock; the bytes of `gone` are in no store."""

    def __init__(self, known: Known, **entries: Entry) -> None:
        self.known = known
        self.slots = {Slot("banner", "final", step): each for step, each in entries.items()}
        self.gone: set[Digest] = set()

    def rebuilder(self, **more) -> Rebuilder:
        return Rebuilder(
            known=self.known,
            holds=lambda digest: digest not in self.gone,
            drawn=lambda action: "provider" in action.request,
            remote=lambda action: action.request["provider"] == "studio",
            index=Index(self.slots, "final"),
            **more,
        )

    def decide(self, action: Action, made=None, **more):
        (decision,) = self.rebuilder(**more).decide([action], made or {})
        return decision


def test_the_take_that_was_chosen_stands(known):
    known.add(DRAWING, b"one")
    chosen = locked(DRAWING, b"two", take=2, accepted=ADA)
    described = with_take(manifest(DRAWING, {}), 2)
    result = ActionResult(chosen.key, digest_of(b"two"), described)
    known.results[chosen.key] = result

    decision = Shop(known, scene=chosen).decide(DRAWING)

    assert decision == Hit(chosen.key, result, chosen)
    assert decision.accepted


def test_a_take_that_is_wanted_and_not_made_runs_under_its_key(known):
    known.add(DRAWING, b"one")
    wanted = replace(locked(DRAWING, b"", take=2), artifact=None)
    described = with_take(manifest(DRAWING, {}), 2)

    assert Shop(known, scene=wanted).decide(DRAWING) == Run(action_key(described), described)


def test_a_picture_that_was_accepted_for_other_words_is_a_hit_without_a_result(known):
    made_as = base_of(replace(DRAWING, request={"prompt": "a calm sene", "provider": "studio"}))
    entry = locked(DRAWING, b"one", made_as=made_as, accepted=ADA)

    decision = Shop(known, scene=entry).decide(DRAWING)

    assert isinstance(decision, Hit)
    assert (decision.key, decision.artifact) == (base_of(DRAWING), digest_of(b"one"))
    assert decision.accepted
    assert decision.result.manifest == manifest(DRAWING, {})


def test_what_nobody_decided_about_is_not_accepted(known):
    result = known.add(DRAWING, b"one")

    assert not Shop(known).decide(DRAWING).accepted
    assert not Shop(known, scene=locked(DRAWING, b"one")).decide(DRAWING).accepted
    assert Shop(known, scene=locked(DRAWING, b"one")).decide(DRAWING).result == result


def test_the_lock_stands_above_another_result_of_the_same_words(known):
    """Two machines bought the same words: what further steps stand on must not change."""
    known.add(DRAWING, b"here")
    entry = locked(DRAWING, b"there")

    assert Shop(known, scene=entry).decide(DRAWING).artifact == digest_of(b"there")


def test_a_bought_picture_that_the_lock_names_and_no_store_has_is_lost(known):
    entry = locked(DRAWING, b"one", accepted=ADA)
    shop = Shop(known, scene=entry)
    shop.gone = {digest_of(b"one")}

    assert shop.decide(DRAWING) == Lost(entry.key, entry)
    assert reasons(shop.decide(DRAWING), None) == [
        f"its picture {digest_of(b'one')[:12]} is in no store"
    ]


def test_what_is_lost_runs_where_it_is_to_be_bought_again(known):
    entry = locked(DRAWING, b"one")
    shop = Shop(known, scene=entry)
    shop.gone = {digest_of(b"one")}

    assert isinstance(shop.decide(DRAWING, rebuy=frozenset(shop.gone)), Run)


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, Run), ({"made_as": base_of(SCENE)}, Lost), ({"imported": "banner.png"}, Lost)],
)
def test_what_is_drawn_here_for_nothing_is_no_loss_unless_a_person_made_it(known, more, expected):
    draft = replace(SCENE, request={"prompt": "calm", "provider": "draft"})
    shop = Shop(known, scene=locked(draft, b"one", accepted=ADA, **more))
    shop.gone = {digest_of(b"one")}

    assert isinstance(shop.decide(draft), expected)


def test_what_stands_on_a_lost_picture_is_decided_all_the_same(known):
    """Its digest is known: nobody needs the bytes as long as all that stands on it is there."""
    edit = known.add(EDIT, b"edit", {SCENE.id: digest_of(b"one")})
    entry = locked(DRAWING, b"one")
    shop = Shop(known, scene=entry)
    shop.gone = {digest_of(b"one")}

    decisions = shop.rebuilder().decide_all({DRAWING.id: DRAWING, EDIT.id: EDIT})

    assert decisions == {DRAWING.id: Lost(entry.key, entry), EDIT.id: Hit(edit.key, edit)}


def test_a_pinned_picture_is_a_hit_whatever_its_words(known):
    pinned = locked(DRAWING, b"one", pinned=ADA)
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})

    decision = Shop(known, scene=pinned).decide(changed)

    assert isinstance(decision, Hit)
    assert (decision.key, decision.artifact, decision.accepted) == (
        pinned.key,
        digest_of(b"one"),
        True,
    )
    assert reasons(decision, None) == ["pinned by Ada, 2026-11-01"]


def test_a_pinned_picture_that_is_gone_is_lost_and_not_bought_again(known):
    pinned = locked(DRAWING, b"one", pinned=ADA)
    shop = Shop(known, scene=pinned)
    shop.gone = {digest_of(b"one")}

    assert shop.decide(DRAWING, rebuy=frozenset(shop.gone)) == Lost(pinned.key, pinned)


def test_a_take_to_choose_from_is_its_own_whatever_was_chosen(known):
    extra = replace(DRAWING, request={**DRAWING.request, "take": 3})
    chosen = locked(DRAWING, b"two", take=2, accepted=ADA, pinned=ADA)

    decision = Shop(known, scene=chosen).decide(extra)

    assert decision == run_of(extra)


def test_the_accepted_picture_stays_until_the_new_one_is_accepted(known):
    before = locked(DRAWING, b"one", accepted=ADA)
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})
    result = known.add(changed, b"two")
    shop = Shop(known, scene=before)

    decision = shop.decide(changed, keep=True)

    assert (decision.result, decision.artifact) == (result, digest_of(b"one"))
    assert not decision.accepted
    assert reasons(decision, None) == [
        f"{digest_of(b'one')[:12]} stays until {digest_of(b'two')[:12]} is accepted"
    ]
    assert shop.decide(changed).artifact == digest_of(b"two"), "only where it is to be kept"


def test_what_is_made_passes_the_accepted_picture_on_as_well(known):
    before = locked(DRAWING, b"one", accepted=ADA)
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})
    result = known.add(changed, b"two")
    rebuilder = Shop(known, scene=before).rebuilder(keep=True)

    assert rebuilder.passed_on(changed, result) == digest_of(b"one")
    assert replace(rebuilder, keep=False).passed_on(changed, result) == digest_of(b"two")


def test_once_it_is_accepted_the_new_picture_takes_the_place(known):
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})
    known.add(changed, b"two")
    past = locked(DRAWING, b"one", accepted=ADA)
    now = locked(changed, b"two", accepted=BEN, previous=past)

    assert Shop(known, scene=now).decide(changed, keep=True).artifact == digest_of(b"two")


def test_a_picture_that_is_to_stay_and_is_gone_is_lost_and_nothing_takes_its_place_silently(known):
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})
    result = known.add(changed, b"two")
    past = locked(DRAWING, b"one", accepted=ADA)
    shop = Shop(known, scene=past)
    shop.gone = {digest_of(b"one")}

    lost = shop.decide(changed, keep=True)
    taken = shop.decide(changed, keep=True, rebuy=frozenset(shop.gone))

    assert lost == Lost(result.key, past)
    assert taken == Hit(result.key, result)


def test_what_an_older_rule_filed_is_a_hit_under_the_key_of_today(known):
    described = manifest(DRAWING, {})
    (older,) = older_keys(described)
    known.results[older] = ActionResult(older, digest_of(b"one"), {"rule": 1}, call="paid")

    decision = Shop(known).decide(DRAWING)

    assert isinstance(decision, Hit)
    assert decision.older
    assert (decision.key, decision.result.key) == (action_key(described), action_key(described))
    assert (decision.result.call, decision.result.manifest) == ("paid", described)


def test_where_the_store_has_forgotten_the_lock_says_what_changed():
    entry = locked(DRAWING, b"one", components=components_of(manifest(DRAWING, {})))
    changed = replace(DRAWING, request={"prompt": "a storm", "provider": "studio"})

    assert reasons(run_of(changed), None, (), entry) == ["prompt changed: a calm scene -> a storm"]
    assert reasons(run_of(DRAWING), None, (), entry) == ["its bytes are not in the store"]
