"""Where the real catalogs for tests are, and how a test reads a text as a catalog."""

from pathlib import Path

import pytest

from assetforge.catalogs.base import Content, Reader
from assetforge.errors import InvalidSource

DATA = Path(__file__).parent.parent / "data"
FASTLANE = DATA / "thunderbird_android_fastlane"
DJANGO = DATA / "djangoproject_po"
FLATHUB = DATA / "flathub_website_json"
MOZILLA = DATA / "mozilla_www_fluent"


class Reading:
    """Reads texts with one reader, as the file `x`."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self._reader = reader
        self._path = folder / "x"

    def content(self, text: str, locale: str = "de", syntax: str = "") -> Content:
        """Return what a text holds."""
        self._path.write_bytes(text.encode())
        return self._reader(self._path, "x", locale, syntax)

    def own(self, text: str, locale: str = "de", syntax: str = "") -> dict[str, object]:
        """Return what the messages of a text say, by id."""
        return values(self.content(text, locale, syntax).own)

    def problems(self, text: str, locale: str = "de", syntax: str = "") -> list[str]:
        """Return what is wrong with a text, one line each."""
        with pytest.raises(InvalidSource) as raised:
            self.content(text, locale, syntax)
        return [str(problem) for problem in raised.value.diagnostics]


def values(messages) -> dict[str, object]:
    """Return what messages say, by id."""
    return {id: message.value for id, message in messages.items()}
