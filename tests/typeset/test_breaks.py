import pytest

from assetforge.typeset.breaks import claused, glued, lines_of, longest_words, normalized


def test_a_text_is_composed_and_loses_stray_spaces():
    assert normalized("  Cafe\u0301\t to  go \r\nnow\u2028 ") == "Café to go\nnow"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Summer Sale – up", "Summer Sale\u00a0– up"),
        ("Thunderbird : libre", "Thunderbird\u00a0: libre"),
        ("50 % Rabatt", "50\u00a0% Rabatt"),
        ("« libre »", "«\u00a0libre\u00a0»"),
        ("a - b", "a\u00a0- b"),
        ("a well-known - name", "a well-known\u00a0- name"),
        ("\u1021\u1000\u103a\u1015\u103a", "\u1021\u2060\u1000\u103a\u2060\u1015\u103a"),
    ],
)
def test_a_sign_is_kept_with_the_word_before_it(text, kept):
    assert glued(text) == kept


def test_korean_breaks_between_words_only():
    (line,) = lines_of("첫 주문에 20% 할인", "ko")

    assert [piece.text for piece in line] == ["첫", "주문에", "20%", "할인"]
    assert all(piece.keep and piece.space for piece in line)


def test_japanese_breaks_between_phrases_and_at_spaces():
    (line,) = lines_of("Thunderbird: 受信トレイをもっと自由に", "ja", "JP")

    assert [piece.text for piece in line] == ["Thunderbird:", "受信トレイを", "もっと", "自由に"]
    assert line[1].halves == ("受信ト", "レイを")
    assert line[0].halves == ()


@pytest.mark.parametrize("region", ["CN", "TW"])
def test_chinese_phrases_are_never_one_character(region):
    (line,) = lines_of("Thunderbird: 釋放你的收件匣", "zh", region)

    assert "".join(piece.text for piece in line) == "Thunderbird:釋放你的收件匣"
    assert all(len(piece.text) > 1 for piece in line)


def test_a_half_does_not_start_with_a_closing_sign():
    (line,) = lines_of("ああー、ああ", "ja", "JP")

    assert not any(half.startswith(("ー", "、")) for piece in line for half in piece.halves[1:])


def test_a_phrase_of_signs_alone_is_not_cut():
    (line,) = lines_of("ーーーーーー", "ja", "JP")

    assert all(piece.halves == () for piece in line)


def test_a_short_last_word_never_stands_alone():
    (line,) = lines_of("hộp thư của bạn", "vi")
    (long,) = lines_of("one two three internationalization", "en")

    assert line[0].text.endswith("của\u00a0bạn")
    assert "\u00a0" not in long[0].text


def test_a_newline_makes_a_new_line():
    assert len(lines_of("one\ntwo", "en")) == 2


def test_a_clause_ends_after_a_dash_or_colon():
    assert claused("Summer Sale – up to 50%") == "Summer Sale –\nup to 50%"
    assert claused("Thunderbird：解放收件箱") == "Thunderbird：\n解放收件箱"
    assert claused("at 10:30") == "at 10:30"
    assert claused("one\ntwo – three") == "one\ntwo – three"


def test_the_longest_words_are_measured():
    assert longest_words("an E-Mail-Programm", "de")[0] == "Programm"
    assert longest_words("ลดราคา Thunderbird 50%", "th")[0] == "Thunderbird"
    assert longest_words("受信トレイ", "ja") == []
