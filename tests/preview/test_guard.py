"""Who is let in: every header as a browser, a script or an attacker sends it."""

import asyncio
import re
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.preview.guard import Guard
from assetforge.preview.rules import BODY_BYTES, MANY_BYTES, TEXT_BYTES, Secrets, rules_for

SECURITY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

FOREIGN = {"sec_fetch_site": "cross-site"}
LINK = {**FOREIGN, "sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
FRAME = {**LINK, "sec_fetch_dest": "iframe"}

RULES = rules_for(8000, ["desk.example", "tea.example:9000"], Secrets("token", "csrf"))


def test_the_printed_address_lets_in_and_leaves_the_address_bar(preview, visitor):
    reply = visitor.send("GET", preview.url.partition(visitor.host)[2], {"Host": visitor.host})

    assert (reply.status, reply.headers["location"]) == (303, "/")
    assert re.fullmatch(
        rf"assetforge-{preview.port}=[\w-]{{43}}; HttpOnly; Path=/; SameSite=strict",
        reply.headers["set-cookie"],
    )


def test_the_page_does_not_learn_the_token(preview, visitor):
    token = visitor.cookie.partition("=")[2]

    assert token in preview.url
    assert token not in visitor.ask("/").body.decode()
    assert visitor.csrf not in preview.url


@pytest.mark.parametrize("query", ["token=", "token=wrong", "token=%FF", "token=wrong&token=x"])
def test_a_wrong_token_lets_nobody_in(visitor, query):
    reply = visitor.send("GET", f"/?{query}", {"Host": visitor.host})

    assert reply.status == 401
    assert "set-cookie" not in reply.headers
    assert "This address is of another run of the preview" in reply.body.decode()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("HEAD", "/", {}, 200),
        ("GET", "/state", {}, 200),
        ("GET", "/", {"cookie": None}, 401),
        ("GET", "/state", {"cookie": None}, 401),
        ("GET", "/state", {"cookie": "assetforge-1=x"}, 401),
        ("GET", "/state?token=x", {"cookie": None}, 401),
        ("GET", "/nowhere", {"cookie": None}, 401),
        ("GET", "/", {"host": "evil.example"}, 421),
        ("GET", "/", {"host": "127.0.0.1"}, 421),
        ("GET", "/", {"host": "127.0.0.1:1"}, 421),
        ("GET", "/state", FOREIGN, 403),
        ("GET", "/state", {"sec_fetch_site": "same-site"}, 403),
        ("GET", "/state", {"sec_fetch_site": "anything new"}, 403),
        ("GET", "/state", LINK, 403),
        ("GET", "/", FOREIGN, 403),
        ("GET", "/", FRAME, 403),
        ("HEAD", "/", LINK, 403),
        ("GET", "/", LINK, 200),
        ("GET", "/state", {"sec_fetch_site": "none"}, 200),
        ("GET", "/state", {"sec_fetch_site": None}, 200),
        ("GET", "/state", {"sec_fetch_site": None, "origin": "http://evil.example"}, 403),
        ("GET", "/state", {"sec_fetch_site": None, "origin": "null"}, 403),
        ("OPTIONS", "/state", {}, 405),
        ("OPTIONS", "/build", {"origin": "http://evil.example"}, 405),
        ("PUT", "/build", {}, 405),
        ("DELETE", "/build", {}, 405),
        ("TRACE", "/", {}, 405),
    ],
)
def test_questions(visitor, method, path, headers, status):
    reply = visitor.ask(path, method, **headers)

    assert reply.status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"content_type": "application/json; charset=utf-8"}, 200),
        ({"sec_fetch_site": None}, 200),
        ({"cookie": None}, 401),
        ({"host": "evil.example"}, 421),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": None}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        ({"x_assetforge": None}, 403),
        ({"x_assetforge": "wrong"}, 403),
        ({"x_assetforge": "wr\xf6ng"}, 403),
        ({"content_type": None}, 415),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_length": "999999"}, 413),
    ],
)
def test_actions(desk, visitor, headers, status):
    reply = visitor.post("/undo", {}, **headers)

    assert reply.status == status
    assert desk.done == ([("undo", False)] if status == 200 else [])


