from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from assetforge.action import ActionId
from assetforge.build import build, rules_of
from assetforge.decided import (
    Decided,
    Options,
    Prices,
    open_store,
    plan_and_decide,
    warnings_of,
    with_users,
)
from assetforge.errors import Diagnostic, InvalidSource, OutOfDate, OverBudget, UsageProblem
from assetforge.events import Ended, Event, Outcome, Planned
from assetforge.ledger import Caps, Spent
from assetforge.permission import Confirm, caps_of, permit, refuse_absent_provider, refuse_frozen
from assetforge.pricing import Cost
from assetforge.project import open_project
from assetforge.store.local import Store
from tests.space import QUICK, Space
from tests.test_processes import STUDIO_PIPELINE, studio_in_this_process


@pytest.fixture
def space(tmp_path) -> Space:
    folder = tmp_path / "project"
    folder.mkdir()
    return Space(folder).quick("en", "de", "ja")


@pytest.fixture
def studio(tmp_path, monkeypatch) -> Iterator[Path]:
    """The provider `studio`, whose calls cost money; yields the path of its bill."""
    with studio_in_this_process(tmp_path / "plugins", monkeypatch) as bill:
        yield bill


def made_by(space: Space, *arguments: str) -> list[str]:
    """Build and return what was made, in order."""
    assert arguments == ()
    events: list[Event] = []
    build(Options(space.root / "assetforge.yaml"), events.append)
    return [
        each.action for each in events if isinstance(each, Ended) and each.outcome is Outcome.MADE
    ]


def reasons_of(space: Space) -> dict[str, list[str]]:
    actions = space.run("plan", "--format", "json").json["actions"]
    return {each["id"]: each["reasons"] for each in actions if each["decision"] != "hit"}


def test_the_first_build_makes_everything_and_the_second_nothing(space):
    assert len(made_by(space)) == 2 + 6 + 6
    assert made_by(space) == []


def test_an_edit_of_one_german_text_makes_the_german_pictures_only(space):
    space.build()
    space.locale("de", headline="Nur heute", action="Buy de", alt="Hills de")

    made = made_by(space)

    assert sorted(made) == [
        "banner/tall/de/edit",
        "banner/tall/de/export",
        "banner/wide/de/edit",
        "banner/wide/de/export",
    ]


def test_an_edit_of_the_alt_text_makes_nothing(space):
    space.build()
    space.locale("de", headline="Sale de", action="Buy de", alt="Sanfte Hügel")

    assert made_by(space) == []


def test_other_words_for_the_scene_make_it_and_all_that_stands_on_it(space):
    space.build()
    space.write("prompts/scene.j2", "A stormy scene.\n")

    made = made_by(space)

    assert len(made) == 14
    assert {"banner/wide/compose", "banner/tall/compose"} <= set(made)


def test_a_change_of_one_format_leaves_the_other_alone(space):
    space.build()
    space.replace("assetforge.yaml", "600x900", "600x1000")

    made = made_by(space)

    assert len(made) == 7
    assert all(each.startswith("banner/tall/") for each in made)


def test_another_final_size_on_the_same_canvas_only_exports(space):
    """The canvas is 1200x640 for both."""
    space.build()
    space.replace("assetforge.yaml", "1200x628", "1200x630")

    assert sorted(made_by(space)) == [f"banner/wide/{each}/export" for each in ("de", "en", "ja")]


def test_variants_whose_rendered_request_is_equal_share_one_action(space):
    space.write("prompts/copy.j2", "Set {{ copy.headline|quoted }}.\n")
    space.write("assetforge.yaml", QUICK.replace(", action: banner.action", ""))
    for locale in ("en", "de"):
        space.locale(locale, headline="Sale", action="x", alt="y")

    document = space.run("plan", "--format", "json").json

    shared = [each for each in document["actions"] if len(each["variants"]) == 2]
    assert [(each["step"], each["variants"]) for each in shared if each["step"] == "edit"] == [
        ("edit", ["banner/wide/de", "banner/wide/en"]),
        ("edit", ["banner/tall/de", "banner/tall/en"]),
    ]
    assert space.build()["made"] == 2 + 4 + 4
    outputs = space.outputs()
    assert outputs["out/de/banner-wide.png"] == outputs["out/en/banner-wide.png"]
    assert outputs["out/ja/banner-wide.png"] != outputs["out/en/banner-wide.png"]


def test_undo_is_free(space):
    space.build()
    before = space.outputs()
    space.replace("prompts/scene.j2", "calm", "stormy")
    space.build()
    space.replace("prompts/scene.j2", "stormy", "calm")

    assert made_by(space) == []
    assert space.outputs() == before


