"""Looking at one picture closely, and deciding about it."""

import re

import pytest
from playwright.sync_api import expect

from assetforge.session.errors import Agree, Outdated

WIDE = "open=out%2Fde%2Fbanner-wide"
DRAFTED = "open=out%2Far%2Fbanner-story"
ID = "out/de/banner-wide"


def drafted(desk):
    """The id of a picture of which only a draft is there."""
    return next(id for id, row in desk.rows.items() if row["draft"] and not row["digest"])


def decisions(desk):
    """All that was asked for, but what is looked at."""
    return [each for each in desk.done if each[0] != "focus"]


def act(page, name: str):
    return page.get_by_role("toolbar", name="Actions").get_by_role("button", name=name, exact=True)


def toast(page):
    return page.locator("#toast")


def width(page):
    return page.locator("#stage img").first.bounding_box()["width"]


def test_a_picture_is_zoomed_and_moved_by_keys_wheel_and_hand(guest, made):
    page = guest.page(made[1], WIDE)
    fit = width(page)
    assert fit < 1200

    page.keyboard.press("1")
    assert width(page) == 1200
    page.keyboard.press("+")
    assert width(page) == 1800
    expect(page.locator("#stage img")).to_have_css("image-rendering", "pixelated")
    page.keyboard.press("-")
    page.keyboard.press("ArrowRight")
    pane = page.locator(".pane")
    moved = pane.evaluate("pane => pane.scrollLeft")
    assert moved > 0
    expect(page.locator("#viewer-name")).to_have_text("banner/wide/de")
    box = pane.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 200)
    page.mouse.up()
    assert pane.evaluate("pane => pane.scrollLeft") == pytest.approx(moved + 50, abs=1)
    page.mouse.wheel(0, -100)
    assert width(page) == 1800

    page.keyboard.press("0")

    assert width(page) == pytest.approx(fit, abs=1)


def test_two_pictures_are_compared_in_five_ways(guest, made):
    page = guest.page(made[1], WIDE)
    compare = page.get_by_role("group", name="Compare", exact=True)
    expect(page.get_by_role("button", name="Take 1")).to_be_visible()

    compare.get_by_role("button", name="Side by side").click()
    expect(page.locator(".pane")).to_have_count(2)
    compare.get_by_role("button", name="Slider").click()
    page.get_by_label("Compare with").select_option(label="Take 1")
    slider = page.get_by_role("slider", name="Before and after")
    slider.focus()
    page.keyboard.press("Home")
    clip = page.locator(".sheet img").first
    expect(clip).to_have_css("clip-path", "inset(0px 0px 0px 0%)")
    page.keyboard.press("End")
    expect(clip).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    compare.get_by_role("button", name="Onion skin").click()
    page.get_by_role("slider", name="How much shines through").fill("25")
    expect(page.locator(".sheet img").first).to_have_css("opacity", "0.25")
    compare.get_by_role("button", name="Difference").click()

    expect(page.locator(".sheet img").first).to_have_css("mix-blend-mode", "difference")
    expect(page.locator(".sheet img").nth(1)).to_have_css("object-fit", "cover")
    expect(page.locator(".sheet img").nth(1)).to_have_attribute(
        "data-digest", made[0].takes["wide"]
    )


def test_the_tabs_tell_reasons_words_steps_notes_and_history(guest, made):
    page = guest.page(made[1], "open=out%2Far%2Fbanner-wide")
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("the prompt changed: prompts/copy.j2")
    expect(panel).to_contain_text("assetforge explain 'banner/wide/ar'")
    expect(panel.locator(".slots p").first).to_have_css("direction", "rtl")

    page.get_by_role("tab", name="Why").focus()
    page.keyboard.press("ArrowRight")

    expect(panel.locator("del")).to_have_text("stormy")
    expect(panel.locator("ins")).to_have_text("calm")
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("gpt-image-2")
    expect(panel.locator(".checks")).to_contain_text("one letter is unsure")
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("Make the sun larger")
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("by Ada")


