"""What happens in the project is on every open page at once, and a lost connection comes back."""

import re

from playwright.sync_api import expect

from assetforge.preview.server import Preview
from tests.preview.page.made import MadeDesk
from tests.preview.page.test_accessible import faults

ID = "out/de/banner-wide"
CARD = f'.card[data-id="{ID}"]'


def test_twelve_tabs_hear_of_everything_over_one_stream_also_after_the_first_is_closed(guest, show):
    desk = MadeDesk(9)
    preview = show(desk)
    context = guest.context()
    pages = [guest.page(preview, context=context) for _ in range(12)]
    expect(pages[0].locator("#phase-words")).to_have_text(desk.status["words"])

    desk.edit(ID, line="Erste Zeile")
    for page in (pages[0], pages[5], pages[-1]):
        expect(page.locator(CARD)).to_contain_text("Erste Zeile")
    pages.pop(0).close()
    desk.edit(ID, line="Zweite Zeile")
    for page in (pages[0], pages[5], pages[-1]):
        expect(page.locator(CARD)).to_contain_text("Zweite Zeile")

    assert len([each for each in guest.asked if each.endswith("/events")]) == 2


def test_the_status_is_always_true(guest, made):
    desk, preview = made
    page = guest.page(preview)
    expect(page.get_by_role("button", name="Build 18 · $0.36 to $0.72")).to_be_enabled()

    desk.say(phase="building", words="building 18 pictures", done=3, total=18, polling=True)

    expect(page.locator("#phase-words")).to_have_text("building 18 pictures")
    progress = page.get_by_role("progressbar", name="Progress")
    expect(progress).to_have_js_property("value", 3)
    expect(page.locator("#money")).to_have_text("")
    desk.say(phase="watching", words="up to date", stale=0, cost=None, polling=False)
    expect(progress).to_be_hidden()
    expect(
        page.locator("#commands").get_by_role("button", name="Build", exact=True)
    ).to_be_disabled()


def test_problems_stand_above_the_pictures_until_they_are_mended(guest, made):
    desk, preview = made
    page = guest.page(preview)
    desk.problems = [
        {"severity": "error", "code": "unknown-key", "message": "unknown key 'promt'",
         "place": "assetforge.yaml:7:9", "help": "did you mean 'prompt'?", "text": "7 | promt: x"}
    ]  # fmt: skip
    desk.say(phase="broken", words="1 problem")

    problems = page.get_by_role("region", name="Problems", exact=True)
    problems.get_by_text("assetforge.yaml:7:9").click()
    expect(problems).to_contain_text("7 | promt: x")
    expect(page.locator("#commands [data-act=build]")).to_be_disabled()
    expect(problems).to_contain_text("did you mean 'prompt'?")
    expect(page.locator("#said")).to_contain_text("unknown key")
    desk.problems = []
    desk.say(phase="watching", words="watching")
    expect(problems).to_be_hidden()


def test_pictures_that_failed_are_said_and_shown_alone(guest, made):
    desk, preview = made
    page = guest.page(preview)
    desk.edit(ID, problem="the service refused it", busy=True)

    expect(page.locator("#toast")).to_have_text("1 failed; their pictures say why.")
    expect(page.locator("#dot")).to_have_class("dot failed")
    expect(page.locator(CARD)).not_to_contain_text("being made")
    desk.say(phase="building", words="building")
    expect(page.locator("#failed")).to_be_hidden()
    expect(page.locator(CARD)).to_contain_text("being made")
    desk.say(phase="watching", words="watching")
    page.get_by_role("button", name="Show what failed").click()

    expect(page.locator("#showing")).to_have_text("1 of 63 pictures")


def test_a_lost_connection_is_said_and_comes_back_by_itself(guest, made):
    desk, preview = made
    context = guest.context()
    context.route("**/events", lambda route: route.abort())
    page = guest.page(preview, context=context)
    expect(page.locator("#phase-words")).to_have_text("Connection lost; trying again …")
    assert faults(page) == []
    desk.edit(ID, line="Was geschah inzwischen")

    context.unroute("**/events")

    expect(page.locator("#phase-words")).to_have_text(desk.status["words"])
    expect(page.locator(CARD)).to_contain_text("Was geschah inzwischen")
    assert all("ERR_FAILED" in each for each in guest.complaints)
    guest.complaints.clear()


def test_a_preview_that_ended_says_so_at_once(chromium):
    preview = Preview(MadeDesk(9))
    preview.start()
    page = chromium.new_page()
    page.goto(preview.url)
    page.locator("body.ready").wait_for()

    preview.close()

    expect(page.locator("#phase-words")).to_have_text("Connection lost; trying again …")
    page.close()


def test_the_session_hears_what_somebody_looks_at(guest, made):
    desk, preview = made
    page = guest.page(preview)
    expect(page.locator(CARD)).to_be_visible()
    page.wait_for_timeout(900)
    looked = [each[1] for each in desk.done if each[0] == "focus"]
    assert ID in looked[-1]
    assert len(looked) == 1

    page.locator(CARD).locator(".open").click()
    page.wait_for_timeout(900)

    assert [each[1] for each in desk.done if each[0] == "focus"][1:] == [[ID]]


def test_a_picture_that_is_gone_closes_the_viewer(guest, made):
    desk, preview = made
    page = guest.page(preview, "open=out%2Fde%2Fbanner-wide")
    expect(page.locator("#viewer-name")).to_have_text("banner/wide/de")

    desk.remove([ID])

    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator("#showing")).to_have_text("All 62 pictures")


def test_many_pictures_are_decided_about_at_once_but_never_drafts(guest, made):
    desk, preview = made
    page = guest.page(preview, "q=banner")
    page.get_by_role("button", name=re.compile("^Choose these")).click()
    bulk = page.get_by_role("region", name="Chosen pictures")
    expect(bulk).to_contain_text("21 chosen · making them costs $0.12 to $0.24")

    bulk.get_by_role("button", name="Accept").click()
    ask = page.get_by_role("dialog")
    expect(ask).to_contain_text(re.compile("[0-9] drafts? left out"))
    ask.get_by_role("button", name=re.compile("^Accept")).click()

    expect(page.locator("#toast")).to_have_text("accept done")
    seen = next(each[1] for each in desk.done if each[0] == "accept")
    banners = [row for row in desk.rows.values() if row["asset"] == "banner"]
    whole = [row for row in banners if row["digest"] and not row["draft"]]
    assert {each.id for each in seen} == {row["id"] for row in whole}


def test_what_the_filters_hide_is_not_chosen_any_more(guest, made):
    page = guest.page(made[1])
    page.get_by_role("button", name="Choose all").click()
    expect(page.locator("#bulk")).to_contain_text("63 chosen")

    page.get_by_role("searchbox").fill("banner/wide")

    expect(page.locator("#bulk")).to_contain_text("7 chosen")


def test_a_page_for_looking_has_no_buttons_that_decide(guest, show):
    page = guest.page(show(MadeDesk(9, writable=False)))

    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Build"))).to_have_count(0)
    page.locator(".open").first.click()
    expect(page.locator("#acts")).to_be_hidden()


def test_what_came_of_something_is_said_once_and_not_to_who_comes_later(guest, made):
    desk, preview = made
    page = guest.page(preview)
    expect(page.locator("#phase-words")).to_have_text(desk.status["words"])

    desk.say(told="2 takes made", tellings=1)

    expect(page.locator("#toast")).to_have_text("2 takes made")
    later = guest.page(preview)
    expect(later.locator("#phase-words")).to_have_text(desk.status["words"])
    expect(later.locator("#toast")).to_have_text("")
