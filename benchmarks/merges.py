"""What becomes of a lock when branches come together: conflicts, losses and spending.

Real git, and real builds against the emulator where pictures have to be bought. After each
scenario the lock must load, hold every entry that both sides had and every picture that one of
them accepted, and a build of what is merged must not buy anything.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from assetforge import git
from assetforge.action import ActionKey
from assetforge.digest import Digest, digest_of
from assetforge.emulator import Settings, serving
from assetforge.lock.entry import Entry, Slot, Verdict, without_past
from assetforge.lock.folder import read_lock, write_changes
from assetforge.lock.merge import past_of
from assetforge.lock.text import read_text
from benchmarks.ground import start, table
from benchmarks.repository import Repository

LOCK: Final = "assetforge.lock"

ADA: Final = Verdict("Ada Lovelace <ada@example.org>", "2026-11-21T10:00:00+00:00")
BOB: Final = Verdict("Bob <bob@example.org>", "2026-11-21T11:00:00+00:00")

NOWHERE: Final = "http://127.0.0.1:9/v1"
"""An address at which nobody answers: a scenario without builds asks no service."""


def digest(*words: object) -> Digest:
    """Return a digest that stands for some words."""
    return digest_of(" ".join(map(str, words)).encode())


def picture(words: str = "a hill", take: int = 1, **said: Any) -> Entry:
    """Return the entry of a picture of some words, as a build records it."""
    made = Entry(
        key=ActionKey(digest("key", words, take)),
        base=ActionKey(digest("key", words, 1)),
        artifact=digest("picture", words, take),
        pixels=digest("pixels", words, take),
        take=take,
        asked="gpt-image-2",
        resolved="gpt-image-2-2026-04-21",
        cost_microdollars=41_000,
        components={"kind": "edit", "prompt": words, "size": "1200x628"},
    )
    return replace(made, **said)


def slot(locale: str, asset: str = "banner") -> Slot:
    """Return the slot of an asset's edit in a locale."""
    return Slot(f"{asset}/wide/{locale}", "final", "edit")


class Site:
    """A repository with a project's lock, and what happened to it.

    Attributes:
        conflicts: how often git stopped at a conflict in the lock.
        clashes: how many entries both sides had changed.
        lost: what one side had, and the result has not.
        calls: how many pictures were bought after everything was merged.
    """

    def __init__(self, root: Path, url: str = NOWHERE) -> None:
        """Make a repository with a pipeline file; `url` is the service's."""
        self.repository = Repository(root)
        self.root = root
        self.url = url
        self.conflicts = 0
        self.clashes = 0
        self.lost: list[str] = []
        self.calls = 0
        self.repository.write(".gitignore", ".assetforge/\n.limits/\nout/\n")
        self.repository.write("assetforge.yaml", "version: 1\n")

    def git(self, *arguments: str) -> str:
        """Run git, which must succeed."""
        return self.repository.git(*arguments)

    def change(self, changes: Mapping[Slot, Entry | None]) -> None:
        """Change the lock as a command would, and commit it."""
        write_changes(self.root / LOCK, changes, self.root / ".git")
        self.repository.commit()

    def branch(self, name: str, *changes: Mapping[Slot, Entry | None], base: str = "main") -> None:
        """Make a branch with a commit for each change, and come back."""
        self.git("switch", "--quiet", "--create", name, base)
        for each in changes:
            self.change(each)
        self.git("switch", "--quiet", "main")

    def entries_at(self, ref: str) -> dict[Slot, Entry]:
        """Return the lock of a commit."""
        names = self.git("ls-tree", "--name-only", "-z", ref, f"{LOCK}/").split("\0")
        found: dict[Slot, Entry] = {}
        for name in filter(None, names):
            found |= read_text(self.git("show", f"{ref}:{name}").encode(), name).entries
        return found

    def merge(self, *names: str) -> None:
        """Merge branches into this one."""
        sides = [self.entries_at(each) for each in ("HEAD", *names)]
        self.join("merge", "--no-edit", *names)
        self.compare(sides)

    def join(self, *arguments: str) -> None:
        """Run what brings commits together, resolving the lock wherever git stops."""
        done = self.repository.tried(*arguments)
        goes_on = {"merge": ("commit", "--no-edit"), "stash": ("reset", "--quiet")}
        then = goes_on.get(arguments[0], (arguments[0], "--continue"))
        while done.returncode != 0:
            assert git.unmerged(self.root, LOCK), done.stdout + done.stderr
            self.conflicts += 1
            self.resolve()
            self.git("add", "--all")
            done = self.repository.tried(*then)

    def resolve(self) -> None:
        """Run `assetforge lock --resolve`, without a key."""
        document = self.run("lock", "--resolve", key="")
        self.clashes += sum(len(each["clashes"]) for each in document["resolved"])

    def run(self, *arguments: str, key: str = "tulip" * 7) -> Any:
        """Run the command line, which must succeed, and return its document."""
        process = start(self.root, self.url, [*arguments, "--format", "json"], OPENAI_API_KEY=key)
        out, said = process.communicate(timeout=300)
        assert process.returncode == 0, f"{arguments}: {out}{said}"
        return json.loads(out)

    def compare(self, sides: Iterable[Mapping[Slot, Entry]]) -> None:
        """Note what sides had, and the lock has not any more."""
        held = list(sides)
        now = read_lock(self.root / LOCK)
        assert now.repairs == ()
        for each in set.intersection(*(set(side) for side in held)):
            if each not in now.entries:
                self.lost.append(f"{each.variant} is gone")
        for side in held:
            for each, entry in side.items():
                found = now.entries.get(each)
                kept = [found, *past_of(found)] if found else []
                if entry.accepted and entry.base not in {one.base for one in kept}:
                    self.lost.append(f"{each.variant}: what {entry.accepted.by} accepted")


