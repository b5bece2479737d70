from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from assetforge.backends import objects
from assetforge.backends.base import Refused, Unreachable
from assetforge.backends.objects import PROBE, ObjectBackend
from tests.backends.bucket import READER, WRITER, Bucket
from tests.backends.conftest import sign_in
from tests.backends.test_contract import BLOB, DIGEST, KEY, a_result

WRONG_KEYS = [
    ((WRITER[0], "a-wrong-secret"), r"\(SignatureDoesNotMatch\): the credentials are not accepted"),
    (("nobody", "a-wrong-secret"), r"\(InvalidAccessKeyId\): the credentials are not accepted"),
]


@pytest.fixture
def address(fresh) -> str:
    return str(fresh("s3"))


@pytest.fixture
def store(address) -> ObjectBackend:
    return ObjectBackend(address)


@pytest.fixture
def served(poor, monkeypatch) -> ObjectBackend:
    """A store in a bucket of a poor service."""
    sign_in(monkeypatch, poor.bucket.variables())
    return ObjectBackend("s3://bucket/store")


def asked_for(store: ObjectBackend):
    """Return each way of asking a store for something that it has not."""
    return (
        lambda: store.read("blobs", DIGEST),
        lambda: store.holds("blobs", [DIGEST]),
        lambda: list(store.entries("blobs")),
    )


def written_to(store: ObjectBackend):
    return (
        lambda: store.create("blobs", DIGEST, BLOB),
        lambda: store.replace("blobs", DIGEST, BLOB),
        lambda: store.delete("blobs", [DIGEST]),
    )


def test_objects_lie_as_in_the_store_of_one_project(store, address):
    store.create("results", KEY, a_result())
    bucket, _, prefix = address.removeprefix("s3://").partition("/")

    whole = ObjectBackend(f"s3://{bucket}")._store.list(prefix).collect()

    assert {each["path"] for each in whole} == {
        f"{prefix}/actions/{KEY[:2]}/{KEY}.json",
        f"{prefix}/{PROBE}",
    }
    assert store.place("results", KEY) == f"{address}/actions/{KEY[:2]}/{KEY}.json"


def test_objects_that_are_none_of_ours_are_not_listed(store):
    store._store.put(f"cas/{DIGEST[:2]}/README", b"x")
    store.replace("blobs", DIGEST, BLOB)

    assert [each.name for each in store.entries("blobs")] == [DIGEST]


def test_a_prefix_is_another_store(store, address):
    store.create("blobs", DIGEST, BLOB)

    assert ObjectBackend(f"{address}/within/").holds("blobs", [DIGEST]) == set()


def test_who_may_only_read_reads_and_is_told_so(store, address, s3, monkeypatch):
    store.create("blobs", DIGEST, BLOB)
    sign_in(monkeypatch, s3.variables(READER))
    reader = ObjectBackend(address)

    assert reader.read("blobs", DIGEST) == BLOB
    assert reader.holds("blobs", [DIGEST, KEY]) == {DIGEST}
    assert [each.name for each in reader.entries("blobs")] == [DIGEST]
    for write in written_to(reader):
        with pytest.raises(Refused, match=r"\(AccessDenied\): not allowed; these credentials need"):
            write()


@pytest.mark.parametrize(("access", "words"), WRONG_KEYS)
def test_wrong_credentials_are_an_error_and_no_miss(address, s3, monkeypatch, access, words):
    sign_in(monkeypatch, s3.variables(access))
    store = ObjectBackend(address)

    for each in (*written_to(store), asked_for(store)[0], asked_for(store)[2]):
        with pytest.raises(Refused, match=words) as caught:
            each()
        assert "a-wrong-secret" not in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(Refused, match=r"\(403\): not allowed"):  # no words come with it
        store.holds("blobs", [DIGEST])


@pytest.mark.parametrize("number", range(5))
def test_a_bucket_that_is_not_there_is_an_error_and_no_miss(address, number):
    nowhere = ObjectBackend("s3://no-such-bucket/store")
    # This service says of no bucket that nothing can be deleted in it.
    asked = (*asked_for(nowhere), *written_to(nowhere)[:2])[number]

    with pytest.raises(Refused, match=r"no (such )?bucket.*make it, or name another"):
        asked()


