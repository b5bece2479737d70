"""The gallery's table of locales, as markup."""

import json
import re

import pytest

from assetforge.coverage import STATES, Coverage, Detail
from assetforge.errors import Place
from assetforge.locales import parse_locale
from assetforge.reports.gallery_locales import MARKS, locales_link, locales_section
from tests.reports.campaign import HOSTILE, banner, picture, texts, write
from tests.reports.test_gallery import Page
from tests.space import Space


def test_without_locales_there_is_no_table_and_no_link(tmp_path):
    page = write(tmp_path, banner(tmp_path))

    assert "#locales" not in [each.get("href") for each in Page(page).all("a")]
    assert "locales" not in [each.get("id") for each in Page(page).all("section")]


def test_the_link_stands_beside_the_totals():
    assert locales_link(texts()) == (' · <a href="#locales">texts complete in 2 of 4 locales</a>')


def test_each_locale_is_a_row_and_each_asset_a_column_the_worst_first(tmp_path):
    section = locales_section(texts())

    heads = re.findall(r'<th scope="col">(.*?)</th>', section)
    assert heads == ["Locale", "banner", "teaser", "Direction"]
    assert re.findall(r'<th scope="row"><b>(.*?)</b>', section) == ["de", "ar", "en", "ja"]
    assert section.count("<td></td>") == 3


def test_a_name_is_marked_as_its_own_language_and_english_is_not_said_twice():
    section = locales_section(texts())

    assert '<span class="native" lang="ar" dir="rtl">العربية</span><small>Arabic</small>' in section
    assert '<span class="native" lang="en" dir="ltr">English</span></th>' in section


def test_what_is_wrong_is_folded_below_its_count():
    section = locales_section(texts())

    assert (
        "<details><summary>1 too long</summary><ul><li>message &#x27;headline&#x27; in slot "
        "&#x27;headline&#x27; of banner/edit: has 16 graphemes, 4 more than the 12"
        '<span class="code">locales/ar.json:2:3</span></li></ul></details>'
    ) in section
    assert '(tried de)<span class="code">assetforge.yaml:9:5</span>' in section


def test_hostile_texts_stay_texts(tmp_path):
    page = write(tmp_path, [picture()], texts=texts())

    assert len(Page(page).all("script")) == 2
    assert any(HOSTILE in each for each in Page(page).texts)


@pytest.mark.parametrize("state", STATES[1:])
def test_every_state_has_a_mark_that_the_page_draws(tmp_path, state):
    wrong = Detail(state, "m", "", "", Place("a"), None, "", (), "words")
    row = Coverage("a", parse_locale("de"), {"m": "own"}, {}, (wrong,))

    page = write(tmp_path, [picture()], texts=[row])

    assert f'<symbol id="i-{MARKS[state]}"' in page.read_text(encoding="utf-8")
    assert state.replace("-", " ") in Page(page).texts


def test_the_same_texts_give_the_same_bytes(tmp_path):
    first = write(tmp_path, banner(tmp_path), texts=texts()).read_bytes()

    assert write(tmp_path, banner(tmp_path), texts=texts()).read_bytes() == first


def test_a_report_of_a_project_with_locales_has_the_table(tmp_path):
    space = Space(tmp_path).quick("en", "de")
    space.replace("assetforge.yaml", "  source: en", "  source: en\n  missing: fallback")
    space.write("locales/de.json", json.dumps({"banner": {"headline": "Los"}}))

    assert space.run("report", "banner/wide").code == 0

    page = Page(space.root / "report" / "index.html")
    assert "texts complete in 1 of 2 locales" in page.texts
    assert "2 in another language, 2 from en" in page.texts


def test_a_report_does_not_fail_on_a_picture_that_the_plan_leaves_out(tmp_path):
    space = Space(tmp_path).quick("en", "de")
    space.replace("assetforge.yaml", "  source: en", "  source: en\n  missing: skip")
    space.write("prompts/copy.j2", "Set {{ copy.headline }}{{ 1 // 0 if locale == 'de' }}.")
    space.write("locales/de.json", json.dumps({"banner": {"action": "Los"}}))

    result = space.run("report")

    assert (result.code, "0 of 2 pictures" in result.out) == (0, True)
