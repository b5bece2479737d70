"""The page for everybody: axe-core finds nothing in any state, and the keyboard is enough."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assetforge.session.errors import Agree
from tests.preview.page.conftest import PHONE
from tests.preview.page.made import MadeDesk

AXE = Path(__file__).parents[2] / "data" / "axe" / "axe.min.js"

WIDE = "open=out%2Far%2Fbanner-wide"

PROBLEM = {
    "severity": "error",
    "code": "unknown-key",
    "message": "unknown key 'promt'",
    "place": "assetforge.yaml:7:9",
    "help": "did you mean 'prompt'?",
    "text": "error[unknown-key]: unknown key `promt`\n  --> assetforge.yaml:7:9",
}


def faults(page: Page) -> list[str]:
    """Run axe-core, also on what it calls experimental and best practice."""
    page.locator("#toast").evaluate(
        "toast => toast.matches(':popover-open') && toast.hidePopover()"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {json.dumps([one['html'][:200] for one in each['nodes'][:3]])}"
        for each in found["violations"]
    ]


def closely(page: Page, mode: str) -> None:
    page.get_by_role("button", name="Take 1").wait_for()
    page.get_by_role("button", name=mode, exact=True).click()


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(None, "light"), (PHONE, "dark")], ids=["desktop", "phone in the dark"]
)
def test_no_state_of_the_page_has_faults(guest, made, scheme, viewport):
    desk, preview = made
    page = guest.page(
        preview, viewport=viewport, color_scheme=scheme, has_touch=viewport is not None
    )
    expect(page.locator(".card img").first).to_be_visible()
    assert faults(page) == []

    if viewport:
        page.get_by_text("Filters", exact=True).click()
        assert faults(page) == []
        page.get_by_text("Filters", exact=True).click()
    page.locator(".pick input").first.click()
    expect(page.get_by_role("region", name="Chosen pictures")).to_contain_text("1 chosen")
    desk.problems = [PROBLEM]
    desk.say(phase="building", total=24, done=3, words="building")
    expect(page.get_by_role("region", name="Problems")).to_contain_text("assetforge.yaml:7:9")
    assert faults(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(None, "light"), (PHONE, "dark")], ids=["desktop", "phone in the dark"]
)
def test_no_state_of_the_viewer_has_faults(guest, made, scheme, viewport):
    desk, preview = made
    page = guest.page(
        preview, WIDE, viewport=viewport, color_scheme=scheme, has_touch=viewport is not None
    )
    for mode in ("Side by side", "Slider", "Onion skin", "Difference", "One"):
        closely(page, mode)
        assert faults(page) == []
    for tab in ("Prompt", "Steps", "Notes", "History"):
        page.get_by_role("tab", name=tab).click()
        assert faults(page) == []
    page.locator("#viewer-name").focus()
    desk.wrong = Agree("building costs", 20_000, 40_000)
    page.keyboard.press("b")
    expect(page.get_by_role("dialog", name="Spend up to $0.04?")).to_be_visible()

    assert faults(page) == []


def test_an_empty_page_has_no_faults(guest, show):
    page = guest.page(show(MadeDesk(0)))

    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    assert faults(page) == []


def test_everything_can_be_done_by_the_keyboard_alone(guest, made):
    desk, preview = made
    page = guest.page(preview)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the pictures")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#pictures")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("banner/wide")
    expect(page.locator("#showing")).to_have_text("7 of 63 pictures")
    first = page.locator('.card[data-id="out/de/banner-wide"] .open')
    while not first.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("region", name="Chosen pictures")).to_contain_text("3 chosen")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_have_text("accept done")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Chosen pictures")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer-name")).to_have_text("banner/wide/ar")
    page.keyboard.press("x")
    expect(page.locator("#toast")).to_have_text("reject done")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_have_text("undo done")

    assert [each[0] for each in desk.done if each[0] != "focus"] == ["accept", "reject", "undo"]


def test_what_is_small_to_press_has_room_around_it(guest, made):
    page = guest.page(made[1], WIDE, viewport=PHONE, has_touch=True)
    page.get_by_role("button", name="Take 1").wait_for()

    small = page.locator("#viewer button:visible").evaluate_all(
        "all => all.map((each) => [each.getBoundingClientRect(), each.textContent])"
        ".filter(([box]) => box.width < 24 || box.height < 24).map(([, name]) => name)"
    )

    assert small == []
