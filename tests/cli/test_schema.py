import json

from tests.space import Space


def test_the_schema_of_the_pipeline_file_is_printed_anywhere(tmp_path):
    result = Space(tmp_path).run("schema")

    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["title"] == "assetforge pipeline file"
