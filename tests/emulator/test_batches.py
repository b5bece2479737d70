import asyncio
import json

import pytest

from assetforge.emulator import Settings, batches, files
from assetforge.emulator.answers import Answer
from assetforge.emulator.world import World
from tests.emulator.asking import KEY, ask
from tests.emulator.still import NOW, Clock, kept
from tests.pictures import ramp, saved

GENERATIONS = "/v1/images/generations"


def line(custom_id, **body):
    asked = {"model": "gpt-image-2", "prompt": "a hare", "size": "1024x640", "quality": "low"}
    return {"custom_id": custom_id, "method": "POST", "url": GENERATIONS, "body": asked | body}


def jsonl(*lines):
    return "\n".join(map(json.dumps, lines)).encode()


class Desk:
    """A world whose clock stands still, and somebody who asks it about batches."""

    def __init__(self, seconds=0.0):
        self.clock = Clock()
        self.world = World(Settings(batch_seconds=seconds), wall=self.clock)
        self.answered = []

    async def answering(self, world, line, endpoint):
        self.answered.append(line.custom_id)
        if line.custom_id.startswith("bad"):
            body = {"error": {"message": "no", "type": "x", "param": None, "code": "invalid"}}
            return Answer(400, body, {"x-request-id": "req_2"})
        if line.custom_id.startswith("lost"):
            return Answer(200, {"data": []}, {"x-request-id": "req_3"}, wire="reset")
        usage = {"input_tokens": 3, "output_tokens": 5}
        return Answer(200, {"data": [], "usage": usage}, {"x-request-id": "req_1"})

    def create(self, data, *, expires=False, **said):
        body = {
            "input_file_id": kept(self.world, data),
            "endpoint": GENERATIONS,
            "completion_window": "24h",
        }
        answer = asyncio.run(batches.create(self.world, body | said, expires=expires))
        assert answer.status == 200, answer.body
        return answer.body

    def at(self, age, id):
        self.clock.now = NOW + age
        return asyncio.run(batches.told(self.world, id, self.answering)).body

    def cancel(self, id):
        return asyncio.run(batches.cancel(self.world, id, self.answering))

    def rows(self, id):
        data = files.file_bytes(self.world, id)
        assert data is not None
        return [json.loads(each) for each in data.splitlines()]


@pytest.fixture
def desk():
    desk = Desk(seconds=1000.0)
    yield desk
    desk.world.close()


def ids(rows):
    return sorted(row["custom_id"] for row in rows)


def test_a_batch_is_worked_on_as_time_goes_by(desk):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(8))))

    assert batch["status"] == "validating"
    assert batch["request_counts"] == {"total": 8, "completed": 0, "failed": 0}
    assert desk.at(500, batch["id"])["request_counts"]["completed"] == 4
    assert len(desk.answered) == 4
    assert desk.at(900, batch["id"])["status"] == "finalizing"
    done = desk.at(1000, batch["id"])
    assert done["status"] == "completed"
    assert done["model"] == "gpt-image-2"
    assert done["in_progress_at"] == NOW + 100
    assert done["completed_at"] == NOW + 1000
    assert done["usage"]["total_tokens"] == 8 * 8
    assert done["error_file_id"] is None
    assert ids(desk.rows(done["output_file_id"])) == [f"c{number}" for number in range(8)]
    assert desk.at(2000, batch["id"]) == done
    assert len(desk.answered) == 8


def test_lines_are_not_answered_in_the_order_of_the_file(desk):
    names = [f"c{number:02}" for number in range(50)]
    batch = desk.create(jsonl(*map(line, names)))
    done = desk.at(1000, batch["id"])

    order = [row["custom_id"] for row in desk.rows(done["output_file_id"])]
    assert order != names
    assert sorted(order) == names


