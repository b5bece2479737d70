import socket

import pytest

from assetforge.providers.openai.fetch import LARGEST, Fetcher, is_public
from assetforge.providers.openai.reply import Unfetched
from assetforge.services import service_of
from tests.providers.openai.stand_in import PICTURE, Answer


def fetcher(name="openai", base_url="https://api.openai.com/v1"):
    service = service_of(name)
    assert service
    return Fetcher(service, base_url, 5)


@pytest.fixture
def names(monkeypatch):
    """Host names with the addresses they stand for: no look-up leaves this machine."""
    known: dict[str, list[str]] = {}

    def look_up(host, *arguments, **options):
        if host not in known:
            raise socket.gaierror("no such host")
        family = socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (each, 443)) for each in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_a_picture_is_fetched_from_the_service_itself(stand_in):
    fetch = fetcher("sglang", stand_in.url)
    stand_in.answers = [Answer(body=PICTURE), Answer(body=PICTURE)]

    assert fetch(f"{stand_in.url}/a.png") == PICTURE
    assert fetch("/v1/images/3/content") == PICTURE
    assert [each.path for each in stand_in.sent] == ["/v1/a.png", "/v1/images/3/content"]


def test_fetching_is_tried_again_for_it_is_paid_for(stand_in):
    stand_in.answers = [Answer(reset=True), Answer(body=PICTURE, cut=9), Answer(body=PICTURE)]

    assert fetcher(base_url=stand_in.url)(f"{stand_in.url}/a.png") == PICTURE


def test_fetching_is_given_up_at_last(stand_in):
    stand_in.answers = [Answer(reset=True)] * 3

    with pytest.raises(Unfetched, match=r"127\.0\.0\.1: "):
        fetcher(base_url=stand_in.url)(f"{stand_in.url}/a.png")


@pytest.mark.parametrize("status", [302, 403, 500])
def test_nothing_but_a_picture_is_taken(stand_in, status):
    stand_in.answers = [Answer(status, b"x", {"location": "/elsewhere"})]

    with pytest.raises(Unfetched, match=f"answered {status}"):
        fetcher(base_url=stand_in.url)(f"{stand_in.url}/a.png")
    assert len(stand_in.sent) == 1


def test_no_endless_picture_is_taken(stand_in):
    stand_in.answers = [Answer(body=bytes(LARGEST + 1))]

    with pytest.raises(Unfetched, match="more than"):
        fetcher(base_url=stand_in.url)(f"{stand_in.url}/a.png")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://cdn.x.ai/a.png", "unencrypted"),
        ("http://127.0.0.1:9/a.png", "unencrypted"),
        ("ftp://cdn.x.ai/a.png", "no plain https"),
        ("file:///etc/passwd", "no plain https"),
        ("https://user:word@cdn.x.ai/a.png", "no plain https"),
        ("https://[::1/a.png", "its address is none"),
        ("https://evil.example/a.png", "'evil.example' is no host of 'xai'"),
        ("https://cdn.x.ai.evil.example/a.png", "no host of 'xai'"),
        ("https://inside.x.ai/a.png", "private network"),
        ("https://both.x.ai/a.png", "private network"),
        ("https://nowhere.x.ai/a.png", "there is no host"),
    ],
)
def test_strange_addresses_are_not_followed(names, address, why):
    names |= {
        "cdn.x.ai": ["93.184.215.14"],
        "inside.x.ai": ["10.0.0.7"],
        "both.x.ai": ["93.184.215.14", "169.254.169.254"],
    }

    with pytest.raises(Unfetched, match=why):
        fetcher("xai", "https://api.x.ai/v1")(address)


def test_a_host_of_the_service_is_allowed(names):
    names["imgen.x.ai"] = ["93.184.215.14"]

    url = fetcher("xai", "https://api.x.ai/v1")._allowed("https://imgen.x.ai/a.png")

    assert url.host == "imgen.x.ai"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_private_addresses_are_told_from_public_ones(address, public):
    assert is_public(address) == public
