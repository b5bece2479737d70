"""Saved plans: what parts them from the plan of today, and that a build from one is exactly it."""

import json
import math
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from assetforge.action import ActionId, ActionKey, action_key
from assetforge.digest import Digest
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.planner import Selection
from assetforge.pricing import Cost
from assetforge.providers.base import ImageRequest
from assetforge.rebuilder import Decision
from assetforge.saved import reading, writing
from assetforge.saved.drift import AGREED, IS, WAS, drift
from assetforge.saved.plan import WORDS, SavedAction, SavedInput, SavedPlan, SavedTarget
from assetforge.saved.reading import read_plan
from assetforge.saved.writing import text_of, write_plan
from tests.cli import toy
from tests.space import Space

ONE, TWO = Digest("1" * 64), Digest("2" * 64)
SCENE = SavedAction(
    id=ActionId("banner/compose"),
    asset="banner",
    step="compose",
    variants=("banner/de", "banner/en"),
    decision="run",
    key=action_key({"kind": "compose", "prompt": "Hills.", "rule": 2, "inputs": []}),
    request={"kind": "compose", "prompt": "Hills.", "rule": 2},
    inputs=(),
    artifact=None,
    price=Cost(10, 20),
)
EDIT = SavedAction(
    id=ActionId("banner/de/edit"),
    asset="banner",
    step="edit",
    variants=("banner/de",),
    decision="wait",
    key=None,
    request={"kind": "edit", "prompt": "Write.", "rule": 2},
    inputs=(SavedInput("banner/compose", True, None), SavedInput("logo.png", False, ONE)),
    artifact=None,
    price=Cost(30, 40),
)
TARGET = SavedTarget("out/de.png", "banner/de", EDIT.id)


def plan(*actions: SavedAction, targets: tuple[SavedTarget, ...] = (TARGET,)) -> SavedPlan:
    return SavedPlan(
        version="0.1.0",
        pipeline="assetforge.yaml",
        profile="final",
        selection=Selection(("banner",), ("de",), 7),
        allow_unverified=False,
        resend=True,
        rebuy=False,
        at="2026-11-21T10:00:00+00:00",
        actions={each.id: each for each in actions or (SCENE, EDIT)},
        targets={each.path: each for each in targets},
    )


def parted(then: SavedAction, now: SavedAction) -> list[str]:
    return [str(each) for each in drift(plan(then, EDIT), plan(now, EDIT))]


def hit(action: SavedAction, artifact: Digest = TWO) -> SavedAction:
    return replace(action, decision="hit", artifact=artifact, price=Cost(0, 0))


def asking(action: SavedAction, **changed: Any) -> SavedAction:
    request = {**action.request, **changed}
    digests = [str(each.digest) for each in action.inputs]
    return replace(action, request=request, key=action_key({**request, "inputs": [*digests]}))


def test_every_decision_has_its_words():
    assert set(WORDS) == set(get_args(Decision))
    assert set(WAS) == set(IS) == set(AGREED) == set(WORDS.values())


def test_a_plan_does_not_part_from_itself():
    assert drift(plan(), plan()) == []


def test_what_somebody_built_meanwhile_is_no_drift():
    assert parted(SCENE, hit(SCENE)) == []


def test_what_somebody_brought_back_is_no_drift():
    assert parted(replace(hit(SCENE), decision="lost"), hit(SCENE)) == []


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (hit(SCENE), SCENE, "was a hit and would run now"),
        (hit(SCENE), replace(hit(SCENE), decision="lost"), "was a hit and is lost now"),
        (SCENE, replace(SCENE, decision="lost"), "was to run and is lost now"),
        (SCENE, replace(SCENE, decision="wait", key=None),
         "was to run and waits for its inputs now"),
        (hit(SCENE, ONE), hit(SCENE, TWO), "its picture changed, 111111111111 -> 222222222222"),
        (SCENE, replace(SCENE, variants=("banner/de", "banner/fr")),
         "is of other variants now: +banner/fr -banner/en"),
        (SCENE, replace(SCENE, price=Cost(1, 21)),
         "price changed: up to $0.00002 -> $0.000021"),
    ],
)  # fmt: skip
def test_what_became_of_an_action_is_said(then, now, words):
    assert parted(then, now) == [f"banner/compose: {words}"]


