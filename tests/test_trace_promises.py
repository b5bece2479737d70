"""Promises 1 to 3 with a trace: whatever an adversary edits, a build is one that has none.

A small project is edited at random, by somebody who knows what a trace looks at: sizes and times
are kept, folders swapped for copies and links, pictures overwritten in place, the trace itself
damaged. Before each build the project is copied without its traces: what a build says and leaves
there is what it has to say and leave here.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from assetforge import decided
from assetforge.incremental import build as incremental
from assetforge.trace.stamp import TICK_NS
from tests.space import Result, Space

LOCALES = ("en", "de", "fr")
SLOTS = ("headline", "action", "alt")
WORDS = ("Sale", "Sole", "Ausverkauf", "セール", "Buy {n}", "")
ABOUT = ("scene", "copy", "part", "style")

PIPELINE = """\
version: 1
locales: {source: en, missing: MISSING, catalogs: "CATALOGS"}
profiles:
  blank: {provider: blank}
  other: {provider: blank}
assets:
  mascot:
    matrix: {locale: all}
    steps:
      - compose: prompts/mascot.j2
        copy: {headline: banner.headline}
        size: 160x160
    output: out/mascot/{locale}.png
  banner:
    matrix:
      format:
        wide: {size: 240x160}
        tall: {size: 160x240}
      locale: all
    references: [logo.png]
    steps:
      - compose: prompts/scene.j2
      - edit: prompts/copy.j2
        copy: {headline: banner.headline, action: banner.action}
        references: ["asset:mascot"]
    output: out/{locale}/banner-{format}.png
    alt: banner.alt
  card:
    matrix: {locale: all}
    catalogs: "OWN"
    steps:
      - compose: "A card."
        copy: {headline: banner.headline}
        size: 160x160
    output: out/cards/{locale}.png
