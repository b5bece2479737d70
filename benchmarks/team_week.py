"""A week of a team that shares results: what it paid against what it had to pay.

Five clones, two CI jobs that buy and publish, a shared store that is an S3 server or an HTTP cache,
and many branches with edits of prompts, copy and layout: merged, forced, one CI machine lost in the
middle of a build, results forged and bytes exchanged in the store, a credential that is not valid
any more, a clone without a network. Real git, real processes; an emulator sells the pictures.

What is strictly needed is worked out from `assetforge render` alone: the distinct requests, each
with the requests that its inputs come from. The right picture of a request is the first that was
delivered for it.

    python -m benchmarks.team_week [--branches 40] [--store s3|http] [--seed 1]
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from assetforge import registry
from assetforge.backends.base import Backend, Kind
from assetforge.digest import digest_of
from assetforge.signing import new_key
from benchmarks.ground import PROGRAM, Emulator, emulating, surroundings, table
from benchmarks.repository import SETTINGS, Repository
from tests.backends.bucket import READER, Bucket, seaweed
from tests.backends.cache import Cache, serving

LOCALES: Final = ("de", "en", "fr", "ja")

PEOPLE: Final = ("ada", "bob", "chi", "dee", "eve")
"""Who has a clone. Nobody of them has a key to sign with."""

PIPELINE: Final = """\
version: 1
locales: {{source: en, catalogs: "locales/{{locale}}.json"}}
profiles:
  final: {{provider: openai, model: gpt-image-2-2026-04-21, quality: low, max_cost: 50.00}}
store:
  remote: {remote}
  signers: {{ci: "{public}"}}
assets:
  banner:
    matrix:
      format:
        wide: {{size: 1200x628}}
        tall: {{size: 600x900}}
      locale: all
    steps:
      - compose: prompts/scene.j2
      - edit: prompts/copy.j2
        copy: {{headline: banner.headline}}
    output: "out/{{locale}}/banner-{{format}}.png"
    alt: banner.headline
"""

OURS, FORGER = new_key(), new_key()


@dataclass
class Week:
    """What happened, and what came of it."""

    needed: set[str] = field(default_factory=set)
    right: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    poisoned: list[str] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Place:
    """Where it all happens."""

    root: Path
    origin: Path
    emulator: Emulator
    remote: str
    variables: Mapping[str, str]
    expired: Mapping[str, str]
    reading: Mapping[str, str] = field(default_factory=dict)
    inside: Cache | None = None

    def clone(self, name: str) -> Machine:
        """Clone the repository: nothing that was made is there."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        git(self.root, "clone", "--quiet", str(self.origin), str(folder))
        return Machine(folder, self)


@dataclass(frozen=True)
class Machine:
    """A clone, and commands in it."""

    folder: Path
    place: Place

    def git(self, *arguments: str) -> str:
        """Run git, which must succeed."""
        return git(self.folder, *arguments)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command."""
        said = {
            **os.environ,
            **SETTINGS,
            **surroundings(self.folder, self.place.emulator.url),
            **self.place.variables,
            **environment,
        }
        return subprocess.Popen(
            [sys.executable, *PROGRAM, *arguments],
            cwd=self.folder,
            env=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def does(self, *arguments: str, **environment: str) -> tuple[int, Any, str]:
        """Run a command to its end: exit code, document, and what was said beside it."""
        process = self.start(*arguments, "--format", "json", **environment)
        out, said = process.communicate(timeout=600)
        return process.returncode, json.loads(out) if out else None, said

    def buys(self, week: Week, **environment: str) -> None:
        """Build as CI does, and hold what is delivered against what was delivered before."""
        needed, finals = self.recipes()
        week.needed |= needed
        secret = {"ASSETFORGE_SIGNING_KEY": OURS.reveal(), **environment}
        code, built, said = self.does("build", "--yes", "--keep-going", **secret)
        assert code == 0, said
        week.counts["builds of CI"] += 1
        week.poisoned += [each for each in week.poison if each in json.dumps(built)]
        self.check(week, built, finals)

    def check(self, week: Week, built: Any, finals: Mapping[str, str]) -> None:
        """Compare every picture with the first of the same requests."""
        for target in built["targets"]:
            first = week.right.setdefault(finals[target["variant"]], target["sha256"])
            week.counts["pictures delivered"] += 1
            if first != target["sha256"]:
                week.wrong.append(f"{self.folder.name}: {target['variant']}")
        if len(built["targets"]) != len(finals):
            week.lost.append(f"{self.folder.name}: {len(built['targets'])} of {len(finals)}")

    def restores(self, week: Week, **environment: str) -> None:
        """Have all pictures as somebody who cannot buy any."""
        code, built, said = self.does("build", "--frozen", **environment)
        week.counts["restores"] += 1
        if code:
            week.lost.append(f"{self.folder.name}: {said.splitlines()[-1]}")
            return
        week.poisoned += [each for each in week.poison if each in json.dumps(built)]
        self.check(week, built, self.recipes()[1])

    def recipes(self) -> tuple[set[str], dict[str, str]]:
        """Return what has to be paid for, and of what each picture is the last step.

        Each is a digest of a request and of those that its inputs come from.
        """
        paid, exports = self.requests(), self.requests("--step", "export")
        requests = {each["action"]: each for each in (*paid, *exports)}

        def recipe(action: str) -> str:
            each = requests[action]
            inputs = [recipe(one) for one in each["inputs"] if one in requests]
            return digest_of(json.dumps([each["request"], inputs], sort_keys=True).encode())

        finals = {
            variant: recipe(each["action"]) for each in exports for variant in each["variants"]
        }
        return {recipe(each["action"]) for each in paid}, finals

    def requests(self, *arguments: str) -> list[Any]:
        """Return the requests of steps as `render` prints them."""
        code, document, said = self.does("render", *arguments)
        assert code == 0, said
        found: list[Any] = document["requests"]
        return found

    def commit(self, words: str, branch: str, *, force: bool = False) -> None:
        """Commit all there is, and push it to a branch."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", words)
        self.git("push", "--quiet", *(["--force"] if force else []), "origin", f"HEAD:{branch}")


