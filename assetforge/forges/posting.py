"""Posts a comment: finds token and request, and brings the one comment up to date."""

from __future__ import annotations

from contextlib import closing

from assetforge.errors import UsageProblem
from assetforge.forges.base import Environment, Kind, NotAllowed
from assetforge.forges.http import HttpCalls
from assetforge.forges.sticky import Settled, settle
from assetforge.secrets import find_secret, how_to_set


def post(
    kind: Kind, environment: Environment, number: int | None, marker: str, body: str, *, worth: bool
) -> Settled:
    """Bring the comment of a request up to date; see `assetforge.forges.sticky.settle`.

    Raises:
        UsageProblem: there is no token, or the environment does not say which request is meant.
        NotAllowed: the token may not write comments.
        ForgeProblem: it could not be done.
    """
    token = find_secret(kind.tokens)
    if token is None:
        raise UsageProblem(f"no token of {kind.name} was found; {how_to_set(kind.tokens)}")
    address = kind.address(environment)
    with closing(HttpCalls(kind.name, address, kind.headers, token)) as calls:
        forge = kind.open(calls, environment, number)
        try:
            return settle(forge, marker, body, worth=worth)
        except NotAllowed as error:
            advice = "it needs to write comments, which a fork's own job never may"
            raise NotAllowed(f"{error}; {advice}") from None
