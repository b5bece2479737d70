from collections.abc import Iterator
from pathlib import Path

import pytest

from assetforge.emulator import Server, Settings, serving
from tests.ci.forge import GitHub, github
from tests.ci.git_server import WRITES, GitServer
from tests.ci.git_server import serving as serving_git
from tests.ci.runner import READS, Runner
from tests.ci.team import NAME, Team, found
from tests.providers.openai.exchange import Exchange, exchanging


@pytest.fixture
def emulator() -> Iterator[Server]:
    with serving(Settings(pictures="flat")) as server:
        yield server


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator[GitServer]:
    (tmp_path / "served").mkdir()
    with serving_git(tmp_path / "served") as server:
        yield server


@pytest.fixture
def forge() -> Iterator[GitHub]:
    with github() as forge:
        forge.tokens.add(f"{READS}-comments")
        forge.tokens.add(WRITES)
        yield forge


@pytest.fixture
def team(
    tmp_path: Path, emulator: Server, git_server: GitServer, forge: GitHub, unmeasured: None
) -> Team:
    """A team whose repository has two variants, none of which was built yet."""
    environment = {
        "OPENAI_BASE_URL": emulator.url,
        "GITHUB_API_URL": forge.url,
        "GITHUB_GRAPHQL_URL": f"{forge.url}/graphql",
        "GITHUB_SERVER_URL": git_server.url,
        "ASSETFORGE_LIMITS": str(tmp_path / "limits"),
        "SSL_CERT_DIR": str(tmp_path),
        "IDENTITY_URL": f"{forge.url}/identity?api-version=2.0",
    }
    runner = Runner(tmp_path / "runner", git_server, NAME, environment)
    return found(runner, tmp_path / "clone")


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    """OpenAI's exchange of tokens, behind a proxy."""
    (tmp_path / "exchange").mkdir()
    with exchanging(tmp_path / "exchange") as exchange:
        yield exchange
