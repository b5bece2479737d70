"""A page of somebody else, open in the same browser: it reads nothing and changes nothing."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from assetforge.digest import digest_of
from tests.chromium import launched
from tests.preview.desk import PNG

DIGEST = digest_of(PNG)

ATTACK = """
async (target) => {
  const tried = {};
  const reads = async (name, path, how) => {
    try { tried[name] = await (await fetch(target + path, how)).text(); }
    catch (error) { tried[name] = null; }
  };
  const loads = (name, tag, path, set = {}) => new Promise((done) => {
    const made = document.createElement(tag);
    made.onload = () => { tried[name] = "loaded"; done(); };
    made.onerror = () => { tried[name] = null; done(); };
    Object.assign(made, set, { [tag === "link" ? "href" : "src"]: target + path });
    document.head.append(made);
  });
  const json = JSON.stringify({});
  const body = { method: "POST", body: json };
  const all = { credentials: "include" };
  await reads("page", "/", all);
  await reads("page, opaque", "/", { ...all, mode: "no-cors" });
  await reads("state", "/state", all);
  await reads("state, by another's leave", "/state", { ...all, headers: { "X-Assetforge": "x" } });
  await reads("picture", "/pictures/DIGEST", { ...all, mode: "no-cors" });
  await reads("plain", "/undo", { ...all, ...body, mode: "no-cors" });
  const headers = { "Content-Type": "application/json" };
  await reads("typed", "/undo", { ...all, ...body, headers });
  await reads("kept alive", "/undo", { ...all, ...body, mode: "no-cors", keepalive: true });
  navigator.sendBeacon(target + "/undo", new Blob([json], { type: "text/plain" }));
  await loads("image", "img", "/pictures/DIGEST");
  await loads("shared image", "img", "/pictures/DIGEST", { crossOrigin: "use-credentials" });
  await loads("script", "script", "/page/dom.js", { type: "module" });
  await loads("style", "link", "/page/page.css", { rel: "stylesheet" });
  tried["news"] = await new Promise((done) => {
    const news = new EventSource(target + "/events", { withCredentials: true });
    news.onopen = () => done("open");
    news.addEventListener("changed", (each) => done(each.data));
    news.onerror = () => done(null);
  });
  tried["socket"] = await new Promise((done) => {
    const socket = new WebSocket(target.replace("http", "ws") + "/events");
    socket.onopen = () => done("open");
    socket.onerror = () => done(null);
  });
  return tried;
}
""".replace("DIGEST", DIGEST)

FORM = """
([target, type]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: target + "/undo", target: "_blank" });
  form.enctype = type;
  const field = document.createElement("input");
  Object.assign(field, { name: '{"a":"', value: '"}' });
  form.append(field);
  document.body.append(form);
  form.submit();
}
"""

FRAME = """
(target) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.onload = () => {
    try { done(frame.contentDocument?.body.innerText ?? null); } catch { done(null); }
  };
  frame.src = target;
  document.body.append(frame);
})
"""

WINDOW = """
(target) => new Promise((done) => {
  const opened = window.open(target);
  setTimeout(() => {
    let seen = null;
    try { seen = opened.document.body.innerText; } catch {}
    done([seen, opened.closed, opened.length]);
  }, 500);
})
"""

RIGHT_TOKEN = """
(address) => { const link = document.createElement("a"); link.href = address; link.id = "go";
  link.append("go"); document.body.append(link); }
"""


class Evil(BaseHTTPRequestHandler):
    """A page with nothing on it."""

    def do_GET(self):
        body = b"<!doctype html><title>evil</title><body></body>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def evil():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1, MAP *.localhost 127.0.0.1"
    with launched(rules) as browser:
        yield browser


@pytest.fixture(scope="module")
def entered(browser, opened):
    """A browser that has the cookie, as everyone's has who uses the preview."""
    _, preview = opened
    context = browser.new_context()
    page = context.new_page()
    page.goto(preview.url)
    expect(page).to_have_url(preview.address)
    yield context
    context.close()


@pytest.fixture(params=["http://evil.example", "http://evil.localhost", "http://127.0.0.1"])
def hostile(request, entered, evil):
    """A page of another site, of another name of this machine, and of another port of ours."""
    page = entered.new_page()
    page.goto(f"{request.param}:{evil}/")
    yield page
    for each in entered.pages[1:]:
        each.close()


def test_nothing_is_read_and_nothing_changes(hostile, preview, desk):
    target = preview.address.rstrip("/")

    tried = hostile.evaluate(ATTACK, target)

    # An opaque answer has no text, whatever it was.
    assert {name: got for name, got in tried.items() if got} == {}
    assert set(tried) >= {"page", "state", "picture", "plain", "image", "script", "news", "socket"}
    assert desk.done == []


def test_forms_change_nothing(hostile, preview, desk, entered):
    for type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        with entered.expect_page() as opened:
            hostile.evaluate(FORM, [preview.address.rstrip("/"), type])
        opened.value.wait_for_load_state()
        assert "answers to its own page only" in opened.value.content()

    assert desk.done == []


def test_frames_stay_empty(hostile, preview):
    assert hostile.evaluate(FRAME, preview.address) is None
    assert "Skip to the pictures" not in "".join(each.content() for each in hostile.frames)


def test_a_window_that_it_opens_is_out_of_its_reach(hostile, preview):
    """The person sees the page there; who opened it sees a window that is gone."""
    seen, closed, frames = hostile.evaluate(WINDOW, preview.address)

    assert (seen, closed, frames) == (None, True, 0)


def test_a_name_that_points_here_is_not_ours(entered, preview, desk):
    """DNS rebinding: by its name the page is of one origin with us, but it is not let in."""
    page = entered.new_page()
    answer = page.goto(f"http://evil.example:{preview.port}/")
    read = page.evaluate("async () => (await fetch('/state')).status")
    done = page.evaluate(
        """async () => (await fetch("/undo", { method: "POST", body: "{}",
        headers: { "Content-Type": "application/json", "X-Assetforge": "x" } })).status"""
    )

    assert answer is not None
    assert (answer.status, read, done) == (421, 421, 421)
    assert desk.done == []


def test_a_link_on_another_site_opens_the_page_of_who_is_let_in(hostile, preview, entered):
    hostile.evaluate(RIGHT_TOKEN, preview.address)
    hostile.click("#go")

    expect(hostile.locator("#pictures")).to_be_attached()
    expect(hostile).to_have_url(preview.address)


def test_a_link_with_the_token_lets_in_from_anywhere(browser, preview, evil, visitor):
    """As from a terminal in a browser, or a message to oneself."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"http://evil.example:{evil}/")
    page.evaluate(RIGHT_TOKEN, preview.url)
    page.click("#go")

    expect(page.locator("#pictures")).to_be_attached()
    expect(page).to_have_url(preview.address)
    context.close()


def test_who_was_not_let_in_is_told_what_to_do(browser, preview, visitor):
    context = browser.new_context()
    page = context.new_page()
    page.goto(preview.address)

    expect(page.get_by_role("heading")).to_have_text("The preview is not open here")
    expect(page.locator("p")).to_contain_text("open the address that `assetforge preview` printed")
    context.close()


def test_the_token_leaves_the_address_bar_and_the_history(browser, preview, visitor):
    context = browser.new_context()
    page = context.new_page()
    page.goto(preview.url)
    token = preview.url.partition("=")[2]

    assert page.evaluate("history.length") <= 2
    assert token not in page.evaluate("location.href + document.cookie + document.referrer")
    page.go_back()
    assert token not in page.url
    context.close()
