from __future__ import annotations

import base64
import re
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from starlette.responses import Response

from assetforge.backends import calls
from assetforge.backends.base import Refused, Unreachable
from assetforge.backends.http import EMPTY, NOBODYS, TOKEN, HttpBackend
from assetforge.digest import digest_of
from tests.backends.authority import make_certificate
from tests.backends.cache import ActionResult, Late, cut, endless, status
from tests.backends.test_contract import BLOB, DIGEST, KEY, a_result


@pytest.fixture
def store(cache) -> Iterator[HttpBackend]:
    opened = HttpBackend(f"{cache.url}/")
    yield opened
    opened.close()


@pytest.fixture
def hurried(monkeypatch):
    """No time passes between tries."""
    monkeypatch.setattr(calls, "FIRST_PAUSE_SECONDS", 0.0)


def test_it_asks_for_paths_as_bazel_does(store, cache):
    store.create("blobs", DIGEST, BLOB)
    store.create("results", KEY, a_result())

    assert f"PUT /cas/{DIGEST}" in cache.calls
    assert f"PUT /ac/{KEY}" in cache.calls
    assert cache.conditions[cache.calls.index(f"PUT /ac/{KEY}")] == "*"
    assert store.place("results", KEY) == f"{cache.url}/ac/{KEY}"


def test_a_result_is_found_only_while_its_picture_is_there(store, cache):
    findings = digest_of(b"what was found")
    store.create("blobs", DIGEST, BLOB)
    store.create("blobs", findings, b"what was found")
    store.create("results", KEY, a_result(findings=findings))
    named = ActionResult.FromString(cache.results[KEY]).output_files
    assert {each.digest.hash for each in named} == {DIGEST, findings}

    del cache.blobs[DIGEST]

    assert store.read("results", KEY) is None
    assert store.holds("results", [KEY]) == set()


def test_a_picture_that_is_not_there_is_not_named(store, cache):
    store.create("results", KEY, a_result())

    assert list(ActionResult.FromString(cache.results[KEY]).output_files) == []
    assert store.read("results", KEY) == a_result()


def test_a_cache_that_looks_at_nothing_gives_the_same_bytes(store, cache):
    cache.validates = False
    store.create("results", KEY, a_result())

    assert store.read("results", KEY) == a_result()
    cache.results[KEY] = b"another program's"
    assert store.read("results", KEY) == b"another program's"


def test_a_server_that_knows_nothing_of_stores_is_no_store_without_anything_in_it(store, cache):
    cache.blobs.clear()

    for ask in (lambda: store.read("blobs", DIGEST), lambda: store.holds("results", [KEY])):
        with pytest.raises(Refused, match="the address is wrong, or nobody has put anything there"):
            ask()


def test_who_writes_first_makes_it_a_store(store, cache):
    cache.blobs.clear()

    store.create("blobs", DIGEST, BLOB)

    assert EMPTY in cache.blobs
    assert HttpBackend(cache.url).read("results", KEY) is None


def test_that_it_is_a_store_is_asked_once(store, cache):
    for _ in range(3):
        store.read("blobs", DIGEST)
        store.replace("results", KEY, a_result())

    assert cache.calls.count(f"HEAD /cas/{EMPTY}") == 1  # to read
    assert cache.calls.count(f"PUT /cas/{EMPTY}") == 1  # to write
    assert cache.calls.count(f"HEAD /cas/{NOBODYS}") == 1


def test_a_server_that_claims_to_have_everything_is_not_written_to(store, cache):
    cache.answers = [status(200)]

    with pytest.raises(Refused, match="claims to have what nobody wrote"):
        store.create("blobs", DIGEST, BLOB)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.read("blobs", DIGEST),
        lambda store: store.read("results", KEY),
        lambda store: store.holds("blobs", [DIGEST]),
    ],
)
def test_a_page_to_sign_in_is_no_store_to_read_from_either(store, cache, ask):
    cache.answers = [lambda _: Response("<title>Sign in</title>")] * 4

    for _ in range(2):
        with pytest.raises(Refused, match=r"claims to have what nobody wrote.*look at the address"):
            ask(store)


def test_what_nobody_can_have_is_asked_for_once_of_many_threads(store, cache):
    cache.blobs[DIGEST] = BLOB
    assert cache.calls == []

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: store.read("blobs", DIGEST), range(32))) == {BLOB}

    assert cache.calls.count(f"HEAD /cas/{NOBODYS}") == 1


def test_what_was_asked_in_vain_is_asked_again(store, cache):
    cache.blobs[DIGEST] = BLOB
    cache.answers = [status(200), status(500)]
    with pytest.raises(Unreachable, match="it answered 500"):
        store.read("blobs", DIGEST)

    assert store.read("blobs", DIGEST) == BLOB


