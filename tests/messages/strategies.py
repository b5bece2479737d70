"""Messages of every shape, for tests that hold for all of them."""

from hypothesis import strategies as st

from assetforge.messages.pattern import (
    CATEGORIES,
    Choice,
    Placeholder,
    Reference,
    chosen_by,
    merged,
)

TEXTS = st.text("ab #'{}|é日\n%$<", max_size=8)
NAMES = st.sampled_from(["count", "name", "n", "0", "a.b", "first-name"])
FORMATTED = st.sampled_from(
    [
        ("", ""),
        ("number", ""),
        ("number", "integer"),
        ("percent", ""),
        ("percent", "whole"),
        ("currency", "EUR"),
        ("date", "medium"),
        ("date", "full"),
    ]
)
PLACEHOLDERS = st.builds(lambda name, kind: Placeholder(name, *kind), NAMES, FORMATTED)
EXACT = st.sampled_from(["=0", "=1", "=2", "=12", "=-1", "=1.5"])
OFFSETS = st.sampled_from([0, 0, 0, 1, -2])


@st.composite
def _choices(draw, children):
    """A choice that ICU can express: `#` only where it is the number chosen by."""
    name = draw(NAMES)
    if draw(st.booleans()):
        keys = draw(st.lists(st.sampled_from(["she", "he", "x1"]), max_size=2, unique=True))
        cases = [(key, draw(children)) for key in [*keys, "other"]]
        return Choice(name, "select", tuple(cases))
    kind, offset = draw(st.sampled_from(["plural", "ordinal"])), draw(OFFSETS)
    number = chosen_by(Choice(name, kind, (), offset))
    keys = draw(st.lists(st.sampled_from(CATEGORIES[:-1]) | EXACT, max_size=3, unique=True))
    cases = []
    for key in [*keys, "other"]:
        parts = list(draw(children))
        if draw(st.booleans()):
            parts.insert(draw(st.integers(0, len(parts))), number)
        cases.append((key, merged(parts)))
    return Choice(name, kind, tuple(cases), offset)


def _patterns(parts):
    return st.lists(parts, max_size=4).map(merged)


ICU_PATTERNS = st.recursive(
    _patterns(TEXTS | PLACEHOLDERS),
    lambda children: _patterns(TEXTS | PLACEHOLDERS | _choices(children)),
    max_leaves=6,
)
"""What ICU's notation can express."""

GIVEN = st.lists(st.tuples(NAMES, TEXTS | PLACEHOLDERS), max_size=2).map(tuple)
REFERENCES = st.builds(Reference, TEXTS, GIVEN)
GETTEXT = st.builds(
    lambda forms: Choice(
        "count",
        "gettext",
        tuple((str(number), form) for number, form in enumerate(forms)),
        rule="n != 1",
    ),
    st.lists(ICU_PATTERNS, min_size=1, max_size=3),
)
VALUES = TEXTS | ICU_PATTERNS | _patterns(TEXTS | PLACEHOLDERS | REFERENCES | GETTEXT)
"""Every value there is."""
