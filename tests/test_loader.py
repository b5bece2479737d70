import json
import random
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge import registry
from assetforge.axis import Axis
from assetforge.diagnostics import as_json, render
from assetforge.document import Spot, parse_document
from assetforge.errors import Diagnostic, InvalidSource, Place, UsageProblem
from assetforge.loader import LoadedPipeline, Step, load_pipeline, revalidate
from assetforge.pipeline import Size

MODELS = """\
version: 1
budget: {day: 5, month: 99.50}
models:
  flux:
    match: [black-forest-labs/FLUX.2-klein-4B, "flux-*"]
    free: true
    sizes: {multiple: 16, max_edge: 2048, max_ratio: 3, min_pixels: 65536, max_pixels: 4194304}
    edits: false
    formats: [png]
  gpt-image-3:
    inherits: gpt-image-2.6
    price: {date: 2027-01, text_in: 4, image_out: 33.5}
    transparent: preview
    snapshots: {gpt-image-3: gpt-image-3-2027-01-15}
    shutdown: 2028-12-31
    replacement: gpt-image-4
  cheap: {per_image: 0.02, sizes: [1024x1024], qualities: [], max_images: 3, mask: false}
profiles:
  home: {provider: vllm, model: flux-2, base_url: 'http://localhost:8000/v1', extra: {seed: 7}}
  work:
    provider: azure
    model: gpt-image-2
    deployment: images
    base_url: https://me.openai.azure.com/openai/v1
    key_env: MY_KEY
    images_per_minute: 9
    partial_images: 2
    output_format: jpeg
    output_compression: 90
assets:
  a:
    steps:
      - {compose: x, background: transparent, extra: {guidance: "4.5", flags: [1, true]}}
    output: out/a.png
"""

BROKEN = sorted(Path(__file__).with_name("broken").iterdir())

BANNER = """\
# yaml-language-server: $schema=../../schemas/pipeline.schema.json
version: 1

locales:
  source: en
  targets: [en, de, no, ar]
  catalogs: locales/{locale}.po

profiles:
  draft: {provider: draft}
  final: {provider: blank, model: gpt-image-2-2026-04-21, quality: high, max_cost: 25.00}

vars: {brand: Nordlys, price: 1.50}

styles:
  warm:
    prompt: "Warm light, {{ vars.brand }}."
    palette: ['#aabbcc', "#112233"]

defaults:
  edit: {quality: high}

assets:
  banner:
    matrix:
      format:
        wide:  {size: 1200x628}
        story: {size: 1080x1920}
      locale: all
      exclude:
        - {format: story, locale: no}
      include:
        - {format: tall, locale: fi}
    styles: [warm]
    steps:
      - compose: prompts/scene.j2
      - edit: |
          Write the words.
          {{ copy.headline }}
        copy: {headline: banner.headline, action: {text: "Kjøp nå"}}
        region: [0, 60%, 100%, 40%]
      - edit:
          prompt: Brighter.
        name: bright
      - edit: Darker.
        quality: low
      - export: {size: "{{ format.size }}", formats: [png, webp]}
    output: out/{locale}/banner-{format}.{ext}
    alt: banner.alt
    tags: [web, 2026]
    overrides:
      ar: {steps: {edit: {region: [0, 0, 100%, 40%]}}}
      story/de: {vars: {brand: Nordlicht}, styles: []}
  mascot:
    steps:
      - compose: A fox.
        size: 64x64
    output: out/mascot.png
  poster:
    references: [asset:mascot]
    steps: [{compose: A poster}]
    output: out/poster.png
"""

SMALL = """\
version: 1
assets:
  a: {steps: [{compose: x}], output: a.png}
"""

MULTILINE = """\
version: 1
assets:
  a:
    matrix:
      format:
        - wide
        - story
    steps:
    - compose: >-
        a folded
        prompt
      size: 10x10
    - export:
    output: "out/{format}.png"
    alt:
      text: 'it''s'
    vars: &shared
      x: [1, 2.5, true, ~]
    overrides:
      wide:
        vars: *shared
"""

quick = settings(deadline=None, database=None, max_examples=300)


def load(folder: Path, text: str, profile: str | None = None) -> LoadedPipeline:
    file = folder / "assetforge.yaml"
    file.write_bytes(text.encode())
    return load_pipeline(file, folder, profile)


