from __future__ import annotations

import pytest

from assetforge.backends.base import Refused, Unreachable
from assetforge.backends.faults import problem

SECRET = "sig=abcdef"


def said(status: int, code: str) -> Exception:
    """Return an error as obstore words it; addresses in it may be signed."""
    return Exception(
        f"Generic S3 error: Error performing PUT https://x/y?{SECRET} in 1ms - Server returned "
        f"non-2xx status code: {status} Whatever: <Error><Code>{code}</Code></Error>\n\n"
        f"Debug source:\nGeneric {{ {SECRET} }}"
    )


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, "ExpiredToken", "the credentials have expired; sign in again, or set AWS_ACCESS"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (301, "PermanentRedirect", "the bucket is in another region; set AWS_REGION"),
        (400, "AuthorizationHeaderMalformed", "the bucket is in another region"),
        (403, "AllAccessDisabled", "not allowed"),
        (501, "NotImplemented", "the service cannot do that; use one that knows"),
        (404, "NoSuchBucket", "there is no such bucket"),
        (400, "InvalidArgument", "the service refuses; check the variables AWS_*"),
    ],
)
def test_what_does_not_get_better_by_itself_says_what_to_do(status, code, words):
    found = problem(said(status, code), "read", "s3://bucket", "s3")

    assert isinstance(found, Refused)
    assert str(found).startswith(f"cannot read 's3://bucket' ({code}): {words}")
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("status", "code"), [(500, "InternalError"), (503, "SlowDown"), (429, "x")]
)
def test_what_may_get_better_is_not_reached(status, code):
    found = problem(said(status, code), "read", "s3://bucket", "s3")

    assert isinstance(found, Unreachable)
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Received redirect without LOCATION: incorrectly configured region", "another region"),
        (
            "HTTP error: x\n\nDebug source:\ninvalid peer certificate",
            "authority's file in SSL_CERT",
        ),
        ("DeleteObjects request failed for key zz: Denied. (code: AccessDenied)", "not allowed"),
    ],
)
def test_what_comes_without_a_status_is_understood_too(text, words):
    found = problem(Exception(text), "read", "s3://bucket", "s3")

    assert isinstance(found, Refused)
    assert words in str(found)


@pytest.mark.parametrize(
    ("scheme", "path", "words"),
    [
        ("s3", "latest/api/token", "AWS_ACCESS_KEY_ID"),
        ("gs", "computeMetadata/v1/instance", "gcloud auth"),
        ("az", "metadata/identity/oauth2/token", "AZURE_CLIENT_ID"),
    ],
)
def test_credentials_that_nobody_has_are_named(scheme, path, words):
    error = Exception(f"Error performing GET http://169.254.169.254/{path} - HTTP error: x")

    found = problem(error, "read", f"{scheme}://bucket", scheme)

    assert isinstance(found, Refused)
    assert "there are no credentials" in str(found)
    assert words in str(found)
