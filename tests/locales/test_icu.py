"""ICU, the library of CLDR's own authors, answers the same where it stays in language and script.

The codes are the names of all locales of four open translation projects: djangoproject.com,
Flathub's website, Mozilla's website and Thunderbird for Android.
"""

from decimal import Decimal
from itertools import combinations

import pytest
from icu4py.messageformat import MessageFormat

from assetforge.locales import candidates, parse_locale, plural_categories, plural_category
from assetforge.locales.locale import RIGHT_TO_LEFT
from assetforge.locales.matching import chain
from assetforge.locales.plurals import CATEGORIES
from assetforge.locales.tags import UNKNOWN_SCRIPT, canonical, from_cldr, maximised, scripts
from tests.locales import icu
from tests.locales.test_matching import VECTORS

CODES = """
ach af am an ar ast az azz be bg bn br brh bs ca cak ckb co crh cs cs-CZ cy da da-DK de de-DE
dsb el el-GR en en-CA en-GB en-US eo es es-AR es-CL es-ES es-MX es_MX et eu eu-ES fa fa-IR ff fi
fi-FI fr fr-FR fy fy-NL ga ga-IE gd gl gl-ES gn gu-IN he hi hi-IN hr hsb hu hu-HU hy-AM ia id is
is-IS it it-IT iu iw-IL ja ja-JP ka kab kk km kn ko ko-KR ky lij lo lt ltg lv mk ml mnw mr ms my
nb nb-NO ne-NP nl nl-NL nn nn-NO no-NO oc pa-IN pl pl-PL pt pt-BR pt-PT pt_BR rm ro ru ru-RU scn
sco si sk skr sl son sq sr sv sv-SE ta ta-IN te tg th tl tr tr-TR trs uk ur uz vi wo xh zam
zh-CN zh-Hans zh-Hant zh-TW zh_Hans
"""
ALL = CODES.split()

NEW_IN_ICU = {"en-EE", "en-GE", "en-LT", "en-LV", "en-UA"}
"""Children of `en-150` since CLDR 48; Babel has CLDR 47."""

WHOLE = (*range(231), 999, 1000, 1001, 2000, 10_000, 100_000, 1_000_000, 1_000_011)
HUNDREDTHS = (Decimal("0.11"), Decimal("0.05"), Decimal("1.01"), Decimal("1.21"), Decimal("1.011"))
DECIMALS = (*(Decimal(tenths) / 10 for tenths in (1, 5, 11, 15, 25, 111, 203)), *HUNDREDTHS)
"""No final zeros, which icu4py does not hand on, and no fraction below 0.1 of three digits: Babel
loses its zeros, which matters in Latvian and Old Prussian only."""

pytestmark = pytest.mark.skipif(not icu.FOUND, reason="tables are the same on every platform")


@pytest.mark.parametrize("code", ALL)
def test_the_likely_script_region_and_direction_are_those_of_icu(code):
    locale = parse_locale(code)
    of_icu = from_cldr(icu.maximised(code))

    # 'nb' and 'no' are one locale for readers, two languages for ICU.
    language = "no" if of_icu.language == "nb" else of_icu.language
    assert maximised(canonical(code)) == of_icu._replace(language=language)
    assert locale.script == (of_icu.script or UNKNOWN_SCRIPT)
    assert (locale.direction == "rtl") == icu.right_to_left(code)


@pytest.mark.parametrize("code", ["iw", "in", "ji", "jw", "mo", "tl", "cmn", "zh-yue"])
def test_a_retired_language_code_is_what_icu_takes_it_for(code):
    assert maximised(canonical(code)) == from_cldr(icu.maximised(code))


def test_the_scripts_that_run_right_to_left_are_those_of_icu():
    assert {each for each in scripts() if icu.right_to_left(f"und-{each}")} == RIGHT_TO_LEFT


def test_parents_are_those_of_icu():
    of_icu = {canonical(child): parent for child, parent in icu.parents().items()}
    ours = {child: chain(child)[1:2] for child in of_icu}
    differ = {
        str(child)
        for child, parent in of_icu.items()
        if ours[child] != (() if parent == "root" else (canonical(parent),))
    }

    assert len(of_icu) > 140
    # No parent is of another language or script; and 'nb' and 'no' are one locale.
    assert differ <= NEW_IN_ICU | {"ht", "hi-Latn", "no"}


def agrees(want, available):
    """Tell whether ICU's answer is our best candidate, or one that is on purpose none of ours.

    `de` and `de-DE` are one to ICU, so that either is right. ICU goes further in two ways: to a
    sibling region, and, where nothing else is there, to another language or script.
    """
    ours = candidates(want, available)
    theirs = icu.best_match(want, available)
    if not theirs:
        return not ours
    answer = canonical(theirs)
    if ours and maximised(answer) == maximised(canonical(ours[0])):
        return True
    return is_sibling(want, answer) or (not ours and is_foreign(want, answer))


def is_sibling(want, other):
    """Tell whether a tag names a region that is neither that of `want` nor of its parents."""
    own = chain(canonical(want))
    named = other.region and not is_foreign(want, other) and other not in own
    return named and maximised(other) not in map(maximised, own)


def is_foreign(want, other):
    return maximised(canonical(want))[:2] != maximised(other)[:2]


@pytest.mark.parametrize("want", ALL)
def test_of_two_regions_we_take_the_one_that_icu_takes(want):
    language = canonical(want).language
    others = [code for code in ALL if code != want and canonical(code).language == language]
    pairs = [pair for two in combinations(others, 2) for pair in (two, two[::-1])]

    assert [pair for pair in pairs if not agrees(want, pair)] == []


@pytest.mark.parametrize("want", ALL)
def test_of_all_locales_we_take_the_one_that_icu_takes(want):
    others = [code for code in ALL if canonical(code) != canonical(want)]

    assert agrees(want, others)


def asked_of_icu(want, available):
    """ICU reads no POSIX spelling, and in matching does not weigh the groups of English."""
    return "@" not in want + available and not {want, "en-001"} & set(available.split())


@pytest.mark.parametrize(
    ("want", "available"), [row[:2] for row in VECTORS if asked_of_icu(row[0], row[1])]
)
def test_icu_answers_the_vectors_as_we_do(want, available):
    assert agrees(want, available.split())


@pytest.mark.parametrize("code", [code for code in ALL if code != "scn"])
def test_whole_and_decimal_numbers_have_the_plural_categories_of_icu(code):
    """Sicilian has other ordinals since CLDR 48."""
    cardinal, ordinal = _plurals(code, "plural"), _plurals(code, "selectordinal")

    wrong = [n for n in (*WHOLE, *DECIMALS) if cardinal(n) != plural_category(code, n)]
    wrong_ordinals = [n for n in WHOLE if ordinal(n) != plural_category(code, n, ordinal=True)]

    assert (wrong, wrong_ordinals) == ([], [])


@pytest.mark.parametrize("code", ["ar", "br", "cy", "ga", "kw", "lt", "lv", "mt", "pl", "sl"])
def test_no_category_of_icu_lacks_a_sample(code):
    cardinal = _plurals(code, "plural")

    found = {cardinal(n) for n in (*range(3000), *DECIMALS)}

    assert found == set(plural_categories(code))


def _plurals(code, kind):
    """Return ICU's choice of a category as a function of a number."""
    forms = " ".join(f"{category}{{{category}}}" for category in CATEGORIES)
    message = MessageFormat(f"{{n, {kind}, {forms}}}", code.replace("-", "_"))
    return lambda number: message.format({"n": number})
