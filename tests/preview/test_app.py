"""What the preview answers to its own page."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from assetforge.digest import digest_of
from assetforge.errors import Diagnostic, InvalidSource, OverBudget, Place, UsageProblem
from assetforge.preview.actions import ACTIONS
from assetforge.session.deciding import Seen
from assetforge.session.errors import Agree, Outdated, UnknownPicture
from tests.preview.desk import HTML, PNG, SVG

DIGEST = digest_of(PNG)
ROW = {"id": "out/de/banner", "digest": DIGEST}
SEEN = Seen("out/de/banner", DIGEST)
EDIT = Seen("out/de/banner", DIGEST, "edit")
MESSAGE = {"locale": "de", "message": "banner.headline", "form": 1, "text": "Kauf \u202e mich"}

GOOD = [
    ("/build", {}, ("build", None, None)),
    ("/build", {"ids": ["a"], "max_cost": "1.25"}, ("build", ["a"], 1_250_000)),
    ("/build", {"max_cost": "0"}, ("build", None, 0)),
    ("/draft", {}, ("draft", None)),
    ("/draft", {"ids": ["a"]}, ("draft", ["a"])),
    ("/focus", {"ids": []}, ("focus", [])),
    ("/accept", {"pictures": [ROW]}, ("accept", [SEEN], False)),
    ("/accept", {"pictures": [ROW], "agreed": True}, ("accept", [SEEN], True)),
    ("/reject", {"pictures": [{**ROW, "step": "edit"}]}, ("reject", [EDIT], False)),
    ("/pin", {"pictures": [ROW]}, ("pin", [SEEN], False)),
    ("/unpin", {"pictures": [ROW]}, ("unpin", [SEEN], False)),
    ("/choose", {**ROW, "step": "edit", "take": 2}, ("choose", EDIT, 2, False)),
    ("/undo", {}, ("undo", False)),
    ("/undo", {"agreed": True}, ("undo", True)),
    ("/reroll", {"pictures": [ROW], "takes": 3}, ("reroll", [SEEN], 3, None)),
    (
        "/reroll",
        {"pictures": [ROW], "takes": 1, "max_cost": "0.000001"},
        ("reroll", [SEEN], 1, 1),
    ),
    ("/note", {**ROW, "step": "edit", "text": "warmer"}, ("note", EDIT, "warmer")),
    (
        "/unnote",
        {"id": ROW["id"], "step": "edit", "text": "warmer"},
        ("unnote", "out/de/banner", "edit", "warmer"),
    ),
    ("/texts/check", MESSAGE, ("check", "de", "banner.headline", 1, "Kauf \u202e mich", "")),
    (
        "/texts",
        {**MESSAGE, "was": None, "asset": "card"},
        ("save", "de", "banner.headline", 1, "Kauf \u202e mich", None, "card"),
    ),
]

BAD = [
    ("/undo", b"", "body: invalid JSON: EOF while parsing a value at line 1 column 0"),
    ("/undo", b"{", "body: invalid JSON: EOF while parsing an object at line 1 column 1"),
    ("/undo", b"\xff{}", "body: invalid JSON: expected value at line 1 column 1"),
    ("/undo", [], "body: input should be an object"),
    ("/undo", {"all": True}, "all: extra inputs are not permitted"),
    ("/build", {"max_cost": 1}, "max_cost: input should be a valid string"),
    ("/build", {"max_cost": "-1"}, "max_cost: string should match pattern"),
    ("/build", {"max_cost": "1e9"}, "max_cost: string should match pattern"),
    ("/build", {"max_cost": "١"}, "max_cost: string should match pattern"),
    ("/build", {"max_cost": "1\n"}, "max_cost: string should match pattern"),
    ("/build", {"ids": "all"}, "ids: input should be a valid array"),
    ("/focus", {}, "ids: field required"),
    ("/accept", {"pictures": []}, "pictures: list should have at least 1 item"),
    ("/accept", {"pictures": [ROW, {"id": "a"}]}, "pictures[1].digest: field required"),
    ("/accept", {"pictures": [{**ROW, "digest": "AB"}]}, "pictures[0].digest: string should match"),
    ("/accept", {"pictures": [ROW], "agreed": 1}, "agreed: input should be a valid boolean"),
    ("/accept", {"pictures": [{**ROW, "path": "x"}]}, "pictures[0].path: extra inputs"),
    ("/choose", {**ROW, "take": "1"}, "take: input should be a valid integer"),
    ("/choose", {**ROW, "take": -1}, "take: input should be greater than or equal to 0"),
    ("/reroll", {"pictures": [ROW], "takes": 0}, "takes: input should be greater than"),
    ("/reroll", {"pictures": [ROW], "takes": 101}, "takes: input should be less than"),
    ("/texts", MESSAGE, "was: field required"),
    ("/texts", b'{"text": "\\ud800"}', "body: invalid JSON: unexpected end of hex escape"),
]


@pytest.mark.parametrize(("path", "body", "done"), GOOD)
def test_what_a_page_asks_for_is_done_as_it_says(desk, visitor, path, body, done):
    reply = visitor.post(path, body)

    words = {"/texts/check": {"problems": []}, "/focus": {"words": ""}}
    assert (reply.status, desk.done) == (200, [done])
    assert reply.json == words.get(path, {"words": f"{done[0]} done"})


def test_every_action_is_asked_for_here():
    assert {path for path, _, _ in GOOD} == set(ACTIONS)


@pytest.mark.parametrize(("path", "body", "words"), BAD)
def test_what_no_page_of_ours_sends_is_refused_in_one_line(desk, visitor, path, body, words):
    reply = visitor.post(path, body)

    assert (reply.status, reply.json["error"], desk.done) == (422, "malformed", [])
    assert reply.json["words"].startswith(words)
    assert len(reply.json["words"].splitlines()) == 1


LOCATED = InvalidSource(
    [
        Diagnostic("b", "unknown step 'compse'", Place("assetforge.yaml", 14, 13), help="no"),
        Diagnostic("a", "no pipeline"),
    ]
)


@pytest.mark.parametrize(
    ("error", "status", "document"),
    [
        (Outdated("look again"), 409, {"error": "outdated", "words": "look again"}),
        (
            Agree("it costs", 40_000, 1_500_000),
            428,
            {"error": "agree", "words": "it costs", "cost": {"low": "0.04", "high": "1.50"}},
        ),
        (
            UnknownPicture("x"),
            404,
            {
                "error": "unknown",
                "words": "there is no picture 'x'; it may have been renamed or removed",
            },
        ),
        (UsageProblem("nothing to undo"), 400, {"error": "refused", "words": "nothing to undo"}),
        (OverBudget("too much"), 400, {"error": "refused", "words": "too much"}),
        (
            LOCATED,
            400,
            {
                "error": "refused",
                "words": "no pipeline\nassetforge.yaml:14:13: unknown step 'compse'",
            },
        ),
        (
            UsageProblem("no key sk-abcdefghijklmnopqrstuvwxyz0123456789"),
            400,
            {"error": "refused", "words": f"no key {'*' * 39}"},
        ),
        (
            PermissionError(13, "Permission denied", "locales/de.po"),
            400,
            {"error": "refused", "words": "permission denied: 'locales/de.po'"},
        ),
        (OSError("odd"), 400, {"error": "refused", "words": "odd"}),
    ],
)
def test_each_way_of_going_wrong_has_its_status_and_words(desk, visitor, error, status, document):
    desk.wrong = error

    reply = visitor.post("/undo", {})

    assert (reply.status, reply.json) == (status, document)


def test_a_bug_is_told_once_in_the_terminal_and_not_to_the_page(desk, visitor, capfd):
    desk.wrong = KeyError("secret thing")

    reply = visitor.post("/undo", {})
    said = capfd.readouterr().err

    words = "something went wrong inside; the terminal says what"
    assert (reply.status, reply.json) == (500, {"error": "bug", "words": words})
    assert re.fullmatch(
        r"assetforge: BUG: KeyError\('secret thing'\) at \S+desk\.py:\d+; please report it\n", said
    )


def test_an_action_that_takes_long_keeps_nobody_else_waiting(desk, visitor):
    desk.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(visitor.post, "/undo", {})
        quick = visitor.ask("/state")
        desk.gate.set()

        assert (quick.status, slow.result().status) == (200, 200)


def test_the_page_names_the_project_and_asks_for_its_own_parts_only(visitor):
    reply = visitor.ask("/")
    page = reply.body.decode()

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>tea &amp; &lt;b&gt;cake&lt;/b&gt;</title>" in page
    assert '<symbol id="i-current"' in page
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert visitor.ask(address).status == 200


@pytest.mark.parametrize(
    ("name", "kind"), [("dom.js", "text/javascript"), ("page.css", "text/css")]
)
def test_parts_of_the_page_are_what_they_say(visitor, name, kind):
    reply = visitor.ask(f"/page/{name}")

    assert (reply.status, reply.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert reply.body


@pytest.mark.parametrize(
    "name",
    [
        "",
        "__init__.py",
        "index.html",
        "nothing.js",
        "../app.py",
        "%2e%2e/app.py",
        "..%2fapp.py",
        "..%5capp.py",
        "%2e%2e%2f%2e%2e%2f%2e%2e%2fpyproject.toml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "page.css%00",
        "page.css/",
        "./page.css",
    ],
)
def test_nothing_but_parts_of_the_page_is_served(visitor, name):
    assert visitor.ask(f"/page/{name}").status == 404


def test_the_state_is_what_changed_since_a_version(visitor):
    whole, part = visitor.ask("/state").json, visitor.ask("/state?since=1").json

    assert (len(whole["pictures"]), part["pictures"]) == (1, [])


@pytest.mark.parametrize("since", ["x", "-2", "1.0", "9" * 16, "%D9%A1", ""])
def test_a_version_that_is_none_is_malformed(visitor, since):
    assert visitor.ask(f"/state?since={since}").status == 422


def test_the_detail_of_a_picture_survives_broken_text(visitor):
    reply = visitor.ask("/detail?id=out/de/banner")

    assert reply.json["copy"] == [["headline", "lone \udc80 surrogate"]]
    assert visitor.ask("/detail?id=x").status == 404
    assert visitor.ask("/detail").json == {"error": "malformed", "words": "id: must be given"}


def test_texts_are_of_a_locale(visitor):
    assert visitor.ask("/texts?locale=de").json == {"locale": "de"}
    assert visitor.ask("/texts?locale=").status == 422
    assert visitor.ask("/texts/locales").json == {"locales": []}


def test_a_picture_is_named_by_its_digest_kept_and_dead(visitor):
    reply = visitor.ask(f"/pictures/{DIGEST}")

    assert (reply.status, reply.body) == (200, PNG)
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_thumbnail_is_small_kept_and_dead(visitor):
    reply = visitor.ask(f"/thumbnails/{DIGEST}?edge=160")

    assert (reply.status, reply.body[8:12]) == (200, b"WEBP")
    assert reply.headers["content-type"] == "image/webp"
    assert reply.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert reply.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("path", [f"/pictures/{DIGEST}", f"/thumbnails/{DIGEST}?edge=320", "/"])
def test_asking_only_for_the_headers_gives_no_body(visitor, path):
    reply = visitor.ask(path, "HEAD")

    assert (reply.status, reply.body) == (200, b"")
    assert int(reply.headers["content-length"]) > 0


@pytest.mark.parametrize("data", [SVG, HTML])
@pytest.mark.parametrize("where", ["/pictures/{}", "/thumbnails/{}?edge=160"])
def test_what_is_no_picture_is_not_served(visitor, where, data):
    reply = visitor.ask(where.format(digest_of(data)))

    assert reply.status == 404
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        f"/pictures/{digest_of(b'of another project')}",
        f"/thumbnails/{digest_of(b'of another project')}?edge=160",
        f"/pictures/{DIGEST[:12]}",
        f"/pictures/{DIGEST.upper()}",
        f"/pictures/{DIGEST}%0a",
        "/pictures/..%2f..%2fsecret",
        f"/thumbnails/{DIGEST}",
        f"/thumbnails/{DIGEST}?edge=161",
        f"/thumbnails/{DIGEST}?edge=99999",
        "/nowhere",
        "/build",
        "//",
        "/.assetforge/",
    ],
)
def test_what_is_not_there_is_not_there(visitor, path):
    reply = visitor.ask(path)

    assert (reply.status, reply.json["error"]) == (404, "unknown")
