import io
import unicodedata
import zipfile

import pytest
import uharfbuzz as hb

from assetforge import fonts
from assetforge.typeset import coverage
from assetforge.typeset.fontset import bundle
from assetforge.typeset.script import SETTINGS

SAMPLES = {
    "Latn": "Thunderbird: Befreie deinen Posteingang",
    "Cyrl": "Полнофункциональный почтовый клиент",
    "Grek": "Πλήρως εξοπλισμένη εφαρμογή",
    "Armn": "Ամառային զեղչեր",
    "Geor": "ზაფხულის ფასდაკლება",
    "Hebr": "שחרר את תיבת הדואר שלך",
    "Arab": "عميل بريد إلكتروني کارخواه رایانامه",
    "Deva": "पूर्ण विशेषताओं वाला ईमेल क्लाइंट",
    "Beng": "সম্পূর্ণ বৈশিষ্ট্যযুক্ত ইমেল",
    "Guru": "ਗਰਮੀਆਂ ਦੀ ਸੇਲ",
    "Gujr": "ઉનાળુ વેચાણ ક્ષત્રિય",
    "Orya": "ଗ୍ରୀଷ୍ମ ବିକ୍ରୟ",
    "Taml": "முழு-நற்பண்புகள் மின்னஞ்சல்",
    "Telu": "వేసవి అమ్మకం శ్రీ",
    "Knda": "ಬೇಸಿಗೆ ಮಾರಾಟ ಕ್ಷಮೆ",
    "Mlym": "വേനൽക്കാല വിൽപ്പന",
    "Sinh": "ගිම්හාන අලෙවිය",
    "Thai": "ลดราคาฤดูร้อน ที่นี่",
    "Laoo": "ຫຼຸດລາຄາລະດູຮ້ອນ",
    "Khmr": "ការលក់រដូវក្តៅ ខ្ញុំ",
    "Mymr": "နွေရာသီ အရောင်းပွဲ ကျွန်ုပ်",
    "Ethi": "የበጋ ሽያጭ",
    "Jpan": "全機能を備えた電子メールクライアント",
    "Hans": "功能齐全的电子邮件客户端",
    "Hant": "全功能電子郵件客戶端",
    "Kore": "모든 기능을 갖춘 이메일",
}


@pytest.mark.parametrize("script", SETTINGS)
def test_every_script_shapes_without_a_missing_glyph_or_a_dotted_circle(script):
    text = SAMPLES[script]
    file = next(
        path
        for path in fonts.files()
        if path.stem.removesuffix("-Regular") == SETTINGS[script].family.replace(" ", "")
    )
    font = hb.Font(hb.Face(file.read_bytes()))
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()

    hb.shape(font, buffer)

    glyphs = {info.codepoint for info in buffer.glyph_infos}
    assert 0 not in glyphs
    assert font.get_nominal_glyph(0x25CC) not in glyphs - {None}


def test_the_symbols_that_banners_use_are_there():
    assert coverage.missing("✓✔✕★☆→←↑↓⇒₹€฿₽₩¥£–—“”„‚‘’•…®™©°±×÷♥❤☀✉✈►▶№½①~～％") == []


def test_all_of_the_legacy_character_sets_is_there():
    """GB 2312, JIS X 0208 and the common half of Big5, whole; KS X 1001 without its hanja."""
    for codec, leads in (("gb2312", range(0xB0, 0xF8)), ("euc_jp", range(0xB0, 0xF5))):
        pairs = (bytes((lead, trail)) for lead in leads for trail in range(0xA1, 0xFF))
        text = "".join(pair.decode(codec, "ignore") for pair in pairs)
        assert coverage.missing(text) == []


def test_the_bundle_stays_under_thirteen_megabytes_packed():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in fonts.files():
            archive.write(path, path.name)

    assert len(packed.getvalue()) < 13_000_000


def test_the_licence_names_who_holds_the_copyright():
    text = (fonts.FOLDER / "OFL.txt").read_text("utf-8")

    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "The Noto Project Authors" in text
    assert "Adobe" in text


def test_noto_sans_comes_first_and_symbols_last():
    names = [path.stem for path in fonts.files()]

    assert names[0] == "NotoSans"
    assert names[-1] == "NotoSansSymbols2-Regular"
    assert len(fonts.digest()) == 64


def test_the_readme_lists_every_font():
    text = (fonts.FOLDER / "README.md").read_text("utf-8")

    every = [*fonts.files(), *fonts.further()]
    assert [path.name for path in every if path.name not in text] == []


def test_the_version_is_that_of_the_files():
    """Planning does not read 18 MB of fonts, so the start of their digest is written down."""
    assert fonts.digest_of_all().startswith(fonts.VERSION)
    assert len(fonts.VERSION) == 12


def test_signs_of_operators_are_drawn_by_typeset_text():
    """Kabyle texts part genders with a dot operator; drafts were made before it was there."""
    families = bundle().in_order("Noto Sans")

    assert coverage.missing("k⋅m ∴ ⊕", bundle().faces(families, 400)) == []


def test_every_letter_of_the_samples_is_of_its_script():
    assert all(unicodedata.normalize("NFC", text) for text in SAMPLES.values())
    assert set(SAMPLES) == set(SETTINGS)
