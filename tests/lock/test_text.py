"""The form of a lock file, judged by what git makes of two changes of it."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest

from assetforge.digest import Json
from assetforge.lock.entry import Entry, Slot, Verdict, to_json
from assetforge.lock.text import read_text, text_of
from tests.lock.samples import ADA, BOB, digest, picture

MADE = picture()
PLAIN = picture(pixels="")
"""As an earlier assetforge made it, which did not look at pixels; what is made now has them."""


def edits(made: Entry) -> dict[str, Entry]:
    """Return what a build or a person makes of an entry."""
    wanted = picture(take=2, artifact=None, pixels="", resolved="", cost_microdollars=0)
    file: dict[str, Any] = {
        "artifact": digest("file"),
        "pixels": digest("pixels"),
        "imported": "a.png",
    }
    return {
        "rebuilt": picture("new words"),
        "accepted": replace(made, accepted=ADA),
        "accepted by another": replace(made, accepted=BOB),
        "chosen": picture(take=3, accepted=Verdict("Cleo", "2026-11-22T00:00:00+00:00")),
        "rejected": replace(wanted, rejected=(digest("picture"),)),
        "pinned": replace(made, pinned=ADA),
        "imported": replace(made, accepted=Verdict("Dora", "2026-11-23T00:00:00+00:00"), **file),
    }


GOES_TOGETHER = {"accepted", "accepted by another", "pinned"}
"""Edits of one picture that both hold."""


def merged(folder: Path, base: Json, ours: Json, theirs: Json) -> str | None:
    """Return what git makes of two changes; None: a conflict."""
    texts = [text_of({Slot("banner/de", "final", "edit"): each}) for each in (ours, base, theirs)]
    paths = [folder / name for name in ("ours", "base", "theirs")]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8", newline="\n")
    done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, check=False)
    return None if done.returncode else done.stdout.decode()


@pytest.mark.parametrize("made", [MADE, PLAIN], ids=["pixels known", "pixels unknown"])
def test_git_never_mixes_two_pictures_into_one_entry(made, tmp_path):
    """Where it merges two edits of one entry without a word, both must hold."""
    base, mixed = to_json(made), []
    for (one, ours), (other, theirs) in combinations(edits(made).items(), 2):
        text = merged(tmp_path, base, to_json(ours), to_json(theirs))
        if text is not None and not {one, other} <= GOES_TOGETHER:
            mixed.append((one, other))

    assert mixed == []


def test_accepted_here_and_pinned_there_is_both(tmp_path):
    both = replace(MADE, accepted=ADA, pinned=ADA)
    accepted, pinned = edits(MADE)["accepted"], edits(MADE)["pinned"]

    text = merged(tmp_path, to_json(MADE), to_json(accepted), to_json(pinned))

    assert text is not None
    assert list(read_text(text.encode(), "f").entries.values()) == [both]


SLOTS = [Slot(f"banner/{each}", "final", "edit") for each in ("de", "en", "fr", "ja")]


def test_changes_of_two_variants_are_merged_without_a_conflict(tmp_path):
    """Any two edits of neighbours; adding a profile or step to one is an edit, too."""
    base: dict[Slot, Json] = {each: to_json(picture(each.variant)) for each in SLOTS}

    def changes(of: Slot) -> list[dict[Slot, Json]]:
        made = picture(of.variant)
        added = to_json(made)
        more = [of._replace(profile="zeta"), of._replace(step="repair"), of._replace(profile="a")]
        changed: list[Json] = [to_json(each) for each in edits(made).values()]
        return [{**base, of: each} for each in changed] + [{**base, each: added} for each in more]

    for one, other in permutations(SLOTS, 2):
        for ours, theirs in zip(changes(one), reversed(changes(other)), strict=True):
            texts = (text_of(each) for each in (ours, base, theirs))
            paths = [tmp_path / name for name in ("ours", "base", "theirs")]
            for path, text in zip(paths, texts, strict=True):
                path.write_text(text, encoding="utf-8", newline="\n")

            done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True)

            assert done.returncode == 0, done.stdout.decode()
            found = read_text(done.stdout, "f").raws
            assert found == {**ours, **{k: v for k, v in theirs.items() if base.get(k) != v}}
