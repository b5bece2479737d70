"""The grid: all pictures can be reached, few are in the document, none is cropped."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.preview.page.conftest import DESKTOP, PHONE
from tests.preview.page.made import MadeDesk

FIRST = "out/de/banner-wide"

SIZES = """async (images) => {
    await Promise.all(images.map((image) => image.decode()));
    return images.map((image) => {
        const box = image.getBoundingClientRect();
        const part = image.closest(".thumb").getBoundingClientRect();
        return [box.width / box.height, image.naturalWidth / image.naturalHeight,
                part.width - box.width, part.height - box.height];
    });
}"""

IN_VIEW = """[...document.querySelectorAll(".card")]
    .find((card) => card.getBoundingClientRect().top > 100).dataset.id"""


def card(page: Page, id: str):
    return page.locator(f'.card[data-id="{id}"]')


def choose(page: Page, facet: str, value: str) -> None:
    page.get_by_role("group", name=facet, exact=True).get_by_role("checkbox", name=value).click()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_picture_is_cropped_or_stretched_and_each_has_its_place_before_it_loads(
    guest, made, viewport
):
    page = guest.page(made[1], viewport=viewport)

    ratios = page.locator(".card img").evaluate_all(SIZES)

    assert len(ratios) > 5
    for shown, intrinsic, across, down in ratios:
        assert shown == pytest.approx(intrinsic, rel=0.02)
        assert (across, down) == pytest.approx((0, 0), abs=0.6)
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_of_two_thousand_pictures_few_are_in_the_document_wherever_one_scrolls(guest, show):
    page = guest.page(show(MadeDesk(2000)))
    cards = page.locator(".card")
    most = 0
    for part in (0, 0.25, 0.5, 0.75, 1):
        page.evaluate("part => scrollTo(0, part * document.documentElement.scrollHeight)", part)
        expect(page.locator(".card img, .card .hole").first).to_be_attached()
        most = max(most, cards.count())

    assert 0 < most < 150
    expect(cards.last).to_have_attribute("aria-posinset", "2000")
    expect(cards.last).to_have_attribute("aria-setsize", "2000")


def test_the_keyboard_reaches_every_picture_also_those_that_are_not_in_the_document_yet(
    guest, show
):
    page = guest.page(show(MadeDesk(300)))
    card(page, FIRST).locator(".open").focus()

    page.keyboard.press("End")
    last = page.locator('.card[aria-posinset="300"] .open')
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(card(page, FIRST).locator(".open")).to_be_focused()
    for place in range(2, 61):
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        expect(page.locator(f'.card[aria-posinset="{place}"] .open')).to_be_focused()

    page.keyboard.press("ArrowLeft")
    expect(page.locator('.card[aria-posinset="59"] .open')).to_be_focused()


def test_up_and_down_lead_to_the_picture_above_and_below(guest, made):
    page = guest.page(made[1])
    card(page, "out/en/banner-wide").locator(".open").focus()
    places = page.locator(".card").evaluate_all(
        "cards => cards.map((card) => [card.dataset.id, card.getBoundingClientRect().x, "
        "card.getBoundingClientRect().y])"
    )
    left, top = next((x, y) for id, x, y in places if id == "out/en/banner-wide")
    under = next(id for id, x, y in places if y > top and abs(x - left) < 2)

    page.keyboard.press("ArrowDown")
    expect(card(page, under).locator(".open")).to_be_focused()
    page.keyboard.press("ArrowUp")

    expect(card(page, "out/en/banner-wide").locator(".open")).to_be_focused()


def test_what_changes_elsewhere_moves_nothing_that_somebody_looks_at(guest, show):
    desk = MadeDesk(500)
    page = guest.page(show(desk))
    page.evaluate("scrollTo(0, 6000)")
    page.wait_for_timeout(200)
    id = page.evaluate(IN_VIEW)
    before = card(page, id).bounding_box()

    desk.remove([key for key in desk.rows if "banner-wide" in key])
    expect(page.locator("#showing")).to_have_text(f"All {len(desk.rows)} pictures")

    assert card(page, id).bounding_box()["y"] == pytest.approx(before["y"], abs=2)


def test_a_picture_that_changes_is_written_where_it_stands_and_keeps_the_focus(guest, made):
    desk, preview = made
    page = guest.page(preview)
    card(page, FIRST).locator(".open").focus()

    desk.say(phase="building", words="building")
    desk.edit(FIRST, line="Neuer Sommer", state="stale", busy=True, draft=desk.drafts["wide"])

    expect(card(page, FIRST)).to_contain_text("Neuer Sommer")
    expect(card(page, FIRST).locator(".badge")).to_have_text("Draft")
    expect(card(page, FIRST)).to_have_class(re.compile("busy"))
    expect(card(page, FIRST).locator(".open")).to_be_focused()


def test_filters_of_one_kind_widen_and_of_several_kinds_narrow(guest, made):
    page = guest.page(made[1])
    choose(page, "Locale", "ar")
    choose(page, "Locale", "ja")
    expect(page.locator("#showing")).to_have_text("18 of 63 pictures")

    choose(page, "Format", "story")

    expect(page.locator("#showing")).to_have_text("6 of 63 pictures")
    expect(page).to_have_url(re.compile("axis.format=story&locale=ar&locale=ja$"))


SEARCHES = {
    "banner/wide": (7, "'banner/wide'"),
    "*/ja": (9, "--locale ja"),
    "banner/wide/de": (1, "'banner/wide/de'"),
    "tag:print": (21, "'poster'"),
    "'mascot' */wide/d?": (23, "'banner/wide/de' 'mascot' 'poster/wide/de'"),
    "beginnt": (9, "--locale de"),
    "banner beginnt": (3, "'banner' --locale de"),
}


def test_a_search_reads_selectors_and_says_the_command_of_the_same_pictures(guest, made):
    page = guest.page(made[1])
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()

    for search, (count, chosen) in SEARCHES.items():
        page.get_by_role("searchbox").fill(search)

        expect(page.locator("#showing")).to_have_text(f"{count} of 63 pictures")
        command = f"assetforge build {chosen} --profile final"
        expect(page.locator("#command .code")).to_have_text(command)


def test_a_link_shows_another_person_the_same(guest, made):
    page = guest.page(made[1], "q=banner&locale=ar&open=out%2Far%2Fbanner-wide")

    expect(page.locator("#viewer-name")).to_have_text("banner/wide/ar")
    page.keyboard.press("Escape")
    expect(page.locator("#showing")).to_have_text("3 of 63 pictures")
    expect(page.get_by_role("searchbox")).to_have_value("banner")
    expect(card(page, "out/ar/banner-wide").locator(".open")).to_be_focused()


def test_clearing_brings_everything_back(guest, made):
    page = guest.page(made[1], "q=no-such-word&state=stale")
    expect(page.get_by_role("heading", name="No picture matches")).to_be_visible()

    page.get_by_role("button", name="Clear filters").click()

    expect(page.locator("#showing")).to_have_text("All 63 pictures")
    expect(page).to_have_url(re.compile("/$"))


def test_a_card_says_how_its_picture_stands(guest, made):
    page = guest.page(made[1])

    expect(card(page, "out/en/banner-wide").locator(".signs")).to_have_text("acceptedchecked")
    expect(card(page, "out/ja/banner-wide").locator(".signs")).to_have_text("costs $0.02 to $0.04")
    arabic = card(page, "out/ar/banner-wide").locator("img")
    expect(arabic).to_have_attribute("alt", "يبدأ الصيف هنا.")
    expect(arabic).to_have_attribute("lang", "ar")
    assert "640w" in arabic.get_attribute("srcset")


def test_nothing_moves_for_those_who_asked_for_stillness(guest, made):
    desk, preview = made
    page = guest.page(preview, reduced_motion="reduce")
    desk.say(phase="building", words="building")
    desk.edit(FIRST, busy=True)
    expect(card(page, FIRST)).to_have_class(re.compile("busy"))

    animation = (
        card(page, FIRST)
        .locator(".thumb")
        .evaluate("thumb => getComputedStyle(thumb, '::after').animationName")
    )

    assert animation == "none"