def git(folder: Path, *arguments: str) -> str:
    """Run git, which must succeed."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **SETTINGS},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, f"git {arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def write(folder: Path, name: str, text: str) -> None:
    """Write a file of a project."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def founded(root: Path, remote: str) -> Path:
    """Return the repository that all clone, with the project in it."""
    repository = Repository(root / "seed")
    folder = repository.root
    write(folder, "assetforge.yaml", PIPELINE.format(remote=remote, public=OURS.public))
    write(folder, "prompts/scene.j2", "A calm scene at the sea.\n")
    write(folder, "prompts/copy.j2", "Set {{ copy.headline|quoted }} in {{ locale.name }}.\n")
    for each in LOCALES:
        write(folder, f"locales/{each}.json", said_in(each, "Sale"))
    write(folder, ".gitignore", ".assetforge/\nout/\n.limits/\n")
    repository.commit("start")
    git(root, "clone", "--quiet", "--bare", str(folder), str(root / "origin.git"))
    return root / "origin.git"


def said_in(locale: str, words: str) -> str:
    """Return the catalog of a locale."""
    return json.dumps({"banner": {"headline": f"{words} {locale}"}}, indent=2) + "\n"


def edit(machine: Machine, chance: random.Random, number: int) -> str:
    """Change a prompt, some copy or the layout, and say which."""
    folder = machine.folder
    kind = chance.choices(("copy", "prompt", "layout", "back"), (6, 2, 1, 1))[0]
    if kind == "prompt":
        sky = chance.choice(("a clear sky", "clouds", f"{number} gulls", "rain"))
        write(folder, "prompts/scene.j2", f"A calm scene at the sea under {sky}.\n")
    elif kind == "layout":
        text = (folder / "assetforge.yaml").read_text(encoding="utf-8")
        old = "600x900" if "600x900" in text else "640x960"
        new = "640x960" if old == "600x900" else "600x900"
        write(folder, "assetforge.yaml", text.replace(old, new))
    elif kind == "back":  # what was paid for before
        write(folder, "prompts/scene.j2", "A calm scene at the sea.\n")
    else:
        for each in chance.sample(LOCALES, chance.randint(1, 2)):
            write(folder, f"locales/{each}.json", said_in(each, f"Offer {chance.randint(1, 30)}"))
    return kind


def merged(machine: Machine, branch: str) -> None:
    """Merge a branch into main, as somebody does who wants what the branch says."""
    machine.git("checkout", "--quiet", "main")
    machine.git("pull", "--quiet", "--ff-only", "origin", "main")
    done = subprocess.run(
        ["git", "merge", "--quiet", "--no-edit", f"origin/{branch}"],
        cwd=machine.folder,
        env={**os.environ, **SETTINGS},
        capture_output=True,
    )
    if done.returncode:
        for name in machine.git("diff", "--name-only", "--diff-filter=U").splitlines():
            if not name.startswith("assetforge.lock/"):
                machine.git("checkout", "--theirs", "--", name)
                machine.git("add", "--", name)
        code, _, said = machine.does("lock", "--resolve")
        assert code == 0, said
    machine.commit(f"merge {branch}", "main")


