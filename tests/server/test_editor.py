"""What the editor's page asks for, in one process: answers, refusals, who is let in."""

import asyncio

import httpx
import numpy as np
import pytest
from PIL import Image

from inkdigits.forms.editing import Editing
from inkdigits.server import editor
from inkdigits.server.form_page import Reach
from tests.server.conftest import running

TEMPLATE = """
name = "marks"
[fields.total]
number = { left = 80, top = 60, width = 30, height = 12 }
"""


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "marks.toml"
    file.write_text(TEMPLATE)
    return file


class Client:
    """Asks the application in this process."""

    def __init__(self, path, reach=None):
        self._app = editor.create(editor.Service(Editing(path), reach or Reach()))

    def _ask(self, method, address, **more):
        async def asked():
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, address, **more)

        return asyncio.run(asked())

    def get(self, address, **more):
        return self._ask("GET", address, **more)

    def post(self, address, **more):
        return self._ask("POST", address, **more)


def test_the_page_gets_the_template_and_its_blank_and_saves(path):
    own = Client(path)
    page = own.get("/")
    assert page.status_code == 200 and "default-src 'none'" in page.headers["content-security-policy"]
    assert {own.get(f"/{name}").status_code for name in ("edit.js", "form_page/asking.js", "style.css")} == {200}
    state = own.get("/edit/state").json()
    assert state["pages"] == [{"width": 210, "height": 297}] and state["local"] and state["file"] == str(path)
    assert own.get("/edit/picture/1").json()["picture"].startswith("data:image/jpeg;base64,")
    assert own.get("/edit/picture/2").status_code == 422
    template = state["template"]
    assert own.post("/edit/check", json={"template": template}).json() == {
        "problem": None,
        "cells": {"total": [[0, 0, 30, 12]]},
    }
    template["fields"]["total"]["number"]["left"] = 300
    said = own.post("/edit/check", json={"template": template}).json()
    assert said["problem"]["place"] == "fields.total.number"
    refused = own.post("/edit/save", json={"template": template, "version": state["version"]})
    assert refused.status_code == 422 and "the page is 210 × 297 mm" in refused.json()["error"]
    assert path.read_text() == TEMPLATE
    template["fields"]["total"]["number"]["left"] = 90
    assert own.post("/edit/save", json={"template": template, "version": "old"}).status_code == 409
    assert own.post("/edit/save", json={"template": template, "version": state["version"]}).status_code == 200
    assert "left = 90" in path.read_text()


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"template": 3}', b'{"template": {}, "more": 1}', b"\xff", b"[" * 5000]
)
def test_a_body_that_is_none_is_refused_in_one_line(path, body):
    own = Client(path)
    refused = own.post("/edit/check", content=body)
    assert refused.status_code == 422 and "\n" not in refused.json()["error"]
    assert own.post("/edit/check", content=b" " * (5 << 20)).status_code == 413


def test_pages_of_other_sites_and_names_are_refused(path):
    own = Client(path)
    template = own.get("/edit/state").json()
    save = {"template": template["template"], "version": template["version"]}
    foreign = own.post("/edit/save", json=save, headers={"origin": "http://elsewhere.example"})
    assert foreign.status_code == 403
    assert own.get("/edit/state", headers={"host": "elsewhere.example"}).status_code == 400
    own = Client(path, Reach(("here.example",), "a-token", is_local=False))
    assert own.get("/edit/state").status_code == 401
    shown = own.get("/edit/state", headers={"authorization": "Bearer a-token"})
    assert shown.status_code == 200 and not shown.json()["local"]


def test_a_blank_without_fields_is_edited_and_the_template_written_at_the_first_save(tmp_path):
    Image.fromarray(np.full((1754, 1240), 250, np.uint8)).save(tmp_path / "blank.png")
    out = tmp_path / "marks.toml"
    words = ("form", "new", tmp_path / "blank.png", "--out", out, "--edit", "--port", 0)
    with running("inkdigits", *words) as server, server.client as client:
        state = client.get("/edit/state").json()
        assert state["version"] == "" and not out.exists() and (tmp_path / "marks-1.png").exists()
        fields = {"total": {"number": {"left": 80, "top": 60, "width": 30, "height": 12}}}
        saved = client.post("/edit/save", json={"template": {**state["template"], "fields": fields}, "version": ""})
        assert saved.status_code == 200 and "[fields.total]" in out.read_text()
