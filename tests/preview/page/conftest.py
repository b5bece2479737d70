"""The page in a real browser, against the real server."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page

from assetforge.preview.server import Preview
from tests.chromium import PATIENCE_MILLISECONDS, launched
from tests.preview.page.made import MadeDesk

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}

REFUSALS = re.compile("status of (400|404|409|428)")


@pytest.fixture(scope="package")
def chromium():
    with launched() as browser:
        yield browser


class Guest:
    """Opens previews; none may complain, or ask for anything outside."""

    def __init__(self, browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.origins: set[str] = set()

    def context(self, viewport=None, **options):
        context = self.browser.new_context(viewport=viewport or DESKTOP, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.contexts.append(context)
        return context

    def page(self, preview: Preview, fragment: str = "", context=None, **options) -> Page:
        page: Page = (context or self.context(**options)).new_page()
        page.on("request", lambda each: self.asked.append(each.url))
        page.on("console", lambda each: self._noted(each.text))
        page.on("pageerror", lambda each: self.complaints.append(str(each)))
        self.origins.add(preview.address)
        page.goto(preview.url)
        if fragment:
            page.evaluate("hash => { location.hash = hash; }", fragment)
        page.locator("body.ready").wait_for()
        return page

    def _noted(self, text: str) -> None:
        """Note a complaint; an answer that refuses a decision is one that the page tells of."""
        if not REFUSALS.search(text):
            self.complaints.append(text)

    def leave(self) -> None:
        while self.contexts:
            self.contexts.pop().close()


@pytest.fixture
def guest(chromium, show):
    """Leaves before the previews end."""
    guest = Guest(chromium)
    yield guest
    guest.leave()
    assert guest.complaints == []
    inside = (*guest.origins, "data:")
    assert [each for each in guest.asked if not each.startswith(inside)] == []


@pytest.fixture
def show():
    """Show a desk; returns its preview."""
    opened = []

    def open_preview(desk) -> Preview:
        preview = Preview(desk)
        preview.start()
        opened.append(preview)
        return preview

    yield open_preview
    for each in opened:
        each.close()


@pytest.fixture
def made(show):
    """Sixty-three made-up pictures, and their preview."""
    desk = MadeDesk(63)
    return desk, show(desk)
