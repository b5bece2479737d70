"""The preview of a real project, driven as a page drives it."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest

from assetforge.decided import Options
from assetforge.digest import digest_of
from assetforge.preview.contract import Served
from assetforge.preview.server import Preview
from assetforge.reports.text import Flags
from assetforge.session.session import Session
from tests.cli import toy
from tests.preview.asking import PATIENCE_SECONDS, Visitor
from tests.preview.test_stream import Listener
from tests.space import Space


@contextmanager
def shown(space: Space, profile: str):
    """Show a project; what is sent is answered by the toy."""
    options = Options(space.root / "assetforge.yaml", profile=profile)
    session = Session(options, lambda warnings, colour: "", Flags())
    desk: Served = session
    preview = Preview(desk)
    preview.start()
    session.start()
    try:
        yield Visitor(preview)
    finally:
        preview.close()
        session.close()


def state_of(visitor: Visitor, good: Callable[[Any], bool]) -> Any:
    """Ask until the state is as it must become."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        state = visitor.ask("/state").json
        if good(state):
            return state
        assert time.monotonic() < end, state["status"]
        time.sleep(0.02)


def at_rest(state) -> bool:
    return state["status"]["phase"] == "watching" and bool(state["pictures"])


def all_current(state) -> bool:
    return at_rest(state) and all(each["state"] == "current" for each in state["pictures"])


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick(pipeline=toy.TWO_PROFILES)


def test_a_free_profile_is_built_and_its_pictures_and_no_others_are_served(space):
    space.write("secret.png", "")
    with shown(space, "blank") as visitor:
        listener = Listener(visitor)
        state = state_of(visitor, all_current)
        version = listener.status_of(state["status"]["words"])
        listener.close()
        row = state["pictures"][0]
        written = (space.root / row["paths"][0]).read_bytes()
        picture = visitor.ask(f"/pictures/{row['digest']}")
        thumbnail = visitor.ask(f"/thumbnails/{row['digest']}?edge=160")
        detail = visitor.ask(f"/detail?id={row['id']}")
        others = [
            visitor.ask(f"/pictures/{digest_of(space.read(name).encode())}").status
            for name in ("secret.png", "assetforge.yaml", "prompts/copy.j2")
        ]
        later = visitor.ask(f"/state?since={version}").json

    assert len(state["pictures"]) == 4
    assert (picture.status, picture.body, thumbnail.status) == (200, written, 200)
    assert detail.json["id"] == row["id"]
    assert others == [404, 404, 404]
    assert later["pictures"] == []


def test_nothing_is_spent_without_a_cap_and_nothing_is_decided_without_what_was_seen(space):
    calls: list[object] = []
    with toy.installed(calls.append), shown(space, "toy") as visitor:
        state = state_of(visitor, at_rest)
        row = state["pictures"][0]
        asked = visitor.post("/build", {})
        seen = {"id": row["id"], "digest": digest_of(b"another")}
        reroll = visitor.post("/reroll", {"pictures": [seen], "takes": 2})
        accept = visitor.post("/accept", {"pictures": [seen]})
        unknown = visitor.post("/accept", {"pictures": [{**seen, "id": "nothing"}]})
        undo = visitor.post("/undo", {})
        before = len(calls)
        agreed = visitor.post("/build", {"max_cost": asked.json["cost"]["high"]})
        state_of(visitor, all_current)

    assert asked.status == 428
    assert asked.json["error"] == "agree"
    assert reroll.status in (409, 428)
    assert (accept.status, unknown.status, undo.status) == (409, 404, 400)
    assert before == 0
    assert agreed.status == 200
    assert len(calls) == 6


def test_a_broken_source_is_told_where_it_is(space):
    with shown(space, "blank") as visitor:
        state_of(visitor, all_current)
        space.write("assetforge.yaml", "version: 1\nassets: {banner: {steps: []}}\n")
        problem = visitor.post("/accept", {"pictures": [seen_of(visitor)]})

    assert problem.status == 400
    assert problem.json["words"].startswith("assetforge.yaml:2:")


def seen_of(visitor: Visitor) -> dict[str, str]:
    row = visitor.ask("/state").json["pictures"][0]
    return {"id": row["id"], "digest": row["digest"]}
