"""Where the real catalogs for tests are."""

from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
FASTLANE = DATA / "thunderbird_android_fastlane"
DJANGO = DATA / "djangoproject_po"
FLATHUB = DATA / "flathub_website_json"