def test_what_was_refused_or_lost_is_in_a_file_of_its_own(desk):
    batch = desk.create(jsonl(line("good"), line("bad"), line("lost")))
    done = desk.at(1000, batch["id"])
    failures = {row["custom_id"]: row for row in desk.rows(done["error_file_id"])}
    (output,) = desk.rows(done["output_file_id"])

    assert done["request_counts"] == {"total": 3, "completed": 1, "failed": 2}
    assert output["response"]["status_code"] == 200
    assert output["response"]["request_id"] == "req_1"
    assert output["error"] is None
    assert failures["bad"]["response"]["status_code"] == 400
    assert failures["bad"]["response"]["body"]["error"]["code"] == "invalid"
    assert failures["lost"]["response"] is None
    assert failures["lost"]["error"]["code"] == "request_timeout"


def test_a_batch_that_ran_out_of_time_gives_what_was_done(desk):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(4))), expires=True)
    done = desk.at(1000, batch["id"])

    assert done["status"] == "expired"
    assert done["expired_at"] == NOW + 1000
    assert done["request_counts"] == {"total": 4, "completed": 2, "failed": 2}
    assert len(desk.rows(done["output_file_id"])) == 2
    codes = [row["error"]["code"] for row in desk.rows(done["error_file_id"])]
    assert codes == ["batch_expired"] * 2


def test_a_batch_that_is_cancelled_gives_what_was_done(desk):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(4))))
    desk.at(500, batch["id"])

    assert desk.cancel(batch["id"]).body["status"] == "cancelling"
    assert desk.at(550, batch["id"])["status"] == "cancelling"
    assert desk.cancel(batch["id"]).body["cancelling_at"] == NOW + 500
    done = desk.at(600, batch["id"])
    assert done["status"] == "cancelled"
    assert done["cancelled_at"] == NOW + 600
    assert len(desk.rows(done["output_file_id"])) == 2
    codes = [row["error"]["code"] for row in desk.rows(done["error_file_id"])]
    assert codes == ["batch_cancelled"] * 2
    assert desk.cancel(batch["id"]).status == 400


def test_one_look_does_a_limited_part_of_the_work(desk, monkeypatch):
    monkeypatch.setattr(batches, "LINES_PER_LOOK", 3)
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(4))))

    assert desk.at(1000, batch["id"])["status"] == "in_progress"
    assert desk.at(1000, batch["id"])["status"] == "completed"


def test_a_cancelled_batch_with_work_left_is_still_being_cancelled(desk, monkeypatch):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(8))))
    monkeypatch.setattr(batches, "LINES_PER_LOOK", 1)
    desk.clock.now = NOW + 500
    desk.cancel(batch["id"])

    assert desk.at(1000, batch["id"])["status"] == "cancelling"


def test_two_who_look_at_once_do_the_work_once(desk):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(4))))
    desk.clock.now = NOW + 1000

    async def both():
        looks = [batches.told(desk.world, batch["id"], desk.answering) for _ in range(2)]
        return await asyncio.gather(*looks)

    one, other = asyncio.run(both())

    assert one.body == other.body
    assert sorted(desk.answered) == ["c0", "c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("gpt-image-9", "model_not_found"),
        (None, "model_not_found"),
        ("gpt-image-2.5-flare", "model_not_supported"),
        ("gpt-image-2.6-sunburst", "model_not_supported"),
    ],
)
def test_some_models_are_not_for_batches(desk, model, code):
    batch = desk.create(jsonl(line("a", model=model)))

    assert batch["status"] == "validating"
    done = desk.at(1000, batch["id"])
    assert done["status"] == "failed"
    assert done["failed_at"] == NOW + 100
    assert done["model"] is None
    assert [each["code"] for each in done["errors"]["data"]] == [code]


def test_a_file_that_is_wrong_fails_the_batch(desk):
    batch = desk.create(jsonl(line("a"), line("a")))
    done = desk.at(1000, batch["id"])

    assert done["status"] == "failed"
    assert done["output_file_id"] is None
    assert done["errors"]["data"][0]["code"] == "duplicate_custom_id"
    assert done["errors"]["data"][0]["line"] == 2
    assert not desk.answered