@pytest.mark.parametrize("code", [401, 403, 405])
def test_who_may_only_read_is_told_so_before_anything_is_written(store, cache, code):
    cache.answers = [status(404), status(code)]

    with pytest.raises(Refused, match=rf"may only read: it does not .* \({code}\); set {TOKEN}"):
        store.prepare()

    assert cache.calls == [f"HEAD /cas/{NOBODYS}", f"PUT /cas/{EMPTY}"]


def test_a_server_that_has_answered_once_is_waited_for_longer(store, cache, hurried, monkeypatch):
    monkeypatch.setattr(calls, "FIRST_SECONDS", 0.1)
    cache.answers = [lambda _: Late()] * 9
    with pytest.raises(Unreachable, match=f"cannot reach '{cache.url}'"):
        store.read("blobs", DIGEST)
    assert len(cache.calls) == calls.TRIES

    cache.answers = []
    store.read("blobs", DIGEST)
    cache.answers = [lambda _: Late(BLOB)]

    assert store.read("blobs", DIGEST) == BLOB


@pytest.mark.parametrize("answers", [[], [status(200)]])
def test_a_server_that_is_silent_is_asked_no_more_when_patience_ends(
    store, cache, hurried, monkeypatch, answers
):
    cache.answers = [*answers, *[lambda _: Late()] * 9]
    for _ in answers:
        store._calls.ask("HEAD", cache.url, 0)
    before = len(cache.calls)
    monkeypatch.setattr(calls, "LATER_SECONDS", 0.1)
    monkeypatch.setattr(calls, "PATIENCE_SECONDS", 0.05)

    with pytest.raises(Unreachable):
        store.read("blobs", DIGEST)

    assert len(cache.calls) == before + 1


@pytest.mark.parametrize("location", ["//user:secret@exa\u2100mple/", "/login"])
def test_a_server_that_sends_us_nowhere_is_refused(store, cache, location):
    cache.answers = [status(304, location=location.encode().decode("latin-1"))]

    with pytest.raises(Refused, match=r"sends us on .*\(304\)") as caught:
        store.read("blobs", DIGEST)

    assert "secret" not in str(caught.value)


def test_a_number_without_an_end_is_none(store, cache):
    cache.answers = [status(200, retry_after="9" * 5000), status(404)]

    assert store.read("blobs", DIGEST) == b""


def test_a_server_that_nothing_can_be_put_into_is_refused(store, cache):
    cache.answers = [status(404), status(200), status(404), status(404)]

    with pytest.raises(Refused, match=r"nothing can be put into .*: the address is wrong"):
        store.create("blobs", DIGEST, BLOB)


def test_a_server_that_keeps_conditions_keeps_the_first(store, cache):
    store.prepare()
    cache.answers = [status(404), status(412)]

    assert not store.create("blobs", DIGEST, BLOB)


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_what_is_busy_is_asked_again(store, cache, hurried, code):
    store.create("blobs", DIGEST, BLOB)
    cache.answers = [status(code), status(code, retry_after="0"), cut]

    assert store.read("blobs", DIGEST) == BLOB


def test_what_stays_busy_cannot_be_reached_and_is_no_miss(store, cache, hurried):
    cache.answers = [status(503)] * 99

    with pytest.raises(Unreachable, match=rf"cannot reach '{cache.url}': it answered 503"):
        store.read("blobs", DIGEST)

    assert len(cache.calls) == calls.TRIES


def test_who_asks_to_wait_longer_than_we_would_is_not_waited_for(store, cache):
    cache.answers = [status(429, retry_after="3600")]

    with pytest.raises(Unreachable, match="it answered 429"):
        store.read("blobs", DIGEST)

    assert len(cache.calls) == 1


@pytest.mark.parametrize("code", [408, 500, 507])
def test_a_failure_of_the_service_may_be_gone_later(store, cache, code):
    cache.answers = [status(code)]

    with pytest.raises(Unreachable, match=f"it answered {code}"):
        store.read("blobs", DIGEST)


def test_a_write_that_was_cut_off_is_made_again(store, cache, hurried):
    store.prepare()
    cache.answers = [status(404), status(503)]

    assert store.create("blobs", DIGEST, BLOB)
    assert cache.blobs[DIGEST] == BLOB


def test_where_nobody_listens_nothing_is_reached(hurried):
    nobody = HttpBackend("http://127.0.0.1:1/cache")

    for ask in (lambda: nobody.read("blobs", DIGEST), nobody.prepare):
        with pytest.raises(Unreachable, match=r"cannot reach 'http://127.0.0.1:1/cache'"):
            ask()
    with pytest.raises(Unreachable):
        nobody.holds("blobs", [DIGEST, KEY])


def test_a_body_without_an_end_is_not_taken(store, cache, monkeypatch):
    monkeypatch.setattr("assetforge.backends.http.MOST_BYTES", {"blobs": 500_000, "results": 0})
    cache.answers = [endless]

    with pytest.raises(Refused, match=rf"/cas/{DIGEST}' has more than 500000 bytes"):
        store.read("blobs", DIGEST)