def test_a_page_at_another_own_name_is_not_the_same_page(desk, visitor):
    """A cookie of one name is not sent to the other, and its page could not read the answer."""
    reply = visitor.post("/undo", {}, origin=f"http://localhost:{visitor.port}")

    assert (reply.status, desk.done) == (403, [])


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "[::1]"])
def test_every_name_of_this_machine_is_answered_to(visitor, name):
    host = f"{name}:{visitor.port}"

    assert visitor.ask("/state", host=host).status == 200
    assert visitor.post("/undo", {}, host=host, origin=f"http://{host.lower()}").status == 200


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/", {"cookie": None}),
        ("/nowhere", {}),
        ("/state", FOREIGN),
        ("/", {"host": "evil.example"}),
        ("/state?since=x", {}),
    ],
)
def test_every_answer_says_what_browsers_may_do_and_lets_no_other_page_read_it(
    visitor, path, headers
):
    for method in ("GET", "OPTIONS"):
        reply = visitor.ask(path, method, origin="http://evil.example", **headers)
        said = {name.lower(): value for name, value in reply.headers.items()}

        assert said.items() >= SECURITY.items()
        assert [name for name in said if name.startswith("access-control")] == []
        assert "server" not in said


def test_a_link_on_another_site_opens_the_page_at_the_second_try(visitor):
    """Browsers do not send a strict cookie with it, but do when our own answer leads on."""
    first = visitor.ask("/", cookie=None, **LINK)
    second = visitor.ask("/", cookie=None)

    assert (first.status, second.status) == (401, 401)
    assert 'http-equiv="refresh" content="0; url=/"' in first.body.decode()
    assert "refresh" not in second.body.decode()
    assert "open the address that `assetforge preview` printed" in second.body.decode()


def test_a_cookie_of_the_same_name_that_another_port_set_keeps_nobody_out(visitor):
    name = visitor.cookie.partition("=")[0]

    assert visitor.ask("/state", cookie=f"{name}=bad; {visitor.cookie}; {name}=bad").status == 200


def test_a_refused_action_says_why_in_json(visitor):
    reply = visitor.post("/undo", {}, x_assetforge="old")

    words = "the page is of another run of the preview; load it again"
    assert reply.json == {"error": "refused", "words": words}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/undo", BODY_BYTES),
        ("/nowhere", BODY_BYTES),
        ("/texts", TEXT_BYTES),
        ("/accept", MANY_BYTES),
    ],
)
def test_a_body_is_bounded_whether_or_not_it_says_its_length(desk, visitor, path, most):
    just, over = (b" " * (most + more) for more in (0, 1))
    statuses = [visitor.post(path, each).status for each in (just, over)]
    chunk = f"{len(over):x}\r\n".encode() + over + b"\r\n0\r\n\r\n"
    chunked = visitor.post(path, chunk, transfer_encoding="chunked")

    assert statuses == [404 if path == "/nowhere" else 422, 413]
    assert chunked.status == 413
    assert chunked.json["words"] == f"the body is longer than {most // 1024} KiB"
    assert desk.done == []


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "٣", "9" * 30])
def test_a_length_that_is_none_is_refused(desk, visitor, length):
    head = visitor.headers({"origin": f"http://{visitor.host}", "x_assetforge": visitor.csrf}) | {
        "Content-Type": "application/json",
        "Content-Length": length,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=60) as connection:
        connection.sendall(f"POST /undo HTTP/1.1\r\n{lines}\r\n{{}}".encode())
        status = connection.recv(100).split()[1]

    assert status in (b"400", b"413")
    assert desk.done == []


def test_who_leaves_halfway_through_a_body_has_done_nothing(desk, visitor, capfd):
    head = visitor.headers({"origin": f"http://{visitor.host}", "x_assetforge": visitor.csrf})
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    with socket.create_connection(("127.0.0.1", visitor.port), timeout=60) as connection:
        connection.sendall(
            f"POST /undo HTTP/1.1\r\n{lines}Content-Type: application/json\r\n"
            "Content-Length: 9\r\n\r\n{}".encode()
        )

    assert visitor.ask("/state").status == 200
    assert desk.done == []
    assert capfd.readouterr().err == ""


def test_an_upgrade_to_a_web_socket_is_not_followed(visitor):
    reply = visitor.ask(
        "/events",
        "HEAD",
        connection="Upgrade",
        upgrade="websocket",
        sec_websocket_version="13",
        sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==",
    )

    assert reply.status == 200


class Inner:
    """Notes what gets through."""

    def __init__(self):
        self.reached = []

    async def __call__(self, scope, receive, send):
        self.reached.append(scope["method"])


def through(headers, method="POST", path="/build", kind="http", query=b""):
    """Return what reached the app, and what was sent back."""
    inner, sent = Inner(), []

    async def receive():
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    asyncio.run(Guard(inner, RULES)(scope, receive, send))
    return inner.reached, sent