def test_without_credentials_it_says_what_to_set(address, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    for ask in asked_for(ObjectBackend(address)):
        with pytest.raises(Refused, match="there are no credentials; set AWS_ACCESS_KEY_ID and"):
            ask()


def test_where_nobody_answers_it_gives_up_soon_and_it_is_no_miss(monkeypatch):
    sign_in(monkeypatch, Bucket("http://127.0.0.1:1").variables())
    dead = ObjectBackend("s3://bucket/store")

    for each in (*asked_for(dead), *written_to(dead)):
        with pytest.raises(Unreachable, match="'s3://bucket/store': no answer came"):
            each()


def test_a_service_is_waited_for_longer_once_it_has_answered(poor, monkeypatch):
    monkeypatch.setattr(objects, "FIRST", {"read_timeout": "100ms"})
    monkeypatch.setattr(objects, "RETRY", {"max_retries": 0, "retry_timeout": timedelta()})
    sign_in(monkeypatch, poor.bucket.variables())
    store = ObjectBackend("s3://bucket/store")
    poor.pauses = 0.5
    with pytest.raises(Unreachable, match="no answer came"):
        store.read("blobs", DIGEST)

    poor.pauses = 0.0
    store.read("blobs", DIGEST)
    poor.pauses = 0.5

    assert store.read("blobs", DIGEST) is None


def test_an_address_of_http_must_be_allowed(address, monkeypatch):
    monkeypatch.delenv("AWS_ALLOW_HTTP")

    with pytest.raises(Refused, match="for http set AWS_ALLOW_HTTP=true"):
        ObjectBackend(address).read("blobs", DIGEST)


def test_where_no_certificate_is_trusted_it_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))

    with pytest.raises(Refused, match="no certificate is trusted here; install"):
        ObjectBackend("s3://bucket")


@pytest.mark.parametrize(
    ("scheme", "words"),
    [("gs", "set GOOGLE_APPLICATION_CREDENTIALS, or"), ("az", "set AZURE_STORAGE_ACCOUNT_NAME")],
)
def test_a_service_that_is_not_set_up_says_what_to_set(scheme, words, tmp_path, monkeypatch):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(Refused, match=f"cannot open '{scheme}://bucket/x': .*{words}"):
        ObjectBackend(f"{scheme}://bucket/x")


@pytest.mark.parametrize(
    "address",
    ["s3://", "s3:///x", "s3://Buck et/x", "s3://b/../x", "s3://b/x?secret", "s3://k:s@b"],
)
def test_what_is_no_address_is_refused_and_not_repeated(address):
    with pytest.raises(Refused, match="write it as s3://bucket/prefix") as caught:
        ObjectBackend(address)

    assert "secret" not in str(caught.value)


def test_a_service_that_overwrites_what_it_must_not_is_noticed_before_it_does(served, poor):
    with pytest.raises(Refused, match="cannot keep the first of two writers"):
        served.create("blobs", DIGEST, BLOB)

    assert [*poor.objects] == [f"/bucket/store/{PROBE}"]
    assert served.read("blobs", DIGEST) is None


def test_that_a_service_keeps_the_first_is_asked_once(store, poor, monkeypatch):
    store.prepare()
    sign_in(monkeypatch, poor.bucket.variables())
    again = ObjectBackend("s3://bucket/store")
    poor.answers = [(412, "PreconditionFailed")]

    assert again.create("blobs", DIGEST, BLOB)
    assert again.create("results", KEY, a_result())

    assert len([each for each in poor.calls if PROBE in each]) == 1


def test_two_that_write_at_the_same_moment_try_again(served, poor):
    poor.answers = [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")]

    assert served.create("blobs", DIGEST, BLOB)
    assert served.read("blobs", DIGEST) == BLOB


def test_of_two_at_the_same_moment_the_other_may_have_been_first(served, poor):
    poor.objects[f"/bucket/store/cas/{DIGEST[:2]}/{DIGEST}"] = BLOB
    poor.answers = [(412, "PreconditionFailed"), (409, "ConditionalRequestConflict")]

    assert not served.create("blobs", DIGEST, BLOB)


def test_who_is_always_interrupted_gives_up(served, poor):
    gone = [(409, "ConditionalRequestConflict"), (404, "NoSuchKey")]
    poor.answers = [(412, "PreconditionFailed"), *gone, (404, "NoSuchKey"), *gone, *gone]

    with pytest.raises(Unreachable, match="others keep writing"):
        served.create("blobs", DIGEST, BLOB)


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_that_fails_for_a_moment_is_asked_again(served, poor, status):
    poor.objects[f"/bucket/store/cas/{DIGEST[:2]}/{DIGEST}"] = BLOB
    poor.answers = [(status, "SlowDown")] * 2

    assert served.read("blobs", DIGEST) == BLOB


def test_a_service_that_keeps_failing_cannot_be_reached(served, poor):
    poor.answers = [(503, "SlowDown")] * 99

    with pytest.raises(Unreachable, match=r"\(SlowDown\): the service is down or busy.* 503"):
        served.read("blobs", DIGEST)


def test_an_object_that_is_cut_off_is_no_miss(served, poor):
    poor.objects[f"/bucket/store/cas/{DIGEST[:2]}/{DIGEST}"] = BLOB
    poor.cuts = True

    with pytest.raises(Unreachable, match="no answer came"):
        served.read("blobs", DIGEST)


def test_a_service_that_says_of_absent_objects_that_they_are_is_no_error(served, poor):
    poor.answers = [(404, "NoSuchKey")] * 3

    served.delete("blobs", [DIGEST, KEY])


def test_without_the_package_it_says_what_to_install():
    code = (
        "import sys; sys.modules['obstore'] = None\n"
        "from assetforge import registry\n"
        "from assetforge.errors import UsageProblem\n"
        "try: registry.open_backend('s3://bucket')\n"
        "except UsageProblem as error: print(error)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "pip install 'assetforge[remote]'" in said.stdout