def test_a_lower_price_and_another_order_of_variants_are_no_drift():
    now = replace(SCENE, price=Cost(1, 19), variants=SCENE.variants[::-1])

    assert parted(SCENE, now) == []


def test_a_key_that_changed_says_why():
    now = asking(SCENE, prompt="Mountains.", model="tulip")
    assert SCENE.key is not None
    assert now.key is not None

    assert parted(SCENE, now) == [
        f"banner/compose: key changed, {SCENE.key[:12]} -> {now.key[:12]}: "
        "model changed: none -> tulip; prompt changed: Hills. -> Mountains."
    ]


def test_another_take_is_another_key():
    (found,) = parted(SCENE, hit(asking(SCENE, take=2)))

    assert found.endswith(": take changed: 1 -> 2")


def test_a_key_that_changed_for_no_known_reason_is_said_all_the_same():
    now = replace(SCENE, key=ActionKey(ONE))

    (found,) = parted(SCENE, now)

    assert found.endswith(" -> 111111111111")


@pytest.mark.parametrize("decision", ["wait", "run", "hit"])
def test_what_waits_is_known_by_what_it_asks_for(decision):
    made = (SavedInput("banner/compose", True, TWO), EDIT.inputs[1])
    key = None if decision == "wait" else ActionKey(ONE)
    inputs = EDIT.inputs if decision == "wait" else made
    now = replace(EDIT, decision=decision, key=key, inputs=inputs)
    other = replace(now, request={**EDIT.request, "prompt": "Paint."})

    assert drift(plan(SCENE, EDIT), plan(SCENE, now)) == []
    assert [each.what for each in drift(plan(SCENE, EDIT), plan(SCENE, other))] == [
        "prompt changed: Write. -> Paint."
    ]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ((EDIT.inputs[0], SavedInput("logo.png", False, TWO)), "input changed: logo.png"),
        ((SavedInput("card/compose", True, None), EDIT.inputs[1]), "input changed: card/compose"),
        (EDIT.inputs[:1], "inputs changed"),
    ],
)
def test_an_input_that_changed_is_named(inputs, words):
    now = replace(EDIT, inputs=inputs)

    assert [str(each) for each in drift(plan(), plan(SCENE, now))] == [f"{EDIT.id}: {words}"]


def test_an_input_that_is_known_in_both_plans_counts_though_another_is_not():
    logo = EDIT.inputs[1]
    then = replace(EDIT, inputs=(SavedInput("banner/compose", True, ONE), logo))
    now = replace(EDIT, inputs=(SavedInput("banner/compose", True, TWO), logo))

    (found,) = drift(plan(SCENE, then), plan(SCENE, now))

    assert found.what == "input changed: banner/compose"


def test_actions_that_came_and_went_are_named_without_their_targets():
    then = plan(SCENE, EDIT)
    now = plan(SCENE, replace(EDIT, id=ActionId("banner/fr/edit")), targets=())

    assert [str(each) for each in drift(then, now)] == [
        "banner/fr/edit: is new",
        "banner/de/edit: is gone",
    ]


def test_a_target_that_moved_is_named():
    moved = plan(targets=(replace(TARGET, path="out/neu.png"),))
    shared = plan(targets=(replace(TARGET, variant="banner/en"),))

    assert [str(each) for each in drift(plan(), moved)] == [
        "'out/neu.png': is a new target",
        "'out/de.png': is no target any more",
    ]
    assert [str(each) for each in drift(plan(), shared)] == [
        "'out/de.png': shows banner/en now, not banner/de"
    ]


def test_a_plan_comes_back_from_its_file_as_it_was(tmp_path):
    for each in (plan(), plan(hit(SCENE), replace(hit(EDIT), key=ActionKey(ONE)))):
        write_plan(tmp_path / "plan.json", each)

        assert read_plan(tmp_path / "plan.json") == each


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(text_of(plan())), **fields})


def changed_action(**fields: Any) -> str:
    first, *rest = json.loads(text_of(plan()))["actions"]
    return changed(actions=[{**first, **fields}, *rest])


