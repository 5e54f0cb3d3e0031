"""POST /forms/NAME: filled sheets to a server that was started with their template."""

import pytest
from jsonschema import Draft202012Validator

from inkdigits.forms.form import Form
from tests.conftest import encoded
from tests.forms import batch
from tests.forms.filled import filled
from tests.server.conftest import running, seven


@pytest.fixture(scope="module")
def form(tmp_path_factory):
    folder = tmp_path_factory.mktemp("form")
    (folder / "class.csv").write_text("number\n0471938\n")
    (folder / "marks.toml").write_text(batch.TEMPLATE)
    return Form.load(folder / "marks.toml")


@pytest.fixture(scope="module")
def client(form):
    with (
        running("inkdigits", "serve", "--port", 0, "--workers", 1, "--form", form.source) as server,
        server.client as client,
    ):
        yield client


def test_a_sheet_is_answered_as_python_answers_it(form, client):
    page = filled(form, {"student": "0471938", "task[1]": "3", "task[2]": "4", "total": "7"}, seed=10)
    answer = client.post("/forms/marks", content=encoded(page), headers={"content-type": "image/png"})
    assert answer.status_code == 200, answer.text
    (sheet,) = answer.json()["results"]
    assert [cell["value"] for cell in sheet["cells"]] == ["0471938", 3, 4, 7]
    description = client.get("/openapi.json").json()
    schema = description["paths"]["/forms/{name}"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": description["components"]}).validate(answer.json())


def test_what_is_none_of_the_form_is_refused(client):
    head = {"content-type": "image/png"}
    assert "does not fit form marks" in client.post("/forms/marks", content=seven(), headers=head).json()["error"]
    other = client.post("/forms/other", content=seven(), headers=head)
    assert other.status_code == 404 and "choose one of marks" in other.json()["error"]
    assert client.post("/forms/marks", content=b"x", headers=head).status_code == 422
