"""What the page decides without a picture, held against the same decisions elsewhere."""

import json
import re
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assetforge.errors import NothingSelected
from assetforge.matrix import Variant, select
from assetforge.reports import page as shared

GLOBS = "banner mascot wide de pt-BR a* [x] b?r * ? w* [a-c]* [!m]* [ [] [z-a] . d|e"
PARTS = ["", *re.findall(r"\S+", GLOBS)]

ROWS = [
    {"id": f"{n}", "variant": "/".join([asset, *values]), "asset": asset, "tags": tags}
    for n, (asset, values, tags) in enumerate(
        [
            ("banner", ("wide", "de"), ["web"]), ("banner", ("wide", "pt-BR"), ["web"]),
            ("banner", ("tall", "de"), ["web"]), ("mascot", (), ["web", "print"]),
            ("a*", ("[x]", "b"), []), ("bar", ("a.b", "["), []), ("wide", ("d|e", "wide"), ["x"]),
        ]
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def blank(chromium):
    """A page of the shared modules, without a preview."""
    page = chromium.new_page()
    page.route("http://modules/**", answer)
    page.goto("http://modules/")
    yield page
    page.close()


def answer(route) -> None:
    name = route.request.url.rpartition("/")[2]
    if not name:
        route.fulfill(content_type="text/html", body='<!doctype html><div id="said"></div>')
        return
    folders = (files("assetforge.preview") / "page", files("assetforge.reports.page"))
    found = next(each / name for each in folders if (each / name).is_file())
    route.fulfill(content_type="text/javascript", body=found.read_text(encoding="utf-8"))


def variant(row) -> Variant:
    asset, *values = row["variant"].split("/")
    return Variant(asset, {f"axis{n}": each for n, each in enumerate(values)}, {})


def chosen(selector):
    tags: dict[str, list[str]] = {str(each["asset"]): list(each["tags"]) for each in ROWS}
    try:
        found = select([variant(each) for each in ROWS], [selector], (), tags)
    except NothingSelected:
        return []
    return [each.name for each in found]


def test_the_page_reads_selectors_as_the_command_line_does(blank):
    parts = [a if b is None else f"{a}/{b}" for a in PARTS for b in (None, *PARTS)]
    selectors = [*parts, "banner/wide/de", "banner/de/wide", "/banner/", "tag:web", "tag:", "tag:x"]

    found = blank.evaluate(
        """async ([selectors, rows]) => {
            const { chooses } = await import("/selectors.js");
            const names = (rows) => rows.map((row) => row.variant);
            return selectors.map((each) => names(rows.filter((row) => chooses(each, row))));
        }""",
        [selectors, ROWS],
    )

    assert found == [chosen(each) for each in selectors]
    assert sum(map(len, found)) > 100


def rows_of(shape):
    return [
        {
            "id": f"{asset}-{form}-{locale}", "variant": f"{asset}/{form}/{locale}", "asset": asset,
            "axes": {"format": form}, "locale": locale, "tags": ["x"] if asset == "a" else [],
        }
        for asset, form, locale in shape
    ]  # fmt: skip


POINTS = [(a, f, lo) for a in ("a", "b*") for f in ("w", "de") for lo in ("de", "ja", "en")]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sets(st.sampled_from(POINTS), min_size=1))
def test_the_command_line_chooses_the_pictures_that_are_shown_and_no_others(blank, wanted):
    rows = rows_of(POINTS)
    ids = [row["id"] for row in rows_of(wanted)]

    found = blank.evaluate(
        """async ([rows, ids]) => {
            const { selection } = await import("/selectors.js");
            return selection(rows, new Set(ids), ["x"]);
        }""",
        [rows, ids],
    )

    variants = [
        Variant(row["asset"], {"format": row["axes"]["format"], "locale": row["locale"]}, {})
        for row in rows
    ]
    tags = {"a": ("x",)}
    again = select(variants, found["selectors"], found["locales"], tags)
    assert {each.name for each in again} == {"/".join(each) for each in wanted}


TEXTS = st.text(st.sampled_from("ab \n夏あ.ü"), max_size=60)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TEXTS, TEXTS)
def test_the_differences_of_two_prompts_hold_both_whole(blank, before, after):
    runs = blank.evaluate(
        """async ([before, after]) => (await import("/diff.js")).differences(before, after)""",
        [before, after],
    )

    assert "".join(text for kind, text in runs if kind != "ins") == before
    assert "".join(text for kind, text in runs if kind != "del") == after
    assert before != after or [kind for kind, _ in runs] in (["same"], [])


def test_a_long_prompt_is_not_compared_word_by_word(blank):
    runs = blank.evaluate(
        """async () => {
            const { differences } = await import("/diff.js");
            return differences("x " + "a b ".repeat(3000), "x " + "c d ".repeat(3000));
        }"""
    )

    assert [kind for kind, _ in runs] == ["same", "del", "ins", "same"]


def test_the_names_of_the_reports_modules_are_unique_so_that_they_can_be_joined():
    at_the_top = re.compile(r"^(?:export )?(?:const|let|class|function) (\w+)", re.MULTILINE)
    names = [name for module in shared.SCRIPTS for name in at_the_top.findall(shared.part(module))]

    assert len(names) == len(set(names)) > 40


def test_the_report_is_made_of_the_modules_without_what_only_modules_have():
    script = shared.script()

    assert not re.search(r"^(import|export)\b", script, re.M)
    assert script.startswith('"use strict";')
    assert json.dumps(script)


def test_no_file_of_the_two_folders_has_the_name_of_another():
    folders = (files("assetforge.preview") / "page", files("assetforge.reports.page"))
    names = [
        each.name
        for folder in folders
        for each in folder.iterdir()
        if each.name.endswith((".js", ".css"))
    ]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
)
def test_no_module_makes_markup_of_text(word):
    folders = (files("assetforge.preview") / "page", files("assetforge.reports.page"))
    modules = [each for folder in folders for each in folder.iterdir() if each.name.endswith(".js")]

    assert [each.name for each in modules if word in each.read_text(encoding="utf-8")] == []