WHOLE = json.loads(text_of(plan()))
WAITS = WHOLE["actions"][1]
DAMAGED = {
    "absent": (None, "there is no plan "),
    "empty": ("", "is no saved plan"),
    "yaml": ("version: 1\n", "is no saved plan"),
    "list": ("[]", "is no saved plan"),
    "nameless": ("{}", "is no saved plan"),
    "other": ('{"schema": "assetforge.plan/1"}', "is 'assetforge.plan/1', no saved plan"),
    "later": ('{"schema": "assetforge.saved-plan/2"}', "('assetforge.saved-plan/2'; this is "),
    "cut": (text_of(plan())[:400], "is damaged: invalid JSON: EOF while parsing"),
    "deep": (
        '{"schema": "assetforge.saved-plan/1", "a": ' + "[" * 9999,
        "is damaged: invalid JSON",
    ),
    "unknown": (changed(more=1), "is damaged: more: extra inputs are not permitted"),
    "type": (changed(actions=3), "is damaged: actions: input should be a valid array"),
    "lone": (changed(profile="\ud800"), "is damaged: invalid JSON"),
    "flags": (changed(flags={**WHOLE["flags"], "rebuy": "yes"}), "is damaged: flags.rebuy: "),
    "many": (changed(targets=[{}]), "is damaged: targets.0.path: field required (and 2 more)"),
    "key": (changed_action(key=ONE), "the key of 'banner/compose' is not that of its request"),
    "float": (changed_action(request={"size": [1.5]}), "holds what no key can cover"),
    "nan": (changed_action(request={"size": {"a": math.nan}}), "holds what no key can cover"),
    "long": (changed_action(key=f"{ONE}\n"), "is damaged: actions.0.key: "),
    "money": (changed_action(cost_usd={"low": "0", "high": "1e9"}), "is no amount such as"),
    "float money": (changed_action(cost_usd={"low": 0.5, "high": "1"}), "is no amount such as"),
    "keyless": (changed_action(key=None), "has no key, and its decision is 'run'"),
    "waiting": (changed_action(decision="wait"), "has a key, and its decision is 'wait'"),
    "inputs": (
        changed_action(inputs=[{"sha256": ONE}]),
        "an input is either an 'action' or a 'path'",
    ),
    "both": (changed_action(inputs=[{"action": "a", "path": "b", "sha256": ONE}]), "is either an"),
    "twice": (changed(actions=[WAITS, WAITS]), "'banner/de/edit' is there twice"),
    "same target": (changed(targets=2 * WHOLE["targets"]), "'out/de.png' is there twice"),
    "cheaper": (
        changed(totals={**WHOLE["totals"], "cost_usd": {"low": "0.00", "high": "0.00"}}),
        "'totals' is not what its actions come to",
    ),
    "fewer": (changed(totals={**WHOLE["totals"], "run": 0}), "'totals' is not what"),
    "terminal": (changed_action(id="\x1b[2J", key=ONE), r"the key of '\x1b[2J' is not"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_file_that_is_no_plan_is_said_in_one_line(tmp_path, name):
    text, words = DAMAGED[name]
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text, encoding="utf-8", errors="surrogatepass")

    with pytest.raises(UsageProblem) as refused:
        read_plan(path)

    assert words in str(refused.value)
    assert str(refused.value).isprintable()
    assert str(path) in str(refused.value)


def test_a_folder_is_no_plan(tmp_path):
    with pytest.raises(UsageProblem, match="is no ordinary file"):
        read_plan(tmp_path)


def test_a_file_larger_than_any_plan_is_neither_read_nor_written(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    write_plan(path, plan())
    for module in (reading, writing):
        monkeypatch.setattr(module, "MAX_BYTES", path.stat().st_size - 1)

    with pytest.raises(UsageProblem, match="larger than any plan"):
        read_plan(path)
    with pytest.raises(UsageProblem, match="choose fewer variants"):
        write_plan(path, plan())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_plan_with_any_part_replaced_is_read_or_refused(data):
    document = json.loads(text_of(plan()))
    place: Any = document
    while isinstance(place, dict | list) and place:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(document), encoding="utf-8")

        found = read_or_refused(path)

    if isinstance(found, str):
        event("refused")
        assert not [each for each in found if unicodedata.category(each) == "Cc"]
    else:
        event("read")
        assert json.loads(text_of(found)) == document
        assert all(str(each) for each in drift(found, plan()))


def read_or_refused(path: Path) -> SavedPlan | str:
    try:
        return read_plan(path)
    except UsageProblem as error:
        return str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("1.5"),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)