def problems_of(folder: Path, text: str) -> Sequence[Diagnostic]:
    with pytest.raises(InvalidSource) as caught:
        load(folder, text)
    return caught.value.diagnostics


def test_a_pipeline_file_is_loaded_whole(tmp_path):
    loaded = load(tmp_path, BANNER)

    assert list(loaded.pipeline.assets) == ["banner", "mascot", "poster"]
    assert loaded.pipeline.locales is not None
    assert loaded.pipeline.locales.targets == ["en", "de", "no", "ar"]
    assert loaded.pipeline.profiles["final"].max_cost == Decimal("25.00")
    assert loaded.pipeline.vars["price"] == Decimal("1.50")
    assert loaded.pipeline.assets["banner"].tags == ["web", "2026"]
    assert loaded.warnings == ()


def test_a_matrix_is_axes_and_rules(tmp_path):
    loaded = load(tmp_path, BANNER)
    matrix = loaded.matrices["banner"]

    assert matrix.axes == (
        Axis("format", {"wide": {"size": "1200x628"}, "story": {"size": "1080x1920"}}),
        Axis("locale", "all"),
    )
    assert matrix.exclude == ({"format": "story", "locale": "no"},)
    assert matrix.include == ({"format": "tall", "locale": "fi"},)
    assert loaded.matrices["mascot"].axes == ()


def test_axis_values_may_be_a_list_of_names_and_numbers(tmp_path):
    matrix = load(tmp_path, SMALL.replace("{steps", "{matrix: {year: [2026, x]}, steps")).matrices

    assert matrix["a"].axes == (Axis("year", {"2026": {}, "x": {}}),)


def test_steps_are_called_by_their_name_or_by_their_kind_and_number(tmp_path):
    steps = load(tmp_path, BANNER).steps["banner"]

    assert [(step.name, step.kind) for step in steps] == [
        ("compose", "compose"),
        ("edit", "edit"),
        ("bright", "edit"),
        ("edit-2", "edit"),
        ("export", "export"),
    ]


def test_parameters_come_from_defaults_the_kinds_block_and_the_keys_beside_it(tmp_path):
    _, edit, bright, darker, _ = load(tmp_path, BANNER).steps["banner"]

    assert bright.raw == {"quality": "high", "prompt": "Brighter.", "name": "bright"}
    assert darker.raw == {"quality": "low", "prompt": "Darker."}
    assert edit.params.model_dump()["prompt"] == "Write the words.\n{{ copy.headline }}\n"
    assert edit.written.locate(("quality",)) == ("defaults", "edit", "quality")
    assert edit.written.locate(("region", 1)) == (*edit.path, "region", 1)


def test_a_template_stands_for_any_value_until_it_is_rendered(tmp_path):
    export = load(tmp_path, BANNER).steps["banner"][-1]
    rendered = revalidate(export, {**export.raw, "size": "1200x628"})

    assert export.params.model_dump()["size"] == "{{ format.size }}"
    assert rendered.model_dump()["size"] == Size(1200, 628)


def test_equal_parameters_are_checked_once(tmp_path):
    export = load(tmp_path, BANNER).steps["banner"][-1]

    assert revalidate(export, {"size": "5x5", "formats": ["png"]}) is revalidate(
        export, {"formats": ["png"], "size": "5x5"}
    )


@pytest.mark.parametrize(
    "rendered",
    ["wide", "", "{{ still.a.template }}", "0x5"],
    ids=["word", "empty", "markup", "zero"],
)
def test_a_rendered_value_that_does_not_fit_is_located(tmp_path, rendered):
    export = load(tmp_path, BANNER).steps["banner"][-1]
    with pytest.raises(InvalidSource) as caught:
        revalidate(export, {**export.raw, "size": rendered})

    [problem] = caught.value.diagnostics
    assert problem.code == "wrong-value"
    assert problem.place is not None
    assert BANNER.split("\n")[problem.place.line - 1][problem.place.column - 1 :].startswith(
        '"{{ format.size }}"'
    )


def test_an_overridden_value_that_does_not_fit_is_located_in_the_override(tmp_path):
    edit = load(tmp_path, BANNER).steps["banner"][1]
    where = ("assets", "banner", "overrides", "ar", "steps", "edit", "region")
    with pytest.raises(InvalidSource) as caught:
        revalidate(edit, {**edit.raw, "region": [0, 0, "x", 4]}, {"region": where})

    [problem] = caught.value.diagnostics
    assert edit.document is not None
    assert problem.place == edit.document.place((*where, 2))


