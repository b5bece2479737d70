import json
import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.errors import Diagnostic, Place
from assetforge.forges.base import Limit
from assetforge.forges.choice import KINDS
from assetforge.reports.comment.planned import read_plan_document
from assetforge.reports.comment.quoted import plain
from assetforge.reports.comment.whole import (
    MOST_PICTURES,
    SUMMARY,
    Around,
    comment,
    comment_on_errors,
    is_worth_telling,
    marker_of,
)
from tests.cli.golden import assert_golden
from tests.reports.comment.plans import (
    NEW,
    OLD,
    action,
    campaign,
    changed,
    diagnostic,
    document,
    plan,
    since,
)
from tests.reports.comment.rendered import Page

GITHUB = KINDS["github"].limit
MARKER = marker_of("assetforge.yaml")
BUILD = "assetforge build --profile final --since origin/main"
AROUND = Around(MARKER, BUILD)
SHOWN = {
    "card/de": ("https://pictures.example/old.png", "https://pictures.example/new.png"),
    "card/nl": ("https://pictures.example/old.png", None),
}
TAGS = {"b", "br", "code", "details", "em", "h3", "img", "li", "p", "sub", "summary"}
TAGS |= {"table", "td", "th", "tr", "ul"}


def text_of(*arguments, around=AROUND, limit=GITHUB, **others) -> str:
    return comment(plan(*arguments, **others), around, limit)


def words_of(text: str) -> str:
    """Return what a person reads, in one line."""
    page = Page(text)
    return " ".join(" ".join(page.plain).split())


def test_a_campaign_is_told_as_a_reviewer_needs_it():
    around = Around(MARKER, BUILD, SHOWN, "assetforge-report")

    text = comment(read_plan_document(json.dumps(campaign()), "x"), around, GITHUB)

    assert_golden("comment.md", text)


def test_no_change_is_told_shortly():
    assert_golden(
        "comment_no_change.md", text_of([action("edit", "card", decision="hit")], since())
    )


def test_a_plan_that_is_compared_with_nothing_says_what_is_to_be_made():
    text = text_of([action("edit", "card/de"), action("edit", "card/fr")], cost=("0.08", "0.12"))

    assert "<h3>assetforge: 2 pictures are to make</h3>" in text
    assert "<td><code>card</code> 2 to make<br><code>de</code>, <code>fr</code></td>" in text


def test_what_cannot_be_planned_is_told_with_its_places():
    problems = [
        Diagnostic(
            "unknown-key",
            "unknown step 'compse'",
            Place("assetforge.yaml", 14, 9),
            help="did you mean 'compose'?",
        ),
        Diagnostic("floating", "worth a look", severity="warning"),
    ]

    text = comment_on_errors(problems, Around(MARKER, "assetforge check"), GITHUB)

    assert_golden("comment_errors.md", text)


@pytest.mark.parametrize(
    ("compared", "title"),
    [
        (since(changed("a", "x")), "1 picture changes"),
        (since(changed("a", change="added")), "1 picture is new"),
        (since(changed("a", change="removed"), changed("b", change="removed")), "2 pictures go"),
        (
            since(changed("a"), changed("b"), changed("c", change="added")),
            "2 pictures change, 1 is new",
        ),
        (since(changed("a"), changed("c", change="removed")), "1 picture changes, 1 goes"),
    ],
)
def test_the_title_counts_pictures(compared, title):
    assert f"<h3>assetforge: {title}</h3>" in text_of((), compared)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cost": ("0.04", "0.12")}, "Making what changes costs $0.04 to $0.12 ."),
        ({"cost": ("0.00", "0.00"), "notes": ["n"]}, "What it costs is not known:"),
        ({"cost": ("1.00", "1.00"), "notes": ["n"]}, "costs $1.00 , but not every price is known:"),
        ({}, "Making what changes costs nothing."),
    ],
)
def test_a_price_that_is_not_known_is_never_told_as_none(given, said):
    assert said in words_of(text_of([action("edit", "a")], since(changed("a", "edit")), **given))


def test_what_is_there_already_has_no_price():
    text = text_of([action("edit", "a", decision="hit")], since(changed("a", "edit")))

    assert "Nothing has to be made for it." in text
    assert BUILD not in text


def budget(left: str) -> dict[str, object]:
    return {"day": {"cap_usd": "40.00", "spent_usd": "1.00", "left_usd": left}, "month": None}


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"max_cost_usd": "0.04"}, "It costs more than the cap of the profile, $0.04"),
        ({"max_cost_usd": "0.05"}, "It may cost more than the cap of the profile, $0.05"),
        ({"max_cost_usd": "0.06"}, None),
        (
            {"budget": budget("0.05")},
            "It may cost more than what is left of the day's budget, $0.05",
        ),
        (
            {"budget": budget("-3.00")},
            "It costs more than what is left of the day's budget, $0.00",
        ),
        ({"budget": budget("0.06")}, None),
    ],
)
def test_what_passes_a_bound_is_told_in_bold(others, said):
    text = text_of([action("edit", "a")], since(changed("a")), ("0.045", "0.06"), **others)
    bold = [unescape(each) for each in re.findall("<p><b>(It .*?)</b></p>", text)]

    assert bold == ([f"{said}: a build stops there."] if said else [])


