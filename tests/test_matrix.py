"""Variants: which points a matrix has, and which of them a selector chooses."""

import pytest

from assetforge.errors import NothingSelected
from assetforge.loader import Axis, Matrix
from assetforge.matrix import Variant, expand, point_on, select, shared_axes, size_of_matrix
from tests.space import QUICK, Space

FORMAT = Axis("format", {"wide": {"size": "12x6"}, "tall": {}})
LOCALE = Axis("locale", "all")


def names(matrix: Matrix, *locales: str) -> list[str]:
    return [each.name.removeprefix("a/") for each in expand("a", matrix, locales)]


def test_variants_are_the_product_of_the_axes_in_the_order_of_the_file():
    matrix = Matrix((FORMAT, LOCALE))

    assert names(matrix, "en", "de") == ["wide/en", "wide/de", "tall/en", "tall/de"]
    assert size_of_matrix(matrix.axes, ("en", "de")) == 4


def test_an_asset_without_axes_has_one_variant():
    (variant,) = expand("a", Matrix(), ("en",))

    assert (variant.name, variant.locale, variant.values) == ("a", None, {})


def test_a_variant_has_the_attributes_of_its_values():
    first = expand("a", Matrix((FORMAT, LOCALE)), ("en",))[0]

    assert first.attributes == {"format": {"size": "12x6"}, "locale": {}}
    assert first.locale == "en"


def test_points_can_be_taken_out_and_added():
    matrix = Matrix(
        (FORMAT, LOCALE),
        include=(
            {"format": "square", "locale": "fr"},
            {"format": "wide", "locale": "en"},
            {"format": "square", "locale": "fr"},
            {"format": "tall", "locale": "de"},
        ),
        exclude=({"format": "tall", "locale": "de"}, {"locale": "ja"}),
    )

    assert names(matrix, "en", "de", "ja") == [
        "wide/en",
        "wide/de",
        "tall/en",
        "square/fr",
        "tall/de",
    ]


def test_an_included_value_that_is_new_has_no_attributes():
    matrix = Matrix((FORMAT,), include=({"format": "square"},))

    assert expand("a", matrix, ())[-1].attributes == {"format": {}}


def test_the_axes_of_two_variants_are_compared_by_name():
    one = Variant("a", {"format": "wide", "locale": "de"}, {})
    two = Variant("b", {"locale": "fr", "mood": "glad"}, {})

    assert shared_axes(one, two) == ("locale",)
    assert point_on(("locale", "format"), one) == ("de", "wide")


VARIANTS = [
    Variant(asset, {"format": format, "locale": locale}, {})
    for asset in ("banner", "badge")
    for format in ("wide", "tall")
    for locale in ("de", "pt-BR", "ja")
] + [Variant("logo", {}, {})]
TAGS = {"banner": ["web", "2026"], "badge": [], "logo": ["web"]}


def chosen(*selectors: str, locales: tuple[str, ...] = ()) -> list[str]:
    return [each.name for each in select(VARIANTS, selectors, locales, TAGS)]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("logo", ["logo"]),
        ("banner/wide/de", ["banner/wide/de"]),
        ("banner/de", ["banner/wide/de", "banner/tall/de"]),
        ("banner/wide", ["banner/wide/de", "banner/wide/pt-BR", "banner/wide/ja"]),
        ("*/ja", ["banner/wide/ja", "banner/tall/ja", "badge/wide/ja", "badge/tall/ja"]),
        ("b*/w*/pt-*", ["banner/wide/pt-BR", "badge/wide/pt-BR"]),
        ("/logo/", ["logo"]),
        ("badge/?all/de", ["badge/tall/de"]),
    ],
)
def test_a_selector_chooses_by_asset_and_values_any_of_them_left_out(selector, expected):
    assert chosen(selector) == expected


def test_a_tag_chooses_its_assets():
    assert {each.partition("/")[0] for each in chosen("tag:web")} == {"banner", "logo"}
    assert len(chosen("tag:2026")) == 6


def test_several_selectors_choose_what_any_of_them_does_in_the_order_of_the_file():
    assert chosen("logo", "badge/wide/de", "badge/de") == ["badge/wide/de", "badge/tall/de", "logo"]


def test_a_locale_chooses_among_what_is_selected():
    assert chosen(locales=("ja",)) == chosen("*/ja")
    assert chosen("banner/wide", locales=("ja", "de")) == ["banner/wide/de", "banner/wide/ja"]


def test_without_a_selector_all_are_chosen():
    assert len(chosen()) == len(VARIANTS)


@pytest.mark.parametrize(
    ("selectors", "locales", "words"),
    [
        (("baner",), (), "'baner' matches no variant; did you mean 'banner'?"),
        (("banner/wide/dee",), (), "did you mean 'banner/wide/de'?"),
        (("banner/de/wide",), (), "matches no variant; did you mean"),
        (("tag:wbe",), (), "did you mean 'tag:web'?"),
        (("qqq",), (), "assets are: badge, banner, logo"),
        (("",), (), "'' matches no variant"),
        ((), ("pt",), "no variant has the locale 'pt'; there are: de, ja, pt-BR"),
        ((), ("pt-BB",), "did you mean 'pt-BR'?"),
        (("logo",), ("ja",), "no variant matches both the selector and the locale"),
        (("banner", "qqq"), (), "'qqq' matches no variant"),
    ],
)
def test_what_matches_nothing_is_an_error_with_advice(selectors, locales, words):
    with pytest.raises(NothingSelected) as caught:
        chosen(*selectors, locales=locales)

    assert words in str(caught.value)


def test_without_any_locale_there_is_none_to_name():
    with pytest.raises(NothingSelected, match="there are: none"):
        select([Variant("logo", {}, {})], (), ("de",))


@pytest.mark.parametrize(
    ("arguments", "pictures"),
    [
        ((), 4),
        (("banner",), 4),
        (("banner/wide/de",), 1),
        (("banner/de",), 2),
        (("*/en",), 2),
        (("tag:web",), 4),
        (("--locale", "de"), 2),
        (("banner/wide", "--locale", "de"), 1),
    ],
)
def test_the_command_line_takes_selectors(tmp_path, arguments, pictures):
    space = Space(tmp_path).quick(pipeline=QUICK + "    tags: [web]\n")

    assert f", {pictures} picture" in space.run("check", *arguments).out


@pytest.mark.parametrize("arguments", [("bannr",), ("--locale", "dee"), ("tag:x",)])
@pytest.mark.parametrize("command", ["check", "plan", "build", "render", "graph", "explain"])
def test_a_selection_of_nothing_ends_with_5_and_advice(tmp_path, command, arguments):
    result = Space(tmp_path).quick().run(command, *arguments)

    assert result.code == 5
    assert result.err.startswith("assetforge: ")
    assert "did you mean" in result.err or "are: " in result.err


def test_an_axis_value_alone_gets_the_selector_that_was_meant(tmp_path):
    result = Space(tmp_path).quick("en", "de").run("plan", "de")

    assert result.code == 5
    assert "did you mean '*/de'?" in result.err


def test_a_value_that_is_not_there_gets_a_list_of_those_that_are(tmp_path):
    result = Space(tmp_path).quick("en", "de").run("plan", "*/fr")

    assert result.code == 5
    assert "values are: de, en, tall, wide" in result.err


def test_a_locale_may_be_written_in_another_form(tmp_path):
    space = Space(tmp_path).quick("pt-BR", "en")

    plan = space.plan("--locale", "pt_br")

    assert [each for each in plan["wait"] if each.endswith("/edit")] == [
        "banner/wide/pt-BR/edit",
        "banner/tall/pt-BR/edit",
    ]