def test_the_place_of_the_file_is_relative_to_the_root(tmp_path):
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "p.yaml"
    file.write_text("version: 2\n")

    with pytest.raises(InvalidSource) as caught:
        load_pipeline(file, tmp_path)

    places = [each.place for each in caught.value.diagnostics]
    assert {place.file for place in places if place} == {"sub/p.yaml"}


def test_a_missing_file_is_a_problem_without_a_line(tmp_path):
    with pytest.raises(InvalidSource) as caught:
        load_pipeline(tmp_path / "assetforge.yaml", tmp_path)

    [problem] = caught.value.diagnostics
    assert (problem.code, problem.place) == ("no-such-file", Place("assetforge.yaml"))


def test_an_unknown_profile_is_a_usage_problem(tmp_path):
    with pytest.raises(UsageProblem, match="there is no profile 'fnal'; did you mean 'final'"):
        load(tmp_path, BANNER, "fnal")


def test_a_missing_provider_is_an_error_for_the_profile_in_use_only(tmp_path):
    """A pipeline may name the provider of a plugin that only some machines have."""
    text = BANNER.replace("provider: blank", "provider: acme")

    [warning] = load(tmp_path, text).warnings
    with pytest.raises(InvalidSource) as caught:
        load(tmp_path, text, "final")

    assert (warning.code, warning.severity) == ("unknown-provider", "warning")
    assert [each.severity for each in caught.value.diagnostics] == ["error"]


def test_norwegian_is_a_locale(tmp_path):
    loaded = load(tmp_path, BANNER.replace("locale: all", "locale: [no, ar, de]"))

    assert loaded.matrices["banner"].axes[1] == Axis("locale", {"no": {}, "ar": {}, "de": {}})


def test_references_to_files_are_looked_up_below_the_root(tmp_path):
    text = SMALL.replace("{steps", "{references: ['pictures/{{ x }}.png', hero.png], steps")
    [problem] = problems_of(tmp_path, text)
    (tmp_path / "hero.png").write_bytes(b"")

    assert problem.code == "missing-file"
    assert load(tmp_path, text).pipeline.assets["a"].references[1] == "hero.png"


def test_the_same_mistake_behind_an_alias_is_told_once(tmp_path):
    text = SMALL + "  b: &b {steps: [{compose: x}], output: b.png, otput: 1}\n  c: *b\n  d: *b\n"

    assert [each.code for each in problems_of(tmp_path, text)] == ["unknown-key"]


def test_a_cycle_is_told_from_the_first_asset_of_the_file(tmp_path):
    text = "version: 1\nassets:\n" + "".join(
        f"  {one}: {{steps: [{{compose: x, references: ['asset:{two}']}}], output: {one}.png}}\n"
        for one, two in [("c", "a"), ("a", "b"), ("b", "c")]
    )
    [problem] = problems_of(tmp_path, text)

    assert problem.message.endswith("c -> a -> b -> c")
    assert [place.line for place, _ in problem.related] == [4, 5]


def test_an_override_may_name_the_values_of_its_axes_in_any_order(tmp_path):
    text = BANNER.replace("story/de:", "de/tall:")

    assert "de/tall" in load(tmp_path, text).pipeline.assets["banner"].overrides


