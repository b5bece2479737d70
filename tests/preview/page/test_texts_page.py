"""The texts of a locale in the page: marked while typed, saved as one line, drawn again."""

import json
import subprocess

import pytest
from playwright.sync_api import Page, expect

from assetforge.decided import Options
from assetforge.reports.text import Flags
from assetforge.session.session import Session
from tests.preview.page.conftest import DESKTOP, PHONE
from tests.preview.page.test_accessible import faults
from tests.space import Space

PIPELINE = """\
version: 1
locales: {{source: en, catalogs: "{catalogs}"}}
profiles: {{blank: {{provider: blank}}, draft: {{provider: draft}}}}
assets:
  banner:
    matrix: {{format: {{wide: {{size: 600x314}}}}, locale: all}}
    steps:
      - compose: A calm scene.
        copy:
          headline: {{message: title, max_length: 12}}
          action: action
    output: out/{{locale}}/{{format}}.png
"""
PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

# the headline
msgid "title"
msgstr "{title}"

#. a button
msgid "action"
msgstr "{action}"
"""
SHOPS = """\
version: 1
locales: {source: en, missing: skip}
profiles: {blank: {provider: blank}}
assets:
  books:
    catalogs: store/books/{locale}
    matrix: &matrix {format: {wide: {size: 600x314}}, locale: all}
    steps: &steps [{compose: A calm scene., copy: {headline: title, action: action}}]
    output: &output out/{asset}/{locale}.png
  wine:
    catalogs: store/wine/{locale}
    matrix: *matrix
    steps: *steps
    output: *output