@dataclass(frozen=True)
class Scenario:
    """Something that happens to branches; `conflict` says whether git stops at the lock."""

    name: str
    play: Callable[[Site], None]
    conflict: bool


DE, EN, FR, JA = (slot(each) for each in ("de", "en", "fr", "ja"))
BASE: Final = {each: picture(each.variant) for each in (DE, EN, FR, JA)}


def neighbours(site: Site) -> None:
    """Each side builds other words of two variants that stand side by side."""
    site.branch("other", {EN: picture("en 2")})
    site.change({DE: picture("de 2")})
    site.merge("other")


def end_and_last(site: Site) -> None:
    """One side adds behind the last variant, the other changes the last."""
    site.branch("other", {slot("zh"): picture("zh")})
    site.change({JA: picture("ja 2", accepted=ADA)})
    site.merge("other")


def added_apart(site: Site) -> None:
    """Both sides add a variant, with others between them."""
    site.branch("other", {slot("ar"): picture("ar")})
    site.change({slot("it"): picture("it")})
    site.merge("other")


def added_together(site: Site) -> None:
    """Both sides add a variant at the same place."""
    site.branch("other", {slot("es"): picture("es"), slot("et"): picture("et", accepted=ADA)})
    site.change({slot("fi"): picture("fi")})
    site.merge("other")
    assert {slot("es"), slot("et"), slot("fi")} <= site.entries_at("HEAD").keys()


def added_alike(site: Site) -> None:
    """Both sides add the same variant, and bought different pictures."""
    site.branch("other", {slot("es"): picture("es")})
    site.change({slot("es"): picture("es", artifact=digest("ours"))})
    site.merge("other")


def same_words(site: Site) -> None:
    """Both sides build the same new words, and bought different pictures."""
    site.branch("other", {DE: picture("de 2")})
    site.change({DE: picture("de 2", artifact=digest("ours"), pixels=digest("ours too"))})
    site.merge("other")


def other_words(site: Site) -> None:
    """Both sides build new words, each its own, and accept them."""
    site.branch("other", {DE: picture("de 2", accepted=BOB)})
    site.change({DE: picture("de 3", accepted=ADA)})
    site.merge("other")
    (stands,) = (each for key, each in site.entries_at("HEAD").items() if key == DE)
    assert stands == picture("de 2", accepted=BOB, previous=picture("de 3", accepted=ADA))


def accepted_and_rebuilt(site: Site) -> None:
    """One side accepts a picture while the other builds new words."""
    site.branch("other", {DE: replace(BASE[DE], accepted=ADA)})
    site.change({DE: picture("de 2")})
    site.merge("other")


def accepted_twice(site: Site) -> None:
    """Two people accept different takes of the same words: the later decision stands."""
    site.branch("other", {DE: picture(DE.variant, 2, accepted=ADA)})
    site.change({DE: picture(DE.variant, 3, accepted=BOB)})
    site.merge("other")
    assert site.entries_at("HEAD")[DE].take == 3