"""

TEMPLATES = {
    "prompts/mascot.j2": "A fox says {{ copy.headline|quoted }}.\n",
    "prompts/scene.j2": "A scene.{% include 'prompts/parts/part.j2' ignore missing %}\n",
    "prompts/copy.j2": "Set {{ copy.headline|quoted }}.{% include 'prompts/style.j2' %}\n",
    "prompts/style.j2": "Bold.\n",
}

SHAPES = ("json", "csv", "folder")


def catalogs_of(shape: str, folder: str) -> str:
    return {
        "json": f"{folder}/{{locale}}.json",
        "csv": f"{folder}/texts.csv",
        "folder": f"{folder}/{{locale}}",
    }[shape]


class Workshop:
    """The project, the adversary's hands, and the judge."""

    def __init__(self, folder: Path, shape: str, missing: str) -> None:
        self.folder = folder
        self.space = Space(folder / "project")
        self.shape = shape
        self.texts = {
            name: {locale: {slot: f"{slot} {locale}" for slot in SLOTS} for locale in LOCALES[:2]}
            for name in ("locales", "own")
        }
        self.clean = 0
        self.asked: list[str] = []
        text = PIPELINE.replace("MISSING", missing).replace(
            "CATALOGS", catalogs_of(shape, "locales")
        )
        self.space.write("assetforge.yaml", text.replace("OWN", catalogs_of(shape, "own")))
        for name, words in TEMPLATES.items():
            self.space.write(name, words)
        self.paint(0)
        self.save("locales")
        self.save("own")
        self.check(late=True)

    def path(self, name: str) -> Path:
        return self.space.root / name

    def paint(self, shade: int) -> None:
        def chunk(kind: bytes, data: bytes) -> bytes:
            checksum = zlib.crc32(kind + data).to_bytes(4, "big")
            return len(data).to_bytes(4, "big") + kind + data + checksum

        head = (8).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
        rows = zlib.compress(bytes([0, *[shade] * 8]) * 8)
        parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
        self.path("logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + parts)

    def save(self, name: str) -> None:
        """Write all catalogs of a folder; those that say the same stay as they are."""
        texts = self.texts[name]
        files: dict[str, str] = {}
        if self.shape == "json":
            for locale, said in texts.items():
                files[f"{locale}.json"] = json.dumps({"banner": said}, ensure_ascii=False)
        elif self.shape == "csv":
            rows = [",".join(["key", *texts])]
            for slot in sorted({slot for said in texts.values() for slot in said}):
                row = [f"banner.{slot}", *(said.get(slot, "") for said in texts.values())]
                rows.append(",".join(row))
            files["texts.csv"] = "\n".join(rows) + "\n"
        else:
            for locale, said in texts.items():
                for slot, text in said.items():
                    files[f"{locale}/banner.{slot}.txt"] = text + "\n"
        folder = self.path(name)
        for old in sorted(folder.rglob("*"), reverse=True):
            if old.is_file() and old.relative_to(folder).as_posix() not in files:
                old.unlink()
            elif old.is_dir() and not any(old.iterdir()):
                old.rmdir()
        for file, text in files.items():
            if not (folder / file).exists() or self.space.read(f"{name}/{file}") != text:
                self.space.write(f"{name}/{file}", text)

    def check(self, *flags: str, late: bool = False) -> Result:
        """Build, and hold what was said and left against a build without a trace.

        What was edited just before is believed by its bytes alone; `late` comes after that.
        """
        if late:
            time.sleep(1.5 * TICK_NS / 1_000_000_000)
        self.clean += 1
        other = Space(self.folder / f"clean{self.clean}")
        shutil.copytree(self.space.root, other.root, symlinks=True)
        shutil.rmtree(other.root / ".assetforge" / "traces", ignore_errors=True)
        wanted = other.run("build", *flags)
        found = self.space.run("build", *flags)

        assert "BUG" not in found.err
        assert (found.code, said(found)) == (wanted.code, said(wanted)), self.asked
        assert self.space.outputs() == other.outputs(), self.asked
        shutil.rmtree(other.root)
        return found

    def do(self, edit: Edit) -> None:
        self.asked.append(edit.__qualname__)
        edit(self)


def said(result: Result) -> str:
    """Return what a build says, without what depends on which thread was first."""
    lines = re.sub(r"(?m)^\[\d+/\d+\] .*\n", "", result.err)
    return re.sub(r"written below '.*?'", "written", lines)


Edit = Callable[[Workshop], None]
Sources = tuple[str, ...]


def named(name: str, edit: Edit) -> Edit:
    edit.__qualname__ = name
    return edit


def say(name: str, locale: str, slot: str, text: str | None, *, sneaky: bool) -> Edit:
    def edit(shop: Workshop) -> None:
        said = shop.texts[name].get(locale)
        if said is None:
            return
        if text is None:
            said.pop(slot, None)
        else:
            said[slot] = text
        before = times(shop)
        shop.save(name)
        if sneaky:
            put_back(before)

    return named(f"say {name} {locale} {slot} {text!r}{' sneaky' * sneaky}", edit)


def times(shop: Workshop) -> dict[Path, os.stat_result]:
    return {each: each.stat() for each in sources_of(shop)}


def put_back(before: dict[Path, os.stat_result]) -> None:
    for path, was in before.items():
        if path.exists():
            os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def sources_of(shop: Workshop) -> list[Path]:
    every = sorted(shop.space.root.rglob("*"))
    return [
        each
        for each in every
        if each.is_file()
        and not {".assetforge", "out"} & {*each.relative_to(shop.space.root).parts}
    ]


def outputs_of(shop: Workshop) -> list[Path]:
    return [shop.path(each) for each in shop.space.outputs()] if shop.path("out").exists() else []


def toggle_locale(name: str, locale: str) -> Edit:
    def edit(shop: Workshop) -> None:
        if shop.texts[name].pop(locale, None) is None:
            shop.texts[name][locale] = {slot: f"{slot} {locale}" for slot in SLOTS}
        shop.save(name)

    return named(f"toggle {name} {locale}", edit)


def template(name: str, words: str) -> Edit:
    def edit(shop: Workshop) -> None:
        shop.space.write(f"prompts/{name}.j2", TEMPLATES.get(f"prompts/{name}.j2", "") + words)

    return named(f"template {name} {words!r}", edit)


def toggle_part(words: str) -> Edit:
    def edit(shop: Workshop) -> None:
        path = shop.path("prompts/parts/part.j2")
        if path.exists():
            path.unlink()
        else:
            shop.space.write("prompts/parts/part.j2", words)

    return named(f"part {words!r}", edit)


def pipeline(old: str, new: str) -> Edit:
    def edit(shop: Workshop) -> None:
        text = shop.space.read("assetforge.yaml")
        one, two = (old, new) if old in text else (new, old)
        shop.space.write("assetforge.yaml", text.replace(one, two, 1))

    return named(f"pipeline {old!r} <-> {new!r}", edit)


def on_source(name: str, act: Callable[[Path], None]) -> Callable[[int], Edit]:
    def chosen(number: int) -> Edit:
        def edit(shop: Workshop) -> None:
            found = sources_of(shop)
            act(found[number % len(found)])

        return named(f"{name} source {number}", edit)

    return chosen


def on_output(name: str, act: Callable[[Path], None]) -> Callable[[int], Edit]:
    def chosen(number: int) -> Edit:
        def edit(shop: Workshop) -> None:
            found = outputs_of(shop)
            if found:
                act(found[number % len(found)])

        return named(f"{name} output {number}", edit)

    return chosen


def touch(path: Path) -> None:
    os.utime(path)


def same_bytes_anew(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)


def flip_in_place(path: Path) -> None:
    was = path.stat()
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))


