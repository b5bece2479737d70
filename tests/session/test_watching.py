"""A session that is told of changes from a thread of its own."""

import threading

from assetforge.session.watching import Watching


class Told:
    """What a session is told."""

    def __init__(self, folder, fails=False):
        self.folders = {folder}
        self.outputs = set()
        self.batches = []
        self.lines = []
        self.came = threading.Semaphore(0)
        self._fails = fails

    def changed(self, paths):
        if self._fails:
            raise ValueError("a bug")
        self.batches.append(set(paths))
        self.came.release()

    def polls(self, why):
        self.lines.append(why)

    def say(self, words):
        self.lines.append(words)


def test_changes_are_told_as_long_as_it_is_entered(tmp_path):
    told = Told(tmp_path)
    with Watching(told, lambda: None) as watching:
        assert told.came.acquire(timeout=60)
        (tmp_path / "a.txt").write_text("new")
        assert told.came.acquire(timeout=60)

    assert told.batches == [set(), {tmp_path / "a.txt"}]
    assert watching.failed is None


def test_an_end_that_nobody_asked_for_is_told(tmp_path):
    failed = threading.Event()
    with Watching(Told(tmp_path, fails=True), failed.set) as watching:
        assert failed.wait(60)

    assert isinstance(watching.failed, ValueError)