def test_a_plan_says_why(space):
    space.build()
    space.locale("de", headline="Nur heute", action="Buy de", alt="Hills de")
    space.replace("assetforge.yaml", "600x900", "600x1000")

    reasons = reasons_of(space)

    assert reasons["banner/wide/de/edit"] == ["copy changed: headline", "prompt changed"]
    assert reasons["banner/wide/de/export"] == ["waits for banner/wide/de/edit"]
    assert reasons["banner/tall/compose"] == ["size changed"]


def test_a_changed_reference_is_named(space):
    (space.root / "logo.png").write_bytes(space_picture(space))
    asset = "    references: [logo.png]\n    steps:"
    space.replace("assetforge.yaml", "    steps:", asset)
    space.build()
    (space.root / "logo.png").write_bytes(space_picture(space) + b" ")

    assert reasons_of(space)["banner/wide/compose"] == ["input changed: logo.png"]


def space_picture(space: Space) -> bytes:
    folder = space.root.parent / "other"
    folder.mkdir(exist_ok=True)
    other = Space(folder).quick("en")
    other.build()
    return other.outputs()["out/en/banner-wide.png"]


def test_results_whose_bytes_are_gone_are_made_again_and_the_plan_says_so(space):
    space.build()
    for blob in (space.root / ".assetforge" / "cas").glob("??/*"):
        blob.unlink()

    assert reasons_of(space)["banner/wide/compose"] == ["its bytes are not in the store"]
    assert len(made_by(space)) == 14


def test_a_deleted_database_costs_no_call(space, studio, monkeypatch):
    monkeypatch.setenv("STUDIO_BILL", str(studio))
    space.write("assetforge.yaml", STUDIO_PIPELINE)
    space.build("--yes")
    calls = studio.read_text()
    before = space.outputs()
    for each in (space.root / ".assetforge").glob("state.sqlite*"):
        each.unlink()

    totals = space.build("--yes")

    assert (totals["made"], totals["hit"]) == (6, 8)
    assert studio.read_text() == calls
    assert space.outputs() == before


def test_a_damaged_database_is_one_line_that_says_what_to_do(space):
    space.build()
    for each in (space.root / ".assetforge").glob("state.sqlite*"):
        each.write_bytes(b"garbage!" * 1000)

    result = space.run("build")

    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "is damaged" in result.err
    assert "delete it, and all that was paid for is read again" in result.err


def test_a_damaged_blob_that_is_needed_fails_its_picture_and_says_what_to_do(space):
    space.build()
    (space.root / "out" / "de" / "banner-wide.png").unlink()
    for blob in (space.root / ".assetforge" / "cas").glob("??/*"):
        blob.chmod(0o644)
        blob.write_bytes(b"damaged")

    result = space.run("build")

    assert result.code == 1
    assert result.err.count("\n") == 2
    assert "is damaged: put back a good copy, or delete it" in result.err


def test_a_wrong_pipeline_is_told_where_it_is_wrong(space):
    space.replace("assetforge.yaml", "compose:", "compse:")

    with pytest.raises(InvalidSource, match=r"assetforge\.yaml:15:9: .*'compse'.*'compose'"):
        build(Options(space.root / "assetforge.yaml"), lambda event: None)


def test_a_run_is_announced_before_it_begins(space):
    events: list[Event] = []

    build(Options(space.root / "assetforge.yaml"), events.append)

    assert events[0] == Planned(hits=0, pending=14)


def decided_with(space: Space, prices: Mapping[str, Cost] | Cost) -> Decided:
    """Return the decided plan of a project, with prices of its own."""
    project = open_project(space.root / "assetforge.yaml")
    store = open_store(project)
    decided = plan_and_decide(Options(space.root / "assetforge.yaml"), store, project)
    store.close()
    given = (
        dict.fromkeys(decided.plan.actions, prices)
        if isinstance(prices, Cost)
        else {id: prices.get(id, Cost(0, 0)) for id in decided.plan.actions}
    )
    priced = Prices(project, decided.plan)
    priced.update(given)
    return replace(decided, prices=priced)


FILE = Path("assetforge.yaml")


NO_CAPS = Caps()
NOTHING_SPENT = Spent(run=0, day=0, month=0, reserved=0)


def permitted(
    options: Options,
    decided: Decided,
    caps: Caps = NO_CAPS,
    spent: Spent = NOTHING_SPENT,
    confirm: Confirm | None = None,
) -> bool:
    permit(options, decided, caps, spent, confirm)
    return True


PRICED = {"banner/wide/compose": Cost(30_000, 165_000)}


