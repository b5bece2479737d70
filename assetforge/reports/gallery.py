"""The gallery: one HTML file that shows every picture, and the manifest beside it.

The page needs no server and asks for nothing outside itself: style, script and previews are inside,
and its content security policy allows nothing else. Without JavaScript it is a plain list.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from assetforge import images
from assetforge.coverage import Coverage
from assetforge.digest import Json, canonical_json
from assetforge.errors import UsageProblem
from assetforge.findings import Check
from assetforge.reports import page
from assetforge.reports.gallery_locales import locales_link, locales_section
from assetforge.reports.markup import (
    Html,
    breakable,
    csp_hash,
    element,
    icon,
    json_block,
    language,
    text,
)
from assetforge.reports.pictures import (
    SCHEMA,
    STATES,
    Picture,
    StepShown,
    explain_command,
    manifest_json,
)
from assetforge.reports.tiles import Row, Section, Tile, counts, sections, tiles_of

PREVIEW_EDGES = (800, 480, 320, 200, 120)
"""Longest edge of a preview in pixels: the first that keeps the page within `PREVIEW_BUDGET`."""

FEW = 100
"""Up to so many pictures the sharpest previews are tried."""

PREVIEW_BUDGET = 16_000_000
"""Bytes of all previews together; base64 makes a third more of them in the page."""

EXHIBIT_BUDGET = 8_000_000
"""Bytes of the crops that checks were seen on, all together, as they stand in the page."""

SHOWN_FIRST = ("provider", "model", "quality", "size", "take")
"""What of a request a person looks for first."""

SHOWN_ELSEWHERE = frozenset({"prompt", "copy"})

NO_LOCALE = "all locales"

MARKS = {
    "index.html": b'<meta name="generator" content="assetforge">',
    "manifest.json": f'"{SCHEMA.rpartition("/")[0]}/'.encode(),
}
"""What the head of a file holds that a report wrote, whatever its version."""

HEAD = 4096
"""Bytes of a file in which its mark has to be."""


def write_gallery(
    pictures: Sequence[Picture],
    out: Path,
    read: Callable[[Picture], bytes | None],
    title: str,
    root: Path,
    texts: Sequence[Coverage] = (),
) -> Path:
    """Write `index.html` and `manifest.json` into `out` and return the page's path.

    `read` returns the bytes of a picture, or None; it is called from several threads. `root` is
    the project root that the pictures' paths start from; `texts` say how the texts of each asset
    stand in each locale. The same pictures and texts give the same bytes, and a file that holds
    them already is left alone.

    Raises:
        UsageProblem: `out` holds a file of one of these names that no report wrote.
        OSError: `out` cannot be written.
    """
    refuse_foreign(out)
    found = sections(pictures)
    previews = _previews([each.shown for each in tiles_of(found)], read)
    page = _page(title, found, previews, lambda path: _href(root / path, out), texts)
    out.mkdir(parents=True, exist_ok=True)
    manifest = json.dumps(manifest_json(pictures), ensure_ascii=False, indent=2) + "\n"
    _write(out / "manifest.json", manifest)
    _write(out / "index.html", page)
    return out / "index.html"


def refuse_foreign(out: Path) -> None:
    """Check before anything is written that nobody's own page or manifest would be lost.

    Raises:
        UsageProblem: a file is in the way.
    """
    for name, mark in MARKS.items():
        path = out / name
        if path.is_file() and mark not in _head(path):
            raise UsageProblem(
                f"'{path}' is not from a report and is not overwritten; "
                "choose another folder with --output, or move the file away"
            )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)


def _previews(shown: Sequence[Picture], read: Callable[[Picture], bytes | None]) -> dict[str, str]:
    """Return a small copy of each picture as a data URI, by digest."""
    digests = [each.sha256 for each in shown if each.exists and each.sha256]
    wanted = {each.sha256: each for each in shown if each.exists and each.sha256}
    made: dict[str, bytes] = {}
    for edge in PREVIEW_EDGES if len(digests) <= FEW else PREVIEW_EDGES[1:]:
        made = _previews_of(wanted, read, edge)
        if sum(len(made.get(each, b"")) for each in digests) <= PREVIEW_BUDGET:
            break
    return {digest: _data_uri(webp) for digest, webp in made.items()}


def _previews_of(
    wanted: Mapping[str, Picture], read: Callable[[Picture], bytes | None], edge: int
) -> dict[str, bytes]:
    def small(picture: Picture) -> bytes | None:
        data = read(picture)
        try:
            return images.preview(data, edge) if data is not None else None
        except images.UnreadableImage:
            return None  # a person's own file at this path; the card says that it has no preview

    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as pool:
        made = pool.map(small, wanted.values())
        return {digest: webp for digest, webp in zip(wanted, made, strict=True) if webp is not None}


def _data_uri(webp: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def _href(file: Path, out: Path) -> str:
    """Return the relative address of a file as seen from the page."""
    try:
        relative = os.path.relpath(file, out)
    except ValueError:  # another drive on Windows
        return file.resolve().as_uri()
    return quote(relative.replace(os.sep, "/"), errors="surrogatepass")


def _write(path: Path, content: str) -> None:
    """Put a text in place at once, unless it is there already.

    A lone surrogate, which a broken catalog can hold, is written as its escape.
    """
    data = content.encode("utf-8", "backslashreplace")
    if path.is_file() and path.read_bytes() == data:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


Address = Callable[[str], str]


def _page(
    title: str,
    found: Sequence[Section],
    previews: Mapping[str, str],
    address: Address,
    texts: Sequence[Coverage],
) -> str:
    style, script = page.part(page.STYLE), page.script()
    policy = (
        f"default-src 'none'; img-src data:; style-src {csp_hash(style)}; "
        f"script-src {csp_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return Template(_frame()).substitute(
        policy=policy,
        sprite=page.part(page.SPRITE),
        title=text(title),
        style=style,
        script=script,
        totals=Html(text(_totals(found)) + locales_link(texts)),
        states=_states(counts(tiles_of(found))),
        sections="\n".join(_section(each, previews, address) for each in found) or _nothing(),
        locales=locales_section(texts),
        data=json_block(_data(list(tiles_of(found)), address)),
    )


def _frame() -> str:
    return (files("assetforge.reports") / "gallery.html").read_text(encoding="utf-8")


def _nothing() -> Html:
    return element("div", {"class": "nothing"}, element("h2", None, text("No pictures")))


def _many(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _totals(found: Sequence[Section]) -> str:
    tiles = list(tiles_of(found))
    locales = {each.shown.locale for each in tiles} - {""}
    parts = [_many(len(tiles), "picture"), _many(len(found), "asset")]
    return " · ".join([*parts, *([_many(len(locales), "locale")] if locales else [])])


def _states(by_state: Mapping[str, int]) -> Html:
    """The states in numbers, and as one bar."""
    total = sum(by_state.values())
    bars, start = [], 0
    for state in STATES:
        place = {"x": start, "width": by_state[state], "height": 1, "class": state}
        bars.append(element("rect", place))
        start += by_state[state]
    view = {"class": "share", "viewBox": f"0 0 {max(total, 1)} 1", "preserveAspectRatio": "none"}
    numbers = [
        element("li", None, icon(state), element("b", None, text(number)), text(f" {state}"))
        for state, number in by_state.items()
    ]
    drawn = element("svg", {**view, "aria-hidden": "true"}, *bars)
    listed = element("ul", None, *numbers)
    return element("div", {"class": "states"}, listed, drawn)


def _section(section: Section, previews: Mapping[str, str], address: Address) -> Html:
    head = element(
        "header",
        None,
        element("h2", None, text(section.asset)),
        *(element("span", {"class": "tag"}, text(tag)) for tag in section.tags),
        element("span", {"class": "count"}, text(_many(len(section.tiles), "picture"))),
    )
    rows = [_row(each, previews, address) for each in section.rows]
    overview = [_overview(section)] if len(section.tiles) > 1 else []
    return element(
        "section", {"class": "asset", "aria-label": section.asset}, head, *overview, *rows
    )


def _overview(section: Section) -> Html:
    """The whole asset at a glance: a row of marks for each row of pictures."""
    names = [
        element("th", {"scope": "col"}, element("span", None, text(each or NO_LOCALE)))
        for each in section.locales
    ]
    corner = element("td", None)
    head = element("thead", None, element("tr", None, corner, *names))
    body = element("tbody", None, *(_overview_row(each, section) for each in section.rows))
    table = element("table", {"aria-label": f"Overview of {section.asset}"}, head, body)
    return element("div", {"class": "overview"}, table)


def _overview_row(row: Row, section: Section) -> Html:
    name = row.label or section.asset
    cells = [
        element("td", None, *(_mark(each) for each in row.of(locale))) for locale in section.locales
    ]
    return element("tr", None, element("th", {"scope": "row"}, text(name)), *cells)


def _mark(tile: Tile) -> Html:
    label = f"{tile.shown.variant}, {tile.state}"
    attributes = {
        "class": "mark-of",
        "href": f"#p{tile.number}",
        "data-n": tile.number,
        "aria-label": label,
        "title": label,
    }
    return element("a", attributes, icon(tile.state))


def _row(row: Row, previews: Mapping[str, str], address: Address) -> Html:
    sizes = dict.fromkeys(f"{each.shown.width}×{each.shown.height}" for each in row.tiles)
    title = [text(row.label)] if row.label else []
    size = element("span", {"class": "size"}, text(", ".join(list(sizes)[:3])))
    cards = [_card(each, previews, address) for each in row.tiles]
    return element(
        "div",
        {"class": "row"},
        element("h3", None, *title, size),
        element("ul", {"class": f"cards {row.tiles[0].shape}"}, *cards),
    )


def _card(tile: Tile, previews: Mapping[str, str], address: Address) -> Html:
    shown = tile.shown
    href = address(shown.path) if shown.exists else f"#p{tile.number}"
    link = {"class": "open", "href": href, "data-n": tile.number}
    inside = (_thumb(tile, previews.get(shown.sha256 or "")), _caption(tile))
    return element(
        "li", {"class": f"card {tile.state}", "id": f"p{tile.number}"}, element("a", link, *inside)
    )


def _thumb(tile: Tile, preview: str | None) -> Html:
    shown = tile.shown
    size = {"width": shown.width or None, "height": shown.height or None}
    if preview is None:
        box = f"0 0 {shown.width or 1} {shown.height or 1}"
        words = "no preview" if shown.exists else "missing"
        hole = element("svg", {"viewBox": box, "aria-hidden": "true"})
        name = element(
            "span",
            None,
            icon(tile.state),
            text(words),
            element("b", None, breakable(shown.variant)),
        )
        return element("span", {"class": "thumb hole"}, hole, name)
    how = {"src": preview, "alt": shown.alt, "loading": "lazy", "decoding": "async", **size}
    image = element("img", {**how, **language(shown.lang, shown.direction)})
    return element("span", {"class": "thumb"}, image)


def _caption(tile: Tile) -> Html:
    shown = tile.shown
    name = {"class": "locale", "data-lang": shown.lang or None}
    state = element("span", {"class": f"state {tile.state}"}, icon(tile.state), text(tile.state))
    first = next(iter(shown.copy.values()), "")
    line = {"class": "line", **language(shown.lang, shown.direction)}
    words = [element("span", line, text(first))] if first else []
    return element(
        "span",
        {"class": "caption"},
        element("span", name, text(shown.locale or NO_LOCALE)),
        state,
        *words,
    )


def _data(tiles: Sequence[Tile], address: Address) -> Json:
    """What the script needs; a step that several pictures share is written once."""
    steps: dict[bytes, int] = {}
    entries: list[Json] = []
    for tile in tiles:
        written = [canonical_json(step_json(each)) for each in tile.shown.steps]
        numbers: list[Json] = [steps.setdefault(each, len(steps)) for each in written]
        entries.append({**_tile(tile, address), "steps": numbers})
    shared = [json.loads(each.decode("utf-8", "surrogatepass")) for each in steps]
    return {"tiles": entries, "steps": _within_budget(shared)}


def _tile(tile: Tile, address: Address) -> dict[str, Json]:
    shown = tile.shown
    return {
        "asset": shown.asset,
        "variant": shown.variant,
        "command": explain_command(shown.variant),
        "axes": {name: value for name, value in shown.axes.items() if name != "locale"},
        "tags": list(shown.tags),
        "locale": shown.locale,
        "lang": shown.lang,
        "dir": shown.direction,
        "size": f"{shown.width}×{shown.height}",
        "alt": shown.alt,
        "state": tile.state,
        "reason": tile.reason,
        "copy": [[slot, words] for slot, words in shown.copy.items()],
        "files": [_file(each, address) for each in tile.pictures],
    }


def _file(picture: Picture, address: Address) -> Json:
    href = address(picture.path) if picture.exists else None
    return {"path": picture.path, "href": href, "sha256": picture.sha256, "state": picture.state}


def step_json(step: StepShown) -> Json:
    """Return a step behind a picture, as the pages take it."""
    ranks = {name: place for place, name in enumerate(SHOWN_FIRST)}
    names = sorted(step.request.keys() - SHOWN_ELSEWHERE, key=lambda n: (ranks.get(n, 9), n))
    return {
        "step": step.step,
        "kind": step.kind,
        "key": step.key,
        "decision": step.decision,
        "prompt": step.prompt,
        "request": [[name, _plain(step.request[name])] for name in names],
        "artifact": step.artifact,
        "cost": step.cost_usd,
        "shared": step.shared_by,
        "how": step.how,
        "checks": [_check(each) for each in step.found.checks] if step.found else [],
    }


def _check(check: Check) -> Json:
    return {
        "check": check.check,
        "verdict": check.verdict,
        "slot": check.slot,
        "message": check.message,
        "expected": check.expected,
        "found": check.found,
        "exhibit": check.exhibit,
    }


def _within_budget(steps: Sequence[dict[str, Any]]) -> list[Json]:
    """Return steps of which exhibits of what is right are left out where they are too many."""
    checks = [each for step in steps for each in step["checks"]]
    if sum(len(each["exhibit"]) for each in checks) > EXHIBIT_BUDGET:
        for each in checks:
            each["exhibit"] = "" if each["verdict"] == "equal" else each["exhibit"]
    return list(steps)


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