HOSTS = [
    "127.0.0.1:8000",
    "localhost:8000",
    "desk.example",
    "desk.example:8000",
    "tea.example:9000",
]
RIGHT = {
    "host": "127.0.0.1:8000",
    "cookie": "assetforge-8000=token",
    "origin": "http://127.0.0.1:8000",
    "x-assetforge": "csrf",
    "content-type": "application/json",
}
NEEDED = ("host", "cookie", "origin", "x-assetforge", "content-type")

TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)
WRONG = {
    "host": st.one_of(
        TEXT, st.sampled_from(["evil.example", "127.0.0.1:80", "desk.example.:8000"])
    ),
    "cookie": st.one_of(
        TEXT, st.sampled_from(["assetforge-80=token", "assetforge-8000=Token", "x=token"])
    ),
    "origin": st.one_of(
        TEXT, st.sampled_from(["null", "https://127.0.0.1:8000", "http://localhost:8000"])
    ),
    "x-assetforge": st.one_of(TEXT, st.sampled_from(["token", "csrf2", ""])),
    "content-type": st.one_of(TEXT, st.sampled_from(["text/plain", "multipart/form-data"])),
}
OTHERS = st.dictionaries(
    st.sampled_from(
        [
            *("referer", "accept", "authorization", "forwarded", "x-forwarded-host"),
            *("x-forwarded-for", "x-http-method-override"),
            *("sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"),
        ]
    ),
    st.one_of(TEXT, st.sampled_from(["127.0.0.1:8000", "POST", "navigate", "document"])),
)


@st.composite
def incomplete(draw):
    """Headers of which one at least that is needed is missing or wrong; some may come twice."""
    bad = draw(st.sets(st.sampled_from(NEEDED), min_size=1))
    headers = [*draw(OTHERS).items()]
    for name in NEEDED:
        if name not in bad:
            headers.append((name, RIGHT[name]))
        elif draw(st.booleans()):
            headers += [(name, draw(WRONG[name]))] * draw(st.integers(1, 2))
    if draw(st.booleans()):
        headers.append(("sec-fetch-site", draw(st.sampled_from(["same-origin", "none"]))))
    return draw(st.permutations(headers))


@given(
    incomplete(), st.sampled_from(["/build", "/", "/texts"]), st.sampled_from([b"", b"token=no"])
)
def test_nothing_is_done_without_cookie_token_origin_and_type_whatever_else_is_sent(
    headers, path, query
):
    reached, sent = through(headers, path=path, query=query)

    assert reached == []
    assert sent[0]["status"] in (401, 403, 415, 421)


@given(OTHERS, st.sampled_from(["same-origin", "none", None]))
def test_what_our_page_sends_gets_through_whatever_a_browser_adds(others, site):
    fetch = [("sec-fetch-site", site)] if site else []

    assert through([*RIGHT.items(), *others.items(), *fetch])[0] == ["POST"]


@given(
    st.text(st.characters(codec="ascii"), max_size=10).filter(
        lambda m: m not in ("GET", "HEAD", "POST")
    )
)
def test_no_other_method_gets_through(method):
    assert through(RIGHT.items(), method=method)[0] == []


@pytest.mark.parametrize("twice", ["host", "origin", "x-assetforge"])
def test_what_is_said_twice_is_not_believed(twice):
    assert through([*RIGHT.items(), (twice, RIGHT[twice])])[0] == []


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_further_name_may_stand_for_a_proxy_that_speaks_https(host, scheme):
    own = scheme == "http" or host.endswith((".example", ".example:8000", ":9000"))
    reached, _ = through({**RIGHT, "host": host, "origin": f"{scheme}://{host}"}.items())

    assert reached == (["POST"] if own else [])


@pytest.mark.parametrize("host", ["tea.example", "tea.example:8000", "evil.example:8000"])
def test_no_further_name_is_answered_to_than_was_allowed(host):
    assert through({**RIGHT, "host": host, "origin": f"http://{host}"}.items())[0] == []


@pytest.mark.parametrize("length", ["", "-1", "٣".encode().decode("latin-1"), "1e3"])
def test_a_length_that_is_no_number_does_not_get_through(length):
    assert through([*RIGHT.items(), ("content-length", length)])[0] == []


def test_at_the_port_of_http_browsers_leave_it_away():
    assert {"127.0.0.1", "127.0.0.1:80"} <= rules_for(80, [], Secrets("", "")).origins.keys()


def test_a_web_socket_is_closed():
    reached, sent = through(RIGHT.items(), kind="websocket", method="GET")

    assert (reached, sent) == ([], [{"type": "websocket.close", "code": 1008}])


def test_what_is_no_request_at_all_is_a_bug():
    with pytest.raises(AssertionError, match="BUG"):
        through(RIGHT.items(), kind="lifespan")
