from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from assetforge import registry
from assetforge.backends.base import Backend
from tests.backends.authority import make_certificate
from tests.backends.bucket import Bucket, PoorService, poor_service, seaweed
from tests.backends.cache import Cache, serving

OPENED = ("AWS_", "AZURE_", "GOOGLE_", "ASSETFORGE_REMOTE")

KINDS = ("folder", "http", "s3")


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate that is trusted in these tests, and its key: obstore must trust somebody."""
    return make_certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def nobody_is_signed_in(monkeypatch, authority):
    """No credentials of whoever runs the tests are used, nor looked for on this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    for name in [each for each in os.environ if each.startswith(OPENED)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")


@pytest.fixture(scope="session")
def s3(tmp_path_factory, authority) -> Iterator[Bucket]:
    """A bucket on a real server; each test has a prefix of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority[0]))
        with seaweed(tmp_path_factory.mktemp("s3")) as bucket:
            yield bucket


@pytest.fixture(scope="module")
def one_service() -> Iterator[PoorService]:
    with poor_service() as service:
        yield service


@pytest.fixture
def poor(one_service) -> PoorService:
    """A service that has nothing yet; ending one takes longer than most tests."""
    vars(one_service).update(vars(PoorService(one_service.bucket)))
    return cast(PoorService, one_service)


@pytest.fixture(scope="module")
def one_cache() -> Iterator[Cache]:
    with serving(Cache()) as served:
        yield served


@pytest.fixture
def cache(one_cache) -> Cache:
    """A cache that has nothing yet."""
    vars(one_cache).update(vars(Cache(url=one_cache.url)))
    return cast(Cache, one_cache)


def sign_in(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def fresh(tmp_path, request, monkeypatch) -> Callable[[str], str]:
    """Return what gives the address of a store of a kind that nobody has written to yet."""

    def address(kind: str) -> str:
        if kind == "folder":
            return str(tmp_path / "shared")
        if kind == "http":
            served: Cache = request.getfixturevalue("cache")
            return served.url
        bucket = request.getfixturevalue("s3")
        sign_in(monkeypatch, bucket.variables())
        return f"s3://{bucket.name}/{uuid.uuid4().hex}"

    return address


@pytest.fixture(params=KINDS)
def backend(request, fresh) -> Iterator[Backend]:
    """A store of each kind, ready to be written to."""
    opened = registry.open_backend(fresh(request.param))
    opened.prepare()
    yield opened
    opened.close()
