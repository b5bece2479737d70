"""Promises 1 to 3 over notes: builds with a trace are clean builds, and what is gone is gone."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from assetforge.notes.writing import add, remove
from tests.incremental.workplace import GRANULE_SECONDS, SMALL
from tests.space import Space

FILE = "assetforge.yaml"
WORDS = ("Make the bird smaller.", "No clouds: none.\nReally.")
NOTES = st.tuples(
    st.sampled_from(["banner/wide/de", "banner/wide/en", "banner/tall/de"]),
    st.sampled_from(["compose", "edit"]),
    st.sampled_from(WORDS),
)


def keys(space: Space) -> dict[str, str | None]:
    document = space.run("plan", "--format", "json").json
    return {each["id"]: each["key"] for each in document["actions"]}


def clean_build(space: Space, folder: Path) -> dict[str, bytes]:
    """Return what a build in a copy makes, which has the store of results and no trace."""
    shutil.copytree(space.root, folder, ignore=shutil.ignore_patterns("out"))
    clean = Space(folder)
    assert clean.build()["made"] == 0
    return clean.outputs()


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(st.lists(NOTES, min_size=2, max_size=5))
def test_any_sequence_of_notes_keeps_the_promises(steps):
    with tempfile.TemporaryDirectory() as folder:
        space = Space(Path(folder) / "project").quick(pipeline=SMALL)
        assert space.run("build").code == 0
        first = keys(space)
        there: list[tuple[str, str, str]] = []
        for number, each in enumerate(steps):
            change = remove if each in there else add
            event(change.__name__)
            time.sleep(GRANULE_SECONDS)
            change(space.root, FILE, *each)
            (there.remove if change is remove else there.append)(each)
            check(space, Path(folder) / f"clean {number}")
        for each in there:
            remove(space.root, FILE, *each)

        assert keys(space) == first
        assert space.build()["made"] == 0


def check(space: Space, folder: Path) -> None:
    """Hold the promises against what a build does now."""
    planned = space.plan()
    due = planned["run"] + planned["wait"]
    built = space.run("build")  # by the trace, if that tells no difference
    assert built.code == 0, built.err
    assert built.err.count("] made ") == len(due)
    assert space.outputs() == clean_build(space, folder)
    again = space.build()
    assert (again["made"], again["written"]) == (0, 0)
