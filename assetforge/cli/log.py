"""`assetforge log`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.cli.options import format_option, place_options, profile_option
from assetforge.cli.output import print_json
from assetforge.digest import SHOWN, Digest
from assetforge.errors import NothingSelected, UsageProblem
from assetforge.ledger import entries_below
from assetforge.reports.history import history_document, history_text
from assetforge.reports.recipe import recipe_document, recipe_text
from assetforge.review.history import history_of_variant
from assetforge.review.naming import HEX, Where, digest_named
from assetforge.review.recipe import steps_behind
from assetforge.store.journal import Journal
from assetforge.store.local import Store


@click.command(name="log")
@click.argument("what", metavar="PICTURE|VARIANT")
@place_options(must_exist=False)
@profile_option
@format_option("text", "json")
def command(what: str, file: Path, profile: str | None, form: str) -> None:
    """Go from a picture back to its recipe, or tell what a variant has stood on.

    PICTURE is a file, wherever it was copied to, or the first characters of a digest: every step,
    prompt, model and input behind it. VARIANT is a selector such as banner/wide/de: every take of
    its drawn steps, what it stood on before, and who decided so.
    """
    where = Where(file, profile)
    if not is_picture(what, where):
        log_variants(what, where, form)
        return
    with where.store() as store:
        digest = digest_named(what, store) or Digest(what)
        steps = steps_behind(digest, store)
        if not steps:
            raise NothingSelected(_unknown(Path(what), where.root, store))
    if form == "json":
        print_json(recipe_document(digest, steps))
    else:
        click.echo(recipe_text(digest, steps))


def is_picture(what: str, where: Where) -> bool:
    """Tell whether a file or digest is meant, and no variant.

    An asset may be called as a digest begins: it is meant where no digest begins so.
    """
    if Path(what).is_file():
        return True
    if not HEX.fullmatch(what):
        return False
    with where.store() as store:
        return digest_named(what, store) is not None or not _is_asset(what, where)


def _is_asset(what: str, where: Where) -> bool:
    try:
        with where.deciding(what):
            return True
    except (NothingSelected, UsageProblem):
        return False


def log_variants(selector: str, where: Where, form: str) -> None:
    """Print what some variants have stood on.

    Raises:
        NothingSelected: it is no variant either.
    """
    try:
        with where.deciding(selector) as (decided, store):
            decisions = Journal(store.root).decisions()
            calls = entries_below(where.root)
            names = dict.fromkeys(str(each.variant.name) for each in decided.plan.targets)
            histories = [
                history_of_variant(decided, store, each, decisions, calls) for each in names
            ]
    except NothingSelected as error:
        raise NothingSelected(f"there is no file '{selector}', and {error}") from error
    if form == "json":
        print_json(history_document(histories))
    else:
        click.echo(history_text(histories))


def _unknown(picture: Path, root: Path, store: Store) -> str:
    """Say what may have become of a picture that the store does not know."""
    if not picture.is_file():
        return f"no result in the store has the digest '{picture}'"
    path = picture.resolve()
    for written in store.record.targets().values():
        if (root / written.path) == path:
            then = written.artifact[:SHOWN]
            return f"'{picture}' was edited since it was written; try `assetforge log {then}`"
    return f"no result in the store has the bytes of '{picture}': edited, or of another project"
