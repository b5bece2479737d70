"""What a person may name in place of a picture: a file, a digest, a key, `VARIANT@TAKE`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetforge.decided import Decided, Options, deciding
from assetforge.digest import SHOWN, Digest, digest_of_file
from assetforge.errors import NothingSelected, UsageProblem
from assetforge.lock.folder import folder_of, read_lock
from assetforge.planner import Selection
from assetforge.review.chosen import drawn_action, one_variant
from assetforge.review.recipe import Recipe, recipe_of
from assetforge.review.taken import Takes, takes_of_variant
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import FOLDER, Store

WHOLE: Final = 64
"""Characters of a whole digest or key."""

HEX: Final = re.compile(rf"[0-9a-f]{{4,{WHOLE}}}")

TAKE: Final = re.compile(r"(?P<variant>.+)@(?P<take>[1-9]\d?)")


@dataclass(frozen=True, slots=True)
class Where:
    """The pipeline file and profile that are meant."""

    file: Path
    profile: str | None

    @property
    def root(self) -> Path:
        """The folder that the store is in."""
        return self.file.resolve().parent

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store that is beside the pipeline file, whatever that says.

        Raises:
            UsageProblem: there is none.
        """
        folder = self.root / FOLDER
        if not folder.is_dir():
            raise UsageProblem(
                f"there is no store in '{self.root}'; name the project's folder with -C"
            )
        with closing(Store(folder, alone=True)) as store:
            yield store

    @contextmanager
    def deciding(self, selector: str) -> Iterator[tuple[Decided, Store]]:
        """Plan and decide the variants that a selector chooses.

        Raises:
            UsageProblem: there is no pipeline file.
            NothingSelected: no variant is chosen.
        """
        if not self.file.exists():
            raise UsageProblem(
                f"there is no file '{selector}', and no pipeline file '{self.file}' that could "
                "have such a variant; name a folder with -C or a file with -f"
            )
        options = Options(self.file, self.profile, Selection((selector,)))
        with deciding(options) as (decided, store):
            yield decided, store

    @contextmanager
    def takes(self, variant: str, step: str | None) -> Iterator[tuple[Takes, Store]]:
        """Find the takes of a drawn step of one variant, by default the last step.

        Raises:
            UsageProblem: the selector chooses several variants, or there is no pipeline file.
            NothingSelected: there is no such variant or step.
        """
        with self.deciding(variant) as (decided, store):
            name = one_variant(decided, variant)
            yield takes_of_variant(decided, drawn_action(decided, name, step), name), store


def digest_named(name: str, store: Store) -> Digest | None:
    """Return a file's digest, or the one that begins with what stands in its place; None: neither.

    Raises:
        UsageProblem: several digests begin so.
    """
    if Path(name).is_file():
        return digest_of_file(Path(name))
    if not HEX.fullmatch(name):
        return None
    if len(name) == WHOLE:
        return Digest(name)
    known = {each.artifact for each in store.actions.starting(name)}
    found = {each for each in known.union(store.cas.digests()) if each.startswith(name)}
    if len(found) > 1:
        raise UsageProblem(f"{len(found):,} digests begin with '{name}'; write more of it")
    return next(iter(found), None)


def recipe_named(name: str, where: Where) -> Recipe:
    """Return how the picture that a person named came to be.

    Raises:
        NothingSelected: nothing is known by this name.
        UsageProblem: several results begin so.
    """
    if not Path(name).is_file() and not HEX.fullmatch(name):
        return recipe_of(name, _result_of_take(name, where))
    with where.store() as store:
        start = str(digest_of_file(Path(name))) if Path(name).is_file() else name
        results = store.actions.starting(start)
    named = {each.key if each.key.startswith(start) else each.artifact for each in results}
    if len(named) > 1:
        raise UsageProblem(f"{len(named):,} results begin with '{name}'; write more of it")
    if results:
        # Equal bytes of several actions: the latest is meant.
        return recipe_of(name, max(results, key=lambda each: (each.made_at, each.key)))
    return _locked_recipe(name, start, where)


def _locked_recipe(name: str, start: str, where: Where) -> Recipe:
    """Return what the lock knows of a key or picture of which the store knows nothing.

    Raises:
        NothingSelected: the lock knows nothing of it either.
        UsageProblem: several keys begin so.
    """
    entries = read_lock(folder_of(where.root, where.file.name)).entries.values()
    found = {
        each.key: each
        for each in entries
        if each.key.startswith(start) or (each.artifact or "").startswith(start)
    }
    if len(found) > 1:
        raise UsageProblem(
            f"{len(found):,} entries of the lock begin with '{name}'; write more of it"
        )
    for key, entry in found.items():
        return Recipe(name, key, None, entry.components)
    raise NothingSelected(f"neither the store nor the lock knows a result of '{name}'")


def _result_of_take(name: str, where: Where) -> ActionResult:
    """Return the result of `VARIANT@TAKE`, or of what a variant stands on.

    Raises:
        NothingSelected: there is no such take.
    """
    match = TAKE.fullmatch(name)
    with where.takes(match["variant"] if match else name, None) as (takes, _):
        if match:
            return takes.take(int(match["take"])).result
        if takes.standing is None:
            raise NothingSelected(f"'{name}' stands on no picture; see `assetforge log {name}`")
        return takes.standing.result


def picture_named(name: str, where: Where) -> tuple[str, bytes]:
    """Return what to call the picture that a person named, and its bytes.

    Raises:
        NothingSelected: nothing is known by this name.
        StoreProblem: the store does not hold its bytes.
    """
    path = Path(name)
    if path.is_file():
        return name, path.read_bytes()
    if not HEX.fullmatch(name):
        result = _result_of_take(name, where)
        with where.store() as store:
            return name, store.cas.read(result.artifact)
    with where.store() as store:
        digest = digest_named(name, store)
        if digest is None or not store.holds(digest):
            raise NothingSelected(f"no picture in the store has the digest '{name}'")
        return digest[:SHOWN], store.cas.read(digest)
