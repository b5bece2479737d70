"""The plan: ids of actions, and where their files may go."""

import unicodedata

import pytest

from assetforge.errors import InvalidSource
from assetforge.planner import make_plan
from assetforge.project import open_project
from tests.space import Space

HEAD = "version: 1\nprofiles: {blank: {provider: blank}}\nassets:\n"


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def plan(space: Space, assets: str):
    space.write("assetforge.yaml", HEAD + assets)
    return make_plan(open_project(space.root / "assetforge.yaml"))


def errors(space: Space, assets: str) -> str:
    space.write("assetforge.yaml", HEAD + assets)
    result = space.run("check")
    assert result.code == 2, (result.code, result.out, result.err)
    return result.err


def one(output: str, matrix: str = "{}", name: str = "a") -> str:
    """Return an asset with one picture for each point of a matrix."""
    return (
        f"  {name}:\n    matrix: {matrix}\n    steps: [{{compose: '{name} scene', size: 16x16}}]\n"
        f'    output: "{output}"\n'
    )


# Ids


def test_ids_name_what_the_variants_of_an_action_share(space):
    found = plan(
        space,
        "  a:\n    matrix: {x: [p, q], y: [r, s]}\n    steps:\n      - compose: A scene.\n"
        "      - {edit: '{{ x }}', name: first}\n"
        "      - {edit: '{{ y }}'}\n    output: '{x}-{y}.png'\n",
    )

    assert list(found.actions) == [
        "a/compose",
        "a/p/first",
        "a/p/r/edit",
        "a/p/s/edit",
        "a/q/first",
        "a/q/r/edit",
        "a/q/s/edit",
    ]
    assert len(set(found.actions)) == len(found.actions)


def test_actions_that_share_nothing_are_told_apart(space):
    """Both are for two variants each, and no axis has one value in either."""
    found = plan(
        space,
        "  a:\n    matrix: {x: [p, q], y: [r, s]}\n"
        "    steps: [{compose: \"{{ (x == 'p') == (y == 'r') }}\"}]\n    output: '{x}-{y}.png'\n",
    )

    assert {str(id): each.variants for id, each in found.actions.items()} == {
        "a/p/r/compose": ("a/p/r", "a/q/s"),
        "a/p/s/compose": ("a/p/s", "a/q/r"),
    }


def test_several_files_of_one_step_are_told_apart_by_size_and_format(space):
    found = plan(
        space,
        "  a:\n    steps: [{compose: x}, {export: {sizes: [5x5, 6x6], formats: [png, webp]}}]\n"
        "    output: 'a-{size}.{ext}'\n",
    )

    assert [each for each in found.actions if "export" in each] == [
        "a/export/5x5.png",
        "a/export/5x5.webp",
        "a/export/6x6.png",
        "a/export/6x6.webp",
    ]


# Where files go


def test_a_path_is_filled_with_axes_size_and_suffix(space):
    found = plan(
        space,
        "  a:\n    matrix: {locale_: [de]}\n    steps: [{compose: {prompt: x, size: 16x16}},"
        " {export: {size: 30x20, formats: [jpg, avif]}}]\n"
        "    output: './out//{asset}-{locale_}-{size}.{ext}'\n",
    )

    assert [(each.path, each.format, each.size) for each in found.targets] == [
        ("out/a-de-30x20.jpg", "jpeg", (30, 20)),
        ("out/a-de-30x20.avif", "avif", (30, 20)),
    ]


@pytest.mark.parametrize(
    ("output", "matrix", "words"),
    [
        ("out/{v}.png", "{v: [CON, x]}", "has the part 'CON.png', which is a device on Windows"),
        ("out/{v}.png", "{v: [nul.x]}", "has the part 'nul.x.png', which is a device"),
        ("{v}/a.png", "{v: [lpt1]}", "has the part 'lpt1'"),
        ("{v}/a.png", "{v: [COM¹]}", "has the part 'COM¹'"),
        ("conin$.png", "{}", "has the part 'conin$.png'"),
        ("out/{v}/a.png", "{v: ['x.']}", "ends in a dot or space"),
        ("out /a.png", "{}", "ends in a dot or space"),
        ("out/{v}.png", "{v: ['a:b']}", "holds ':', which a file's name cannot have"),
        ("out/{v}.png", "{v: ['a|b']}", "holds '|'"),
        ("out/{v}.png", "{v: ['a\\\\b']}", "holds '\\\\'"),
        ("out/{v}/a.png", "{v: [..]}", "is outside the project"),
        ("out/{v}.png", "{v: [" + "x" * 201 + "]}", "more than 200 bytes"),
        ("out/{v}.png", "{v: [" + "é" * 101 + "]}", "more than 200 bytes"),
        (".assetforge/a.png", "{}", "is in '.assetforge', which is not for pictures"),
        (".git/a.png", "{}", "is in '.git'"),
    ],
)
def test_a_path_that_some_system_cannot_have_is_refused(space, output, matrix, words):
    found = errors(space, one(output, matrix))

    assert "error[output-name]" in found
    assert words in found
    assert "assetforge.yaml:7:13\n" in found


