"""What notes make of a plan: one more edit each, paid for once, and nothing else changes."""

from __future__ import annotations

import pytest

from assetforge.lock.entry import Slot
from assetforge.notes.reading import read_notes
from assetforge.notes.writing import add, remove
from assetforge.noting import STAYS, Noting, notes_of
from assetforge.planner import make_plan
from assetforge.project import open_project
from assetforge.watch.folders import folders_of
from tests.space import Space
from tests.test_looks import a_project, decisions, sold

FILE = "assetforge.yaml"
DE = "banner/wide/de"


@pytest.fixture
def space(tmp_path) -> Space:
    return Space(tmp_path).quick()


def note(space, words="Make the bird smaller.", variant=DE, after="edit"):
    add(space.root, FILE, variant, after, words)


def rewrite(space, old, new):
    space.replace(FILE, old, new)


def plan(space, *arguments):
    """Return id → action of the plan."""
    result = space.run("plan", "--format", "json", *arguments)
    assert result.code == 0, result.err
    return {each["id"]: each for each in result.json["actions"]}


def keys(space, *arguments):
    return {id: each["key"] for id, each in plan(space, *arguments).items()}


def request(space, step, variant=DE):
    result = space.run("render", variant, "--step", step, "--format", "json")
    assert result.code == 0, result.err
    return result.json["requests"][0]


def odd(space, file, text):
    """Return what a plan says of a file of notes."""
    space.write(f"assetforge.notes/{file}", text)
    return space.run("plan")


def test_a_note_is_one_more_edit_right_after_its_step(space):
    before = plan(space)
    note(space)

    after = plan(space)
    assert [*after.keys() - before.keys()] == [f"{DE}/edit-note"]
    assert [each for each in after if each.startswith(DE)] == [
        f"{DE}/edit",
        f"{DE}/edit-note",
        f"{DE}/export",
    ]
    assert after[f"{DE}/edit-note"]["step"] == "edit-note"
    assert after[f"{DE}/export"]["reasons"] == [f"waits for {DE}/edit-note"]
    others = [each for each in before if not each.startswith(DE)]
    assert {each: after[each] for each in others} == {each: before[each] for each in others}


def test_the_words_of_a_note_go_to_the_model_as_they_are(space):
    note(space, 'Set "{{ vars.x }}" {% raw %}\nin {# blue #}.')

    asked = request(space, "edit-note")
    assert asked["request"]["prompt"] == (
        f'Set "{{{{ vars.x }}}}" {{% raw %}}\nin {{# blue #}}.\n\n{STAYS}'
    )


