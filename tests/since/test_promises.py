"""What `--since` promises, over random edits: exactly what a build would make or write otherwise.

The store holds all results of the commit. Whether it is there or not makes no difference, as long
as nothing upstream turns out as it was.
"""

from __future__ import annotations

import shutil

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from benchmarks.repository import SETTINGS
from tests.since.work import IGNORED, Work
from tests.test_promises import EDITS, START, Edit, Model

MOVES = {"prompts/scene.j2": "words/landscape.j2", "prompts/copy.j2": "words/[copy].j2"}

Pictures = dict[str, dict[str, bytes]]
"""Variant → path → bytes of its targets."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """The project as it is in its first commit, all built."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        work = Work(tmp_path_factory.mktemp("begun"))
        for name, text in START.files().items():
            work.write(name, text)
        work.write(".gitignore", IGNORED)
        work.commit()
        work.build()
        yield work


def pictures(work: Work) -> Pictures:
    found: Pictures = {}
    for each in work.run("plan", "--format", "json").json["targets"]:
        data = (work.root / each["path"]).read_bytes()
        found.setdefault(each["variant"], {})[each["path"]] = data
    return found


def saved(work: Work, model: Model, moved: frozenset[str]) -> None:
    """Write a project's sources in place of those that are there."""
    for folder in ("locales", "prompts", "words"):
        shutil.rmtree(work.root / folder, ignore_errors=True)
    for name, text in model.files().items():
        for old in moved:
            text = text.replace(old, f'"{MOVES[old]}"') if name.endswith(".yaml") else text
        work.write(MOVES[name] if name in moved else name, text)


def running(work: Work) -> set[str]:
    """Return the variants for which a build would run something."""
    actions = work.run("plan", "--format", "json").json["actions"]
    return {name for each in actions if each["decision"] != "hit" for name in each["variants"]}


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(EDITS, min_size=1, max_size=5), st.frozensets(st.sampled_from([*MOVES])))
def test_exactly_what_would_be_made_or_written_otherwise_differs(begun, edits, moved):
    before = pictures(begun)
    model = edited(edits)
    with begun.copied() as work:
        saved(work, model, moved)
        found = work.since()
        run = running(work)
        shutil.move(work.root / ".assetforge", work.root / ".git" / "store")
        assert found.keys() == work.since().keys(), "the store makes a difference"
        shutil.rmtree(work.root / ".assetforge")
        shutil.move(work.root / ".git" / "store", work.root / ".assetforge")
        work.build()
        after = pictures(work)

    event(", ".join(sorted({kind for kind, _ in found.values()})) or "nothing")
    other = {each for each in after if after[each] != before.get(each)}
    assert {each for each, (kind, _) in found.items() if kind == "removed"} == before.keys() - after
    assert {each for each, (kind, _) in found.items() if kind == "added"} == after.keys() - before
    assert {each for each, (kind, _) in found.items() if kind != "removed"} == run | other


def edited(edits: list[Edit]) -> Model:
    past = [START]
    for each in edits:
        past.append(each.change(past[max(0, len(past) - 1 - each.back)]))
    return past[-1]