def link_to_copy(path: Path) -> None:
    """Swap a file or folder for a link to it, in the project; or back."""
    if path.is_symlink():
        place = path.resolve()
        path.unlink()
        place.rename(path)
        return
    beside = path.with_name(f"{path.name}.kept")
    if not beside.exists():
        path.rename(beside)
        path.symlink_to(beside.name)


def link_outside(path: Path) -> None:
    """Swap a file or folder for a link to it, out of the project; or back."""
    if path.is_symlink():
        place = path.resolve()
        path.unlink()
        shutil.move(place, path)
        return
    away = Path(tempfile.mkdtemp(dir=path.parents[len(path.parents) - 1] / "tmp"))
    shutil.move(path, away / path.name)
    path.symlink_to(away / path.name)


def by_a_copy(path: Path) -> None:
    """Put a copy in the place of a folder, times and all."""
    away = path.with_name(f"{path.name}.away")
    path.rename(away)
    shutil.copytree(away, path, symlinks=True)
    shutil.rmtree(away)


def there_and_back(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.with_name("moved").rename(path)


def on_folder(name: str, act: Callable[[Path], None]) -> Callable[[str], Edit]:
    def chosen(folder: str) -> Edit:
        def edit(shop: Workshop) -> None:
            path = shop.path(folder)
            if path.exists() and not path.is_symlink():
                act(path)

        return named(f"{name} {folder}", edit)

    return chosen


def foreign(shop: Workshop) -> None:
    shop.space.write("out/de/notes.txt", "mine")


def delete_blob(number: int) -> Edit:
    def edit(shop: Workshop) -> None:
        found = sorted(shop.space.root.glob(".assetforge/cas/??/*"))
        found[number % len(found)].unlink()

    return named(f"delete blob {number}", edit)


def harm_trace(number: int, how: str) -> Edit:
    def edit(shop: Workshop) -> None:
        found = sorted(shop.space.root.glob(".assetforge/traces/*/*"))
        if not found:
            return
        path = found[number % len(found)]
        dice, data = random.Random(number), path.read_bytes()
        if how == "delete":
            path.unlink()
        elif how == "truncate":
            path.write_bytes(data[: dice.randrange(len(data) + 1)])
        else:
            at = dice.randrange(len(data) or 1)
            path.write_bytes(data[:at] + dice.randbytes(3) + data[at + 3 :])

    return named(f"{how} trace {number}", edit)


def command(*words: str) -> Edit:
    def edit(shop: Workshop) -> None:
        shop.space.run(*words)

    return named(" ".join(words), edit)


def build_meanwhile(inner: Edit) -> Edit:
    """Build, and let somebody edit when all is planned and nothing is made."""

    def edit(shop: Workshop) -> None:
        plain = decided.deciding

        @contextmanager
        def decided_before(*arguments: Any) -> Iterator[Any]:
            with plain(*arguments) as found:
                if not done:
                    done.append(inner)
                    inner(shop)
                yield found

        done: list[Edit] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(incremental, "deciding", decided_before)
            shop.space.run("build")

    return named(f"while building: {inner.__qualname__}", edit)


NAMES = st.sampled_from(["locales", "own"])
CHOSEN = st.integers(0, 60)
FOLDERS = st.sampled_from(
    ["locales", "own", "prompts", "prompts/parts", "out", "out/de", "out/cards", "locales/de"]
)
SAYING = st.builds(
    say,
    NAMES,
    st.sampled_from(LOCALES),
    st.sampled_from(SLOTS),
    st.sampled_from([*WORDS, None]),
    sneaky=st.booleans(),
)
TEMPLATING = st.builds(
    template,
    st.sampled_from(["scene", "copy", "style", "mascot"]),
    WORD := st.sampled_from(["", "Red.", "Big."]),
)
PIPING = st.sampled_from(
    [
        pipeline("version: 1", "# comment\nversion: 1"),
        pipeline("    output: out/cards", "    tags: [x]\n    output: out/cards"),
        pipeline('"A card."', '"A letter."'),
        pipeline("  card:", "  letter:"),
        pipeline("wide: {size: 240x160}", "wide: {size: 241x160}"),
        pipeline("        wide:", "        square: {size: 200x200}\n        wide:"),
        pipeline("    references: [logo.png]\n", ""),
        pipeline("missing: fallback", "missing: skip"),
        pipeline("copy: {headline: banner.headline}\n        size: 160x160\n    output: out/cards",
                 "copy: {headline: {message: banner.headline, max_length: 6}}\n"
                 "        size: 160x160\n    output: out/cards"),
        pipeline('        references: ["asset:mascot"]\n', ""),
        pipeline("compose: \"A card.\"", "compose: prompts/scene.j2"),
        pipeline("out/mascot/", "out/fox/"),
        pipeline('    catalogs: "own', '    catalogs: "locales'),
    ]
)  # fmt: skip
EDITS = st.one_of(
    SAYING,
    SAYING,
    TEMPLATING,
    PIPING,
    st.builds(toggle_locale, NAMES, st.sampled_from(LOCALES[1:])),
    st.builds(toggle_part, st.sampled_from(["Red.", "Blue."])),
    st.integers(0, 3).map(lambda n: named(f"paint {n}", lambda shop: shop.paint(n))),
    CHOSEN.map(on_source("touch", touch)),
    CHOSEN.map(on_source("same bytes anew", same_bytes_anew)),
    CHOSEN.map(on_source("flip in place", flip_in_place)),
    CHOSEN.map(on_source("link to", link_to_copy)),
    CHOSEN.map(on_source("link outside", link_outside)),
    CHOSEN.map(on_output("delete", Path.unlink)),
    CHOSEN.map(on_output("touch", touch)),
    CHOSEN.map(on_output("flip in place", flip_in_place)),
    CHOSEN.map(on_output("same bytes anew", same_bytes_anew)),
    CHOSEN.map(on_output("link to", link_to_copy)),
    FOLDERS.map(on_folder("copy of", by_a_copy)),
    FOLDERS.map(on_folder("away and back", there_and_back)),
    FOLDERS.map(on_folder("link to", link_to_copy)),
    FOLDERS.map(on_folder("link outside", link_outside)),
    st.sampled_from(["out", "out/de", "out/cards"]).map(on_folder("remove", shutil.rmtree)),
    st.just(foreign),
    CHOSEN.map(delete_blob),
    st.builds(
        harm_trace, st.integers(0, 10_000), st.sampled_from(["delete", "truncate", "damage"])
    ),
    st.sampled_from(
        [
            command("build", "--profile", "other"),
            command("build", "banner/wide"),
            command("build", "--force"),
            command("pin", "banner/wide/de"),
            command("unpin", "banner/wide/de"),
            command("accept", "banner/wide/de"),
            command("reject", "card/de"),
            command("undo"),
            command("build", "--frozen"),
            command("gc", "--yes"),
        ]
    ),
    st.one_of(SAYING, TEMPLATING, PIPING).map(build_meanwhile),
)
STEPS = st.lists(
    st.tuples(
        st.lists(EDITS, min_size=1, max_size=2),
        st.sampled_from([(), (), ("--check", "dirs")]),
        st.booleans(),
    ),
    min_size=3,
    max_size=5,
)


@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(STEPS, st.sampled_from(SHAPES), st.sampled_from(["fallback", "skip", "error"]))
def test_any_sequence_of_edits_is_built_as_if_there_were_no_trace(steps, shape, missing):
    """The same pictures, exit code, warnings and counts; and no picture is made once more."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder), shape, missing)
        for edits, flags, late in steps:
            for each in edits:
                event(each.__qualname__.split()[0])
                shop.do(each)
            shop.asked.append(f"build {flags}{' late' * late}")
            shop.check(*flags, late=late)
            shop.check(late=late)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, "json", "fallback")


def test_two_pipeline_files_of_one_folder_have_a_trace_each(shop):
    text = shop.space.read("assetforge.yaml").replace("out/", "out/second/")
    shop.space.write("second.yaml", text)
    for _ in range(2):
        shop.check("-f", "second.yaml", late=True)
        shop.check()
        shop.do(say("locales", "de", "headline", "Sale", sneaky=False))
    shop.check("-f", "second.yaml", late=True)


def test_another_store_that_is_named_or_not_is_looked_into(shop, monkeypatch, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(shop.space.root / ".assetforge", other)
    monkeypatch.setenv("ASSETFORGE_REMOTE", str(other))
    shop.check()
    shop.check()
    monkeypatch.delenv("ASSETFORGE_REMOTE")
    shop.check()


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.skipif(os.name != "posix", reason="processes are not killed so elsewhere")
def test_builds_that_are_killed_or_run_at_once_leave_no_wrong_trace(shop):
    line = [sys.executable, "-m", "assetforge", "build"]
    for number, wait in enumerate((0.15, 0.3, None)):
        shop.do(say("locales", "de", "headline", f"Sale {number}", sneaky=False))
        time.sleep(1.5 * TICK_NS / 1_000_000_000)
        some = [
            subprocess.Popen(line, cwd=shop.space.root, stderr=subprocess.DEVNULL)
            for _ in range(1 if wait else 2)
        ]
        if wait:
            time.sleep(wait)
            some[0].kill()
        else:
            shop.do(say("locales", "en", "headline", "Meanwhile", sneaky=True))
        for each in some:
            each.wait()
        shop.check()