def test_a_plan_that_cannot_be_looked_at_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    write_plan(path, plan())

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", denied)

    with pytest.raises(StoreProblem, match="cannot read"):
        write_plan(path, plan())
    with pytest.raises(UsageProblem, match="cannot be read: permission denied"):
        read_plan(path)


PIPELINE = toy.PRICED
COPY = "Set {{ copy.headline|quoted }} in {{ locale.name }}.\n"
EDITS: dict[str, Callable[[Space], object]] = {
    "a comment": lambda space: space.write("prompts/copy.j2", "{# bold #}" + COPY),
    "a message": lambda space: space.locale("de", headline="Neu", action="Los", alt="Berge"),
    "an alt text": lambda space: space.locale("en", headline="Sale en", action="Buy en", alt="Sea"),
    "the scene": lambda space: space.write("prompts/scene.j2", "A wild scene.\n"),
    "a template": lambda space: space.write("prompts/copy.j2", f"Boldly: {COPY}"),
    "a locale": lambda space: space.locale("fr", headline="Soldes", action="Achat", alt="Mer"),
    "no locale": lambda space: (space.root / "locales/de.json").unlink(missing_ok=True),
    "a size": lambda space: space.write("assetforge.yaml", PIPELINE.replace("600x900", "640x960")),
    "a path": lambda space: space.write("assetforge.yaml", PIPELINE.replace("out/", "neu/")),
    "an axis": lambda space: space.write("assetforge.yaml", PIPELINE.replace("tall:", "high:")),
    "half a build": lambda space: space.run("build", "*/wide/*", "--yes"),
    "a build": lambda space: space.run("build", "--yes"),
    "no pictures": lambda space: shutil.rmtree(space.root / "out", ignore_errors=True),
    "nothing": lambda space: None,
}
HARMLESS = {"a comment", "an alt text", "half a build", "a build", "no pictures", "nothing"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(st.sampled_from(sorted(EDITS)), max_size=2),
    chosen=st.sampled_from([(), ("*/de",), ("banner/wide",)]),
    after=st.lists(st.sampled_from(sorted(EDITS)), max_size=3),
)
def test_a_build_from_a_plan_is_exactly_the_plan_or_nothing(before, chosen, after):
    """Promise 3, over time: what was looked over is what runs, whatever happened since."""
    sent: list[ImageRequest] = []
    with TemporaryDirectory() as folder, toy.installed(sent.append):
        space = Space(Path(folder)).quick(pipeline=PIPELINE)
        for name in before:
            EDITS[name](space)
        planned = space.run("plan", "-o", "plan.json", *chosen)
        if planned.code:
            return
        for name in after:
            EDITS[name](space)
        saved = json.loads(space.read("plan.json"))["actions"]
        now = {each["id"]: each for each in actions_of(space, *chosen)}
        due = [
            each["id"]
            for each in saved
            if each["step"] != "export" and now.get(each["id"], each)["decision"] in ("run", "wait")
        ]
        files, count = space.outputs(), len(sent)

        built = space.run("build", "--plan", "plan.json", "--format", "json")

        event(f"exit {built.code}")
        assert set(after) - HARMLESS or built.code == 0, built.err
        if built.code:
            assert built.code in (2, 3, 5), built.err
            assert len(sent) == count
            assert space.outputs() == files
            return
        assert len(sent) == count + len(due)
        standing = {each["id"]: each for each in actions_of(space, *chosen)}
        assert standing.keys() == {each["id"] for each in saved}
        for each in saved:
            assert standing[each["id"]]["decision"] == "hit"
            assert each["key"] in (None, standing[each["id"]]["key"])
            assert each["variants"] == standing[each["id"]]["variants"]
        assert space.run("build", "--plan", "plan.json").code == 0
        assert len(sent) == count + len(due)


def actions_of(space: Space, *chosen: str) -> list[dict[str, Any]]:
    planned = space.run("plan", "--format", "json", *chosen)
    return planned.json["actions"] if planned.code == 0 else []