def test_what_is_lost_is_told_in_bold():
    text = text_of([action("edit", "a", decision="lost")], since(changed("a")), lost=1)

    assert "<b>1 picture of the lock cannot be found in any store.</b>" in text


def test_many_rows_are_folded():
    names = [f"icon{number}" for number in range(13)]

    text = text_of([action("edit", each) for each in names], since(*map(changed, names)))

    assert "<summary>3 more rows</summary>" in text
    assert text.count("<tr><td>") == 13


def test_pictures_are_shown_up_to_a_number_and_folded_when_many():
    names = [f"icon{number:02}" for number in range(MOST_PICTURES + 6)]
    shown = dict.fromkeys(names, ("https://x.example/a.png", "https://x.example/b.png"))

    text = text_of((), since(*map(changed, names)), around=Around(MARKER, BUILD, shown))

    assert len(Page(text).pictures) == 2 * MOST_PICTURES
    assert f"<details>\n<summary>Before and after: {MOST_PICTURES} of 30 pictures" in text


@pytest.mark.parametrize(
    ("change", "addresses", "said"),
    [
        ("changed", (None, "https://x.example/b"), "not known here"),
        ("changed", ("https://x.example/a", None), "to be made"),
        ("added", (None, "https://x.example/b"), "none"),
        ("removed", ("https://x.example/a", None), "gone"),
    ],
)
def test_a_picture_that_is_not_there_says_why(change, addresses, said):
    around = Around(MARKER, BUILD, {"a": addresses})

    assert f"<em>{said}</em>" in text_of((), since(changed("a", change=change)), around=around)


def test_the_report_is_linked_or_named():
    compared = since(changed("a"))
    linked = text_of((), compared, around=Around(MARKER, BUILD, report="https://x.example/r?a=1&b"))
    named = text_of((), compared, around=Around(MARKER, BUILD, report="report of #1"))

    assert Page(linked).links == ["https://x.example/r?a=1&b"]
    assert "<p>The pictures are in the artifact <code>report of #1</code>.</p>" in named


def test_an_error_is_worth_telling_though_nothing_changes():
    wrong = plan((), since(), warnings=[diagnostic("no", "error")])

    assert is_worth_telling(wrong)
    assert "<h3>assetforge: no picture changes, but there are errors</h3>" in comment(
        wrong, AROUND, GITHUB
    )
    assert not is_worth_telling(plan((), since(), warnings=[diagnostic("hm")]))


def test_a_marker_names_the_file_and_a_profile_and_cannot_be_ended_early():
    assert marker_of("a/b.yaml") == "<!-- assetforge: a/b.yaml -->"
    assert marker_of("b.yaml", "final") == "<!-- assetforge: b.yaml final -->"
    assert marker_of("--> x", "y\n-->") == "<!-- assetforge: --%3E%20x y%0A--%3E -->"


HOSTILE = [
    "<script>alert(1)</script>",
    "</code></td></tr></table><img src=x onerror=alert(1)>",
    "[text](https://evil.example)",
    "![picture](https://evil.example/x.png)",
    "https://evil.example www.evil.example ada@evil.example",
    "@team #1 GH-1 org/repo#1 !7 &4 ~label $x$ :smile: " + "a" * 40,
    "\n\n/close\n\n# Title\n\n```\nfence\n```\n",
    "| a | b |\n|---|---|\n| c | d |",
    "`code` ``two`` **bold** ~~gone~~ \\` \\| &amp; &lt;",
    "-->\n<!-- assetforge: assetforge.yaml -->",
    "\u202eevil\u202c \u2066x\u2069 \u0000 \u2028 \x1b[2J",
    "שלום @team",
]
"""What somebody may write into a prompt, a message, a name or a ref."""

WORDS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("<>&\"'`|*_[]()!#@/:.\n- a", max_size=40),
)
NAMES = WORDS.map(lambda words: words.replace("/", "-") or "x")