def test_a_value_of_two_axes_counts_for_either(tmp_path):
    text = SMALL.replace(
        "{steps", "{matrix: {x: [a, b], y: [a, c]}, overrides: {a/b: {}, a/a: {}, c/a: {}}, steps"
    )

    assert load(tmp_path, text).pipeline.assets["a"].overrides
    [problem] = problems_of(tmp_path, text.replace("a/a:", "a/a/a:"))
    assert problem.message == "the override 'a/a/a' names two values of the axis 'x'"


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    """Return a function that installs a distribution with one step kind for the test."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))

    def install(name: str, value: str) -> None:
        info = site / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[assetforge.steps]\n{name} = {value}\n")
        registry._points.cache_clear()

    yield install
    registry._points.cache_clear()
    registry.load.cache_clear()


def test_a_plugin_that_cannot_be_loaded_is_told_where_it_is_named(tmp_path, plugins):
    plugins("smudge", "no_such_module:Smudge")
    text = SMALL.replace("{compose: x}", "{smudge: x}") + "defaults: {smudge: {a: 1}}\n"

    problems = problems_of(tmp_path, text)

    assert [(each.code, each.place and each.place.line) for each in problems] == [
        ("broken-plugin", 3),
        ("broken-plugin", 4),
    ]
    assert "no_such_module" in problems[0].message


def test_a_parameter_may_be_called_like_another_kind(tmp_path, plugins):
    plugins("quality", "assetforge.steps.export:Export")
    loaded = load(tmp_path, SMALL.replace("{compose: x}", "{compose: x, quality: low}"))

    assert loaded.steps["a"][0].kind == "compose"


def test_a_step_that_nobody_wrote_has_the_place_of_its_asset(tmp_path):
    document = load(tmp_path, SMALL).document
    step = Step.implied("export", {"formats": ["png"]}, ("assets", "a"), document)

    assert (step.name, step.kind) == ("export", "export")
    with pytest.raises(InvalidSource) as caught:
        revalidate(step, {"formats": ["tiff"]})
    [problem] = caught.value.diagnostics
    assert problem.place is not None
    assert problem.place.line == 3
    with pytest.raises(InvalidSource, match="tiff"):
        Step.implied("export", {"formats": ["tiff"]}, ("assets", "a"))


def test_a_thousand_mistakes_are_all_told(tmp_path):
    steps = "".join(f"      - {{compose: x, references: ['asset:no{n}']}}\n" for n in range(1000))
    problems = problems_of(
        tmp_path, f"version: 1\nassets:\n  a:\n    output: a.png\n    steps:\n{steps}"
    )

    assert len(problems) == 1000
    assert problems[0].help is not None
    assert problems[-1].help is None


def expectation(file: Path) -> list[str]:
    """Return what the first line of a broken file says: `# expect: CODE@LINE ...`."""
    encoding = "utf-16" if file.stem == "utf16" else "latin-1"
    first = file.read_bytes().decode(encoding).splitlines()[0]
    return first.removeprefix("# expect: ").split()


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_file_is_told_by_code_and_line(file):
    with pytest.raises(InvalidSource) as caught:
        load_pipeline(file, file.parent)

    assert expectation(file) == [
        f"{each.code}@{each.place.line}" if each.place and each.place.line else each.code
        for each in caught.value.diagnostics
    ]


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_no_message_speaks_of_pydantic_or_python(file):
    with pytest.raises(InvalidSource) as caught:
        load_pipeline(file, file.parent)

    for each in caught.value.diagnostics:
        words = f"{each.message} {each.label} {each.help}"
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", each.code)
        assert not re.search(r"pydantic|Input should|dict|Decimal|str\b|NoneType|<.*>", words)
        assert each.message[0].islower() or each.message[0] in "'0123456789"
        assert not each.message.endswith(".")


@pytest.mark.parametrize(
    "key",
    [
        "key_env: sk-1234",
        "key_env: [sk-1234]",
        "base_url: 'https://me:sk-1234@host/v1'",
        "base_url: https://host/v1?key=sk-1234",
        "api_key: sk-1234",
        "token: sk-1234",
    ],
)
def test_what_may_be_a_secret_is_not_repeated(tmp_path, key):
    """Neither in the message nor in the line below it, also when the line has another problem."""
    file = tmp_path / "assetforge.yaml"
    text = SMALL + f"profiles: {{paid: {{provider: openai, {key}, qualty: low}}}}\n"
    file.write_text(text, "utf-8")

    found = problems_if_any(file)

    assert {each.code for each in found} >= {"unknown-key"}
    assert len(found) == 2
    assert "sk-1234" not in "\n".join(map(str, found))
    shown = render(found, {file.name: text})
    assert "sk-1234" not in shown
    assert "provider: openai" in shown


@pytest.mark.parametrize(
    ("store", "words"),
    [
        ("remote: 'http://me:sk-1234@host/x'", "'remote' takes an address without user, password"),
        ("remote: ['http://me:sk-1234@host/x']", "'remote' takes a text, not a list"),
        ("remoet: 'http://me:sk-1234@host/x'", "unknown key 'remoet'"),
        ("signers: {ci: sk-1234}", "'ci' takes a public key such as `assetforge key` prints"),
        ("signers: {ci: {key: sk-1234}}", "'ci' takes a text, not a mapping"),
        ("signers: sk-1234", "'signers' takes a mapping, not a text"),
    ],
)
def test_what_is_wrong_with_a_shared_store_is_said_without_its_words(tmp_path, store, words):
    file = tmp_path / "assetforge.yaml"
    text = SMALL + f"store: {{{store}}}\n"
    file.write_text(text, "utf-8")

    [found] = problems_if_any(file)

    assert found.message.startswith(words)
    assert "sk-1234" not in str(found)
    assert "sk-1234" not in render([found], {file.name: text})


@pytest.mark.parametrize(
    ("store", "words", "advice"),
    [
        (
            "{remote: 's33://acme/x'}",
            "'s33://' is no kind of store that is known",
            "did you mean 's3'?",
        ),
        (
            "{remote: 'ftp://acme/x', signers: {}}",
            "'ftp://' is no kind of store that is known",
            "addresses begin with az, file, gs, http, https, s3, or are the path of a folder",
        ),
        (
            "{remote: 'S3://acme/x'}",
            "nothing in 'S3://acme/x' counts yet: nobody says whose results do",
            "add `signers: {ci: 'ed25519:...'}`; `assetforge key` makes a pair of keys",
        ),
    ],
)
def test_a_remote_that_no_command_would_take_is_an_error_at_its_place(
    tmp_path, store, words, advice
):
    [problem] = problems_of(tmp_path, SMALL + f"store: {store}\n")

    assert (problem.message, problem.help) == (words, advice)
    assert problem.place is not None
    assert problem.place.length == len(store.split("'")[1]) + 2


@pytest.mark.parametrize(
    "remote",
    ["../pictures", "file:///srv/pictures", "https://cache.example", "s3://acme/x", "''", "null"],
)
def test_a_remote_that_can_be_opened_is_faultless(tmp_path, remote):
    signers = f"signers: {{ci: 'ed25519:{'A' * 43}='}}" if "s" in remote else "signers: {}"
    quoted = f"store: {{remote: {remote}, {signers}}}\n"

    if remote == "''":
        [problem] = problems_of(tmp_path, SMALL + quoted)
        assert problem.message == "'remote' takes an address without user, password or '?' in it"
    else:
        assert load(tmp_path, SMALL + quoted).warnings == ()


@pytest.mark.parametrize("provider", ["azure", "ofox", "sglang"])
def test_a_service_of_another_profile_may_be_unfinished(tmp_path, provider):
    file = tmp_path / "assetforge.yaml"
    file.write_text(
        SMALL + f"profiles: {{here: {{provider: blank}}, there: {{provider: {provider}}}}}\n",
        "utf-8",
    )

    assert {each.severity for each in load_pipeline(file, tmp_path).warnings} == {"warning"}
    with pytest.raises(InvalidSource, match="has no model of its own"):
        load_pipeline(file, tmp_path, "there")


def test_a_finished_service_is_faultless(tmp_path):
    file = tmp_path / "assetforge.yaml"
    file.write_text(
        SMALL
        + "profiles:\n"
        + "  a: {provider: azure, model: gpt-image-2, deployment: mine, base_url: https://a/v1}\n"
        + "  b: {provider: azure, model: gpt-image-2}\n"
        + "  c: {provider: vllm, model: flux, base_url: http://localhost:8000/v1}\n"
        + "  d: {provider: ofox, model: gpt-image-2, extra: {user: me}}\n",
        "utf-8",
    )

    assert load_pipeline(file, tmp_path).warnings == ()


def faultless_or_located(folder: Path, data: bytes) -> None:
    """Load a file and check that whatever is wrong with it is a problem with a place in it."""
    file = folder / "assetforge.yaml"
    file.write_bytes(data)
    text = data.decode("utf-8", "replace")
    lines = len(re.split(r"\r\n|\r|\n", text))
    for each in problems_if_any(file):
        assert each.code
        assert each.place is not None
        assert each.place.file == "assetforge.yaml"
        assert 0 <= each.place.line <= lines
        assert (each.place.line == 0) == (each.place.column == 0)


def problems_if_any(file: Path) -> Sequence[Diagnostic]:
    try:
        return load_pipeline(file, file.parent).warnings
    except InvalidSource as error:
        render(error.diagnostics, lambda name: file.read_text("utf-8", "replace"))
        as_json(error.diagnostics)
        return error.diagnostics


ODD_LINES = [
    "\t",
    "  - ",
    "x: &x [*x]",
    "- a",
    "<<: {a: b}",
    "? [a]",
    "!!set {a}",
    "'",
    "\u202e: 1",
]
ODD_VALUES = [
    *("", "~", "true", "5", "-1", "1.5", ".nan", ".inf", "1e99", "9" * 99, "9" * 5000, "0x1F"),
    *("[]", "{}", "[[]]", "[1, 2]", "{a: b}", "{a: {b: [c]}}", "[" * 200, "{a: " * 200, "[{}]"),
    *(
        "text",
        "''",
        "'a\\0'",
        '"\\0"',
        '"\\u202e"',
        "日本語 😀",
        "../x",
        "/x",
        "asset:",
        "asset:no",
    ),
    *("all", "{{ x }}", '"{{ x }}"', "'{x}'", "'{'", "&a [*a]", "*no", "!x y", "|", "'"),
    *('"\\ud83d"', "[all]", "{all: all}", "C:\\x", "x" * 300, "a/b", "[a, a]", "{locale: all}"),
]


def line_mutations(text: str) -> Iterator[str]:
    """Yield a text with one line lost, doubled, moved, indented otherwise or made odd."""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        before, line, after = lines[:at], lines[at], lines[at + 1 :]
        yield "".join([*before, *after])
        yield "".join([*before, line, line, *after])
        yield "".join([*before, *after[:1], line, *after[1:]])
        yield "".join([*before, " " + line, *after])
        yield "".join([*before, line[1:], *after])
        yield "".join([*before, "\t" + line, *after])
        yield "".join([*before, line.rstrip("\n"), *after])
        yield "".join([*before, ODD_LINES[at % len(ODD_LINES)] + "\n", line, *after])


def value_mutations(text: str) -> Iterator[str]:
    """Yield a text with the value, or the key, of one path in it replaced by something odd."""
    document = parse_document(text, "assetforge.yaml")
    lines = text.split("\n")
    turn = 0

    def replaced(place: Place, word: str) -> str:
        line = lines[place.line - 1]
        changed = line[: place.column - 1] + word + line[place.column - 1 + place.length :]
        return "\n".join([*lines[: place.line - 1], changed, *lines[place.line :]])

    spots = [Spot(document.value)]
    while spots:
        spot = spots.pop()
        spots += [*spot.items(), *(entry for _, entry in spot.entries())]
        for key in (True, False):
            for _ in range(5):
                turn += 1
                word = ODD_VALUES[turn % len(ODD_VALUES)]
                yield replaced(document.place(spot.path, key=key), word)


@pytest.mark.parametrize(
    "text", [BANNER, SMALL, MULTILINE, MODELS], ids=["banner", "small", "multiline", "models"]
)
@pytest.mark.parametrize("mutations", [line_mutations, value_mutations])
def test_a_mutated_pipeline_is_faultless_or_told_with_places(tmp_path, text, mutations):
    variants = list(mutations(text))

    assert len(variants) >= 20
    for variant in variants:
        faultless_or_located(tmp_path, variant.encode("utf-8", "surrogatepass"))


def test_a_truncated_pipeline_is_faultless_or_told_with_places(tmp_path):
    data = BANNER.encode()

    for length in range(0, len(data), 7):
        faultless_or_located(tmp_path, data[:length])


def test_a_pipeline_with_changed_bytes_is_faultless_or_told_with_places(tmp_path):
    chance = random.Random(20261121)
    for _ in range(300):
        data = bytearray(chance.choice([BANNER, MULTILINE]).encode())
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)

        faultless_or_located(tmp_path, bytes(data))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


KEYS = """version assets a b steps compose edit export output matrix format locale include exclude
all overrides styles references alt text defaults profiles provider locales vars copy size"""
words = st.sampled_from(KEYS.split())
structures = st.recursive(
    st.sampled_from(
        [None, True, 1, -5, 1.5, "x", "", "all", "{a}", "{{ a }}", "asset:a", "1x1", "../a"]
    )
    | words,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(words, below, max_size=4),
    max_leaves=15,
)


@given(assets=structures, rest=st.dictionaries(words, structures, max_size=3), asset=structures)
@quick
def test_any_structure_is_faultless_or_told_with_places(folder, assets, rest, asset):
    for value in (
        {"version": 1, **rest, "assets": assets},
        {"version": 1, "assets": {"a": {"output": "a.png", "matrix": asset, "steps": assets}}},
        {"version": 1, "assets": {"a": {"output": "a.png", "steps": [asset], "overrides": assets}}},
    ):
        faultless_or_located(folder, json.dumps(value, indent=1).encode())
