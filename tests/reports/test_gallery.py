import base64
import hashlib
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from assetforge import images
from assetforge.findings import PNG_URL, Check, Findings, Verdict
from assetforge.reports import gallery
from assetforge.reports.pictures import Picture
from tests.reports.campaign import COMPOSE, HOSTILE, banner, picture, save, write


class Page(HTMLParser):
    """What a browser without JavaScript sees: elements with their attributes, and the texts."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def page(tmp_path):
    return write(tmp_path, banner(tmp_path))


def data_of(page: Path) -> Any:
    block = re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    return json.loads(block[1])


def test_the_gallery_is_one_page_and_a_manifest(page):
    assert sorted(each.name for each in page.parent.iterdir()) == ["index.html", "manifest.json"]
    manifest = json.loads((page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["schema"] == "assetforge.manifest/1"
    assert len(manifest["pictures"]) == 12


def test_every_existing_picture_is_in_the_plain_markup_with_its_alt_text_and_language(page):
    shown = Page(page).all("img")

    assert len(shown) == 12
    assert all(str(each["src"]).startswith("data:image/webp;base64,") for each in shown)
    arabic = [each for each in shown if each.get("lang") == "ar"]
    assert {each["dir"] for each in arabic} == {"rtl"}
    assert {each["alt"] for each in arabic} == {"يبدأ الصيف هنا."}
    assert (arabic[0]["width"], arabic[0]["height"]) == ("240", "126")


def test_a_card_links_to_the_full_file_as_seen_from_the_page(page):
    links = [each["href"] for each in Page(page).all("a") if each.get("class") == "open"]

    files = [page.parent / unquote(str(each)) for each in links if not str(each).startswith("#")]
    assert len(files) == 12
    assert all(each.is_file() for each in files)
    assert "../out/banner/wide/de.png" in links


def test_a_missing_picture_is_a_named_hole(page):
    document = Page(page)
    holes = [each for each in document.all("span") if each.get("class") == "thumb hole"]

    assert len(holes) == 1
    assert "banner/story/ja, missing" in [each.get("aria-label") for each in document.all("a")]


def test_the_same_pictures_give_the_same_bytes(tmp_path, page):
    first = page.read_bytes()

    again = write(tmp_path, banner(tmp_path))

    assert again.read_bytes() == first


def test_a_page_that_is_right_already_is_left_alone(tmp_path, page):
    long_ago = 1_000_000_000
    for file in page.parent.iterdir():
        os.utime(file, (long_ago, long_ago))

    write(tmp_path, banner(tmp_path))
    write(tmp_path, banner(tmp_path), title="Winter")

    assert (page.parent / "manifest.json").stat().st_mtime == long_ago
    assert page.stat().st_mtime != long_ago


def test_a_page_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(self, target):
        raise OSError("read-only")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(OSError, match="read-only"):
        write(tmp_path, banner(tmp_path))
    assert list((tmp_path / "report").iterdir()) == []


def test_hostile_text_is_only_ever_text(tmp_path):
    hostile = picture(
        HOSTILE,
        asset=HOSTILE,
        path="out/hostile.png",
        axes={HOSTILE: HOSTILE},
        tags=(HOSTILE,),
        locale=HOSTILE,
        lang=HOSTILE,
        alt=HOSTILE,
        state="stale",
        reason=HOSTILE,
        copy={HOSTILE: HOSTILE},
    )

    page = write(tmp_path, [save(tmp_path, hostile)], title=HOSTILE)

    document = Page(page)
    assert len(document.all("script")) == 2
    assert not any("onerror" in attributes for _, attributes in document.elements)
    assert [each["alt"] for each in document.all("img")] == [HOSTILE]
    assert data_of(page)["tiles"][0]["copy"] == [[HOSTILE, HOSTILE]]


def test_a_path_cannot_become_an_address_of_another_scheme(tmp_path):
    odd = save(tmp_path, picture("odd", path="javascript:alert(1)/50% off #1?.png"))

    page = gallery.write_gallery([odd], tmp_path, lambda each: None, "Odd", tmp_path)

    (link,) = [each for each in Page(page).all("a") if each.get("class") == "open"]
    assert link["href"] == "javascript%3Aalert%281%29/50%25%20off%20%231%3F.png"


def test_a_file_on_another_drive_gets_its_full_address(tmp_path, monkeypatch):
    def no_way(path, start):
        raise ValueError("path is on another drive")

    monkeypatch.setattr(os.path, "relpath", no_way)
    shown = save(tmp_path, picture())

    page = write(tmp_path, [shown])

    address = (tmp_path / shown.path).resolve().as_uri()
    assert address in [each.get("href") for each in Page(page).all("a")]


def test_the_policy_allows_the_pages_own_style_and_script_and_nothing_else(page):
    document = page.read_text(encoding="utf-8")
    inline = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", document, re.DOTALL)

    (policy,) = [each["content"] for each in Page(page).all("meta") if "http-equiv" in each]

    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in inline]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; "
        f"script-src 'sha256-{hashes[1]}'; base-uri 'none'; form-action 'none'"
    )
    assert not any("style" in attributes for _, attributes in Page(page).elements)


def test_a_shared_step_is_written_once(page):
    data = data_of(page)

    assert len(data["steps"]) == 2
    assert [each["steps"] for each in data["tiles"]] == [[0]] * 12 + [[1]]


def test_a_step_shows_its_model_first_and_its_prompt_and_copy_elsewhere(page):
    assert data_of(page)["steps"][0]["request"] == [
        ["model", "gpt-image-2"],
        ["quality", "high"],
        ["size", "1536x1024"],
        ["region", '[0, "60%"]'],
    ]


def test_bytes_that_are_no_picture_are_shown_without_a_preview(tmp_path):
    file = tmp_path / "out" / "notes.png"
    file.parent.mkdir()
    file.write_text("not a picture")

    page = write(tmp_path, [picture(path="out/notes.png", state="edited", width=0, height=0)])

    assert Page(page).all("img") == []
    assert "no preview" in Page(page).texts


def test_a_file_that_went_away_is_shown_without_a_preview(tmp_path):
    assert Page(write(tmp_path, [picture()])).all("img") == []


def test_previews_get_smaller_until_the_page_is_within_its_budget(tmp_path, monkeypatch):
    shown = save(tmp_path, picture(width=1200, height=628))
    edges = []

    def preview(data, edge):
        edges.append(edge)
        return bytes(edge)

    monkeypatch.setattr(images, "preview", preview)
    monkeypatch.setattr(gallery, "PREVIEW_BUDGET", 330)

    write(tmp_path, [shown])

    assert edges == [800, 480, 320]


def test_previews_that_no_budget_can_hold_are_the_smallest(tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "PREVIEW_BUDGET", 0)
    monkeypatch.setattr(gallery, "FEW", 0)

    page = write(tmp_path, [save(tmp_path, picture(width=1200, height=628))])

    assert len(Page(page).all("img")) == 1


def test_equal_pictures_are_read_once(tmp_path):
    shown = save(tmp_path, picture())
    twin = replace(shown, variant="banner/wide/at", locale="at")
    reads = []

    def read(each):
        reads.append(each.variant)
        return (tmp_path / each.path).read_bytes()

    page = gallery.write_gallery([shown, twin], tmp_path / "report", read, "Twins", tmp_path)

    assert len(reads) == 1
    assert len(Page(page).all("img")) == 2


def test_a_lone_surrogate_does_not_break_the_page(tmp_path):
    page = write(tmp_path, [picture(alt="\udc80", copy={"headline": "\ud800"})])

    assert data_of(page)["tiles"][0]["alt"] == "\udc80"
    manifest = json.loads((page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["pictures"][0]["alt"] == "\udc80"


def test_a_project_without_pictures_says_so(tmp_path):
    page = write(tmp_path, [])

    assert "No pictures" in Page(page).texts
    assert "0 pictures · 0 assets" in Page(page).texts


def test_a_row_of_several_sizes_names_them(tmp_path):
    pictures = [picture(f"a/{n}", axes={}, path=f"{n}.png", width=n, height=n) for n in (10, 20)]

    assert "10×10, 20×20" in Page(write(tmp_path, pictures)).texts


@pytest.mark.parametrize(("size", "small"), [((1200, 628), (480, 251)), ((20, 9), (20, 9))])
def test_a_preview_is_a_small_webp_and_the_same_on_every_run(tmp_path, size, small):
    shown = save(tmp_path, picture(width=size[0], height=size[1]))
    data = (tmp_path / shown.path).read_bytes()

    preview = images.preview(data, 480)

    assert images.size_of(preview) == small
    assert preview[8:12] == b"WEBP"
    assert images.preview(data, 480) == preview


def test_what_was_found_in_a_step_is_in_the_page_with_what_it_was_seen_on(tmp_path):
    (step,) = data_of(write(tmp_path, [looked_at("look")]))["steps"]

    assert step["how"] == "take 2"
    assert step["checks"] == [
        {
            "check": "copy",
            "verdict": "look",
            "slot": "headline",
            "message": "read 'Fre'",
            "expected": "Free",
            "found": "Fre",
            "exhibit": PNG_URL + "QQ==",
        }
    ]


def test_of_too_many_exhibits_those_of_what_is_right_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "EXHIBIT_BUDGET", 10)
    fine, wrong = looked_at("equal"), looked_at("differs", variant="banner/wide/en")

    steps = data_of(write(tmp_path, [fine, wrong]))["steps"]

    found = {each["checks"][0]["verdict"]: each["checks"][0]["exhibit"] for each in steps}
    assert found == {"equal": "", "differs": PNG_URL + "QQ=="}


def looked_at(verdict: Verdict, variant: str = "banner/wide/de") -> Picture:
    check = Check(
        "copy", verdict, "read 'Fre'", "headline", "Free", "Fre", exhibit=PNG_URL + "QQ=="
    )
    step = replace(COMPOSE, found=Findings((check,)), key=verdict, how="take 2")
    return picture(variant, steps=(step,))