def test_an_edit_for_a_note_is_drawn_as_its_step_is(space):
    rewrite(space, "{provider: blank}", "{provider: openai, model: gpt-image-1.5, quality: low}")
    rewrite(
        space,
        "edit: prompts/copy.j2",
        "edit: prompts/copy.j2\n        quality: high\n        background: opaque\n"
        "        region: [0, 60%, 100%, 40%]\n        takes: 3\n        extra: {user: Ada}\n"
        "        references: [logo.png]",
    )
    rewrite(space, "assets:\n", "styles: {calm: {prompt: Calm., palette: ['#ffffff']}}\nassets:\n")
    rewrite(space, "    steps:", "    styles: [calm]\n    references: [logo.png]\n    steps:")
    (space.root / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    note(space)
    note(space, after="compose")

    edit, noted = request(space, "edit"), request(space, "edit-note")
    same = {"provider", "model", "quality", "background", "extra", "size"}
    assert {name: noted["request"][name] for name in same} == {
        name: edit["request"][name] for name in same
    }
    assert noted["request"]["quality"] == "high"
    assert noted["request"].keys() - same == {"prompt", "edit"}
    assert noted["inputs"] == [f"{DE}/edit-restore"]
    assert request(space, "compose-note")["request"]["quality"] == "low"


def test_several_notes_are_edits_one_after_the_other(space):
    for words in ("One.", "Two.", "Three."):
        note(space, words)
    note(space, "Four.", after="compose")

    found = plan(space)
    assert [each.removeprefix(f"{DE}/") for each in found if each.startswith(DE)] == [
        "compose-note",
        "edit",
        "edit-note",
        "edit-note-2",
        "edit-note-3",
        "export",
    ]
    assert found[f"{DE}/edit-note-3"]["reasons"] == [f"waits for {DE}/edit-note-2"]
    assert found["banner/wide/compose"]["variants"] == [DE, "banner/wide/en"]


def test_equal_notes_on_a_shared_picture_are_one_edit(space):
    for variant in (DE, "banner/wide/en"):
        note(space, "No clouds.", variant, "compose")

    assert plan(space)["banner/wide/compose-note"]["variants"] == [DE, "banner/wide/en"]


def test_a_step_of_that_name_keeps_it(space):
    rewrite(
        space, "- compose: prompts/scene.j2", "- compose: prompts/scene.j2\n        name: edit-note"
    )
    note(space)
    note(space, "Darker.", after="edit-note")

    assert [each for each in plan(space) if each.startswith(DE)] == [
        f"{DE}/edit-note-note",
        f"{DE}/edit",
        f"{DE}/edit-note-2",
        f"{DE}/export",
    ]


def test_no_note_changes_no_key_and_none_left_is_as_before(space):
    before = keys(space)
    note(space)
    note(space, "Darker.", "banner/tall/en", "compose")
    assert keys(space) != before

    remove(space.root, FILE, DE, "edit", "Make the bird smaller.")
    remove(space.root, FILE, "banner/tall/en", "compose", "Darker.")
    assert keys(space) == before


def test_a_note_of_what_is_no_more_is_a_warning_that_says_what_to_do(space):
    result = odd(
        space,
        "old.yaml",
        "bannr/wide/de:\n  - {after: edit, note: One.}\n"
        "banner/wide/fr:\n  - {after: edit, note: One.}\n"
        "banner/wide/en-XA:\n  - {after: edit, note: One.}\n"
        "banner/wide/de:\n  - {after: edti, note: One.}\n  - {after: touch, note: One.}\n",
    )

    assert result.code == 0
    assert "8 actions" not in result.out
    assert "note/" not in result.out
    told = [line for line in result.err.splitlines() if "stale-note" in line or "help" in line]
    assert told == [
        "warning[stale-note]: this note does nothing: there is no asset 'bannr'",
        "  = help: did you mean 'banner'?",
        "warning[stale-note]: this note does nothing: there is no variant 'banner/wide/fr'",
        "  = help: did you mean 'banner/wide/en'?",
        "warning[stale-note]: this note does nothing: 'banner' has no step 'edti'",
        "  = help: did you mean 'edit'?",
        "warning[stale-note]: this note does nothing: 'banner' has no step 'touch'",
        "  = help: delete it, or say which picture it is about now",
    ]
    assert "--> assetforge.notes/old.yaml:8:6" in result.err


def test_a_note_on_a_step_that_draws_nothing_is_an_error_with_its_place(space):
    rewrite(space, "    output:", "      - verify: copy\n    output:")

    result = odd(space, "b.yaml", f"{DE}:\n  - after: verify\n    note: One.\n")

    assert result.code == 2
    assert "error[not-drawn]: the step 'verify' of 'banner' draws no picture to edit" in result.err
    assert "--> assetforge.notes/b.yaml:2:5" in result.err
    assert "help: name one that does: compose, edit" in result.err


def test_what_is_wrong_with_notes_is_told_with_all_the_rest(space):
    rewrite(space, "banner.action", "banner.actoin")

    result = odd(space, "b.yaml", f"{DE}:\n  - aftr: edit\n    note: One.\n")

    assert result.code == 2
    assert "did you mean 'after'?" in result.err
    assert "no catalog has a message 'banner.actoin'" in result.err


def test_what_a_model_refuses_of_a_step_is_told_once(space):
    rewrite(space, "{provider: blank}", "{provider: openai, model: gpt-image-1.5}")
    rewrite(space, "edit: prompts/copy.j2", "edit: prompts/copy.j2\n        extra: {seed: 7}")
    note(space)

    assert space.run("plan").err.endswith("\n1 error\n")


def test_a_note_on_letters_that_are_typeset_is_a_warning(space):
    rewrite(space, "edit: prompts/copy.j2", "edit: prompts/copy.j2\n        typeset: [de]")
    note(space)
    note(space, variant="banner/wide/en")

    result = space.run("plan")

    assert "'edit' of banner/wide/de draws nothing: its copy is typeset" in result.err
    assert "banner/wide/en/edit-note" in result.out
    assert "banner/wide/de/edit-note" not in result.out


def test_a_plan_of_some_variants_tells_of_no_other_assets_notes(space):
    card = (
        "  card:\n    steps: [{compose: {prompt: A card., size: 160x160}}]\n    output: out/c.png\n"
    )
    space.write(FILE, space.read(FILE) + card)
    note(space, variant="card", after="compose")
    project = open_project(space.root / FILE, None, frozenset({"card"}))
    noting = Noting(project)

    assert list(noting.odd([])) == []
    assert [*notes_of(project)] == ["card"]
    assert "card/compose-note" in plan(space, "card")


def test_the_folder_of_the_notes_is_watched(space):
    note(space)
    project = open_project(space.root / FILE)

    assert space.root / "assetforge.notes" in folders_of(project, make_plan(project))


def test_explain_says_where_the_note_is_written(space):
    note(space)

    assert "  from note assetforge.notes/banner+wide+de.yaml:4:5\n" in space.run("explain", DE).out


def test_a_draft_of_a_note_keeps_its_words(tmp_path):
    space = Space(tmp_path).quick()
    rewrite(space, "{provider: blank}", "{provider: draft}")
    rewrite(space, "1200x628", "480x320")
    space.build(DE)
    plain = space.outputs()["out/de/banner-wide.png"]
    note(space)

    assert space.build(DE)["made"] == 2
    assert space.outputs()["out/de/banner-wide.png"] != plain


def test_a_note_buys_one_picture(open_shop):
    shop = open_shop()
    assert shop.buys() == 6
    note(shop)

    assert shop.buys() == 1
    assert shop.lock()[Slot(DE, "final", "edit-note")].take == 1
    assert shop.buys() == 0


def test_a_note_on_a_shared_scene_buys_it_and_what_follows_for_one_variant(open_shop):
    shop = open_shop()
    shop.buys()
    note(shop, after="compose")

    assert shop.buys() == 1 + 1
    remove(shop.root, FILE, DE, "compose", "Make the bird smaller.")
    assert shop.buys() == 0


def test_people_decide_about_noted_pictures_as_about_all_others(open_shop):
    shop = open_shop()
    note(shop)
    shop.buys()
    slot = Slot(DE, "final", "edit-note")

    shop.does("accept", DE)
    assert shop.lock()[slot].accepted is not None
    shop.does("reroll", DE, "--yes")
    assert shop.calls() == 6 + 1 + 1
    shop.does("choose", DE, "2")
    assert shop.lock()[slot].take == 2
    shop.does("pin", DE, "--step", "edit-note")
    assert shop.buys() == 0
    shop.replace("prompts/scene.j2", "calm", "wild")
    assert shop.buys("banner/wide/de") == 0
    assert "Make the bird smaller." in shop.does("log", DE).out


def test_a_look_is_at_the_picture_after_its_notes(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch) as shop:
        a_project(shop.root, shop)
        assert shop.buys() == 2
        note(shop, variant="banner/en")

        found = plan(shop)
        assert found["banner/en/verify"]["reasons"] == ["waits for banner/en/edit-note"]
        assert shop.buys() == 1
        assert decisions(shop) == {"hit"}


def test_takes_of_a_note_are_tried_and_then_letters_are_typeset(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, wrong_text=100) as shop:
        a_project(shop.root, shop, "takes: 2\n        otherwise: typeset")
        note(shop, variant="banner/en")

        assert shop.buys() == 1 + 1 + 2
        assert "because typeset" in shop.run("explain").out
        assert shop.buys() == 0


def test_an_accepted_note_is_shipped_whatever_it_shows(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, wrong_text=100) as shop:
        a_project(shop.root, shop)
        note(shop, variant="banner/en")
        assert shop.run("build", "--yes").code == 1

        shop.does("accept", "banner/en", "--step", "edit-note")

        assert shop.buys() == 0
        assert (shop.root / "out/en/banner.png").is_file()


def test_the_command_notes_the_last_drawn_picture_that_was_seen(open_shop):
    shop = open_shop()
    shop.buys()

    assert shop.does("note", DE, "Darker.").out == (
        "noted: the next build edits 'edit' of banner/wide/de once more\n"
    )
    shop.buys()
    shop.does("note", DE, "More light.")
    shop.does("note", DE, "No clouds.", "--step", "compose")

    noted = read_notes(shop.root / "assetforge.notes")
    lock = shop.lock()
    slots = [Slot(DE, "final", step) for step in ("edit", "edit-note", "compose")]
    assert [(each.after, each.about) for each in noted] == [
        (after, str(lock[slot].artifact)[:12])
        for after, slot in zip(("edit", "edit", "compose"), slots, strict=True)
    ]


def test_the_command_takes_notes_back(space):
    space.run("note", DE, "Darker.")
    space.run("note", DE, "Darker.", "--step", "compose")

    several = space.run("note", DE, "Darker.", "--remove")
    assert (several.code, several.err) == (
        2,
        "assetforge: several steps have this note; choose with --step: edit, compose\n",
    )
    assert space.run("note", DE, "Darker.", "--remove", "--step", "edit").code == 0
    gone = space.run("note", DE, "Darker.", "--remove")
    assert gone.out == (
        "taken back: no build edits 'compose' of banner/wide/de for this any more\n"
    )
    assert "has no such note" in space.run("note", DE, "Darker.", "--remove").err
    assert not (space.root / "assetforge.notes").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("banner/wide", "Darker."), 2, "matches 2 variants; name one"),
        ((DE, "Darker.", "--step", "eidt"), 5, "did you mean 'edit'?"),
        ((DE, " "), 2, "it says nothing"),
        (("bannr", "Darker."), 5, "did you mean 'banner'?"),
    ],
)
def test_the_command_says_what_cannot_be_noted(space, arguments, code, words):
    result = space.run("note", *arguments)

    assert result.code == code
    assert words in result.err


def test_a_note_on_an_edit_for_a_note_is_on_its_step(space):
    note(space)
    from_plan = plan(space)[f"{DE}/edit-note"]

    assert from_plan["step"] == "edit-note"
    assert space.run("note", DE, "Darker.", "--step", "edit-note").code == 0
    assert {each.after for each in read_notes(space.root / "assetforge.notes")} == {"edit"}