def test_a_body_that_drips_is_not_waited_for(store, cache, monkeypatch):
    monkeypatch.setattr(calls, "MOST_SECONDS", -1.0)
    cache.answers = [endless]

    with pytest.raises(Unreachable, match="takes more than"):
        store.read("blobs", DIGEST)


def test_wrong_bytes_are_handed_over_for_whoever_reads_verifies_them(store, cache):
    cache.blobs[DIGEST] = b"another picture"

    assert store.read("blobs", DIGEST) == b"another picture"


def test_compressed_bytes_are_not_blown_up(store, cache):
    cache.answers = [lambda _: Response(b"\x1f\x8b zipped", headers={"content-encoding": "gzip"})]

    assert store.read("blobs", DIGEST) == b"\x1f\x8b zipped"


def test_no_other_host_is_followed_to(store, cache):
    cache.answers = [status(302, location="http://user:secret@elsewhere.example/login?token=x")]

    with pytest.raises(Refused, match=r"sends us on to 'elsewhere.example' \(302\)") as caught:
        store.read("blobs", DIGEST)

    assert "secret" not in str(caught.value)
    assert "token=" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (304, "sends us on (304)"),
        (400, "is no store that we understand: it answered 400"),
        (412, "is no store that we understand: it answered 412"),
        (413, "takes nothing so large (413); raise its limit"),
        (501, "is no store that we understand: it answered 501"),
    ],
)
def test_any_other_answer_is_an_error_and_no_miss(store, cache, code, words):
    cache.answers = [status(code)]

    with pytest.raises(Refused, match=re.escape(words)):
        store.read("blobs", DIGEST)


def test_a_token_opens_it(cache, monkeypatch):
    cache.token = "a-secret-token"
    with pytest.raises(Refused, match=rf"does not let itself be read \(401\); set {TOKEN}, or"):
        HttpBackend(cache.url).read("blobs", DIGEST)

    monkeypatch.setenv(TOKEN, " a-secret-token\n")

    assert HttpBackend(cache.url).read("blobs", DIGEST) is None


def test_a_user_and_a_password_in_the_address_open_it_and_are_shown_nowhere(cache, monkeypatch):
    cache.user = "Basic " + base64.b64encode(b"ann:p@ss").decode()
    monkeypatch.setenv(TOKEN, "another")
    store = HttpBackend(cache.url.replace("//", "//ann:p%40ss@"))

    assert store.read("blobs", DIGEST) is None
    assert store.address == cache.url
    assert "ss@" not in store.place("blobs", DIGEST)


def test_who_may_only_read_is_told_so(store, cache):
    cache.read_only = True
    cache.blobs[DIGEST] = BLOB

    assert store.read("blobs", DIGEST) == BLOB
    with pytest.raises(Refused, match=r"does not let itself be written to \(403\); set"):
        store.create("blobs", KEY, BLOB)


def test_a_token_that_can_be_none_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv(TOKEN, "line\nbreak")

    with pytest.raises(Refused, match=f"^{TOKEN} holds what no token can be$"):
        HttpBackend("http://127.0.0.1:1")


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "https:///x",
        "http://host:port",
        "http://u:secret@h/x?y",
        "http://h/#x",
        "http://h x",
        "https://[::1",
        "https://a..b/",
        f"https://{'a' * 70}/",
        "http://\u00ad/",
        "https://user:secret@exa\u2100mple.com/",
        "https://user:secret\ud800@h/",
        "https://h/\0",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(address):
    with pytest.raises(Refused, match="write it as https://host/path") as caught:
        HttpBackend(address)

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["gopher://nowhere", "http://[::1", "http://\u00ad/"])
def test_a_connection_that_cannot_be_made_says_what_to_check(monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    with pytest.raises(Refused, match="check the environment: 'HTTPS_PROXY'"):
        HttpBackend("https://cache.example").read("blobs", DIGEST)


@contextmanager
def over_tls(certificate) -> Iterator[str]:
    """Serve nothing over TLS."""

    class Nothing(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_error(404)

        do_GET = do_HEAD

        def log_message(self, *arguments):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield f"https://localhost:{server.server_port}"
        server.shutdown()


def test_a_certificate_is_checked(authority, tmp_path, monkeypatch):
    with over_tls(authority) as address:
        with pytest.raises(Refused, match="nobody has put anything there"):
            HttpBackend(address).read("blobs", DIGEST)

        monkeypatch.setenv("SSL_CERT_FILE", str(make_certificate(tmp_path)[0]))
        with pytest.raises(Refused, match=r"not trusted here; name .* in 'SSL_CERT_FILE'"):
            HttpBackend(address).read("blobs", DIGEST)
