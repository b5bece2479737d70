"""The copy of four real projects, and what a pipeline file says of each."""

from pathlib import Path
from typing import Any
from zipfile import ZipFile

DATA = Path(__file__).parent / "data" / "real_copy"

SETS: dict[str, dict[str, Any]] = {
    "django": {
        "source": "en",
        "catalogs": {
            "docs": "docs/locale/{locale}/LC_MESSAGES/django.po",
            "dashboard": "dashboard/locale/{locale}/LC_MESSAGES/django.po",
            "site": "locale/{locale}/LC_MESSAGES/django.po",
        },
    },
    "flathub": {
        "source": "en",
        "catalogs": {"path": "frontend/public/locales/{locale}/common.json", "syntax": "icu"},
    },
    "mozilla": {"source": "en", "catalogs": "{locale}/**/*.ftl"},
    "thunderbird": {
        "source": "en-US",
        "catalogs": {
            "k9": "app-metadata/com.fsck.k9/{locale}",
            "thunderbird": "app-metadata/net.thunderbird.android/{locale}",
        },
    },
}
"""Set → the `locales:` of its pipeline file."""


def unpack(name: str, root: Path) -> None:
    """Put one of the sets into a folder."""
    with ZipFile(DATA / f"{name}.zip") as archive:
        archive.extractall(root)
