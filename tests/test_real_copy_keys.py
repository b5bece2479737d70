"""What a change in the copy of four real projects re-keys: exactly the pictures that show it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polib
import pytest

from tests.real_copy import SETS, unpack
from tests.space import Space


def other_po(path: Path) -> None:
    """Wrap lines elsewhere, turn the entries round, and say more in comments."""
    file = polib.pofile(str(path), wrapwidth=40)
    for entry in file:
        entry.comment, entry.occurrences = "Seen on every page.", [("pages.py", "7")]
    file.reverse()
    file.save()


def other_json(path: Path) -> None:
    """Write the keys the other way round, on one line, with escapes."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return value

    said = turned(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(said), encoding="utf-8", newline="\n")


def other_fluent(path: Path) -> None:
    """Put an empty line and a comment before every message and at the end, spaces round signs."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^(-?[a-zA-Z][\w-]*) *= *", r"\n# A note.\n\1   =   ", text, flags=re.MULTILINE)
    path.write_text(f"{text}\n# The end.\n", encoding="utf-8", newline="\n")


def other_text(path: Path) -> None:
    """End lines as Windows does, with one more at the end, behind a byte order mark."""
    text = path.read_text(encoding="utf-8") + "\n"
    path.write_text(text, encoding="utf-8-sig", newline="\r\n")


@dataclass(frozen=True)
class Edit:
    """What is replaced in a file, and by what; `shown` are the variants that show it.

    Nothing is replaced in a new file: it has this text.
    """

    file: str
    old: str
    new: str
    shown: frozenset[str]


@dataclass(frozen=True)
class Case:
    """A project made of one set.

    Attributes:
        targets: its locales beside `pt` and `pt-BR`.
        copy: asset → its slots; or what its prompt says, with the message in it.
        edit: of one message.
        files: all files of a locale, and how they are written otherwise.
        brazilian: gives `pt-BR` a text of its own, in place of the one from `pt`.
        folders: of Brazilian copy and what they are called here, in a set that has no `pt`.
    """

    targets: tuple[str, ...]
    copy: Mapping[str, Mapping[str, str] | str]
    edit: Edit
    files: str
    rewrite: Callable[[Path], None]
    brazilian: Edit
    folders: Mapping[str, str] = field(default_factory=dict)


def edit(file: str, old: str, new: str, *shown: str) -> Edit:
    return Edit(file, old, new, frozenset(shown))


CASES = {
    "django": Case(
        ("de", "ja", "sv"),
        {
            "banner": {"headline": "docs.Documentation", "action": "docs.Search"},
            "tile": {"headline": "docs.Documentation"},
            "note": "{{ t('docs.Language:') }}",
        },
        edit(
            "docs/locale/de/LC_MESSAGES/django.po",
            '"Dokumentation"',
            '"Anleitung"',
            *("banner/de", "tile/de"),
        ),
        "docs/locale/*/LC_MESSAGES/*.po",
        other_po,
        edit(
            "docs/locale/pt_BR/LC_MESSAGES/django.po",
            "",
            'msgid "Documentation"\nmsgstr "Manual"\n',
            *("banner/pt-BR", "tile/pt-BR"),
        ),
        {"docs/locale/pt_BR": "docs/locale/pt"},
    ),
    "flathub": Case(
        ("ar", "de", "zh-Hant"),
        {
            "banner": {"headline": "about-pagename", "subline": "games-description"},
            "tile": {"headline": "quality-guideline.failing-x-checks"},
            "note": "{{ t('about-pagename') }}",
        },
        edit(
            "frontend/public/locales/ar/common.json",
            "few {# فحوصات}",
            "few {# فحص}",
            "tile/ar",
        ),
        "frontend/public/locales/*/*.json",
        other_json,
        edit(
            "frontend/public/locales/pt-BR/common.json",
            '"put aside"',
            '"about-pagename"',
            *("banner/pt-BR", "note/pt-BR"),
        ),
    ),
    "mozilla": Case(
        ("ar", "pl", "zh-TW"),
        {
            "banner": {
                "headline": "banner-firefox-app-store-title",
                "subline": "banner-firefox-app-store-free-google-play",
            },
            "tile": {"headline": "consent-banner-heading"},
            "note": "{{ t('banner-firefox-app-store-title') }}",
        },
        edit("pl/brands.ftl", "[gen] Mozilli\n", "[gen] Mozilii\n", "tile/pl"),
        "*/**/*.ftl",
        other_fluent,
        edit(
            "pt-BR/store.ftl",
            "",
            "banner-firefox-app-store-free-google-play = Grátis",
            "banner/pt-BR",
        ),
        {"pt-BR": "pt"},
    ),
    "thunderbird": Case(
        ("ar", "de", "ko-KR"),
        {
            "banner": {"headline": "thunderbird.title", "subline": "k9.title"},
            "tile": {"headline": "k9.title"},
            "note": "{{ t('thunderbird.short_description') }}",
        },
        edit("app-metadata/com.fsck.k9/ar/title.txt", "Mail", "بريد", "banner/ar", "tile/ar"),
        "app-metadata/*/*/*.txt",
        other_text,
        edit(
            "app-metadata/net.thunderbird.android/pt-BR/title.txt",
            "",
            "Thunderbird",
            "banner/pt-BR",
        ),
        {
            "app-metadata/com.fsck.k9/pt-BR": "app-metadata/com.fsck.k9/pt",
            "app-metadata/net.thunderbird.android/pt-BR": "app-metadata/net.thunderbird.android/pt",
        },
    ),
}


class Site:
    """A project of one set, with a blank provider."""

    def __init__(self, case: Case, name: str, root: Path) -> None:
        unpack(name, root)
        for old, new in case.folders.items():
            (root / old).rename(root / new)
        self.space = Space(root)
        self.write_pipeline(SETS[name], case)

    def write_pipeline(self, locales: Mapping[str, Any], case: Case) -> None:
        targets = [*case.targets, "pt", "pt-BR"]
        document = {
            "version": 1,
            "locales": {**locales, "targets": targets},
            "profiles": {"blank": {"provider": "blank"}},
            "assets": {
                asset: {
                    "matrix": {"locale": "all"},
                    "vars": {"count": 5},
                    "steps": [_step(said)],
                    "output": "out/{asset}/{locale}.png",
                }
                for asset, said in case.copy.items()
            },
        }
        self.space.write("assetforge.yaml", json.dumps(document, ensure_ascii=False))

    def apply(self, edit: Edit) -> None:
        if edit.old:
            self.space.replace(edit.file, edit.old, edit.new)
        else:
            self.space.write(edit.file, edit.new)

    def keys(self) -> dict[str, str]:
        """Return variant → the key of its picture."""
        result = self.space.run("plan", "--format", "json")
        assert result.code == 0, result.err
        actions = [each for each in result.json["actions"] if each["kind"] == "compose"]
        return {variant: each["key"] for each in actions for variant in each["variants"]}


def _step(said: Mapping[str, str] | str) -> dict[str, Any]:
    """Return a step that shows copy, or has a text in its prompt."""
    if isinstance(said, str):
        return {"compose": f"A calm scene for {said}.", "size": "1024x1024"}
    return {"compose": "A calm scene.", "size": "1024x1024", "copy": dict(said)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    assert before.keys() == after.keys()
    return {variant for variant, key in before.items() if after[variant] != key}


@pytest.fixture(params=CASES)
def name(request):
    return request.param


@pytest.fixture
def case(name):
    return CASES[name]


@pytest.fixture
def site(case, name, tmp_path):
    return Site(case, name, tmp_path)


def test_one_message_in_one_file_rekeys_the_pictures_that_show_it(site, case):
    before = site.keys()

    site.apply(case.edit)

    assert len(before) == len(case.copy) * (len(case.targets) + 2)
    assert changed(before, site.keys()) == case.edit.shown


def test_files_written_otherwise_with_the_same_copy_rekey_nothing(site, case):
    before = site.keys()

    for path in site.space.root.glob(case.files):
        content = path.read_bytes()
        case.rewrite(path)
        assert path.read_bytes() != content

    assert changed(before, site.keys()) == set()


def test_a_brazilian_text_rekeys_brazil_alone(site, case):
    if not case.folders:
        lost = case.brazilian
        site.apply(Edit(lost.file, lost.new, lost.old, lost.shown))
    before = site.keys()

    site.apply(case.brazilian)

    assert changed(before, site.keys()) == case.brazilian.shown
