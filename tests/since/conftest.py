import pytest

from benchmarks.repository import SETTINGS
from tests.since.work import Work


@pytest.fixture(autouse=True)
def no_settings_of_the_user(monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def work(tmp_path):
    return Work.begun(tmp_path / "work")
