"""The log is checked for what the standard requires of what we use of it; see its section 3."""

import json
from typing import Any
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from assetforge.errors import Diagnostic, Place
from assetforge.reports.check.sarif import FINGERPRINT, sarif_document

KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"

UNKNOWN = Diagnostic(
    "unknown-key",
    "unknown key 'promt'",
    Place("assetforge.yaml", 7, 9, 5),
    "not a known key here",
    "did you mean 'prompt'?",
    ((Place("assetforge.yaml", 2, 1, 3), "known since here"),),
)
ODD = Diagnostic("fallback", "shown in English", Place("locales/日本 語.json"), severity="warning")


def run_of(*found, folder=".", sources=None):
    document: Any = sarif_document(found, folder, sources or {})
    json.dumps(document)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    return run


def prints(*found, sources=None):
    results = run_of(*found, sources=sources)["results"]
    return [each["partialFingerprints"][FINGERPRINT] for each in results]


def test_a_result_has_its_rule_place_and_advice():
    run = run_of(UNKNOWN, folder="shop")

    (result,) = run["results"]
    where = {"uri": "shop/assetforge.yaml", "uriBaseId": "%SRCROOT%"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": where,
                "region": {"startLine": 7, "startColumn": 9, "endLine": 7, "endColumn": 14},
            }
        }
    ]
    assert result["message"] == {
        "text": "unknown key 'promt': not a known key here; did you mean 'prompt'?"
    }
    assert (result["level"], result["ruleId"], result["ruleIndex"]) == ("error", "unknown-key", 0)
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["region"]["startLine"] == 2
    assert (related["id"], related["message"]) == (1, {"text": "known since here"})


def test_columns_are_said_to_count_code_points():
    assert run_of(UNKNOWN)["columnKind"] == "unicodeCodePoints"


def test_every_rule_has_help_and_every_result_names_its_rule():
    run = run_of(UNKNOWN, ODD, Diagnostic("unknown-key", "another", Place("a", 1, 1)))

    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == ["fallback", "unknown-key"]
    assert all(each["help"]["text"] and each["shortDescription"]["text"] for each in rules)
    assert [each["defaultConfiguration"]["level"] for each in rules] == ["warning", "error"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_a_whole_file_has_no_region_and_its_name_is_an_address():
    (result,) = run_of(ODD)["results"]
    where = result["locations"][0]["physicalLocation"]

    assert "region" not in where
    assert where["artifactLocation"]["uri"].isascii()
    assert unquote(where["artifactLocation"]["uri"]) == "locales/日本 語.json"
    assert run_of(ODD)["originalUriBaseIds"].keys() == {"%SRCROOT%"}


def test_what_has_no_place_has_no_location():
    (result,) = run_of(Diagnostic("lock-gone", "the lock is gone"))["results"]

    assert "locations" not in result


def test_a_fingerprint_stays_when_the_line_moves_and_only_then():
    before = prints(UNKNOWN, sources={"assetforge.yaml": "\n" * 6 + "        promt: x"})
    moved = Diagnostic(UNKNOWN.code, UNKNOWN.message, Place("assetforge.yaml", 9, 5, 5))
    after = prints(moved, sources={"assetforge.yaml": "\n" * 8 + "    promt: x"})
    other = prints(moved, sources={"assetforge.yaml": "\n" * 8 + "    promt: y"})

    assert before == after
    assert after != other


def test_the_same_problem_twice_has_two_fingerprints():
    twice = [Diagnostic("c", "the same", Place("a.yaml", line, 1)) for line in (1, 2)]

    first, second = prints(*twice, sources={"a.yaml": "same\nsame\n"})

    assert first.partition(":")[0] == second.partition(":")[0]
    assert (first[-2:], second[-2:]) == (":1", ":2")


def test_no_key_is_shown_and_none_is_in_a_fingerprint():
    place = Place("assetforge.yaml", 1, 1, 40)
    found = Diagnostic(
        "key-in-file", f"this is a key: {KEY}", place, KEY, f"drop {KEY}", secret=place
    )

    texts = [{"assetforge.yaml": each} for each in (f"key: {KEY}", "key: sk-another")]

    assert KEY not in json.dumps([run_of(found, sources=each) for each in texts])
    assert prints(found, sources=texts[0]) == prints(found, sources=texts[1])


REQUIRED = {"message", "ruleId", "ruleIndex", "level", "partialFingerprints"}


@given(
    st.lists(
        st.builds(
            Diagnostic,
            st.sampled_from("abc"),
            st.text(),
            st.none() | st.builds(Place, st.text(), st.integers(0, 9), st.integers(1, 9)),
            st.text(),
        ),
        max_size=3,
    )
)
def test_any_text_makes_a_log_that_can_be_written(found):
    run = run_of(*found, sources={each.place.file: "x" for each in found if each.place})

    assert len(run["results"]) == len(set(found))
    for each in run["results"]:
        assert each.keys() >= REQUIRED
        for where in each.get("locations", ()):
            uri = where["physicalLocation"]["artifactLocation"]["uri"]
            assert uri.isascii()
            assert " " not in uri
    json.dumps(run, ensure_ascii=False).encode(errors="replace")