def rejected_and_pinned(site: Site) -> None:
    """One side rejects a picture, the other pins it."""
    rejected = (digest("picture", DE.variant, 1),)
    wanted = picture(DE.variant, 2, artifact=None, pixels="", rejected=rejected)
    site.branch("other", {DE: wanted})
    site.change({DE: replace(BASE[DE], pinned=ADA)})
    site.merge("other")
    assert site.entries_at("HEAD")[DE] == replace(BASE[DE], pinned=ADA)


def changed_alike(site: Site) -> None:
    """Both sides have the same change, such as by a cherry-pick."""
    site.branch("other", {DE: replace(BASE[DE], accepted=ADA)})
    site.change({DE: replace(BASE[DE], accepted=ADA)})
    site.merge("other")


def removed_and_changed(site: Site) -> None:
    """One side removes a variant, the other changes it: it stays."""
    site.branch("other", {DE: None})
    site.change({DE: picture("de 2", accepted=ADA)})
    site.join("merge", "--no-edit", "other")
    site.compare([{DE: picture("de 2", accepted=ADA)}])


def asset_removed_and_changed(site: Site) -> None:
    """One side removes a whole asset, the other changes one of its variants: that one stays."""
    site.branch("other", dict.fromkeys(BASE))
    site.change({DE: picture("de 2", accepted=ADA)})
    site.join("merge", "--no-edit", "other")
    assert site.entries_at("HEAD") == {DE: picture("de 2", accepted=ADA)}


def squash_twice(site: Site) -> None:
    """A branch is squashed into the main one, goes on, and is squashed again."""
    first = replace(BASE[DE], accepted=ADA)
    site.branch("other", {DE: first}, {EN: replace(BASE[EN], accepted=ADA)})
    for changes in ({}, {DE: picture("de 2", accepted=BOB, previous=without_past(first))}):
        site.git("switch", "--quiet", "other")
        site.change(changes)
        site.git("switch", "--quiet", "main")
        done = site.repository.tried("merge", "--squash", "other")
        if done.returncode:
            site.conflicts += 1
            site.resolve()
        site.repository.commit()
        site.compare([site.entries_at("other")])


def rebase(site: Site) -> None:
    """A branch of three commits is put on top of a main branch that changed the same variant."""
    site.branch(
        "other", {EN: picture("en 2")}, {DE: replace(BASE[DE], accepted=ADA)}, {FR: picture("fr 2")}
    )
    site.change({DE: picture("de 2")})
    sides = [site.entries_at(each) for each in ("main", "other")]
    site.git("switch", "--quiet", "other")
    site.join("rebase", "main")
    site.compare(sides)


def cherry_pick(site: Site) -> None:
    """One acceptance of a branch is picked; others around it are not."""
    site.branch(
        "other", {FR: picture("fr 2")}, {DE: replace(BASE[DE], accepted=ADA)}, {EN: picture("en 2")}
    )
    site.change({JA: picture("ja 2")})
    site.join("cherry-pick", "other~1")
    assert site.entries_at("HEAD") == {
        **BASE,
        JA: picture("ja 2"),
        DE: replace(BASE[DE], accepted=ADA),
    }


def revert(site: Site) -> None:
    """An acceptance is reverted after the picture beside it changed."""
    site.change({DE: replace(BASE[DE], accepted=ADA)})
    site.change({EN: picture("en 2")})
    site.join("revert", "--no-edit", "HEAD~1")
    assert site.entries_at("HEAD") == {**BASE, EN: picture("en 2")}


def octopus(site: Site) -> None:
    """Three branches are merged at once."""
    for each in (DE, EN, FR):
        site.branch(each.variant[-2:], {each: replace(BASE[each], accepted=ADA)})
    site.change({JA: picture("ja 2")})
    site.merge("de", "en", "fr")
    assert sum(each.accepted is not None for each in site.entries_at("HEAD").values()) == 3


def criss_cross(site: Site) -> None:
    """Two branches merge each other, each resolves the same conflict, and both are merged."""
    site.branch("other", {DE: picture("de 2", accepted=ADA)})
    site.change({DE: picture("de 3", accepted=BOB)})
    site.git("branch", "before")
    site.merge("other")
    site.git("switch", "--quiet", "other")
    site.merge("before")
    site.change({EN: picture("en 2", accepted=ADA)})
    site.git("switch", "--quiet", "main")
    site.change({FR: picture("fr 2", accepted=BOB)})
    site.merge("other")


def renamed(site: Site) -> None:
    """One side gives a lock file another name, the other changes what is in it."""
    site.git("switch", "--quiet", "--create", "other")
    site.git("mv", f"{LOCK}/banner.json", f"{LOCK}/flyer.json")
    site.repository.commit()
    site.git("switch", "--quiet", "main")
    site.change({DE: replace(BASE[DE], accepted=ADA)})
    site.merge("other")


