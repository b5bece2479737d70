"""The desk on the texts of real projects: what is saved changes one line of one file."""

import subprocess
from typing import Any

import pytest
import yaml

from assetforge.locale_desk import LocaleDesk
from assetforge.project import open_project
from tests.real_copy import SETS, unpack

ASKED = {
    "django": ("de", "docs.Documentation"),
    "flathub": ("de", "about"),
    "thunderbird": ("de-DE", "thunderbird.title"),
}
"""Set → a locale, and a message of it."""


@pytest.fixture(params=ASKED)
def real(request, tmp_path):
    unpack(request.param, tmp_path)
    locale, message = ASKED[request.param]
    asset = {
        "matrix": {"locale": "all"},
        "steps": [{"compose": "A scene.", "copy": {"headline": message}}],
        "output": "out/{locale}.png",
    }
    pipeline = {
        "version": 1,
        "locales": {**SETS[request.param], "missing": "skip"},
        "profiles": {"blank": {"provider": "blank"}},
        "assets": {"banner": asset},
    }
    (tmp_path / "assetforge.yaml").write_text(yaml.safe_dump(pipeline), encoding="utf-8")
    return tmp_path, locale, message


def git(root, *arguments):
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def only_text(desk: LocaleDesk, locale: str) -> Any:
    document: Any = desk.texts(locale)
    (row,) = document["messages"]
    return row


def test_a_text_of_a_real_catalog_is_saved_as_one_line(real):
    root, locale, message = real
    git(root, "init", "-q")
    git(root, "add", ".")
    desk = LocaleDesk(open_project(root / "assetforge.yaml"))
    row = only_text(desk, locale)

    words = desk.save(locale, message, 0, f'{row["text"]} "neu" ü', row["text"])

    assert words == f"saved {row['file']}: 1 line changed"
    stat = ["git", "diff", "--numstat"]
    changed = subprocess.run(stat, cwd=root, capture_output=True, encoding="utf-8").stdout
    assert changed == f"1\t1\t{row['file']}\n"
    again = only_text(LocaleDesk(open_project(root / "assetforge.yaml")), locale)
    assert again["text"] == f'{row["text"]} "neu" ü'