@pytest.mark.parametrize("purpose", ["vision", None])
def test_a_file_of_another_purpose_or_none_fails_the_batch(desk, purpose):
    id = kept(desk.world, jsonl(line("a")), purpose) if purpose else "file-gone"
    batch = desk.create(b"", input_file_id=id)

    (error,) = desk.at(1000, batch["id"])["errors"]["data"]
    assert (error["code"], error["param"]) == ("invalid_request", "input_file_id")


def test_a_result_that_does_not_fit_fails_the_batch(desk, monkeypatch):
    batch = desk.create(jsonl(line("a")))
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 10)
    done = desk.at(1000, batch["id"])

    assert done["status"] == "failed"
    assert [each["code"] for each in done["errors"]["data"]] == ["storage_full"]


def test_a_result_that_outgrows_the_memory_fails_the_batch_on_the_way(desk, monkeypatch):
    batch = desk.create(jsonl(*(line(f"c{number}") for number in range(80))))
    monkeypatch.setattr(files, "MAX_TOTAL_BYTES", 3000)
    done = desk.at(500, batch["id"])

    assert done["status"] == "failed"
    assert done["errors"]["data"][0]["code"] == "storage_full"
    assert len(desk.answered) == 16
    assert desk.at(1000, batch["id"]) == done


def test_results_are_kept_for_as_long_as_is_said(desk):
    expiry = {"anchor": "created_at", "seconds": 3600}
    batch = desk.create(jsonl(line("a")), output_expires_after=expiry)
    done = desk.at(1000, batch["id"])
    desk.clock.now += 3600

    assert files.file_bytes(desk.world, done["output_file_id"]) is None


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"input_file_id": ...}, "input_file_id", "missing_required_parameter"),
        ({"input_file_id": 1}, "input_file_id", "invalid_type"),
        ({"endpoint": ...}, "endpoint", "missing_required_parameter"),
        ({"endpoint": "/v1/responses"}, "endpoint", "invalid_value"),
        ({"completion_window": "1h"}, "completion_window", "invalid_value"),
        ({"colour": "red"}, "colour", "unknown_parameter"),
        ({"metadata": []}, "metadata", "invalid_type"),
        ({"metadata": {"a": 1}}, "metadata.a", "invalid_type"),
        ({"metadata": {"a" * 65: ""}}, "metadata", "string_above_max_length"),
        ({"metadata": {"a": "b" * 513}}, "metadata", "string_above_max_length"),
        (
            {"metadata": {str(number): "" for number in range(17)}},
            "metadata",
            "object_above_max_properties",
        ),
        ({"output_expires_after": None}, "output_expires_after", "invalid_type"),
        ({"output_expires_after": 1}, "output_expires_after", "invalid_type"),
        ({"output_expires_after": {}}, "output_expires_after.anchor", "invalid_value"),
        (
            {"output_expires_after": {"anchor": "created_at", "seconds": 1}},
            "output_expires_after.seconds",
            "integer_below_min_value",
        ),
    ],
)
def test_a_request_for_a_batch_is_checked(changes, param, code):
    body = {"input_file_id": "file-a", "endpoint": GENERATIONS, "completion_window": "24h"}
    body = {key: value for key, value in (body | changes).items() if value is not ...}
    problem = batches.problem_of(body)

    assert problem is not None
    assert (problem.param, problem.code) == (param, code)


def test_a_request_that_leaves_out_what_it_may_is_right():
    body = {"input_file_id": "file-a", "endpoint": GENERATIONS, "completion_window": "24h"}

    assert batches.problem_of(body) is None
    assert batches.problem_of(body | {"metadata": None}) is None
    assert batches.problem_of(body | {"metadata": {"campaign": "spring"}}) is None


