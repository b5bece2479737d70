import pytest

from assetforge.typeset import script_of, setting_for
from assetforge.typeset.script import SETTINGS, VIETNAMESE


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("K-9 Mail", "Latn"),
        ("K-9 Пошта", "Cyrl"),
        ("受信トレイをもっと自由に", "Jpan"),
        ("解放收件箱", "Hans"),
        ("이메일을 자유롭게", "Kore"),
        ("50 % – ✓", "Latn"),
        ("ት", "Ethi"),
    ],
)
def test_the_script_is_read_off_the_letters(text, script):
    assert script_of(text) == script


def test_the_script_that_is_stated_counts_more_than_the_letters():
    assert setting_for("Arab", "Thunderbird").rtl
    assert setting_for("Hang", "Thunderbird") is SETTINGS["Kore"]
    assert setting_for("Zyyy", "שלום") is SETTINGS["Hebr"]
    assert setting_for(None, "Почта") is SETTINGS["Cyrl"]


def test_vietnamese_gets_room_for_two_marks():
    assert setting_for("Latn", "Giải phóng hộp thư") is VIETNAMESE
    assert setting_for("Latn", "Free your inbox") is SETTINGS["Latn"]
