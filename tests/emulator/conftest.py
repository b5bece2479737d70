import openai
import pytest

from assetforge.emulator import Settings, serving


@pytest.fixture
def server():
    with serving(Settings(pictures="flat")) as server:
        yield server


@pytest.fixture(scope="module")
def shared():
    """One server for tests that look at its answers only."""
    with serving(Settings(pictures="flat")) as server:
        yield server


@pytest.fixture
def client(server):
    with openai.OpenAI(api_key="any", base_url=server.url, max_retries=0) as client:
        yield client
