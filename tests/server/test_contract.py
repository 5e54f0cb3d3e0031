"""The API keeps to its own description: schemathesis asks every route for what it promises and for what it refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from inkdigits import network
from tests.server.conftest import ROOT, document, seven

HERE = Path(__file__).parent


def test_schemathesis_finds_no_failure(server, tmp_path):
    """All its checks. Its own command runs them, since its plugin for pytest knows fewer (and not every pytest)."""
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run"]
    command += [f"{server.url}/openapi.json", "--checks", "all", "--max-examples", "6", "--generation-deterministic"]
    command += ["--no-color", "--warnings", "off", "--request-timeout", "60"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.server.schemathesis_hooks",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 selected / 6 total" in done.stdout and "Tested: 6" in done.stdout


@pytest.fixture
def description(client):
    return client.get("/openapi.json").json()


def test_examples_are_what_they_are_examples_of(description):
    """And so are real answers, a page with lines among them, which schemathesis' own pictures might not give."""
    for path in description["paths"].values():
        for operation in path.values():
            content = operation["responses"]["200"]["content"]["application/json"]
            jsonschema.validate(content["example"], {**content["schema"], "components": description["components"]})


def test_real_answers_are_as_described(client, description):
    for verb in ("classify", "read"):
        content = description["paths"][f"/{verb}"]["post"]["responses"]["200"]["content"]["application/json"]
        schema = {**content["schema"], "components": description["components"]}
        files = [("f", ("a.png", seven())), ("f", ("b.pdf", document(2))), ("f", ("c.png", b"none"))]
        answer = client.post(f"/{verb}", files=files)
        jsonschema.validate(answer.json(), schema)
        broken = json.loads(answer.text.replace('"confidence"', '"sureness"'))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def test_every_route_says_with_what_it_refuses(description):
    statuses = {
        path: {m: set(o["responses"]) for m, o in path_.items()} for path, path_ in description["paths"].items()
    }
    refusals = {"200", "400", "403", "408", "413", "415", "422", "429", "503"}
    assert statuses == {
        "/classify": {"post": refusals},
        "/read": {"post": refusals},
        "/models": {"get": {"200", "400"}},
        "/health": {"get": {"200", "400", "503"}},
        "/health/live": {"get": {"200", "400"}},
        "/health/ready": {"get": {"200", "400", "503"}},
    }
    models = [p for p in description["paths"]["/read"]["post"]["parameters"] if p["name"] == "model"]
    assert models[0]["schema"]["enum"] == list(network.shipped())
