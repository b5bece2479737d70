"""Pictures that are looked at before they are shipped, with a service that draws wrong letters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.emulator import Settings, serving
from assetforge.images import decode
from assetforge.ledger import Ledger
from assetforge.store.local import FOLDER, Store
from tests.review.shop import KEY, Shop

SOLD = "{provider: openai, model: gpt-image-2-2026-04-21, quality: low, max_cost: 5.00}"

PIPELINE = f"""\
version: 1
locales:
  source: en
  catalogs: locales/{{locale}}.json
profiles:
  final: {SOLD}
  draft: {{provider: draft}}
assets:
  banner:
    matrix:
      locale: all
    steps:
      - compose: A calm scene.
        size: 1024x640
      - edit: Set {{{{ copy.headline|quoted }}}}.
        copy: {{headline: banner.headline}}
        region: [0, 40%, 100%, 60%]
      - verify: copy
VERIFY
    output: out/{{locale}}/banner.png
"""


def a_project(root: Path, shop: Shop, verify: str = "", **headlines: str) -> None:
    shop.write("assetforge.yaml", PIPELINE.replace("VERIFY", f"        {verify}" if verify else ""))
    for locale, words in (headlines or {"en": "Free shipping"}).items():
        shop.locale(locale, headline=words, action="", alt="")


@contextmanager
def sold(root: Path, patch: pytest.MonkeyPatch, **settings: Any) -> Iterator[Shop]:
    """Run a project on an emulator that draws as it is told."""
    with serving(Settings(**settings)) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("ASSETFORGE_LIMITS", str(root / "limits"))
        (root / "project").mkdir(exist_ok=True)
        yield Shop(root / "project", server)


@pytest.fixture
def right(tmp_path, monkeypatch) -> Iterator[Shop]:
    with sold(tmp_path, monkeypatch) as shop:
        yield shop


@pytest.fixture
def wrong(tmp_path, monkeypatch) -> Iterator[Shop]:
    with sold(tmp_path, monkeypatch, wrong_text=100) as shop:
        yield shop


def spent(shop: Shop) -> int:
    """Return the microdollars that the ledger holds."""
    with closing(Ledger(shop.root / FOLDER)) as ledger:
        return sum(each.cost for each in ledger.entries())


def decisions(shop: Shop) -> set[str]:
    return {each["decision"] for each in shop.run("plan", "--format", "json").json["actions"]}


def test_a_picture_that_shows_its_copy_is_shipped_and_looked_at_once(right):
    a_project(right.root, right)

    assert right.buys() == 2
    assert (right.root / "out/en/banner.png").is_file()
    assert decisions(right) == {"hit"}
    assert right.buys() == 0


def test_a_picture_that_shows_other_words_is_not_shipped(wrong):
    a_project(wrong.root, wrong)

    result = wrong.run("build", "--yes")

    assert result.code == 1
    assert "banner/en/verify  headline: read" in result.err
    assert not (wrong.root / "out").exists()
    assert wrong.calls() == 2
    assert wrong.run("build", "--yes").code == 1
    assert wrong.calls() == 2


def test_as_many_takes_are_bought_as_there_may_be(wrong):
    a_project(wrong.root, wrong, "takes: 3")

    result = wrong.run("build", "--yes")

    assert result.code == 1
    assert "nor was it after 2 more" in result.err
    assert wrong.calls() == 1 + 3
    assert wrong.run("build", "--yes").code == 1
    assert wrong.calls() == 1 + 3


def test_the_first_take_that_is_right_is_shipped_and_locked(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, wrong_text=50) as shop:
        a_project(shop.root, shop, "takes: 9", en="Free shipping")
        shop.does("build", "--yes")
        spent = shop.calls()
        wrongs = [each["wrong_text"] for each in shop.server.books()["calls"][1:]]

        takes = {entry.take for slot, entry in shop.lock().items() if slot.step == "edit"}
        assert takes == {spent - 1}
        assert all(wrongs[:-1])
        assert not wrongs[-1]
        assert decisions(shop) == {"hit"}
        assert shop.buys() == 0


def test_letters_are_typeset_where_no_take_is_right(wrong):
    a_project(wrong.root, wrong, "{takes: 2, otherwise: typeset}"[1:-1].replace(", ", "\n        "))

    assert wrong.buys() == 1 + 2
    assert (wrong.root / "out/en/banner.png").is_file()
    assert "because typeset: what was drawn before it was not right" in wrong.run("explain").out
    assert decisions(wrong) == {"hit"}
    assert wrong.buys() == 0


def test_a_picture_that_somebody_accepts_is_shipped_whatever_it_shows(wrong):
    a_project(wrong.root, wrong)
    wrong.run("build", "--yes")

    wrong.does("accept", "banner/en", "--step", "edit")

    assert wrong.buys() == 0
    assert (wrong.root / "out/en/banner.png").is_file()
    assert decisions(wrong) == {"hit"}


def test_no_take_is_bought_that_the_cap_does_not_cover(wrong):
    a_project(wrong.root, wrong, "takes: 9")

    result = wrong.run("build", "--max-cost", "0.02")

    assert result.code != 0
    assert wrong.calls() < 9
    assert spent(wrong) <= 20_000


def test_a_plan_says_what_further_takes_may_cost(right):
    a_project(right.root, right, "takes: 3")

    (look,) = (
        e for e in right.run("plan", "--format", "json").json["actions"] if e["kind"] == "verify"
    )
    (edit,) = (
        e for e in right.run("plan", "--format", "json").json["actions"] if e["kind"] == "edit"
    )

    assert look["cost_usd"]["low"] == "0.00"
    assert float(look["cost_usd"]["high"]) == pytest.approx(2 * float(edit["cost_usd"]["high"]))


def test_drafts_are_not_looked_at(right):
    a_project(right.root, right)

    plan = right.run("plan", "--profile", "draft", "--format", "json").json

    assert "verify" not in {each["kind"] for each in plan["actions"]}


def test_what_was_found_is_explained(wrong):
    a_project(wrong.root, wrong)
    wrong.run("build", "--yes")

    found = wrong.run("explain", "banner/en", "--format", "json").json["actions"]

    (look,) = (each for each in found if each["id"].endswith("/verify"))
    assert look["reasons"] == ["it was looked at, and is not right"]
    (check,) = (each for each in look["findings"]["checks"] if each["check"] == "copy")
    assert (check["expected"], check["verdict"] != "equal") == ("Free shipping", True)
    assert "headline" in wrong.run("explain", "banner/en").out


def test_a_locale_whose_texts_cannot_be_read_is_refused_before_anything_is_bought(
    right, monkeypatch, tmp_path
):
    a_project(right.root, right, en="Free shipping", my="အခမဲ့")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    monkeypatch.setattr("assetforge.reading.data._usual", list)

    result = right.run("build", "--yes")

    assert result.code == 2
    assert "no model" in result.err
    assert right.calls() == 0
    checked = right.run("check")
    assert checked.code == 0
    assert "warning[no-reader]" in checked.out + checked.err


def test_copy_is_typeset_in_the_locales_that_say_so_and_no_model_draws_it(right):
    a_project(right.root, right, en="Free shipping", de="Gratisversand")
    text = (right.root / "assetforge.yaml").read_text()
    right.write("assetforge.yaml", text.replace("region:", "typeset: [de]\n        region:"))

    assert right.buys() == 1 + 1
    kinds = {
        each["id"]: each["kind"]
        for each in right.run("plan", "--format", "json").json["actions"]
        if each["variants"] == ["banner/de"]
    }
    assert set(kinds.values()) == {"text", "verify", "export"}


def test_a_locale_to_typeset_that_there_is_not_is_an_error(right):
    a_project(right.root, right, en="Free shipping", de="Gratisversand")
    text = (right.root / "assetforge.yaml").read_text()
    right.write("assetforge.yaml", text.replace("region:", "typeset: [dee]\n        region:"))

    result = right.run("plan")

    assert result.code == 2
    assert "no locale 'dee'" in result.err
    assert "did you mean 'de'?" in result.err


def test_an_edit_that_redraws_everything_keeps_to_its_region(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, redraw=True) as shop:
        a_project(shop.root, shop)
        assert shop.run("build", "--yes").code in (0, 1)

        found = {slot.step: entry for slot, entry in shop.lock().items()}
        scene, edit = (shop.blob(found[each].artifact) for each in ("compose", "edit"))
        explained = shop.run("explain", "banner/en", "--format", "json").json["actions"]
        (restored,) = (each for each in explained if each["id"].endswith("restore"))
        kept = shop.blob(artifact_of(shop, restored["key"]))
        top = (0, 0, 1024, 256)
        assert decode(kept).crop(top).tobytes() == decode(scene).convert("RGB").crop(top).tobytes()
        assert decode(edit).crop(top).tobytes() != decode(scene).convert("RGB").crop(top).tobytes()
        (drift,) = (e for e in restored["findings"]["checks"] if e["check"] == "drift")
        assert drift["details"]["touched"] > 0


def artifact_of(shop: Shop, key: str) -> Digest:
    with closing(Store(shop.root / FOLDER, emulation=True)) as store:
        found = store.actions.get(ActionKey(key))
        assert found is not None
        return found.artifact


def test_an_edit_without_a_region_says_how_much_it_changed(right):
    a_project(right.root, right)
    text = (right.root / "assetforge.yaml").read_text()
    right.write("assetforge.yaml", text.replace("        region: [0, 40%, 100%, 60%]\n", ""))
    right.does("build", "--yes")

    explained = right.run("explain", "banner/en", "--format", "json").json["actions"]

    (edit,) = (each for each in explained if each["id"].endswith("/edit"))
    (drift,) = edit["findings"]["checks"]
    assert (drift["check"], drift["verdict"]) == ("drift", "equal")
    assert drift["message"].endswith("of the picture changed")


def test_a_judge_is_asked_once_and_its_call_is_in_the_ledger(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch) as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini")
        (look,) = (
            each
            for each in shop.run("plan", "--format", "json").json["actions"]
            if each["kind"] == "verify"
        )
        before = float(look["cost_usd"]["high"])

        shop.does("build", "--yes")
        assert shop.run("build", "--yes").code == 0

        with closing(Ledger(shop.root / FOLDER)) as ledger:
            (judged,) = (each for each in ledger.entries() if each.step == "verify")
        assert judged.model == "gpt-5.4-mini"
        assert 0 < judged.cost <= before * 1_000_000
        assert decisions(shop) == {"hit"}
        explained = shop.run("explain", "banner/en").out
        assert "equal   copy of headline" in explained


def test_a_judge_that_reads_other_words_asks_for_another_take(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, judge="wrong") as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini\n        takes: 2")

        result = shop.run("build", "--yes")

        assert result.code == 1
        assert "nor was it after 1 more" in result.err
        with closing(Ledger(shop.root / FOLDER)) as ledger:
            steps = [each.step for each in ledger.entries()]
        assert sorted(steps) == ["compose", "edit", "edit", "verify", "verify"]


def test_an_answer_that_is_none_is_paid_for_and_fails_the_look(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, judge="garbled") as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini")

        result = shop.run("build", "--yes")

        assert result.code == 1
        assert "judge" in result.err
        with closing(Ledger(shop.root / FOLDER)) as ledger:
            (judged,) = (each for each in ledger.entries() if each.step == "verify")
        assert judged.cost > 0


def test_a_scene_that_all_locales_share_is_looked_at_once(right):
    a_project(right.root, right, en="Free shipping", de="Gratisversand")
    text = (right.root / "assetforge.yaml").read_text()
    look = "      - {verify: no-text, takes: 2}\n      - edit:"
    right.write("assetforge.yaml", text.replace("      - edit:", look))

    plan = right.run("plan", "--format", "json").json["actions"]

    (scene,) = (each for each in plan if each["step"] == "verify")
    assert scene["variants"] == ["banner/de", "banner/en"]


def test_two_looks_at_one_picture_ask_for_one_further_take(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, wrong_text=100) as shop:
        shop.write("assetforge.yaml", TWO_LOOKS)
        shop.write("locales/en.json", "{}")

        result = shop.run("build", "--yes", "--keep-going")

        assert result.code == 1
        assert shop.calls() == 2


TWO_LOOKS = f"""\
version: 1
profiles:
  final: {SOLD}
