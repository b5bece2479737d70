import pytest

from tests.cli.golden import assert_golden
from tests.cli.schemas import assert_valid
from tests.space import Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def test_the_requests_that_go_to_a_provider_are_printed_as_they_are_sent(space):
    result = space.run("render")

    assert (result.code, result.err) == (0, "")
    assert_golden("render.txt", result.out)


def test_nothing_is_written(space):
    space.run("render")

    assert not (space.root / ".assetforge").exists()


def test_a_step_that_no_provider_does_is_printed_when_it_is_named(space):
    out = space.run("render", "--step", "export", "banner/wide/de").out

    assert out.startswith("banner/wide/de/export  (export, for banner/wide/de)\n")
    assert "  size: 1200x628\n" in out
    assert "prompt" not in out


@pytest.mark.parametrize(
    ("step", "advice"),
    [("edti", "did you mean 'edit'?"), ("xyz", "there are: compose, edit, export")],
)
def test_a_step_that_nothing_has_matches_nothing(space, step, advice):
    result = space.run("render", "--step", step)

    assert result.code == 5
    assert result.err == f"assetforge: no selected variant has a step '{step}'; {advice}\n"


def test_the_document_has_every_request(space):
    document = space.run("render", "--format", "json").json

    assert_valid("render", document)
    compose, *_ = document["requests"]
    assert (compose["kind"], compose["request"]["prompt"]) == ("compose", "A calm scene.")
    assert compose["request"]["size"] == [1200, 640]


def test_a_picture_from_a_file_is_an_input_with_its_digest(space):
    space.build("banner/wide/en")
    (space.root / "logo.png").write_bytes((space.root / "out/en/banner-wide.png").read_bytes())
    space.replace("assetforge.yaml", "    output:", "    references: [logo.png]\n    output:")

    out = space.run("render", "banner/wide/de").out

    assert "  input: logo.png " in out
