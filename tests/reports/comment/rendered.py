"""What a browser is shown of a comment: rendered by a Markdown renderer, and taken apart."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

RENDERER = MarkdownIt("gfm-like")

VOID = {"img", "br"}
QUOTED = ("code", "a")


class Page(HTMLParser):
    """Elements and texts of a rendered comment.

    `plain` are the texts that a forge looks through for mentions and references, `quoted` those
    that it leaves alone, in order; `links` and `pictures` are addresses.
    """

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.plain: list[str] = []
        self.quoted: list[str] = []
        self.links: list[str | None] = []
        self.pictures: list[str | None] = []
        self.attributes: set[str] = set()
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(RENDERER.render(markdown))
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        said = dict(attrs)
        if tag == "a":
            self.links.append(said.get("href"))
        if tag == "img":
            self.pictures.append(said.get("src"))
        if tag == "code":
            self.quoted.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if "code" in self._open:
            self.quoted[-1] += data
        else:
            self.plain.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)