assets:
  banner:
    matrix:
      kind: [plain, strict]
    steps:
      - compose: 'Show "Free shipping".'
        copy: {{headline: {{text: Free shipping}}}}
        size: 1024x640
      - verify: copy
        takes: 2
    overrides:
      strict: {{steps: {{verify: {{strict: true}}}}}}
    output: out/{{kind}}.png
"""


def rewrite(shop: Shop, old: str, new: str) -> None:
    text = (shop.root / "assetforge.yaml").read_text()
    assert old in text
    shop.write("assetforge.yaml", text.replace(old, new))


def test_a_frozen_build_asks_no_judge_and_buys_no_take(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, judge="wrong") as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini\n        takes: 2")
        shop.run("build", "--yes")
        before = shop.calls(), paid_calls(shop)
        rewrite(shop, "takes: 2", "takes: 5")

        result = shop.run("build", "--frozen")

        assert result.code in (1, 3)
        assert (shop.calls(), paid_calls(shop)) == before


def paid_calls(shop: Shop) -> int:
    with closing(Ledger(shop.root / FOLDER)) as ledger:
        return len(ledger.entries())


def test_an_answer_that_is_none_is_asked_for_once(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, judge="garbled") as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini")
        shop.run("build", "--yes")
        calls = paid_calls(shop)

        assert shop.run("build", "--yes").code == 1
        assert paid_calls(shop) == calls


def test_what_a_judge_costs_is_told_as_spent(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch) as shop:
        a_project(shop.root, shop)
        shop.does("build", "--yes")
        rewrite(shop, "verify: copy", "verify: copy\n        judge: gpt-5.4-mini")

        totals = shop.run("build", "--yes", "--format", "json").json["totals"]

        assert float(totals["cost_usd"]) > 0


def test_an_accepted_picture_stays_and_needs_no_look_while_new_words_are_drawn(right):
    a_project(right.root, right, "takes: 4")
    rewrite(right, "max_cost: 5.00", "max_cost: 5.00, unaccepted: keep")
    right.does("build", "--yes")
    right.does("accept", "banner/en", "--step", "edit")
    shipped = (right.root / "out/en/banner.png").read_bytes()
    right.locale("en", headline="Summer sale", action="", alt="")

    assert right.buys() == 1
    assert (right.root / "out/en/banner.png").read_bytes() == shipped


def test_a_take_that_a_person_chooses_is_shipped_though_a_look_said_no(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, wrong_text=100) as shop:
        a_project(shop.root, shop, "takes: 2\n        otherwise: typeset")
        shop.does("build", "--yes")
        typeset = (shop.root / "out/en/banner.png").read_bytes()

        shop.does("accept", "banner/en", "--step", "edit")
        assert shop.buys() == 0

        assert (shop.root / "out/en/banner.png").read_bytes() != typeset


def test_what_is_typeset_in_the_end_follows_the_pipeline_file(wrong):
    a_project(wrong.root, wrong, "otherwise: typeset")
    wrong.does("build", "--yes")
    picture = (wrong.root / "out/en/banner.png").read_bytes()

    rewrite(wrong, "assets:", "defaults: {text: {colour: '#ff0000'}}\nassets:")
    assert wrong.buys() == 0
    assert (wrong.root / "out/en/banner.png").read_bytes() != picture

    rewrite(wrong, "otherwise: typeset", "otherwise: fail")
    assert wrong.run("build", "--yes").code == 1


def test_two_assets_that_try_other_things_are_looked_at_apart(wrong):
    a_project(wrong.root, wrong)
    text = (wrong.root / "assetforge.yaml").read_text()
    first = text[text.index("  banner:") :]
    second = first.replace("banner:", "other:", 1).replace("banner.png", "other.png")
    second = second.replace("verify: copy\n", "verify: copy\n        otherwise: typeset\n")
    wrong.write("assetforge.yaml", text + second)

    result = wrong.run("build", "--yes", "--keep-going")

    assert result.code == 1
    assert (wrong.root / "out/en/other.png").is_file()
    assert not (wrong.root / "out/en/banner.png").exists()
    assert "typeset other/en/verify  no take was right" in result.err


def test_lost_findings_do_not_stop_a_project(wrong):
    a_project(wrong.root, wrong)
    wrong.run("build", "--yes")
    with closing(Store(wrong.root / FOLDER, emulation=True)) as store:
        for each in store.actions.all():
            if each.findings:
                store.cas.path(Digest(each.findings)).unlink(missing_ok=True)

    result = wrong.run("build", "--yes")

    assert result.code == 1
    assert "the picture is not right" in result.err


def test_nothing_is_typeset_where_a_take_could_not_be_asked_for(wrong):
    a_project(wrong.root, wrong)
    rewrite(wrong, ", max_cost: 5.00", "")
    wrong.run("build", "--yes")
    rewrite(wrong, "verify: copy\n", "verify: copy\n        takes: 3\n        otherwise: typeset\n")

    result = wrong.run("build", "--no-progress")

    assert result.code == 4
    assert "nobody agreed to pay" in result.err
    assert not (wrong.root / "out").exists()
    assert wrong.buys() == 2
    assert (wrong.root / "out/en/banner.png").is_file()


def test_who_accepts_a_scene_says_nothing_of_letters_set_on_it_later(right):
    a_project(right.root, right)
    text = (right.root / "assetforge.yaml").read_text()
    start = text.index("      - edit:")
    look = """\
      - text:
        copy: {headline: banner.headline}
        colour: "#ffffff"
      - flatten: "#ffffff"
      - verify: {what: copy, contrast: 21}
    output: out/{locale}/banner.png
"""
    right.write("assetforge.yaml", text[:start] + look)
    assert right.run("build", "--yes").code == 1

    right.does("accept", "banner/en", "--step", "compose")

    assert right.run("build", "--yes").code == 1


def test_letters_that_the_tool_set_last_need_no_judge_to_agree(tmp_path, monkeypatch):
    with sold(tmp_path, monkeypatch, judge="wrong") as shop:
        a_project(shop.root, shop, "judge: gpt-5.4-mini\n        otherwise: typeset")

        assert shop.run("build", "--yes").code == 0
        assert (shop.root / "out/en/banner.png").is_file()
        assert decisions(shop) == {"hit"}