def dies(machine: Machine, week: Week, calls: int) -> None:
    """Lose a CI machine while it builds: killed after some calls, and its disk with it."""
    week.needed |= machine.recipes()[0]
    before, there = len(machine.place.emulator.books()["calls"]), paid_there(machine.place)
    process = machine.start("build", "--yes", "-j", "1", ASSETFORGE_SIGNING_KEY=OURS.reveal())
    published = 0
    while process.poll() is None and published < calls:
        time.sleep(0.05)
        published = len(machine.place.emulator.books()["calls"]) - before
    time.sleep(0.3)  # what arrived is on its way to the others
    process.send_signal(signal.SIGKILL)
    process.communicate()
    made = len(machine.place.emulator.books()["calls"]) - before
    week.counts["in flight when lost"] += made - (paid_there(machine.place) - there)
    shutil.rmtree(machine.folder)
    week.counts["machines lost"] += 1


def paid_there(place: Place) -> int:
    """Return how many results of calls the shared store has."""
    with visited(place) as backend:
        found = [backend.read("results", each) or b"{}" for each in all_names(place, "results")]
    return sum(bool(json.loads(json.loads(each)["record"])["call"]) for each in found)


def poisoned(place: Place, week: Week) -> None:
    """Forge results and exchange bytes, as somebody may who can write to the store but not sign."""
    bad = b"\x89PNG\r\n\x1a\npoison"
    week.poison.add(digest_of(bad))
    with visited(place) as backend:
        backend.create("blobs", digest_of(bad), bad)
        for number, each in enumerate(sorted(all_names(place, "results"))):
            if number % 3:
                continue
            data = backend.read("results", each)
            said = json.loads(data or b"{}")
            record = json.loads(said["record"])
            record["artifact"] = digest_of(bad)
            forged = json.dumps(record, ensure_ascii=False, sort_keys=True)
            signature = FORGER.sign(b"assetforge result v1\n" + forged.encode())
            said |= {"record": forged, "signature": b64(signature)}
            backend.replace("results", each, json.dumps(said).encode())
            week.counts["results forged"] += 1
        for each in sorted(all_names(place, "blobs") - {digest_of(bad), digest_of(b"")})[::5]:
            if place.inside is None:
                backend.replace("blobs", each, bad)
            else:  # it takes no wrong bytes: its disk is damaged
                place.inside.blobs[each] = bytes(len(place.inside.blobs[each]))
            week.counts["blobs exchanged"] += 1


def b64(data: bytes) -> str:
    """Return bytes as an envelope holds them."""
    return base64.b64encode(data).decode()


def all_names(place: Place, kind: Kind) -> set[str]:
    """Return the names of all that the store has; an HTTP cache is asked from the inside."""
    if isinstance(place.inside, Cache):
        return set(place.inside.results if kind == "results" else place.inside.blobs)
    with visited(place) as backend:
        return {each.name for each in backend.entries(kind)}


@contextmanager
def visited(place: Place) -> Iterator[Backend]:
    """Open the shared store as somebody who may write to it."""
    before = dict(os.environ)
    os.environ.update(place.variables)
    backend = registry.open_backend(place.remote)
    try:
        yield backend
    finally:
        backend.close()
        os.environ.clear()
        os.environ.update(before)


def live(place: Place, branches: int, seed: int) -> Week:
    """Let the team work for a week."""
    week, chance = Week(), random.Random(seed)
    main = place.clone("ci-main")
    main.buys(week)
    main.commit("pictures of main", "main")
    clones = {name: place.clone(name) for name in PEOPLE}
    for number in range(branches):
        who = clones[PEOPLE[number % len(PEOPLE)]]
        branch = f"work-{number}"
        started(who, branch)
        week.counts[edit(who, chance, number)] += 1
        who.commit(f"edit {number}", branch, force=True)
        if number == branches // 4:
            lost = place.clone("ci-lost")
            lost.git("checkout", "--quiet", branch)
            dies(lost, week, calls=2)
        ci = place.clone("ci-branch")  # a fresh machine each time
        ci.git("checkout", "--quiet", branch)
        if number == branches // 3:
            expired(ci, week)
        ci.buys(week)
        ci.commit("pictures", branch)
        if number % 8 == 3:  # it is written anew, after its pictures were made
            who.git("reset", "--quiet", "--hard", "origin/main")
            week.counts[edit(who, chance, 100 + number)] += 1
            who.commit(f"another edit {number}", branch, force=True)
            week.counts["forced"] += 1
            ci = place.clone("ci-branch")
            ci.git("checkout", "--quiet", branch)
            ci.buys(week)
            ci.commit("pictures", branch)
        who.git("fetch", "--quiet", "origin")
        who.git("reset", "--quiet", "--hard", f"origin/{branch}")
        who.restores(week, **place.reading)
        if chance.random() < 0.7:
            merged(who, branch)
            week.counts["merged"] += 1
            main.git("fetch", "--quiet", "origin")
            main.git("reset", "--quiet", "--hard", "origin/main")
            main.buys(week)
            main.commit("pictures of main", "main")
        if number == branches // 2:
            attacked(place, week, main)
    offline(clones["ada"], week)
    place.clone("late").restores(week, **place.reading)
    code, checked, said = main.does("fsck")
    assert code == 0, said
    assert checked["sound"], checked
    return week