"""
ENGLISH = {"title": "Summer sale", "action": "Open"}
TEXTS = {
    "en": ENGLISH,
    "de": {"title": "Sommer", "action": "Öffnen"},
    "ar": {"title": "تخفيضات", "action": "افتح"},
}


RATIOS = "each => [each.width / each.height, each.naturalWidth / each.naturalHeight]"


def as_json(space: Space) -> str:
    for locale, texts in TEXTS.items():
        written = json.dumps(texts, ensure_ascii=False, indent=2)
        space.write(f"locales/{locale}.json", f"{written}\n")
    return "locales/{locale}.json"


def as_po(space: Space) -> str:
    for locale, texts in TEXTS.items():
        space.write(f"locales/{locale}.po", PO.format(**texts))
    return "locales/{locale}.po"


def as_folders(space: Space) -> str:
    for locale, texts in TEXTS.items():
        for id, text in texts.items():
            space.write(f"store/{locale}/{id}.txt", f"{text}\n")
    return "store/{locale}"


def as_shops(space: Space) -> None:
    for shop in ("books", "wine"):
        for locale, texts in TEXTS.items():
            for id, text in texts.items():
                space.write(f"store/{shop}/{locale}/{id}.txt", f"{shop} {text}\n")
    (space.root / "store/wine/de/action.txt").unlink()


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


@pytest.fixture
def open_texts(space, guest, show):
    """Open the texts of a locale of a real project; returns the page."""
    sessions = []

    def open_texts(write=as_json, locale="de", profile="blank"):
        catalogs = write(space)
        space.write("assetforge.yaml", PIPELINE.format(catalogs=catalogs) if catalogs else SHOPS)
        chosen = Options(space.root / "assetforge.yaml", profile=profile)
        session = Session(chosen, lambda warnings, colour: "", Flags())
        sessions.append(session)
        preview = show(session)
        session.start()
        page = guest.page(preview)
        expect(page.locator(f"#locale-desk option[value={locale}]")).to_be_attached()
        page.evaluate("hash => { location.hash = hash; }", f"texts={locale}")
        expect(page.get_by_role("textbox", name="title").first).to_be_visible()
        return page

    yield open_texts
    for each in sessions:
        each.close()


def field(page: Page, id: str = "title"):
    return page.get_by_role("textbox", name=id, exact=True)


def git(space: Space, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=space.root, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout


def test_what_is_too_long_is_marked_and_said_while_it_is_typed(open_texts):
    page = open_texts()
    title = field(page)

    title.fill("Sommerschlussverkauf")

    expect(page.locator(".text-marks mark.too-long")).to_have_text("sverkauf")
    expect(page.locator(".text-count .over")).to_have_text("20 / 12 graphemes")
    words = "has 20 graphemes, 8 more than the 12 of slot 'headline'"
    expect(title).to_have_accessible_description(f"Summer sale 20 / 12 graphemes {words}")
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".texts-summary")).to_have_text("2 texts · 1 too long")
    title.press("Escape")
    expect(title).to_have_value("Sommer")
    expect(page.locator(".text-marks mark")).to_have_count(0)
    assert faults(page) == []


def test_the_marks_stand_where_the_letters_do(open_texts):
    page = open_texts()
    field(page).fill("😀 Wort " * 40)

    expect(page.locator(".text-marks mark.too-long").first).to_be_attached()
    box, marks = (
        page.locator(".text-box").first.locator(each).bounding_box()
        for each in ("textarea", ".text-marks")
    )
    assert box == marks
    assert field(page).evaluate("area => area.scrollHeight <= area.clientHeight + 1")


@pytest.mark.parametrize(
    ("write", "file"),
    [
        (as_json, "locales/de.json"),
        (as_po, "locales/de.po"),
        (as_folders, "store/de/title.txt"),
    ],
    ids=["json", "po", "fastlane"],
)
def test_saving_changes_one_line_and_draws_the_picture_anew(open_texts, space, write, file):
    page = open_texts(write, profile="draft")
    picture = page.locator(".text-picture img").first
    expect(picture).to_be_visible()
    before = picture.get_attribute("src")
    git(space, "init", "-q")
    git(space, "add", "locales" if (space.root / "locales").exists() else "store")

    field(page).fill("Herbst")
    field(page).press("Control+s")

    expect(page.locator(".text-saved").first).to_have_text(f"saved {file}: 1 line changed")
    expect(page.locator(".text-unsaved:visible")).to_have_count(0)
    assert git(space, "diff", "--numstat") == f"1\t1\t{file}\n"
    expect(picture).not_to_have_attribute("src", before or "")
    assert "Herbst" in space.read(file)


def test_leaving_a_text_saves_it(open_texts, space):
    page = open_texts()

    field(page).fill("Herbst")
    field(page).press("Tab")
    page.get_by_role("button", name="Save").first.press("Tab")
    field(page, "action").focus()

    expect(page.locator(".text-saved").first).to_have_text("saved locales/de.json: 1 line changed")
    assert json.loads(space.read("locales/de.json"))["title"] == "Herbst"


def test_of_two_people_each_sees_what_the_other_wrote_and_chooses(open_texts, space):
    page = open_texts()
    field(page).fill("Meins")
    space.replace("locales/de.json", "Sommer", "Deins")

    field(page).press("Control+s")

    choice = page.get_by_role("group", name="Changed elsewhere")
    expect(choice.locator("blockquote")).to_have_text("Deins")
    assert faults(page) == []
    assert "Meins" not in space.read("locales/de.json")
    choice.get_by_role("button", name="Save mine").click()
    expect(page.locator(".text-saved").first).to_have_text("saved locales/de.json: 1 line changed")
    assert "Meins" in space.read("locales/de.json")

    space.replace("locales/de.json", "Meins", "Wieder deins")
    field(page).fill("Auch meins")
    field(page).press("Control+s")
    choice.get_by_role("button", name="Take theirs").click()
    expect(field(page)).to_have_value("Wieder deins")
    assert "Wieder deins" in space.read("locales/de.json")


def test_what_cannot_be_saved_is_said_and_stays_in_the_field(open_texts, space):
    page = open_texts()
    before = space.read("locales/de.json")

    field(page).fill("a\tb")
    field(page).press("Control+s")

    expect(page.locator(".text-wrong").first).to_contain_text("holds a tab")
    expect(field(page)).to_have_value("a\tb")
    assert space.read("locales/de.json") == before


def test_the_texts_have_no_faults_and_read_from_the_right(open_texts):
    page = open_texts(locale="ar", profile="draft")
    field(page).fill("تخفيضات كبيرة جدا في الصيف 😀")
    expect(page.locator(".text-marks mark.too-long").first).to_be_attached()
    picture = page.locator(".text-picture img").first
    expect(picture).to_be_visible()

    assert field(page).evaluate("area => getComputedStyle(area).direction") == "rtl"
    for viewport, scheme in ((DESKTOP, "light"), (PHONE, "dark"), (PHONE, "light")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        picture.evaluate("each => each.decode()")
        shown, intrinsic = picture.evaluate(RATIOS)
        assert shown == pytest.approx(intrinsic, rel=0.02)


def test_texts_of_one_name_are_saved_for_the_asset_they_are_of(open_texts, space):
    page = open_texts(as_shops, locale="ar")
    page.get_by_label("Locale", exact=True).select_option("de")
    expect(page.locator(".texts-summary")).to_have_text("4 texts · 1 missing")
    assert page.locator(".texts-item h2").all_inner_texts() == [
        "title of books", "action of books", "title of wine", "action of wine"
    ]  # fmt: skip

    field(page, "title of wine").fill("Rot")
    field(page, "title of wine").press("Control+s")

    expect(page.locator(".text-saved:visible")).to_have_text(
        "saved store/wine/de/title.txt: 1 line changed"
    )
    assert space.read("store/wine/de/title.txt") == "Rot\n"
    assert space.read("store/books/de/title.txt") == "books Sommer\n"
    expect(field(page, "title of books")).to_have_value("books Sommer")


def test_the_locales_say_what_is_left_to_do(open_texts):
    page = open_texts(as_shops, locale="ar")
    todo = page.locator("#texts optgroup[label='Work left'] option")
    expect(todo).to_have_text(["de German · 1 missing"])
    page.get_by_label("Locale", exact=True).select_option("de")

    field(page, "action of wine").fill("Öffnen")
    field(page, "action of wine").press("Control+s")

    expect(todo).to_have_count(0)
    assert page.get_by_label("Locale", exact=True).input_value() == "de"
    assert faults(page) == []


def test_an_address_of_texts_is_opened_before_the_first_plan_is_known(guest, show, space):
    space.write("assetforge.yaml", PIPELINE.format(catalogs=as_json(space)))
    chosen = Options(space.root / "assetforge.yaml", profile="blank")
    session = Session(chosen, lambda warnings, colour: "", Flags())
    try:
        page = guest.page(show(session), "texts=de")
        expect(field(page)).to_have_value("Sommer")
        assert page.locator(".text-picture").count() == 0
        session.start()

        expect(page.locator(".text-picture").first).to_be_visible()
        assert page.url.endswith("#texts=de")
    finally:
        session.close()


def test_a_locale_that_there_is_not_is_said(open_texts):
    page = open_texts()

    page.evaluate("location.hash = 'texts=fr'")

    words = "no picture is made in the locale 'fr'"
    expect(page.locator(".texts-summary")).to_have_text(words)
    expect(page.locator("#texts .texts-item")).to_have_count(0)
    page.get_by_label("Locale", exact=True).select_option("ar")
    expect(field(page)).to_be_visible()
