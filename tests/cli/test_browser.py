"""Opening a page where somebody can see it."""

import pytest

from assetforge.cli.browser import has_browser, open_page


@pytest.mark.parametrize(
    ("environ", "platform", "there"),
    [
        ({}, "darwin", True),
        ({}, "win32", True),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "firefox"}, "linux", True),
    ],
)
def test_a_browser_needs_a_screen_or_to_be_named(environ, platform, there):
    assert has_browser(environ, platform) is there


@pytest.mark.skipif("sys.platform != 'linux'")
def test_without_a_screen_nothing_is_opened(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)

    assert not open_page("http://127.0.0.1/")
