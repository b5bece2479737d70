from assetforge.emulator.answers import Answer, Problem


def test_a_problem_is_answered_with_an_error_object():
    problem = Problem("no", param="n", code="x", status=429, headers={"retry-after": "1"})

    assert problem.answer == Answer(
        429,
        {"error": {"message": "no", "type": "invalid_request_error", "param": "n", "code": "x"}},
        {"retry-after": "1"},
    )


def test_details_stand_beside_the_message():
    problem = Problem("no", details={"moderation_details": {}})

    assert problem.answer.body is not None
    assert problem.answer.body["error"]["moderation_details"] == {}
