"""Output patterns and the paths they give."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.rendered import fill_in, holes
from assetforge.targets import OutputPattern, as_path, suffix_of

pieces = st.sampled_from(["a", ".", "/", "..", "png", "{x}", "{y}", "{ext}", "{", "}", "JPG", " "])
patterns = st.lists(pieces, max_size=8).map("".join)
values = st.fixed_dictionaries(dict.fromkeys("xy", st.sampled_from(["a", ".", "b.c", "x.", ".h"])))


@given(patterns)
def test_a_plain_path_is_the_one_that_python_makes(text):
    assert as_path(text) == str(PurePosixPath(text))


@given(patterns, values)
def test_an_output_is_filled_in_as_any_pattern(written, shown):
    output = OutputPattern(written)

    assert output.filled(shown) == fill_in(written, shown)
    assert output.suffix(shown) == suffix_of(as_path(fill_in(written, shown)))
    assert output.of_picture == ("ext" in holes(written))


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        ("a/b.png", ".png"),
        ("a.b/c", ""),
        ("a/.png", ""),
        ("a.tar.JPG", ".jpg"),
        ("a.", ""),
        ("", ""),
    ],
)
def test_a_suffix_is_what_follows_the_last_dot_of_a_name(path, suffix):
    assert suffix_of(path) == suffix
