"""Promises 1 to 3 over random edits: correct, minimal, and what the plan says is what runs.

A small project is edited at random. After each edit the plan is made, the project built, built
again, and compared with a clean build elsewhere that has the same store of results.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from assetforge.build import Built, build
from assetforge.decided import Options
from assetforge.events import Ended, Event, Outcome
from tests.space import Space

SOURCE = "en"
SLOTS = ("headline", "action", "alt")
SIZES = ("240x160", "160x240", "241x161", "320x320")
WORDS = ("Sale", "Ausverkauf", "セール", "تخفيضات", "Sale 50 %", "Summer's here")


@dataclass(frozen=True)
class Model:
    """What the project's sources say; written to files by `files`."""

    texts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    scene: str = "calm"
    style: str = "bold"
    comments: int = 0
    turned: int = 0
    asset: str = "banner"
    wide: str = "wide"
    size: str = SIZES[0]

    @property
    def catalogs(self) -> dict[str, dict[str, str]]:
        return {locale: dict(messages) for locale, messages in self.texts}

    def with_catalogs(self, catalogs: dict[str, dict[str, str]]) -> Model:
        return replace(self, texts=tuple((k, tuple(v.items())) for k, v in catalogs.items()))

    def files(self) -> dict[str, str]:
        comment = "{# " + "again " * self.comments + "#}" if self.comments else ""
        found = {
            "assetforge.yaml": self._pipeline(),
            "prompts/scene.j2": f"{comment}A {self.scene} scene.\n",
            "prompts/copy.j2": f"Set {{{{ copy.headline|quoted }}}} {comment}in {self.style}.\n",
        }
        for locale, messages in self.catalogs.items():
            found[f"locales/{locale}.json"] = json.dumps({"banner": messages}, ensure_ascii=False)
        return found

    def _pipeline(self) -> str:
        banner = [
            f"""    matrix:
      format:
        {self.wide}: {{size: {self.size}}}
        square: {{size: 200x200}}
      locale: all
""",
            """    steps:
      - compose: prompts/scene.j2
      - edit: prompts/copy.j2
        copy: {headline: banner.headline, action: banner.action}
""",
            f"    output: out/{self.asset}/{{locale}}-{{format}}.png\n",
            "    alt: banner.alt\n",
        ]
        card = [
            "    matrix: {locale: all}\n",
            f"""    steps:
      - compose: "A card, {self.style}."
        copy: {{headline: banner.headline}}
        size: 180x120
      - export: {{formats: [png]}}
""",
            "    output: out/card/{locale}.{ext}\n",
        ]
        sections = [
            "version: 1\n",
            "locales: {catalogs: 'locales/{locale}.json', missing: fallback}\n",
            "profiles: {blank: {provider: blank}}\n",
            f"assets:\n  {self.asset}:\n{self._turn(banner)}  card:\n{self._turn(card)}",
        ]
        return "# comment\n" * self.comments + self._turn(sections)

    def _turn(self, blocks: list[str]) -> str:
        place = self.turned % len(blocks)
        return "".join(blocks[place:] + blocks[:place])


START = Model(()).with_catalogs(
    {locale: {slot: f"{slot} {locale}" for slot in SLOTS} for locale in (SOURCE, "de")}
)


@dataclass(frozen=True)
class Edit:
    """One edit: what becomes of the sources, or of files that are there."""

    name: str
    change: Callable[[Model], Model] = lambda model: model
    cosmetic: bool = False
    disturb: Callable[[Space], None] = field(default=lambda space: None)
    back: int = 0
    """How many edits to take back."""


def say(locale: str, slot: str, text: str) -> Edit:
    def change(model: Model) -> Model:
        catalogs = model.catalogs
        if locale in catalogs:
            catalogs[locale][slot] = text
        return model.with_catalogs(catalogs)

    return Edit("change a message", change)


def unsay(locale: str, slot: str) -> Edit:
    def change(model: Model) -> Model:
        catalogs = model.catalogs
        if locale != SOURCE:
            catalogs.get(locale, {}).pop(slot, None)
        return model.with_catalogs(catalogs)

    return Edit("remove a message", change)


def say_besides(locale: str, name: str, text: str) -> Edit:
    edit = say(locale, f"unused_{name}", text)
    return replace(edit, name="add a message nobody uses", cosmetic=True)


def toggle_locale(locale: str) -> Edit:
    def change(model: Model) -> Model:
        catalogs = model.catalogs
        if catalogs.pop(locale, None) is None:
            catalogs[locale] = {slot: f"{slot} {locale}" for slot in SLOTS}
        return model.with_catalogs(catalogs)

    return Edit("add or remove a locale", change)


def touch(space: Space) -> None:
    for each in space.root.rglob("*"):
        if each.is_file() and ".assetforge" not in each.parts:
            os.utime(each)