def started(who: Machine, branch: str) -> None:
    """Begin a branch on the main of now."""
    who.git("fetch", "--quiet", "origin")
    who.git("checkout", "--quiet", "--force", "-B", branch, "origin/main")


def expired(ci: Machine, week: Week) -> None:
    """Build with credentials that are not valid any more: nothing is bought, and it says so."""
    before = len(ci.place.emulator.books()["calls"])
    secret = {"ASSETFORGE_SIGNING_KEY": OURS.reveal()}
    code, _, said = ci.does("build", "--yes", **secret, **ci.place.expired)
    assert code not in (0, 130), said
    assert len(ci.place.emulator.books()["calls"]) == before, "bought though nobody could ask"
    week.counts["credentials refused"] += 1


def attacked(place: Place, week: Week, main: Machine) -> None:
    """Poison the store; whoever is new there gets nothing wrong, and who has it all mends it."""
    poisoned(place, week)
    victim = place.clone("victim")
    code, built, said = victim.does("build", "--frozen", **place.reading)
    assert code != 0, "what is missing has to be told"
    assert not built, built
    assert "is not taken" in said, said
    week.counts["poison told"] += said.count("is not taken")
    for name in ("ci-main", *PEOPLE):  # each has some of what was there
        secret = {"ASSETFORGE_SIGNING_KEY": OURS.reveal()}
        code, _, said = Machine(place.root / name, place).does("push", "--verify", **secret)
        assert code == 0, said
    place.clone("healed").restores(week, **place.reading)


def offline(machine: Machine, week: Week) -> None:
    """Go on without a network: all that is here is built, and nothing is asked."""
    shutil.rmtree(machine.folder / "out")
    dead = {name: "http://127.0.0.1:9" for name in machine.place.variables if "ENDPOINT" in name}
    machine.restores(week, **dead)
    week.counts["without a network"] += 1


@contextmanager
def shared_store(kind: str, root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the store that is shared; yields its address and what a `Place` knows of it."""
    if kind == "s3":
        (root / "s3").mkdir()
        with seaweed(root / "s3") as bucket:
            yield f"s3://{bucket.name}/team", of_bucket(bucket)
        return
    with serving(Cache(token="of-the-team")) as cache:
        variables = {"ASSETFORGE_REMOTE_TOKEN": "of-the-team"}
        wrong = {"ASSETFORGE_REMOTE_TOKEN": "of-last-week"}
        yield cache.url, {"variables": variables, "expired": wrong, "inside": cache}


def of_bucket(bucket: Bucket) -> dict[str, Any]:
    """Return who may do what in a bucket."""
    return {
        "variables": bucket.variables(),
        "reading": bucket.variables(READER),
        "expired": bucket.variables(("writer", "of last week")),
    }


def main() -> None:
    """Run a week and print what came of it."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--branches", type=int, default=40)
    parser.add_argument("--store", choices=("s3", "http"), default="s3")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="assetforge-week-") as name,
        emulating("--pictures", "flat") as emulator,
    ):
        root = Path(name)
        with shared_store(chosen.store, root) as (remote, about):
            place = Place(root, founded(root, remote), emulator, remote, **about)
            began = time.monotonic()
            week = live(place, chosen.branches, chosen.seed)
            print(table([summary(week, len(emulator.books()["calls"]))]))
            print(table([dict(week.counts)]))
            print(f"{time.monotonic() - began:.0f} s")
            for each in (*week.wrong, *week.lost, *week.poisoned):
                print(each)


def summary(week: Week, calls: int) -> dict[str, object]:
    """Return what the week is measured by."""
    return {
        "calls made": calls,
        "calls needed": len(week.needed),
        "in flight when a machine was lost": week.counts["in flight when lost"],
        "pictures delivered": week.counts["pictures delivered"],
        "wrong": len(week.wrong),
        "lost": len(week.lost),
        "poisoned accepted": len(week.poisoned),
    }


if __name__ == "__main__":
    main()
