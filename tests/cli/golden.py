"""Golden files: what a person sees, kept in `tests/golden`. `UPDATE_GOLDEN=1` writes them anew."""

import os
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "golden"

CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b"), "<digest>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "<time>"),
    (re.compile(r"\b\d+\.\d s\b"), "<seconds>"),
)
"""What differs between runs or when a picture's bytes change, and what stands for it."""


def steady(text: str) -> str:
    for pattern, word in CHANGING:
        text = pattern.sub(word, text)
    return text


def assert_golden(name: str, text: str) -> None:
    path = FOLDER / name
    shown = steady(text)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(shown, encoding="utf-8", newline="\n")

    assert shown == path.read_text(encoding="utf-8"), f"UPDATE_GOLDEN=1 renews {path.name}"