def test_where_nobody_can_be_asked_spending_needs_a_yes_or_a_cap(space):
    decided = decided_with(space, PRICED)

    with pytest.raises(OverBudget, match=r"this would spend up to \$0\.165; confirm with --yes"):
        permitted(Options(FILE), decided)

    assert permitted(Options(FILE, yes=True), decided)
    assert permitted(Options(FILE, cap_microdollars=40_000), decided, Caps(run=40_000))
    assert permitted(Options(FILE), decided, Caps(run=40_000)), "the profile's cap is one"


def test_a_person_is_asked_unless_they_have_said_so_on_the_command_line(space):
    decided, asked = decided_with(space, PRICED), []

    def confirm(question: str) -> bool:
        asked.append(question)
        return len(asked) == 1

    assert permitted(Options(FILE), decided, Caps(run=200_000), confirm=confirm)
    with pytest.raises(OverBudget, match="nothing was sent: spending was not confirmed"):
        permitted(Options(FILE), decided, Caps(run=200_000), confirm=confirm)
    assert permitted(Options(FILE, yes=True), decided, confirm=confirm)
    assert permitted(Options(FILE, cap_microdollars=1), decided, confirm=confirm)

    assert len(asked) == 2
    assert asked[0] == "buy 1 picture of blank for $0.03 to $0.17?"


def test_a_cap_below_the_lowest_price_is_refused_before_anything_runs(space):
    decided = decided_with(space, PRICED)

    with pytest.raises(OverBudget, match=r"costs at least \$0\.03, the cap is \$0\.02; raise"):
        permitted(Options(FILE, yes=True), decided, Caps(run=20_000))


def test_what_is_spent_already_counts_against_the_budget_of_day_and_month(space):
    decided = decided_with(space, PRICED)
    spent = Spent(run=0, day=90_000, month=290_000, reserved=0)

    assert permitted(Options(FILE, yes=True), decided, Caps(day=120_000, month=320_000), spent)
    with pytest.raises(OverBudget, match=r"the day's budget is \$0\.10, of which \$0\.09 is spent"):
        permitted(Options(FILE, yes=True), decided, Caps(day=100_000), spent)
    with pytest.raises(OverBudget, match=r"the month's budget is \$0\.30, of which \$0\.29"):
        permitted(Options(FILE, yes=True), decided, Caps(month=300_000), spent)


def test_what_is_free_needs_no_yes(space):
    assert permitted(Options(FILE), decided_with(space, {}))


def test_jobs_bound_what_works_here_and_what_is_asked_of_a_service(space):
    decided = decided_with(space, {})

    assert (rules_of(Options(FILE, jobs=3), decided).jobs) == 3
    assert (rules_of(Options(FILE, jobs=3), decided).calls) == 3
    assert rules_of(Options(FILE), decided).calls > 100


def test_what_stands_on_an_unanswered_request_is_not_priced_either(space):
    decided = decided_with(space, Cost(1, 2))
    held = with_users(decided.plan, [ActionId("banner/wide/compose")])

    found = replace(decided, held=held)

    assert {id for id in decided.plan.actions if id in held} == {
        id for id in decided.plan.actions if id.startswith("banner/wide/")
    }
    assert found.cost == Cost(7, 14)
    assert with_users(decided.plan, []) == frozenset()


def test_only_what_is_asked_of_a_service_is_remote(space, studio):
    assert decided_with(space, {}).remote == []

    space.write("assetforge.yaml", STUDIO_PIPELINE)

    assert {id.rpartition("/")[2] for id in decided_with(space, {}).remote} == {"compose", "edit"}


def test_the_cost_is_that_of_what_is_pending(space):
    space.build("--locale", "en")

    decided = decided_with(space, Cost(1, 2))

    assert len(decided.pending) == 8
    assert decided.cost == Cost(8, 16)


def test_the_cap_of_the_flag_comes_before_that_of_the_profile(space):
    space.replace("assetforge.yaml", "provider: blank", "provider: blank, max_cost: 2.5")
    project = open_project(space.root / "assetforge.yaml")

    assert caps_of(Options(FILE), project) == Caps(run=2_500_000)
    assert caps_of(Options(FILE, cap_microdollars=0), project) == Caps(run=0)


def test_the_budget_of_the_pipeline_file_is_in_dollars(space):
    space.replace("assetforge.yaml", "version: 1", "version: 1\nbudget: {day: 20, month: 0.5}")
    project = open_project(space.root / "assetforge.yaml")

    assert caps_of(Options(FILE), project) == Caps(day=20_000_000, month=500_000)


def test_frozen_runs_nothing_and_names_what_is_missing(space):
    with pytest.raises(OutOfDate, match=r"banner/wide/compose, .* and 5 more; run `assetforge"):
        refuse_frozen(Options(FILE, frozen=True), decided_with(space, {}))

    assert space.run("build", "--frozen").code == 3
    assert not (space.root / "out").exists()