@pytest.mark.parametrize(
    ("key", "done"),
    [("a", "accept"), ("x", "reject"), ("p", "pin")],
    ids=["accept", "reject", "pin"],
)
def test_a_decision_says_which_bytes_it_is_about(guest, made, key, done):
    desk, preview = made
    page = guest.page(preview, WIDE)
    expect(page.locator("#stage img")).to_be_visible()

    page.keyboard.press(key)

    expect(toast(page)).to_have_text(f"{done} done")
    what, (seen,), agreed = decisions(desk)[0]
    assert (what, seen.id, seen.digest, agreed) == (done, ID, desk.pictures["wide"], False)


def test_nothing_is_decided_about_a_draft_and_the_page_says_why(guest, made):
    desk, preview = made
    page = guest.page(preview, f"open={drafted(desk)}")
    expect(page.locator(".sheet .badge")).to_have_text("Draft")

    for key in "axprn":
        page.keyboard.press(key)
        expect(toast(page)).to_have_text(re.compile("draft"))
        page.locator("#viewer-name").focus()

    assert decisions(desk) == []
    expect(act(page, "Accept")).to_have_attribute("aria-disabled", "true")


def test_what_changed_meanwhile_is_said_and_shown(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    desk.wrong = Outdated("banner/wide/de is another picture by now; look again")

    page.keyboard.press("a")

    expect(toast(page)).to_have_text("banner/wide/de is another picture by now; look again")
    desk.wrong = None
    desk.edit(ID, digest=desk.takes["wide"])
    expect(page.locator("#stage img")).to_have_attribute("data-digest", desk.takes["wide"])


def test_what_costs_is_asked_with_its_price_and_a_cap_that_can_be_lowered_to_the_least(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    desk.wrong = Agree("building 1 picture costs $0.02 to $0.04", 20_000, 40_000)

    page.keyboard.press("b")
    ask = page.locator("#ask")
    expect(page.get_by_role("dialog", name="Spend up to $0.04?")).to_be_visible()
    expect(ask).to_contain_text("Building 1 picture costs $0.02 to $0.04")
    cap = ask.get_by_label("At most, in US dollars")
    expect(cap).to_be_focused()
    cap.fill("0.01")
    page.keyboard.press("Enter")
    expect(ask.get_by_role("alert")).to_have_text("It costs at least $0.02.")
    desk.wrong = None
    cap.fill("0.03")
    ask.get_by_role("button", name="Spend", exact=True).click()

    expect(toast(page)).to_have_text("build done")
    assert [each for each in desk.done if each[0] == "build"] == [
        ("build", [ID], None),
        ("build", [ID], 30_000),
    ]
    expect(page.locator("#viewer-name")).to_be_focused()


def test_enter_in_the_question_spends_once_and_asks_nothing_again(guest, made):
    desk, preview = made
    page = guest.page(preview)
    desk.wrong = Agree("building costs $0.04", 40_000, 40_000)
    page.locator("#commands [data-act=build]").focus()
    page.keyboard.press("Enter")
    cap = page.get_by_label("At most, in US dollars")
    expect(cap).to_have_value("0.04")
    cap.fill("0.05")
    expect(page.get_by_role("dialog", name="Spend up to $0.05?")).to_be_visible()
    desk.wrong = None

    page.keyboard.press("Enter")

    expect(toast(page)).to_have_text("build done")
    expect(page.locator("#ask")).to_be_hidden()
    built = [each for each in desk.done if each[0] == "build"]
    assert built == [("build", None, None), ("build", None, 50_000)]


def test_back_closes_the_viewer_and_closing_it_goes_back(guest, made):
    page = guest.page(made[1])
    before = page.evaluate("history.length")
    page.locator(".open").first.click()
    expect(page.locator("#viewer-place")).to_have_text("1 of 63")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer-place")).to_have_text("2 of 63")
    assert page.evaluate("history.length") == before + 1

    page.go_back()
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator("#grid")).to_be_visible()
    page.go_forward()
    expect(page.locator("#viewer-place")).to_have_text("2 of 63")
    page.keyboard.press("Escape")

    expect(page.locator("#viewer")).to_be_hidden()
    page.wait_for_function("!location.hash && history.state === null")


def test_leaving_the_question_spends_nothing(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    desk.wrong = Agree("building costs $0.04", 40_000, 40_000)
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="Spend up to $0.04?")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#ask")).to_be_hidden()
    expect(page.locator("#viewer")).to_be_visible()
    assert [each for each in desk.done if each[0] == "build"] == [("build", [ID], None)]


def test_what_others_stand_on_is_agreed_to_in_words(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    desk.wrong = Agree("2 pictures stand on this", 10_000, 20_000)
    page.keyboard.press("a")
    ask = page.get_by_role("dialog", name="Go on?")
    expect(ask).to_contain_text("2 pictures stand on this")

    desk.wrong = None
    ask.get_by_role("button", name="Go on").click()

    expect(toast(page)).to_have_text("accept done")
    assert [each[2] for each in desk.done if each[0] == "accept"] == [False, True]


def test_another_take_is_looked_at_and_chosen(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    page.keyboard.press("c")
    expect(toast(page)).to_contain_text("Look at another take first")

    page.get_by_role("button", name="Take 0").click()
    expect(act(page, "Choose take")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Take 1").click()
    expect(page.locator("#stage img")).to_have_attribute("data-digest", desk.takes["wide"])
    page.keyboard.press("a")
    expect(toast(page)).to_contain_text("choose it first")
    expect(act(page, "Choose take")).not_to_have_attribute("aria-disabled", "true")
    page.keyboard.press("c")

    expect(toast(page)).to_have_text("choose done")
    what, seen, take, _ = decisions(desk)[-1]
    assert (what, seen.step, seen.digest, take) == ("choose", "edit", desk.takes["wide"], 1)


def test_rerolling_asks_how_many_takes(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    page.keyboard.press("r")
    page.get_by_label("New takes of each").fill("3")
    page.keyboard.press("Enter")

    expect(toast(page)).to_have_text("reroll done")
    what, (seen,), takes, cap = decisions(desk)[-1]
    assert (what, seen.id, takes, cap) == ("reroll", ID, 3, None)


def test_a_note_is_written_saved_and_removed(guest, made):
    desk, preview = made
    page = guest.page(preview, WIDE)
    expect(page.get_by_role("button", name="Take 1")).to_be_visible()
    page.keyboard.press("n")
    field = page.get_by_label("What should change?")
    expect(field).to_be_focused()
    field.fill("A warmer light; a and x are letters here")
    desk.say(phase="building", words="building")
    desk.edit(ID, busy=True)
    expect(page.locator("#viewer-state")).to_contain_text("being made")
    expect(field).to_have_value("A warmer light; a and x are letters here")

    page.keyboard.press("Control+Enter")

    expect(toast(page)).to_have_text("note done")
    _, seen, text = next(each for each in desk.done if each[0] == "note")
    assert (seen.id, seen.step, text) == (ID, "edit", "A warmer light; a and x are letters here")
    expect(field).to_have_value("")
    page.get_by_role("button", name="Remove").click()
    expect(toast(page)).to_have_text("unnote done")
    assert decisions(desk)[-1] == ("unnote", ID, "edit", "Make the sun larger")


def test_arrows_turn_the_pages_and_the_focus_goes_back_to_the_picture_last_seen(guest, made):
    page = guest.page(made[1], WIDE)
    expect(page.locator("#viewer-place")).to_have_text("1 of 63")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer-name")).to_have_text("banner/wide/ar")
    page.keyboard.press("ArrowLeft")

    page.keyboard.press("Escape")

    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator('.card[data-id="out/en/banner-wide"] .open')).to_be_focused()


def test_words_that_mean_harm_are_shown_as_text(guest, made):
    desk, preview = made
    harm = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    desk.edit(ID, line=harm, reason=harm, alt=harm, problem=harm)
    page = guest.page(preview, WIDE)

    expect(page.locator('.card[data-id="out/de/banner-wide"] .line')).to_have_text(harm)
    page.get_by_role("tab", name="Prompt").click()
    expect(page.get_by_role("tabpanel").locator("pre")).to_contain_text(harm)
    expect(page).to_have_title("Summer")
