import pytest

from tests.providers.openai.stand_in import standing_in

VARIABLES = [
    "ARK_API_KEY",
    "AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_ENDPOINT",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "OFOX_API_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_IDENTITY_PROVIDER_ID",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
    "OPENAI_SERVICE_ACCOUNT_ID",
    "SGLANG_API_KEY",
    "VLLM_API_KEY",
    "XAI_API_KEY",
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """No key of this machine's owner is found: none in the environment, and no keyring."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session")
def server():
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(server):
    """The server, with nothing to answer and nothing remembered."""
    server.answers.clear()
    server.sent.clear()
    return server
