"""Save a file, see the new draft: how long that takes in a real browser, and what watching costs.

`python -m benchmarks.watched [SAVES] [REBUILDS]` prints a JSON document. Linux only: it looks into
`/proc`.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

LOCALES = [
    *("en", "ar", "be", "bg", "bn", "br", "ca", "cs", "cy", "da", "de", "el", "eo", "es", "et"),
    *("eu", "fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it"),
    *("ja", "ka", "kk", "kn", "ko", "lt", "lv", "ml", "mr", "nb", "nl", "nn", "pl", "pt", "ro"),
    *("ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh"),
]

PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles: {draft: {provider: draft}}
assets:
  banner:
    matrix:
      format: {wide: {size: 1200x628}}
      locale: all
    steps:
      - compose: prompts/scene.j2
      - edit: prompts/copy.j2
        copy: {headline: banner.headline, action: banner.action}
    output: out/{locale}/banner-{format}.png
    alt: banner.headline
"""

SEEN = """
([known, count]) => new Promise((done) => {
  let first = 0;
  const look = () => {
    const images = [...document.querySelectorAll("main img")].filter((image) => {
      const box = image.getBoundingClientRect();
      return box.bottom > 0 && box.top < innerHeight && box.width;
    });
    const fresh = images.filter((image) =>
      image.complete && image.naturalWidth && !known.includes(image.currentSrc || image.src));
    if (fresh.length && !first) first = Date.now();
    if (fresh.length >= Math.min(count, images.length) && images.length) done([first, Date.now()]);
    else requestAnimationFrame(look);
  };
  look();
})
"""
"""Resolves with the times at which one, and all, of the pictures in sight are others than known."""

SHOWN = """
() => [...document.querySelectorAll("main img")].map((image) => image.currentSrc || image.src)
"""

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@dataclass
class Project:
    """A project folder, and saving in it."""

    root: Path
    locales: list[str]
    number: int = 0

    def write(self, name: str, text: str) -> None:
        """Save a file as most editors do."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)

    def lay_out(self) -> None:
        """Write all files."""
        self.write("assetforge.yaml", PIPELINE)
        self.prompt()
        self.write(
            "prompts/copy.j2", "Set {{ copy.headline|quoted }} and {{ copy.action|quoted }}.\n"
        )
        for each in self.locales:
            self.text(each)

    def prompt(self) -> None:
        """Save other words for the scene, which all locales share."""
        self.number += 1
        self.write("prompts/scene.j2", f"Hills under sky number {self.number}.\n")

    def text(self, locale: str) -> None:
        """Save another headline for one locale."""
        self.number += 1
        said = {"banner": {"headline": f"Offer {self.number}", "action": "Go"}}
        self.write(f"locales/{locale}.json", json.dumps(said))


@contextmanager
def project(count: int) -> Iterator[Project]:
    """Have a project with some locales."""
    root = Path(tempfile.mkdtemp(prefix="assetforge-watched-"))
    try:
        found = Project(root, LOCALES[:count])
        found.lay_out()
        yield found
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def preview(root: Path) -> Iterator[tuple[str, int]]:
    """Run `assetforge preview`, and give its address and process number."""
    command = [sys.executable, "-m", "assetforge", "preview", "--no-open", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a process so far. Source: proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Return what a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait_for_pictures(page: Page, count: int) -> None:
    """Wait until all pictures in sight are there and nothing is done any more."""
    page.evaluate(SEEN, [[], count])
    come_to_rest(page)


def come_to_rest(page: Page) -> None:
    """Wait until no other pictures are shown for a while."""
    shown: list[str] = []
    while (now := page.evaluate(SHOWN)) != shown:
        shown = now
        page.wait_for_timeout(1_500)


def saves(page: Page, save: Callable[[], None], count: int, times: int) -> dict[str, float]:
    """Return milliseconds from saving until the first, and all in sight, are seen anew."""
    first, every = [], []
    for _ in range(times):
        known = page.evaluate(SHOWN)
        began = [0.0]

        def later(began: list[float] = began) -> None:
            time.sleep(0.2)  # by then the page looks
            began[0] = time.time()
            save()

        thread = threading.Thread(target=later)
        thread.start()
        seen = page.evaluate(SEEN, [known, count])
        thread.join()
        first.append(seen[0] - began[0] * 1000)
        every.append(seen[1] - began[0] * 1000)
        come_to_rest(page)
    return {
        "first_median_ms": round(statistics.median(first)),
        "first_p95_ms": round(sorted(first)[int(len(first) * 0.95)]),
        "all_median_ms": round(statistics.median(every)),
        "all_p95_ms": round(sorted(every)[int(len(every) * 0.95)]),
    }


def measure(browser: Browser, locales: int, times: int, rebuilds: int) -> dict[str, Any]:
    """Measure a project with some locales."""
    with project(locales) as found, preview(found.root) as (address, pid):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address)
        wait_for_pictures(page, locales)
        told: dict[str, Any] = {"locales": locales, "saves": times}
        first = min(found.locales)  # its picture is in sight: the grid goes by the alphabet
        told["one message"] = saves(page, lambda: found.text(first), 1, times)
        told["the shared prompt"] = saves(page, found.prompt, locales, times)
        told["idle"] = idle(pid)
        if rebuilds:
            told["memory"] = memory(page, found, pid, rebuilds)
        page.close()
        return told


def idle(pid: int, seconds: float = 20) -> dict[str, float]:
    """Return the share of one core that a server takes that has nothing to do, a page open."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return {"cpu_percent": round(100 * (cpu_seconds(pid) - before) / seconds, 2)}


def memory(page: Page, found: Project, pid: int, rebuilds: int) -> dict[str, Any]:
    """Return what a server holds before and after many rebuilds."""
    for _ in range(30):
        found.text("en")
        page.wait_for_timeout(400)
    before = megabytes(pid)
    marks = []
    for number in range(rebuilds):
        found.text("en")
        page.wait_for_timeout(400)
        if number % 200 == 199:
            marks.append(round(megabytes(pid)))
    return {"megabytes_after_30": round(before), "megabytes_then": marks, "rebuilds": rebuilds}


def main() -> None:
    """Measure one locale and sixty."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    rebuilds = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        told = [measure(browser, 1, times, rebuilds), measure(browser, 60, times, 0)]
        browser.close()
    print(json.dumps({"schema": "assetforge.watched/1", "measured": told}, indent=2))


if __name__ == "__main__":
    main()