def test_frozen_is_fine_when_everything_is_a_hit_and_still_writes_files(space):
    space.build()
    before = space.outputs()
    (space.root / "out" / "de" / "banner-wide.png").unlink()

    assert space.build("--frozen")["written"] == 1
    assert space.outputs() == before


def test_frozen_with_little_missing_names_all_of_it(space):
    space.build()
    space.locale("de", headline="Alles neu", action="Buy de", alt="Hills de")

    missing = r"banner/wide/de/edit, banner/tall/de/edit; run `assetforge build`"
    with pytest.raises(OutOfDate, match=missing):
        refuse_frozen(Options(FILE, frozen=True), decided_with(space, {}))


def test_frozen_does_what_is_free_and_done_here(space):
    """A database that is lost, or another final size: no provider has to be asked."""
    space.build()
    space.replace("assetforge.yaml", "1200x628", "1200x630")

    assert space.build("--frozen")["made"] == 3


def test_a_provider_that_is_not_installed_is_refused_before_anything_runs(space, studio):
    """The plan can be made and priced without it."""
    space.write("assetforge.yaml", STUDIO_PIPELINE)
    decided = decided_with(space, {})
    uninstalled = {
        id: replace(action, request={**action.request, "provider": "gone"})
        for id, action in decided.plan.actions.items()
    }
    gone = replace(decided, plan=replace(decided.plan, actions=uninstalled))

    with pytest.raises(UsageProblem, match="provider 'gone' is known but not installed"):
        refuse_absent_provider(gone)


def test_a_paid_build_spends_what_it_says(space, studio, monkeypatch):
    monkeypatch.setenv("STUDIO_COST", "1500")
    space.write("assetforge.yaml", STUDIO_PIPELINE)

    refused = space.run("build")
    document = json.loads(space.run("build", "--yes", "--format", "json").out)

    assert refused.code == 4
    assert "confirm with --yes" in refused.err
    assert document["totals"]["cost_usd"] == "0.012"
    assert len(studio.read_text().split()) == 8


def test_references_of_files_and_of_steps_are_priced(space, studio):
    space.write("assetforge.yaml", STUDIO_PIPELINE)
    (space.root / "logo.png").write_bytes(b"no picture needs to be read to be priced")
    space.replace("assetforge.yaml", "    steps:", "    references: [logo.png]\n    steps:")

    document = space.run("plan", "--format", "json").json

    costs = {each["id"]: float(each["cost_usd"]["high"]) for each in document["actions"]}
    assert costs["banner/wide/compose"] > 0
    assert costs["banner/wide/de/edit"] > 0
    assert costs["banner/wide/de/export"] == 0


def test_a_variant_stands_on_what_it_was_last_built_under(space):
    space.build()
    store = Store(space.root / ".assetforge")
    before = store.record.stands("assetforge.yaml")
    store.close()
    space.locale("de", headline="Nur heute", action="Buy de", alt="Hills de")
    space.build()

    store = Store(space.root / ".assetforge")
    after = store.record.stands("assetforge.yaml")
    store.close()

    assert {variant for (variant, _), key in after.items() if before[variant, _] != key} == {
        "banner/wide/de",
        "banner/tall/de",
    }


def test_a_shared_step_remembers_its_last_build_also_when_a_new_locale_comes_first(space):
    space.build()
    space.locale("ar", headline="Sale ar", action="Buy ar", alt="Hills ar")
    space.replace("assetforge.yaml", "600x900", "600x1000")

    actions = space.run("plan", "--format", "json").json["actions"]

    shared = next(each for each in actions if each["id"] == "banner/tall/compose")
    assert shared["variants"][0] == "banner/tall/ar"
    assert shared["reasons"] == ["size changed"]


def test_a_plan_has_the_warnings_of_file_plan_and_catalogs_each_once(space):
    project = open_project(space.root / "assetforge.yaml")
    named = {name: Diagnostic(name, name, severity="warning") for name in ("file", "plan", "texts")}
    loaded = replace(project.loaded, warnings=(named["file"], named["plan"]))
    plan = replace(decided_with(space, {}).plan, warnings=(named["plan"], named["plan"]))
    project.texts["banner"].catalogs._warnings = [named["texts"], named["file"]]

    found = warnings_of(replace(project, loaded=loaded), plan)

    assert [each.code for each in found] == ["file", "plan", "texts"]


def test_check_plan_and_build_say_the_same_warnings(space):
    space.write("locales/no-locale!.json", "{}")

    documents = [space.run(each, "--format", "json").json for each in ("check", "plan", "build")]

    found = [each.get("warnings", each.get("diagnostics")) for each in documents]
    assert found[0] == found[1] == found[2]
    assert found[0]
