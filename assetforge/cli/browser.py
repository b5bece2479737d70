"""Opens a page in the browser of whoever sits here."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Mapping


def has_browser(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Tell whether a browser would open a window; one in the terminal is no help."""
    if platform in ("win32", "darwin") or environ.get("BROWSER"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(url: str) -> bool:
    """Open a page, and tell whether that worked; without a screen, nothing is tried."""
    return has_browser(os.environ) and webbrowser.open(url)
