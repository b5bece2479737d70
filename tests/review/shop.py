"""A project whose pictures an emulator sells, and what people decide about them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from assetforge.digest import Digest
from assetforge.emulator import Server, Settings, serving
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import read_lock
from assetforge.store.journal import Decision, Journal
from assetforge.store.local import FOLDER, Store
from tests.cli.schemas import assert_valid
from tests.pictures import saved
from tests.space import QUICK, Result, Space

SOLD = "{provider: openai, model: gpt-image-2-2026-04-21, quality: low, max_cost: 5.00"

PIPELINE = QUICK.replace(
    "  blank: {provider: blank}\n",
    f"""\
  final: {SOLD}}}
  blank: {{provider: blank}}
  keep: {SOLD}, unaccepted: keep}}
  fail: {SOLD}, unaccepted: fail}}
""",
)
"""One asset, two formats, a scene for all locales and an edit for each; four profiles."""

SCENE = Slot("banner/wide/de", "final", "compose")
EDIT = Slot("banner/wide/de", "final", "edit")
OTHER = Slot("banner/wide/en", "final", "edit")

KEY = "tulip" * 7
"""The emulator takes any; this one looks like no key, so that no pattern hides it."""


class Shop(Space):
    """A project folder whose service is an emulator."""

    def __init__(self, root: Path, server: Server, before: int = 0) -> None:
        """`before` pictures were asked for already, from another emulator."""
        super().__init__(root)
        self.server = server
        self.before = before

    def calls(self) -> int:
        """Return how many pictures were asked for so far."""
        return self.before + len(self.server.books()["calls"])

    def does(self, *arguments: str) -> Result:
        """Run a command that has to end well."""
        result = self.run(*arguments)
        assert result.code == 0, result.err
        return result

    def buys(self, *arguments: str) -> int:
        """Build, and return how many pictures that asked for."""
        before = self.calls()
        self.does("build", "--yes", "--no-progress", *arguments)
        return self.calls() - before

    def lock(self) -> dict[Slot, Entry]:
        for text in self.lock_bytes().values():
            assert_valid("lock", json.loads(text))
        return dict(read_lock(self.root / "assetforge.lock").entries)

    def lock_bytes(self) -> dict[str, bytes]:
        found = sorted((self.root / "assetforge.lock").glob("*"))
        return {each.name: each.read_bytes() for each in found}

    def decisions(self) -> list[Decision]:
        return Journal(self.root / FOLDER).decisions()

    def blob(self, digest: Digest | None) -> bytes:
        assert digest is not None
        with closing(Store(self.root / FOLDER, emulation=True)) as store:
            return store.cas.read(digest)

    def take(self, take: int, slot: Slot = EDIT) -> Digest:
        """Return the picture of a take, as `diff` tells it."""
        named = (slot.variant, "--step", slot.step, "--profile", slot.profile)
        takes = self.does("diff", *named, "--format", "json").json["takes"]
        return next(Digest(each["artifact"]) for each in takes if each["take"] == take)

    def picture(self, name: str, colour: tuple[int, int, int] = (10, 20, 30)) -> Path:
        """Write a picture of one colour, as a person would."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(saved(PIL.Image.new("RGB", (1200, 628), colour)))
        return path

    def output(self, name: str = "out/de/banner-wide.png") -> bytes:
        return (self.root / name).read_bytes()

    def reword(self, old: str = "calm", new: str = "quiet", name: str = "prompts/scene.j2") -> None:
        """Change a word of a prompt."""
        self.replace(name, old, new)


Open = Callable[..., Shop]


def surroundings(server: Server, folder: Path) -> dict[str, str]:
    """Return the environment of a shop whose limits are kept in a folder."""
    return {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": server.url,
        "ASSETFORGE_LIMITS": str(folder / "limits"),
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
    }


@pytest.fixture
def open_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Return what opens a shop, its emulator with some settings; all end with the test."""
    served = []

    def opened(
        pipeline: str = PIPELINE, locales: tuple[str, ...] = ("en", "de"), **said: Any
    ) -> Shop:
        serve = serving(Settings(**{"pictures": "flat", **said}))
        server = serve.__enter__()
        served.append(serve)
        for name, value in surroundings(server, tmp_path).items():
            monkeypatch.setenv(name, value)
        (tmp_path / "project").mkdir(exist_ok=True)
        shop = Shop(tmp_path / "project", server)
        shop.quick(pipeline=pipeline)
        return shop

    yield opened
    for each in served:
        each.__exit__(None, None, None)


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop where everything is built, and whose emulator is gone: only to be copied."""
    folder = tmp_path_factory.mktemp("built")
    with serving(Settings(pictures="flat")) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in surroundings(server, folder).items():
            patch.setenv(name, value)
        (folder / "project").mkdir()
        found = Shop(folder / "project", server)
        found.quick(pipeline=PIPELINE)
        found.buys()
    return found


@pytest.fixture
def shop(built_shop: Shop, open_shop: Open) -> Shop:
    """A shop where everything is built."""
    found = open_shop()
    found.before = built_shop.calls()
    for _ in range(found.before):
        found.server.world.next_call()  # it draws as the other would have gone on
    shutil.copytree(built_shop.root, found.root, dirs_exist_ok=True)
    return found
