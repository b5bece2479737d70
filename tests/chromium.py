"""A real Chromium, without a window."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

PATIENCE_MILLISECONDS = 60_000
"""How long a page may take to show what is expected; only a failing test waits so long."""

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def installed(playwright: Playwright) -> str | None:
    own = playwright.chromium.executable_path
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), own if Path(own).exists() else None)


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """Run a browser; only one at a time in a process. Without one, tests are skipped but in CI."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        program = installed(playwright)
        if program is None and "CI" not in os.environ:
            pytest.skip("Chromium is not installed: apt install chromium")
        assert program, "Chromium is not installed, and CI has to run these tests"
        browser = playwright.chromium.launch(executable_path=program, args=(*QUIET, *flags))
        yield browser
        browser.close()
