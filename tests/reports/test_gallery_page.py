"""The gallery in a real browser, opened from its file."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import launched
from tests.reports.campaign import HOSTILE, banner, texts, write

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    return write(root, banner(root), texts=texts()).as_uri()


@pytest.fixture
def visit(browser, address):
    """Open the page; afterwards it must have asked for nothing and complained about nothing."""
    asked, complaints, contexts = [], [], []

    def open_page(fragment="", viewport=DESKTOP, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda each: asked.append(each.url.partition("#")[0]))
        page.on("console", lambda each: complaints.append(each.text))
        page.on("pageerror", lambda each: complaints.append(str(each)))
        page.goto(address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
    assert {each for each in asked if not each.startswith("data:")} == {address}


def cards(page: Page) -> Locator:
    return page.locator(".card:visible")


def card(page: Page, number: int) -> Locator:
    return page.locator(f"#p{number} .open")


def choose(page: Page, facet: str, value: str) -> None:
    page.get_by_role("group", name=facet).get_by_role("checkbox", name=value).click()


def test_filters_of_one_kind_widen_and_of_several_kinds_narrow(visit):
    page = visit()
    expect(cards(page)).to_have_count(13)

    choose(page, "Locale", "ar")
    choose(page, "Locale", "ja")
    expect(cards(page)).to_have_count(6)
    choose(page, "Format", "story")

    expect(cards(page)).to_have_count(2)
    expect(page.locator("#showing")).to_have_text("2 of 13 pictures")
    missing = page.get_by_role("group", name="State").locator(".choice", has_text="missing")
    expect(missing.locator("output")).to_have_text("1")


def test_a_link_with_filters_shows_another_person_the_same(visit):
    first = visit()
    choose(first, "Locale", "ar")
    choose(first, "Format", "wide")
    expect(first).to_have_url(re.compile("#axis.format=wide&locale=ar$"))

    second = visit("#axis.format=wide&locale=ar")

    expect(cards(second)).to_have_count(1)
    expect(second.get_by_role("checkbox", name="wide")).to_be_checked()


def test_search_finds_copy_and_clearing_brings_everything_back(visit):
    page = visit()
    page.keyboard.press("/")
    page.keyboard.type("今すぐ")
    expect(cards(page)).to_have_count(3)

    page.get_by_role("searchbox").fill("no such words")
    expect(page.get_by_role("heading", name="No picture matches")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()

    expect(cards(page)).to_have_count(13)
    expect(page).to_have_url(re.compile(r"index\.html$"))


def test_the_overview_dims_what_the_filters_leave_out(visit):
    page = visit()

    choose(page, "Locale", "ar")

    expect(page.locator(".mark-of.off")).to_have_count(9)


def test_the_viewer_opens_by_keyboard_turns_by_arrows_and_gives_the_focus_back(visit):
    page = visit()
    card(page, 1).focus()
    page.keyboard.press("Enter")
    name = page.locator("#viewer-name")
    expect(name).to_have_text("banner/wide/de")
    expect(page.locator("#viewer-place")).to_have_text("2 of 13")
    page.keyboard.press("ArrowRight")
    expect(name).to_have_text("banner/wide/ja")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(name).to_have_text("banner/wide/en")

    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_be_hidden()
    expect(card(page, 0)).to_be_focused()


def test_the_viewer_stays_within_the_filtered_pictures(visit):
    page = visit("#locale=ja")
    card(page, 2).click()

    page.get_by_role("button", name="Next picture").click()

    expect(page.locator("#viewer-name")).to_have_text("banner/story/ja")
    expect(page.locator("#viewer-place")).to_have_text("2 of 3")
    expect(page.locator("#stage")).to_have_text("missing")
    expect(page.locator("#details .note")).to_have_text("no file yet")


def test_the_viewer_has_an_address_and_shows_copy_in_its_own_direction(visit):
    page = visit("#open=banner/wide/ar")

    headline = page.locator("#details .slots p").first
    expect(headline).to_have_text("يبدأ الصيف هنا")
    expect(headline).to_have_attribute("lang", "ar")
    expect(headline).to_have_css("direction", "rtl")
    expect(page.locator("#stage img")).to_have_css("object-fit", "contain")
    page.get_by_role("button", name="Close").click()
    expect(page).to_have_url(re.compile(r"index\.html$"))


def test_the_viewer_shows_the_recipe_and_copies_whole_keys(visit):
    permissions = ["clipboard-read", "clipboard-write"]
    page = visit("#open=banner/wide/en", permissions=permissions)
    details = page.locator("#details")

    expect(details.locator("summary")).to_have_text("composehit$0.165")
    expect(details.locator("pre")).to_have_text("Soft hills above a calm sea.\nNo text.")
    expect(details).to_contain_text("4 variants")
    expect(details).to_contain_text(re.compile("keyc0c0c0c0c0c0a"))
    page.get_by_role("button", name="Copy key").click()
    expect(page.locator("#said")).to_have_text("Copied key")
    assert page.evaluate("navigator.clipboard.readText()") == "c0" * 32
    page.get_by_role("button", name="Copy command").click()
    expect(page.locator("#said")).to_have_text("Copied command")
    command = page.evaluate("navigator.clipboard.readText()")
    assert command == "assetforge explain 'banner/wide/en'"


def test_the_overview_is_one_stop_of_the_tab_key_and_arrows_move_inside(visit):
    page = visit()
    grid = page.get_by_role("grid", name="Overview of banner")
    expect(grid.locator('a[tabindex="0"]')).to_have_count(1)
    grid.locator('a[tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")

    page.keyboard.press("Enter")

    expect(page.locator("#viewer-name")).to_have_text("banner/story/de")
    page.keyboard.press("Escape")
    expect(grid.get_by_label("banner/story/de, current")).to_be_focused()


def test_a_prompt_that_means_harm_is_shown_as_text(visit):
    page = visit("#open=mascot")

    expect(page.locator("#details pre")).to_have_text(HOSTILE)
    expect(page).to_have_title("Summer")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_picture_is_cropped_or_stretched(visit, viewport):
    page = visit(viewport=viewport)

    ratios = page.locator(".card img").evaluate_all(
        """async (images) => {
            await Promise.all(images.map((image) => image.decode()));
            return images.map((image) => {
                const box = image.getBoundingClientRect();
                const part = image.closest(".thumb").getBoundingClientRect();
                return [box.width / box.height, image.naturalWidth / image.naturalHeight,
                        part.width - box.width, part.height - box.height];
            });
        }"""
    )

    assert len(ratios) == 12
    for shown, intrinsic, across, down in ratios:
        assert shown == pytest.approx(intrinsic, rel=0.02)
        assert (across, down) == pytest.approx((0, 0), abs=0.5)


def test_the_page_fits_a_phone(visit):
    page = visit("#locale=ar", viewport=PHONE)
    page.locator(".texts details").first.locator("summary").click()
    page.get_by_text("Filters", exact=False).first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    card(page, 3).click()

    box = page.locator("dialog").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])


def test_the_page_is_readable_without_javascript(visit):
    page = visit(java_script_enabled=False)

    expect(cards(page)).to_have_count(13)
    expect(page.get_by_role("complementary")).to_have_count(0)
    expect(card(page, 1)).to_contain_text("Der Sommer beginnt hier")


@pytest.mark.parametrize("scripted", [True, False])
def test_the_table_of_locales_is_a_click_away_and_unfolds_what_is_wrong(visit, scripted):
    page = visit(java_script_enabled=scripted)
    page.get_by_role("link", name="texts complete in 2 of 4 locales").click()

    table = page.get_by_role("region", name="Locales")
    expect(table).to_be_in_viewport()
    arabic = table.get_by_role("row", name="ar العربية Arabic")
    expect(arabic.get_by_text("العربية")).to_have_css("direction", "rtl")
    arabic.get_by_text("1 too long").click()
    expect(arabic.get_by_text("has 16 graphemes, 4 more than the 12")).to_be_visible()


def test_a_link_to_the_table_of_locales_leads_there(visit):
    expect(visit("#locales").get_by_role("heading", name="Locales")).to_be_in_viewport()


def test_filters_leave_the_table_of_locales_alone(visit):
    page = visit("#locale=ar")

    expect(page.locator(".texts tbody tr")).to_have_count(4)


def test_dark_and_light_follow_the_system(visit):
    light = visit(color_scheme="light").locator("body")
    dark = visit(color_scheme="dark").locator("body")

    expect(light).to_have_css("background-color", "rgb(246, 246, 247)")
    expect(dark).to_have_css("background-color", "rgb(19, 20, 23)")


def test_nothing_moves_for_those_who_asked_for_stillness(visit):
    page = visit(reduced_motion="reduce")

    expect(page.locator(".thumb").first).to_have_css("transition-property", "none")
