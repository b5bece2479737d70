"""What an object store's refusal means: whether it may work later, and what to do about it.

Services say it by a status and by a code in the body; obstore puts both into its message. Nothing
else of the message is shown: addresses in it may be signed.
"""

from __future__ import annotations

import re
from typing import Final

from assetforge.backends.base import Refused, Unreachable

STATUS: Final = re.compile(r"status code: (\d{3})")

CODE: Final = re.compile(r"<Code>(\w+)</Code>|\(code: (\w+)\)|\"code\": ?\"(\w+)\"")

NO_BUCKET: Final = frozenset({"NoSuchBucket", "ContainerNotFound"})

CONFLICT: Final = "ConditionalRequestConflict"
"""Two conditional writes met. Source: Amazon S3, "How to prevent object overwrites"."""

ASKS_MACHINE: Final = re.compile(
    r"/latest/api/token|/latest/meta-data/|/computeMetadata/|/metadata/identity/"
)
"""Where credentials of the machine itself are asked for, when the environment holds none."""

CREDENTIALS: Final = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (those of a profile: "
    '`eval "$(aws configure export-credentials --format env)"`)',
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login`",
    "az": "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or sign in with "
    "AZURE_CLIENT_ID and its fellows",
}

EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
WRONG: Final = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "AuthenticationFailed"}
)
REGION: Final = frozenset(
    {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
)

SETTINGS: Final = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_"}
"""How the variables of a service begin."""


def is_bucket_missing(error: Exception) -> bool:
    """Tell whether it is the bucket that was not found."""
    return _code(error) in NO_BUCKET


def is_conflict(error: Exception) -> bool:
    """Tell whether another was writing the same object at that moment."""
    return _code(error) == CONFLICT


def problem(error: Exception, verb: str, address: str, scheme: str) -> Refused | Unreachable:
    """Return what to say of a refusal.

    Args:
        error: what obstore raised.
        verb: what could not be done, such as `read`.
        address: of the store, as people are told it.
        scheme: of the address: which service it is.
    """
    whole = str(error)
    text = whole.partition("\n\nDebug source:")[0]
    what = f"cannot {verb} '{address}'"
    if ASKS_MACHINE.search(text):
        return Refused(f"{what}: there are no credentials; {CREDENTIALS[scheme]}")
    status, code = _status(text), _code(error)
    if code:
        what += f" ({code})"
    elif status:
        what += f" ({status})"
    if advice := _advice(status, code, whole, scheme):
        return Refused(f"{what}: {advice}")
    if verb == "open":  # nobody was asked anything
        return Refused(f"{what}: it is not set up; {CREDENTIALS[scheme]}")
    return Unreachable(f"{what}: {_why(status)}")


def _advice(status: int, code: str, whole: str, scheme: str) -> str:
    """Return what to do about what does not get better by itself; empty: it may."""
    start = SETTINGS[scheme]
    if code in NO_BUCKET:
        return "there is no such bucket; make it, or name another"
    if code in EXPIRED:
        return f"the credentials have expired; sign in again, or {CREDENTIALS[scheme]}"
    if code in WRONG:
        return f"the credentials are not accepted; {CREDENTIALS[scheme]}"
    if code in REGION or "incorrectly configured region" in whole:
        return f"the bucket is in another region; set {start}REGION"
    if code == "RequestTimeTooSkewed":
        return "the clock of this machine is wrong; set it"
    if status in (401, 403) or code == "AccessDenied":
        return "not allowed; these credentials need the right to read, list and write there"
    if status == 501:
        return "the service cannot do that; use one that knows conditional writes"
    if 300 <= status < 500 and status not in (408, 429):
        return f"the service refuses; check the variables {start}*"
    if "No CA certificates" in whole:
        return "no certificate is trusted here; install `ca-certificates`, or set SSL_CERT_FILE"
    if "invalid peer certificate" in whole:
        return "its certificate is not trusted here; name its authority's file in SSL_CERT_FILE"
    if "builder error" in whole:
        return f"its endpoint is no https address; for http set {start}ALLOW_HTTP=true"
    return ""


def _why(status: int) -> str:
    return f"the service is down or busy: it answered {status}" if status else "no answer came"


def _status(text: str) -> int:
    found = STATUS.search(text)
    return int(found[1]) if found else 0


def _code(error: Exception) -> str:
    found = CODE.search(str(error))
    return next(filter(None, found.groups()), "") if found else ""
