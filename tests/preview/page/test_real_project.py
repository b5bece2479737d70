"""The page of a real project whose pictures are bought, from a service that stands on loopback."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from assetforge.decided import Options
from assetforge.emulator import Settings, serving
from assetforge.preview.server import Preview
from assetforge.reports.text import Flags
from assetforge.session.session import Session
from tests.session.open_session import PAID
from tests.space import Space


@pytest.fixture
def service(monkeypatch):
    with serving(Settings(pictures="flat")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        yield server


@contextmanager
def shown(space: Space, guest):
    options = Options(space.root / "assetforge.yaml")
    session = Session(options, lambda warnings, colour: "", Flags())
    preview = Preview(session)
    preview.start()
    session.start()
    try:
        yield session, preview
    finally:
        guest.leave()
        preview.close()
        session.close()


def states(page: Page, count: int, state: str) -> None:
    expect(page.locator(f".card.{state}")).to_have_count(count)


def spend(page: Page) -> None:
    ask = page.get_by_role("dialog", name=re.compile("^Spend up to"))
    ask.get_by_role("button", name="Spend", exact=True).click()
    expect(ask).to_be_hidden()


def toast(page: Page, words: str) -> None:
    expect(page.locator("#toast")).to_have_text(re.compile(words))


@pytest.mark.usefixtures("service")
def test_a_picture_goes_all_the_way_from_its_price_to_its_acceptance(guest, tmp_path):
    space = Space(tmp_path).quick(pipeline=PAID)
    with shown(space, guest) as (_, preview):
        page = guest.page(preview)
        states(page, 4, "missing")
        build = page.locator("#commands").get_by_role("button", name=re.compile("^Build 4 · "))
        build.click()
        spend(page)
        states(page, 4, "current")
        assert len(space.outputs()) == 4

        page.locator(".open").first.click()
        name = page.locator("#viewer-name").text_content()
        expect(page.get_by_role("button", name=re.compile("^edit, take"))).to_have_count(1)
        page.keyboard.press("a")
        toast(page, "accept")
        expect(page.locator("#viewer-state")).to_contain_text("accepted")
        page.keyboard.press("p")
        expect(page.locator("#viewer-state")).to_contain_text("pinned")
        page.keyboard.press("u")
        expect(page.locator("#viewer-state")).to_contain_text("accepted")

        page.keyboard.press("r")
        page.get_by_label("New takes of each").press("Enter")
        spend(page)
        takes = page.get_by_role("button", name=re.compile("^edit, take"))
        expect(takes).to_have_count(2)
        other = page.locator('.take:not([aria-pressed="true"])').filter(has_not_text="stands").last
        other.click()
        page.keyboard.press("c")
        toast(page, "choose")
        page.keyboard.press("n")
        page.get_by_label("What should change?").fill("A warmer light")
        page.get_by_role("button", name="Save note").click()
        expect(page.get_by_role("tabpanel").locator(".notes")).to_contain_text("A warmer light")
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_role("tabpanel").locator(".notes")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(page.locator(f'.card:has-text("{name.rpartition("/")[2]}")').first).to_be_visible()


def test_a_draft_of_new_words_is_on_the_page_at_once_and_no_call_is_made(guest, tmp_path, service):
    space = Space(tmp_path).quick(pipeline=PAID)
    space.build("--yes")
    calls = service.books()["calls"]
    with shown(space, guest) as (session, preview):
        page = guest.page(preview)
        states(page, 4, "current")

        space.locale("de", headline="Alles neu", action="Kaufen", alt="Berge")
        session.changed({space.root / "locales/de.json"})

        expect(page.locator(".card.drafted")).to_have_count(2)
        expect(page.locator(".card.drafted .badge")).to_have_text(["Draft", "Draft"])
        page.locator(".card.drafted .open").first.click()
        expect(page.locator(".sheet .badge")).to_have_text("Draft")
        page.keyboard.press("a")
        toast(page, "never accepted")
        page.get_by_role("tab", name="Prompt").click()
        expect(page.get_by_role("tabpanel").locator("ins").first).to_be_visible()
    assert service.books()["calls"] == calls