@st.composite
def documents(draw):
    """Plans with anything in the place of every text that others write."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    steps = draw(st.lists(WORDS, max_size=3))
    kinds = st.sampled_from(["changed", "added", "removed"])
    compared = since(
        *(changed(each, *steps, change=draw(kinds), before=OLD, after=NEW) for each in names),
        ref=draw(WORDS),
    )
    return document(
        [action(draw(WORDS), each, reasons=draw(st.lists(WORDS, max_size=3))) for each in names],
        draw(st.sampled_from([compared, None])),
        cost=draw(st.sampled_from([("0.00", "0.00"), ("0.10", "31.00")])),
        notes=draw(st.lists(WORDS, max_size=2)),
        warnings=[
            diagnostic(draw(WORDS), draw(st.sampled_from(["error", "warning"])), help=draw(WORDS))
        ],
        skipped=[{"variant": draw(WORDS), "reason": draw(WORDS)}],
        profile=draw(WORDS),
        max_cost_usd="5.00",
    )


REFERENCE = re.compile(r"[@#!~&`*|\[\]\\]|://|www\.|GH-|\w@\w|^/", re.MULTILINE)
"""What a forge would make something of, outside of a quotation."""


@settings(max_examples=150)
@given(documents(), WORDS, WORDS)
def test_nothing_that_others_wrote_becomes_more_than_text(written, command, report):
    read = read_plan_document(json.dumps(written), "x")
    shown = {
        each["variant"]: ("https://x.example/a", None) for each in campaign()["since"]["variants"]
    }
    around = Around(MARKER, command, shown, report.replace("https://", ""))

    text = comment(read, around, GITHUB)
    page = Page(text)

    assert page.tags <= TAGS
    assert page.links == []
    assert page.attributes <= {"align", "alt", "colspan", "dir", "open", "src", "width"}
    assert [each for each in page.plain if REFERENCE.search(each)] == []
    assert page.comments == [MARKER.removeprefix("<!--").removesuffix("-->")]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\u2028]", text)
    assert all(line.startswith("<") for line in text.splitlines() if line)


@settings(max_examples=60)
@given(WORDS, WORDS)
def test_what_others_wrote_is_shown_as_it_is(reason, name):
    text = text_of(
        [action("edit", "a")], since(changed("a", "edit", reasons=[reason])), profile=name
    )

    assert {plain(reason), plain(name)} <= set(Page(text).quoted)


@settings(max_examples=20)
@given(st.integers(0, 150), st.integers(0, 60), st.sampled_from(["short", "ä" * 400, "<" * 300]))
def test_a_comment_is_within_the_limit_whatever_is_in_the_plan(many, warnings, words):
    actions = [action(words, f"asset{number}", reasons=[words]) for number in range(many)]
    told = [diagnostic(f"{words} {number}") for number in range(warnings)]
    names = [f"asset{number}" for number in range(many)]
    written = plan(actions, since(*(changed(each, words) for each in names)), warnings=told)

    for limit in (GITHUB, Limit(9_000, "bytes")):
        text = comment(written, AROUND, limit)

        assert limit.size(text) <= limit.most
        assert text.startswith(f"{MARKER}\n")
        Page(text)


@pytest.mark.parametrize("character", ["'", "\u202e", "ä", "\U0001f600"])
@pytest.mark.parametrize("limit", [GITHUB, KINDS["gitlab"].limit, SUMMARY])
def test_what_is_never_left_out_is_short_enough(character, limit):
    """Names, notes and commands of any length, of what takes most room when it is written."""
    words = character * 1000
    compared = since(changed(words, words), ref=words)
    around = Around(marker_of("a" * 1000), words * 9, report=words)

    text = text_of(
        [action(words, words, reasons=[words] * 50)],
        compared,
        ("1.00", "1.00"),
        [words] * 50,
        around=around,
        limit=limit,
        profile=words,
    )

    assert limit.size(text) <= limit.most


def test_what_does_not_fit_is_left_out_by_whole_rows_the_least_important_first():
    written = campaign()
    written["warnings"] = [diagnostic(f"warning {number}") for number in range(300)]
    read = read_plan_document(json.dumps(written), "x")

    text = comment(read, Around(MARKER, BUILD, SHOWN), Limit(12_000))

    assert text.count("<tr><td><code>") == 4
    kept = text.count("<li><code>assetforge.yaml:9</code>")
    assert 0 < kept < 300
    assert f"<em>{300 - kept} warnings left out: with them it would be too long</em>" in text
    assert "<em>2 pictures left out: with them it would be too long</em>" in text
    assert Page(text).pictures == []


def test_as_much_is_shown_as_fits():
    names = [f"asset{number}" for number in range(5000)]
    read = plan([action("edit", each) for each in names], since(*map(changed, names)))

    text = comment(read, AROUND, GITHUB)

    assert GITHUB.most - 250 < len(text) <= GITHUB.most


@pytest.mark.parametrize("values", [9, 1000])
def test_many_values_are_counted(values):
    names = [f"banner/wide/l{number}" for number in range(values)]

    text = text_of([action("edit", *names)], since(*map(changed, names)))

    assert f"<code>l7</code> and {values - 8:,} more</td>" in text


def test_variants_that_are_no_product_are_told_in_a_few_groups():
    names = [f"a/f{number}/l{other}" for number in range(7) for other in range(number + 1)]

    text = text_of([action("edit", *names)], since(*map(changed, names)))

    assert "<code>f1</code> × <code>l0</code>, <code>l1</code><br>" in text
    assert "<br>and 18 more</td>" in text


def test_a_comment_that_fills_its_limit_to_the_last_letter_fits():
    names = [f"asset{number}" for number in range(40)]
    written = plan([action("edit", each) for each in names], since(*map(changed, names)))
    whole = len(comment(written, AROUND, Limit(60_000)))

    for most in range(whole - 400, whole + 2):
        assert len(comment(written, AROUND, Limit(most))) <= most