def delete_output(number: int) -> Callable[[Space], None]:
    def disturb(space: Space) -> None:
        outputs = sorted(space.outputs())
        (space.root / outputs[number % len(outputs)]).unlink()

    return disturb


LOCALES = st.sampled_from([SOURCE, "de", "ja"])
EDITS = st.one_of(
    st.builds(say, LOCALES, st.sampled_from(SLOTS), st.sampled_from(WORDS)),
    st.builds(unsay, st.sampled_from(["de", "ja"]), st.sampled_from(SLOTS)),
    st.builds(say_besides, LOCALES, st.sampled_from("ab"), st.sampled_from(WORDS)),
    st.builds(toggle_locale, st.sampled_from(["de", "ja"])),
    st.sampled_from(["calm", "stormy", "snowy"]).map(
        lambda word: Edit("edit the scene", lambda model: replace(model, scene=word))
    ),
    st.sampled_from(["bold", "italics", "capitals"]).map(
        lambda word: Edit("edit a prompt", lambda model: replace(model, style=word))
    ),
    st.sampled_from(SIZES).map(
        lambda size: Edit("change a size", lambda model: replace(model, size=size))
    ),
    st.integers(0, 3).map(
        lambda n: Edit("edit comments", lambda model: replace(model, comments=n), cosmetic=True)
    ),
    st.integers(0, 3).map(
        lambda n: Edit("reorder keys", lambda model: replace(model, turned=n), cosmetic=True)
    ),
    st.sampled_from(["banner", "hero", "aa"]).map(
        lambda name: Edit("rename", lambda model: replace(model, asset=name), cosmetic=True)
    ),
    st.sampled_from(["wide", "broad", "zz"]).map(
        lambda name: Edit("rename a value", lambda model: replace(model, wide=name), cosmetic=True)
    ),
    st.just(Edit("touch every file", cosmetic=True, disturb=touch)),
    st.integers(0, 20).map(
        lambda n: Edit("delete an output", cosmetic=True, disturb=delete_output(n))
    ),
    st.integers(1, 4).map(lambda n: Edit("undo", cosmetic=True, back=n)),
)


class Project:
    """The project under test, and all that it ever said and wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.space = Space(folder / "project")
        self.past = [START]
        self.written: set[str] = set()
        self.builds = 0
        self.save()
        self.check(free=False)

    def edit(self, edit: Edit) -> None:
        now = self.past[max(0, len(self.past) - 1 - edit.back)]
        self.past.append(edit.change(now))
        self.save()
        edit.disturb(self.space)
        self.check(free=edit.cosmetic)

    def save(self) -> None:
        """Write the files that changed, and remove those that are no more."""
        files = self.past[-1].files()
        for old in (self.space.root / "locales").glob("*"):
            if f"locales/{old.name}" not in files:
                old.unlink()
        for name, text in files.items():
            path = self.space.root / name
            if not path.exists() or self.space.read(name) != text:
                self.space.write(name, text)

    def check(self, *, free: bool) -> None:
        """Hold the promises against what a build does now."""
        plan = self.space.plan()
        made, built = build_in(self.space)
        assert set(plan["run"]) <= made <= {*plan["run"], *plan["wait"]}
        if free:
            assert made == set()

        again, second = build_in(self.space)
        assert again == set()
        assert second.materialized.written == 0

        clean = self.clean_build()
        outputs = self.space.outputs()
        targets = {each.path for each in built.decided.plan.targets}
        assert set(clean) == targets
        assert {path: outputs[path] for path in targets} == clean
        self.written |= targets
        assert set(outputs) <= self.written

    def clean_build(self) -> dict[str, bytes]:
        """Return the outputs of a build in a new folder, from a copy of the store of results."""
        self.builds += 1
        clean = Space(self.folder / f"clean {self.builds}")
        shutil.copytree(self.space.root / ".assetforge", clean.root / ".assetforge")
        for name, text in self.past[-1].files().items():
            clean.write(name, text)
        made, _ = build_in(clean)
        assert made == set()
        outputs = clean.outputs()
        shutil.rmtree(clean.root)
        return outputs


def build_in(space: Space) -> tuple[set[str], Built]:
    """Build, and return the actions that were made besides."""
    events: list[Event] = []
    built = build(Options(space.root / "assetforge.yaml", jobs=2), events.append)
    assert not built.failed, (built.progress.failures, built.materialized.refused)
    ended = [each for each in events if isinstance(each, Ended)]
    return {each.action for each in ended if each.outcome is Outcome.MADE}, built


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(st.lists(EDITS, min_size=10, max_size=14))
def test_any_sequence_of_edits_keeps_the_promises(edits):
    """Correct, minimal, and the plan is the build; edits that change no picture make none."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        for each in edits:
            event(each.name)
            project.edit(each)