@pytest.mark.parametrize("output", ["/tmp/a.png", "../a.png", "out/../../a.png", "C:/a.png"])
def test_an_output_outside_the_project_is_refused(space, output):
    assert "must stay inside the project" in errors(space, one(output))


def test_names_that_only_look_reserved_are_fine(space):
    values = "[console, com10, nulls, .hidden, a.b, 'lpt', ñ, 画像]"

    assert len(plan(space, one("out/{v}.png", f"{{v: {values}}}")).targets) == 8


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Wide", "wide"),
        ("straße", "STRASSE"),
        (unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é")),
        ("É", unicodedata.normalize("NFD", "é")),
    ],
)
def test_two_paths_that_are_one_on_some_system_collide(space, first, second):
    found = errors(space, one("out/{v}.png", f"{{v: ['{first}', '{second}']}}"))

    assert "error[output-collision]" in found
    assert "are one file on macOS and Windows" in found
    assert f"'out/{first}.png' and" in found


@pytest.mark.parametrize(
    ("assets", "help"),
    [
        (one("out/a.png", "{v: [x, y], w: [p]}"), "put {v} into the output"),
        (one("out/{v}.png", "{v: [x, y], w: [p, q]}"), "put {w} into the output"),
        (one("out/x.png") + one("out/x.png", name="b"), "put {asset} into the output"),
        (
            "  a: {steps: [{compose: x}, {export: {sizes: [1x1, 2x2]}}], output: a.png}\n",
            "put {size} into the output",
        ),
        (
            "  a: {steps: [{compose: x}, {export: {formats: [png, webp]}}], output: a.png}\n",
            "put {ext} into the output",
        ),
    ],
)
def test_two_pictures_for_one_file_name_what_the_output_lacks(space, assets, help):
    found = errors(space, assets)

    assert "error[output-collision]: two pictures would be written to" in found
    assert help in found


def test_a_file_cannot_be_the_folder_of_another(space):
    first, second = one("out/x.png"), one("out/x.png/b.png", name="b")

    assert "one would be a file and a folder" in errors(space, first + second)
    assert "one would be a file and a folder" in errors(space, second + first)


def test_an_output_that_is_an_input_is_refused(space):
    space.write("logo.png", "logo")
    space.write("locales/en.json", "{}")
    asset = "  a: {references: [logo.png], steps: [{compose: x}], output: LOGO.png}\n"

    assert "the output 'LOGO.png' is also an input" in errors(space, asset)


def test_a_folder_that_leads_out_of_the_project_is_refused(tmp_path):
    space = Space(tmp_path / "project")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    space.root.mkdir()
    (space.root / "out").symlink_to(elsewhere)
    (space.root / "inside").mkdir()
    (space.root / "fine").symlink_to(space.root / "inside")

    found = errors(space, one("out/deep/{v}.png", "{v: [x, y]}") + one("fine/a.png", name="b"))

    assert "the output 'out/deep/x.png' leads out of the project through a link" in found
    assert "fine" not in found


def test_a_link_that_goes_in_circles_is_no_way_out(space):
    (space.root / "out").symlink_to(space.root / "out")

    assert len(plan(space, one("out/a.png")).targets) == 1


def test_all_that_is_wrong_with_outputs_is_told_at_once(space):
    found = errors(space, one("out/CON.png") + one("out/NUL.png", name="b"))

    assert found.count("error[output-name]") == 2
    assert found.endswith("2 errors\n")


def test_a_target_knows_its_language_and_alt_text(space):
    space.write("locales/ar.json", '{"alt": "تلال"}')
    space.write(
        "assetforge.yaml",
        "version: 1\nlocales: {source: ar, catalogs: 'locales/{locale}.json'}\n"
        "profiles: {blank: {provider: blank}}\nassets:\n"
        "  a: {matrix: {locale: all}, steps: [{compose: x}], output: 'a-{locale}.png', alt: alt}\n",
    )

    (target,) = make_plan(open_project(space.root / "assetforge.yaml")).targets

    assert (target.lang, target.direction, target.alt) == ("ar", "rtl", "تلال")


def test_a_picture_that_goes_missing_after_loading_is_located(space):
    space.write("logo.png", "logo")
    space.write(
        "assetforge.yaml",
        HEAD + "  a: {references: [logo.png], steps: [{compose: x}], output: a.png}\n"
        "  b: {references: [logo.png], steps: [{compose: y}], output: b.png}\n",
    )
    project = open_project(space.root / "assetforge.yaml")
    (space.root / "logo.png").unlink()

    with pytest.raises(InvalidSource) as caught:
        make_plan(project)

    assert [str(each.place) for each in caught.value.diagnostics] == [
        "assetforge.yaml:4:20",
        "assetforge.yaml:5:20",
    ]


def test_two_exports_that_are_the_same_are_one_action_and_collide(space):
    found = errors(
        space,
        "  a:\n    steps: [{compose: x}, {export: {size: 5x5}}, {export: {size: 5x5}}]\n"
        "    output: a.png\n",
    )

    assert "two pictures would be written to 'a.png'" in found
