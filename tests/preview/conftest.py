import pytest

from assetforge.preview.server import Preview
from tests.preview.asking import Visitor
from tests.preview.desk import StillDesk


@pytest.fixture(scope="module")
def opened():
    """A preview that the tests of a module share: starting and ending one takes a while."""
    desk = StillDesk()
    preview = Preview(desk)
    preview.start()
    yield desk, preview
    preview.close()


@pytest.fixture
def desk(opened):
    desk, _ = opened
    desk.reset()
    return desk


@pytest.fixture
def preview(opened):
    return opened[1]


@pytest.fixture
def visitor(desk, preview):
    return Visitor(preview)
