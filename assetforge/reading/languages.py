"""Which trained models of Tesseract read a locale's texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SCRIPTS: Final = {
    "Arab": "Arabic",
    "Armn": "Armenian",
    "Beng": "Bengali",
    "Cans": "Canadian_Aboriginal",
    "Cher": "Cherokee",
    "Cyrl": "Cyrillic",
    "Deva": "Devanagari",
    "Ethi": "Ethiopic",
    "Geor": "Georgian",
    "Grek": "Greek",
    "Gujr": "Gujarati",
    "Guru": "Gurmukhi",
    "Hang": "Hangul",
    "Hans": "HanS",
    "Hant": "HanT",
    "Hebr": "Hebrew",
    "Jpan": "Japanese",
    "Khmr": "Khmer",
    "Knda": "Kannada",
    "Laoo": "Lao",
    "Latn": "Latin",
    "Mlym": "Malayalam",
    "Mymr": "Myanmar",
    "Orya": "Oriya",
    "Sinh": "Sinhala",
    "Syrc": "Syriac",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Thaa": "Thaana",
    "Thai": "Thai",
    "Tibt": "Tibetan",
}
"""ISO 15924 code → the model of the whole script."""

SAME_SCRIPT: Final = {"Kore": "Hang", "Hani": "Hant", "Hrkt": "Jpan", "Aran": "Arab"}

_LATIN = """
af:afr az:aze br:bre bs:bos ca:cat ceb:ceb co:cos cs:ces cy:cym da:dan de:deu en:eng eo:epo es:spa
et:est eu:eus fi:fin fil:fil fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg hr:hrv ht:hat hu:hun id:ind
is:isl it:ita jv:jav kmr:kmr ku:kmr la:lat lb:ltz lt:lit lv:lav mi:mri ms:msa mt:mlt nb:nor nl:nld
nn:nor no:nor oc:oci pl:pol pt:por qu:que ro:ron sk:slk sl:slv sq:sqi sr:srp_latn su:sun sv:swe
sw:swa tl:fil to:ton tr:tur uz:uzb vi:vie yo:yor
"""


def _pairs(text: str) -> dict[str, str]:
    return {pair.split(":")[0]: pair.split(":")[1] for pair in text.split()}


LANGUAGES: Final = {
    "Latn": _pairs(_LATIN),
    "Cyrl": _pairs(
        "az:aze_cyrl be:bel bg:bul kk:kaz ky:kir mk:mkd mn:mon ru:rus sr:srp tg:tgk tt:tat uk:ukr "
        "uz:uzb_cyrl"
    ),
    "Arab": _pairs("ar:ara fa:fas ps:pus sd:snd ug:uig ur:urd"),
    "Hebr": _pairs("he:heb iw:heb yi:yid"),
    "Deva": _pairs("hi:hin mr:mar ne:nep sa:san"),
    "Beng": _pairs("as:asm bn:ben"),
    "Ethi": _pairs("am:amh ti:tir"),
    "Armn": _pairs("hy:hye"),
    "Cans": _pairs("iu:iku"),
    "Cher": _pairs("chr:chr"),
    "Geor": _pairs("ka:kat"),
    "Grek": _pairs("el:ell"),
    "Gujr": _pairs("gu:guj"),
    "Guru": _pairs("pa:pan"),
    "Hang": _pairs("ko:kor"),
    "Hans": _pairs("zh:chi_sim"),
    "Hant": _pairs("zh:chi_tra"),
    "Jpan": _pairs("ja:jpn"),
    "Khmr": _pairs("km:khm"),
    "Knda": _pairs("kn:kan"),
    "Laoo": _pairs("lo:lao"),
    "Mlym": _pairs("ml:mal"),
    "Mymr": _pairs("my:mya"),
    "Orya": _pairs("or:ori"),
    "Sinh": _pairs("si:sin"),
    "Syrc": _pairs("syr:syr"),
    "Taml": _pairs("ta:tam"),
    "Telu": _pairs("te:tel"),
    "Thaa": _pairs("dv:div"),
    "Thai": _pairs("th:tha"),
    "Tibt": _pairs("bo:bod dz:dzo"),
}
"""ISO 15924 code → language → its model.

Source: github.com/tesseract-ocr/tessdata_fast, file names, read 2026-11-22.
"""

LATIN: Final = "eng"
"""The model that also reads digits and brand names in texts of every script."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models for one locale's texts.

    Attributes:
        own: the model of the language, else of its script.
        script: the model of the script, for a second opinion; None where it gives none.
    """

    own: str
    script: str | None

    def reading(self, texts: Iterable[str]) -> Models:
        """Return the models for some of these texts: a brand may be in Latin letters anywhere.

        Texts of Latin letters alone are read by their model; the locale's own guesses at them.
        """
        letters = [each for text in texts for each in text if each.isalpha()]
        latin = [each for each in letters if unicodedata.name(each, "").startswith("LATIN ")]
        if not latin or self.own == LATIN or self.own in LANGUAGES["Latn"].values():
            return self
        if len(latin) == len(letters):
            return Models(LATIN, None)
        return Models(f"{self.own}+{LATIN}", self.script)


def models_for(language: str | None, script: str | None) -> Models:
    """Return the models for a language tag and an ISO 15924 code; English for neither."""
    written = SAME_SCRIPT.get(script or "", script) or "Latn"
    own = LANGUAGES.get(written, {}).get((language or "en").replace("_", "-").split("-")[0].lower())
    whole = SCRIPTS.get(written)
    if own is None:
        return Models(whole or LATIN, None)
    # The model of all Latin script takes ten times the memory of any other, and adds nothing here.
    return Models(own, None if written == "Latn" else whole)