def two_assets(site: Site) -> None:
    """Each side changes an asset of its own."""
    site.branch("other", {slot("de", "mascot"): picture("a dog")})
    site.change({DE: picture("de 2")})
    site.merge("other")


def stashed(site: Site) -> None:
    """Changes that were put aside come back to a lock that went on."""
    write_changes(site.root / LOCK, {DE: replace(BASE[DE], accepted=ADA)}, site.root / ".git")
    site.git("stash", "--quiet")
    site.change({DE: picture("de 2")})
    site.join("stash", "pop")
    site.compare([{DE: replace(BASE[DE], accepted=ADA)}, {DE: picture("de 2")}])


def only_markers(site: Site) -> None:
    """Somebody committed the conflict: git knows nothing of it, the markers are all there is."""
    site.git("config", "merge.conflictStyle", "zdiff3")
    site.branch("other", {DE: picture("de 2", accepted=ADA), slot("es"): picture("es")})
    site.change({DE: picture("de 3", accepted=BOB), slot("fi"): picture("fi")})
    sides = [site.entries_at(each) for each in ("main", "other")]
    assert site.repository.tried("merge", "other").returncode
    site.conflicts += 1
    site.repository.commit()
    site.resolve()
    site.repository.commit()
    site.compare(sides)


def pipeline_too(site: Site) -> None:
    """The pipeline file is in conflict as well: it is not needed."""
    for words, entry in (("theirs", picture("de 2", accepted=ADA)), ("ours", picture("de 3"))):
        site.git("switch", "--quiet", *(["--create", "other"] if words == "theirs" else ["main"]))
        site.repository.write("assetforge.yaml", f"version: 1  # {words}\n")
        site.change({DE: entry})
    site.merge("other")


def not_merged_by_git(site: Site) -> None:
    """The repository tells git not to merge locks: it leaves ours there, without markers."""
    site.repository.write(".gitattributes", f"{LOCK}/* -merge\n")
    site.change({})
    site.branch("other", {DE: replace(BASE[DE], accepted=ADA)})
    site.change({EN: replace(BASE[EN], accepted=ADA)})
    site.merge("other")


SCENARIOS: Final = (
    Scenario("neighbouring edits", neighbours, False),
    Scenario("one adds at the end, one edits the last", end_and_last, False),
    Scenario("both add, apart", added_apart, False),
    Scenario("both add, at the same place", added_together, True),
    Scenario("both add the same variant", added_alike, True),
    Scenario("same variant, same words", same_words, True),
    Scenario("same variant, other words", other_words, True),
    Scenario("one accepts, one rebuilds", accepted_and_rebuilt, True),
    Scenario("both accept, other takes", accepted_twice, True),
    Scenario("one rejects, one pins", rejected_and_pinned, True),
    Scenario("both have the same change", changed_alike, False),
    Scenario("one removes a variant, one changes it", removed_and_changed, True),
    Scenario("one removes an asset, one changes it", asset_removed_and_changed, True),
    Scenario("squash, and squash again", squash_twice, True),
    Scenario("rebase of three commits", rebase, True),
    Scenario("cherry-pick of an acceptance", cherry_pick, False),
    Scenario("revert of an acceptance", revert, False),
    Scenario("octopus of three", octopus, False),
    Scenario("criss-cross", criss_cross, True),
    Scenario("one renames the file, one edits it", renamed, False),
    Scenario("two assets", two_assets, False),
    Scenario("stash and pop", stashed, True),
    Scenario("conflict committed, only markers", only_markers, True),
    Scenario("the pipeline file in conflict too", pipeline_too, True),
    Scenario("git told not to merge", not_merged_by_git, True),
)
"""Scenarios of locks that are written as commands write them."""


def played(scenario: Scenario, root: Path) -> Site:
    """Play a scenario from a lock of four variants."""
    site = Site(root)
    site.change(BASE)
    scenario.play(site)
    return site


PIPELINE: Final = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles:
  final:
    provider: openai
    model: gpt-image-2-2026-04-21
    quality: low
    images_per_minute: 10000
assets:
  banner:
    matrix: {locale: all}
    steps:
      - compose: "{{ t('words') }}, seen from {{ locale.name }}."
        size: 1024x1024
    output: out/{locale}.png
