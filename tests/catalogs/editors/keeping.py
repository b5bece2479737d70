"""What every editor promises: the new text is read back, and all else is as it was."""

from hypothesis import strategies as st

from assetforge.catalogs.editors.base import Change

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list('\n"\\{}%|/'))
)
"""Texts of all scripts, with all that somebody may have to escape."""


def kept(editor, before: str, after: str, change: Change, syntax: str = "") -> bool:
    """Tell whether only one text is another, or there is one more."""
    old = {id: dict(forms) for id, forms in plain(editor.texts(before, syntax)).items()}
    old.setdefault(change.id, {})[change.form] = change.text
    new = plain(editor.texts(after, syntax))
    return bool(new == old)


def plain(texts):
    """Return what texts say, without the lines they stand in."""
    return {id: {form: each.text for form, each in forms.items()} for id, forms in texts.items()}


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and those that came, between the first and last that differ."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new
