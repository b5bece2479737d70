import sys

import pytest

from assetforge.errors import ProviderUnavailable
from assetforge.providers.openai.transport import http_client


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HTTPS_PROXY", "ftp://127.0.0.1", "no connection can be made: .* check the environment"),
        ("SSL_CERT_FILE", "/no/such.pem", "no connection can be made: .* 'SSL_CERT_FILE'"),
        ("SSL_CERT_FILE", __file__, "no connection can be made"),
    ],
)
def test_what_the_environment_says_of_connections_may_be_wrong(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)

    with pytest.raises(ProviderUnavailable, match=message) as caught:
        http_client(1.0)

    assert caught.value.code == "no-connection"


def test_a_socks_proxy_needs_a_package(monkeypatch):
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    monkeypatch.setitem(sys.modules, "socksio", None)

    with pytest.raises(ProviderUnavailable, match="`pip install socksio`"):
        http_client(1.0)