"""


class Studio(Site):
    """A site whose pictures are bought from an emulator, by one person on several branches."""

    def __init__(self, root: Path, url: str, billed: Callable[[], int]) -> None:
        """Make a project of two locales and build it; `billed` counts the pictures made."""
        super().__init__(root, url)
        self.billed = billed
        self.repository.write("assetforge.yaml", PIPELINE)
        self.build(en="A hill", de="Ein Hügel")

    def build(self, **words: str) -> None:
        """Set words of locales, build them, and commit."""
        for locale, each in words.items():
            self.repository.write(f"locales/{locale}.json", json.dumps({"words": each}))
        self.run("build", "--yes")
        self.repository.commit()

    def built(self, branch: str, **words: str) -> None:
        """Build words on a branch, and come back."""
        self.git("switch", "--quiet", "--create", branch)
        self.build(**words)
        self.git("switch", "--quiet", "main")

    def build_again(self) -> None:
        """Count what a build of the merged branches buys."""
        before = self.billed()
        self.run("build", "--yes")
        self.run("build", "--frozen")
        self.calls += self.billed() - before


def bought_and_added(site: Studio) -> None:
    """Both sides add a locale at the same place."""
    site.built("other", fr="Une colline")
    site.build(fi="Kukkula")
    site.merge("other")
    site.build_again()


def bought_same_words(site: Studio) -> None:
    """Both sides set the same new words; the second finds the picture of the first."""
    site.built("other", de="Ein Berg")
    site.build(de="Ein Berg")
    site.merge("other")
    site.build_again()


def bought_other_words(site: Studio, side: str) -> None:
    """Both sides set new words, each its own; those of one side are taken."""
    site.built("other", de="Ein Berg")
    site.build(de="Ein Tal")
    assert site.repository.tried("merge", "other").returncode
    site.conflicts += 1
    site.git("checkout", f"--{side}", "locales/de.json")
    site.resolve()
    site.repository.commit()
    site.build_again()


def bought_and_squashed(site: Studio) -> None:
    """A branch of two builds is squashed into a main branch that built as well."""
    site.git("switch", "--quiet", "--create", "other")
    site.build(de="Ein Berg")
    site.build(fr="Une colline")
    site.git("switch", "--quiet", "main")
    site.build(en="A lake")
    site.git("merge", "--squash", "other")
    site.repository.commit()
    site.git("branch", "--quiet", "-D", "other")
    site.build_again()


def bought_and_rebased(site: Studio) -> None:
    """A branch of two builds is put on top of a main branch that built as well."""
    site.git("switch", "--quiet", "--create", "other")
    site.build(fr="Une colline")
    site.build(fr="Une montagne")
    site.git("switch", "--quiet", "main")
    site.build(fi="Kukkula")
    site.git("switch", "--quiet", "other")
    site.join("rebase", "main")
    site.build_again()


@dataclass(frozen=True)
class Purchase:
    """A scenario of real builds."""

    name: str
    play: Callable[[Studio], None]
    conflict: bool


PURCHASES: Final = (
    Purchase("bought: both add, at the same place", bought_and_added, True),
    Purchase("bought: same variant, same words", bought_same_words, False),
    Purchase("bought: other words, ours taken", lambda s: bought_other_words(s, "ours"), True),
    Purchase("bought: other words, theirs taken", lambda s: bought_other_words(s, "theirs"), True),
    Purchase("bought: squash", bought_and_squashed, False),
    Purchase("bought: rebase of two builds", bought_and_rebased, True),
)
"""Scenarios whose pictures an emulator makes."""


def purchased(purchase: Purchase, root: Path) -> Site:
    """Play a scenario of builds against an emulator of its own."""
    with serving(Settings(pictures="flat")) as server:
        site = Studio(root, server.url, lambda: len(server.books()["calls"]))
        purchase.play(site)
        return site


def row(name: str, site: Site) -> dict[str, object]:
    """Return a row of the merge table."""
    return {
        "scenario": name,
        "conflicts by git": site.conflicts or "none",
        "changed on both sides": site.clashes,
        "lost": "; ".join(site.lost) or "nothing",
        "bought after it": site.calls,
    }


def main() -> None:
    """Play every scenario and print the merge table."""
    with tempfile.TemporaryDirectory(prefix="assetforge-merges-") as name:
        top = Path(name)
        rows = [row(each.name, played(each, top / each.name)) for each in SCENARIOS]
        rows += [row(one.name, purchased(one, top / one.name)) for one in PURCHASES]
    print(table(rows))


if __name__ == "__main__":
    main()