def test_a_batch_that_is_not_there_is_not_found(desk):
    assert asyncio.run(batches.told(desk.world, "batch_x", desk.answering)).status == 404
    assert desk.cancel("batch_x").status == 404


def post(server, path, body, **headers):
    said = KEY | {"content-type": "application/json"} | headers
    return ask(server, "POST", path, json.dumps(body).encode(), said)


def begun(server, *lines, **headers):
    body = {
        "input_file_id": kept(server.world, jsonl(*lines)),
        "endpoint": GENERATIONS,
        "completion_window": "24h",
        "metadata": {"campaign": "spring"},
    }
    return post(server, "/v1/batches", body, **headers).body


def test_a_batch_goes_over_the_wire_for_half_the_price(server):
    batch = begun(server, line("a"), line("b", size="9x9"))
    whole = ask(server, "GET", f"/v1/batches/{batch['id']}").body
    content = ask(server, "GET", f"/v1/files/{whole['output_file_id']}/content")
    row = json.loads(content.data)
    post(server, GENERATIONS, line("a")["body"])
    entries = {(each["batch"], each["status"]): each for each in server.books()["calls"]}

    assert whole["metadata"] == {"campaign": "spring"}
    assert row["custom_id"] == "a"
    assert row["response"]["body"]["data"][0]["b64_json"]
    assert ask(server, "GET", "/v1/batches").body["data"] == [whole]
    assert entries[True, 200]["request_id"] == row["response"]["request_id"]
    half = entries[True, 200]["billed_microdollars"]
    assert half == -(-entries[False, 200]["billed_microdollars"] // 2)
    assert entries[True, 400]["billed_microdollars"] == 0


def test_a_batch_can_be_asked_to_expire(server):
    batch = begun(server, line("a"), line("b"), **{"x-emulator-fault": "batch_expired"})
    done = ask(server, "GET", f"/v1/batches/{batch['id']}").body

    assert done["status"] == "expired"
    assert post(server, f"/v1/batches/{batch['id']}/cancel", {}).status == 400


def test_a_request_that_is_no_json_begins_no_batch(shared):
    headers = KEY | {"content-type": "application/json"}

    assert ask(shared, "POST", "/v1/batches", b"{", headers).status == 400
    assert ask(shared, "POST", "/v1/batches", b"{}", KEY).status == 400
    assert ask(shared, "POST", "/v1/batches", b"{}", headers).status == 400


def test_the_sdk_buys_edits_by_the_batch(client):
    reference = client.files.create(
        file=("reference.png", saved(ramp())),
        purpose="vision",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    row = line("a", images=[{"file_id": reference.id}]) | {"url": "/v1/images/edits"}
    lines = client.files.create(file=("in.jsonl", jsonl(row)), purpose="batch")
    batch = client.batches.create(
        input_file_id=lines.id, endpoint="/v1/images/edits", completion_window="24h"
    )
    done = client.batches.retrieve(batch.id)
    output = json.loads(client.files.content(done.output_file_id).text)

    assert reference.expires_at == reference.created_at + 3600
    assert done.status == "completed"
    assert done.request_counts.completed == 1
    assert output["response"]["body"]["size"] == "1024x640"
    assert [each.id for each in client.batches.list()] == [batch.id]
    assert {each.id for each in client.files.list()} == {
        reference.id,
        lines.id,
        done.output_file_id,
    }
    assert client.files.delete(lines.id).deleted


def test_a_lost_answer_is_a_failure_of_its_line(server):
    batch = begun(server, line("a", prompt="[[fault:timeout]]"), line("b"))
    done = ask(server, "GET", f"/v1/batches/{batch['id']}").body
    content = ask(server, "GET", f"/v1/files/{done['error_file_id']}/content")

    assert done["request_counts"] == {"total": 2, "completed": 1, "failed": 1}
    assert json.loads(content.data)["error"]["code"] == "request_timeout"
