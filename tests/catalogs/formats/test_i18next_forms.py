import pytest

from assetforge.catalogs.formats import json_file
from assetforge.errors import InvalidSource
from assetforge.messages.pattern import Choice


@pytest.fixture
def read(tmp_path):
    """Return the content of a JSON text in the syntax of i18next."""

    def read(text):
        path = tmp_path / "de.json"
        path.write_text(text, encoding="utf-8")
        return json_file.read(path, "de.json", "de", "i18next")

    return read


def choice(message):
    (part,) = message.value
    assert isinstance(part, Choice)
    return part


def test_forms_of_a_plural_are_one_message_chosen_by_count(read):
    text = '{"item_other": "xs", "item_one": "x", "deep": {"item_many": "m", "item_other": "o"}}'

    messages = read(text).own

    assert sorted(messages) == ["deep.item", "item"]
    assert choice(messages["item"]) == Choice(
        "count", "plural", (("one", ("x",)), ("other", ("xs",)))
    )


def test_zero_is_for_the_number_0_in_every_language(read):
    messages = read('{"item_zero": "none", "item_other": "xs"}').own

    assert choice(messages["item"]).cases == (("=0", ("none",)), ("other", ("xs",)))


def test_ordinal_forms_are_a_message_of_their_own(read):
    messages = read('{"place_ordinal_one": "1st", "place_ordinal_other": "nth"}').own

    assert choice(messages["place_ordinal"]).kind == "ordinal"


def test_a_context_is_part_of_the_id(read):
    text = '{"friend": "f", "friend_male": "m", "friend_male_one": "x", "friend_male_other": "xs"}'

    content = read(text)

    assert sorted(content.own) == ["friend", "friend_male"]
    assert content.own["friend"].value == "f"
    assert len(choice(content.own["friend_male"]).cases) == 2


def test_a_message_that_its_plural_forms_hide_is_warned_of(read):
    (warning,) = read('{"item": "x",\n "item_one": "y", "item_other": "z"}').warnings

    assert str(warning) == "de.json:1:10: message 'item' is hidden by its plural forms"


@pytest.mark.parametrize(
    "text", ['{"step_one": "x", "step_two": "y"}', '{"step_one": "{{count}}"}', '{"_other": "x"}']
)
def test_keys_that_only_end_like_forms_stay_themselves(read, text):
    assert all(id.endswith(("_one", "_two", "_other")) for id in read(text).own)


def test_a_plural_without_other_is_refused_at_its_last_form(read):
    with pytest.raises(InvalidSource) as raised:
        read('{"a_one": "{{count}} x",\n "a_few": "{{count}} y"}')

    assert str(raised.value) == "de.json:2:11: plural 'a' has no form 'a_other'; add it"


def test_a_plural_whose_other_form_is_empty_is_empty_and_other_empty_forms_do_not_count(read):
    messages = read('{"a_one": "x", "a_other": "", "b_one": "", "b_other": "y"}').own

    assert (messages["a"].value, messages["a"].state) == ("", "empty")
    assert choice(messages["b"]).cases == (("other", ("y",)),)
    assert messages["b"].state == ""
